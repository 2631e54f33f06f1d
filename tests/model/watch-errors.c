/* SPDX-License-Identifier: BSD-3-Clause */
/* What the public headers say of each function, in particular its errors. */
#include "watch-play.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTIONS_MAX 200

static struct {
	char name[64];
	char *comment;
} functions[FUNCTIONS_MAX];
static size_t n_functions;

static const struct {
	int number;
	const char *word;
} words[] = {
	{ EACCES, "EACCES" },
	{ EADDRINUSE, "EADDRINUSE" },
	{ EADDRNOTAVAIL, "EADDRNOTAVAIL" },
	{ EALREADY, "EALREADY" },
	{ EBADF, "EBADF" },
	{ EBADFD, "EBADFD" },
	{ EBUSY, "EBUSY" },
	{ EEXIST, "EEXIST" },
	{ EFAULT, "EFAULT" },
	{ EINVAL, "EINVAL" },
	{ EIO, "EIO" },
	{ ENODEV, "ENODEV" },
	{ ENOENT, "ENOENT" },
	{ ENOMEM, "ENOMEM" },
	{ ENOSPC, "ENOSPC" },
	{ ENOTDIR, "ENOTDIR" },
	{ EOVERFLOW, "EOVERFLOW" },
	{ EPERM, "EPERM" },
	{ EPROTO, "EPROTO" },
};

/* From "IOVA_API" on: the name is what stands before the first parenthesis. */
static void add_function(const char *comment, size_t length, const char *declaration)
{
	const char *last = strchr(declaration, '('), *first = last;

	watch_check(last && n_functions < FUNCTIONS_MAX, "a header cannot be read");
	while (first[-1] != ' ' && first[-1] != '*')
		first--;
	snprintf(functions[n_functions].name, sizeof functions[0].name, "%.*s", (int)(last - first),
		 first);
	functions[n_functions++].comment = strndup(comment, length);
}

static void read_header(const char *path)
{
	static char text[1 << 17];
	const char *comment, *declaration, *after;
	FILE *file = fopen(path, "re");
	size_t n;

	watch_check(file, "a header is not there");
	n = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	watch_check(n < sizeof text - 1, "a header is too long");
	text[n] = '\0';
	for (comment = text; (comment = strstr(comment, "/**")); comment = after) {
		after = strstr(comment, "*/");
		watch_check(after, "a header has a comment without an end");
		declaration = after + strspn(after, "*/ \n");
		if (!strncmp(declaration, "IOVA_API", strlen("IOVA_API")))
			add_function(comment, (size_t)(after - comment), declaration);
	}
}

static void read_headers(void)
{
	glob_t found;

	if (n_functions)
		return;
	watch_check(!glob(HEADERS "/*.h", 0, NULL, &found), "the headers are not there");
	for (size_t i = 0; i < found.gl_pathc; i++)
		read_header(found.gl_pathv[i]);
	globfree(&found);
}

void headers_read(void (*each)(const char *function, const char *comment))
{
	read_headers();
	for (size_t i = 0; i < n_functions; i++)
		each(functions[i].name, functions[i].comment);
}

static bool comment_lists(const char *function, const char *needle)
{
	const char *other;
	char name[64];
	size_t i = 0;

	while (i < n_functions && strcmp(functions[i].name, function))
		i++;
	watch_check(i < n_functions, "a function is in no header");
	if (strstr(functions[i].comment, needle))
		return true;
	other = strstr(functions[i].comment, "errno as for ");
	if (!other)
		return false;
	other += strlen("errno as for ");
	snprintf(name, sizeof name, "%.*s", (int)strcspn(other, "("), other);
	return comment_lists(name, needle);
}

bool error_is_documented(const char *function, int error)
{
	char needle[32];

	read_headers();
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].number == error) {
			snprintf(needle, sizeof needle, "@err{%s}", words[i].word);
			return comment_lists(function, needle);
		}
	return false;
}

bool error_is_handed_on(const char *function)
{
	read_headers();
	return comment_lists(function, "is handed on");
}

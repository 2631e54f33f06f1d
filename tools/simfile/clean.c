/* SPDX-License-Identifier: BSD-3-Clause */
/* The text before json-c sees it. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The comment at some place, or 0: its length, and what is wrong with it if it does not stop. */
static size_t comment_length(const char *at, const char *past)
{
	const char *last;

	if (past - at < 2 || at[0] != '/')
		return 0;
	if (at[1] == '/') {
		last = memchr(at, '\n', (size_t)(past - at));
		return (size_t)((last ? last : past) - at);
	}
	if (at[1] != '*')
		return 0;
	for (last = at + 2; past - last >= 2; last++)
		if (last[0] == '*' && last[1] == '/')
			return (size_t)(last + 2 - at);
	return SIZE_MAX;
}

/* The string at some place, with its quotes; up to what is wrong in it, if something is. */
static const char *skip_string(const char *at, const char *past, const char **ret_what)
{
	*ret_what = "the string does not stop";
	for (at++; at < past; at++) {
		if (*at == '"') {
			*ret_what = NULL;
			return at + 1;
		}
		if ((unsigned char)*at < 0x20) {
			*ret_what = "a control character in a string; write it as an escape";
			return at;
		}
		if (*at != '\\')
			continue;
		if (past - at >= 6 && !memcmp(at, "\\u0000", 6)) {
			*ret_what = "the character 0 in a string";
			return at;
		}
		at++;
	}
	return past;
}

static void blank(char *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (at[i] != '\n')
			at[i] = ' ';
}

/* Blanks comments in the copy; returns what is wrong at *ret_length, or NULL. */
static const char *clean_copy(const char *text, char *copy, size_t *ret_length)
{
	const char *at = text, *past = text + *ret_length, *what = NULL;

	while (at < past && !what) {
		size_t n = comment_length(at, past);

		if (n == SIZE_MAX) {
			what = "the comment does not stop";
		} else if (n) {
			blank(copy + (at - text), n);
			at += n;
		} else if (*at == '"') {
			at = skip_string(at, past, &what);
		} else if (*at == '\'' || !*at) {
			/* json-c takes the one for a quote, and the other for the end of the text */
			what = *at ? "a string stands in \"\"" : "the character 0";
		} else {
			at++;
		}
	}
	*ret_length = (size_t)(at - text);
	return what;
}

int clean_(const struct reader *reader, const char *text, size_t length, struct clean *ret_clean)
{
	struct clean clean = { .length = length };

	if (length > SIMFILE_SIZE_MAX) {
		wrong_(reader, NULL, "it is larger than %zu bytes", SIMFILE_SIZE_MAX);
		return -EFBIG;
	}
	clean.text = malloc(length + 1);
	if (!clean.text)
		return refused_(reader, NULL, -ENOMEM);
	memcpy(clean.text, text, length);
	clean.what = clean_copy(text, clean.text, &clean.length);
	clean.text[clean.length] = '\0';
	*ret_clean = clean;
	return 0;
}

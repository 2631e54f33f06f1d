/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_DATA_FILES_H
#define TESTS_UNIT_DATA_FILES_H

/* Files of tests/data: found by pattern, read whole. After cmocka.h. */

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct data_file {
	unsigned char *bytes; /* exactly length bytes, so that a sanitizer sees reads behind them */
	size_t length;
};

static inline struct data_file data_read(const char *path)
{
	struct data_file data = { NULL, 0 };
	FILE *file = fopen(path, "rb");
	long length;

	if (!file)
		fail_msg("cannot open %s", path);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	length = ftell(file);
	assert_true(length >= 0);
	rewind(file);
	data.length = (size_t)length;
	data.bytes = malloc(data.length ? data.length : 1);
	assert_non_null(data.bytes);
	assert_int_equal(fread(data.bytes, 1, data.length, file), data.length);
	fclose(file);
	return data;
}

/* Call check for each file that matches the pattern below tests/data. Returns how many. */
static inline size_t data_each(const char *pattern, void (*check)(const char *path))
{
	char whole[512];
	glob_t found;
	size_t n;
	int r;

	snprintf(whole, sizeof whole, "%s/%s", TEST_DATA, pattern);
	r = glob(whole, 0, NULL, &found);
	if (r == GLOB_NOMATCH)
		return 0;
	assert_int_equal(r, 0);
	n = found.gl_pathc;
	for (size_t i = 0; i < n; i++)
		check(found.gl_pathv[i]);
	globfree(&found);
	return n;
}

/* Compare with the file of the same name with .expected instead of its suffix. */
static inline void data_compare(const char *path, const char *text)
{
	char other[512];
	const char *dot = strrchr(path, '.');
	struct data_file expected;

	assert_non_null(dot);
	snprintf(other, sizeof other, "%.*s.expected", (int)(dot - path), path);
	expected = data_read(other);
	if (strlen(text) != expected.length || memcmp(text, expected.bytes, expected.length))
		fail_msg("%s: parsed as\n%sbut expected\n%.*s", path, text, (int)expected.length,
			 (const char *)expected.bytes);
	free(expected.bytes);
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* The parser of reserved_regions on the files that are kept of it. */
#include "parse/regions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "data-files.h"
#include "regions-text.h"

static void check_file(const char *path)
{
	struct data_file data = data_read(path);
	struct iova_parsed_regions parsed;
	size_t size;
	char *text;

	assert_int_equal(iova_parse_regions_((char *)data.bytes, data.length, &parsed), 0);
	size = regions_text_size(parsed.n);
	text = malloc(size);
	assert_non_null(text);
	regions_to_text(&parsed, text, size);
	data_compare(path, text);
	free(text);
	iova_parsed_regions_done_(&parsed);
	free(data.bytes);
}

static void check_good(const char *path)
{
	struct data_file data = data_read(path);
	struct iova_parsed_regions parsed;

	assert_int_equal(iova_parse_regions_((char *)data.bytes, data.length, &parsed), 0);
	if (parsed.truncated || parsed.n_malformed || parsed.n_inverted || parsed.n_unknown)
		fail_msg("%s: something is odd in it", path);
	iova_parsed_regions_done_(&parsed);
	free(data.bytes);
}

static void check_bad(const char *path)
{
	struct data_file data = data_read(path);
	struct iova_parsed_regions parsed;

	assert_int_equal(iova_parse_regions_((char *)data.bytes, data.length, &parsed), 0);
	if (!parsed.truncated && !parsed.n_malformed && !parsed.n_inverted && !parsed.n_unknown)
		fail_msg("%s: nothing is odd in it", path);
	iova_parsed_regions_done_(&parsed);
	free(data.bytes);
}

static void kept_files_give_what_is_expected_of_them(void **state)
{
	(void)state;
	assert_int_not_equal(data_each("regions/good/*.txt", check_file), 0);
	assert_int_not_equal(data_each("regions/bad/*.txt", check_file), 0);
}

static void only_bad_files_have_something_odd(void **state)
{
	(void)state;
	assert_int_not_equal(data_each("regions/good/*.txt", check_good), 0);
	assert_int_not_equal(data_each("regions/bad/*.txt", check_bad), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept_files_give_what_is_expected_of_them),
		cmocka_unit_test(only_bad_files_have_something_odd),
	};

	return cmocka_run_group_tests_name("regions-data", tests, NULL, NULL);
}

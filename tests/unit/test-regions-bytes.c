/* SPDX-License-Identifier: BSD-3-Clause */
/* Every byte in each place of a line, against what the C library says of it. */
#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "parse/regions.h"

static struct iova_parsed_regions parse_with(const char *line, size_t at, int byte)
{
	struct iova_parsed_regions parsed;
	size_t length = strlen(line);
	char *text = malloc(length);

	assert_non_null(text);
	memcpy(text, line, length);
	text[at] = (char)byte;
	assert_int_equal(iova_parse_regions_(text, length, &parsed), 0);
	free(text);
	return parsed;
}

/* Blanks and newlines cut a line elsewhere; the byte 0 is one like any other. */
static bool cuts(int byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n';
}

static void a_digit_is_what_c_calls_one_and_has_its_value(void **state)
{
	static const char line[] = "0x00000000000000f0 0x0000000000ffffff msi\n";

	(void)state;
	for (int byte = 0; byte < 256; byte++) {
		struct iova_parsed_regions parsed = parse_with(line, 17, byte);

		if (isxdigit(byte)) {
			char digit[2] = { (char)byte };

			assert_int_equal(parsed.n, 1);
			assert_int_equal(parsed.regions[0].range.start,
					 0xf0 + strtoul(digit, NULL, 16));
			assert_int_equal(parsed.n_malformed, 0);
		} else if (!cuts(byte)) {
			assert_int_equal(parsed.n, 0);
			assert_int_equal(parsed.n_malformed, 1);
		}
		iova_parsed_regions_done_(&parsed);
	}
}

static void a_word_is_of_characters_that_show(void **state)
{
	static const char line[] = "0x0000000000000000 0x0000000000ffffff msi\n";

	(void)state;
	for (int byte = 0; byte < 256; byte++) {
		struct iova_parsed_regions parsed = parse_with(line, 39, byte);
		char word[] = "m i";

		word[1] = (char)byte;
		if (isgraph(byte)) {
			assert_int_equal(parsed.n, 1);
			assert_string_equal(parsed.regions[0].word, word);
			assert_int_equal(parsed.n_unknown, byte != 's');
		} else if (!cuts(byte)) {
			assert_int_equal(parsed.n, 0);
			assert_int_equal(parsed.n_malformed, 1);
		}
		iova_parsed_regions_done_(&parsed);
	}
}

static void only_blanks_and_tabs_part_fields(void **state)
{
	static const char line[] = "0x0000000000000000 0x0000000000ffffff msi\n";

	(void)state;
	for (int byte = 0; byte < 256; byte++) {
		struct iova_parsed_regions parsed = parse_with(line, 37, byte);
		bool blank = byte == ' ' || byte == '\t';

		assert_int_equal(parsed.n, blank);
		assert_int_equal(parsed.n_malformed, blank ? 0 : byte == '\n' ? 2 : 1);
		iova_parsed_regions_done_(&parsed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_digit_is_what_c_calls_one_and_has_its_value),
		cmocka_unit_test(a_word_is_of_characters_that_show),
		cmocka_unit_test(only_blanks_and_tabs_part_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

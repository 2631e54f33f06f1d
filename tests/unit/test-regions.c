/* SPDX-License-Identifier: BSD-3-Clause */
#include "parse/regions.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "oom.h"

#define MSI "0x00000000fee00000 0x00000000feefffff msi\n"

/* Parse bytes that end where a sanitizer watches. */
static struct iova_parsed_regions parse_bytes(const void *text, size_t length)
{
	struct iova_parsed_regions parsed;
	char *exact = malloc(length ? length : 1);

	assert_non_null(exact);
	memcpy(exact, text, length);
	assert_int_equal(iova_parse_regions_(exact, length, &parsed), 0);
	free(exact);
	return parsed;
}

static struct iova_parsed_regions parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

static void assert_counts(const struct iova_parsed_regions *parsed, size_t n, size_t malformed,
			  size_t inverted, size_t unknown)
{
	assert_int_equal(parsed->n, n);
	assert_int_equal(parsed->n_malformed, malformed);
	assert_int_equal(parsed->n_inverted, inverted);
	assert_int_equal(parsed->n_unknown, unknown);
}

static void assert_region(const struct iova_parsed_regions *parsed, size_t i, uint64_t start,
			  uint64_t last, uint32_t type, const char *word)
{
	assert_in_range(i + 1, 1, parsed->n);
	assert_int_equal(parsed->regions[i].range.start, start);
	assert_int_equal(parsed->regions[i].range.last, last);
	assert_int_equal(parsed->regions[i].type, type);
	assert_string_equal(parsed->regions[i].word, word);
}

/* Text of which nothing may be kept, and which counts as so many malformed lines. */
static void assert_malformed(const char *text, size_t malformed)
{
	struct iova_parsed_regions parsed = parse(text);

	if (parsed.n || parsed.n_malformed != malformed)
		fail_msg("%zu regions, %zu malformed lines in: %s", parsed.n, parsed.n_malformed,
			 text);
	assert_counts(&parsed, 0, malformed, 0, 0);
	iova_parsed_regions_done_(&parsed);
}

static void every_word_of_the_kernel_has_its_type(void **state)
{
	struct iova_parsed_regions parsed =
		parse("0x0000000000000000 0x0000000000ffffff direct\n"
		      "0x0000000000000000 0x0000000000ffffff direct-relaxable\n"
		      "0x000000fd00000000 0x000000ffffffffff reserved\n" MSI);

	(void)state;
	assert_counts(&parsed, 4, 0, 0, 0);
	assert_false(parsed.truncated);
	assert_region(&parsed, 0, 0, 0xffffff, IOVA_REGION_DIRECT, "direct");
	assert_region(&parsed, 1, 0, 0xffffff, IOVA_REGION_DIRECT_RELAXABLE, "direct-relaxable");
	assert_region(&parsed, 2, 0xfd00000000, 0xffffffffff, IOVA_REGION_RESERVED, "reserved");
	assert_region(&parsed, 3, 0xfee00000, 0xfeefffff, IOVA_REGION_MSI, "msi");
	iova_parsed_regions_done_(&parsed);
}

static void an_empty_file_has_no_region_and_is_whole(void **state)
{
	struct iova_parsed_regions parsed;

	(void)state;
	assert_int_equal(iova_parse_regions_(NULL, 0, &parsed), 0);
	assert_counts(&parsed, 0, 0, 0, 0);
	assert_false(parsed.truncated);
	assert_null(parsed.regions);
	iova_parsed_regions_done_(&parsed);
}

static void the_whole_space_is_a_region(void **state)
{
	struct iova_parsed_regions parsed = parse("0x0000000000000000 0xffffffffffffffff reserved\n"
						  "0xffffffffffffffff 0xffffffffffffffff msi\n");

	(void)state;
	assert_counts(&parsed, 2, 0, 0, 0);
	assert_region(&parsed, 0, 0, UINT64_MAX, IOVA_REGION_RESERVED, "reserved");
	assert_region(&parsed, 1, UINT64_MAX, UINT64_MAX, IOVA_REGION_MSI, "msi");
	iova_parsed_regions_done_(&parsed);
}

static void bounds_may_be_short_and_of_either_case(void **state)
{
	struct iova_parsed_regions parsed = parse("0x0 0xF msi\n0Xa \t 0xFeEfFfFf  msi \n");

	(void)state;
	assert_counts(&parsed, 2, 0, 0, 0);
	assert_region(&parsed, 0, 0, 15, IOVA_REGION_MSI, "msi");
	assert_region(&parsed, 1, 10, 0xfeefffff, IOVA_REGION_MSI, "msi");
	iova_parsed_regions_done_(&parsed);
}

static void an_unknown_word_is_kept_and_counted(void **state)
{
	struct iova_parsed_regions parsed = parse("0x1000 0x1fff translated\n0x0 0x1 Direct\n"
						  "0x0 0x1 direct-relaxable-v2\n0x0 0x1 ms\n");

	(void)state;
	assert_counts(&parsed, 4, 0, 0, 4);
	assert_region(&parsed, 0, 0x1000, 0x1fff, IOVA_REGION_UNKNOWN, "translated");
	assert_region(&parsed, 1, 0, 1, IOVA_REGION_UNKNOWN, "Direct");
	assert_region(&parsed, 2, 0, 1, IOVA_REGION_UNKNOWN, "direct-relaxable-v2");
	iova_parsed_regions_done_(&parsed);
}

static void a_long_word_is_cut_to_its_room(void **state)
{
	const char *fits = "abcdefghijklmnopqrstuvwxyz-";
	struct iova_parsed_regions parsed = parse("0x0 0x1 abcdefghijklmnopqrstuvwxyz-\n"
						  "0x0 0x1 abcdefghijklmnopqrstuvwxyz-!\n"
						  "0x0 0x1 abcdefghijklmnopqrstuvwxyz-!!!!!!!!!\n");

	(void)state;
	assert_counts(&parsed, 3, 0, 0, 3);
	assert_int_equal(strlen(fits), sizeof parsed.regions->word - 1);
	for (size_t i = 0; i < 3; i++)
		assert_region(&parsed, i, 0, 1, IOVA_REGION_UNKNOWN, fits);
	iova_parsed_regions_done_(&parsed);
}

static void an_inverted_region_is_left_out_and_counted(void **state)
{
	struct iova_parsed_regions parsed =
		parse("0x0000000000001000 0x0000000000000fff reserved\n" MSI "0x5 0x4 unknown\n");

	(void)state;
	assert_counts(&parsed, 1, 0, 2, 0);
	assert_region(&parsed, 0, 0xfee00000, 0xfeefffff, IOVA_REGION_MSI, "msi");
	iova_parsed_regions_done_(&parsed);
}

static void lines_that_are_no_region_are_left_out_and_counted(void **state)
{
	static const char *const lines[] = {
		"0x0\n",
		"0x0 0x1\n",
		"msi\n",
		"0x0 0x1 msi more\n",
		"0x0 0x1 msi 0x2 0x3 msi\n",
		"0 0x1 msi\n",
		"0x0 1 msi\n",
		"0x 0x1 msi\n",
		"0x0 0x msi\n",
		"x0 0x1 msi\n",
		"0xg 0x1 msi\n",
		"0x0 0x1g msi\n",
		"0x-1 0x1 msi\n",
		"+0x0 0x1 msi\n",
		"0x0,0x1 msi\n",
		"0x00x1 msi\n",
		"0x0 0x1msi\n",
		"1x0 0x1 msi\n",
		"0y0 0x1 msi\n",
		"0x0 001 msi\n",
		"0x10000000000000000 0xffffffffffffffff msi\n",
		"0x0 0x1ffffffffffffffff msi\n",
		"0x00000000000000000 0x1 msi\n",
		"0x0 0x1 m\x01si\n",
		"0x0 0x1 msi\r\n",
		"0x0\v0x1 msi\n",
		"0x0 0x1 m\xc3\xa4\n",
		"0x0 0x1 msi\x7f\n",
		"\x01\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		assert_malformed(lines[i], 1);
	assert_malformed("one\n0x0 0x1\n\ntwo three four\n", 3);
}

static void a_nul_byte_spoils_its_line_only(void **state)
{
	static const char text[] = "0x0 0x1 m\0si\n0x0 0x1 \0\n\0\n0x0\0 0x1 msi\n" MSI;
	struct iova_parsed_regions parsed = parse_bytes(text, sizeof text - 1);

	(void)state;
	assert_counts(&parsed, 1, 4, 0, 0);
	assert_region(&parsed, 0, 0xfee00000, 0xfeefffff, IOVA_REGION_MSI, "msi");
	assert_false(parsed.truncated);
	iova_parsed_regions_done_(&parsed);
}

static void lines_of_nothing_are_passed_over(void **state)
{
	struct iova_parsed_regions parsed = parse("\n \t \n" MSI "\n");

	(void)state;
	assert_counts(&parsed, 1, 0, 0, 0);
	assert_false(parsed.truncated);
	iova_parsed_regions_done_(&parsed);
}

static void an_unfinished_line_with_all_its_digits_is_kept(void **state)
{
	struct iova_parsed_regions parsed = parse("0x00000000fee00000 0x00000000feefffff msi");

	(void)state;
	assert_true(parsed.truncated);
	assert_counts(&parsed, 1, 0, 0, 0);
	assert_region(&parsed, 0, 0xfee00000, 0xfeefffff, IOVA_REGION_MSI, "msi");
	iova_parsed_regions_done_(&parsed);
}

static void a_cut_word_becomes_a_stricter_one(void **state)
{
	static const char line[] = "0x0000000000000000 0x0000000000ffffff direct-relaxable";

	(void)state;
	for (size_t length = 39; length < sizeof line - 1; length++) {
		struct iova_parsed_regions parsed = parse_bytes(line, length);

		assert_true(parsed.truncated);
		assert_int_equal(parsed.n, 1);
		assert_int_equal(parsed.regions->type,
				 length == 44 ? IOVA_REGION_DIRECT : IOVA_REGION_UNKNOWN);
		iova_parsed_regions_done_(&parsed);
	}
}

static void an_unfinished_line_that_lacks_something_is_left_out(void **state)
{
	static const char *const texts[] = {
		"0x00000000fee00000 0x00000000feefffff",
		"0x00000000fee00000 0x00000000feefffff ",
		"0x00000000fee00000 0x00000000feeffff",
		"0x00000000fee00000",
		"0",
		"garbage",
		"0x0 0x1 msi",
		"0x0000000000000000 0x1 msi",
		"0x0 0x0000000000000001 msi",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct iova_parsed_regions parsed = parse(texts[i]);

		assert_true(parsed.truncated);
		assert_malformed(texts[i], 0);
		iova_parsed_regions_done_(&parsed);
	}
}

static void a_full_page_counts_as_truncated(void **state)
{
	char text[4096];
	struct iova_parsed_regions parsed;

	(void)state;
	memset(text, '\n', sizeof text);
	parsed = parse_bytes(text, 3999);
	assert_false(parsed.truncated);
	parsed = parse_bytes(text, 4000);
	assert_true(parsed.truncated);
	parsed = parse_bytes(text, 4096);
	assert_true(parsed.truncated);
}

/* Cut anywhere, the text gives the regions before the cut and says that it was cut. */
static void every_prefix_says_that_it_is_one(void **state)
{
	static const char text[] = MSI MSI "0x0000000000000000 0x0000000000ffffff direct\n";
	const size_t lengths[] = { 42, 84, 129 };

	(void)state;
	assert_int_equal(sizeof text - 1, lengths[2]);
	for (size_t length = 1; length < sizeof text; length++) {
		struct iova_parsed_regions parsed = parse_bytes(text, length);
		bool whole = false;
		size_t least = 0;

		for (size_t i = 0; i < 3; i++) {
			whole |= length == lengths[i];
			least += length >= lengths[i];
		}
		assert_int_equal(parsed.truncated, !whole);
		assert_in_range(parsed.n, least, least + !whole);
		assert_int_equal(parsed.n_malformed, 0);
		iova_parsed_regions_done_(&parsed);
	}
}

static void without_memory_nothing_is_written_or_kept(void **state)
{
	char text[sizeof MSI * 20];
	unsigned long failures = 0;
	long live = oom_live();

	(void)state;
	text[0] = '\0';
	for (size_t i = 0; i < 20; i++)
		strcat(text, MSI);
	for (unsigned long n = 0;; n++) {
		struct iova_parsed_regions parsed = { .n = 77 };
		int r;

		oom_fail_at(n);
		r = iova_parse_regions_(text, strlen(text), &parsed);
		oom_off();
		if (!oom_reached()) {
			assert_int_equal(r, 0);
			assert_int_equal(parsed.n, 20);
			iova_parsed_regions_done_(&parsed);
			assert_null(parsed.regions);
			break;
		}
		failures++;
		assert_int_equal(r, -ENOMEM);
		assert_int_equal(parsed.n, 77);
		assert_int_equal(oom_live(), live);
	}
	assert_in_range(failures, 2, 20);
	assert_int_equal(oom_live(), live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_of_the_kernel_has_its_type),
		cmocka_unit_test(an_empty_file_has_no_region_and_is_whole),
		cmocka_unit_test(the_whole_space_is_a_region),
		cmocka_unit_test(bounds_may_be_short_and_of_either_case),
		cmocka_unit_test(an_unknown_word_is_kept_and_counted),
		cmocka_unit_test(a_long_word_is_cut_to_its_room),
		cmocka_unit_test(an_inverted_region_is_left_out_and_counted),
		cmocka_unit_test(lines_that_are_no_region_are_left_out_and_counted),
		cmocka_unit_test(a_nul_byte_spoils_its_line_only),
		cmocka_unit_test(lines_of_nothing_are_passed_over),
		cmocka_unit_test(an_unfinished_line_with_all_its_digits_is_kept),
		cmocka_unit_test(a_cut_word_becomes_a_stricter_one),
		cmocka_unit_test(an_unfinished_line_that_lacks_something_is_left_out),
		cmocka_unit_test(a_full_page_counts_as_truncated),
		cmocka_unit_test(every_prefix_says_that_it_is_one),
		cmocka_unit_test(without_memory_nothing_is_written_or_kept),
	};

	return cmocka_run_group_tests_name("regions", tests, NULL, NULL);
}

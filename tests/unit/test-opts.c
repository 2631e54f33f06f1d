/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/opts.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

/* The first layout ever published, ours, and one from a newer program. */
struct first {
	size_t size;
	uint64_t flags;
};

struct known {
	size_t size;
	uint64_t flags;
	uint64_t width;
};

struct newer {
	size_t size;
	uint64_t flags;
	uint64_t width;
	uint64_t colour;
};

static void options_of_null_are_all_zero(void **state)
{
	struct known known = { 1, 2, 3 };

	(void)state;
	assert_int_equal(iova_opts_read_(&known, sizeof known, sizeof(struct first), NULL), 0);
	assert_int_equal(known.size, 0);
	assert_int_equal(known.flags, 0);
	assert_int_equal(known.width, 0);
}

static void options_of_an_older_program_read_as_zero_where_it_had_none(void **state)
{
	struct first opts = { sizeof opts, 5 };
	struct known known = { 1, 2, 3 };

	(void)state;
	assert_int_equal(iova_opts_read_(&known, sizeof known, sizeof opts, &opts), 0);
	assert_int_equal(known.size, sizeof opts);
	assert_int_equal(known.flags, 5);
	assert_int_equal(known.width, 0);
}

static void options_that_end_inside_a_field_give_what_they_have(void **state)
{
	struct known opts = { offsetof(struct known, width) + 1, 5, UINT64_MAX };
	struct known known;
	uint64_t width = 0;

	(void)state;
	memset(&width, 0xff, 1);
	assert_int_equal(iova_opts_read_(&known, sizeof known, sizeof(struct first), &opts), 0);
	assert_int_equal(known.width, width);
}

static void options_of_a_newer_program_may_add_zeros(void **state)
{
	struct newer opts = { sizeof opts, 5, 6, 0 };
	struct known known;

	(void)state;
	assert_int_equal(iova_opts_read_(&known, sizeof known, sizeof(struct first), &opts), 0);
	assert_int_equal(known.flags, 5);
	assert_int_equal(known.width, 6);
}

static void options_that_we_do_not_know_are_too_big(void **state)
{
	struct newer opts = { sizeof opts, 5, 6, 0 };
	struct known known;

	(void)state;
	memset((char *)&opts + sizeof opts - 1, 1, 1);
	assert_int_equal(iova_opts_read_(&known, sizeof known, sizeof(struct first), &opts),
			 -E2BIG);
	opts.colour = 0;
	memset(&opts.colour, 1, 1);
	assert_int_equal(iova_opts_read_(&known, sizeof known, sizeof(struct first), &opts),
			 -E2BIG);
}

static void options_shorter_than_the_first_layout_are_refused(void **state)
{
	struct first opts = { sizeof opts - 1, 5 };
	struct known known;

	(void)state;
	assert_int_equal(iova_opts_read_(&known, sizeof known, sizeof opts, &opts), -EINVAL);
	opts.size = 0;
	assert_int_equal(iova_opts_read_(&known, sizeof known, sizeof opts, &opts), -EINVAL);
}

static void info_keeps_its_own_size_and_is_filled(void **state)
{
	const struct known known = { 77, 5, 6 };
	struct known info = { sizeof info, 1, 1 };

	(void)state;
	assert_int_equal(iova_info_write_(&info, sizeof(struct first), &known, sizeof known), 0);
	assert_int_equal(info.size, sizeof info);
	assert_int_equal(info.flags, 5);
	assert_int_equal(info.width, 6);
}

static void info_of_an_older_program_is_not_overrun(void **state)
{
	const struct known known = { 0, 5, 6 };
	struct known info = { sizeof(struct first), 1, 1 };

	(void)state;
	assert_int_equal(iova_info_write_(&info, sizeof(struct first), &known, sizeof known), 0);
	assert_int_equal(info.flags, 5);
	assert_int_equal(info.width, 1);
}

static void info_of_a_newer_program_is_zeroed_behind_ours(void **state)
{
	const struct known known = { 0, 5, 6 };
	struct newer info = { sizeof info, 1, 1, UINT64_MAX };

	(void)state;
	assert_int_equal(iova_info_write_(&info, sizeof(struct first), &known, sizeof known), 0);
	assert_int_equal(info.size, sizeof info);
	assert_int_equal(info.width, 6);
	assert_int_equal(info.colour, 0);
}

static void info_too_small_or_null_is_refused(void **state)
{
	const struct known known = { 0, 5, 6 };
	struct first info = { sizeof info - 1, 1 };

	(void)state;
	assert_int_equal(iova_info_write_(&info, sizeof info, &known, sizeof known), -EINVAL);
	assert_int_equal(info.flags, 1);
	assert_int_equal(iova_info_write_(NULL, sizeof info, &known, sizeof known), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_of_null_are_all_zero),
		cmocka_unit_test(options_of_an_older_program_read_as_zero_where_it_had_none),
		cmocka_unit_test(options_that_end_inside_a_field_give_what_they_have),
		cmocka_unit_test(options_of_a_newer_program_may_add_zeros),
		cmocka_unit_test(options_that_we_do_not_know_are_too_big),
		cmocka_unit_test(options_shorter_than_the_first_layout_are_refused),
		cmocka_unit_test(info_keeps_its_own_size_and_is_filled),
		cmocka_unit_test(info_of_an_older_program_is_not_overrun),
		cmocka_unit_test(info_of_a_newer_program_is_zeroed_behind_ours),
		cmocka_unit_test(info_too_small_or_null_is_refused),
	};

	return cmocka_run_group_tests_name("opts", tests, NULL, NULL);
}

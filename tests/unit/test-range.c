/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/range.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define TOP UINT64_MAX

static void assert_range(const struct iova_range *range, uint64_t start, uint64_t last)
{
	assert_int_equal(range->start, start);
	assert_int_equal(range->last, last);
}

static void range_make_counts_the_last_address_in(void **state)
{
	struct iova_range range;

	(void)state;
	assert_int_equal(iova_range_make(0x1000, 0x1000, &range), 0);
	assert_range(&range, 0x1000, 0x1fff);
	assert_int_equal(iova_range_make(0, 1, &range), 0);
	assert_range(&range, 0, 0);
}

static void range_make_reaches_the_top_and_no_further(void **state)
{
	struct iova_range range = { 7, 9 };

	(void)state;
	assert_int_equal(iova_range_make(TOP, 2, &range), -EOVERFLOW);
	assert_int_equal(iova_range_make(TOP - 0xfff, 0x1001, &range), -EOVERFLOW);
	assert_int_equal(iova_range_make(2, TOP, &range), -EOVERFLOW);
	assert_range(&range, 7, 9);
	assert_int_equal(iova_range_make(TOP, 1, &range), 0);
	assert_range(&range, TOP, TOP);
	assert_int_equal(iova_range_make(TOP - 0xfff, 0x1000, &range), 0);
	assert_range(&range, TOP - 0xfff, TOP);
	assert_int_equal(iova_range_make(1, TOP, &range), 0);
	assert_range(&range, 1, TOP);
}

static void range_make_refuses_no_length_and_no_room(void **state)
{
	struct iova_range range = { 7, 9 };

	(void)state;
	assert_int_equal(iova_range_make(0, 0, &range), -EINVAL);
	assert_range(&range, 7, 9);
	assert_int_equal(iova_range_make(0, 1, NULL), -EINVAL);
}

static void range_length_counts_both_bounds(void **state)
{
	uint64_t length = 0;

	(void)state;
	assert_int_equal(iova_range_length(&(struct iova_range){ 5, 5 }, &length), 0);
	assert_int_equal(length, 1);
	assert_int_equal(iova_range_length(&(struct iova_range){ 1, TOP }, &length), 0);
	assert_int_equal(length, TOP);
	assert_int_equal(iova_range_length(&(struct iova_range){ 0, TOP - 1 }, &length), 0);
	assert_int_equal(length, TOP);
}

static void range_length_of_the_whole_space_does_not_fit(void **state)
{
	uint64_t length = 3;

	(void)state;
	assert_int_equal(iova_range_length(&IOVA_WHOLE_SPACE, &length), -EOVERFLOW);
	assert_int_equal(length, 3);
}

static void range_length_refuses_inverted_ranges_and_null(void **state)
{
	uint64_t length = 3;

	(void)state;
	assert_int_equal(iova_range_length(&(struct iova_range){ 1, 0 }, &length), -EINVAL);
	assert_int_equal(iova_range_length(&(struct iova_range){ TOP, 0 }, &length), -EINVAL);
	assert_int_equal(iova_range_length(NULL, &length), -EINVAL);
	assert_int_equal(length, 3);
	assert_int_equal(iova_range_length(&(struct iova_range){ 0, 0 }, NULL), -EINVAL);
}

static void overlap_needs_one_shared_address(void **state)
{
	const struct iova_range low = { 0, 0xfff }, next = { 0x1000, 0x1fff };
	const struct iova_range both = { 0xfff, 0x1000 }, whole = IOVA_WHOLE_SPACE;

	(void)state;
	assert_false(range_overlaps(&low, &next));
	assert_false(range_overlaps(&next, &low));
	assert_true(range_overlaps(&low, &both));
	assert_true(range_overlaps(&both, &low));
	assert_true(range_overlaps(&next, &both));
	assert_true(range_overlaps(&whole, &low));
	assert_true(range_overlaps(&low, &low));
}

static void contain_includes_both_bounds(void **state)
{
	const struct iova_range outer = { 0x1000, 0x1fff };

	(void)state;
	assert_true(range_contains(&outer, &outer));
	assert_true(range_contains(&outer, &(struct iova_range){ 0x1001, 0x1ffe }));
	assert_false(range_contains(&outer, &(struct iova_range){ 0xfff, 0x1fff }));
	assert_false(range_contains(&outer, &(struct iova_range){ 0x1000, 0x2000 }));
	assert_true(range_contains(&IOVA_WHOLE_SPACE, &(struct iova_range){ TOP, TOP }));
}

static void shared_part_is_the_same_from_both_sides(void **state)
{
	const struct iova_range a = { 0x1000, 0x2fff }, b = { 0x2000, TOP };
	struct iova_range shared = range_shared(&a, &b);

	(void)state;
	assert_range(&shared, 0x2000, 0x2fff);
	shared = range_shared(&b, &a);
	assert_range(&shared, 0x2000, 0x2fff);
}

static void round_out_grows_to_whole_granules(void **state)
{
	struct iova_range out = range_round_out(&(struct iova_range){ 0x1001, 0x2000 }, 0x1000);

	(void)state;
	assert_range(&out, 0x1000, 0x2fff);
	out = range_round_out(&(struct iova_range){ 0x1000, 0x1fff }, 0x1000);
	assert_range(&out, 0x1000, 0x1fff);
	out = range_round_out(&(struct iova_range){ TOP, TOP }, 0x1000);
	assert_range(&out, TOP - 0xfff, TOP);
	out = range_round_out(&(struct iova_range){ 3, 5 }, 1);
	assert_range(&out, 3, 5);
}

static void round_in_shrinks_to_whole_granules(void **state)
{
	struct iova_range in;

	(void)state;
	assert_true(range_round_in(&(struct iova_range){ 0x1000, 0x2fff }, 0x1000, &in));
	assert_range(&in, 0x1000, 0x2fff);
	assert_true(range_round_in(&(struct iova_range){ 0x1001, 0x3ffe }, 0x1000, &in));
	assert_range(&in, 0x2000, 0x2fff);
	assert_true(range_round_in(&(struct iova_range){ 3, 5 }, 1, &in));
	assert_range(&in, 3, 5);
}

static void round_in_is_exact_at_both_ends(void **state)
{
	struct iova_range in;

	(void)state;
	assert_true(range_round_in(&IOVA_WHOLE_SPACE, 0x1000, &in));
	assert_range(&in, 0, TOP);
	assert_true(range_round_in(&IOVA_WHOLE_SPACE, (uint64_t)1 << 63, &in));
	assert_range(&in, 0, TOP);
	assert_true(range_round_in(&(struct iova_range){ TOP - 0xfff, TOP }, 0x1000, &in));
	assert_range(&in, TOP - 0xfff, TOP);
	assert_true(range_round_in(&(struct iova_range){ 0, TOP - 1 }, 0x1000, &in));
	assert_range(&in, 0, TOP - 0x1000);
}

static void round_in_of_less_than_a_granule_leaves_nothing(void **state)
{
	struct iova_range in = { 7, 9 };

	(void)state;
	assert_false(range_round_in(&(struct iova_range){ 0, 0xffe }, 0x1000, &in));
	assert_false(range_round_in(&(struct iova_range){ 0x1001, 0x2ffe }, 0x1000, &in));
	assert_false(range_round_in(&(struct iova_range){ TOP - 0xffe, TOP }, 0x1000, &in));
	assert_false(range_round_in(&(struct iova_range){ 1, TOP - 1 }, (uint64_t)1 << 63, &in));
	assert_range(&in, 7, 9);
}

static void power_of_two_has_one_bit(void **state)
{
	(void)state;
	assert_false(is_power_of_two(0));
	assert_true(is_power_of_two(1));
	assert_true(is_power_of_two((uint64_t)1 << 63));
	assert_false(is_power_of_two(0x1001));
	assert_false(is_power_of_two(TOP));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(range_make_counts_the_last_address_in),
		cmocka_unit_test(range_make_reaches_the_top_and_no_further),
		cmocka_unit_test(range_make_refuses_no_length_and_no_room),
		cmocka_unit_test(range_length_counts_both_bounds),
		cmocka_unit_test(range_length_of_the_whole_space_does_not_fit),
		cmocka_unit_test(range_length_refuses_inverted_ranges_and_null),
		cmocka_unit_test(overlap_needs_one_shared_address),
		cmocka_unit_test(contain_includes_both_bounds),
		cmocka_unit_test(shared_part_is_the_same_from_both_sides),
		cmocka_unit_test(round_out_grows_to_whole_granules),
		cmocka_unit_test(round_in_shrinks_to_whole_granules),
		cmocka_unit_test(round_in_is_exact_at_both_ends),
		cmocka_unit_test(round_in_of_less_than_a_granule_leaves_nothing),
		cmocka_unit_test(power_of_two_has_one_bit),
	};

	return cmocka_run_group_tests_name("range", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inputs on which allocators and interval maps of other programs go wrong, by
 * their number in a survey. 7 and 8 are in tests/model/test-ctx-known-faults.c.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "set-help.h"
#include "space-help.h"

/* Allocates from a window that names page 0, and records it. */
static uint64_t take_aligned(struct iova_space *space, uint64_t length, uint64_t align)
{
	struct iova_alloc_opts opts = { .size = sizeof opts, .align = align, .window = { 0, TOP } };
	uint64_t iova;

	assert_int_equal(iova_space_alloc(space, length, &opts, &iova), 0);
	record_mapping(space, iova, iova + (length - 1));
	return iova;
}

static uint64_t take(struct iova_space *space, uint64_t length)
{
	return take_aligned(space, length, 0);
}

static void give(struct iova_space *space, uint64_t start, uint64_t length)
{
	struct iova_range range = { start, start + (length - 1) };

	assert_int_equal(iova_space_forget(space, &range, NULL), 0);
}

static struct iova_space *list_space_(const struct iova_range *ranges, size_t n)
{
	struct iova_space *space = space_of(0, 0, IOVA_POLICY_WARN);

	tell_kernel_(space, ranges, n);
	return space;
}
#define list_space(...) list_space_((struct iova_range[]){ __VA_ARGS__ }, N_OF(__VA_ARGS__))

static void fault_01_rest_of_a_range_is_not_lost_behind_a_large_request(void **state)
{
	struct iova_space *space = list_space({ 0, 0xfedfffff }, { 0xfef00000, ASSUMED_LAST });

	(void)state;
	assert_int_equal(take(space, PAGE), 0);
	assert_int_equal(take(space, 4 * GIB), 0xfef00000);
	assert_int_equal(take(space, PAGE), 0x1000);
	assert_int_equal(take(space, 0xfedff000), 0x1fef00000);
	assert_int_equal(take(space, 0xfedfe000), 0x2000);
	iova_space_free(space);
}

static void fault_02_address_mapped_by_hand_and_given_back_is_not_handed_out_twice(void **state)
{
	struct iova_space *space = list_space({ 0, ASSUMED_LAST });

	(void)state;
	assert_int_equal(take(space, PAGE), 0);
	record_mapping(space, 0x2000, 0x2fff);
	give(space, 0x2000, PAGE);
	assert_int_equal(take(space, PAGE), 0x1000);
	assert_int_equal(take(space, PAGE), 0x2000);
	assert_int_equal(take(space, PAGE), 0x3000);
	iova_space_free(space);
}

static void fault_03_range_given_back_twice_is_free_once(void **state)
{
	struct iova_space *space = list_space({ 0x10000, 0x1ffff });

	(void)state;
	assert_int_equal(take(space, PAGE), 0x10000);
	give(space, 0x10000, PAGE);
	assert_int_equal(iova_space_forget(space, RANGE(0x10000, 0x10fff), NULL), -ENOENT);
	assert_int_equal(take(space, PAGE), 0x10000);
	assert_int_equal(take(space, PAGE), 0x11000);
	iova_space_free(space);
}

static void fault_04_space_is_whole_again_after_all_is_unmapped(void **state)
{
	struct iova_space *space = list_space({ 0x10000, 0x1ffff });
	uint64_t iova;
	size_t n;

	(void)state;
	for (uint64_t i = 0; i < 16; i++)
		assert_int_equal(take(space, PAGE), 0x10000 + i * PAGE);
	assert_int_equal(iova_space_alloc(space, PAGE, NULL, &iova), -ENOSPC);
	assert_int_equal(iova_space_forget(space, RANGE(0, TOP), &n), 0);
	assert_int_equal(n, 16);
	assert_int_equal(take(space, 16 * PAGE), 0x10000);
	iova_space_free(space);
}

static void fault_05_whole_space_is_not_full(void **state)
{
	struct iova_space *space = list_space({ 0, TOP });

	(void)state;
	assert_int_equal(take(space, PAGE), 0);
	assert_int_equal(take(space, PAGE), 0x1000);
	iova_space_free(space);
}

static void fault_06_gap_before_an_aligned_request_is_not_lost(void **state)
{
	struct iova_space *space = list_space({ 0, ASSUMED_LAST });

	(void)state;
	assert_int_equal(take(space, PAGE), 0);
	assert_int_equal(take_aligned(space, PAGE, GIB), GIB);
	assert_int_equal(take(space, PAGE), 0x1000);
	assert_int_equal(take(space, GIB - 2 * PAGE), 0x2000);
	iova_space_free(space);
}

static void fault_09_list_of_the_whole_space_is_not_empty(void **state)
{
	struct iova_space *space = list_space({ 0, TOP });

	(void)state;
	assert_tier(space, IOVA_TIER_USABLE, { 0, TOP - PAGE });
	iova_space_free(space);
}

static void fault_10_lengths_that_are_no_power_of_two_follow_each_other(void **state)
{
	struct iova_space *space = list_space({ 0x1000, 0xfedfffff });

	(void)state;
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(take(space, 0x3000), 0x1000 + i * 0x3000);
	iova_space_free(space);
}

static void fault_11_address_forbidden_meanwhile_is_not_handed_out_again(void **state)
{
	struct iova_space *space = list_space({ 0, ASSUMED_LAST });

	(void)state;
	assert_int_equal(take(space, 0x10000), 0);
	tell_kernel(space, { 0x80000, ASSUMED_LAST });
	give(space, 0, 0x10000);
	assert_int_equal(take(space, 0x10000), 0x80000);
	iova_space_free(space);
}

static void fault_12_window_that_begins_inside_a_mapping_still_has_room(void **state)
{
	struct iova_space *space = list_space({ 0, ASSUMED_LAST });
	struct iova_alloc_opts opts = { .size = sizeof opts, .window = { 0x1000, 0xffff } };
	uint64_t iova;

	(void)state;
	record_mapping(space, 0, 0x1fff);
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), 0);
	assert_int_equal(iova, 0x2000);
	opts.flags = IOVA_ALLOC_TOP_DOWN;
	record_mapping(space, 0xe000, 0x1ffff);
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), 0);
	assert_int_equal(iova, 0xd000);
	iova_space_free(space);
}

/* The very last page is never handed out; the one before it, and a granule of 1 byte, are. */
static void fault_13_highest_page_is_found_by_a_window_of_its_own_size(void **state)
{
	struct iova_space *space = list_space({ 0, TOP });
	struct iova_alloc_opts opts = {
		.size = sizeof opts,
		.window = { TOP - 2 * PAGE + 1, TOP - PAGE },
	};
	uint64_t iova;

	(void)state;
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), 0);
	assert_int_equal(iova, TOP - 2 * PAGE + 1);
	opts.window = (struct iova_range){ LAST_PAGE, TOP };
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), -ENOSPC);
	assert_int_equal(iova_space_set_granule(space, 1, NULL), 0);
	assert_int_equal(iova_space_alloc(space, PAGE - 1, &opts, &iova), 0);
	assert_int_equal(iova, LAST_PAGE);
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), -ENOSPC);
	iova_space_free(space);
}

static void fault_14_mapping_that_ends_at_the_top_is_a_mapping_like_others(void **state)
{
	struct iova_space *space = list_space({ 0, TOP });
	struct iova_mapping mapping = { .range = { TOP, TOP }, .access = IOVA_READ };
	struct iova_check check = { .size = sizeof check };
	struct iova_conflict conflicts[4];

	(void)state;
	record_mapping(space, LAST_PAGE, TOP);
	assert_int_equal(iova_space_record(space, &mapping), -EEXIST);
	assert_int_equal(iova_space_find(space, TOP, &mapping), 0);
	assert_int_equal(mapping.range.start, LAST_PAGE);
	assert_int_equal(iova_space_check(space, LAST_PAGE, PAGE, &check, conflicts, 4), 0);
	assert_int_equal(check.n_conflicts, 2);
	assert_int_equal(conflicts[0].source + conflicts[1].source,
			 IOVA_SOURCE_LAST_PAGE + IOVA_SOURCE_MAPPING);
	assert_int_equal(check.flags & IOVA_CHECK_FIT_BELOW, IOVA_CHECK_FIT_BELOW);
	assert_int_equal(check.fit_below.last, TOP - PAGE);
	give(space, LAST_PAGE, PAGE);
	assert_int_equal(iova_space_count(space), 0);
	iova_space_free(space);
}

static void fault_15_forgetting_across_a_gap_says_exactly_what_was_there(void **state)
{
	struct iova_space *space = list_space({ 0, ASSUMED_LAST });
	size_t n = 9;

	(void)state;
	record_mapping(space, 0x1000, 0x1fff);
	record_mapping(space, 0x4000, 0x5fff);
	assert_int_equal(iova_space_forget(space, RANGE(0x1000, 0x4fff), &n), -EINVAL);
	assert_int_equal(iova_space_forget(space, RANGE(0x1800, 0x5fff), &n), -EINVAL);
	assert_int_equal(iova_space_forget(space, RANGE(0x2000, 0x3fff), &n), -ENOENT);
	assert_int_equal(n, 9);
	assert_int_equal(iova_space_count(space), 2);
	assert_int_equal(iova_space_forget(space, RANGE(0x1000, 0x5fff), &n), 0);
	assert_int_equal(n, 2);
	iova_space_free(space);
}

static void fault_16_tail_of_a_range_serves_what_still_fits(void **state)
{
	struct iova_space *space = list_space({ 0, 0x3fff }, { 0x10000, 0x1ffff });

	(void)state;
	assert_int_equal(take(space, 0x3000), 0);
	assert_int_equal(take(space, 0x2000), 0x10000);
	assert_int_equal(take(space, 0x1000), 0x3000);
	iova_space_free(space);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fault_01_rest_of_a_range_is_not_lost_behind_a_large_request),
		cmocka_unit_test(
			fault_02_address_mapped_by_hand_and_given_back_is_not_handed_out_twice),
		cmocka_unit_test(fault_03_range_given_back_twice_is_free_once),
		cmocka_unit_test(fault_04_space_is_whole_again_after_all_is_unmapped),
		cmocka_unit_test(fault_05_whole_space_is_not_full),
		cmocka_unit_test(fault_06_gap_before_an_aligned_request_is_not_lost),
		cmocka_unit_test(fault_09_list_of_the_whole_space_is_not_empty),
		cmocka_unit_test(fault_10_lengths_that_are_no_power_of_two_follow_each_other),
		cmocka_unit_test(fault_11_address_forbidden_meanwhile_is_not_handed_out_again),
		cmocka_unit_test(fault_12_window_that_begins_inside_a_mapping_still_has_room),
		cmocka_unit_test(fault_13_highest_page_is_found_by_a_window_of_its_own_size),
		cmocka_unit_test(fault_14_mapping_that_ends_at_the_top_is_a_mapping_like_others),
		cmocka_unit_test(fault_15_forgetting_across_a_gap_says_exactly_what_was_there),
		cmocka_unit_test(fault_16_tail_of_a_range_serves_what_still_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

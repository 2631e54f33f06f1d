/* SPDX-License-Identifier: BSD-3-Clause */
#include "set/set.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "oom.h"
#include "set-help.h"

static void set_is_born_empty(void **state)
{
	struct iova_set *set;

	(void)state;
	assert_int_equal(iova_set_new(&set), 0);
	assert_empty(set);
	iova_set_free(set);
	iova_set_free(NULL);
	assert_int_equal(iova_set_new(NULL), -EINVAL);
}

static void set_add_merges_touching_ranges(void **state)
{
	struct iova_set *set = set_of({ 0x1000, 0x1fff }, { 0x3000, 0x3fff });

	(void)state;
	assert_int_equal(iova_set_add(set, RANGE(0x2000, 0x2fff)), 0);
	assert_set(set, { 0x1000, 0x3fff });
	assert_int_equal(iova_set_add(set, RANGE(0x4000, 0x4000)), 0);
	assert_int_equal(iova_set_add(set, RANGE(0xfff, 0xfff)), 0);
	assert_set(set, { 0xfff, 0x4000 });
	iova_set_free(set);
}

static void set_add_keeps_ranges_apart_that_one_address_divides(void **state)
{
	struct iova_set *set = set_of({ 0x1000, 0x1fff });

	(void)state;
	assert_int_equal(iova_set_add(set, RANGE(0x2001, 0x2001)), 0);
	assert_int_equal(iova_set_add(set, RANGE(0xffe, 0xffe)), 0);
	assert_set(set, { 0xffe, 0xffe }, { 0x1000, 0x1fff }, { 0x2001, 0x2001 });
	iova_set_free(set);
}

static void set_add_swallows_what_it_covers(void **state)
{
	struct iova_set *set = set_of({ 1, 1 }, { 3, 3 }, { 5, 5 }, { 7, 7 }, { 9, 9 });

	(void)state;
	assert_int_equal(iova_set_add(set, RANGE(3, 6)), 0);
	assert_set(set, { 1, 1 }, { 3, 7 }, { 9, 9 });
	assert_int_equal(iova_set_add(set, RANGE(4, 5)), 0);
	assert_set(set, { 1, 1 }, { 3, 7 }, { 9, 9 });
	assert_int_equal(iova_set_add(set, RANGE(0, TOP)), 0);
	assert_set(set, { 0, TOP });
	iova_set_free(set);
}

static void set_add_is_exact_at_both_ends(void **state)
{
	struct iova_set *set = set_of({ TOP, TOP }, { 0, 0 });

	(void)state;
	assert_set(set, { 0, 0 }, { TOP, TOP });
	assert_int_equal(iova_set_add(set, RANGE(TOP - 1, TOP - 1)), 0);
	assert_int_equal(iova_set_add(set, RANGE(1, 1)), 0);
	assert_set(set, { 0, 1 }, { TOP - 1, TOP });
	assert_int_equal(iova_set_add(set, RANGE(2, TOP - 2)), 0);
	assert_set(set, { 0, TOP });
	iova_set_free(set);
}

static void set_remove_makes_two_of_one(void **state)
{
	struct iova_set *set = set_of({ 0, TOP });

	(void)state;
	assert_int_equal(iova_set_remove(set, RANGE(0xfee00000, 0xfeefffff)), 0);
	assert_set(set, { 0, 0xfedfffff }, { 0xfef00000, TOP });
	iova_set_free(set);
}

static void set_remove_cuts_and_drops(void **state)
{
	struct iova_set *set = set_of({ 10, 19 }, { 30, 39 }, { 50, 59 });

	(void)state;
	assert_int_equal(iova_set_remove(set, RANGE(20, 29)), 0);
	assert_set(set, { 10, 19 }, { 30, 39 }, { 50, 59 });
	assert_int_equal(iova_set_remove(set, RANGE(19, 50)), 0);
	assert_set(set, { 10, 18 }, { 51, 59 });
	assert_int_equal(iova_set_remove(set, RANGE(10, 18)), 0);
	assert_set(set, { 51, 59 });
	assert_int_equal(iova_set_remove(set, RANGE(0, TOP)), 0);
	assert_empty(set);
	assert_int_equal(iova_set_remove(set, RANGE(0, TOP)), 0);
	assert_empty(set);
	iova_set_free(set);
}

static void set_remove_is_exact_at_both_ends(void **state)
{
	struct iova_set *set = set_of({ 0, TOP });

	(void)state;
	assert_int_equal(iova_set_remove(set, RANGE(0, 0)), 0);
	assert_int_equal(iova_set_remove(set, RANGE(TOP, TOP)), 0);
	assert_set(set, { 1, TOP - 1 });
	assert_int_equal(iova_set_remove(set, RANGE(0, 0)), 0);
	assert_int_equal(iova_set_remove(set, RANGE(TOP, TOP)), 0);
	assert_set(set, { 1, TOP - 1 });
	iova_set_free(set);
}

static void set_refuses_inverted_ranges_and_null(void **state)
{
	struct iova_set *set = set_of({ 1, 2 });
	struct iova_range found;

	(void)state;
	assert_int_equal(iova_set_add(set, RANGE(1, 0)), -EINVAL);
	assert_int_equal(iova_set_add(set, NULL), -EINVAL);
	assert_int_equal(iova_set_add(NULL, RANGE(0, 1)), -EINVAL);
	assert_int_equal(iova_set_remove(set, RANGE(TOP, 0)), -EINVAL);
	assert_int_equal(iova_set_remove(set, NULL), -EINVAL);
	assert_int_equal(iova_set_remove(NULL, RANGE(0, 1)), -EINVAL);
	assert_int_equal(iova_set_contains(set, RANGE(2, 1)), -EINVAL);
	assert_int_equal(iova_set_contains(set, NULL), -EINVAL);
	assert_int_equal(iova_set_contains(NULL, RANGE(0, 1)), -EINVAL);
	assert_int_equal(iova_set_overlaps(set, RANGE(2, 1)), -EINVAL);
	assert_int_equal(iova_set_overlaps(set, NULL), -EINVAL);
	assert_int_equal(iova_set_overlaps(NULL, RANGE(0, 1)), -EINVAL);
	assert_int_equal(iova_set_equal(set, NULL), -EINVAL);
	assert_int_equal(iova_set_equal(NULL, set), -EINVAL);
	assert_int_equal(iova_set_assign(set, NULL), -EINVAL);
	assert_int_equal(iova_set_assign(NULL, set), -EINVAL);
	assert_int_equal(iova_set_nth(NULL, 0, &found), -EINVAL);
	assert_int_equal(iova_set_nth(set, 0, NULL), -EINVAL);
	assert_int_equal(iova_set_find(NULL, 0, &found), -EINVAL);
	assert_int_equal(iova_set_find(set, 0, NULL), -EINVAL);
	assert_set(set, { 1, 2 });
	iova_set_free(set);
}

static void set_contains_wants_every_address(void **state)
{
	struct iova_set *set = set_of({ 0, 9 }, { 20, 29 }, { TOP - 9, TOP });

	(void)state;
	assert_int_equal(iova_set_contains(set, RANGE(0, 9)), 1);
	assert_int_equal(iova_set_contains(set, RANGE(0, 10)), 0);
	assert_int_equal(iova_set_contains(set, RANGE(19, 29)), 0);
	assert_int_equal(iova_set_contains(set, RANGE(20, 29)), 1);
	assert_int_equal(iova_set_contains(set, RANGE(5, 25)), 0);
	assert_int_equal(iova_set_contains(set, RANGE(12, 15)), 0);
	assert_int_equal(iova_set_contains(set, RANGE(TOP, TOP)), 1);
	assert_int_equal(iova_set_contains(set, RANGE(TOP - 10, TOP)), 0);
	assert_int_equal(iova_set_contains(set, RANGE(0, TOP)), 0);
	iova_set_free(set);
}

static void set_overlaps_wants_one_address(void **state)
{
	struct iova_set *set = set_of({ 1, 9 }, { 20, 29 }, { TOP - 9, TOP - 1 });

	(void)state;
	assert_int_equal(iova_set_overlaps(set, RANGE(0, 0)), 0);
	assert_int_equal(iova_set_overlaps(set, RANGE(0, 1)), 1);
	assert_int_equal(iova_set_overlaps(set, RANGE(10, 19)), 0);
	assert_int_equal(iova_set_overlaps(set, RANGE(10, 20)), 1);
	assert_int_equal(iova_set_overlaps(set, RANGE(9, 19)), 1);
	assert_int_equal(iova_set_overlaps(set, RANGE(TOP, TOP)), 0);
	assert_int_equal(iova_set_overlaps(set, RANGE(TOP - 1, TOP)), 1);
	assert_int_equal(iova_set_overlaps(set, RANGE(0, TOP)), 1);
	iova_set_free(set);
}

static void set_find_gives_the_range_at_or_behind_an_address(void **state)
{
	struct iova_set *set = set_of({ 5, 9 }, { 20, TOP - 1 });
	struct iova_range found = { 0, 0 };

	(void)state;
	assert_int_equal(iova_set_find(set, 0, &found), 0);
	assert_int_equal(found.start, 5);
	assert_int_equal(iova_set_find(set, 9, &found), 0);
	assert_int_equal(found.start, 5);
	assert_int_equal(iova_set_find(set, 10, &found), 0);
	assert_int_equal(found.start, 20);
	assert_int_equal(found.last, TOP - 1);
	found.start = 77;
	assert_int_equal(iova_set_find(set, TOP, &found), -ENOENT);
	assert_int_equal(found.start, 77);
	iova_set_free(set);
}

static void set_nth_stops_at_the_count(void **state)
{
	struct iova_set *set = set_of({ 5, 9 });
	struct iova_range found = { 77, 78 };

	(void)state;
	assert_int_equal(iova_set_nth(set, 1, &found), -ENOENT);
	assert_int_equal(iova_set_nth(set, SIZE_MAX, &found), -ENOENT);
	assert_int_equal(found.start, 77);
	iova_set_free(set);
}

static void set_read_fills_what_fits_and_says_how_many_there_are(void **state)
{
	struct iova_set *set = set_of({ 1, 1 }, { 3, 3 }, { 5, 5 });
	struct iova_range read[4] = { { 0 }, { 0 }, { 77, 77 }, { 78, 78 } };

	(void)state;
	assert_int_equal(iova_set_read(set, NULL, 0), 3);
	assert_int_equal(iova_set_read(set, read, 2), 3);
	assert_int_equal(read[1].start, 3);
	assert_int_equal(read[2].start, 77);
	assert_int_equal(iova_set_read(set, read, 4), 3);
	assert_int_equal(read[2].last, 5);
	assert_int_equal(read[3].start, 78);
	assert_int_equal(iova_set_read(NULL, read, 4), 0);
	assert_int_equal(iova_set_count(NULL), 0);
	iova_set_free(set);
}

static void set_equal_compares_contents(void **state)
{
	struct iova_set *a = set_of({ 1, 2 }, { 4, 5 }), *b = set_of({ 4, 5 }, { 1, 1 });

	(void)state;
	assert_int_equal(iova_set_equal(a, a), 1);
	assert_int_equal(iova_set_equal(a, b), 0);
	assert_int_equal(iova_set_add(b, RANGE(2, 2)), 0);
	assert_int_equal(iova_set_equal(a, b), 1);
	assert_int_equal(iova_set_remove(b, RANGE(1, 2)), 0);
	assert_int_equal(iova_set_equal(a, b), 0);
	iova_set_clear(a);
	iova_set_clear(b);
	assert_int_equal(iova_set_equal(a, b), 1);
	iova_set_free(a);
	iova_set_free(b);
}

static void set_assign_copies_and_takes_itself(void **state)
{
	struct iova_set *a = set_of({ 1, 2 }, { 4, 5 }), *b = set_of({ 9, 9 });

	(void)state;
	assert_int_equal(iova_set_assign(a, a), 0);
	assert_set(a, { 1, 2 }, { 4, 5 });
	assert_int_equal(iova_set_assign(b, a), 0);
	assert_int_equal(iova_set_add(a, RANGE(3, 3)), 0);
	assert_set(b, { 1, 2 }, { 4, 5 });
	iova_set_clear(a);
	assert_int_equal(iova_set_assign(b, a), 0);
	assert_empty(b);
	iova_set_free(a);
	iova_set_free(b);
}

static void set_clear_keeps_the_memory(void **state)
{
	struct iova_set *set = set_of({ 1, 2 }, { 4, 5 });

	(void)state;
	iova_set_clear(set);
	iova_set_clear(NULL);
	assert_empty(set);
	oom_fail_at(0);
	assert_int_equal(iova_set_add(set, RANGE(1, 2)), 0);
	oom_off();
	assert_set(set, { 1, 2 });
	iova_set_free(set);
}

static void set_ranges_may_be_the_sets_own(void **state)
{
	struct iova_set *set = set_of({ 1, 2 }, { 4, 5 }, { 7, 8 });

	(void)state;
	assert_int_equal(iova_set_add(set, &set->ranges[2]), 0);
	assert_set(set, { 1, 2 }, { 4, 5 }, { 7, 8 });
	assert_int_equal(iova_set_remove(set, &set->ranges[0]), 0);
	assert_set(set, { 4, 5 }, { 7, 8 });
	iova_set_free(set);
}

static void set_swap_exchanges_contents(void **state)
{
	struct iova_set *a = set_of({ 1, 2 }), *b = set_of({ 4, 5 }, { 7, 8 });

	(void)state;
	iova_set_swap_(a, b);
	assert_set(a, { 4, 5 }, { 7, 8 });
	assert_set(b, { 1, 2 });
	iova_set_done_(b);
	assert_empty(b);
	assert_int_equal(iova_set_add(b, RANGE(3, 3)), 0);
	assert_set(b, { 3, 3 });
	iova_set_free(a);
	iova_set_free(b);
}

static void set_canonical_sees_each_fault(void **state)
{
	struct iova_range good[] = { { 0, 0 }, { 2, TOP } }, inverted[] = { { 1, 0 } };
	struct iova_range touching[] = { { 0, 1 }, { 2, 3 } }, shared[] = { { 0, 2 }, { 2, 3 } };
	struct iova_range unsorted[] = { { 5, 6 }, { 0, 1 } }, top[] = { { 9, TOP }, { 0, 0 } };

	(void)state;
	assert_true(iova_set_is_canonical_(&(struct iova_set){ NULL, 0, 0 }));
	assert_true(iova_set_is_canonical_(&(struct iova_set){ good, 2, 2 }));
	assert_false(iova_set_is_canonical_(&(struct iova_set){ good, 2, 1 }));
	assert_false(iova_set_is_canonical_(&(struct iova_set){ inverted, 1, 1 }));
	assert_false(iova_set_is_canonical_(&(struct iova_set){ touching, 2, 2 }));
	assert_false(iova_set_is_canonical_(&(struct iova_set){ shared, 2, 2 }));
	assert_false(iova_set_is_canonical_(&(struct iova_set){ unsorted, 2, 2 }));
	assert_false(iova_set_is_canonical_(&(struct iova_set){ top, 2, 2 }));
}

/* Fill the room exactly, so that one more range needs memory. */
static struct iova_set *full_set(void)
{
	struct iova_set *set = set_of({ 0, 9 });

	for (uint64_t i = 1; set->n < set->room; i++)
		assert_int_equal(iova_set_add(set, RANGE(i * 100, i * 100 + 9)), 0);
	return set;
}

static void set_changes_nothing_without_memory(void **state)
{
	long live = oom_live();
	struct iova_set *set = full_set(), *kept = full_set(), *small = set_of({ 1, 1 });
	struct iova_set *none = NULL;

	(void)state;
	assert_int_equal(iova_set_add(kept, RANGE(TOP, TOP)), 0);
	for (unsigned int call = 0; call < 4; call++) {
		int r = -EIO;

		oom_fail_at(0);
		if (call == 0)
			r = iova_set_add(set, RANGE(TOP, TOP));
		else if (call == 1)
			r = iova_set_remove(set, RANGE(5, 5));
		else if (call == 2)
			r = iova_set_assign(small, kept);
		else
			r = iova_set_new(&none);
		oom_off();
		assert_true(oom_reached());
		assert_int_equal(r, -ENOMEM);
	}
	assert_null(none);
	assert_set(small, { 1, 1 });
	assert_int_equal(iova_set_remove(kept, RANGE(TOP, TOP)), 0);
	assert_int_equal(iova_set_equal(set, kept), 1);
	assert_true(iova_set_is_canonical_(set));
	iova_set_free(set);
	iova_set_free(kept);
	iova_set_free(small);
	assert_int_equal(oom_live(), live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_is_born_empty),
		cmocka_unit_test(set_add_merges_touching_ranges),
		cmocka_unit_test(set_add_keeps_ranges_apart_that_one_address_divides),
		cmocka_unit_test(set_add_swallows_what_it_covers),
		cmocka_unit_test(set_add_is_exact_at_both_ends),
		cmocka_unit_test(set_remove_makes_two_of_one),
		cmocka_unit_test(set_remove_cuts_and_drops),
		cmocka_unit_test(set_remove_is_exact_at_both_ends),
		cmocka_unit_test(set_refuses_inverted_ranges_and_null),
		cmocka_unit_test(set_contains_wants_every_address),
		cmocka_unit_test(set_overlaps_wants_one_address),
		cmocka_unit_test(set_find_gives_the_range_at_or_behind_an_address),
		cmocka_unit_test(set_nth_stops_at_the_count),
		cmocka_unit_test(set_read_fills_what_fits_and_says_how_many_there_are),
		cmocka_unit_test(set_equal_compares_contents),
		cmocka_unit_test(set_assign_copies_and_takes_itself),
		cmocka_unit_test(set_clear_keeps_the_memory),
		cmocka_unit_test(set_ranges_may_be_the_sets_own),
		cmocka_unit_test(set_swap_exchanges_contents),
		cmocka_unit_test(set_canonical_sees_each_fault),
		cmocka_unit_test(set_changes_nothing_without_memory),
	};

	return cmocka_run_group_tests_name("set", tests, NULL, NULL);
}

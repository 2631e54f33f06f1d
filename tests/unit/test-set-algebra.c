/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "oom.h"
#include "set-help.h"

static void unite_merges_touching_and_overlapping_ranges(void **state)
{
	struct iova_set *a = set_of({ 0, 9 }, { 30, 39 }, { 100, 199 });
	struct iova_set *b = set_of({ 10, 19 }, { 35, 50 }, { 120, 130 }, { TOP, TOP });

	(void)state;
	assert_int_equal(iova_set_unite(a, b), 0);
	assert_set(a, { 0, 19 }, { 30, 50 }, { 100, 199 }, { TOP, TOP });
	assert_set(b, { 10, 19 }, { 35, 50 }, { 120, 130 }, { TOP, TOP });
	iova_set_free(a);
	iova_set_free(b);
}

static void unite_fills_the_whole_space(void **state)
{
	struct iova_set *a = set_of({ 0, 0 }, { 2, TOP - 1 }), *b = set_of({ 1, 1 }, { TOP, TOP });

	(void)state;
	assert_int_equal(iova_set_unite(a, b), 0);
	assert_set(a, { 0, TOP });
	assert_int_equal(iova_set_unite(b, a), 0);
	assert_set(b, { 0, TOP });
	iova_set_free(a);
	iova_set_free(b);
}

static void intersect_keeps_what_both_have(void **state)
{
	struct iova_set *a = set_of({ 0, 9 }, { 20, 29 }, { 40, TOP });
	struct iova_set *b = set_of({ 9, 20 }, { 25, 50 }, { TOP, TOP });

	(void)state;
	assert_int_equal(iova_set_intersect(a, b), 0);
	assert_set(a, { 9, 9 }, { 20, 20 }, { 25, 29 }, { 40, 50 }, { TOP, TOP });
	iova_set_clear(b);
	assert_int_equal(iova_set_intersect(a, b), 0);
	assert_empty(a);
	iova_set_free(a);
	iova_set_free(b);
}

static void subtract_leaves_what_the_other_has_not(void **state)
{
	struct iova_set *a = set_of({ 0, 99 }, { 200, 299 }, { 400, 499 });
	struct iova_set *b = set_of({ 0, 0 }, { 50, 59 }, { 99, 250 }, { 280, 285 }, { 300, 500 });

	(void)state;
	assert_int_equal(iova_set_subtract(a, b), 0);
	assert_set(a, { 1, 49 }, { 60, 98 }, { 251, 279 }, { 286, 299 });
	iova_set_free(a);
	iova_set_free(b);
}

static void subtract_is_exact_at_both_ends(void **state)
{
	struct iova_set *a = set_of({ 0, TOP }), *b = set_of({ 0, 0 }, { TOP, TOP });

	(void)state;
	assert_int_equal(iova_set_subtract(a, b), 0);
	assert_set(a, { 1, TOP - 1 });
	assert_int_equal(iova_set_subtract(b, a), 0);
	assert_set(b, { 0, 0 }, { TOP, TOP });
	iova_set_free(a);
	iova_set_free(b);
}

static void one_hole_is_taken_from_several_ranges(void **state)
{
	struct iova_set *a = set_of({ 0, 9 }, { 20, 29 }, { 40, 49 }), *b = set_of({ 5, 44 });

	(void)state;
	assert_int_equal(iova_set_subtract(a, b), 0);
	assert_set(a, { 0, 4 }, { 45, 49 });
	iova_set_free(a);
	iova_set_free(b);
}

static void complement_of_nothing_is_everything_and_back(void **state)
{
	struct iova_set *set = set_of({ 1, 1 });

	(void)state;
	iova_set_clear(set);
	assert_int_equal(iova_set_complement(set, NULL), 0);
	assert_set(set, { 0, TOP });
	assert_int_equal(iova_set_complement(set, NULL), 0);
	assert_empty(set);
	iova_set_free(set);
}

static void complement_stays_within_its_window(void **state)
{
	struct iova_set *set = set_of({ 0, 9 }, { 20, 29 }, { 40, 49 }, { TOP, TOP });

	(void)state;
	assert_int_equal(iova_set_complement(set, RANGE(25, 60)), 0);
	assert_set(set, { 30, 39 }, { 50, 60 });
	assert_int_equal(iova_set_complement(set, RANGE(39, 39)), 0);
	assert_empty(set);
	assert_int_equal(iova_set_complement(set, RANGE(TOP, TOP)), 0);
	assert_set(set, { TOP, TOP });
	assert_int_equal(iova_set_complement(set, RANGE(0, 0)), 0);
	assert_set(set, { 0, 0 });
	iova_set_free(set);
}

static void complement_window_may_be_the_sets_own_range(void **state)
{
	struct iova_set *set = set_of({ 5, 9 }, { 20, 29 });

	(void)state;
	assert_int_equal(iova_set_complement(set, &set->ranges[1]), 0);
	assert_empty(set);
	iova_set_free(set);
}

static void the_same_set_may_be_passed_twice(void **state)
{
	struct iova_set *set = set_of({ 0, 9 }, { 20, TOP });

	(void)state;
	assert_int_equal(iova_set_unite(set, set), 0);
	assert_set(set, { 0, 9 }, { 20, TOP });
	assert_int_equal(iova_set_intersect(set, set), 0);
	assert_set(set, { 0, 9 }, { 20, TOP });
	assert_int_equal(iova_set_subtract(set, set), 0);
	assert_empty(set);
	iova_set_free(set);
}

static void algebra_refuses_inverted_windows_and_null(void **state)
{
	struct iova_set *set = set_of({ 1, 2 });

	(void)state;
	assert_int_equal(iova_set_unite(set, NULL), -EINVAL);
	assert_int_equal(iova_set_unite(NULL, set), -EINVAL);
	assert_int_equal(iova_set_intersect(set, NULL), -EINVAL);
	assert_int_equal(iova_set_intersect(NULL, set), -EINVAL);
	assert_int_equal(iova_set_subtract(set, NULL), -EINVAL);
	assert_int_equal(iova_set_subtract(NULL, set), -EINVAL);
	assert_int_equal(iova_set_complement(NULL, NULL), -EINVAL);
	assert_int_equal(iova_set_complement(set, RANGE(1, 0)), -EINVAL);
	assert_set(set, { 1, 2 });
	iova_set_free(set);
}

/* As many pieces as the two sets can ever make. */
static void results_of_the_largest_size_fit(void **state)
{
	struct iova_set *even = set_of({ 0, 0 }), *odd, *whole = set_of({ 0, TOP });

	(void)state;
	for (uint64_t i = 1; i < 40; i++)
		assert_int_equal(iova_set_add(even, RANGE(i * 4, i * 4)), 0);
	odd = set_of({ 2, 2 });
	for (uint64_t i = 1; i < 40; i++)
		assert_int_equal(iova_set_add(odd, RANGE(i * 4 + 2, i * 4 + 2)), 0);
	assert_int_equal(iova_set_unite(odd, even), 0);
	assert_int_equal(iova_set_count(odd), 80);
	assert_true(iova_set_is_canonical_(odd));
	assert_int_equal(iova_set_subtract(whole, odd), 0);
	assert_int_equal(iova_set_count(whole), 80);
	assert_int_equal(iova_set_complement(odd, NULL), 0);
	assert_int_equal(iova_set_equal(odd, whole), 1);
	iova_set_free(even);
	iova_set_free(odd);
	iova_set_free(whole);
}

static int call_algebra(unsigned int call, struct iova_set *set, const struct iova_set *other)
{
	switch (call) {
	case 0:
		return iova_set_unite(set, other);
	case 1:
		return iova_set_subtract(set, other);
	case 2:
		return iova_set_intersect(set, other);
	case 3:
		return iova_set_complement(set, RANGE(1, 99));
	case 4:
		return iova_set_unite(set, set);
	default:
		return iova_set_subtract(set, set);
	}
}

static void algebra_changes_nothing_without_memory(void **state)
{
	long live = oom_live();
	unsigned long failures = 0;

	(void)state;
	for (unsigned int call = 0; call < 6; call++) {
		for (unsigned long n = 0;; n++) {
			struct iova_set *a = set_of({ 0, 9 }, { 20, TOP });
			struct iova_set *b = set_of({ 5, 25 }, { 99, 99 });
			int r;

			oom_fail_at(n);
			r = call_algebra(call, a, b);
			oom_off();
			if (oom_reached()) {
				failures++;
				assert_int_equal(r, -ENOMEM);
				assert_set(a, { 0, 9 }, { 20, TOP });
				assert_set(b, { 5, 25 }, { 99, 99 });
			}
			iova_set_free(a);
			iova_set_free(b);
			assert_int_equal(oom_live(), live);
			if (!oom_reached()) {
				assert_int_equal(r, 0);
				break;
			}
		}
	}
	assert_in_range(failures, 6, 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unite_merges_touching_and_overlapping_ranges),
		cmocka_unit_test(unite_fills_the_whole_space),
		cmocka_unit_test(intersect_keeps_what_both_have),
		cmocka_unit_test(subtract_leaves_what_the_other_has_not),
		cmocka_unit_test(subtract_is_exact_at_both_ends),
		cmocka_unit_test(one_hole_is_taken_from_several_ranges),
		cmocka_unit_test(complement_of_nothing_is_everything_and_back),
		cmocka_unit_test(complement_stays_within_its_window),
		cmocka_unit_test(complement_window_may_be_the_sets_own_range),
		cmocka_unit_test(the_same_set_may_be_passed_twice),
		cmocka_unit_test(algebra_refuses_inverted_windows_and_null),
		cmocka_unit_test(results_of_the_largest_size_fit),
		cmocka_unit_test(algebra_changes_nothing_without_memory),
	};

	return cmocka_run_group_tests_name("set-algebra", tests, NULL, NULL);
}

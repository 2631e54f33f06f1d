/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_SET_HELP_H
#define TESTS_UNIT_SET_HELP_H

/* Sets from lists of ranges, and their whole contents compared. After cmocka.h. */

#include "set/set.h"

#define TOP UINT64_MAX

#define N_OF(...) (sizeof((struct iova_range[]){ __VA_ARGS__ }) / sizeof(struct iova_range))
#define set_of(...) set_of_((struct iova_range[]){ __VA_ARGS__ }, N_OF(__VA_ARGS__))
#define assert_set(set, ...) \
	assert_set_((set), (struct iova_range[]){ __VA_ARGS__ }, N_OF(__VA_ARGS__))
#define assert_empty(set) assert_set_((set), NULL, 0)
#define RANGE(start, last) (&(struct iova_range){ (start), (last) })

static inline struct iova_set *set_of_(const struct iova_range *ranges, size_t n)
{
	struct iova_set *set;

	assert_int_equal(iova_set_new(&set), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(iova_set_add(set, &ranges[i]), 0);
	return set;
}

static inline void assert_set_(const struct iova_set *set, const struct iova_range *ranges,
			       size_t n)
{
	assert_true(iova_set_is_canonical_(set));
	assert_int_equal(iova_set_count(set), n);
	for (size_t i = 0; i < n; i++) {
		struct iova_range one = { 1, 0 };

		assert_int_equal(iova_set_nth(set, i, &one), 0);
		assert_int_equal(one.start, ranges[i].start);
		assert_int_equal(one.last, ranges[i].last);
	}
}

#endif

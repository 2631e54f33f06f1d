/* SPDX-License-Identifier: BSD-3-Clause */
/* Recording many mappings: all or none, by whichever way they come in. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "made-host.h"
#include "oom.h"
#include "set-help.h"
#include "space-help.h"

#define N 1000

/* Every other page from a page on, ascending. */
static struct iova_mapping *pages(uint64_t from)
{
	struct iova_mapping *mappings = calloc(N, sizeof *mappings);

	assert_non_null(mappings);
	for (uint64_t i = 0; i < N; i++)
		mappings[i] = (struct iova_mapping){
			.range = { (from + 2 * i) * PAGE, (from + 2 * i + 1) * PAGE - 1 },
			.vaddr = i * PAGE,
			.access = IOVA_READ,
		};
	return mappings;
}

static void swap(struct iova_mapping *one, struct iova_mapping *two)
{
	struct iova_mapping kept = *one;

	*one = *two;
	*two = kept;
}

/* Exactly these, which ascend, beside so many others. */
static void assert_recorded(const struct iova_space *space, const struct iova_mapping *mappings,
			    size_t others)
{
	assert_int_equal(iova_space_count(space), N + others);
	for (size_t i = 0; i < N; i++) {
		struct iova_mapping found;

		assert_int_equal(iova_space_find(space, mappings[i].range.start, &found), 0);
		assert_memory_equal(&found, &mappings[i], sizeof found);
	}
}

static void mappings_are_recorded_in_any_order(void **state)
{
	struct iova_mapping *sorted = pages(1), *mixed = pages(1);
	struct iova_space *space;

	(void)state;
	for (size_t i = 0; i < N; i++)
		swap(&mixed[i], &mixed[i * 7919 % N]);
	for (int other = 0; other <= 1; other++) {
		space = space_of(0, 0, IOVA_POLICY_WARN);
		if (other)
			record_mapping(space, 0, PAGE - 1);
		assert_int_equal(iova_space_record_many(space, sorted, N), 0);
		assert_recorded(space, sorted, other);
		iova_space_free(space);
		space = space_of(0, 0, IOVA_POLICY_WARN);
		if (other)
			record_mapping(space, 0, PAGE - 1);
		assert_int_equal(iova_space_record_many(space, mixed, N), 0);
		assert_recorded(space, sorted, other);
		assert_int_equal(iova_space_forget(space, RANGE(0, TOP), NULL), 0);
		assert_int_equal(iova_space_record_many(space, sorted, N), 0);
		iova_space_free(space);
	}
	free(sorted);
	free(mixed);
}

static void both_ends_of_the_space_are_recorded(void **state)
{
	struct iova_mapping two[] = { { .range = { 0, PAGE - 1 }, .access = IOVA_READ },
				      { .range = { PAGE, TOP }, .access = IOVA_WRITE } };
	struct iova_space *space = space_of(0, 0, IOVA_POLICY_WARN);
	struct iova_mapping found;

	(void)state;
	assert_int_equal(iova_space_record_many(space, two, 2), 0);
	assert_int_equal(iova_space_find(space, TOP, &found), 0);
	assert_int_equal(found.range.start, PAGE);
	iova_space_free(space);
}

static void one_that_overlaps_keeps_all_out(void **state)
{
	struct iova_mapping *mappings = pages(1);
	struct iova_space *space = space_of(0, 0, IOVA_POLICY_WARN);

	(void)state;
	/* With another of them, neighbours and far away. */
	for (size_t i = 1; i < N; i += N - 2) {
		struct iova_mapping kept = mappings[i];

		mappings[i].range.start = mappings[0].range.last;
		mappings[i].range.last = mappings[0].range.last;
		assert_int_equal(iova_space_record_many(space, mappings, N), -EEXIST);
		assert_int_equal(iova_space_count(space), 0);
		mappings[i] = kept;
	}
	/* With what is there, that which comes first or last. */
	for (size_t i = 0; i < N; i += N - 1) {
		record_mapping(space, mappings[i].range.last, mappings[i].range.last);
		assert_int_equal(iova_space_record_many(space, mappings, N), -EEXIST);
		assert_int_equal(iova_space_count(space), 1);
		assert_int_equal(iova_space_forget(space, RANGE(0, TOP), NULL), 0);
	}
	assert_int_equal(iova_space_record_many(space, mappings, N), 0);
	iova_space_free(space);
	free(mappings);
}

static void nonsense_keeps_all_out(void **state)
{
	struct iova_mapping *mappings = pages(1);
	struct iova_space *space = space_of(0, 0, IOVA_POLICY_WARN);
	struct iova_mapping bad[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		bad[i] = mappings[N - 1];
	bad[0].range.last = bad[0].range.start - 1;
	bad[1].access = 0;
	bad[2].access = 4;
	bad[3].pad = 1;
	for (size_t i = 0; i < 4; i++) {
		swap(&mappings[N - 1], &bad[i]);
		assert_int_equal(iova_space_record_many(space, mappings, N), -EINVAL);
		assert_int_equal(iova_space_count(space), 0);
		swap(&mappings[N - 1], &bad[i]);
	}
	assert_int_equal(iova_space_record_many(NULL, mappings, N), -EINVAL);
	assert_int_equal(iova_space_record_many(space, NULL, 1), -EINVAL);
	assert_int_equal(iova_space_record_many(space, NULL, 0), 0);
	assert_int_equal(iova_space_record_many(space, mappings, N), 0);
	iova_space_free(space);
	free(mappings);
}

static void without_memory_nothing_is_recorded(void **state)
{
	struct iova_mapping *mappings = pages(1);

	(void)state;
	for (int others = 0; others <= 1; others++) {
		bool failed = true;

		for (unsigned long n = 0; failed; n++) {
			struct iova_space *space = space_of(0, 0, IOVA_POLICY_WARN);
			int r;

			if (others)
				record_mapping(space, 0, PAGE - 1);
			oom_fail_at(n);
			r = iova_space_record_many(space, mappings, N);
			oom_off();
			failed = oom_reached();
			if (failed) {
				assert_int_equal(r, -ENOMEM);
				assert_int_equal(iova_space_count(space), others);
				assert_int_equal(iova_space_record_many(space, mappings, N), 0);
			}
			assert_recorded(space, mappings, others);
			iova_space_free(space);
		}
	}
	free(mappings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mappings_are_recorded_in_any_order),
		cmocka_unit_test(both_ends_of_the_space_are_recorded),
		cmocka_unit_test(one_that_overlaps_keeps_all_out),
		cmocka_unit_test(nonsense_keeps_all_out),
		cmocka_unit_test(without_memory_nothing_is_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* A table whose allocations fail, one after the other. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "oom.h"
#include "table-help.h"

#define MANY 3000

/* All of it for each way to search. */
static const struct tree_ops *ops;

static void begin(struct iova_table *table)
{
	iova_table_init_with_(table, ops);
}

static int scalar(void **state)
{
	(void)state;
	ops = &iova_tree_scalar_;
	return 0;
}

static int best(void **state)
{
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	ops = table.ops;
	return 0;
}

/* What is larger than the gaps of fill() fits behind them only. */
static void assert_fits_behind(const struct iova_table *table, uint64_t n, uint64_t align)
{
	uint64_t start = 1;

	assert_true(iova_table_fit_up_(table, &(struct iova_range){ 0, TOP }, 17, align, &start));
	assert_int_equal(start, (n * 16 + 8 + align - 1) & -align);
}

static void insert_without_memory_changes_nothing(void **state)
{
	unsigned long failures = 0;
	struct iova_table table;

	(void)state;
	begin(&table);
	assert_int_equal(iova_table_learn_(&table, 16), 0);
	for (uint64_t i = 1; i <= MANY; i++) {
		for (unsigned long n = 0;; n++) {
			int r;

			oom_fail_at(n);
			r = insert(&table, i * 16, i * 16 + 7);
			oom_off();
			if (!oom_reached()) {
				assert_int_equal(r, 0);
				break;
			}
			assert_int_equal(r, -ENOMEM);
			assert_int_equal(iova_table_count_(&table), i - 1);
			assert_not_found(&table, i * 16);
			failures++;
		}
	}
	assert_filled(&table, MANY);
	assert_true(failures > 10);
	iova_table_done_(&table);
}

static void insert_after_a_reserve_needs_no_memory(void **state)
{
	struct iova_table table;

	(void)state;
	begin(&table);
	assert_int_equal(iova_table_learn_(&table, 16), 0);
	for (uint64_t i = 1; i <= MANY; i++) {
		assert_int_equal(iova_table_reserve_(&table, 1), 0);
		oom_fail_at(0);
		assert_int_equal(insert(&table, i * 16, i * 16 + 7), 0);
		oom_off();
		assert_false(oom_reached());
	}
	assert_filled(&table, MANY);
	iova_table_done_(&table);
}

static void reserve_says_when_there_is_no_memory(void **state)
{
	struct iova_table table;
	unsigned long n;

	(void)state;
	begin(&table);
	for (n = 0;; n++) {
		int r;

		oom_fail_at(n);
		r = iova_table_reserve_(&table, 1);
		oom_off();
		assert_int_equal(r, oom_reached() ? -ENOMEM : 0);
		if (!oom_reached())
			break;
	}
	assert_true(n > 0);
	oom_fail_at(0);
	assert_int_equal(insert(&table, 1, 1), 0);
	oom_off();
	assert_int_equal(iova_table_reserve_(&table, SIZE_MAX), -ENOMEM);
	assert_int_equal(iova_table_count_(&table), 1);
	iova_table_done_(&table);
}

/* Ascending, in the middle of others, and in disorder, to tables of several heights. */
static void inserts_after_a_reserve_of_many_need_no_memory(void **state)
{
	static const uint64_t steps[] = { 1, MANY - 1, 7919, 1201 };
	struct iova_table table;

	(void)state;
	for (size_t step = 0; step < sizeof steps / sizeof *steps; step++) {
		for (uint64_t before = 0; before < 4000; before = before * 5 + 31) {
			begin(&table);
			assert_int_equal(iova_table_learn_(&table, 8), 0);
			for (uint64_t i = 0; i < before; i++)
				assert_int_equal(insert(&table, i * 4096, i * 4096), 0);
			assert_int_equal(iova_table_reserve_(&table, MANY), 0);
			oom_fail_at(0);
			for (uint64_t i = 0; i < MANY; i++) {
				uint64_t at = 1 + (i + 1) * steps[step] % MANY;

				assert_int_equal(insert(&table, at * 1024 + 1, at * 1024 + 1), 0);
			}
			oom_off();
			assert_false(oom_reached());
			assert_int_equal(iova_table_count_(&table), before + MANY);
			iova_table_done_(&table);
		}
	}
}

/* To learn is no condition for an insert that has what it needs. */
static void insert_does_without_learning_if_there_is_no_memory(void **state)
{
	uint64_t align = 1;
	struct iova_table table;

	(void)state;
	begin(&table);
	for (uint64_t i = 1; i <= 300; i++) {
		assert_int_equal(iova_table_reserve_(&table, 1), 0);
		if (i % 5 == 0) {
			align *= 2;
			assert_fits_behind(&table, i - 1, align);
		}
		oom_fail_at(0);
		assert_int_equal(insert(&table, i * 16, i * 16 + 7), 0);
		oom_off();
		assert_filled(&table, i);
		if (align > 1 << 20)
			align = 1;
	}
	iova_table_done_(&table);
}

static void learn_without_memory_changes_no_answer(void **state)
{
	struct iova_table table;
	unsigned long failures = 0;

	(void)state;
	begin(&table);
	fill(&table, MANY);
	for (unsigned int shift = 0; shift < 64; shift++) {
		uint64_t align = 1ull << shift;

		for (unsigned long n = 0;; n++) {
			int r;

			oom_fail_at(n);
			r = iova_table_learn_(&table, align);
			oom_off();
			assert_int_equal(r, oom_reached() ? -ENOMEM : 0);
			assert_fits_behind(&table, MANY, align);
			if (!oom_reached())
				break;
			failures++;
		}
		assert_filled(&table, MANY);
	}
	assert_true(failures > 4);
	iova_table_done_(&table);
}

static void build_without_memory_leaves_the_table_empty(void **state)
{
	static struct iova_mapping mappings[MANY];
	struct iova_table table;
	unsigned long n;

	(void)state;
	for (uint64_t i = 0; i < MANY; i++)
		mappings[i] = mapping_at((i + 1) * 16, (i + 1) * 16 + 7);
	begin(&table);
	assert_int_equal(iova_table_learn_(&table, 16), 0);
	for (n = 0;; n++) {
		int r;

		oom_fail_at(n);
		r = iova_table_build_(&table, mappings, MANY);
		oom_off();
		if (!oom_reached()) {
			assert_int_equal(r, 0);
			break;
		}
		assert_int_equal(r, -ENOMEM);
		assert_filled(&table, 0);
	}
	assert_true(n > 1);
	assert_filled(&table, MANY);
	iova_table_done_(&table);
}

#define IN_BOTH_WAYS(test) cmocka_unit_test_setup(test, scalar), cmocka_unit_test_setup(test, best)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BOTH_WAYS(insert_without_memory_changes_nothing),
		IN_BOTH_WAYS(insert_after_a_reserve_needs_no_memory),
		IN_BOTH_WAYS(inserts_after_a_reserve_of_many_need_no_memory),
		IN_BOTH_WAYS(reserve_says_when_there_is_no_memory),
		IN_BOTH_WAYS(insert_does_without_learning_if_there_is_no_memory),
		IN_BOTH_WAYS(learn_without_memory_changes_no_answer),
		IN_BOTH_WAYS(build_without_memory_leaves_the_table_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

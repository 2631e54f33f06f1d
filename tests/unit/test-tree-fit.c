/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "table-help.h"

#define HALF (1ull << 63)
#define NOWHERE 0x5a5a

static const struct iova_range all = { 0, TOP };

static uint64_t up(const struct iova_table *table, uint64_t first, uint64_t last, uint64_t length,
		   uint64_t align)
{
	uint64_t start = NOWHERE;
	bool found = iova_table_fit_up_(table, &(struct iova_range){ first, last }, length, align,
					&start);

	assert_int_equal(found, start != NOWHERE);
	return start;
}

static uint64_t down(const struct iova_table *table, uint64_t first, uint64_t last, uint64_t length,
		     uint64_t align)
{
	uint64_t start = NOWHERE;
	bool found = iova_table_fit_down_(table, &(struct iova_range){ first, last }, length, align,
					  &start);

	assert_int_equal(found, start != NOWHERE);
	return start;
}

static void fit_in_an_empty_table_is_at_the_edge_of_the_window(void **state)
{
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	assert_int_equal(up(&table, 0, TOP, 1, 1), 0);
	assert_int_equal(down(&table, 0, TOP, 1, 1), TOP);
	assert_int_equal(up(&table, 0, TOP, TOP, 1), 0);
	assert_int_equal(down(&table, 0, TOP, TOP, 1), 1);
	assert_int_equal(down(&table, 0, TOP, TOP, 2), 0);
	assert_int_equal(up(&table, 5, 5, 1, 1), 5);
	assert_int_equal(down(&table, 5, 5, 1, 1), 5);
	assert_int_equal(up(&table, 5, 5, 2, 1), NOWHERE);
	assert_int_equal(down(&table, 5, 5, 2, 1), NOWHERE);
	assert_int_equal(up(&table, 5, 5, 1, 2), NOWHERE);
	assert_int_equal(down(&table, 5, 5, 1, 2), NOWHERE);
	iova_table_done_(&table);
}

static void fit_knows_the_largest_alignment(void **state)
{
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	assert_int_equal(up(&table, 0, TOP, HALF, HALF), 0);
	assert_int_equal(down(&table, 0, TOP, HALF, HALF), HALF);
	assert_int_equal(up(&table, 1, TOP, HALF, HALF), HALF);
	assert_int_equal(up(&table, HALF + 1, TOP, 1, HALF), NOWHERE);
	assert_int_equal(down(&table, 0, TOP, HALF + 1, HALF), 0);
	assert_int_equal(down(&table, 1, TOP, HALF + 1, HALF), NOWHERE);
	assert_int_equal(insert(&table, HALF, HALF), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(up(&table, 0, TOP, HALF, HALF), 0);
		assert_int_equal(up(&table, 1, TOP, 1, HALF), NOWHERE);
		assert_int_equal(down(&table, 0, TOP, 1, HALF), 0);
		assert_int_equal(iova_table_learn_(&table, HALF), 0);
	}
	iova_table_done_(&table);
}

/* Free: 0-15, 8 bytes behind each of three mappings, and what is behind all. */
static void fit_takes_the_first_gap_that_is_large_enough(void **state)
{
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	fill(&table, 3);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(up(&table, 0, TOP, 16, 1), 0);
		assert_int_equal(up(&table, 0, TOP, 17, 1), 0x38);
		assert_int_equal(up(&table, 1, TOP, 16, 1), 0x38);
		assert_int_equal(up(&table, 9, TOP, 8, 1), 0x18);
		assert_int_equal(up(&table, 0x19, TOP, 8, 1), 0x28);
		assert_int_equal(up(&table, 0x19, TOP, 7, 1), 0x19);
		assert_int_equal(up(&table, 0x10, 0x37, 8, 1), 0x18);
		assert_int_equal(up(&table, 0x19, 0x2e, 8, 1), NOWHERE);
		assert_int_equal(down(&table, 0, TOP, 8, 1), TOP - 7);
		assert_int_equal(down(&table, 0, 0x37, 8, 1), 0x28);
		assert_int_equal(down(&table, 0, 0x2e, 8, 1), 0x18);
		assert_int_equal(down(&table, 0, 0x2e, 7, 1), 0x28);
		assert_int_equal(down(&table, 0, 0x37, 9, 1), 7);
		assert_int_equal(down(&table, 1, 0x37, 16, 1), NOWHERE);
		assert_int_equal(iova_table_learn_(&table, 1), 0);
	}
	iova_table_done_(&table);
}

static void fit_sees_what_is_aligned_in_a_gap(void **state)
{
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	/* Free between them: 1 to 0x2f, of which 0x20 to 0x2f is aligned at 32. */
	assert_int_equal(insert(&table, 0, 0), 0);
	assert_int_equal(insert(&table, 0x30, 0x3f), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(up(&table, 0, TOP, 16, 32), 0x20);
		assert_int_equal(up(&table, 0, TOP, 17, 32), 0x40);
		assert_int_equal(up(&table, 0, 0x2f, 1, 64), NOWHERE);
		assert_int_equal(up(&table, 0, TOP, 1, 64), 0x40);
		assert_int_equal(down(&table, 0, 0x3f, 16, 32), 0x20);
		assert_int_equal(down(&table, 0, 0x3f, 16, 16), 0x20);
		assert_int_equal(down(&table, 0, 0x3f, 17, 16), 0x10);
		assert_int_equal(down(&table, 0, 0x3f, 17, 32), NOWHERE);
		assert_int_equal(iova_table_learn_(&table, 32), 0);
		assert_int_equal(iova_table_learn_(&table, 64), 0);
	}
	iova_table_done_(&table);
}

static void fit_finds_nothing_where_all_is_taken(void **state)
{
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	assert_int_equal(insert(&table, 0, HALF - 1), 0);
	assert_int_equal(insert(&table, HALF, TOP), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(up(&table, 0, TOP, 1, 1), NOWHERE);
		assert_int_equal(down(&table, 0, TOP, 1, 1), NOWHERE);
		assert_int_equal(up(&table, 3, 4, 1, 1), NOWHERE);
		assert_int_equal(iova_table_learn_(&table, 1), 0);
	}
	assert_int_equal(iova_table_remove_(&table, 0), 0);
	assert_int_equal(up(&table, 0, TOP, HALF, 1), 0);
	assert_int_equal(down(&table, 0, TOP, 1, 1), HALF - 1);
	assert_int_equal(up(&table, HALF, TOP, 1, 1), NOWHERE);
	iova_table_done_(&table);
}

/* At the last byte of all the next address would be 0 again. */
static void fit_does_not_go_round_the_top(void **state)
{
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	assert_int_equal(insert(&table, TOP - 15, TOP - 8), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(up(&table, TOP - 15, TOP, 8, 1), TOP - 7);
		assert_int_equal(up(&table, TOP - 15, TOP, 9, 1), NOWHERE);
		assert_int_equal(up(&table, TOP - 15, TOP, 1, 16), NOWHERE);
		assert_int_equal(down(&table, TOP - 15, TOP, 8, 8), TOP - 7);
		assert_int_equal(down(&table, TOP, TOP, 1, 1), TOP);
		assert_int_equal(iova_table_learn_(&table, 16), 0);
		assert_int_equal(iova_table_learn_(&table, 8), 0);
	}
	assert_int_equal(insert(&table, TOP, TOP), 0);
	assert_int_equal(up(&table, TOP - 15, TOP, 7, 1), TOP - 7);
	assert_int_equal(up(&table, TOP - 15, TOP, 8, 1), NOWHERE);
	assert_int_equal(up(&table, TOP, TOP, 1, 1), NOWHERE);
	assert_int_equal(iova_table_remove_(&table, TOP - 8), 0);
	assert_int_equal(down(&table, 0, TOP, 2, 1), TOP - 2);
	iova_table_done_(&table);
}

/* Whether what a table remembers is made at once or kept up to date, it is the same. */
static void learning_changes_no_answer(void **state)
{
	struct iova_table early, late;

	(void)state;
	iova_table_init_(&early);
	iova_table_init_(&late);
	for (unsigned int shift = 0; shift < 64; shift++)
		assert_int_equal(iova_table_learn_(&early, 1ull << shift), 0);
	/* Gaps of 1 to 97 bytes at places that are aligned in many ways. */
	for (uint64_t i = 0; i < 700; i++) {
		uint64_t start = i * 128 + i % 31;

		assert_int_equal(insert(&early, start, start + 30 + i % 37), 0);
		assert_int_equal(insert(&late, start, start + 30 + i % 37), 0);
	}
	for (unsigned int shift = 0; shift < 64; shift++) {
		uint64_t align = 1ull << shift;

		for (int round = 0; round < 2; round++) {
			for (uint64_t length = 1; length < 130; length += 7) {
				assert_int_equal(up(&early, 200, TOP, length, align),
						 up(&late, 200, TOP, length, align));
				assert_int_equal(down(&early, 0, 80000, length, align),
						 down(&late, 0, 80000, length, align));
			}
			assert_int_equal(iova_table_learn_(&late, align), 0);
		}
	}
	iova_table_done_(&early);
	iova_table_done_(&late);
}

static void what_was_learned_outlives_the_mappings(void **state)
{
	struct iova_table table;
	uint64_t start;

	(void)state;
	iova_table_init_(&table);
	assert_int_equal(iova_table_learn_(&table, 4), 0);
	for (int i = 0; i < 2; i++) {
		fill(&table, 500);
		assert_true(iova_table_fit_up_(&table, &all, 17, 4, &start));
		assert_int_equal(start, 500 * 16 + 8);
		assert_true(
			iova_table_fit_up_(&table, &(struct iova_range){ 17, TOP }, 8, 4, &start));
		assert_int_equal(start, 0x18);
		iova_table_clear_(&table);
	}
	iova_table_done_(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fit_in_an_empty_table_is_at_the_edge_of_the_window),
		cmocka_unit_test(fit_knows_the_largest_alignment),
		cmocka_unit_test(fit_takes_the_first_gap_that_is_large_enough),
		cmocka_unit_test(fit_sees_what_is_aligned_in_a_gap),
		cmocka_unit_test(fit_finds_nothing_where_all_is_taken),
		cmocka_unit_test(fit_does_not_go_round_the_top),
		cmocka_unit_test(learning_changes_no_answer),
		cmocka_unit_test(what_was_learned_outlives_the_mappings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

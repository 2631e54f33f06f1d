/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "oom.h"
#include "prng.h"
#include "space/table.h"

#define CELLS 64

static int insert(struct iova_table *table, uint64_t start, uint64_t last)
{
	struct iova_mapping mapping = { .range = { start, last },
					.vaddr = start ^ 0x5555,
					.access = IOVA_READ };

	return iova_table_insert_(table, &mapping);
}

static void done(struct iova_table *table)
{
	free(table->mappings);
}

static void table_keeps_mappings_in_order(void **state)
{
	struct iova_table table = { 0 };

	(void)state;
	assert_int_equal(insert(&table, 0x5000, 0x5fff), 0);
	assert_int_equal(insert(&table, 0, 0xfff), 0);
	assert_int_equal(insert(&table, UINT64_MAX, UINT64_MAX), 0);
	assert_int_equal(insert(&table, 0x1000, 0x4fff), 0);
	assert_int_equal(table.n, 4);
	for (size_t i = 1; i < table.n; i++)
		assert_true(table.mappings[i - 1].range.last < table.mappings[i].range.start);
	assert_int_equal(table.mappings[1].range.start, 0x1000);
	assert_int_equal(table.mappings[1].vaddr, 0x1000 ^ 0x5555);
	done(&table);
}

static void table_refuses_the_least_overlap(void **state)
{
	struct iova_table table = { 0 };

	(void)state;
	assert_int_equal(insert(&table, 0x2000, 0x2fff), 0);
	assert_int_equal(insert(&table, 0x2fff, 0x3fff), -EEXIST);
	assert_int_equal(insert(&table, 0x1000, 0x2000), -EEXIST);
	assert_int_equal(insert(&table, 0x2800, 0x2800), -EEXIST);
	assert_int_equal(insert(&table, 0, UINT64_MAX), -EEXIST);
	assert_int_equal(table.n, 1);
	assert_int_equal(insert(&table, 0x3000, 0x3000), 0);
	assert_int_equal(insert(&table, 0x1fff, 0x1fff), 0);
	done(&table);
}

static void table_holds_one_mapping_of_everything(void **state)
{
	struct iova_table table = { 0 };
	size_t first, n;

	(void)state;
	assert_int_equal(insert(&table, 0, UINT64_MAX), 0);
	assert_int_equal(insert(&table, 5, 5), -EEXIST);
	assert_int_equal(iova_table_lower_bound_(&table, UINT64_MAX), 0);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0, UINT64_MAX }, &first,
					    &n),
			 0);
	assert_int_equal(n, 1);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 1, UINT64_MAX }, &first,
					    &n),
			 -EINVAL);
	done(&table);
}

static void table_selects_whole_mappings_and_names_the_one_it_would_cut(void **state)
{
	struct iova_table table = { 0 };
	size_t first = 9, n = 9;

	(void)state;
	for (uint64_t i = 1; i < 5; i++)
		assert_int_equal(insert(&table, i * 0x10, i * 0x10 + 7), 0);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0x18, 0x1f }, &first, &n),
			 -ENOENT);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0, 0xf }, &first, &n),
			 -ENOENT);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0x48, 0x50 }, &first, &n),
			 -ENOENT);
	assert_int_equal(first, 9);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0x18, 0x37 }, &first, &n),
			 0);
	assert_int_equal(first, 1);
	assert_int_equal(n, 2);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0x10, 0x36 }, &first, &n),
			 -EINVAL);
	assert_int_equal(first, 2);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0x11, 0x40 }, &first, &n),
			 -EINVAL);
	assert_int_equal(first, 0);
	done(&table);
}

static void table_without_memory_stays_as_it_was(void **state)
{
	struct iova_table table = { 0 };

	(void)state;
	oom_fail_at(0);
	assert_int_equal(insert(&table, 1, 1), -ENOMEM);
	oom_off();
	assert_int_equal(table.n, 0);
	assert_int_equal(iova_table_reserve_(&table), 0);
	oom_fail_at(0);
	assert_int_equal(insert(&table, 1, 1), 0);
	oom_off();
	assert_false(oom_reached());
	done(&table);
}

/* Cells of one address each: 0 for free, else the number of the mapping. */
static void assert_as_cells(const struct iova_table *table, const unsigned int *cells)
{
	size_t n = 0;

	for (unsigned int i = 0; i < CELLS; i++) {
		size_t at = iova_table_lower_bound_(table, i);
		bool inside = at < table->n && table->mappings[at].range.start <= i;

		assert_int_equal(inside, cells[i] != 0);
		if (cells[i] && (!i || cells[i - 1] != cells[i])) {
			assert_int_equal(table->mappings[n].range.start, i);
			n++;
		}
	}
	assert_int_equal(table->n, n);
}

static void table_is_as_a_row_of_cells(void **state)
{
	uint64_t seed = 0x7ab1e;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct iova_table table = { 0 };
		unsigned int cells[CELLS] = { 0 };

		for (unsigned int step = 1; step < 60; step++) {
			uint64_t a = prng_next(&seed) % CELLS, b = a + prng_next(&seed) % 6;
			struct iova_range range = { a, b < CELLS ? b : CELLS - 1 };
			size_t first = 0, n = 0;
			bool taken = false;

			for (uint64_t i = range.start; i <= range.last; i++)
				taken = taken || cells[i];
			if (prng_next(&seed) % 3) {
				assert_int_equal(insert(&table, range.start, range.last),
						 taken ? -EEXIST : 0);
				for (uint64_t i = range.start; i <= range.last && !taken; i++)
					cells[i] = step;
			} else if (!iova_table_select_(&table, &range, &first, &n)) {
				assert_true(taken);
				iova_table_remove_(&table, first, n);
				for (uint64_t i = range.start; i <= range.last; i++)
					cells[i] = 0;
			} else {
				bool cut = (range.start && cells[range.start] &&
					    cells[range.start] == cells[range.start - 1]) ||
					   (range.last < CELLS - 1 && cells[range.last] &&
					    cells[range.last] == cells[range.last + 1]);

				assert_true(cut || !taken);
			}
			assert_as_cells(&table, cells);
		}
		done(&table);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_keeps_mappings_in_order),
		cmocka_unit_test(table_refuses_the_least_overlap),
		cmocka_unit_test(table_holds_one_mapping_of_everything),
		cmocka_unit_test(table_selects_whole_mappings_and_names_the_one_it_would_cut),
		cmocka_unit_test(table_without_memory_stays_as_it_was),
		cmocka_unit_test(table_is_as_a_row_of_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

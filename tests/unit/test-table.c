/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables against a model, of any size and shape: tests/unit/tree. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "oom.h"
#include "table-help.h"

/* More than two levels of nodes. */
#define MANY 3000

static void table_is_empty_to_begin_with(void **state)
{
	struct iova_mapping first = mapping_at(1, 2);
	struct iova_table table;
	size_t n = 9;

	(void)state;
	iova_table_init_(&table);
	assert_int_equal(iova_table_count_(&table), 0);
	assert_not_found(&table, 0);
	assert_not_found(&table, TOP);
	assert_int_equal(iova_table_remove_(&table, 0), -ENOENT);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0, TOP }, &first, &n),
			 -ENOENT);
	assert_mapping(&first, 1, 2);
	assert_int_equal(n, 9);
	iova_table_clear_(&table);
	assert_int_equal(iova_table_count_(&table), 0);
	iova_table_done_(&table);
}

static void table_finds_what_ends_at_an_address_or_behind_it(void **state)
{
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	assert_int_equal(insert(&table, 0x5000, 0x5fff), 0);
	assert_int_equal(insert(&table, 0x1000, 0x4fff), 0);
	assert_found(&table, 0, 0x1000, 0x4fff);
	assert_found(&table, 0x1000, 0x1000, 0x4fff);
	assert_found(&table, 0x4fff, 0x1000, 0x4fff);
	assert_found(&table, 0x5000, 0x5000, 0x5fff);
	assert_found(&table, 0x5fff, 0x5000, 0x5fff);
	assert_not_found(&table, 0x6000);
	assert_not_found(&table, TOP);
	iova_table_done_(&table);
}

static void table_reaches_both_edges_of_the_space(void **state)
{
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	assert_int_equal(insert(&table, TOP, TOP), 0);
	assert_int_equal(insert(&table, 0, 0), 0);
	assert_found(&table, 0, 0, 0);
	assert_found(&table, 1, TOP, TOP);
	assert_found(&table, TOP, TOP, TOP);
	assert_int_equal(insert(&table, TOP - 1, TOP), -EEXIST);
	assert_int_equal(insert(&table, 0, 1), -EEXIST);
	assert_int_equal(insert(&table, 1, TOP - 1), 0);
	assert_int_equal(iova_table_count_(&table), 3);
	assert_int_equal(iova_table_remove_(&table, TOP), 0);
	assert_not_found(&table, TOP);
	assert_int_equal(iova_table_remove_(&table, 0), 0);
	assert_found(&table, 0, 1, TOP - 1);
	iova_table_done_(&table);
}

static void table_holds_one_mapping_of_everything(void **state)
{
	struct iova_mapping first;
	struct iova_table table;
	size_t n;

	(void)state;
	iova_table_init_(&table);
	assert_int_equal(insert(&table, 0, TOP), 0);
	assert_int_equal(insert(&table, 5, 5), -EEXIST);
	assert_int_equal(insert(&table, 0, TOP), -EEXIST);
	assert_found(&table, 0, 0, TOP);
	assert_found(&table, TOP, 0, TOP);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0, TOP }, &first, &n), 0);
	assert_mapping(&first, 0, TOP);
	assert_int_equal(n, 1);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 1, TOP }, &first, &n),
			 -EINVAL);
	assert_int_equal(iova_table_remove_(&table, 0x1234), 0);
	assert_int_equal(iova_table_count_(&table), 0);
	iova_table_done_(&table);
}

static void table_refuses_the_least_overlap(void **state)
{
	static const struct iova_range refused[] = {
		{ 0x2000, 0x2fff }, { 0x2fff, 0x3fff }, { 0x1000, 0x2000 }, { 0x2800, 0x2800 },
		{ 0x1000, 0x3fff }, { 0x2000, 0x2000 }, { 0x2fff, 0x2fff }, { 0, TOP },
		{ 0x2000, TOP },    { 0, 0x2fff },
	};
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	assert_int_equal(insert(&table, 0x2000, 0x2fff), 0);
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		assert_int_equal(insert(&table, refused[i].start, refused[i].last), -EEXIST);
	assert_int_equal(iova_table_count_(&table), 1);
	assert_int_equal(insert(&table, 0x3000, 0x3000), 0);
	assert_int_equal(insert(&table, 0x1fff, 0x1fff), 0);
	assert_int_equal(insert(&table, 0x1fff, 0x3000), -EEXIST);
	assert_int_equal(iova_table_count_(&table), 3);
	iova_table_done_(&table);
}

static void table_removes_what_holds_an_address(void **state)
{
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	fill(&table, 4);
	for (uint64_t address = 0; address < 5 * 16 + 8; address += 8)
		if (address < 16 || address % 16 == 8 || address >= 5 * 16)
			assert_int_equal(iova_table_remove_(&table, address), -ENOENT);
	assert_int_equal(iova_table_remove_(&table, TOP), -ENOENT);
	assert_filled(&table, 4);
	assert_int_equal(iova_table_remove_(&table, 0x10), 0);
	assert_int_equal(iova_table_remove_(&table, 0x27), 0);
	assert_int_equal(iova_table_remove_(&table, 0x33), 0);
	assert_int_equal(iova_table_remove_(&table, 0x33), -ENOENT);
	assert_int_equal(iova_table_count_(&table), 1);
	assert_found(&table, 0, 0x40, 0x47);
	iova_table_done_(&table);
}

static void hold_and_take(struct iova_table *table)
{
	static const struct iova_range others[] = {
		{ 0x20, 0x26 }, { 0x21, 0x27 }, { 0x20, 0x28 }, { 0x1f, 0x27 }, { 0x20, 0x37 },
		{ 0x28, 0x2f }, { 0x50, 0x57 }, { 0, 0 },       { 0, TOP },     { TOP, TOP },
	};
	const struct iova_range range = { 0x20, 0x27 };

	assert_int_equal(iova_table_hold_(table, &range), -ENOENT);
	fill(table, 4);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_int_equal(iova_table_hold_(table, &others[i]), -ENOENT);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(iova_table_hold_(table, &range), 0);
		assert_filled(table, 4);
		iova_table_take_(table);
		assert_int_equal(iova_table_count_(table), 3);
		assert_found(table, 0x18, 0x30, 0x37);
		assert_int_equal(iova_table_hold_(table, &range), -ENOENT);
		/* What came last is found without a search. */
		assert_int_equal(insert(table, 0x20, 0x27), 0);
	}
	iova_table_clear_(table);
	assert_int_equal(iova_table_hold_(table, &range), -ENOENT);
	iova_table_done_(table);
}

static void table_takes_what_has_exactly_a_range(void **state)
{
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	hold_and_take(&table);
	iova_table_init_with_(&table, &iova_tree_scalar_);
	hold_and_take(&table);
}

static void table_has_room_made_before_it_is_put_there(void **state)
{
	struct iova_mapping mapping = mapping_at(0x20, 0x27);
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(iova_table_place_(&table, &mapping), 0);
		assert_filled(&table, 0);
	}
	iova_table_put_(&table, &mapping);
	assert_int_equal(iova_table_count_(&table), 1);
	assert_found(&table, 0, 0x20, 0x27);
	assert_int_equal(iova_table_place_(&table, &mapping), -EEXIST);
	assert_int_equal(iova_table_count_(&table), 1);
	iova_table_done_(&table);
}

static void table_selects_whole_mappings_and_names_the_one_it_would_cut(void **state)
{
	struct iova_mapping first = mapping_at(1, 2);
	struct iova_table table;
	size_t n = 9;

	(void)state;
	iova_table_init_(&table);
	fill(&table, 4);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0x18, 0x1f }, &first, &n),
			 -ENOENT);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0, 0xf }, &first, &n),
			 -ENOENT);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0x48, TOP }, &first, &n),
			 -ENOENT);
	assert_mapping(&first, 1, 2);
	assert_int_equal(n, 9);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0x18, 0x37 }, &first, &n),
			 0);
	assert_mapping(&first, 0x20, 0x27);
	assert_int_equal(n, 2);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0, TOP }, &first, &n), 0);
	assert_mapping(&first, 0x10, 0x17);
	assert_int_equal(n, 4);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0x10, 0x36 }, &first, &n),
			 -EINVAL);
	assert_mapping(&first, 0x30, 0x37);
	assert_int_equal(iova_table_select_(&table, &(struct iova_range){ 0x11, 0x40 }, &first, &n),
			 -EINVAL);
	assert_mapping(&first, 0x10, 0x17);
	assert_int_equal(n, 4);
	iova_table_done_(&table);
}

static void table_removes_all_of_a_range_and_no_more(void **state)
{
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	fill(&table, MANY);
	iova_table_remove_all_(&table, &(struct iova_range){ 0x28, 0x2f });
	assert_filled(&table, MANY);
	iova_table_remove_all_(&table, &(struct iova_range){ 0x20, 1000 * 16 + 7 });
	assert_int_equal(iova_table_count_(&table), MANY - 999);
	assert_found(&table, 0, 0x10, 0x17);
	assert_found(&table, 0x18, 1001 * 16, 1001 * 16 + 7);
	iova_table_remove_all_(&table, &(struct iova_range){ 0x18, TOP });
	assert_filled(&table, 1);
	assert_int_equal(insert(&table, TOP, TOP), 0);
	iova_table_remove_all_(&table, &(struct iova_range){ TOP, TOP });
	assert_filled(&table, 1);
	iova_table_remove_all_(&table, &(struct iova_range){ 0, TOP });
	assert_filled(&table, 0);
	iova_table_done_(&table);
}

static void table_builds_what_inserts_would_make(void **state)
{
	static struct iova_mapping mappings[MANY];
	struct iova_table table;

	(void)state;
	for (uint64_t i = 0; i < MANY; i++)
		mappings[i] = mapping_at((i + 1) * 16, (i + 1) * 16 + 7);
	for (size_t n = 0; n <= MANY; n = n * 3 + 1) {
		iova_table_init_(&table);
		assert_int_equal(iova_table_build_(&table, mappings, n), 0);
		assert_filled(&table, n);
		assert_int_equal(iova_table_build_(&table, NULL, 0), n ? -EEXIST : 0);
		assert_filled(&table, n);
		iova_table_done_(&table);
	}
}

static void table_builds_nothing_out_of_order(void **state)
{
	struct iova_mapping good[] = { mapping_at(0, 7), mapping_at(8, 15), mapping_at(TOP, TOP) };
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	for (int i = 0; i < 2; i++) {
		struct iova_mapping bad[] = { good[0], good[1], good[2] };

		bad[i + 1] = good[i];
		assert_int_equal(iova_table_build_(&table, bad, 3), -EEXIST);
		bad[i + 1] = good[i + 1];
		bad[i].range.last = good[i + 1].range.start;
		assert_int_equal(iova_table_build_(&table, bad, 3), -EEXIST);
		bad[i] = good[i + 1];
		bad[i + 1] = good[i];
		assert_int_equal(iova_table_build_(&table, bad, 3), -EEXIST);
		assert_filled(&table, 0);
	}
	good[1].range = (struct iova_range){ 15, 8 };
	assert_int_equal(iova_table_build_(&table, good, 3), -EEXIST);
	good[1] = mapping_at(8, 15);
	assert_int_equal(iova_table_build_(&table, good, 3), 0);
	assert_found(&table, 8, 8, 15);
	assert_found(&table, 16, TOP, TOP);
	iova_table_done_(&table);
}

static void table_can_be_used_again_when_cleared(void **state)
{
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	for (int i = 0; i < 3; i++) {
		fill(&table, MANY);
		assert_filled(&table, MANY);
		iova_table_clear_(&table);
		assert_filled(&table, 0);
	}
	iova_table_done_(&table);
}

static void table_gives_back_all_its_memory(void **state)
{
	long before = oom_live();
	struct iova_table table;

	(void)state;
	iova_table_init_(&table);
	assert_int_equal(iova_table_learn_(&table, 16), 0);
	fill(&table, MANY);
	assert_int_equal(iova_table_learn_(&table, 64), 0);
	assert_int_equal(iova_table_reserve_(&table, 1), 0);
	assert_true(oom_live() > before);
	iova_table_done_(&table);
	assert_int_equal(oom_live(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_empty_to_begin_with),
		cmocka_unit_test(table_finds_what_ends_at_an_address_or_behind_it),
		cmocka_unit_test(table_reaches_both_edges_of_the_space),
		cmocka_unit_test(table_holds_one_mapping_of_everything),
		cmocka_unit_test(table_refuses_the_least_overlap),
		cmocka_unit_test(table_removes_what_holds_an_address),
		cmocka_unit_test(table_takes_what_has_exactly_a_range),
		cmocka_unit_test(table_has_room_made_before_it_is_put_there),
		cmocka_unit_test(table_selects_whole_mappings_and_names_the_one_it_would_cut),
		cmocka_unit_test(table_removes_all_of_a_range_and_no_more),
		cmocka_unit_test(table_builds_what_inserts_would_make),
		cmocka_unit_test(table_builds_nothing_out_of_order),
		cmocka_unit_test(table_can_be_used_again_when_cleared),
		cmocka_unit_test(table_gives_back_all_its_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

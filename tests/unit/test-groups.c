/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "made-host.h"
#include "oom.h"
#include "space/groups.h"

static struct made_host made;

static int make_host(void **state)
{
	(void)state;
	made_begin(&made);
	for (uint32_t id = 2; id < 9; id += 2) {
		made_plain_group(&made, id);
		made_region(&made, id, id + 100, IOVA_REGION_RESERVED);
	}
	return 0;
}

static void assert_ids(const struct group_list *list, const uint32_t *ids, size_t n)
{
	assert_int_equal(list->n, n);
	for (size_t i = 0; i < n; i++) {
		const struct iova_group *group = &list->groups[i]->group;

		assert_int_equal(group->info.id, ids[i]);
		assert_int_equal(group->info.n_devices, 1);
		assert_int_equal(group->devices[0].group, ids[i]);
		assert_int_equal(group->info.n_regions, 1);
		assert_int_equal(group->regions[0].range.start, ids[i]);
	}
}

static void groups_come_out_in_order(void **state)
{
	struct group_list none = { 0 }, list;

	(void)state;
	assert_int_equal(iova_groups_add_(&none, &made.host, (uint32_t[]){ 8, 2, 6 }, 3, &list), 0);
	assert_ids(&list, (uint32_t[]){ 2, 6, 8 }, 3);
	iova_groups_done_(&list);
	assert_int_equal(list.n, 0);
	assert_null(list.groups);
}

static void list_lives_on_when_the_one_it_was_made_from_is_gone(void **state)
{
	struct group_list none = { 0 }, a, b, c;

	(void)state;
	assert_int_equal(iova_groups_add_(&none, &made.host, (uint32_t[]){ 2, 4 }, 2, &a), 0);
	assert_int_equal(iova_groups_add_(&a, &made.host, (uint32_t[]){ 6 }, 1, &b), 0);
	assert_ptr_equal(a.groups[0], b.groups[0]);
	assert_int_equal(iova_groups_remove_(&b, 2, &c), 0);
	assert_ids(&a, (uint32_t[]){ 2, 4 }, 2);
	iova_groups_done_(&a);
	assert_ids(&b, (uint32_t[]){ 2, 4, 6 }, 3);
	iova_groups_done_(&b);
	assert_ids(&c, (uint32_t[]){ 4, 6 }, 2);
	iova_groups_done_(&c);
}

static void group_added_again_is_taken_anew(void **state)
{
	struct group_list none = { 0 }, a, b;

	(void)state;
	assert_int_equal(iova_groups_add_(&none, &made.host, (uint32_t[]){ 2, 4, 2 }, 3, &a), 0);
	assert_ids(&a, (uint32_t[]){ 2, 4 }, 2);
	made.regions[0][0].range.last = 7777;
	assert_int_equal(iova_groups_add_(&a, &made.host, (uint32_t[]){ 2 }, 1, &b), 0);
	assert_int_equal(b.n, 2);
	assert_int_equal(b.groups[0]->group.regions[0].range.last, 7777);
	assert_int_equal(a.groups[0]->group.regions[0].range.last, 102);
	iova_groups_done_(&a);
	iova_groups_done_(&b);
}

static void unknown_group_is_refused_with_all_that_came_with_it(void **state)
{
	struct group_list none = { 0 }, list = { 0 };
	long live = oom_live();

	(void)state;
	assert_int_equal(iova_groups_add_(&none, &made.host, (uint32_t[]){ 2, 3 }, 2, &list),
			 -ENOENT);
	assert_int_equal(iova_groups_remove_(&none, 2, &list), -ENOENT);
	assert_null(list.groups);
	assert_int_equal(oom_live(), live);
}

static void groups_of_a_host_are_all_of_them(void **state)
{
	struct made_host empty;
	struct group_list list;

	(void)state;
	assert_int_equal(iova_groups_of_(&made.host, &list), 0);
	assert_ids(&list, (uint32_t[]){ 2, 4, 6, 8 }, 4);
	iova_groups_done_(&list);
	made_begin(&empty);
	assert_int_equal(iova_groups_of_(&empty.host, &list), 0);
	assert_int_equal(list.n, 0);
	iova_groups_done_(&list);
}

static int add(const struct group_list *old, struct group_list *ret_list)
{
	return iova_groups_add_(old, &made.host, (uint32_t[]){ 4, 8, 2 }, 3, ret_list);
}

static int take_out(const struct group_list *old, struct group_list *ret_list)
{
	return iova_groups_remove_(old, 4, ret_list);
}

static int all(const struct group_list *old, struct group_list *ret_list)
{
	(void)old;
	return iova_groups_of_(&made.host, ret_list);
}

static void without_memory_nothing_is_made_and_nothing_is_lost(void **state)
{
	static int (*const calls[])(const struct group_list *,
				    struct group_list *) = { add, take_out, all };
	struct group_list none = { 0 }, old, list;
	unsigned long n;
	long live;

	(void)state;
	assert_int_equal(iova_groups_add_(&none, &made.host, (uint32_t[]){ 4, 6 }, 2, &old), 0);
	live = oom_live();
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		for (n = 0;; n++) {
			int r;

			oom_fail_at(n);
			r = calls[i](&old, &list);
			oom_off();
			if (!oom_reached())
				break;
			assert_int_equal(r, -ENOMEM);
			assert_int_equal(oom_live(), live);
			assert_ids(&old, (uint32_t[]){ 4, 6 }, 2);
		}
		assert_true(n > 0);
		iova_groups_done_(&list);
		assert_int_equal(oom_live(), live);
	}
	iova_groups_done_(&old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(groups_come_out_in_order, make_host),
		cmocka_unit_test_setup(list_lives_on_when_the_one_it_was_made_from_is_gone,
				       make_host),
		cmocka_unit_test_setup(group_added_again_is_taken_anew, make_host),
		cmocka_unit_test_setup(unknown_group_is_refused_with_all_that_came_with_it,
				       make_host),
		cmocka_unit_test_setup(groups_of_a_host_are_all_of_them, make_host),
		cmocka_unit_test_setup(without_memory_nothing_is_made_and_nothing_is_lost,
				       make_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

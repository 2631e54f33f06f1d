/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/array.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "oom.h"

static void reserve_keeps_what_is_there(void **state)
{
	static const char first[] = "12345678";
	void *items = NULL;
	size_t room = 0;

	(void)state;
	assert_int_equal(iova_array_reserve_(&items, &room, 8, 1), 0);
	memcpy(items, first, 8);
	assert_int_equal(iova_array_reserve_(&items, &room, 9000, 1), 0);
	assert_true(room >= 9000);
	assert_memory_equal(items, first, 8);
	memset(items, 1, room);
	free(items);
}

static void reserve_of_what_fits_allocates_nothing(void **state)
{
	void *items = NULL;
	size_t room = 0, had;

	(void)state;
	assert_int_equal(iova_array_reserve_(&items, &room, 3, sizeof(uint64_t)), 0);
	had = room;
	oom_fail_at(0);
	assert_int_equal(iova_array_reserve_(&items, &room, had, sizeof(uint64_t)), 0);
	assert_int_equal(iova_array_reserve_(&items, &room, 0, sizeof(uint64_t)), 0);
	oom_off();
	assert_false(oom_reached());
	assert_int_equal(room, had);
	free(items);
}

static void reserve_one_by_one_grows_in_few_steps(void **state)
{
	void *items = NULL;
	size_t room = 0, steps = 0;

	(void)state;
	for (size_t n = 1; n <= 4096; n++) {
		size_t had = room;

		assert_int_equal(iova_array_reserve_(&items, &room, n, sizeof(uint64_t)), 0);
		steps += room != had;
	}
	assert_in_range(steps, 2, 16);
	free(items);
}

static void reserve_that_fails_changes_nothing(void **state)
{
	void *items = NULL, *had;
	size_t room = 0, had_room;

	(void)state;
	assert_int_equal(iova_array_reserve_(&items, &room, 4, sizeof(uint64_t)), 0);
	memset(items, 0x5a, 4 * sizeof(uint64_t));
	had = items;
	had_room = room;
	oom_fail_at(0);
	assert_int_equal(iova_array_reserve_(&items, &room, 1000, sizeof(uint64_t)), -ENOMEM);
	oom_off();
	assert_true(oom_reached());
	assert_ptr_equal(items, had);
	assert_int_equal(room, had_room);
	assert_int_equal(((unsigned char *)items)[31], 0x5a);
	free(items);
}

static void reserve_of_more_bytes_than_there_are_does_not_wrap(void **state)
{
	void *items = NULL;
	size_t room = 0;

	(void)state;
	oom_fail_at(0);
	assert_int_equal(iova_array_reserve_(&items, &room, SIZE_MAX / 8 + 1, 8), -ENOMEM);
	assert_int_equal(iova_array_reserve_(&items, &room, SIZE_MAX, 16), -ENOMEM);
	oom_off();
	assert_false(oom_reached());
	assert_null(items);
	assert_int_equal(room, 0);
}

static void copy_has_the_same_bytes_elsewhere(void **state)
{
	const uint64_t items[] = { 1, UINT64_MAX, 3 };
	void *copy = NULL;

	(void)state;
	assert_int_equal(iova_array_copy_(&copy, items, 3, sizeof *items), 0);
	assert_ptr_not_equal(copy, items);
	assert_memory_equal(copy, items, sizeof items);
	free(copy);
}

static void copy_of_nothing_is_null(void **state)
{
	void *copy = &copy;

	(void)state;
	assert_int_equal(iova_array_copy_(&copy, NULL, 0, 8), 0);
	assert_null(copy);
}

static void copy_that_fails_writes_nothing(void **state)
{
	const uint64_t item = 1;
	void *copy = &copy;

	(void)state;
	oom_fail_at(0);
	assert_int_equal(iova_array_copy_(&copy, &item, 1, sizeof item), -ENOMEM);
	oom_off();
	assert_ptr_equal(copy, &copy);
}

/* The tool that the other tests rely on. */
static void oom_fails_the_one_allocation_that_was_named(void **state)
{
	long live = oom_live();
	/* Volatile, or a compiler that knows malloc takes it that they succeed. */
	void *volatile a, *volatile b, *volatile c;

	(void)state;
	oom_fail_at(1);
	a = malloc(1);
	b = calloc(1, 1);
	c = realloc(NULL, 1);
	oom_off();
	assert_non_null(a);
	assert_null(b);
	assert_non_null(c);
	assert_true(oom_reached());
	assert_int_equal(oom_live() - live, 2);
	free(a);
	free(b);
	free(c);
	assert_int_equal(oom_live() - live, 0);
	oom_fail_at(0);
	assert_false(oom_reached());
	oom_off();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reserve_keeps_what_is_there),
		cmocka_unit_test(reserve_of_what_fits_allocates_nothing),
		cmocka_unit_test(reserve_one_by_one_grows_in_few_steps),
		cmocka_unit_test(reserve_that_fails_changes_nothing),
		cmocka_unit_test(reserve_of_more_bytes_than_there_are_does_not_wrap),
		cmocka_unit_test(copy_has_the_same_bytes_elsewhere),
		cmocka_unit_test(copy_of_nothing_is_null),
		cmocka_unit_test(copy_that_fails_writes_nothing),
		cmocka_unit_test(oom_fails_the_one_allocation_that_was_named),
	};

	return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a whole set into an array of the caller's. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "set-help.h"

static void read_without_an_array_only_counts(void **state)
{
	struct iova_set *set = set_of({ 0, 9 }, { 20, 29 });

	(void)state;
	assert_int_equal(iova_set_read(set, NULL, 2), 2);
	assert_int_equal(iova_set_read(set, NULL, 0), 2);
	iova_set_free(set);
}

static void read_writes_no_more_than_there_is_room_for(void **state)
{
	struct iova_set *set = set_of({ 1, 9 }, { 20, 29 }, { 40, 49 });
	struct iova_range ranges[3] = { { 7, 7 }, { 7, 7 }, { 7, 7 } };

	(void)state;
	assert_int_equal(iova_set_read(set, ranges, 2), 3);
	assert_int_equal(ranges[0].start, 1);
	assert_int_equal(ranges[1].last, 29);
	assert_int_equal(ranges[2].start, 7);
	assert_int_equal(iova_set_read(set, ranges, 3), 3);
	assert_int_equal(ranges[2].last, 49);
	iova_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_without_an_array_only_counts),
		cmocka_unit_test(read_writes_no_more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* The first, the last and the one behind it: reservations, reasons, mappings. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "set-help.h"
#include "space-help.h"

#define RESERVED 5

static void reserve_nth(struct iova_space *space, uint64_t i)
{
	char name[] = "a";

	name[0] += (char)i;
	assert_int_equal(iova_space_reserve(space, RANGE((i + 1) * MIB, (i + 1) * MIB + PAGE - 1),
					    name, NULL),
			 0);
}

/* The name of the reservation there, or "-" if the space has none. */
static const char *name_at(const struct iova_space *space, uint64_t i)
{
	static struct iova_conflict conflict;
	struct iova_check check = { .size = sizeof check };

	assert_int_equal(iova_space_check(space, (i + 1) * MIB, PAGE, &check, &conflict, 1), 0);
	return check.n_conflicts ? conflict.word : "-";
}

static void unreserve_leaves_all_the_others(void **state)
{
	(void)state;
	for (uint64_t gone = 0; gone < RESERVED; gone++) {
		struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
		struct iova_range range = { (gone + 1) * MIB, (gone + 1) * MIB + PAGE - 1 };

		for (uint64_t i = 0; i < RESERVED; i++)
			reserve_nth(space, i);
		assert_int_equal(iova_space_unreserve(space, &range, NULL), 0);
		for (uint64_t i = 0; i < RESERVED; i++) {
			char name[] = "a";

			name[0] += (char)i;
			assert_string_equal(name_at(space, i), i == gone ? "-" : name);
		}
		assert_int_equal(iova_space_unreserve(space, &range, NULL), -ENOENT);
		iova_space_free(space);
	}
}

static void reservation_without_a_name_has_an_empty_one(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);

	(void)state;
	assert_int_equal(iova_space_reserve(space, RANGE(MIB, MIB + PAGE - 1), NULL, NULL), 0);
	assert_string_equal(name_at(space, 0), "");
	iova_space_free(space);
}

/* With as many segments as the array has room for, a sanitizer sees who looks behind them. */
static void a_segment_behind_the_last_has_no_reasons(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);

	(void)state;
	for (uint64_t i = 0; i < 10; i++) {
		struct iova_segment segment;
		struct iova_conflict reason;
		size_t n = 0;

		while (!iova_space_nth_segment(space, n, &segment))
			n++;
		assert_int_equal(iova_space_nth_reason(space, n, 0, &reason), -ENOENT);
		assert_int_equal(iova_space_nth_reason(space, SIZE_MAX >> 12, 0, &reason), -ENOENT);
		reserve_nth(space, i);
	}
	iova_space_free(space);
}

static void forget_of_one_address_finds_nothing_or_cuts(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);

	(void)state;
	record_mapping(space, MIB, 2 * MIB - 1);
	assert_int_equal(iova_space_forget(space, RANGE(PAGE, PAGE), NULL), -ENOENT);
	assert_int_equal(iova_space_forget(space, RANGE(MIB, MIB), NULL), -EINVAL);
	assert_int_equal(iova_space_count(space), 1);
	iova_space_free(space);
}

static void a_policy_that_names_no_mode_has_the_built_in_one(void **state)
{
	struct iova_policy *policy = policy_of(IOVA_POLICY_DEFAULT), copy;

	(void)state;
	assert_int_equal(policy->mode, IOVA_BUILT_IN_POLICY);
	assert_int_equal(iova_policy_copy_(&copy, NULL), 0);
	assert_int_equal(copy.mode, IOVA_BUILT_IN_POLICY);
	assert_int_equal(iova_policy_override_group(policy, 1, IOVA_VERDICT_ALLOW), 0);
	assert_int_equal(iova_policy_copy_(&copy, policy), 0);
	assert_int_equal(copy.n, 1);
	assert_int_equal(copy.room, 1);
	iova_policy_done_(&copy);
	iova_policy_free(policy);
}

static void an_override_of_a_group_is_none_of_the_first_byte(void **state)
{
	const struct iova_group group = { .info.id = 1 };
	const struct iova_region region = { .type = IOVA_REGION_RESERVED };
	struct iova_policy *policy = policy_of(IOVA_POLICY_WARN);
	uint64_t last = 1;

	(void)state;
	assert_int_equal(iova_policy_override_group(policy, 1, IOVA_VERDICT_ALLOW), 0);
	assert_int_equal(iova_policy_judge_(policy, &group, &region, false, 0, &last),
			 IOVA_VERDICT_REFUSE);
	assert_int_equal(last, 0);
	iova_policy_free(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unreserve_leaves_all_the_others),
		cmocka_unit_test(reservation_without_a_name_has_an_empty_one),
		cmocka_unit_test(a_segment_behind_the_last_has_no_reasons),
		cmocka_unit_test(forget_of_one_address_finds_nothing_or_cuts),
		cmocka_unit_test(a_policy_that_names_no_mode_has_the_built_in_one),
		cmocka_unit_test(an_override_of_a_group_is_none_of_the_first_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

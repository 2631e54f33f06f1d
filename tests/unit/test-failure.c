/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/failure.h"

static void both_ways_to_begin_are_the_same(void **state)
{
	const struct iova_failure made = iova_failure_about_(IOVA_GROUP_NONE);
	const struct iova_failure init = IOVA_FAILURE_INIT;

	(void)state;
	assert_memory_equal(&made, &init, sizeof made);
	assert_int_equal(made.size, sizeof made);
	assert_int_equal(made.group, IOVA_GROUP_NONE);
	assert_int_equal(made.conflict.group, IOVA_GROUP_NONE);
	assert_int_equal(iova_failure_about_(7).group, 7);
	assert_int_equal(iova_failure_about_(7).conflict.group, IOVA_GROUP_NONE);
}

static void later_word_on_a_failure_replaces_the_earlier(void **state)
{
	struct iova_failure failure = iova_failure_about_(3);

	(void)state;
	assert_int_equal(iova_kernel_failed_(&failure, IOVA_STEP_MAP, -EFAULT), -EFAULT);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(failure.why, IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_failed_(&failure, IOVA_STEP_CHECK, IOVA_WHY_OVERLAP, -EEXIST),
			 -EEXIST);
	assert_int_equal(failure.from_kernel, 0);
	assert_int_equal(failure.step, IOVA_STEP_CHECK);
	assert_int_equal(failure.why, IOVA_WHY_OVERLAP);
	assert_int_equal(failure.error, -EEXIST);
	assert_int_equal(iova_kernel_failed_(&failure, IOVA_STEP_UNMAP, -EINVAL), -EINVAL);
	assert_int_equal(failure.why, IOVA_WHY_UNKNOWN);
	assert_int_equal(failure.group, 3);
}

static void failure_is_given_only_when_there_is_one(void **state)
{
	struct iova_failure failure = iova_failure_about_(3), given = IOVA_FAILURE_INIT;
	const struct iova_failure before = given;

	(void)state;
	iova_failed_(&failure, IOVA_STEP_CHECK, IOVA_WHY_OVERLAP, -EEXIST);
	assert_int_equal(iova_failure_give_(&given, &failure, 0), 0);
	assert_int_equal(iova_failure_give_(&given, &failure, 5), 5);
	assert_memory_equal(&given, &before, sizeof given);
	assert_int_equal(iova_failure_give_(NULL, &failure, -EEXIST), -EEXIST);
	/* what is returned is what is told */
	assert_int_equal(iova_failure_give_(&given, &failure, -EBADFD), -EBADFD);
	assert_int_equal(given.error, -EBADFD);
	assert_int_equal(given.why, IOVA_WHY_OVERLAP);
	assert_int_equal(given.group, 3);
}

static void failure_is_given_to_programs_of_other_versions(void **state)
{
	struct iova_failure failure = iova_failure_about_(3);
	struct {
		struct iova_failure failure;
		uint64_t more;
	} newer = { .failure.size = sizeof newer, .more = 5 };
	struct iova_failure shorter = { .size = sizeof shorter - 1, .step = 99 };

	(void)state;
	iova_failed_(&failure, IOVA_STEP_MAP, IOVA_WHY_NO_IOMMU, -ENODEV);
	assert_int_equal(iova_failure_give_(&newer.failure, &failure, -ENODEV), -ENODEV);
	assert_int_equal(newer.failure.size, sizeof newer);
	assert_int_equal(newer.failure.step, IOVA_STEP_MAP);
	assert_int_equal(newer.more, 0);
	assert_int_equal(iova_failure_give_(&shorter, &failure, -ENODEV), -ENODEV);
	assert_int_equal(shorter.step, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_to_begin_are_the_same),
		cmocka_unit_test(later_word_on_a_failure_replaces_the_earlier),
		cmocka_unit_test(failure_is_given_only_when_there_is_one),
		cmocka_unit_test(failure_is_given_to_programs_of_other_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

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
#include "set-help.h"
#include "space-help.h"

#define ALLOW IOVA_VERDICT_ALLOW
#define WARN IOVA_VERDICT_WARN
#define REFUSE IOVA_VERDICT_REFUSE

/* The verdict that the library was built with for relaxable regions. */
#define BUILT_IN                                                \
	(IOVA_BUILT_IN_POLICY == IOVA_POLICY_STRICT  ? REFUSE : \
	 IOVA_BUILT_IN_POLICY == IOVA_POLICY_RELAXED ? ALLOW :  \
						       WARN)

static struct made_host made;

/* Group 1: one network device. Its region is the last one added. */
static const struct iova_region *one_region(uint32_t type)
{
	made_begin(&made);
	made_plain_group(&made, 1);
	made_region(&made, 0x10000, 0x1ffff, type);
	return &made.regions[0][0];
}

static uint32_t judge(const struct iova_policy *policy, const struct iova_region *region,
		      bool has_list, uint64_t address, uint64_t expected_last)
{
	uint64_t last = 0;
	uint32_t verdict =
		iova_policy_judge_(policy, &made.groups[0], region, has_list, address, &last);

	assert_int_equal(last, expected_last);
	return verdict;
}

static uint32_t judge_whole(const struct iova_policy *policy, const struct iova_region *region)
{
	return judge(policy, region, true, region->range.start, region->range.last);
}

static void mode_decides_about_relaxable_regions_only(void **state)
{
	static const struct {
		uint32_t mode, verdict;
	} modes[] = {
		{ IOVA_POLICY_DEFAULT, BUILT_IN },
		{ IOVA_POLICY_STRICT, REFUSE },
		{ IOVA_POLICY_WARN, WARN },
		{ IOVA_POLICY_RELAXED, ALLOW },
	};

	(void)state;
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		struct iova_policy *policy = policy_of(modes[i].mode);

		for (uint32_t type = IOVA_REGION_DIRECT; type <= IOVA_REGION_UNKNOWN; type++)
			assert_int_equal(judge_whole(policy, one_region(type)),
					 type == IOVA_REGION_DIRECT_RELAXABLE ? modes[i].verdict :
										REFUSE);
		assert_int_equal(iova_policy_unreadable_(policy), modes[i].verdict);
		iova_policy_free(policy);
	}
}

static void narrower_override_wins_in_any_order(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		struct iova_policy *policy = policy_of(IOVA_POLICY_WARN);
		const struct iova_region *region = one_region(IOVA_REGION_DIRECT_RELAXABLE);

		if (order)
			assert_int_equal(iova_policy_override_device(policy, "01:00.0", ALLOW), 0);
		assert_int_equal(iova_policy_override_group(policy, 1, REFUSE), 0);
		if (!order) {
			assert_int_equal(judge_whole(policy, region), REFUSE);
			assert_int_equal(iova_policy_override_device(policy, "0000:01:00.0", ALLOW),
					 0);
		}
		assert_int_equal(judge_whole(policy, region), ALLOW);
		assert_int_equal(iova_policy_override_range(policy, RANGE(0, TOP), WARN), 0);
		assert_int_equal(judge_whole(policy, region), WARN);
		assert_int_equal(iova_policy_override_device(policy, "01:00.0", REFUSE), 0);
		assert_int_equal(judge_whole(policy, region), WARN);
		iova_policy_free(policy);
	}
}

static void later_of_equal_overrides_wins(void **state)
{
	struct iova_policy *policy = policy_of(IOVA_POLICY_WARN);
	const struct iova_region *region = one_region(IOVA_REGION_DIRECT_RELAXABLE);

	(void)state;
	assert_int_equal(iova_policy_override_group(policy, 1, REFUSE), 0);
	assert_int_equal(iova_policy_override_group(policy, 1, ALLOW), 0);
	assert_int_equal(iova_policy_override_group(policy, 2, REFUSE), 0);
	assert_int_equal(judge_whole(policy, region), ALLOW);
	assert_int_equal(iova_policy_override_range(policy, RANGE(0x10000, 0x1ffff), WARN), 0);
	assert_int_equal(iova_policy_override_range(policy, RANGE(0x10000, 0x1ffff), REFUSE), 0);
	assert_int_equal(judge_whole(policy, region), REFUSE);
	iova_policy_free(policy);
}

static void range_override_holds_exactly_inside_its_bounds(void **state)
{
	struct iova_policy *policy = policy_of(IOVA_POLICY_WARN);
	const struct iova_region *region = one_region(IOVA_REGION_DIRECT_RELAXABLE);

	(void)state;
	assert_int_equal(iova_policy_override_range(policy, RANGE(0x12000, 0x12fff), ALLOW), 0);
	assert_int_equal(iova_policy_override_range(policy, RANGE(0x1f000, TOP), REFUSE), 0);
	assert_int_equal(judge(policy, region, true, 0x10000, 0x11fff), WARN);
	assert_int_equal(judge(policy, region, true, 0x11fff, 0x11fff), WARN);
	assert_int_equal(judge(policy, region, true, 0x12000, 0x12fff), ALLOW);
	assert_int_equal(judge(policy, region, true, 0x13000, 0x1efff), WARN);
	assert_int_equal(judge(policy, region, true, 0x1f000, 0x1ffff), REFUSE);
	iova_policy_free(policy);
}

static void strict_region_yields_only_to_its_own_bounds_and_only_without_a_list(void **state)
{
	(void)state;
	for (uint32_t type = IOVA_REGION_DIRECT; type <= IOVA_REGION_UNKNOWN; type++) {
		struct iova_policy *policy = policy_of(IOVA_POLICY_RELAXED);
		const struct iova_region *region = one_region(type);
		bool may = type != IOVA_REGION_MSI;

		if (type == IOVA_REGION_DIRECT_RELAXABLE) {
			iova_policy_free(policy);
			continue;
		}
		assert_int_equal(iova_policy_override_range(policy, RANGE(0, TOP), ALLOW), 0);
		assert_int_equal(iova_policy_override_range(policy, RANGE(0x10000, 0x1fffe), ALLOW),
				 0);
		assert_int_equal(iova_policy_override_range(policy, RANGE(0x10001, 0x1ffff), ALLOW),
				 0);
		assert_int_equal(iova_policy_override_range(policy, RANGE(0x10000, 0x20000), ALLOW),
				 0);
		assert_int_equal(iova_policy_override_group(policy, 1, ALLOW), 0);
		assert_int_equal(iova_policy_override_device(policy, "01:00.0", ALLOW), 0);
		assert_int_equal(judge(policy, region, false, 0x10000, 0x1ffff), REFUSE);
		assert_int_equal(iova_policy_override_range(policy, RANGE(0x10000, 0x1ffff), ALLOW),
				 0);
		assert_int_equal(judge(policy, region, false, 0x10000, 0x1ffff),
				 may ? ALLOW : REFUSE);
		assert_int_equal(judge(policy, region, true, 0x10000, 0x1ffff), REFUSE);
		iova_policy_free(policy);
	}
}

static const char *owner_of(const struct iova_region *region)
{
	const struct iova_device_info *owner = iova_group_region_owner_(&made.groups[0], region);

	return owner ? owner->name : "";
}

static void region_belongs_to_the_only_device_that_can_have_it(void **state)
{
	(void)state;
	assert_string_equal(owner_of(one_region(IOVA_REGION_DIRECT)), "0000:01:00.0");
	assert_string_equal(owner_of(one_region(IOVA_REGION_MSI)), "");
	/* one USB controller among others: the relaxable one is its own, the direct one not */
	one_region(IOVA_REGION_DIRECT_RELAXABLE);
	made_device(&made, "0000:01:00.1", CLASS_USB, NULL);
	made_region(&made, 0x30000, 0x3ffff, IOVA_REGION_DIRECT);
	made_region(&made, 0, 0xffffff, IOVA_REGION_DIRECT_RELAXABLE);
	assert_string_equal(owner_of(&made.regions[0][0]), "0000:01:00.1");
	assert_string_equal(owner_of(&made.regions[0][1]), "");
	/* the first 16 MiB are the ISA bridge's where there is one */
	made_device(&made, "0000:01:00.2", CLASS_ISA, NULL);
	assert_string_equal(owner_of(&made.regions[0][2]), "0000:01:00.2");
	assert_string_equal(owner_of(&made.regions[0][0]), "0000:01:00.1");
	/* two that can have it: nobody knows */
	made_device(&made, "0000:01:00.3", CLASS_DISPLAY, NULL);
	assert_string_equal(owner_of(&made.regions[0][0]), "");
	made_device(&made, "0000:01:00.4", CLASS_ISA, NULL);
	assert_string_equal(owner_of(&made.regions[0][2]), "");
}

/* The kernel merges regions of one type that touch, so this one may be of both. */
static void region_that_goes_on_behind_the_isa_bridges_own_is_nobodys(void **state)
{
	(void)state;
	made_begin(&made);
	made_group(&made, 1, IOVA_REGIONS_READ);
	made_device(&made, "0000:00:1f.0", CLASS_ISA, NULL);
	made_device(&made, "0000:00:1d.0", CLASS_USB, NULL);
	made_region(&made, 0, 0x1ffffff, IOVA_REGION_DIRECT_RELAXABLE);
	assert_string_equal(owner_of(&made.regions[0][0]), "");
	made_region(&made, 0x2000000, 0x2ffffff, IOVA_REGION_DIRECT_RELAXABLE);
	assert_string_equal(owner_of(&made.regions[0][1]), "0000:00:1d.0");
}

static void device_override_without_an_owner_may_only_refuse(void **state)
{
	struct iova_policy *policy = policy_of(IOVA_POLICY_WARN);
	const struct iova_region *region = one_region(IOVA_REGION_DIRECT_RELAXABLE);

	(void)state;
	made_device(&made, "0000:01:00.1", CLASS_NET, NULL);
	assert_int_equal(iova_policy_override_device(policy, "0000:01:00.1", ALLOW), 0);
	assert_int_equal(judge_whole(policy, region), WARN);
	assert_int_equal(iova_policy_override_device(policy, "0000:05:00.0", REFUSE), 0);
	assert_int_equal(judge_whole(policy, region), WARN);
	assert_int_equal(iova_policy_override_device(policy, "0000:01:00.0", REFUSE), 0);
	assert_int_equal(judge_whole(policy, region), REFUSE);
	iova_policy_free(policy);
}

static void device_override_spares_regions_of_other_devices(void **state)
{
	struct iova_policy *policy = policy_of(IOVA_POLICY_WARN);

	(void)state;
	one_region(IOVA_REGION_DIRECT_RELAXABLE);
	made_device(&made, "0000:01:00.1", CLASS_USB, NULL);
	assert_int_equal(iova_policy_override_device(policy, "0000:01:00.0", REFUSE), 0);
	assert_int_equal(judge_whole(policy, &made.regions[0][0]), WARN);
	assert_int_equal(iova_policy_override_device(policy, "0000:01:00.1", ALLOW), 0);
	assert_int_equal(judge_whole(policy, &made.regions[0][0]), ALLOW);
	iova_policy_free(policy);
}

static void device_of_another_bus_is_named_as_it_is(void **state)
{
	struct iova_policy *policy = policy_of(IOVA_POLICY_WARN);

	(void)state;
	made_begin(&made);
	made_group(&made, 1, IOVA_REGIONS_READ);
	made_device(&made, "fe5b0000.Usb", 0, NULL);
	made_region(&made, 0x1000, 0x1fff, IOVA_REGION_DIRECT_RELAXABLE);
	assert_int_equal(iova_policy_override_device(policy, "fe5b0000.Usb", ALLOW), 0);
	assert_int_equal(judge_whole(policy, &made.regions[0][0]), ALLOW);
	iova_policy_free(policy);
}

static void unreadable_follows_the_mode_until_it_is_set(void **state)
{
	struct iova_policy *policy = policy_of(IOVA_POLICY_STRICT);

	(void)state;
	assert_int_equal(iova_policy_unreadable_(policy), REFUSE);
	assert_int_equal(iova_policy_set_unreadable(policy, ALLOW), 0);
	assert_int_equal(iova_policy_unreadable_(policy), ALLOW);
	assert_int_equal(judge_whole(policy, one_region(IOVA_REGION_DIRECT_RELAXABLE)), REFUSE);
	iova_policy_free(policy);
}

static void copy_of_a_policy_is_its_own(void **state)
{
	struct iova_policy *policy = policy_of(IOVA_POLICY_STRICT), copy;
	const struct iova_region *region = one_region(IOVA_REGION_DIRECT_RELAXABLE);

	(void)state;
	assert_int_equal(iova_policy_override_group(policy, 1, WARN), 0);
	assert_int_equal(iova_policy_copy_(&copy, policy), 0);
	assert_int_equal(iova_policy_override_group(policy, 1, ALLOW), 0);
	assert_int_equal(judge_whole(&copy, region), WARN);
	assert_int_equal(iova_policy_override_group(&copy, 1, REFUSE), 0);
	assert_int_equal(judge_whole(policy, region), ALLOW);
	iova_policy_done_(&copy);
	assert_int_equal(iova_policy_copy_(&copy, NULL), 0);
	assert_int_equal(judge_whole(&copy, region), BUILT_IN);
	iova_policy_done_(&copy);
	iova_policy_free(policy);
}

static void policy_refuses_bad_arguments(void **state)
{
	struct iova_policy *policy = policy_of(IOVA_POLICY_WARN), *untouched = (void *)1;
	char name[IOVA_DEVICE_NAME_MAX + 1];

	(void)state;
	memset(name, 'x', sizeof name);
	name[sizeof name - 1] = '\0';
	assert_int_equal(iova_policy_new(4, &untouched), -EINVAL);
	assert_int_equal(iova_policy_new(IOVA_POLICY_WARN, NULL), -EINVAL);
	assert_ptr_equal(untouched, (void *)1);
	for (uint32_t verdict = 0; verdict < 5; verdict += 4) {
		assert_int_equal(iova_policy_override_range(policy, RANGE(1, 2), verdict), -EINVAL);
		assert_int_equal(iova_policy_override_group(policy, 1, verdict), -EINVAL);
		assert_int_equal(iova_policy_override_device(policy, "a", verdict), -EINVAL);
		assert_int_equal(iova_policy_set_unreadable(policy, verdict), -EINVAL);
	}
	assert_int_equal(iova_policy_override_range(NULL, RANGE(1, 2), WARN), -EINVAL);
	assert_int_equal(iova_policy_override_range(policy, NULL, WARN), -EINVAL);
	assert_int_equal(iova_policy_override_range(policy, RANGE(2, 1), WARN), -EINVAL);
	assert_int_equal(iova_policy_override_group(NULL, 1, WARN), -EINVAL);
	assert_int_equal(iova_policy_override_device(NULL, "a", WARN), -EINVAL);
	assert_int_equal(iova_policy_override_device(policy, NULL, WARN), -EINVAL);
	assert_int_equal(iova_policy_override_device(policy, "", WARN), -EINVAL);
	assert_int_equal(iova_policy_override_device(policy, name, WARN), -EINVAL);
	assert_int_equal(iova_policy_set_unreadable(NULL, WARN), -EINVAL);
	assert_int_equal(policy->n, 0);
	assert_int_equal(policy->unreadable, 0);
	assert_int_equal(iova_policy_override_device(policy, name + 1, WARN), 0);
	iova_policy_free(policy);
	iova_policy_free(NULL);
}

static void policy_without_memory_stays_as_it_was(void **state)
{
	struct iova_policy *policy = (void *)1, copy = { .mode = 77 };

	(void)state;
	oom_fail_at(0);
	assert_int_equal(iova_policy_new(IOVA_POLICY_WARN, &policy), -ENOMEM);
	oom_off();
	assert_ptr_equal(policy, (void *)1);
	policy = policy_of(IOVA_POLICY_WARN);
	oom_fail_at(0);
	assert_int_equal(iova_policy_override_group(policy, 1, WARN), -ENOMEM);
	oom_fail_at(0);
	assert_int_equal(iova_policy_override_range(policy, RANGE(1, 2), WARN), -ENOMEM);
	oom_fail_at(0);
	assert_int_equal(iova_policy_override_device(policy, "a", WARN), -ENOMEM);
	oom_off();
	assert_int_equal(policy->n, 0);
	assert_int_equal(iova_policy_override_group(policy, 1, WARN), 0);
	oom_fail_at(0);
	assert_int_equal(iova_policy_copy_(&copy, policy), -ENOMEM);
	oom_off();
	assert_int_equal(copy.mode, 77);
	iova_policy_free(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mode_decides_about_relaxable_regions_only),
		cmocka_unit_test(narrower_override_wins_in_any_order),
		cmocka_unit_test(later_of_equal_overrides_wins),
		cmocka_unit_test(range_override_holds_exactly_inside_its_bounds),
		cmocka_unit_test(
			strict_region_yields_only_to_its_own_bounds_and_only_without_a_list),
		cmocka_unit_test(region_belongs_to_the_only_device_that_can_have_it),
		cmocka_unit_test(region_that_goes_on_behind_the_isa_bridges_own_is_nobodys),
		cmocka_unit_test(device_override_without_an_owner_may_only_refuse),
		cmocka_unit_test(device_override_spares_regions_of_other_devices),
		cmocka_unit_test(device_of_another_bus_is_named_as_it_is),
		cmocka_unit_test(unreadable_follows_the_mode_until_it_is_set),
		cmocka_unit_test(copy_of_a_policy_is_its_own),
		cmocka_unit_test(policy_refuses_bad_arguments),
		cmocka_unit_test(policy_without_memory_stays_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

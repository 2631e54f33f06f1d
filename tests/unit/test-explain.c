/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "made-host.h"

#include "explain-help.h"

static void direct_region_is_the_cause_on_old_and_new_kernels(void **state)
{
	static const struct {
		uint32_t step;
		int error;
	} kernels[] = {
		{ IOVA_STEP_SET_IOMMU, -EPERM },     /* to 5.17, 6.2 to 6.5: VT-d */
		{ IOVA_STEP_SET_CONTAINER, -EPERM }, /* 5.19 to 6.1: VT-d */
		{ IOVA_STEP_SET_CONTAINER, -EINVAL } /* from 6.6 */
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct iova_failure failure = failure_of(kernels[i].step, kernels[i].error, 1);
		struct iova_explanation said = explain(&failure, true);

		assert_says(said.cause, "group 1");
		assert_says(said.cause, "0x7c000000-0x7c0fffff");
		assert_says(said.cause, "RMRR");
		assert_does_not_say(said.cause, "interrupt");
		assert_says(said.remedy, "firmware");
		/* on VT-d with EPERM it could be interrupts as well; EINVAL never is */
		if (kernels[i].error == -EPERM)
			assert_says(said.remedy, "interrupt remapping");
		else
			assert_does_not_say(said.remedy, "interrupt");
	}
}

static void foreign_driver_comes_before_a_direct_region_where_the_owner_is_claimed(void **state)
{
	struct iova_failure failure = failure_of(IOVA_STEP_SET_CONTAINER, -EPERM, 4);
	struct iova_explanation said = explain(&failure, true);

	(void)state;
	assert_says(said.cause, "ixgbe");
	failure.step = IOVA_STEP_SET_IOMMU;
	said = explain(&failure, true);
	assert_says(said.cause, "0x7d000000-0x7d0fffff");
}

static void missing_interrupt_remapping_is_the_cause_without_a_direct_region(void **state)
{
	struct iova_failure failure = failure_of(IOVA_STEP_SET_IOMMU, -EPERM, 3);
	struct iova_explanation said = explain(&failure, true);

	(void)state;
	assert_says(said.cause, "group 3");
	assert_says(said.cause, "does not remap interrupts");
	assert_does_not_say(said.cause, "RMRR");
	assert_says(said.remedy, "allow_unsafe_interrupts");
	/* what is not known is not ruled out */
	said = explain(&failure, false);
	assert_says(said.cause, "interrupts");
	assert_says(said.cause, "RMRR");
	failure.group = 5;
	said = explain(&failure, true);
	assert_says(said.cause, "RMRR");
	assert_says(said.remedy, "allow_unsafe_interrupts");
}

static void group_that_is_not_viable_is_told_with_device_and_driver(void **state)
{
	struct iova_failure failure = failure_of(IOVA_STEP_SET_CONTAINER, -EPERM, 2);
	struct iova_explanation said;

	(void)state;
	for (int i = 0; i < 3; i++) {
		if (i == 1)
			failure.why = IOVA_WHY_NOT_VIABLE;
		if (i == 2)
			failure = failure_of(IOVA_STEP_OPEN_DEVICE, -EINVAL, 2);
		said = explain(&failure, true);
		assert_says(said.cause, "IOMMU group 2 is not viable");
		assert_says(said.cause, "0000:02:00.1");
		assert_says(said.cause, "nvme");
		assert_says(said.remedy, "Unbind 0000:02:00.1 from nvme");
		assert_says(said.remedy, "1 more");
	}
}

/* The errno of a later group may be about its owner or about its IOMMU. */
static void refused_group_without_a_culprit_is_told_with_all_causes(void **state)
{
	struct iova_failure failure = failure_of(IOVA_STEP_SET_CONTAINER, -EPERM, 3);
	struct iova_explanation said = explain(&failure, true);

	(void)state;
	assert_says(said.cause, "group 3");
	assert_says(said.cause, "not viable");
	assert_says(said.cause, "interrupts");
	assert_does_not_say(said.cause, "RMRR");
	assert_says(explain(&failure, false).cause, "RMRR");
}

static void mapping_failures_name_range_and_numbers(void **state)
{
	struct iova_failure failure = failure_of(IOVA_STEP_MAP, -ENOMEM, IOVA_GROUP_NONE);
	struct iova_explanation said;

	(void)state;
	fill(&failure);
	failure.n_conflicts = 0;
	said = explain(&failure, false);
	assert_says(said.cause, "0x100000+0x2000");
	assert_says(said.cause, "RLIMIT_MEMLOCK");
	failure.why = IOVA_WHY_MEMLOCK;
	failure.expected = 0x200001;
	failure.actual = 0x10fff;
	said = explain(&failure, false);
	assert_says(said.cause, "2049 KiB");
	assert_says(said.cause, "67 KiB");
	assert_says(said.remedy, "ulimit -l");
	failure.why = IOVA_WHY_ENTRY_LIMIT;
	said = explain(&failure, false);
	assert_says(said.cause, "65535");
	assert_says(said.remedy, "dma_entry_limit");
	failure.why = 0;
	failure.error = -ENOSPC;
	said = explain(&failure, false);
	assert_says(said.remedy, "dma_entry_limit");
	failure.error = -EINVAL;
	said = explain(&failure, false);
	assert_says(said.cause, "0x100000+0x2000");
	assert_says(said.cause, "valid ranges");
	failure.error = -EFAULT;
	said = explain(&failure, false);
	assert_says(said.cause, "0x7f0000000000");
}

static void overlap_names_the_mapping_it_hits(void **state)
{
	struct iova_failure failure = failure_of(IOVA_STEP_CHECK, -EEXIST, IOVA_GROUP_NONE);
	struct iova_explanation said;

	(void)state;
	fill(&failure);
	failure.why = IOVA_WHY_OVERLAP;
	failure.conflict = (struct iova_conflict){ .range = { 0x101000, 0x101fff },
						   .region = { 0x101000, 0x10ffff },
						   .source = IOVA_SOURCE_MAPPING,
						   .verdict = IOVA_VERDICT_REFUSE,
						   .group = IOVA_GROUP_NONE,
						   .vaddr = 0x7eee00000000 };
	said = explain(&failure, false);
	assert_says(said.cause, "0x100000+0x2000");
	assert_says(said.cause, "0x101000-0x10ffff");
	assert_says(said.cause, "0x7eee00000000");
	failure.why = IOVA_WHY_CUTS_MAPPING;
	assert_says(explain(&failure, false).cause, "0x101000-0x10ffff");
	/* not one of ours, so only the kernel knows */
	failure.why = IOVA_WHY_OVERLAP;
	failure.n_conflicts = 0;
	assert_says(explain(&failure, false).cause, "not made through this context");
	/* a count without a conflict is no conflict either */
	failure.n_conflicts = 2;
	failure.conflict = (struct iova_conflict){ .source = 0 };
	assert_does_not_say(explain(&failure, false).cause, "not free");
	failure.why = 0;
	failure.step = IOVA_STEP_MAP;
	failure.error = -EINVAL;
	assert_does_not_say(explain(&failure, false).cause, "not free");
}

static void refusal_names_what_is_hit_and_offers_the_override_only_where_there_is_one(void **state)
{
	struct iova_failure failure = failure_of(IOVA_STEP_CHECK, -EADDRNOTAVAIL, IOVA_GROUP_NONE);
	struct iova_explanation said;

	(void)state;
	fill(&failure);
	failure.why = IOVA_WHY_REFUSED;
	said = explain(&failure, false);
	assert_says(said.cause, "0x100000+0x2000");
	assert_says(said.cause, "msi region");
	assert_says(said.cause, "group 3");
	assert_does_not_say(said.remedy, "override");
	failure.conflict.type = IOVA_REGION_DIRECT_RELAXABLE;
	assert_says(explain(&failure, false).remedy, "override");
	failure.why = IOVA_WHY_BREAKS_MAPPING;
	failure.group = 3;
	said = explain(&failure, false);
	assert_says(said.cause, "IOMMU group 3 cannot join");
	assert_says(said.cause, "0x100000+0x2000");
}

static void alignment_names_the_one_that_is_off(void **state)
{
	struct iova_failure failure = failure_of(IOVA_STEP_ARGUMENT, -EINVAL, IOVA_GROUP_NONE);

	(void)state;
	failure.why = IOVA_WHY_UNALIGNED;
	failure.granule = 0x1000;
	failure.vaddr = 0x7f0000000800;
	failure.length = 0x2000;
	assert_says(explain(&failure, false).cause, "memory at 0x7f0000000800");
	failure.length = 0x2400;
	assert_says(explain(&failure, false).cause, "length 0x2400");
	failure.iova = 0x10001;
	assert_says(explain(&failure, false).cause, "IOVA 0x10001");
	assert_says(explain(&failure, false).cause, "0x1000 bytes");
}

static void lookups_name_the_thing(void **state)
{
	struct iova_failure failure = failure_of(IOVA_STEP_OPEN_GROUP, -ENOENT, 77);

	(void)state;
	assert_says(explain(&failure, true).cause, "group 77");
	assert_says(explain(&failure, true).remedy, "driver_override");
	failure.why = IOVA_WHY_NO_GROUP;
	assert_says(explain(&failure, true).cause, "IOMMU group 77");
	failure.why = 0;
	failure.error = -EACCES;
	strcpy(failure.path, "/dev/vfio/77");
	assert_says(explain(&failure, true).cause, "/dev/vfio/77");
	failure.error = -EBUSY;
	assert_says(explain(&failure, true).cause, "IOMMU group 77 is open already");
	failure = failure_of(IOVA_STEP_OPEN_CONTAINER, -ENOENT, IOVA_GROUP_NONE);
	assert_says(explain(&failure, true).remedy, "modprobe");
	failure = failure_of(IOVA_STEP_ARGUMENT, -EINVAL, IOVA_GROUP_NONE);
	failure.why = IOVA_WHY_BAD_DEVICE_NAME;
	strcpy(failure.device, "lspci");
	assert_says(explain(&failure, true).cause, "\"lspci\"");
	failure.why = IOVA_WHY_NO_DEVICE;
	assert_says(explain(&failure, true).cause, "device lspci");
	failure.why = IOVA_WHY_NO_SYSFS;
	strcpy(failure.path, "/tmp/x/sys/kernel/iommu_groups");
	assert_says(explain(&failure, true).cause, "/tmp/x/sys/kernel/iommu_groups");
}

static void explain_refuses_bad_arguments(void **state)
{
	struct iova_failure failure = failure_of(IOVA_STEP_MAP, -EINVAL, 1);
	struct iova_explanation said = { "untouched", "too" };

	(void)state;
	assert_int_equal(iova_explain(NULL, NULL, &said), -EINVAL);
	assert_int_equal(iova_explain(&failure, NULL, NULL), -EINVAL);
	failure.size--;
	assert_int_equal(iova_explain(&failure, NULL, &said), -EINVAL);
	assert_string_equal(said.cause, "untouched");
	assert_string_equal(said.remedy, "too");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(direct_region_is_the_cause_on_old_and_new_kernels,
				       make_host),
		cmocka_unit_test_setup(
			foreign_driver_comes_before_a_direct_region_where_the_owner_is_claimed,
			make_host),
		cmocka_unit_test_setup(
			missing_interrupt_remapping_is_the_cause_without_a_direct_region,
			make_host),
		cmocka_unit_test_setup(group_that_is_not_viable_is_told_with_device_and_driver,
				       make_host),
		cmocka_unit_test_setup(refused_group_without_a_culprit_is_told_with_all_causes,
				       make_host),
		cmocka_unit_test_setup(mapping_failures_name_range_and_numbers, make_host),
		cmocka_unit_test_setup(overlap_names_the_mapping_it_hits, make_host),
		cmocka_unit_test_setup(
			refusal_names_what_is_hit_and_offers_the_override_only_where_there_is_one,
			make_host),
		cmocka_unit_test_setup(alignment_names_the_one_that_is_off, make_host),
		cmocka_unit_test_setup(lookups_name_the_thing, make_host),
		cmocka_unit_test(explain_refuses_bad_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Ranges that move: groups that come and go, here and behind our back, and sysfs that changes. */
#include "ctx-help.h"

#include <errno.h>
#include <string.h>

#define REGIONS_OF_NIC "/sys/kernel/iommu_groups/1/reserved_regions"

static struct iova_change *change_new(void)
{
	struct iova_change *change;

	assert_int_equal(iova_change_new(&change), 0);
	return change;
}

/* Exactly this range went from one tier to the other, and nothing else moved. */
static void assert_moved(const struct iova_change *change, uint32_t from, uint32_t to,
			 uint64_t start, uint64_t last)
{
	struct iova_range range;

	for (uint32_t tier = IOVA_TIER_USABLE; tier <= IOVA_TIER_REFUSED; tier++) {
		assert_int_equal(iova_set_count(iova_change_entered(change, tier)), tier == to);
		assert_int_equal(iova_set_count(iova_change_left(change, tier)), tier == from);
	}
	assert_int_equal(iova_set_nth(iova_change_entered(change, to), 0, &range), 0);
	assert_int_equal(range.start, start);
	assert_int_equal(range.last, last);
	assert_int_equal(iova_set_nth(iova_change_left(change, from), 0, &range), 0);
	assert_int_equal(range.start, start);
	assert_int_equal(range.last, last);
}

static size_t count_broken(const struct iova_change *change)
{
	struct iova_mapping mapping;
	size_t n = 0;

	while (!iova_change_nth_broken(change, n, &mapping, NULL))
		n++;
	return n;
}

static void a_group_that_comes_and_goes_is_reported(void **state)
{
	struct iova_ctx *ctx = ctx_with(*state, NULL, GROUP_NIC);
	struct iova_change *change = change_new();

	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_LPC, change, NULL), 0);
	assert_moved(change, IOVA_TIER_USABLE, IOVA_TIER_AVOID, 0, 0xffffff);
	assert_int_equal(iova_ctx_refresh(ctx, change, NULL), 0);
	assert_int_equal(iova_change_is_empty(change), 1);
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_LPC, change, NULL), 0);
	assert_moved(change, IOVA_TIER_AVOID, IOVA_TIER_USABLE, 0, 0xffffff);
	/* With the last group the kernel's list goes, and with it the hole for interrupts. */
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_NIC, change, NULL), 0);
	assert_moved(change, IOVA_TIER_REFUSED, IOVA_TIER_USABLE, 0xfee00000, 0xfeefffff);
	iova_change_free(change);
	iova_ctx_close(ctx);
}

static void mappings_that_become_doubtful_are_listed(void **state)
{
	const struct world *world = *state;
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx = ctx_with(world, &opts, GROUP_NIC);
	struct iova_change *change = change_new();
	struct iova_conflict conflict;
	struct iova_mapping mapping;

	assert_mapped(ctx, 0x100000, MIB);
	assert_mapped(ctx, AT, MIB);
	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_LPC, change, NULL), 0);
	assert_int_equal(count_broken(change), 1);
	assert_int_equal(iova_change_nth_broken(change, 0, &mapping, &conflict), 0);
	assert_int_equal(mapping.range.start, 0x100000);
	assert_int_equal(mapping.vaddr, VADDR);
	assert_int_equal(conflict.verdict, IOVA_VERDICT_WARN);
	assert_int_equal(conflict.type, IOVA_REGION_DIRECT_RELAXABLE);
	assert_int_equal(conflict.group, GROUP_LPC);
	assert_string_equal(conflict.device, "0000:00:1f.0");
	assert_int_equal(ears.n[IOVA_LOG_WARNING], 1);
	assert_non_null(strstr(ears.last[IOVA_LOG_WARNING], "0x100000-0x1fffff"));
	world_assert_n_mappings(world, 2);
	iova_change_free(change);
	iova_ctx_close(ctx);
}

static void a_group_that_breaks_a_mapping_is_not_shown_to_the_kernel(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct view before, after;
	uint64_t n;

	assert_int_equal(iova_sim_add_region(world->sim, GROUP_USB, AT + 0x1000, AT + 0x1fff,
					     "reserved"),
			 0);
	assert_mapped(ctx, AT, MIB);
	before = view_of(world, ctx);
	n = world_calls(world, IOVA_SIM_CALL_SET_CONTAINER);
	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_USB, NULL, &failure), -EADDRINUSE);
	assert_failed(&failure, -EADDRINUSE, IOVA_STEP_TRY, IOVA_WHY_BREAKS_MAPPING);
	assert_int_equal(failure.iova, AT);
	assert_int_equal(failure.length, MIB);
	assert_int_equal(failure.conflict.range.start, AT + 0x1000);
	assert_int_equal(failure.conflict.range.last, AT + 0x1fff);
	assert_names(&failure, ctx, "IOMMU group 2 ");
	assert_names(&failure, ctx, "0x40000000+0x100000");
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_SET_CONTAINER), n);
	after = view_of(world, ctx);
	assert_same_view(&before, &after);
	/* The kernel would have said EINVAL, and no more. */
	assert_int_equal(iova_sim_attach_behind(world->sim, IOVA_SIM_ONLY_CONTAINER, GROUP_USB),
			 -EINVAL);
	iova_ctx_close(ctx);
}

static void a_group_attached_behind_our_back_is_seen_by_a_refresh(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_change *change = change_new();

	assert_int_equal(iova_sim_add_region(world->sim, GROUP_USB, 0x90000000, 0x900fffff,
					     "reserved"),
			 0);
	assert_int_equal(iova_sim_attach_behind(world->sim, IOVA_SIM_ONLY_CONTAINER, GROUP_USB), 0);
	/* Until then the kernel says EINVAL of what looks free; it is told what to do. */
	assert_int_equal(map_at(ctx, 0x90000000, MIB, &failure), -EINVAL);
	assert_failed(&failure, -EINVAL, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	assert_int_equal(iova_ctx_refresh(ctx, change, NULL), 0);
	assert_moved(change, IOVA_TIER_USABLE, IOVA_TIER_REFUSED, 0x90000000, 0x900fffff);
	assert_int_equal(map_at(ctx, 0x90000000, MIB, &failure), -EADDRNOTAVAIL);
	assert_int_equal(failure.conflict.source, IOVA_SOURCE_KERNEL);
	assert_int_equal(iova_sim_detach_behind(world->sim, GROUP_USB), 0);
	assert_int_equal(iova_ctx_refresh(ctx, change, NULL), 0);
	assert_moved(change, IOVA_TIER_REFUSED, IOVA_TIER_USABLE, 0x90000000, 0x900fffff);
	assert_mapped(ctx, 0x90000000, MIB);
	iova_change_free(change);
	iova_ctx_close(ctx);
}

static void a_changed_sysfs_is_reported_with_what_it_breaks(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_change *change = change_new();
	struct iova_conflict conflict;
	struct iova_mapping mapping;

	assert_mapped(ctx, AT, MIB);
	assert_int_equal(iova_sim_file_text(world->sim, REGIONS_OF_NIC,
					    "0x0000000040080000 0x00000000400fffff reserved\n"
					    "0x00000000fee00000 0x00000000feefffff msi\n"),
			 0);
	assert_int_equal(iova_ctx_refresh(ctx, change, NULL), 0);
	assert_moved(change, IOVA_TIER_USABLE, IOVA_TIER_REFUSED, AT + MIB / 2, AT + MIB - 1);
	assert_int_equal(count_broken(change), 1);
	assert_int_equal(iova_change_nth_broken(change, 0, &mapping, &conflict), 0);
	assert_int_equal(conflict.range.start, AT + MIB / 2);
	assert_int_equal(conflict.type, IOVA_REGION_RESERVED);
	/* The mapping stays until its owner unmaps it, and cannot be made again. */
	world_assert_n_mappings(world, 1);
	assert_int_equal(iova_ctx_unmap(ctx, AT, MIB, NULL, NULL), 0);
	assert_int_equal(map_at(ctx, AT, MIB, NULL), -EADDRNOTAVAIL);
	iova_sim_clear_files(world->sim);
	assert_int_equal(iova_ctx_refresh(ctx, change, NULL), 0);
	assert_moved(change, IOVA_TIER_REFUSED, IOVA_TIER_USABLE, AT + MIB / 2, AT + MIB - 1);
	iova_change_free(change);
	iova_ctx_close(ctx);
}

static void a_report_of_a_failed_call_stays_as_it_was(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_change *change = change_new();

	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_LPC, change, NULL), 0);
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_GET_INFO, 1, EIO), 0);
	assert_int_equal(iova_ctx_refresh(ctx, change, NULL), -EIO);
	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_GPU, change, NULL), -EPERM);
	assert_moved(change, IOVA_TIER_USABLE, IOVA_TIER_AVOID, 0, 0xffffff);
	iova_change_free(change);
	iova_ctx_close(ctx);
}

/* Files that cannot be read, under each policy */

static void map_with_unreadable_regions(const struct world *world, uint32_t mode, int error,
					int n_warnings)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_policy *policy;
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx;

	assert_int_equal(iova_policy_new(mode, &policy), 0);
	opts.policy = policy;
	ctx = ctx_with(world, &opts, GROUP_NIC);
	iova_policy_free(policy);
	assert_int_equal(ears.n[IOVA_LOG_WARNING], n_warnings);
	assert_non_null(strstr(ears.last[IOVA_LOG_WARNING], "group 1"));
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(map_at(ctx, AT + i * MIB, MIB, &failure), -error);
	if (error) {
		assert_failed(&failure, -error, IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
		assert_int_equal(failure.conflict.source, IOVA_SOURCE_SYSFS);
		assert_names(&failure, ctx, "group 1");
	}
	/* What the kernel leaves out is left out all the same. */
	assert_int_equal(map_at(ctx, 0xfee00000, MIB, &failure), -EADDRNOTAVAIL);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	/* Told with the group, not with each map nor each refresh. */
	assert_int_equal(ears.n[IOVA_LOG_WARNING], n_warnings);
	iova_ctx_close(ctx);
}

static void unreadable_regions_are_the_policys_to_judge(void **state)
{
	static const char *const broken[] = { "0x0000000000000000 0x00000000000",
					      "what is this\n" };
	const struct world *world = *state;

	for (int i = 0; i < 3; i++) {
		if (i < 2)
			assert_int_equal(iova_sim_file_text(world->sim, REGIONS_OF_NIC, broken[i]),
					 0);
		else
			assert_int_equal(iova_sim_file_error(world->sim, REGIONS_OF_NIC, EIO), 0);
		map_with_unreadable_regions(world, IOVA_POLICY_WARN, 0, 1);
		map_with_unreadable_regions(world, IOVA_POLICY_RELAXED, 0, 1);
		map_with_unreadable_regions(world, IOVA_POLICY_STRICT, EADDRNOTAVAIL, 1);
	}
	iova_sim_clear_files(world->sim);
}

static void regions_that_become_unreadable_are_told_once(void **state)
{
	const struct world *world = *state;
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx = ctx_with(world, &opts, GROUP_NIC);

	assert_int_equal(ears.n[IOVA_LOG_WARNING], 0);
	assert_int_equal(iova_sim_file_error(world->sim, REGIONS_OF_NIC, EIO), 0);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_int_equal(ears.n[IOVA_LOG_WARNING], 1);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_mapped(ctx, AT, MIB);
	assert_int_equal(ears.n[IOVA_LOG_WARNING], 1);
	iova_sim_clear_files(world->sim);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_true(tier_holds(ctx, IOVA_TIER_USABLE, AT, AT + MIB - 1));
	assert_int_equal(ears.n[IOVA_LOG_WARNING], 1);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, a_group_that_comes_and_goes_is_reported),
		ON(desktop, mappings_that_become_doubtful_are_listed),
		ON(desktop, a_group_that_breaks_a_mapping_is_not_shown_to_the_kernel),
		ON(desktop, a_group_attached_behind_our_back_is_seen_by_a_refresh),
		ON(desktop, a_changed_sysfs_is_reported_with_what_it_breaks),
		ON(desktop, a_report_of_a_failed_call_stays_as_it_was),
		ON(desktop, unreadable_regions_are_the_policys_to_judge),
		ON(desktop, regions_that_become_unreadable_are_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

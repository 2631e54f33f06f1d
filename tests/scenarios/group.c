/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups that come and go, and what the context says of it. */
#include "stage.h"

#include <errno.h>

#define LENGTH ((size_t)1 << 20)

static struct iova_change *change_new(void)
{
	struct iova_change *change;

	assert_int_equal(iova_change_new(&change), 0);
	return change;
}

static void the_first_group_brings_the_kernels_list(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_open(stage, NULL, NULL);
	struct iova_change *change = change_new();
	uint32_t group = stage_group_of(stage, stage->first), list;

	assert_int_equal(iova_space_read_kernel(iova_ctx_space(ctx), &list, NULL), 0);
	assert_int_equal(list, IOVA_LIST_NONE);
	assert_int_equal(iova_ctx_attach_group(ctx, group, change, NULL), 0);
	assert_int_equal(iova_space_read_kernel(iova_ctx_space(ctx), &list, NULL), 0);
	assert_int_equal(list, IOVA_LIST_RANGES);
	assert_int_equal(iova_set_contains(iova_change_entered(change, IOVA_TIER_REFUSED),
					   &stage->msi),
			 1);
	assert_int_equal(iova_ctx_refresh(ctx, change, NULL), 0);
	assert_int_equal(iova_change_is_empty(change), 1);
	iova_change_free(change);
	iova_ctx_close(ctx);
}

static void two_groups_share_a_container(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	uint32_t groups[4], second = stage_group_of(stage, stage->second);
	void *memory = memory_new(LENGTH);

	assert_int_equal(iova_ctx_attach_group(ctx, second, NULL, NULL), 0);
	assert_int_equal(iova_space_read_groups(iova_ctx_space(ctx), groups, 4), 2);
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, LENGTH, NULL, NULL), 0);
	/* Mappings stay as long as one group does. */
	assert_int_equal(iova_ctx_detach_group(ctx, stage_group_of(stage, stage->first), NULL,
					       NULL),
			 0);
	assert_int_equal(iova_space_read_groups(iova_ctx_space(ctx), groups, 4), 1);
	assert_int_equal(groups[0], second);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 1);
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, LENGTH, NULL, NULL), -EEXIST);
	assert_int_equal(iova_ctx_unmap(ctx, 0x40000000, LENGTH, NULL, NULL), 0);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void a_group_narrows_the_space_and_widens_it_again(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_change *change = change_new();
	const struct iova_range *region = &stage->relaxable_range;

	assert_int_equal(iova_ctx_attach_device(ctx, stage->relaxable, change, NULL), 0);
	assert_int_equal(iova_set_contains(iova_change_entered(change, IOVA_TIER_AVOID), region),
			 1);
	assert_int_equal(iova_set_contains(iova_change_left(change, IOVA_TIER_USABLE), region), 1);
	assert_int_equal(iova_ctx_detach_group(ctx, stage_group_of(stage, stage->relaxable), change,
					       NULL),
			 0);
	assert_int_equal(iova_set_contains(iova_change_entered(change, IOVA_TIER_USABLE), region),
			 1);
	iova_change_free(change);
	iova_ctx_close(ctx);
}

static void a_group_that_would_break_a_mapping_stays_out(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx_opts opts = { 0 };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_policy *policy;
	struct iova_ctx *ctx;
	uint64_t granule;
	void *memory = memory_new(LENGTH);

	assert_int_equal(iova_policy_new(IOVA_POLICY_STRICT, &policy), 0);
	opts.policy = policy;
	ctx = stage_attach(stage, &opts, stage->first, NULL);
	granule = iova_space_granule(iova_ctx_space(ctx));
	assert_int_equal(iova_ctx_map_fixed(ctx, stage->relaxable_range.start, memory, granule,
					    NULL, NULL),
			 0);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->relaxable, NULL, &failure),
			 -EADDRINUSE);
	assert_failure(&failure, -EADDRINUSE, IOVA_STEP_TRY, IOVA_WHY_BREAKS_MAPPING);
	assert_int_equal(failure.iova, stage->relaxable_range.start);
	assert_int_equal(failure.conflict.type, IOVA_REGION_DIRECT_RELAXABLE);
	assert_int_equal(iova_space_read_groups(iova_ctx_space(ctx), NULL, 0), 1);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, NULL), 0);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->relaxable, NULL, NULL), 0);
	iova_ctx_close(ctx);
	iova_policy_free(policy);
	memory_free(memory, LENGTH);
}

static void the_last_group_does_not_take_mappings_with_it(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint32_t group = stage_group_of(stage, stage->first), list;
	void *memory = memory_new(LENGTH);

	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, LENGTH, NULL, NULL), 0);
	assert_int_equal(iova_ctx_detach_group(ctx, group, NULL, &failure), -EBUSY);
	assert_failure(&failure, -EBUSY,
		       stage_kind(stage) == BY_IOMMUFD ? IOVA_STEP_DETACH :
							 IOVA_STEP_UNSET_CONTAINER,
		       IOVA_WHY_MAPPINGS_LIVE);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, NULL), 0);
	assert_int_equal(iova_ctx_detach_group(ctx, group, NULL, NULL), 0);
	assert_int_equal(iova_space_read_kernel(iova_ctx_space(ctx), &list, NULL), 0);
	assert_int_equal(list, IOVA_LIST_NONE);
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, LENGTH, NULL, &failure),
			 -ENODEV);
	assert_failure(&failure, -ENODEV, IOVA_STEP_MAP, IOVA_WHY_NO_IOMMU);
	/* The container takes the group, and an IOMMU, again. */
	assert_int_equal(iova_ctx_attach_group(ctx, group, NULL, NULL), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, LENGTH, NULL, NULL), 0);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void a_group_with_an_open_device_stays(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint32_t group = stage_group_of(stage, stage->first);
	const struct iova_sys *sys = stage_sys(stage);
	int device = iova_ctx_open_device(ctx, stage->first, NULL);

	assert_true(device >= 0);
	assert_int_equal(iova_ctx_detach_group(ctx, group, NULL, &failure), -EBUSY);
	assert_failure(&failure, -EBUSY, IOVA_STEP_UNSET_CONTAINER, IOVA_WHY_UNKNOWN);
	assert_explained(&failure, NULL, "still open");
	assert_int_equal(sys->close(sys->data, device), 0);
	assert_int_equal(iova_ctx_detach_group(ctx, group, NULL, NULL), 0);
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_open_device(ctx, stage->first, &failure), -ENOENT);
	assert_failure(&failure, -ENOENT, IOVA_STEP_OPEN_DEVICE, IOVA_WHY_NOT_ATTACHED);
	iova_ctx_close(ctx);
}

void add_group_scenarios(struct playbill *bill)
{
	ADD(bill, the_first_group_brings_the_kernels_list, 0);
	ADD(bill, two_groups_share_a_container, 0);
	ADD(bill, a_group_narrows_the_space_and_widens_it_again, HAS_RELAXABLE);
	ADD(bill, a_group_that_would_break_a_mapping_stays_out, HAS_RELAXABLE);
	ADD(bill, the_last_group_does_not_take_mappings_with_it, 0);
	ADD(bill, a_group_with_an_open_device_stays, 0);
}

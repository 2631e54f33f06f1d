/* SPDX-License-Identifier: BSD-3-Clause */
/* Containers that others use as well. */
#include "ctx-help.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

static void what_others_mapped_is_the_kernels_to_refuse(void **state)
{
	const struct world *world = *state;
	struct iova_map_opts same = { .size = sizeof same, .flags = IOVA_MAP_SAME_OK };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);

	assert_int_equal(iova_sim_map_behind(world->sim, IOVA_SIM_ONLY_CONTAINER, AT, VADDR, MIB),
			 0);
	assert_int_equal(map_at(ctx, AT, MIB, &failure), -EEXIST);
	assert_failed(&failure, -EEXIST, IOVA_STEP_MAP, IOVA_WHY_OVERLAP);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(failure.n_conflicts, 0);
	assert_names(&failure, ctx, "0x40000000+0x100000");
	/* The very same, but not of ours: never taken for benign. */
	assert_int_equal(iova_ctx_map_fixed(ctx, AT, (void *)VADDR, MIB, &same, NULL), -EEXIST);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	assert_int_equal(iova_ctx_unmap(ctx, AT, MIB, NULL, &failure), -ENOENT);
	world_assert_n_mappings(world, 1);
	iova_ctx_close(ctx);
}

static void the_same_mapping_is_benign_only_if_it_is_recorded_so(void **state)
{
	const struct world *world = *state;
	struct iova_map_opts same = { .size = sizeof same, .flags = IOVA_MAP_SAME_OK };
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	uint64_t n;

	assert_mapped(ctx, AT, MIB);
	n = world_calls(world, IOVA_SIM_CALL_MAP);
	assert_int_equal(iova_ctx_map_fixed(ctx, AT, (void *)VADDR, MIB, &same, NULL), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, AT, (void *)(VADDR + MIB), MIB, &same, NULL),
			 -EEXIST);
	assert_int_equal(iova_ctx_map_fixed(ctx, AT, (void *)VADDR, MIB / 2, &same, NULL), -EEXIST);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_MAP), n);
	iova_ctx_close(ctx);
}

static void an_unmap_by_others_is_an_io_error_once(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	uint64_t unmapped = 4711;

	for (uint64_t i = 0; i < 3; i++)
		assert_mapped(ctx, AT + i * MIB, MIB);
	assert_int_equal(iova_sim_unmap_behind(world->sim, IOVA_SIM_ONLY_CONTAINER, AT,
					       AT + MIB - 1),
			 1);
	assert_int_equal(iova_ctx_unmap(ctx, AT, MIB, &unmapped, &failure), -EIO);
	assert_failed(&failure, -EIO, IOVA_STEP_UNMAP, IOVA_WHY_UNMAP_SIZE);
	assert_int_equal(failure.expected, MIB);
	assert_int_equal(failure.actual, 0);
	assert_int_equal(unmapped, 4711);
	assert_names(&failure, ctx, "0x40000000+0x100000");
	/* Over several: the rest is gone as well, and nothing stays recorded. */
	assert_mapped(ctx, AT, MIB);
	assert_int_equal(iova_sim_unmap_behind(world->sim, IOVA_SIM_ONLY_CONTAINER, AT + MIB,
					       AT + 2 * MIB - 1),
			 1);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, &failure), -EIO);
	assert_int_equal(failure.expected, 3 * MIB);
	assert_int_equal(failure.actual, 2 * MIB);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	world_assert_n_mappings(world, 0);
	assert_int_equal(iova_ctx_unmap_all(ctx, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 0);
	iova_ctx_close(ctx);
}

/* A lender's groups come and go; the context is not told. */
static void an_iommu_that_left_with_its_groups_is_set_again(void **state)
{
	const struct world *world = *state;
	struct raw raw = raw_attach(world, GROUP_NIC);
	struct iova_ctx_opts opts = ctx_lent(raw.container);
	struct iova_ctx *ctx = ctx_open(world, &opts);

	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_int_equal(list_state(ctx), IOVA_LIST_RANGES);
	assert_int_equal(raw_unset_container(world, raw.group), 0);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_int_equal(list_state(ctx), IOVA_LIST_NONE);
	assert_int_equal(raw_set_container(world, raw.group, raw.container), 0);
	assert_int_equal(raw_set_iommu(world, raw.container, IOVA_VFIO_TYPE1V2_IOMMU), 0);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_int_equal(list_state(ctx), IOVA_LIST_RANGES);
	assert_int_equal(raw_unset_container(world, raw.group), 0);
	attach_group(ctx, GROUP_USB);
	assert_mapped(ctx, AT, MIB);
	iova_ctx_close(ctx);
	raw_detach(world, raw);
}

static void a_list_stays_while_others_keep_the_iommu(void **state)
{
	const struct world *world = *state;
	struct raw raw = raw_attach(world, GROUP_NIC);
	struct iova_ctx_opts opts = ctx_lent(raw.container);
	struct iova_limits limits = { .size = sizeof limits };
	struct iova_ctx *ctx = ctx_with(world, &opts, GROUP_USB);

	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_USB, NULL, NULL), 0);
	assert_int_equal(list_state(ctx), IOVA_LIST_RANGES);
	assert_int_equal(iova_ctx_limits(ctx, &limits, NULL), 0);
	assert_true(limits.flags & IOVA_LIMITS_ENTRIES);
	assert_int_equal(raw_unset_container(world, raw.group), 0);
	assert_int_equal(iova_ctx_limits(ctx, &limits, NULL), 0);
	assert_false(limits.flags & IOVA_LIMITS_ENTRIES);
	iova_ctx_close(ctx);
	raw_detach(world, raw);
}

static void what_is_lent_is_never_closed(void **state)
{
	const struct world *world = *state;
	int container = raw_open(world, "/dev/vfio/vfio");
	int group = raw_open_group(world, GROUP_NIC);
	struct iova_ctx_opts opts = ctx_lent(container);
	struct iova_ctx *ctx = ctx_open(world, &opts);
	uint32_t flags;

	assert_int_equal(iova_ctx_container_fd(ctx), container);
	assert_int_equal(iova_ctx_adopt_group(ctx, GROUP_NIC, group, NULL, NULL), 0);
	assert_int_equal(iova_ctx_group_fd(ctx, GROUP_NIC), group);
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_NIC, NULL, NULL), 0);
	assert_int_equal(raw_status(world, group, &flags), 0);
	assert_int_equal(iova_ctx_adopt_group(ctx, GROUP_NIC, group, NULL, NULL), 0);
	iova_ctx_close(ctx);
	/* Refused at once, and refused half-way. */
	opts.width = 65;
	opts.sys = world->sys;
	assert_int_equal(iova_ctx_open(&opts, &ctx, NULL), -EINVAL);
	opts.width = 0;
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_CHECK_EXTENSION, 1, EIO), 0);
	assert_int_equal(iova_ctx_open(&opts, &ctx, NULL), -EIO);
	assert_int_equal(raw_status(world, group, &flags), 0);
	assert_false(flags & IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET);
	assert_int_equal(raw_close(world, group), 0);
	assert_int_equal(raw_close(world, container), 0);
}

static void an_attached_group_that_was_lent_stays_attached(void **state)
{
	const struct world *world = *state;
	struct raw raw = raw_attach(world, GROUP_NIC);
	struct iova_ctx_opts opts = ctx_lent(raw.container);
	struct iova_ctx *ctx = ctx_open(world, &opts);
	uint64_t n = world_calls(world, IOVA_SIM_CALL_SET_CONTAINER);
	uint32_t flags;

	assert_int_equal(iova_ctx_adopt_group(ctx, GROUP_NIC, raw.group, NULL, NULL), 0);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_SET_CONTAINER), n);
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_NIC, NULL, NULL), 0);
	assert_int_equal(raw_status(world, raw.group, &flags), 0);
	assert_true(flags & IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET);
	assert_int_equal(iova_ctx_adopt_group(ctx, GROUP_NIC, raw.group, NULL, NULL), 0);
	assert_mapped(ctx, AT, MIB);
	iova_ctx_close(ctx);
	assert_int_equal(raw_status(world, raw.group, &flags), 0);
	assert_true(flags & IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET);
	world_assert_n_mappings(world, 0);
	raw_detach(world, raw);
}

static void a_child_unmaps_nothing(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	uint64_t n_unmaps, n_unsets;
	int status;
	pid_t child;

	assert_mapped(ctx, AT, MIB);
	n_unmaps = world_calls(world, IOVA_SIM_CALL_UNMAP);
	n_unsets = world_calls(world, IOVA_SIM_CALL_UNSET_CONTAINER);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		struct iova_sim_report after = { .size = sizeof after };

		iova_ctx_close(ctx);
		iova_sim_report(world->sim, &after);
		_exit(world_calls(world, IOVA_SIM_CALL_UNMAP) != n_unmaps ||
		      world_calls(world, IOVA_SIM_CALL_UNSET_CONTAINER) != n_unsets ||
		      after.n_fds != 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, what_others_mapped_is_the_kernels_to_refuse),
		ON(desktop, the_same_mapping_is_benign_only_if_it_is_recorded_so),
		ON(desktop, an_unmap_by_others_is_an_io_error_once),
		ON(desktop, an_iommu_that_left_with_its_groups_is_set_again),
		ON(desktop, a_list_stays_while_others_keep_the_iommu),
		ON(desktop, what_is_lent_is_never_closed),
		ON(desktop, an_attached_group_that_was_lent_stays_attached),
		ON(desktop, a_child_unmaps_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

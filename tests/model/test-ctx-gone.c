/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups that leave their container by themselves, and what cannot be unmapped. */
#include "ctx-help.h"

#include <errno.h>
#include <string.h>

#define NIC "0000:01:00.0"

static void a_group_whose_device_was_unplugged_detaches(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(iova_sim_bind(world->sim, NIC, NULL), 0);
	if (iova_ctx_detach_group(ctx, GROUP_NIC, NULL, &failure) < 0)
		assert_failed(&failure, 0, 0, 0);
	assert_int_equal(iova_ctx_group_fd(ctx, GROUP_NIC), -ENOENT);
	assert_int_equal(list_state(ctx), IOVA_LIST_NONE);
	assert_int_equal(iova_sim_bind(world->sim, NIC, "vfio-pci"), 0);
	attach_group(ctx, GROUP_NIC);
	assert_mapped(ctx, AT, MIB);
	iova_ctx_close(ctx);
}

static void closing_does_not_complain_of_a_group_that_left(void **state)
{
	const struct world *world = *state;
	struct ears ears = { 0 };
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx = ctx_with(world, &opts, GROUP_NIC);

	assert_mapped(ctx, AT, MIB);
	assert_int_equal(iova_sim_bind(world->sim, NIC, NULL), 0);
	iova_ctx_close(ctx);
	/* What was mapped is told of, and nothing else. */
	assert_int_equal(ears.n[IOVA_LOG_ERR], 1);
	assert_non_null(strstr(ears.last[IOVA_LOG_ERR], "unmapped"));
}

static void the_other_groups_stay_with_their_mappings(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);

	attach_group(ctx, GROUP_USB);
	assert_mapped(ctx, AT, MIB);
	assert_int_equal(iova_sim_bind(world->sim, NIC, NULL), 0);
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_NIC, NULL, NULL), 0);
	world_assert_n_mappings(world, 1);
	assert_int_equal(iova_ctx_unmap(ctx, AT, MIB, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

static void a_group_that_the_kernel_keeps_is_not_taken_for_gone(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_UNSET_CONTAINER, 1, EINVAL), 0);
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_NIC, NULL, &failure), -EINVAL);
	assert_int_equal(failure.step, IOVA_STEP_UNSET_CONTAINER);
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_NIC, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

static void mappings_that_went_with_the_last_group_are_told_and_forgotten(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_mapped(ctx, AT, MIB);
	assert_mapped(ctx, AT + 4 * MIB, MIB);
	assert_int_equal(iova_sim_bind(world->sim, NIC, NULL), 0);
	world_assert_n_mappings(world, 0);
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_NIC, NULL, NULL), -EBUSY);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, &failure), -EIO);
	assert_failed(&failure, -EIO, IOVA_STEP_UNMAP, IOVA_WHY_UNMAP_SIZE);
	assert_int_equal(failure.expected, 2 * MIB);
	assert_int_equal(failure.actual, 0);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_NIC, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

static void an_unmap_refused_with_an_iommu_there_forgets_nothing(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_mapped(ctx, AT, MIB);
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_UNMAP, 1, EINVAL), 0);
	assert_int_equal(iova_ctx_unmap(ctx, AT, MIB, NULL, &failure), -EINVAL);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 1);
	assert_int_equal(iova_ctx_unmap(ctx, AT, MIB, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

static void closing_unmaps_what_it_can(void **state)
{
	const struct world *world = *state;
	struct raw raw = raw_attach(world, GROUP_NIC);
	struct ears ears = { 0 };
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_sim_mapping left = { .size = sizeof left };
	struct iova_ctx *ctx;
	uint64_t size = MIB;

	opts.container = raw.container;
	opts.flags = IOVA_CTX_ADOPT;
	ctx = ctx_open(world, &opts);
	assert_int_equal(iova_ctx_adopt_group(ctx, GROUP_NIC, raw.group, NULL, NULL), 0);
	for (uint64_t i = 0; i < 3; i++)
		assert_mapped(ctx, AT + 4 * i * MIB, MIB);
	/* At once, the first of the three; one by one from the top, the second. */
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_UNMAP, 1, EINVAL), 0);
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_UNMAP, 3, EINVAL), 0);
	iova_ctx_close(ctx);
	assert_int_equal(ears.n[IOVA_LOG_ERR], 2);
	assert_non_null(strstr(ears.last[IOVA_LOG_ERR], "0x40400000-0x404fffff"));
	world_assert_n_mappings(world, 1);
	assert_int_equal(iova_sim_mapping(world->sim, 0, &left), 0);
	assert_int_equal(left.range.start, AT + 4 * MIB);
	assert_int_equal(raw_unmap(world, raw.container, 0, AT + 4 * MIB, &size), 0);
	raw_detach(world, raw);
}

static void unmap_behind(struct iova_sim *sim, void *arg)
{
	(void)arg;
	(void)iova_sim_unmap_behind(sim, IOVA_SIM_ONLY_CONTAINER, 0, UINT64_MAX);
}

static void a_tried_page_that_is_not_found_again_is_told(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx;
	uint32_t width = 7;

	world_kernel(world, "4.19");
	ctx = ctx_with(world, NULL, GROUP_NIC);
	/* Addresses above 39 bits are refused, from the 64th bit on. */
	assert_int_equal(iova_sim_after(world->sim, IOVA_SIM_CALL_MAP, 64 - 39 + 1, unmap_behind,
					NULL),
			 0);
	assert_int_equal(iova_ctx_probe_width(ctx, &width, &failure), -EIO);
	assert_failed(&failure, -EIO, IOVA_STEP_UNMAP, IOVA_WHY_UNMAP_SIZE);
	assert_int_equal(failure.expected, PAGE);
	assert_int_equal(failure.actual, 0);
	assert_int_equal(width, 7);
	assert_int_equal(iova_ctx_probe_width(ctx, &width, NULL), 0);
	assert_int_equal(width, 39);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, a_group_whose_device_was_unplugged_detaches),
		ON(desktop, closing_does_not_complain_of_a_group_that_left),
		ON(desktop, the_other_groups_stay_with_their_mappings),
		ON(desktop, a_group_that_the_kernel_keeps_is_not_taken_for_gone),
		ON(desktop, mappings_that_went_with_the_last_group_are_told_and_forgotten),
		ON(desktop, an_unmap_refused_with_an_iommu_there_forgets_nothing),
		ON(desktop, closing_unmaps_what_it_can),
		ON(desktop, a_tried_page_that_is_not_found_again_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

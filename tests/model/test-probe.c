/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding the width by trying, on a kernel that lists nothing. */
#include "harness.h"

#include <errno.h>
#include <libiova/libiova.h>

static struct iova_ctx *open_on(struct world *world, uint32_t width)
{
	struct iova_ctx_opts opts = { .size = sizeof opts, .sys = world->sys, .width = width };
	struct iova_ctx *ctx = NULL;

	assert_int_equal(iova_ctx_open(&opts, &ctx, NULL), 0);
	assert_int_equal(iova_ctx_attach_group(ctx, 1, NULL, NULL), 0);
	return ctx;
}

static void the_width_that_is_found_is_taken_for_declared(void **state)
{
	struct world *world = *state;
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct iova_check check = { .size = sizeof check };
	struct iova_ctx *ctx;
	uint32_t width;

	iova_sim_iommu_of_width(48, &iommu);
	assert_int_equal(iova_sim_set_iommu(world->sim, IOVA_SIM_ALL_GROUPS, &iommu), 0);
	ctx = open_on(world, 0);
	assert_int_equal(iova_space_top_known(iova_ctx_space(ctx)), 0);
	assert_int_equal(iova_ctx_probe_width(ctx, &width, NULL), 0);
	assert_int_equal(width, 48);
	assert_int_equal(iova_space_top_known(iova_ctx_space(ctx)), 1);
	assert_int_equal(iova_space_check(iova_ctx_space(ctx), 0xfffffffff000, 0x1000, &check, NULL,
					  0),
			 0);
	assert_int_equal(check.verdict, IOVA_VERDICT_ALLOW);
	assert_int_equal(iova_space_check(iova_ctx_space(ctx), 0x1000000000000, 0x1000, &check,
					  NULL, 0),
			 0);
	assert_int_equal(check.verdict, IOVA_VERDICT_REFUSE);
	world_assert_n_mappings(world, 0);
	iova_ctx_close(ctx);
}

static void a_declared_width_stays(void **state)
{
	struct world *world = *state;
	struct iova_ctx *ctx = open_on(world, 36);
	struct iova_check check = { .size = sizeof check };
	uint32_t width;

	assert_int_equal(iova_ctx_probe_width(ctx, &width, NULL), 0);
	assert_int_equal(width, 39);
	assert_int_equal(iova_space_check(iova_ctx_space(ctx), (uint64_t)1 << 36, 0x1000, &check,
					  NULL, 0),
			 0);
	assert_int_equal(check.verdict, IOVA_VERDICT_REFUSE);
	iova_ctx_close(ctx);
}

static void without_a_group_there_is_nothing_to_try(void **state)
{
	struct world *world = *state;
	struct iova_ctx_opts opts = { .size = sizeof opts, .sys = world->sys };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = NULL;
	uint32_t width = 7;

	assert_int_equal(iova_ctx_open(&opts, &ctx, NULL), 0);
	assert_int_equal(iova_ctx_probe_width(ctx, &width, &failure), -ENODEV);
	assert_int_equal(failure.why, IOVA_WHY_NO_IOMMU);
	assert_int_equal(width, 7);
	assert_int_equal(iova_ctx_probe_width(ctx, NULL, NULL), -EINVAL);
	assert_int_equal(iova_ctx_probe_width(NULL, &width, NULL), -EINVAL);
	iova_ctx_close(ctx);
}

/* A page of one byte leaves 64 bits to try, and the search must stop behind the lowest. */
static void a_granule_of_one_byte_is_tried_down_to_bit_0(void **state)
{
	struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx;
	uint32_t width = 7;

	assert_int_equal(iova_sim_corrupt_info(world->sim, 8, 8, 1), 0);
	ctx = open_on(world, 0);
	assert_int_equal(iova_space_granule(iova_ctx_space(ctx)), 1);
	assert_int_equal(iova_ctx_probe_width(ctx, &width, &failure), -ENOSPC);
	assert_int_equal(failure.iova, 1);
	assert_int_equal(width, 7);
	iova_ctx_close(ctx);
}

static void what_keeps_from_knowing_is_an_error_and_leaves_nothing(void **state)
{
	struct world *world = *state;
	struct iova_ctx *ctx = open_on(world, 0);
	uint32_t width = 7;

	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_MAP, 1, ENOMEM), 0);
	assert_int_equal(iova_ctx_probe_width(ctx, &width, NULL), -ENOMEM);
	assert_int_equal(width, 7);
	assert_int_equal(iova_space_top_known(iova_ctx_space(ctx)), 0);
	/* The page that was tried is unmapped even if that fails at first. */
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_UNMAP, 1, EBUSY), 0);
	assert_int_equal(iova_ctx_probe_width(ctx, &width, NULL), -EBUSY);
	world_assert_n_mappings(world, 0);
	assert_int_equal(iova_ctx_probe_width(ctx, &width, NULL), 0);
	assert_int_equal(width, 39);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_width_that_is_found_is_taken_for_declared,
						world_setup_old, world_teardown),
		cmocka_unit_test_setup_teardown(a_declared_width_stays, world_setup_old,
						world_teardown),
		cmocka_unit_test_setup_teardown(without_a_group_there_is_nothing_to_try,
						world_setup_old, world_teardown),
		cmocka_unit_test_setup_teardown(a_granule_of_one_byte_is_tried_down_to_bit_0,
						world_setup_old, world_teardown),
		cmocka_unit_test_setup_teardown(
			what_keeps_from_knowing_is_an_error_and_leaves_nothing, world_setup_old,
			world_teardown),
	};

	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}

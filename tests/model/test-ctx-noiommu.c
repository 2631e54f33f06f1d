/* SPDX-License-Identifier: BSD-3-Clause */
/* No-IOMMU mode: only when it is named, and what cannot be done there. */
#include "iommufd-help.h"

#define CARD "0000:07:00.0"
#define GROUP_CARD 7

static void allow(struct iova_sim_kernel *kernel)
{
	kernel->noiommu = 1;
}

static void give_card(const struct world *world)
{
	change_kernel(world, allow);
	assert_int_equal(iova_sim_add_device(world->sim, IOVA_SIM_NO_GROUP, CARD, 1, 2, 3,
					     "vfio-pci"),
			 0);
}

static struct iova_ctx_opts ctx_unsafe(void)
{
	return (struct iova_ctx_opts){ .size = sizeof(struct iova_ctx_opts),
				       .backend = IOVA_BACKEND_NOIOMMU };
}

static void a_device_without_an_iommu_is_not_taken_for_another(void **state)
{
	static const uint32_t backends[] = { IOVA_BACKEND_ANY, IOVA_BACKEND_TYPE1,
					     IOVA_BACKEND_COMPAT };
	const struct world *world = *state;
	struct iova_ctx_opts opts = { .size = sizeof opts, .sys = world->sys, .device = CARD };
	struct iova_failure told = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx;

	give_card(world);
	for (size_t i = 0; i < sizeof backends / sizeof *backends; i++) {
		opts.backend = backends[i];
		assert_int_equal(iova_ctx_open(&opts, &ctx, &told), -ENOENT);
		assert_failed(&told, -ENOENT, IOVA_STEP_OPEN_GROUP, IOVA_WHY_NO_TRANSLATION);
		assert_names(&told, NULL, "/dev/vfio/noiommu-7");
	}
	opts.backend = IOVA_BACKEND_IOMMUFD;
	assert_int_equal(iova_ctx_open(&opts, &ctx, &told), -ENOENT);
	assert_failed(&told, -ENOENT, IOVA_STEP_OPEN_CDEV, IOVA_WHY_NO_CDEV);
	ctx = ctx_open(world, NULL);
	REFUSED(world, ctx, iova_ctx_attach_group(ctx, GROUP_CARD, NULL, &failure), -ENOENT,
		IOVA_STEP_OPEN_GROUP, IOVA_WHY_NO_TRANSLATION);
	iova_ctx_close(ctx);
}

static void it_is_named_and_warned_about(void **state)
{
	const struct world *world = *state;
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx;
	int fd;

	give_card(world);
	opts.backend = IOVA_BACKEND_NOIOMMU;
	opts.device = CARD;
	ctx = ctx_open(world, &opts);
	assert_int_equal(ears.n[IOVA_LOG_WARNING], 1);
	assert_non_null(strstr(ears.last[IOVA_LOG_WARNING], "no-IOMMU"));
	assert_int_equal(info_of(ctx).backend, IOVA_BACKEND_NOIOMMU);
	assert_int_equal(info_of(ctx).n_groups, 1);
	fd = iova_ctx_open_device(ctx, CARD, NULL);
	assert_true(fd >= 0);
	assert_int_equal(raw_device_info(world, fd), 0);
	assert_int_equal(raw_close(world, fd), 0);
	assert_int_equal(iova_ctx_detach_device(ctx, CARD, NULL, NULL), 0);
	attach_group(ctx, GROUP_CARD);
	iova_ctx_close(ctx);
}

/* Nothing is mapped, promised or valid; a group with an IOMMU has no such node. */
static void nothing_can_be_mapped(void **state)
{
	const struct world *world = *state;
	const struct iova_map_opts read_only = { .size = sizeof read_only, .access = IOVA_READ };
	const struct iova_map_opts longer = { .size = sizeof longer, .flags = IOVA_MAP_NO_WARN };
	const struct iova_map_opts *opts[] = { NULL, &read_only, &longer };
	struct iova_ctx_opts unsafe = ctx_unsafe();
	struct iova_request request = { AT, VADDR, PAGE, 0, 0 };
	struct iova_ctx *ctx;
	uint64_t iova, n;
	uint32_t width;

	give_card(world);
	ctx = ctx_with(world, &unsafe, GROUP_CARD);
	n = world_calls(world, IOVA_SIM_CALL_ANY);
	for (size_t i = 0; i < 3; i++) {
		REFUSED(world, ctx,
			iova_ctx_map_fixed(ctx, AT, (void *)VADDR, PAGE, opts[i], &failure),
			-EOPNOTSUPP, IOVA_STEP_MAP, IOVA_WHY_NO_TRANSLATION);
		REFUSED(world, ctx,
			iova_ctx_map(ctx, (void *)VADDR, PAGE, opts[i], &iova, &failure),
			-EOPNOTSUPP, IOVA_STEP_MAP, IOVA_WHY_NO_TRANSLATION);
	}
	REFUSED(world, ctx, iova_ctx_map_many(ctx, &request, 1, NULL, &failure), -EOPNOTSUPP,
		IOVA_STEP_MAP, IOVA_WHY_NO_TRANSLATION);
	REFUSED(world, ctx, iova_ctx_probe_width(ctx, &width, &failure), -EOPNOTSUPP, IOVA_STEP_MAP,
		IOVA_WHY_NO_TRANSLATION);
	REFUSED(world, ctx, iova_ctx_pin(ctx, &failure), -EINVAL, IOVA_STEP_ARGUMENT,
		IOVA_WHY_BACKEND);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_ANY), n);
	assert_int_equal(list_state(ctx), IOVA_LIST_NONE);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	REFUSED(world, ctx, iova_ctx_attach_group(ctx, GROUP_NIC, NULL, &failure), -ENOENT,
		IOVA_STEP_OPEN_GROUP, IOVA_WHY_UNKNOWN);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_PRESET("iommufd", a_device_without_an_iommu_is_not_taken_for_another),
		ON_PRESET("desktop", it_is_named_and_warned_about),
		ON_PRESET("iommufd", it_is_named_and_warned_about),
		ON_PRESET("compat", it_is_named_and_warned_about),
		ON_PRESET("desktop", nothing_can_be_mapped),
		ON_PRESET("compat", nothing_can_be_mapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

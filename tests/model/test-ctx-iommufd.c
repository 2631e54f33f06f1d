/* SPDX-License-Identifier: BSD-3-Clause */
/* Contexts on iommufd: devices and groups that come and go. */
#include "iommufd-help.h"

static void a_context_of_its_own_has_fd_and_ioas(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = ctx_open(world, &opts);
	struct iova_ctx_info info = info_of(ctx);

	assert_int_equal(info.backend, IOVA_BACKEND_IOMMUFD);
	assert_int_equal(info.flags, IOVA_CTX_INFO_OWN_FD | IOVA_CTX_INFO_OWN_IOAS);
	assert_true(info.fd >= 0 && info.ioas);
	assert_int_equal(iova_ctx_container_fd(ctx), info.fd);
	assert_int_equal(info.n_groups, 0);
	assert_int_equal(info.n_devices, 0);
	assert_int_equal(report_of(world).n_ioases, 1);
	attach_device(ctx, NIC);
	info = info_of(ctx);
	assert_int_equal(info.n_groups, 1);
	assert_int_equal(info.n_devices, 1);
	assert_int_equal(report_of(world).n_bound, 1);
	iova_ctx_close(ctx);
}

/* Without a device the kernel's list says "everything", which is no promise. */
static void nothing_is_promised_before_a_device_is_attached(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = ctx_open(world, &opts);

	assert_int_equal(list_state(ctx), IOVA_LIST_NONE);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_int_equal(list_state(ctx), IOVA_LIST_NONE);
	assert_false(iova_space_top_known(iova_ctx_space(ctx)));
	REFUSED(world, ctx, map_at(ctx, AT, MIB, &failure), -ENODEV, IOVA_STEP_MAP,
		IOVA_WHY_NO_IOMMU);
	attach_device(ctx, NIC);
	assert_int_equal(list_state(ctx), IOVA_LIST_RANGES);
	assert_true(iova_space_top_known(iova_ctx_space(ctx)));
	assert_int_equal(iova_space_granule(iova_ctx_space(ctx)), PAGE);
	assert_true(tier_holds(ctx, IOVA_TIER_USABLE, 0, 0xfedfffff));
	assert_true(tier_holds(ctx, IOVA_TIER_REFUSED, 0xfee00000, 0xfeefffff));
	assert_true(tier_holds(ctx, IOVA_TIER_USABLE, 0xfef00000, 0x7fffffffff));
	assert_int_equal(iova_ctx_detach_device(ctx, NIC, NULL, NULL), 0);
	assert_int_equal(list_state(ctx), IOVA_LIST_NONE);
	iova_ctx_close(ctx);
}

static void what_is_mapped_is_in_the_ioas(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);
	uint64_t iova, unmapped;

	assert_mapped(ctx, AT, MIB);
	world_assert_mapping(world, 0, AT, VADDR, MIB, 3);
	assert_int_equal(iova_ctx_map(ctx, (void *)VADDR, MIB, NULL, &iova, NULL), 0);
	world_assert_n_mappings(world, 2);
	REFUSED(world, ctx, map_at(ctx, 0xfee00000, PAGE, &failure), -EADDRNOTAVAIL,
		IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
	REFUSED(world, ctx, map_at(ctx, AT, PAGE, &failure), -EEXIST, IOVA_STEP_CHECK,
		IOVA_WHY_OVERLAP);
	assert_int_equal(iova_ctx_unmap(ctx, AT, MIB, &unmapped, NULL), 0);
	assert_int_equal(unmapped, MIB);
	assert_int_equal(iova_ctx_unmap_all(ctx, &unmapped, NULL), 0);
	assert_int_equal(unmapped, MIB);
	world_assert_n_mappings(world, 0);
	iova_ctx_close(ctx);
}

/* The top of AMD's space: the last page is mapped by nobody, below it all is as with type1. */
static void the_space_of_amd_reaches_the_top(void **state)
{
	struct iova_ctx *ctx = ctx_native_with(*state, "0000:41:00.0");

	assert_int_equal(list_state(ctx), IOVA_LIST_RANGES);
	assert_true(tier_holds(ctx, IOVA_TIER_REFUSED, 0xfd00000000, 0xffffffffff));
	assert_true(tier_holds(ctx, IOVA_TIER_USABLE, 0x10000000000, -2 * PAGE - 1));
	assert_mapped(ctx, -2 * PAGE, PAGE);
	assert_mapped(ctx, 0, PAGE);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, NULL), 0);
	world_assert_n_mappings(*state, 0);
	iova_ctx_close(ctx);
}

static void a_group_is_all_its_devices(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = ctx_open(world, &opts);

	free_sound(world);
	attach_group(ctx, GROUP_GPU);
	assert_int_equal(info_of(ctx).n_devices, 2);
	assert_int_equal(info_of(ctx).n_groups, 1);
	assert_int_equal(report_of(world).n_bound, 2);
	REFUSED(world, ctx, iova_ctx_attach_group(ctx, GROUP_GPU, NULL, &failure), -EALREADY,
		IOVA_STEP_ARGUMENT, IOVA_WHY_ALREADY_ATTACHED);
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, SOUND, NULL, &failure), -EALREADY,
		IOVA_STEP_ARGUMENT, IOVA_WHY_ALREADY_ATTACHED);
	assert_int_equal(iova_ctx_group_fd(ctx, GROUP_GPU), -ENOENT);
	/* One of them may leave, and come again. */
	assert_int_equal(iova_ctx_detach_device(ctx, SOUND, NULL, NULL), 0);
	assert_int_equal(info_of(ctx).n_devices, 1);
	assert_int_equal(report_of(world).n_bound, 1);
	attach_device(ctx, SOUND);
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_GPU, NULL, NULL), 0);
	assert_int_equal(info_of(ctx).n_devices, 0);
	assert_int_equal(info_of(ctx).n_groups, 0);
	assert_int_equal(report_of(world).n_bound, 0);
	REFUSED(world, ctx, iova_ctx_detach_group(ctx, GROUP_GPU, NULL, &failure), -ENOENT,
		IOVA_STEP_ARGUMENT, IOVA_WHY_NOT_ATTACHED);
	REFUSED(world, ctx, iova_ctx_detach_device(ctx, GPU, NULL, &failure), -ENOENT,
		IOVA_STEP_ARGUMENT, IOVA_WHY_NOT_ATTACHED);
	iova_ctx_close(ctx);
}

/* A device without a driver of VFIO's is no reason to refuse the others, but there must be one. */
static void a_group_without_a_vfio_driver_is_refused(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = ctx_open(world, &opts);

	attach_group(ctx, GROUP_LPC);
	assert_int_equal(info_of(ctx).n_devices, 1);
	REFUSED(world, ctx, iova_ctx_attach_group(ctx, GROUP_NVME, NULL, &failure), -ENOENT,
		IOVA_STEP_OPEN_CDEV, IOVA_WHY_NO_CDEV);
	REFUSED(world, ctx, iova_ctx_attach_group(ctx, 99, NULL, &failure), -ENOENT,
		IOVA_STEP_OPEN_CDEV, IOVA_WHY_NO_GROUP);
	iova_ctx_close(ctx);
}

/* The second cannot be bound: the first is not left behind. */
static void a_group_is_attached_whole_or_not_at_all(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = ctx_open(world, &opts);
	static const uint32_t calls[] = { IOVA_SIM_CALL_BIND_IOMMUFD, IOVA_SIM_CALL_ATTACH_PT,
					  IOVA_SIM_CALL_IOAS_IOVA_RANGES };
	static const uint32_t steps[] = { IOVA_STEP_BIND, IOVA_STEP_ATTACH, IOVA_STEP_GET_INFO };

	free_sound(world);
	attach_device(ctx, NIC);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(iova_sim_fail(world->sim, calls[i], i < 2 ? 2 : 1, EIO), 0);
		REFUSED(world, ctx, iova_ctx_attach_group(ctx, GROUP_GPU, NULL, &failure), -EIO,
			steps[i], IOVA_WHY_UNKNOWN);
	}
	iova_ctx_close(ctx);
}

/* The regions of the whole group count, also of members that are not attached. */
static void the_space_has_the_regions_of_the_whole_group(void **state)
{
	struct iova_ctx *ctx = ctx_native_with(*state, SATA);

	assert_int_equal(info_of(ctx).n_devices, 1);
	assert_true(tier_holds(ctx, IOVA_TIER_AVOID, 0, 0xffffff));
	assert_int_equal(iova_host_count_groups(iova_ctx_host(ctx)), 1);
	iova_ctx_close(ctx);
}

static void a_device_that_takes_a_mapping_away_is_refused(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_policy *strict;
	struct iova_ctx *ctx;

	assert_int_equal(iova_policy_new(IOVA_POLICY_STRICT, &strict), 0);
	opts.policy = strict;
	ctx = ctx_open(world, &opts);
	attach_device(ctx, NIC);
	assert_mapped(ctx, RELAXABLE_USB, PAGE);
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, USB, NULL, &failure), -EADDRINUSE,
		IOVA_STEP_TRY, IOVA_WHY_BREAKS_MAPPING);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_BIND_IOMMUFD), 1);
	iova_ctx_close(ctx);
	iova_policy_free(strict);
}

static void the_last_device_stays_while_mappings_live(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);

	attach_device(ctx, USB);
	assert_mapped(ctx, AT, MIB);
	assert_int_equal(iova_ctx_detach_device(ctx, USB, NULL, NULL), 0);
	REFUSED(world, ctx, iova_ctx_detach_device(ctx, NIC, NULL, &failure), -EBUSY,
		IOVA_STEP_DETACH, IOVA_WHY_MAPPINGS_LIVE);
	REFUSED(world, ctx, iova_ctx_detach_group(ctx, GROUP_NIC, NULL, &failure), -EBUSY,
		IOVA_STEP_DETACH, IOVA_WHY_MAPPINGS_LIVE);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, NULL), 0);
	assert_int_equal(iova_ctx_detach_device(ctx, NIC, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

static void an_opened_device_is_the_same_open_file(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);
	int fd = iova_ctx_open_device(ctx, NIC, NULL);

	assert_true(fd >= 0);
	assert_int_equal(raw_device_info(world, fd), 0);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_DUPLICATE), 1);
	REFUSED(world, ctx, iova_ctx_open_device(ctx, USB, &failure), -ENOENT,
		IOVA_STEP_OPEN_DEVICE, IOVA_WHY_NOT_ATTACHED);
	/* It stays bound until both are closed; but it is detached. */
	iova_ctx_close(ctx);
	assert_int_equal(report_of(world).n_bound, 1);
	assert_int_equal(raw_close(world, fd), 0);
}

/* The kernel still has all of a group that one device of could not be detached. */
static void a_group_is_detached_whole_or_not_at_all(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx;

	free_sound(world);
	assert_int_equal(iova_sim_add_device_region(world->sim, GPU, 0x90000000, 0x90000fff,
						    "reserved"),
			 0);
	assert_int_equal(iova_sim_add_device_region(world->sim, SOUND, 0xa0000000, 0xa0000fff,
						    "reserved"),
			 0);
	ctx = ctx_native_with(world, NIC);
	attach_group(ctx, GROUP_GPU);
	for (uint64_t nth = 1; nth <= 2; nth++) {
		assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_DETACH_PT, nth, EIO), 0);
		REFUSED(world, ctx, iova_ctx_detach_group(ctx, GROUP_GPU, NULL, &failure), -EIO,
			IOVA_STEP_DETACH, IOVA_WHY_UNKNOWN);
	}
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_GPU, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_PRESET("iommufd", a_context_of_its_own_has_fd_and_ioas),
		ON_PRESET("iommufd", nothing_is_promised_before_a_device_is_attached),
		ON_PRESET("iommufd", what_is_mapped_is_in_the_ioas),
		ON_PRESET("iommufd-epyc", the_space_of_amd_reaches_the_top),
		ON_PRESET("iommufd-6.6", a_group_is_all_its_devices),
		ON_PRESET("iommufd", a_group_without_a_vfio_driver_is_refused),
		ON_PRESET("iommufd", a_group_is_attached_whole_or_not_at_all),
		ON_PRESET("iommufd", the_space_has_the_regions_of_the_whole_group),
		ON_PRESET("iommufd", a_device_that_takes_a_mapping_away_is_refused),
		ON_PRESET("iommufd", the_last_device_stays_while_mappings_live),
		ON_PRESET("iommufd", an_opened_device_is_the_same_open_file),
		ON_PRESET("iommufd", a_group_is_detached_whole_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Containers that iommufd provides, at /dev/vfio/vfio or by an fd of /dev/iommu: told apart, and no different. */
#include "iommufd-help.h"

/* All tests but a few: by either way in. */
#define BOTH(test) ON_PRESET("compat", test), ON_PRESET("iommufd", test)

static struct iova_ctx *ctx_compat_open(const struct world *world)
{
	struct iova_ctx_opts opts = ctx_compat();

	return ctx_open(world, &opts);
}

static struct iova_ctx *ctx_compat_with(const struct world *world, uint32_t group)
{
	struct iova_ctx_opts opts = ctx_compat();

	return ctx_with(world, &opts, group);
}

static void a_container_of_iommufd_is_recognised(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_open(world, NULL);

	assert_int_equal(info_of(ctx).backend, IOVA_BACKEND_COMPAT);
	assert_int_equal(info_of(ctx).ioas, 0);
	assert_int_equal(info_of(ctx).flags, IOVA_CTX_INFO_OWN_FD);
	attach_group(ctx, GROUP_NIC);
	assert_true(info_of(ctx).ioas);
	assert_int_equal(info_of(ctx).n_groups, 1);
	iova_ctx_close(ctx);
}

static void so_is_an_iommufd_that_is_lent_as_a_container(void **state)
{
	const struct world *world = *state;
	int iommufd = raw_iommufd(world), group;
	struct iova_ctx_opts opts = ctx_lent(iommufd);
	struct iova_ctx *ctx = ctx_open(world, &opts);

	assert_int_equal(info_of(ctx).backend, IOVA_BACKEND_COMPAT);
	assert_int_equal(info_of(ctx).flags, 0);
	attach_group(ctx, GROUP_NIC);
	assert_mapped(ctx, AT, MIB);
	iova_ctx_close(ctx);
	assert_int_equal(report_of(world).n_mappings, 0);
	assert_int_equal(report_of(world).n_fds, 1);
	/* And with a group in it already, whose number the lender knows. */
	group = raw_open_group(world, GROUP_NIC);
	assert_int_equal(raw_set_container(world, group, iommufd), 0);
	ctx = ctx_open(world, &opts);
	assert_true(info_of(ctx).ioas);
	assert_int_equal(iova_ctx_adopt_group(ctx, GROUP_NIC, group, NULL, NULL), 0);
	assert_int_equal(list_state(ctx), IOVA_LIST_RANGES);
	assert_mapped(ctx, AT, MIB);
	iova_ctx_close(ctx);
	assert_int_equal(report_of(world).n_groups, 1);
	assert_int_equal(report_of(world).n_bound, 0);
	assert_int_equal(raw_close(world, group), 0);
	assert_int_equal(raw_close(world, iommufd), 0);
}

static void a_container_of_vfio_is_not_taken_for_one(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_open(world, NULL);

	assert_int_equal(info_of(ctx).backend, IOVA_BACKEND_TYPE1);
	assert_int_equal(info_of(ctx).ioas, 0);
	iova_ctx_close(ctx);
}

/* Before a device is open the kernel says that everything is valid, and takes any map. */
static void ranges_are_not_believed_before_a_device_is_open(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_compat_open(world);

	assert_int_equal(list_state(ctx), IOVA_LIST_NONE);
	attach_group(ctx, GROUP_NIC);
	/* So it is opened and kept open. */
	assert_int_equal(info_of(ctx).n_devices, 1);
	assert_int_equal(report_of(world).n_bound, 1);
	assert_int_equal(list_state(ctx), IOVA_LIST_RANGES);
	assert_true(tier_holds(ctx, IOVA_TIER_REFUSED, 0xfee00000, 0xfeefffff));
	assert_true(tier_holds(ctx, IOVA_TIER_USABLE, 0xfef00000, 0x7fffffffff));
	assert_true(tier_holds(ctx, IOVA_TIER_REFUSED, 0x8000000000, UINT64_MAX));
	assert_int_equal(iova_space_granule(iova_ctx_space(ctx)), PAGE);
	REFUSED(world, ctx, map_at(ctx, 0xfee00000, PAGE, &failure), -EADDRNOTAVAIL,
		IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_NIC, NULL, NULL), 0);
	assert_int_equal(list_state(ctx), IOVA_LIST_NONE);
	assert_int_equal(report_of(world).n_bound, 0);
	attach_group(ctx, GROUP_NIC);
	assert_int_equal(list_state(ctx), IOVA_LIST_RANGES);
	iova_ctx_close(ctx);
}

/* All of a group, for from 6.4 each speaks only for itself. */
static void each_device_of_a_group_is_held_open(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx;
	int fd;

	free_sound(world);
	assert_int_equal(iova_sim_add_device_region(world->sim, SOUND, 0x90000000, 0x90000fff,
						    "reserved"),
			 0);
	ctx = ctx_compat_with(world, GROUP_GPU);
	assert_int_equal(info_of(ctx).n_devices, 2);
	assert_true(tier_holds(ctx, IOVA_TIER_REFUSED, 0x90000000, 0x90000fff));
	fd = iova_ctx_open_device(ctx, SOUND, NULL);
	assert_true(fd >= 0);
	assert_int_equal(raw_device_info(world, fd), 0);
	assert_int_equal(raw_close(world, fd), 0);
	iova_ctx_close(ctx);
}

/* A group without a device of VFIO's has nothing to open, and nothing is known then. */
static void a_group_that_says_nothing_is_not_believed(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx;

	assert_int_equal(iova_sim_file_error(world->sim, "/sys/bus/pci/devices/" NIC "/vfio-dev",
					     ENOENT),
			 0);
	ctx = ctx_compat_with(world, GROUP_NIC);
	assert_int_equal(info_of(ctx).n_devices, 0);
	assert_int_equal(list_state(ctx), IOVA_LIST_NONE);
	iova_ctx_close(ctx);
}

static void with_gaps(struct iova_ctx *ctx)
{
	assert_mapped(ctx, AT, MIB);
	assert_mapped(ctx, AT + MIB, PAGE);
	assert_mapped(ctx, AT + 4 * MIB, 2 * MIB);
}

/* Its unmap of several is not atomic, and cuts are told too late. */
static void an_unmap_is_whole_or_not_at_all(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_compat_with(world, GROUP_NIC);
	uint64_t unmapped;

	with_gaps(ctx);
	for (uint64_t nth = 1; nth <= 3; nth++) {
		assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_UNMAP, nth, EIO), 0);
		REFUSED(world, ctx, iova_ctx_unmap(ctx, AT, 8 * MIB, NULL, &failure), -EIO,
			IOVA_STEP_UNMAP, IOVA_WHY_UNKNOWN);
	}
	REFUSED(world, ctx, iova_ctx_unmap(ctx, AT, 5 * MIB, NULL, &failure), -EINVAL,
		IOVA_STEP_CHECK, IOVA_WHY_CUTS_MAPPING);
	assert_int_equal(iova_ctx_unmap(ctx, AT, 2 * MIB, &unmapped, NULL), 0);
	assert_int_equal(unmapped, MIB + PAGE);
	assert_int_equal(iova_ctx_unmap_all(ctx, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 2 * MIB);
	world_assert_n_mappings(world, 0);
	iova_ctx_close(ctx);
}

static void unmaps_nothing(struct iova_sim_kernel *kernel)
{
	kernel->unmaps_nothing = !kernel->unmaps_nothing;
}

/* ENOENT with some kernels, 0 bytes with others: the same is made of both. */
static void what_others_unmapped_is_told_alike(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_compat_with(world, GROUP_NIC);

	for (int i = 0; i < 2; i++) {
		struct iova_failure failure = IOVA_FAILURE_INIT;

		assert_mapped(ctx, AT, MIB);
		assert_int_equal(iova_sim_unmap_behind(world->sim, info_of(ctx).fd, AT,
						       AT + MIB - 1),
				 1);
		assert_int_equal(iova_ctx_unmap(ctx, AT, MIB, NULL, &failure), -EIO);
		assert_failed(&failure, -EIO, IOVA_STEP_UNMAP, IOVA_WHY_UNMAP_SIZE);
		assert_int_equal(failure.actual, 0);
		assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
		change_kernel(world, unmaps_nothing);
	}
	iova_ctx_close(ctx);
}

/* Type1 refuses that with EBUSY; this kernel lets the group go and the device stay. */
static void a_group_does_not_leave_while_its_device_is_open(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_compat_with(world, GROUP_NIC);
	int fd = iova_ctx_open_device(ctx, NIC, NULL);

	assert_true(fd >= 0);
	REFUSED(world, ctx, iova_ctx_detach_group(ctx, GROUP_NIC, NULL, &failure), -EBUSY,
		IOVA_STEP_UNSET_CONTAINER, IOVA_WHY_UNKNOWN);
	REFUSED(world, ctx, iova_ctx_detach_device(ctx, NIC, NULL, &failure), -EBUSY,
		IOVA_STEP_UNSET_CONTAINER, IOVA_WHY_UNKNOWN);
	assert_mapped(ctx, AT, MIB);
	REFUSED(world, ctx, iova_ctx_detach_group(ctx, GROUP_NIC, NULL, &failure), -EBUSY,
		IOVA_STEP_UNSET_CONTAINER, IOVA_WHY_MAPPINGS_LIVE);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, NULL), 0);
	assert_int_equal(raw_close(world, fd), 0);
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_NIC, NULL, NULL), 0);
	assert_int_equal(report_of(world).n_groups, 0);
	iova_ctx_close(ctx);
}

/* A direct region is found when the device is opened: nothing stays behind. */
static void a_group_that_is_refused_late_is_not_attached(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_compat_with(world, GROUP_NIC);

	/* With the first group came an IOAS, which stays. */
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_NIC, NULL, NULL), 0);
	REFUSED(world, ctx, iova_ctx_attach_group(ctx, GROUP_DIRECT, NULL, &failure), -EINVAL,
		IOVA_STEP_OPEN_DEVICE, IOVA_WHY_UNKNOWN);
	attach_group(ctx, GROUP_NIC);
	REFUSED(world, ctx, iova_ctx_attach_group(ctx, GROUP_DIRECT, NULL, &failure), -EINVAL,
		IOVA_STEP_OPEN_DEVICE, IOVA_WHY_UNKNOWN);
	REFUSED(world, ctx, iova_ctx_attach_group(ctx, GROUP_GPU, NULL, &failure), -EPERM,
		IOVA_STEP_SET_CONTAINER, IOVA_WHY_NOT_VIABLE);
	iova_ctx_close(ctx);
}

/* Somebody mapped where the interrupts go, before any device was open. */
static void a_foreign_mapping_in_a_hole_is_in_the_way(void **state)
{
	const struct world *world = *state;
	int iommufd = raw_iommufd(world), group = raw_open_group(world, GROUP_USB);
	struct iova_ctx_opts opts = ctx_lent(iommufd);
	struct iova_ctx *ctx;

	assert_int_equal(raw_set_container(world, group, iommufd), 0);
	assert_int_equal(raw_map(world, iommufd, 0xfee00000, VADDR, PAGE), 0);
	ctx = ctx_open(world, &opts);
	REFUSED(world, ctx, iova_ctx_attach_group(ctx, GROUP_NIC, NULL, &failure), -EADDRINUSE,
		IOVA_STEP_OPEN_DEVICE, IOVA_WHY_UNKNOWN);
	REFUSED(world, ctx, iova_ctx_adopt_group(ctx, GROUP_USB, group, NULL, &failure),
		-EADDRINUSE, IOVA_STEP_OPEN_DEVICE, IOVA_WHY_UNKNOWN);
	iova_ctx_close(ctx);
	world_assert_n_mappings(world, 1);
	assert_int_equal(raw_close(world, group), 0);
	assert_int_equal(raw_close(world, iommufd), 0);
}

static void what_only_iommufd_does_is_refused(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_compat_with(world, GROUP_NIC);
	uint64_t iova;

	REFUSED(world, ctx, iova_ctx_pin(ctx, &failure), -EINVAL, IOVA_STEP_ARGUMENT,
		IOVA_WHY_BACKEND);
	REFUSED(world, ctx, iova_ctx_adopt_device(ctx, USB, 3, 0, NULL, &failure), -EINVAL,
		IOVA_STEP_ARGUMENT, IOVA_WHY_BACKEND);
	REFUSED(world, ctx, iova_ctx_map_file(ctx, 3, 0, PAGE, NULL, &iova, &failure), -EINVAL,
		IOVA_STEP_ARGUMENT, IOVA_WHY_BACKEND);
	iova_ctx_close(ctx);
}

/* A container counts locked memory by process; an fd of /dev/iommu by user. */
static void it_is_known_how_locked_memory_counts(void **state)
{
	const struct world *world = *state;
	struct iova_limits limits = { .size = sizeof limits };
	struct iova_ctx *ctx, *other;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	bool by_process;

	assert_int_equal(iova_sim_get_kernel(world->sim, &kernel), 0);
	by_process = kernel.iommufd_container;
	set_memory(world, 8 * MIB, false);
	ctx = ctx_compat_with(world, GROUP_NIC);
	other = ctx_compat_with(world, GROUP_USB);
	assert_mapped(ctx, AT, MIB);
	assert_mapped(other, AT, 2 * MIB);
	assert_int_equal(iova_ctx_limits(ctx, &limits, NULL), 0);
	assert_int_equal(limits.memlock_locked, by_process ? 3 * MIB : MIB);
	iova_ctx_close(other);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_PRESET("compat", a_container_of_iommufd_is_recognised),
		BOTH(so_is_an_iommufd_that_is_lent_as_a_container),
		ON_PRESET("iommufd", a_container_of_vfio_is_not_taken_for_one),
		BOTH(ranges_are_not_believed_before_a_device_is_open),
		BOTH(each_device_of_a_group_is_held_open),
		BOTH(a_group_that_says_nothing_is_not_believed),
		BOTH(an_unmap_is_whole_or_not_at_all),
		BOTH(what_others_unmapped_is_told_alike),
		BOTH(a_group_does_not_leave_while_its_device_is_open),
		BOTH(a_group_that_is_refused_late_is_not_attached),
		BOTH(a_foreign_mapping_in_a_hole_is_in_the_way),
		BOTH(what_only_iommufd_does_is_refused),
		BOTH(it_is_known_how_locked_memory_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

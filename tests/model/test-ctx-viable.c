/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups that cannot be used: whose fault it is, kernel by kernel. */
#include "ctx-help.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static const char *const all_releases[] = { "5.4", "5.10", "6.1", "6.6", "6.12", "6.18" };

/* Attaches in vain; nothing changes, and another group can be attached afterwards. */
static void refuse(const struct world *world, uint32_t group, int error, uint32_t step,
		   uint32_t why, const char *names)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_open(world, NULL);
	struct view before = view_of(world, ctx), after;

	assert_int_equal(iova_ctx_attach_group(ctx, group, NULL, &failure), -error);
	assert_failed(&failure, -error, step, why);
	assert_int_equal(failure.group, group);
	assert_names(&failure, ctx, names);
	after = view_of(world, ctx);
	assert_same_view(&before, &after);
	attach_group(ctx, GROUP_NIC);
	iova_ctx_close(ctx);
}

static void a_members_driver_is_named(void **state)
{
	const struct world *world = *state;

	for (size_t i = 0; i < 6; i++) {
		world_kernel(world, all_releases[i]);
		refuse(world, GROUP_GPU, EPERM, IOVA_STEP_SET_CONTAINER, IOVA_WHY_NOT_VIABLE,
		       "0000:04:00.1");
		refuse(world, GROUP_GPU, EPERM, IOVA_STEP_SET_CONTAINER, IOVA_WHY_NOT_VIABLE,
		       "snd_hda_intel");
	}
	assert_int_equal(iova_sim_bind(world->sim, "0000:00:1f.3", "i801_smbus"), 0);
	refuse(world, GROUP_LPC, EPERM, IOVA_STEP_SET_CONTAINER, IOVA_WHY_NOT_VIABLE,
	       "0000:00:1f.3 is bound to the driver i801_smbus");
	assert_int_equal(iova_sim_bind(world->sim, "0000:00:1f.3", "pcieport"), 0);
	iova_ctx_close(ctx_with(world, NULL, GROUP_LPC));
}

/* The driver comes between the group's status and its claim. */
static void bind_smbus(struct iova_sim *sim, void *arg)
{
	(void)arg;
	assert_int_equal(iova_sim_bind(sim, "0000:00:1f.3", "i801_smbus"), 0);
}

static void a_driver_that_comes_too_late_to_be_seen_is_the_kernels_to_refuse(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_open(world, NULL);

	assert_int_equal(iova_sim_after(world->sim, IOVA_SIM_CALL_GET_STATUS, 1, bind_smbus, NULL),
			 0);
	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_LPC, NULL, &failure), -EPERM);
	assert_failed(&failure, -EPERM, IOVA_STEP_SET_CONTAINER, IOVA_WHY_UNKNOWN);
	assert_int_equal(failure.from_kernel, 1);
	assert_names(&failure, ctx, "not viable");
	/* With a new look at the host it can be told who. */
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_LPC, NULL, &failure), -EPERM);
	assert_names(&failure, ctx, "i801_smbus");
	iova_ctx_close(ctx);
}

static void a_group_without_a_bound_device_tells_how_to_bind(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_open(world, NULL);
	struct iova_explanation text;

	refuse(world, GROUP_NVME, ENOENT, IOVA_STEP_OPEN_GROUP, IOVA_WHY_UNKNOWN,
	       "no device of it is bound to a VFIO driver");
	assert_int_equal(iova_ctx_attach_device(ctx, "02:00.0", NULL, &failure), -ENOENT);
	assert_string_equal(failure.device, "0000:02:00.0");
	assert_string_equal(failure.path, "/dev/vfio/3");
	assert_int_equal(iova_explain(&failure, iova_ctx_host(ctx), &text), 0);
	assert_non_null(strstr(text.remedy, "vfio-pci"));
	assert_non_null(strstr(text.remedy, "driver_override"));
	assert_int_equal(iova_sim_bind(world->sim, "0000:02:00.0", "vfio-pci"), 0);
	assert_int_equal(iova_ctx_attach_device(ctx, "02:00.0", NULL, NULL), 0);
	iova_ctx_close(ctx);
}

static void a_group_that_is_open_elsewhere_is_busy(void **state)
{
	const struct world *world = *state;
	int group = raw_open_group(world, GROUP_USB);

	assert_true(group >= 0);
	refuse(world, GROUP_USB, EBUSY, IOVA_STEP_OPEN_GROUP, IOVA_WHY_UNKNOWN,
	       "IOMMU group 2 is open already");
	assert_int_equal(raw_close(world, group), 0);
	iova_ctx_close(ctx_with(world, NULL, GROUP_USB));
}

static void nodes_that_may_not_be_opened_are_named(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = { .size = sizeof opts, .sys = world->sys };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = NULL;

	assert_int_equal(iova_sim_file_error(world->sim, "/dev/vfio/2", EACCES), 0);
	refuse(world, GROUP_USB, EACCES, IOVA_STEP_OPEN_GROUP, IOVA_WHY_UNKNOWN, "/dev/vfio/2");
	assert_int_equal(iova_sim_file_error(world->sim, "/dev/vfio/vfio", EACCES), 0);
	assert_int_equal(iova_ctx_open(&opts, &ctx, &failure), -EACCES);
	assert_failed(&failure, -EACCES, IOVA_STEP_OPEN_CONTAINER, IOVA_WHY_UNKNOWN);
	assert_names(&failure, NULL, "/dev/vfio/vfio");
	assert_int_equal(iova_sim_file_error(world->sim, "/dev/vfio/vfio", ENODEV), 0);
	assert_int_equal(iova_ctx_open(&opts, &ctx, &failure), -ENODEV);
	assert_names(&failure, NULL, "/dev/vfio/vfio");
	assert_int_equal(iova_sim_file_error(world->sim, "/dev/vfio/vfio", ENOENT), 0);
	assert_int_equal(iova_ctx_open(&opts, &ctx, &failure), -ENOENT);
	assert_names(&failure, NULL, "not loaded");
	assert_null(ctx);
	iova_sim_clear_files(world->sim);
}

static void a_direct_region_is_refused_by_each_kernel_in_its_way(void **state)
{
	static const struct {
		const char *release;
		int error;
		uint32_t step;
	} ways[] = {
		{ "5.4", EPERM, IOVA_STEP_SET_IOMMU },
		{ "5.10", EPERM, IOVA_STEP_SET_IOMMU },
		{ "6.1", EPERM, IOVA_STEP_SET_CONTAINER },
		{ "6.6", EINVAL, IOVA_STEP_SET_CONTAINER },
		{ "6.12", EINVAL, IOVA_STEP_SET_CONTAINER },
		{ "6.18", EINVAL, IOVA_STEP_SET_CONTAINER },
	};
	const struct world *world = *state;

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct iova_failure failure = IOVA_FAILURE_INIT;
		struct iova_ctx *ctx;

		world_kernel(world, ways[i].release);
		refuse(world, GROUP_DIRECT, ways[i].error, ways[i].step, IOVA_WHY_UNKNOWN,
		       "0x7c000000-0x7c0fffff");
		/* As the second group it is always SET_CONTAINER that says it. */
		ctx = ctx_with(world, NULL, GROUP_NIC);
		assert_int_equal(iova_ctx_attach_group(ctx, GROUP_DIRECT, NULL, &failure),
				 -ways[i].error);
		assert_failed(&failure, -ways[i].error, IOVA_STEP_SET_CONTAINER, IOVA_WHY_UNKNOWN);
		assert_names(&failure, ctx, "direct region");
		iova_ctx_close(ctx);
	}
}

static void missing_interrupt_remapping_is_named_unless_it_is_allowed(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_explanation text;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct iova_ctx *ctx = ctx_open(world, NULL);
	struct view before = view_of(world, ctx), after;

	iova_sim_iommu_of_width(39, &iommu);
	iommu.remaps_interrupts = 0;
	assert_int_equal(iova_sim_set_iommu(world->sim, IOVA_SIM_ALL_GROUPS, &iommu), 0);
	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_NIC, NULL, &failure), -EPERM);
	assert_failed(&failure, -EPERM, IOVA_STEP_SET_IOMMU, IOVA_WHY_UNKNOWN);
	assert_names(&failure, ctx, "does not remap interrupts");
	assert_int_equal(iova_explain(&failure, iova_ctx_host(ctx), &text), 0);
	assert_non_null(strstr(text.remedy, "allow_unsafe_interrupts"));
	after = view_of(world, ctx);
	assert_same_view(&before, &after);
	iova_sim_get_kernel(world->sim, &kernel);
	kernel.unsafe_interrupts = 1;
	iova_sim_set_kernel(world->sim, &kernel);
	attach_group(ctx, GROUP_NIC);
	iova_ctx_close(ctx);
}

static void a_kernel_without_type1_says_so(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	struct iova_ctx *ctx;
	struct view before, after;

	iova_sim_get_kernel(world->sim, &kernel);
	kernel.type1 = 0;
	iova_sim_set_kernel(world->sim, &kernel);
	ctx = ctx_open(world, NULL);
	before = view_of(world, ctx);
	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_NIC, NULL, &failure), -ENODEV);
	assert_failed(&failure, -ENODEV, IOVA_STEP_SET_IOMMU, IOVA_WHY_NO_TYPE1);
	assert_names(&failure, ctx, "type1");
	after = view_of(world, ctx);
	assert_same_view(&before, &after);
	kernel.type1 = 1;
	iova_sim_set_kernel(world->sim, &kernel);
	attach_group(ctx, GROUP_NIC);
	iova_ctx_close(ctx);
}

static void a_device_of_a_foreign_driver_is_not_opened(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_LPC);
	int device;

	assert_int_equal(iova_ctx_open_device(ctx, "00:1f.3", &failure), -ENODEV);
	assert_failed(&failure, -ENODEV, IOVA_STEP_OPEN_DEVICE, IOVA_WHY_UNKNOWN);
	assert_names(&failure, ctx, "0000:00:1f.3");
	device = iova_ctx_open_device(ctx, "00:1f.2", NULL);
	assert_true(device >= 0);
	assert_int_equal(raw_close(world, device), 0);
	iova_ctx_close(ctx);
}

/* Another container has no valid range in common with what is here already. */
static void iommus_without_a_range_in_common_do_not_join(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct view before = view_of(world, ctx), after;

	iova_sim_iommu_of_width(48, &iommu);
	iommu.aperture_start = 1ull << 40;
	assert_int_equal(iova_sim_set_iommu(world->sim, GROUP_USB, &iommu), 0);
	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_USB, NULL, &failure), -EINVAL);
	assert_failed(&failure, -EINVAL, IOVA_STEP_SET_CONTAINER, IOVA_WHY_UNKNOWN);
	assert_names(&failure, ctx, "in common");
	after = view_of(world, ctx);
	assert_same_view(&before, &after);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, a_members_driver_is_named),
		ON(desktop, a_driver_that_comes_too_late_to_be_seen_is_the_kernels_to_refuse),
		ON(desktop, a_group_without_a_bound_device_tells_how_to_bind),
		ON(desktop, a_group_that_is_open_elsewhere_is_busy),
		ON(desktop, nodes_that_may_not_be_opened_are_named),
		ON(desktop, a_direct_region_is_refused_by_each_kernel_in_its_way),
		ON(desktop, missing_interrupt_remapping_is_named_unless_it_is_allowed),
		ON(desktop, a_kernel_without_type1_says_so),
		ON(desktop, a_device_of_a_foreign_driver_is_not_opened),
		ON(desktop, iommus_without_a_range_in_common_do_not_join),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

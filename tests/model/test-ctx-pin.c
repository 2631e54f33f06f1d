/* SPDX-License-Identifier: BSD-3-Clause */
/* A promise that holds: what is pinned cannot be taken away by a device that comes later. */
#include "iommufd-help.h"

/* What a later device may want for itself, on the machine where nobody else does. */
#define WANTED 0x90000000ull

/* The USB controller reserves some memory more, which the kernel takes from its IOAS. */
static void reserve_for_usb(const struct world *world)
{
	assert_int_equal(iova_sim_add_device_region(world->sim, USB, WANTED, WANTED + 0xffff,
						    "reserved"),
			 0);
}

/* The same, but sysfs does not say so. */
static void hide_from_sysfs(const struct world *world)
{
	assert_int_equal(iova_sim_file_text(world->sim,
					    "/sys/kernel/iommu_groups/2/reserved_regions", ""),
			 0);
}

static void pin(struct iova_ctx *ctx)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;

	if (iova_ctx_pin(ctx, &failure) < 0)
		assert_failed(&failure, 0, 0, 0);
	assert_true(info_of(ctx).flags & IOVA_CTX_INFO_PINNED);
}

/* Sysfs tells what the device reserves: the kernel is not even asked. */
static void a_device_that_breaks_a_promise_is_refused_by_us(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);
	struct iova_failure told = IOVA_FAILURE_INIT;

	reserve_for_usb(world);
	pin(ctx);
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, USB, NULL, &failure), -EADDRINUSE,
		IOVA_STEP_TRY, IOVA_WHY_BREAKS_PROMISE);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_BIND_IOMMUFD), 1);
	REFUSED(world, ctx, iova_ctx_attach_group(ctx, GROUP_USB, NULL, &failure), -EADDRINUSE,
		IOVA_STEP_TRY, IOVA_WHY_BREAKS_PROMISE);
	assert_int_equal(iova_ctx_attach_device(ctx, USB, NULL, &told), -EADDRINUSE);
	/* What is lost, the lowest of it: a region that is only to be avoided. */
	assert_int_equal(told.iova, RELAXABLE_USB);
	assert_int_equal(told.length, 0x20000);
	assert_int_equal(told.from_kernel, 0);
	assert_names(&told, ctx, USB);
	iova_ctx_close(ctx);
}

/* What the kernel reserves and sysfs does not tell, the kernel itself guards. */
static void a_device_that_breaks_a_promise_is_refused_by_the_kernel(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);
	struct iova_failure told = IOVA_FAILURE_INIT;

	reserve_for_usb(world);
	hide_from_sysfs(world);
	pin(ctx);
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, USB, NULL, &failure), -EADDRINUSE,
		IOVA_STEP_ATTACH, IOVA_WHY_BREAKS_PROMISE);
	assert_int_equal(iova_ctx_attach_device(ctx, USB, NULL, &told), -EADDRINUSE);
	assert_int_equal(told.from_kernel, 1);
	assert_names(&told, ctx, USB);
	/* Another that takes nothing is welcome. */
	assert_int_equal(iova_ctx_unpin(ctx, NULL), 0);
	attach_device(ctx, USB);
	iova_ctx_close(ctx);
}

static void without_a_promise_the_loss_is_reported(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);
	struct iova_change *change = change_made();
	const struct iova_range lost = { WANTED, WANTED + 0xffff };

	reserve_for_usb(world);
	assert_int_equal(iova_ctx_attach_device(ctx, USB, change, NULL), 0);
	assert_int_equal(iova_set_contains(iova_change_left(change, IOVA_TIER_USABLE), &lost), 1);
	assert_int_equal(iova_set_contains(iova_change_entered(change, IOVA_TIER_REFUSED), &lost),
			 1);
	iova_change_free(change);
	iova_ctx_close(ctx);
}

static void what_is_taken_back_may_be_lost(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);

	reserve_for_usb(world);
	pin(ctx);
	assert_int_equal(iova_ctx_unpin(ctx, NULL), 0);
	assert_false(info_of(ctx).flags & IOVA_CTX_INFO_PINNED);
	assert_int_equal(iova_ctx_unpin(ctx, NULL), 0);
	attach_device(ctx, USB);
	assert_true(tier_holds(ctx, IOVA_TIER_REFUSED, WANTED, WANTED + 0xffff));
	/* What is usable now is less, and can be pinned. */
	pin(ctx);
	iova_ctx_close(ctx);
}

static void a_device_that_takes_nothing_is_welcome(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);

	free_sound(world);
	pin(ctx);
	attach_group(ctx, GROUP_GPU);
	assert_int_equal(info_of(ctx).n_devices, 3);
	iova_ctx_close(ctx);
}

/* Only what is usable is promised: not what is to be avoided, not what the caller reserved. */
static void only_what_is_usable_is_promised(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, USB);
	const struct iova_range reserved = { WANTED, WANTED + 0xffff };

	assert_int_equal(iova_space_reserve(iova_ctx_space(ctx), &reserved, "firmware", NULL), 0);
	pin(ctx);
	/* Another device of the same regions takes nothing that was promised. */
	assert_int_equal(iova_sim_add_device_region(world->sim, NIC, WANTED, WANTED + 0xffff,
						    "reserved"),
			 0);
	assert_int_equal(iova_sim_add_device_region(world->sim, NIC, RELAXABLE_USB, RELAXABLE_LAST,
						    "reserved"),
			 0);
	attach_device(ctx, NIC);
	iova_ctx_close(ctx);
}

static void a_context_may_pin_after_each_attach(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx;

	reserve_for_usb(world);
	opts.flags = IOVA_CTX_PIN;
	ctx = ctx_open(world, &opts);
	assert_false(info_of(ctx).flags & IOVA_CTX_INFO_PINNED);
	attach_device(ctx, NIC);
	assert_true(info_of(ctx).flags & IOVA_CTX_INFO_PINNED);
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, USB, NULL, &failure), -EADDRINUSE,
		IOVA_STEP_TRY, IOVA_WHY_BREAKS_PROMISE);
	free_sound(world);
	attach_group(ctx, GROUP_GPU);
	iova_ctx_close(ctx);
}

/* The picture of the space comes only with what is promised of it. */
static void a_promise_that_cannot_be_made_attaches_nothing(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_change *change = change_made();
	struct iova_ctx *ctx;

	free_sound(world);
	opts.flags = IOVA_CTX_PIN;
	ctx = ctx_open(world, &opts);
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_ALLOW_IOVAS, 1, ENOMEM), 0);
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, NIC, change, &failure), -ENOMEM,
		IOVA_STEP_PIN, IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_change_is_empty(change), 1);
	assert_int_equal(list_state(ctx), IOVA_LIST_NONE);
	attach_device(ctx, NIC);
	/* Nor the second, and the first keeps what it had. */
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_ALLOW_IOVAS, 1, EIO), 0);
	REFUSED(world, ctx, iova_ctx_attach_group(ctx, GROUP_GPU, change, &failure), -EIO,
		IOVA_STEP_PIN, IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_change_is_empty(change), 1);
	iova_change_free(change);
	iova_ctx_close(ctx);
}

static void a_promise_that_fails_leaves_the_old_one(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);

	reserve_for_usb(world);
	pin(ctx);
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_ALLOW_IOVAS, 1, EIO), 0);
	REFUSED(world, ctx, iova_ctx_pin(ctx, &failure), -EIO, IOVA_STEP_PIN, IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_ALLOW_IOVAS, 1, EIO), 0);
	REFUSED(world, ctx, iova_ctx_unpin(ctx, &failure), -EIO, IOVA_STEP_PIN, IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_ctx_attach_device(ctx, USB, NULL, NULL), -EADDRINUSE);
	iova_ctx_close(ctx);
}

/* Others attached a device to the same IOAS, and took an address away before it was pinned. */
static void what_is_gone_already_cannot_be_pinned(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);

	reserve_for_usb(world);
	assert_int_equal(iova_sim_attach_behind(world->sim, IOVA_SIM_ONLY_CONTAINER, GROUP_USB), 0);
	REFUSED(world, ctx, iova_ctx_pin(ctx, &failure), -EADDRINUSE, IOVA_STEP_PIN,
		IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	pin(ctx);
	iova_ctx_close(ctx);
	assert_int_equal(iova_sim_detach_behind(world->sim, GROUP_USB), 0);
}

/* Nothing of a promise stays in an IOAS that lives on; and what its lender promised is not touched. */
static void a_lent_ioas_is_not_left_pinned(void **state)
{
	const struct world *world = *state;
	int iommufd = raw_iommufd(world), cdev = raw_cdev(world, NODE_USB);
	uint32_t ioas = raw_ioas(world, iommufd);
	struct iova_ctx_opts opts = ctx_on(iommufd, ioas);
	const struct iova_range all = { 0, 0xffffffff };
	struct iova_ctx *ctx = ctx_open(world, &opts);

	reserve_for_usb(world);
	attach_device(ctx, NIC);
	pin(ctx);
	assert_int_equal(raw_bind(world, cdev, iommufd, NULL), 0);
	assert_int_equal(raw_attach_pt(world, cdev, ioas), -EADDRINUSE);
	iova_ctx_close(ctx);
	assert_int_equal(raw_attach_pt(world, cdev, ioas), 0);
	assert_int_equal(raw_detach_pt(world, cdev), 0);
	assert_int_equal(raw_allow(world, iommufd, ioas, &all), 0);
	ctx = ctx_open(world, &opts);
	assert_int_equal(iova_ctx_unpin(ctx, NULL), 0);
	iova_ctx_close(ctx);
	assert_int_equal(raw_attach_pt(world, cdev, ioas), -EADDRINUSE);
	assert_int_equal(raw_close(world, cdev), 0);
	assert_int_equal(raw_close(world, iommufd), 0);
}

static void only_iommufd_promises(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = ctx_open(world, &opts);
	struct iova_failure none = IOVA_FAILURE_INIT;

	REFUSED(world, ctx, iova_ctx_pin(ctx, &failure), -ENODEV, IOVA_STEP_PIN, IOVA_WHY_NO_IOMMU);
	iova_ctx_close(ctx);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	REFUSED(world, ctx, iova_ctx_pin(ctx, &failure), -EINVAL, IOVA_STEP_ARGUMENT,
		IOVA_WHY_BACKEND);
	REFUSED(world, ctx, iova_ctx_unpin(ctx, &failure), -EINVAL, IOVA_STEP_ARGUMENT,
		IOVA_WHY_BACKEND);
	assert_int_equal(iova_ctx_pin(NULL, &none), -EINVAL);
	assert_int_equal(none.why, IOVA_WHY_NULL);
	assert_int_equal(iova_ctx_unpin(NULL, NULL), -EINVAL);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_PRESET("iommufd", a_device_that_breaks_a_promise_is_refused_by_us),
		ON_PRESET("iommufd", a_device_that_breaks_a_promise_is_refused_by_the_kernel),
		ON_PRESET("iommufd", without_a_promise_the_loss_is_reported),
		ON_PRESET("iommufd", what_is_taken_back_may_be_lost),
		ON_PRESET("iommufd", a_device_that_takes_nothing_is_welcome),
		ON_PRESET("iommufd", only_what_is_usable_is_promised),
		ON_PRESET("iommufd", a_context_may_pin_after_each_attach),
		ON_PRESET("iommufd", a_promise_that_cannot_be_made_attaches_nothing),
		ON_PRESET("iommufd", a_promise_that_fails_leaves_the_old_one),
		ON_PRESET("iommufd", what_is_gone_already_cannot_be_pinned),
		ON_PRESET("iommufd", a_lent_ioas_is_not_left_pinned),
		ON_PRESET("iommufd", only_iommufd_promises),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

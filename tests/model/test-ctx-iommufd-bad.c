/* SPDX-License-Identifier: BSD-3-Clause */
/* Bad input where iommufd is: each has an error of its own, and leaves all as it was. */
#include "iommufd-help.h"

/* Cannot be opened, and nothing of the try is left. */
static void assert_not_opened(const struct world *world, const struct iova_ctx_opts *asked,
			      int error, uint32_t step, uint32_t why)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_sim_report before = report_of(world), after;
	struct iova_ctx_opts opts = *asked;
	struct iova_explanation text;
	struct iova_ctx *ctx = NULL;
	int r;

	opts.sys = world->sys;
	r = iova_ctx_open(&opts, &ctx, &failure);
	assert_failed(&failure, error, step, why);
	assert_int_equal(r, error);
	assert_null(ctx);
	assert_int_equal(failure.backend, IOVA_BACKEND_IOMMUFD);
	assert_int_equal(iova_explain(&failure, NULL, &text), 0);
	assert_true(text.cause[0] && text.remedy[0]);
	after = report_of(world);
	assert_memory_equal(&before, &after, sizeof before);
}

static void a_fd_that_is_no_iommufd(void **state)
{
	const struct world *world = *state;
	struct raw raw = raw_attach(world, GROUP_NIC);
	int device = raw_device(world, raw.group, NIC), cdev = raw_cdev(world, NODE_USB);
	const int fds[] = { raw.container,
			    raw.group,
			    device,
			    cdev,
			    iova_sim_memfd(world->sim, PAGE),
			    raw_open(world, "/dev/vfio/vfio") };
	struct iova_ctx_opts opts;

	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
		assert_true(fds[i] >= 0);
		opts = ctx_on(fds[i], i % 2);
		assert_not_opened(world, &opts, -EBADFD, IOVA_STEP_ADOPT_IOMMUFD,
				  IOVA_WHY_NOT_IOMMUFD);
	}
	for (size_t i = 2; i < sizeof fds / sizeof *fds; i++)
		assert_int_equal(raw_close(world, fds[i]), 0);
	raw_detach(world, raw);
	opts = ctx_on(fds[4], 0);
	assert_not_opened(world, &opts, -EBADF, IOVA_STEP_ADOPT_IOMMUFD, IOVA_WHY_UNKNOWN);
	opts = ctx_on(-1, 0);
	assert_not_opened(world, &opts, -EBADF, IOVA_STEP_ADOPT_IOMMUFD, IOVA_WHY_UNKNOWN);
}

/* Unknown, of another kind of object, of another iommufd, or gone. */
static void an_unknown_ioas(void **state)
{
	const struct world *world = *state;
	int iommufd = raw_iommufd(world), other = raw_iommufd(world);
	int cdev = raw_cdev(world, NODE_NIC);
	uint32_t ids[4] = { 0, 77 };
	struct iova_ctx_opts opts;

	ids[2] = raw_ioas(world, iommufd);
	assert_int_equal(raw_destroy(world, iommufd, ids[2]), 0);
	assert_int_equal(raw_bind(world, cdev, iommufd, &ids[3]), 0);
	for (size_t i = 0; i < 4; i++) {
		opts = ctx_on(iommufd, 1);
		opts.ioas = ids[i];
		assert_not_opened(world, &opts, -ENOENT, IOVA_STEP_IOAS, IOVA_WHY_NO_IOAS);
	}
	ids[0] = raw_ioas(world, other);
	opts = ctx_on(iommufd, ids[0] == ids[3] ? raw_ioas(world, other) : ids[0]);
	assert_not_opened(world, &opts, -ENOENT, IOVA_STEP_IOAS, IOVA_WHY_NO_IOAS);
	assert_int_equal(raw_close(world, cdev), 0);
	assert_int_equal(raw_close(world, other), 0);
	assert_int_equal(raw_close(world, iommufd), 0);
}

/* The IOAS goes behind our back: everything says so, and closing is still possible. */
static void an_ioas_that_goes(void **state)
{
	const struct world *world = *state;
	int iommufd = raw_iommufd(world);
	uint32_t ioas = raw_ioas(world, iommufd);
	struct iova_ctx_opts opts = ctx_on(iommufd, ioas);
	struct iova_ctx *ctx = ctx_open(world, &opts);

	assert_int_equal(raw_destroy(world, iommufd, ioas), 0);
	REFUSED(world, ctx, iova_ctx_refresh(ctx, NULL, &failure), -ENOENT, IOVA_STEP_GET_INFO,
		IOVA_WHY_NO_IOAS);
	REFUSED(world, ctx, map_at(ctx, AT, MIB, &failure), -ENOENT, IOVA_STEP_MAP,
		IOVA_WHY_NO_IOAS);
	assert_int_equal(iova_ctx_attach_device(ctx, NIC, NULL, NULL), -EINVAL);
	assert_int_equal(info_of(ctx).n_devices, 0);
	iova_ctx_close(ctx);
	assert_int_equal(raw_close(world, iommufd), 0);
}

static void a_device_that_is_bound_elsewhere(void **state)
{
	const struct world *world = *state;
	int iommufd = raw_iommufd(world), cdev = raw_cdev(world, NODE_NIC);
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = ctx_open(world, &opts);
	struct iova_failure told = IOVA_FAILURE_INIT;

	assert_int_equal(raw_bind(world, cdev, iommufd, NULL), 0);
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, NIC, NULL, &failure), -EBUSY,
		IOVA_STEP_BIND, IOVA_WHY_BOUND);
	REFUSED(world, ctx, iova_ctx_attach_group(ctx, GROUP_NIC, NULL, &failure), -EBUSY,
		IOVA_STEP_BIND, IOVA_WHY_BOUND);
	/* The very descriptor that was bound, without its number. */
	REFUSED(world, ctx, iova_ctx_adopt_device(ctx, NIC, cdev, 0, NULL, &failure), -EBUSY,
		IOVA_STEP_BIND, IOVA_WHY_BOUND);
	assert_int_equal(iova_ctx_attach_device(ctx, NIC, NULL, &told), -EBUSY);
	assert_names(&told, ctx, NIC);
	attach_device(ctx, USB);
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, NIC, NULL, &failure), -EBUSY,
		IOVA_STEP_BIND, IOVA_WHY_BOUND);
	assert_int_equal(raw_close(world, cdev), 0);
	attach_device(ctx, NIC);
	iova_ctx_close(ctx);
	assert_int_equal(raw_close(world, iommufd), 0);
}

static void a_group_that_is_open_the_old_way(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = ctx_open(world, &opts), *old;
	int group = raw_open_group(world, GROUP_NIC);
	struct iova_failure told = IOVA_FAILURE_INIT;

	REFUSED(world, ctx, iova_ctx_attach_device(ctx, NIC, NULL, &failure), -EBUSY,
		IOVA_STEP_BIND, IOVA_WHY_GROUP_OPEN);
	assert_int_equal(iova_ctx_attach_device(ctx, NIC, NULL, &told), -EBUSY);
	assert_names(&told, ctx, "/dev/vfio/1");
	assert_int_equal(raw_close(world, group), 0);
	/* And the other way round. */
	attach_device(ctx, NIC);
	old = ctx_open(world, NULL);
	REFUSED(world, old, iova_ctx_attach_group(old, GROUP_NIC, NULL, &failure), -EBUSY,
		IOVA_STEP_OPEN_GROUP, IOVA_WHY_GROUP_OPEN);
	iova_ctx_close(old);
	iova_ctx_close(ctx);
}

static void a_device_that_the_kernel_does_not_give_away(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = ctx_open(world, &opts);
	struct iova_failure told = IOVA_FAILURE_INIT;

	/* Firmware wants its memory one to one, and a sound driver owns the rest of the group. */
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, RAID, NULL, &failure), -EINVAL,
		IOVA_STEP_BIND, IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_ctx_attach_device(ctx, RAID, NULL, &told), -EINVAL);
	assert_names(&told, ctx, "direct");
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, GPU, NULL, &failure), -EPERM,
		IOVA_STEP_BIND, IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_ctx_attach_device(ctx, GPU, NULL, &told), -EPERM);
	assert_names(&told, ctx, "snd_hda_intel");
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, "0000:02:00.0", NULL, &failure), -ENOENT,
		IOVA_STEP_OPEN_CDEV, IOVA_WHY_NO_CDEV);
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, "0000:77:00.0", NULL, &failure), -ENOENT,
		IOVA_STEP_FIND_GROUP, IOVA_WHY_NO_DEVICE);
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, "nic", NULL, &failure), -EINVAL,
		IOVA_STEP_ARGUMENT, IOVA_WHY_BAD_DEVICE_NAME);
	REFUSED(world, ctx, iova_ctx_adopt_group(ctx, GROUP_NIC, 3, NULL, &failure), -EINVAL,
		IOVA_STEP_ARGUMENT, IOVA_WHY_BACKEND);
	iova_ctx_close(ctx);
}

static void a_fd_that_is_no_character_device(void **state)
{
	const struct world *world = *state;
	struct raw raw = raw_attach(world, GROUP_USB);
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = ctx_open(world, &opts);
	const int fds[] = { raw.container,
			    raw.group,
			    raw_device(world, raw.group, USB),
			    iova_sim_memfd(world->sim, PAGE),
			    info_of(ctx).fd,
			    raw_open(world, "/dev/vfio/vfio") };
	int cdev = raw_cdev(world, NODE_NIC), other = raw_cdev(world, NODE_GPU);
	uint32_t id;

	attach_device(ctx, NIC);
	assert_int_equal(iova_ctx_detach_device(ctx, NIC, NULL, NULL), 0);
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		for (id = 0; id < 4; id++)
			REFUSED(world, ctx,
				iova_ctx_adopt_device(ctx, NIC, fds[i], id, NULL, &failure),
				-EBADFD, IOVA_STEP_ADOPT_CDEV, IOVA_WHY_NOT_CDEV);
	/* Not bound, as its number says; bound, with a number of nobody's. */
	REFUSED(world, ctx, iova_ctx_adopt_device(ctx, NIC, cdev, 5, NULL, &failure), -EBADFD,
		IOVA_STEP_ADOPT_CDEV, IOVA_WHY_NOT_CDEV);
	assert_int_equal(raw_bind(world, cdev, info_of(ctx).fd, &id), 0);
	REFUSED(world, ctx, iova_ctx_adopt_device(ctx, NIC, cdev, id + 7, NULL, &failure), -ENOENT,
		IOVA_STEP_ADOPT_CDEV, IOVA_WHY_UNKNOWN);
	REFUSED(world, ctx, iova_ctx_adopt_device(ctx, NIC, -1, 0, NULL, &failure), -EBADF,
		IOVA_STEP_ADOPT_CDEV, IOVA_WHY_UNKNOWN);
	assert_int_equal(raw_close(world, other), 0);
	REFUSED(world, ctx, iova_ctx_adopt_device(ctx, GPU, other, 0, NULL, &failure), -EBADF,
		IOVA_STEP_BIND, IOVA_WHY_UNKNOWN);
	iova_ctx_close(ctx);
	for (size_t i = 2; i < sizeof fds / sizeof *fds; i++)
		if (i != 4)
			assert_int_equal(raw_close(world, fds[i]), 0);
	assert_int_equal(raw_close(world, cdev), 0);
	raw_detach(world, raw);
}

/* Others mapped there, where no device was yet: it shows when one comes, or a map of ours. */
static void an_ioas_with_foreign_mappings(void **state)
{
	const struct world *world = *state;
	int iommufd = raw_iommufd(world);
	uint32_t ioas = raw_ioas(world, iommufd);
	struct iova_ctx_opts opts = ctx_on(iommufd, ioas);
	struct iova_failure told = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx;

	assert_int_equal(raw_ioas_map(world, iommufd, ioas, AT, VADDR, MIB), 0);
	assert_int_equal(raw_ioas_map(world, iommufd, ioas, 0xfee00000, VADDR, PAGE), 0);
	ctx = ctx_open(world, &opts);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, NIC, NULL, &failure), -EADDRINUSE,
		IOVA_STEP_ATTACH, IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_ctx_attach_device(ctx, NIC, NULL, &told), -EADDRINUSE);
	assert_names(&told, ctx, NIC);
	assert_int_equal(raw_ioas_unmap(world, iommufd, ioas, 0xfee00000, PAGE), 0);
	attach_device(ctx, NIC);
	REFUSED(world, ctx, map_at(ctx, AT, MIB, &failure), -EEXIST, IOVA_STEP_MAP,
		IOVA_WHY_OVERLAP);
	REFUSED(world, ctx, iova_ctx_unmap(ctx, AT, MIB, NULL, &failure), -ENOENT, IOVA_STEP_CHECK,
		IOVA_WHY_NOT_MAPPED);
	iova_ctx_close(ctx);
	world_assert_n_mappings(world, 1);
	assert_int_equal(raw_close(world, iommufd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_PRESET("iommufd", a_fd_that_is_no_iommufd),
		ON_PRESET("iommufd", an_unknown_ioas),
		ON_PRESET("iommufd", an_ioas_that_goes),
		ON_PRESET("iommufd", a_device_that_is_bound_elsewhere),
		ON_PRESET("iommufd", a_group_that_is_open_the_old_way),
		ON_PRESET("iommufd", a_device_that_the_kernel_does_not_give_away),
		ON_PRESET("iommufd", a_fd_that_is_no_character_device),
		ON_PRESET("iommufd", an_ioas_with_foreign_mappings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

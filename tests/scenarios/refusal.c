/* SPDX-License-Identifier: BSD-3-Clause */
/* What cannot be, and whether the answer says why. */
#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define LENGTH ((size_t)1 << 20)

static void a_group_that_is_not_there_is_named(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_open(stage, NULL, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(iova_ctx_attach_group(ctx, 4711, NULL, &failure), -ENOENT);
	assert_failure(&failure, -ENOENT,
		       stage_kind(stage) == BY_IOMMUFD ? IOVA_STEP_OPEN_CDEV : IOVA_STEP_OPEN_GROUP,
		       IOVA_WHY_NO_GROUP);
	assert_explained(&failure, NULL, "4711");
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_attach_device(ctx, "0000:7f:1f.7", NULL, &failure), -ENOENT);
	assert_failure(&failure, -ENOENT, IOVA_STEP_FIND_GROUP, IOVA_WHY_NO_DEVICE);
	assert_explained(&failure, NULL, "0000:7f:1f.7");
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_attach_device(ctx, "eth0", NULL, &failure), -EINVAL);
	assert_failure(&failure, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_BAD_DEVICE_NAME);
	assert_explained(&failure, NULL, "eth0");
	iova_ctx_close(ctx);
}

static void nothing_is_mapped_without_a_group(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_open(stage, NULL, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(LENGTH);

	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, LENGTH, NULL, &failure),
			 -ENODEV);
	assert_failure(&failure, -ENODEV, IOVA_STEP_MAP, IOVA_WHY_NO_IOMMU);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void a_wrong_container_fd_is_recognised(void **state)
{
	const struct stage *stage = *state;
	const struct iova_sys *sys = stage_sys(stage);
	struct iova_ctx_opts opts = {
		.size = sizeof opts,
		.flags = IOVA_CTX_ADOPT,
		.sys = stage->sys,
	};
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = NULL;
	int fd = sys->open(sys->data, -1, "/sys/kernel/iommu_groups", O_RDONLY | O_DIRECTORY);

	assert_true(fd >= 0);
	opts.container = fd;
	assert_int_equal(iova_ctx_open(&opts, &ctx, &failure), -EBADFD);
	assert_failure(&failure, -EBADFD, IOVA_STEP_ADOPT_CONTAINER, IOVA_WHY_NOT_CONTAINER);
	assert_int_equal(sys->close(sys->data, fd), 0);
	assert_int_equal(iova_ctx_open(&opts, &ctx, &failure), -EBADF);
	assert_null(ctx);
}

static void a_direct_region_is_why_the_kernel_refuses(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_open(stage, NULL, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint32_t group = stage_group_of(stage, stage->direct);

	assert_int_equal(iova_ctx_attach_device(ctx, stage->direct, NULL, &failure),
			 stage->direct_error);
	assert_int_equal(failure.step,
			 stage->direct_step ? stage->direct_step : IOVA_STEP_SET_CONTAINER);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(failure.group, group);
	assert_explained(&failure, iova_ctx_host(ctx), "direct region");
	/* The context goes on as if nothing had been asked. */
	assert_int_equal(iova_space_read_groups(iova_ctx_space(ctx), NULL, 0), 0);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, NULL), 0);
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_attach_device(ctx, stage->direct, NULL, &failure),
			 stage->direct_error);
	assert_int_equal(iova_space_read_groups(iova_ctx_space(ctx), NULL, 0), 1);
	iova_ctx_close(ctx);
}

static void a_members_driver_is_why_a_group_is_not_viable(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_open(stage, NULL, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(iova_ctx_attach_device(ctx, stage->blocked, NULL, &failure), -EPERM);
	assert_int_equal(failure.step, stage_kind(stage) == BY_IOMMUFD ? IOVA_STEP_BIND :
									 IOVA_STEP_SET_CONTAINER);
	assert_explained(&failure, iova_ctx_host(ctx), "not viable");
	assert_explained(&failure, iova_ctx_host(ctx), stage->blocker);
	assert_explained(&failure, iova_ctx_host(ctx), stage->blocker_driver);
	assert_int_equal(iova_space_read_groups(iova_ctx_space(ctx), NULL, 0), 0);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

static void missing_interrupt_remapping_is_explained(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_open(stage, NULL, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, &failure), -EPERM);
	assert_failure(&failure, -EPERM, IOVA_STEP_SET_IOMMU, IOVA_WHY_UNKNOWN);
	assert_int_equal(failure.from_kernel, 1);
	assert_explained(&failure, iova_ctx_host(ctx), "interrupts");
	assert_int_equal(iova_space_read_groups(iova_ctx_space(ctx), NULL, 0), 0);
	iova_ctx_close(ctx);
}

void add_refusal_scenarios(struct playbill *bill)
{
	ADD(bill, a_group_that_is_not_there_is_named, 0);
	ADD(bill, nothing_is_mapped_without_a_group, 0);
	ADD(bill, a_wrong_container_fd_is_recognised, 0);
	ADD(bill, a_direct_region_is_why_the_kernel_refuses, HAS_DIRECT);
	ADD(bill, a_members_driver_is_why_a_group_is_not_viable, HAS_BLOCKED);
	ADD(bill, missing_interrupt_remapping_is_explained, NO_INTERRUPTS);
}

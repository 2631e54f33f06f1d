/* SPDX-License-Identifier: BSD-3-Clause */
/* A container and a group that the caller holds: used, never closed, never attached twice. */
#include "stage.h"
#include "uapi/vfio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#define LENGTH ((size_t)1 << 20)
#define THEIRS ((uint64_t)0x60000000)
#define OURS ((uint64_t)0x40000000)

struct lender {
	const struct iova_sys *sys;
	int container;
	int group;
	uint32_t id;
};

static int ask(const struct lender *lender, int fd, unsigned long request, void *argument)
{
	return lender->sys->ioctl(lender->sys->data, fd, request, argument);
}

static void attach_raw(const struct lender *lender)
{
	int container = lender->container;

	assert_int_equal(ask(lender, lender->group, IOVA_VFIO_GROUP_SET_CONTAINER, &container), 0);
	assert_int_equal(ask(lender, container, IOVA_VFIO_SET_IOMMU,
			     (void *)(uintptr_t)IOVA_VFIO_TYPE1V2_IOMMU),
			 0);
}

static struct lender lender_new(const struct stage *stage)
{
	struct lender lender = { .sys = stage_sys(stage) };
	char path[40];

	lender.id = stage_group_of(stage, stage->first);
	snprintf(path, sizeof path, "/dev/vfio/%u", lender.id);
	lender.container = lender.sys->open(lender.sys->data, -1,
					    stage->container ? stage->container : "/dev/vfio/vfio",
					    O_RDWR);
	lender.group = lender.sys->open(lender.sys->data, -1, path, O_RDWR);
	assert_true(lender.container >= 0);
	assert_true(lender.group >= 0);
	return lender;
}

/* Both descriptors must still be there. */
static void lender_free(const struct lender *lender)
{
	assert_int_equal(lender->sys->close(lender->sys->data, lender->group), 0);
	assert_int_equal(lender->sys->close(lender->sys->data, lender->container), 0);
}

static struct iova_ctx *adopt(const struct stage *stage, const struct lender *lender)
{
	struct iova_ctx_opts opts = { .flags = IOVA_CTX_ADOPT, .container = lender->container };
	struct iova_ctx *ctx = stage_open(stage, &opts, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;

	if (iova_ctx_adopt_group(ctx, lender->id, lender->group, NULL, &failure) < 0)
		assert_failure(&failure, 0, 0, 0);
	return ctx;
}

static uint32_t status_of(const struct lender *lender)
{
	struct iova_vfio_group_status status = { .argsz = sizeof status };

	assert_int_equal(ask(lender, lender->group, IOVA_VFIO_GROUP_GET_STATUS, &status), 0);
	return status.flags;
}

static void a_lent_container_keeps_what_is_the_lenders(void **state)
{
	const struct stage *stage = *state;
	struct lender lender = lender_new(stage);
	void *memory = memory_new(LENGTH);
	struct iova_vfio_map theirs = {
		.argsz = sizeof theirs,
		.flags = IOVA_VFIO_MAP_READ | IOVA_VFIO_MAP_WRITE,
		.vaddr = (uintptr_t)memory,
		.iova = THEIRS,
		.size = LENGTH,
	};
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx;

	attach_raw(&lender);
	assert_int_equal(ask(&lender, lender.container, IOVA_VFIO_IOMMU_MAP_DMA, &theirs), 0);
	ctx = adopt(stage, &lender);
	assert_int_equal(iova_ctx_map_fixed(ctx, OURS, memory, LENGTH, NULL, NULL), 0);
	/* The lender's mapping is the kernel's to know, and ours to explain. */
	assert_int_equal(iova_ctx_map_fixed(ctx, THEIRS, memory, LENGTH, NULL, &failure), -EEXIST);
	assert_int_equal(failure.from_kernel, 1);
	assert_explained(&failure, NULL, "not made through this context");
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, NULL), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, OURS, memory, LENGTH, NULL, NULL), 0);
	iova_ctx_close(ctx);
	/* Ours is gone, theirs is there, and the group is still in the container. */
	assert_int_equal(ask(&lender, lender.container, IOVA_VFIO_IOMMU_MAP_DMA, &theirs), -EEXIST);
	theirs.iova = OURS;
	assert_int_equal(ask(&lender, lender.container, IOVA_VFIO_IOMMU_MAP_DMA, &theirs), 0);
	assert_true(status_of(&lender) & IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET);
	lender_free(&lender);
	memory_free(memory, LENGTH);
}

static void a_lent_group_that_is_not_attached_is_attached_once(void **state)
{
	const struct stage *stage = *state;
	struct lender lender = lender_new(stage);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = adopt(stage, &lender);

	assert_true(status_of(&lender) & IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET);
	assert_int_equal(iova_ctx_adopt_group(ctx, lender.id, lender.group, NULL, &failure),
			 -EALREADY);
	assert_failure(&failure, -EALREADY, IOVA_STEP_ARGUMENT, IOVA_WHY_ALREADY_ATTACHED);
	iova_ctx_close(ctx);
	/* What we attached, we detached. */
	assert_false(status_of(&lender) & IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET);
	lender_free(&lender);
}

static void a_gap_with_a_foreign_mapping_is_left_alone(void **state)
{
	const struct stage *stage = *state;
	struct lender lender = lender_new(stage);
	void *memory = memory_new(LENGTH);
	struct iova_vfio_map theirs = {
		.argsz = sizeof theirs,
		.flags = IOVA_VFIO_MAP_READ,
		.vaddr = (uintptr_t)memory,
		.iova = OURS + LENGTH,
		.size = LENGTH,
	};
	struct iova_ctx *ctx;
	uint64_t unmapped;

	attach_raw(&lender);
	ctx = adopt(stage, &lender);
	assert_int_equal(iova_ctx_map_fixed(ctx, OURS, memory, LENGTH, NULL, NULL), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, OURS + 2 * LENGTH, memory, LENGTH, NULL, NULL), 0);
	assert_int_equal(ask(&lender, lender.container, IOVA_VFIO_IOMMU_MAP_DMA, &theirs), 0);
	assert_int_equal(iova_ctx_unmap(ctx, OURS, 3 * LENGTH, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 2 * LENGTH);
	assert_int_equal(ask(&lender, lender.container, IOVA_VFIO_IOMMU_MAP_DMA, &theirs), -EEXIST);
	iova_ctx_close(ctx);
	lender_free(&lender);
	memory_free(memory, LENGTH);
}

void add_adopt_scenarios(struct playbill *bill)
{
	ADD(bill, a_lent_container_keeps_what_is_the_lenders, 0);
	ADD(bill, a_lent_group_that_is_not_attached_is_attached_once, 0);
	ADD(bill, a_gap_with_a_foreign_mapping_is_left_alone, 0);
}

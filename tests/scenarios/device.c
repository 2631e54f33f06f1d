/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices that are bound and attached one by one, by the context or by a lender. */
#include "ask.h"

#include <errno.h>

#define LENGTH ((size_t)1 << 20)
#define OURS ((uint64_t)0x40000000)
#define THEIRS ((uint64_t)0x60000000)

static struct iova_ctx_info info_of(struct iova_ctx *ctx)
{
	struct iova_ctx_info info = { .size = sizeof info };

	assert_int_equal(iova_ctx_info(ctx, &info), 0);
	return info;
}

static void a_device_comes_goes_and_comes_again(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_ctx_info info = info_of(ctx);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint32_t group = stage_group_of(stage, stage->first);

	assert_int_equal(info.backend, IOVA_BACKEND_IOMMUFD);
	assert_int_equal(info.flags, IOVA_CTX_INFO_OWN_FD | IOVA_CTX_INFO_OWN_IOAS);
	assert_int_equal(info.n_groups, 1);
	assert_int_equal(info.n_devices, 1);
	assert_true(info.ioas != 0);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, &failure), -EALREADY);
	assert_failure(&failure, -EALREADY, IOVA_STEP_ARGUMENT, IOVA_WHY_ALREADY_ATTACHED);
	/* There is no group to hand out. */
	assert_int_equal(iova_ctx_group_fd(ctx, group), -ENOENT);
	assert_int_equal(iova_ctx_detach_device(ctx, stage->first, NULL, NULL), 0);
	assert_int_equal(info_of(ctx).n_devices, 0);
	assert_int_equal(iova_space_read_groups(iova_ctx_space(ctx), NULL, 0), 0);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

/* The group's regions count with the first of its devices, and until the last is gone. */
static void devices_of_a_group_come_one_by_one(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->relaxable, NULL);
	struct iova_check check = { .size = sizeof check };
	uint64_t granule = iova_space_granule(iova_ctx_space(ctx));
	uint64_t inside = stage->relaxable_range.start + granule;

	assert_int_equal(iova_ctx_attach_device(ctx, stage->sibling, NULL, NULL), 0);
	assert_int_equal(info_of(ctx).n_groups, 1);
	assert_int_equal(info_of(ctx).n_devices, 2);
	assert_int_equal(iova_ctx_detach_device(ctx, stage->relaxable, NULL, NULL), 0);
	assert_int_equal(info_of(ctx).n_devices, 1);
	assert_int_equal(iova_space_check(iova_ctx_space(ctx), inside, granule, &check, NULL, 0),
			 0);
	assert_int_equal(check.verdict, IOVA_VERDICT_WARN);
	assert_int_equal(iova_ctx_detach_device(ctx, stage->sibling, NULL, NULL), 0);
	assert_int_equal(info_of(ctx).n_groups, 0);
	assert_int_equal(iova_ctx_attach_group(ctx, stage_group_of(stage, stage->relaxable), NULL,
					       NULL),
			 0);
	assert_int_equal(info_of(ctx).n_devices, 2);
	iova_ctx_close(ctx);
}

static void a_group_that_is_open_keeps_its_devices(void **state)
{
	const struct stage *stage = *state;
	uint32_t number = stage_group_of(stage, stage->first);
	struct iova_ctx *ctx = stage_open(stage, NULL, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	int group = ask_open_group(stage, number);

	assert_true(group >= 0);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, &failure), -EBUSY);
	assert_failure(&failure, -EBUSY, IOVA_STEP_BIND, IOVA_WHY_GROUP_OPEN);
	assert_int_equal(failure.from_kernel, 1);
	assert_explained(&failure, NULL, "the old way");
	assert_int_equal(info_of(ctx).n_devices, 0);
	ask_close(stage, group);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, NULL), 0);
	/* And the reverse. */
	assert_int_equal(ask_open_group(stage, number), -EBUSY);
	iova_ctx_close(ctx);
	group = ask_open_group(stage, number);
	assert_true(group >= 0);
	ask_close(stage, group);
}

static void a_device_bound_elsewhere_is_told(void **state)
{
	const struct stage *stage = *state;
	int iommufd = ask_open_iommufd(stage), cdev = ask_open_cdev(stage, stage->first);
	struct iova_ctx *ctx = stage_open(stage, NULL, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_true(iommufd >= 0 && cdev >= 0);
	assert_true(ask_bind(stage, cdev, iommufd) > 0);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, &failure), -EBUSY);
	assert_failure(&failure, -EBUSY, IOVA_STEP_BIND, IOVA_WHY_BOUND);
	assert_explained(&failure, NULL, "bound to an iommufd already");
	assert_int_equal(info_of(ctx).n_devices, 0);
	/* Lent, but bound to another: no device of this number here. */
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_adopt_device(ctx, stage->first, cdev, 0, NULL, &failure), -EBUSY);
	assert_failure(&failure, -EBUSY, IOVA_STEP_BIND, IOVA_WHY_BOUND);
	ask_close(stage, cdev);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, NULL), 0);
	iova_ctx_close(ctx);
	ask_close(stage, iommufd);
}

/* What was handed out is the same open file: the device stays bound until both are closed. */
static void an_open_device_outlives_its_detach(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	int device = iova_ctx_open_device(ctx, stage->first, NULL);

	assert_true(device >= 0);
	assert_int_equal(iova_ctx_detach_device(ctx, stage->first, NULL, NULL), 0);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, &failure), -EBUSY);
	assert_failure(&failure, -EBUSY, IOVA_STEP_BIND, IOVA_WHY_BOUND);
	ask_close(stage, device);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

/* A context on the lender's iommufd and, if it is not 0, IOAS. */
static struct iova_ctx *borrow(const struct stage *stage, int iommufd, uint32_t ioas)
{
	struct iova_ctx_opts opts = {
		.flags = IOVA_CTX_ADOPT_IOMMUFD | (ioas ? IOVA_CTX_ADOPT_IOAS : 0),
		.iommufd = iommufd,
		.ioas = ioas,
	};

	return stage_open(stage, &opts, NULL);
}

static void a_lent_device_is_bound_here_and_stays_so(void **state)
{
	const struct stage *stage = *state;
	int cdev = ask_open_cdev(stage, stage->first);
	struct iova_ctx *ctx = stage_open(stage, NULL, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(LENGTH);

	assert_true(cdev >= 0);
	assert_int_equal(iova_ctx_adopt_device(ctx, stage->first, cdev, 0, NULL, NULL), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, OURS, memory, LENGTH, NULL, NULL), 0);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, NULL), 0);
	assert_int_equal(iova_ctx_detach_device(ctx, stage->first, NULL, NULL), 0);
	/* The kernel has no way back from a bind but to close. */
	assert_int_equal(iova_ctx_adopt_device(ctx, stage->first, cdev, 0, NULL, &failure), -EBUSY);
	assert_failure(&failure, -EBUSY, IOVA_STEP_BIND, IOVA_WHY_BOUND);
	iova_ctx_close(ctx);
	ask_close(stage, cdev);
	memory_free(memory, LENGTH);
}

static void a_lent_ioas_keeps_what_is_the_lenders(void **state)
{
	const struct stage *stage = *state;
	int iommufd = ask_open_iommufd(stage), cdev = ask_open_cdev(stage, stage->first);
	int ioas = ask_alloc_ioas(stage, iommufd), id = ask_bind(stage, cdev, iommufd);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(LENGTH);
	struct iova_ctx *ctx;

	assert_true(ioas > 0 && id > 0);
	assert_int_equal(ask_attach(stage, cdev, (uint32_t)ioas), 0);
	assert_int_equal(ask_ioas_map(stage, iommufd, (uint32_t)ioas, THEIRS, memory, LENGTH), 0);
	ctx = borrow(stage, iommufd, (uint32_t)ioas);
	assert_int_equal(info_of(ctx).flags, 0);
	assert_int_equal(iova_ctx_adopt_device(ctx, stage->first, cdev, (uint32_t)id, NULL, NULL),
			 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, OURS, memory, LENGTH, NULL, NULL), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, THEIRS, memory, LENGTH, NULL, &failure), -EEXIST);
	assert_int_equal(failure.from_kernel, 1);
	assert_explained(&failure, NULL, "not made through this context");
	/* A gap of ours with a mapping of theirs. */
	assert_int_equal(iova_ctx_map_fixed(ctx, THEIRS + LENGTH, memory, LENGTH, NULL, NULL), 0);
	assert_int_equal(iova_ctx_unmap(ctx, OURS, THEIRS + 2 * LENGTH - OURS, NULL, NULL), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, OURS, memory, LENGTH, NULL, NULL), 0);
	/* In the lender's IOAS mappings stay, and are theirs to use. */
	assert_int_equal(iova_ctx_detach_device(ctx, stage->first, NULL, NULL), 0);
	iova_ctx_close(ctx);
	assert_int_equal(ask_ioas_unmap(stage, iommufd, (uint32_t)ioas, OURS, LENGTH), -ENOENT);
	assert_int_equal(ask_ioas_unmap(stage, iommufd, (uint32_t)ioas, THEIRS, LENGTH), LENGTH);
	/* And the device is attached still. */
	assert_int_equal(ask_destroy(stage, iommufd, (uint32_t)ioas), -EBUSY);
	assert_int_equal(ask_detach(stage, cdev), 0);
	assert_int_equal(ask_destroy(stage, iommufd, (uint32_t)ioas), 0);
	ask_close(stage, cdev);
	ask_close(stage, iommufd);
	memory_free(memory, LENGTH);
}

static void what_a_lender_names_wrongly_is_told(void **state)
{
	const struct stage *stage = *state;
	const struct iova_sys *sys = stage_sys(stage);
	struct iova_ctx_opts opts = {
		.size = sizeof opts,
		.flags = IOVA_CTX_ADOPT_IOMMUFD | IOVA_CTX_ADOPT_IOAS,
		.sys = stage->sys,
	};
	struct iova_failure failure = IOVA_FAILURE_INIT;
	int iommufd = ask_open_iommufd(stage), cdev = ask_open_cdev(stage, stage->first);
	int id = ask_bind(stage, cdev, iommufd), ioas = ask_alloc_ioas(stage, iommufd);
	struct iova_ctx *ctx = NULL;

	assert_true(id > 0 && ioas > 0);
	opts.iommufd = cdev;
	assert_int_equal(iova_ctx_open(&opts, &ctx, &failure), -EBADFD);
	assert_failure(&failure, -EBADFD, IOVA_STEP_ADOPT_IOMMUFD, IOVA_WHY_NOT_IOMMUFD);
	assert_explained(&failure, NULL, "no iommufd");
	opts.iommufd = iommufd;
	opts.ioas = (uint32_t)id;
	assert_int_equal(iova_ctx_open(&opts, &ctx, &failure), -ENOENT);
	assert_failure(&failure, -ENOENT, IOVA_STEP_IOAS, IOVA_WHY_NO_IOAS);
	opts.ioas = 4711;
	assert_int_equal(iova_ctx_open(&opts, &ctx, &failure), -ENOENT);
	assert_failure(&failure, -ENOENT, IOVA_STEP_IOAS, IOVA_WHY_NO_IOAS);
	assert_null(ctx);

	ctx = borrow(stage, iommufd, (uint32_t)ioas);
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_adopt_device(ctx, stage->first, iommufd, 0, NULL, &failure),
			 -EBADFD);
	assert_failure(&failure, -EBADFD, IOVA_STEP_ADOPT_CDEV, IOVA_WHY_NOT_CDEV);
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_adopt_device(ctx, stage->first, cdev, 4711, NULL, &failure),
			 -ENOENT);
	assert_int_equal(failure.step, IOVA_STEP_ADOPT_CDEV);
	assert_int_equal(info_of(ctx).n_devices, 0);
	iova_ctx_close(ctx);
	ask_close(stage, cdev);
	assert_int_equal(sys->close(sys->data, iommufd), 0);
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	ctx = NULL;
	assert_int_equal(iova_ctx_open(&opts, &ctx, &failure), -EBADF);
	assert_null(ctx);
}

void add_device_scenarios(struct playbill *bill)
{
	ADD(bill, a_device_comes_goes_and_comes_again, 0);
	ADD(bill, devices_of_a_group_come_one_by_one, HAS_LPC);
	ADD(bill, a_group_that_is_open_keeps_its_devices, 0);
	ADD(bill, a_device_bound_elsewhere_is_told, 0);
	ADD(bill, an_open_device_outlives_its_detach, 0);
	ADD(bill, a_lent_device_is_bound_here_and_stays_so, 0);
	ADD(bill, a_lent_ioas_keeps_what_is_the_lenders, 0);
	ADD(bill, what_a_lender_names_wrongly_is_told, 0);
}

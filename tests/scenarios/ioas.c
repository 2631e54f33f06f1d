/* SPDX-License-Identifier: BSD-3-Clause */
/* What only iommufd can do: promises, addresses of the kernel's choice, two contexts that share. */
#include "ask.h"

#include <errno.h>

#define LENGTH ((size_t)1 << 20)
#define PLACE ((uint64_t)0x40000000)

static void what_is_pinned_is_not_taken_away(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_open(stage, NULL, NULL);
	struct iova_ctx_info info = { .size = sizeof info };
	struct iova_failure failure = IOVA_FAILURE_INIT;

	/* Without a device nothing is known yet. */
	assert_int_equal(iova_ctx_pin(ctx, &failure), -ENODEV);
	assert_failure(&failure, -ENODEV, IOVA_STEP_PIN, IOVA_WHY_NO_IOMMU);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->second, NULL, NULL), 0);
	assert_int_equal(iova_ctx_pin(ctx, NULL), 0);
	assert_int_equal(iova_ctx_info(ctx, &info), 0);
	assert_true(info.flags & IOVA_CTX_INFO_PINNED);
	/* One that takes nothing away is welcome. */
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, NULL), 0);
	assert_int_equal(iova_ctx_pin(ctx, NULL), 0);
	assert_int_equal(iova_ctx_unpin(ctx, NULL), 0);
	assert_int_equal(iova_ctx_info(ctx, &info), 0);
	assert_false(info.flags & IOVA_CTX_INFO_PINNED);
	iova_ctx_close(ctx);
}

/* What sysfs forbids and the kernel's list does not is guarded by the library. */
static void a_group_that_would_break_a_promise_stays_out(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx_opts opts = { .flags = IOVA_CTX_PIN };
	struct iova_ctx *ctx = stage_attach(stage, &opts, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(iova_ctx_attach_device(ctx, stage->relaxable, NULL, &failure),
			 -EADDRINUSE);
	assert_failure(&failure, -EADDRINUSE, IOVA_STEP_TRY, IOVA_WHY_BREAKS_PROMISE);
	assert_int_equal(failure.iova, stage->relaxable_range.start);
	assert_explained(&failure, NULL, "pinned");
	assert_int_equal(iova_space_read_groups(iova_ctx_space(ctx), NULL, 0), 1);
	assert_int_equal(iova_ctx_unpin(ctx, NULL), 0);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->relaxable, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

/* A list of the lender's, made before anybody knew of the hole. */
static void a_lenders_promise_keeps_a_device_out(void **state)
{
	const struct stage *stage = *state;
	int iommufd = ask_open_iommufd(stage), ioas = ask_alloc_ioas(stage, iommufd);
	struct iova_ctx_opts opts = {
		.flags = IOVA_CTX_ADOPT_IOMMUFD | IOVA_CTX_ADOPT_IOAS,
		.iommufd = iommufd,
		.ioas = (uint32_t)ioas,
	};
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx;

	assert_int_equal(ask_allow(stage, iommufd, (uint32_t)ioas, &stage->msi, 1), 0);
	ctx = stage_open(stage, &opts, NULL);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, &failure), -EADDRINUSE);
	assert_int_equal(failure.step, IOVA_STEP_ATTACH);
	assert_int_equal(failure.from_kernel, 1);
	assert_explained(&failure, NULL, "pinned address");
	assert_int_equal(iova_space_read_groups(iova_ctx_space(ctx), NULL, 0), 0);
	assert_int_equal(ask_allow(stage, iommufd, (uint32_t)ioas, NULL, 0), 0);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, NULL), 0);
	iova_ctx_close(ctx);
	ask_close(stage, iommufd);
}

/* A mapping of the lender's is as much in the way. */
static void a_lenders_mapping_keeps_a_device_out(void **state)
{
	const struct stage *stage = *state;
	int iommufd = ask_open_iommufd(stage), ioas = ask_alloc_ioas(stage, iommufd);
	struct iova_ctx_opts opts = {
		.flags = IOVA_CTX_ADOPT_IOMMUFD | IOVA_CTX_ADOPT_IOAS,
		.iommufd = iommufd,
		.ioas = (uint32_t)ioas,
	};
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(LENGTH);
	struct iova_ctx *ctx = stage_open(stage, &opts, NULL);

	assert_int_equal(ask_ioas_map(stage, iommufd, (uint32_t)ioas, stage->msi.start, memory,
				      PAGE),
			 0);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, &failure), -EADDRINUSE);
	assert_failure(&failure, -EADDRINUSE, IOVA_STEP_ATTACH, IOVA_WHY_UNKNOWN);
	assert_explained(&failure, NULL, "live mapping");
	assert_int_equal(iova_space_read_groups(iova_ctx_space(ctx), NULL, 0), 0);
	assert_int_equal(ask_ioas_unmap(stage, iommufd, (uint32_t)ioas, stage->msi.start, PAGE),
			 PAGE);
	assert_int_equal(iova_ctx_attach_device(ctx, stage->first, NULL, NULL), 0);
	iova_ctx_close(ctx);
	ask_close(stage, iommufd);
	memory_free(memory, LENGTH);
}

static const struct iova_map_opts kernel_chooses = {
	.size = sizeof kernel_chooses,
	.flags = IOVA_MAP_KERNEL_CHOOSES,
};

static void the_kernel_chooses_what_is_usable(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	void *memory = memory_new(LENGTH);
	struct iova_mapping mapping;
	uint64_t iova[3];

	for (int i = 0; i < 3; i++) {
		assert_int_equal(iova_ctx_map(ctx, memory, LENGTH, &kernel_chooses, &iova[i], NULL),
				 0);
		assert_int_equal(iova_space_find(iova_ctx_space(ctx), iova[i], &mapping), 0);
		assert_int_equal(mapping.range.start, iova[i]);
		assert_int_equal(mapping.range.last, iova[i] + LENGTH - 1);
	}
	assert_int_equal(iova_ctx_unmap(ctx, iova[1], LENGTH, NULL, NULL), 0);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 2);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void the_kernel_does_not_choose_what_is_to_be_avoided(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->relaxable, NULL);
	void *memory = memory_new(LENGTH);
	uint64_t iova;

	for (int i = 0; i < 4; i++) {
		assert_int_equal(iova_ctx_map(ctx, memory, LENGTH, &kernel_chooses, &iova, NULL),
				 0);
		assert_true(iova > stage->relaxable_range.last ||
			    iova + LENGTH - 1 < stage->relaxable_range.start);
	}
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void a_file_is_not_mapped_where_the_kernel_cannot(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	int file = stage->new_file(stage, LENGTH);

	assert_true(file >= 0);
	/* The second time it is known. */
	for (int i = 0; i < 2; i++) {
		struct iova_failure failure = IOVA_FAILURE_INIT;

		assert_int_equal(iova_ctx_map_file_fixed(ctx, PLACE, file, 0, LENGTH, NULL,
							 &failure),
				 -EOPNOTSUPP);
		assert_failure(&failure, -EOPNOTSUPP, IOVA_STEP_MAP, IOVA_WHY_NO_REQUEST);
		assert_explained(&failure, NULL, "6.13");
		assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	}
	ask_close(stage, file);
	iova_ctx_close(ctx);
}

static void page_sizes_and_accounts_are_chosen_in_time(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx_opts opts = { .flags = IOVA_CTX_SMALL_PAGES | IOVA_CTX_CHARGE_PROCESS };
	struct iova_ctx *ctx = stage_attach(stage, &opts, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(LENGTH);
	int iommufd = ask_open_iommufd(stage);

	assert_int_equal(iova_ctx_map_fixed(ctx, PLACE, memory, LENGTH, NULL, NULL), 0);
	iova_ctx_close(ctx);
	/* Who has made something on an iommufd has chosen who is charged. */
	assert_true(ask_alloc_ioas(stage, iommufd) > 0);
	opts = (struct iova_ctx_opts){
		.size = sizeof opts,
		.flags = IOVA_CTX_ADOPT_IOMMUFD | IOVA_CTX_CHARGE_PROCESS,
		.iommufd = iommufd,
		.sys = stage->sys,
	};
	ctx = NULL;
	assert_int_equal(iova_ctx_open(&opts, &ctx, &failure), -EBUSY);
	assert_int_equal(failure.step, IOVA_STEP_OPTION);
	assert_int_equal(failure.from_kernel, 1);
	assert_null(ctx);
	ask_close(stage, iommufd);
	memory_free(memory, LENGTH);
}

void add_ioas_scenarios(struct playbill *bill)
{
	ADD(bill, what_is_pinned_is_not_taken_away, 0);
	ADD(bill, a_group_that_would_break_a_promise_stays_out, HAS_RELAXABLE);
	ADD(bill, a_lenders_promise_keeps_a_device_out, 0);
	ADD(bill, a_lenders_mapping_keeps_a_device_out, 0);
	ADD(bill, the_kernel_chooses_what_is_usable, 0);
	ADD(bill, the_kernel_does_not_choose_what_is_to_be_avoided, HAS_RELAXABLE);
	ADD(bill, page_sizes_and_accounts_are_chosen_in_time, 0);
	ADD(bill, a_file_is_not_mapped_where_the_kernel_cannot, 0);
}

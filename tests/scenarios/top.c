/* SPDX-License-Identifier: BSD-3-Clause */
/* The top of the 64-bit space, where kernels up to 6.17 compute an end of 0. */
#include "ask.h"

#include <errno.h>

#define LENGTH ((uint64_t)1 << 20)

/* A search that ends with the space finds nothing, and is answered with success. */
static void an_unmap_up_to_the_top_finds_nothing(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	void *memory = memory_new(LENGTH);
	int at = asking.container;

	assert_int_equal(ask_map(stage, at, -2 * PAGE, memory, PAGE), 0);
	assert_int_equal(ask_map(stage, at, -2 * PAGE, memory, PAGE), -EEXIST);
	assert_int_equal(ask_unmap(stage, at, -2 * PAGE, 2 * PAGE), 0);
	assert_int_equal(ask_unmap(stage, at, -LENGTH, LENGTH), 0);
	assert_int_equal(ask_unmap(stage, at, -2 * PAGE, PAGE), PAGE);
	asking_free(stage, asking);
	memory_free(memory, LENGTH);
}

/*
 * vfio_find_dma and vfio_dma_do_unmap compute iova + size, which is 0 there; so
 * does vfio_unmap_unpin where the container ends, and the memory stays locked.
 */
static void the_kernel_loses_what_is_mapped_in_the_last_page(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx_opts opts = { .flags = IOVA_CTX_UNCHECKED };
	struct iova_ctx *ctx = stage_attach(stage, &opts, stage->first, NULL);
	uint64_t granule = iova_space_granule(iova_ctx_space(ctx));
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint64_t page = UINT64_MAX - (granule - 1);
	void *memory = memory_new(granule);

	assert_int_equal(iova_ctx_map_fixed(ctx, page, memory, granule, NULL, &failure), 0);
	assert_int_equal(iova_ctx_unmap(ctx, page, granule, NULL, &failure), -EIO);
	assert_failure(&failure, -EIO, IOVA_STEP_UNMAP, IOVA_WHY_UNMAP_SIZE);
	assert_int_equal(failure.actual, 0);
	iova_ctx_close(ctx);

	ctx = stage_attach(stage, NULL, stage->first, NULL);
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_map_fixed(ctx, page, memory, granule, NULL, &failure),
			 -EADDRNOTAVAIL);
	assert_int_equal(failure.conflict.source, IOVA_SOURCE_LAST_PAGE);
	memory_free(memory, granule);
	iova_ctx_close(ctx);
}

/* Unchecked: type1 up to 6.17 would lose it. */
static void the_last_page_is_mapped_and_unmapped(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx_opts opts = { .flags = IOVA_CTX_UNCHECKED };
	struct iova_ctx *ctx = stage_attach(stage, &opts, stage->first, NULL);
	uint64_t granule = iova_space_granule(iova_ctx_space(ctx)), unmapped;
	uint64_t page = UINT64_MAX - (granule - 1);
	void *memory = memory_new(granule);

	assert_int_equal(iova_ctx_map_fixed(ctx, page, memory, granule, NULL, NULL), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, granule, NULL, NULL), 0);
	assert_int_equal(iova_ctx_unmap(ctx, page, granule, &unmapped, NULL), 0);
	assert_int_equal(unmapped, granule);
	assert_int_equal(iova_ctx_map_fixed(ctx, page, memory, granule, NULL, NULL), 0);
	assert_int_equal(iova_ctx_unmap_all(ctx, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 2 * granule);
	iova_ctx_close(ctx);
	memory_free(memory, granule);
}

/* The last ones of all: what they leave behind stays with the process. */
void add_top_scenarios(struct playbill *bill)
{
	ADD(bill, the_last_page_is_mapped_and_unmapped, HAS_LAST_PAGE);
	ADD(bill, an_unmap_up_to_the_top_finds_nothing, HAS_LAST_PAGE);
	ADD(bill, the_kernel_loses_what_is_mapped_in_the_last_page, HAS_LAST_PAGE);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays of requests: all of them or none, on every backend. */
#include "stage.h"

#include <errno.h>

#define PIECE ((uint64_t)64 << 10)
#define N 6
#define FIRST ((uint64_t)0x40000000)

/* Pieces that leave gaps between them, and are not in order. */
static void fill(struct iova_request requests[N], const char *memory)
{
	for (uint64_t i = 0; i < N; i++)
		requests[i] = (struct iova_request){
			.iova = FIRST + (i * 5 % N) * 2 * PIECE,
			.vaddr = (uintptr_t)memory + i * PIECE,
			.length = PIECE,
		};
}

static void an_array_is_mapped_and_unmapped(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_many_opts opts = { .size = sizeof opts, .flags = IOVA_MANY_ANYWHERE };
	char *memory = memory_new(N * PIECE);
	struct iova_request requests[N];
	uint64_t unmapped;

	fill(requests, memory);
	assert_int_equal(iova_ctx_map_many(ctx, requests, N, NULL, NULL), 0);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), N);
	assert_int_equal(iova_ctx_unmap_many(ctx, requests, N, NULL, &unmapped, NULL), 0);
	assert_int_equal(unmapped, N * PIECE);
	assert_int_equal(iova_ctx_map_many(ctx, requests, N, &opts, NULL), 0);
	assert_int_equal(iova_ctx_unmap_all(ctx, &unmapped, NULL), 0);
	assert_int_equal(unmapped, N * PIECE);
	iova_ctx_close(ctx);
	memory_free(memory, N * PIECE);
}

/* The kernel refuses one in the middle: those before it go again. */
static void an_array_with_lost_memory_maps_nothing(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	char *lost = memory_new(N * PIECE), *memory = memory_new(N * PIECE);
	struct iova_request requests[N];

	assert_int_equal(stage->lose_memory(stage, lost + 3 * PIECE, PIECE), 0);
	fill(requests, lost);
	assert_int_equal(iova_ctx_map_many(ctx, requests, N, NULL, &failure), -EFAULT);
	assert_int_equal(failure.step, IOVA_STEP_MAP);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	/* Nor has the kernel any of them. */
	fill(requests, memory);
	assert_int_equal(iova_ctx_map_many(ctx, requests, N, NULL, NULL), 0);
	iova_ctx_close(ctx);
	memory_free(memory, N * PIECE);
}

/* What is refused in advance: one that is not free is why none is mapped. */
static void an_array_into_a_hole_is_refused_before_the_kernel(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	char *memory = memory_new(N * PIECE);
	struct iova_request requests[N];

	fill(requests, memory);
	requests[4].iova = stage->msi.start;
	assert_int_equal(iova_ctx_map_many(ctx, requests, N, NULL, &failure), -EADDRNOTAVAIL);
	assert_failure(&failure, -EADDRNOTAVAIL, IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
	assert_int_equal(failure.from_kernel, 0);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	iova_ctx_close(ctx);
	memory_free(memory, N * PIECE);
}

static void an_array_that_is_not_all_mapped_unmaps_nothing(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	char *memory = memory_new(N * PIECE);
	struct iova_request requests[N];
	uint64_t iova;

	fill(requests, memory);
	assert_int_equal(iova_ctx_map_many(ctx, requests, N, NULL, NULL), 0);
	iova = requests[2].iova;
	requests[2].iova += N * 2 * PIECE;
	assert_int_equal(iova_ctx_unmap_many(ctx, requests, N, NULL, NULL, &failure), -ENOENT);
	assert_failure(&failure, -ENOENT, IOVA_STEP_CHECK, IOVA_WHY_NOT_MAPPED);
	requests[2].iova = iova;
	requests[2].length = PIECE / 2;
	assert_int_equal(iova_ctx_unmap_many(ctx, requests, N, NULL, NULL, &failure), -EINVAL);
	assert_int_equal(failure.why, IOVA_WHY_CUTS_MAPPING);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), N);
	requests[2].length = PIECE;
	assert_int_equal(iova_ctx_unmap_many(ctx, requests, N, NULL, NULL, NULL), 0);
	iova_ctx_close(ctx);
	memory_free(memory, N * PIECE);
}

void add_many_scenarios(struct playbill *bill)
{
	ADD(bill, an_array_is_mapped_and_unmapped, 0);
	ADD(bill, an_array_with_lost_memory_maps_nothing, HAS_LOST_MEMORY);
	ADD(bill, an_array_into_a_hole_is_refused_before_the_kernel, 0);
	ADD(bill, an_array_that_is_not_all_mapped_unmaps_nothing, 0);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays of requests: what is refused before the kernel is asked, and what runs out. */
#include "many-help.h"

#include <errno.h>
#include <string.h>

#define TOP_PAGE (UINT64_MAX - 0xfff)

static const struct {
	struct iova_request bad;
	int error;
	uint32_t step, why;
	const char *names;
} bad_rows[] = {
	{ { AT_MIB(2) + 16, VADDR, MIB, 0, 0 },
	  -EINVAL,
	  IOVA_STEP_ARGUMENT,
	  IOVA_WHY_UNALIGNED,
	  "0x40200010" },
	{ { AT_MIB(2), VADDR + 16, MIB, 0, 0 },
	  -EINVAL,
	  IOVA_STEP_ARGUMENT,
	  IOVA_WHY_UNALIGNED,
	  "0x7f0000000010" },
	{ { AT_MIB(2), VADDR, 100, 0, 0 }, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_UNALIGNED, "0x64" },
	{ { AT_MIB(2), VADDR, 0, 0, 0 },
	  -EINVAL,
	  IOVA_STEP_ARGUMENT,
	  IOVA_WHY_ZERO_LENGTH,
	  "0x40200000" },
	{ { AT_MIB(2), 0, MIB, 0, 0 }, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_NULL, "NULL" },
	{ { AT_MIB(2), VADDR, MIB, 4, 0 }, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_ACCESS, "access" },
	{ { AT_MIB(2), VADDR, MIB, 0, 8 }, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS, "flag" },
	{ { AT_MIB(2), VADDR, MIB, 0, IOVA_MANY_ANYWHERE },
	  -EINVAL,
	  IOVA_STEP_ARGUMENT,
	  IOVA_WHY_OPTIONS,
	  "flag" },
	{ { TOP_PAGE, VADDR, 2 * PAGE, 0, 0 },
	  -EOVERFLOW,
	  IOVA_STEP_ARGUMENT,
	  IOVA_WHY_WRAPS,
	  "0xfffffffffffff000" },
	{ { AT_MIB(2), TOP_PAGE, 2 * PAGE, 0, 0 },
	  -EOVERFLOW,
	  IOVA_STEP_ARGUMENT,
	  IOVA_WHY_WRAPS,
	  "0xfffffffffffff000" },
	{ { TOP_PAGE, VADDR, PAGE, 0, 0 },
	  -EADDRNOTAVAIL,
	  IOVA_STEP_CHECK,
	  IOVA_WHY_REFUSED,
	  "0xfffffffffffff000" },
	{ { 0xfee00000, VADDR, MIB, 0, 0 },
	  -EADDRNOTAVAIL,
	  IOVA_STEP_CHECK,
	  IOVA_WHY_REFUSED,
	  "0xfee00000" },
	{ { AT_MIB(6), VADDR, MIB, 0, 0 },
	  -EEXIST,
	  IOVA_STEP_CHECK,
	  IOVA_WHY_OVERLAP,
	  "live mapping 0x40680000" },
	{ { AT_MIB(3), VADDR, 2 * MIB, 0, 0 },
	  -EEXIST,
	  IOVA_STEP_ARGUMENT,
	  IOVA_WHY_OVERLAP,
	  "request for 0x40300000-0x404fffff" },
	{ { AT_MIB(4) + PAGE, VADDR, PAGE, 0, 0 },
	  -EEXIST,
	  IOVA_STEP_ARGUMENT,
	  IOVA_WHY_OVERLAP,
	  "request for 0x40400000-0x404fffff" },
	{ { AT_MIB(0), MEM_MIB(0), MIB, 0, 0 },
	  -EEXIST,
	  IOVA_STEP_ARGUMENT,
	  IOVA_WHY_OVERLAP,
	  "request for 0x40000000-0x400fffff" },
};

static void each_request_is_looked_at_before_the_kernel_is_asked(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);

	assert_mapped(ctx, AT_MIB(6) + MIB / 2, MIB / 2);
	for (size_t i = 0; i < LENGTH(bad_rows); i++) {
		struct iova_failure failure = IOVA_FAILURE_INIT;
		struct iova_request requests[LENGTH(four) + 1], kept[LENGTH(requests)];
		struct before before;
		int r;

		memcpy(requests, four, sizeof four);
		requests[LENGTH(four)] = bad_rows[i].bad;
		memcpy(kept, requests, sizeof kept);
		before = remember(world, ctx);
		r = iova_ctx_map_many(ctx, requests, LENGTH(requests), NULL, &failure);
		assert_int_equal(r, bad_rows[i].error);
		assert_failed(&failure, bad_rows[i].error, bad_rows[i].step, bad_rows[i].why);
		assert_names(&failure, ctx, bad_rows[i].names);
		assert_int_equal(failure.from_kernel, 0);
		assert_untouched(&before);
		assert_memory_equal(requests, kept, sizeof kept);
	}
	iova_ctx_close(ctx);
}

static void options_are_looked_at(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_request request = { AT, VADDR, MIB, 0, 0 };
	struct before before = remember(world, ctx);
	struct iova_many_opts *const wrong[] = {
		MANY(.flags = 8),
		MANY(.pad = 1),
		MANY(.step = 2048),
		MANY(.step = 3 * MIB),
		&(struct iova_many_opts){ .size = 8 },
	};
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct {
		struct iova_many_opts opts;
		uint64_t more;
	} longer = { *MANY(.flags = 0), 1 };

	for (size_t i = 0; i < LENGTH(wrong); i++) {
		assert_int_equal(iova_ctx_map_many(ctx, &request, 1, wrong[i], &failure), -EINVAL);
		assert_failed(&failure, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS);
		assert_int_equal(iova_ctx_map_many(ctx, NULL, 0, wrong[i], NULL), -EINVAL);
		assert_int_equal(iova_ctx_unmap_many(ctx, NULL, 0, wrong[i], NULL, NULL), -EINVAL);
	}
	assert_int_equal(iova_ctx_unmap_many(ctx, &request, 1, MANY(.flags = IOVA_MAP_SAME_OK),
					     NULL, NULL),
			 -EINVAL);
	longer.opts.size = sizeof longer;
	assert_int_equal(iova_ctx_map_many(ctx, &request, 1, &longer.opts, NULL), -E2BIG);
	assert_int_equal(iova_ctx_unmap_many(ctx, &request, 1, &longer.opts, NULL, NULL), -E2BIG);
	longer.more = 0;
	assert_int_equal(iova_ctx_map_many(NULL, &request, 1, NULL, &failure), -EINVAL);
	assert_failed(&failure, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_NULL);
	assert_int_equal(iova_ctx_map_many(ctx, NULL, 1, NULL, NULL), -EINVAL);
	assert_int_equal(iova_ctx_unmap_many(NULL, &request, 1, NULL, NULL, NULL), -EINVAL);
	assert_int_equal(iova_ctx_unmap_many(ctx, NULL, 1, NULL, NULL, NULL), -EINVAL);
	assert_int_equal(iova_ctx_map_many(ctx, &request, 1,
					   MANY(.flags = IOVA_MANY_ANYWHERE, .alloc.align = 3),
					   &failure),
			 -EINVAL);
	assert_failed(&failure, -EINVAL, IOVA_STEP_ALLOCATE, IOVA_WHY_OPTIONS);
	assert_untouched(&before);
	assert_int_equal(iova_ctx_map_many(ctx, &request, 1, &longer.opts, NULL), 0);
	iova_ctx_close(ctx);
}

static void ranges_to_unmap_are_looked_at_before_the_kernel_is_asked(void **state)
{
	static const struct {
		struct iova_request bad;
		int error;
		uint32_t step, why;
	} rows[] = {
		{ { AT_MIB(1), 0, MIB, 0, 0 }, -ENOENT, IOVA_STEP_CHECK, IOVA_WHY_NOT_MAPPED },
		{ { AT_MIB(16), 0, MIB, 0, 0 }, -ENOENT, IOVA_STEP_CHECK, IOVA_WHY_NOT_MAPPED },
		{ { AT_MIB(4), 0, MIB, 0, 0 }, -EINVAL, IOVA_STEP_CHECK, IOVA_WHY_CUTS_MAPPING },
		{ { AT_MIB(4), 0, 0, 0, 0 }, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_ZERO_LENGTH },
		{ { AT_MIB(4), 0, 100, 0, 0 }, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_UNALIGNED },
		{ { TOP_PAGE, 0, 2 * PAGE, 0, 0 }, -EOVERFLOW, IOVA_STEP_ARGUMENT, IOVA_WHY_WRAPS },
		{ { AT, 0, PAGE, 0, 0 }, -EEXIST, IOVA_STEP_ARGUMENT, IOVA_WHY_OVERLAP },
	};
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);

	assert_mapped(ctx, AT, MIB);
	assert_mapped(ctx, AT_MIB(4), 2 * MIB);
	assert_mapped(ctx, AT_MIB(8), MIB);
	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct iova_failure failure = IOVA_FAILURE_INIT;
		struct iova_request requests[] = { { .iova = AT_MIB(8), .length = MIB },
						   rows[i].bad,
						   { .iova = AT, .length = MIB } };
		struct before before = remember(world, ctx);
		uint64_t unmapped = 4711;

		assert_int_equal(iova_ctx_unmap_many(ctx, requests, 3, NULL, &unmapped, &failure),
				 rows[i].error);
		assert_failed(&failure, rows[i].error, rows[i].step, rows[i].why);
		assert_int_equal(unmapped, 4711);
		assert_untouched(&before);
	}
	iova_ctx_close(ctx);
}

static void without_a_group_nothing_is_mapped(void **state)
{
	struct iova_ctx *ctx = ctx_open(*state, NULL);
	struct iova_request request = { AT, VADDR, MIB, 0, 0 };
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(iova_ctx_map_many(ctx, &request, 1, NULL, &failure), -ENODEV);
	assert_failed(&failure, -ENODEV, IOVA_STEP_MAP, IOVA_WHY_NO_IOMMU);
	assert_int_equal(iova_ctx_unmap_many(ctx, &request, 1, NULL, NULL, &failure), -ENOENT);
	assert_failed(&failure, -ENOENT, IOVA_STEP_CHECK, IOVA_WHY_NOT_MAPPED);
	iova_ctx_close(ctx);
}

static void set_entry_limit(const struct world *world, uint32_t n)
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };

	iova_sim_get_kernel(world->sim, &kernel);
	kernel.entry_limit = n;
	iova_sim_set_kernel(world->sim, &kernel);
}

static void more_mappings_than_are_left_are_refused(void **state)
{
	const struct world *world = *state;
	uint32_t modes[] = { 0, IOVA_MANY_ANYWHERE };
	struct iova_ctx *ctx;

	set_entry_limit(world, 3);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		struct iova_failure failure = IOVA_FAILURE_INIT;
		struct iova_request requests[LENGTH(four)];
		struct before before = remember(world, ctx);

		memcpy(requests, four, sizeof four);
		assert_int_equal(iova_ctx_map_many(ctx, requests, LENGTH(four),
						   MANY(.step = MIB, .flags = modes[i],
							.alloc.align = MIB),
						   &failure),
				 -ENOSPC);
		assert_failed(&failure, -ENOSPC, IOVA_STEP_CHECK, IOVA_WHY_ENTRY_LIMIT);
		assert_int_equal(failure.expected, 4);
		assert_int_equal(failure.actual, 3);
		assert_names(&failure, ctx, "4 mappings are needed");
		assert_untouched(&before);
		/* One piece more than the length alone would take. */
		requests[0] = (struct iova_request){ AT_MIB(1) - PAGE, VADDR, 2 * MIB, 0, 0 };
		assert_int_equal(iova_ctx_map_many(ctx, requests, 1,
						   MANY(.step = MIB / 2, .flags = modes[i],
							.alloc.window = { AT_MIB(1) - PAGE,
									  AT_MIB(9) }),
						   &failure),
				 -ENOSPC);
		assert_int_equal(failure.expected, 5);
		assert_untouched(&before);
		requests[0] = four[0];
		/* Joined, they are no more than there may be. */
		assert_map_many(ctx, requests, LENGTH(four), MANY(.flags = modes[i]));
		assert_int_equal(iova_ctx_unmap_all(ctx, NULL, NULL), 0);
	}
	iova_ctx_close(ctx);
}

static void more_pieces_than_there_can_be_are_refused_at_once(void **state)
{
	const struct world *world = *state;
	uint32_t modes[] = { 0, IOVA_MANY_ANYWHERE };
	struct iova_ctx *ctx;

	exempt(world);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		struct iova_failure failure = IOVA_FAILURE_INIT;
		struct iova_request request = { 1ull << 32, VADDR, 1ull << 37, 0, 0 };
		struct before before = remember(world, ctx);

		assert_int_equal(iova_ctx_map_many(ctx, &request, 1,
						   MANY(.step = PAGE, .flags = modes[i]), &failure),
				 -ENOSPC);
		assert_failed(&failure, -ENOSPC, IOVA_STEP_CHECK, IOVA_WHY_ENTRY_LIMIT);
		assert_int_equal(failure.expected, 1ull << 25);
		assert_untouched(&before);
	}
	iova_ctx_close(ctx);
}

static void memory_is_counted_as_a_whole(void **state)
{
	const struct world *world = *state;
	struct iova_sys_memory memory = { .page_size = 4096, .limit = 3 * MIB + MIB / 2 };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_request requests[LENGTH(four)];
	struct iova_ctx *ctx;
	struct before before;

	assert_int_equal(iova_sim_set_memory(world->sim, &memory), 0);
	memcpy(requests, four, sizeof four);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	before = remember(world, ctx);
	assert_int_equal(iova_ctx_map_many(ctx, requests, LENGTH(four), NULL, &failure), -ENOMEM);
	assert_failed(&failure, -ENOMEM, IOVA_STEP_CHECK, IOVA_WHY_MEMLOCK);
	assert_int_equal(failure.expected, 4 * MIB);
	assert_int_equal(failure.actual, memory.limit);
	assert_untouched(&before);
	/* Device memory is not counted here; the model counts it, and is to refuse. */
	requests[0].flags = IOVA_MAP_UNCHARGED;
	assert_int_equal(iova_ctx_map_many(ctx, requests, LENGTH(four), NULL, &failure), -ENOMEM);
	assert_int_equal(failure.from_kernel, 1);
	assert_map_many(ctx, requests, LENGTH(four) - 1, NULL);
	iova_ctx_close(ctx);
}

/* Others locked some meanwhile: the kernel refuses the last, and the reason is found afterwards. */
static void what_the_kernel_lacks_is_told_after_all_was_undone(void **state)
{
	const struct world *world = *state;
	struct iova_sys_memory memory = { .page_size = 4096, .limit = 8 * MIB };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_request requests[LENGTH(four)];
	struct iova_ctx *ctx;

	assert_int_equal(iova_sim_set_memory(world->sim, &memory), 0);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	memory.locked = 5 * MIB;
	assert_int_equal(iova_sim_set_memory(world->sim, &memory), 0);
	memcpy(requests, four, sizeof four);
	assert_int_equal(iova_ctx_map_many(ctx, requests, LENGTH(four), MANY(.step = MIB),
					   &failure),
			 -ENOMEM);
	assert_failed(&failure, -ENOMEM, IOVA_STEP_MAP, IOVA_WHY_MEMLOCK);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(failure.iova, AT_MIB(8));
	assert_int_equal(failure.expected, 4 * MIB);
	assert_int_equal(failure.actual, 3 * MIB);
	world_assert_n_mappings(world, 0);
	iova_ctx_close(ctx);
}

static void a_run_needs_one_free_range(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_alloc_opts window = { .window = { AT_MIB(0), AT_MIB(4) - 1 } };
	struct iova_request requests[] = { { 1, MEM_MIB(0), MIB, 0, 0 },
					   { 2, MEM_MIB(1), MIB, 0, 0 },
					   { 3, MEM_MIB(4), MIB, 0, 0 } };
	struct iova_many_opts *opts = MANY(.flags = IOVA_MANY_ANYWHERE, .alloc = window);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct before before;

	assert_mapped(ctx, AT_MIB(1), MIB);
	before = remember(world, ctx);
	requests[1].length = 2 * MIB;
	assert_int_equal(iova_ctx_map_many(ctx, requests, 3, opts, &failure), -ENOSPC);
	assert_failed(&failure, -ENOSPC, IOVA_STEP_ALLOCATE, IOVA_WHY_NO_SPACE);
	assert_int_equal(failure.length, 3 * MIB);
	assert_untouched(&before);
	assert_int_equal(requests[0].iova, 1);
	requests[1].length = MIB;
	assert_map_many(ctx, requests, 3, opts);
	assert_int_equal(requests[0].iova, AT_MIB(2));
	assert_int_equal(requests[1].iova, AT_MIB(3));
	assert_int_equal(requests[2].iova, AT_MIB(0));
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, each_request_is_looked_at_before_the_kernel_is_asked),
		ON(desktop, options_are_looked_at),
		ON(desktop, without_a_group_nothing_is_mapped),
		ON(desktop, ranges_to_unmap_are_looked_at_before_the_kernel_is_asked),
		ON(desktop, more_mappings_than_are_left_are_refused),
		ON(desktop, more_pieces_than_there_can_be_are_refused_at_once),
		ON(desktop, memory_is_counted_as_a_whole),
		ON(desktop, what_the_kernel_lacks_is_told_after_all_was_undone),
		ON(desktop, a_run_needs_one_free_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

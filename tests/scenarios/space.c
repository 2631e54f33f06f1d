/* SPDX-License-Identifier: BSD-3-Clause */
/* What the library makes of the kernel's list and of sysfs, and whether the kernel agrees. */
#include "stage.h"

#include <errno.h>
#include <string.h>

#define TOP UINT64_MAX

static void kernels_list_and_sysfs_are_merged(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	const struct iova_space *space = iova_ctx_space(ctx);
	struct iova_range last;
	struct iova_set *set;
	uint32_t list;

	assert_int_equal(iova_set_new(&set), 0);
	assert_int_equal(iova_space_read_kernel(space, &list, set), 0);
	assert_int_equal(list, IOVA_LIST_RANGES);
	assert_int_equal(iova_set_overlaps(set, &stage->msi), 0);
	assert_int_equal(iova_set_nth(set, iova_set_count(set) - 1, &last), 0);
	assert_int_equal(last.last, stage->top);
	assert_int_equal(iova_space_top_known(space), 1);
	assert_int_equal(iova_space_read_tier(space, IOVA_TIER_REFUSED, set), 0);
	assert_int_equal(iova_set_contains(set, &stage->msi), 1);
	iova_set_free(set);
	iova_ctx_close(ctx);
}

static void a_hole_has_both_sources_as_reasons(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	const struct iova_space *space = iova_ctx_space(ctx);
	uint32_t group = stage_group_of(stage, stage->first);
	struct iova_segment segment;
	bool by_kernel = false, by_sysfs = false;
	size_t i = 0;

	while (iova_space_nth_segment(space, i, &segment) == 0 &&
	       segment.range.last < stage->msi.start)
		i++;
	assert_int_equal(segment.range.start, stage->msi.start);
	assert_int_equal(segment.range.last, stage->msi.last);
	assert_int_equal(segment.tier, IOVA_TIER_REFUSED);
	for (size_t j = 0; j < segment.n_reasons; j++) {
		struct iova_conflict reason;

		assert_int_equal(iova_space_nth_reason(space, i, j, &reason), 0);
		by_kernel |= reason.source == IOVA_SOURCE_KERNEL;
		by_sysfs |= reason.source == IOVA_SOURCE_REGION && reason.type == IOVA_REGION_MSI &&
			    reason.group == group;
	}
	assert_true(by_kernel);
	assert_true(by_sysfs);
	iova_ctx_close(ctx);
}

static void the_kernel_lists_the_relaxable_region_as_valid(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->relaxable, NULL);
	const struct iova_space *space = iova_ctx_space(ctx);
	struct iova_set *set;
	uint32_t list;

	assert_int_equal(iova_set_new(&set), 0);
	assert_int_equal(iova_space_read_kernel(space, &list, set), 0);
	assert_int_equal(iova_set_contains(set, &stage->relaxable_range), 1);
	assert_int_equal(iova_space_read_tier(space, IOVA_TIER_AVOID, set), 0);
	assert_int_equal(iova_set_contains(set, &stage->relaxable_range), 1);
	iova_set_free(set);
	iova_ctx_close(ctx);
}

static void the_relaxable_region_is_the_isa_bridges(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->relaxable, NULL);
	struct iova_check check = { .size = sizeof check };
	struct iova_conflict conflict;
	uint64_t granule = iova_space_granule(iova_ctx_space(ctx));

	assert_int_equal(iova_space_check(iova_ctx_space(ctx),
					  stage->relaxable_range.start + granule, granule, &check,
					  &conflict, 1),
			 0);
	assert_int_equal(check.verdict, IOVA_VERDICT_WARN);
	assert_int_equal(check.n_conflicts, 1);
	assert_int_equal(conflict.type, IOVA_REGION_DIRECT_RELAXABLE);
	assert_int_equal(conflict.group, stage_group_of(stage, stage->relaxable));
	assert_string_equal(conflict.device, stage->lpc);
	iova_ctx_close(ctx);
}

static int map_page(struct iova_ctx *ctx, uint64_t iova, void *memory, struct iova_failure *failure)
{
	uint64_t granule = iova_space_granule(iova_ctx_space(ctx));

	return iova_ctx_map_fixed(ctx, iova, memory, granule, NULL, failure);
}

/* Maps and unmaps one granule. */
static void assert_maps(struct iova_ctx *ctx, uint64_t iova, void *memory)
{
	uint64_t granule = iova_space_granule(iova_ctx_space(ctx)), unmapped = 0;
	struct iova_failure failure = IOVA_FAILURE_INIT;

	if (map_page(ctx, iova, memory, &failure) < 0)
		assert_failure(&failure, 0, 0, 0);
	assert_int_equal(iova_ctx_unmap(ctx, iova, granule, &unmapped, &failure), 0);
	assert_int_equal(unmapped, granule);
}

static void assert_refused_before_the_kernel(struct iova_ctx *ctx, uint64_t iova, void *memory)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(map_page(ctx, iova, memory, &failure), -EADDRNOTAVAIL);
	assert_failure(&failure, -EADDRNOTAVAIL, IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
	assert_int_equal(failure.from_kernel, 0);
	assert_true(failure.n_conflicts > 0);
}

static void every_edge_maps_and_one_granule_beyond_is_refused(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	uint64_t granule = iova_space_granule(iova_ctx_space(ctx));
	void *memory = memory_new(granule);
	size_t n_beyond = 0;
	struct iova_segment segment;

	for (size_t i = 0; iova_space_nth_segment(iova_ctx_space(ctx), i, &segment) == 0; i++) {
		if (segment.tier == IOVA_TIER_REFUSED)
			continue;
		assert_maps(ctx, segment.range.start, memory);
		assert_maps(ctx, segment.range.last - (granule - 1), memory);
		if (segment.range.start >= granule) {
			assert_refused_before_the_kernel(ctx, segment.range.start - granule,
							 memory);
			n_beyond++;
		}
		assert_true(segment.range.last < TOP);
		assert_refused_before_the_kernel(ctx, segment.range.last + 1, memory);
		n_beyond++;
	}
	assert_true(n_beyond >= 3);
	memory_free(memory, granule);
	iova_ctx_close(ctx);
}

/* Whether the only reason is one that this kernel does not share. */
static bool is_our_own_refusal(const struct iova_space *space, size_t i)
{
	struct iova_conflict reason;
	struct iova_segment segment;

	if (iova_space_nth_segment(space, i, &segment) < 0)
		return false;
	for (size_t j = 0; j < segment.n_reasons; j++) {
		assert_int_equal(iova_space_nth_reason(space, i, j, &reason), 0);
		if (reason.source != IOVA_SOURCE_LAST_PAGE)
			return false;
	}
	return true;
}

static void the_kernel_agrees_with_each_verdict(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx_opts opts = { .flags = IOVA_CTX_UNCHECKED };
	struct iova_ctx *ctx = stage_attach(stage, &opts, stage->first, NULL);
	const struct iova_space *space = iova_ctx_space(ctx);
	uint64_t granule = iova_space_granule(space);
	void *memory = memory_new(granule);
	struct iova_segment segment;
	size_t n_refused = 0;

	for (size_t i = 0; iova_space_nth_segment(space, i, &segment) == 0; i++) {
		uint64_t edges[2] = { segment.range.start, segment.range.last - (granule - 1) };

		if (segment.tier == IOVA_TIER_REFUSED && is_our_own_refusal(space, i))
			continue;
		for (int edge = 0; edge < 2; edge++) {
			struct iova_failure failure = IOVA_FAILURE_INIT;

			/* A range that ends at 2^64-1 loses its mapping; that is another scenario. */
			if (edges[edge] > TOP - granule)
				continue;
			if (segment.tier != IOVA_TIER_REFUSED) {
				assert_maps(ctx, edges[edge], memory);
				continue;
			}
			assert_int_equal(map_page(ctx, edges[edge], memory, &failure), -EINVAL);
			assert_failure(&failure, -EINVAL, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN);
			assert_int_equal(failure.from_kernel, 1);
			n_refused++;
		}
	}
	assert_true(n_refused >= 2);
	memory_free(memory, granule);
	iova_ctx_close(ctx);
}

static void a_declared_width_refuses_what_the_kernel_would_take(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx_opts opts = { .width = 32 };
	struct iova_ctx *ctx = stage_attach(stage, &opts, stage->first, NULL);
	uint64_t granule = iova_space_granule(iova_ctx_space(ctx));
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(granule);

	assert_maps(ctx, ((uint64_t)1 << 32) - granule, memory);
	assert_int_equal(map_page(ctx, (uint64_t)1 << 32, memory, &failure), -EADDRNOTAVAIL);
	assert_int_equal(failure.conflict.source, IOVA_SOURCE_WIDTH);
	assert_explained(&failure, NULL, "32 bits");
	memory_free(memory, granule);
	iova_ctx_close(ctx);
}

static void trying_finds_the_width_that_the_kernel_lists(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint32_t width;

	if (iova_ctx_probe_width(ctx, &width, &failure) < 0)
		assert_failure(&failure, 0, 0, 0);
	assert_int_equal(width, 64 - __builtin_clzll(stage->top));
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	iova_ctx_close(ctx);
}

void add_space_scenarios(struct playbill *bill)
{
	ADD(bill, kernels_list_and_sysfs_are_merged, 0);
	ADD(bill, a_hole_has_both_sources_as_reasons, 0);
	ADD(bill, the_kernel_lists_the_relaxable_region_as_valid, HAS_RELAXABLE);
	ADD(bill, the_relaxable_region_is_the_isa_bridges, HAS_LPC);
	ADD(bill, every_edge_maps_and_one_granule_beyond_is_refused, 0);
	ADD(bill, the_kernel_agrees_with_each_verdict, 0);
	ADD(bill, trying_finds_the_width_that_the_kernel_lists, 0);
	ADD(bill, a_declared_width_refuses_what_the_kernel_would_take, 0);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Mapping: fixed, anywhere, identity; relaxable regions under each policy. */
#include "stage.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define LENGTH ((size_t)2 << 20)

static void memory_maps_where_it_is_told(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_mapping mapping;
	void *memory = memory_new(LENGTH);

	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, LENGTH, NULL, NULL), 0);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 1);
	assert_int_equal(iova_space_find(iova_ctx_space(ctx), 0x40001000, &mapping), 0);
	assert_int_equal(mapping.range.start, 0x40000000);
	assert_int_equal(mapping.range.last, 0x40000000 + LENGTH - 1);
	assert_int_equal(mapping.vaddr, (uintptr_t)memory);
	assert_int_equal(mapping.access, IOVA_READ | IOVA_WRITE);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void memory_maps_anywhere_without_touching_each_other(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_map_opts opts = {
		.size = sizeof opts,
		.alloc = { .size = sizeof opts.alloc, .align = LENGTH },
	};
	void *memory = memory_new(LENGTH);
	uint64_t iova[8];

	for (int i = 0; i < 8; i++) {
		assert_int_equal(iova_ctx_map(ctx, memory, LENGTH, &opts, &iova[i], NULL), 0);
		assert_int_equal(iova[i] % LENGTH, 0);
		for (int j = 0; j < i; j++)
			assert_int_not_equal(iova[i], iova[j]);
	}
	/* What is given back is handed out again. */
	assert_int_equal(iova_ctx_unmap(ctx, iova[3], LENGTH, NULL, NULL), 0);
	assert_int_equal(iova_ctx_map(ctx, memory, LENGTH, &opts, &iova[0], NULL), 0);
	assert_int_equal(iova[0], iova[3]);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void memory_maps_at_its_own_address(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_mapping mapping;
	void *memory = mmap((void *)0x50000000, LENGTH, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	assert_ptr_equal(memory, (void *)0x50000000);
	assert_int_equal(iova_ctx_map_identity(ctx, memory, LENGTH, NULL, NULL), 0);
	assert_int_equal(iova_space_find(iova_ctx_space(ctx), 0x50000000, &mapping), 0);
	assert_int_equal(mapping.range.start, mapping.vaddr);
	iova_ctx_close(ctx);
	munmap(memory, LENGTH);
}

static void identity_of_high_memory_is_refused_below_its_width(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(LENGTH);

	assert_true((uintptr_t)memory > stage->top);
	assert_int_equal(iova_ctx_map_identity(ctx, memory, LENGTH, NULL, &failure),
			 -EADDRNOTAVAIL);
	assert_int_equal(failure.conflict.source, IOVA_SOURCE_KERNEL);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void read_only_memory_maps_only_for_reading(void **state)
{
	const struct stage *stage = *state;
	struct iova_map_opts opts = { .size = sizeof opts, .access = IOVA_READ };
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_mapping mapping;
	void *memory = memory_new(LENGTH);

	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, LENGTH, &opts, NULL), 0);
	assert_int_equal(iova_space_find(iova_ctx_space(ctx), 0, &mapping), 0);
	assert_int_equal(mapping.access, IOVA_READ);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void memory_that_is_not_there_is_a_fault_and_changes_nothing(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	char *lost = memory_new(LENGTH), *memory = memory_new(LENGTH);

	assert_int_equal(stage->lose_memory(stage, lost + 0x1000, 0x1000), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, lost, LENGTH, NULL, &failure),
			 -EFAULT);
	assert_failure(&failure, -EFAULT, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, LENGTH, NULL, NULL), 0);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void a_map_over_a_mapping_names_it(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_map_opts same = { .size = sizeof same, .flags = IOVA_MAP_SAME_OK };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(LENGTH);

	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, LENGTH, NULL, NULL), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40100000, memory, LENGTH, NULL, &failure),
			 -EEXIST);
	assert_failure(&failure, -EEXIST, IOVA_STEP_CHECK, IOVA_WHY_OVERLAP);
	assert_int_equal(failure.conflict.range.start, 0x40100000);
	assert_int_equal(failure.conflict.range.last, 0x401fffff);
	assert_int_equal(failure.conflict.vaddr, (uintptr_t)memory);
	assert_explained(&failure, iova_ctx_host(ctx), "0x40000000-0x401fffff");
	/* The very same is benign only when asked for. */
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, LENGTH, NULL, NULL), -EEXIST);
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, LENGTH, &same, NULL), 0);
	same.access = IOVA_READ;
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, LENGTH, &same, NULL), -EEXIST);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 1);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void the_kernel_says_eexist_of_what_we_do_not_know(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx_opts opts = { .flags = IOVA_CTX_UNCHECKED };
	struct iova_ctx *ctx = stage_attach(stage, &opts, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(LENGTH);

	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, LENGTH, NULL, NULL), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40100000, memory, LENGTH, NULL, &failure),
			 -EEXIST);
	assert_failure(&failure, -EEXIST, IOVA_STEP_MAP, IOVA_WHY_OVERLAP);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 1);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

/* Maps inside the relaxable region under a policy, which may be NULL. */
static int map_relaxable(const struct stage *stage, const struct iova_policy *policy,
			 struct heard *heard, struct iova_failure *failure)
{
	struct iova_ctx_opts opts = { .policy = policy };
	struct iova_ctx *ctx = stage_attach(stage, &opts, stage->relaxable, heard);
	uint64_t granule = iova_space_granule(iova_ctx_space(ctx));
	void *memory = memory_new(granule);
	int r = iova_ctx_map_fixed(ctx, stage->relaxable_range.start, memory, granule, NULL,
				   failure);

	iova_ctx_close(ctx);
	memory_free(memory, granule);
	return r;
}

static struct iova_policy *policy_of(uint32_t mode)
{
	struct iova_policy *policy;

	assert_int_equal(iova_policy_new(mode, &policy), 0);
	return policy;
}

static void a_relaxable_region_is_mapped_with_a_warning(void **state)
{
	const struct stage *stage = *state;
	struct iova_policy *policy = policy_of(IOVA_POLICY_WARN);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct heard heard;

	if (map_relaxable(stage, policy, &heard, &failure) < 0)
		assert_failure(&failure, 0, 0, 0);
	assert_int_equal(heard.n_warnings, 1);
	assert_non_null(strstr(heard.warning, "direct-relaxable"));
	iova_policy_free(policy);
}

static void a_relaxable_region_is_refused_under_strict(void **state)
{
	const struct stage *stage = *state;
	struct iova_policy *policy = policy_of(IOVA_POLICY_STRICT);
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(map_relaxable(stage, policy, NULL, &failure), -EADDRNOTAVAIL);
	assert_failure(&failure, -EADDRNOTAVAIL, IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
	assert_int_equal(failure.from_kernel, 0);
	assert_int_equal(failure.conflict.type, IOVA_REGION_DIRECT_RELAXABLE);
	assert_explained(&failure, NULL, "direct-relaxable");
	iova_policy_free(policy);
}

static void an_override_allows_a_relaxable_region(void **state)
{
	const struct stage *stage = *state;
	const char *owner = stage->lpc ? stage->lpc : stage->relaxable;

	for (int kind = 0; kind < 3; kind++) {
		struct iova_policy *policy = policy_of(IOVA_POLICY_STRICT);
		struct iova_failure failure = IOVA_FAILURE_INIT;
		struct heard heard;
		int r;

		if (kind == 0)
			r = iova_policy_override_range(policy, &stage->relaxable_range,
						       IOVA_VERDICT_ALLOW);
		else if (kind == 1)
			r = iova_policy_override_group(policy,
						       stage_group_of(stage, stage->relaxable),
						       IOVA_VERDICT_ALLOW);
		else
			r = iova_policy_override_device(policy, owner, IOVA_VERDICT_ALLOW);
		assert_int_equal(r, 0);
		if (map_relaxable(stage, policy, &heard, &failure) < 0)
			assert_failure(&failure, 0, 0, 0);
		assert_int_equal(heard.n_warnings, 0);
		iova_policy_free(policy);
	}
}

static void a_relaxable_region_is_handed_out_last(void **state)
{
	const struct stage *stage = *state;
	struct iova_policy *policy = policy_of(IOVA_POLICY_RELAXED);
	struct iova_ctx_opts opts = { .policy = policy };
	struct iova_ctx *ctx = stage_attach(stage, &opts, stage->relaxable, NULL);
	uint64_t granule = iova_space_granule(iova_ctx_space(ctx)), iova;
	struct iova_map_opts within = {
		.size = sizeof within,
		.alloc = { .size = sizeof within.alloc,
			   .window = { stage->relaxable_range.start,
				       stage->relaxable_range.last + granule } },
	};
	void *memory = memory_new(granule);

	assert_int_equal(iova_ctx_map(ctx, memory, granule, &within, &iova, NULL), 0);
	assert_int_equal(iova, stage->relaxable_range.last + 1);
	assert_int_equal(iova_ctx_map(ctx, memory, granule, &within, &iova, NULL), 0);
	assert_int_equal(iova, stage->relaxable_range.start);
	iova_ctx_close(ctx);
	memory_free(memory, granule);
	iova_policy_free(policy);
}

void add_map_scenarios(struct playbill *bill)
{
	ADD(bill, memory_maps_where_it_is_told, 0);
	ADD(bill, memory_maps_anywhere_without_touching_each_other, 0);
	ADD(bill, memory_maps_at_its_own_address, 0);
	ADD(bill, identity_of_high_memory_is_refused_below_its_width, HAS_WIDTH);
	ADD(bill, read_only_memory_maps_only_for_reading, 0);
	ADD(bill, memory_that_is_not_there_is_a_fault_and_changes_nothing, HAS_LOST_MEMORY);
	ADD(bill, a_map_over_a_mapping_names_it, 0);
	ADD(bill, the_kernel_says_eexist_of_what_we_do_not_know, 0);
	ADD(bill, a_relaxable_region_is_mapped_with_a_warning, HAS_RELAXABLE);
	ADD(bill, a_relaxable_region_is_refused_under_strict, HAS_RELAXABLE);
	ADD(bill, an_override_allows_a_relaxable_region, HAS_RELAXABLE);
	ADD(bill, a_relaxable_region_is_handed_out_last, HAS_RELAXABLE);
}

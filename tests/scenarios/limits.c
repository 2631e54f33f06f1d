/* SPDX-License-Identifier: BSD-3-Clause */
/* The limits, reached for real: entries of the container, locked memory of the process. */
#include "stage.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE ((uint64_t)4096)
#define ENTRIES_MAX 200000

static uint64_t entries_left(struct iova_ctx *ctx)
{
	struct iova_limits limits = { .size = sizeof limits };

	assert_int_equal(iova_ctx_limits(ctx, &limits, NULL), 0);
	assert_true(limits.flags & IOVA_LIMITS_ENTRIES);
	return limits.entries_left;
}

static void the_entry_limit_is_known_before_it_bites(void **state)
{
	const struct stage *stage = *state;
	struct heard heard;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, &heard);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint64_t n = entries_left(ctx), start = 0x100000000, unmapped;
	void *memory = memory_new(PAGE);

	assert_in_range(n, 2000, ENTRIES_MAX);
	for (uint64_t i = 0; i < n; i++)
		assert_int_equal(iova_ctx_map_fixed(ctx, start + i * 2 * PAGE, memory, PAGE, NULL,
						    NULL),
				 0);
	assert_int_equal(heard.n_warnings, 1);
	assert_int_equal(entries_left(ctx), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, PAGE, NULL, &failure),
			 -ENOSPC);
	assert_failure(&failure, -ENOSPC, IOVA_STEP_CHECK, IOVA_WHY_ENTRY_LIMIT);
	assert_int_equal(failure.from_kernel, 0);
	assert_explained(&failure, NULL, "no more mappings");
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), n);
	assert_int_equal(iova_ctx_unmap(ctx, start, PAGE, NULL, NULL), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, PAGE, NULL, NULL), 0);
	assert_int_equal(iova_ctx_unmap_all(ctx, &unmapped, NULL), 0);
	assert_int_equal(unmapped, n * PAGE);
	assert_int_equal(entries_left(ctx), n);
	iova_ctx_close(ctx);
	memory_free(memory, PAGE);
}

static void the_kernel_agrees_on_the_entry_limit(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx_opts opts = { .flags = IOVA_CTX_UNCHECKED };
	struct iova_ctx *ctx = stage_attach(stage, &opts, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint64_t n = entries_left(ctx);
	void *memory = memory_new(PAGE);

	assert_in_range(n, 2000, ENTRIES_MAX);
	for (uint64_t i = 0; i < n; i++)
		assert_int_equal(iova_ctx_map_fixed(ctx, 0x100000000 + i * PAGE, memory, PAGE, NULL,
						    NULL),
				 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, PAGE, NULL, &failure),
			 -ENOSPC);
	assert_failure(&failure, -ENOSPC, IOVA_STEP_MAP, IOVA_WHY_ENTRY_LIMIT);
	assert_int_equal(failure.from_kernel, 1);
	iova_ctx_close(ctx);
	memory_free(memory, PAGE);
}

#define LIMIT ((uint64_t)1 << 20)

/* Each returns 0, or the number of what went wrong. */
static int stay_below_the_limit(struct iova_ctx *ctx, char *memory)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_limits limits = { .size = sizeof limits };

	if (iova_ctx_refresh(ctx, NULL, NULL) < 0 || iova_ctx_limits(ctx, &limits, NULL) < 0)
		return 1;
	if ((limits.flags & IOVA_LIMITS_EXEMPT) || limits.memlock_limit != LIMIT ||
	    limits.memlock_left > LIMIT)
		return 2;
	if (iova_ctx_map_fixed(ctx, 0x40000000, memory, limits.memlock_left / 2, NULL, NULL) < 0)
		return 3;
	if (iova_ctx_map_fixed(ctx, 0x50000000, memory, limits.memlock_left, NULL, &failure) !=
	    -ENOMEM)
		return 4;
	if (failure.from_kernel || failure.why != IOVA_WHY_MEMLOCK ||
	    failure.expected != limits.memlock_left || failure.actual != limits.memlock_left / 2)
		return 5;
	if (iova_ctx_unmap_all(ctx, NULL, NULL) < 0)
		return 6;
	if (iova_ctx_map_fixed(ctx, 0x50000000, memory, limits.memlock_left, NULL, NULL) < 0)
		return 7;
	return 0;
}

static int have_the_kernel_refuse(struct iova_ctx *ctx, char *memory)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;

	if (iova_ctx_map_fixed(ctx, 0x40000000, memory, LIMIT + PAGE, NULL, &failure) != -ENOMEM)
		return 8;
	if (!failure.from_kernel || failure.why != IOVA_WHY_MEMLOCK)
		return 9;
	return iova_space_count(iova_ctx_space(ctx)) ? 10 : 0;
}

/* In a child, which gives up its privileges for good. */
static void play_limited(const struct stage *stage, uint32_t flags,
			 int (*play)(struct iova_ctx *ctx, char *memory))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		struct iova_ctx_opts opts = { .flags = flags };
		struct iova_ctx *ctx = stage_attach(stage, &opts, stage->first, NULL);
		char *memory = memory_new(2 * LIMIT);

		if (stage->limit_memory(stage, LIMIT) < 0)
			_exit(99);
		_exit(play(ctx, memory));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void the_memlock_limit_is_known_before_it_bites(void **state)
{
	const struct stage *stage = *state;

	play_limited(stage, 0, stay_below_the_limit);
}

static void the_kernel_agrees_on_the_memlock_limit(void **state)
{
	const struct stage *stage = *state;

	play_limited(stage, IOVA_CTX_UNCHECKED, have_the_kernel_refuse);
}

void add_limit_scenarios(struct playbill *bill)
{
	ADD(bill, the_entry_limit_is_known_before_it_bites, HAS_LIMITS);
	ADD(bill, the_kernel_agrees_on_the_entry_limit, HAS_LIMITS);
	ADD(bill, the_memlock_limit_is_known_before_it_bites, 0);
	ADD(bill, the_kernel_agrees_on_the_memlock_limit, 0);
}

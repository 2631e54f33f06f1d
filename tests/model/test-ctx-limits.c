/* SPDX-License-Identifier: BSD-3-Clause */
/* Mappings and locked memory that run out, also by what others use up. */
#include "ctx-help.h"

#include <errno.h>
#include <string.h>

static void set_entry_limit(const struct world *world, uint32_t n)
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };

	iova_sim_get_kernel(world->sim, &kernel);
	kernel.entry_limit = n;
	iova_sim_set_kernel(world->sim, &kernel);
}

static void entries_that_others_free_are_found_when_they_are_needed(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx;
	uint64_t n_maps, n_infos;

	set_entry_limit(world, 4);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	n_infos = world_calls(world, IOVA_SIM_CALL_GET_INFO);
	for (uint64_t i = 0; i < 4; i++)
		assert_mapped(ctx, AT + i * MIB, MIB);
	/* Counting costs no call. */
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_GET_INFO), n_infos);
	n_maps = world_calls(world, IOVA_SIM_CALL_MAP);
	assert_int_equal(map_at(ctx, AT + 4 * MIB, MIB, &failure), -ENOSPC);
	assert_failed(&failure, -ENOSPC, IOVA_STEP_CHECK, IOVA_WHY_ENTRY_LIMIT);
	assert_names(&failure, ctx, "no more mappings");
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_MAP), n_maps);
	assert_int_equal(iova_sim_unmap_behind(world->sim, IOVA_SIM_ONLY_CONTAINER, AT,
					       AT + MIB - 1),
			 1);
	assert_mapped(ctx, AT + 4 * MIB, MIB);
	iova_ctx_close(ctx);
}

static void entries_that_others_take_are_the_kernels_to_refuse(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_limits limits = { .size = sizeof limits };
	struct iova_ctx *ctx;

	set_entry_limit(world, 2);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	for (uint64_t i = 0; i < 2; i++)
		assert_int_equal(iova_sim_map_behind(world->sim, IOVA_SIM_ONLY_CONTAINER,
						     AT + i * MIB, VADDR, MIB),
				 0);
	assert_int_equal(map_at(ctx, AT + 4 * MIB, MIB, &failure), -ENOSPC);
	assert_failed(&failure, -ENOSPC, IOVA_STEP_MAP, IOVA_WHY_ENTRY_LIMIT);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(iova_ctx_limits(ctx, &limits, NULL), 0);
	assert_int_equal(limits.entries_left, 0);
	iova_ctx_close(ctx);
}

static void set_memlock(const struct world *world, uint64_t limit, uint64_t locked, uint32_t exempt)
{
	struct iova_sys_memory memory = {
		.page_size = 4096, .limit = limit, .locked = locked, .exempt = exempt
	};

	assert_int_equal(iova_sim_set_memory(world->sim, &memory), 0);
}

static void a_lowered_limit_is_seen_when_it_is_reached(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_limits limits = { .size = sizeof limits };
	struct iova_ctx *ctx;

	set_memlock(world, 8 * MIB, 0, 0);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	assert_mapped(ctx, AT, 4 * MIB);
	assert_int_equal(iova_ctx_limits(ctx, &limits, NULL), 0);
	assert_int_equal(limits.flags & IOVA_LIMITS_EXEMPT, 0);
	assert_int_equal(limits.memlock_limit, 8 * MIB);
	assert_int_equal(limits.memlock_locked, 4 * MIB);
	assert_int_equal(limits.memlock_left, 4 * MIB);
	assert_int_equal(map_at(ctx, AT + 8 * MIB, 5 * MIB, &failure), -ENOMEM);
	assert_failed(&failure, -ENOMEM, IOVA_STEP_CHECK, IOVA_WHY_MEMLOCK);
	assert_int_equal(failure.expected, 5 * MIB);
	assert_int_equal(failure.actual, 4 * MIB);
	assert_names(&failure, ctx, "4096 KiB");
	/* Others lock, or the limit falls: the kernel finds out, and it is named all the same. */
	set_memlock(world, 8 * MIB, 3 * MIB, 0);
	assert_int_equal(map_at(ctx, AT + 8 * MIB, 2 * MIB, &failure), -ENOMEM);
	assert_failed(&failure, -ENOMEM, IOVA_STEP_MAP, IOVA_WHY_MEMLOCK);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(failure.actual, MIB);
	assert_int_equal(map_at(ctx, AT + 8 * MIB, 2 * MIB, &failure), -ENOMEM);
	assert_failed(&failure, -ENOMEM, IOVA_STEP_CHECK, IOVA_WHY_MEMLOCK);
	/* Raised again: seen at once. */
	set_memlock(world, 16 * MIB, 3 * MIB, 0);
	assert_mapped(ctx, AT + 8 * MIB, 2 * MIB);
	iova_ctx_close(ctx);
}

static void the_exempt_are_not_limited(void **state)
{
	const struct world *world = *state;
	struct iova_limits limits = { .size = sizeof limits };
	struct iova_ctx *ctx;

	set_memlock(world, MIB, 0, 1);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	assert_mapped(ctx, AT, 8 * MIB);
	assert_int_equal(iova_ctx_limits(ctx, &limits, NULL), 0);
	assert_true(limits.flags & IOVA_LIMITS_EXEMPT);
	assert_int_equal(limits.memlock_left, UINT64_MAX);
	iova_ctx_close(ctx);
	set_memlock(world, UINT64_MAX, 0, 0);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	assert_mapped(ctx, AT, 8 * MIB);
	assert_int_equal(iova_ctx_limits(ctx, &limits, NULL), 0);
	assert_int_equal(limits.memlock_left, UINT64_MAX);
	iova_ctx_close(ctx);
}

static void device_memory_is_not_counted(void **state)
{
	const struct world *world = *state;
	struct iova_map_opts bar = { .size = sizeof bar, .flags = IOVA_MAP_UNCHARGED };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx;
	uint64_t n;

	set_memlock(world, 4 * MIB, 0, 0);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	/* The model charges all memory, so here the kernel refuses what the library lets pass. */
	assert_int_equal(iova_ctx_map_fixed(ctx, AT, (void *)VADDR, 5 * MIB, &bar, &failure),
			 -ENOMEM);
	assert_failed(&failure, -ENOMEM, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_ctx_map_fixed(ctx, AT, (void *)VADDR, 2 * MIB, &bar, NULL), 0);
	/* Four MiB were given back that had never been counted: the next map asks, and knows. */
	set_memlock(world, 4 * MIB, 2 * MIB, 0);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, NULL), 0);
	set_memlock(world, 4 * MIB, 4 * MIB, 0);
	n = world_calls(world, IOVA_SIM_CALL_MAP);
	assert_int_equal(map_at(ctx, AT, MIB, &failure), -ENOMEM);
	assert_failed(&failure, -ENOMEM, IOVA_STEP_CHECK, IOVA_WHY_MEMLOCK);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_MAP), n);
	iova_ctx_close(ctx);
}

static void limits_that_cannot_be_read_do_not_keep_from_mapping(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_limits limits = { .size = sizeof limits };
	struct iova_ctx *ctx;

	for (uint64_t nth = 1; nth <= 3; nth++)
		assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_MEMORY, nth, ENOENT), 0);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	assert_mapped(ctx, AT, 32 * MIB);
	assert_int_equal(iova_ctx_limits(ctx, &limits, &failure), -EIO);
	assert_failed(&failure, -EIO, IOVA_STEP_CHECK, IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_ctx_limits(ctx, &limits, NULL), 0);
	assert_int_equal(limits.memlock_left, 32 * MIB);
	iova_ctx_close(ctx);
}

static void few_entries_left_are_told_once(void **state)
{
	const struct world *world = *state;
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx;

	set_entry_limit(world, 1030);
	ctx = ctx_with(world, &opts, GROUP_NIC);
	for (uint64_t i = 0; i < 5; i++)
		assert_mapped(ctx, AT + i * 0x1000, 0x1000);
	assert_int_equal(ears.n[IOVA_LOG_WARNING], 0);
	for (uint64_t i = 5; i < 10; i++)
		assert_mapped(ctx, AT + i * 0x1000, 0x1000);
	assert_int_equal(ears.n[IOVA_LOG_WARNING], 1);
	assert_non_null(strstr(ears.last[IOVA_LOG_WARNING], "dma_entry_limit"));
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, entries_that_others_free_are_found_when_they_are_needed),
		ON(desktop, entries_that_others_take_are_the_kernels_to_refuse),
		ON(desktop, a_lowered_limit_is_seen_when_it_is_reached),
		ON(desktop, the_exempt_are_not_limited),
		ON(desktop, device_memory_is_not_counted),
		ON(desktop, limits_that_cannot_be_read_do_not_keep_from_mapping),
		ON(desktop, few_entries_left_are_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

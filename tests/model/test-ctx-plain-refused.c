/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a plain map or unmap fails, or nears a limit, it does so as the long way does. */
#include "oom.h"
#include "pair-help.h"
#include "prng.h"

#include "context/context.h"

#include <errno.h>

static void set_kernel_limit(struct pair *pair, uint32_t n)
{
	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++) {
		struct iova_sim_kernel kernel = { .size = sizeof kernel };

		iova_sim_get_kernel(twin->world->sim, &kernel);
		kernel.entry_limit = n;
		iova_sim_set_kernel(twin->world->sim, &kernel);
	}
}

static void set_memory(struct pair *pair, uint64_t limit, uint64_t locked, uint32_t is_exempt)
{
	struct iova_sys_memory memory = {
		.page_size = 4096, .limit = limit, .locked = locked, .exempt = is_exempt
	};

	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++)
		assert_int_equal(iova_sim_set_memory(twin->world->sim, &memory), 0);
}

static void few_mappings_left_are_told_at_the_same_map(void **state)
{
	struct pair *pair = *state;
	struct iova_failure failure;

	set_kernel_limit(pair, 1028);
	pair_open(pair, 0, GROUP_NIC);
	for (uint64_t i = 0; i < 8; i++) {
		assert_int_equal(map_page(pair, AT + i * PAGE, NULL), 0);
		assert_int_equal(pair->twins[0].ears.n[IOVA_LOG_WARNING], i >= 3);
	}
	for (uint64_t i = 0; i < 8; i++)
		assert_int_equal(unmap_alike(pair, AT + (7 - i) * PAGE, PAGE, NULL), 0);
	pair_close(pair);
	set_kernel_limit(pair, 2);
	pair_open(pair, 0, GROUP_NIC);
	assert_int_equal(map_page(pair, AT, NULL), 0);
	assert_int_equal(map_page(pair, AT + PAGE, NULL), 0);
	assert_int_equal(map_page(pair, AT + 2 * PAGE, &failure), -ENOSPC);
	assert_int_equal(failure.why, IOVA_WHY_ENTRY_LIMIT);
}

static void mappings_that_no_kernel_counts_are_not_counted(void **state)
{
	struct pair *pair = *state;

	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++)
		world_kernel(twin->world, "5.4");
	pair_open(pair, 0, GROUP_NIC);
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(map_page(pair, AT + i * MIB, NULL), 0);
	assert_int_equal(unmap_alike(pair, AT, PAGE, NULL), 0);
	assert_false(pair->twins[0].ctx->has_available);
	assert_int_equal(pair->twins[0].ctx->available, 0);
}

static void locked_memory_is_counted_alike(void **state)
{
	struct pair *pair = *state;
	struct iova_failure failure;
	struct asked two = { AT, VADDR, 2 * MIB, 0 }, next = { AT + 4 * MIB, VADDR, MIB, 0 };

	set_memory(pair, 3 * MIB, 0, 0);
	pair_open(pair, 0, GROUP_NIC);
	assert_int_equal(map_alike(pair, &two, NULL), 0);
	assert_int_equal(map_alike(pair, &next, NULL), 0);
	assert_int_equal(map_page(pair, AT + 8 * MIB, &failure), -ENOMEM);
	assert_int_equal(failure.why, IOVA_WHY_MEMLOCK);
	assert_int_equal(failure.from_kernel, 0);
	assert_int_equal(unmap_alike(pair, AT, 2 * MIB, NULL), 0);
	two.length += PAGE;
	assert_int_equal(map_alike(pair, &two, NULL), -ENOMEM);
	/* Others lock: the kernel refuses, and then it is known. */
	set_memory(pair, 3 * MIB, MIB, 0);
	two.length -= PAGE;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(map_alike(pair, &two, &failure), -ENOMEM);
		assert_int_equal(failure.why, IOVA_WHY_MEMLOCK);
		assert_int_equal(failure.from_kernel, !i);
		assert_int_equal(failure.expected, 2 * MIB);
		assert_int_equal(failure.actual, MIB);
	}
	/* More is locked than may be. */
	set_memory(pair, MIB, 4 * MIB, 0);
	assert_int_equal(map_alike(pair, &two, &failure), -ENOMEM);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(map_page(pair, AT + 8 * MIB, &failure), -ENOMEM);
		assert_int_equal(failure.from_kernel, 0);
		assert_int_equal(failure.actual, 0);
	}
	set_memory(pair, 0, MIB, 1);
	assert_int_equal(map_alike(pair, &two, NULL), 0);
	assert_int_equal(map_page(pair, AT + 8 * MIB, NULL), 0);
}

static void a_count_that_is_full_stays_full(void **state)
{
	struct pair *pair = *state;

	set_kernel_limit(pair, UINT32_MAX);
	set_memory(pair, UINT64_MAX, UINT64_MAX - PAGE, 1);
	pair_open(pair, 0, GROUP_NIC);
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(map_page(pair, AT + i * MIB, NULL), 0);
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(unmap_alike(pair, AT + i * MIB, PAGE, NULL), 0);
}

static void fail_next(struct pair *pair, uint32_t call, int error)
{
	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++)
		assert_int_equal(iova_sim_fail(twin->world->sim, call, 1, error), 0);
}

static void a_refusal_of_the_kernel_is_told_alike(void **state)
{
	static const int errors[] = { EINVAL, EEXIST, ENOMEM, EFAULT, ENOSPC,
				      EBUSY,  EPERM,  ENODEV, EIO,    E2BIG };
	struct pair *pair = *state;
	struct iova_failure failure;

	pair_open(pair, 0, GROUP_NIC);
	assert_int_equal(map_page(pair, AT, NULL), 0);
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		fail_next(pair, IOVA_SIM_CALL_MAP, errors[i]);
		assert_int_equal(map_page(pair, AT + MIB, &failure), -errors[i]);
		assert_int_equal(failure.step, IOVA_STEP_MAP);
		fail_next(pair, IOVA_SIM_CALL_UNMAP, errors[i]);
		assert_int_equal(unmap_alike(pair, AT, PAGE, &failure), -errors[i]);
		assert_int_equal(failure.step, IOVA_STEP_UNMAP);
		assert_int_equal(failure.from_kernel, 1);
	}
	/* Interrupted: once more. */
	fail_next(pair, IOVA_SIM_CALL_MAP, EINTR);
	assert_int_equal(map_page(pair, AT + MIB, NULL), 0);
	fail_next(pair, IOVA_SIM_CALL_UNMAP, EINTR);
	assert_int_equal(unmap_alike(pair, AT + MIB, PAGE, NULL), 0);
	/* What the memory is cannot be told then. */
	fail_next(pair, IOVA_SIM_CALL_MAP, ENOMEM);
	fail_next(pair, IOVA_SIM_CALL_MEMORY, EIO);
	assert_int_equal(map_page(pair, AT + MIB, &failure), -ENOMEM);
	assert_int_equal(failure.why, IOVA_WHY_UNKNOWN);
	/* Nor whether there is an IOMMU. */
	fail_next(pair, IOVA_SIM_CALL_UNMAP, EINVAL);
	fail_next(pair, IOVA_SIM_CALL_GET_INFO, EIO);
	assert_int_equal(unmap_alike(pair, AT, PAGE, &failure), -EINVAL);
}

static void what_others_did_is_found_alike(void **state)
{
	struct pair *pair = *state;
	struct iova_failure failure;

	pair_open(pair, 0, GROUP_NIC);
	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++) {
		struct iova_sim *sim = twin->world->sim;

		assert_int_equal(iova_sim_add_bad_memory(sim, VADDR + MIB, VADDR + 2 * MIB - 1), 0);
		assert_int_equal(iova_sim_map_behind(sim, IOVA_SIM_ONLY_CONTAINER, AT, VADDR, MIB),
				 0);
	}
	assert_int_equal(map_page(pair, AT, &failure), -EEXIST);
	assert_int_equal(failure.why, IOVA_WHY_OVERLAP);
	assert_int_equal(failure.n_conflicts, 0);
	assert_int_equal(map_alike(pair, &(struct asked){ AT + MIB, VADDR + MIB, PAGE, 0 }, NULL),
			 -EFAULT);
	assert_int_equal(map_page(pair, AT + 4 * MIB, NULL), 0);
	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++)
		assert_int_equal(iova_sim_unmap_behind(twin->world->sim, IOVA_SIM_ONLY_CONTAINER,
						       AT, AT + 8 * MIB),
				 2);
	/* The count of what is locked is less now than what is recorded. */
	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++) {
		struct iova_limits limits = { .size = sizeof limits };

		assert_int_equal(iova_ctx_limits(twin->ctx, &limits, NULL), 0);
	}
	assert_int_equal(unmap_alike(pair, AT + 4 * MIB, PAGE, &failure), -EIO);
	assert_int_equal(failure.why, IOVA_WHY_UNMAP_SIZE);
	assert_int_equal(failure.expected, PAGE);
	assert_int_equal(failure.actual, 0);
	assert_int_equal(unmap_alike(pair, AT + 4 * MIB, PAGE, NULL), -ENOENT);
}

static void mappings_that_went_with_the_group_are_told_alike(void **state)
{
	struct pair *pair = *state;
	struct iova_failure failure;

	pair_open(pair, 0, GROUP_NIC);
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(map_page(pair, AT + i * MIB, NULL), 0);
	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++)
		assert_int_equal(iova_sim_bind(twin->world->sim, "0000:01:00.0", NULL), 0);
	for (uint64_t i = 0; i < 3; i++) {
		assert_int_equal(unmap_alike(pair, AT + i * MIB, PAGE, &failure), -EIO);
		assert_int_equal(failure.why, IOVA_WHY_UNMAP_SIZE);
		assert_int_equal(failure.from_kernel, 0);
	}
	assert_int_equal(map_page(pair, AT, NULL), -EINVAL);
}

/* What is wanted of memory by the library and by the model fails in turn. */
static void memory_that_runs_out_is_told_alike(void **state)
{
	const struct asked asked = { AT, VADDR, PAGE, 0 };
	struct pair *pair = *state;
	bool reached = true;
	int n_failed = 0;

	pair_open(pair, 0, GROUP_NIC);
	for (unsigned long n = 0; reached; n++) {
		struct iova_failure failures[2] = { untold(), untold() };
		struct long_opts opts = { .opts = { .size = sizeof opts } };
		int r[2];

		for (int i = 0; i < 2; i++) {
			note_calls(&pair->twins[i]);
			oom_fail_at(n);
			r[i] = iova_ctx_map_fixed(pair->twins[i].ctx, asked.iova,
						  (void *)(uintptr_t)asked.vaddr, asked.length,
						  i ? &opts.opts : NULL, &failures[i]);
			oom_off();
			assert_true(!i || reached == oom_reached());
			reached = oom_reached();
		}
		assert_int_equal(r[0], reached ? -ENOMEM : 0);
		assert_int_equal(r[1], r[0]);
		assert_same_failure(&failures[0], &failures[1]);
		assert_same_look(pair);
		n_failed += reached;
	}
	assert_true(n_failed > 0);
}

static void any_order_of_calls_comes_to_the_same(void **state)
{
	struct pair *pair = *state;
	uint64_t seed = 4;
	int n[2] = { 0 };

	set_kernel_limit(pair, 1024 + 8);
	set_memory(pair, 24 * PAGE, 0, 0);
	pair_open(pair, 0, GROUP_NIC);
	for (int i = 0; i < 3000; i++) {
		uint64_t x = prng_next(&seed);
		struct asked asked = { AT + (x >> 8 & 31) * 4 * PAGE, VADDR + (x >> 16 & 7) * PAGE,
				       (1 + (x >> 24 & 1)) * PAGE, x >> 32 & 3 };
		struct iova_mapping mapping;

		if (x & 1) {
			n[0] += !map_alike(pair, &asked, NULL);
			continue;
		}
		/* A page stays free behind each, for a range that is longer than what is in it. */
		if (!iova_space_find(iova_ctx_space(pair->twins[0].ctx), asked.iova, &mapping) &&
		    mapping.range.start == asked.iova)
			asked.length = mapping.range.last - mapping.range.start + 1;
		n[1] += !unmap_alike(pair, asked.iova, asked.length, NULL);
	}
	assert_true(n[0] > 100 && n[1] > 100);
	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++)
		assert_int_equal(iova_ctx_unmap_all(twin->ctx, NULL, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALIKE(desktop, few_mappings_left_are_told_at_the_same_map),
		ALIKE(desktop, mappings_that_no_kernel_counts_are_not_counted),
		ALIKE(desktop, locked_memory_is_counted_alike),
		ALIKE(desktop, a_count_that_is_full_stays_full),
		ALIKE(desktop, a_refusal_of_the_kernel_is_told_alike),
		ALIKE(desktop, what_others_did_is_found_alike),
		ALIKE(desktop, mappings_that_went_with_the_group_are_told_alike),
		ALIKE(desktop, memory_that_runs_out_is_told_alike),
		ALIKE(desktop, any_order_of_calls_comes_to_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

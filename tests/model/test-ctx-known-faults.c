/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Those of the inputs on which other programs go wrong, by their number in a survey, that are
 * about mapping. The others are in tests/unit/test-known-faults.c.
 */
#include "ctx-help.h"
#include "oom.h"

#include <errno.h>

/* "Mapped already" was said of the whole, and what lies behind the older mapping had no address. */
static void fault_07_memory_that_goes_on_behind_a_mapping_is_mapped_whole(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_map_opts same = { .size = sizeof same, .flags = IOVA_MAP_SAME_OK };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_mapping mapping;
	uint64_t iova;

	assert_mapped(ctx, AT, 2 * PAGE);
	assert_int_equal(iova_ctx_map(ctx, (void *)(VADDR + PAGE), 4 * PAGE, NULL, &iova, NULL), 0);
	assert_int_equal(iova_space_find(iova_ctx_space(ctx), iova, &mapping), 0);
	assert_int_equal(mapping.range.start, iova);
	assert_int_equal(mapping.range.last, iova + 4 * PAGE - 1);
	assert_int_equal(mapping.vaddr, VADDR + PAGE);
	world_assert_mapping(world, iova < AT ? 0 : 1, iova, VADDR + PAGE, 4 * PAGE, 3);

	/* At the address of the shorter one, or inside it: refused, and nothing changes. */
	assert_int_equal(map_at(ctx, AT, 4 * PAGE, &failure), -EEXIST);
	assert_failed(&failure, -EEXIST, IOVA_STEP_CHECK, IOVA_WHY_OVERLAP);
	assert_int_equal(failure.conflict.region.start, AT);
	assert_int_equal(failure.conflict.region.last, AT + 2 * PAGE - 1);
	assert_int_equal(iova_ctx_map_fixed(ctx, AT + PAGE, (void *)(VADDR + PAGE), 4 * PAGE, NULL,
					    NULL),
			 -EEXIST);
	/* Who calls "the same" a success is told the truth, too. */
	for (uint64_t n = 1; n < 4; n++)
		assert_int_equal(iova_ctx_map_fixed(ctx, AT, (void *)VADDR, n * PAGE, &same, NULL),
				 n == 2 ? 0 : -EEXIST);
	world_assert_n_mappings(world, 2);
	assert_int_equal(iova_space_find(iova_ctx_space(ctx), AT + 2 * PAGE - 1, &mapping), 0);
	assert_int_equal(mapping.range.start, AT);
	assert_int_equal(mapping.range.last, AT + 2 * PAGE - 1);
	iova_ctx_close(ctx);
}

/* The address stayed reserved when the kernel refused. */
static void fault_08_address_is_free_again_when_the_kernel_refuses_to_map(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	uint64_t first, again = 0;

	assert_int_equal(iova_ctx_map(ctx, (void *)VADDR, MIB, NULL, &first, NULL), 0);
	assert_int_equal(iova_ctx_unmap(ctx, first, MIB, NULL, NULL), 0);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_MAP, 1, EFAULT), 0);
		assert_int_equal(iova_ctx_map(ctx, (void *)VADDR, MIB, NULL, &again, NULL),
				 -EFAULT);
		assert_int_equal(again, 0);
	}
	assert_int_equal(iova_ctx_map(ctx, (void *)VADDR, MIB, NULL, &again, NULL), 0);
	assert_int_equal(again, first);
	iova_ctx_close(ctx);
}

/* The kernel's mapping stayed when there was no memory to note it down. */
static void fault_08_nothing_stays_mapped_that_cannot_be_noted_down(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	unsigned int failures = 0;

	for (uint32_t n_mapped = 0; n_mapped < 20; n_mapped++) {
		uint64_t at = AT + n_mapped * 2 * PAGE;

		for (unsigned long n = 0;; n++) {
			int r;

			oom_fail_at(n);
			r = map_at(ctx, at, PAGE, NULL);
			oom_off();
			if (!oom_reached()) {
				assert_int_equal(r, 0);
				break;
			}
			failures++;
			assert_int_equal(r, -ENOMEM);
			world_assert_n_mappings(world, n_mapped);
			assert_int_equal(iova_space_count(iova_ctx_space(ctx)), n_mapped);
		}
	}
	assert_true(failures > 20);
	iova_ctx_close(ctx);
}

/* Both were unmapped, and then the size that came back was called an error. */
static void fault_15_unmap_across_a_gap_says_exactly_what_was_unmapped(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	uint64_t unmapped = 9;

	assert_mapped(ctx, AT, PAGE);
	assert_mapped(ctx, AT + 3 * PAGE, 2 * PAGE);
	assert_int_equal(iova_ctx_unmap(ctx, AT, 4 * PAGE, &unmapped, NULL), -EINVAL);
	assert_int_equal(unmapped, 9);
	world_assert_n_mappings(world, 2);
	assert_int_equal(iova_ctx_unmap(ctx, AT, 5 * PAGE, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 3 * PAGE);
	world_assert_n_mappings(world, 0);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	assert_int_equal(iova_ctx_unmap(ctx, AT, 5 * PAGE, &unmapped, NULL), -ENOENT);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, fault_07_memory_that_goes_on_behind_a_mapping_is_mapped_whole),
		ON(desktop, fault_08_address_is_free_again_when_the_kernel_refuses_to_map),
		ON(desktop, fault_08_nothing_stays_mapped_that_cannot_be_noted_down),
		ON(desktop, fault_15_unmap_across_a_gap_says_exactly_what_was_unmapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

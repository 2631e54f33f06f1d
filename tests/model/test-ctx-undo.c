/* SPDX-License-Identifier: BSD-3-Clause */
/* What is taken back when a later step fails, and what is said when that fails as well. */
#include "ctx-help.h"

#include <errno.h>
#include <string.h>

static void fail_nth(const struct world *world, uint32_t call, uint64_t nth, int error)
{
	assert_int_equal(iova_sim_fail(world->sim, call, nth, error), 0);
}

/* Attaches the network card's group while one call fails, and then without. */
static void attach_in_vain(const struct world *world, uint32_t call, uint64_t nth, uint32_t step)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_open(world, NULL);
	struct view before = view_of(world, ctx), after;
	uint64_t n_unset = world_calls(world, IOVA_SIM_CALL_UNSET_CONTAINER);

	fail_nth(world, call, nth, EIO);
	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_NIC, NULL, &failure), -EIO);
	assert_failed(&failure, -EIO, step, IOVA_WHY_UNKNOWN);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(failure.group, GROUP_NIC);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_UNSET_CONTAINER), n_unset + 1);
	after = view_of(world, ctx);
	assert_same_view(&before, &after);
	attach_group(ctx, GROUP_NIC);
	assert_mapped(ctx, AT, MIB);
	iova_ctx_close(ctx);
}

static void a_refused_iommu_puts_the_group_out_again(void **state)
{
	attach_in_vain(*state, IOVA_SIM_CALL_SET_IOMMU, 1, IOVA_STEP_SET_IOMMU);
}

static void an_unreadable_list_puts_the_group_out_again(void **state)
{
	/* The first GET_INFO asks whether there is an IOMMU. */
	attach_in_vain(*state, IOVA_SIM_CALL_GET_INFO, 2, IOVA_STEP_GET_INFO);
}

static void a_lent_group_that_fails_is_left_as_it_was_lent(void **state)
{
	const struct world *world = *state;
	int container = raw_open(world, "/dev/vfio/vfio");
	int group = raw_open_group(world, GROUP_NIC);
	struct iova_ctx_opts opts = ctx_lent(container);
	struct iova_ctx *ctx = ctx_open(world, &opts);
	uint32_t flags;

	fail_nth(world, IOVA_SIM_CALL_SET_IOMMU, 1, EIO);
	assert_int_equal(iova_ctx_adopt_group(ctx, GROUP_NIC, group, NULL, NULL), -EIO);
	assert_int_equal(raw_status(world, group, &flags), 0);
	assert_false(flags & IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET);
	assert_int_equal(iova_ctx_adopt_group(ctx, GROUP_NIC, group, NULL, NULL), 0);
	iova_ctx_close(ctx);
	assert_int_equal(raw_close(world, group), 0);
	assert_int_equal(raw_close(world, container), 0);
}

/* Three runs of mappings with gaps between them. */
static void map_three(struct iova_ctx *ctx)
{
	for (uint64_t i = 0; i < 3; i++)
		assert_mapped(ctx, AT + 2 * i * MIB, MIB);
}

static void runs_unmapped_before_a_refusal_are_mapped_again(void **state)
{
	const struct world *world = *state;

	for (uint64_t nth = 1; nth <= 3; nth++) {
		struct iova_failure failure = IOVA_FAILURE_INIT;
		struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
		uint64_t unmapped = 4711, n_maps;

		map_three(ctx);
		n_maps = world_calls(world, IOVA_SIM_CALL_MAP);
		fail_nth(world, IOVA_SIM_CALL_UNMAP, nth, EBUSY);
		assert_int_equal(iova_ctx_unmap(ctx, AT, 5 * MIB, &unmapped, &failure), -EBUSY);
		assert_failed(&failure, -EBUSY, IOVA_STEP_UNMAP, IOVA_WHY_UNKNOWN);
		assert_int_equal(unmapped, 4711);
		assert_int_equal(world_calls(world, IOVA_SIM_CALL_MAP), n_maps + nth - 1);
		assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 3);
		world_assert_n_mappings(world, 3);
		for (uint32_t i = 0; i < 3; i++)
			world_assert_mapping(world, i, AT + 2 * i * MIB, VADDR, MIB, 3);
		assert_int_equal(iova_ctx_unmap(ctx, AT, 5 * MIB, &unmapped, NULL), 0);
		assert_int_equal(unmapped, 3 * MIB);
		iova_ctx_close(ctx);
	}
}

static void what_cannot_be_mapped_again_is_forgotten_and_told(void **state)
{
	const struct world *world = *state;
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx = ctx_with(world, &opts, GROUP_NIC);

	map_three(ctx);
	fail_nth(world, IOVA_SIM_CALL_UNMAP, 3, EBUSY);
	fail_nth(world, IOVA_SIM_CALL_MAP, 1, ENOMEM);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, NULL), -EBUSY);
	assert_int_equal(ears.n[IOVA_LOG_ERR], 1);
	assert_non_null(strstr(ears.last[IOVA_LOG_ERR], "0x40000000-0x400fffff"));
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 2);
	world_assert_n_mappings(world, 2);
	world_assert_mapping(world, 0, AT + 2 * MIB, VADDR, MIB, 3);
	world_assert_mapping(world, 1, AT + 4 * MIB, VADDR, MIB, 3);
	assert_mapped(ctx, AT, MIB);
	iova_ctx_close(ctx);
}

static void a_failed_attach_that_cannot_be_taken_back_is_told(void **state)
{
	const struct world *world = *state;
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx = ctx_open(world, &opts);

	fail_nth(world, IOVA_SIM_CALL_SET_IOMMU, 1, EIO);
	fail_nth(world, IOVA_SIM_CALL_UNSET_CONTAINER, 1, EBUSY);
	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_NIC, NULL, NULL), -EIO);
	assert_int_equal(ears.n[IOVA_LOG_ERR], 1);
	assert_non_null(strstr(ears.last[IOVA_LOG_ERR], "group 1"));
	iova_ctx_close(ctx);
}

static void a_close_that_cannot_clean_up_says_so(void **state)
{
	const struct world *world = *state;
	struct raw raw = raw_attach(world, GROUP_NIC);
	int usb = raw_open_group(world, GROUP_USB);
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx;
	uint32_t flags;

	opts.flags = IOVA_CTX_ADOPT;
	opts.container = raw.container;
	ctx = ctx_open(world, &opts);
	assert_int_equal(iova_ctx_adopt_group(ctx, GROUP_NIC, raw.group, NULL, NULL), 0);
	assert_int_equal(iova_ctx_adopt_group(ctx, GROUP_USB, usb, NULL, NULL), 0);
	assert_mapped(ctx, AT, MIB);
	/* At once, and then by itself. */
	fail_nth(world, IOVA_SIM_CALL_UNMAP, 1, EIO);
	fail_nth(world, IOVA_SIM_CALL_UNMAP, 2, EIO);
	fail_nth(world, IOVA_SIM_CALL_UNSET_CONTAINER, 1, EBUSY);
	iova_ctx_close(ctx);
	assert_int_equal(ears.n[IOVA_LOG_ERR], 3);
	assert_non_null(strstr(ears.last[IOVA_LOG_ERR], "group 2"));
	world_assert_n_mappings(world, 1);
	assert_int_equal(raw_status(world, usb, &flags), 0);
	assert_true(flags & IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET);
	assert_int_equal(raw_close(world, usb), 0);
	raw_detach(world, raw);
}

/* What no kernel should do: interrupt for ever. */
static void a_call_is_not_made_for_ever(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);

	for (uint64_t nth = 1; nth <= 100; nth++)
		fail_nth(world, IOVA_SIM_CALL_MAP, nth, EINTR);
	assert_int_equal(map_at(ctx, AT, MIB, &failure), -EINTR);
	assert_names(&failure, ctx, "interrupted");
	iova_sim_clear_faults(world->sim);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	assert_mapped(ctx, AT, MIB);
	iova_ctx_close(ctx);
}

static void detached_is_detached_though_the_reading_fails(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);

	attach_group(ctx, GROUP_LPC);
	assert_true(tier_holds(ctx, IOVA_TIER_AVOID, 0, 0xffffff));
	fail_nth(world, IOVA_SIM_CALL_GET_INFO, 1, EIO);
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_LPC, NULL, &failure), -EIO);
	assert_failed(&failure, -EIO, IOVA_STEP_GET_INFO, IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_ctx_group_fd(ctx, GROUP_LPC), -ENOENT);
	assert_true(tier_holds(ctx, IOVA_TIER_AVOID, 0, 0xffffff));
	/* It may come again, and the space forgets it with the next look. */
	attach_group(ctx, GROUP_LPC);
	fail_nth(world, IOVA_SIM_CALL_GET_INFO, 1, EIO);
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_LPC, NULL, NULL), -EIO);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_true(tier_holds(ctx, IOVA_TIER_USABLE, 0, 0xffffff));
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, a_refused_iommu_puts_the_group_out_again),
		ON(desktop, an_unreadable_list_puts_the_group_out_again),
		ON(desktop, a_lent_group_that_fails_is_left_as_it_was_lent),
		ON(desktop, runs_unmapped_before_a_refusal_are_mapped_again),
		ON(desktop, what_cannot_be_mapped_again_is_forgotten_and_told),
		ON(desktop, a_failed_attach_that_cannot_be_taken_back_is_told),
		ON(desktop, a_close_that_cannot_clean_up_says_so),
		ON(desktop, a_call_is_not_made_for_ever),
		ON(desktop, detached_is_detached_though_the_reading_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

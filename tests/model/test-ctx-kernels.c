/* SPDX-License-Identifier: BSD-3-Clause */
/* One machine on many kernels, and on IOMMUs with large pages. */
#include "ctx-help.h"

#include <errno.h>
#include <string.h>

#define LAST_PAGE (UINT64_MAX - 0xfff)

static void every_kernel_with_a_list_gives_the_same_space(void **state)
{
	static const char *const releases[] = { "6.12", "5.4", "5.10", "6.1", "6.6", "6.18" };
	const struct world *world = *state;
	struct view first;

	for (size_t i = 0; i < 6; i++) {
		struct ears ears;
		struct iova_ctx_opts opts = ctx_listening(&ears);
		struct iova_limits limits = { .size = sizeof limits };
		struct iova_ctx *ctx;
		struct view view;

		world_kernel(world, releases[i]);
		ctx = ctx_with(world, &opts, GROUP_NIC);
		attach_group(ctx, GROUP_LPC);
		view = view_of(world, ctx);
		if (!i)
			first = view;
		assert_string_equal(view.tiers, first.tiers);
		assert_int_equal(list_state(ctx), IOVA_LIST_RANGES);
		assert_int_equal(iova_space_top_known(iova_ctx_space(ctx)), 1);
		assert_int_equal(ears.n[IOVA_LOG_WARNING], 0);
		assert_int_equal(iova_ctx_limits(ctx, &limits, NULL), 0);
		assert_int_equal(limits.flags & IOVA_LIMITS_ENTRIES,
				 strcmp(releases[i], "5.4") ? IOVA_LIMITS_ENTRIES : 0);
		if (limits.flags & IOVA_LIMITS_ENTRIES)
			assert_int_equal(limits.entries_left, 65535);
		assert_mapped(ctx, AT, MIB);
		iova_ctx_close(ctx);
	}
}

static void an_old_kernel_leaves_the_top_unknown(void **state)
{
	const struct world *world = *state;
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_limits limits = { .size = sizeof limits };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_with(world, &opts, GROUP_NIC);

	assert_int_equal(list_state(ctx), IOVA_LIST_NONE);
	assert_int_equal(iova_space_top_known(iova_ctx_space(ctx)), 0);
	/* Said once, with the first group. */
	assert_int_equal(ears.n[IOVA_LOG_WARNING], 1);
	assert_non_null(strstr(ears.last[IOVA_LOG_WARNING], "39 bits"));
	attach_group(ctx, GROUP_LPC);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_int_equal(ears.n[IOVA_LOG_WARNING], 1);
	assert_int_equal(iova_ctx_limits(ctx, &limits, NULL), 0);
	assert_int_equal(limits.flags & IOVA_LIMITS_ENTRIES, 0);
	assert_mapped(ctx, 0x7ffffff000, 0x1000);
	assert_int_equal(map_at(ctx, 0x8000000000, 0x1000, &failure), -EADDRNOTAVAIL);
	assert_int_equal(failure.conflict.source, IOVA_SOURCE_UNKNOWN_TOP);
	assert_names(&failure, ctx, "39 bits");
	iova_ctx_close(ctx);
}

static void an_old_kernel_is_told_of_with_a_group(void **state)
{
	const struct world *world = *state;
	struct raw raw = raw_attach(world, GROUP_NIC);
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx;

	opts.flags = IOVA_CTX_ADOPT;
	opts.container = raw.container;
	ctx = ctx_open(world, &opts);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_int_equal(ears.n[IOVA_LOG_WARNING], 0);
	attach_group(ctx, GROUP_LPC);
	assert_int_equal(ears.n[IOVA_LOG_WARNING], 1);
	iova_ctx_close(ctx);
	raw_detach(world, raw);
}

static void set_width(const struct world *world, uint32_t bits)
{
	struct iova_sim_iommu iommu = { .size = sizeof iommu };

	iova_sim_iommu_of_width(bits, &iommu);
	assert_int_equal(iova_sim_set_iommu(world->sim, IOVA_SIM_ALL_GROUPS, &iommu), 0);
}

static void a_declared_width_makes_the_top_known(void **state)
{
	const struct world *world = *state;
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx;

	set_width(world, 48);
	opts.width = 46;
	ctx = ctx_with(world, &opts, GROUP_NIC);
	assert_int_equal(iova_space_top_known(iova_ctx_space(ctx)), 1);
	assert_mapped(ctx, 0x3ffffffff000, 0x1000);
	assert_int_equal(map_at(ctx, 0x400000000000, 0x1000, &failure), -EADDRNOTAVAIL);
	assert_int_equal(failure.conflict.source, IOVA_SOURCE_WIDTH);
	assert_names(&failure, ctx, "46 bits");
	iova_ctx_close(ctx);
}

static void a_probed_width_is_the_iommus(void **state)
{
	const struct world *world = *state;

	for (uint32_t bits = 32; bits <= 64; bits += 8) {
		struct iova_ctx *ctx;
		uint32_t width = 0;
		struct view before, after;

		set_width(world, bits);
		ctx = ctx_with(world, NULL, GROUP_NIC);
		before = view_of(world, ctx);
		assert_int_equal(iova_ctx_probe_width(ctx, &width, NULL), 0);
		assert_int_equal(width, bits);
		after = view_of(world, ctx);
		assert_string_equal(before.state, after.state);
		assert_int_equal(iova_space_top_known(iova_ctx_space(ctx)), 1);
		/* It stays when the space is read anew. */
		assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
		assert_true(tier_holds(ctx, IOVA_TIER_USABLE, (1ull << (bits - 1)),
				       (1ull << (bits - 1)) + 0xfff));
		if (bits < 64)
			assert_true(tier_holds(ctx, IOVA_TIER_REFUSED, 1ull << bits, UINT64_MAX));
		iova_ctx_close(ctx);
	}
}

static void a_probe_passes_over_what_is_forbidden_or_taken(void **state)
{
	const struct world *world = *state;
	struct iova_range reserved = { 0x4000000000, 0x4000000fff };
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	uint32_t width = 0;

	assert_int_equal(iova_space_reserve(iova_ctx_space(ctx), &reserved, "test", NULL), 0);
	assert_int_equal(iova_ctx_probe_width(ctx, &width, NULL), 0);
	assert_int_equal(width, 38);
	assert_int_equal(iova_space_unreserve(iova_ctx_space(ctx), &reserved, NULL), 0);
	iova_ctx_close(ctx);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	assert_mapped(ctx, 0x4000000000, 0x1000);
	assert_int_equal(iova_ctx_probe_width(ctx, &width, NULL), 0);
	assert_int_equal(width, 39);
	world_assert_n_mappings(world, 1);
	iova_ctx_close(ctx);
}

/* Refused here, and taken in silence by the kernel: the library is the only guard. */
static void assert_only_we_refuse(const struct world *world, uint32_t width, uint64_t iova)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx_opts opts = { .size = sizeof opts, .width = width };
	struct iova_ctx *ctx = ctx_with(world, &opts, GROUP_NIC);
	uint64_t n_maps = world_calls(world, IOVA_SIM_CALL_MAP);

	assert_int_equal(map_at(ctx, iova, 0x1000, &failure), -EADDRNOTAVAIL);
	assert_failed(&failure, -EADDRNOTAVAIL, IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
	assert_int_equal(failure.from_kernel, 0);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_MAP), n_maps);
	iova_ctx_close(ctx);
	opts.flags = IOVA_CTX_UNCHECKED;
	ctx = ctx_with(world, &opts, GROUP_NIC);
	assert_mapped(ctx, iova, 0x1000);
	world_assert_mapping(world, 0, iova, VADDR, 0x1000, 3);
	iova_ctx_close(ctx);
}

static void an_old_kernel_is_guarded_by_the_library_alone(void **state)
{
	const struct world *world = *state;

	set_width(world, 64);
	assert_int_equal(iova_sim_add_region(world->sim, GROUP_NIC, 0x90000000, 0x90000fff,
					     "reserved"),
			 0);
	assert_int_equal(iova_sim_add_region(world->sim, GROUP_NIC, 0x91000000, 0x91000fff,
					     "future"),
			 0);
	assert_only_we_refuse(world, 0, 0xfee00000);
	assert_only_we_refuse(world, 0, 0x90000000);
	assert_only_we_refuse(world, 0, 0x91000000);
	assert_only_we_refuse(world, 0, 0x8000000000);
	assert_only_we_refuse(world, 44, 0x100000000000);
}

/* The kernel takes the last page and never lets go of its memory: the host does not end clean. */
static void on_an_old_kernel_the_last_page_would_stay_pinned(void **state)
{
	struct iova_sim_report report = { .size = sizeof report };
	struct world *world = world_new("old");

	(void)state;
	set_width(world, 64);
	assert_only_we_refuse(world, 64, LAST_PAGE);
	assert_int_equal(iova_sim_report(world->sim, &report), 0);
	assert_int_equal(report.n_pinned_pages, 1);
	world_free(world);
}

static void an_old_kernel_and_no_sysfs_leave_nothing(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx_opts opts = { .size = sizeof opts, .root = "/dev" };
	struct iova_ctx *ctx = ctx_with(world, &opts, GROUP_NIC);

	assert_true(tier_holds(ctx, IOVA_TIER_REFUSED, 0, UINT64_MAX));
	assert_int_equal(map_at(ctx, AT, MIB, &failure), -EADDRNOTAVAIL);
	assert_int_equal(failure.conflict.source, IOVA_SOURCE_SYSFS);
	assert_names(&failure, ctx, "group 1");
	iova_ctx_close(ctx);
}

/* Large pages */

static void set_pages(const struct world *world, uint32_t group, uint64_t page_sizes)
{
	struct iova_sim_iommu iommu = { .size = sizeof iommu };

	iova_sim_iommu_of_width(39, &iommu);
	iommu.page_sizes = page_sizes;
	assert_int_equal(iova_sim_set_iommu(world->sim, group, &iommu), 0);
}

static void large_pages_are_the_unit_of_everything(void **state)
{
	static const uint64_t granules[] = { 0x4000, 0x10000 };
	const struct world *world = *state;
	uint64_t hole = 0x80001000;

	assert_int_equal(iova_sim_add_region(world->sim, GROUP_NIC, hole, hole + 0xfff, "reserved"),
			 0);
	for (size_t i = 0; i < 2; i++) {
		uint64_t g = granules[i], iova = 0;
		struct iova_failure failure = IOVA_FAILURE_INIT;
		struct iova_ctx *ctx;

		set_pages(world, IOVA_SIM_ALL_GROUPS, g | g << 11);
		ctx = ctx_with(world, NULL, GROUP_NIC);
		assert_int_equal(iova_space_granule(iova_ctx_space(ctx)), g);
		assert_int_equal(map_at(ctx, AT + 0x1000, g, &failure), -EINVAL);
		assert_failed(&failure, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_UNALIGNED);
		assert_int_equal(failure.granule, g);
		assert_names(&failure, ctx, "0x40001000");
		assert_int_equal(map_at(ctx, AT, 0x1000, &failure), -EINVAL);
		assert_int_equal(iova_ctx_map_fixed(ctx, AT, (void *)(VADDR + 0x1000), g, NULL,
						    &failure),
				 -EINVAL);
		/* The hole begins mid-page and takes all of its page. */
		assert_true(tier_holds(ctx, IOVA_TIER_REFUSED, 0x80000000, 0x80000000 + g - 1));
		assert_int_equal(map_at(ctx, 0x80000000, g, &failure), -EADDRNOTAVAIL);
		assert_mapped(ctx, 0x80000000 - g, g);
		assert_mapped(ctx, 0x80000000 + g, g);
		assert_int_equal(iova_ctx_map(ctx, (void *)VADDR, g, NULL, &iova, NULL), 0);
		assert_int_equal(iova & (g - 1), 0);
		assert_int_equal(iova_ctx_unmap(ctx, 0x80000000 - g, 0x1000, NULL, &failure),
				 -EINVAL);
		assert_failed(&failure, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_UNALIGNED);
		iova_ctx_close(ctx);
	}
}

static void a_second_group_may_make_the_pages_larger(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx;
	struct view before, after;

	set_pages(world, GROUP_NIC, 0x1000 | 0x10000 | 0x200000);
	set_pages(world, GROUP_LPC, 0x10000 | 0x200000);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	assert_int_equal(iova_space_granule(iova_ctx_space(ctx)), 0x1000);
	/* What is mapped in small pages cannot be mapped in large ones. */
	assert_mapped(ctx, AT, 0x1000);
	before = view_of(world, ctx);
	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_LPC, NULL, &failure), -EINVAL);
	assert_failed(&failure, -EINVAL, IOVA_STEP_SET_CONTAINER, IOVA_WHY_UNKNOWN);
	after = view_of(world, ctx);
	assert_same_view(&before, &after);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, NULL), 0);
	attach_group(ctx, GROUP_LPC);
	assert_int_equal(iova_space_granule(iova_ctx_space(ctx)), 0x10000);
	assert_int_equal(map_at(ctx, AT, 0x1000, NULL), -EINVAL);
	assert_int_equal(iova_ctx_detach_group(ctx, GROUP_LPC, NULL, NULL), 0);
	assert_int_equal(iova_space_granule(iova_ctx_space(ctx)), 0x1000);
	assert_mapped(ctx, AT, 0x1000);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, every_kernel_with_a_list_gives_the_same_space),
		ON(old, an_old_kernel_leaves_the_top_unknown),
		ON(old, an_old_kernel_is_told_of_with_a_group),
		ON(old, a_declared_width_makes_the_top_known),
		ON(old, a_probed_width_is_the_iommus),
		ON(old, a_probe_passes_over_what_is_forbidden_or_taken),
		ON(old, an_old_kernel_is_guarded_by_the_library_alone),
		cmocka_unit_test(on_an_old_kernel_the_last_page_would_stay_pinned),
		ON(old, an_old_kernel_and_no_sysfs_leave_nothing),
		ON(desktop, large_pages_are_the_unit_of_everything),
		ON(desktop, a_second_group_may_make_the_pages_larger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

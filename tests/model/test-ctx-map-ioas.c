/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps and unmaps as only an IOAS has them: the kernel's choice, whole areas, its own limits. */
#include "iommufd-help.h"

static const struct iova_map_opts anywhere = { .size = sizeof anywhere,
					       .flags = IOVA_MAP_KERNEL_CHOOSES };

static uint64_t map_where_kernel_likes(struct iova_ctx *ctx, uint64_t length)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint64_t iova = 0;

	if (iova_ctx_map(ctx, (void *)VADDR, length, &anywhere, &iova, &failure) < 0)
		assert_failed(&failure, 0, 0, 0);
	return iova;
}

/* The kernel begins at the bottom, where the LPC bridge has a region that is to be avoided. */
static void the_kernel_chooses_only_what_is_usable(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, SATA);

	for (int i = 0; i < 20; i++) {
		uint64_t iova = map_where_kernel_likes(ctx, MIB);

		assert_true(tier_holds(ctx, IOVA_TIER_USABLE, iova, iova + MIB - 1));
	}
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_IOAS_MAP), 20);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 20);
	/* What it was told is taken back: nobody promised anything. */
	assert_int_equal(iova_sim_add_device_region(world->sim, USB, 0x90000000, 0x90000fff,
						    "reserved"),
			 0);
	attach_device(ctx, USB);
	iova_ctx_close(ctx);
}

static void the_kernel_does_not_choose_what_is_reserved(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);
	const struct iova_range low = { 0, 0xffffff }, all = { 0, UINT64_MAX };
	uint64_t iova, n;

	assert_int_equal(iova_space_reserve(iova_ctx_space(ctx), &low, "low", NULL), 0);
	assert_true(map_where_kernel_likes(ctx, MIB) >= 0x1000000);
	assert_int_equal(iova_space_reserve(iova_ctx_space(ctx), &all, "all", NULL), 0);
	n = world_calls(world, IOVA_SIM_CALL_ANY);
	REFUSED(world, ctx, iova_ctx_map(ctx, (void *)VADDR, MIB, &anywhere, &iova, &failure),
		-ENOSPC, IOVA_STEP_ALLOCATE, IOVA_WHY_NO_SPACE);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_ANY), n);
	iova_ctx_close(ctx);
}

static void no_room_is_told_as_such(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);
	uint64_t iova = 4711;

	set_memory(world, UINT64_MAX, true);
	REFUSED(world, ctx,
		iova_ctx_map(ctx, (void *)VADDR, 1ull << 40, &anywhere, &iova, &failure), -ENOSPC,
		IOVA_STEP_MAP, IOVA_WHY_NO_SPACE);
	assert_int_equal(iova, 4711);
	iova_ctx_close(ctx);
}

/* What was pinned is the list already; but a reservation that came later narrows it for a moment. */
static void a_promise_outlives_the_kernels_choice(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);
	const struct iova_range low = { 0, 0xffffff };

	assert_int_equal(iova_ctx_pin(ctx, NULL), 0);
	assert_true(map_where_kernel_likes(ctx, MIB) < 0x1000000);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_IOAS_ALLOW_IOVAS), 1);
	assert_int_equal(iova_space_reserve(iova_ctx_space(ctx), &low, "low", NULL), 0);
	assert_true(map_where_kernel_likes(ctx, MIB) >= 0x1000000);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_IOAS_ALLOW_IOVAS), 3);
	assert_int_equal(iova_sim_add_device_region(world->sim, USB, 0xf00000, 0xf00fff,
						    "reserved"),
			 0);
	assert_int_equal(iova_sim_file_text(world->sim,
					    "/sys/kernel/iommu_groups/2/reserved_regions", ""),
			 0);
	REFUSED(world, ctx, iova_ctx_attach_device(ctx, USB, NULL, &failure), -EADDRINUSE,
		IOVA_STEP_ATTACH, IOVA_WHY_BREAKS_PROMISE);
	iova_ctx_close(ctx);
}

/* There the list is the lender's: what comes out is judged, and given back. */
static void in_a_lent_ioas_a_bad_choice_is_refused(void **state)
{
	const struct world *world = *state;
	int iommufd = raw_iommufd(world);
	struct iova_ctx_opts opts = ctx_on(iommufd, raw_ioas(world, iommufd));
	const struct iova_range high = { 0x2000000, 0x3ffffff };
	struct iova_ctx *ctx = ctx_open(world, &opts);
	uint64_t iova;

	attach_device(ctx, SATA);
	REFUSED(world, ctx, iova_ctx_map(ctx, (void *)VADDR, MIB, &anywhere, &iova, &failure),
		-EADDRNOTAVAIL, IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_IOAS_ALLOW_IOVAS), 0);
	assert_int_equal(raw_allow(world, iommufd, opts.ioas, &high), 0);
	iova = map_where_kernel_likes(ctx, MIB);
	assert_true(iova >= high.start && iova <= high.last);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_IOAS_ALLOW_IOVAS), 1);
	iova_ctx_close(ctx);
	assert_int_equal(raw_close(world, iommufd), 0);
}

static void a_choice_that_cannot_be_asked_for_maps_nothing(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, SATA);
	uint64_t iova;

	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_ALLOW_IOVAS, 1, EIO), 0);
	REFUSED(world, ctx, iova_ctx_map(ctx, (void *)VADDR, MIB, &anywhere, &iova, &failure), -EIO,
		IOVA_STEP_PIN, IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_MAP, 1, EIO), 0);
	REFUSED(world, ctx, iova_ctx_map(ctx, (void *)VADDR, MIB, &anywhere, &iova, &failure), -EIO,
		IOVA_STEP_MAP, IOVA_WHY_UNKNOWN);
	/* The list was taken back. */
	assert_int_equal(iova_sim_add_device_region(world->sim, USB, 0x90000000, 0x90000fff,
						    "reserved"),
			 0);
	attach_device(ctx, USB);
	iova_ctx_close(ctx);
}

static void the_kernel_takes_no_wishes(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);
	struct iova_map_opts opts[] = { anywhere, anywhere, anywhere };
	uint64_t iova;

	opts[0].alloc.align = MIB;
	opts[1].alloc.window.last = UINT32_MAX;
	opts[2].alloc.flags = IOVA_ALLOC_TOP_DOWN;
	for (size_t i = 0; i < 3; i++)
		REFUSED(world, ctx,
			iova_ctx_map(ctx, (void *)VADDR, MIB, &opts[i], &iova, &failure), -EINVAL,
			IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS);
	REFUSED(world, ctx, iova_ctx_map_fixed(ctx, AT, (void *)VADDR, MIB, &anywhere, &failure),
		-EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS);
	iova_ctx_close(ctx);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	REFUSED(world, ctx, iova_ctx_map(ctx, (void *)VADDR, MIB, &anywhere, &iova, &failure),
		-EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_BACKEND);
	iova_ctx_close(ctx);
}

/* One after the other, each of its own size; two touch, and there is a gap. */
static struct iova_ctx *with_four(const struct world *world, const struct iova_ctx_opts *opts)
{
	struct iova_ctx *ctx = ctx_open(world, opts);

	attach_device(ctx, NIC);
	assert_mapped(ctx, AT, MIB);
	assert_mapped(ctx, AT + MIB, PAGE);
	assert_mapped(ctx, AT + 4 * MIB, 2 * MIB);
	assert_mapped(ctx, AT + 6 * MIB, PAGE);
	return ctx;
}

/* The kernel's unmap of several is not atomic: each is asked for by itself, and what went comes back. */
static void an_unmap_that_fails_half_way_leaves_all_mapped(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = with_four(world, &opts);
	uint64_t unmapped = 4711;

	for (uint64_t nth = 1; nth <= 4; nth++) {
		assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_UNMAP, nth, EIO), 0);
		REFUSED(world, ctx, iova_ctx_unmap(ctx, AT, 8 * MIB, &unmapped, &failure), -EIO,
			IOVA_STEP_UNMAP, IOVA_WHY_UNKNOWN);
		assert_int_equal(unmapped, 4711);
	}
	REFUSED(world, ctx, iova_ctx_unmap(ctx, AT, 5 * MIB, NULL, &failure), -EINVAL,
		IOVA_STEP_CHECK, IOVA_WHY_CUTS_MAPPING);
	REFUSED(world, ctx, iova_ctx_unmap(ctx, AT + 2 * MIB, MIB, NULL, &failure), -ENOENT,
		IOVA_STEP_CHECK, IOVA_WHY_NOT_MAPPED);
	assert_int_equal(iova_ctx_unmap(ctx, AT, 8 * MIB, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 3 * MIB + 2 * PAGE);
	world_assert_n_mappings(world, 0);
	iova_ctx_close(ctx);
}

static void all_is_unmapped_in_one_request(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = with_four(world, &opts);
	uint64_t unmapped;

	assert_int_equal(iova_ctx_unmap_all(ctx, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 3 * MIB + 2 * PAGE);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_IOAS_UNMAP), 1);
	world_assert_n_mappings(world, 0);
	iova_ctx_close(ctx);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_IOAS_UNMAP), 1);
}

static void unmap_first(struct iova_sim *sim, void *arg)
{
	(void)arg;
	assert_int_equal(iova_sim_unmap_behind(sim, IOVA_SIM_ONLY_CONTAINER, AT, AT + MIB - 1), 1);
}

/* The first was gone when it failed: the rest is done one by one, or all of it comes back. */
static void a_failure_to_unmap_all_is_got_over_or_undone(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = with_four(world, &opts);
	uint64_t unmapped;

	for (uint64_t nth = 1; nth <= 3; nth++) {
		assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_UNMAP, 1, EDEADLOCK),
				 0);
		assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_UNMAP, 2 + nth,
					       EDEADLOCK),
				 0);
		assert_int_equal(iova_sim_after(world->sim, IOVA_SIM_CALL_IOAS_UNMAP, 1,
						unmap_first, NULL),
				 0);
		REFUSED(world, ctx, iova_ctx_unmap_all(ctx, &unmapped, &failure), -EDEADLOCK,
			IOVA_STEP_UNMAP, IOVA_WHY_UNKNOWN);
		iova_sim_clear_faults(world->sim);
	}
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_UNMAP, 1, EDEADLOCK), 0);
	assert_int_equal(iova_sim_after(world->sim, IOVA_SIM_CALL_IOAS_UNMAP, 1, unmap_first, NULL),
			 0);
	assert_int_equal(iova_ctx_unmap_all(ctx, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 3 * MIB + 2 * PAGE);
	world_assert_n_mappings(world, 0);
	iova_ctx_close(ctx);
}

/* What somebody else unmapped is told, and nothing stays recorded. */
static void what_others_unmapped_is_told(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = with_four(world, &opts);
	struct iova_failure failure = IOVA_FAILURE_INIT;

	unmap_first(world->sim, NULL);
	assert_int_equal(iova_ctx_unmap(ctx, AT, MIB, NULL, &failure), -EIO);
	assert_failed(&failure, -EIO, IOVA_STEP_UNMAP, IOVA_WHY_UNMAP_SIZE);
	assert_int_equal(failure.expected, MIB);
	assert_int_equal(failure.actual, 0);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 3);
	assert_mapped(ctx, AT, MIB);
	unmap_first(world->sim, NULL);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, &failure), -EIO);
	assert_failed(&failure, -EIO, IOVA_STEP_UNMAP, IOVA_WHY_UNMAP_SIZE);
	assert_int_equal(failure.actual, 2 * MIB + 2 * PAGE);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	world_assert_n_mappings(world, 0);
	iova_ctx_close(ctx);
}

/* Also where they lie in a gap, or the whole space is emptied. */
static void foreign_mappings_in_a_lent_ioas_stay(void **state)
{
	const struct world *world = *state;
	int iommufd = raw_iommufd(world);
	struct iova_ctx_opts opts = ctx_on(iommufd, raw_ioas(world, iommufd));
	struct iova_ctx *ctx = with_four(world, &opts);
	uint64_t unmapped;

	assert_int_equal(raw_ioas_map(world, iommufd, opts.ioas, AT + 2 * MIB, VADDR, MIB), 0);
	assert_int_equal(iova_ctx_unmap(ctx, AT, 6 * MIB, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 3 * MIB + PAGE);
	world_assert_n_mappings(world, 2);
	assert_int_equal(iova_ctx_unmap_all(ctx, &unmapped, NULL), 0);
	assert_int_equal(unmapped, PAGE);
	world_assert_mapping(world, 0, AT + 2 * MIB, VADDR, MIB, 3);
	iova_ctx_close(ctx);
	world_assert_n_mappings(world, 1);
	assert_int_equal(raw_close(world, iommufd), 0);
}

/* Device memory: type1 maps it, iommufd cannot. */
static void device_memory_is_refused_by_the_kernel(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);
	struct iova_map_opts opts = { .size = sizeof opts, .flags = IOVA_MAP_UNCHARGED };

	assert_int_equal(iova_sim_add_device_memory(world->sim, VADDR, VADDR + MIB - 1), 0);
	REFUSED(world, ctx, iova_ctx_map_fixed(ctx, AT, (void *)VADDR, MIB, &opts, &failure),
		-EFAULT, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_PRESET("iommufd", the_kernel_chooses_only_what_is_usable),
		ON_PRESET("iommufd", the_kernel_does_not_choose_what_is_reserved),
		ON_PRESET("iommufd", no_room_is_told_as_such),
		ON_PRESET("iommufd", a_promise_outlives_the_kernels_choice),
		ON_PRESET("iommufd", in_a_lent_ioas_a_bad_choice_is_refused),
		ON_PRESET("iommufd", a_choice_that_cannot_be_asked_for_maps_nothing),
		ON_PRESET("iommufd", the_kernel_takes_no_wishes),
		ON_PRESET("iommufd", an_unmap_that_fails_half_way_leaves_all_mapped),
		ON_PRESET("iommufd", all_is_unmapped_in_one_request),
		ON_PRESET("iommufd", a_failure_to_unmap_all_is_got_over_or_undone),
		ON_PRESET("iommufd", what_others_unmapped_is_told),
		ON_PRESET("iommufd", foreign_mappings_in_a_lent_ioas_stay),
		ON_PRESET("iommufd", device_memory_is_refused_by_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* The map and the unmap that programs make all the time come to what the long way comes to. */
#include "pair-help.h"

#include <errno.h>

static void what_is_right_is_mapped_and_unmapped(void **state)
{
	struct pair *pair = *state;
	struct iova_failure failure, none = untold();

	pair_open(pair, 0, GROUP_NIC);
	for (uint32_t access = 0; access <= (IOVA_READ | IOVA_WRITE); access++) {
		struct asked asked = { AT, VADDR, MIB, access };

		assert_int_equal(map_alike(pair, &asked, &failure), 0);
		assert_same_failure(&failure, &none);
		for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++)
			world_assert_mapping(twin->world, 0, AT, VADDR, MIB, access ? access : 3);
		assert_int_equal(unmap_alike(pair, AT, MIB, &failure), 0);
		assert_same_failure(&failure, &none);
		for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++)
			world_assert_n_mappings(twin->world, 0);
	}
}

static void what_was_unmapped_need_not_be_told(void **state)
{
	struct pair *pair = *state;

	pair_open(pair, 0, GROUP_NIC);
	assert_int_equal(map_page(pair, AT, NULL), 0);
	assert_int_equal(iova_ctx_unmap(pair->twins[0].ctx, AT, PAGE, NULL, NULL), 0);
	assert_int_equal(iova_ctx_unmap(pair->twins[1].ctx, AT, 2 * PAGE, NULL, NULL), 0);
	assert_same_look(pair);
}

/* The same options, said in either way: as they are, and with what is later behind. */
static int map_by(struct pair *pair, const struct iova_map_opts *plain)
{
	struct long_opts long_opts = { .opts = *plain };
	const struct iova_map_opts *opts[2] = { plain, &long_opts.opts };
	struct iova_failure failures[2] = { untold(), untold() };
	int r[2];

	long_opts.opts.size = sizeof long_opts;
	for (int i = 0; i < 2; i++) {
		note_calls(&pair->twins[i]);
		r[i] = iova_ctx_map_fixed(pair->twins[i].ctx, AT, (void *)VADDR, MIB, opts[i],
					  &failures[i]);
	}
	assert_int_equal(r[0], r[1]);
	assert_same_failure(&failures[0], &failures[1]);
	assert_same_look(pair);
	return r[0];
}

static void options_mean_what_they_always_did(void **state)
{
	const struct iova_map_opts searched = { .size = sizeof searched,
						.alloc = { .flags = 1u << 31, .align = 3 } };
	struct pair *pair = *state;

	pair_open(pair, 0, GROUP_NIC);
	assert_int_equal(map_by(pair, &searched), 0);
	for (uint32_t bit = 0; bit < 32; bit++) {
		const struct iova_map_opts opts = { .size = sizeof opts, .flags = 1u << bit };
		int wanted = opts.flags & IOVA_MAP_SAME_OK ? 0 : bit < 3 ? -EEXIST : -EINVAL;

		assert_int_equal(map_by(pair, &opts), wanted);
	}
	assert_int_equal(unmap_alike(pair, AT, MIB, NULL), 0);
	for (uint32_t flag = IOVA_MAP_SAME_OK; flag <= IOVA_MAP_NO_WARN; flag <<= 1) {
		const struct iova_map_opts opts = { .size = sizeof opts, .flags = flag };

		assert_int_equal(map_by(pair, &opts), 0);
		assert_int_equal(unmap_alike(pair, AT, MIB, NULL), 0);
	}
}

static void options_of_a_wrong_size_are_refused(void **state)
{
	struct long_opts opts = { .later = { 1 } };
	const size_t sizes[] = { 0, 8, sizeof opts.opts - 8, sizeof opts };
	struct pair *pair = *state;
	struct iova_failure failure;

	pair_open(pair, 0, GROUP_NIC);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		opts.opts.size = sizes[i];
		failure = untold();
		assert_int_equal(iova_ctx_map_fixed(pair->twins[0].ctx, AT, (void *)VADDR, PAGE,
						    &opts.opts, &failure),
				 sizes[i] == sizeof opts ? -E2BIG : -EINVAL);
		assert_int_equal(failure.why, IOVA_WHY_OPTIONS);
	}
}

static void arguments_are_judged_alike(void **state)
{
	static const struct {
		struct asked asked;
		int r;
		uint32_t why;
	} cases[] = {
		{ { 0, VADDR, 0, 0 }, -EINVAL, IOVA_WHY_ZERO_LENGTH },
		{ { AT, VADDR, 0, 0 }, -EINVAL, IOVA_WHY_ZERO_LENGTH },
		{ { AT + 1, VADDR, PAGE, 0 }, -EINVAL, IOVA_WHY_UNALIGNED },
		{ { AT, VADDR + 8, PAGE, 0 }, -EINVAL, IOVA_WHY_UNALIGNED },
		{ { AT, VADDR, PAGE / 2, 0 }, -EINVAL, IOVA_WHY_UNALIGNED },
		{ { AT, VADDR, PAGE + 1, 0 }, -EINVAL, IOVA_WHY_UNALIGNED },
		{ { AT, VADDR, PAGE, 4 }, -EINVAL, IOVA_WHY_ACCESS },
		{ { AT, VADDR, PAGE, 7 }, -EINVAL, IOVA_WHY_ACCESS },
		{ { AT, -2 * PAGE, 4 * PAGE, 0 }, -EOVERFLOW, IOVA_WHY_WRAPS },
		{ { AT, VADDR, -PAGE, 0 }, -EOVERFLOW, IOVA_WHY_WRAPS },
		{ { -2 * PAGE, VADDR, 4 * PAGE, 0 }, -EOVERFLOW, IOVA_WHY_WRAPS },
		{ { -PAGE, VADDR, PAGE, 0 }, -EADDRNOTAVAIL, IOVA_WHY_REFUSED },
		{ { -2 * PAGE, VADDR, 2 * PAGE, 0 }, -EADDRNOTAVAIL, IOVA_WHY_REFUSED },
		{ { 0, PAGE, -PAGE, 0 }, -EADDRNOTAVAIL, IOVA_WHY_REFUSED },
	};
	struct pair *pair = *state;
	struct iova_failure failure;

	pair_open(pair, 0, GROUP_NIC);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(map_alike(pair, &cases[i].asked, &failure), cases[i].r);
		assert_int_equal(failure.why, cases[i].why);
		assert_int_equal(failure.from_kernel, 0);
	}
}

/* One page and two, at each side of each end of a range. Returns how many were mapped. */
static int map_around(struct pair *pair, const struct iova_range *range)
{
	const uint64_t starts[] = { range->start - PAGE, range->start, range->last - 2 * PAGE + 1,
				    range->last - PAGE + 1, range->last + 1 };
	int n = 0;

	for (int i = 0; i < 10; i++) {
		struct asked asked = { starts[i / 2], VADDR, (1 + i % 2) * PAGE, 0 };

		if (map_alike(pair, &asked, NULL))
			continue;
		n++;
		assert_int_equal(unmap_alike(pair, asked.iova, asked.length, NULL), 0);
	}
	return n;
}

static int map_around_tier(struct pair *pair, uint32_t tier)
{
	const struct iova_space *space = iova_ctx_space(pair->twins[0].ctx);
	struct iova_range range;
	struct iova_set *set;
	int n = 0;

	assert_int_equal(iova_set_new(&set), 0);
	assert_int_equal(iova_space_read_tier(space, tier, set), 0);
	for (size_t i = 0; !iova_set_nth(set, i, &range); i++)
		n += map_around(pair, &range);
	iova_set_free(set);
	return n;
}

static void borders_of_the_tiers_are_where_they_were(void **state)
{
	struct pair *pair = *state;

	pair_open(pair, 0, GROUP_USB);
	assert_true(map_around_tier(pair, IOVA_TIER_USABLE) > 0);
	assert_int_equal(map_around_tier(pair, IOVA_TIER_AVOID), 10);
	assert_int_equal(pair->twins[0].ears.n[IOVA_LOG_WARNING], 12);
	assert_true(map_around_tier(pair, IOVA_TIER_REFUSED) > 0);
}

static void nothing_at_the_top_of_the_space_is_lost(void **state)
{
	struct pair *pair = *state;

	pair_open(pair, 0, GROUP_NIC);
	assert_true(map_around_tier(pair, IOVA_TIER_USABLE) > 0);
	assert_true(map_around_tier(pair, IOVA_TIER_REFUSED) > 0);
}

static void nothing_is_refused_in_an_unchecked_context(void **state)
{
	struct pair *pair = *state;
	struct iova_failure failure;

	pair_open(pair, IOVA_CTX_UNCHECKED, GROUP_NIC);
	assert_int_equal(map_page(pair, AT, NULL), 0);
	assert_int_equal(map_page(pair, AT, &failure), -EEXIST);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(map_page(pair, 0xfee00000, &failure), -EINVAL);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(map_alike(pair, &(struct asked){ AT + 1, VADDR, PAGE, 0 }, NULL), -EINVAL);
	assert_int_equal(unmap_alike(pair, AT, PAGE, NULL), 0);
}

static void a_context_without_groups_maps_nothing(void **state)
{
	struct pair *pair = *state;
	struct iova_failure failure;

	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++) {
		struct iova_ctx_opts opts = ctx_listening(&twin->ears);

		opts.backend = pair->backend;
		twin->ctx = ctx_open(twin->world, &opts);
	}
	assert_int_equal(map_page(pair, AT, &failure), -ENODEV);
	assert_int_equal(failure.why, IOVA_WHY_NO_IOMMU);
	assert_int_equal(unmap_alike(pair, AT, PAGE, NULL), -ENOENT);
}

static void what_is_mapped_already_is_in_the_way(void **state)
{
	struct pair *pair = *state;
	struct iova_failure failure;

	pair_open(pair, 0, GROUP_NIC);
	assert_int_equal(map_alike(pair, &(struct asked){ AT, VADDR, 4 * PAGE, 0 }, NULL), 0);
	for (uint64_t i = 0; i < 6; i++) {
		struct asked asked = { AT + (i - 1) * PAGE, VADDR, PAGE, 0 };
		bool is_beside = !i || i == 5;

		assert_int_equal(map_alike(pair, &asked, &failure), is_beside ? 0 : -EEXIST);
		if (!is_beside)
			assert_int_equal(failure.conflict.vaddr, VADDR);
	}
	assert_int_equal(map_alike(pair, &(struct asked){ AT - MIB, VADDR, 2 * MIB, 0 }, &failure),
			 -EEXIST);
	assert_int_equal(failure.conflict.range.start, AT - PAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALIKE(desktop, what_is_right_is_mapped_and_unmapped),
		ALIKE(desktop, what_was_unmapped_need_not_be_told),
		ALIKE(desktop, options_mean_what_they_always_did),
		ALIKE(desktop, options_of_a_wrong_size_are_refused),
		ALIKE(desktop, arguments_are_judged_alike),
		ALIKE(desktop, borders_of_the_tiers_are_where_they_were),
		ALIKE(epyc, nothing_at_the_top_of_the_space_is_lost),
		ALIKE(desktop, nothing_is_refused_in_an_unchecked_context),
		ALIKE(desktop, a_context_without_groups_maps_nothing),
		ALIKE(desktop, what_is_mapped_already_is_in_the_way),
		ALIKE(native, what_is_right_is_mapped_and_unmapped),
		ALIKE(native, what_was_unmapped_need_not_be_told),
		ALIKE(native, options_mean_what_they_always_did),
		ALIKE(native, options_of_a_wrong_size_are_refused),
		ALIKE(native, arguments_are_judged_alike),
		ALIKE(native, borders_of_the_tiers_are_where_they_were),
		ALIKE(native_epyc, nothing_at_the_top_of_the_space_is_lost),
		ALIKE(native, nothing_is_refused_in_an_unchecked_context),
		ALIKE(native, a_context_without_groups_maps_nothing),
		ALIKE(native, what_is_mapped_already_is_in_the_way),
		ALIKE(compat, what_is_right_is_mapped_and_unmapped),
		ALIKE(compat, what_was_unmapped_need_not_be_told),
		ALIKE(compat, options_mean_what_they_always_did),
		ALIKE(compat, options_of_a_wrong_size_are_refused),
		ALIKE(compat, arguments_are_judged_alike),
		ALIKE(compat, borders_of_the_tiers_are_where_they_were),
		ALIKE(compat, nothing_is_refused_in_an_unchecked_context),
		ALIKE(compat, a_context_without_groups_maps_nothing),
		ALIKE(compat, what_is_mapped_already_is_in_the_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

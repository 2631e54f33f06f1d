/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The simulated top of the space, where type1 up to 6.17 computes a length too
 * far: what ends at 2^64-1 is lost, and hides others. The hosts of these tests do
 * not end clean: pages of lost mappings stay pinned.
 */
#include "raw.h"

#include <errno.h>

/* Some memory of the process; the model never looks at it. */
#define VADDR 0x7f0000000000ull
#define TOP (-PAGE)

static void assert_pinned(const struct world *world, uint64_t pages)
{
	struct iova_sim_report report = { .size = sizeof report };

	assert_int_equal(iova_sim_report(world->sim, &report), 0);
	assert_int_equal(report.n_pinned_pages, pages);
}

/* Asserts that it succeeds, and returns how much went. */
static uint64_t unmap(const struct world *world, int fd, uint64_t iova, uint64_t size)
{
	assert_int_equal(raw_unmap(world, fd, 0, iova, &size), 0);
	return size;
}

static uint64_t unmap_all(const struct world *world, int fd)
{
	uint64_t size = 0;

	assert_int_equal(raw_unmap(world, fd, 2, 0, &size), 0);
	return size;
}

static void what_ends_at_the_top_is_lost_and_stays_pinned(void **state)
{
	struct world *w = world_new("epyc");
	struct raw raw = raw_attach(w, 1);

	(void)state;
	assert_int_equal(raw_map(w, raw.container, TOP, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, raw.container, TOP, VADDR + PAGE, PAGE), 0);
	assert_int_equal(unmap(w, raw.container, TOP, PAGE), 0);
	/* Of two at one address the later one is linked before the earlier one. */
	world_assert_mapping(w, 0, TOP, VADDR + PAGE, PAGE, 3);
	world_assert_mapping(w, 1, TOP, VADDR, PAGE, 3);
	raw_detach(w, raw);
	world_assert_n_mappings(w, 0);
	assert_pinned(w, 2);
	world_free(w);
}

/* Nothing of it is lost, but the length of the range is computed too far as well. */
static void a_range_up_to_the_top_meets_nothing(void **state)
{
	static const char *const releases[] = { "5.10", "6.12" };
	const struct world *w = *state;

	for (size_t i = 0; i < 2; i++) {
		struct raw raw;

		world_kernel(w, releases[i]);
		raw = raw_attach(w, 1);
		assert_int_equal(raw_map(w, raw.container, -3 * PAGE, VADDR, PAGE), 0);
		assert_int_equal(unmap(w, raw.container, -4 * PAGE, 4 * PAGE), 0);
		assert_int_equal(raw_map(w, raw.container, -4 * PAGE, VADDR, 3 * PAGE), -EEXIST);
		assert_int_equal(unmap(w, raw.container, -4 * PAGE, 3 * PAGE), PAGE);
		raw_detach(w, raw);
	}
}

/* From 5.12 it goes on to the lost mapping in the order of addresses, if it has found a first. */
static void unmap_all_depends_on_the_way_to_the_first(void **state)
{
	struct world *w = world_new("epyc");
	struct raw raw = raw_attach(w, 1);
	int c = raw.container;

	(void)state;
	assert_int_equal(raw_map(w, c, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, c, TOP, VADDR, PAGE), 0);
	assert_int_equal(unmap_all(w, c), 2 * PAGE);
	world_assert_n_mappings(w, 0);
	assert_pinned(w, 1);
	assert_int_equal(raw_map(w, c, TOP, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, c, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(unmap_all(w, c), 0);
	world_assert_n_mappings(w, 2);
	raw_detach(w, raw);
	world_free(w);
}

/* The lost mapping is the root, until a third one turns the tree. */
static void from_5_12_a_lost_mapping_hides_others_from_unmap(void **state)
{
	struct world *w = world_new("epyc");
	struct raw raw = raw_attach(w, 1);
	int c = raw.container;

	(void)state;
	assert_int_equal(raw_map(w, c, TOP, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, c, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(unmap(w, c, 0x200000, PAGE), 0);
	assert_int_equal(raw_map(w, c, 0x200000, VADDR, PAGE), -EEXIST);
	assert_int_equal(raw_map(w, c, 0x400000, VADDR, PAGE), 0);
	assert_int_equal(unmap(w, c, 0x200000, PAGE), PAGE);
	raw_detach(w, raw);
	world_free(w);
}

static void up_to_5_11_unmap_finds_what_map_finds(void **state)
{
	struct world *w = world_new("epyc");
	struct raw raw;

	(void)state;
	world_kernel(w, "5.10");
	raw = raw_attach(w, 1);
	assert_int_equal(raw_map(w, raw.container, TOP, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, raw.container, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(unmap(w, raw.container, 0x200000, PAGE), PAGE);
	raw_detach(w, raw);
	world_free(w);
}

/* It begins below; a search that spans its beginning goes to the right of it, and past the other. */
static void a_lost_mapping_hides_an_overlap_across_its_beginning(void **state)
{
	struct world *w = world_new("epyc");
	struct raw raw = raw_attach(w, 1);
	int c = raw.container;

	(void)state;
	assert_int_equal(raw_map(w, c, -4 * PAGE, VADDR, 4 * PAGE), 0);
	assert_int_equal(raw_map(w, c, -6 * PAGE, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, c, -6 * PAGE, VADDR, PAGE), -EEXIST);
	assert_int_equal(raw_map(w, c, -6 * PAGE, VADDR, 4 * PAGE), 0);
	world_assert_n_mappings(w, 3);
	raw_detach(w, raw);
	world_free(w);
}

/* The search for mappings above the new aperture ends at the top, and so finds none. */
static void a_narrower_group_is_stopped_late_by_a_mapping_near_the_top(void **state)
{
	static const struct {
		const char *release;
		int error;
	} cases[] = { { "6.12", -EFAULT }, { "6.18", -EINVAL } };
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	const struct world *w = *state;

	iova_sim_iommu_of_width(48, &iommu);
	assert_int_equal(iova_sim_set_iommu(w->sim, 3, &iommu), 0);
	for (size_t i = 0; i < 2; i++) {
		struct raw raw;
		int g;

		world_kernel(w, cases[i].release);
		raw = raw_attach(w, 1);
		g = raw_open_group(w, 3);
		assert_int_equal(raw_map(w, raw.container, -2 * PAGE, VADDR, PAGE), 0);
		assert_int_equal(raw_set_container(w, g, raw.container), cases[i].error);
		assert_int_equal(raw_close(w, g), 0);
		raw_detach(w, raw);
	}
}

/* A new domain does not hear of it either. */
static void a_lost_mapping_is_not_replayed(void **state)
{
	struct world *w = world_new("epyc");
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct raw raw;
	int g;

	(void)state;
	iova_sim_iommu_of_width(64, &iommu);
	iommu.map_last = UINT32_MAX;
	assert_int_equal(iova_sim_set_iommu(w->sim, 3, &iommu), 0);
	raw = raw_attach(w, 1);
	assert_int_equal(raw_map(w, raw.container, TOP, VADDR, PAGE), 0);
	g = raw_join(w, raw.container, 3);
	assert_int_equal(raw_close(w, g), 0);
	raw_detach(w, raw);
	world_free(w);
}

static void from_6_18_the_top_is_like_any_other_place(void **state)
{
	const struct world *w = *state;
	struct raw raw;
	int c;

	world_kernel(w, "6.18");
	raw = raw_attach(w, 1);
	c = raw.container;
	assert_int_equal(raw_map(w, c, TOP, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, c, TOP, VADDR, PAGE), -EEXIST);
	assert_int_equal(unmap(w, c, TOP, PAGE), PAGE);
	assert_int_equal(raw_map(w, c, TOP, VADDR, PAGE), 0);
	assert_int_equal(unmap_all(w, c), PAGE);
	raw_detach(w, raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_ends_at_the_top_is_lost_and_stays_pinned),
		ON(epyc, a_range_up_to_the_top_meets_nothing),
		cmocka_unit_test(unmap_all_depends_on_the_way_to_the_first),
		cmocka_unit_test(from_5_12_a_lost_mapping_hides_others_from_unmap),
		cmocka_unit_test(up_to_5_11_unmap_finds_what_map_finds),
		cmocka_unit_test(a_lost_mapping_hides_an_overlap_across_its_beginning),
		ON(epyc, a_narrower_group_is_stopped_late_by_a_mapping_near_the_top),
		cmocka_unit_test(a_lost_mapping_is_not_replayed),
		ON(epyc, from_6_18_the_top_is_like_any_other_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* The simulated UNMAP_DMA: errnos and sizes, v1 and v2, and what others do. */
#include "raw.h"

#include <errno.h>
#include <stdbool.h>

/* Some memory of the process; the model never looks at it. */
#define VADDR 0x7f0000000000ull

static void unmap_wants_a_right_request(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	struct iova_vfio_unmap unmap = { .argsz = 23, .iova = 0x200000, .size = PAGE };
	uint64_t size = 0;
	int c = raw.container;

	assert_int_equal(raw_ioctl(w, c, IOVA_VFIO_IOMMU_UNMAP_DMA, NULL), -EFAULT);
	assert_int_equal(raw_ioctl(w, c, IOVA_VFIO_IOMMU_UNMAP_DMA, &unmap), -EINVAL);
	assert_int_equal(raw_unmap(w, c, 0, 0x200000, &size), -EINVAL);
	size = PAGE + 1;
	assert_int_equal(raw_unmap(w, c, 0, 0x200000, &size), -EINVAL);
	assert_int_equal(size, PAGE + 1);
	size = PAGE;
	assert_int_equal(raw_unmap(w, c, 0, 0x200001, &size), -EINVAL);
	assert_int_equal(raw_unmap(w, c, 8, 0x200000, &size), -EINVAL);
	assert_int_equal(raw_unmap(w, c, 1, 0x200000, &size), -EINVAL);
	raw_detach(w, raw);
}

static void v2_unmaps_whole_mappings_across_holes(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	uint64_t size = PAGE;
	int c = raw.container;

	assert_int_equal(raw_unmap(w, c, 0, 0x200000, &size), 0);
	assert_int_equal(size, 0);
	assert_int_equal(raw_map(w, c, 0x200000, VADDR, 2 * PAGE), 0);
	assert_int_equal(raw_map(w, c, 0x204000, VADDR, 4 * PAGE), 0);
	size = PAGE;
	assert_int_equal(raw_unmap(w, c, 0, 0x201000, &size), -EINVAL);
	size = 5 * PAGE;
	assert_int_equal(raw_unmap(w, c, 0, 0x200000, &size), -EINVAL);
	assert_int_equal(size, 5 * PAGE);
	world_assert_n_mappings(w, 2);
	size = 16 * PAGE;
	assert_int_equal(raw_unmap(w, c, 0, 0x1ff000, &size), 0);
	assert_int_equal(size, 6 * PAGE);
	world_assert_n_mappings(w, 0);
	raw_detach(w, raw);
}

static void v1_unmaps_more_or_nothing(void **state)
{
	const struct world *w = *state;
	int c = raw_open(w, "/dev/vfio/vfio"), g = raw_join(w, c, GROUP_NIC);
	uint64_t size = PAGE;

	assert_int_equal(raw_set_iommu(w, c, 1), 0);
	assert_int_equal(raw_map(w, c, 0x200000, VADDR, 4 * PAGE), 0);
	assert_int_equal(raw_unmap(w, c, 0, 0x201000, &size), 0);
	assert_int_equal(size, 0);
	world_assert_n_mappings(w, 1);
	size = PAGE;
	assert_int_equal(raw_unmap(w, c, 0, 0x200000, &size), 0);
	assert_int_equal(size, 4 * PAGE);
	world_assert_n_mappings(w, 0);
	raw_detach(w, (struct raw){ c, g });
}

/*
 * v1 stops at a mapping that begins before the range. From 5.12 that is the
 * first one there; before, the search may come to another first, and takes it.
 */
static void v1_goes_by_address_from_5_12_and_by_the_tree_before(void **state)
{
	static const struct {
		const char *release;
		uint64_t unmapped;
	} cases[] = { { "5.10", PAGE }, { "5.15", 0 }, { "6.18", 0 } };
	const struct world *w = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t size = 4 * PAGE;
		int c = raw_open(w, "/dev/vfio/vfio"), g = raw_join(w, c, GROUP_NIC);

		world_kernel(w, cases[i].release);
		assert_int_equal(raw_set_iommu(w, c, 1), 0);
		/* The first one made is the root of the tree. */
		assert_int_equal(raw_map(w, c, 0x203000, VADDR, PAGE), 0);
		assert_int_equal(raw_map(w, c, 0x200000, VADDR, 2 * PAGE), 0);
		assert_int_equal(raw_unmap(w, c, 0, 0x201000, &size), 0);
		assert_int_equal(size, cases[i].unmapped);
		raw_detach(w, (struct raw){ c, g });
	}
}

static void unmap_all_takes_all_and_no_range(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	uint64_t size = PAGE;
	int c = raw.container;

	assert_int_equal(raw_map(w, c, 0, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, c, 0x7ffffff000, VADDR, PAGE), 0);
	assert_int_equal(raw_unmap(w, c, 2, 0, &size), -EINVAL);
	size = 0;
	assert_int_equal(raw_unmap(w, c, 2, 0, &size), 0);
	assert_int_equal(size, 2 * PAGE);
	world_kernel(w, "5.10");
	size = 0;
	assert_int_equal(raw_unmap(w, c, 2, 0, &size), -EINVAL);
	raw_detach(w, raw);
}

static void others_map_and_unmap_behind_our_back(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	uint64_t size = 4 * PAGE;
	int c = raw.container;

	assert_int_equal(raw_map(w, c, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, c, 0x201000, VADDR, 2 * PAGE), 0);
	assert_int_equal(iova_sim_unmap_behind(w->sim, c, 0x200000, 0x201fff), 1);
	world_assert_mapping(w, 0, 0x201000, VADDR, 2 * PAGE, 3);
	assert_int_equal(iova_sim_map_behind(w->sim, IOVA_SIM_ONLY_CONTAINER, 0x203000, VADDR,
					     PAGE),
			 0);
	assert_int_equal(iova_sim_map_behind(w->sim, c, 0x203000, VADDR, PAGE), -EEXIST);
	assert_int_equal(raw_unmap(w, c, 0, 0x200000, &size), 0);
	assert_int_equal(size, 3 * PAGE);
	assert_int_equal(iova_sim_unmap_behind(w->sim, raw.group, 0, UINT64_MAX), -EBADF);
	raw_detach(w, raw);
	assert_int_equal(iova_sim_unmap_behind(w->sim, IOVA_SIM_ONLY_CONTAINER, 0, 1), -ENOENT);
}

#define N_SLOTS 512

/* Against an array of pages: single pages are mapped, ranges of up to 32 unmapped. */
static void random_maps_and_unmaps_agree_with_an_array(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	bool mapped[N_SLOTS] = { false };
	uint64_t x = 1;

	for (int i = 0; i < 20000; i++) {
		uint64_t slot, n, size, wanted = 0;

		x = x * 6364136223846793005 + 1442695040888963407;
		slot = x >> 33 & (N_SLOTS - 1);
		n = 1 + (x >> 45 & 31);
		if (x >> 60 > 2) {
			assert_int_equal(raw_map(w, raw.container, slot * PAGE, VADDR, PAGE),
					 mapped[slot] ? -EEXIST : 0);
			mapped[slot] = true;
			continue;
		}
		for (uint64_t j = slot; j < slot + n && j < N_SLOTS; j++) {
			wanted += mapped[j] ? PAGE : 0;
			mapped[j] = false;
		}
		size = n * PAGE;
		assert_int_equal(raw_unmap(w, raw.container, 0, slot * PAGE, &size), 0);
		assert_int_equal(size, wanted);
	}
	for (uint32_t slot = 0, nth = 0; slot < N_SLOTS; slot++) {
		if (mapped[slot])
			world_assert_mapping(w, nth++, slot * PAGE, VADDR, PAGE, 3);
	}
	raw_detach(w, raw);
}

static void two_containers_do_not_see_each_other(void **state)
{
	const struct world *w = *state;
	struct raw a = raw_attach(w, GROUP_NIC), b = raw_attach(w, GROUP_USB);
	struct iova_sim_mapping mapping = { .size = sizeof mapping };

	assert_int_equal(raw_map(w, a.container, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, b.container, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(iova_sim_mapping(w->sim, 1, &mapping), 0);
	assert_int_equal(mapping.container, 1);
	assert_int_equal(iova_sim_list(w->sim, IOVA_SIM_ONLY_CONTAINER, NULL, 0), -ENOENT);
	raw_detach(w, a);
	world_assert_n_mappings(w, 1);
	raw_detach(w, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, unmap_wants_a_right_request),
		ON(desktop, v2_unmaps_whole_mappings_across_holes),
		ON(desktop, v1_unmaps_more_or_nothing),
		ON(desktop, v1_goes_by_address_from_5_12_and_by_the_tree_before),
		ON(desktop, unmap_all_takes_all_and_no_range),
		ON(desktop, others_map_and_unmap_behind_our_back),
		ON(desktop, random_maps_and_unmaps_agree_with_an_array),
		ON(desktop, two_containers_do_not_see_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* The simulated MAP_DMA: the order of the checks, and the errnos. */
#include "raw.h"

#include <errno.h>

/* Some memory of the process; the model never looks at it. */
#define VADDR 0x7f0000000000ull

static int map_raw(const struct world *w, int fd, uint32_t argsz, uint32_t flags, uint64_t size)
{
	struct iova_vfio_map map = {
		.argsz = argsz, .flags = flags, .vaddr = VADDR, .iova = 0x200000, .size = size
	};

	return raw_ioctl(w, fd, IOVA_VFIO_IOMMU_MAP_DMA, &map);
}

static void a_mapping_is_kept_as_asked_for(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	struct iova_sim_mapping mapping = { .size = sizeof mapping };

	assert_int_equal(raw_map(w, raw.container, 0x400000, VADDR, 2 * PAGE), 0);
	assert_int_equal(map_raw(w, raw.container, 32, 1, PAGE), 0);
	world_assert_n_mappings(w, 2);
	world_assert_mapping(w, 0, 0x200000, VADDR, PAGE, 1);
	world_assert_mapping(w, 1, 0x400000, VADDR, 2 * PAGE, 3);
	assert_int_equal(iova_sim_mapping(w->sim, 2, &mapping), -ENOENT);
	raw_detach(w, raw);
}

static void a_wrong_request_is_einval(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	int c = raw.container;

	assert_int_equal(raw_ioctl(w, c, IOVA_VFIO_IOMMU_MAP_DMA, NULL), -EFAULT);
	assert_int_equal(map_raw(w, c, 31, 3, PAGE), -EINVAL);
	assert_int_equal(map_raw(w, c, 32, 3 | 8, PAGE), -EINVAL);
	assert_int_equal(map_raw(w, c, 32, 0, PAGE), -EINVAL);
	assert_int_equal(map_raw(w, c, 32, 3, 0), -EINVAL);
	assert_int_equal(map_raw(w, c, 32, 3, PAGE + 1), -EINVAL);
	assert_int_equal(raw_map(w, c, 0x200800, VADDR, PAGE), -EINVAL);
	assert_int_equal(raw_map(w, c, 0x200000, VADDR + 1, PAGE), -EINVAL);
	world_assert_n_mappings(w, 0);
	raw_detach(w, raw);
}

static void a_wrap_is_einval_and_eoverflow_from_6_18(void **state)
{
	static const struct {
		const char *release;
		int error;
	} cases[] = { { "6.1", -EINVAL }, { "6.12", -EINVAL }, { "6.18", -EOVERFLOW } };
	const struct world *w = *state;

	for (size_t i = 0; i < 3; i++) {
		struct raw raw;
		uint64_t size = 2 * PAGE;

		world_kernel(w, cases[i].release);
		raw = raw_attach(w, GROUP_NIC);
		assert_int_equal(raw_map(w, raw.container, -PAGE, VADDR, 2 * PAGE), cases[i].error);
		assert_int_equal(raw_map(w, raw.container, 0x200000, -PAGE, 2 * PAGE),
				 cases[i].error);
		assert_int_equal(raw_unmap(w, raw.container, 0, -PAGE, &size), cases[i].error);
		raw_detach(w, raw);
	}
}

/* From 6.18 a wrap is found before anything else, here before missing alignment. */
static void the_wrap_is_tested_first_from_6_18(void **state)
{
	const struct world *w = *state;
	struct raw raw;

	world_kernel(w, "6.18");
	raw = raw_attach(w, GROUP_NIC);
	assert_int_equal(raw_map(w, raw.container, UINT64_MAX, VADDR, 2), -EOVERFLOW);
	assert_int_equal(raw_map(w, raw.container, UINT64_MAX, VADDR, 0), -EINVAL);
	raw_detach(w, raw);
}

static void what_leaves_the_list_is_einval(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	int c = raw.container;

	assert_int_equal(raw_map(w, c, 0xfee00000, VADDR, PAGE), -EINVAL);
	assert_int_equal(raw_map(w, c, 0xfedff000, VADDR, 2 * PAGE), -EINVAL);
	assert_int_equal(raw_map(w, c, 0xfedff000, VADDR, 2 * MIB), -EINVAL);
	assert_int_equal(raw_map(w, c, 0x8000000000, VADDR, PAGE), -EINVAL);
	assert_int_equal(raw_map(w, c, 0xfedff000, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, c, 0xfef00000, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, c, 0x7ffffff000, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, c, 0, VADDR, PAGE), 0);
	raw_detach(w, raw);
}

/* An overlap is found before the list is asked. */
static void an_overlap_is_eexist_even_outside_the_list(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	int c = raw.container;

	assert_int_equal(raw_map(w, c, 0xfedfe000, VADDR, 2 * PAGE), 0);
	assert_int_equal(raw_map(w, c, 0xfedfe000, VADDR, 2 * PAGE), -EEXIST);
	assert_int_equal(raw_map(w, c, 0xfedff000, VADDR, 4 * PAGE), -EEXIST);
	assert_int_equal(raw_map(w, c, 0xfedfd000, VADDR, 2 * PAGE), -EEXIST);
	assert_int_equal(raw_map(w, c, 0xfedfd000, VADDR, PAGE), 0);
	raw_detach(w, raw);
}

/* And so is the limit of entries; the overlap before both. */
static void the_entry_limit_is_enospc(void **state)
{
	const struct world *w = *state;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	uint64_t size = PAGE;
	struct raw raw;
	int c;

	iova_sim_get_kernel(w->sim, &kernel);
	kernel.entry_limit = 2;
	iova_sim_set_kernel(w->sim, &kernel);
	raw = raw_attach(w, GROUP_NIC);
	c = raw.container;
	assert_int_equal(raw_map(w, c, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, c, 0x201000, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, c, 0x202000, VADDR, PAGE), -ENOSPC);
	assert_int_equal(raw_map(w, c, 0xfee00000, VADDR, PAGE), -ENOSPC);
	assert_int_equal(raw_map(w, c, 0x201000, VADDR, PAGE), -EEXIST);
	assert_int_equal(raw_unmap(w, c, 0, 0x200000, &size), 0);
	assert_int_equal(raw_map(w, c, 0x202000, VADDR, PAGE), 0);
	raw_detach(w, raw);
}

static void kernels_before_5_4_map_over_anything_within_the_width(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	int c = raw.container;

	assert_int_equal(raw_map(w, c, 0xfedff000, VADDR, 2 * PAGE), 0);
	assert_int_equal(raw_map(w, c, 0x8000000000, VADDR, PAGE), -EFAULT);
	raw_detach(w, raw);
}

/* VT-d of 5.4 to 5.9 reports 57 bits and finds the true width while it maps. */
static void a_list_wider_than_the_iommu_is_efault(void **state)
{
	const struct world *w = *state;
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct raw raw;

	world_kernel(w, "5.4");
	iova_sim_iommu_of_width(57, &iommu);
	iommu.map_last = 0x7fffffffff;
	assert_int_equal(iova_sim_set_iommu(w->sim, IOVA_SIM_ALL_GROUPS, &iommu), 0);
	raw = raw_attach(w, GROUP_NIC);
	assert_int_equal(raw_map(w, raw.container, 0x8000000000, VADDR, PAGE), -EFAULT);
	world_assert_n_mappings(w, 0);
	assert_int_equal(raw_map(w, raw.container, 0x7ffffff000, VADDR, PAGE), 0);
	raw_detach(w, raw);
}

static void set_limit(const struct world *w, uint64_t pages, uint64_t locked, uint32_t exempt)
{
	struct iova_sys_memory memory = {
		.page_size = PAGE, .limit = pages * PAGE, .locked = locked * PAGE, .exempt = exempt
	};

	assert_int_equal(iova_sim_set_memory(w->sim, &memory), 0);
}

static void locked_memory_is_charged_and_limited(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	struct iova_sys_memory memory;
	struct iova_sim_report report = { .size = sizeof report };
	uint64_t size = 2 * PAGE;
	int c = raw.container;

	set_limit(w, 5, 1, 0);
	assert_int_equal(raw_map(w, c, 0x200000, VADDR, 5 * PAGE), -ENOMEM);
	world_assert_n_mappings(w, 0);
	assert_int_equal(raw_map(w, c, 0x200000, VADDR, 2 * PAGE), 0);
	/* The same memory once more counts once more. */
	assert_int_equal(raw_map(w, c, 0x300000, VADDR, 2 * PAGE), 0);
	assert_int_equal(raw_map(w, c, 0x400000, VADDR, PAGE), -ENOMEM);
	assert_int_equal(w->sys->memory(w->sys->data, &memory), 0);
	assert_int_equal(memory.locked, 5 * PAGE);
	assert_int_equal(memory.limit, 5 * PAGE);
	iova_sim_report(w->sim, &report);
	assert_int_equal(report.n_pinned_pages, 4);
	assert_int_equal(raw_unmap(w, c, 0, 0x200000, &size), 0);
	assert_int_equal(raw_map(w, c, 0x400000, VADDR, 2 * PAGE), 0);
	raw_detach(w, raw);
	assert_int_equal(w->sys->memory(w->sys->data, &memory), 0);
	assert_int_equal(memory.locked, PAGE);
}

static void who_is_exempt_is_charged_and_not_limited(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	struct iova_sys_memory memory;

	set_limit(w, 1, 0, 1);
	assert_int_equal(raw_map(w, raw.container, 0x200000, VADDR, 8 * PAGE), 0);
	assert_int_equal(w->sys->memory(w->sys->data, &memory), 0);
	assert_int_equal(memory.locked, 8 * PAGE);
	assert_int_equal(memory.exempt, 1);
	raw_detach(w, raw);
}

/* Page by page: the memory first, then the limit. */
static void bad_memory_is_efault_unless_the_limit_comes_first(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	int c = raw.container;

	assert_int_equal(iova_sim_add_bad_memory(w->sim, VADDR + 4 * PAGE, VADDR + 5 * PAGE - 1),
			 0);
	assert_int_equal(raw_map(w, c, 0x200000, VADDR, 8 * PAGE), -EFAULT);
	assert_int_equal(raw_map(w, c, 0x200000, VADDR + 4 * PAGE, PAGE), -EFAULT);
	set_limit(w, 4, 0, 0);
	assert_int_equal(raw_map(w, c, 0x200000, VADDR, 8 * PAGE), -EFAULT);
	set_limit(w, 3, 0, 0);
	assert_int_equal(raw_map(w, c, 0x200000, VADDR, 8 * PAGE), -ENOMEM);
	set_limit(w, 4, 0, 0);
	assert_int_equal(raw_map(w, c, 0x200000, VADDR, 4 * PAGE), 0);
	world_assert_n_mappings(w, 1);
	raw_detach(w, raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, a_mapping_is_kept_as_asked_for),
		ON(desktop, a_wrong_request_is_einval),
		ON(desktop, a_wrap_is_einval_and_eoverflow_from_6_18),
		ON(desktop, the_wrap_is_tested_first_from_6_18),
		ON(desktop, what_leaves_the_list_is_einval),
		ON(desktop, an_overlap_is_eexist_even_outside_the_list),
		ON(desktop, the_entry_limit_is_enospc),
		ON(old, kernels_before_5_4_map_over_anything_within_the_width),
		ON(desktop, a_list_wider_than_the_iommu_is_efault),
		ON(desktop, locked_memory_is_charged_and_limited),
		ON(desktop, who_is_exempt_is_charged_and_not_limited),
		ON(desktop, bad_memory_is_efault_unless_the_limit_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

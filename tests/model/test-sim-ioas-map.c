/* SPDX-License-Identifier: BSD-3-Clause */
/* IOMMU_IOAS_MAP: the order of the checks, and where the kernel puts what may lie anywhere. */
#include "ioas-help.h"

SETUP(iommufd, "iommufd")
SETUP(iommufd_epyc, "iommufd-epyc")

static int request(const struct world *w, struct ioas ioas, uint32_t flags, uint64_t iova,
		   uint64_t vaddr, uint64_t length)
{
	struct iova_iommu_ioas_map map = {
		.flags = flags, .ioas_id = ioas.id, .vaddr = vaddr, .length = length, .iova = iova
	};
	int r = ioas_request(w, ioas.fd, &map);

	if (r < 0)
		assert_int_equal(map.iova, iova);
	return r;
}

static void a_mapping_is_kept_as_asked_for(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);
	struct iova_sim_mapping mapping = { .size = sizeof mapping };

	assert_int_equal(request(w, ioas, FIXED | RW, 0x400000, VADDR, 2 * PAGE), 0);
	assert_int_equal(request(w, ioas, FIXED | IOVA_IOMMU_MAP_READ, 0x200000, VADDR + 1 * PAGE,
				 PAGE),
			 0);
	assert_int_equal(request(w, ioas, FIXED | IOVA_IOMMU_MAP_WRITE, 0, VADDR, PAGE), 0);
	world_assert_n_mappings(w, 3);
	world_assert_mapping(w, 0, 0, VADDR, PAGE, 2);
	world_assert_mapping(w, 1, 0x200000, VADDR + PAGE, PAGE, 1);
	world_assert_mapping(w, 2, 0x400000, VADDR, 2 * PAGE, 3);
	assert_int_equal(iova_sim_mapping(w->sim, 1, &mapping), 0);
	assert_int_equal(mapping.ioas, ioas.id);
	assert_int_equal(mapping.container, 0);
	assert_int_equal(iova_sim_mapping(w->sim, 3, &mapping), -ENOENT);
	ioas_close(w, ioas);
}

static void what_is_wrong_with_a_request_is_told_apart(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC), other = ioas;
	struct iova_iommu_ioas_map map = { .flags = FIXED | RW, .ioas_id = ioas.id, .reserved = 1 };

	assert_int_equal(ioas_request(w, ioas.fd, &map), -EOPNOTSUPP);
	assert_int_equal(request(w, ioas, 8 | RW, 0, VADDR, PAGE), -EOPNOTSUPP);
	assert_int_equal(request(w, ioas, FIXED | RW, UINT64_MAX, VADDR, PAGE), -EOVERFLOW);
	assert_int_equal(request(w, ioas, FIXED | RW, 0, VADDR, UINT64_MAX), -EOVERFLOW);
	assert_int_equal(request(w, ioas, FIXED, 0, VADDR, PAGE), -EINVAL);
	other.id = 77;
	assert_int_equal(request(w, other, FIXED | RW, 0, VADDR, PAGE), -ENOENT);
	other.id = ioas.device;
	assert_int_equal(request(w, other, FIXED | RW, 0, VADDR, PAGE), -ENOENT);
	assert_int_equal(request(w, ioas, FIXED | RW, 0, VADDR, 0), -EINVAL);
	assert_int_equal(request(w, ioas, FIXED | RW, 0, VADDR, -PAGE + 1), -EINVAL);
	/* The byte behind the memory must have an address, too. */
	assert_int_equal(request(w, ioas, FIXED | RW, 0, -PAGE, PAGE), -EOVERFLOW);
	assert_int_equal(request(w, ioas, FIXED | RW, 0, -2 * PAGE, PAGE), 0);
	assert_int_equal(request(w, ioas, FIXED | RW, 0x200000, VADDR, PAGE + 1), -EINVAL);
	assert_int_equal(request(w, ioas, FIXED | RW, 0x200800, VADDR, PAGE), -EINVAL);
	assert_int_equal(request(w, ioas, FIXED | RW, 0x200000, VADDR + 1, PAGE), -EINVAL);
	assert_int_equal(request(w, ioas, FIXED | RW, -PAGE, VADDR, 2 * PAGE), -EOVERFLOW);
	world_assert_n_mappings(w, 1);
	ioas_close(w, ioas);
}

static void the_checks_have_their_order(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC), other = ioas;

	/* Each request is wrong in two ways, of which the first is told. */
	assert_int_equal(request(w, ioas, 8 | RW, UINT64_MAX, VADDR, PAGE), -EOPNOTSUPP);
	assert_int_equal(request(w, ioas, FIXED, UINT64_MAX, VADDR, PAGE), -EOVERFLOW);
	other.id = 77;
	assert_int_equal(request(w, other, FIXED, 0, VADDR, PAGE), -EINVAL);
	assert_int_equal(request(w, other, FIXED | RW, 0, VADDR, 0), -ENOENT);
	assert_int_equal(request(w, ioas, FIXED | RW, 0x800, -PAGE, PAGE), -EOVERFLOW);
	assert_int_equal(request(w, ioas, FIXED | RW, -0x800, VADDR, PAGE), -EINVAL);
	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(request(w, ioas, FIXED | RW, 0x200000, VADDR + 1, PAGE), -EEXIST);
	ioas_close(w, ioas);
}

/* The other way round than type1, which tells of the mapping. */
static void reserved_is_found_before_mapped(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);

	assert_int_equal(ioas_map(w, ioas, 0xfedff000, VADDR, PAGE), 0);
	assert_int_equal(ioas_map(w, ioas, 0xfedff000, VADDR, PAGE), -EEXIST);
	assert_int_equal(ioas_map(w, ioas, 0xfedff000, VADDR, 2 * PAGE), -EINVAL);
	assert_int_equal(ioas_map(w, ioas, 0xfee00000, VADDR, PAGE), -EINVAL);
	assert_int_equal(ioas_map(w, ioas, 0x7ffffff000, VADDR, PAGE), 0);
	assert_int_equal(ioas_map(w, ioas, 0x7ffffff000, VADDR, 2 * PAGE), -EINVAL);
	assert_int_equal(ioas_map(w, ioas, 0x8000000000, VADDR, PAGE), -EINVAL);
	ioas_close(w, ioas);
}

static void without_a_device_anything_goes(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);

	assert_int_equal(ioas_map(w, ioas, 0x123, VADDR + 1, 0x10), 0);
	assert_int_equal(ioas_map(w, ioas, 0x132, VADDR, 1), -EEXIST);
	assert_int_equal(ioas_map(w, ioas, 0x133, VADDR, 1), 0);
	assert_int_equal(ioas_map(w, ioas, 0xfee00000, VADDR, PAGE), 0);
	assert_int_equal(ioas_map(w, ioas, -PAGE, VADDR, PAGE), 0);
	assert_int_equal(pinned(w), 0);
	ioas_close(w, ioas);
}

static void the_last_page_can_be_mapped_where_the_iommu_has_it(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, 0);

	assert_int_equal(ioas_map(w, ioas, -PAGE, VADDR, PAGE), 0);
	world_assert_mapping(w, 0, -PAGE, VADDR, PAGE, 3);
	ioas_close(w, ioas);
}

static void above_the_width_is_efault(void **state)
{
	const struct world *w = *state;
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct ioas ioas;

	iova_sim_iommu_of_width(48, &iommu);
	iommu.map_last = 0x7fffffffff;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_NIC, &iommu), 0);
	ioas = ioas_attach(w, NODE_NIC);
	assert_int_equal(ioas_map(w, ioas, 0x8000000000, VADDR, PAGE), -EFAULT);
	world_assert_n_mappings(w, 0);
	assert_int_equal(pinned(w), 0);
	ioas_close(w, ioas);
}

static void the_kernel_takes_the_lowest_place(void **state)
{
	static const struct {
		uint64_t vaddr;
		uint64_t length;
		uint64_t iova;
	} cases[] = {
		{ VADDR + PAGE, PAGE, 0x1000 },         /* never 0 */
		{ VADDR + PAGE, 2 * MIB, 0x2000 },      /* aligned as the memory is */
		{ VADDR + 0x4000, 2 * PAGE, 0x202000 }, /* and as the length needs */
		{ VADDR, 2 * MIB, 0x400000 },           /* a huge page */
		{ VADDR, 1ull << 30, 0x600000 },        /* and no more */
		{ VADDR + 0x3000, 0x3000, 0x204000 },   /* in the gap */
		{ 0, 3 * PAGE, 0x208000 },              /* memory at 0: by the length alone */
	};
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);

	set_limit(w, UINT64_MAX, true);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t iova;

		assert_int_equal(ioas_map_any(w, ioas, cases[i].vaddr, cases[i].length, &iova), 0);
		assert_int_equal(iova, cases[i].iova);
	}
	ioas_close(w, ioas);
}

static void the_kernel_looks_for_a_place_within_what_is_allowed(void **state)
{
	static const struct iova_iommu_range list[] = { { 0x500000, 0x500fff },
							{ 0x501000, 0x502fff },
							{ 0x100000, 0x101fff } };
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);
	uint64_t iova;

	assert_int_equal(ioas_allow(w, ioas, list, 3), 0);
	/* What touches counts as one. */
	assert_int_equal(ioas_map_any(w, ioas, VADDR + PAGE, 3 * PAGE, &iova), 0);
	assert_int_equal(iova, 0x500000);
	assert_int_equal(ioas_map_any(w, ioas, VADDR + PAGE, 2 * PAGE, &iova), 0);
	assert_int_equal(iova, 0x100000);
	assert_int_equal(ioas_map_any(w, ioas, VADDR + PAGE, PAGE, &iova), -ENOSPC);
	/* A fixed one may lie outside. */
	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(ioas_allow(w, ioas, NULL, 0), 0);
	assert_int_equal(ioas_map_any(w, ioas, VADDR + PAGE, PAGE, &iova), 0);
	assert_int_equal(iova, 0x1000);
	ioas_close(w, ioas);
}

static void what_fits_nowhere_is_enospc(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);
	uint64_t iova;

	assert_int_equal(ioas_map_any(w, ioas, 0x200000, 1ull << 39, &iova), -ENOSPC);
	assert_int_equal(ioas_map_any(w, ioas, PAGE, 1ull << 63, &iova), -EOVERFLOW);
	/* Memory aligned to less than the IOMMU's page; also where nothing would fit. */
	assert_int_equal(ioas_map_any(w, ioas, VADDR + 0x800, 1ull << 40, &iova), -EINVAL);
	assert_int_equal(ioas_map_any(w, ioas, VADDR + 0x800, PAGE, &iova), -EINVAL);
	assert_int_equal(ioas_map_any(w, ioas, VADDR, 0x800, &iova), -EINVAL);
	ioas_close(w, ioas);
}

static void a_chosen_place_has_the_offset_of_the_memory(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);
	uint64_t iova;

	assert_int_equal(ioas_map_any(w, ioas, VADDR + 0x123, 0x10, &iova), 0);
	assert_int_equal(iova, 0x1123);
	assert_int_equal(ioas_map_any(w, ioas, VADDR + 0x123, 0x10, &iova), 0);
	assert_int_equal(iova, 0x1133 | 0x123);
	ioas_close(w, ioas);
}

/* A range that is not a multiple of anything: reserved here and there, mapped in between. */
static void the_last_page_is_never_chosen(void **state)
{
	static const struct iova_iommu_range top[] = { { UINT64_MAX - 2 * PAGE + 1, UINT64_MAX } };
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);
	uint64_t iova;

	assert_int_equal(ioas_allow(w, ioas, top, 1), 0);
	assert_int_equal(ioas_map_any(w, ioas, VADDR, PAGE, &iova), 0);
	assert_int_equal(iova, UINT64_MAX - 2 * PAGE + 1);
	assert_int_equal(ioas_map_any(w, ioas, VADDR, PAGE, &iova), -ENOSPC);
	ioas_close(w, ioas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(iommufd, a_mapping_is_kept_as_asked_for),
		ON(iommufd, what_is_wrong_with_a_request_is_told_apart),
		ON(iommufd, the_checks_have_their_order),
		ON(iommufd, reserved_is_found_before_mapped),
		ON(iommufd, without_a_device_anything_goes),
		ON(iommufd_epyc, the_last_page_can_be_mapped_where_the_iommu_has_it),
		ON(iommufd, above_the_width_is_efault),
		ON(iommufd, the_kernel_takes_the_lowest_place),
		ON(iommufd, the_kernel_looks_for_a_place_within_what_is_allowed),
		ON(iommufd, what_fits_nowhere_is_enospc),
		ON(iommufd, a_chosen_place_has_the_offset_of_the_memory),
		ON(iommufd, the_last_page_is_never_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

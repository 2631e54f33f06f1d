/* SPDX-License-Identifier: BSD-3-Clause */
/* IOMMU_IOAS_UNMAP: whole mappings, one after the other. */
#include "ioas-help.h"

SETUP(iommufd, "iommufd")
SETUP(iommufd_epyc, "iommufd-epyc")

static void assert_unmap(const struct world *w, struct ioas ioas, uint64_t iova, uint64_t length,
			 int error, uint64_t unmapped)
{
	uint64_t is = length;

	assert_int_equal(ioas_unmap(w, ioas, iova, &is), error);
	/* On an error nothing is written. */
	assert_int_equal(is, error ? length : unmapped);
}

static void whole_mappings_are_unmapped(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);

	for (uint64_t iova = 0x200000; iova < 0x206000; iova += 2 * PAGE)
		assert_int_equal(ioas_map(w, ioas, iova, VADDR, 2 * PAGE), 0);
	assert_unmap(w, ioas, 0x202000, 2 * PAGE, 0, 2 * PAGE);
	assert_unmap(w, ioas, 0x202000, 2 * PAGE, -ENOENT, 0);
	assert_unmap(w, ioas, 0x1ff001, 0x7000, 0, 4 * PAGE);
	world_assert_n_mappings(w, 0);
	ioas_close(w, ioas);
}

static void a_part_is_enoent(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);

	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, 3 * PAGE), 0);
	assert_unmap(w, ioas, 0x200000, 2 * PAGE, -ENOENT, 0);
	assert_unmap(w, ioas, 0x201000, 2 * PAGE, -ENOENT, 0);
	assert_unmap(w, ioas, 0x201000, PAGE, -ENOENT, 0);
	assert_unmap(w, ioas, 0x200001, 3 * PAGE, -ENOENT, 0);
	world_assert_n_mappings(w, 1);
	ioas_close(w, ioas);
}

static void what_lies_before_a_part_is_gone(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);

	assert_int_equal(ioas_map(w, ioas, 0x40000000, VADDR, 4 * PAGE), 0);
	assert_int_equal(ioas_map(w, ioas, 0x51000000, VADDR, PAGE), 0);
	assert_int_equal(ioas_map(w, ioas, 0x53000000, VADDR, 4 * PAGE), 0);
	assert_unmap(w, ioas, 0x3fff0000, 0x13012000, -ENOENT, 0);
	world_assert_n_mappings(w, 1);
	world_assert_mapping(w, 0, 0x53000000, VADDR, 4 * PAGE, 3);
	assert_int_equal(pinned(w), 4);
	ioas_close(w, ioas);
}

static void what_is_wrong_with_a_request_is_told_apart(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC), other = ioas;

	other.id = 77;
	assert_unmap(w, other, 0, PAGE, -ENOENT, 0);
	assert_unmap(w, ioas, 0x200000, 0, -EINVAL, 0);
	assert_unmap(w, ioas, -PAGE, 2 * PAGE, -EOVERFLOW, 0);
	assert_unmap(w, ioas, UINT64_MAX, 1, -EOVERFLOW, 0);
	assert_unmap(w, ioas, PAGE, UINT64_MAX, -EOVERFLOW, 0);
	ioas_close(w, ioas);
}

static void all_can_be_unmapped_also_of_nothing(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, 0);

	assert_unmap(w, ioas, 0, UINT64_MAX, 0, 0);
	assert_int_equal(ioas_map(w, ioas, 0, VADDR, PAGE), 0);
	assert_int_equal(ioas_map(w, ioas, -PAGE, VADDR, PAGE), 0);
	/* This goes to the byte before the last. */
	assert_unmap(w, ioas, 0, UINT64_MAX - 1, -ENOENT, 0);
	world_assert_n_mappings(w, 1);
	assert_int_equal(ioas_map(w, ioas, 0, VADDR, PAGE), 0);
	assert_unmap(w, ioas, 0, UINT64_MAX, 0, 2 * PAGE);
	world_assert_n_mappings(w, 0);
	ioas_close(w, ioas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(iommufd, whole_mappings_are_unmapped),
		ON(iommufd, a_part_is_enoent),
		ON(iommufd, what_lies_before_a_part_is_gone),
		ON(iommufd, what_is_wrong_with_a_request_is_told_apart),
		ON(iommufd_epyc, all_can_be_unmapped_also_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* IOMMU_IOAS_IOVA_RANGES and IOMMU_IOAS_ALLOW_IOVAS. */
#include "ioas-help.h"

SETUP(iommufd, "iommufd")
SETUP(iommufd_epyc, "iommufd-epyc")

static void assert_ranges(const struct world *w, struct ioas ioas,
			  const struct iova_iommu_range *expected, uint32_t n, uint64_t alignment)
{
	struct iova_iommu_range found[8];
	uint32_t n_found = 8;
	uint64_t is;

	assert_int_equal(ioas_ranges(w, ioas, found, &n_found, &is), 0);
	assert_int_equal(n_found, n);
	assert_int_equal(is, alignment);
	assert_memory_equal(found, expected, n * sizeof *expected);
}

static const struct iova_iommu_range everything[] = { { 0, UINT64_MAX } };
static const struct iova_iommu_range attached[] = { { 0, 0xfedfffff },
						    { 0xfef00000, 0x7fffffffff } };

static void ranges_are_all_of_the_space_until_a_device_is_attached(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);
	struct iova_range list[3];

	assert_ranges(w, ioas, everything, 1, 1);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), 0);
	assert_ranges(w, ioas, attached, 2, PAGE);
	assert_int_equal(iova_sim_list(w->sim, ioas.fd, list, 3), 2);
	assert_int_equal(list[1].last, 0x7fffffffff);
	assert_int_equal(iova_sim_list(w->sim, IOVA_SIM_ONLY_CONTAINER, list, 1), 2);
	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, PAGE), 0);
	assert_ranges(w, ioas, attached, 2, PAGE);
	assert_int_equal(raw_detach_pt(w, ioas.cdev), 0);
	assert_ranges(w, ioas, everything, 1, 1);
	ioas_close(w, ioas);
}

static void ranges_may_reach_the_top(void **state)
{
	static const struct iova_iommu_range expected[] = { { 0, 0xfedfffff },
							    { 0xfef00000, 0xfcffffffff },
							    { 0x10000000000, UINT64_MAX } };
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, 0);

	assert_ranges(w, ioas, expected, 3, PAGE);
	ioas_close(w, ioas);
}

static void too_little_room_is_emsgsize_with_the_number(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);
	struct iova_iommu_range range[2] = { { 7, 7 }, { 7, 7 } };
	uint64_t alignment;
	uint32_t n = 0;

	assert_int_equal(ioas_ranges(w, ioas, NULL, &n, &alignment), -EMSGSIZE);
	assert_int_equal(n, 2);
	assert_int_equal(alignment, PAGE);
	n = 1;
	assert_int_equal(ioas_ranges(w, ioas, range, &n, &alignment), -EMSGSIZE);
	assert_int_equal(n, 2);
	assert_memory_equal(range, attached, sizeof *range);
	assert_int_equal(range[1].start, 7);
	n = 1;
	assert_int_equal(ioas_ranges(w, ioas, NULL, &n, &alignment), -EFAULT);
	ioas_close(w, ioas);
}

static void wrong_requests_are_told_apart(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC), other = ioas;
	struct iova_iommu_ioas_ranges request = { .size = sizeof request, .ioas_id = ioas.id };
	uint64_t alignment;
	uint32_t n = 0;

	request.reserved = 1;
	assert_int_equal(raw_ioctl(w, ioas.fd, IOVA_IOMMU_IOAS_IOVA_RANGES, &request), -EOPNOTSUPP);
	request.size = IOVA_IOMMU_ALLOW_SIZE;
	assert_int_equal(raw_ioctl(w, ioas.fd, IOVA_IOMMU_IOAS_ALLOW_IOVAS, &request), -EOPNOTSUPP);
	other.id = ioas.device;
	assert_int_equal(ioas_ranges(w, other, NULL, &n, &alignment), -ENOENT);
	assert_int_equal(ioas_allow(w, other, NULL, 0), -ENOENT);
	other.id = 77;
	assert_int_equal(ioas_ranges(w, other, NULL, &n, &alignment), -ENOENT);
	assert_int_equal(ioas_allow(w, ioas, NULL, 1), -EFAULT);
	ioas_close(w, ioas);
}

static void a_list_is_taken_or_refused_whole(void **state)
{
	static const struct iova_iommu_range one_byte[] = { { 0x1000, 0x1000 } };
	static const struct iova_iommu_range inverted[] = { { 0x2000, 0x1000 } };
	static const struct iova_iommu_range overlap[] = { { 0x9000, 0xffff }, { 0x1000, 0x9000 } };
	static const struct iova_iommu_range byte[] = { { 0x1000, 0x9000 }, { 0x9000, 0xffff } };
	static const struct iova_iommu_range inside[] = { { 0x1000, 0xffff }, { 0x2000, 0x2fff } };
	static const struct iova_iommu_range fine[] = { { 0x9000, 0xffff },
							{ 0x1000, 0x1fff },
							{ 0x2000, 0x8fff } };
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);

	assert_int_equal(ioas_allow(w, ioas, one_byte, 1), -EINVAL);
	assert_int_equal(ioas_allow(w, ioas, inverted, 1), -EINVAL);
	assert_int_equal(ioas_allow(w, ioas, overlap, 2), -EINVAL);
	assert_int_equal(ioas_allow(w, ioas, inside, 2), -EINVAL);
	assert_int_equal(ioas_allow(w, ioas, byte, 2), -EINVAL);
	assert_int_equal(ioas_allow(w, ioas, fine, 3), 0);
	assert_ranges(w, ioas, everything, 1, 1);
	assert_int_equal(ioas_allow(w, ioas, NULL, 0), 0);
	ioas_close(w, ioas);
}

static void what_is_allowed_stays_free_or_the_attach_fails(void **state)
{
	static const struct iova_iommu_range msi[] = { { 0x1000, 0x1fff },
						       { 0xfee00000, 0xfee00fff } };
	static const struct iova_iommu_range top[] = { { 0x8000000000 - 1, 0x8000000000 } };
	static const struct iova_iommu_range fine[] = { { 0x1000, 0xfedfffff } };
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);

	assert_int_equal(ioas_allow(w, ioas, msi, 2), 0);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), -EADDRINUSE);
	assert_ranges(w, ioas, everything, 1, 1);
	assert_int_equal(ioas_allow(w, ioas, top, 1), 0);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), -EADDRINUSE);
	assert_ranges(w, ioas, everything, 1, 1);
	assert_int_equal(ioas_allow(w, ioas, fine, 1), 0);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), 0);
	/* What is reserved cannot be allowed, and the list stays. */
	assert_int_equal(ioas_allow(w, ioas, msi, 2), -EADDRINUSE);
	assert_int_equal(iova_sim_add_device_region(w->sim, "0000:00:14.0", 0x5000, 0x5fff,
						    "reserved"),
			 0);
	assert_int_equal(raw_close(w, ioas.cdev), 0);
	ioas.cdev = raw_cdev(w, NODE_USB);
	assert_int_equal(raw_bind(w, ioas.cdev, ioas.fd, NULL), 0);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), -EADDRINUSE);
	assert_int_equal(ioas_allow(w, ioas, NULL, 0), 0);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), 0);
	ioas_close(w, ioas);
}

static void replies_are_corrupted_in_header_and_ranges(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);
	struct iova_iommu_range ranges[3] = { { 1, 1 }, { 1, 1 }, { 1, 1 } };
	uint64_t alignment;
	uint32_t n = 3;

	assert_int_equal(iova_sim_corrupt_ranges(NULL, 0, 1, 0), -EINVAL);
	assert_int_equal(iova_sim_corrupt_ranges(w->sim, 0, 9, 0), -EINVAL);
	assert_int_equal(iova_sim_corrupt_ranges(w->sim, 8, 4, 0xfffffff0), 0);
	assert_int_equal(iova_sim_corrupt_ranges(w->sim, 24, 8, 3), 0);
	assert_int_equal(iova_sim_corrupt_ranges(w->sim, 32 + 16, 8, 0x1234), 0);
	assert_int_equal(iova_sim_corrupt_ranges(w->sim, 32 + 32, 8, 0x5678), 0);
	assert_int_equal(ioas_ranges(w, ioas, ranges, &n, &alignment), 0);
	assert_int_equal(n, 0xfffffff0);
	assert_int_equal(alignment, 3);
	assert_int_equal(ranges[0].start, 0);
	assert_int_equal(ranges[1].start, 0x1234);
	assert_int_equal(ranges[1].last, 0x7fffffffff);
	assert_int_equal(ranges[2].start, 1);
	iova_sim_clear_corruption(w->sim);
	assert_ranges(w, ioas, attached, 2, PAGE);
	ioas_close(w, ioas);
}

static void others_change_the_ranges_and_the_mappings(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);
	struct iova_range list[4];
	int other = raw_iommufd(w);

	raw_ioas(w, other);
	assert_int_equal(iova_sim_list(w->sim, IOVA_SIM_ONLY_CONTAINER, list, 4), -ENOENT);
	assert_int_equal(iova_sim_list(w->sim, ioas.cdev, list, 4), -EBADF);
	raw_close(w, other);
	assert_int_equal(iova_sim_add_region(w->sim, GROUP_USB, 0x5000, 0x5fff, "reserved"), 0);
	assert_int_equal(iova_sim_attach_behind(w->sim, ioas.fd, GROUP_USB), 0);
	assert_int_equal(iova_sim_attach_behind(w->sim, ioas.fd, GROUP_NIC), -EBUSY);
	assert_int_equal(iova_sim_list(w->sim, ioas.fd, list, 4), 3);
	assert_int_equal(iova_sim_map_behind(w->sim, ioas.fd, 0x5000, VADDR, PAGE), -EINVAL);
	assert_int_equal(iova_sim_map_behind(w->sim, ioas.fd, 0x6000, VADDR, PAGE), 0);
	assert_int_equal(ioas_map(w, ioas, 0x6000, VADDR, PAGE), -EEXIST);
	assert_int_equal(iova_sim_unmap_behind(w->sim, ioas.fd, 0, 0xfff), 0);
	assert_int_equal(iova_sim_unmap_behind(w->sim, ioas.fd, 0, 0x6fff), 1);
	assert_int_equal(iova_sim_remove_device(w->sim, "0000:00:14.0"), -EBUSY);
	assert_int_equal(iova_sim_detach_behind(w->sim, GROUP_USB), 0);
	assert_int_equal(iova_sim_list(w->sim, ioas.fd, list, 4), 2);
	assert_int_equal(iova_sim_detach_behind(w->sim, GROUP_USB), -ENOENT);
	assert_int_equal(iova_sim_remove_device(w->sim, "0000:00:14.0"), 0);
	raw_ioas(w, ioas.fd);
	assert_int_equal(iova_sim_list(w->sim, ioas.fd, list, 4), -ENOENT);
	ioas_close(w, ioas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(iommufd, ranges_are_all_of_the_space_until_a_device_is_attached),
		ON(iommufd_epyc, ranges_may_reach_the_top),
		ON(iommufd, too_little_room_is_emsgsize_with_the_number),
		ON(iommufd, wrong_requests_are_told_apart),
		ON(iommufd, a_list_is_taken_or_refused_whole),
		ON(iommufd, what_is_allowed_stays_free_or_the_attach_fails),
		ON(iommufd, replies_are_corrupted_in_header_and_ranges),
		ON(iommufd, others_change_the_ranges_and_the_mappings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

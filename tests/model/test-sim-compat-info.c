/* SPDX-License-Identifier: BSD-3-Clause */
/* GET_INFO and UNMAP_DMA of a container that is an iommufd. */
#include "ioas-help.h"

SETUP(iommufd_6_2, "iommufd-6.2")
SETUP(iommufd_6_13, "iommufd-6.13")
SETUP(compat, "compat")

#define NIC "0000:01:00.0"
#define TYPE1 1
#define TYPE1V2 3
#define CAP_AVAIL 3
#define CAP_LIST 1

struct compat {
	int fd;
	int group;
	int device;
};

static struct compat join(const struct world *w, uintptr_t type)
{
	struct compat compat = { .fd = raw_iommufd(w), .group = raw_open_group(w, GROUP_NIC) };

	assert_int_equal(raw_set_container(w, compat.group, compat.fd), 0);
	assert_int_equal(raw_set_iommu(w, compat.fd, type), 0);
	compat.device = raw_device(w, compat.group, NIC);
	assert_true(compat.device >= 0);
	return compat;
}

static void leave(const struct world *w, struct compat compat)
{
	assert_int_equal(raw_close(w, compat.device), 0);
	assert_int_equal(raw_close(w, compat.group), 0);
	assert_int_equal(raw_close(w, compat.fd), 0);
}

static void both_capabilities_are_always_there(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, TYPE1V2);
	unsigned char reply[128];

	assert_int_equal(raw_info(w, compat.fd, reply, sizeof reply), 0);
	assert_int_equal(raw_u32(reply, 0), 88); /* not the caller's, as type1 has it */
	assert_int_equal(raw_u32(reply, 4), 3);
	assert_int_equal(raw_u64(reply, 8), 0x40201000);
	assert_int_equal(raw_u32(reply, 16), 24);
	assert_int_equal(raw_find_cap(reply, CAP_AVAIL), 24);
	assert_int_equal(raw_u32(reply, 28), 40);
	assert_int_equal(raw_u32(reply, 32), UINT32_MAX);
	assert_int_equal(raw_find_cap(reply, CAP_LIST), 40);
	assert_int_equal(raw_u32(reply, 44), 0);
	assert_int_equal(raw_u32(reply, 48), 2);
	assert_int_equal(raw_u64(reply, 56), 0);
	assert_int_equal(raw_u64(reply, 64), 0xfedfffff);
	assert_int_equal(raw_u64(reply, 72), 0xfef00000);
	assert_int_equal(raw_u64(reply, 80), 0x7fffffffff);
	leave(w, compat);
}

static void capabilities_are_not_padded_before_6_6(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, TYPE1V2);
	unsigned char reply[128];

	assert_int_equal(raw_info(w, compat.fd, reply, sizeof reply), 0);
	assert_int_equal(raw_u32(reply, 0), 84);
	assert_int_equal(raw_u32(reply, 28), 36);
	assert_int_equal(raw_find_cap(reply, CAP_LIST), 36);
	assert_int_equal(raw_u64(reply, 76), 0x7fffffffff);
	leave(w, compat);
}

static void what_fits_is_written_although_not_all_does(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, TYPE1V2);
	unsigned char reply[128];

	assert_int_equal(raw_info(w, compat.fd, reply, 15), -EINVAL);
	assert_int_equal(raw_ioctl(w, compat.fd, IOVA_VFIO_IOMMU_GET_INFO, NULL), -EFAULT);
	memset(reply, 0, sizeof reply);
	assert_int_equal(raw_info(w, compat.fd, reply, 16), 0);
	assert_int_equal(raw_u32(reply, 0), 88);
	assert_int_equal(raw_u32(reply, 4), 3);
	assert_int_equal(raw_u32(reply, 16), 0);
	/* The link to what begins where the room ends is not. */
	memset(reply, 0, sizeof reply);
	assert_int_equal(raw_info(w, compat.fd, reply, 39), 0);
	assert_int_equal(raw_u32(reply, 32), UINT32_MAX);
	assert_int_equal(raw_u32(reply, 28), 0);
	/* The first capability, and one range of the other without its header. */
	memset(reply, 0, sizeof reply);
	assert_int_equal(raw_info(w, compat.fd, reply, 87), 0);
	assert_int_equal(raw_u32(reply, 16), 0);
	assert_int_equal(raw_u32(reply, 32), UINT32_MAX);
	assert_int_equal(raw_u32(reply, 28), 40);
	assert_int_equal(raw_u32(reply, 40), 0);
	assert_int_equal(raw_u64(reply, 64), 0xfedfffff);
	assert_int_equal(raw_u64(reply, 72), 0);
	assert_int_equal(raw_info(w, compat.fd, reply, 88), 0);
	assert_int_equal(raw_u32(reply, 16), 24);
	leave(w, compat);
}

static void without_a_device_there_is_everything(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, TYPE1V2);
	unsigned char reply[128];

	assert_int_equal(raw_close(w, compat.device), 0);
	assert_int_equal(raw_info(w, compat.fd, reply, sizeof reply), 0);
	assert_int_equal(raw_u32(reply, 0), 72);
	assert_int_equal(raw_u64(reply, 8), 0xfffffffffffff000);
	assert_int_equal(raw_u64(reply, 56), 0);
	assert_int_equal(raw_u64(reply, 64), UINT64_MAX);
	compat.device = raw_device(w, compat.group, NIC);
	leave(w, compat);
}

static void small_pages_of_an_iommu_are_the_processors(void **state)
{
	const struct world *w = *state;
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct compat compat;
	unsigned char reply[128];

	iova_sim_iommu_of_width(39, &iommu);
	iommu.page_sizes = 0x800;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_NIC, &iommu), 0);
	compat = join(w, TYPE1V2);
	assert_int_equal(raw_info(w, compat.fd, reply, sizeof reply), 0);
	assert_int_equal(raw_u64(reply, 8), PAGE);
	leave(w, compat);
}

static void replies_are_corrupted(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, TYPE1V2);
	unsigned char reply[128];

	assert_int_equal(iova_sim_corrupt_info(w->sim, 48, 4, 0x12345678), 0);
	assert_int_equal(iova_sim_corrupt_ranges(w->sim, 0, 4, 0x12345678), 0);
	assert_int_equal(raw_info(w, compat.fd, reply, sizeof reply), 0);
	assert_int_equal(raw_u32(reply, 0), 88);
	assert_int_equal(raw_u32(reply, 48), 0x12345678);
	iova_sim_clear_corruption(w->sim);
	leave(w, compat);
}

static void assert_unmap(const struct world *w, struct compat compat, uint64_t iova, uint64_t size,
			 int error, uint64_t unmapped)
{
	assert_int_equal(raw_unmap(w, compat.fd, 0, iova, &size), error);
	assert_int_equal(size, unmapped);
}

static void the_size_is_written_also_on_an_error(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, TYPE1V2);

	for (uint64_t iova = 0x200000; iova < 0x206000; iova += 2 * PAGE)
		assert_int_equal(raw_map(w, compat.fd, iova, VADDR, 2 * PAGE), 0);
	assert_unmap(w, compat, 0x200000, PAGE, -ENOENT, 0);
	assert_unmap(w, compat, 0x200001, 2 * PAGE, -ENOENT, 0);
	/* The first is gone. */
	assert_unmap(w, compat, 0x1ff000, 4 * PAGE, -ENOENT, 2 * PAGE);
	assert_unmap(w, compat, 0x1ff000, 0, -EINVAL, 0);
	assert_unmap(w, compat, -PAGE, 2 * PAGE, -EOVERFLOW, 0);
	assert_unmap(w, compat, 0, UINT64_MAX, 0, 4 * PAGE);
	world_assert_n_mappings(w, 0);
	leave(w, compat);
}

static void nothing_unmapped_is_enoent(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, TYPE1V2);
	uint64_t size = 0;

	assert_unmap(w, compat, 0x200000, PAGE, -ENOENT, 0);
	assert_int_equal(raw_unmap(w, compat.fd, 2, 0, &size), 0);
	leave(w, compat);
}

static void nothing_unmapped_is_fine_in_6_12_y(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, TYPE1V2);

	assert_unmap(w, compat, 0x200000, PAGE, 0, 0);
	leave(w, compat);
}

static void all_can_be_unmapped(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, TYPE1V2);
	struct iova_vfio_unmap unmap = { .argsz = 23 };
	uint64_t size = PAGE;

	assert_int_equal(raw_ioctl(w, compat.fd, IOVA_VFIO_IOMMU_UNMAP_DMA, NULL), -EFAULT);
	assert_int_equal(raw_ioctl(w, compat.fd, IOVA_VFIO_IOMMU_UNMAP_DMA, &unmap), -EINVAL);
	assert_int_equal(raw_map(w, compat.fd, 0x200000, VADDR, 2 * PAGE), 0);
	assert_int_equal(raw_unmap(w, compat.fd, 1, 0x200000, &size), -EINVAL);
	assert_int_equal(raw_unmap(w, compat.fd, 2, 0, &size), -EINVAL);
	size = 0;
	assert_int_equal(raw_unmap(w, compat.fd, 2, 0x200000, &size), -EINVAL);
	world_assert_n_mappings(w, 1);
	assert_int_equal(raw_unmap(w, compat.fd, 2, 0, &size), 0);
	assert_int_equal(size, 2 * PAGE);
	world_assert_n_mappings(w, 0);
	leave(w, compat);
}

static void v1_cuts_out_what_is_asked_for(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, TYPE1);

	assert_int_equal(raw_map(w, compat.fd, 0x200000, VADDR, 8 * PAGE), 0);
	assert_unmap(w, compat, 0x202000, 2 * PAGE, 0, 2 * PAGE);
	world_assert_n_mappings(w, 2);
	world_assert_mapping(w, 0, 0x200000, VADDR, 2 * PAGE, 3);
	world_assert_mapping(w, 1, 0x204000, VADDR + 4 * PAGE, 4 * PAGE, 3);
	assert_int_equal(pinned(w), 6);
	/* A cut at what is no page's end. */
	assert_unmap(w, compat, 0x204000, PAGE + 1, -EINVAL, PAGE + 1);
	/* Behind the first byte nothing is cut, so that this takes a part. */
	assert_unmap(w, compat, 0x204001, 4 * PAGE - 1, -ENOENT, 0);
	assert_unmap(w, compat, 0x1ff000, 2 * PAGE, 0, PAGE);
	assert_unmap(w, compat, 0x207000, 9 * PAGE, 0, PAGE);
	assert_int_equal(pinned(w), 4);
	world_assert_mapping(w, 1, 0x204000, VADDR + 4 * PAGE, 3 * PAGE, 3);
	leave(w, compat);
}

/* With room for eight mappings; the ninth needs more. */
static void a_cut_that_fails_leaves_the_mapping(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, TYPE1);

	for (uint64_t iova = 0; iova < 8 * MIB; iova += MIB)
		assert_int_equal(raw_map(w, compat.fd, iova, VADDR, 4 * PAGE), 0);
	for (uint64_t nth = 1; nth <= 2; nth++) {
		assert_int_equal(iova_sim_fail_allocation(w->sim, nth), 0);
		assert_unmap(w, compat, 2 * MIB, PAGE, -ENOMEM, PAGE);
		world_assert_n_mappings(w, 8);
		world_assert_mapping(w, 2, 2 * MIB, VADDR, 4 * PAGE, 3);
	}
	assert_unmap(w, compat, 2 * MIB, PAGE, 0, PAGE);
	world_assert_mapping(w, 2, 2 * MIB + PAGE, VADDR + PAGE, 3 * PAGE, 3);
	leave(w, compat);
}

static void v1_is_refused_once_large_pages_may_be_there(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, TYPE1V2);

	assert_int_equal(raw_map(w, compat.fd, 0x200000, VADDR, 2 * PAGE), 0);
	assert_int_equal(raw_set_iommu(w, compat.fd, TYPE1), -EINVAL);
	assert_unmap(w, compat, 0x200000, PAGE, -ENOENT, 0);
	leave(w, compat);
}

static int open_second(const struct world *w)
{
	struct iova_iommu_vfio_ioas set = { .size = sizeof set, .op = IOVA_IOMMU_VFIO_IOAS_SET };
	int fd = raw_iommufd(w), group = raw_open_group(w, GROUP_GPU), first, second;

	assert_int_equal(iova_sim_bind(w->sim, "0000:04:00.1", "vfio-pci"), 0);
	assert_int_equal(raw_set_container(w, group, fd), 0);
	first = raw_device(w, group, "0000:04:00.0");
	assert_true(first >= 0);
	set.ioas_id = raw_ioas(w, fd);
	assert_int_equal(raw_ioctl(w, fd, IOVA_IOMMU_VFIO_IOAS, &set), 0);
	second = raw_device(w, group, "0000:04:00.1");
	raw_close(w, first);
	raw_close(w, group);
	raw_close(w, fd);
	return second;
}

static void a_group_that_is_elsewhere_is_einval_and_ebusy_before_6_6(void **state)
{
	const struct world *w = *state;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };

	iova_sim_get_kernel(w->sim, &kernel);
	assert_int_equal(open_second(w), kernel.has_cdevs ? -EINVAL : -EBUSY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(compat, both_capabilities_are_always_there),
		ON(iommufd_6_2, capabilities_are_not_padded_before_6_6),
		ON(compat, what_fits_is_written_although_not_all_does),
		ON(compat, without_a_device_there_is_everything),
		ON(compat, small_pages_of_an_iommu_are_the_processors),
		ON(compat, replies_are_corrupted),
		ON(compat, the_size_is_written_also_on_an_error),
		ON(iommufd_6_2, nothing_unmapped_is_enoent),
		ON(iommufd_6_13, nothing_unmapped_is_enoent),
		ON(compat, nothing_unmapped_is_fine_in_6_12_y),
		ON(compat, all_can_be_unmapped),
		ON(compat, v1_cuts_out_what_is_asked_for),
		ON(compat, a_cut_that_fails_leaves_the_mapping),
		ON(compat, v1_is_refused_once_large_pages_may_be_there),
		ON(compat, a_group_that_is_elsewhere_is_einval_and_ebusy_before_6_6),
		ON(iommufd_6_2, a_group_that_is_elsewhere_is_einval_and_ebusy_before_6_6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

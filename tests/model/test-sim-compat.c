/* SPDX-License-Identifier: BSD-3-Clause */
/* A container that is an iommufd: both ways in, and where it differs from type1's. */
#include "compat-help.h"

SETUP(iommufd, "iommufd")
SETUP(iommufd_6_2, "iommufd-6.2")
SETUP(compat, "compat")

#define DMA_CC 4
#define NESTING 6
#define UNMAP_ALL 9
#define UPDATE_VADDR 10

static void before_there_is_a_group_it_is_enodev(void **state)
{
	const struct world *w = *state;
	struct iova_vfio_info info = { .argsz = sizeof info };
	int fd = open_container(w);
	uint64_t size = PAGE;
	uint32_t id = 0;

	assert_int_equal(raw_ioctl(w, fd, IOVA_VFIO_GET_API_VERSION, NULL), 0);
	assert_int_equal(raw_set_iommu(w, fd, TYPE1V2), -ENODEV);
	assert_int_equal(raw_set_iommu(w, fd, 99), -EINVAL);
	assert_int_equal(raw_set_iommu(w, fd, NOIOMMU), -EINVAL);
	assert_int_equal(raw_ioctl(w, fd, IOVA_VFIO_IOMMU_GET_INFO, &info), -ENODEV);
	assert_int_equal(raw_map(w, fd, 0x200000, VADDR, PAGE), -ENODEV);
	assert_int_equal(raw_unmap(w, fd, 0, 0x200000, &size), -ENODEV);
	assert_int_equal(raw_extension(w, fd, DMA_CC), -ENODEV);
	assert_int_equal(vfio_ioas(w, fd, IOVA_IOMMU_VFIO_IOAS_GET, &id), -ENODEV);
	assert_int_equal(raw_ioctl(w, fd, IOVA_VFIO_NR(17), NULL), -ENOTTY);
	raw_close(w, fd);
}

static void extensions_are_told_as_the_kernel_does(void **state)
{
	const struct world *w = *state;
	int fd = open_container(w);

	assert_int_equal(raw_extension(w, fd, TYPE1), 1);
	assert_int_equal(raw_extension(w, fd, TYPE1V2), 1);
	assert_int_equal(raw_extension(w, fd, UNMAP_ALL), 1);
	assert_int_equal(raw_extension(w, fd, NOIOMMU), 1);
	assert_int_equal(raw_extension(w, fd, NESTING), 0);
	assert_int_equal(raw_extension(w, fd, UPDATE_VADDR), 0);
	raw_close(w, fd);
}

static void coherence_is_that_of_what_is_attached(void **state)
{
	const struct world *w = *state;
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct compat compat;
	int device;

	iova_sim_iommu_of_width(39, &iommu);
	iommu.coherent = 0;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_NIC, &iommu), 0);
	compat = join(w, GROUP_NIC);
	assert_int_equal(raw_extension(w, compat.fd, DMA_CC), 1);
	device = raw_device(w, compat.group, NIC);
	assert_int_equal(raw_extension(w, compat.fd, DMA_CC), 0);
	raw_close(w, device);
	leave(w, compat);
}

static void a_group_has_its_say_once_a_device_is_open(void **state)
{
	static const struct iova_range everything[] = { { 0, UINT64_MAX } };
	static const struct iova_range attached[] = { { 0, 0xfedfffff },
						      { 0xfef00000, 0x7fffffffff } };
	const struct world *w = *state;
	struct compat compat = join(w, GROUP_NIC);
	uint64_t size = PAGE;
	int device, second;

	world_assert_list(w, compat.fd, everything, 1);
	assert_int_equal(raw_map(w, compat.fd, 0xfee00000, VADDR, PAGE), 0);
	assert_int_equal(raw_device(w, compat.group, NIC), -EADDRINUSE);
	assert_int_equal(raw_unmap(w, compat.fd, 0, 0xfee00000, &size), 0);
	device = raw_device(w, compat.group, NIC);
	assert_true(device >= 0);
	world_assert_list(w, compat.fd, attached, 2);
	assert_int_equal(raw_map(w, compat.fd, 0xfee00000, VADDR, PAGE), -EINVAL);
	assert_int_equal(raw_map(w, compat.fd, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(pinned(w), 1);
	second = raw_device(w, compat.group, NIC);
	assert_true(second >= 0);
	assert_int_equal(raw_close(w, device), 0);
	world_assert_list(w, compat.fd, attached, 2);
	assert_int_equal(raw_close(w, second), 0);
	world_assert_list(w, compat.fd, everything, 1);
	assert_int_equal(pinned(w), 0);
	world_assert_n_mappings(w, 1);
	leave(w, compat);
}

static void interrupts_are_found_where_the_device_is_opened(void **state)
{
	const struct world *w = *state;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct compat compat = join(w, GROUP_NIC);
	uint64_t size = PAGE;
	int device;

	iova_sim_iommu_of_width(39, &iommu);
	iommu.remaps_interrupts = 0;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_NIC, &iommu), 0);
	assert_int_equal(raw_device(w, compat.group, NIC), -EPERM);
	iova_sim_get_kernel(w->sim, &kernel);
	/* Before 6.6 it comes after what is mapped. */
	assert_int_equal(raw_map(w, compat.fd, 0xfee00000, VADDR, PAGE), 0);
	assert_int_equal(raw_device(w, compat.group, NIC), kernel.has_cdevs ? -EPERM : -EADDRINUSE);
	assert_int_equal(raw_unmap(w, compat.fd, 0, 0xfee00000, &size), 0);
	kernel.unsafe_iommufd = 1;
	iova_sim_set_kernel(w->sim, &kernel);
	device = raw_device(w, compat.group, NIC);
	assert_true(device >= 0);
	raw_close(w, device);
	leave(w, compat);
}

static void an_iommu_may_be_set_again(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, GROUP_NIC);

	assert_int_equal(raw_set_iommu(w, compat.fd, TYPE1V2), 0);
	assert_int_equal(raw_set_iommu(w, compat.fd, TYPE1), 0);
	assert_int_equal(raw_set_iommu(w, compat.fd, 99), -EINVAL);
	leave(w, compat);
}

static void a_device_needs_the_ioas(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, GROUP_NIC);
	uint32_t id = 0;
	int device;

	assert_int_equal(vfio_ioas(w, compat.fd, IOVA_IOMMU_VFIO_IOAS_CLEAR, &id), 0);
	assert_int_equal(raw_device(w, compat.group, NIC), -ENODEV);
	id = 1;
	assert_int_equal(vfio_ioas(w, compat.fd, IOVA_IOMMU_VFIO_IOAS_SET, &id), 0);
	device = raw_device(w, compat.group, NIC);
	assert_true(device >= 0);
	assert_int_equal(raw_destroy(w, compat.fd, 1), -EBUSY);
	raw_close(w, device);
	leave(w, compat);
}

static void mapping_tells_its_own_errnos(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, GROUP_NIC);
	struct iova_vfio_map map = { .argsz = sizeof map, .flags = 4, .size = PAGE };
	int device = raw_device(w, compat.group, NIC);

	assert_int_equal(raw_ioctl(w, compat.fd, IOVA_VFIO_IOMMU_MAP_DMA, NULL), -EFAULT);
	assert_int_equal(raw_ioctl(w, compat.fd, IOVA_VFIO_IOMMU_MAP_DMA, &map), -EINVAL);
	map.flags = 3;
	map.argsz = 31;
	assert_int_equal(raw_ioctl(w, compat.fd, IOVA_VFIO_IOMMU_MAP_DMA, &map), -EINVAL);
	map.argsz = 32;
	/* What the IOMMU's driver refuses: after the memory, before the limit. */
	map.flags = 0;
	assert_int_equal(raw_ioctl(w, compat.fd, IOVA_VFIO_IOMMU_MAP_DMA, &map), -EINVAL);
	set_limit(w, 0, false);
	assert_int_equal(raw_ioctl(w, compat.fd, IOVA_VFIO_IOMMU_MAP_DMA, &map), -EINVAL);
	map.vaddr = VADDR + MIB;
	assert_int_equal(iova_sim_add_bad_memory(w->sim, map.vaddr, map.vaddr), 0);
	assert_int_equal(raw_ioctl(w, compat.fd, IOVA_VFIO_IOMMU_MAP_DMA, &map), -EFAULT);
	map.vaddr = VADDR;
	set_limit(w, UINT64_MAX, false);
	assert_int_equal(raw_map(w, compat.fd, 0xfedff000, VADDR, PAGE), 0);
	assert_int_equal(raw_map(w, compat.fd, 0xfedff000, VADDR, PAGE), -EEXIST);
	assert_int_equal(raw_map(w, compat.fd, 0xfedff000, VADDR, 2 * PAGE), -EINVAL);
	assert_int_equal(raw_map(w, compat.fd, 0x200000, VADDR, 0), -EINVAL);
	assert_int_equal(raw_map(w, compat.fd, -PAGE, VADDR, 2 * PAGE), -EOVERFLOW);
	assert_int_equal(raw_map(w, compat.fd, 0, -PAGE, 2 * PAGE), -EOVERFLOW);
	raw_close(w, device);
	assert_int_equal(raw_ioctl(w, compat.fd, IOVA_VFIO_IOMMU_MAP_DMA, &map), 0);
	assert_int_equal(raw_device(w, compat.group, NIC), -EINVAL);
	leave(w, compat);
}

/* By process where it is opened as a container, else by user. */
static void the_charge_is_that_of_the_file_that_was_opened(void **state)
{
	const struct world *w = *state;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	struct compat compat = join(w, GROUP_NIC);
	struct iova_sys_memory memory;
	uint64_t value = 7;
	int device = raw_device(w, compat.group, NIC);

	iova_sim_get_kernel(w->sim, &kernel);
	assert_int_equal(ioas_option(w, compat.fd, IOVA_IOMMU_OPTION_RLIMIT_MODE,
				     IOVA_IOMMU_OPTION_GET, 0, &value),
			 0);
	assert_int_equal(value, kernel.iommufd_container);
	assert_int_equal(raw_map(w, compat.fd, 0, VADDR, 2 * PAGE), 0);
	assert_int_equal(w->sys->memory(w->sys->data, &memory), 0);
	assert_int_equal(memory.locked, kernel.iommufd_container ? 2 * PAGE : 0);
	raw_close(w, device);
	leave(w, compat);
}

static void the_kernels_own_container_is_beside(void **state)
{
	const struct world *w = *state;
	int container = raw_open(w, "/dev/vfio/vfio"), fd = raw_open(w, "/dev/iommu");
	uint32_t id = 0;

	assert_int_equal(vfio_ioas(w, container, IOVA_IOMMU_VFIO_IOAS_GET, &id), -EINVAL);
	assert_int_equal(vfio_ioas(w, fd, IOVA_IOMMU_VFIO_IOAS_GET, &id), -ENODEV);
	raw_close(w, fd);
	raw_close(w, container);
}

#define EITHER(test) ON(iommufd, test), ON(compat, test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EITHER(before_there_is_a_group_it_is_enodev),
		EITHER(extensions_are_told_as_the_kernel_does),
		EITHER(coherence_is_that_of_what_is_attached),
		EITHER(a_group_has_its_say_once_a_device_is_open),
		EITHER(interrupts_are_found_where_the_device_is_opened),
		EITHER(an_iommu_may_be_set_again),
		EITHER(a_device_needs_the_ioas),
		EITHER(mapping_tells_its_own_errnos),
		EITHER(the_charge_is_that_of_the_file_that_was_opened),
		ON(iommufd_6_2, interrupts_are_found_where_the_device_is_opened),
		ON(iommufd, the_kernels_own_container_is_beside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

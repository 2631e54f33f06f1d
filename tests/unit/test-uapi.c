/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * src/uapi/vfio.h against <linux/vfio.h>: the system's, and with KERNEL_HEADERS that of a kernel
 * which knows all of it (tests/vm/check-uapi). What an older header does not know is left out.
 */
#include "uapi/vfio.h"

#include <linux/vfio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "uapi-help.h"

#if defined KERNEL_HEADERS && !defined VFIO_DEVICE_BIND_IOMMUFD
#error "this <linux/vfio.h> does not know character devices"
#endif

static void ioctl_numbers_are_the_systems(void **state)
{
	(void)state;
	assert_int_equal(IOVA_VFIO_GET_API_VERSION, VFIO_GET_API_VERSION);
	assert_int_equal(IOVA_VFIO_CHECK_EXTENSION, VFIO_CHECK_EXTENSION);
	assert_int_equal(IOVA_VFIO_SET_IOMMU, VFIO_SET_IOMMU);
	assert_int_equal(IOVA_VFIO_GROUP_GET_STATUS, VFIO_GROUP_GET_STATUS);
	assert_int_equal(IOVA_VFIO_GROUP_SET_CONTAINER, VFIO_GROUP_SET_CONTAINER);
	assert_int_equal(IOVA_VFIO_GROUP_UNSET_CONTAINER, VFIO_GROUP_UNSET_CONTAINER);
	assert_int_equal(IOVA_VFIO_GROUP_GET_DEVICE_FD, VFIO_GROUP_GET_DEVICE_FD);
	assert_int_equal(IOVA_VFIO_IOMMU_GET_INFO, VFIO_IOMMU_GET_INFO);
	assert_int_equal(IOVA_VFIO_IOMMU_MAP_DMA, VFIO_IOMMU_MAP_DMA);
	assert_int_equal(IOVA_VFIO_IOMMU_UNMAP_DMA, VFIO_IOMMU_UNMAP_DMA);
	assert_int_equal(IOVA_VFIO_DEVICE_GET_INFO, VFIO_DEVICE_GET_INFO);
}

static void constants_are_the_systems(void **state)
{
	(void)state;
	assert_int_equal(IOVA_VFIO_API_VERSION, VFIO_API_VERSION);
	assert_int_equal(IOVA_VFIO_TYPE1V2_IOMMU, VFIO_TYPE1v2_IOMMU);
	assert_int_equal(IOVA_VFIO_NOIOMMU_IOMMU, VFIO_NOIOMMU_IOMMU);
	assert_int_equal(IOVA_VFIO_GROUP_FLAGS_VIABLE, VFIO_GROUP_FLAGS_VIABLE);
	assert_int_equal(IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET, VFIO_GROUP_FLAGS_CONTAINER_SET);
	assert_int_equal(IOVA_VFIO_INFO_PGSIZES, VFIO_IOMMU_INFO_PGSIZES);
	assert_int_equal(IOVA_VFIO_INFO_CAPS, VFIO_IOMMU_INFO_CAPS);
	assert_int_equal(IOVA_VFIO_CAP_IOVA_RANGE, VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE);
	assert_int_equal(IOVA_VFIO_CAP_MIGRATION, VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION);
	assert_int_equal(IOVA_VFIO_CAP_DMA_AVAIL, VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL);
	assert_int_equal(IOVA_VFIO_MAP_READ, VFIO_DMA_MAP_FLAG_READ);
	assert_int_equal(IOVA_VFIO_MAP_WRITE, VFIO_DMA_MAP_FLAG_WRITE);
}

static void group_status_has_the_systems_layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct iova_vfio_group_status), sizeof(struct vfio_group_status));
	assert_same_field(iova_vfio_group_status, argsz, vfio_group_status, argsz);
	assert_same_field(iova_vfio_group_status, flags, vfio_group_status, flags);
}

/* On 32-bit machines the header had no padding at the back before 6.7. */
static void info_has_the_systems_layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct iova_vfio_info),
			 (sizeof(struct vfio_iommu_type1_info) + 7) & ~(size_t)7);
	assert_same_field(iova_vfio_info, argsz, vfio_iommu_type1_info, argsz);
	assert_same_field(iova_vfio_info, flags, vfio_iommu_type1_info, flags);
	assert_same_field(iova_vfio_info, page_sizes, vfio_iommu_type1_info, iova_pgsizes);
	assert_same_field(iova_vfio_info, cap_offset, vfio_iommu_type1_info, cap_offset);
	assert_int_equal(IOVA_VFIO_INFO_LEAST, offsetof(struct vfio_iommu_type1_info, cap_offset));
}

static void capabilities_have_the_systems_layout(void **state)
{
	const size_t header = sizeof(struct iova_vfio_cap);

	(void)state;
	assert_int_equal(header, sizeof(struct vfio_info_cap_header));
	assert_same_field(iova_vfio_cap, id, vfio_info_cap_header, id);
	assert_same_field(iova_vfio_cap, version, vfio_info_cap_header, version);
	assert_same_field(iova_vfio_cap, next, vfio_info_cap_header, next);
	assert_int_equal(header + offsetof(struct iova_vfio_cap_list, n_ranges),
			 offsetof(struct vfio_iommu_type1_info_cap_iova_range, nr_iovas));
	assert_int_equal(header + sizeof(struct iova_vfio_cap_list),
			 offsetof(struct vfio_iommu_type1_info_cap_iova_range, iova_ranges));
	assert_int_equal(2 * sizeof(uint64_t), sizeof(struct vfio_iova_range));
	assert_int_equal(sizeof(uint64_t), offsetof(struct vfio_iova_range, end));
	assert_int_equal(header, offsetof(struct vfio_iommu_type1_info_dma_avail, avail));
}

static void map_has_the_systems_layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct iova_vfio_map), sizeof(struct vfio_iommu_type1_dma_map));
	assert_same_field(iova_vfio_map, argsz, vfio_iommu_type1_dma_map, argsz);
	assert_same_field(iova_vfio_map, flags, vfio_iommu_type1_dma_map, flags);
	assert_same_field(iova_vfio_map, vaddr, vfio_iommu_type1_dma_map, vaddr);
	assert_same_field(iova_vfio_map, iova, vfio_iommu_type1_dma_map, iova);
	assert_same_field(iova_vfio_map, size, vfio_iommu_type1_dma_map, size);
}

static void unmap_has_the_systems_layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct iova_vfio_unmap), sizeof(struct vfio_iommu_type1_dma_unmap));
	assert_same_field(iova_vfio_unmap, argsz, vfio_iommu_type1_dma_unmap, argsz);
	assert_same_field(iova_vfio_unmap, flags, vfio_iommu_type1_dma_unmap, flags);
	assert_same_field(iova_vfio_unmap, iova, vfio_iommu_type1_dma_unmap, iova);
	assert_same_field(iova_vfio_unmap, size, vfio_iommu_type1_dma_unmap, size);
}

/* Newer kernels have more behind it. */
static void device_info_begins_like_the_systems(void **state)
{
	(void)state;
	assert_in_range(sizeof(struct iova_vfio_device_info), 16, sizeof(struct vfio_device_info));
	assert_same_field(iova_vfio_device_info, argsz, vfio_device_info, argsz);
	assert_same_field(iova_vfio_device_info, flags, vfio_device_info, flags);
	assert_same_field(iova_vfio_device_info, n_regions, vfio_device_info, num_regions);
	assert_same_field(iova_vfio_device_info, n_irqs, vfio_device_info, num_irqs);
}

#ifdef VFIO_DEVICE_BIND_IOMMUFD
static void numbers_of_character_devices_are_the_systems(void **state)
{
	(void)state;
	assert_int_equal(IOVA_VFIO_DEVICE_BIND_IOMMUFD, VFIO_DEVICE_BIND_IOMMUFD);
	assert_int_equal(IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT, VFIO_DEVICE_ATTACH_IOMMUFD_PT);
	assert_int_equal(IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT, VFIO_DEVICE_DETACH_IOMMUFD_PT);
}

/* Newer kernels have more behind these three as well. */
static void bind_begins_like_the_systems(void **state)
{
	(void)state;
	assert_in_range(sizeof(struct iova_vfio_bind), 16, sizeof(struct vfio_device_bind_iommufd));
	assert_same_field(iova_vfio_bind, argsz, vfio_device_bind_iommufd, argsz);
	assert_same_field(iova_vfio_bind, flags, vfio_device_bind_iommufd, flags);
	assert_same_field(iova_vfio_bind, iommufd, vfio_device_bind_iommufd, iommufd);
	assert_same_field(iova_vfio_bind, out_device_id, vfio_device_bind_iommufd, out_devid);
}

static void attach_and_detach_begin_like_the_systems(void **state)
{
	(void)state;
	assert_in_range(sizeof(struct iova_vfio_attach), 12,
			sizeof(struct vfio_device_attach_iommufd_pt));
	assert_same_field(iova_vfio_attach, argsz, vfio_device_attach_iommufd_pt, argsz);
	assert_same_field(iova_vfio_attach, flags, vfio_device_attach_iommufd_pt, flags);
	assert_same_field(iova_vfio_attach, pt_id, vfio_device_attach_iommufd_pt, pt_id);
	assert_in_range(sizeof(struct iova_vfio_detach), 8,
			sizeof(struct vfio_device_detach_iommufd_pt));
	assert_same_field(iova_vfio_detach, argsz, vfio_device_detach_iommufd_pt, argsz);
	assert_same_field(iova_vfio_detach, flags, vfio_device_detach_iommufd_pt, flags);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ioctl_numbers_are_the_systems),
		cmocka_unit_test(constants_are_the_systems),
		cmocka_unit_test(group_status_has_the_systems_layout),
		cmocka_unit_test(info_has_the_systems_layout),
		cmocka_unit_test(capabilities_have_the_systems_layout),
		cmocka_unit_test(map_has_the_systems_layout),
		cmocka_unit_test(unmap_has_the_systems_layout),
		cmocka_unit_test(device_info_begins_like_the_systems),
#ifdef VFIO_DEVICE_BIND_IOMMUFD
		cmocka_unit_test(numbers_of_character_devices_are_the_systems),
		cmocka_unit_test(bind_begins_like_the_systems),
		cmocka_unit_test(attach_and_detach_begin_like_the_systems),
#endif
	};

	return cmocka_run_group_tests_name("uapi", tests, NULL, NULL);
}

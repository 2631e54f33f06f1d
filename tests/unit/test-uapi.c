/* SPDX-License-Identifier: BSD-3-Clause */
#include "uapi/vfio.h"

#include <linux/vfio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define assert_same_field(ours, our_field, theirs, their_field)              \
	do {                                                                 \
		assert_int_equal(offsetof(struct ours, our_field),           \
				 offsetof(struct theirs, their_field));      \
		assert_int_equal(sizeof(((struct ours *)0)->our_field),      \
				 sizeof(((struct theirs *)0)->their_field)); \
	} while (0)

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
}

static void constants_are_the_systems(void **state)
{
	(void)state;
	assert_int_equal(IOVA_VFIO_API_VERSION, VFIO_API_VERSION);
	assert_int_equal(IOVA_VFIO_TYPE1V2_IOMMU, VFIO_TYPE1v2_IOMMU);
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
	};

	return cmocka_run_group_tests_name("uapi", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_UAPI_VFIO_H
#define IOVA_UAPI_VFIO_H

/*
 * The numbers and layouts of the VFIO interface that libiova uses, in its own
 * words, so that it builds with any kernel's headers and the public headers
 * need none. Source: include/uapi/linux/vfio.h (Linux 6.12; character devices 6.6).
 * tests/unit/test-uapi.c compares them with the system's header, and with that of the kernels built
 * for tests.
 */

#include <stddef.h>
#include <stdint.h>

/* _IO(';', 100 + n): no size and no direction is encoded. */
#define IOVA_VFIO_NR(n) ((unsigned long)((0x3b << 8) | (100 + (n))))

#define IOVA_VFIO_GET_API_VERSION IOVA_VFIO_NR(0)
#define IOVA_VFIO_CHECK_EXTENSION IOVA_VFIO_NR(1)
#define IOVA_VFIO_SET_IOMMU IOVA_VFIO_NR(2)
#define IOVA_VFIO_GROUP_GET_STATUS IOVA_VFIO_NR(3)
#define IOVA_VFIO_GROUP_SET_CONTAINER IOVA_VFIO_NR(4)
#define IOVA_VFIO_GROUP_UNSET_CONTAINER IOVA_VFIO_NR(5)
#define IOVA_VFIO_GROUP_GET_DEVICE_FD IOVA_VFIO_NR(6)
#define IOVA_VFIO_DEVICE_GET_INFO IOVA_VFIO_NR(7)
#define IOVA_VFIO_IOMMU_GET_INFO IOVA_VFIO_NR(12)
#define IOVA_VFIO_IOMMU_MAP_DMA IOVA_VFIO_NR(13)
#define IOVA_VFIO_IOMMU_UNMAP_DMA IOVA_VFIO_NR(14)
#define IOVA_VFIO_DEVICE_BIND_IOMMUFD IOVA_VFIO_NR(18)
#define IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT IOVA_VFIO_NR(19)
#define IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT IOVA_VFIO_NR(20)

#define IOVA_VFIO_API_VERSION 0
#define IOVA_VFIO_TYPE1V2_IOMMU 3
#define IOVA_VFIO_NOIOMMU_IOMMU 8

#define IOVA_VFIO_GROUP_FLAGS_VIABLE 1u
#define IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET 2u

struct iova_vfio_group_status {
	uint32_t argsz;
	uint32_t flags;
};
_Static_assert(sizeof(struct iova_vfio_group_status) == 8, "layout");

#define IOVA_VFIO_INFO_PGSIZES 1u
#define IOVA_VFIO_INFO_CAPS 2u

struct iova_vfio_info {
	uint32_t argsz;
	uint32_t flags;
	uint64_t page_sizes;
	uint32_t cap_offset; /* from 5.4 */
	uint32_t pad;        /* from 6.7 */
};
_Static_assert(sizeof(struct iova_vfio_info) == 24, "layout");
_Static_assert(offsetof(struct iova_vfio_info, page_sizes) == 8, "layout");
_Static_assert(offsetof(struct iova_vfio_info, cap_offset) == 16, "layout");

/* Fields up to page_sizes: all that kernels before 5.4 write. */
#define IOVA_VFIO_INFO_LEAST 16

struct iova_vfio_cap {
	uint16_t id;
	uint16_t version;
	uint32_t next;
};
_Static_assert(sizeof(struct iova_vfio_cap) == 8, "layout");

#define IOVA_VFIO_CAP_IOVA_RANGE 1
#define IOVA_VFIO_CAP_MIGRATION 2
#define IOVA_VFIO_CAP_DMA_AVAIL 3

/* Behind the header of IOVA_RANGE; then n_ranges pairs of start and last. */
struct iova_vfio_cap_list {
	uint32_t n_ranges;
	uint32_t reserved;
};
_Static_assert(sizeof(struct iova_vfio_cap_list) == 8, "layout");

#define IOVA_VFIO_MAP_READ 1u
#define IOVA_VFIO_MAP_WRITE 2u

struct iova_vfio_map {
	uint32_t argsz;
	uint32_t flags;
	uint64_t vaddr;
	uint64_t iova;
	uint64_t size;
};
_Static_assert(sizeof(struct iova_vfio_map) == 32, "layout");

struct iova_vfio_unmap {
	uint32_t argsz;
	uint32_t flags;
	uint64_t iova;
	uint64_t size; /* in: how much; out: how much it was */
};
_Static_assert(sizeof(struct iova_vfio_unmap) == 24, "layout");

/* Of a device, to tell whether a character device is bound through a descriptor. */
struct iova_vfio_device_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t n_regions;
	uint32_t n_irqs;
};
_Static_assert(sizeof(struct iova_vfio_device_info) == 16, "layout");

struct iova_vfio_bind {
	uint32_t argsz;
	uint32_t flags;
	int32_t iommufd;
	uint32_t out_device_id;
};
_Static_assert(sizeof(struct iova_vfio_bind) == 16, "layout");

struct iova_vfio_attach {
	uint32_t argsz;
	uint32_t flags;
	uint32_t pt_id; /* in: the IOAS; out: the page table that was made of it */
};
_Static_assert(sizeof(struct iova_vfio_attach) == 12, "layout");

struct iova_vfio_detach {
	uint32_t argsz;
	uint32_t flags;
};
_Static_assert(sizeof(struct iova_vfio_detach) == 8, "layout");

#endif

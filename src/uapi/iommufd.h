/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_UAPI_IOMMUFD_H
#define IOVA_UAPI_IOMMUFD_H

/*
 * The numbers and layouts of /dev/iommu that libiova uses, in its own words. Source:
 * include/uapi/linux/iommufd.h (Linux 6.2 on; file maps 6.13). tests/unit/test-uapi-iommufd.c
 * compares them with the system's header where it has one, and with that of the kernels built for
 * tests.
 *
 * Each struct begins with its size. A kernel that knows less refuses what it does not know with
 * E2BIG; one that does not know the number at all says ENOTTY.
 */

#include <stddef.h>
#include <stdint.h>

/* _IO(';', 0x80 + n) */
#define IOVA_IOMMU_NR(n) ((unsigned long)((0x3b << 8) | (0x80 + (n))))

#define IOVA_IOMMU_DESTROY IOVA_IOMMU_NR(0)
#define IOVA_IOMMU_IOAS_ALLOC IOVA_IOMMU_NR(1)
#define IOVA_IOMMU_IOAS_ALLOW_IOVAS IOVA_IOMMU_NR(2)
#define IOVA_IOMMU_IOAS_COPY IOVA_IOMMU_NR(3)
#define IOVA_IOMMU_IOAS_IOVA_RANGES IOVA_IOMMU_NR(4)
#define IOVA_IOMMU_IOAS_MAP IOVA_IOMMU_NR(5)
#define IOVA_IOMMU_IOAS_UNMAP IOVA_IOMMU_NR(6)
#define IOVA_IOMMU_OPTION IOVA_IOMMU_NR(7)
#define IOVA_IOMMU_VFIO_IOAS IOVA_IOMMU_NR(8)
#define IOVA_IOMMU_GET_HW_INFO IOVA_IOMMU_NR(10)
#define IOVA_IOMMU_IOAS_MAP_FILE IOVA_IOMMU_NR(15)

struct iova_iommu_destroy {
	uint32_t size;
	uint32_t id;
};
_Static_assert(sizeof(struct iova_iommu_destroy) == 8, "layout");

struct iova_iommu_ioas_alloc {
	uint32_t size;
	uint32_t flags;
	uint32_t out_ioas_id;
};
_Static_assert(sizeof(struct iova_iommu_ioas_alloc) == 12, "layout");

/* IOAS_IOVA_RANGES; without the last field ALLOW_IOVAS. ranges: address of struct iova_range[]. */
struct iova_iommu_ioas_ranges {
	uint32_t size;
	uint32_t ioas_id;
	uint32_t n_ranges; /* in: room; out: how many there are, also with EMSGSIZE */
	uint32_t reserved;
	uint64_t ranges;
	uint64_t out_alignment;
};
_Static_assert(sizeof(struct iova_iommu_ioas_ranges) == 32, "layout");
_Static_assert(offsetof(struct iova_iommu_ioas_ranges, out_alignment) == 24, "layout");
#define IOVA_IOMMU_ALLOW_SIZE 24

struct iova_iommu_range {
	uint64_t start;
	uint64_t last;
};
_Static_assert(sizeof(struct iova_iommu_range) == 16, "layout");

#define IOVA_IOMMU_MAP_FIXED 1u
#define IOVA_IOMMU_MAP_WRITE 2u
#define IOVA_IOMMU_MAP_READ 4u

struct iova_iommu_ioas_map {
	uint32_t size;
	uint32_t flags;
	uint32_t ioas_id;
	uint32_t reserved;
	uint64_t vaddr;
	uint64_t length;
	uint64_t iova; /* in if fixed, else out */
};
_Static_assert(sizeof(struct iova_iommu_ioas_map) == 40, "layout");

struct iova_iommu_ioas_map_file {
	uint32_t size;
	uint32_t flags;
	uint32_t ioas_id;
	int32_t fd;
	uint64_t start;
	uint64_t length;
	uint64_t iova;
};
_Static_assert(sizeof(struct iova_iommu_ioas_map_file) == 40, "layout");

struct iova_iommu_ioas_copy {
	uint32_t size;
	uint32_t flags;
	uint32_t dst_ioas_id;
	uint32_t src_ioas_id;
	uint64_t length;
	uint64_t dst_iova;
	uint64_t src_iova;
};
_Static_assert(sizeof(struct iova_iommu_ioas_copy) == 40, "layout");

struct iova_iommu_ioas_unmap {
	uint32_t size;
	uint32_t ioas_id;
	uint64_t iova;
	uint64_t length; /* in: how much; out, if it succeeds: how much it was */
};
_Static_assert(sizeof(struct iova_iommu_ioas_unmap) == 24, "layout");

#define IOVA_IOMMU_OPTION_RLIMIT_MODE 0u /* 0: by user, 1: by process */
#define IOVA_IOMMU_OPTION_HUGE_PAGES 1u  /* of an IOAS */
#define IOVA_IOMMU_OPTION_SET 0
#define IOVA_IOMMU_OPTION_GET 1

struct iova_iommu_option {
	uint32_t size;
	uint32_t option;
	uint16_t op;
	uint16_t reserved;
	uint32_t object;
	uint64_t value;
};
_Static_assert(sizeof(struct iova_iommu_option) == 24, "layout");

#define IOVA_IOMMU_VFIO_IOAS_GET 0
#define IOVA_IOMMU_VFIO_IOAS_SET 1
#define IOVA_IOMMU_VFIO_IOAS_CLEAR 2

struct iova_iommu_vfio_ioas {
	uint32_t size;
	uint32_t ioas_id;
	uint16_t op;
	uint16_t reserved;
};
_Static_assert(sizeof(struct iova_iommu_vfio_ioas) == 12, "layout");

/* As of 6.6; later fields are not asked for. */
struct iova_iommu_hw_info {
	uint32_t size;
	uint32_t flags;
	uint32_t device_id;
	uint32_t data_length;
	uint64_t data;
	uint32_t out_type;
	uint32_t reserved;
};
_Static_assert(sizeof(struct iova_iommu_hw_info) == 32, "layout");

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_VM_MOCK_LAYOUT_H
#define TESTS_VM_MOCK_LAYOUT_H

/*
 * What the kernel's mock IOMMU is told, in words of our own. Source: drivers/iommu/iommufd/iommufd_test.h (6.12),
 * which no package has; tests/vm/check-uapi compares with that of the kernels built for tests.
 */

#include "uapi/iommufd.h"

#define TEST_CMD IOVA_IOMMU_NR(32)
#define ADD_RESERVED 1u
#define MOCK_DOMAIN 2u
#define CHECK_MAP 3u
#define APERTURE_START ((uint64_t)1 << 24)
#define APERTURE_LAST (((uint64_t)1 << 31) - 1)

struct test_cmd {
	uint32_t size;
	uint32_t op;
	uint32_t id;
	uint32_t reserved;
	union {
		struct {
			uint64_t start;
			uint64_t length;
		} add_reserved;
		struct {
			uint32_t out_device;
			uint32_t out_table;
			uint32_t out_bound;
		} mock_domain;
		struct {
			uint64_t iova;
			uint64_t length;
			uint64_t memory;
		} check_map;
		uint64_t room[6]; /* the largest of them */
	};
	uint32_t last;
};
_Static_assert(offsetof(struct test_cmd, add_reserved) == 16, "layout");
_Static_assert(offsetof(struct test_cmd, last) == 64, "layout");

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_BACKEND_ASK_H
#define IOVA_BACKEND_ASK_H

/* The requests that every map and unmap makes, inline and without a word of what failed. */

#include "backend/type1.h"
#include "uapi/vfio.h"

#include <libiova/space.h>

static inline int iova_type1_ask_map_(const struct iova_type1 *type1,
				      const struct iova_range *range, uint64_t vaddr,
				      uint32_t access)
{
	struct iova_vfio_map map = {
		.argsz = sizeof map,
		.flags = (access & IOVA_READ ? IOVA_VFIO_MAP_READ : 0) |
			 (access & IOVA_WRITE ? IOVA_VFIO_MAP_WRITE : 0),
		.vaddr = vaddr,
		.iova = range->start,
		.size = range->last - range->start + 1,
	};
	int r = iova_sys_ioctl_(type1->sys, type1->container, IOVA_VFIO_IOMMU_MAP_DMA, &map);

	return r < 0 ? r : 0;
}

static inline int iova_type1_ask_unmap_(const struct iova_type1 *type1,
					const struct iova_range *range, uint64_t *ret_unmapped)
{
	struct iova_vfio_unmap unmap = {
		.argsz = sizeof unmap,
		.iova = range->start,
		.size = range->last - range->start + 1,
	};
	int r = iova_sys_ioctl_(type1->sys, type1->container, IOVA_VFIO_IOMMU_UNMAP_DMA, &unmap);

	if (r < 0)
		return r;
	*ret_unmapped = unmap.size;
	return 0;
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_BACKEND_ASK_H
#define IOVA_BACKEND_ASK_H

/* The requests that every map and unmap makes, inline and without a word of what failed. */

#include "backend/backend.h"
#include "uapi/iommufd.h"
#include "uapi/vfio.h"

#include <libiova/space.h>

#include <errno.h>

static inline uint32_t iova_ioas_access_(uint32_t access)
{
	return (access & IOVA_READ ? IOVA_IOMMU_MAP_READ : 0) |
	       (access & IOVA_WRITE ? IOVA_IOMMU_MAP_WRITE : 0);
}

static inline int iova_ioas_ask_map_(const struct iova_backend *backend,
				     const struct iova_range *range, uint64_t vaddr,
				     uint32_t access)
{
	struct iova_iommu_ioas_map map = {
		.size = sizeof map,
		.flags = IOVA_IOMMU_MAP_FIXED | iova_ioas_access_(access),
		.ioas_id = backend->ioas,
		.vaddr = vaddr,
		.length = range->last - range->start + 1,
		.iova = range->start,
	};

	return iova_sys_ioctl_(backend->sys, backend->fd, IOVA_IOMMU_IOAS_MAP, &map);
}

static inline int iova_container_ask_map_(const struct iova_backend *backend,
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

	return iova_sys_ioctl_(backend->sys, backend->fd, IOVA_VFIO_IOMMU_MAP_DMA, &map);
}

static inline int iova_backend_ask_map_(const struct iova_backend *backend,
					const struct iova_range *range, uint64_t vaddr,
					uint32_t access)
{
	int r = iova_backend_has_groups_(backend) ?
			iova_container_ask_map_(backend, range, vaddr, access) :
			iova_ioas_ask_map_(backend, range, vaddr, access);

	return r < 0 ? r : 0;
}

static inline int iova_ioas_ask_unmap_(const struct iova_backend *backend,
				       const struct iova_range *range, uint64_t *ret_unmapped)
{
	struct iova_iommu_ioas_unmap unmap = {
		.size = sizeof unmap,
		.ioas_id = backend->ioas,
		.iova = range->start,
		.length = range->last - range->start + 1,
	};
	int r = iova_sys_ioctl_(backend->sys, backend->fd, IOVA_IOMMU_IOAS_UNMAP, &unmap);

	if (r < 0)
		return r;
	*ret_unmapped = unmap.length;
	return 0;
}

static inline int iova_container_ask_unmap_(const struct iova_backend *backend,
					    const struct iova_range *range, uint64_t *ret_unmapped)
{
	struct iova_vfio_unmap unmap = {
		.argsz = sizeof unmap,
		.iova = range->start,
		.size = range->last - range->start + 1,
	};
	int r = iova_sys_ioctl_(backend->sys, backend->fd, IOVA_VFIO_IOMMU_UNMAP_DMA, &unmap);

	if (r < 0)
		return r;
	*ret_unmapped = unmap.size;
	return 0;
}

/*
 * iommufd says ENOENT where type1 has unmapped 0 bytes. Only whole areas are ever asked
 * for, so that it cannot mean one that would be cut.
 */
static inline int iova_backend_ask_unmap_(const struct iova_backend *backend,
					  const struct iova_range *range, uint64_t *ret_unmapped)
{
	int r = iova_backend_has_groups_(backend) ?
			iova_container_ask_unmap_(backend, range, ret_unmapped) :
			iova_ioas_ask_unmap_(backend, range, ret_unmapped);

	if (r != -ENOENT || !iova_backend_has_areas_(backend))
		return r;
	*ret_unmapped = 0;
	return 0;
}

#endif

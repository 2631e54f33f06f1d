/* SPDX-License-Identifier: BSD-3-Clause */
/* VFIO_IOMMU_UNMAP_DMA: T1:vfio_iommu_type1_unmap_dma, vfio_dma_do_unmap. */
#include "private.h"

#include "uapi/vfio.h"

#include <errno.h>
#include <string.h>

#define UNMAP_FLAG_ALL 2u

static int check_request(const struct iova_sim *sim, const struct sim_container *container,
			 const struct iova_vfio_unmap *request)
{
	uint64_t granule = container->page_sizes & -container->page_sizes;

	if (request->iova & (granule - 1))
		return -EINVAL;
	if (request->flags & UNMAP_FLAG_ALL)
		return request->iova || request->size ? -EINVAL : 0;
	if (!request->size || request->size & (granule - 1))
		return -EINVAL;
	if (request->iova + (request->size - 1) < request->iova)
		return sim->kernel.early_wrap ? -EOVERFLOW : -EINVAL;
	return 0;
}

/* v2 only: neither bound may lie inside a mapping. Looked at before anything is removed. */
static bool bisects(const struct iova_sim *sim, const struct sim_container *container,
		    uint64_t start, uint64_t length)
{
	uint64_t last = start + (length - 1);
	const struct sim_map *map = sim_map_find_(sim, container, start, 1);

	if (map && map->iova != start)
		return true;
	map = sim_map_find_(sim, container, last, 1);
	return map && map->iova + (map->length - 1) != last;
}

/*
 * Removes every mapping that the range meets. v1 stops at a mapping that
 * begins before the range, and takes one that reaches beyond it whole.
 */
static uint64_t remove_within(struct iova_sim *sim, struct sim_container *container, uint64_t start,
			      uint64_t length)
{
	uint64_t unmapped = 0;
	struct sim_map *map;

	while ((map = sim_map_find_(sim, container, start, length))) {
		if (!container->v2 && start > map->iova)
			break;
		unmapped += map->length;
		sim_unmap_(sim, container, map);
	}
	return unmapped;
}

/*
 * All of the space cannot be said as a length. Up to 6.17 the kernel searches
 * 2^64-1 bytes, and so leaves a mapping that ends at the top.
 */
static uint64_t remove_all(struct iova_sim *sim, struct sim_container *container)
{
	uint64_t unmapped = 0;

	if (sim->kernel.top_defect)
		return remove_within(sim, container, 0, UINT64_MAX);
	while (container->maps) {
		unmapped += container->maps->length;
		sim_unmap_(sim, container, container->maps);
	}
	return unmapped;
}

/* On an error nothing is written back; the size is written back on success alone. */
int sim_unmap_ioctl_(struct iova_sim *sim, struct sim_container *container, void *argument)
{
	struct iova_vfio_unmap request;
	int r;

	if (!argument)
		return -EFAULT;
	memcpy(&request, argument, sizeof request);
	/* The dirty bitmap needs tracking to be on, which it never is here: EINVAL as well. */
	if (request.argsz < sizeof request ||
	    request.flags & ~(sim->kernel.has_unmap_all ? UNMAP_FLAG_ALL : 0u))
		return -EINVAL;
	r = check_request(sim, container, &request);
	if (r < 0)
		return r;
	if (request.flags & UNMAP_FLAG_ALL) {
		request.size = remove_all(sim, container);
	} else {
		if (container->v2 && bisects(sim, container, request.iova, request.size))
			return -EINVAL;
		request.size = remove_within(sim, container, request.iova, request.size);
	}
	memcpy(argument, &request, sizeof request);
	return 0;
}

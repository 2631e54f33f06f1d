/* SPDX-License-Identifier: BSD-3-Clause */
/* VFIO_IOMMU_UNMAP_DMA: T1:vfio_iommu_type1_unmap_dma, vfio_dma_do_unmap. */
#include "private.h"

#include "uapi/vfio.h"

#include <errno.h>
#include <string.h>

#define UNMAP_FLAG_ALL 2u

/*
 * T1:vfio_dma_do_unmap; the length of the whole argument, and its flags, come
 * before, in vfio_iommu_type1_unmap_dma.
 */
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

/* T1:vfio_dma_do_unmap, v2 only: neither bound may lie inside a mapping. Looked at before anything is removed. */
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
 * Until 5.11 T1 takes whatever search finds next. v1 stops at a mapping that
 * begins before the range, and takes one that reaches beyond it whole.
 */
static uint64_t remove_found(struct iova_sim *sim, struct sim_container *container, uint64_t start,
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
 * T1:vfio_find_dma_first_node: the lowest mapping that the range meets, or none,
 * though there is one, where the way down comes by a lost mapping.
 */
static struct sim_map *find_first(const struct iova_sim *sim, const struct sim_container *container,
				  uint64_t start)
{
	struct sim_map *map = container->maps, *found = NULL;

	while (map) {
		if (sim_map_is_lost_(sim, map) || start > map->iova + (map->length - 1)) {
			map = map->right;
			continue;
		}
		found = map;
		if (start >= map->iova)
			break;
		map = map->left;
	}
	return found;
}

/*
 * From 5.12 it finds the first and then goes on in the order of the tree, there
 * also to what is lost. All of the space cannot be said as a length: before 6.18
 * UNMAP_ALL goes up to, without it, the last byte, and a range that ends there
 * ends at 0 and so meets nothing.
 */
static uint64_t remove_in_order(struct iova_sim *sim, struct sim_container *container,
				uint64_t start, uint64_t last)
{
	struct sim_map *map = find_first(sim, container, start), *next;
	uint64_t unmapped = 0;

	if (sim->kernel.top_defect && last == UINT64_MAX)
		return 0;
	for (; map && map->iova <= last; map = next) {
		if (!container->v2 && start > map->iova)
			break;
		next = sim_maps_after_(container, map);
		unmapped += map->length;
		sim_unmap_(sim, container, map);
	}
	return unmapped;
}

static uint64_t remove_asked(struct iova_sim *sim, struct sim_container *container,
			     const struct iova_vfio_unmap *request)
{
	uint64_t last = request->iova + (request->size - 1);

	if (request->flags & UNMAP_FLAG_ALL)
		last = sim->kernel.top_defect ? UINT64_MAX - 1 : UINT64_MAX;
	if (sim->kernel.has_unmap_all)
		return remove_in_order(sim, container, request->iova, last);
	return remove_found(sim, container, request->iova, request->size);
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
	if (container->v2 && !(request.flags & UNMAP_FLAG_ALL) &&
	    bisects(sim, container, request.iova, request.size))
		return -EINVAL;
	request.size = remove_asked(sim, container, &request);
	memcpy(argument, &request, sizeof request);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* VFIO_IOMMU_MAP_DMA: T1:vfio_iommu_type1_map_dma, vfio_dma_do_map, vfio_pin_map_dma. */
#include "private.h"

#include "uapi/vfio.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Up to 6.17 T1 computes iova + length, which is 0 for what ends at 2^64-1. Such
 * a mapping is lost: no search finds it, and each search that comes by it on its
 * way down the tree goes on to the right, wherever what it seeks may be.
 */
bool sim_map_is_lost_(const struct iova_sim *sim, const struct sim_map *map)
{
	return sim->kernel.top_defect && !(map->iova + map->length);
}

/*
 * T1:vfio_find_dma: the first mapping on the way down the tree that the range
 * meets. Before 6.18 a range that ends at the top meets none.
 */
struct sim_map *sim_map_find_(const struct iova_sim *sim, const struct sim_container *container,
			      uint64_t start, uint64_t length)
{
	struct sim_map *map = container->maps;
	bool defect = sim->kernel.top_defect;

	while (map) {
		uint64_t last = map->iova + (map->length - 1);

		if (defect ? start + length <= map->iova : start + (length - 1) < map->iova)
			map = map->left;
		else if (defect ? start >= map->iova + map->length : start > last)
			map = map->right;
		else
			return map;
	}
	return NULL;
}

/* First byte of start..last that cannot be pinned; false if all can. */
static bool find_bad_memory(const struct iova_sim *sim, uint64_t start, uint64_t last,
			    uint64_t *ret_at)
{
	bool found = false;

	for (size_t i = 0; i < sim->bad_memory.n; i++) {
		struct iova_range bad = sim->bad_memory.items[i];
		uint64_t at = bad.start > start ? bad.start : start;

		if (at > last || at > bad.last || (found && at >= *ret_at))
			continue;
		*ret_at = at;
		found = true;
	}
	return found;
}

/* T1:vfio_pin_pages_remote charges no page that is a device's. */
static uint64_t count_pages(const struct iova_sim *sim, const struct sim_map *map)
{
	uint64_t page = sim->memory.page_size, n = map->length / page;
	uint64_t last = map->vaddr + (map->length - 1);

	for (size_t i = 0; i < sim->device_memory.n; i++) {
		struct iova_range own = sim->device_memory.items[i];

		if (own.start < map->vaddr)
			own.start = map->vaddr;
		if (own.last > last)
			own.last = last;
		if (own.start <= own.last)
			n -= (own.last - own.start + 1) / page;
	}
	return n;
}

/*
 * T1:vfio_pin_pages_remote: page by page, first the memory itself (EFAULT),
 * then the limit (ENOMEM) unless the caller has CAP_IPC_LOCK. Then the IOMMU
 * driver: intel_iommu_map gives EFAULT above its real width.
 */
static int pin(const struct iova_sim *sim, const struct sim_container *container,
	       const struct sim_map *map)
{
	uint64_t page = sim->memory.page_size, left = UINT64_MAX, bad = 0;
	uint64_t used = sim->memory.locked / page + sim->n_pinned;

	if (!sim->memory.exempt && sim->memory.limit != UINT64_MAX) {
		left = sim->memory.limit / page;
		left = left > used ? left - used : 0;
	}
	if (find_bad_memory(sim, map->vaddr, map->vaddr + (map->length - 1), &bad) &&
	    (bad - map->vaddr) / page <= left)
		return -EFAULT;
	if (map->pages > left)
		return -ENOMEM;
	for (const struct sim_domain *d = container->domains; d; d = d->next) {
		if (map->iova + (map->length - 1) > d->iommu.map_last)
			return -EFAULT;
	}
	return 0;
}

/*
 * T1:vfio_dma_do_map: what is wrong with the request in itself. 6.18 tests wraps before everything
 * else and calls them EOVERFLOW; before, they come last and are EINVAL like all
 * the rest.
 */
static int check_request(const struct iova_sim *sim, const struct sim_container *container,
			 const struct sim_map *map)
{
	uint64_t granule = container->page_sizes & -container->page_sizes;
	bool wraps = map->length && (map->iova + (map->length - 1) < map->iova ||
				     map->vaddr + (map->length - 1) < map->vaddr);

	if (sim->kernel.early_wrap && wraps)
		return -EOVERFLOW;
	if (!(map->flags & (IOVA_VFIO_MAP_READ | IOVA_VFIO_MAP_WRITE)))
		return -EINVAL;
	if (!map->length || (map->length | map->iova | map->vaddr) & (granule - 1))
		return -EINVAL;
	return wraps ? -EINVAL : 0;
}

/*
 * The order of T1:vfio_dma_do_map: a mapping in the way is EEXIST even where
 * the range is not valid, and the entry limit comes before the list.
 */
int sim_map_(struct iova_sim *sim, struct sim_container *container, const struct sim_map *request)
{
	struct sim_map map = *request, *kept;
	int r = check_request(sim, container, &map);

	if (r < 0)
		return r;
	if (sim_map_find_(sim, container, map.iova, map.length))
		return -EEXIST;
	if (container->entry_limit && container->n_maps >= container->entry_limit)
		return -ENOSPC;
	/* T1:vfio_iommu_iova_dma_valid, from 5.4: within one range of the list. */
	if (container->list.n &&
	    !sim_ranges_hold_(&container->list, map.iova, map.iova + (map.length - 1)))
		return -EINVAL;
	map.pages = count_pages(sim, &map);
	kept = sim_alloc_(sim, sizeof *kept);
	if (!kept)
		return -ENOMEM;
	r = pin(sim, container, &map);
	if (r < 0) {
		free(kept);
		return r;
	}
	*kept = map;
	sim_maps_insert_(container, kept);
	sim->n_pinned += map.pages;
	return 0;
}

int sim_map_ioctl_(struct iova_sim *sim, struct sim_container *container, void *argument)
{
	struct iova_vfio_map request;
	struct sim_map map;

	if (!argument)
		return -EFAULT;
	memcpy(&request, argument, sizeof request);
	if (request.argsz < sizeof request ||
	    request.flags & ~(IOVA_VFIO_MAP_READ | IOVA_VFIO_MAP_WRITE))
		return -EINVAL;
	map = (struct sim_map){ .iova = request.iova,
				.length = request.size,
				.vaddr = request.vaddr,
				.flags = request.flags };
	return sim_map_(sim, container, &map);
}

/*
 * T1:vfio_remove_dma, vfio_unmap_unpin. The latter goes from iova to iova +
 * length, so the pages of a lost mapping stay pinned, and charged, for ever.
 */
void sim_unmap_(struct iova_sim *sim, struct sim_container *container, struct sim_map *map)
{
	if (!sim_map_is_lost_(sim, map))
		sim->n_pinned -= map->pages;
	sim_maps_remove_(container, map);
	free(map);
}

/* T1:vfio_iommu_unmap_unpin_all: also what no search finds. */
void sim_unmap_all_(struct iova_sim *sim, struct sim_container *container)
{
	while (container->maps)
		sim_unmap_(sim, container, container->maps);
}

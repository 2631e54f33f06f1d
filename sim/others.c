/* SPDX-License-Identifier: BSD-3-Clause */
/* What other processes do to a container behind the caller's back. */
#include "private.h"

#include <errno.h>

static int unmap_behind(struct iova_sim *sim, struct sim_container *container, uint64_t start,
			uint64_t last)
{
	struct sim_map *map = sim_maps_after_(container, NULL), *next;
	int n = 0;

	for (; map; map = next) {
		next = sim_maps_after_(container, map);
		if (map->iova >= start && map->iova + (map->length - 1) <= last) {
			sim_unmap_(sim, container, map);
			n++;
		}
	}
	return n;
}

IOVA_API int iova_sim_unmap_behind(struct iova_sim *sim, int fd, uint64_t start, uint64_t last)
{
	struct sim_container *container;
	int r;

	if (!sim)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	r = sim_container_find_(sim, fd, &container);
	if (r >= 0)
		r = unmap_behind(sim, container, start, last);
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

IOVA_API int iova_sim_map_behind(struct iova_sim *sim, int fd, uint64_t iova, uint64_t vaddr,
				 uint64_t length)
{
	struct sim_map map = { .iova = iova, .length = length, .vaddr = vaddr, .flags = 3 };
	struct sim_container *container;
	int r;

	if (!sim)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	r = sim_container_find_(sim, fd, &container);
	if (r >= 0)
		r = container->iommu_set ? sim_map_(sim, container, &map) : -EINVAL;
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

/* Another process opens the group and puts it into the container it shares. */
static int attach_behind(struct iova_sim *sim, struct sim_container *container, uint32_t id)
{
	struct sim_group *group = sim_group_find_(sim, id);
	int r;

	if (!group || !sim_group_has_node_(group))
		return -ENOENT;
	if (group->fd_open || group->n_open_devices || group->held_elsewhere)
		return -EBUSY;
	r = sim_group_join_(sim, group, container);
	if (r >= 0)
		group->held_elsewhere = true;
	return r;
}

IOVA_API int iova_sim_attach_behind(struct iova_sim *sim, int fd, uint32_t group)
{
	struct sim_container *container;
	int r;

	if (!sim)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	r = sim_container_find_(sim, fd, &container);
	if (r >= 0)
		r = attach_behind(sim, container, group);
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

IOVA_API int iova_sim_detach_behind(struct iova_sim *sim, uint32_t id)
{
	struct sim_group *group;
	int r = -ENOENT;

	if (!sim)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	group = sim_group_find_(sim, id);
	if (group && group->held_elsewhere) {
		group->held_elsewhere = false;
		sim_group_release_(sim, group);
		r = 0;
	}
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

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
	struct sim_target target;
	int r;

	if (!sim)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	r = sim_target_find_(sim, fd, &target);
	if (r >= 0)
		r = target.ioas ? sim_ioas_unmap_behind_(sim, target.ioas, start, last) :
				  unmap_behind(sim, target.container, start, last);
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

static int map_behind(struct iova_sim *sim, const struct sim_target *target,
		      const struct sim_map *map)
{
	if (target->ioas)
		return sim_ioas_map_behind_(sim, target, map);
	if (!target->container->iommu_set || target->container->noiommu)
		return -EINVAL;
	return sim_map_(sim, target->container, map);
}

IOVA_API int iova_sim_map_behind(struct iova_sim *sim, int fd, uint64_t iova, uint64_t vaddr,
				 uint64_t length)
{
	struct sim_map map = { .iova = iova, .length = length, .vaddr = vaddr, .flags = 3 };
	struct sim_target target;
	int r;

	if (!sim)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	r = sim_target_find_(sim, fd, &target);
	if (r >= 0)
		r = map_behind(sim, &target, &map);
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

/* Another process opens the group and puts it into the container it shares. */
static int attach_behind(struct iova_sim *sim, const struct sim_target *target, uint32_t id)
{
	struct sim_group *group = sim_group_find_(sim, id);
	int r;

	if (!group || !sim_group_has_node_(group))
		return -ENOENT;
	if (sim_group_is_open_(group) || group->n_bound)
		return -EBUSY;
	if (target->ioas)
		r = sim_ioas_attach_behind_(sim, target, group);
	else
		r = sim_group_join_(sim, group, target->container);
	if (r >= 0)
		group->held_elsewhere = true;
	return r;
}

IOVA_API int iova_sim_attach_behind(struct iova_sim *sim, int fd, uint32_t group)
{
	struct sim_target target;
	int r;

	if (!sim)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	r = sim_target_find_(sim, fd, &target);
	if (r >= 0)
		r = attach_behind(sim, &target, group);
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
		sim_ioas_detach_behind_(sim, group);
		sim_group_release_(sim, group);
		r = 0;
	}
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* The state as it is, for assertions. */
#include "private.h"

#include "base/opts.h"

#include <errno.h>
#include <string.h>

IOVA_API int iova_sim_report(struct iova_sim *sim, struct iova_sim_report *ret_report)
{
	struct iova_sim_report report = { 0 };

	if (!sim || !ret_report)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	for (const struct sim_fd *fd = sim->fds; fd; fd = fd->next)
		report.n_fds++;
	for (const struct sim_container *c = sim->containers; c; c = c->next) {
		report.n_containers++;
		report.n_mappings += (uint32_t)c->n_maps;
	}
	for (const struct sim_group *group = sim->groups; group; group = group->next)
		report.n_groups += group->container != NULL;
	for (const struct sim_fault *fault = sim->faults; fault; fault = fault->next)
		report.n_pending_faults++;
	report.n_pinned_pages = sim->n_pinned;
	pthread_mutex_unlock(&sim->mutex);
	return iova_info_write_(ret_report, sizeof report, &report, sizeof report);
}

IOVA_API uint64_t iova_sim_calls(struct iova_sim *sim, uint32_t call)
{
	uint64_t n;

	if (!sim || call >= IOVA_SIM_N_CALLS)
		return 0;
	pthread_mutex_lock(&sim->mutex);
	n = sim->n_calls[call];
	pthread_mutex_unlock(&sim->mutex);
	return n;
}

static int find_mapping(const struct iova_sim *sim, uint32_t nth,
			struct iova_sim_mapping *ret_mapping)
{
	const struct sim_container *container = sim->containers;
	const struct sim_map *map;
	struct iova_sim_mapping mapping;

	while (container && nth >= container->n_maps) {
		nth -= (uint32_t)container->n_maps;
		container = container->next;
	}
	if (!container)
		return -ENOENT;
	map = sim_maps_after_(container, NULL);
	while (nth--)
		map = sim_maps_after_(container, map);
	mapping = (struct iova_sim_mapping){
		.range = { map->iova, map->iova + (map->length - 1) },
		.vaddr = map->vaddr,
		.flags = map->flags,
		.container = container->serial,
	};
	return iova_info_write_(ret_mapping, sizeof mapping, &mapping, sizeof mapping);
}

IOVA_API int iova_sim_mapping(struct iova_sim *sim, uint32_t nth,
			      struct iova_sim_mapping *ret_mapping)
{
	int r;

	if (!sim || !ret_mapping)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	r = find_mapping(sim, nth, ret_mapping);
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

IOVA_API int iova_sim_list(struct iova_sim *sim, int fd, struct iova_range *ranges, size_t n)
{
	struct sim_container *container;
	int r;

	if (!sim || (n && !ranges))
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	r = sim_container_find_(sim, fd, &container);
	if (r >= 0) {
		for (size_t i = 0; i < container->list.n && i < n; i++)
			ranges[i] = container->list.items[i];
		r = (int)container->list.n;
	}
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

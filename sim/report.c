/* SPDX-License-Identifier: BSD-3-Clause */
/* The state as it is, for assertions. */
#include "private.h"

#include "ioas.h"

#include "base/opts.h"

#include <errno.h>
#include <string.h>

static void count_iommufd(const struct sim_iommufd *iommufd, struct iova_sim_report *report)
{
	report->n_iommufds++;
	for (const struct sim_object *o = iommufd->objects; o; o = o->next) {
		report->n_bound += o->kind == SIM_OBJECT_BOUND;
		if (o->kind != SIM_OBJECT_IOAS)
			continue;
		report->n_ioases++;
		report->n_mappings += (uint32_t)((const struct sim_ioas *)o)->areas.n;
	}
}

IOVA_API int iova_sim_report(struct iova_sim *sim, struct iova_sim_report *ret_report)
{
	struct iova_sim_report report = { 0 };

	if (!sim || !ret_report)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	for (const struct sim_number *number = sim->numbers; number; number = number->next)
		report.n_fds++;
	for (const struct sim_container *c = sim->containers; c; c = c->next) {
		report.n_containers++;
		report.n_mappings += (uint32_t)c->n_maps;
	}
	for (const struct sim_group *group = sim->groups; group; group = group->next)
		report.n_groups += group->container || group->compat;
	for (const struct sim_iommufd *i = sim->iommufds; i; i = i->next)
		count_iommufd(i, &report);
	for (const struct sim_fault *fault = sim->faults; fault; fault = fault->next)
		report.n_pending_faults++;
	report.n_pinned_pages = sim->n_pinned + sim->n_user_pinned + sim->n_free_pinned;
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

/* The nth behind those of containers. */
static int find_area(const struct iova_sim *sim, uint32_t nth, struct iova_sim_mapping *ret_mapping)
{
	for (const struct sim_iommufd *i = sim->iommufds; i; i = i->next) {
		for (const struct sim_object *o = i->objects; o; o = o->next) {
			const struct sim_ioas *ioas = (const struct sim_ioas *)o;
			struct iova_sim_mapping mapping = { .container = i->serial, .ioas = o->id };
			const struct sim_area *area;

			if (o->kind != SIM_OBJECT_IOAS)
				continue;
			if (nth >= ioas->areas.n) {
				nth -= (uint32_t)ioas->areas.n;
				continue;
			}
			area = ioas->areas.items[nth];
			mapping.range = (struct iova_range){ area->iova, area->last };
			mapping.vaddr = area->pages->start + area->start_byte;
			mapping.flags = area->flags;
			return iova_info_write_(ret_mapping, sizeof mapping, &mapping,
						sizeof mapping);
		}
	}
	return -ENOENT;
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
		return find_area(sim, nth, ret_mapping);
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

/* Room for n; returns how many there are. */
static int list_ioas(const struct sim_ioas *ioas, struct iova_range *ranges, size_t n)
{
	struct sim_holes holes = sim_holes_(ioas, 0, UINT64_MAX, false);
	struct iova_range hole;
	size_t i = 0;

	for (; sim_holes_next_(&holes, &hole); i++) {
		if (i < n)
			ranges[i] = hole;
	}
	return (int)i;
}

IOVA_API int iova_sim_list(struct iova_sim *sim, int fd, struct iova_range *ranges, size_t n)
{
	struct sim_target target;
	int r;

	if (!sim || (n && !ranges))
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	r = sim_target_find_(sim, fd, &target);
	if (r >= 0 && target.ioas) {
		r = list_ioas(target.ioas, ranges, n);
	} else if (r >= 0) {
		for (size_t i = 0; i < target.container->list.n && i < n; i++)
			ranges[i] = target.container->list.items[i];
		r = (int)target.container->list.n;
	}
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

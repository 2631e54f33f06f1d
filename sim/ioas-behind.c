/* SPDX-License-Identifier: BSD-3-Clause */
/* What other processes do to an IOAS, and which of several is meant. */
#include "private.h"

#include "ioas.h"

#include <errno.h>

/* The IOAS that VFIO's requests work on, or the only one there is. */
static int only_ioas(const struct sim_iommufd *iommufd, struct sim_ioas **ret_ioas)
{
	struct sim_ioas *ioas = iommufd->compat;

	for (struct sim_object *o = iommufd->objects; o && !iommufd->compat; o = o->next) {
		if (o->kind != SIM_OBJECT_IOAS)
			continue;
		if (ioas)
			return -ENOENT;
		ioas = (struct sim_ioas *)o;
	}
	if (!ioas)
		return -ENOENT;
	*ret_ioas = ioas;
	return 0;
}

/* The only one, or that of a fd. */
static int find_iommufd(struct iova_sim *sim, int number, struct sim_iommufd **ret_iommufd)
{
	if (number != IOVA_SIM_ONLY_CONTAINER)
		return sim_iommufd_find_(sim, number, ret_iommufd);
	if (sim->containers || !sim->iommufds)
		return -EBADF;
	if (sim->iommufds->next)
		return -ENOENT;
	*ret_iommufd = sim->iommufds;
	return 0;
}

int sim_target_find_(struct iova_sim *sim, int number, struct sim_target *ret_target)
{
	struct sim_target target = { 0 };
	int r = find_iommufd(sim, number, &target.iommufd);

	if (r >= 0)
		r = only_ioas(target.iommufd, &target.ioas);
	else if (r != -ENOENT)
		r = sim_container_find_(sim, number, &target.container);
	if (r >= 0)
		*ret_target = target;
	return r;
}

int sim_ioas_unmap_behind_(struct iova_sim *sim, struct sim_ioas *ioas, uint64_t start,
			   uint64_t last)
{
	size_t i = 0;
	int n = 0;

	while (i < ioas->areas.n) {
		struct sim_area *area = ioas->areas.items[i];

		if (area->iova < start || area->last > last) {
			i++;
			continue;
		}
		sim_area_drop_(sim, ioas, area);
		n++;
	}
	return n;
}

int sim_ioas_map_behind_(struct iova_sim *sim, const struct sim_target *target,
			 const struct sim_map *map)
{
	struct sim_source source = { .start = map->vaddr };
	struct sim_place place = { .iova = map->iova, .length = map->length };

	return sim_ioas_map_(sim, target->iommufd, target->ioas, &source, map->flags, &place);
}

void sim_ioas_detach_behind_(struct iova_sim *sim, struct sim_group *group)
{
	for (struct sim_device *d = group->devices; d; d = d->next_in_group) {
		if (!d->bound)
			continue;
		sim_iommufd_unbind_(sim, d);
		d->n_open--;
	}
}

/* Every device of the group that has a driver of VFIO is bound and attached. */
int sim_ioas_attach_behind_(struct iova_sim *sim, const struct sim_target *target,
			    struct sim_group *group)
{
	int r = 0;

	for (struct sim_device *d = group->devices; d && r >= 0; d = d->next_in_group) {
		uint32_t id;

		if (d->gone || !sim_device_is_vfio_(d))
			continue;
		r = sim_iommufd_bind_(sim, target->iommufd, d, &id);
		if (r < 0)
			break;
		d->n_open++;
		r = sim_ioas_attach_(sim, d, target->ioas->object.id, &id);
	}
	if (r < 0)
		sim_ioas_detach_behind_(sim, group);
	return r;
}

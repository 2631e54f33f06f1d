/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices of an iommufd: IDEV. All devices of a group share the group's page table. */
#include "private.h"

#include "ioas.h"

#include <errno.h>
#include <stdlib.h>

/*
 * IOC:iommu_device_claim_dma_owner: one owner for the whole group. From 6.6 a direct region is
 * found here, before it was VT-d's where it attaches.
 */
static int claim(const struct iova_sim *sim, struct sim_group *group, struct sim_iommufd *iommufd)
{
	bool direct = sim_group_has_direct_(group);

	if (group->owner == iommufd)
		return 0;
	if (group->owner || group->container || !sim_group_is_viable_(sim, group))
		return -EPERM;
	if (direct && sim->kernel.direct == IOVA_SIM_DIRECT_AT_CONTAINER)
		return -EPERM;
	return direct && sim->kernel.direct == IOVA_SIM_DIRECT_INVALID ? -EINVAL : 0;
}

/* IDEV: isolated interrupts, where it binds; before 6.6 where it attaches. */
static int check_interrupts(const struct iova_sim *sim, const struct sim_group *group,
			    bool attaches)
{
	if (attaches == (sim->kernel.has_cdevs != 0))
		return 0;
	return group->iommu.remaps_interrupts || sim->kernel.unsafe_iommufd ? 0 : -EPERM;
}

/* IDEV:iommufd_device_bind. */
int sim_iommufd_bind_(struct iova_sim *sim, struct sim_iommufd *iommufd, struct sim_device *device,
		      uint32_t *ret_device_id)
{
	struct sim_group *group = device->group;
	struct sim_object *object;
	struct sim_bound *bound;
	int r;

	if (!group)
		return -ENODEV;
	r = check_interrupts(sim, group, false);
	if (r >= 0)
		r = claim(sim, group, iommufd);
	if (r >= 0)
		r = sim_object_add_(sim, iommufd, SIM_OBJECT_BOUND, sizeof *bound, &object);
	if (r < 0)
		return r;
	bound = (struct sim_bound *)object;
	bound->object.n_users = 1; /* VFIO */
	bound->iommufd = iommufd;
	bound->device = device;
	device->bound = bound;
	group->owner = iommufd;
	group->n_bound++;
	iommufd->n_users++;
	*ret_device_id = bound->object.id;
	return 0;
}

/* IDEV:iommufd_device_unbind, iommufd_device_destroy. */
void sim_iommufd_unbind_(struct iova_sim *sim, struct sim_device *device)
{
	struct sim_bound *bound = device->bound;
	struct sim_iommufd *iommufd;

	if (!bound)
		return;
	sim_ioas_detach_(sim, device);
	iommufd = bound->iommufd;
	device->bound = NULL;
	if (!--device->group->n_bound)
		device->group->owner = NULL;
	sim_object_drop_(iommufd, &bound->object);
	sim_iommufd_put_(sim, iommufd);
}

static int reserve_each(struct iova_sim *sim, struct sim_ioas *ioas,
			const struct sim_regions *regions, const struct sim_device *device)
{
	int r = 0;

	for (size_t i = 0; i < regions->n && r >= 0; i++) {
		const struct sim_region *region = &regions->items[i];

		if (region->type != SIM_RELAXABLE)
			r = sim_ioas_reserve_(sim, ioas, region->range.start, region->range.last,
					      device);
	}
	return r;
}

/*
 * IOP:iopt_table_enforce_dev_resv_regions: what is said of the group holds for each of its
 * devices. Up to 6.3 (iopt_table_enforce_group_resv_regions) those of all its devices counted.
 */
static int reserve(struct iova_sim *sim, struct sim_ioas *ioas, const struct sim_device *device)
{
	struct sim_regions all;
	int r;

	if (sim->kernel.reserves_device) {
		r = reserve_each(sim, ioas, &device->group->regions, device);
		if (r >= 0)
			r = reserve_each(sim, ioas, &device->regions, device);
	} else {
		r = sim_regions_of_group_(sim, device->group, &all);
		if (r < 0)
			return r;
		r = reserve_each(sim, ioas, &all, device);
		sim_regions_free_(&all);
	}
	if (r < 0)
		sim_ioas_unreserve_(ioas, device);
	return r;
}

/* The driver's own word, when the first device of the group comes to a table. */
static int accept(const struct iova_sim *sim, const struct sim_table *table,
		  const struct sim_group *group)
{
	if (sim->kernel.direct == IOVA_SIM_DIRECT_AT_IOMMU && sim_group_has_direct_(group))
		return -EPERM;
	return sim_same_iommu_(&table->iommu, &group->iommu) ? 0 : -EINVAL;
}

/*
 * IDEV:iommufd_hw_pagetable_attach. A group that is elsewhere is EINVAL; up to 6.5
 * IOC:__iommu_attach_group said EBUSY.
 */
static int join(struct iova_sim *sim, struct sim_device *device, struct sim_table *table)
{
	struct sim_group *group = device->group;
	int r;

	if (group->table && group->table != table && sim->kernel.has_cdevs)
		return -EINVAL;
	r = reserve(sim, table->ioas, device);
	if (r < 0)
		return r;
	r = check_interrupts(sim, group, true);
	if (r >= 0 && group->table && group->table != table)
		r = -EBUSY;
	if (r >= 0 && !group->table)
		r = accept(sim, table, group);
	if (r < 0) {
		sim_ioas_unreserve_(table->ioas, device);
		return r;
	}
	group->table = table;
	table->object.n_users++;
	device->bound->attached = true;
	return 0;
}

void sim_ioas_detach_(struct iova_sim *sim, struct sim_device *device)
{
	struct sim_bound *bound = device->bound;
	struct sim_group *group = device->group;
	struct sim_table *table;
	bool shared = false;

	if (!bound || !bound->attached)
		return;
	table = group->table;
	bound->attached = false;
	for (const struct sim_device *d = group->devices; d; d = d->next_in_group)
		shared = shared || (d->bound && d->bound->attached);
	if (!shared)
		group->table = NULL;
	sim_ioas_unreserve_(table->ioas, device);
	table->object.n_users--;
	sim_table_put_(sim, bound->iommufd, table);
}

/* Takes the attached devices of a group out of an IOAS that they are not, or no longer, in. */
static void unreserve_group(struct sim_group *group, struct sim_ioas *ioas)
{
	for (const struct sim_device *d = group->devices; d; d = d->next_in_group) {
		if (d->bound && d->bound->attached)
			sim_ioas_unreserve_(ioas, d);
	}
}

/* IDEV:iommufd_device_do_replace: all attached devices of the group go along. */
static int replace(struct iova_sim *sim, struct sim_device *device, struct sim_table *table)
{
	struct sim_group *group = device->group;
	struct sim_table *old = group->table;
	bool moves = table->ioas != old->ioas;
	uint32_t n = 0;
	int r = 0;

	if (table == old)
		return 0;
	for (const struct sim_device *d = group->devices; d && r >= 0; d = d->next_in_group) {
		if (!d->bound || !d->bound->attached)
			continue;
		n++;
		if (moves)
			r = reserve(sim, table->ioas, d);
	}
	if (r >= 0)
		r = accept(sim, table, group);
	if (r < 0) {
		if (moves)
			unreserve_group(group, table->ioas);
		return r;
	}
	if (moves)
		unreserve_group(group, old->ioas);
	group->table = table;
	table->object.n_users += n;
	old->object.n_users -= n;
	sim_table_put_(sim, device->bound->iommufd, old);
	return 0;
}

typedef int change_fn(struct iova_sim *sim, struct sim_device *device, struct sim_table *table);

/*
 * A new table for the group's IOMMU: HWP:iommufd_hwpt_paging_alloc. What attaches does so before
 * the table is filled, what moves afterwards.
 */
static int use_new_table(struct iova_sim *sim, struct sim_device *device, struct sim_ioas *ioas,
			 uint32_t *ret_pt_id)
{
	struct sim_iommufd *iommufd = device->bound->iommufd;
	bool moves = device->bound->attached;
	struct sim_table *table;
	int r = sim_table_new_(sim, iommufd, ioas, &device->group->iommu, &table);

	if (r < 0)
		return r;
	if (!moves)
		r = join(sim, device, table);
	if (r >= 0)
		r = sim_table_join_(sim, table);
	if (r >= 0 && moves)
		r = replace(sim, device, table);
	if (r >= 0) {
		*ret_pt_id = table->object.id;
		return 0;
	}
	if (!moves && device->bound->attached)
		sim_ioas_detach_(sim, device);
	else
		sim_table_put_(sim, iommufd, table);
	return r;
}

/* IDEV:iommufd_device_auto_get_domain: the first table that takes the device, or a new one. */
static int use_ioas(struct iova_sim *sim, struct sim_device *device, struct sim_ioas *ioas,
		    change_fn *change, uint32_t *ret_pt_id)
{
	for (struct sim_table *table = ioas->tables; table; table = table->next) {
		int r = change(sim, device, table);

		if (r == -EINVAL)
			continue;
		if (r >= 0)
			*ret_pt_id = table->object.id;
		return r;
	}
	return use_new_table(sim, device, ioas, ret_pt_id);
}

/* VFIO's vfio_iommufd_physical_attach_ioas, IDEV:iommufd_device_change_pt. */
int sim_ioas_attach_(struct iova_sim *sim, struct sim_device *device, uint32_t pt_id,
		     uint32_t *ret_pt_id)
{
	change_fn *change = device->bound->attached ? replace : join;
	struct sim_object *object = sim_object_find_(device->bound->iommufd, pt_id);
	int r;

	if (!object)
		return -ENOENT;
	switch (object->kind) {
	case SIM_OBJECT_IOAS:
		return use_ioas(sim, device, (struct sim_ioas *)object, change, ret_pt_id);
	case SIM_OBJECT_TABLE:
		r = change(sim, device, (struct sim_table *)object);
		if (r >= 0)
			*ret_pt_id = pt_id;
		return r;
	default:
		return -EINVAL;
	}
}

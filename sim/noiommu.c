/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups that VFIO makes up for devices that no IOMMU serves, one for each. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>

/* GRP:vfio_noiommu_group_alloc: the lowest number that is free (IOC:iommu_group_alloc). */
int sim_noiommu_add_(struct iova_sim *sim, struct sim_device *device)
{
	struct sim_group *group;

	if (sim_index_reserve_(&sim->index) < 0)
		return -ENOMEM;
	group = calloc(1, sizeof *group);
	if (!group)
		return -ENOMEM;
	while (sim_group_find_(sim, group->id))
		group->id++;
	group->noiommu = true;
	sim_copy_text_(group->type, sizeof group->type, "unknown");
	group->devices = device;
	group->devices_tail = &device->next_in_group;
	device->group = group;
	*sim->groups_tail = group;
	sim->groups_tail = &group->next;
	sim_index_put_group_(&sim->index, group);
	return 0;
}

/* GRP:vfio_device_remove_group. */
void sim_noiommu_drop_(struct iova_sim *sim, struct sim_device *device)
{
	struct sim_group *group = device->group;

	if (!group->noiommu)
		return;
	sim_index_drop_group_(&sim->index, group);
	group->gone = true;
	group->devices = NULL;
	group->devices_tail = &group->devices;
	device->group = NULL;
	device->next_in_group = NULL;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding groups by number and devices by name: sorted arrays beside the lists. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where a group of this number is, or would be. */
static size_t group_place(const struct sim_index *index, uint32_t id)
{
	size_t low = 0, high = index->n_groups;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->groups[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t device_place(const struct sim_index *index, const char *name)
{
	size_t low = 0, high = index->n_devices;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(index->devices[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct sim_group *sim_group_find_(const struct iova_sim *sim, uint32_t id)
{
	const struct sim_index *index = &sim->index;
	size_t i = group_place(index, id);

	return i < index->n_groups && index->groups[i]->id == id ? index->groups[i] : NULL;
}

struct sim_device *sim_device_find_(const struct iova_sim *sim, const char *name)
{
	const struct sim_index *index = &sim->index;
	size_t i = device_place(index, name);

	return i < index->n_devices && !strcmp(index->devices[i]->name, name) ? index->devices[i] :
										NULL;
}

/* Room for one group and one device more. */
int sim_index_reserve_(struct sim_index *index)
{
	void *groups = sim_grow_(NULL, index->groups, index->n_groups, &index->groups_room,
				 sizeof *index->groups);
	void *devices;

	if (!groups)
		return -ENOMEM;
	index->groups = groups;
	devices = sim_grow_(NULL, index->devices, index->n_devices, &index->devices_room,
			    sizeof *index->devices);
	if (!devices)
		return -ENOMEM;
	index->devices = devices;
	return 0;
}

void sim_index_put_group_(struct sim_index *index, struct sim_group *group)
{
	size_t i = group_place(index, group->id);

	memmove(index->groups + i + 1, index->groups + i,
		(index->n_groups++ - i) * sizeof *index->groups);
	index->groups[i] = group;
}

void sim_index_drop_group_(struct sim_index *index, const struct sim_group *group)
{
	size_t i = group_place(index, group->id);

	memmove(index->groups + i, index->groups + i + 1,
		(--index->n_groups - i) * sizeof *index->groups);
}

void sim_index_put_device_(struct sim_index *index, struct sim_device *device)
{
	size_t i = device_place(index, device->name);

	memmove(index->devices + i + 1, index->devices + i,
		(index->n_devices++ - i) * sizeof *index->devices);
	index->devices[i] = device;
}

void sim_index_drop_device_(struct sim_index *index, const struct sim_device *device)
{
	size_t i = device_place(index, device->name);

	memmove(index->devices + i, index->devices + i + 1,
		(--index->n_devices - i) * sizeof *index->devices);
}

void sim_index_free_(struct sim_index *index)
{
	free(index->groups);
	free(index->devices);
}

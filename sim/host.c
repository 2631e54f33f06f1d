/* SPDX-License-Identifier: BSD-3-Clause */
/* The description of the machine: groups, devices, their drivers and regions. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct sim_group *sim_group_find_(struct iova_sim *sim, uint32_t id)
{
	struct sim_group *group = sim->groups;

	while (group && group->id != id)
		group = group->next;
	return group;
}

struct sim_device *sim_device_find_(struct iova_sim *sim, const char *name)
{
	struct sim_device *device = sim->devices;

	while (device && (device->gone || strcmp(device->name, name)))
		device = device->next;
	return device;
}

bool sim_device_is_vfio_(const struct sim_device *device)
{
	return !strncmp(device->driver, "vfio", 4);
}

/* GRP:vfio_create_group: the node is there while a device of the group has a VFIO driver. */
bool sim_group_has_node_(struct iova_sim *sim, const struct sim_group *group)
{
	for (const struct sim_device *d = sim->devices; d; d = d->next) {
		if (d->group == group && !d->gone && sim_device_is_vfio_(d))
			return true;
	}
	return false;
}

/*
 * Drivers that set driver_managed_dma do not count as owners of the group
 * (IOC:iommu_device_use_default_domain); before 5.18 the same ones were on a
 * list (vfio.c:vfio_dev_driver_allowed).
 */
static bool blocks(const struct sim_device *device)
{
	return *device->driver && !sim_device_is_vfio_(device) &&
	       strcmp(device->driver, "pci-stub") && strcmp(device->driver, "pcieport");
}

/* IOC:iommu_device_use_default_domain: a claimed group takes no such driver, from 5.18. */
static bool may_bind(const struct iova_sim *sim, const struct sim_group *group,
		     const struct sim_device *device)
{
	return !sim->kernel.claims_owner || !group || !group->container || !blocks(device);
}

bool sim_group_is_viable_(struct iova_sim *sim, const struct sim_group *group)
{
	for (const struct sim_device *d = sim->devices; d; d = d->next) {
		if (d->group == group && !d->gone && blocks(d))
			return false;
	}
	return true;
}

static int add_group(struct iova_sim *sim, uint32_t id, const char *type)
{
	struct sim_group *group, **at = &sim->groups;

	if (id > INT32_MAX || !type || strlen(type) >= sizeof group->type)
		return -EINVAL;
	if (sim_group_find_(sim, id))
		return -EEXIST;
	group = calloc(1, sizeof *group);
	if (!group)
		return -ENOMEM;
	group->id = id;
	group->iommu = sim->iommu;
	sim_copy_text_(group->type, sizeof group->type, type);
	while (*at)
		at = &(*at)->next;
	*at = group;
	return 0;
}

int iova_sim_add_group(struct iova_sim *sim, uint32_t id, const char *type)
{
	int r;

	pthread_mutex_lock(&sim->mutex);
	r = add_group(sim, id, type);
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

static int add_device(struct iova_sim *sim, uint32_t group_id, const struct sim_device *like)
{
	struct sim_group *group = NULL;
	struct sim_device *device, **at = &sim->devices;

	if (group_id != IOVA_SIM_NO_GROUP) {
		group = sim_group_find_(sim, group_id);
		if (!group)
			return -ENOENT;
	}
	if (sim_device_find_(sim, like->name))
		return -EEXIST;
	if (!may_bind(sim, group, like))
		return -EBUSY;
	device = malloc(sizeof *device);
	if (!device)
		return -ENOMEM;
	*device = *like;
	device->group = group;
	while (*at)
		at = &(*at)->next;
	*at = device;
	return 0;
}

int iova_sim_add_device(struct iova_sim *sim, uint32_t group, const char *name, uint32_t vendor,
			uint32_t device, uint32_t class_code, const char *driver)
{
	struct sim_device like = { .vendor = vendor, .device = device, .class_code = class_code };
	int r;

	if (!name || !*name || strchr(name, '/') || strlen(name) >= sizeof like.name ||
	    (driver && strlen(driver) >= sizeof like.driver))
		return -EINVAL;
	sim_copy_text_(like.name, sizeof like.name, name);
	if (driver)
		sim_copy_text_(like.driver, sizeof like.driver, driver);
	pthread_mutex_lock(&sim->mutex);
	r = add_device(sim, group, &like);
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

/* A driver cannot leave a device that is open. */
static int find_unused(struct iova_sim *sim, const char *name, struct sim_device **ret_device)
{
	struct sim_device *device = sim_device_find_(sim, name);

	if (!device)
		return -ENOENT;
	if (device->n_open)
		return -EBUSY;
	*ret_device = device;
	return 0;
}

int iova_sim_bind(struct iova_sim *sim, const char *name, const char *driver)
{
	struct sim_device *device, like = { 0 };
	int r;

	if (!name || (driver && strlen(driver) >= sizeof device->driver))
		return -EINVAL;
	sim_copy_text_(like.driver, sizeof like.driver, driver ? driver : "");
	pthread_mutex_lock(&sim->mutex);
	r = find_unused(sim, name, &device);
	if (r >= 0 && !may_bind(sim, device->group, &like))
		r = -EBUSY;
	if (r >= 0)
		memcpy(device->driver, like.driver, sizeof device->driver);
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

int iova_sim_remove_device(struct iova_sim *sim, const char *name)
{
	struct sim_device *device;
	int r;

	pthread_mutex_lock(&sim->mutex);
	r = find_unused(sim, name, &device);
	if (r >= 0)
		device->gone = true;
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

int iova_sim_add_region(struct iova_sim *sim, uint32_t group_id, uint64_t start, uint64_t last,
			const char *word)
{
	struct sim_region region;
	struct sim_group *group;
	int r = sim_region_make_(start, last, word, &region);

	if (r < 0)
		return r;
	pthread_mutex_lock(&sim->mutex);
	group = sim_group_find_(sim, group_id);
	r = group ? sim_regions_add_(&group->regions, &region) : -ENOENT;
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

int iova_sim_add_device_region(struct iova_sim *sim, const char *name, uint64_t start,
			       uint64_t last, const char *word)
{
	struct sim_region region;
	struct sim_device *device;
	int r = sim_region_make_(start, last, word, &region);

	if (r < 0)
		return r;
	pthread_mutex_lock(&sim->mutex);
	device = sim_device_find_(sim, name);
	r = device ? sim_regions_add_(&device->regions, &region) : -ENOENT;
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

int iova_sim_set_iommu(struct iova_sim *sim, uint32_t id, const struct iova_sim_iommu *iommu)
{
	int r = -ENOENT;

	if (iommu->aperture_start > iommu->aperture_last || !iommu->page_sizes)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	if (id == IOVA_SIM_ALL_GROUPS) {
		sim->iommu = *iommu;
		r = 0;
	}
	for (struct sim_group *group = sim->groups; group; group = group->next) {
		if (id == IOVA_SIM_ALL_GROUPS || group->id == id) {
			group->iommu = *iommu;
			r = 0;
		}
	}
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

void sim_host_free_(struct iova_sim *sim)
{
	while (sim->groups) {
		struct sim_group *group = sim->groups;

		sim->groups = group->next;
		sim_regions_free_(&group->regions);
		free(group);
	}
	while (sim->devices) {
		struct sim_device *device = sim->devices;

		sim->devices = device->next;
		sim_regions_free_(&device->regions);
		free(device);
	}
}

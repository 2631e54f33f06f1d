/* SPDX-License-Identifier: BSD-3-Clause */
/* The description of the machine: groups, devices, their drivers and regions. */
#include "private.h"

#include "base/opts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* There are drivers for some devices alone: mlx5_vfio_pci, nvgrace-gpu-vfio-pci. */
bool sim_device_is_vfio_(const struct sim_device *device)
{
	return strstr(device->driver, "vfio") != NULL;
}

/* GRP:vfio_create_group: the node is there while a device of the group has a VFIO driver. */
bool sim_group_has_node_(const struct sim_group *group)
{
	for (const struct sim_device *d = group->devices; d; d = d->next_in_group) {
		if (!d->gone && sim_device_is_vfio_(d))
			return true;
	}
	return false;
}

#define CLASS_PCI_BRIDGE 0x0604

/*
 * Drivers that set driver_managed_dma do not count as owners of the group
 * (IOC:iommu_device_use_default_domain). Before 5.18 pci-stub was on a list, and
 * whatever drives a bridge was allowed (vfio.c:vfio_dev_driver_allowed).
 */
static bool blocks(const struct iova_sim *sim, const struct sim_device *device)
{
	if (!*device->driver || sim_device_is_vfio_(device) || !strcmp(device->driver, "pci-stub"))
		return false;
	if (!sim->kernel.claims_owner && device->class_code >> 8 == CLASS_PCI_BRIDGE)
		return false;
	return strcmp(device->driver, "pcieport") != 0;
}

/*
 * IOC:iommu_device_use_default_domain: a claimed group takes no such driver, from 5.18. It is
 * claimed by being in a container, or by an iommufd that has devices of it.
 */
static bool may_bind(const struct iova_sim *sim, const struct sim_group *group,
		     const struct sim_device *device)
{
	return !sim->kernel.claims_owner || !group || (!group->container && !group->n_bound) ||
	       !blocks(sim, device);
}

bool sim_group_is_viable_(const struct iova_sim *sim, const struct sim_group *group)
{
	for (const struct sim_device *d = group->devices; d; d = d->next_in_group) {
		if (!d->gone && blocks(sim, d))
			return false;
	}
	return true;
}

static int add_group(struct iova_sim *sim, uint32_t id, const char *type)
{
	struct sim_group *group;

	if (id > INT32_MAX || !type || strlen(type) >= sizeof group->type)
		return -EINVAL;
	if (sim_group_find_(sim, id))
		return -EEXIST;
	if (sim_index_reserve_(&sim->index) < 0)
		return -ENOMEM;
	group = calloc(1, sizeof *group);
	if (!group)
		return -ENOMEM;
	group->id = id;
	group->iommu = sim->iommu;
	sim_copy_text_(group->type, sizeof group->type, type);
	group->devices_tail = &group->devices;
	*sim->groups_tail = group;
	sim->groups_tail = &group->next;
	sim_index_put_group_(&sim->index, group);
	return 0;
}

IOVA_API int iova_sim_add_group(struct iova_sim *sim, uint32_t id, const char *type)
{
	int r;

	if (!sim)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	r = add_group(sim, id, type);
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

static int add_device(struct iova_sim *sim, uint32_t group_id, const struct sim_device *like)
{
	struct sim_group *group = NULL;
	struct sim_device *device;
	int r = 0;

	if (group_id != IOVA_SIM_NO_GROUP) {
		group = sim_group_find_(sim, group_id);
		if (!group || group->noiommu)
			return -ENOENT;
	}
	if (sim_device_find_(sim, like->name))
		return -EEXIST;
	if (!may_bind(sim, group, like))
		return -EBUSY;
	if (sim_index_reserve_(&sim->index) < 0)
		return -ENOMEM;
	device = malloc(sizeof *device);
	if (!device)
		return -ENOMEM;
	*device = *like;
	device->group = group;
	if (sim_device_is_vfio_(device))
		r = sim_vfio_enter_(sim, device);
	if (r < 0) {
		free(device);
		return r;
	}
	*sim->devices_tail = device;
	sim->devices_tail = &device->next;
	if (group) {
		*group->devices_tail = device;
		group->devices_tail = &device->next_in_group;
	}
	sim_index_put_device_(&sim->index, device);
	return 0;
}

IOVA_API int iova_sim_add_device(struct iova_sim *sim, uint32_t group, const char *name,
				 uint32_t vendor, uint32_t device, uint32_t class_code,
				 const char *driver)
{
	struct sim_device like = { .vendor = vendor, .device = device, .class_code = class_code };
	int r;

	if (!sim || !name || !*name || strchr(name, '/') || strlen(name) >= sizeof like.name ||
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

/*
 * VFIO's driver leaves a device. While the device is open, and up to 6.0 while
 * its group is in a container and has no other, Linux waits
 * (vfio_main.c:vfio_unregister_group_dev); here that is EBUSY.
 */
static int leave_vfio(struct iova_sim *sim, struct sim_device *device)
{
	struct sim_group *group = device->group;

	if (device->n_open)
		return -EBUSY;
	if (!group || !sim_device_is_vfio_(device))
		return 0;
	for (const struct sim_device *d = group->devices; d; d = d->next_in_group) {
		if (d != device && !d->gone && sim_device_is_vfio_(d))
			return 0;
	}
	if (sim->kernel.revokes_group)
		sim_group_revoke_(sim, group);
	else if (group->container)
		return -EBUSY;
	return 0;
}

static int rebind(struct iova_sim *sim, const char *name, const struct sim_device *like)
{
	struct sim_device *device = sim_device_find_(sim, name);
	bool was = device && sim_device_is_vfio_(device), will = sim_device_is_vfio_(like);
	int r;

	if (!device)
		return -ENOENT;
	r = will && !device->n_open ? 0 : leave_vfio(sim, device);
	if (r >= 0 && !may_bind(sim, device->group, like))
		r = -EBUSY;
	if (r >= 0 && will && !was)
		r = sim_vfio_enter_(sim, device);
	if (r < 0)
		return r;
	if (was && will)
		sim_vfio_change_(sim, device);
	else if (was)
		sim_vfio_leave_(sim, device);
	memcpy(device->driver, like->driver, sizeof device->driver);
	return 0;
}

IOVA_API int iova_sim_bind(struct iova_sim *sim, const char *name, const char *driver)
{
	struct sim_device like = { 0 };
	int r;

	if (!sim || !name || (driver && strlen(driver) >= sizeof like.driver))
		return -EINVAL;
	sim_copy_text_(like.driver, sizeof like.driver, driver ? driver : "");
	pthread_mutex_lock(&sim->mutex);
	r = rebind(sim, name, &like);
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

IOVA_API int iova_sim_remove_device(struct iova_sim *sim, const char *name)
{
	struct sim_device *device;
	int r;

	if (!sim || !name)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	device = sim_device_find_(sim, name);
	r = device ? leave_vfio(sim, device) : -ENOENT;
	if (r >= 0) {
		if (sim_device_is_vfio_(device))
			sim_vfio_leave_(sim, device);
		sim_index_drop_device_(&sim->index, device);
		device->gone = true;
	}
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

IOVA_API int iova_sim_add_region(struct iova_sim *sim, uint32_t group_id, uint64_t start,
				 uint64_t last, const char *word)
{
	struct sim_region region;
	struct sim_group *group;
	int r = sim ? sim_region_make_(start, last, word, &region) : -EINVAL;

	if (r < 0)
		return r;
	pthread_mutex_lock(&sim->mutex);
	group = sim_group_find_(sim, group_id);
	r = group ? sim_regions_add_(NULL, &group->regions, &region) : -ENOENT;
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

IOVA_API int iova_sim_add_device_region(struct iova_sim *sim, const char *name, uint64_t start,
					uint64_t last, const char *word)
{
	struct sim_region region;
	struct sim_device *device;
	int r = sim && name ? sim_region_make_(start, last, word, &region) : -EINVAL;

	if (r < 0)
		return r;
	pthread_mutex_lock(&sim->mutex);
	device = sim_device_find_(sim, name);
	r = device ? sim_regions_add_(NULL, &device->regions, &region) : -ENOENT;
	pthread_mutex_unlock(&sim->mutex);
	return r;
}

static int set_iommu(struct iova_sim *sim, uint32_t id, const struct iova_sim_iommu *iommu)
{
	struct sim_group *group = sim_group_find_(sim, id);

	if (id == IOVA_SIM_ALL_GROUPS) {
		sim->iommu = *iommu;
		for (group = sim->groups; group; group = group->next)
			group->iommu = *iommu;
		return 0;
	}
	if (!group)
		return -ENOENT;
	group->iommu = *iommu;
	return 0;
}

IOVA_API int iova_sim_set_iommu(struct iova_sim *sim, uint32_t id,
				const struct iova_sim_iommu *iommu)
{
	struct iova_sim_iommu known;
	int r = sim && iommu ? iova_opts_read_(&known, sizeof known, sizeof known, iommu) : -EINVAL;

	if (r < 0)
		return r;
	if (known.aperture_start > known.aperture_last || !known.page_sizes)
		return -EINVAL;
	pthread_mutex_lock(&sim->mutex);
	r = set_iommu(sim, id, &known);
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
	sim_index_free_(&sim->index);
	free(sim->vfio_numbers.words);
}

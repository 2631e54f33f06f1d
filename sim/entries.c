/* SPDX-License-Identifier: BSD-3-Clause */
/* What each directory of the tree holds: some names are fixed, the rest is the description's. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	enum sim_node_kind parent;
	enum sim_node_kind kind;
	const char *name;
} fixed[] = {
	{ SIM_ROOT, SIM_SYS, "sys" },
	{ SIM_ROOT, SIM_DEV, "dev" },
	{ SIM_SYS, SIM_KERNEL, "kernel" },
	{ SIM_SYS, SIM_BUS, "bus" },
	{ SIM_SYS, SIM_DEVICES, "devices" },
	{ SIM_KERNEL, SIM_GROUPS, "iommu_groups" },
	{ SIM_GROUP, SIM_GROUP_DEVICES, "devices" },
	{ SIM_GROUP, SIM_GROUP_REGIONS, "reserved_regions" },
	{ SIM_GROUP, SIM_GROUP_TYPE, "type" },
	{ SIM_GROUP, SIM_GROUP_NAME, "name" },
	{ SIM_BUS, SIM_PCI, "pci" },
	{ SIM_PCI, SIM_PCI_DEVICES, "devices" },
	{ SIM_PCI, SIM_DRIVERS, "drivers" },
	{ SIM_DEVICE, SIM_DEVICE_VENDOR, "vendor" },
	{ SIM_DEVICE, SIM_DEVICE_ID, "device" },
	{ SIM_DEVICE, SIM_DEVICE_CLASS, "class" },
	{ SIM_DEVICE, SIM_DEVICE_DRIVER, "driver" },
	{ SIM_DEVICE, SIM_DEVICE_GROUP, "iommu_group" },
	{ SIM_DEVICE, SIM_DEVICE_VFIO, "vfio-dev" },
	{ SIM_VFIO_DEV, SIM_VFIO_DEV_NUMBER, "dev" },
	{ SIM_DEV, SIM_DEV_VFIO, "vfio" },
	{ SIM_DEV, SIM_DEV_IOMMU, "iommu" },
	{ SIM_DEV_VFIO, SIM_DEV_CONTAINER, "vfio" },
	{ SIM_DEV_VFIO, SIM_DEV_CDEVS, "devices" },
};

#define NOIOMMU "noiommu-"
#define DIGITS "0123456789"
#define N_FIXED (sizeof fixed / sizeof *fixed)

static bool has_cdevs(const struct iova_sim *sim)
{
	const struct sim_device *device = sim->devices;

	while (device && !sim_device_has_cdev_(sim, device))
		device = device->next;
	return device;
}

/* Whether a name of the table is there on this kernel and for this device. */
static bool is_there(const struct iova_sim *sim, const struct sim_node *parent,
		     enum sim_node_kind kind)
{
	switch (kind) {
	case SIM_GROUP_REGIONS:
		return sim->kernel.has_regions;
	case SIM_GROUP_TYPE:
		return sim->kernel.has_group_type;
	case SIM_GROUP_NAME:
		return parent->group->noiommu;
	case SIM_DEVICE_DRIVER:
		return *parent->device->driver;
	case SIM_DEVICE_GROUP:
		return parent->device->group;
	case SIM_DEVICE_VFIO:
		return sim->kernel.has_vfio_dev && sim_device_has_vfio_dev_(parent->device);
	case SIM_VFIO_DEV_NUMBER:
		return sim_device_has_cdev_(sim, parent->device);
	case SIM_DEV_IOMMU:
		return sim_has_iommufd_(sim);
	case SIM_DEV_CONTAINER:
		return !sim->kernel.without_groups;
	case SIM_DEV_CDEVS:
		return has_cdevs(sim);
	default:
		return true;
	}
}

/* Up to the second colon: "0000:00" of "0000:00:1f.0". */
static size_t bus_length(const char *name)
{
	const char *colon = strchr(name, ':');

	colon = colon ? strchr(colon + 1, ':') : NULL;
	return colon ? (size_t)(colon - name) : strlen(name);
}

/* The name that a device gives to an entry of the directory, "" for none. */
static void name_for_device(const struct iova_sim *sim, const struct sim_node *dir,
			    const struct sim_device *device, char name[SIM_NAME_MAX + 8])
{
	size_t length = bus_length(device->name);

	name[0] = '\0';
	if (device->gone)
		return;
	switch (dir->kind) {
	case SIM_GROUP_DEVICES:
		if (device->group == dir->group)
			strcpy(name, device->name);
		break;
	case SIM_PCI_DEVICES:
		strcpy(name, device->name);
		break;
	case SIM_DRIVERS:
		strcpy(name, device->driver);
		break;
	case SIM_DEVICES:
		snprintf(name, SIM_NAME_MAX + 8, "pci%.*s", (int)length, device->name);
		break;
	case SIM_DOMAIN:
		if (length == bus_length(dir->device->name) &&
		    !strncmp(device->name, dir->device->name, length))
			strcpy(name, device->name);
		break;
	case SIM_DEVICE_VFIO:
		if (device == dir->device)
			snprintf(name, SIM_NAME_MAX + 8, "vfio%u", device->vfio_number);
		break;
	case SIM_DEV_CDEVS:
		if (sim_device_has_cdev_(sim, device))
			snprintf(name, SIM_NAME_MAX + 8, "vfio%u", device->vfio_number);
		break;
	default:
		break;
	}
}

static enum sim_node_kind kind_for_device(enum sim_node_kind dir)
{
	switch (dir) {
	case SIM_GROUP_DEVICES:
		return SIM_GROUP_DEVICE;
	case SIM_PCI_DEVICES:
		return SIM_PCI_DEVICE;
	case SIM_DRIVERS:
		return SIM_DRIVER;
	case SIM_DEVICES:
		return SIM_DOMAIN;
	case SIM_DEVICE_VFIO:
		return SIM_VFIO_DEV;
	case SIM_DEV_CDEVS:
		return SIM_DEV_CDEV;
	default:
		return SIM_DEVICE;
	}
}

/* The name that a group gives to an entry of the directory, "" for none: GRP:vfio_create_group. */
static void name_for_group(const struct iova_sim *sim, const struct sim_node *dir,
			   const struct sim_group *group, char name[SIM_NAME_MAX + 8])
{
	bool is_node = dir->kind == SIM_DEV_VFIO;

	name[0] = '\0';
	if (group->gone || (is_node && (sim->kernel.without_groups || !sim_group_has_node_(group))))
		return;
	snprintf(name, SIM_NAME_MAX + 8, "%s%u", is_node && group->noiommu ? NOIOMMU : "",
		 group->id);
}

static void enter_group(struct sim_node *node, struct sim_group *group)
{
	node->kind = node->kind == SIM_GROUPS ? SIM_GROUP : SIM_DEV_GROUP;
	node->group = group;
}

static bool has_groups(const struct sim_node *dir)
{
	return dir->kind == SIM_GROUPS || dir->kind == SIM_DEV_VFIO;
}

/* The first of the devices that a directory may have entries for; they are all of its list. */
static struct sim_device *first_device(struct iova_sim *sim, const struct sim_node *dir)
{
	switch (dir->kind) {
	case SIM_GROUP_DEVICES:
		return dir->group->devices;
	case SIM_DEVICE_VFIO:
		return dir->device;
	case SIM_PCI_DEVICES:
	case SIM_DRIVERS:
	case SIM_DEVICES:
	case SIM_DOMAIN:
	case SIM_DEV_CDEVS:
		return sim->devices;
	default:
		return NULL;
	}
}

static struct sim_device *next_device(const struct sim_node *dir, const struct sim_device *device)
{
	return dir->kind == SIM_GROUP_DEVICES ? device->next_in_group : device->next;
}

/* Calls for each entry until one answers other than 0. Names may come twice. */
int sim_each_child_(struct iova_sim *sim, const struct sim_node *dir, sim_child_fn *call, void *arg)
{
	struct sim_group *group = has_groups(dir) ? sim->groups : NULL;
	struct sim_device *device = first_device(sim, dir);
	char name[SIM_NAME_MAX + 8];
	struct sim_node child = *dir;
	int r = 0;

	for (size_t i = 0; i < N_FIXED && !r; i++) {
		child.kind = fixed[i].kind;
		if (fixed[i].parent == dir->kind && is_there(sim, dir, child.kind))
			r = call(arg, fixed[i].name, &child);
	}
	for (; group && !r; group = group->next) {
		child = *dir;
		enter_group(&child, group);
		name_for_group(sim, dir, group, name);
		if (*name)
			r = call(arg, name, &child);
	}
	child = *dir;
	for (; device && !r; device = next_device(dir, device)) {
		child.kind = kind_for_device(dir->kind);
		child.device = device;
		name_for_device(sim, dir, device, name);
		if (*name)
			r = call(arg, name, &child);
	}
	return r;
}

/* By the number in its name, which is without a sign or zeros before it. */
static struct sim_group *find_group(struct iova_sim *sim, const struct sim_node *dir,
				    const char *name)
{
	struct sim_group *group;
	char text[SIM_NAME_MAX + 8];

	if (!has_groups(dir))
		return NULL;
	group = sim_group_find_(sim, (uint32_t)strtoul(name + strcspn(name, DIGITS), NULL, 10));
	if (!group)
		return NULL;
	name_for_group(sim, dir, group, text);
	return strcmp(text, name) ? NULL : group;
}

/* Where each entry has its device's name, there is one device to look at. */
static struct sim_device *find_device(struct iova_sim *sim, const struct sim_node *dir,
				      const char *name)
{
	bool is_name = dir->kind == SIM_GROUP_DEVICES || dir->kind == SIM_PCI_DEVICES ||
		       dir->kind == SIM_DOMAIN;
	struct sim_device *device = first_device(sim, dir);
	char text[SIM_NAME_MAX + 8];

	if (device && is_name)
		device = sim_device_find_(sim, name);
	while (device) {
		name_for_device(sim, dir, device, text);
		if (!strcmp(text, name))
			return device;
		device = is_name ? NULL : device->next;
	}
	return NULL;
}

static bool find_named(struct iova_sim *sim, const struct sim_node *dir, const char *name,
		       struct sim_node *ret_child)
{
	struct sim_group *group = find_group(sim, dir, name);
	struct sim_device *device = find_device(sim, dir, name);

	if (!group && !device)
		return false;
	*ret_child = *dir;
	if (group) {
		enter_group(ret_child, group);
	} else {
		ret_child->kind = kind_for_device(dir->kind);
		ret_child->device = device;
	}
	return true;
}

/* The entry of a name; false if there is none. */
bool sim_find_child_(struct iova_sim *sim, const struct sim_node *dir, const char *name,
		     size_t length, struct sim_node *ret_child)
{
	struct sim_node child = *dir;
	char text[SIM_NAME_MAX + 8];

	if (length >= sizeof text)
		return false;
	memcpy(text, name, length);
	text[length] = '\0';
	for (size_t i = 0; i < N_FIXED; i++) {
		child.kind = fixed[i].kind;
		if (fixed[i].parent == dir->kind && !strcmp(fixed[i].name, text) &&
		    is_there(sim, dir, child.kind)) {
			*ret_child = child;
			return true;
		}
	}
	return find_named(sim, dir, text, ret_child);
}

void sim_go_up_(struct sim_node *node)
{
	for (size_t i = 0; i < N_FIXED; i++) {
		if (fixed[i].kind == node->kind) {
			node->kind = fixed[i].parent;
			return;
		}
	}
	switch (node->kind) {
	case SIM_GROUP:
		node->kind = SIM_GROUPS;
		break;
	case SIM_DRIVER:
		node->kind = SIM_DRIVERS;
		break;
	case SIM_DOMAIN:
		node->kind = SIM_DEVICES;
		break;
	case SIM_DEVICE:
		node->kind = SIM_DOMAIN;
		break;
	case SIM_VFIO_DEV:
		node->kind = SIM_DEVICE_VFIO;
		break;
	default:
		break;
	}
}

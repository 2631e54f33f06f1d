/* SPDX-License-Identifier: BSD-3-Clause */
/* What files and links of sysfs say. */
#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the character devices: one of those that are given out when a driver asks for any. */
#define CDEV_MAJOR 511

/* sysfs_emit_at stops one byte before the page's last, without a word. */
#define SYSFS_MAX 4095

bool sim_node_is_link_(const struct sim_node *node)
{
	return node->kind == SIM_GROUP_DEVICE || node->kind == SIM_PCI_DEVICE ||
	       node->kind == SIM_DEVICE_DRIVER || node->kind == SIM_DEVICE_GROUP;
}

static bool is_file(const struct sim_node *node)
{
	switch (node->kind) {
	case SIM_GROUP_REGIONS:
	case SIM_GROUP_TYPE:
	case SIM_GROUP_NAME:
	case SIM_DEVICE_VENDOR:
	case SIM_DEVICE_ID:
	case SIM_DEVICE_CLASS:
	case SIM_VFIO_DEV_NUMBER:
	case SIM_DEV_CONTAINER:
	case SIM_DEV_GROUP:
	case SIM_DEV_CDEV:
	case SIM_DEV_IOMMU:
		return true;
	default:
		return false;
	}
}

bool sim_node_is_dir_(const struct sim_node *node)
{
	return !sim_node_is_link_(node) && !is_file(node);
}

/* IOC:iommu_group_show_resv_regions. */
static int regions_text(struct iova_sim *sim, const struct sim_group *group, char **ret_text)
{
	struct sim_regions regions;
	size_t length = 0, size = SYSFS_MAX + 1;
	char *text;
	int r = sim_regions_of_group_(sim, group, &regions);

	if (r < 0)
		return r;
	text = sim_alloc_(sim, size);
	if (!text) {
		sim_regions_free_(&regions);
		return -ENOMEM;
	}
	for (size_t i = 0; i < regions.n && length < SYSFS_MAX; i++) {
		const struct sim_region *region = &regions.items[i];

		snprintf(text + length, size - length, "0x%016llx 0x%016llx %s\n",
			 (unsigned long long)region->range.start,
			 (unsigned long long)region->range.last, region->word);
		length += strlen(text + length);
	}
	sim_regions_free_(&regions);
	*ret_text = text;
	return 0;
}

/*
 * The text of a file; the caller frees it. IOC:iommu_group_show_type, and of a
 * device drivers/pci/pci-sysfs.c.
 */
int sim_node_text_(struct iova_sim *sim, const struct sim_node *node, char **ret_text)
{
	char line[SIM_WORD_MAX + 16];
	char *text;

	switch (node->kind) {
	case SIM_GROUP_REGIONS:
		return regions_text(sim, node->group, ret_text);
	case SIM_GROUP_TYPE:
		snprintf(line, sizeof line, "%s\n", node->group->type);
		break;
	case SIM_GROUP_NAME:
		snprintf(line, sizeof line, "vfio-noiommu\n");
		break;
	case SIM_DEVICE_VENDOR:
		snprintf(line, sizeof line, "0x%04x\n", node->device->vendor);
		break;
	case SIM_DEVICE_ID:
		snprintf(line, sizeof line, "0x%04x\n", node->device->device);
		break;
	case SIM_DEVICE_CLASS:
		snprintf(line, sizeof line, "0x%06x\n", node->device->class_code);
		break;
	case SIM_VFIO_DEV_NUMBER:
		snprintf(line, sizeof line, "%d:%u\n", CDEV_MAJOR, node->device->vfio_number);
		break;
	case SIM_DEV_CONTAINER:
	case SIM_DEV_GROUP:
	case SIM_DEV_CDEV:
	case SIM_DEV_IOMMU:
		return -EINVAL; /* character devices without a read function */
	default:
		return -EISDIR;
	}
	text = sim_strdup_(sim, line);
	if (!text)
		return -ENOMEM;
	*ret_text = text;
	return 0;
}

void sim_node_link_(const struct sim_node *node, char *target, size_t size)
{
	const char *name = node->device->name;
	const char *colon = strrchr(name, ':');
	int bus = (int)(colon ? colon - name : (ptrdiff_t)strlen(name));

	switch (node->kind) {
	case SIM_GROUP_DEVICE:
		snprintf(target, size, "../../../../devices/pci%.*s/%s", bus, name, name);
		break;
	case SIM_PCI_DEVICE:
		snprintf(target, size, "../../../devices/pci%.*s/%s", bus, name, name);
		break;
	case SIM_DEVICE_DRIVER:
		snprintf(target, size, "../../../bus/pci/drivers/%s", node->device->driver);
		break;
	default:
		snprintf(target, size, "../../../kernel/iommu_groups/%u", node->device->group->id);
		break;
	}
}

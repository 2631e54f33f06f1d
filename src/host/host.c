/* SPDX-License-Identifier: BSD-3-Clause */
/* Looking things up in a host. */
#include "host/host.h"

#include "base/opts.h"

#include <errno.h>
#include <string.h>

/* Of what VT-d keeps for an ISA bridge. */
#define ISA_LAST 0xffffff

const struct iova_group *iova_host_group_(const struct iova_host *host, uint32_t group)
{
	size_t low = 0, high = host->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (host->groups[middle].info.id < group)
			low = middle + 1;
		else
			high = middle;
	}
	return low < host->n && host->groups[low].info.id == group ? &host->groups[low] : NULL;
}

/* The only member that a test holds for; NULL for none or several. */
static const struct iova_device_info *only_member(const struct iova_group *group,
						  bool (*test)(const struct iova_device_info *))
{
	const struct iova_device_info *found = NULL;

	for (size_t i = 0; i < group->info.n_devices; i++) {
		if (!test(&group->devices[i]))
			continue;
		if (found)
			return NULL;
		found = &group->devices[i];
	}
	return found;
}

static bool has_member(const struct iova_group *group,
		       bool (*test)(const struct iova_device_info *))
{
	for (size_t i = 0; i < group->info.n_devices; i++)
		if (test(&group->devices[i]))
			return true;
	return false;
}

static bool is_isa_bridge(const struct iova_device_info *device)
{
	return device->class_code >> 8 == 0x0601;
}

/* device_rmrr_is_relaxable, drivers/iommu/intel/iommu.c: USB controllers and displays. */
static bool is_usb_or_display(const struct iova_device_info *device)
{
	return device->class_code >> 8 == 0x0c03 || device->class_code >> 16 == 0x03;
}

const struct iova_device_info *iova_group_region_owner_(const struct iova_group *group,
							const struct iova_region *region)
{
	/* An interrupt window is the IOMMU's own, the same for all its devices. */
	if (region->type == IOVA_REGION_MSI)
		return NULL;
	if (group->info.n_devices == 1)
		return &group->devices[0];
	/*
	 * The first 16 MiB come with an ISA bridge (CONFIG_INTEL_IOMMU_FLOPPY_WA). The kernel
	 * merges what touches them, so a region that goes on behind them may be of two devices.
	 */
	if (region->range.start == 0 && region->range.last >= ISA_LAST &&
	    has_member(group, is_isa_bridge))
		return region->range.last == ISA_LAST ? only_member(group, is_isa_bridge) : NULL;
	return region->type == IOVA_REGION_DIRECT_RELAXABLE ?
		       only_member(group, is_usb_or_display) :
		       NULL;
}

bool iova_group_is_doubtful_(const struct iova_group *group)
{
	return group->info.regions != IOVA_REGIONS_READ &&
	       group->info.regions != IOVA_REGIONS_EMPTY;
}

IOVA_API size_t iova_host_count_groups(const struct iova_host *host)
{
	return host ? host->n : 0;
}

IOVA_API int iova_host_nth_group(const struct iova_host *host, size_t i,
				 struct iova_group_info *ret_info)
{
	if (!host || !ret_info)
		return -EINVAL;
	if (i >= host->n)
		return -ENOENT;
	return iova_info_write_(ret_info, sizeof *ret_info, &host->groups[i].info,
				sizeof *ret_info);
}

IOVA_API int iova_host_find_group(const struct iova_host *host, uint32_t group,
				  struct iova_group_info *ret_info)
{
	const struct iova_group *found;

	if (!host)
		return -EINVAL;
	found = iova_host_group_(host, group);
	if (!found)
		return -ENOENT;
	if (!ret_info)
		return 0;
	return iova_info_write_(ret_info, sizeof *ret_info, &found->info, sizeof *ret_info);
}

IOVA_API int iova_host_nth_device(const struct iova_host *host, uint32_t group, size_t i,
				  struct iova_device_info *ret_info)
{
	const struct iova_group *found;

	if (!host || !ret_info)
		return -EINVAL;
	found = iova_host_group_(host, group);
	if (!found || i >= found->info.n_devices)
		return -ENOENT;
	return iova_info_write_(ret_info, sizeof *ret_info, &found->devices[i], sizeof *ret_info);
}

static const struct iova_device_info *device_of_name(const struct iova_host *host, const char *name)
{
	size_t low = 0, high = host->n_by_name;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(host->by_name[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < host->n_by_name && !strcmp(host->by_name[low]->name, name) ?
		       host->by_name[low] :
		       NULL;
}

IOVA_API int iova_host_find_device(const struct iova_host *host, const char *name,
				   struct iova_device_info *ret_info)
{
	const struct iova_device_info *found;
	char address[IOVA_DEVICE_NAME_MAX];

	if (!host || !name || !ret_info)
		return -EINVAL;
	if (iova_device_name_parse(name, &address) >= 0)
		name = address;
	found = device_of_name(host, name);
	if (!found)
		return -ENOENT;
	return iova_info_write_(ret_info, sizeof *ret_info, found, sizeof *ret_info);
}

IOVA_API int iova_host_nth_region(const struct iova_host *host, uint32_t group, size_t i,
				  struct iova_region *ret_region)
{
	const struct iova_group *found;

	if (!host || !ret_region)
		return -EINVAL;
	found = iova_host_group_(host, group);
	if (!found || i >= found->info.n_regions)
		return -ENOENT;
	*ret_region = found->regions[i];
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_HOST_HOST_H
#define IOVA_HOST_HOST_H

/*
 * The inside of a host: groups sorted by number, each with its devices sorted
 * by name and its regions in the order of the kernel's file. All of it belongs
 * to the host and never changes once read.
 */

#include "sys/sys.h"

#include <libiova/host.h>
#include <stdbool.h>

struct iova_group {
	struct iova_group_info info;
	struct iova_device_info *devices;
	struct iova_region *regions;
};

struct iova_host {
	struct iova_group *groups;
	size_t n;
	size_t room;
	const struct iova_device_info **by_name; /* all devices of all groups */
	size_t n_by_name;
};

const struct iova_group *iova_host_group_(const struct iova_host *host, uint32_t group);

/*
 * Read only the groups named, for a context: a group that is not there counts
 * as one whose files are missing. Returns 0 or an errno as iova_host_read().
 */
int iova_host_read_some_(const struct iova_sys *sys, const char *root, const uint32_t *groups,
			 size_t n_groups, struct iova_host **ret_host,
			 struct iova_failure *failure);

/*
 * The group of a PCI device, from its iommu_group link; name in the form of sysfs.
 * Returns 0, -ENOENT, or an errno as iova_host_read().
 */
int iova_host_group_of_(const struct iova_sys *sys, const char *root, const char *name,
			uint32_t *ret_group, struct iova_failure *failure);

/*
 * The device of the group that a region belongs to, or NULL where sysfs cannot
 * tell. It lists regions by group, but the kernel's rules give some away.
 */
const struct iova_device_info *iova_group_region_owner_(const struct iova_group *group,
							const struct iova_region *region);

/*
 * Whether there may be regions that are not known. An empty file is an answer: Arm and s390
 * systems have groups without a region.
 */
bool iova_group_is_doubtful_(const struct iova_group *group);

#define IOVA_GROUPS_DIR "sys/kernel/iommu_groups"
#define IOVA_HOST_PATH_SIZE 320

/* One reading of a machine. */
struct iova_reader {
	const struct iova_sys *sys;
	int root; /* an open directory */
	bool no_modalias;
};

/* read-group.c: fill in a zeroed group. Returns 0 or -ENOMEM. */
int iova_group_read_(struct iova_reader *reader, uint32_t id, struct iova_group *group);
void iova_group_done_(struct iova_group *group);

/* read-device.c: fill in the rest of a device that has its name and group. */
void iova_device_read_(struct iova_reader *reader, struct iova_device_info *device);
/* Whether a modalias, ended by its newline, is that of a PCI device; fills in its numbers if so. */
bool iova_modalias_parse_(const char *text, struct iova_device_info *device);

/* The number of a group from its directory's name. Returns 0 or -EINVAL. */
int iova_group_number_(const char *name, uint32_t *ret_group);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_MADE_HOST_H
#define TESTS_UNIT_MADE_HOST_H

/*
 * Hosts made by hand, without a file anywhere. Groups are to be added in the
 * order of their numbers. Nothing is allocated, so nothing is to be released.
 * After cmocka.h.
 */

#include "host/host.h"

#include <stdio.h>
#include <string.h>

#define MADE_GROUPS 8
#define MADE_MEMBERS 8

#define CLASS_NET 0x020000
#define CLASS_DISPLAY 0x030000
#define CLASS_ISA 0x060100
#define CLASS_USB 0x0c0330

struct made_host {
	struct iova_host host;
	struct iova_group groups[MADE_GROUPS];
	struct iova_device_info devices[MADE_GROUPS][MADE_MEMBERS];
	struct iova_region regions[MADE_GROUPS][MADE_MEMBERS];
};

static inline void made_begin(struct made_host *made)
{
	memset(made, 0, sizeof *made);
	made->host.groups = made->groups;
	made->host.room = MADE_GROUPS;
}

/* regions: IOVA_REGIONS_*. What is added next belongs to this group. */
static inline void made_group(struct made_host *made, uint32_t id, uint32_t regions)
{
	struct iova_group *group = &made->groups[made->host.n];

	assert_true(made->host.n < MADE_GROUPS);
	assert_true(!made->host.n || made->groups[made->host.n - 1].info.id < id);
	group->info.size = sizeof group->info;
	group->info.id = id;
	group->info.regions = regions;
	group->devices = made->devices[made->host.n];
	group->regions = made->regions[made->host.n];
	made->host.n++;
}

static inline struct iova_group *made_last(struct made_host *made)
{
	assert_true(made->host.n > 0);
	return &made->groups[made->host.n - 1];
}

/* driver: NULL for none. Only vfio-pci does not block. */
static inline void made_device(struct made_host *made, const char *name, uint32_t class_code,
			       const char *driver)
{
	struct iova_group *group = made_last(made);
	struct iova_device_info *device = &group->devices[group->info.n_devices++];

	assert_true(group->info.n_devices <= MADE_MEMBERS);
	device->size = sizeof *device;
	device->group = group->info.id;
	device->class_code = class_code;
	snprintf(device->name, sizeof device->name, "%s", name);
	snprintf(device->driver, sizeof device->driver, "%s", driver ? driver : "");
	device->blocks = driver && strcmp(driver, "vfio-pci") != 0;
	group->info.n_blocking += device->blocks;
}

static inline void made_region(struct made_host *made, uint64_t start, uint64_t last, uint32_t type)
{
	static const char *const words[] = { "",         "direct", "direct-relaxable",
					     "reserved", "msi",    "moonlit" };
	struct iova_group *group = made_last(made);
	struct iova_region *region = &group->regions[group->info.n_regions++];

	assert_true(group->info.n_regions <= MADE_MEMBERS);
	region->range = (struct iova_range){ start, last };
	region->type = type;
	snprintf(region->word, sizeof region->word, "%s", words[type]);
}

/* A group with one network device of its own. */
static inline void made_plain_group(struct made_host *made, uint32_t id)
{
	char name[32];

	snprintf(name, sizeof name, "0000:%02x:00.0", (unsigned)id & 0xff);
	made_group(made, id, IOVA_REGIONS_READ);
	made_device(made, name, CLASS_NET, "vfio-pci");
}

#endif

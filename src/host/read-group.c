/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One group as sysfs shows it. Whatever cannot be read is recorded in the
 * group; only running out of memory is a failure.
 */
#include "base/array.h"
#include "base/text.h"
#include "host/host.h"
#include "parse/regions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than the largest page that any Linux prints reserved_regions into. */
#define REGIONS_TEXT_MAX (64 * 1024 + 2)

struct device_names {
	struct iova_device_info *devices;
	size_t n;
	size_t room;
	uint32_t group;
};

static int compare_devices(const void *a, const void *b)
{
	return strcmp(((const struct iova_device_info *)a)->name,
		      ((const struct iova_device_info *)b)->name);
}

static int add_device(void *arg, const char *name)
{
	struct device_names *names = arg;
	struct iova_device_info *device;
	int r;

	r = iova_array_reserve_((void **)&names->devices, &names->room, names->n + 1,
				sizeof *device);
	if (r < 0)
		return r;
	device = &names->devices[names->n++];
	*device = (struct iova_device_info){ .size = sizeof *device, .group = names->group };
	iova_text_copy_(device->name, sizeof device->name, name);
	return 0;
}

static int read_devices(struct iova_reader *reader, struct iova_group *group)
{
	struct device_names names = { .group = group->info.id };
	char path[IOVA_HOST_PATH_SIZE];
	int r;

	snprintf(path, sizeof path, IOVA_GROUPS_DIR "/%u/devices", (unsigned)group->info.id);
	r = iova_sys_list_(reader->sys, reader->root, path, add_device, &names);
	if (r == -ENOMEM) {
		free(names.devices);
		return r;
	}
	group->info.devices_error = r < 0 ? r : 0;
	if (names.n)
		qsort(names.devices, names.n, sizeof *names.devices, compare_devices);
	for (size_t i = 0; i < names.n; i++) {
		iova_device_read_(reader, &names.devices[i]);
		group->info.n_blocking += names.devices[i].blocks;
	}
	group->devices = names.devices;
	group->info.n_devices = (uint32_t)names.n;
	return 0;
}

static uint32_t judge_regions(const struct iova_parsed_regions *parsed, int64_t length)
{
	if (!length)
		return IOVA_REGIONS_EMPTY;
	if (parsed->truncated)
		return IOVA_REGIONS_TRUNCATED;
	if (parsed->n_malformed || parsed->n_inverted)
		return IOVA_REGIONS_MALFORMED;
	return IOVA_REGIONS_READ;
}

static int read_regions(struct iova_reader *reader, struct iova_group *group)
{
	struct iova_parsed_regions parsed;
	char path[IOVA_HOST_PATH_SIZE];
	int64_t length;
	char *text = malloc(REGIONS_TEXT_MAX);
	int r;

	if (!text)
		return -ENOMEM;
	snprintf(path, sizeof path, IOVA_GROUPS_DIR "/%u/reserved_regions",
		 (unsigned)group->info.id);
	length = iova_sys_read_text_(reader->sys, reader->root, path, text, REGIONS_TEXT_MAX);
	if (length < 0) {
		free(text);
		group->info.regions = length == -ENOENT ? IOVA_REGIONS_MISSING :
							  IOVA_REGIONS_UNREADABLE;
		group->info.error = length == -ENOENT ? 0 : (int32_t)length;
		return length == -ENOMEM ? -ENOMEM : 0;
	}
	r = iova_parse_regions_(text, (size_t)length, &parsed);
	free(text);
	if (r < 0)
		return r;
	group->info.regions = judge_regions(&parsed, length);
	group->info.n_regions = (uint32_t)parsed.n;
	group->regions = parsed.regions;
	return 0;
}

static void read_type(struct iova_reader *reader, struct iova_group *group)
{
	char path[IOVA_HOST_PATH_SIZE];

	snprintf(path, sizeof path, IOVA_GROUPS_DIR "/%u/type", (unsigned)group->info.id);
	if (iova_sys_read_text_(reader->sys, reader->root, path, group->info.type,
				sizeof group->info.type) < 0)
		group->info.type[0] = '\0';
	group->info.type[strcspn(group->info.type, "\n")] = '\0';
}

int iova_group_read_(struct iova_reader *reader, uint32_t id, struct iova_group *group)
{
	int r;

	group->info.size = sizeof group->info;
	group->info.id = id;
	read_type(reader, group);
	r = read_devices(reader, group);
	if (r >= 0)
		r = read_regions(reader, group);
	if (r < 0)
		iova_group_done_(group);
	return r;
}

void iova_group_done_(struct iova_group *group)
{
	free(group->devices);
	free(group->regions);
	*group = (struct iova_group){ 0 };
}

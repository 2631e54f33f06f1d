/* SPDX-License-Identifier: BSD-3-Clause */
#include "work.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void must(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "startup-work: %s: %s\n", what, strerror(-r));
	exit(EXIT_FAILURE);
}

struct iova_host *work_read(const char *root, const struct iova_sys *sys)
{
	const struct iova_host_opts opts = { .size = sizeof opts, .root = root, .sys = sys };
	struct iova_host *host = NULL;

	must(iova_host_read(&opts, &host, NULL), "reading the host");
	return host;
}

static uint32_t *groups_of(const struct iova_host *host, size_t *ret_n)
{
	size_t n = iova_host_count_groups(host);
	uint32_t *groups = calloc(n + 1, sizeof *groups);
	struct iova_group_info info = { .size = sizeof info };

	must(groups ? 0 : -1, "memory");
	for (size_t i = 0; i < n; i++) {
		must(iova_host_nth_group(host, i, &info), "a group");
		groups[i] = info.id;
	}
	*ret_n = n;
	return groups;
}

static struct iova_space *new_space(void)
{
	const struct iova_space_opts opts = { .size = sizeof opts, .width = 48 };
	struct iova_space *space = NULL;

	must(iova_space_new(&opts, &space), "a space");
	return space;
}

struct iova_space *work_merge(const struct iova_host *host)
{
	struct iova_space *space = new_space();
	size_t n;
	uint32_t *groups = groups_of(host, &n);

	must(iova_space_add_groups(space, host, groups, n, NULL), "merging");
	free(groups);
	return space;
}

struct iova_space *work_merge_each(const struct iova_host *host)
{
	struct iova_space *space = new_space();
	size_t n;
	uint32_t *groups = groups_of(host, &n);

	for (size_t i = 0; i < n; i++)
		must(iova_space_add_group(space, host, groups[i], NULL), "merging");
	free(groups);
	return space;
}

void work_find(const struct iova_host *host)
{
	struct iova_group_info group = { .size = sizeof group };
	struct iova_device_info device = { .size = sizeof device },
				found = { .size = sizeof found };

	for (size_t i = 0; iova_host_nth_group(host, i, &group) == 0; i++)
		for (size_t j = 0; iova_host_nth_device(host, group.id, j, &device) == 0; j++)
			must(iova_host_find_device(host, device.name, &found), device.name);
}

static int read_file(const char *path)
{
	char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	while (read(fd, text, sizeof text) > 0)
		;
	return close(fd);
}

static void read_names(const char *path)
{
	DIR *directory = opendir(path);

	must(directory ? 0 : -1, path);
	while (readdir(directory))
		;
	closedir(directory);
}

static void read_device(const char *group, const char *name)
{
	static const char *const files[] = { "vendor", "device", "class" };
	char path[4096], link[256];

	snprintf(path, sizeof path, "%s/devices/%s/modalias", group, name);
	if (read_file(path) < 0)
		for (size_t i = 0; i < 3; i++) {
			snprintf(path, sizeof path, "%s/devices/%s/%s", group, name, files[i]);
			must(read_file(path), path);
		}
	snprintf(path, sizeof path, "%s/devices/%s/driver", group, name);
	if (readlink(path, link, sizeof link) < 0)
		return;
}

void work_floor(const char *root, const struct iova_host *host)
{
	struct iova_group_info info = { .size = sizeof info };
	struct iova_device_info device = { .size = sizeof device };
	char group[2048], path[4096];

	for (size_t i = 0; iova_host_nth_group(host, i, &info) == 0; i++) {
		snprintf(group, sizeof group, "%s/sys/kernel/iommu_groups/%u", root,
			 (unsigned)info.id);
		snprintf(path, sizeof path, "%s/type", group);
		must(read_file(path), path);
		snprintf(path, sizeof path, "%s/reserved_regions", group);
		must(read_file(path), path);
		snprintf(path, sizeof path, "%s/devices", group);
		read_names(path);
		for (size_t j = 0; iova_host_nth_device(host, info.id, j, &device) == 0; j++)
			read_device(group, device.name);
	}
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a machine: which groups there are, and each of them. */
#include "base/array.h"
#include "base/failure.h"
#include "base/opts.h"
#include "base/text.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int iova_group_number_(const char *name, uint32_t *ret_group)
{
	uint64_t number = 0;

	if (!name[0])
		return -EINVAL;
	for (const char *p = name; *p; p++) {
		if (*p < '0' || *p > '9')
			return -EINVAL;
		number = number * 10 + (uint64_t)(*p - '0');
		if (number >= IOVA_GROUP_NONE)
			return -EINVAL;
	}
	*ret_group = (uint32_t)number;
	return 0;
}

static int compare_groups(const void *a, const void *b)
{
	uint32_t x = ((const struct iova_group *)a)->info.id;
	uint32_t y = ((const struct iova_group *)b)->info.id;

	return (x > y) - (x < y);
}

static int add_group(struct iova_host *host, uint32_t id)
{
	int r = iova_array_reserve_((void **)&host->groups, &host->room, host->n + 1,
				    sizeof *host->groups);

	if (r < 0)
		return r;
	host->groups[host->n++] = (struct iova_group){ .info.id = id };
	return 0;
}

struct names {
	struct iova_host *host;
	bool is_refused; /* by us, not by the system */
};

static int add_named_group(void *arg, const char *name)
{
	struct names *names = arg;
	uint32_t id;
	int r;

	if (iova_group_number_(name, &id) < 0)
		return 0;
	r = add_group(names->host, id);
	names->is_refused = r < 0;
	return r;
}

static int open_root(const struct iova_sys *sys, const char *root, struct iova_failure *failure)
{
	int fd = iova_sys_open_(sys, -1, root ? root : "/", O_RDONLY | O_DIRECTORY);

	if (fd < 0) {
		iova_text_copy_(failure->path, sizeof failure->path, root ? root : "/");
		iova_kernel_failed_(failure, IOVA_STEP_READ_HOST, fd);
	}
	return fd;
}

static int list_groups(const struct iova_sys *sys, int root, const char *name,
		       struct iova_host *host, struct iova_failure *failure)
{
	struct names names = { .host = host };
	int r = iova_sys_list_(sys, root, IOVA_GROUPS_DIR, add_named_group, &names);

	if (r >= 0)
		return 0;
	if (names.is_refused)
		return iova_failed_(failure, IOVA_STEP_READ_HOST, IOVA_WHY_UNKNOWN, r);
	snprintf(failure->path, sizeof failure->path, "%s/" IOVA_GROUPS_DIR, name ? name : "");
	iova_kernel_failed_(failure, IOVA_STEP_READ_HOST, r);
	if (r == -ENOENT)
		failure->why = IOVA_WHY_NO_SYSFS;
	return r;
}

static int compare_names(const void *a, const void *b)
{
	const struct iova_device_info *x = *(const struct iova_device_info *const *)a;
	const struct iova_device_info *y = *(const struct iova_device_info *const *)b;
	int r = strcmp(x->name, y->name);

	/* One that has changed its group meanwhile may be met twice. */
	return r ? r : (x->group > y->group) - (x->group < y->group);
}

static int sort_names(struct iova_host *host)
{
	size_t n = 0;

	for (size_t i = 0; i < host->n; i++)
		n += host->groups[i].info.n_devices;
	if (!n)
		return 0;
	host->by_name = malloc(n * sizeof *host->by_name);
	if (!host->by_name)
		return -ENOMEM;
	for (size_t i = 0; i < host->n; i++)
		for (size_t j = 0; j < host->groups[i].info.n_devices; j++)
			host->by_name[host->n_by_name++] = &host->groups[i].devices[j];
	qsort(host->by_name, n, sizeof *host->by_name, compare_names);
	return 0;
}

static int read_groups(const struct iova_sys *sys, int root, struct iova_host *host,
		       struct iova_failure *failure)
{
	struct iova_reader reader = { .sys = sys, .root = root };
	int r = 0;

	if (host->n)
		qsort(host->groups, host->n, sizeof *host->groups, compare_groups);
	for (size_t i = 0; i < host->n && r >= 0; i++)
		r = iova_group_read_(&reader, host->groups[i].info.id, &host->groups[i]);
	if (r >= 0)
		r = sort_names(host);
	return r < 0 ? iova_failed_(failure, IOVA_STEP_READ_HOST, IOVA_WHY_UNKNOWN, r) : 0;
}

static int add_groups(struct iova_host *host, const uint32_t *groups, size_t n_groups,
		      struct iova_failure *failure)
{
	for (size_t i = 0; i < n_groups; i++) {
		int r = add_group(host, groups[i]);

		if (r < 0)
			return iova_failed_(failure, IOVA_STEP_READ_HOST, IOVA_WHY_UNKNOWN, r);
	}
	return 0;
}

/* groups: which to read, or NULL for all there are. */
static int read_host(const struct iova_sys *sys, const char *root, const uint32_t *groups,
		     size_t n_groups, struct iova_host **ret_host, struct iova_failure *failure)
{
	struct iova_host *host = calloc(1, sizeof *host);
	int fd, r;

	if (!host)
		return iova_failed_(failure, IOVA_STEP_READ_HOST, IOVA_WHY_UNKNOWN, -ENOMEM);
	fd = open_root(sys, root, failure);
	if (fd < 0) {
		free(host);
		return fd;
	}
	if (groups)
		r = add_groups(host, groups, n_groups, failure);
	else
		r = list_groups(sys, fd, root, host, failure);
	if (r >= 0)
		r = read_groups(sys, fd, host, failure);
	iova_sys_close_(sys, fd);
	if (r < 0) {
		iova_host_free(host);
		return r;
	}
	*ret_host = host;
	return 0;
}

int iova_host_read_some_(const struct iova_sys *sys, const char *root, const uint32_t *groups,
			 size_t n_groups, struct iova_host **ret_host, struct iova_failure *failure)
{
	return read_host(sys, root, groups, n_groups, ret_host, failure);
}

int iova_host_group_of_(const struct iova_sys *sys, const char *root, const char *name,
			uint32_t *ret_group, struct iova_failure *failure)
{
	char path[IOVA_DEVICE_NAME_MAX + 64], target[256];
	const char *slash;
	int64_t length;
	int fd, r;

	fd = open_root(sys, root, failure);
	if (fd < 0)
		return fd;
	iova_text_copy_(failure->device, sizeof failure->device, name);
	snprintf(path, sizeof path, "sys/bus/pci/devices/%s/iommu_group", name);
	length = iova_sys_read_link_(sys, fd, path, target, sizeof target);
	iova_sys_close_(sys, fd);
	if (length < 0) {
		iova_kernel_failed_(failure, IOVA_STEP_FIND_GROUP, (int)length);
		if (length == -ENOENT)
			failure->why = IOVA_WHY_NO_DEVICE;
		return (int)length;
	}
	slash = strrchr(target, '/');
	r = iova_group_number_(slash ? slash + 1 : target, ret_group);
	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_FIND_GROUP, IOVA_WHY_BAD_REPLY, -EPROTO);
	failure->group = *ret_group;
	return 0;
}

IOVA_API int iova_host_read(const struct iova_host_opts *opts, struct iova_host **ret_host,
			    struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	struct iova_host_opts known;
	const struct iova_sys *sys;
	int r;

	r = ret_host ? iova_opts_read_(&known, sizeof known, sizeof known, opts) : -EINVAL;
	if (r < 0)
		iova_failed_(&failure, IOVA_STEP_ARGUMENT,
			     ret_host ? IOVA_WHY_OPTIONS : IOVA_WHY_NULL, r);
	if (r >= 0) {
		r = iova_sys_choose_(known.sys, &sys);
		if (r < 0)
			iova_failed_(&failure, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS, r);
	}
	if (r >= 0)
		r = read_host(sys, known.root, NULL, 0, ret_host, &failure);
	return iova_failure_give_(reterr_failure, &failure, r);
}

IOVA_API void iova_host_free(struct iova_host *host)
{
	if (!host)
		return;
	for (size_t i = 0; i < host->n; i++)
		iova_group_done_(&host->groups[i]);
	free(host->groups);
	free(host->by_name);
	free(host);
}

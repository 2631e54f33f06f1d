/* SPDX-License-Identifier: BSD-3-Clause */
/* What a context looks for: groups and devices, attached or not. */
#include "base/failure.h"
#include "base/text.h"
#include "context/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define GROUPS_DIR "sys/kernel/iommu_groups"

size_t iova_ctx_find_group_(const struct iova_ctx *ctx, uint32_t group)
{
	size_t i;

	for (i = 0; i < ctx->n_groups; i++)
		if (ctx->groups[i].id == group)
			break;
	return i;
}

size_t iova_ctx_find_attached_(const struct iova_ctx *ctx, const char *name)
{
	size_t i;

	for (i = 0; i < ctx->n_devices; i++)
		if (strcmp(ctx->devices[i].name, name) == 0)
			break;
	return i;
}

size_t iova_ctx_count_devices_(const struct iova_ctx *ctx, uint32_t group)
{
	size_t n = 0;

	for (size_t i = 0; i < ctx->n_devices; i++)
		n += ctx->devices[i].group == group;
	return n;
}

/* No files at all means no group; a masked sysfs looks the same, so the node decides first. */
bool iova_ctx_group_is_unknown_(const struct iova_ctx *ctx, uint32_t group)
{
	const struct iova_group *found = iova_host_group_(ctx->host, group);

	return !found || (found->info.regions == IOVA_REGIONS_MISSING &&
			  found->info.devices_error == -ENOENT);
}

static int find_any(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return 1;
}

/* Whether sysfs has groups: 1, 0, or a negative errno if its list cannot be read. */
static int sysfs_has_groups(const struct iova_ctx *ctx)
{
	const struct iova_sys *sys = ctx->backend.sys;
	int root = iova_sys_open_(sys, -1, ctx->root ? ctx->root : "/", O_RDONLY | O_DIRECTORY);
	int r;

	if (root < 0)
		return root;
	r = iova_sys_list_(sys, root, GROUPS_DIR, find_any, NULL);
	iova_sys_close_(sys, root);
	return r;
}

/* A lent fd does not tell its number; one that sysfs has never heard of is a wrong one. */
int iova_ctx_check_number_(const struct iova_ctx *ctx, uint32_t group, struct iova_failure *failure)
{
	if (!iova_ctx_group_is_unknown_(ctx, group) || sysfs_has_groups(ctx) != 1)
		return 0;
	return iova_failed_(failure, IOVA_STEP_FIND_GROUP, IOVA_WHY_NO_GROUP, -ENOENT);
}

int iova_ctx_find_device_(const struct iova_ctx *ctx, const char *name, uint32_t *ret_group,
			  struct iova_failure *failure)
{
	char address[IOVA_DEVICE_NAME_MAX];
	int r = iova_device_name_parse(name, &address);

	if (r < 0) {
		iova_text_copy_(failure->device, sizeof failure->device, name);
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_BAD_DEVICE_NAME, r);
	}
	r = iova_host_group_of_(ctx->backend.sys, ctx->root, address, ret_group, failure);
	if (failure->why == IOVA_WHY_NO_DEVICE && sysfs_has_groups(ctx) == -ENOENT) {
		failure->why = IOVA_WHY_NO_SYSFS;
		snprintf(failure->path, sizeof failure->path, "%s/" GROUPS_DIR,
			 ctx->root ? ctx->root : "");
	}
	return r;
}

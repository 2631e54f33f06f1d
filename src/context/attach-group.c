/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups entering a container, and leaving it. */
#include "backend/group.h"
#include "backend/iommufd.h"
#include "base/failure.h"
#include "base/text.h"
#include "context/attach.h"
#include "uapi/vfio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

/* A group without an IOMMU has a node of another name, so that nobody takes it for a safe one. */
static bool has_unsafe_node(const struct iova_ctx *ctx, uint32_t id, char *path, size_t size)
{
	int fd;

	snprintf(path, size, "/dev/vfio/noiommu-%u", (unsigned)id);
	fd = iova_sys_open_(ctx->backend.sys, -1, path, O_RDWR);
	if (fd >= 0)
		iova_sys_close_(ctx->backend.sys, fd);
	return fd >= 0 || fd == -EACCES;
}

/* One way or the other: a group whose device is bound cannot be opened, and is not open itself. */
static bool is_used_the_new_way(const struct iova_ctx *ctx, uint32_t id)
{
	const struct iova_group *known = iova_host_group_(ctx->host, id);
	const struct iova_sys *sys = ctx->backend.sys;
	bool is_closed = false;

	for (uint32_t i = 0; known && !is_closed && i < known->info.n_devices; i++) {
		struct iova_failure ignored = iova_failure_about_(id);
		char node[32];
		int cdev = iova_cdev_find_(sys, ctx->root, known->devices[i].name, node,
					   sizeof node, &ignored);

		if (cdev >= 0)
			cdev = iova_cdev_open_(sys, node, &ignored);
		if (cdev < 0)
			continue;
		is_closed = iova_cdev_group_is_closed_(sys, cdev);
		iova_sys_close_(sys, cdev);
	}
	return is_closed;
}

static int open_group(struct iova_ctx *ctx, struct attached_group *group,
		      struct iova_failure *failure)
{
	bool is_unsafe = ctx->backend.kind == IOVA_BACKEND_NOIOMMU;
	char path[48];
	int r;

	snprintf(path, sizeof path, is_unsafe ? "/dev/vfio/noiommu-%u" : "/dev/vfio/%u",
		 (unsigned)group->id);
	r = iova_sys_open_(ctx->backend.sys, -1, path, O_RDWR);
	if (r >= 0) {
		group->fd = r;
		return 0;
	}
	iova_text_copy_(failure->path, sizeof failure->path, path);
	iova_kernel_failed_(failure, IOVA_STEP_OPEN_GROUP, r);
	if (r == -ENOENT && !is_unsafe && has_unsafe_node(ctx, group->id, path, sizeof path)) {
		iova_text_copy_(failure->path, sizeof failure->path, path);
		failure->why = IOVA_WHY_NO_TRANSLATION;
	} else if (r == -ENOENT && iova_ctx_group_is_unknown_(ctx, group->id)) {
		failure->why = IOVA_WHY_NO_GROUP;
	} else if (r == -EBUSY && is_used_the_new_way(ctx, group->id)) {
		failure->why = IOVA_WHY_GROUP_OPEN;
	}
	return r;
}

/* From a group fd to a group in the container. Says in group->own_attach what it did. */
static int enter_container(struct iova_ctx *ctx, struct attached_group *group,
			   struct iova_failure *failure)
{
	uint32_t status;
	int r = iova_group_status_(&ctx->backend, group->fd, &status, failure);

	if (r < 0)
		return r;
	if (status & IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET)
		return 0;
	/* Up to 5.17 the kernel would take the group and refuse its devices later. */
	if (!(status & IOVA_VFIO_GROUP_FLAGS_VIABLE))
		return iova_failed_(failure, IOVA_STEP_SET_CONTAINER, IOVA_WHY_NOT_VIABLE, -EPERM);
	r = iova_group_set_container_(&ctx->backend, group->fd, failure);
	group->own_attach = r >= 0;
	return r;
}

static void undo_enter(struct iova_ctx *ctx, const struct attached_group *group)
{
	struct iova_failure ignored = iova_failure_about_(group->id);
	int r;

	if (!group->own_attach)
		return;
	r = iova_group_unset_container_(&ctx->backend, group->fd, &ignored);
	if (r < 0)
		iova_log_(&ctx->log, IOVA_LOG_ERR,
			  "group %u could not be taken out of the container again: errno %d",
			  (unsigned)group->id, -r);
}

/*
 * In a container of iommufd's a group has no say before one of its devices is open
 * (vfio_iommufd_compat_attach_ioas), and from 6.4 each device speaks only for itself. So all are
 * held open, which is also when the kernel would refuse them.
 */
static int hold_device(struct iova_ctx *ctx, const struct attached_group *group, const char *name,
		       struct iova_failure *failure)
{
	struct attached_device *device = &ctx->devices[ctx->n_devices];
	struct iova_failure none = iova_failure_about_(group->id);
	char node[32];
	int r = iova_cdev_find_(ctx->backend.sys, ctx->root, name, node, sizeof node, &none);

	if (none.why == IOVA_WHY_NO_CDEV)
		return 0;
	if (r < 0) {
		*failure = none;
		return r;
	}
	iova_text_copy_(failure->device, sizeof failure->device, name);
	r = iova_group_open_device_(&ctx->backend, group->fd, name, failure);
	if (r < 0)
		return r;
	*device = (struct attached_device){ .group = group->id, .fd = r, .own_fd = true };
	iova_text_copy_(device->name, sizeof device->name, name);
	ctx->n_devices++;
	return 0;
}

static int hold_devices(struct iova_ctx *ctx, const struct attached_group *group,
			struct iova_failure *failure)
{
	const struct iova_group *known = iova_host_group_(ctx->host, group->id);
	size_t n = ctx->n_devices;
	int r;

	if (ctx->backend.kind != IOVA_BACKEND_COMPAT)
		return 0;
	/* What sysfs hides cannot be held, and then no range is believed. */
	r = known->info.devices_error;
	if (r < 0 && r != -ENOENT && r != -EACCES && r != -EPERM)
		return iova_kernel_failed_(failure, IOVA_STEP_READ_HOST, r);
	r = iova_ctx_reserve_(ctx, known->info.n_devices, failure);
	for (uint32_t i = 0; r >= 0 && i < known->info.n_devices; i++)
		r = hold_device(ctx, group, known->devices[i].name, failure);
	if (r < 0)
		iova_ctx_drop_devices_(ctx, n, ctx->n_devices - n);
	else
		iova_text_copy_(failure->device, sizeof failure->device, "");
	return r;
}

/* The group is in the container; make it one of ours. */
static int settle(struct iova_ctx *ctx, const struct attached_group *group,
		  struct iova_change *ret_change, struct iova_failure *failure)
{
	bool had_iommu = ctx->has_iommu;
	size_t n = ctx->n_devices;
	/* A group of ours keeps the IOMMU; others may have come or gone since we looked. */
	int r = ctx->n_groups ? 1 : iova_backend_has_iommu_(&ctx->backend, failure);

	if (!r)
		r = iova_container_set_iommu_(&ctx->backend, failure);
	if (r < 0)
		return r;
	if (ctx->backend.kind == IOVA_BACKEND_COMPAT)
		r = iova_container_find_ioas_(&ctx->backend, failure);
	if (r >= 0)
		r = hold_devices(ctx, group, failure);
	if (r < 0)
		return r;
	ctx->has_iommu = true;
	r = iova_ctx_take_(ctx, ret_change, failure);
	if (r < 0) {
		ctx->has_iommu = had_iommu;
		iova_ctx_drop_devices_(ctx, n, ctx->n_devices - n);
		return r;
	}
	ctx->groups[ctx->n_groups++] = *group;
	return 0;
}

int iova_ctx_enter_group_(struct iova_ctx *ctx, uint32_t id, int fd, struct iova_change *ret_change,
			  struct iova_failure *failure)
{
	struct attached_group group = { .id = id, .fd = fd, .own_fd = fd < 0 };
	int r;

	if (iova_ctx_find_group_(ctx, id) < ctx->n_groups)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_ALREADY_ATTACHED,
				    -EALREADY);
	r = iova_ctx_reserve_(ctx, 0, failure);
	if (r >= 0)
		r = iova_ctx_read_host_(ctx, id, failure);
	if (r < 0)
		return r;
	r = group.own_fd ? open_group(ctx, &group, failure) :
			   iova_ctx_check_number_(ctx, id, failure);
	if (r < 0)
		return r;
	r = iova_ctx_try_group_(ctx, id, failure);
	if (r >= 0)
		r = enter_container(ctx, &group, failure);
	if (r >= 0) {
		r = settle(ctx, &group, ret_change, failure);
		if (r < 0)
			undo_enter(ctx, &group);
	}
	if (r < 0) {
		if (group.own_fd)
			iova_sys_close_(ctx->backend.sys, group.fd);
		return r;
	}
	iova_log_(&ctx->log, IOVA_LOG_INFO, "attached group %u%s", (unsigned)id,
		  group.own_attach ? "" : ", which was in the container already");
	return 0;
}

/*
 * Behind iommufd a group may leave while a device of it is open, and that stays attached (group.c:
 * vfio_group_ioctl_unset_container). Type1 refuses that, and so do we. The kernel tells afterwards.
 */
static bool has_open_device(const struct iova_ctx *ctx, const struct attached_group *group)
{
	struct iova_failure ignored = iova_failure_about_(group->id);
	uint32_t status;

	return ctx->backend.kind == IOVA_BACKEND_COMPAT &&
	       iova_group_status_(&ctx->backend, group->fd, &status, &ignored) >= 0 &&
	       !(status & (IOVA_VFIO_GROUP_FLAGS_VIABLE | IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET));
}

/* False if the kernel has another reason to find the group not viable: then it is gone. */
static bool reenter(struct iova_ctx *ctx, const struct attached_group *group)
{
	struct iova_failure ignored = iova_failure_about_(group->id);

	if (iova_group_set_container_(&ctx->backend, group->fd, &ignored) < 0)
		return false;
	if (hold_devices(ctx, group, &ignored) >= 0)
		return true;
	undo_enter(ctx, group);
	return false;
}

int iova_ctx_leave_group_(struct iova_ctx *ctx, size_t i, struct iova_failure *failure)
{
	const struct attached_group group = ctx->groups[i];
	int r = 0;

	if (group.own_attach)
		r = iova_group_unset_container_(&ctx->backend, group.fd, failure);
	if (r < 0)
		return r;
	for (size_t j = ctx->n_devices; j-- > 0;)
		if (ctx->devices[j].group == group.id)
			iova_ctx_drop_devices_(ctx, j, 1);
	if (group.own_attach && has_open_device(ctx, &group) && reenter(ctx, &group))
		return iova_failed_(failure, IOVA_STEP_UNSET_CONTAINER, IOVA_WHY_UNKNOWN, -EBUSY);
	iova_ctx_drop_group_(ctx, i);
	return 0;
}

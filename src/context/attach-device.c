/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices coming to an IOAS by their character devices, and leaving it. */
#include "backend/iommufd.h"
#include "base/failure.h"
#include "base/text.h"
#include "context/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/*
 * The kernel says EINVAL to binding a device that is bound, and to much else. A group whose device
 * is bound cannot be opened (group.c: vfio_group_fops_open), which tells. Devices of ours in the
 * group would make it look so, too.
 */
static bool is_bound_elsewhere(const struct iova_ctx *ctx, uint32_t group)
{
	char path[48];
	int fd;

	if (iova_ctx_find_group_(ctx, group) < ctx->n_groups)
		return false;
	snprintf(path, sizeof path, "/dev/vfio/%u", (unsigned)group);
	fd = iova_sys_open_(ctx->backend.sys, -1, path, O_RDWR);
	if (fd >= 0)
		iova_sys_close_(ctx->backend.sys, fd);
	return fd == -EBUSY;
}

static int tell_bound(struct iova_failure *failure)
{
	failure->why = IOVA_WHY_BOUND;
	failure->error = -EBUSY;
	return -EBUSY;
}

static int tell_foreign(struct iova_failure *failure)
{
	return iova_failed_(failure, IOVA_STEP_ADOPT_CDEV, IOVA_WHY_NOT_CDEV, -EBADFD);
}

static int open_own(struct iova_ctx *ctx, struct attached_device *device,
		    struct iova_failure *failure)
{
	char node[32];
	int r = iova_cdev_find_(ctx->backend.sys, ctx->root, device->name, node, sizeof node,
				failure);

	if (r >= 0)
		r = iova_cdev_open_(ctx->backend.sys, node, failure);
	if (r < 0)
		return r;
	device->fd = r;
	device->own_fd = true;
	return 0;
}

/* Through a descriptor that is bound already the device answers questions. */
static int bind_device(struct iova_ctx *ctx, const struct attached_device *device,
		       struct iova_failure *failure)
{
	uint32_t ignored;
	int r = iova_cdev_bind_(&ctx->backend, device->fd, &ignored, failure);

	if (r >= 0)
		return 0;
	if (!device->own_fd && iova_backend_is_foreign_(r) &&
	    !iova_cdev_is_one_(ctx->backend.sys, device->fd))
		return tell_foreign(failure);
	if (r != -EINVAL)
		return r;
	if (device->own_fd ? is_bound_elsewhere(ctx, device->group) :
			     iova_cdev_is_bound_(ctx->backend.sys, device->fd) > 0)
		return tell_bound(failure);
	return r;
}

static int attach_bound(struct iova_ctx *ctx, struct attached_device *device,
			struct iova_failure *failure)
{
	int r = iova_cdev_attach_(&ctx->backend, device->fd, failure);

	if (r == -EADDRINUSE && ctx->pinned.n)
		failure->why = IOVA_WHY_BREAKS_PROMISE;
	device->own_attach = r >= 0;
	return r;
}

/* What a lender bound and attached is only looked at. */
static int adopt_bound(struct iova_ctx *ctx, const struct attached_device *device, uint32_t id,
		       struct iova_failure *failure)
{
	int r = iova_cdev_is_bound_(ctx->backend.sys, device->fd);

	if (r < 0)
		return iova_kernel_failed_(failure, IOVA_STEP_ADOPT_CDEV, r);
	if (!r || !iova_cdev_is_one_(ctx->backend.sys, device->fd))
		return tell_foreign(failure);
	return iova_cdev_recognise_(&ctx->backend, id, failure);
}

/* The device is one of ours then. */
static int bring(struct iova_ctx *ctx, const struct arrival *arrival, struct iova_failure *failure)
{
	struct attached_device *device = &ctx->devices[ctx->n_devices];
	int r;

	*device = (struct attached_device){ .group = arrival->group, .fd = arrival->fd };
	iova_text_copy_(device->name, sizeof device->name, arrival->name);
	iova_text_copy_(failure->device, sizeof failure->device, arrival->name);
	r = arrival->fd < 0 ? open_own(ctx, device, failure) : 0;
	if (r < 0)
		return r;
	if (arrival->id) {
		r = adopt_bound(ctx, device, arrival->id, failure);
	} else {
		r = bind_device(ctx, device, failure);
		if (r >= 0)
			r = attach_bound(ctx, device, failure);
	}
	if (r < 0) {
		if (device->own_fd)
			iova_sys_close_(ctx->backend.sys, device->fd);
		return r;
	}
	ctx->n_devices++;
	return 0;
}

/* Those from an index on, which came just now. */
static void send_back(struct iova_ctx *ctx, size_t from)
{
	for (size_t i = from; i < ctx->n_devices; i++) {
		struct iova_failure ignored = iova_failure_about_(ctx->devices[i].group);
		int r = 0;

		if (ctx->devices[i].own_attach)
			r = iova_cdev_detach_(&ctx->backend, ctx->devices[i].fd, &ignored);
		if (r < 0)
			iova_log_(&ctx->log, IOVA_LOG_ERR,
				  "%s could not be detached again: errno %d", ctx->devices[i].name,
				  -r);
	}
	iova_ctx_drop_devices_(ctx, from, ctx->n_devices - from);
}

/* What came is attached: make it part of the picture. */
static int settle(struct iova_ctx *ctx, uint32_t group, struct iova_change *ret_change,
		  struct iova_failure *failure)
{
	bool is_new = iova_ctx_find_group_(ctx, group) == ctx->n_groups;
	int r;

	if (is_new)
		ctx->groups[ctx->n_groups++] = (struct attached_group){ .id = group, .fd = -1 };
	r = iova_ctx_take_pinned_(ctx, ret_change, failure);
	if (r < 0 && is_new)
		ctx->n_groups--;
	return r;
}

/* A group that is new to the context is tried on the space before the kernel is asked. */
static int prepare(struct iova_ctx *ctx, uint32_t group, struct iova_failure *failure)
{
	bool is_new = iova_ctx_find_group_(ctx, group) == ctx->n_groups;
	int r = iova_ctx_read_host_(ctx, is_new ? group : IOVA_GROUP_NONE, failure);

	if (r >= 0 && is_new)
		r = iova_ctx_try_group_(ctx, group, failure);
	return r;
}

int iova_ctx_enter_device_(struct iova_ctx *ctx, const struct arrival *arrival,
			   struct iova_change *ret_change, struct iova_failure *failure)
{
	size_t n = ctx->n_devices;
	int r;

	if (iova_ctx_find_attached_(ctx, arrival->name) < n)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_ALREADY_ATTACHED,
				    -EALREADY);
	r = iova_ctx_reserve_(ctx, 1, failure);
	if (r >= 0)
		r = prepare(ctx, arrival->group, failure);
	if (r >= 0)
		r = bring(ctx, arrival, failure);
	if (r < 0)
		return r;
	r = settle(ctx, arrival->group, ret_change, failure);
	if (r < 0) {
		send_back(ctx, n);
		return r;
	}
	iova_log_(&ctx->log, IOVA_LOG_INFO, "attached %s of group %u to IOAS %u%s", arrival->name,
		  (unsigned)arrival->group, (unsigned)ctx->backend.ioas,
		  arrival->id ? ", where it was already" : "");
	return 0;
}

/* A device without a VFIO driver has no node, and is no reason to refuse the others. */
static int bring_all(struct iova_ctx *ctx, const struct iova_group *known,
		     struct iova_failure *failure)
{
	int r = 0;

	for (uint32_t i = 0; r >= 0 && i < known->info.n_devices; i++) {
		const struct arrival arrival = { .name = known->devices[i].name,
						 .group = known->info.id,
						 .fd = -1 };
		struct iova_failure none = iova_failure_about_(known->info.id);
		char node[32];

		r = iova_cdev_find_(ctx->backend.sys, ctx->root, arrival.name, node, sizeof node,
				    &none);
		if (none.why == IOVA_WHY_NO_CDEV) {
			r = 0;
			continue;
		}
		if (r < 0) {
			*failure = none;
			break;
		}
		r = bring(ctx, &arrival, failure);
	}
	return r;
}

int iova_ctx_enter_devices_(struct iova_ctx *ctx, uint32_t group, struct iova_change *ret_change,
			    struct iova_failure *failure)
{
	const struct iova_group *known;
	size_t n = ctx->n_devices;
	int r;

	if (iova_ctx_find_group_(ctx, group) < ctx->n_groups)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_ALREADY_ATTACHED,
				    -EALREADY);
	r = prepare(ctx, group, failure);
	if (r < 0)
		return r;
	known = iova_host_group_(ctx->host, group);
	r = known->info.devices_error;
	if (r < 0 && r != -ENOENT)
		return iova_kernel_failed_(failure, IOVA_STEP_READ_HOST, r);
	r = iova_ctx_reserve_(ctx, known->info.n_devices, failure);
	if (r >= 0)
		r = bring_all(ctx, known, failure);
	if (r >= 0 && ctx->n_devices == n)
		r = iova_failed_(failure, IOVA_STEP_OPEN_CDEV,
				 iova_ctx_group_is_unknown_(ctx, group) ? IOVA_WHY_NO_GROUP :
									  IOVA_WHY_NO_CDEV,
				 -ENOENT);
	if (r >= 0) {
		iova_text_copy_(failure->device, sizeof failure->device, "");
		r = settle(ctx, group, ret_change, failure);
	}
	if (r < 0) {
		send_back(ctx, n);
		return r;
	}
	iova_log_(&ctx->log, IOVA_LOG_INFO, "attached %zu devices of group %u to IOAS %u",
		  ctx->n_devices - n, (unsigned)group, (unsigned)ctx->backend.ioas);
	return 0;
}

static bool is_meant(const struct attached_device *device, uint32_t group, const char *name)
{
	return device->group == group && (!name || strcmp(device->name, name) == 0);
}

static void attach_again(const struct iova_ctx *ctx, const struct attached_device *device)
{
	struct iova_failure failure = iova_failure_about_(device->group);

	if (iova_cdev_attach_(&ctx->backend, device->fd, &failure) < 0)
		iova_log_(&ctx->log, IOVA_LOG_ERR,
			  "%s could not be attached again to IOAS %u: errno %d", device->name,
			  (unsigned)ctx->backend.ioas, -failure.error);
}

/*
 * Of an attached device the kernel changes the page table in one step, and with it that of its whole
 * group (device.c: iommufd_device_do_replace), so that the first takes the others along.
 */
static int move_group(struct iova_ctx *to, const struct iova_ctx *from, uint32_t group,
		      struct iova_change *ret_change, struct iova_failure *failure)
{
	size_t n = to->n_devices;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < from->n_devices; i++) {
		if (from->devices[i].group != group)
			continue;
		to->devices[to->n_devices] = from->devices[i];
		r = attach_bound(to, &to->devices[to->n_devices], failure);
		to->n_devices += r >= 0;
	}
	if (r >= 0)
		r = settle(to, group, ret_change, failure);
	if (r >= 0)
		return 0;
	for (size_t i = 0; i < from->n_devices && to->n_devices > n; i++)
		if (from->devices[i].group == group)
			attach_again(from, &from->devices[i]);
	to->n_devices = n;
	return r;
}

int iova_ctx_move_group_(struct iova_ctx *to, struct iova_ctx *from, uint32_t group,
			 struct iova_change *ret_change, struct iova_failure *failure)
{
	int r = iova_ctx_reserve_(to, iova_ctx_count_devices_(from, group), failure);

	if (r >= 0)
		r = prepare(to, group, failure);
	if (r >= 0)
		r = move_group(to, from, group, ret_change, failure);
	if (r < 0)
		return r;
	for (size_t i = from->n_devices; i-- > 0;) {
		if (from->devices[i].group != group)
			continue;
		from->devices[i].own_fd = false; /* it is the other's now */
		iova_ctx_drop_devices_(from, i, 1);
	}
	iova_ctx_drop_group_(from, iova_ctx_find_group_(from, group));
	return 0;
}

int iova_ctx_leave_devices_(struct iova_ctx *ctx, uint32_t group, const char *name,
			    struct iova_failure *failure)
{
	size_t i;
	int r = 0;

	for (i = 0; i < ctx->n_devices && r >= 0; i++) {
		const struct attached_device *device = &ctx->devices[i];

		if (!is_meant(device, group, name) || !device->own_attach)
			continue;
		iova_text_copy_(failure->device, sizeof failure->device, device->name);
		r = iova_cdev_detach_(&ctx->backend, device->fd, failure);
	}
	if (r < 0) {
		for (i--; i-- > 0;)
			if (is_meant(&ctx->devices[i], group, name) && ctx->devices[i].own_attach)
				attach_again(ctx, &ctx->devices[i]);
		return r;
	}
	for (i = ctx->n_devices; i-- > 0;)
		if (is_meant(&ctx->devices[i], group, name))
			iova_ctx_drop_devices_(ctx, i, 1);
	if (iova_ctx_count_devices_(ctx, group) == 0)
		iova_ctx_drop_group_(ctx, iova_ctx_find_group_(ctx, group));
	return 0;
}

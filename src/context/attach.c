/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups and devices coming into a context. */
#include "context/attach.h"

#include "base/array.h"
#include "base/failure.h"
#include "base/range.h"

#include <errno.h>
#include <string.h>

int iova_ctx_reserve_(struct iova_ctx *ctx, size_t n_devices, struct iova_failure *failure)
{
	int r = iova_array_reserve_((void **)&ctx->groups, &ctx->groups_room, ctx->n_groups + 1,
				    sizeof *ctx->groups);

	if (r >= 0)
		r = iova_array_reserve_((void **)&ctx->devices, &ctx->devices_room,
					ctx->n_devices + n_devices, sizeof *ctx->devices);
	return r < 0 ? iova_failed_(failure, IOVA_STEP_OPEN_GROUP, IOVA_WHY_UNKNOWN, r) : 0;
}

void iova_ctx_drop_devices_(struct iova_ctx *ctx, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++)
		if (ctx->devices[i].own_fd)
			iova_sys_close_(ctx->backend.sys, ctx->devices[i].fd);
	if (!n)
		return;
	ctx->n_devices -= n;
	memmove(&ctx->devices[from], &ctx->devices[from + n],
		(ctx->n_devices - from) * sizeof *ctx->devices);
}

void iova_ctx_drop_group_(struct iova_ctx *ctx, size_t i)
{
	if (ctx->groups[i].own_fd)
		iova_sys_close_(ctx->backend.sys, ctx->groups[i].fd);
	ctx->n_groups--;
	memmove(&ctx->groups[i], &ctx->groups[i + 1], (ctx->n_groups - i) * sizeof *ctx->groups);
}

/* The kernel guards a promise only against what it reserves itself, which is not all of it. */
static int check_promise(const struct iova_ctx *ctx, const struct iova_set *left,
			 struct iova_failure *failure)
{
	for (size_t i = 0; i < left->n; i++) {
		struct iova_range lost;

		if (iova_set_find(&ctx->pinned, left->ranges[i].start, &lost) < 0 ||
		    !range_overlaps(&lost, &left->ranges[i]))
			continue;
		lost = range_shared(&lost, &left->ranges[i]);
		failure->iova = lost.start;
		failure->length = lost.last - lost.start + 1;
		return iova_failed_(failure, IOVA_STEP_TRY, IOVA_WHY_BREAKS_PROMISE, -EADDRINUSE);
	}
	return 0;
}

int iova_ctx_try_group_(struct iova_ctx *ctx, uint32_t group, struct iova_failure *failure)
{
	struct iova_change *change = NULL;
	int r = iova_change_new(&change);

	if (r >= 0)
		r = iova_space_try_group(ctx->space, ctx->host, group, change);
	if (r < 0) {
		iova_change_free(change);
		return iova_failed_(failure, IOVA_STEP_TRY, IOVA_WHY_UNKNOWN, r);
	}
	for (size_t i = 0; i < change->n_broken && r >= 0; i++) {
		const struct broken_mapping *broken = &change->broken[i];
		char text[320];

		iova_conflict_text(&broken->conflict, text, sizeof text);
		if (broken->conflict.verdict != IOVA_VERDICT_REFUSE ||
		    (ctx->flags & IOVA_CTX_UNCHECKED)) {
			iova_log_(&ctx->log, IOVA_LOG_WARNING,
				  "attaching group %u: the live mapping 0x%llx-0x%llx: %s",
				  (unsigned)group, (unsigned long long)broken->mapping.range.start,
				  (unsigned long long)broken->mapping.range.last, text);
			continue;
		}
		failure->iova = broken->mapping.range.start;
		failure->length = broken->mapping.range.last - broken->mapping.range.start + 1;
		failure->vaddr = broken->mapping.vaddr;
		failure->conflict = broken->conflict;
		failure->n_conflicts = 1;
		r = iova_failed_(failure, IOVA_STEP_TRY, IOVA_WHY_BREAKS_MAPPING, -EADDRINUSE);
	}
	if (r >= 0)
		r = check_promise(ctx, &change->left[IOVA_TIER_USABLE - 1], failure);
	iova_change_free(change);
	return r;
}

/* A group on iommufd is its devices. */
static int attach_group(struct iova_ctx *ctx, uint32_t group, struct iova_change *ret_change,
			struct iova_failure *failure)
{
	return iova_backend_has_groups_(&ctx->backend) ?
		       iova_ctx_enter_group_(ctx, group, -1, ret_change, failure) :
		       iova_ctx_enter_devices_(ctx, group, ret_change, failure);
}

IOVA_API int iova_ctx_attach_group(struct iova_ctx *ctx, uint32_t group,
				   struct iova_change *ret_change,
				   struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(group);
	int r;

	if (!ctx)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	r = attach_group(ctx, group, ret_change, &failure);
	r = iova_ctx_give_(ctx, reterr_failure, &failure, r);
	pthread_mutex_unlock(&ctx->lock);
	return r;
}

IOVA_API int iova_ctx_adopt_group(struct iova_ctx *ctx, uint32_t group, int fd,
				  struct iova_change *ret_change,
				  struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(group);
	int r;

	if (!ctx)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	if (fd < 0)
		r = iova_failed_(&failure, IOVA_STEP_ADOPT_GROUP, IOVA_WHY_UNKNOWN, -EBADF);
	else if (!iova_backend_has_groups_(&ctx->backend))
		r = iova_failed_(&failure, IOVA_STEP_ARGUMENT, IOVA_WHY_BACKEND, -EINVAL);
	else
		r = iova_ctx_enter_group_(ctx, group, fd, ret_change, &failure);
	r = iova_ctx_give_(ctx, reterr_failure, &failure, r);
	pthread_mutex_unlock(&ctx->lock);
	return r;
}

static int attach_named(struct iova_ctx *ctx, const char *name, struct iova_change *ret_change,
			struct iova_failure *failure)
{
	struct arrival arrival = { .group = IOVA_GROUP_NONE, .fd = -1 };
	char address[IOVA_DEVICE_NAME_MAX];
	int r = iova_ctx_find_device_(ctx, name, &arrival.group, failure);

	if (r < 0)
		return r;
	if (iova_backend_has_groups_(&ctx->backend))
		return iova_ctx_enter_group_(ctx, arrival.group, -1, ret_change, failure);
	memcpy(address, failure->device, sizeof address);
	arrival.name = address;
	return iova_ctx_enter_device_(ctx, &arrival, ret_change, failure);
}

int iova_ctx_attach_named_(struct iova_ctx *ctx, const char *name, struct iova_failure *failure)
{
	return attach_named(ctx, name, NULL, failure);
}

IOVA_API int iova_ctx_attach_device(struct iova_ctx *ctx, const char *name,
				    struct iova_change *ret_change,
				    struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	int r;

	if (!ctx || !name)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	r = attach_named(ctx, name, ret_change, &failure);
	r = iova_ctx_give_(ctx, reterr_failure, &failure, r);
	pthread_mutex_unlock(&ctx->lock);
	return r;
}

static int adopt_device(struct iova_ctx *ctx, const char *name, struct arrival arrival,
			struct iova_change *ret_change, struct iova_failure *failure)
{
	char address[IOVA_DEVICE_NAME_MAX];
	int r;

	if (iova_backend_has_groups_(&ctx->backend))
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_BACKEND, -EINVAL);
	r = iova_ctx_find_device_(ctx, name, &arrival.group, failure);
	if (r < 0)
		return r;
	memcpy(address, failure->device, sizeof address);
	arrival.name = address;
	if (arrival.fd < 0)
		return iova_failed_(failure, IOVA_STEP_ADOPT_CDEV, IOVA_WHY_UNKNOWN, -EBADF);
	return iova_ctx_enter_device_(ctx, &arrival, ret_change, failure);
}

IOVA_API int iova_ctx_adopt_device(struct iova_ctx *ctx, const char *name, int fd,
				   uint32_t device_id, struct iova_change *ret_change,
				   struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	struct arrival arrival = { .group = IOVA_GROUP_NONE, .fd = fd, .id = device_id };
	int r;

	if (!ctx || !name)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	r = adopt_device(ctx, name, arrival, ret_change, &failure);
	r = iova_ctx_give_(ctx, reterr_failure, &failure, r);
	pthread_mutex_unlock(&ctx->lock);
	return r;
}

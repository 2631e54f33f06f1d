/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups and devices leaving a context, and what is attached gives access to. */
#include "backend/group.h"
#include "base/failure.h"
#include "base/text.h"
#include "context/attach.h"

#include <errno.h>
#include <string.h>

/*
 * With the last group type1 drops every mapping. An IOAS keeps them, but nobody would answer for
 * them; where it is lent, its lender does.
 */
int iova_ctx_check_last_(const struct iova_ctx *ctx, size_t n_leaving, struct iova_failure *failure)
{
	bool has_groups = iova_backend_has_groups_(&ctx->backend);
	size_t n = has_groups ? ctx->n_groups : ctx->n_devices;

	if (n > n_leaving || !iova_space_count(ctx->space) || (!has_groups && !ctx->own_ioas))
		return 0;
	failure->expected = iova_space_count(ctx->space);
	return iova_failed_(failure, has_groups ? IOVA_STEP_UNSET_CONTAINER : IOVA_STEP_DETACH,
			    IOVA_WHY_MAPPINGS_LIVE, -EBUSY);
}

static int look_anew(struct iova_ctx *ctx, struct iova_change *ret_change,
		     struct iova_failure *failure)
{
	int r = iova_ctx_look_for_iommu_(ctx, failure);

	if (r >= 0)
		r = iova_ctx_read_host_(ctx, IOVA_GROUP_NONE, failure);
	return r < 0 ? r : iova_ctx_take_(ctx, ret_change, failure);
}

static int detach_group(struct iova_ctx *ctx, uint32_t id, struct iova_change *ret_change,
			struct iova_failure *failure)
{
	bool has_groups = iova_backend_has_groups_(&ctx->backend);
	size_t i = iova_ctx_find_group_(ctx, id);
	int r;

	if (i == ctx->n_groups)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_NOT_ATTACHED, -ENOENT);
	r = iova_ctx_check_last_(ctx, has_groups ? 1 : iova_ctx_count_devices_(ctx, id), failure);
	if (r >= 0)
		r = has_groups ? iova_ctx_leave_group_(ctx, i, failure) :
				 iova_ctx_leave_devices_(ctx, id, NULL, failure);
	if (r < 0)
		return r;
	iova_log_(&ctx->log, IOVA_LOG_INFO, "detached group %u", (unsigned)id);
	return look_anew(ctx, ret_change, failure);
}

/* Also of a device that sysfs does not have any more. */
static int leave_alone(struct iova_ctx *ctx, const char *name, struct iova_failure *failure)
{
	char address[IOVA_DEVICE_NAME_MAX];
	size_t i;
	int r = iova_device_name_parse(name, &address);

	iova_text_copy_(failure->device, sizeof failure->device, r < 0 ? name : address);
	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_BAD_DEVICE_NAME, r);
	i = iova_ctx_find_attached_(ctx, address);
	if (i == ctx->n_devices)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_NOT_ATTACHED, -ENOENT);
	failure->group = ctx->devices[i].group;
	r = iova_ctx_check_last_(ctx, 1, failure);
	if (r >= 0)
		r = iova_ctx_leave_devices_(ctx, failure->group, address, failure);
	if (r >= 0)
		iova_log_(&ctx->log, IOVA_LOG_INFO, "detached %s", address);
	return r;
}

static int detach_device(struct iova_ctx *ctx, const char *name, struct iova_change *ret_change,
			 struct iova_failure *failure)
{
	int r;

	if (iova_backend_has_groups_(&ctx->backend)) {
		r = iova_ctx_find_device_(ctx, name, &failure->group, failure);
		return r < 0 ? r : detach_group(ctx, failure->group, ret_change, failure);
	}
	r = leave_alone(ctx, name, failure);
	return r < 0 ? r : look_anew(ctx, ret_change, failure);
}

IOVA_API int iova_ctx_detach_device(struct iova_ctx *ctx, const char *name,
				    struct iova_change *ret_change,
				    struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	int r;

	if (!ctx || !name)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	r = detach_device(ctx, name, ret_change, &failure);
	r = iova_ctx_give_(ctx, reterr_failure, &failure, r);
	pthread_mutex_unlock(&ctx->lock);
	return r;
}

IOVA_API int iova_ctx_detach_group(struct iova_ctx *ctx, uint32_t group,
				   struct iova_change *ret_change,
				   struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(group);
	int r;

	if (!ctx)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	r = detach_group(ctx, group, ret_change, &failure);
	pthread_mutex_unlock(&ctx->lock);
	return iova_ctx_give_(ctx, reterr_failure, &failure, r);
}

IOVA_API int iova_ctx_group_fd(struct iova_ctx *ctx, uint32_t group)
{
	size_t i;
	int fd;

	if (!ctx)
		return -EINVAL;
	pthread_mutex_lock(&ctx->lock);
	i = iova_ctx_find_group_(ctx, group);
	fd = i < ctx->n_groups && ctx->groups[i].fd >= 0 ? ctx->groups[i].fd : -ENOENT;
	pthread_mutex_unlock(&ctx->lock);
	return fd;
}

/* A character device is bound once: what the caller gets is the same open file. */
static int duplicate_device(const struct iova_ctx *ctx, struct iova_failure *failure)
{
	size_t i = iova_ctx_find_attached_(ctx, failure->device);
	int r;

	if (i == ctx->n_devices)
		return iova_failed_(failure, IOVA_STEP_OPEN_DEVICE, IOVA_WHY_NOT_ATTACHED, -ENOENT);
	r = iova_sys_duplicate_(ctx->backend.sys, ctx->devices[i].fd);
	return r < 0 ? iova_kernel_failed_(failure, IOVA_STEP_OPEN_DEVICE, r) : r;
}

static int open_device(struct iova_ctx *ctx, const char *name, struct iova_failure *failure)
{
	size_t i;
	int r = iova_ctx_find_device_(ctx, name, &failure->group, failure);

	if (r < 0)
		return r;
	i = iova_ctx_find_group_(ctx, failure->group);
	if (i == ctx->n_groups)
		return iova_failed_(failure, IOVA_STEP_OPEN_DEVICE, IOVA_WHY_NOT_ATTACHED, -ENOENT);
	if (!iova_backend_has_groups_(&ctx->backend))
		return duplicate_device(ctx, failure);
	return iova_group_open_device_(&ctx->backend, ctx->groups[i].fd, failure->device, failure);
}

IOVA_API int iova_ctx_open_device(struct iova_ctx *ctx, const char *name,
				  struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	int r;

	if (!ctx || !name)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	r = open_device(ctx, name, &failure);
	pthread_mutex_unlock(&ctx->lock);
	return iova_ctx_give_(ctx, reterr_failure, &failure, r);
}

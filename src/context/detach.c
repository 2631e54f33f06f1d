/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups leaving a context, and what an attached group gives access to. */
#include "base/failure.h"
#include "context/context.h"

#include <errno.h>
#include <string.h>

static void drop(struct iova_ctx *ctx, size_t i)
{
	if (ctx->groups[i].own_fd)
		iova_sys_close_(ctx->type1.sys, ctx->groups[i].fd);
	ctx->n_groups--;
	memmove(&ctx->groups[i], &ctx->groups[i + 1], (ctx->n_groups - i) * sizeof *ctx->groups);
}

static int detach(struct iova_ctx *ctx, uint32_t id, struct iova_change *ret_change,
		  struct iova_failure *failure)
{
	size_t i = iova_ctx_find_group_(ctx, id);
	int r = 0;

	if (i == ctx->n_groups)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_NOT_ATTACHED, -ENOENT);
	if (ctx->n_groups == 1 && iova_space_count(ctx->space)) {
		failure->expected = iova_space_count(ctx->space);
		return iova_failed_(failure, IOVA_STEP_UNSET_CONTAINER, IOVA_WHY_MAPPINGS_LIVE,
				    -EBUSY);
	}
	if (ctx->groups[i].own_attach)
		r = iova_type1_unset_container_(&ctx->type1, ctx->groups[i].fd, failure);
	if (r < 0)
		return r;
	drop(ctx, i);
	iova_log_(&ctx->log, IOVA_LOG_INFO, "detached group %u", (unsigned)id);
	r = iova_ctx_look_for_iommu_(ctx, failure);
	if (r >= 0)
		r = iova_ctx_read_host_(ctx, IOVA_GROUP_NONE, failure);
	return r < 0 ? r : iova_ctx_take_(ctx, ret_change, failure);
}

IOVA_API int iova_ctx_detach_group(struct iova_ctx *ctx, uint32_t group,
				   struct iova_change *ret_change,
				   struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(group);
	int r;

	if (!ctx) {
		iova_failed_(&failure, IOVA_STEP_ARGUMENT, IOVA_WHY_NULL, -EINVAL);
		return iova_failure_give_(reterr_failure, &failure, -EINVAL);
	}
	pthread_mutex_lock(&ctx->lock);
	r = detach(ctx, group, ret_change, &failure);
	pthread_mutex_unlock(&ctx->lock);
	return iova_failure_give_(reterr_failure, &failure, r);
}

IOVA_API int iova_ctx_group_fd(struct iova_ctx *ctx, uint32_t group)
{
	size_t i;
	int fd;

	if (!ctx)
		return -EINVAL;
	pthread_mutex_lock(&ctx->lock);
	i = iova_ctx_find_group_(ctx, group);
	fd = i < ctx->n_groups ? ctx->groups[i].fd : -ENOENT;
	pthread_mutex_unlock(&ctx->lock);
	return fd;
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
	return iova_type1_open_device_(&ctx->type1, ctx->groups[i].fd, failure->device, failure);
}

IOVA_API int iova_ctx_open_device(struct iova_ctx *ctx, const char *name,
				  struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	int r;

	if (!ctx || !name) {
		iova_failed_(&failure, IOVA_STEP_ARGUMENT, IOVA_WHY_NULL, -EINVAL);
		return iova_failure_give_(reterr_failure, &failure, -EINVAL);
	}
	pthread_mutex_lock(&ctx->lock);
	r = open_device(ctx, name, &failure);
	pthread_mutex_unlock(&ctx->lock);
	return iova_failure_give_(reterr_failure, &failure, r);
}

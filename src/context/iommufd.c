/* SPDX-License-Identifier: BSD-3-Clause */
/* What a context stands on, and the promise that only iommufd can make. */
#include <libiova/iommufd.h>

#include "backend/iommufd.h"
#include "base/failure.h"
#include "base/opts.h"
#include "context/attach.h"

#include <errno.h>

int iova_ctx_give_(const struct iova_ctx *ctx, struct iova_failure *reterr_failure,
		   struct iova_failure *failure, int r)
{
	failure->backend = ctx->backend.kind;
	return iova_failure_give_(reterr_failure, failure, r);
}

int iova_ctx_need_iommufd_(const struct iova_ctx *ctx, struct iova_failure *failure)
{
	if (!iova_backend_has_groups_(&ctx->backend))
		return 0;
	return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_BACKEND, -EINVAL);
}

IOVA_API int iova_ctx_info(struct iova_ctx *ctx, struct iova_ctx_info *ret_info)
{
	struct iova_ctx_info info = { .size = sizeof info };

	if (!ctx || !ret_info)
		return -EINVAL;
	pthread_mutex_lock(&ctx->lock);
	info.backend = ctx->backend.kind;
	info.flags = (ctx->own_fd ? IOVA_CTX_INFO_OWN_FD : 0) |
		     (ctx->own_ioas ? IOVA_CTX_INFO_OWN_IOAS : 0) |
		     (ctx->pinned.n ? IOVA_CTX_INFO_PINNED : 0);
	info.fd = ctx->backend.fd;
	info.ioas = ctx->backend.ioas;
	info.n_groups = (uint32_t)ctx->n_groups;
	info.n_devices = (uint32_t)ctx->n_devices;
	pthread_mutex_unlock(&ctx->lock);
	return iova_info_write_(ret_info, sizeof info, &info, sizeof info);
}

/* What the caller reserved or the policy refuses is not usable, and so not promised to anybody. */
int iova_ctx_promise_(struct iova_ctx *ctx, const struct iova_picture *picture,
		      struct iova_failure *failure)
{
	struct iova_set usable = { 0 };
	int r;

	r = iova_set_assign(&usable, &picture->tiers[IOVA_TIER_USABLE - 1]);
	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_PIN, IOVA_WHY_UNKNOWN, r);
	r = iova_ioas_allow_(&ctx->backend, &usable, failure);
	if (r < 0) {
		iova_set_done_(&usable);
		return r;
	}
	iova_set_done_(&ctx->pinned);
	ctx->pinned = usable;
	return 0;
}

static int pin(struct iova_ctx *ctx, struct iova_failure *failure)
{
	if (!iova_ctx_may_map_(ctx))
		return iova_failed_(failure, IOVA_STEP_PIN, IOVA_WHY_NO_IOMMU, -ENODEV);
	return iova_ctx_promise_(ctx, &iova_space_view_(ctx->space)->picture, failure);
}

/* In a lent IOAS the list may be the lender's, if it is not ours. */
int iova_ctx_unpin_(struct iova_ctx *ctx, struct iova_failure *failure)
{
	const struct iova_set none = { 0 };
	int r = 0;

	if (ctx->own_ioas || ctx->pinned.n)
		r = iova_ioas_allow_(&ctx->backend, &none, failure);
	if (r >= 0)
		iova_set_clear(&ctx->pinned);
	return r;
}

/* One of the two, with the lock. */
static int change_promise(struct iova_ctx *ctx,
			  int (*change)(struct iova_ctx *, struct iova_failure *),
			  struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	int r;

	if (!ctx)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	r = iova_ctx_need_iommufd_(ctx, &failure);
	if (r >= 0)
		r = change(ctx, &failure);
	r = iova_ctx_give_(ctx, reterr_failure, &failure, r);
	pthread_mutex_unlock(&ctx->lock);
	return r;
}

IOVA_API int iova_ctx_pin(struct iova_ctx *ctx, struct iova_failure *reterr_failure)
{
	return change_promise(ctx, pin, reterr_failure);
}

IOVA_API int iova_ctx_unpin(struct iova_ctx *ctx, struct iova_failure *reterr_failure)
{
	return change_promise(ctx, iova_ctx_unpin_, reterr_failure);
}

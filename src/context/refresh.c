/* SPDX-License-Identifier: BSD-3-Clause */
/* Keeping a context's space true to the kernel and to sysfs. */
#include "base/failure.h"
#include "context/context.h"
#include "parse/type1-info.h"

#include <errno.h>
#include <stdlib.h>

/* A lent container may have its IOMMU from groups that we do not know of, and lose it with them. */
int iova_ctx_look_for_iommu_(struct iova_ctx *ctx, struct iova_failure *failure)
{
	int r = 0;

	if (ctx->n_groups)
		return 0;
	if (!ctx->own_fd || !iova_backend_has_groups_(&ctx->backend))
		r = iova_backend_has_iommu_(&ctx->backend, failure);
	if (r < 0)
		return r;
	ctx->has_iommu = r;
	return 0;
}

int iova_ctx_read_host_(struct iova_ctx *ctx, uint32_t with, struct iova_failure *failure)
{
	uint32_t *groups = calloc(ctx->n_groups + 1, sizeof *groups);
	size_t n = ctx->n_groups;
	struct iova_host *host;
	int r;

	if (!groups)
		return iova_failed_(failure, IOVA_STEP_READ_HOST, IOVA_WHY_UNKNOWN, -ENOMEM);
	for (size_t i = 0; i < n; i++)
		groups[i] = ctx->groups[i].id;
	if (with != IOVA_GROUP_NONE)
		groups[n++] = with;
	r = iova_host_read_some_(ctx->backend.sys, ctx->root, groups, n, &host, failure);
	free(groups);
	if (r < 0)
		return r;
	iova_host_free(ctx->host);
	ctx->host = host;
	return 0;
}

/* Without an IOMMU there is nobody to ask: the space is what is known without a kernel. */
static int ask_kernel(struct iova_ctx *ctx, struct iova_backend_state *ret_state,
		      struct iova_failure *failure)
{
	if (ctx->has_iommu)
		return iova_backend_read_(&ctx->backend, ctx->memory.page_size, ctx->n_devices != 0,
					  ret_state, failure);
	*ret_state = (struct iova_backend_state){ .granule = ctx->memory.page_size,
						  .list = IOVA_LIST_NONE };
	return 0;
}

/* What the space knew of a group before; NULL if the group is new to it. */
static const struct iova_group *known_before(const struct iova_ctx *ctx, uint32_t id)
{
	const struct group_list *list = &iova_space_view_(ctx->space)->inputs.groups;

	for (size_t i = 0; i < list->n; i++)
		if (list->groups[i]->group.info.id == id)
			return &list->groups[i]->group;
	return NULL;
}

/*
 * Said when it is news, not again with each refresh; so before the space takes
 * it, which can only fail for lack of memory.
 */
static void log_state(const struct iova_ctx *ctx, const struct iova_backend_state *state)
{
	if (state->oddities & ~(IOVA_INFO_UNKNOWN_CAP))
		iova_log_(&ctx->log, IOVA_LOG_WARNING,
			  "the kernel's list of valid ranges is odd (0x%x): taken with care",
			  (unsigned)state->oddities);
	if (ctx->has_iommu && ctx->backend.kind != IOVA_BACKEND_NOIOMMU && !ctx->n_groups &&
	    ctx->host->n && state->list == IOVA_LIST_NONE)
		iova_log_(&ctx->log, IOVA_LOG_WARNING,
			  "%s: only sysfs is known, and nothing above %u bits unless a width is "
			  "declared",
			  iova_backend_has_areas_(&ctx->backend) ?
				  "no device tells which IOVA ranges are valid" :
				  "this kernel does not list valid IOVA ranges (before Linux 5.4)",
			  IOVA_ASSUMED_WIDTH);
	for (size_t i = 0; i < ctx->host->n; i++) {
		const struct iova_group *group = &ctx->host->groups[i];
		const struct iova_group *before = known_before(ctx, group->info.id);

		if (iova_group_is_doubtful_(group) && (!before || !iova_group_is_doubtful_(before)))
			iova_log_(&ctx->log, IOVA_LOG_WARNING,
				  "group %u: reserved_regions could not be read whole, so "
				  "relaxable regions are unknown",
				  (unsigned)group->info.id);
	}
}

struct promise {
	struct iova_ctx *ctx;
	struct iova_failure *failure;
};

static int promise(void *arg, const struct iova_picture *picture)
{
	struct promise *promise = arg;

	return iova_ctx_promise_(promise->ctx, picture, promise->failure);
}

static int take(struct iova_ctx *ctx, bool pins, struct iova_change *ret_change,
		struct iova_failure *failure)
{
	struct promise asked = { ctx, failure };
	struct iova_backend_state state;
	struct iova_news news;
	int r = ask_kernel(ctx, &state, failure);

	if (r < 0)
		return r;
	news = (struct iova_news){
		.granule = state.granule,
		.list = state.list,
		.kernel = &state.ranges,
		.host = ctx->host,
		.agree = pins ? promise : NULL,
		.arg = &asked,
	};
	failure->error = 0;
	log_state(ctx, &state);
	r = iova_space_take_(ctx->space, &news, ret_change);
	if (r < 0) {
		/* A promise that failed has said so. */
		if (!failure->error)
			iova_failed_(failure, IOVA_STEP_GET_INFO,
				     r == -EPROTO ? IOVA_WHY_BAD_REPLY : IOVA_WHY_UNKNOWN, r);
	} else {
		ctx->has_available = state.has_available;
		ctx->available = state.available;
		(void)iova_ctx_ask_memory_(ctx);
	}
	iova_backend_state_done_(&state);
	return r;
}

int iova_ctx_take_(struct iova_ctx *ctx, struct iova_change *ret_change,
		   struct iova_failure *failure)
{
	return take(ctx, false, ret_change, failure);
}

int iova_ctx_take_pinned_(struct iova_ctx *ctx, struct iova_change *ret_change,
			  struct iova_failure *failure)
{
	return take(ctx, ctx->flags & IOVA_CTX_PIN, ret_change, failure);
}

IOVA_API int iova_ctx_refresh(struct iova_ctx *ctx, struct iova_change *ret_change,
			      struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	bool had_iommu;
	int r;

	if (!ctx)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	had_iommu = ctx->has_iommu;
	r = iova_ctx_look_for_iommu_(ctx, &failure);
	if (r >= 0)
		r = iova_ctx_read_host_(ctx, IOVA_GROUP_NONE, &failure);
	if (r >= 0)
		r = iova_ctx_take_(ctx, ret_change, &failure);
	if (r < 0)
		ctx->has_iommu = had_iommu;
	pthread_mutex_unlock(&ctx->lock);
	return iova_ctx_give_(ctx, reterr_failure, &failure, r);
}

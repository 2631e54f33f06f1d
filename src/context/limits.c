/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Limits, known before they bite. Both are counted here and the system is
 * asked again only when the count says that one is reached, so a map costs no
 * extra system call.
 */
#include "base/failure.h"
#include "base/opts.h"
#include "context/context.h"

#include <errno.h>

static int ask_available(struct iova_ctx *ctx, struct iova_failure *failure)
{
	struct iova_backend_state state;
	int r = iova_backend_read_(&ctx->backend, ctx->memory.page_size, ctx->n_devices != 0,
				   &state, failure);

	if (r < 0)
		return r;
	ctx->has_available = state.has_available;
	ctx->available = state.available;
	iova_backend_state_done_(&state);
	return 0;
}

static int check_entries(struct iova_ctx *ctx, uint64_t n, struct iova_failure *failure)
{
	int r;

	if (!ctx->has_available || ctx->available >= n)
		return 0;
	r = ask_available(ctx, failure);
	if (r < 0)
		return r;
	if (!ctx->has_available || ctx->available >= n)
		return 0;
	failure->expected = n;
	failure->actual = ctx->available;
	return iova_failed_(failure, IOVA_STEP_CHECK, IOVA_WHY_ENTRY_LIMIT, -ENOSPC);
}

/* By user the system tells nobody what is locked: then our own count goes on. */
int iova_ctx_ask_memory_(struct iova_ctx *ctx)
{
	uint64_t locked = ctx->memory.locked;
	struct iova_sys_memory memory;
	int r = iova_sys_memory_(ctx->backend.sys, &memory);

	if (r < 0)
		return r;
	ctx->memory = memory;
	if (ctx->charges_user)
		ctx->memory.locked = locked;
	return 0;
}

uint64_t iova_memory_left_(const struct iova_sys_memory *memory)
{
	if (memory->exempt || memory->limit == UINT64_MAX)
		return UINT64_MAX;
	return memory->limit > memory->locked ? memory->limit - memory->locked : 0;
}

bool iova_ctx_lacks_memory_(struct iova_ctx *ctx, uint64_t length)
{
	if (iova_ctx_ask_memory_(ctx) < 0)
		return false;
	return length > iova_memory_left_(&ctx->memory);
}

/* vfio_iommu_type1.c: vfio_pin_pages_remote charges every page of every mapping. */
static int check_memory(struct iova_ctx *ctx, uint64_t length, struct iova_failure *failure)
{
	if (length <= iova_memory_left_(&ctx->memory) || !iova_ctx_lacks_memory_(ctx, length))
		return 0;
	failure->expected = length;
	failure->actual = iova_memory_left_(&ctx->memory);
	return iova_failed_(failure, IOVA_STEP_CHECK, IOVA_WHY_MEMLOCK, -ENOMEM);
}

/* Iommufd charges all it pins, and pins all it maps. */
static bool is_charged(const struct iova_ctx *ctx, uint32_t map_flags)
{
	return !(map_flags & IOVA_MAP_UNCHARGED) || iova_backend_has_areas_(&ctx->backend);
}

int iova_ctx_check_limits_(struct iova_ctx *ctx, uint64_t n, uint64_t length, uint32_t map_flags,
			   struct iova_failure *failure)
{
	int r = check_entries(ctx, n, failure);

	if (r >= 0 && is_charged(ctx, map_flags))
		r = check_memory(ctx, length, failure);
	return r;
}

void iova_ctx_count_mapped_(struct iova_ctx *ctx, uint64_t length, uint32_t map_flags)
{
	if (!is_charged(ctx, map_flags))
		ctx->has_uncharged = true;
	else if (length > UINT64_MAX - ctx->memory.locked)
		ctx->memory.locked = UINT64_MAX;
	else
		ctx->memory.locked += length;
	if (ctx->has_available && ctx->available && --ctx->available == IOVA_ENTRIES_LOW)
		iova_log_(&ctx->log, IOVA_LOG_WARNING,
			  "%u mappings are left in this container: map larger pieces, or raise "
			  "dma_entry_limit of vfio_iommu_type1",
			  IOVA_ENTRIES_LOW);
}

void iova_ctx_count_unmapped_(struct iova_ctx *ctx, size_t n, uint64_t length)
{
	/* What was not charged is not given back. Unknown is as good as full: the next map asks. */
	if (ctx->has_uncharged)
		ctx->memory.locked = UINT64_MAX;
	else
		ctx->memory.locked -= length < ctx->memory.locked ? length : ctx->memory.locked;
	if (!iova_space_count(ctx->space))
		ctx->has_uncharged = false;
	if (ctx->has_available)
		ctx->available += n < UINT32_MAX - ctx->available ? (uint32_t)n : 0;
}

static int read_limits(struct iova_ctx *ctx, struct iova_limits *ret_limits,
		       struct iova_failure *failure)
{
	struct iova_limits limits = { .size = sizeof limits };
	int r = iova_ctx_look_for_iommu_(ctx, failure);

	if (r >= 0 && ctx->has_iommu)
		r = ask_available(ctx, failure);
	if (r < 0)
		return r;
	r = iova_ctx_ask_memory_(ctx);
	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_CHECK, IOVA_WHY_UNKNOWN, -EIO);
	if (ctx->has_iommu && ctx->has_available) {
		limits.flags |= IOVA_LIMITS_ENTRIES;
		limits.entries_left = ctx->available;
	}
	if (ctx->memory.exempt)
		limits.flags |= IOVA_LIMITS_EXEMPT;
	limits.memlock_limit = ctx->memory.limit;
	limits.memlock_locked = ctx->memory.locked;
	limits.memlock_left = iova_memory_left_(&ctx->memory);
	return iova_info_write_(ret_limits, sizeof limits, &limits, sizeof limits);
}

IOVA_API int iova_ctx_limits(struct iova_ctx *ctx, struct iova_limits *ret_limits,
			     struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	int r;

	if (!ctx || !ret_limits || ret_limits->size < sizeof *ret_limits) {
		iova_failed_(&failure, IOVA_STEP_ARGUMENT,
			     ctx && ret_limits ? IOVA_WHY_OPTIONS : IOVA_WHY_NULL, -EINVAL);
		return iova_failure_give_(reterr_failure, &failure, -EINVAL);
	}
	pthread_mutex_lock(&ctx->lock);
	r = read_limits(ctx, ret_limits, &failure);
	pthread_mutex_unlock(&ctx->lock);
	return iova_ctx_give_(ctx, reterr_failure, &failure, r);
}

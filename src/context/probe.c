/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finding the width by trying, for kernels that list nothing: 2^n is the
 * lowest address that needs bit n, and no firmware or interrupt window is known to
 * lie on one. What a space refuses there is not tried.
 */
#include "base/failure.h"
#include "base/range.h"
#include "context/context.h"

#include <errno.h>
#include <stdlib.h>

/* 1 if the kernel maps a granule at the address, 0 if not, or what keeps one from knowing. */
static int try_address(struct iova_ctx *ctx, uint64_t iova, void *page,
		       struct iova_failure *failure)
{
	uint64_t granule = iova_space_granule(ctx->space), unmapped;
	struct iova_range range = { iova, iova + (granule - 1) };
	struct iova_mapping mapping;
	int r;

	if (iova_table_find_(&ctx->space->table, iova, &mapping) &&
	    range_overlaps(&mapping.range, &range))
		return 1;
	r = iova_backend_map_(&ctx->backend, &range, (uintptr_t)page, IOVA_READ, failure);
	if (r == -EEXIST)
		return 1;
	/* Outside a list: EINVAL. Above the width where type1 has none: EFAULT (VT-d), ERANGE. */
	if (r == -EINVAL || r == -ERANGE || r == -EOVERFLOW ||
	    (r == -EFAULT && !iova_backend_has_areas_(&ctx->backend)))
		return 0;
	if (r < 0)
		return r;
	r = iova_backend_unmap_(&ctx->backend, &range, &unmapped, failure);
	if (r < 0) {
		struct iova_failure ignored = iova_failure_about_(IOVA_GROUP_NONE);

		/* Once more: the page is about to be somebody else's memory. */
		if (iova_backend_unmap_(&ctx->backend, &range, &unmapped, &ignored) < 0)
			iova_log_(&ctx->log, IOVA_LOG_ERR,
				  "the page tried at 0x%llx stays mapped: errno %d",
				  (unsigned long long)iova, -r);
	}
	if (r < 0)
		return r;
	if (unmapped == granule)
		return 1;
	failure->expected = granule;
	failure->actual = unmapped;
	return iova_failed_(failure, IOVA_STEP_UNMAP, IOVA_WHY_UNMAP_SIZE, -EIO);
}

/* Whether a region or reservation is there, whatever is known of the top. */
static bool is_forbidden(const struct iova_ctx *ctx, uint64_t iova)
{
	uint64_t granule = iova_space_granule(ctx->space);
	struct iova_range range = { iova, iova + (granule - 1) };
	const struct iova_claims *claims = &iova_space_view_(ctx->space)->picture.claims;

	for (size_t i = 0; i < claims->n; i++) {
		uint32_t source = claims->claims[i].source;

		if ((source == IOVA_SOURCE_REGION || source == IOVA_SOURCE_RESERVATION) &&
		    range_overlaps(&claims->claims[i].range, &range))
			return true;
	}
	return false;
}

static int probe(struct iova_ctx *ctx, uint32_t *ret_width, struct iova_failure *failure)
{
	uint64_t granule = iova_space_granule(ctx->space);
	uint32_t lowest = (uint32_t)__builtin_ctzll(granule);
	char *memory, *page;
	int r = 0;

	if (ctx->backend.kind == IOVA_BACKEND_NOIOMMU)
		return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_NO_TRANSLATION, -EOPNOTSUPP);
	if (!iova_ctx_may_map_(ctx))
		return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_NO_IOMMU, -ENODEV);
	memory = calloc(2, granule);
	if (!memory)
		return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN, -ENOMEM);
	page = memory + (-(uintptr_t)memory & (granule - 1));
	for (uint32_t width = 64; width > lowest && !r; width--) {
		uint64_t iova = (uint64_t)1 << (width - 1);

		if (is_forbidden(ctx, iova))
			continue;
		failure->iova = iova;
		failure->length = granule;
		failure->vaddr = (uintptr_t)page;
		r = try_address(ctx, iova, page, failure);
		if (r == 1)
			*ret_width = width;
	}
	free(memory);
	if (r < 0)
		return r;
	return r ? 0 : iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_NO_SPACE, -ENOSPC);
}

IOVA_API int iova_ctx_probe_width(struct iova_ctx *ctx, uint32_t *ret_width,
				  struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	uint32_t width = 0;
	int r;

	if (!ctx || !ret_width)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	r = probe(ctx, &width, &failure);
	if (r >= 0 && !iova_space_top_known(ctx->space)) {
		r = iova_space_set_width(ctx->space, width, NULL);
		if (r < 0)
			iova_failed_(&failure, IOVA_STEP_CHECK, IOVA_WHY_UNKNOWN, r);
	}
	if (r >= 0)
		*ret_width = width;
	pthread_mutex_unlock(&ctx->lock);
	return iova_ctx_give_(ctx, reterr_failure, &failure, r);
}

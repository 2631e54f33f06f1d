/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Unmapping: one request for each run of mappings without a gap, so that
 * nothing which others made in a lent container lies inside a request.
 */
#include "base/failure.h"
#include "base/range.h"
#include "context/context.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool touches(const struct iova_mapping *before, const struct iova_mapping *after)
{
	return before->range.last != UINT64_MAX && before->range.last + 1 == after->range.start;
}

/* How many mappings from first on form one run, at most n. */
static size_t run_length(const struct iova_mapping *mappings, size_t n)
{
	size_t i;

	for (i = 1; i < n && touches(&mappings[i - 1], &mappings[i]); i++)
		;
	return i;
}

/* Map again what was unmapped before a later request failed. What cannot be is forgotten. */
static void map_again(struct iova_ctx *ctx, size_t first, size_t n)
{
	struct iova_table *table = &ctx->space->table;

	for (size_t i = first + n; i-- > first;) {
		const struct iova_mapping mapping = table->mappings[i];
		struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
		int r = iova_type1_map_(&ctx->type1, &mapping.range, mapping.vaddr, mapping.access,
					&failure);

		if (r >= 0)
			continue;
		iova_log_(&ctx->log, IOVA_LOG_ERR,
			  "0x%llx-0x%llx was unmapped and cannot be mapped again: errno %d",
			  (unsigned long long)mapping.range.start,
			  (unsigned long long)mapping.range.last, -r);
		iova_table_remove_(table, i, 1);
		iova_ctx_count_unmapped_(ctx, 1, mapping.range.last - mapping.range.start + 1);
	}
}

/*
 * Without an IOMMU every request is EINVAL: the last group left by itself, because its devices
 * did, and the kernel dropped all mappings.
 */
static int unmap_run(struct iova_ctx *ctx, const struct iova_range *range, uint64_t *ret_size,
		     struct iova_failure *failure)
{
	struct iova_failure ignored = iova_failure_about_(IOVA_GROUP_NONE);
	int r = iova_type1_unmap_(&ctx->type1, range, ret_size, failure);

	if (r != -EINVAL || iova_type1_has_iommu_(&ctx->type1, &ignored) != 0)
		return r;
	*ret_size = 0;
	return 0;
}

int iova_ctx_unmap_range_(struct iova_ctx *ctx, const struct iova_range *range,
			  uint64_t *ret_unmapped, struct iova_failure *failure)
{
	struct iova_table *table = &ctx->space->table;
	uint64_t recorded = 0, unmapped = 0;
	size_t first, n, done = 0;
	int r = iova_table_select_(table, range, &first, &n);

	if (r == -EINVAL) {
		failure->conflict.region = table->mappings[first].range;
		failure->conflict.range = range_shared(&table->mappings[first].range, range);
		failure->conflict.source = IOVA_SOURCE_MAPPING;
		failure->conflict.vaddr = table->mappings[first].vaddr;
		failure->n_conflicts = 1;
		return iova_failed_(failure, IOVA_STEP_CHECK, IOVA_WHY_CUTS_MAPPING, r);
	}
	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_CHECK, IOVA_WHY_NOT_MAPPED, r);
	while (done < n) {
		const struct iova_mapping *mappings = &table->mappings[first + done];
		size_t run = run_length(mappings, n - done);
		struct iova_range whole = { mappings[0].range.start, mappings[run - 1].range.last };
		uint64_t size;

		r = unmap_run(ctx, &whole, &size, failure);
		if (r < 0) {
			map_again(ctx, first, done);
			return r;
		}
		recorded += whole.last - whole.start + 1;
		unmapped += size;
		done += run;
	}
	/*
	 * Success means that nothing is mapped there any more, whatever the size
	 * (v2: vfio_dma_do_unmap removes all or refuses all).
	 */
	iova_table_remove_(table, first, n);
	iova_ctx_count_unmapped_(ctx, n, recorded);
	if (unmapped != recorded) {
		failure->expected = recorded;
		failure->actual = unmapped;
		return iova_failed_(failure, IOVA_STEP_UNMAP, IOVA_WHY_UNMAP_SIZE, -EIO);
	}
	if (ret_unmapped)
		*ret_unmapped = unmapped;
	return 0;
}

static int unmap(struct iova_ctx *ctx, uint64_t iova, uint64_t length, uint64_t *ret_unmapped,
		 struct iova_failure *failure)
{
	struct iova_range range;

	failure->iova = iova;
	failure->length = length;
	failure->granule = iova_space_granule(ctx->space);
	if (!length)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_ZERO_LENGTH, -EINVAL);
	if ((iova | length) & (failure->granule - 1))
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_UNALIGNED, -EINVAL);
	if (iova_range_make(iova, length, &range) < 0)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_WRAPS, -EOVERFLOW);
	return iova_ctx_unmap_range_(ctx, &range, ret_unmapped, failure);
}

IOVA_API int iova_ctx_unmap(struct iova_ctx *ctx, uint64_t iova, uint64_t length,
			    uint64_t *ret_unmapped, struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	int r;

	if (!ctx) {
		iova_failed_(&failure, IOVA_STEP_ARGUMENT, IOVA_WHY_NULL, -EINVAL);
		return iova_failure_give_(reterr_failure, &failure, -EINVAL);
	}
	pthread_mutex_lock(&ctx->lock);
	r = unmap(ctx, iova, length, ret_unmapped, &failure);
	pthread_mutex_unlock(&ctx->lock);
	return iova_failure_give_(reterr_failure, &failure, r);
}

IOVA_API int iova_ctx_unmap_all(struct iova_ctx *ctx, uint64_t *ret_unmapped,
				struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	int r = 0;

	if (!ctx) {
		iova_failed_(&failure, IOVA_STEP_ARGUMENT, IOVA_WHY_NULL, -EINVAL);
		return iova_failure_give_(reterr_failure, &failure, -EINVAL);
	}
	pthread_mutex_lock(&ctx->lock);
	if (ctx->space->table.n)
		r = iova_ctx_unmap_range_(ctx, &IOVA_WHOLE_SPACE, ret_unmapped, &failure);
	else if (ret_unmapped)
		*ret_unmapped = 0;
	pthread_mutex_unlock(&ctx->lock);
	return iova_failure_give_(reterr_failure, &failure, r);
}

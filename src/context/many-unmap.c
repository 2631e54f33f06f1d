/* SPDX-License-Identifier: BSD-3-Clause */
/* Unmapping an array: requests that continue each other are one range. */
#include "base/failure.h"
#include "base/range.h"
#include "context/requests.h"

#include <errno.h>
#include <stdlib.h>

static int read_requests(const struct iova_ctx *ctx, const struct iova_request *requests, size_t n,
			 struct many_items *items, struct iova_failure *failure)
{
	items->items = calloc(n, sizeof *items->items);
	if (!items->items)
		return iova_failed_(failure, IOVA_STEP_UNMAP, IOVA_WHY_UNKNOWN, -ENOMEM);
	for (size_t i = 0; i < n; i++) {
		int r = iova_ctx_read_range_(ctx, requests[i].iova, requests[i].length,
					     &items->items[i].range, failure);

		if (r < 0)
			return r;
	}
	items->n = n;
	return 0;
}

/* In each request there is something to unmap: that there is in a neighbour would not do. */
static int check_each(const struct iova_ctx *ctx, const struct many_items *items,
		      struct iova_failure *failure)
{
	struct iova_mapping mapping;
	bool known = false;

	for (size_t i = 0; i < items->n; i++) {
		const struct iova_range *range = &items->items[i].range;

		if (known && range_overlaps(&mapping.range, range))
			continue;
		known = iova_table_find_(&ctx->space->table, range->start, &mapping);
		if (known && range_overlaps(&mapping.range, range))
			continue;
		failure->iova = range->start;
		failure->length = range->last - range->start + 1;
		return iova_failed_(failure, IOVA_STEP_CHECK, IOVA_WHY_NOT_MAPPED, -ENOENT);
	}
	return 0;
}

/* Requests that continue each other become the first of them. Returns how many are left. */
static size_t join(struct many_item *items, size_t n)
{
	size_t n_ranges = 0;

	for (size_t i = 0; i < n; i++)
		if (n_ranges && items[n_ranges - 1].range.last + 1 == items[i].range.start)
			items[n_ranges - 1].range.last = items[i].range.last;
		else
			items[n_ranges++] = items[i];
	return n_ranges;
}

static uint64_t count_bytes(const struct iova_table *table, const struct iova_range *range)
{
	struct iova_mapping mapping;
	uint64_t start = range->start, bytes = 0;

	while (iova_table_find_(table, start, &mapping) && mapping.range.last <= range->last) {
		bytes += mapping.range.last - mapping.range.start + 1;
		if (mapping.range.last == range->last)
			break;
		start = mapping.range.last + 1;
	}
	return bytes;
}

static int unmap_ranges(struct iova_ctx *ctx, const struct many_item *items, size_t n,
			struct iova_unmapping *unmapping, struct iova_failure *failure)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < n; i++) {
		failure->iova = items[i].range.start;
		failure->length = items[i].range.last - items[i].range.start + 1;
		r = iova_ctx_check_unmap_(ctx, &items[i].range, unmapping, failure);
		if (unmapping->work.progress)
			unmapping->work.total += count_bytes(&ctx->space->table, &items[i].range);
	}
	for (size_t i = 0; r >= 0 && i < n; i++) {
		failure->iova = items[i].range.start;
		failure->length = items[i].range.last - items[i].range.start + 1;
		r = iova_ctx_unmap_live_(ctx, &items[i].range, unmapping, failure);
		while (r < 0 && i > 0)
			iova_ctx_map_again_(ctx, &items[--i].range);
	}
	for (size_t i = 0; r >= 0 && i < n; i++)
		iova_ctx_forget_(ctx, &items[i].range);
	return r;
}

static int unmap_many(struct iova_ctx *ctx, const struct iova_request *requests,
		      struct many_items *items, size_t n, const struct iova_many_opts *opts,
		      uint64_t *ret_unmapped, struct iova_failure *failure)
{
	struct iova_unmapping unmapping = { 0 };
	struct iova_many_opts known;
	int r = iova_many_read_opts_(opts, 0, iova_space_granule(ctx->space), &known, failure);

	if (r < 0 || !n) {
		if (r >= 0 && ret_unmapped)
			*ret_unmapped = 0;
		return r;
	}
	r = read_requests(ctx, requests, n, items, failure);
	if (r >= 0)
		r = iova_many_sort_placed_(items, failure);
	if (r >= 0)
		r = check_each(ctx, items, failure);
	if (r < 0)
		return r;
	unmapping.work.step = known.step;
	unmapping.work.progress = known.progress;
	unmapping.work.data = known.data;
	r = unmap_ranges(ctx, items->items, join(items->items, items->n), &unmapping, failure);
	return r < 0 ? r : iova_ctx_unmap_end_(ctx, &unmapping, ret_unmapped, failure);
}

IOVA_API int iova_ctx_unmap_many(struct iova_ctx *ctx, const struct iova_request *requests,
				 size_t n_requests, const struct iova_many_opts *opts,
				 uint64_t *ret_unmapped, struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	struct many_items items = { 0 };
	int r;

	if (!ctx || (!requests && n_requests))
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	r = unmap_many(ctx, requests, &items, n_requests, opts, ret_unmapped, &failure);
	pthread_mutex_unlock(&ctx->lock);
	free(items.items);
	return iova_ctx_give_(ctx, reterr_failure, &failure, r);
}

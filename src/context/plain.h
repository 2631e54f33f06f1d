/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_CONTEXT_PLAIN_H
#define IOVA_CONTEXT_PLAIN_H

/*
 * The map and the unmap that programs make all the time, short: the table is searched once
 * for each, and nothing is prepared for what does not come. Whatever is not plain, or not
 * right, is left to the long way, which knows what to say. With the lock held.
 *
 * Both return 0, NOT_PLAIN or NO_MEMORY and then nothing has happened, or the errno of the
 * kernel's refusal, which is not asked for twice.
 */

#include "backend/ask.h"
#include "base/range.h"
#include "context/context.h"

#include <errno.h>

#define NOT_PLAIN 1
#define NO_MEMORY 2 /* for the record of a map */

/* Of what wraps, last is below start: no map passes that, and nothing recorded is like it. */
static inline struct iova_range plain_range(uint64_t start, uint64_t length)
{
	return (struct iova_range){ start, start + (length - 1) };
}

/* The last range that starts in time is mostly the one: what is above the holes. */
static inline bool plain_is_usable(const struct iova_set *set, const struct iova_range *range)
{
	for (size_t i = set->n; i-- > 0;)
		if (set->ranges[i].start <= range->start)
			return range->last <= set->ranges[i].last;
	return false;
}

/* By our own count, and not so near to them that there is something to tell. */
static inline bool plain_is_within_limits(const struct iova_ctx *ctx, uint64_t length)
{
	const struct iova_sys_memory *memory = &ctx->memory;

	return (!ctx->has_available || ctx->available > IOVA_ENTRIES_LOW + 1) &&
	       (memory->exempt ||
		(memory->locked < memory->limit && length <= memory->limit - memory->locked));
}

static inline int iova_ctx_map_plain_(struct iova_ctx *ctx, const struct iova_mapping *mapping)
{
	const struct iova_view *view = iova_space_view_(ctx->space);
	const struct iova_range *range = &mapping->range;
	uint64_t length = range->last - range->start + 1;
	struct iova_table *table = &ctx->space->table;
	int r;

	if (((mapping->vaddr | range->start | length) & (view->inputs.granule - 1)) ||
	    length - 1 > UINT64_MAX - mapping->vaddr || range->last < range->start || !length ||
	    !iova_ctx_may_map_(ctx) || (ctx->flags & IOVA_CTX_UNCHECKED) ||
	    view->picture.tiers[0].n > 8 || !plain_is_usable(&view->picture.tiers[0], range) ||
	    !plain_is_within_limits(ctx, length))
		return NOT_PLAIN;
	r = iova_table_place_(table, mapping);
	if (r < 0)
		return r == -ENOMEM ? NO_MEMORY : NOT_PLAIN;
	r = iova_backend_ask_map_(&ctx->backend, range, mapping->vaddr, mapping->access);
	if (r < 0)
		return r;
	iova_table_put_(table, mapping);
	ctx->memory.locked += length <= UINT64_MAX - ctx->memory.locked ?
				      length :
				      UINT64_MAX - ctx->memory.locked;
	ctx->available -= ctx->has_available;
	return 0;
}

/* Exactly one mapping, as it was made. */
static inline int iova_ctx_unmap_plain_(struct iova_ctx *ctx, const struct iova_range *range,
					uint64_t *ret_unmapped)
{
	uint64_t length = range->last - range->start + 1;
	uint64_t granule = iova_space_view_(ctx->space)->inputs.granule;
	int r;

	/* The granule may have grown since it was mapped. */
	if (((range->start | length) & (granule - 1)) || ctx->n_files ||
	    iova_table_hold_(&ctx->space->table, range) < 0)
		return NOT_PLAIN;
	r = iova_backend_ask_unmap_(&ctx->backend, range, ret_unmapped);
	if (r < 0)
		return r;
	iova_table_take_(&ctx->space->table);
	if (ctx->has_uncharged) {
		iova_ctx_count_unmapped_(ctx, 1, length);
		return 0;
	}
	ctx->memory.locked -= length < ctx->memory.locked ? length : ctx->memory.locked;
	ctx->available += ctx->has_available && ctx->available < UINT32_MAX - 1;
	return 0;
}

#endif

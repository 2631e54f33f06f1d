/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_CONTEXT_BATCH_H
#define IOVA_CONTEXT_BATCH_H

/*
 * An array that is to be mapped. Everything is looked at and recorded before the kernel is
 * asked: so nothing can be in the way afterwards but the kernel, and what it did is taken back.
 */

#include "context/requests.h"

/* Requests that continue each other. With a step, it is cut into pieces, each a mapping. */
struct run {
	struct iova_mapping mapping;
	uint32_t flags;
};

struct batch {
	struct iova_ctx *ctx;
	struct iova_many_opts opts;
	struct iova_work work;
	struct many_items items;
	struct run *runs;
	size_t n_runs;
	size_t room;
	size_t n_recorded; /* of the runs */
	uint64_t n_pieces;
	uint64_t charged; /* bytes that count as locked */
};

static inline bool is_anywhere(const struct batch *batch)
{
	return batch->opts.flags & IOVA_MANY_ANYWHERE;
}

static inline uint64_t length_of(const struct iova_range *range)
{
	return range->last - range->start + 1;
}

/* The piece of a range that begins at an address. */
static inline struct iova_mapping piece_at(const struct batch *batch,
					   const struct iova_mapping *whole, uint64_t start)
{
	struct iova_mapping piece = *whole;
	uint64_t cut = batch->opts.step ? start | (batch->opts.step - 1) : UINT64_MAX;

	piece.range.start = start;
	piece.range.last = cut < whole->range.last ? cut : whole->range.last;
	piece.vaddr += start - whole->range.start;
	return piece;
}

/*
 * From the options and requests to runs that nothing forbids, and records of all their pieces. On
 * failure there are no records.
 */
int iova_batch_plan_(struct batch *batch, const struct iova_request *requests, size_t n,
		     struct iova_failure *failure);

#endif

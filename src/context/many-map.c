/* SPDX-License-Identifier: BSD-3-Clause */
/* Mapping an array: all of it, or nothing. */
#include "base/failure.h"
#include "context/batch.h"
#include "context/map.h"

#include <errno.h>
#include <stdlib.h>

static void count(struct batch *batch, const struct run *run, const struct iova_range *range)
{
	uint64_t start = range->start;

	for (;;) {
		struct iova_mapping piece = piece_at(batch, &run->mapping, start);

		iova_ctx_count_mapped_(batch->ctx, length_of(&piece.range), run->flags);
		if (piece.range.last == range->last)
			break;
		start = piece.range.last + 1;
	}
}

/* What the kernel will not unmap stays recorded: it is mapped. */
static void take_back_piece(struct batch *batch, const struct run *run,
			    const struct iova_range *piece)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	uint64_t ignored;
	int r = iova_ctx_unmap_run_(batch->ctx, piece, &ignored, &failure);

	if (r >= 0) {
		iova_table_remove_all_(&batch->ctx->space->table, piece);
		return;
	}
	iova_log_(&batch->ctx->log, IOVA_LOG_ERR,
		  "0x%llx-0x%llx was mapped and cannot be unmapped again: errno %d",
		  (unsigned long long)piece->start, (unsigned long long)piece->last, -r);
	iova_ctx_count_mapped_(batch->ctx, length_of(piece), run->flags);
}

/* Piece by piece: each is a mapping, which is unmapped whole or not at all. */
static void take_back(struct batch *batch, const struct run *run, const struct iova_range *mapped)
{
	struct iova_range rest = run->mapping.range;

	for (uint64_t start = mapped->start;;) {
		struct iova_mapping piece = piece_at(batch, &run->mapping, start);

		take_back_piece(batch, run, &piece.range);
		if (piece.range.last == rest.last)
			return;
		start = piece.range.last + 1;
		if (piece.range.last == mapped->last)
			break;
	}
	rest.start = mapped->last + 1;
	iova_table_remove_all_(&batch->ctx->space->table, &rest);
}

/* All runs before one, and what was mapped of that one, if anything; the records of others go, too. */
static void undo(struct batch *batch, size_t n_runs, const struct iova_range *mapped)
{
	for (size_t i = batch->n_runs; i-- > 0;) {
		const struct run *run = &batch->runs[i];

		if (i < n_runs)
			take_back(batch, run, &run->mapping.range);
		else if (i == n_runs && mapped)
			take_back(batch, run, mapped);
		else
			iova_table_remove_all_(&batch->ctx->space->table, &run->mapping.range);
	}
}

/* Maps a run. How much of it was mapped is known in any case, and where if it is not 0. */
static int map_run(struct batch *batch, const struct run *run, uint64_t *ret_length,
		   struct iova_range *ret_mapped, struct iova_failure *failure)
{
	*ret_length = 0;
	*ret_mapped = run->mapping.range;
	for (uint64_t start = run->mapping.range.start;;) {
		struct iova_mapping piece = piece_at(batch, &run->mapping, start);
		uint64_t length = length_of(&piece.range);
		int r;

		failure->iova = start;
		failure->vaddr = piece.vaddr;
		failure->length = length;
		r = iova_backend_map_(&batch->ctx->backend, &piece.range, piece.vaddr, piece.access,
				      failure);
		if (r < 0)
			return r;
		*ret_length += length;
		ret_mapped->last = piece.range.last;
		r = iova_work_done_(&batch->work, length, IOVA_STEP_MAP, failure);
		if (r < 0 || piece.range.last == run->mapping.range.last)
			return r;
		start = piece.range.last + 1;
	}
}

static int map_runs(struct batch *batch, struct iova_failure *failure)
{
	uint64_t charged = 0;

	for (size_t i = 0; i < batch->n_runs; i++) {
		const struct run *run = &batch->runs[i];
		struct iova_range mapped;
		uint64_t length;
		int r = map_run(batch, run, &length, &mapped, failure);

		if (!(run->flags & IOVA_MAP_UNCHARGED))
			charged += length;
		if (r >= 0)
			continue;
		undo(batch, i, length ? &mapped : NULL);
		/* After that, or what was locked here would count against itself. */
		if (failure->from_kernel)
			iova_ctx_study_refusal_(batch->ctx, charged + failure->length, run->flags,
						failure);
		return r;
	}
	for (size_t i = 0; i < batch->n_runs; i++)
		count(batch, &batch->runs[i], &batch->runs[i].mapping.range);
	return 0;
}

static int map_many(struct batch *batch, struct iova_request *requests, size_t n,
		    const struct iova_many_opts *opts, struct iova_failure *failure)
{
	int r = iova_many_read_opts_(opts, IOVA_MAP_KNOWN | IOVA_MANY_ANYWHERE,
				     iova_space_granule(batch->ctx->space), &batch->opts, failure);

	if (r < 0 || !n)
		return r;
	batch->work.progress = batch->opts.progress;
	batch->work.data = batch->opts.data;
	r = iova_batch_plan_(batch, requests, n, failure);
	if (r >= 0)
		r = map_runs(batch, failure);
	for (size_t i = 0; r >= 0 && is_anywhere(batch) && i < n; i++)
		requests[batch->items.items[i].i].iova = batch->items.items[i].range.start;
	return r;
}

IOVA_API int iova_ctx_map_many(struct iova_ctx *ctx, struct iova_request *requests,
			       size_t n_requests, const struct iova_many_opts *opts,
			       struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	struct batch batch = { .ctx = ctx };
	int r;

	if (!ctx || (!requests && n_requests))
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	r = map_many(&batch, requests, n_requests, opts, &failure);
	pthread_mutex_unlock(&ctx->lock);
	free(batch.items.items);
	free(batch.runs);
	return iova_ctx_give_(ctx, reterr_failure, &failure, r);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* From an array of requests to runs, checked and recorded. */
#include "context/batch.h"

#include "base/array.h"
#include "base/failure.h"
#include "base/range.h"
#include "context/map.h"

#include <errno.h>
#include <stdlib.h>

static uint64_t count_pieces(const struct batch *batch, const struct iova_range *range)
{
	uint64_t step = batch->opts.step;

	return step ? range->last / step - range->start / step + 1 : 1;
}

static int read_request(const struct batch *batch, const struct iova_request *request,
			struct many_item *item, struct iova_failure *failure)
{
	uint32_t flags = request->flags | (batch->opts.flags & IOVA_MAP_KNOWN);
	uint64_t iova = is_anywhere(batch) ? 0 : request->iova;
	int r;

	failure->iova = iova;
	r = iova_ctx_check_memory_(batch->ctx, request->vaddr, request->length, failure);
	if (r < 0)
		return r;
	if (!request->vaddr)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_NULL, -EINVAL);
	if (flags & ~IOVA_MAP_KNOWN)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS, -EINVAL);
	if (request->access & ~(IOVA_READ | IOVA_WRITE))
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_ACCESS, -EINVAL);
	item->vaddr = request->vaddr;
	item->access = request->access ? request->access : IOVA_READ | IOVA_WRITE;
	item->flags = flags;
	return iova_ctx_place_(iova, request->length, &item->range, failure);
}

static int read_requests(struct batch *batch, const struct iova_request *requests, size_t n,
			 struct iova_failure *failure)
{
	batch->items.items = calloc(n, sizeof *batch->items.items);
	if (!batch->items.items)
		return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN, -ENOMEM);
	for (size_t i = 0; i < n; i++) {
		int r = read_request(batch, &requests[i], &batch->items.items[i], failure);

		if (r < 0)
			return r;
		batch->items.items[i].i = i;
	}
	batch->items.n = n;
	return 0;
}

static int by_memory(const void *a, const void *b)
{
	const struct many_item *one = a, *two = b;

	if (one->flags != two->flags)
		return one->flags < two->flags ? -1 : 1;
	if (one->access != two->access)
		return one->access < two->access ? -1 : 1;
	if (one->vaddr != two->vaddr)
		return one->vaddr < two->vaddr ? -1 : 1;
	/* The same once more: where each goes is not for the C library to say. */
	if (one->range.last != two->range.last)
		return one->range.last < two->range.last ? -1 : 1;
	return (one->i > two->i) - (one->i < two->i);
}

static bool continues(const struct batch *batch, const struct many_item *one,
		      const struct many_item *two)
{
	uint64_t length = length_of(&one->range);

	return one->access == two->access && one->flags == two->flags &&
	       two->vaddr - one->vaddr == length &&
	       (is_anywhere(batch) || two->range.start - one->range.start == length);
}

/* Whether every byte is mapped already, to the same memory with the same access. */
static bool is_mapped(const struct iova_table *table, const struct many_item *item)
{
	uint64_t at = item->range.start;
	struct iova_mapping mapping;

	while (iova_table_find_(table, at, &mapping) && mapping.range.start <= at &&
	       mapping.access == item->access &&
	       mapping.vaddr - mapping.range.start == item->vaddr - item->range.start) {
		if (mapping.range.last >= item->range.last)
			return true;
		at = mapping.range.last + 1;
	}
	return false;
}

static void leave_out_mapped(struct batch *batch)
{
	const struct iova_table *table = &batch->ctx->space->table;
	struct many_item *items = batch->items.items;
	size_t n = 0;

	for (size_t i = 0; i < batch->items.n; i++)
		if (!(items[i].flags & IOVA_MAP_SAME_OK) || !is_mapped(table, &items[i]))
			items[n++] = items[i];
	batch->items.n = n;
}

/* All pieces of a run, or none. */
static int record(struct batch *batch, const struct run *run, struct iova_failure *failure)
{
	struct iova_table *table = &batch->ctx->space->table;
	uint64_t start = run->mapping.range.start;
	int r;

	for (;;) {
		struct iova_mapping piece = piece_at(batch, &run->mapping, start);

		r = iova_table_insert_(table, &piece);
		if (r < 0)
			break;
		if (piece.range.last == run->mapping.range.last) {
			batch->n_recorded++;
			return 0;
		}
		start = piece.range.last + 1;
	}
	if (start != run->mapping.range.start)
		iova_table_remove_all_(table,
				       &(struct iova_range){ run->mapping.range.start, start - 1 });
	return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN, r);
}

static int record_all(struct batch *batch, struct iova_failure *failure)
{
	int r = 0;

	while (r >= 0 && batch->n_recorded < batch->n_runs)
		r = record(batch, &batch->runs[batch->n_recorded], failure);
	return r;
}

static int choose(struct batch *batch, struct many_item *items, size_t n, struct run *run,
		  struct iova_failure *failure)
{
	uint64_t length = length_of(&run->mapping.range), iova;
	int r = iova_ctx_allocate_(batch->ctx, length, &batch->opts.alloc, &iova, failure);

	if (r >= 0)
		r = iova_ctx_place_(iova, length, &run->mapping.range, failure);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		uint64_t offset = items[i].vaddr - run->mapping.vaddr;

		items[i].range.start += iova + offset;
		items[i].range.last += iova + offset;
	}
	return r;
}

/* A run is checked as one mapping would be, and noted. */
static int add_run(struct batch *batch, struct many_item *items, size_t n,
		   struct iova_failure *failure)
{
	struct run run = { .mapping = { .vaddr = items[0].vaddr, .access = items[0].access },
			   .flags = items[0].flags };
	uint64_t length = items[n - 1].vaddr - run.mapping.vaddr + length_of(&items[n - 1].range);
	int r;

	failure->length = length;
	failure->vaddr = run.mapping.vaddr;
	r = iova_ctx_place_(items[0].range.start, length, &run.mapping.range, failure);
	if (r < 0)
		return r;
	if (is_anywhere(batch))
		r = choose(batch, items, n, &run, failure);
	else
		r = iova_ctx_check_overlap_(batch->ctx, &run.mapping, 0, failure);
	if (r >= 0)
		r = iova_ctx_check_policy_(batch->ctx, &run.mapping.range, run.flags, failure);
	if (r < 0)
		return r;
	r = iova_array_reserve_((void **)&batch->runs, &batch->room, batch->n_runs + 1,
				sizeof *batch->runs);
	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN, r);
	batch->runs[batch->n_runs++] = run;
	batch->n_pieces += count_pieces(batch, &run.mapping.range);
	batch->work.total += length;
	if (!(run.flags & IOVA_MAP_UNCHARGED))
		batch->charged += length;
	return 0;
}

static int plan(struct batch *batch, struct iova_failure *failure)
{
	struct many_item *items = batch->items.items;
	int r = 0;

	if (is_anywhere(batch)) {
		iova_many_sort_(&batch->items, by_memory);
	} else {
		r = iova_many_sort_placed_(&batch->items, failure);
		if (r >= 0)
			leave_out_mapped(batch);
	}
	for (size_t i = 0, n; r >= 0 && i < batch->items.n; i += n) {
		for (n = 1;
		     i + n < batch->items.n && continues(batch, &items[i + n - 1], &items[i + n]);)
			n++;
		r = add_run(batch, &items[i], n, failure);
		if (r < 0 || !is_anywhere(batch))
			continue;
		/* So that the next one is put elsewhere; and not more than there can ever be. */
		r = iova_ctx_check_limits_(batch->ctx, batch->n_pieces, 0, IOVA_MAP_UNCHARGED,
					   failure);
		if (r >= 0)
			r = record_all(batch, failure);
	}
	if (r < 0)
		return r;
	failure->iova = failure->vaddr = 0;
	failure->length = batch->work.total;
	r = iova_ctx_check_limits_(batch->ctx, batch->n_pieces, batch->charged, 0, failure);
	return r < 0 ? r : record_all(batch, failure);
}

static void forget(struct batch *batch)
{
	for (size_t i = 0; i < batch->n_recorded; i++)
		iova_table_remove_all_(&batch->ctx->space->table, &batch->runs[i].mapping.range);
}

int iova_batch_plan_(struct batch *batch, const struct iova_request *requests, size_t n,
		     struct iova_failure *failure)
{
	int r = read_requests(batch, requests, n, failure);

	if (r >= 0)
		r = plan(batch, failure);
	if (r < 0)
		forget(batch);
	return r;
}

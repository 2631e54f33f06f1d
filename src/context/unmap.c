/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Unmapping: one request for each run of mappings without a gap, so that
 * nothing which others made in a lent container lies inside a request.
 */
#include "backend/iommufd.h"
#include "base/failure.h"
#include "base/range.h"
#include "context/plain.h"
#include "context/requests.h"

#include <errno.h>

/*
 * The mappings from one on that follow without a gap, at most up to an address, and of
 * no more bytes than a step where there is one.
 */
static struct iova_range run_of(const struct iova_ctx *ctx, const struct iova_mapping *first,
				uint64_t last, uint64_t step)
{
	const struct iova_table *table = &ctx->space->table;
	struct iova_mapping next = *first;
	struct iova_range run = first->range;

	/* Iommufd's unmap of several areas may fail half way (io_pagetable.c: iopt_unmap_iova_range). */
	if (iova_backend_has_areas_(&ctx->backend))
		return run;
	do {
		run.last = next.range.last;
	} while (run.last < last && iova_table_find_(table, run.last + 1, &next) &&
		 next.range.start == run.last + 1 && next.range.last <= last &&
		 (!step || next.range.last - run.start < step));
	return run;
}

/* Map again what was unmapped before a later request failed. What cannot be is forgotten. */
void iova_ctx_map_again_(struct iova_ctx *ctx, const struct iova_range *range)
{
	struct iova_table *table = &ctx->space->table;
	struct iova_mapping mapping;
	uint64_t start = range->start;
	bool more = true;

	while (more && iova_table_find_(table, start, &mapping) &&
	       mapping.range.last <= range->last) {
		struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
		int r = iova_ctx_ask_map_(ctx, &mapping,
					  iova_ctx_file_at_(ctx, mapping.range.start), &failure);

		more = mapping.range.last < range->last;
		start = mapping.range.last + 1;
		if (r >= 0)
			continue;
		iova_log_(&ctx->log, IOVA_LOG_ERR,
			  "0x%llx-0x%llx was unmapped and cannot be mapped again: errno %d",
			  (unsigned long long)mapping.range.start,
			  (unsigned long long)mapping.range.last, -r);
		(void)iova_table_remove_(table, mapping.range.last);
		iova_ctx_forget_files_(ctx, &mapping.range);
		iova_ctx_count_unmapped_(ctx, 1, mapping.range.last - mapping.range.start + 1);
	}
}

/*
 * Without an IOMMU every request is EINVAL: the last group left by itself, because its devices
 * did, and the kernel dropped all mappings.
 */
static bool is_without_iommu(const struct iova_ctx *ctx, int r)
{
	struct iova_failure ignored = iova_failure_about_(IOVA_GROUP_NONE);

	return (r == -EINVAL || r == -ENODEV) &&
	       iova_backend_has_iommu_(&ctx->backend, &ignored) == 0;
}

int iova_ctx_unmap_run_(struct iova_ctx *ctx, const struct iova_range *range, uint64_t *ret_size,
			struct iova_failure *failure)
{
	int r = iova_backend_unmap_(&ctx->backend, range, ret_size, failure);

	if (!is_without_iommu(ctx, r))
		return r;
	*ret_size = 0;
	return 0;
}

int iova_ctx_check_unmap_(struct iova_ctx *ctx, const struct iova_range *range,
			  struct iova_unmapping *unmapping, struct iova_failure *failure)
{
	struct iova_mapping mapping;
	size_t n;
	int r = iova_table_select_(&ctx->space->table, range, &mapping, &n);

	if (r == -EINVAL) {
		failure->conflict.region = mapping.range;
		failure->conflict.range = range_shared(&mapping.range, range);
		failure->conflict.source = IOVA_SOURCE_MAPPING;
		failure->conflict.vaddr = mapping.vaddr;
		failure->n_conflicts = 1;
		return iova_failed_(failure, IOVA_STEP_CHECK, IOVA_WHY_CUTS_MAPPING, r);
	}
	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_CHECK, IOVA_WHY_NOT_MAPPED, r);
	unmapping->n += n;
	return 0;
}

int iova_ctx_unmap_live_(struct iova_ctx *ctx, const struct iova_range *range,
			 struct iova_unmapping *unmapping, struct iova_failure *failure)
{
	struct iova_table *table = &ctx->space->table;
	struct iova_range done = *range;
	uint64_t next = range->start;
	struct iova_mapping mapping;
	bool any = false;
	int r = 0;

	while (iova_table_find_(table, next, &mapping) && mapping.range.last <= range->last) {
		struct iova_range run = run_of(ctx, &mapping, range->last, unmapping->work.step);
		uint64_t size, length = run.last - run.start + 1;

		r = iova_ctx_unmap_run_(ctx, &run, &size, failure);
		if (r < 0)
			break;
		if (!size && unmapping->was_begun)
			size = length;
		any = true;
		done.last = run.last;
		unmapping->recorded += length;
		unmapping->unmapped += size;
		r = iova_work_done_(&unmapping->work, length, IOVA_STEP_UNMAP, failure);
		if (r < 0 || run.last == range->last)
			break;
		next = run.last + 1;
	}
	if (r < 0 && any)
		iova_ctx_map_again_(ctx, &done);
	return r;
}

static int tell_size(struct iova_failure *failure, uint64_t recorded, uint64_t unmapped)
{
	failure->expected = recorded;
	failure->actual = unmapped;
	return iova_failed_(failure, IOVA_STEP_UNMAP, IOVA_WHY_UNMAP_SIZE, -EIO);
}

/*
 * Success means that nothing is mapped there any more, whatever the size
 * (v2: vfio_dma_do_unmap removes all or refuses all).
 */
int iova_ctx_unmap_end_(struct iova_ctx *ctx, const struct iova_unmapping *unmapping,
			uint64_t *ret_unmapped, struct iova_failure *failure)
{
	iova_ctx_count_unmapped_(ctx, unmapping->n, unmapping->recorded);
	if (unmapping->unmapped != unmapping->recorded)
		return tell_size(failure, unmapping->recorded, unmapping->unmapped);
	if (ret_unmapped)
		*ret_unmapped = unmapping->unmapped;
	return 0;
}

/*
 * An IOAS of our own can be emptied in one request, whatever the number of mappings. If that fails, those
 * before the one that is in the way are gone, and the rest is done one by one.
 */
static bool empty_ioas(struct iova_ctx *ctx, struct iova_unmapping *unmapping)
{
	struct iova_failure ignored = iova_failure_about_(IOVA_GROUP_NONE);
	struct iova_mapping mapping;
	uint64_t next = 0, recorded = 0;

	while (iova_table_find_(&ctx->space->table, next, &mapping)) {
		recorded += mapping.range.last - mapping.range.start + 1;
		if (mapping.range.last == UINT64_MAX)
			break;
		next = mapping.range.last + 1;
	}
	if (iova_ioas_unmap_all_(&ctx->backend, &unmapping->unmapped, &ignored) < 0) {
		unmapping->was_begun = true;
		return false;
	}
	unmapping->recorded = recorded;
	return true;
}

int iova_ctx_unmap_range_(struct iova_ctx *ctx, const struct iova_range *range,
			  uint64_t *ret_unmapped, struct iova_failure *failure)
{
	struct iova_unmapping unmapping = { 0 };
	int r = iova_ctx_check_unmap_(ctx, range, &unmapping, failure);

	if (r >= 0 && !(ctx->own_ioas && range_contains(range, &IOVA_WHOLE_SPACE) &&
			empty_ioas(ctx, &unmapping)))
		r = iova_ctx_unmap_live_(ctx, range, &unmapping, failure);
	if (r < 0)
		return r;
	iova_ctx_forget_(ctx, range);
	return iova_ctx_unmap_end_(ctx, &unmapping, ret_unmapped, failure);
}

void iova_ctx_forget_(struct iova_ctx *ctx, const struct iova_range *range)
{
	iova_table_remove_all_(&ctx->space->table, range);
	iova_ctx_forget_files_(ctx, range);
}

int iova_ctx_read_range_(const struct iova_ctx *ctx, uint64_t iova, uint64_t length,
			 struct iova_range *ret_range, struct iova_failure *failure)
{
	failure->iova = iova;
	failure->length = length;
	failure->granule = iova_space_view_(ctx->space)->inputs.granule;
	if (!length)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_ZERO_LENGTH, -EINVAL);
	if ((iova | length) & (failure->granule - 1))
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_UNALIGNED, -EINVAL);
	if (iova_range_make(iova, length, ret_range) < 0)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_WRAPS, -EOVERFLOW);
	return 0;
}

static __attribute__((noinline)) int unmap_carefully(struct iova_ctx *ctx, uint64_t iova,
						     uint64_t length, uint64_t *ret_unmapped,
						     struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	struct iova_range range = { 0, 0 };
	int r = iova_ctx_read_range_(ctx, iova, length, &range, &failure);

	if (r >= 0)
		r = iova_ctx_unmap_range_(ctx, &range, ret_unmapped, &failure);
	return iova_ctx_give_(ctx, reterr_failure, &failure, r);
}

/* A plain unmap was refused, or the kernel unmapped something else. */
static __attribute__((noinline)) int finish_odd(struct iova_ctx *ctx,
						const struct iova_range *range, uint64_t unmapped,
						int r, struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);

	failure.iova = range->start;
	failure.length = range->last - range->start + 1;
	failure.granule = iova_space_view_(ctx->space)->inputs.granule;
	if (is_without_iommu(ctx, r)) {
		iova_ctx_forget_(ctx, range);
		iova_ctx_count_unmapped_(ctx, 1, failure.length);
		r = 0;
	}
	if (r < 0)
		iova_kernel_failed_(&failure, IOVA_STEP_UNMAP, r);
	else
		r = tell_size(&failure, failure.length, unmapped);
	return iova_ctx_give_(ctx, reterr_failure, &failure, r);
}

IOVA_API int iova_ctx_unmap(struct iova_ctx *ctx, uint64_t iova, uint64_t length,
			    uint64_t *ret_unmapped, struct iova_failure *reterr_failure)
{
	const struct iova_range range = plain_range(iova, length);
	uint64_t unmapped = 0;
	int r;

	if (!ctx)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	r = iova_ctx_unmap_plain_(ctx, &range, &unmapped);
	if (r == NOT_PLAIN)
		r = unmap_carefully(ctx, iova, length, ret_unmapped, reterr_failure);
	else if (r || unmapped != length)
		r = finish_odd(ctx, &range, unmapped, r, reterr_failure);
	else if (ret_unmapped)
		*ret_unmapped = unmapped;
	pthread_mutex_unlock(&ctx->lock);
	return r;
}

IOVA_API int iova_ctx_unmap_all(struct iova_ctx *ctx, uint64_t *ret_unmapped,
				struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	int r = 0;

	if (!ctx)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	if (iova_space_count(ctx->space))
		r = iova_ctx_unmap_range_(ctx, &IOVA_WHOLE_SPACE, ret_unmapped, &failure);
	else if (ret_unmapped)
		*ret_unmapped = 0;
	pthread_mutex_unlock(&ctx->lock);
	return iova_ctx_give_(ctx, reterr_failure, &failure, r);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps that only iommufd makes: of files, and where the kernel likes. */
#include "backend/iommufd.h"
#include "base/failure.h"
#include "base/range.h"
#include "context/map.h"

#include <libiova/iommufd.h>

#include <errno.h>

static const struct iova_set *usable(const struct iova_ctx *ctx)
{
	return &iova_space_view_(ctx->space)->picture.tiers[IOVA_TIER_USABLE - 1];
}

/* A reservation or a policy may have come since it was pinned. */
static bool pins_more_than_usable(const struct iova_ctx *ctx)
{
	for (size_t i = 0; i < ctx->pinned.n; i++)
		if (iova_set_contains(usable(ctx), &ctx->pinned.ranges[i]) != 1)
			return true;
	return false;
}

/*
 * The kernel knows nothing of regions that are to be avoided, and begins to look at the bottom,
 * where there may be one. It keeps to what it was told to allow, though. In a lent IOAS that list is
 * the lender's: there only what comes out can be judged.
 */
static bool guides(const struct iova_ctx *ctx)
{
	if (ctx->flags & IOVA_CTX_UNCHECKED)
		return false;
	return ctx->pinned.n ? pins_more_than_usable(ctx) : ctx->own_ioas;
}

static int ask_where(struct iova_ctx *ctx, const struct iova_map_request *request, uint64_t *iova,
		     struct iova_failure *failure)
{
	const struct iova_ioas_memory memory = {
		.fd = request->file,
		.start = request->mapping.vaddr,
		.length = request->length,
		.access = request->mapping.access,
	};
	struct iova_failure second = iova_failure_about_(IOVA_GROUP_NONE);
	bool is_guided = guides(ctx);
	int r = 0;

	/* An empty list would allow everything. */
	if (is_guided && !usable(ctx)->n)
		return iova_failed_(failure, IOVA_STEP_ALLOCATE, IOVA_WHY_NO_SPACE, -ENOSPC);
	if (is_guided)
		r = iova_ioas_allow_(&ctx->backend, usable(ctx), failure);
	if (r < 0)
		return r;
	r = iova_ioas_map_(&ctx->backend, &memory, false, iova, failure);
	if (is_guided && iova_ioas_allow_(&ctx->backend, &ctx->pinned, &second) < 0)
		iova_log_(&ctx->log, IOVA_LOG_WARNING,
			  "what the kernel may choose from stays pinned: errno %d", -second.error);
	return r;
}

/* What the kernel chose must be possible at all: then it can be undone. */
static int place(struct iova_ctx *ctx, struct iova_map_request *request, uint64_t iova,
		 struct iova_failure *failure)
{
	int r = iova_ctx_place_(iova, request->length, &request->mapping.range, failure);

	if (r >= 0)
		r = iova_ctx_check_overlap_(ctx, &request->mapping, 0, failure);
	if (r >= 0)
		return 0;
	iova_log_(&ctx->log, IOVA_LOG_ERR,
		  "the kernel says that it mapped at 0x%llx, which cannot be",
		  (unsigned long long)iova);
	return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_BAD_REPLY, -EPROTO);
}

/* And is looked at as if the caller had chosen, who would have avoided what is to be avoided. */
static int judge(struct iova_ctx *ctx, const struct iova_map_request *request,
		 struct iova_failure *failure)
{
	const struct iova_range *range = &request->mapping.range;
	int r = iova_ctx_check_policy_(ctx, range, request->opts.flags | IOVA_MAP_NO_WARN, failure);

	if (r < 0)
		return r;
	if (request->file >= 0)
		r = iova_ctx_keep_file_(ctx, range->start, request->file, IOVA_STEP_MAP, failure);
	if (r < 0)
		return r;
	/* It overlaps nothing, and there is room. */
	return iova_table_insert_(&ctx->space->table, &request->mapping);
}

static void undo(struct iova_ctx *ctx, const struct iova_range *range)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	uint64_t ignored;

	if (iova_backend_unmap_(&ctx->backend, range, &ignored, &failure) < 0)
		iova_log_(&ctx->log, IOVA_LOG_ERR,
			  "0x%llx was mapped and cannot be unmapped again: errno %d",
			  (unsigned long long)range->start, -failure.error);
}

static int prepare(struct iova_ctx *ctx, const struct iova_map_request *request,
		   struct iova_failure *failure)
{
	const struct iova_alloc_opts *alloc = &request->opts.alloc;
	int r = iova_ctx_need_iommufd_(ctx, failure);

	if (r < 0)
		return r;
	/* It takes no wishes. */
	if (alloc->flags || alloc->align || alloc->window.start || alloc->window.last)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS, -EINVAL);
	r = iova_ctx_check_limits_(ctx, 1, request->length, request->opts.flags, failure);
	if (r < 0)
		return r;
	r = iova_table_reserve_(&ctx->space->table, 1);
	return r < 0 ? iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN, r) : 0;
}

int iova_ctx_map_where_kernel_likes_(struct iova_ctx *ctx, struct iova_map_request *request,
				     uint64_t *ret_iova, struct iova_failure *failure)
{
	uint64_t iova = 0;
	int r = prepare(ctx, request, failure);

	if (r >= 0)
		r = ask_where(ctx, request, &iova, failure);
	if (r < 0) {
		iova_ctx_study_refusal_(ctx, request->length, request->opts.flags, failure);
		return r;
	}
	r = place(ctx, request, iova, failure);
	if (r < 0)
		return r;
	r = judge(ctx, request, failure);
	if (r < 0) {
		undo(ctx, &request->mapping.range);
		return r;
	}
	iova_ctx_count_mapped_(ctx, request->length, request->opts.flags);
	*ret_iova = iova;
	return 0;
}

static int read_file_request(struct iova_ctx *ctx, const struct iova_map_opts *opts,
			     struct iova_map_request *request, struct iova_failure *failure)
{
	int r = iova_ctx_need_iommufd_(ctx, failure);

	if (r >= 0)
		r = iova_ctx_read_map_opts_(opts, request, failure);
	if (r < 0)
		return r;
	if (request->opts.flags & IOVA_MAP_SAME_OK)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS, -EINVAL);
	if (request->file < 0)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_UNKNOWN, -EBADF);
	if (ctx->lacks_map_file)
		return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_NO_REQUEST, -EOPNOTSUPP);
	return 0;
}

/* Only by trying can it be known whether the kernel has the request: ENOTTY, and for good. */
static int end_file_request(struct iova_ctx *ctx, struct iova_failure *failure, int r)
{
	if (r != -ENOTTY)
		return r;
	ctx->lacks_map_file = true;
	failure->why = IOVA_WHY_NO_REQUEST;
	failure->error = -EOPNOTSUPP;
	return -EOPNOTSUPP;
}

IOVA_API int iova_ctx_map_file_fixed(struct iova_ctx *ctx, uint64_t iova, int fd, uint64_t offset,
				     uint64_t length, const struct iova_map_opts *opts,
				     struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	struct iova_map_request request = { .mapping.vaddr = offset, .length = length, .file = fd };
	int r;

	if (!ctx)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	r = read_file_request(ctx, opts, &request, &failure);
	if (r >= 0 && (request.opts.flags & IOVA_MAP_KERNEL_CHOOSES))
		r = iova_failed_(&failure, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS, -EINVAL);
	if (r >= 0)
		r = iova_ctx_check_memory_(ctx, offset, length, &failure);
	if (r >= 0)
		r = iova_ctx_place_(iova, length, &request.mapping.range, &failure);
	if (r >= 0)
		r = iova_ctx_map_placed_(ctx, &request, &failure);
	r = iova_ctx_give_(ctx, reterr_failure, &failure, end_file_request(ctx, &failure, r));
	pthread_mutex_unlock(&ctx->lock);
	return r;
}

IOVA_API int iova_ctx_map_file(struct iova_ctx *ctx, int fd, uint64_t offset, uint64_t length,
			       const struct iova_map_opts *opts, uint64_t *ret_iova,
			       struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	struct iova_map_request request = { .mapping.vaddr = offset, .length = length, .file = fd };
	uint64_t iova;
	int r;

	if (!ctx || !ret_iova)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	r = read_file_request(ctx, opts, &request, &failure);
	if (r >= 0)
		r = iova_ctx_map_anywhere_(ctx, &request, &iova, &failure);
	if (r >= 0)
		*ret_iova = iova;
	r = iova_ctx_give_(ctx, reterr_failure, &failure, end_file_request(ctx, &failure, r));
	pthread_mutex_unlock(&ctx->lock);
	return r;
}

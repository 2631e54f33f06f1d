/* SPDX-License-Identifier: BSD-3-Clause */
/* Mapping: look, ask the kernel, record. */
#include "base/failure.h"
#include "base/opts.h"
#include "base/range.h"
#include "context/map.h"
#include "context/plain.h"

#include <errno.h>

int iova_ctx_read_map_opts_(const struct iova_map_opts *opts, struct iova_map_request *request,
			    struct iova_failure *failure)
{
	int r = iova_opts_read_(&request->opts, sizeof request->opts, sizeof request->opts, opts);

	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS, r);
	if (request->opts.flags & ~(IOVA_MAP_KNOWN | IOVA_MAP_KERNEL_CHOOSES))
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS, -EINVAL);
	if (request->opts.access & ~(IOVA_READ | IOVA_WRITE))
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_ACCESS, -EINVAL);
	request->mapping.access = request->opts.access ? request->opts.access :
							 IOVA_READ | IOVA_WRITE;
	return 0;
}

int iova_ctx_check_memory_(const struct iova_ctx *ctx, uint64_t vaddr, uint64_t length,
			   struct iova_failure *failure)
{
	uint64_t granule = iova_space_view_(ctx->space)->inputs.granule;
	struct iova_range memory;

	failure->vaddr = vaddr;
	failure->length = length;
	failure->granule = granule;
	if (ctx->backend.kind == IOVA_BACKEND_NOIOMMU)
		return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_NO_TRANSLATION, -EOPNOTSUPP);
	if (!iova_ctx_may_map_(ctx))
		return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_NO_IOMMU, -ENODEV);
	if (!length)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_ZERO_LENGTH, -EINVAL);
	if ((vaddr | length) & (granule - 1))
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_UNALIGNED, -EINVAL);
	if (iova_range_make(vaddr, length, &memory) < 0)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_WRAPS, -EOVERFLOW);
	return 0;
}

int iova_ctx_place_(uint64_t iova, uint64_t length, struct iova_range *ret_range,
		    struct iova_failure *failure)
{
	failure->iova = iova;
	if (iova & (failure->granule - 1))
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_UNALIGNED, -EINVAL);
	if (iova_range_make(iova, length, ret_range) < 0)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_WRAPS, -EOVERFLOW);
	return 0;
}

static bool is_same(const struct iova_mapping *mapping, const struct iova_mapping *wanted)
{
	return mapping->range.start == wanted->range.start &&
	       mapping->range.last == wanted->range.last && mapping->vaddr == wanted->vaddr &&
	       mapping->access == wanted->access;
}

int iova_ctx_check_overlap_(const struct iova_ctx *ctx, const struct iova_mapping *wanted,
			    uint32_t map_flags, struct iova_failure *failure)
{
	struct iova_mapping mapping;

	if (!iova_table_find_(&ctx->space->table, wanted->range.start, &mapping) ||
	    !range_overlaps(&mapping.range, &wanted->range))
		return 0;
	if ((map_flags & IOVA_MAP_SAME_OK) && is_same(&mapping, wanted) &&
	    iova_ctx_file_at_(ctx, mapping.range.start) < 0)
		return 1;
	failure->conflict = (struct iova_conflict){
		.range = range_shared(&mapping.range, &wanted->range),
		.region = mapping.range,
		.source = IOVA_SOURCE_MAPPING,
		.verdict = IOVA_VERDICT_REFUSE,
		.group = IOVA_GROUP_NONE,
		.vaddr = mapping.vaddr,
	};
	failure->n_conflicts = 1;
	return iova_failed_(failure, IOVA_STEP_CHECK, IOVA_WHY_OVERLAP, -EEXIST);
}

static void warn(const struct iova_ctx *ctx, const struct iova_conflict *conflict)
{
	char text[320];

	/* Unreadable regions touch every map: they were reported when they were read. */
	if (conflict->source == IOVA_SOURCE_SYSFS)
		return;
	iova_conflict_text(conflict, text, sizeof text);
	iova_log_(&ctx->log, IOVA_LOG_WARNING, "mapping all the same: %s", text);
}

int iova_ctx_check_policy_(const struct iova_ctx *ctx, const struct iova_range *range,
			   uint32_t map_flags, struct iova_failure *failure)
{
	struct iova_conflict conflicts[16];
	size_t room = sizeof conflicts / sizeof conflicts[0];
	uint32_t verdict;
	size_t n = iova_space_conflicts_(ctx->space, range, &verdict, conflicts, room);

	if (verdict == IOVA_VERDICT_ALLOW || (ctx->flags & IOVA_CTX_UNCHECKED))
		return 0;
	if (verdict == IOVA_VERDICT_REFUSE || (map_flags & IOVA_MAP_NO_WARN)) {
		failure->n_conflicts = (uint32_t)n;
		iova_picture_worst_(&iova_space_view_(ctx->space)->picture, range, failure->granule,
				    &failure->conflict);
		return iova_failed_(failure, IOVA_STEP_CHECK, IOVA_WHY_REFUSED, -EADDRNOTAVAIL);
	}
	for (size_t i = 0; i < n && i < room; i++)
		warn(ctx, &conflicts[i]);
	return 0;
}

void iova_ctx_study_refusal_(struct iova_ctx *ctx, uint64_t length, uint32_t map_flags,
			     struct iova_failure *failure)
{
	if (failure->error == -ENOMEM && !(map_flags & IOVA_MAP_UNCHARGED) &&
	    iova_ctx_lacks_memory_(ctx, length)) {
		failure->why = IOVA_WHY_MEMLOCK;
		failure->expected = length;
		failure->actual = iova_memory_left_(&ctx->memory);
	}
	/* An IOAS has no such limit. */
	if (failure->error == -ENOSPC)
		failure->why = iova_backend_has_areas_(&ctx->backend) ? IOVA_WHY_NO_SPACE :
									IOVA_WHY_ENTRY_LIMIT;
	if (failure->error == -EEXIST)
		failure->why = IOVA_WHY_OVERLAP;
	/* Nothing else is looked for by its number. */
	if (failure->error == -ENOENT && ctx->backend.kind == IOVA_BACKEND_IOMMUFD)
		failure->why = IOVA_WHY_NO_IOAS;
}

static int make_room(struct iova_ctx *ctx, const struct iova_map_request *request,
		     struct iova_failure *failure)
{
	int r = iova_table_reserve_(&ctx->space->table, 1);

	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN, r);
	return request->file < 0 ? 0 :
				   iova_ctx_keep_file_(ctx, request->mapping.range.start,
						       request->file, IOVA_STEP_MAP, failure);
}

static int map_and_record(struct iova_ctx *ctx, const struct iova_map_request *request,
			  struct iova_failure *failure)
{
	const struct iova_mapping *mapping = &request->mapping;
	int r = iova_ctx_ask_map_(ctx, mapping, request->file, failure);

	if (r < 0) {
		iova_ctx_study_refusal_(ctx, request->length, request->opts.flags, failure);
		return r;
	}
	r = iova_table_insert_(&ctx->space->table, mapping);
	if (r < 0) {
		/* Only unchecked, where the kernel took what overlaps; its own record is lost. */
		uint64_t ignored;
		struct iova_failure second = *failure;

		(void)iova_backend_unmap_(&ctx->backend, &mapping->range, &ignored, &second);
		return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_OVERLAP, r);
	}
	iova_ctx_count_mapped_(ctx, request->length, request->opts.flags);
	return 0;
}

/* Everything is checked: make it so, or change nothing. */
static int commit(struct iova_ctx *ctx, const struct iova_map_request *request,
		  struct iova_failure *failure)
{
	int r = make_room(ctx, request, failure);

	if (r < 0)
		return r;
	r = map_and_record(ctx, request, failure);
	if (r < 0 && request->file >= 0)
		iova_ctx_forget_files_(ctx, &request->mapping.range);
	return r;
}

int iova_ctx_map_placed_(struct iova_ctx *ctx, const struct iova_map_request *request,
			 struct iova_failure *failure)
{
	int r = 0;

	if (!(ctx->flags & IOVA_CTX_UNCHECKED))
		r = iova_ctx_check_overlap_(ctx, &request->mapping, request->opts.flags, failure);
	if (r)
		return r < 0 ? r : 0;
	r = iova_ctx_check_policy_(ctx, &request->mapping.range, request->opts.flags, failure);
	if (r >= 0 && !(ctx->flags & IOVA_CTX_UNCHECKED))
		r = iova_ctx_check_limits_(ctx, 1, request->length, request->opts.flags, failure);
	return r < 0 ? r : commit(ctx, request, failure);
}

static __attribute__((noinline)) int map_carefully(struct iova_ctx *ctx, uint64_t iova,
						   uint64_t vaddr, uint64_t length,
						   const struct iova_map_opts *opts,
						   struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	struct iova_map_request request = { .mapping.vaddr = vaddr, .length = length, .file = -1 };
	int r = iova_ctx_read_map_opts_(opts, &request, &failure);

	if (r >= 0 && (request.opts.flags & IOVA_MAP_KERNEL_CHOOSES))
		r = iova_failed_(&failure, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS, -EINVAL);
	if (r >= 0)
		r = iova_ctx_check_memory_(ctx, vaddr, length, &failure);
	if (r >= 0)
		r = iova_ctx_place_(iova, length, &request.mapping.range, &failure);
	if (r >= 0)
		r = iova_ctx_map_placed_(ctx, &request, &failure);
	return iova_ctx_give_(ctx, reterr_failure, &failure, r);
}

/* What a plain map came to that is not mapped. */
static __attribute__((noinline)) int tell_refusal(struct iova_ctx *ctx,
						  const struct iova_mapping *mapping, int r,
						  struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);

	failure.iova = mapping->range.start;
	failure.vaddr = mapping->vaddr;
	failure.length = mapping->range.last - mapping->range.start + 1;
	failure.granule = iova_space_view_(ctx->space)->inputs.granule;
	if (r == NO_MEMORY) {
		r = iova_failed_(&failure, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN, -ENOMEM);
	} else {
		iova_kernel_failed_(&failure, IOVA_STEP_MAP, r);
		iova_ctx_study_refusal_(ctx, failure.length, 0, &failure);
	}
	return iova_ctx_give_(ctx, reterr_failure, &failure, r);
}

/* Options that ask for nothing but some access, or none at all. */
static inline uint32_t plain_access(const struct iova_map_opts *opts)
{
	if (!opts)
		return IOVA_READ | IOVA_WRITE;
	if (opts->size != sizeof *opts || opts->flags || opts->access & ~(IOVA_READ | IOVA_WRITE))
		return 0;
	return opts->access ? opts->access : IOVA_READ | IOVA_WRITE;
}

static int map_fixed(struct iova_ctx *ctx, uint64_t iova, void *vaddr, uint64_t length,
		     const struct iova_map_opts *opts, struct iova_failure *reterr_failure)
{
	const struct iova_mapping mapping = {
		.range = plain_range(iova, length),
		.vaddr = (uintptr_t)vaddr,
		.access = plain_access(opts),
	};
	int r = NOT_PLAIN;

	if (!ctx || !vaddr)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	if (mapping.access)
		r = iova_ctx_map_plain_(ctx, &mapping);
	if (r == NOT_PLAIN)
		r = map_carefully(ctx, iova, mapping.vaddr, length, opts, reterr_failure);
	else if (r)
		r = tell_refusal(ctx, &mapping, r, reterr_failure);
	pthread_mutex_unlock(&ctx->lock);
	return r;
}

IOVA_API int iova_ctx_map_fixed(struct iova_ctx *ctx, uint64_t iova, void *vaddr, uint64_t length,
				const struct iova_map_opts *opts,
				struct iova_failure *reterr_failure)
{
	return map_fixed(ctx, iova, vaddr, length, opts, reterr_failure);
}

IOVA_API int iova_ctx_map_identity(struct iova_ctx *ctx, void *vaddr, uint64_t length,
				   const struct iova_map_opts *opts,
				   struct iova_failure *reterr_failure)
{
	return map_fixed(ctx, (uintptr_t)vaddr, vaddr, length, opts, reterr_failure);
}

int iova_ctx_allocate_(struct iova_ctx *ctx, uint64_t length, const struct iova_alloc_opts *opts,
		       uint64_t *ret_iova, struct iova_failure *failure)
{
	/* All zero is how a caller leaves the options out; then the size is ours to fill. */
	struct iova_alloc_opts sized = *opts;
	uint64_t granule = iova_space_view_(ctx->space)->inputs.granule, align;
	int r;

	if (!sized.size)
		sized.size = sizeof sized;
	/* The search itself may be made by any thread, and so cannot remember anything. */
	align = sized.align > granule ? sized.align : granule;
	if (is_power_of_two(align))
		(void)iova_table_learn_(&ctx->space->table, align);
	r = iova_space_alloc(ctx->space, length, &sized, ret_iova);
	if (r < 0) {
		uint32_t why = r == -ENOSPC ? IOVA_WHY_NO_SPACE : IOVA_WHY_OPTIONS;

		return iova_failed_(failure, IOVA_STEP_ALLOCATE, why, r);
	}
	return 0;
}

int iova_ctx_map_anywhere_(struct iova_ctx *ctx, struct iova_map_request *request,
			   uint64_t *ret_iova, struct iova_failure *failure)
{
	uint64_t length = request->length;
	int r = iova_ctx_check_memory_(ctx, request->mapping.vaddr, length, failure);

	if (r >= 0 && (request->opts.flags & IOVA_MAP_KERNEL_CHOOSES))
		return iova_ctx_map_where_kernel_likes_(ctx, request, ret_iova, failure);
	if (r >= 0)
		r = iova_ctx_allocate_(ctx, length, &request->opts.alloc, ret_iova, failure);
	if (r >= 0)
		r = iova_ctx_place_(*ret_iova, length, &request->mapping.range, failure);
	return r < 0 ? r : iova_ctx_map_placed_(ctx, request, failure);
}

IOVA_API int iova_ctx_map(struct iova_ctx *ctx, void *vaddr, uint64_t length,
			  const struct iova_map_opts *opts, uint64_t *ret_iova,
			  struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	struct iova_map_request request = { .mapping.vaddr = (uintptr_t)vaddr,
					    .length = length,
					    .file = -1 };
	uint64_t iova = 0;
	int r;

	if (!ctx || !vaddr || !ret_iova)
		return iova_failure_null_(reterr_failure);
	pthread_mutex_lock(&ctx->lock);
	r = iova_ctx_read_map_opts_(opts, &request, &failure);
	if (r >= 0)
		r = iova_ctx_map_anywhere_(ctx, &request, &iova, &failure);
	if (r >= 0)
		*ret_iova = iova;
	pthread_mutex_unlock(&ctx->lock);
	return iova_ctx_give_(ctx, reterr_failure, &failure, r);
}

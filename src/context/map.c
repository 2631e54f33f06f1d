/* SPDX-License-Identifier: BSD-3-Clause */
/* Mapping: look, ask the kernel, record. */
#include "base/failure.h"
#include "base/opts.h"
#include "base/range.h"
#include "context/context.h"

#include <errno.h>

#define KNOWN_FLAGS (IOVA_MAP_SAME_OK | IOVA_MAP_UNCHARGED | IOVA_MAP_NO_WARN)

struct request {
	struct iova_map_opts opts;
	struct iova_range range; /* IOVAs */
	uint64_t vaddr;
	uint64_t length;
};

static int read_opts(const struct iova_map_opts *opts, struct request *request,
		     struct iova_failure *failure)
{
	int r = iova_opts_read_(&request->opts, sizeof request->opts, sizeof request->opts, opts);

	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS, r);
	if (request->opts.flags & ~KNOWN_FLAGS)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS, -EINVAL);
	if (request->opts.access & ~(IOVA_READ | IOVA_WRITE))
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_ACCESS, -EINVAL);
	if (!request->opts.access)
		request->opts.access = IOVA_READ | IOVA_WRITE;
	return 0;
}

/* What holds for the memory wherever it is mapped. */
static int check_memory(const struct iova_ctx *ctx, struct request *request,
			struct iova_failure *failure)
{
	uint64_t granule = iova_space_granule(ctx->space);
	struct iova_range memory;

	failure->vaddr = request->vaddr;
	failure->length = request->length;
	failure->granule = granule;
	if (!ctx->n_groups)
		return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_NO_IOMMU, -ENODEV);
	if (!request->length)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_ZERO_LENGTH, -EINVAL);
	if ((request->vaddr | request->length) & (granule - 1))
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_UNALIGNED, -EINVAL);
	if (iova_range_make(request->vaddr, request->length, &memory) < 0)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_WRAPS, -EOVERFLOW);
	return 0;
}

static int place(struct request *request, uint64_t iova, struct iova_failure *failure)
{
	failure->iova = iova;
	if (iova & (failure->granule - 1))
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_UNALIGNED, -EINVAL);
	if (iova_range_make(iova, request->length, &request->range) < 0)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_WRAPS, -EOVERFLOW);
	return 0;
}

static bool is_same(const struct iova_mapping *mapping, const struct request *request)
{
	return mapping->range.start == request->range.start &&
	       mapping->range.last == request->range.last && mapping->vaddr == request->vaddr &&
	       mapping->access == request->opts.access;
}

static int check_overlap(const struct iova_ctx *ctx, const struct request *request,
			 struct iova_failure *failure)
{
	const struct iova_table *table = &ctx->space->table;
	size_t i = iova_table_lower_bound_(table, request->range.start);

	if (i == table->n || !range_overlaps(&table->mappings[i].range, &request->range))
		return 0;
	if ((request->opts.flags & IOVA_MAP_SAME_OK) && is_same(&table->mappings[i], request))
		return 1;
	failure->conflict = (struct iova_conflict){
		.range = range_shared(&table->mappings[i].range, &request->range),
		.region = table->mappings[i].range,
		.source = IOVA_SOURCE_MAPPING,
		.verdict = IOVA_VERDICT_REFUSE,
		.group = IOVA_GROUP_NONE,
		.vaddr = table->mappings[i].vaddr,
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

static int check_policy(const struct iova_ctx *ctx, const struct request *request,
			struct iova_failure *failure)
{
	struct iova_conflict conflicts[16];
	size_t room = sizeof conflicts / sizeof conflicts[0];
	uint32_t verdict;
	size_t n = iova_space_conflicts_(ctx->space, &request->range, &verdict, conflicts, room);

	if (verdict == IOVA_VERDICT_ALLOW || (ctx->flags & IOVA_CTX_UNCHECKED))
		return 0;
	if (verdict == IOVA_VERDICT_REFUSE || (request->opts.flags & IOVA_MAP_NO_WARN)) {
		failure->n_conflicts = (uint32_t)n;
		iova_picture_worst_(&ctx->space->picture, &request->range, failure->granule,
				    &failure->conflict);
		return iova_failed_(failure, IOVA_STEP_CHECK, IOVA_WHY_REFUSED, -EADDRNOTAVAIL);
	}
	for (size_t i = 0; i < n && i < room; i++)
		warn(ctx, &conflicts[i]);
	return 0;
}

/*
 * The kernel's refusal, and what can be said of it: it may know more than we
 * do, and the memory limit may have been used up by others.
 */
static void study_refusal(struct iova_ctx *ctx, const struct request *request,
			  struct iova_failure *failure)
{
	if (failure->error == -ENOMEM && !(request->opts.flags & IOVA_MAP_UNCHARGED) &&
	    iova_ctx_lacks_memory_(ctx, request->length)) {
		failure->why = IOVA_WHY_MEMLOCK;
		failure->expected = request->length;
		failure->actual = iova_memory_left_(&ctx->memory);
	}
	if (failure->error == -ENOSPC)
		failure->why = IOVA_WHY_ENTRY_LIMIT;
	if (failure->error == -EEXIST)
		failure->why = IOVA_WHY_OVERLAP;
}

/* Everything is checked: make it so, or change nothing. */
static int commit(struct iova_ctx *ctx, const struct request *request, struct iova_failure *failure)
{
	struct iova_mapping mapping = {
		.range = request->range,
		.vaddr = request->vaddr,
		.access = request->opts.access,
	};
	int r = iova_table_reserve_(&ctx->space->table);

	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN, r);
	r = iova_type1_map_(&ctx->type1, &mapping.range, mapping.vaddr, mapping.access, failure);
	if (r < 0) {
		study_refusal(ctx, request, failure);
		return r;
	}
	r = iova_table_insert_(&ctx->space->table, &mapping);
	if (r < 0) {
		/* Only unchecked, where the kernel took what overlaps; its own record is lost. */
		uint64_t ignored;
		struct iova_failure second = *failure;

		(void)iova_type1_unmap_(&ctx->type1, &mapping.range, &ignored, &second);
		return iova_failed_(failure, IOVA_STEP_MAP, IOVA_WHY_OVERLAP, r);
	}
	iova_ctx_count_mapped_(ctx, request->length, request->opts.flags);
	return 0;
}

static int map_placed(struct iova_ctx *ctx, const struct request *request,
		      struct iova_failure *failure)
{
	int r = 0;

	if (!(ctx->flags & IOVA_CTX_UNCHECKED))
		r = check_overlap(ctx, request, failure);
	if (r)
		return r < 0 ? r : 0;
	r = check_policy(ctx, request, failure);
	if (r >= 0 && !(ctx->flags & IOVA_CTX_UNCHECKED))
		r = iova_ctx_check_limits_(ctx, request->length, request->opts.flags, failure);
	return r < 0 ? r : commit(ctx, request, failure);
}

static int map_fixed(struct iova_ctx *ctx, uint64_t iova, void *vaddr, uint64_t length,
		     const struct iova_map_opts *opts, struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	struct request request = { .vaddr = (uintptr_t)vaddr, .length = length };
	int r;

	if (!ctx || !vaddr) {
		iova_failed_(&failure, IOVA_STEP_ARGUMENT, IOVA_WHY_NULL, -EINVAL);
		return iova_failure_give_(reterr_failure, &failure, -EINVAL);
	}
	pthread_mutex_lock(&ctx->lock);
	r = read_opts(opts, &request, &failure);
	if (r >= 0)
		r = check_memory(ctx, &request, &failure);
	if (r >= 0)
		r = place(&request, iova, &failure);
	if (r >= 0)
		r = map_placed(ctx, &request, &failure);
	pthread_mutex_unlock(&ctx->lock);
	return iova_failure_give_(reterr_failure, &failure, r);
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

static int allocate(const struct iova_ctx *ctx, struct request *request,
		    struct iova_failure *failure)
{
	/* All zero is how a caller leaves the options out; then the size is ours to fill. */
	struct iova_alloc_opts opts = request->opts.alloc;
	uint64_t iova;
	int r;

	if (!opts.size)
		opts.size = sizeof opts;
	r = iova_space_alloc(ctx->space, request->length, &opts, &iova);
	if (r < 0) {
		uint32_t why = r == -ENOSPC ? IOVA_WHY_NO_SPACE : IOVA_WHY_OPTIONS;

		return iova_failed_(failure, IOVA_STEP_ALLOCATE,
				    r == -ENOMEM ? IOVA_WHY_UNKNOWN : why, r);
	}
	return place(request, iova, failure);
}

IOVA_API int iova_ctx_map(struct iova_ctx *ctx, void *vaddr, uint64_t length,
			  const struct iova_map_opts *opts, uint64_t *ret_iova,
			  struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	struct request request = { .vaddr = (uintptr_t)vaddr, .length = length };
	int r;

	if (!ctx || !vaddr || !ret_iova) {
		iova_failed_(&failure, IOVA_STEP_ARGUMENT, IOVA_WHY_NULL, -EINVAL);
		return iova_failure_give_(reterr_failure, &failure, -EINVAL);
	}
	pthread_mutex_lock(&ctx->lock);
	r = read_opts(opts, &request, &failure);
	if (r >= 0)
		r = check_memory(ctx, &request, &failure);
	if (r >= 0)
		r = allocate(ctx, &request, &failure);
	if (r >= 0)
		r = map_placed(ctx, &request, &failure);
	if (r >= 0)
		*ret_iova = request.range.start;
	pthread_mutex_unlock(&ctx->lock);
	return iova_failure_give_(reterr_failure, &failure, r);
}

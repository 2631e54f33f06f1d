/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_CONTEXT_MAP_H
#define IOVA_CONTEXT_MAP_H

/*
 * The steps of a map, for one and for many. All with the lock held; each returns 0 or a
 * negative errno and has filled in the failure then. map_flags: IOVA_MAP_*.
 */

#include "context/context.h"

#define IOVA_MAP_KNOWN (IOVA_MAP_SAME_OK | IOVA_MAP_UNCHARGED | IOVA_MAP_NO_WARN)

struct iova_map_request {
	struct iova_map_opts opts;
	struct iova_mapping mapping; /* its vaddr is an offset if a file is mapped */
	uint64_t length;
	int file; /* the caller's, or -1 for memory of the process */
};

int iova_ctx_read_map_opts_(const struct iova_map_opts *opts, struct iova_map_request *request,
			    struct iova_failure *failure);
/* All that is left to do once it has a range; or before. */
int iova_ctx_map_placed_(struct iova_ctx *ctx, const struct iova_map_request *request,
			 struct iova_failure *failure);
int iova_ctx_map_anywhere_(struct iova_ctx *ctx, struct iova_map_request *request,
			   uint64_t *ret_iova, struct iova_failure *failure);
/* map-ioas.c: of native iommufd only. */
int iova_ctx_map_where_kernel_likes_(struct iova_ctx *ctx, struct iova_map_request *request,
				     uint64_t *ret_iova, struct iova_failure *failure);

/* What holds for memory wherever it is mapped. Notes it in the failure. */
int iova_ctx_check_memory_(const struct iova_ctx *ctx, uint64_t vaddr, uint64_t length,
			   struct iova_failure *failure);

/* From an address to a range; after the check of the memory. */
int iova_ctx_place_(uint64_t iova, uint64_t length, struct iova_range *ret_range,
		    struct iova_failure *failure);

/* An address that is free. */
int iova_ctx_allocate_(struct iova_ctx *ctx, uint64_t length, const struct iova_alloc_opts *opts,
		       uint64_t *ret_iova, struct iova_failure *failure);

/* 1 if exactly this is mapped already and may be. */
int iova_ctx_check_overlap_(const struct iova_ctx *ctx, const struct iova_mapping *wanted,
			    uint32_t map_flags, struct iova_failure *failure);

/* Warnings go to the log. */
int iova_ctx_check_policy_(const struct iova_ctx *ctx, const struct iova_range *range,
			   uint32_t map_flags, struct iova_failure *failure);

/*
 * The kernel's refusal, and what can be said of it: it may know more than we
 * do, and the memory limit may have been used up by others.
 */
void iova_ctx_study_refusal_(struct iova_ctx *ctx, uint64_t length, uint32_t map_flags,
			     struct iova_failure *failure);

#endif

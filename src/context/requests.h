/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_CONTEXT_REQUESTS_H
#define IOVA_CONTEXT_REQUESTS_H

/*
 * Arrays of requests. They are copied and sorted, so that those that continue each other are
 * neighbours; the caller's array is read once, and written once if all went well.
 */

#include "context/context.h"

#include <libiova/many.h>

/* Long work, and who is told of it. All zero: one system call may do all, and nobody is. */
struct iova_work {
	uint64_t step; /* most bytes of a system call; 0: no limit */
	iova_progress_fn *progress;
	void *data;
	uint64_t done;
	uint64_t total;
};

/* Some bytes more are done. Returns 0, or -ECANCELED if no more is wanted. */
int iova_work_done_(struct iova_work *work, uint64_t length, uint32_t step,
		    struct iova_failure *failure);

/* A request. */
struct many_item {
	struct iova_range range; /* IOVAs; from 0 if they are still to be chosen */
	uint64_t vaddr;
	uint32_t access;
	uint32_t flags;
	size_t i; /* in the caller's array */
};

struct many_items {
	struct many_item *items;
	size_t n;
};

int iova_many_read_opts_(const struct iova_many_opts *opts, uint32_t known_flags, uint64_t granule,
			 struct iova_many_opts *ret_opts, struct iova_failure *failure);

/* Sorts by an order, or by IOVA: then two that overlap are -EEXIST. */
typedef int many_order(const void *, const void *);
void iova_many_sort_(struct many_items *items, many_order *order);
int iova_many_sort_placed_(struct many_items *items, struct iova_failure *failure);

/*
 * unmap.c, with the lock held. One range or several: each is checked, then live mappings are unmapped
 * range by range while their records stay; these go, and at last the end is told. If a range fails,
 * what was unmapped of it is mapped again, and what was of others is for map_again.
 */
struct iova_unmapping {
	struct iova_work work;
	size_t n;          /* mappings in all that was checked */
	uint64_t recorded; /* bytes of what was unmapped, */
	uint64_t unmapped; /* and what the kernel made of them */
	bool was_begun;    /* by a request that failed: what is not there is unmapped */
};
int iova_ctx_read_range_(const struct iova_ctx *ctx, uint64_t iova, uint64_t length,
			 struct iova_range *ret_range, struct iova_failure *failure);
int iova_ctx_check_unmap_(struct iova_ctx *ctx, const struct iova_range *range,
			  struct iova_unmapping *unmapping, struct iova_failure *failure);
int iova_ctx_unmap_live_(struct iova_ctx *ctx, const struct iova_range *range,
			 struct iova_unmapping *unmapping, struct iova_failure *failure);
void iova_ctx_map_again_(struct iova_ctx *ctx, const struct iova_range *range);
/* The records of what is unmapped. */
void iova_ctx_forget_(struct iova_ctx *ctx, const struct iova_range *range);
int iova_ctx_unmap_end_(struct iova_ctx *ctx, const struct iova_unmapping *unmapping,
			uint64_t *ret_unmapped, struct iova_failure *failure);

/* One request, of mappings that follow each other. If there is no IOMMU any more, 0 bytes. */
int iova_ctx_unmap_run_(struct iova_ctx *ctx, const struct iova_range *range, uint64_t *ret_size,
			struct iova_failure *failure);

#endif

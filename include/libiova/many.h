/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_MANY_H
#define LIBIOVA_MANY_H

/**
 * @file
 * Mapping and unmapping an array of requests at once: all of them, or none.
 *
 * A container takes 65,535 mappings by default, and each costs a system call. So requests that
 * continue each other, in their IOVAs and in memory and with the same access and flags, become one
 * mapping of the kernel's and one record, whatever their order in the array: the pages of one
 * buffer cost one of each, not thousands. As with any mapping, a part of such a run cannot be
 * unmapped alone.
 */

#include <libiova/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One piece of memory to map, or of the address space to unmap. A value. */
struct iova_request {
	uint64_t iova;   /**< first address */
	uint64_t vaddr;  /**< memory of this process, as an integer */
	uint64_t length; /**< bytes; > 0 */
	uint32_t access; /**< IOVA_READ, IOVA_WRITE or both; 0 for both */
	uint32_t flags;  /**< IOVA_MAP_*, for this request alone */
};

/**
 * Hears how far long work has come: after each system call. Must not call the context, which other
 * threads wait for meanwhile.
 *
 * @param data   as passed in the options
 * @param done   bytes so far
 * @param total  bytes in all
 * @return 0 to go on; anything else, also at the very end, and all is undone
 */
typedef int iova_progress_fn(void *data, uint64_t done, uint64_t total);

/** How to map or unmap many. NULL means all defaults. */
struct iova_many_opts {
	size_t size;    /**< sizeof(struct iova_many_opts) */
	uint32_t flags; /**< to map: IOVA_MAP_* for all requests, IOVA_MANY_ANYWHERE; to unmap: 0 */
	uint32_t pad;   /**< 0 */
	uint64_t step;  /**< most bytes of one system call, a power of two; 0 for no limit */
	iova_progress_fn *progress;   /**< told after each system call; NULL for nobody */
	void *data;                   /**< passed to @c progress */
	struct iova_alloc_opts alloc; /**< with IOVA_MANY_ANYWHERE: how to look; all 0 for defaults */
};
/** The library chooses the IOVAs, and writes them to the requests: one free range for each run of
 *  requests whose memory is contiguous. */
#define IOVA_MANY_ANYWHERE 0x100u

/**
 * Map an array of requests.
 *
 * All is checked before the kernel is asked: what is refused then costs no mapping. Each run of
 * requests is one system call, or with a step as many as it has steps, cut at multiples of the step in
 * IOVA; then each of these pieces is a mapping. Without a step, a run is pinned
 * as a whole before the progress is told.
 *
 * With IOVA_MAP_SAME_OK a request is left out if every byte of it is mapped already, to the same memory
 * with the same access. The context's lock is held throughout, so other threads that map wait, and
 * what is being mapped counts as mapped for those that look.
 *
 * @param ctx             context with at least one group
 * @param requests        what to map, in any order; those with IOVA_MANY_ANYWHERE get their iova
 * @param n_requests      how many; 0 does nothing
 * @param opts            options, or NULL
 * @param reterr_failure  what failed, and the range it is about; if two requests overlap, the other
 *                        one is the conflict, of IOVA_SOURCE_REQUEST; may be NULL
 * @return 0, or a negative errno as for iova_ctx_map_fixed() of each run, and:
 * @err{EINVAL}         requests is NULL, or a request's vaddr is 0; step is no power of two or below the
 *                      granule; or the alloc options are wrong
 * @err{EEXIST}         two requests overlap, or one overlaps a live mapping; also in a context with
 *                      IOVA_CTX_UNCHECKED, which could not record it
 * @err{ENOSPC}         fewer mappings are left than are needed; or for a run nothing free is large
 *                      enough (why is IOVA_WHY_NO_SPACE)
 * @err{ECANCELED}      progress said so
 * @onfail  nothing of the array is mapped and the context is as it was, and so are the requests; what
 *          the kernel would not unmap again is logged, and stays recorded
 * @mt      MT-Safe
 * @kernel  VFIO_IOMMU_MAP_DMA; drivers/vfio/vfio_iommu_type1.c: vfio_dma_do_map, dma_entry_limit
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_map_many(struct iova_ctx *ctx, struct iova_request *requests,
					     size_t n_requests, const struct iova_many_opts *opts,
					     struct iova_failure *reterr_failure);

/**
 * Unmap the ranges of an array of requests, such as mapped them: of each the iova and length are
 * used, the rest is not looked at.
 *
 * Requests that continue each other count as one range, in which every mapping goes, as with
 * iova_ctx_unmap(). With a step, a system call covers as many neighbouring mappings as
 * fit into it, and one mapping at least, for the kernel cuts none.
 *
 * @param ctx             the context
 * @param requests        what to unmap, in any order
 * @param n_requests      how many; 0 does nothing
 * @param opts            options, or NULL
 * @param ret_unmapped    bytes unmapped; may be NULL
 * @param reterr_failure  what failed, as for iova_ctx_map_many(); may be NULL
 * @return 0, or a negative errno as for iova_ctx_unmap() of each range, and:
 * @err{EINVAL}     requests is NULL, unknown flags, or step is no power of two or below the granule
 * @err{E2BIG}      an option this version does not know
 * @err{EEXIST}     two requests overlap
 * @err{ENOENT}     in one of the requests nothing is mapped
 * @err{ECANCELED}  progress said so
 * @onfail  but for IOVA_WHY_UNMAP_SIZE all mappings are live and recorded; what was unmapped before is
 *          mapped anew, and if the kernel refuses that it is logged and forgotten
 * @mt      MT-Safe
 * @kernel  VFIO_IOMMU_UNMAP_DMA; drivers/vfio/vfio_iommu_type1.c: vfio_dma_do_unmap
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_unmap_many(struct iova_ctx *ctx,
					       const struct iova_request *requests,
					       size_t n_requests, const struct iova_many_opts *opts,
					       uint64_t *ret_unmapped,
					       struct iova_failure *reterr_failure);

#ifdef __cplusplus
}
#endif

#endif

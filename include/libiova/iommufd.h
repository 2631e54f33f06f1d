/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_IOMMUFD_H
#define LIBIOVA_IOMMUFD_H

/**
 * @file
 * What only iommufd can do: promises that hold, several address spaces that
 * share memory, files instead of memory of the process.
 *
 * Which of it a kernel has is found out by trying, and remembered by the context. On other backends
 * these functions fail with EINVAL and IOVA_WHY_BACKEND.
 */

#include <libiova/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a context stands on. Set @c size first. */
struct iova_ctx_info {
	size_t size;      /**< sizeof(struct iova_ctx_info) */
	uint32_t backend; /**< IOVA_BACKEND_* */
	uint32_t flags;   /**< IOVA_CTX_INFO_* */
	int32_t fd;       /**< the container's fd, or that of /dev/iommu */
	uint32_t ioas; /**< id of the IOAS, also of the one behind a compat container; 0 if none */
	uint32_t n_groups;  /**< groups attached */
	uint32_t n_devices; /**< devices attached one by one, or held open for their group */
};
#define IOVA_CTX_INFO_OWN_FD 1u   /**< the fd is the context's, not lent */
#define IOVA_CTX_INFO_OWN_IOAS 2u /**< the IOAS is the context's, not lent */
#define IOVA_CTX_INFO_PINNED 4u   /**< a promise holds: iova_ctx_pin() */

/**
 * What a context stands on: which backend, which descriptors.
 *
 * @param ctx       the context
 * @param ret_info  filled; its size set by the caller
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or the info's size too small
 * @onfail  *ret_info is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_info(struct iova_ctx *ctx, struct iova_ctx_info *ret_info);

/**
 * Pin the addresses that are usable now: from then on a device that would take one
 * of them away cannot be attached. Only iommufd can promise that; elsewhere the
 * loss is reported when it has happened, in the change that the attach gives.
 *
 * A later call pins what is usable then, in place of what was pinned before. What
 * is only to be avoided, or refused by the policy, is not pinned; nor is the rest of a page that
 * is cut by a hole guarded against a device whose IOMMU has larger pages.
 *
 * @param ctx             context on iommufd
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}      ctx is NULL, or it is not on iommufd
 * @err{ENODEV}      no device is attached, so that nothing is known yet
 * @err{EADDRINUSE}  a device that another process attached took an address away meanwhile:
 *                   refresh, and pin again
 * @err{EIO}         any other errno of the kernel is handed on
 * @err{ENOMEM}      no memory
 * @onfail  what was pinned before stays pinned
 * @mt      MT-Safe
 * @kernel  IOMMU_IOAS_ALLOW_IOVAS; drivers/iommu/iommufd/io_pagetable.c: iopt_set_allow_iova
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_pin(struct iova_ctx *ctx, struct iova_failure *reterr_failure);

/**
 * Take a promise back: devices may narrow the addresses again.
 *
 * @param ctx             context on iommufd
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  ctx is NULL, or it is not on iommufd
 * @err{EIO}     any errno of the kernel is handed on
 * @onfail  what was pinned stays pinned
 * @mt      MT-Safe
 * @kernel  IOMMU_IOAS_ALLOW_IOVAS
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_unpin(struct iova_ctx *ctx,
					  struct iova_failure *reterr_failure);

/**
 * Move a device from one context to another of the same iommufd, in one step of the kernel's:
 * at no time it is attached to nothing.
 *
 * The devices of a group share a page table, and the kernel moves them together: afterwards those
 * that @p from had attached are in @p to.
 *
 * What @p from may use then can only have grown. If that cannot be read the log says so, and the next
 * refresh of it makes up for it.
 *
 * @param from            where it is attached
 * @param name            PCI address
 * @param to              another context on the same iommufd
 * @param ret_change      what became of the tiers of @p to; may be NULL
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno as for iova_ctx_attach_device() and iova_ctx_detach_device(), and:
 * @err{EINVAL}  a context is NULL or not on iommufd, both are the same, or they have no iommufd
 *               in common (IOVA_WHY_OTHER_IOMMUFD)
 * @err{EBUSY}   no device is left in @p from then, and mappings are live there
 * @onfail  the device is where it was, and both contexts are as they were
 * @mt      MT-Safe
 * @kernel  VFIO_DEVICE_ATTACH_IOMMUFD_PT of an attached device; drivers/iommu/iommufd/device.c:
 *          iommufd_device_replace
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_move_device(struct iova_ctx *from, const char *name,
						struct iova_ctx *to, struct iova_change *ret_change,
						struct iova_failure *reterr_failure);

/**
 * Map a part of a file at an address that the caller chose: a memfd, without mapping it in the
 * process first.
 *
 * @param ctx             context on iommufd
 * @param iova            first address; multiple of the granule
 * @param fd              the file; the mapping lives on when it is closed
 * @param offset          first byte of the file; multiple of the granule
 * @param length          bytes; > 0; multiple of the granule
 * @param opts            options, or NULL for read and write
 * @param reterr_failure  what failed, with the worst conflict; may be NULL
 * @return 0, or a negative errno as for iova_ctx_map_fixed(), and:
 * @err{EINVAL}      the context is not on iommufd; or the file is none that can be pinned
 * @err{EBADF}       the fd is closed
 * @err{EMFILE}      the process has no descriptor left; the context keeps one of each mapped file
 * @err{EOPNOTSUPP}  this kernel has no such request (before 6.13): map the file in the process
 *                   instead (IOVA_WHY_NO_REQUEST)
 * @onfail  nothing is mapped and the context is as it was
 * @mt      MT-Safe
 * @kernel  IOMMU_IOAS_MAP_FILE (6.13)
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_map_file_fixed(struct iova_ctx *ctx, uint64_t iova, int fd,
						   uint64_t offset, uint64_t length,
						   const struct iova_map_opts *opts,
						   struct iova_failure *reterr_failure);

/**
 * Map a part of a file at an address that the library chooses, or the kernel.
 *
 * @param ctx             as for iova_ctx_map_file_fixed()
 * @param fd              as for iova_ctx_map_file_fixed()
 * @param offset          as for iova_ctx_map_file_fixed()
 * @param length          as for iova_ctx_map_file_fixed()
 * @param opts            options, or NULL
 * @param ret_iova        first address
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno as for iova_ctx_map_file_fixed() and iova_ctx_map(), and:
 * @err{EINVAL}  ret_iova is NULL
 * @onfail  nothing is mapped, *ret_iova is not written, the context is as it was
 * @mt      MT-Safe
 * @kernel  IOMMU_IOAS_MAP_FILE (6.13)
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_map_file(struct iova_ctx *ctx, int fd, uint64_t offset,
					     uint64_t length, const struct iova_map_opts *opts,
					     uint64_t *ret_iova,
					     struct iova_failure *reterr_failure);

/**
 * Give another context the memory that is mapped in this one. The kernel pins and charges
 * it once.
 *
 * The range must be mapped without a gap, and may begin and end within a mapping; each mapping that
 * it meets becomes one of @p to.
 *
 * @param from            where the memory is mapped
 * @param from_iova       first address there; multiple of the granule
 * @param length          bytes; > 0; multiple of the granule
 * @param to              another context on the same iommufd
 * @param to_iova         first address there; multiple of its granule
 * @param opts            options, or NULL for read and write; alloc is not looked at
 * @param reterr_failure  what failed, with the worst conflict; may be NULL
 * @return 0, or a negative errno as for iova_ctx_map_fixed(), and:
 * @err{EINVAL}  a context is NULL or not on iommufd, both are the same, or they have no iommufd
 *               in common (IOVA_WHY_OTHER_IOMMUFD)
 * @err{ENOENT}  a part of the range is not mapped (IOVA_WHY_NOT_MAPPED)
 * @err{EPERM}   the memory was mapped for reading only, and @p opts ask for writing
 * @onfail  nothing is mapped in @p to, and both contexts are as they were
 * @mt      MT-Safe
 * @kernel  IOMMU_IOAS_COPY
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_copy(struct iova_ctx *from, uint64_t from_iova, uint64_t length,
					 struct iova_ctx *to, uint64_t to_iova,
					 const struct iova_map_opts *opts,
					 struct iova_failure *reterr_failure);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_SIM_TRUTH_H
#define LIBIOVA_SIM_TRUTH_H

/**
 * @file
 * What is so, whatever the program under test believes: for assertions.
 */

#include <libiova-sim/life.h>
#include <libiova-sim/others.h>
#include <libiova/range.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What is open, mapped and pinned now. Set @c size first. */
struct iova_sim_report {
	size_t size;               /**< sizeof(struct iova_sim_report) */
	uint32_t n_fds;            /**< open descriptors of all kinds */
	uint32_t n_containers;     /**< containers that live, also those kept only by a group */
	uint32_t n_groups;         /**< groups in a container, also in one that is an iommufd */
	uint32_t n_mappings;       /**< live mappings of all containers and IOASes */
	uint32_t n_pending_faults; /**< faults, also of allocations, and hooks that were not met */
	uint32_t n_iommufds;       /**< iommufds that live, also those kept only by a device */
	uint64_t n_pinned_pages;   /**< processor pages pinned by mappings, live or lost */
	uint32_t n_ioases;         /**< IOASes of all iommufds */
	uint32_t n_bound;          /**< devices bound to an iommufd */
};

/** A live mapping, as the kernel holds it. Set @c size first. */
struct iova_sim_mapping {
	size_t size;             /**< sizeof(struct iova_sim_mapping) */
	struct iova_range range; /**< its addresses */
	uint64_t vaddr;          /**< the memory behind range.start; of a file, the offset */
	uint32_t flags;          /**< 1 the device may read, 2 it may write, or both */
	uint32_t container;      /**< number of the container, or of the iommufd, from 0, in the
				      order of opening */
	uint32_t ioas;           /**< id of the IOAS; 0 for a container's */
	uint32_t pad;            /**< 0 */
};

/**
 * Say what is open, mapped and pinned. At the end of a test all of it is 0 but
 * for what the test itself left.
 *
 * @param sim         the host
 * @param ret_report  the report; its size set by the caller
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or ret_report too short
 * @onfail  *ret_report is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_report(struct iova_sim *sim, struct iova_sim_report *ret_report);

/**
 * Say the same in words, for a test to print, a line for each thing:
 *
 *     container 0 is open as fd 0x12000001
 *     group 1 is in container 0
 *     container 0 maps 0x40000000-0x401fffff
 *     iommufd 0 has IOAS 1
 *     IOAS 1 of iommufd 0 maps 0x40000000-0x401fffff
 *     device 0000:03:00.0 is bound to iommufd 0
 *     pinned pages: 512
 *
 * @param sim   the host
 * @param text  room for the lines and the NUL after the last; may be NULL if @p size is 0
 * @param size  bytes of room; what does not fit is left out
 * @return the bytes of all lines, without the NUL: 0 if nothing is left; or a negative errno:
 * @err{EINVAL}  sim is NULL, or there is room at NULL
 * @onfail  nothing is written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_leftovers(struct iova_sim *sim, char *text, size_t size);

/**
 * Walk the live mappings, by container and then by address, and behind them by iommufd, IOAS and
 * address.
 *
 * @param sim          the host
 * @param nth          index from 0
 * @param ret_mapping  the mapping; its size set by the caller
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or ret_mapping too short
 * @err{ENOENT}  there are fewer
 * @onfail  *ret_mapping is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_mapping(struct iova_sim *sim, uint32_t nth,
			      struct iova_sim_mapping *ret_mapping);

/**
 * The ranges that a container permits now, lowest first; none before it has an
 * IOMMU, and none where the kernel does not enforce them. Of an iommufd, those of its
 * IOAS: the one that VFIO's requests work on, or else the only one.
 *
 * @param sim     the host
 * @param fd      the container or iommufd, or IOVA_SIM_ONLY_CONTAINER
 * @param ranges  room for @p n ranges; may be NULL if that is 0
 * @param n       how many fit
 * @return the number of ranges, which may be more than fit, or a negative errno:
 * @err{EINVAL}  sim is NULL
 * @err{EBADF}   the fd is no open container
 * @err{ENOENT}  there is no container, or more than one; or that of an IOAS
 * @onfail  nothing is written
 * @mt      MT-Safe
 * @kernel  drivers/vfio/vfio_iommu_type1.c: vfio_iommu_iova_build_caps
 * @since   0.1
 */
IOVA_API int iova_sim_list(struct iova_sim *sim, int fd, struct iova_range *ranges, size_t n);

#ifdef __cplusplus
}
#endif

#endif

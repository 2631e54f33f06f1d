/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_SIM_KERNEL_H
#define LIBIOVA_SIM_KERNEL_H

/**
 * @file
 * How the kernel of the host behaves, feature by feature.
 *
 * Start from iova_sim_kernel_of() and change what differs. The words in
 * brackets say which releases of Linux have the feature.
 */

#include <libiova-sim/life.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @name What a group with a direct region meets
 * @{
 */
#define IOVA_SIM_DIRECT_ALLOWED 0      /**< nothing: AMD and Arm before 6.6 */
#define IOVA_SIM_DIRECT_AT_IOMMU 1     /**< EPERM where type1 attaches: VT-d to 5.17, 6.2-6.5 */
#define IOVA_SIM_DIRECT_AT_CONTAINER 2 /**< EPERM at SET_CONTAINER: VT-d, 5.19-6.1 */
#define IOVA_SIM_DIRECT_INVALID 3      /**< EINVAL at SET_CONTAINER: every IOMMU from 6.6 */
/** @} */

/** The features of a kernel; 0 for what it lacks. */
struct iova_sim_kernel {
	size_t size;             /**< sizeof(struct iova_sim_kernel) */
	uint32_t type1;          /**< 0: the module vfio_iommu_type1 is not loaded */
	uint32_t has_cap_offset; /**< GET_INFO knows capabilities at all (5.4) */
	uint32_t has_list;       /**< capability IOVA_RANGE (5.4), with enforces */
	uint32_t has_migration;  /**< capability MIGRATION (5.8) */
	uint32_t has_avail;      /**< capability DMA_AVAIL (5.10) */
	uint32_t padded;         /**< capabilities padded to 8 bytes, whole info written (6.6) */
	uint32_t enforces;       /**< MAP_DMA and attach look at the list (5.4) */
	uint32_t has_unmap_all;  /**< UNMAP_DMA knows the ALL flag, and goes in order (5.12) */
	uint32_t has_nesting;    /**< CHECK_EXTENSION says yes to nesting (to 6.12) */
	uint32_t claims_owner;   /**< viability is tested at SET_CONTAINER (5.18) */
	uint32_t tells_kind;     /**< SET_CONTAINER of a wrong fd is EBADFD (6.2), else EINVAL */
	uint32_t revokes_group;  /**< losing its last VFIO device detaches a group (6.1) */
	uint32_t direct;         /**< IOVA_SIM_DIRECT_*: the rule for direct regions */
	uint32_t top_defect;     /**< a mapping that ends at 2^64-1 is lost (to 6.17) */
	uint32_t early_wrap;     /**< MAP tests wraps first; they are EOVERFLOW (6.18) */
	uint32_t has_relaxable;  /**< the word direct-relaxable; without, shown as direct (5.3) */
	uint32_t has_group_type; /**< groups have the file type (4.19) */
	uint32_t has_regions;    /**< groups have the file reserved_regions (4.11) */
	uint32_t unsafe_interrupts; /**< parameter allow_unsafe_interrupts of vfio_iommu_type1 */
	uint32_t entry_limit; /**< dma_entry_limit: mappings a container may have; 0: no limit */
	uint32_t iommufd;     /**< built with iommufd; Debian's kernels are not */
	uint32_t iommufd_container; /**< with iommufd: it provides /dev/vfio/vfio, not type1 */
	uint32_t unsafe_iommufd;    /**< parameter allow_unsafe_interrupts of iommufd */
	uint32_t without_groups;    /**< built without /dev/vfio/N and containers (6.6) */
	uint32_t noiommu;      /**< parameter enable_unsafe_noiommu_mode of vfio; Debian has none */
	uint32_t has_iommufd;  /**< there is an iommufd to build: /dev/iommu (6.2) */
	uint32_t has_cdevs;    /**< with iommufd: /dev/vfio/devices, and BIND_IOMMUFD (6.6) */
	uint32_t has_vfio_dev; /**< devices of VFIO have the directory vfio-dev (6.1) */
	uint32_t has_hw_info;  /**< IOMMU_GET_HW_INFO (6.6) */
	uint32_t has_file_maps;   /**< IOMMU_IOAS_MAP_FILE (6.13) */
	uint32_t reserves_device; /**< iommufd reserves for one device (6.4), else for its group */
	uint32_t unmaps_nothing;  /**< UNMAP_DMA by iommufd, of nothing, succeeds (6.12.y, 6.18) */
};

/**
 * The features of a release of Linux, on a machine with VT-d, as Debian builds
 * it: without iommufd. Set @c iommufd to have it where the release does.
 *
 * @param release     "4.19", "5.2", "5.4", "5.10", "5.15", "6.1", "6.2", "6.3", "6.6", "6.12",
 *                    "6.13" or "6.18"
 * @param ret_kernel  the features; its size set by the caller
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or ret_kernel too short
 * @err{ENOENT}  a release that is not known
 * @onfail  *ret_kernel is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_kernel_of(const char *release, struct iova_sim_kernel *ret_kernel);

/**
 * Change the kernel of a host. What is attached or mapped already is not
 * looked at again; a container keeps the entry limit it began with.
 *
 * @param sim     changed
 * @param kernel  copied
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or the kernel too short
 * @err{E2BIG}   a feature this version does not know
 * @onfail  the host is as it was
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_set_kernel(struct iova_sim *sim, const struct iova_sim_kernel *kernel);

/**
 * The kernel of a host as it is set.
 *
 * @param sim         the host
 * @param ret_kernel  the features; its size set by the caller
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or ret_kernel too short
 * @onfail  *ret_kernel is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_get_kernel(struct iova_sim *sim, struct iova_sim_kernel *ret_kernel);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_SIM_CALLS_H
#define LIBIOVA_SIM_CALLS_H

/**
 * @file
 * The kinds of calls that a host is asked through its table, and their number.
 */

#include <libiova-sim/life.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @name Kinds of calls, to count and to make fail
 * @{
 */
#define IOVA_SIM_CALL_ANY 0               /**< every call */
#define IOVA_SIM_CALL_OPEN 1              /**< open of the table */
#define IOVA_SIM_CALL_CLOSE 2             /**< close of the table */
#define IOVA_SIM_CALL_READ_FILE 3         /**< read_file of the table */
#define IOVA_SIM_CALL_READ_LINK 4         /**< read_link of the table */
#define IOVA_SIM_CALL_LIST 5              /**< list of the table */
#define IOVA_SIM_CALL_MEMORY 6            /**< memory of the table */
#define IOVA_SIM_CALL_GET_API_VERSION 7   /**< VFIO_GET_API_VERSION */
#define IOVA_SIM_CALL_CHECK_EXTENSION 8   /**< VFIO_CHECK_EXTENSION */
#define IOVA_SIM_CALL_SET_IOMMU 9         /**< VFIO_SET_IOMMU */
#define IOVA_SIM_CALL_GET_STATUS 10       /**< VFIO_GROUP_GET_STATUS */
#define IOVA_SIM_CALL_SET_CONTAINER 11    /**< VFIO_GROUP_SET_CONTAINER */
#define IOVA_SIM_CALL_UNSET_CONTAINER 12  /**< VFIO_GROUP_UNSET_CONTAINER */
#define IOVA_SIM_CALL_GET_DEVICE_FD 13    /**< VFIO_GROUP_GET_DEVICE_FD */
#define IOVA_SIM_CALL_GET_INFO 14         /**< VFIO_IOMMU_GET_INFO */
#define IOVA_SIM_CALL_MAP 15              /**< VFIO_IOMMU_MAP_DMA */
#define IOVA_SIM_CALL_UNMAP 16            /**< VFIO_IOMMU_UNMAP_DMA */
#define IOVA_SIM_CALL_OTHER_IOCTL 17      /**< any other ioctl */
#define IOVA_SIM_CALL_DUPLICATE 18        /**< duplicate of the table */
#define IOVA_SIM_CALL_DEVICE_GET_INFO 19  /**< VFIO_DEVICE_GET_INFO */
#define IOVA_SIM_CALL_BIND_IOMMUFD 20     /**< VFIO_DEVICE_BIND_IOMMUFD */
#define IOVA_SIM_CALL_ATTACH_PT 21        /**< VFIO_DEVICE_ATTACH_IOMMUFD_PT */
#define IOVA_SIM_CALL_DETACH_PT 22        /**< VFIO_DEVICE_DETACH_IOMMUFD_PT */
#define IOVA_SIM_CALL_DESTROY 23          /**< IOMMU_DESTROY */
#define IOVA_SIM_CALL_IOAS_ALLOC 24       /**< IOMMU_IOAS_ALLOC */
#define IOVA_SIM_CALL_IOAS_ALLOW_IOVAS 25 /**< IOMMU_IOAS_ALLOW_IOVAS */
#define IOVA_SIM_CALL_IOAS_COPY 26        /**< IOMMU_IOAS_COPY */
#define IOVA_SIM_CALL_IOAS_IOVA_RANGES 27 /**< IOMMU_IOAS_IOVA_RANGES */
#define IOVA_SIM_CALL_IOAS_MAP 28         /**< IOMMU_IOAS_MAP */
#define IOVA_SIM_CALL_IOAS_MAP_FILE 29    /**< IOMMU_IOAS_MAP_FILE */
#define IOVA_SIM_CALL_IOAS_UNMAP 30       /**< IOMMU_IOAS_UNMAP */
#define IOVA_SIM_CALL_IOMMU_OPTION 31     /**< IOMMU_OPTION */
#define IOVA_SIM_CALL_VFIO_IOAS 32        /**< IOMMU_VFIO_IOAS */
#define IOVA_SIM_CALL_GET_HW_INFO 33      /**< IOMMU_GET_HW_INFO */
#define IOVA_SIM_N_CALLS 34               /**< how many kinds there are */
/** @} */

/**
 * How many calls of a kind were made so far, those that failed among them.
 *
 * @param sim   the host
 * @param call  IOVA_SIM_CALL_*
 * @return the number; 0 if sim is NULL or the kind unknown
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API uint64_t iova_sim_calls(struct iova_sim *sim, uint32_t call);

#ifdef __cplusplus
}
#endif

#endif

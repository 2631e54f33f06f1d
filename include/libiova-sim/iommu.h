/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_SIM_IOMMU_H
#define LIBIOVA_SIM_IOMMU_H

/**
 * @file
 * The IOMMUs of the host, and the memory that a mapping pins.
 */

#include <libiova-sim/life.h>

#ifdef __cplusplus
extern "C" {
#endif

/** For a group's number where all groups, present and future, are meant. */
#define IOVA_SIM_ALL_GROUPS UINT32_MAX

/** One IOMMU. Groups behind equal IOMMUs share a domain, as far as type1 does that. */
struct iova_sim_iommu {
	size_t size;                /**< sizeof(struct iova_sim_iommu) */
	uint64_t aperture_start;    /**< first address of the geometry it reports */
	uint64_t aperture_last;     /**< last address of the geometry it reports, included */
	uint64_t map_last;          /**< last address it really maps; above: EFAULT at MAP_DMA */
	uint64_t page_sizes;        /**< a bit for each size, in bytes */
	uint32_t remaps_interrupts; /**< 0: attaching needs unsafe_interrupts of the kernel */
	uint32_t coherent;          /**< 1: it can make every access coherent (DMA_CC) */
	uint32_t hw_type;           /**< what IOMMU_GET_HW_INFO calls it: 1 for VT-d; 0: nothing */
	uint32_t pad;               /**< 0 */
};

/**
 * Describe an IOMMU by its width: all of it mappable, pages of 4 KiB, 2 MiB
 * and 1 GiB, interrupts remapped, coherent.
 *
 * @param bits       address bits, 1..64
 * @param ret_iommu  the IOMMU; its size set by the caller
 * @return 0, or a negative errno:
 * @err{EINVAL}  ret_iommu is NULL or too short
 * @onfail  *ret_iommu is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_iommu_of_width(uint32_t bits, struct iova_sim_iommu *ret_iommu);

/**
 * Put a group behind an IOMMU. A group that is attached keeps the one it was
 * attached with until it is attached anew.
 *
 * @param sim    changed
 * @param group  number of the group, or IOVA_SIM_ALL_GROUPS
 * @param iommu  copied
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, the IOMMU too short, its aperture inverted, or without pages
 * @err{E2BIG}   a property this version does not know
 * @err{ENOENT}  there is no such group
 * @onfail  the host is as it was
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_set_iommu(struct iova_sim *sim, uint32_t group,
				const struct iova_sim_iommu *iommu);

/**
 * Set what the table says of memory, and what MAP_DMA charges against.
 *
 * @param sim     changed
 * @param memory  copied; @c locked is what else the process has locked: mappings are added to it
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or the page size no power of two
 * @onfail  the host is as it was
 * @mt      MT-Safe
 * @kernel  drivers/vfio/vfio_iommu_type1.c: vfio_pin_pages_remote
 * @since   0.1
 */
IOVA_API int iova_sim_set_memory(struct iova_sim *sim, const struct iova_sys_memory *memory);

/**
 * Make memory that cannot be pinned: MAP_DMA of any byte of it gives EFAULT.
 *
 * @param sim    changed
 * @param start  first address in the process
 * @param last   last address, included
 * @return 0, or a negative errno:
 * @err{EINVAL}  sim is NULL, or the range inverted
 * @err{ENOMEM}  no memory
 * @onfail  the host is as it was
 * @mt      MT-Safe
 * @kernel  drivers/vfio/vfio_iommu_type1.c: vaddr_get_pfns
 * @since   0.1
 */
IOVA_API int iova_sim_add_bad_memory(struct iova_sim *sim, uint64_t start, uint64_t last);

/**
 * Make memory of the process a device's, as a mapped BAR is: type1 maps it and charges nothing
 * for it, iommufd gives EFAULT once a device is attached.
 *
 * @param sim    changed
 * @param start  first address in the process
 * @param last   last address, included
 * @return 0, or a negative errno:
 * @err{EINVAL}  sim is NULL, or the range inverted
 * @err{ENOMEM}  no memory
 * @onfail  the host is as it was
 * @mt      MT-Safe
 * @kernel  drivers/vfio/vfio_iommu_type1.c: follow_fault_pfn; mm/gup.c: check_vma_flags
 * @since   0.1
 */
IOVA_API int iova_sim_add_device_memory(struct iova_sim *sim, uint64_t start, uint64_t last);

/**
 * Make a file of memory, as memfd_create() does, for IOMMU_IOAS_MAP_FILE. It is closed by the
 * table, and nothing else can be done with it.
 *
 * @param sim     changed
 * @param length  its bytes
 * @return a file descriptor, or a negative errno:
 * @err{EINVAL}  sim is NULL
 * @err{ENOMEM}  no memory, or no number for it is left
 * @onfail  there is no such file
 * @mt      MT-Safe
 * @kernel  mm/gup.c: memfd_pin_folios
 * @since   0.1
 */
IOVA_API int iova_sim_memfd(struct iova_sim *sim, uint64_t length);

#ifdef __cplusplus
}
#endif

#endif

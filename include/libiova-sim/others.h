/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_SIM_OTHERS_H
#define LIBIOVA_SIM_OTHERS_H

/**
 * @file
 * What other processes do to a container behind the caller's back.
 *
 * These are no calls through the table: they are not counted, and meet none of
 * the faults of fault.h.
 */

#include <libiova-sim/life.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * For a container's fd where the only container of the host is meant; or its only iommufd, where
 * there is no container. Of an iommufd it is the IOAS that VFIO's requests work on, or else the
 * only one.
 */
#define IOVA_SIM_ONLY_CONTAINER (-1)

/**
 * Unmap each mapping that lies wholly within a range.
 *
 * @param sim    changed
 * @param fd     the container or iommufd, or IOVA_SIM_ONLY_CONTAINER
 * @param start  first address
 * @param last   last address, included
 * @return the number of mappings that went, or a negative errno:
 * @err{EINVAL}  sim is NULL
 * @err{EBADF}   the fd is no open container
 * @err{ENOENT}  there is no container, or more than one
 * @onfail  nothing is unmapped
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_unmap_behind(struct iova_sim *sim, int fd, uint64_t start, uint64_t last);

/**
 * Map memory for reading and writing.
 *
 * @param sim     changed
 * @param fd      the container, or IOVA_SIM_ONLY_CONTAINER
 * @param iova    first address
 * @param vaddr   memory behind it
 * @param length  bytes
 * @return 0, or a negative errno, also those of VFIO_IOMMU_MAP_DMA:
 * @err{EINVAL}     sim is NULL; no IOMMU is set; misaligned, length 0, or a range the kernel refuses
 * @err{EBADF}      the fd is no open container
 * @err{ENOENT}     there is no container, or more than one
 * @err{EEXIST}     something is mapped there
 * @err{ENOSPC}     the container has all the mappings it may have
 * @err{EOVERFLOW}  the range or the memory would pass 2^64-1, from 6.18 and in an IOAS
 * @err{EFAULT}     the memory cannot be pinned, or the IOMMU does not reach so far
 * @err{ENOMEM}     no memory, or more than may be locked
 * @onfail  nothing is mapped
 * @mt      MT-Safe
 * @kernel  drivers/vfio/vfio_iommu_type1.c: vfio_dma_do_map;
 *          drivers/iommu/iommufd/io_pagetable.c: iopt_map_user_pages
 * @since   0.1
 */
IOVA_API int iova_sim_map_behind(struct iova_sim *sim, int fd, uint64_t iova, uint64_t vaddr,
				 uint64_t length);

/**
 * Let another process open a group and put it into a container; with an iommufd, bind each device
 * of the group that has a driver of VFIO, and attach it.
 *
 * @param sim    changed
 * @param fd     the container or iommufd, or IOVA_SIM_ONLY_CONTAINER
 * @param group  number of the group
 * @return 0, or a negative errno, also those of VFIO_GROUP_SET_CONTAINER:
 * @err{EINVAL}  sim is NULL; or the kernel refuses the group
 * @err{EADDRINUSE}  in an IOAS: something is mapped or allowed where the group reserves
 * @err{EBADF}   the fd is no open container
 * @err{ENOENT}  there is no container, more than one, or no node of the group
 * @err{EBUSY}   the group is open, or a device of it bound
 * @err{EPERM}   the group is not viable, has a direct region, or interrupts are not remapped
 * @err{EFAULT}  the IOMMU does not reach what is mapped
 * @err{ENOMEM}  no memory
 * @onfail  the group is not attached
 * @mt      MT-Safe
 * @kernel  drivers/vfio/container.c: vfio_container_attach_group;
 *          drivers/vfio/vfio_iommu_type1.c: vfio_iommu_type1_attach_group;
 *          drivers/iommu/iommufd/device.c: iommufd_device_attach
 * @since   0.1
 */
IOVA_API int iova_sim_attach_behind(struct iova_sim *sim, int fd, uint32_t group);

/**
 * Let that process close the group again.
 *
 * @param sim    changed
 * @param group  number of the group
 * @return 0, or a negative errno:
 * @err{EINVAL}  sim is NULL
 * @err{ENOENT}  no other process holds the group
 * @onfail  the host is as it was
 * @mt      MT-Safe
 * @kernel  drivers/vfio/container.c: vfio_group_detach_container
 * @since   0.1
 */
IOVA_API int iova_sim_detach_behind(struct iova_sim *sim, uint32_t group);

#ifdef __cplusplus
}
#endif

#endif

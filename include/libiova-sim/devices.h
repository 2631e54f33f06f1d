/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_SIM_DEVICES_H
#define LIBIOVA_SIM_DEVICES_H

/**
 * @file
 * What the host is made of: groups, devices with their drivers, reserved
 * regions.
 *
 * All of it may change at any time, also while contexts are open, as devices
 * come and go. What is attached already is not looked at again.
 */

#include <libiova-sim/life.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * For the group of a device that no IOMMU serves. Where the kernel has
 * iova_sim_kernel::noiommu, VFIO makes one for it as soon as one of its drivers is
 * bound to it, with the lowest number that is free, and takes it away again.
 */
#define IOVA_SIM_NO_GROUP UINT32_MAX

/**
 * Add a group.
 *
 * @param sim   changed
 * @param id    its number, up to 2^31-1
 * @param type  as in sysfs, "DMA" say; up to 31 bytes, copied
 * @return 0, or a negative errno:
 * @err{EINVAL}  sim or type is NULL, or one of them too long or large
 * @err{EEXIST}  there is a group of that number
 * @err{ENOMEM}  no memory
 * @onfail  the host is as it was
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_add_group(struct iova_sim *sim, uint32_t id, const char *type);

/**
 * Plug in a device of the PCI bus.
 *
 * A group has its node below /dev/vfio while one of its devices is bound to a
 * driver with "vfio" in its name. Such a device has the lowest number that is free
 * as its vfioN, and with iova_sim_kernel::has_cdevs a node below /dev/vfio/devices.
 * A group that is attached takes the device along; the ranges of its container
 * stay as they are until a group comes or goes.
 *
 * @param sim         changed
 * @param group       number of its group, or IOVA_SIM_NO_GROUP
 * @param name        its address, "0000:00:1f.2"; up to 63 bytes, copied
 * @param vendor      vendor's number, 16 bits
 * @param device      device's number, 16 bits
 * @param class_code  class, 24 bits: 0x0c0330 is an xHCI
 * @param driver      the driver it is bound to, up to 63 bytes, copied; NULL for none
 * @return 0, or a negative errno:
 * @err{EINVAL}  sim or name is NULL, the name empty or with a '/', or a text too long
 * @err{ENOENT}  there is no such group
 * @err{EEXIST}  there is a device of that name
 * @err{EBUSY}   the group is in a container, or a device of it bound to an iommufd, and the driver
 *               cannot share it
 * @err{ENOMEM}  no memory
 * @onfail  the host is as it was
 * @mt      MT-Safe
 * @kernel  drivers/iommu/iommu.c: iommu_device_use_default_domain
 * @since   0.1
 */
IOVA_API int iova_sim_add_device(struct iova_sim *sim, uint32_t group, const char *name,
				 uint32_t vendor, uint32_t device, uint32_t class_code,
				 const char *driver);

/**
 * Bind a device to another driver, or to none.
 *
 * A group that loses its last device with a VFIO driver leaves its container,
 * with the mappings if it is the last one there, and calls on its fd fail with
 * ENODEV. Before 6.1 Linux waits, as it does for an open device.
 *
 * @param sim     changed
 * @param name    address of the device
 * @param driver  the driver, up to 63 bytes, copied; NULL for none
 * @return 0, or a negative errno:
 * @err{EINVAL}  sim or name is NULL, or the driver too long
 * @err{ENOENT}  there is no such device
 * @err{EBUSY}   Linux would wait, see above; or the group of the device is in a container, or a
 *               device of it bound to an iommufd, and the driver cannot share it
 * @err{ENOMEM}  no memory
 * @onfail  the device keeps its driver
 * @mt      MT-Safe
 * @kernel  drivers/iommu/iommu.c: iommu_device_use_default_domain;
 *          drivers/vfio/group.c: vfio_device_remove_group
 * @since   0.1
 */
IOVA_API int iova_sim_bind(struct iova_sim *sim, const char *name, const char *driver);

/**
 * Unplug a device. Its regions go with it; the ranges of the container it is
 * used in stay as they are. Of its group see iova_sim_bind().
 *
 * @param sim   changed
 * @param name  address of the device
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENOENT}  there is no such device
 * @err{EBUSY}   it is open, or its group cannot go on without it: Linux would wait
 * @onfail  the device stays
 * @mt      MT-Safe
 * @kernel  drivers/vfio/vfio_main.c: vfio_unregister_group_dev
 * @since   0.1
 */
IOVA_API int iova_sim_remove_device(struct iova_sim *sim, const char *name);

/**
 * Add a reserved region to a group.
 *
 * @param sim    changed
 * @param group  number of the group
 * @param start  first address
 * @param last   last address, included
 * @param word   its type as in sysfs: "direct", "direct-relaxable", "reserved", "msi"; "sw-msi" is
 *               shown as "msi", as the kernel does; up to 31 bytes of anything else are a word of
 *               the future, and strict
 * @return 0, or a negative errno:
 * @err{EINVAL}  sim or word is NULL, the word empty or too long, or the range inverted
 * @err{ENOENT}  there is no such group
 * @err{ENOMEM}  no memory
 * @onfail  the host is as it was
 * @mt      MT-Safe
 * @kernel  drivers/iommu/iommu.c: iommu_get_group_resv_regions, iommu_insert_resv_region
 * @since   0.1
 */
IOVA_API int iova_sim_add_region(struct iova_sim *sim, uint32_t group, uint64_t start,
				 uint64_t last, const char *word);

/**
 * Add a reserved region that comes with one device.
 *
 * @param sim    changed
 * @param name   address of the device
 * @param start  first address
 * @param last   last address, included
 * @param word   its type, as for iova_sim_add_region()
 * @return 0, or a negative errno:
 * @err{EINVAL}  sim, name or word is NULL, the word empty or too long, or the range inverted
 * @err{ENOENT}  there is no such device
 * @err{ENOMEM}  no memory
 * @onfail  the host is as it was
 * @mt      MT-Safe
 * @kernel  drivers/iommu/iommu.c: iommu_get_group_resv_regions, iommu_insert_resv_region
 * @since   0.1
 */
IOVA_API int iova_sim_add_device_region(struct iova_sim *sim, const char *name, uint64_t start,
					uint64_t last, const char *word);

#ifdef __cplusplus
}
#endif

#endif

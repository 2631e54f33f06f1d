/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_HOST_H
#define LIBIOVA_HOST_H

/**
 * @file
 * What a machine has: IOMMU groups, their devices and reserved regions.
 *
 * A host is a snapshot. It is read once, from the running system or from a
 * directory that holds the recorded sysfs of another machine, and never changes
 * afterwards, so any number of threads may look at it.
 */

#include <libiova/failure.h>
#include <libiova/sys.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A snapshot of one machine; made by iova_host_read(), released by iova_host_free(). */
struct iova_host;

/**
 * @name How well a group's reserved_regions could be read
 * @{
 */
#define IOVA_REGIONS_READ 1       /**< whole */
#define IOVA_REGIONS_EMPTY 2      /**< the file is empty: no region, or no IOMMU behind it */
#define IOVA_REGIONS_MISSING 3    /**< there is no such file (kernels before 4.11) */
#define IOVA_REGIONS_UNREADABLE 4 /**< it cannot be opened or read */
#define IOVA_REGIONS_TRUNCATED 5  /**< it was cut off; what came before is known */
#define IOVA_REGIONS_MALFORMED 6  /**< a line cannot be understood; the others are known */
/** @} */

/** One reserved region of a group. A value. */
struct iova_region {
	struct iova_range range; /**< as the kernel prints it, not rounded */
	uint32_t type;           /**< IOVA_REGION_* */
	char word[28];           /**< the kernel's word for the type, cut if longer */
};

/** A group. Set @c size first; the rest is filled. */
struct iova_group_info {
	size_t size;           /**< sizeof(struct iova_group_info) */
	uint32_t id;           /**< number of the group */
	uint32_t regions;      /**< IOVA_REGIONS_*: how well they could be read */
	uint32_t n_devices;    /**< devices in the group */
	uint32_t n_regions;    /**< regions that are known */
	uint32_t n_blocking;   /**< devices whose driver keeps the group from being used */
	int32_t error;         /**< errno behind IOVA_REGIONS_UNREADABLE, negative, else 0 */
	int32_t devices_error; /**< errno if the devices could not be listed, negative, else 0 */
	uint32_t pad;          /**< 0 */
	char type[24]; /**< default domain type ("DMA", "DMA-FQ", "identity"), "" if not known */
};

/** A device. Set @c size first; the rest is filled. */
struct iova_device_info {
	size_t size;         /**< sizeof(struct iova_device_info) */
	uint32_t group;      /**< its group, or IOVA_GROUP_NONE */
	uint32_t vendor;     /**< PCI vendor, 0 if not known */
	uint32_t device;     /**< PCI device, 0 if not known */
	uint32_t class_code; /**< PCI class, 24 bits (0x0c0330 is an xHCI controller), 0 if not known */
	uint32_t blocks;     /**< 1 if its driver keeps the group from being used by VFIO */
	uint32_t pad;        /**< 0 */
	char name[IOVA_DEVICE_NAME_MAX]; /**< address, such as 0000:00:1f.0 */
	char driver[40];                 /**< bound driver, "" if none */
};

/** What to read. NULL means the running machine. */
struct iova_host_opts {
	size_t size;                /**< sizeof(struct iova_host_opts) */
	const char *root;           /**< directory that holds "sys"; NULL for "/" */
	const struct iova_sys *sys; /**< the system to ask; NULL for the real one */
};

/**
 * Read a machine: all groups, their devices and regions.
 *
 * A group whose files cannot be read is kept and says so in its info; only a
 * root that has no list of groups at all is an error.
 *
 * @param opts            what to read, or NULL
 * @param ret_host        the snapshot; the caller's to release
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}   ret_host is NULL, or the options are too short
 * @err{E2BIG}    an option this version does not know
 * @err{ENOENT}   the root does not exist or has no sys/kernel/iommu_groups
 * @err{ENOTDIR}  the root, or a part of the path, is no directory
 * @err{EACCES}   the list of groups may not be read
 * @err{EIO}      the list of groups cannot be read; any errno of the kernel is handed on, with
 *                from_kernel set
 * @err{ENOMEM}   no memory
 * @onfail  *ret_host is not written
 * @mt      MT-Safe
 * @kernel  Documentation/ABI/testing/sysfs-kernel-iommu_groups
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_host_read(const struct iova_host_opts *opts,
					  struct iova_host **ret_host,
					  struct iova_failure *reterr_failure);

/**
 * Release a snapshot.
 *
 * @param host  the snapshot, or NULL
 * @onfail  does not apply
 * @mt      MT-Safe race:host
 * @since   0.1
 */
IOVA_API void iova_host_free(struct iova_host *host);

/**
 * How many groups the machine has.
 *
 * @param host  the snapshot; NULL counts as none
 * @return the number of groups; never fails
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API size_t iova_host_count_groups(const struct iova_host *host);

/**
 * The n-th group, in the order of their numbers.
 *
 * @param host      the snapshot
 * @param i         index from 0
 * @param ret_info  filled; its size set by the caller
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or the info's size is too small
 * @err{ENOENT}  there is no such group
 * @onfail  *ret_info is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_host_nth_group(const struct iova_host *host, size_t i,
					       struct iova_group_info *ret_info);

/**
 * The group of a number.
 *
 * @param host      the snapshot
 * @param group     its number
 * @param ret_info  filled; its size set by the caller; may be NULL to ask whether it exists
 * @return 0, or a negative errno:
 * @err{EINVAL}  host is NULL, or the info's size is too small
 * @err{ENOENT}  there is no such group
 * @onfail  *ret_info is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_host_find_group(const struct iova_host *host, uint32_t group,
						struct iova_group_info *ret_info);

/**
 * The n-th device of a group, in the order of their names.
 *
 * @param host      the snapshot
 * @param group     the group's number
 * @param i         index from 0
 * @param ret_info  filled; its size set by the caller
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or the info's size is too small
 * @err{ENOENT}  there is no such group or device
 * @onfail  *ret_info is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_host_nth_device(const struct iova_host *host, uint32_t group,
						size_t i, struct iova_device_info *ret_info);

/**
 * The device of a name, and with it its group.
 *
 * @param host      the snapshot
 * @param name      a PCI address, with or without its domain ("0000:00:1f.0", "00:1f.0"),
 *                  or the name of a device that is no PCI device
 * @param ret_info  filled; its size set by the caller
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or the info's size is too small
 * @err{ENOENT}  no group has such a device
 * @onfail  *ret_info is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_host_find_device(const struct iova_host *host, const char *name,
						 struct iova_device_info *ret_info);

/**
 * The n-th reserved region of a group, in the order of the kernel's file.
 *
 * @param host        the snapshot
 * @param group       the group's number
 * @param i           index from 0
 * @param ret_region  the region
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENOENT}  there is no such group or region
 * @onfail  *ret_region is not written
 * @mt      MT-Safe
 * @kernel  drivers/iommu/iommu.c: iommu_group_show_resv_regions (4.11)
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_host_nth_region(const struct iova_host *host, uint32_t group,
						size_t i, struct iova_region *ret_region);

/**
 * Bring a PCI address into the form that sysfs uses.
 *
 * @param text      "DDDD:BB:DD.F" or "BB:DD.F", hexadecimal, either case; the domain may
 *                  have up to eight digits
 * @param ret_name  the address in lower case, with its domain
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or the text is no PCI address
 * @onfail  *ret_name is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_device_name_parse(const char *text,
						  char (*ret_name)[IOVA_DEVICE_NAME_MAX]);

#ifdef __cplusplus
}
#endif

#endif

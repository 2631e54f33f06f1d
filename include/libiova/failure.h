/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_FAILURE_H
#define LIBIOVA_FAILURE_H

/**
 * @file
 * Why something is not possible, as data: conflicts of an address range, and
 * failures of a step. iova_explain() and iova_conflict_text() turn both into
 * sentences.
 */

#include <libiova/range.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Room for a device's name, NUL included: a PCI address, or the name of a bus's own kind. */
#define IOVA_DEVICE_NAME_MAX 64

/** In place of a group's number where none applies. */
#define IOVA_GROUP_NONE UINT32_MAX

/**
 * @name Backends: the kernel's interfaces for the memory of devices
 * @{
 */
#define IOVA_BACKEND_ANY 0     /**< the best there is, or not known */
#define IOVA_BACKEND_TYPE1 1   /**< groups in a VFIO container: /dev/vfio/vfio, type1 v2 */
#define IOVA_BACKEND_IOMMUFD 2 /**< /dev/iommu and character devices of devices (6.6) */
#define IOVA_BACKEND_COMPAT 3  /**< groups in a container that iommufd provides (6.2) */
#define IOVA_BACKEND_NOIOMMU 4 /**< groups without an IOMMU: nothing is translated or guarded */
/** @} */

/**
 * @name Region types, as the kernel names them in reserved_regions
 * drivers/iommu/iommu.c: iommu_group_resv_type_string.
 * @{
 */
#define IOVA_REGION_DIRECT 1           /**< "direct": must stay mapped one to one */
#define IOVA_REGION_DIRECT_RELAXABLE 2 /**< "direct-relaxable": may be given up by the owner */
#define IOVA_REGION_RESERVED 3         /**< "reserved": no memory is reached there */
#define IOVA_REGION_MSI 4              /**< "msi": interrupts; hardware or software window */
#define IOVA_REGION_UNKNOWN 5          /**< a word this version does not know; strict */
/** @} */

/**
 * @name Verdicts, from best to worst
 * @{
 */
#define IOVA_VERDICT_ALLOW 1  /**< fits */
#define IOVA_VERDICT_WARN 2   /**< possible, and the caller should know */
#define IOVA_VERDICT_REFUSE 3 /**< not to be mapped */
/** @} */

/**
 * @name What a conflict is with
 * @{
 */
#define IOVA_SOURCE_KERNEL 1      /**< the kernel's list of valid ranges leaves it out */
#define IOVA_SOURCE_REGION 2      /**< a reserved region of a group (sysfs) */
#define IOVA_SOURCE_WIDTH 3       /**< above the declared device width */
#define IOVA_SOURCE_UNKNOWN_TOP 4 /**< nothing vouches for an address so high */
#define IOVA_SOURCE_GRANULE 5     /**< the rest of a page that is partly forbidden */
#define IOVA_SOURCE_LAST_PAGE 6   /**< the last page of the 64-bit space */
#define IOVA_SOURCE_RESERVATION 7 /**< the caller's own reservation */
#define IOVA_SOURCE_SYSFS 8       /**< a group's regions could not be read whole */
#define IOVA_SOURCE_MAPPING 9     /**< a live mapping */
#define IOVA_SOURCE_REQUEST 10    /**< another request of the same array */
/** @} */

/**
 * One reason why a range is not free to use. A value: copied, never owned.
 */
struct iova_conflict {
	/** the part of the asked range, or of the segment, that is hit */
	struct iova_range range;
	/** the whole of what it hits, as its source states it (not rounded) */
	struct iova_range region;
	uint32_t source;  /**< IOVA_SOURCE_* */
	uint32_t type;    /**< IOVA_REGION_* for IOVA_SOURCE_REGION, else 0 */
	uint32_t verdict; /**< IOVA_VERDICT_*: what policy says of this one */
	uint32_t group;   /**< whose it is, or IOVA_GROUP_NONE */
	/** the device that the region belongs to where that can be told, else "" */
	char device[IOVA_DEVICE_NAME_MAX];
	/** the kernel's word for the region, or the name of the reservation, else "" */
	char word[32];
	/** virtual address of the mapping or request for IOVA_SOURCE_MAPPING and _REQUEST, else 0 */
	uint64_t vaddr;
};

/**
 * @name Steps that can fail
 * @{
 */
#define IOVA_STEP_ARGUMENT 1         /**< looking at the arguments */
#define IOVA_STEP_READ_HOST 2        /**< reading groups and devices from sysfs */
#define IOVA_STEP_FIND_GROUP 3       /**< from a number or a device address to a group */
#define IOVA_STEP_OPEN_CONTAINER 4   /**< open of /dev/vfio/vfio */
#define IOVA_STEP_ADOPT_CONTAINER 5  /**< recognising the caller's container fd */
#define IOVA_STEP_OPEN_GROUP 6       /**< open of /dev/vfio/N */
#define IOVA_STEP_ADOPT_GROUP 7      /**< recognising the caller's group fd */
#define IOVA_STEP_TRY 8              /**< whether the group's regions break live mappings */
#define IOVA_STEP_SET_CONTAINER 9    /**< VFIO_GROUP_SET_CONTAINER */
#define IOVA_STEP_SET_IOMMU 10       /**< VFIO_SET_IOMMU, VFIO_CHECK_EXTENSION before it */
#define IOVA_STEP_GET_INFO 11        /**< VFIO_IOMMU_GET_INFO, IOMMU_IOAS_IOVA_RANGES */
#define IOVA_STEP_CHECK 12           /**< asking policy and the table of mappings */
#define IOVA_STEP_ALLOCATE 13        /**< looking for a free address */
#define IOVA_STEP_MAP 14             /**< VFIO_IOMMU_MAP_DMA, IOMMU_IOAS_MAP, IOMMU_IOAS_MAP_FILE */
#define IOVA_STEP_UNMAP 15           /**< VFIO_IOMMU_UNMAP_DMA, IOMMU_IOAS_UNMAP */
#define IOVA_STEP_UNSET_CONTAINER 16 /**< VFIO_GROUP_UNSET_CONTAINER */
#define IOVA_STEP_OPEN_DEVICE 17   /**< VFIO_GROUP_GET_DEVICE_FD; or another fd of a bound device */
#define IOVA_STEP_OPEN_IOMMUFD 18  /**< open of /dev/iommu */
#define IOVA_STEP_ADOPT_IOMMUFD 19 /**< recognising the caller's iommufd */
#define IOVA_STEP_IOAS 20          /**< IOMMU_IOAS_ALLOC, or recognising the caller's IOAS */
#define IOVA_STEP_OPEN_CDEV 21     /**< from a device to its node, and open of that */
#define IOVA_STEP_ADOPT_CDEV 22    /**< recognising the caller's fd of a device */
#define IOVA_STEP_BIND 23          /**< VFIO_DEVICE_BIND_IOMMUFD */
#define IOVA_STEP_ATTACH 24        /**< VFIO_DEVICE_ATTACH_IOMMUFD_PT */
#define IOVA_STEP_DETACH 25        /**< VFIO_DEVICE_DETACH_IOMMUFD_PT */
#define IOVA_STEP_PIN 26           /**< IOMMU_IOAS_ALLOW_IOVAS */
#define IOVA_STEP_COPY 27          /**< IOMMU_IOAS_COPY */
#define IOVA_STEP_OPTION 28        /**< IOMMU_OPTION */
/** @} */

/**
 * @name Why, where the library itself knows
 * @{
 */
#define IOVA_WHY_UNKNOWN 0           /**< only the errno says */
#define IOVA_WHY_NULL 1              /**< NULL where a handle or result belongs */
#define IOVA_WHY_OPTIONS 2           /**< an option struct of the wrong size, or an unknown flag */
#define IOVA_WHY_BAD_DEVICE_NAME 3   /**< not a PCI address */
#define IOVA_WHY_ZERO_LENGTH 4       /**< nothing to map or unmap */
#define IOVA_WHY_UNALIGNED 5         /**< IOVA, length or virtual address off the granule */
#define IOVA_WHY_WRAPS 6             /**< past 2^64-1 */
#define IOVA_WHY_ACCESS 7            /**< neither read nor write */
#define IOVA_WHY_NO_SYSFS 8          /**< the root has no sys/kernel/iommu_groups */
#define IOVA_WHY_NO_GROUP 9          /**< no such group */
#define IOVA_WHY_NO_DEVICE 10        /**< no such device, or it is in no group */
#define IOVA_WHY_NOT_CONTAINER 11    /**< the fd is no VFIO container */
#define IOVA_WHY_NOT_GROUP 12        /**< the fd is no VFIO group */
#define IOVA_WHY_ALREADY_ATTACHED 13 /**< the group is in this context */
#define IOVA_WHY_NOT_ATTACHED 14     /**< the group is not in this context */
#define IOVA_WHY_NO_IOMMU 15         /**< no group is attached yet */
#define IOVA_WHY_NOT_VIABLE 16       /**< a member of the group has a driver that is not VFIO's */
#define IOVA_WHY_BREAKS_MAPPING 17   /**< the group forbids what is mapped now */
#define IOVA_WHY_REFUSED 18          /**< the address is not to be used: see the conflict */
#define IOVA_WHY_OVERLAP 19          /**< a live mapping or request is there: see the conflict */
#define IOVA_WHY_NO_SPACE 20         /**< no free range is large enough */
#define IOVA_WHY_ENTRY_LIMIT 21      /**< the container has no mapping left */
#define IOVA_WHY_MEMLOCK 22          /**< RLIMIT_MEMLOCK would be passed */
#define IOVA_WHY_NOT_MAPPED 23       /**< nothing is mapped there */
#define IOVA_WHY_CUTS_MAPPING 24     /**< the range would cut a mapping in two */
#define IOVA_WHY_UNMAP_SIZE 25       /**< the kernel unmapped another size than recorded */
#define IOVA_WHY_MAPPINGS_LIVE 26    /**< leaving would drop live mappings */
#define IOVA_WHY_BAD_REPLY 27        /**< the kernel's answer cannot be parsed */
#define IOVA_WHY_NO_TYPE1 28         /**< the kernel offers no type1 v2 IOMMU */
#define IOVA_WHY_CANCELED 29         /**< the caller wanted no more of it */
#define IOVA_WHY_NO_IOMMUFD 30       /**< the kernel has no /dev/iommu */
#define IOVA_WHY_NOT_IOMMUFD 31      /**< the fd is no iommufd */
#define IOVA_WHY_NO_IOAS 32          /**< the iommufd has no such IOAS */
#define IOVA_WHY_NO_CDEV 33    /**< the device has no character device below /dev/vfio/devices */
#define IOVA_WHY_NOT_CDEV 34   /**< the fd is no character device of VFIO's */
#define IOVA_WHY_BOUND 35      /**< the device is bound to an iommufd already */
#define IOVA_WHY_GROUP_OPEN 36 /**< its group is open the old way, or the reverse */
#define IOVA_WHY_NO_REQUEST 37 /**< this kernel does not know the request */
#define IOVA_WHY_BACKEND 38    /**< the context's backend cannot do that */
#define IOVA_WHY_NO_TRANSLATION 39 /**< no-IOMMU: there is nothing to map in */
#define IOVA_WHY_BREAKS_PROMISE 40 /**< the device takes away what was pinned */
#define IOVA_WHY_OTHER_IOMMUFD 41  /**< the two contexts have no iommufd in common */
/** @} */

/**
 * A step that failed, and all that is known of it. Set @c size before the call
 * that fills it; the call writes it only when it fails. A caller that makes
 * the system calls itself may fill one by hand and have it explained: what is
 * 0 is not known (IOVA_GROUP_NONE for the group).
 */
struct iova_failure {
	size_t size;          /**< sizeof(struct iova_failure) */
	uint32_t step;        /**< IOVA_STEP_* */
	uint32_t why;         /**< IOVA_WHY_* */
	int32_t error;        /**< the negative errno that was returned */
	uint32_t from_kernel; /**< 1: the kernel's own answer; 0: refused before it was asked */
	uint32_t group;       /**< the group in question, or IOVA_GROUP_NONE */
	uint32_t n_conflicts; /**< how many conflicts there are; the worst is below */
	char device[IOVA_DEVICE_NAME_MAX]; /**< the device in question, or "" */
	char path[128];                    /**< the file in question, or "" */
	uint64_t iova;                     /**< the range in question: first address, */
	uint64_t length;                   /**< bytes, 0 if there is none, */
	uint64_t vaddr;                    /**< and the memory behind it */
	uint64_t granule;                  /**< granule of the space, 0 if not known */
	uint64_t expected; /**< for IOVA_WHY_UNMAP_SIZE bytes recorded; for a limit, what was needed */
	uint64_t actual; /**< for IOVA_WHY_UNMAP_SIZE bytes unmapped; for a limit, what is left */
	struct iova_conflict conflict; /**< the worst conflict, if n_conflicts > 0 */
	uint32_t backend;              /**< IOVA_BACKEND_*: which interface was asked */
	uint32_t pad;                  /**< 0 */
};

/** A failure with nothing known, ready to be passed. */
#define IOVA_FAILURE_INIT                                                                        \
	{                                                                                        \
		sizeof(struct iova_failure), 0, 0, 0, 0, IOVA_GROUP_NONE, 0, "", "", 0, 0, 0, 0, \
			0, 0, { { 0, 0 }, { 0, 0 }, 0, 0, 0, IOVA_GROUP_NONE, "", "", 0 }, 0, 0  \
	}

#ifdef __cplusplus
}
#endif

#endif

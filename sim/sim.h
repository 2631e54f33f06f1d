/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SIM_H
#define IOVA_SIM_H

/**
 * @file
 * A simulated Linux host with VFIO, behind the table of system functions.
 *
 * A sim is built in code or from a preset: groups, devices, reserved regions,
 * IOMMUs and the behaviour of one kernel version. Its table (iova_sim_sys())
 * then answers as that kernel would: sysfs below "sys", the nodes below
 * "dev/vfio", and the ioctls of containers and groups with the type1 IOMMU.
 * Nothing real is opened, and nothing is ever written to memory that a mapping
 * names. Sims share nothing; any thread may call any function on any sim.
 *
 * Functions return 0 or more on success and a negative errno on failure.
 *
 * Not modelled: mediated and emulated devices, no-IOMMU groups, dirty
 * tracking, the VADDR flags, nested translation (SET_IOMMU of it fails as on
 * hardware without it), devices on another bus than PCI, and the damage that
 * a mapping lost at the top of the space does to the lookup of others.
 */

#include <libiova/range.h>
#include <libiova/sys.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One simulated host; made by iova_sim_new(), released by iova_sim_free(). */
struct iova_sim;

/** For a group's number where all groups, present and future, are meant. */
#define IOVA_SIM_ALL_GROUPS UINT32_MAX

/** For the group of a device that no IOMMU serves. */
#define IOVA_SIM_NO_GROUP UINT32_MAX

/** For a container's fd where the only container of the host is meant. */
#define IOVA_SIM_ONLY_CONTAINER (-1)

/**
 * @name What a group with a direct region meets
 * @{
 */
#define IOVA_SIM_DIRECT_ALLOWED 0      /**< nothing: AMD and Arm before 6.6 */
#define IOVA_SIM_DIRECT_AT_IOMMU 1     /**< EPERM where type1 attaches: VT-d to 5.17, 6.2-6.5 */
#define IOVA_SIM_DIRECT_AT_CONTAINER 2 /**< EPERM at SET_CONTAINER: VT-d, 5.19-6.1 */
#define IOVA_SIM_DIRECT_INVALID 3      /**< EINVAL at SET_CONTAINER: every IOMMU from 6.6 */
/** @} */

/** How the kernel behaves, by feature. Start from iova_sim_kernel_of() and change what differs. */
struct iova_sim_kernel {
	uint32_t type1;          /**< 0: the module vfio_iommu_type1 is not loaded */
	uint32_t has_cap_offset; /**< GET_INFO knows capabilities at all (5.4) */
	uint32_t has_list;       /**< capability IOVA_RANGE (5.4), with enforces */
	uint32_t has_migration;  /**< capability MIGRATION (5.8) */
	uint32_t has_avail;      /**< capability DMA_AVAIL (5.10) */
	uint32_t padded;         /**< capabilities padded to 8 bytes, whole info written (6.6) */
	uint32_t enforces;       /**< MAP_DMA and attach look at the list (5.4) */
	uint32_t has_unmap_all;  /**< UNMAP_DMA knows the ALL flag (5.12) */
	uint32_t has_nesting;    /**< CHECK_EXTENSION says yes to nesting (to 6.12) */
	uint32_t claims_owner;   /**< viability is tested at SET_CONTAINER (5.19) */
	uint32_t tells_kind;     /**< SET_CONTAINER of a wrong fd is EBADFD (6.2), else EINVAL */
	uint32_t direct;         /**< IOVA_SIM_DIRECT_*: the rule for direct regions */
	uint32_t top_defect;     /**< a mapping that ends at 2^64-1 is lost (to 6.17) */
	uint32_t early_wrap;     /**< MAP tests wraps first; they are EOVERFLOW (6.18) */
	uint32_t has_relaxable;  /**< the word direct-relaxable; without, shown as direct (5.3) */
	uint32_t has_group_type; /**< groups have the file type (4.19) */
	uint32_t has_regions;    /**< groups have the file reserved_regions (4.11) */
	uint32_t unsafe_interrupts; /**< parameter allow_unsafe_interrupts of vfio_iommu_type1 */
	uint32_t entry_limit; /**< dma_entry_limit: mappings a container may have; 0: no limit */
	uint32_t pad;         /**< 0 */
};

/** One IOMMU. Groups behind equal IOMMUs share a domain, as far as type1 does that. */
struct iova_sim_iommu {
	uint64_t aperture_start;    /**< the geometry it reports */
	uint64_t aperture_last;     /**< the geometry it reports */
	uint64_t map_last;          /**< what it can really map; above: EFAULT at MAP_DMA */
	uint64_t page_sizes;        /**< a bit for each */
	uint32_t remaps_interrupts; /**< 0: attaching needs unsafe_interrupts */
	uint32_t pad;               /**< 0 */
};

/**
 * @name Calls, to count and to make fail
 * @{
 */
#define IOVA_SIM_CALL_ANY 0
#define IOVA_SIM_CALL_OPEN 1
#define IOVA_SIM_CALL_CLOSE 2
#define IOVA_SIM_CALL_READ_FILE 3
#define IOVA_SIM_CALL_READ_LINK 4
#define IOVA_SIM_CALL_LIST 5
#define IOVA_SIM_CALL_MEMORY 6
#define IOVA_SIM_CALL_GET_API_VERSION 7
#define IOVA_SIM_CALL_CHECK_EXTENSION 8
#define IOVA_SIM_CALL_SET_IOMMU 9
#define IOVA_SIM_CALL_GET_STATUS 10
#define IOVA_SIM_CALL_SET_CONTAINER 11
#define IOVA_SIM_CALL_UNSET_CONTAINER 12
#define IOVA_SIM_CALL_GET_DEVICE_FD 13
#define IOVA_SIM_CALL_GET_INFO 14
#define IOVA_SIM_CALL_MAP 15
#define IOVA_SIM_CALL_UNMAP 16
#define IOVA_SIM_CALL_OTHER_IOCTL 17
#define IOVA_SIM_N_CALLS 18
/** @} */

/** What is open, mapped and pinned now, and what was asked so far. */
struct iova_sim_report {
	uint32_t n_fds;            /**< open descriptors of all kinds */
	uint32_t n_containers;     /**< containers that live, also those kept only by a group */
	uint32_t n_groups;         /**< groups in a container */
	uint32_t n_mappings;       /**< live mappings of all containers */
	uint32_t n_pending_faults; /**< faults and hooks that were set and not hit */
	uint32_t pad;              /**< 0 */
	uint64_t n_pinned_pages;   /**< processor pages pinned by mappings */
	uint64_t n_calls[IOVA_SIM_N_CALLS]; /**< by kind; in [IOVA_SIM_CALL_ANY] all together */
};

/** A live mapping, as the kernel holds it. */
struct iova_sim_mapping {
	struct iova_range range; /**< its addresses */
	uint64_t vaddr;          /**< the memory behind it */
	uint32_t flags;          /**< 1 read, 2 write */
	uint32_t container;      /**< number of the container, from 0, in the order of opening */
};

/* Life */

/** A host without any group, with the kernel "6.12", a 48-bit IOMMU, 64 MiB of memory lockable. */
int iova_sim_new(struct iova_sim **ret_sim);
/** A host of iova_sim_presets(). ENOENT for a name that is not there. */
int iova_sim_new_preset(const char *name, struct iova_sim **ret_sim);
/**
 * Names of the presets, ended by NULL; valid for ever.
 *
 * "desktop": VT-d of 39 bits on 6.12. Groups: 1 a network card; 2 a USB
 * controller with a direct-relaxable RMRR at 0x7b800000; 3 a disk bound to nvme
 * (no node); 4 a RAID card with a direct RMRR at 0x7c000000; 5 the LPC bridge
 * 0000:00:1f.0 with SATA 0000:00:1f.2 on vfio-pci and 0x0-0xffffff
 * direct-relaxable; 6 a graphics card on vfio-pci whose audio function is bound
 * to snd_hda_intel (not viable). "desktop-6.1": the same on 6.1. "old": the
 * same on 4.19. "epyc": AMD-Vi on 6.12; groups 1 a network card, 2 a graphics
 * card with audio, 3 a disk, all on vfio-pci.
 */
const char *const *iova_sim_presets(void);
/** Release a host and all in it. NULL does nothing. */
void iova_sim_free(struct iova_sim *sim);
/** The table to pass to the library; lives as long as the sim. */
const struct iova_sys *iova_sim_sys(struct iova_sim *sim);

/* Description. All may be called at any time; what is attached already is not looked at again. */

/** The features of a release: "4.19", "5.4", "5.10", "6.1", "6.6", "6.12" or "6.18" on VT-d. */
int iova_sim_kernel_of(const char *release, struct iova_sim_kernel *ret_kernel);
void iova_sim_set_kernel(struct iova_sim *sim, const struct iova_sim_kernel *kernel);
void iova_sim_get_kernel(struct iova_sim *sim, struct iova_sim_kernel *ret_kernel);
/** The IOMMU of a group, or of IOVA_SIM_ALL_GROUPS. ENOENT: no such group. */
int iova_sim_set_iommu(struct iova_sim *sim, uint32_t group, const struct iova_sim_iommu *iommu);
/** Fill in an IOMMU of @p bits address bits with 4K, 2M and 1G pages that remaps interrupts. */
void iova_sim_iommu_of_width(uint32_t bits, struct iova_sim_iommu *ret_iommu);
/**
 * What the table's memory() says, and what MAP_DMA charges against: @c locked
 * is what else the process has locked; mappings are added to it.
 */
int iova_sim_set_memory(struct iova_sim *sim, const struct iova_sys_memory *memory);
/** Memory that cannot be pinned: MAP_DMA of any byte of it gives EFAULT. */
int iova_sim_add_bad_memory(struct iova_sim *sim, uint64_t start, uint64_t last);

/** A group; @p type as in sysfs ("DMA"). EEXIST: there is one of that number. */
int iova_sim_add_group(struct iova_sim *sim, uint32_t id, const char *type);
/**
 * A device; @p class_code of 24 bits; @p driver NULL for none. ENOENT group,
 * EEXIST name, EBUSY: the driver is not VFIO's and the group is claimed.
 */
int iova_sim_add_device(struct iova_sim *sim, uint32_t group, const char *name, uint32_t vendor,
			uint32_t device, uint32_t class_code, const char *driver);
/** Bind a device to another driver, or to none with NULL. EBUSY while open, and as above. */
int iova_sim_bind(struct iova_sim *sim, const char *name, const char *driver);
/** Unplug a device. EBUSY while it is open. */
int iova_sim_remove_device(struct iova_sim *sim, const char *name);
/**
 * A reserved region of a group. @p word as in sysfs; "sw-msi" is shown as
 * "msi", as the kernel does; a word of the future is strict.
 */
int iova_sim_add_region(struct iova_sim *sim, uint32_t group, uint64_t start, uint64_t last,
			const char *word);
/** The same for one device; it goes when the device goes. */
int iova_sim_add_device_region(struct iova_sim *sim, const char *name, uint64_t start,
			       uint64_t last, const char *word);

/*
 * Files that misbehave. Paths from the root; symbolic links in them are
 * followed, but one at the very last is meant itself. The last word on a file counts.
 */

/** Any use of the file or directory, or of what is below it, fails with @p error (positive). */
int iova_sim_file_error(struct iova_sim *sim, const char *path, int error);
/** The file ends after @p length bytes. */
int iova_sim_file_cut(struct iova_sim *sim, const char *path, size_t length);
/** The file says this instead. */
int iova_sim_file_text(struct iova_sim *sim, const char *path, const char *text);
/** All files behave again. */
void iova_sim_clear_files(struct iova_sim *sim);

/* Faults and hooks */

/**
 * The @p nth call of a kind from now on (1 is the next) does nothing and fails
 * with @p error (positive); a failing close still closes, as Linux does.
 */
int iova_sim_fail(struct iova_sim *sim, uint32_t call, uint64_t nth, int error);
/** After the @p nth call of a kind from now on, run @p hook; it may call anything on the sim. */
int iova_sim_after(struct iova_sim *sim, uint32_t call, uint64_t nth,
		   void (*hook)(struct iova_sim *sim, void *arg), void *arg);
/** Drop all faults and hooks that are pending. */
void iova_sim_clear_faults(struct iova_sim *sim);
/**
 * In each reply to GET_INFO from now on, put the low @p size bytes (1 to 8) of @p value, little
 * end first, at @p offset; never beyond what the caller gave room for.
 */
int iova_sim_corrupt_info(struct iova_sim *sim, size_t offset, size_t size, uint64_t value);
void iova_sim_clear_corruption(struct iova_sim *sim);

/* What others do to a container behind the caller's back */

/** Unmap what lies wholly within start..last; returns the number of mappings. */
int iova_sim_unmap_behind(struct iova_sim *sim, int fd, uint64_t start, uint64_t last);
/** Map; fails as MAP_DMA does. */
int iova_sim_map_behind(struct iova_sim *sim, int fd, uint64_t iova, uint64_t vaddr,
			uint64_t length);
/** Another process opens a group and puts it into the container. Fails as those calls do. */
int iova_sim_attach_behind(struct iova_sim *sim, int fd, uint32_t group);
/** It closes the group again. ENOENT: it does not hold it. */
int iova_sim_detach_behind(struct iova_sim *sim, uint32_t group);

/* The truth, for assertions */

void iova_sim_report(struct iova_sim *sim, struct iova_sim_report *ret_report);
/** The @p nth live mapping, by container and then by address. ENOENT: there are fewer. */
int iova_sim_mapping(struct iova_sim *sim, uint32_t nth, struct iova_sim_mapping *ret_mapping);
/** The ranges a container permits: fills up to @p n, returns how many there are. */
int iova_sim_list(struct iova_sim *sim, int fd, struct iova_range *ranges, size_t n);

#ifdef __cplusplus
}
#endif

#endif

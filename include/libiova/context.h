/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_CONTEXT_H
#define LIBIOVA_CONTEXT_H

/**
 * @file
 * A live I/O address space: devices attached, memory mapped, the space kept fresh.
 *
 * A context joins a space to the kernel through one of its interfaces, the context's backend: a
 * VFIO container with groups, or an IOAS of /dev/iommu with character devices (iommufd.h). What a
 * program sees is the same, but where a comment here says otherwise. It checks a map before the
 * kernel is asked, records it afterwards, and undoes what fails. Any thread may use it: calls
 * take turns, as they would in the kernel, which holds one lock per container or IOAS while it
 * maps. Different contexts are independent, also on one iommufd. Its space may be asked by any
 * thread at any time, without taking a turn.
 *
 * Descriptors that the context opens are its own and close-on-exec; those that
 * the caller lends are never closed. After fork(2) the child may only call
 * iova_ctx_close(), which then unmaps nothing.
 */

#include <libiova/explain.h>
#include <libiova/log.h>
#include <libiova/space.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A context; made by iova_ctx_open(), released by iova_ctx_close(). */
struct iova_ctx;

/** How to open a context. NULL means all defaults. */
struct iova_ctx_opts {
	size_t size;        /**< sizeof(struct iova_ctx_opts) */
	uint32_t flags;     /**< IOVA_CTX_* */
	uint32_t width;     /**< declared device width, bits, 1..64; 0 if not declared */
	int32_t container;  /**< with IOVA_CTX_ADOPT: the caller's container fd */
	uint32_t log_level; /**< least important level to report, IOVA_LOG_* */
	const struct iova_policy *policy; /**< copied; NULL for the default mode */
	const struct iova_sys *sys; /**< kept, must outlive the context; NULL for the real one */
	const char *root;           /**< directory that holds "sys"; NULL for "/" */
	iova_log_fn *log;           /**< where messages go; NULL for nowhere */
	void *log_data;             /**< passed to @c log */
	const char *device; /**< PCI address of one to attach and choose the backend by; or NULL */
	uint32_t backend;   /**< IOVA_BACKEND_* to insist on; 0 for the best there is */
	int32_t iommufd;    /**< with IOVA_CTX_ADOPT_IOMMUFD: the caller's fd of /dev/iommu */
	uint32_t ioas;      /**< with IOVA_CTX_ADOPT_IOAS: id of the caller's IOAS there */
	uint32_t pad;       /**< 0 */
};
#define IOVA_CTX_ADOPT 1u           /**< use the caller's container fd; never closed here */
#define IOVA_CTX_UNCHECKED 2u       /**< refuse nothing: for tests of the kernel itself */
#define IOVA_CTX_ADOPT_IOMMUFD 4u   /**< use the caller's iommufd; never closed here */
#define IOVA_CTX_ADOPT_IOAS 8u      /**< and the caller's IOAS there; never destroyed here */
#define IOVA_CTX_PIN 16u            /**< iommufd: iova_ctx_pin() after each attach */
#define IOVA_CTX_SMALL_PAGES 32u    /**< iommufd: no large pages in the IOMMU (HUGE_PAGES 0) */
#define IOVA_CTX_CHARGE_PROCESS 64u /**< iommufd: locked memory counts by process, not by user */

/** How to map. NULL means read and write. */
struct iova_map_opts {
	size_t size;                  /**< sizeof(struct iova_map_opts) */
	uint32_t flags;               /**< IOVA_MAP_* */
	uint32_t access;              /**< IOVA_READ, IOVA_WRITE or both; 0 for both */
	struct iova_alloc_opts alloc; /**< for iova_ctx_map(): how to look; all 0 for the defaults */
};
#define IOVA_MAP_SAME_OK 1u /**< succeed if exactly this mapping is live already; nothing is done */
#define IOVA_MAP_UNCHARGED 2u /**< the memory is device memory: not charged to RLIMIT_MEMLOCK */
#define IOVA_MAP_NO_WARN 4u   /**< refuse what would only be warned about */
#define IOVA_MAP_KERNEL_CHOOSES 8u /**< iova_ctx_map() on iommufd: the kernel finds the address */

/** What is left before a limit bites. Set @c size first. */
struct iova_limits {
	size_t size;             /**< sizeof(struct iova_limits) */
	uint32_t flags;          /**< IOVA_LIMITS_* */
	uint32_t entries_left;   /**< mappings the container still takes */
	uint64_t memlock_limit;  /**< RLIMIT_MEMLOCK, bytes; UINT64_MAX without a limit */
	uint64_t memlock_locked; /**< locked by this process, bytes */
	uint64_t memlock_left;   /**< what may still be locked, bytes; UINT64_MAX if not limited */
};
#define IOVA_LIMITS_ENTRIES 1u /**< entries_left is known (DMA_AVAIL, kernels from 5.10) */
#define IOVA_LIMITS_EXEMPT 2u  /**< CAP_IPC_LOCK: locked memory is not limited */

/**
 * Open a context on a container or IOAS of its own, or on the caller's.
 *
 * With a device in the options, the context picks the backend by what that device has, and attaches
 * it: iommufd where the device has a character device and /dev/iommu can be opened, else its
 * group in a container. Without a device it is a container where there is one. Which it is, and
 * why, goes to the log. What options name is insisted on; no-IOMMU mode must be named.
 *
 * A container of the caller's may have groups in it already; name them with
 * iova_ctx_adopt_group(), since the kernel has no way to list them. A container that iommufd
 * provides is recognised, and so is an fd of /dev/iommu lent as a container.
 *
 * @param opts            options, or NULL
 * @param ret_ctx         the context; the caller's to close
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  ret_ctx is NULL, options too short, an unknown flag or backend, flags that do not
 *               go with the backend, width over 64
 * @err{E2BIG}   an option this version does not know
 * @err{ENOENT}  no /dev/vfio/vfio: the vfio module is not loaded; no /dev/iommu where iommufd is
 *               insisted on (IOVA_WHY_NO_IOMMUFD); the caller's IOAS does not exist
 *               (IOVA_WHY_NO_IOAS)
 * @err{ENODEV}  /dev/vfio/vfio or /dev/iommu is there, and nothing behind it
 * @err{EACCES}  /dev/vfio/vfio or /dev/iommu may not be opened
 * @err{EBADF}   the caller's fd is closed
 * @err{EBADFD}  the caller's fd is no VFIO container, or no iommufd
 * @err{EPERM}   IOVA_CTX_CHARGE_PROCESS needs CAP_SYS_RESOURCE
 * @err{EBUSY}   IOVA_CTX_CHARGE_PROCESS comes too late for the caller's iommufd
 * @err{EPROTO}  the container speaks another version of the interface, or its answers contradict
 *               themselves
 * @err{EIO}     a system call failed otherwise: any errno of the kernel
 *               is handed on, with from_kernel set
 * @err{ENOMEM}  no memory
 * With a device, also what iova_ctx_attach_device() returns.
 * @onfail  *ret_ctx is not written; nothing stays open
 * @mt      MT-Safe
 * @kernel  drivers/vfio/container.c; VFIO_GET_API_VERSION; drivers/iommu/iommufd/main.c
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_open(const struct iova_ctx_opts *opts,
					 struct iova_ctx **ret_ctx,
					 struct iova_failure *reterr_failure);

/**
 * Close a context: unmaps what it mapped, detaches what it attached, closes
 * what it opened.
 *
 * @param ctx  the context, or NULL
 * @onfail  what the kernel refuses is logged
 * @mt      MT-Unsafe race:ctx
 * @since   0.1
 */
IOVA_API void iova_ctx_close(struct iova_ctx *ctx);

/**
 * Attach a group by its number.
 *
 * The group's regions are first tried on the space: if they forbid what is
 * mapped now, the kernel is not asked. With the first group the container gets
 * its IOMMU (type1 v2). Afterwards the space is read anew.
 *
 * On iommufd, where the kernel attaches devices, that means every device of the group that is
 * bound to a VFIO driver: all of them, or none. In iommufd's own container a group has no say before
 * one of its devices is open, so the context opens them and keeps them open until it is detached.
 *
 * @param ctx             the context
 * @param group           number of the group
 * @param ret_change      what became of the tiers; may be NULL
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}       ctx is NULL; or the kernel refuses the group (a direct region from 6.6;
 *                    nothing left in common; mappings in the way)
 * @err{EALREADY}     the group is attached
 * @err{ENOENT}       there is no such group, or no device of it is bound to a VFIO driver
 * @err{EACCES}       its node may not be opened
 * @err{EBUSY}        somebody else has the group open
 * @err{EADDRINUSE}   the group forbids what is mapped now
 * @err{EPERM}        the group is not viable, has a direct region (before 6.6), or interrupts
 *                    are not remapped
 * @err{ENODEV}       the kernel has no type1 v2 IOMMU
 * @err{EFAULT}       a live mapping is above the width of the group's IOMMU
 * @err{EPROTO}       the kernel's answers contradict themselves
 * @err{EIO}          a system call failed otherwise: any errno of the kernel
 *                    is handed on, with from_kernel set
 * @err{ENOMEM}       no memory
 * @onfail  the group is not attached, its node is closed, the context is as it was
 * @mt      MT-Safe
 * @kernel  VFIO_GROUP_SET_CONTAINER, VFIO_SET_IOMMU; drivers/vfio/vfio_iommu_type1.c:
 *          vfio_iommu_type1_attach_group
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_attach_group(struct iova_ctx *ctx, uint32_t group,
						 struct iova_change *ret_change,
						 struct iova_failure *reterr_failure);

/**
 * Attach a device; where the kernel attaches groups, its group.
 *
 * On iommufd: opens its node below /dev/vfio/devices, binds it to the iommufd and attaches it to the
 * IOAS. The reserved regions of its whole group count all the same, for the group shares one
 * page table.
 *
 * @param ctx             the context
 * @param name            PCI address, "0000:00:1f.0" or "00:1f.0"
 * @param ret_change      what became of the tiers; may be NULL
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno as for iova_ctx_attach_group(), and:
 * @err{EINVAL}  the name is no PCI address
 * @err{ENOENT}  there is no such device, it has no group (no IOMMU), or no character device
 * @err{EBUSY}   the device is bound already (IOVA_WHY_BOUND), or its group is open the old way
 *               (IOVA_WHY_GROUP_OPEN)
 * @err{EADDRINUSE}  also: it takes away what was pinned (IOVA_WHY_BREAKS_PROMISE)
 * @onfail  as iova_ctx_attach_group()
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_attach_device(struct iova_ctx *ctx, const char *name,
						  struct iova_change *ret_change,
						  struct iova_failure *reterr_failure);

/**
 * Attach a device whose character device the caller has open.
 *
 * @param ctx             context on iommufd
 * @param name            PCI address of the device
 * @param fd              the caller's fd of /dev/vfio/devices/vfioN; never closed here, must stay
 *                        open until the device is detached or the context closed
 * @param device_id       0 if it is not bound to an iommufd: then it is bound and attached here,
 *                        and detached at the end (it stays bound until the fd is closed); else the id
 *                        that binding it to this context's iommufd gave: then it is taken to be
 *                        attached to the context's IOAS, and nothing is done to it
 * @param ret_change      what became of the tiers; may be NULL
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno as for iova_ctx_attach_device(), and:
 * @err{EINVAL}      the context is not on iommufd (IOVA_WHY_BACKEND)
 * @err{EBADF}       the fd is closed
 * @err{EBADFD}      the fd is no character device of VFIO's
 * @err{EBUSY}       it is bound already, and device_id is 0
 * @err{ENOENT}      the context's iommufd has no device of that id
 * @onfail  as iova_ctx_attach_device(); but a device that was bound here stays so until its fd is
 *          closed, for the kernel has no way back
 * @mt      MT-Safe
 * @kernel  drivers/vfio/device_cdev.c: vfio_df_ioctl_bind_iommufd (6.6)
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_adopt_device(struct iova_ctx *ctx, const char *name, int fd,
						 uint32_t device_id, struct iova_change *ret_change,
						 struct iova_failure *reterr_failure);

/**
 * Attach a group whose fd the caller holds. A group that has a container
 * already is taken to be in this one, and is not attached a second time nor
 * detached when the context closes.
 *
 * @param ctx             the context
 * @param group           number of the group
 * @param fd              the caller's fd of it; never closed here, must stay open until the group is
 *                        detached or the context closed
 * @param ret_change      what became of the tiers; may be NULL
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno as for iova_ctx_attach_group(), and:
 * @err{EINVAL}  the context is on iommufd, which has no groups (IOVA_WHY_BACKEND)
 * @err{EBADF}   the fd is closed
 * @err{EBADFD}  the fd is no VFIO group
 * @onfail  as iova_ctx_attach_group()
 * @mt      MT-Safe
 * @kernel  VFIO_GROUP_GET_STATUS
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_adopt_group(struct iova_ctx *ctx, uint32_t group, int fd,
						struct iova_change *ret_change,
						struct iova_failure *reterr_failure);

/**
 * Detach a device; where the kernel attaches groups, its group.
 *
 * @param ctx             the context
 * @param name            PCI address
 * @param ret_change      what became of the tiers; may be NULL
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno as for iova_ctx_detach_group(), and:
 * @err{EINVAL}  the name is no PCI address
 * @err{ENOENT}  there is no such device, or it is not attached
 * @onfail  as iova_ctx_detach_group()
 * @mt      MT-Safe
 * @kernel  VFIO_DEVICE_DETACH_IOMMUFD_PT (6.6)
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_detach_device(struct iova_ctx *ctx, const char *name,
						  struct iova_change *ret_change,
						  struct iova_failure *reterr_failure);

/**
 * Detach a group. With the last one the kernel drops the IOMMU and every
 * mapping of the container, so the last group goes only when none is live. Iommufd would keep
 * them; the rule is the same there, but in the caller's IOAS, where others may be attached.
 * A group that left its container by itself, because its last VFIO device was unplugged or
 * got another driver, is detached as well.
 *
 * @param ctx             the context
 * @param group           number of the group
 * @param ret_change      what became of the tiers; may be NULL
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  ctx is NULL
 * @err{ENOENT}  the group is not attached; or detached, but the root directory is gone
 * @err{EBUSY}   it is the last one and mappings are live; or a device of it is open
 * @err{EACCES}  detached, but the root directory may not be opened
 * @err{EPROTO}  detached, but the kernel's answers contradict themselves
 * @err{EIO}     a system call failed otherwise: any errno of the kernel
 *               is handed on, with from_kernel set
 * @err{ENOMEM}  no memory
 * @onfail  the group stays attached and the context is as it was; if only the reading
 *          afterwards failed, the group is detached and the space keeps what was known
 * @mt      MT-Safe
 * @kernel  VFIO_GROUP_UNSET_CONTAINER
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_detach_group(struct iova_ctx *ctx, uint32_t group,
						 struct iova_change *ret_change,
						 struct iova_failure *reterr_failure);

/**
 * Read the kernel's list and the groups' regions anew: they move without
 * notice when another process attaches a group to the same container, or a
 * device is plugged into a group.
 *
 * @param ctx             the context
 * @param ret_change      what became of the tiers; may be NULL
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  ctx is NULL
 * @err{ENOENT}  the root directory is gone
 * @err{EACCES}  the root directory may not be opened
 * @err{EPROTO}  the kernel's answers contradict themselves
 * @err{EIO}     a system call failed otherwise: any errno of the kernel
 *               is handed on, with from_kernel set
 * @err{ENOMEM}  no memory
 * @onfail  the context is as it was
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_refresh(struct iova_ctx *ctx, struct iova_change *ret_change,
					    struct iova_failure *reterr_failure);

/**
 * The context's space, to ask and to reserve in.
 *
 * Mappings and groups are the context's business: do not record, forget, add
 * or remove them here. Any thread may read the space at any time, whatever others do with the
 * context; but while it is changed here, no other thread may use the context except to read the space.
 *
 * @param ctx  the context
 * @return the space, valid until the context is closed; NULL if ctx is NULL
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API struct iova_space *iova_ctx_space(struct iova_ctx *ctx);

/**
 * The machine as the context last saw it: the attached groups.
 *
 * @param ctx  the context
 * @return the snapshot, valid until the next attach, detach or refresh; NULL if there is none
 * @onfail  does not apply
 * @mt      MT-Safe race:ctx
 * @since   0.1
 */
IOVA_API const struct iova_host *iova_ctx_host(struct iova_ctx *ctx);

/**
 * The container's fd, or that of /dev/iommu, for ioctls the library does not make.
 *
 * @param ctx  the context
 * @return the fd, still the context's or the lender's, or a negative errno:
 * @err{EINVAL}  ctx is NULL
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_ctx_container_fd(struct iova_ctx *ctx);

/**
 * The fd of an attached group.
 *
 * @param ctx    the context
 * @param group  number of the group
 * @return the fd, still the context's or the lender's, or a negative errno:
 * @err{EINVAL}  ctx is NULL
 * @err{ENOENT}  the group is not attached, or the context is on iommufd
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_ctx_group_fd(struct iova_ctx *ctx, uint32_t group);

/**
 * Open a device of an attached group. On iommufd the fd is another one of the
 * character device that the context has bound, which so stays bound until both are closed.
 *
 * @param ctx             the context
 * @param name            PCI address
 * @param reterr_failure  what failed; may be NULL
 * @return a device fd, close-on-exec, the caller's to close before the group is detached; or a
 *         negative errno:
 * @err{EINVAL}  ctx is NULL, or the name is no PCI address; or the kernel refuses (group not viable)
 * @err{ENOENT}  no attached group has such a device
 * @err{ENODEV}  the device is not bound to a VFIO driver
 * @err{EOPNOTSUPP}  iommufd, and the table of system functions cannot duplicate an fd
 * @err{EIO}     a system call failed otherwise: any errno of the kernel
 *               is handed on, with from_kernel set
 * @err{ENOMEM}  no memory
 * @onfail  nothing is opened
 * @mt      MT-Safe
 * @kernel  VFIO_GROUP_GET_DEVICE_FD
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_open_device(struct iova_ctx *ctx, const char *name,
						struct iova_failure *reterr_failure);

/**
 * What is left of mappings and locked memory.
 *
 * @param ctx             the context
 * @param ret_limits      filled; its size set by the caller
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or the size too small
 * @err{EPROTO}  the kernel's answers contradict themselves
 * @err{EIO}     the process's own limits cannot be read; or a system call failed otherwise: any
 *               errno of the kernel is handed on, with from_kernel set
 * @err{ENOMEM}  no memory
 * @onfail  *ret_limits is not written
 * @mt      MT-Safe
 * @kernel  VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL (5.10), RLIMIT_MEMLOCK, /proc/self/status
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_limits(struct iova_ctx *ctx, struct iova_limits *ret_limits,
					   struct iova_failure *reterr_failure);

/**
 * Find out by trying how many address bits the IOMMU takes.
 *
 * For kernels that give no list of valid ranges (before 5.4): one page of the
 * library's own is mapped for reading, and unmapped at once, at ever lower powers of
 * two until the kernel accepts. If neither a list nor a declared width is
 * there, the space takes the result for declared. Devices should be idle.
 *
 * @param ctx             context with at least one group
 * @param ret_width       bits, up to 64
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENODEV}  no group is attached
 * @err{EOPNOTSUPP}  no-IOMMU mode, where nothing is mapped
 * @err{ENOSPC}  no mapping is left, or no power of two is accepted
 * @err{EIO}     the kernel did not find the page again to unmap it (why is
 *               IOVA_WHY_UNMAP_SIZE), or a system call failed: any errno of the kernel
 *               is handed on, with from_kernel set
 * @err{ENOMEM}  no memory, or none may be locked
 * @onfail  nothing is mapped and the context is as it was
 * @mt      MT-Safe
 * @kernel  VFIO_IOMMU_MAP_DMA; drivers/iommu/intel/iommu.c: intel_iommu_map (EFAULT)
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_probe_width(struct iova_ctx *ctx, uint32_t *ret_width,
						struct iova_failure *reterr_failure);

/**
 * Map process memory at an address the caller chose.
 *
 * The memory is pinned and the devices of all attached groups reach it until
 * it is unmapped here, the last group is detached, or the context is closed.
 *
 * @param ctx             context with at least one group
 * @param iova            first address; multiple of the granule
 * @param vaddr           memory of this process; same alignment; stays the caller's, and must
 *                        stay mapped in the process until unmapped here
 * @param length          bytes; > 0; multiple of the granule
 * @param opts            options, or NULL for read and write
 * @param reterr_failure  what failed, with the worst conflict; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}         ctx or vaddr is NULL, length 0, something not aligned, unknown flags or access;
 *                      or the kernel's own, with from_kernel set
 * @err{E2BIG}          an option this version does not know
 * @err{EOVERFLOW}      the IOVAs or the memory would pass 2^64-1
 * @err{ENODEV}         nothing is attached
 * @err{EOPNOTSUPP}     no-IOMMU mode, where nothing is mapped (IOVA_WHY_NO_TRANSLATION)
 * @err{EADDRNOTAVAIL}  the space refuses the range
 * @err{EEXIST}         overlaps a live mapping
 * @err{ENOSPC}         the container has no mapping left
 * @err{EIO}            a system call failed otherwise: any errno of the kernel
 *                      is handed on, with from_kernel set
 * @err{ENOMEM}         RLIMIT_MEMLOCK would be passed, or no memory
 * @err{EFAULT}         the memory is not mapped, or read-only and the device may write; or the
 *                      address is above the IOMMU's width (5.4-5.9 with VT-d)
 * @err{EPROTO}         the kernel's answers contradict themselves
 * @onfail  nothing is mapped and the context is as it was
 * @mt      MT-Safe
 * @kernel  VFIO_IOMMU_MAP_DMA; drivers/vfio/vfio_iommu_type1.c: vfio_dma_do_map
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_map_fixed(struct iova_ctx *ctx, uint64_t iova, void *vaddr,
					      uint64_t length, const struct iova_map_opts *opts,
					      struct iova_failure *reterr_failure);

/**
 * Map process memory at an address the library chooses.
 *
 * What a lender mapped in its own container is not known here: have its ranges
 * reserved (iova_space_reserve()), or the kernel may answer EEXIST.
 *
 * @param ctx             context with at least one group
 * @param vaddr           as for iova_ctx_map_fixed()
 * @param length          as for iova_ctx_map_fixed()
 * @param opts            options, or NULL
 * @param ret_iova        first address
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno as for iova_ctx_map_fixed(), and:
 * @err{EINVAL}  ret_iova is NULL, or the alloc options are wrong
 * @err{ENOSPC}  nothing free is large enough (why is IOVA_WHY_NO_SPACE)
 * @onfail  nothing is mapped, *ret_iova is not written, the context is as it was
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_map(struct iova_ctx *ctx, void *vaddr, uint64_t length,
					const struct iova_map_opts *opts, uint64_t *ret_iova,
					struct iova_failure *reterr_failure);

/**
 * Map process memory at the IOVA that equals its virtual address.
 *
 * @param ctx             context with at least one group
 * @param vaddr           as for iova_ctx_map_fixed(); also the IOVA
 * @param length          as for iova_ctx_map_fixed()
 * @param opts            options, or NULL
 * @param reterr_failure  what failed, with the worst conflict; may be NULL
 * @return 0, or a negative errno as for iova_ctx_map_fixed()
 * @err{EADDRNOTAVAIL}  the address is outside what the IOMMU or policy permits
 * @onfail  nothing is mapped and the context is as it was
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_map_identity(struct iova_ctx *ctx, void *vaddr, uint64_t length,
						 const struct iova_map_opts *opts,
						 struct iova_failure *reterr_failure);

/**
 * Unmap every mapping inside a range: one, or several with or without gaps
 * between them.
 *
 * Mappings that somebody else made in a lent container stay, also when they
 * lie in a gap. The size that the kernel returns is checked: if it is not the
 * size recorded, somebody else has unmapped as well. Nothing is mapped in the
 * range then, nothing stays recorded, and the call still fails with EIO.
 *
 * @param ctx             the context
 * @param iova            first address; multiple of the granule
 * @param length          bytes; > 0; multiple of the granule
 * @param ret_unmapped    bytes unmapped; may be NULL
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}     ctx is NULL, length 0, not aligned, or the range would cut a mapping in two;
 *                  or the kernel's own, with from_kernel set
 * @err{EOVERFLOW}  the range would pass 2^64-1
 * @err{ENOENT}     nothing is mapped in the range
 * @err{EIO}        the kernel unmapped another size than was recorded (why is
 *                  IOVA_WHY_UNMAP_SIZE; 0 bytes if the last group left by itself and took all
 *                  mappings along), or the request failed: any errno of the kernel
 *                  is handed on, with from_kernel set
 * @err{ENOMEM}     no memory
 * @onfail  but for IOVA_WHY_UNMAP_SIZE all mappings of the range are live and recorded; in a
 *          lent container with gaps this is reached by mapping anew what was unmapped
 * @mt      MT-Safe
 * @kernel  VFIO_IOMMU_UNMAP_DMA; drivers/vfio/vfio_iommu_type1.c: vfio_dma_do_unmap
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_unmap(struct iova_ctx *ctx, uint64_t iova, uint64_t length,
					  uint64_t *ret_unmapped,
					  struct iova_failure *reterr_failure);

/**
 * Unmap everything this context mapped.
 *
 * @param ctx             the context
 * @param ret_unmapped    bytes unmapped, 0 if nothing was mapped; may be NULL
 * @param reterr_failure  what failed; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  ctx is NULL, or the kernel's own
 * @err{EIO}     as for iova_ctx_unmap(): any errno of the kernel is handed on
 * @err{ENOMEM}  no memory
 * @onfail  as iova_ctx_unmap()
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_ctx_unmap_all(struct iova_ctx *ctx, uint64_t *ret_unmapped,
					      struct iova_failure *reterr_failure);

#ifdef __cplusplus
}
#endif

#endif

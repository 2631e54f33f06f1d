/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_SYS_H
#define LIBIOVA_SYS_H

/**
 * @file
 * The one door to the system: a table of functions.
 *
 * Everything the library asks of the kernel goes through such a table, so a
 * program or test can put a model in its place. All functions return 0 or
 * more on success and a negative errno on failure; none may set anything
 * else. A table must work from several threads at once if the contexts that
 * use it do.
 */

#include <libiova/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Receives one name of a directory; a return other than 0 ends the listing with it. */
typedef int iova_sys_name_fn(void *arg, const char *name);

/** What the system says of memory that may be locked. Bytes. */
struct iova_sys_memory {
	uint64_t page_size; /**< of the processor */
	uint64_t limit;     /**< RLIMIT_MEMLOCK; UINT64_MAX without a limit */
	uint64_t locked;    /**< locked by this process now (VmLck) */
	uint32_t exempt;    /**< 1 with CAP_IPC_LOCK: the limit does not apply */
	uint32_t pad;       /**< 0 */
};

/** The table. @c data is passed to each function as its first argument. */
struct iova_sys {
	size_t size; /**< sizeof(struct iova_sys) of the one who filled it */
	void *data;  /**< the table's own */

	/**
	 * Open a file or directory. @p dir is a descriptor made by this function, or -1
	 * for an absolute path; the new descriptor is close-on-exec. @p flags are those of open(2).
	 */
	int (*open)(void *data, int dir, const char *path, int flags);
	/** Close a descriptor. */
	int (*close)(void *data, int fd);
	/** ioctl(2); returns the value that the kernel returned. */
	int (*ioctl)(void *data, int fd, unsigned long request, void *argument);
	/** Read a whole small file; returns the bytes read, at most @p size. */
	int64_t (*read_file)(void *data, int dir, const char *path, char *buffer, size_t size);
	/** Read a symbolic link; returns its length, at most @p size; no NUL is added. */
	int64_t (*read_link)(void *data, int dir, const char *path, char *buffer, size_t size);
	/** Call @p each for each name but "." and "..", in no order. */
	int (*list)(void *data, int dir, const char *path, iova_sys_name_fn *each, void *arg);
	/** Page size and the limits on locked memory. */
	int (*memory)(void *data, struct iova_sys_memory *ret_memory);
	/** Another descriptor of the same open file, close-on-exec; NULL in a table that cannot. */
	int (*duplicate)(void *data, int fd);
};

/**
 * The table of the running system.
 *
 * @return the table, valid for ever; never NULL
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API const struct iova_sys *iova_sys_real(void);

#ifdef __cplusplus
}
#endif

#endif

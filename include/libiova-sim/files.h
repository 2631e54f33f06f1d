/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_SIM_FILES_H
#define LIBIOVA_SIM_FILES_H

/**
 * @file
 * Files of the host that misbehave.
 *
 * Paths start at the root. Symbolic links in them are followed, but one at the
 * very last is meant itself. A file that was reached by one way misbehaves on
 * every way. What was said last of a file counts.
 */

#include <libiova-sim/life.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Make any use of a file or directory fail, and of all that is below it.
 *
 * @param sim    changed
 * @param path   the file, "sys/kernel/iommu_groups/1/reserved_regions"
 * @param error  the errno, positive
 * @return 0, or a negative errno:
 * @err{EINVAL}   an argument is NULL, or the error not positive
 * @err{ENOENT}   there is no such file
 * @err{ENOTDIR}  something on the way is no directory
 * @err{ENOMEM}   no memory
 * @onfail  the file is as it was
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_file_error(struct iova_sim *sim, const char *path, int error);

/**
 * Make a file end early.
 *
 * @param sim     changed
 * @param path    the file
 * @param length  bytes after which it ends
 * @return 0, or a negative errno:
 * @err{EINVAL}   an argument is NULL
 * @err{ENOENT}   there is no such file
 * @err{ENOTDIR}  something on the way is no directory
 * @err{ENOMEM}   no memory
 * @onfail  the file is as it was
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_file_cut(struct iova_sim *sim, const char *path, size_t length);

/**
 * Make a file say something else.
 *
 * @param sim   changed
 * @param path  the file
 * @param text  what it says, copied
 * @return 0, or a negative errno:
 * @err{EINVAL}   an argument is NULL
 * @err{ENOENT}   there is no such file
 * @err{ENOTDIR}  something on the way is no directory
 * @err{ENOMEM}   no memory
 * @onfail  the file is as it was
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_sim_file_text(struct iova_sim *sim, const char *path, const char *text);

/**
 * Let all files behave again.
 *
 * @param sim  changed; NULL does nothing
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API void iova_sim_clear_files(struct iova_sim *sim);

#ifdef __cplusplus
}
#endif

#endif

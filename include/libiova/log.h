/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_LOG_H
#define LIBIOVA_LOG_H

/**
 * @file
 * What the library says while it works. It is silent unless a callback is
 * given; it never writes to standard output, standard error or syslog.
 */

#include <libiova/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Levels, with the numbers of syslog(3). */
#define IOVA_LOG_ERR 3     /**< something could not be undone or was lost */
#define IOVA_LOG_WARNING 4 /**< done, but the caller should know */
#define IOVA_LOG_INFO 6    /**< a choice the library made, and why */
#define IOVA_LOG_DEBUG 7   /**< every request to the kernel */

/**
 * Receives one finished line, without a newline.
 *
 * Called from within the library call that caused it, with the context
 * locked: it must not call back into the same context.
 *
 * @param data     the pointer given with the callback
 * @param level    IOVA_LOG_*
 * @param message  the line; valid during the call
 */
typedef void iova_log_fn(void *data, int level, const char *message);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_VERSION_H
#define LIBIOVA_VERSION_H

/**
 * @file
 * The version of the interface, at compile time and at run time. While the
 * major number is 0, a new minor number may change the ABI, and the soname
 * changes with it.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Marks a declaration as part of the interface. */
#if defined(__GNUC__)
#define IOVA_API __attribute__((visibility("default")))
#else
#define IOVA_API
#endif

/** The result tells whether it worked: the compiler warns where it is dropped. */
#if defined(__GNUC__)
#define IOVA_MUST_USE __attribute__((warn_unused_result))
#else
#define IOVA_MUST_USE
#endif

/** Major number of the headers the program was compiled against. */
#define IOVA_VERSION_MAJOR 0
/** Minor number of the headers. */
#define IOVA_VERSION_MINOR 1
/** Patch number of the headers. */
#define IOVA_VERSION_PATCH 0

/** The three numbers in one, for comparisons in the preprocessor. */
#define IOVA_VERSION ((IOVA_VERSION_MAJOR << 16) | (IOVA_VERSION_MINOR << 8) | IOVA_VERSION_PATCH)

/**
 * Version of the library that is running, encoded as IOVA_VERSION.
 *
 * @return the version; never fails
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API uint32_t iova_version(void);

#ifdef __cplusplus
}
#endif

#endif

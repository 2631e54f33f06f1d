/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_BASE_OPTS_H
#define IOVA_BASE_OPTS_H

/*
 * Structs that carry their own size.
 *
 * An option struct from a caller may be shorter than ours (an older program)
 * or longer (a newer one). It is copied into one of ours: what the caller did
 * not have reads as 0, and what we do not know must be 0, else -E2BIG. An info
 * struct goes the other way round: what the caller has no room for is left
 * out, and what we do not know is zeroed.
 */

#include <stddef.h>
#include <stdint.h>

/*
 * known: our struct, size bytes, zeroed where the caller's is shorter, its own
 * size field set to the caller's. least: the size of the first layout ever
 * published. NULL options mean all zero. Returns 0, -EINVAL, -E2BIG.
 */
int iova_opts_read_(void *known, size_t size, size_t least, const void *opts);

/*
 * Copies known (size bytes, its first member a size_t) to info, whose first
 * member says how much room there is. Returns 0, or -EINVAL if that is less than least.
 */
int iova_info_write_(void *info, size_t least, const void *known, size_t size);

#endif

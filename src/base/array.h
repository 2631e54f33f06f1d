/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_BASE_ARRAY_H
#define IOVA_BASE_ARRAY_H

/*
 * Growing arrays of plain structs: a pointer, a count and a room. Growing
 * either succeeds or leaves all three as they were.
 */

#include <stddef.h>

/* Room for n elements of size bytes in *items. Returns 0 or -ENOMEM. */
int iova_array_reserve_(void **items, size_t *room, size_t n, size_t size);

/* A copy of n elements in *ret_items (NULL for none). Returns 0 or -ENOMEM. */
int iova_array_copy_(void **ret_items, const void *items, size_t n, size_t size);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/array.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int iova_array_reserve_(void **items, size_t *room, size_t n, size_t size)
{
	size_t want;
	void *grown;

	if (n <= *room)
		return 0;
	if (n > SIZE_MAX / 2 / size)
		return -ENOMEM;
	want = *room ? *room * 2 : 8;
	if (want < n)
		want = n;
	grown = realloc(*items, want * size);
	if (!grown)
		return -ENOMEM;
	*items = grown;
	*room = want;
	return 0;
}

int iova_array_copy_(void **ret_items, const void *items, size_t n, size_t size)
{
	void *copy = NULL;

	if (n) {
		copy = malloc(n * size);
		if (!copy)
			return -ENOMEM;
		memcpy(copy, items, n * size);
	}
	*ret_items = copy;
	return 0;
}

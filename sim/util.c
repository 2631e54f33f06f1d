/* SPDX-License-Identifier: BSD-3-Clause */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/*
 * Room for one item more than the n there are. Returns the array, moved or
 * not, or NULL without memory; then the old one is as it was.
 */
void *sim_grow_(void *items, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 8;
	void *grown;

	if (n < *room)
		return items;
	if (more > SIZE_MAX / size)
		return NULL;
	grown = realloc(items, more * size);
	if (grown)
		*room = more;
	return grown;
}

void sim_copy_text_(char *to, size_t size, const char *from)
{
	size_t length = strnlen(from, size - 1);

	memcpy(to, from, length);
	to[length] = '\0';
}

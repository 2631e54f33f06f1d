/* SPDX-License-Identifier: BSD-3-Clause */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/*
 * Whether an allocation of the simulated kernel is the one that is to fail. What
 * describes the host is no allocation of the kernel and passes NULL.
 */
static bool is_to_fail(struct iova_sim *sim)
{
	struct sim_fault **at = sim ? &sim->faults : NULL;
	bool fails = false;

	while (at && *at) {
		struct sim_fault *fault = *at;

		if (fault->call != SIM_FAULT_ALLOCATION || --fault->left) {
			at = &fault->next;
			continue;
		}
		*at = fault->next;
		free(fault);
		fails = true;
	}
	return fails;
}

/* Memory of zeros, or NULL. */
void *sim_alloc_(struct iova_sim *sim, size_t size)
{
	return is_to_fail(sim) ? NULL : calloc(1, size);
}

/* As realloc(). */
void *sim_realloc_(struct iova_sim *sim, void *old, size_t size)
{
	return is_to_fail(sim) ? NULL : realloc(old, size);
}

/* As strdup(). */
char *sim_strdup_(struct iova_sim *sim, const char *text)
{
	return is_to_fail(sim) ? NULL : strdup(text);
}

/*
 * Room for one item more than the n there are. Returns the array, moved or
 * not, or NULL without memory; then the old one is as it was.
 */
void *sim_grow_(struct iova_sim *sim, void *items, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 8;
	void *grown;

	if (n < *room)
		return items;
	if (more > SIZE_MAX / size)
		return NULL;
	grown = sim_realloc_(sim, items, more * size);
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

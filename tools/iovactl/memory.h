/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_MEMORY_H
#define IOVACTL_MEMORY_H

/*
 * Memory to map: anonymous, whole pages of the IOMMU, and for --identity at an address that the
 * devices can have as well.
 */

#include "request.h"
#include "target.h"

struct memory {
	void *at;
	void *block; /* what was taken from the system, to get alignment */
	size_t block_length;
};

/* Trouble is reported here. */
enum status memory_get(const struct target *target, const struct request *request,
		       struct memory *ret_memory);
void memory_put(struct memory *memory);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_BACKEND_BACKEND_H
#define IOVA_BACKEND_BACKEND_H

/*
 * The kernel's interfaces for the memory of devices: one function for each request, the kernel's
 * structs in, ours out. Nothing is kept here. Each function fills in the failure and returns 0
 * or a negative errno, the kernel's own unless said.
 *
 * Here is what all have in common, whatever the kind. group.h and iommufd.h have the rest.
 */

#include "set/set.h"
#include "sys/sys.h"

#include <libiova/failure.h>

/* Which system, which interface of it, and what was opened there. */
struct iova_backend {
	const struct iova_sys *sys;
	uint32_t kind; /* IOVA_BACKEND_* */
	int fd;        /* the container, or /dev/iommu */
	uint32_t ioas; /* with iommufd; behind a compat container, 0 until there is one */
};

/* Requests are those of a container, to iommufd or not. */
static inline bool iova_backend_has_groups_(const struct iova_backend *backend)
{
	return backend->kind != IOVA_BACKEND_IOMMUFD;
}

/* Mappings are areas of an IOAS. */
static inline bool iova_backend_has_areas_(const struct iova_backend *backend)
{
	return backend->kind == IOVA_BACKEND_IOMMUFD || backend->kind == IOVA_BACKEND_COMPAT;
}

struct iova_backend_state {
	uint64_t granule;
	uint32_t list; /* IOVA_LIST_* */
	struct iova_set ranges;
	bool has_available;
	uint32_t available; /* mappings that a container still takes */
	uint32_t oddities;  /* IOVA_PARSED_* */
};

/*
 * attached: whether a device is known to be behind it. An address space without a device has no
 * limits yet, which is no promise. The state is the caller's to release. -EPROTO if the reply makes
 * no sense.
 */
int iova_backend_read_(const struct iova_backend *backend, uint64_t processor_page, bool attached,
		       struct iova_backend_state *ret_state, struct iova_failure *failure);
void iova_backend_state_done_(struct iova_backend_state *state);

/* 1 if there is an IOMMU to ask, 0 if not yet. */
int iova_backend_has_iommu_(const struct iova_backend *backend, struct iova_failure *failure);

/* access: IOVA_READ, IOVA_WRITE or both. */
int iova_backend_map_(const struct iova_backend *backend, const struct iova_range *range,
		      uint64_t vaddr, uint32_t access, struct iova_failure *failure);

/* *ret_unmapped: the bytes that the kernel says it unmapped; 0 if nothing was mapped. */
int iova_backend_unmap_(const struct iova_backend *backend, const struct iova_range *range,
			uint64_t *ret_unmapped, struct iova_failure *failure);

/* What an ioctl of a foreign kind answers: no such request, or its own EINVAL. */
static inline bool iova_backend_is_foreign_(int error)
{
	return error == -ENOTTY || error == -EINVAL || error == -EOPNOTSUPP || error == -ENOSYS;
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_BACKEND_TYPE1_H
#define IOVA_BACKEND_TYPE1_H

/*
 * VFIO containers with the type1 v2 IOMMU: one function for each request, the
 * kernel's structs in, ours out. Nothing is kept here. Each function fills in
 * the failure and returns 0 or a negative errno, the kernel's own unless said.
 */

#include "set/set.h"
#include "sys/sys.h"

#include <libiova/failure.h>

/* Which system, and the container there. */
struct iova_type1 {
	const struct iova_sys *sys;
	int container;
};

struct iova_type1_state {
	uint64_t granule;
	uint32_t list; /* IOVA_LIST_* */
	struct iova_set ranges;
	bool has_available;
	uint32_t available; /* mappings the container still takes */
	uint32_t oddities;  /* IOVA_INFO_* of parse/type1-info.h */
};

/* -EBADFD if the fd is no container, -EPROTO if it speaks another version. */
int iova_type1_recognise_(const struct iova_type1 *type1, struct iova_failure *failure);

/* Flags of the group, IOVA_VFIO_GROUP_FLAGS_*. -EBADFD if the fd is no group. */
int iova_type1_group_status_(const struct iova_type1 *type1, int group, uint32_t *ret_flags,
			     struct iova_failure *failure);

int iova_type1_set_container_(const struct iova_type1 *type1, int group,
			      struct iova_failure *failure);
/* Also 0 if the group is in no container any more. */
int iova_type1_unset_container_(const struct iova_type1 *type1, int group,
				struct iova_failure *failure);

/* -ENODEV if the kernel has no type1 v2. */
int iova_type1_set_iommu_(const struct iova_type1 *type1, struct iova_failure *failure);

/* 1 if the container has its IOMMU, 0 if not yet. */
int iova_type1_has_iommu_(const struct iova_type1 *type1, struct iova_failure *failure);

/* The state is the caller's to release. -EPROTO if the reply makes no sense. */
int iova_type1_read_(const struct iova_type1 *type1, uint64_t processor_page,
		     struct iova_type1_state *ret_state, struct iova_failure *failure);
void iova_type1_state_done_(struct iova_type1_state *state);

/* access: IOVA_READ, IOVA_WRITE or both. */
int iova_type1_map_(const struct iova_type1 *type1, const struct iova_range *range, uint64_t vaddr,
		    uint32_t access, struct iova_failure *failure);

/* *ret_unmapped: the bytes that the kernel says it unmapped. */
int iova_type1_unmap_(const struct iova_type1 *type1, const struct iova_range *range,
		      uint64_t *ret_unmapped, struct iova_failure *failure);

/* A new fd. */
int iova_type1_open_device_(const struct iova_type1 *type1, int group, const char *name,
			    struct iova_failure *failure);

#endif

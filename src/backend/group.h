/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_BACKEND_GROUP_H
#define IOVA_BACKEND_GROUP_H

/* VFIO containers and groups, with type1 v2, with iommufd behind, or without an IOMMU. */

#include "backend/backend.h"

/*
 * -EBADFD if the fd is no container, -EPROTO if it speaks another version. Says in
 * backend->kind which of the two it is: IOVA_BACKEND_TYPE1 or IOVA_BACKEND_COMPAT.
 */
int iova_container_recognise_(struct iova_backend *backend, struct iova_failure *failure);

/* Behind a compat container: learns the id of its IOAS, which comes with the first group. */
int iova_container_find_ioas_(struct iova_backend *backend, struct iova_failure *failure);

/* Flags of the group, IOVA_VFIO_GROUP_FLAGS_*. -EBADFD if the fd is no group. */
int iova_group_status_(const struct iova_backend *backend, int group, uint32_t *ret_flags,
		       struct iova_failure *failure);

int iova_group_set_container_(const struct iova_backend *backend, int group,
			      struct iova_failure *failure);
/* Also 0 if the group is in no container any more. */
int iova_group_unset_container_(const struct iova_backend *backend, int group,
				struct iova_failure *failure);

/* type1 v2, or none where the backend is no-IOMMU. -ENODEV if the kernel has no such thing. */
int iova_container_set_iommu_(const struct iova_backend *backend, struct iova_failure *failure);

/* VFIO_IOMMU_GET_INFO with its chain. */
int iova_container_read_(const struct iova_backend *backend, uint64_t processor_page,
			 struct iova_backend_state *ret_state, struct iova_failure *failure);

/* A new fd. */
int iova_group_open_device_(const struct iova_backend *backend, int group, const char *name,
			    struct iova_failure *failure);

#endif

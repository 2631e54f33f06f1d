/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_BACKEND_IOMMUFD_H
#define IOVA_BACKEND_IOMMUFD_H

/* /dev/iommu with its address spaces (IOAS), and the character devices of devices. */

#include "backend/backend.h"

/* -EBADFD if the fd is no iommufd. */
int iova_iommufd_recognise_(const struct iova_backend *backend, struct iova_failure *failure);

/* A new IOAS into backend->ioas; or whether that one exists: -ENOENT. */
int iova_ioas_alloc_(struct iova_backend *backend, struct iova_failure *failure);
int iova_ioas_recognise_(const struct iova_backend *backend, struct iova_failure *failure);
int iova_ioas_destroy_(const struct iova_backend *backend, struct iova_failure *failure);

/* IOMMU_IOAS_IOVA_RANGES of backend->ioas, on a native fd or a compat container. */
int iova_ioas_read_(const struct iova_backend *backend, uint64_t processor_page, bool attached,
		    struct iova_backend_state *ret_state, struct iova_failure *failure);

/* What may not be taken away by a later device; of no ranges nothing is promised any more. */
int iova_ioas_allow_(const struct iova_backend *backend, const struct iova_set *ranges,
		     struct iova_failure *failure);

/* IOVA_IOMMU_OPTION_*. object: the IOAS, or 0. */
int iova_iommufd_option_(const struct iova_backend *backend, uint32_t option, uint32_t object,
			 uint64_t value, struct iova_failure *failure);

/* Whether locked memory counts by user; also if the kernel does not tell. */
bool iova_iommufd_charges_user_(const struct iova_backend *backend);

/* Memory to map: of the process, or of a file if fd is not -1. access: IOVA_READ, IOVA_WRITE. */
struct iova_ioas_memory {
	int fd;
	uint64_t start; /* address, or offset in the file */
	uint64_t length;
	uint32_t access;
};

/* At *iova, or where the kernel likes if is_fixed is false: then *iova says where. */
int iova_ioas_map_(const struct iova_backend *backend, const struct iova_ioas_memory *memory,
		   bool is_fixed, uint64_t *iova, struct iova_failure *failure);

/* Everything in the IOAS, also if that is nothing. */
int iova_ioas_unmap_all_(const struct iova_backend *backend, uint64_t *ret_unmapped,
			 struct iova_failure *failure);

/* What is mapped at an address of another IOAS of the same iommufd, at range. */
int iova_ioas_copy_(const struct iova_backend *backend, uint32_t from_ioas, uint64_t from,
		    const struct iova_range *range, uint32_t access, struct iova_failure *failure);

/*
 * cdev.c. node: the name of a device's node below /dev/vfio/devices, as sysfs has it below root
 * (NULL: "/"). -ENOENT if it has none.
 */
int iova_cdev_find_(const struct iova_sys *sys, const char *root, const char *device, char *node,
		    size_t size, struct iova_failure *failure);
/* A new fd. */
int iova_cdev_open_(const struct iova_sys *sys, const char *node, struct iova_failure *failure);

/* Whether nobody has the group of a device open, as far as one can tell. */
bool iova_cdev_group_is_closed_(const struct iova_sys *sys, int cdev);

/* *ret_id: of the device within the iommufd. Lasts until the last descriptor is closed. */
int iova_cdev_bind_(const struct iova_backend *backend, int cdev, uint32_t *ret_id,
		    struct iova_failure *failure);
/* Whether a descriptor is a character device at all, bound or not. */
bool iova_cdev_is_one_(const struct iova_sys *sys, int cdev);
/* 1 if that was done through this very descriptor, 0 if not. */
int iova_cdev_is_bound_(const struct iova_sys *sys, int cdev);
/* Whether the iommufd has a device of an id: 0 or -ENOENT. */
int iova_cdev_recognise_(const struct iova_backend *backend, uint32_t id,
			 struct iova_failure *failure);
/* To backend->ioas; of what is attached elsewhere, in one step. */
int iova_cdev_attach_(const struct iova_backend *backend, int cdev, struct iova_failure *failure);
int iova_cdev_detach_(const struct iova_backend *backend, int cdev, struct iova_failure *failure);

#endif

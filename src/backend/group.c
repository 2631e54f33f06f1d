/* SPDX-License-Identifier: BSD-3-Clause */
#include "backend/group.h"

#include "backend/iommufd.h"
#include "base/failure.h"
#include "uapi/iommufd.h"
#include "uapi/vfio.h"

#include <stdbool.h>

/*
 * A container of iommufd's answers, or says ENODEV before the first group
 * (vfio_compat.c: iommufd_vfio_ioas), and knows the other requests of iommufd; VFIO's own knows none.
 */
int iova_container_find_ioas_(struct iova_backend *backend, struct iova_failure *failure)
{
	struct iova_iommu_vfio_ioas ask = { .size = sizeof ask, .op = IOVA_IOMMU_VFIO_IOAS_GET };
	struct iova_failure ignored = *failure;
	int r = iova_sys_ioctl_(backend->sys, backend->fd, IOVA_IOMMU_VFIO_IOAS, &ask);

	if (r >= 0 || (r == -ENODEV && iova_iommufd_recognise_(backend, &ignored) >= 0)) {
		backend->kind = IOVA_BACKEND_COMPAT;
		backend->ioas = r < 0 ? 0 : ask.ioas_id;
		return 0;
	}
	if (r == -ENODEV || iova_backend_is_foreign_(r))
		return 0;
	return iova_kernel_failed_(failure, IOVA_STEP_ADOPT_CONTAINER, r);
}

int iova_container_recognise_(struct iova_backend *backend, struct iova_failure *failure)
{
	int r = iova_sys_ioctl_(backend->sys, backend->fd, IOVA_VFIO_GET_API_VERSION, NULL);

	if (r == IOVA_VFIO_API_VERSION) {
		/* Some other drivers answer 0 to anything; only a container knows its extensions. */
		r = iova_sys_ioctl_(backend->sys, backend->fd, IOVA_VFIO_CHECK_EXTENSION,
				    (void *)(uintptr_t)IOVA_VFIO_TYPE1V2_IOMMU);
		if (r == 0 || r == 1) {
			return backend->kind == IOVA_BACKEND_NOIOMMU ?
				       0 :
				       iova_container_find_ioas_(backend, failure);
		}
	}
	if (r >= 0)
		return iova_failed_(failure, IOVA_STEP_ADOPT_CONTAINER, IOVA_WHY_BAD_REPLY,
				    -EPROTO);
	iova_kernel_failed_(failure, IOVA_STEP_ADOPT_CONTAINER, r);
	if (!iova_backend_is_foreign_(r))
		return r;
	failure->why = IOVA_WHY_NOT_CONTAINER;
	return -EBADFD;
}

int iova_group_status_(const struct iova_backend *backend, int group, uint32_t *ret_flags,
		       struct iova_failure *failure)
{
	struct iova_vfio_group_status status = { .argsz = sizeof status };
	int r = iova_sys_ioctl_(backend->sys, group, IOVA_VFIO_GROUP_GET_STATUS, &status);

	if (r >= 0) {
		*ret_flags = status.flags;
		return 0;
	}
	iova_kernel_failed_(failure, IOVA_STEP_ADOPT_GROUP, r);
	if (!iova_backend_is_foreign_(r))
		return r;
	failure->why = IOVA_WHY_NOT_GROUP;
	return -EBADFD;
}

int iova_group_set_container_(const struct iova_backend *backend, int group,
			      struct iova_failure *failure)
{
	int container = backend->fd;
	int r = iova_sys_ioctl_(backend->sys, group, IOVA_VFIO_GROUP_SET_CONTAINER, &container);

	return r < 0 ? iova_kernel_failed_(failure, IOVA_STEP_SET_CONTAINER, r) : 0;
}

/*
 * When its last VFIO device was unplugged or got another driver, Linux took the group out of its
 * container (6.1, group.c: vfio_device_remove_group), and says EINVAL where that is asked for.
 */
static bool has_left(const struct iova_backend *backend, int group)
{
	struct iova_vfio_group_status status = { .argsz = sizeof status };
	int r = iova_sys_ioctl_(backend->sys, group, IOVA_VFIO_GROUP_GET_STATUS, &status);

	return r == -ENODEV || (r >= 0 && !(status.flags & IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET));
}

int iova_group_unset_container_(const struct iova_backend *backend, int group,
				struct iova_failure *failure)
{
	int r = iova_sys_ioctl_(backend->sys, group, IOVA_VFIO_GROUP_UNSET_CONTAINER, NULL);

	if (r >= 0 || (r == -EINVAL && has_left(backend, group)))
		return 0;
	return iova_kernel_failed_(failure, IOVA_STEP_UNSET_CONTAINER, r);
}

int iova_container_set_iommu_(const struct iova_backend *backend, struct iova_failure *failure)
{
	uintptr_t number = backend->kind == IOVA_BACKEND_NOIOMMU ? IOVA_VFIO_NOIOMMU_IOMMU :
								   IOVA_VFIO_TYPE1V2_IOMMU;
	void *type = (void *)number;
	int r = iova_sys_ioctl_(backend->sys, backend->fd, IOVA_VFIO_CHECK_EXTENSION, type);

	if (r == 0)
		return iova_failed_(failure, IOVA_STEP_SET_IOMMU, IOVA_WHY_NO_TYPE1, -ENODEV);
	if (r > 0)
		r = iova_sys_ioctl_(backend->sys, backend->fd, IOVA_VFIO_SET_IOMMU, type);
	return r < 0 ? iova_kernel_failed_(failure, IOVA_STEP_SET_IOMMU, r) : 0;
}

int iova_group_open_device_(const struct iova_backend *backend, int group, const char *name,
			    struct iova_failure *failure)
{
	int r = iova_sys_ioctl_(backend->sys, group, IOVA_VFIO_GROUP_GET_DEVICE_FD, (void *)name);

	return r < 0 ? iova_kernel_failed_(failure, IOVA_STEP_OPEN_DEVICE, r) : r;
}

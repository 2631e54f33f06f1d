/* SPDX-License-Identifier: BSD-3-Clause */
#include "backend/type1.h"

#include "backend/ask.h"
#include "base/failure.h"
#include "base/range.h"
#include "uapi/vfio.h"

#include <libiova/space.h>

#include <errno.h>
#include <stdbool.h>

/* What an ioctl of a foreign kind answers: no such request, or its own EINVAL. */
static bool is_foreign(int error)
{
	return error == -ENOTTY || error == -EINVAL || error == -EOPNOTSUPP || error == -ENOSYS;
}

int iova_type1_recognise_(const struct iova_type1 *type1, struct iova_failure *failure)
{
	int r = iova_sys_ioctl_(type1->sys, type1->container, IOVA_VFIO_GET_API_VERSION, NULL);

	if (r == IOVA_VFIO_API_VERSION) {
		/* Some other drivers answer 0 to anything; only a container knows its extensions. */
		r = iova_sys_ioctl_(type1->sys, type1->container, IOVA_VFIO_CHECK_EXTENSION,
				    (void *)(uintptr_t)IOVA_VFIO_TYPE1V2_IOMMU);
		if (r == 0 || r == 1)
			return 0;
	}
	if (r >= 0)
		return iova_failed_(failure, IOVA_STEP_ADOPT_CONTAINER, IOVA_WHY_BAD_REPLY,
				    -EPROTO);
	iova_kernel_failed_(failure, IOVA_STEP_ADOPT_CONTAINER, r);
	if (!is_foreign(r))
		return r;
	failure->why = IOVA_WHY_NOT_CONTAINER;
	return -EBADFD;
}

int iova_type1_group_status_(const struct iova_type1 *type1, int group, uint32_t *ret_flags,
			     struct iova_failure *failure)
{
	struct iova_vfio_group_status status = { .argsz = sizeof status };
	int r = iova_sys_ioctl_(type1->sys, group, IOVA_VFIO_GROUP_GET_STATUS, &status);

	if (r >= 0) {
		*ret_flags = status.flags;
		return 0;
	}
	iova_kernel_failed_(failure, IOVA_STEP_ADOPT_GROUP, r);
	if (!is_foreign(r))
		return r;
	failure->why = IOVA_WHY_NOT_GROUP;
	return -EBADFD;
}

int iova_type1_set_container_(const struct iova_type1 *type1, int group,
			      struct iova_failure *failure)
{
	int container = type1->container;
	int r = iova_sys_ioctl_(type1->sys, group, IOVA_VFIO_GROUP_SET_CONTAINER, &container);

	return r < 0 ? iova_kernel_failed_(failure, IOVA_STEP_SET_CONTAINER, r) : 0;
}

/*
 * When its last VFIO device was unplugged or got another driver, Linux took the group out of its
 * container (6.1, group.c: vfio_device_remove_group), and says EINVAL where that is asked for.
 */
static bool has_left(const struct iova_type1 *type1, int group)
{
	struct iova_vfio_group_status status = { .argsz = sizeof status };
	int r = iova_sys_ioctl_(type1->sys, group, IOVA_VFIO_GROUP_GET_STATUS, &status);

	return r == -ENODEV || (r >= 0 && !(status.flags & IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET));
}

int iova_type1_unset_container_(const struct iova_type1 *type1, int group,
				struct iova_failure *failure)
{
	int r = iova_sys_ioctl_(type1->sys, group, IOVA_VFIO_GROUP_UNSET_CONTAINER, NULL);

	if (r >= 0 || (r == -EINVAL && has_left(type1, group)))
		return 0;
	return iova_kernel_failed_(failure, IOVA_STEP_UNSET_CONTAINER, r);
}

int iova_type1_set_iommu_(const struct iova_type1 *type1, struct iova_failure *failure)
{
	void *type = (void *)(uintptr_t)IOVA_VFIO_TYPE1V2_IOMMU;
	int r = iova_sys_ioctl_(type1->sys, type1->container, IOVA_VFIO_CHECK_EXTENSION, type);

	if (r == 0)
		return iova_failed_(failure, IOVA_STEP_SET_IOMMU, IOVA_WHY_NO_TYPE1, -ENODEV);
	if (r > 0)
		r = iova_sys_ioctl_(type1->sys, type1->container, IOVA_VFIO_SET_IOMMU, type);
	return r < 0 ? iova_kernel_failed_(failure, IOVA_STEP_SET_IOMMU, r) : 0;
}

/* Without an IOMMU: EINVAL (container.c: vfio_fops_unl_ioctl), from iommufd's container ENODEV. */
int iova_type1_has_iommu_(const struct iova_type1 *type1, struct iova_failure *failure)
{
	struct iova_vfio_info info = { .argsz = sizeof info };
	int r = iova_sys_ioctl_(type1->sys, type1->container, IOVA_VFIO_IOMMU_GET_INFO, &info);

	if (r >= 0)
		return 1;
	if (r == -EINVAL || r == -ENODEV)
		return 0;
	return iova_kernel_failed_(failure, IOVA_STEP_GET_INFO, r);
}

int iova_type1_map_(const struct iova_type1 *type1, const struct iova_range *range, uint64_t vaddr,
		    uint32_t access, struct iova_failure *failure)
{
	int r = iova_type1_ask_map_(type1, range, vaddr, access);

	return r < 0 ? iova_kernel_failed_(failure, IOVA_STEP_MAP, r) : 0;
}

int iova_type1_unmap_(const struct iova_type1 *type1, const struct iova_range *range,
		      uint64_t *ret_unmapped, struct iova_failure *failure)
{
	int r = iova_type1_ask_unmap_(type1, range, ret_unmapped);

	return r < 0 ? iova_kernel_failed_(failure, IOVA_STEP_UNMAP, r) : 0;
}

int iova_type1_open_device_(const struct iova_type1 *type1, int group, const char *name,
			    struct iova_failure *failure)
{
	int r = iova_sys_ioctl_(type1->sys, group, IOVA_VFIO_GROUP_GET_DEVICE_FD, (void *)name);

	return r < 0 ? iova_kernel_failed_(failure, IOVA_STEP_OPEN_DEVICE, r) : r;
}

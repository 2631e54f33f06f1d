/* SPDX-License-Identifier: BSD-3-Clause */
/* Character devices of devices: drivers/vfio/device_cdev.c. */
#include "backend/iommufd.h"
#include "base/failure.h"
#include "base/text.h"
#include "uapi/iommufd.h"
#include "uapi/vfio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define NODES "/dev/vfio/devices/"

struct found {
	char *node;
	size_t size;
};

static int find_node(void *arg, const char *name)
{
	struct found *found = arg;

	if (strncmp(name, "vfio", 4) != 0 || strlen(name) >= found->size)
		return 0;
	iova_text_copy_(found->node, found->size, name);
	return 1;
}

int iova_cdev_find_(const struct iova_sys *sys, const char *root, const char *device, char *node,
		    size_t size, struct iova_failure *failure)
{
	struct found found = { node, size };
	int dir = iova_sys_open_(sys, -1, root ? root : "/", O_RDONLY | O_DIRECTORY);
	char path[128];
	int r;

	if (dir < 0)
		return iova_kernel_failed_(failure, IOVA_STEP_OPEN_CDEV, dir);
	snprintf(path, sizeof path, "sys/bus/pci/devices/%s/vfio-dev", device);
	r = iova_sys_list_(sys, dir, path, find_node, &found);
	iova_sys_close_(sys, dir);
	if (r > 0)
		return 0;
	snprintf(failure->path, sizeof failure->path, "/%.120s", path);
	if (!r || r == -ENOENT || r == -ENOTDIR)
		return iova_failed_(failure, IOVA_STEP_OPEN_CDEV, IOVA_WHY_NO_CDEV, -ENOENT);
	return iova_kernel_failed_(failure, IOVA_STEP_OPEN_CDEV, r);
}

int iova_cdev_open_(const struct iova_sys *sys, const char *node, struct iova_failure *failure)
{
	char path[sizeof NODES + 64];
	int r;

	snprintf(path, sizeof path, NODES "%s", node);
	r = iova_sys_open_(sys, -1, path, O_RDWR);
	if (r >= 0)
		return r;
	iova_text_copy_(failure->path, sizeof failure->path, path);
	iova_kernel_failed_(failure, IOVA_STEP_OPEN_CDEV, r);
	if (r == -ENOENT)
		failure->why = IOVA_WHY_NO_CDEV;
	return r;
}

/*
 * By a bind to what is no iommufd, namely the device: that it is EBADFD is found after the group
 * was, which would be EBUSY (device_cdev.c: vfio_df_ioctl_bind_iommufd).
 */
bool iova_cdev_group_is_closed_(const struct iova_sys *sys, int cdev)
{
	struct iova_vfio_bind nowhere = { .argsz = sizeof nowhere, .iommufd = cdev };

	return iova_sys_ioctl_(sys, cdev, IOVA_VFIO_DEVICE_BIND_IOMMUFD, &nowhere) == -EBADFD;
}

/* Devices answer this only through a descriptor that is bound (vfio_main.c: access_granted). */
int iova_cdev_is_bound_(const struct iova_sys *sys, int cdev)
{
	struct iova_vfio_device_info info = { .argsz = sizeof info };
	int r = iova_sys_ioctl_(sys, cdev, IOVA_VFIO_DEVICE_GET_INFO, &info);

	if (r < 0)
		return iova_backend_is_foreign_(r) ? 0 : r;
	return 1;
}

/*
 * By requests that can only fail. A device had from its group knows no ATTACH, while of too few
 * bytes it is EINVAL; a container, and iommufd as one, tell their version, which a device does not.
 */
bool iova_cdev_is_one_(const struct iova_sys *sys, int cdev)
{
	struct iova_vfio_attach nothing = { .argsz = 0 };

	return iova_sys_ioctl_(sys, cdev, IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT, &nothing) !=
		       -ENOTTY &&
	       iova_sys_ioctl_(sys, cdev, IOVA_VFIO_GET_API_VERSION, NULL) < 0;
}

int iova_cdev_bind_(const struct iova_backend *backend, int cdev, uint32_t *ret_id,
		    struct iova_failure *failure)
{
	struct iova_vfio_bind bind = { .argsz = sizeof bind, .iommufd = backend->fd };
	int r = iova_sys_ioctl_(backend->sys, cdev, IOVA_VFIO_DEVICE_BIND_IOMMUFD, &bind);

	if (r >= 0) {
		*ret_id = bind.out_device_id;
		return 0;
	}
	iova_kernel_failed_(failure, IOVA_STEP_BIND, r);
	if (r == -EBUSY)
		failure->why = IOVA_WHY_GROUP_OPEN;
	if (r == -ENOTTY)
		failure->why = IOVA_WHY_NOT_CDEV;
	return r;
}

int iova_cdev_recognise_(const struct iova_backend *backend, uint32_t id,
			 struct iova_failure *failure)
{
	struct iova_iommu_hw_info info = { .size = sizeof info, .device_id = id };
	int r = iova_sys_ioctl_(backend->sys, backend->fd, IOVA_IOMMU_GET_HW_INFO, &info);

	return r < 0 ? iova_kernel_failed_(failure, IOVA_STEP_ADOPT_CDEV, r) : 0;
}

int iova_cdev_attach_(const struct iova_backend *backend, int cdev, struct iova_failure *failure)
{
	struct iova_vfio_attach attach = { .argsz = sizeof attach, .pt_id = backend->ioas };
	int r = iova_sys_ioctl_(backend->sys, cdev, IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach);

	return r < 0 ? iova_kernel_failed_(failure, IOVA_STEP_ATTACH, r) : 0;
}

int iova_cdev_detach_(const struct iova_backend *backend, int cdev, struct iova_failure *failure)
{
	struct iova_vfio_detach detach = { .argsz = sizeof detach };
	int r = iova_sys_ioctl_(backend->sys, cdev, IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT, &detach);

	return r < 0 ? iova_kernel_failed_(failure, IOVA_STEP_DETACH, r) : 0;
}

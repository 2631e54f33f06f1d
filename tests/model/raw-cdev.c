/* SPDX-License-Identifier: BSD-3-Clause */
#include "raw-cdev.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

int world_setup_nodes(void **state)
{
	*state = world_new("iommufd");
	return 0;
}

int world_setup_compat_nodes(void **state)
{
	*state = world_new("compat");
	return 0;
}

void raw_close_all(const struct world *world, const int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(raw_close(world, fds[i]), 0);
}

int raw_iommufd(const struct world *world)
{
	return raw_open(world, "/dev/iommu");
}

int raw_cdev(const struct world *world, uint32_t number)
{
	char path[64];

	snprintf(path, sizeof path, "/dev/vfio/devices/vfio%u", number);
	return raw_open(world, path);
}

uint32_t raw_ioas(const struct world *world, int iommufd)
{
	struct iova_iommu_ioas_alloc alloc = { .size = sizeof alloc };

	assert_int_equal(raw_ioctl(world, iommufd, IOVA_IOMMU_IOAS_ALLOC, &alloc), 0);
	return alloc.out_ioas_id;
}

int raw_bind(const struct world *world, int cdev, int iommufd, uint32_t *ret_id)
{
	struct iova_vfio_bind bind = { .argsz = sizeof bind, .iommufd = iommufd };
	int r = raw_ioctl(world, cdev, IOVA_VFIO_DEVICE_BIND_IOMMUFD, &bind);

	if (ret_id)
		*ret_id = bind.out_device_id;
	return r;
}

int raw_attach_pt(const struct world *world, int cdev, uint32_t pt_id)
{
	struct iova_vfio_attach attach = { .argsz = sizeof attach, .pt_id = pt_id };

	return raw_ioctl(world, cdev, IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach);
}

int raw_detach_pt(const struct world *world, int cdev)
{
	struct iova_vfio_detach detach = { .argsz = sizeof detach };

	return raw_ioctl(world, cdev, IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT, &detach);
}

int raw_device_info(const struct world *world, int device)
{
	struct iova_vfio_device_info info = { .argsz = sizeof info };

	return raw_ioctl(world, device, IOVA_VFIO_DEVICE_GET_INFO, &info);
}

int raw_ioas_map(const struct world *world, int iommufd, uint32_t ioas, uint64_t iova,
		 uint64_t vaddr, uint64_t length)
{
	struct iova_iommu_ioas_map map = {
		.size = sizeof map,
		.flags = IOVA_IOMMU_MAP_FIXED | IOVA_IOMMU_MAP_WRITE | IOVA_IOMMU_MAP_READ,
		.ioas_id = ioas,
		.vaddr = vaddr,
		.length = length,
		.iova = iova,
	};

	return raw_ioctl(world, iommufd, IOVA_IOMMU_IOAS_MAP, &map);
}

int raw_destroy(const struct world *world, int iommufd, uint32_t id)
{
	struct iova_iommu_destroy destroy = { .size = sizeof destroy, .id = id };

	return raw_ioctl(world, iommufd, IOVA_IOMMU_DESTROY, &destroy);
}

int raw_duplicate(const struct world *world, int fd)
{
	return world->sys->duplicate(world->sys->data, fd);
}

bool raw_exists(const struct world *world, const char *path)
{
	int fd = world->sys->open(world->sys->data, -1, path, O_RDONLY);

	if (fd >= 0)
		assert_int_equal(raw_close(world, fd), 0);
	else
		assert_int_equal(fd, -ENOENT);
	return fd >= 0;
}

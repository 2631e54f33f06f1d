/* SPDX-License-Identifier: BSD-3-Clause */
#include "ask.h"

#include "uapi/iommufd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int ask_open_iommufd(const struct stage *stage)
{
	return ask_open(stage, "/dev/iommu");
}

static int take_node(void *arg, const char *name)
{
	char *path = arg;

	if (strncmp(name, "vfio", 4) != 0)
		return 0;
	snprintf(path, 64, "/dev/vfio/devices/%.32s", name);
	return 1;
}

int ask_open_cdev(const struct stage *stage, const char *device)
{
	const struct iova_sys *sys = stage_sys(stage);
	char directory[96], path[64] = "";

	snprintf(directory, sizeof directory, "/sys/bus/pci/devices/%s/vfio-dev", device);
	if (sys->list(sys->data, -1, directory, take_node, path) <= 0)
		return -ENOENT;
	return ask_open(stage, path);
}

int ask_bind(const struct stage *stage, int cdev, int iommufd)
{
	struct iova_vfio_bind bind = { .argsz = sizeof bind, .iommufd = iommufd };
	int r = ask(stage, cdev, IOVA_VFIO_DEVICE_BIND_IOMMUFD, &bind);

	return r < 0 ? r : (int)bind.out_device_id;
}

int ask_attach(const struct stage *stage, int cdev, uint32_t ioas)
{
	struct iova_vfio_attach attach = { .argsz = sizeof attach, .pt_id = ioas };

	return ask(stage, cdev, IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach);
}

int ask_detach(const struct stage *stage, int cdev)
{
	struct iova_vfio_detach detach = { .argsz = sizeof detach };

	return ask(stage, cdev, IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT, &detach);
}

int ask_alloc_ioas(const struct stage *stage, int iommufd)
{
	struct iova_iommu_ioas_alloc alloc = { .size = sizeof alloc };
	int r = ask(stage, iommufd, IOVA_IOMMU_IOAS_ALLOC, &alloc);

	return r < 0 ? r : (int)alloc.out_ioas_id;
}

int ask_destroy(const struct stage *stage, int iommufd, uint32_t id)
{
	struct iova_iommu_destroy destroy = { .size = sizeof destroy, .id = id };

	return ask(stage, iommufd, IOVA_IOMMU_DESTROY, &destroy);
}

int ask_allow(const struct stage *stage, int iommufd, uint32_t ioas,
	      const struct iova_range *ranges, uint32_t n)
{
	struct iova_iommu_ioas_ranges allow = {
		.size = IOVA_IOMMU_ALLOW_SIZE,
		.ioas_id = ioas,
		.n_ranges = n,
		.ranges = (uintptr_t)ranges,
	};

	return ask(stage, iommufd, IOVA_IOMMU_IOAS_ALLOW_IOVAS, &allow);
}

int ask_ioas_map(const struct stage *stage, int iommufd, uint32_t ioas, uint64_t iova,
		 const void *memory, uint64_t size)
{
	struct iova_iommu_ioas_map map = {
		.size = sizeof map,
		.flags = IOVA_IOMMU_MAP_FIXED | IOVA_IOMMU_MAP_READ | IOVA_IOMMU_MAP_WRITE,
		.ioas_id = ioas,
		.vaddr = (uintptr_t)memory,
		.length = size,
		.iova = iova,
	};

	return ask(stage, iommufd, IOVA_IOMMU_IOAS_MAP, &map);
}

int64_t ask_ioas_unmap(const struct stage *stage, int iommufd, uint32_t ioas, uint64_t iova,
		       uint64_t size)
{
	struct iova_iommu_ioas_unmap unmap = {
		.size = sizeof unmap, .ioas_id = ioas, .iova = iova, .length = size
	};
	int r = ask(stage, iommufd, IOVA_IOMMU_IOAS_UNMAP, &unmap);

	return r < 0 ? r : (int64_t)unmap.length;
}

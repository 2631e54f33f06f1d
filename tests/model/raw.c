/* SPDX-License-Identifier: BSD-3-Clause */
#include "raw.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

int raw_open(const struct world *world, const char *path)
{
	return world->sys->open(world->sys->data, -1, path, O_RDWR);
}

int raw_close(const struct world *world, int fd)
{
	return world->sys->close(world->sys->data, fd);
}

int raw_ioctl(const struct world *world, int fd, unsigned long request, void *argument)
{
	return world->sys->ioctl(world->sys->data, fd, request, argument);
}

int raw_extension(const struct world *world, int fd, uintptr_t extension)
{
	return raw_ioctl(world, fd, IOVA_VFIO_CHECK_EXTENSION, (void *)extension);
}

int raw_set_iommu(const struct world *world, int fd, uintptr_t type)
{
	return raw_ioctl(world, fd, IOVA_VFIO_SET_IOMMU, (void *)type);
}

int raw_set_container(const struct world *world, int group, int container)
{
	return raw_ioctl(world, group, IOVA_VFIO_GROUP_SET_CONTAINER, &container);
}

int raw_unset_container(const struct world *world, int group)
{
	return raw_ioctl(world, group, IOVA_VFIO_GROUP_UNSET_CONTAINER, NULL);
}

int raw_status(const struct world *world, int group, uint32_t *ret_flags)
{
	struct iova_vfio_group_status status = { .argsz = sizeof status };
	int r = raw_ioctl(world, group, IOVA_VFIO_GROUP_GET_STATUS, &status);

	*ret_flags = status.flags;
	return r;
}

int raw_device(const struct world *world, int group, const char *name)
{
	char text[64];

	snprintf(text, sizeof text, "%s", name);
	return raw_ioctl(world, group, IOVA_VFIO_GROUP_GET_DEVICE_FD, text);
}

int raw_map(const struct world *world, int fd, uint64_t iova, uint64_t vaddr, uint64_t size)
{
	struct iova_vfio_map map = { .argsz = sizeof map,
				     .flags = IOVA_VFIO_MAP_READ | IOVA_VFIO_MAP_WRITE,
				     .vaddr = vaddr,
				     .iova = iova,
				     .size = size };

	return raw_ioctl(world, fd, IOVA_VFIO_IOMMU_MAP_DMA, &map);
}

int raw_unmap(const struct world *world, int fd, uint32_t flags, uint64_t iova, uint64_t *size)
{
	struct iova_vfio_unmap unmap = {
		.argsz = sizeof unmap, .flags = flags, .iova = iova, .size = *size
	};
	int r = raw_ioctl(world, fd, IOVA_VFIO_IOMMU_UNMAP_DMA, &unmap);

	*size = unmap.size;
	return r;
}

int raw_open_group(const struct world *world, uint32_t group)
{
	char path[32];

	snprintf(path, sizeof path, "/dev/vfio/%u", group);
	return raw_open(world, path);
}

int raw_join(const struct world *world, int container, uint32_t group)
{
	int fd = raw_open_group(world, group);

	assert_true(fd >= 0);
	assert_int_equal(raw_set_container(world, fd, container), 0);
	return fd;
}

struct raw raw_attach(const struct world *world, uint32_t group)
{
	struct raw raw;

	raw.container = raw_open(world, "/dev/vfio/vfio");
	assert_true(raw.container >= 0);
	raw.group = raw_join(world, raw.container, group);
	assert_int_equal(raw_set_iommu(world, raw.container, IOVA_VFIO_TYPE1V2_IOMMU), 0);
	return raw;
}

void raw_detach(const struct world *world, struct raw raw)
{
	assert_int_equal(raw_close(world, raw.group), 0);
	assert_int_equal(raw_close(world, raw.container), 0);
}

int raw_info(const struct world *world, int fd, void *reply, uint32_t argsz)
{
	memset(reply, 0, argsz);
	memcpy(reply, &argsz, sizeof argsz);
	return raw_ioctl(world, fd, IOVA_VFIO_IOMMU_GET_INFO, reply);
}

uint32_t raw_u32(const void *reply, size_t offset)
{
	uint32_t value;

	memcpy(&value, (const unsigned char *)reply + offset, sizeof value);
	return value;
}

uint64_t raw_u64(const void *reply, size_t offset)
{
	uint64_t value;

	memcpy(&value, (const unsigned char *)reply + offset, sizeof value);
	return value;
}

uint32_t raw_find_cap(const void *reply, uint16_t id)
{
	uint32_t at = raw_u32(reply, offsetof(struct iova_vfio_info, cap_offset));

	while (at) {
		struct iova_vfio_cap cap;

		memcpy(&cap, (const unsigned char *)reply + at, sizeof cap);
		if (cap.id == id)
			return at;
		at = cap.next;
	}
	return 0;
}

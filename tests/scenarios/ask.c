/* SPDX-License-Identifier: BSD-3-Clause */
#include "ask.h"

#include <fcntl.h>
#include <stdio.h>

int ask_open(const struct stage *stage, const char *path)
{
	const struct iova_sys *sys = stage_sys(stage);

	return sys->open(sys->data, -1, path, O_RDWR);
}

int ask_open_container(const struct stage *stage)
{
	return ask_open(stage, stage->container ? stage->container : "/dev/vfio/vfio");
}

void ask_close(const struct stage *stage, int fd)
{
	const struct iova_sys *sys = stage_sys(stage);

	assert_int_equal(sys->close(sys->data, fd), 0);
}

int ask(const struct stage *stage, int fd, unsigned long request, void *argument)
{
	const struct iova_sys *sys = stage_sys(stage);

	return sys->ioctl(sys->data, fd, request, argument);
}

int ask_open_group(const struct stage *stage, uint32_t group)
{
	char path[40];

	snprintf(path, sizeof path, "/dev/vfio/%u", group);
	return ask_open(stage, path);
}

int ask_status(const struct stage *stage, int group)
{
	struct iova_vfio_group_status status = { .argsz = sizeof status };
	int r = ask(stage, group, IOVA_VFIO_GROUP_GET_STATUS, &status);

	return r < 0 ? r : (int)status.flags;
}

int ask_set_container(const struct stage *stage, int group, int container)
{
	return ask(stage, group, IOVA_VFIO_GROUP_SET_CONTAINER, &container);
}

int ask_unset_container(const struct stage *stage, int group)
{
	return ask(stage, group, IOVA_VFIO_GROUP_UNSET_CONTAINER, NULL);
}

int ask_device(const struct stage *stage, int group, const char *name)
{
	char text[64];

	snprintf(text, sizeof text, "%s", name);
	return ask(stage, group, IOVA_VFIO_GROUP_GET_DEVICE_FD, text);
}

int ask_set_iommu(const struct stage *stage, int container, uintptr_t type)
{
	return ask(stage, container, IOVA_VFIO_SET_IOMMU, (void *)type);
}

int ask_extension(const struct stage *stage, int container, uintptr_t number)
{
	return ask(stage, container, IOVA_VFIO_CHECK_EXTENSION, (void *)number);
}

int ask_info(const struct stage *stage, int container)
{
	union {
		struct iova_vfio_info info;
		uint64_t room[256];
	} reply = { .info.argsz = sizeof reply };

	return ask(stage, container, IOVA_VFIO_IOMMU_GET_INFO, &reply);
}

int ask_map(const struct stage *stage, int container, uint64_t iova, const void *memory,
	    uint64_t size)
{
	struct iova_vfio_map map = {
		.argsz = sizeof map,
		.flags = READ_WRITE,
		.vaddr = (uintptr_t)memory,
		.iova = iova,
		.size = size,
	};

	return ask(stage, container, IOVA_VFIO_IOMMU_MAP_DMA, &map);
}

static int64_t unmap_with(const struct stage *stage, int container, uint64_t iova, uint64_t size,
			  uint32_t flags)
{
	struct iova_vfio_unmap unmap = {
		.argsz = sizeof unmap, .flags = flags, .iova = iova, .size = size
	};
	int r = ask(stage, container, IOVA_VFIO_IOMMU_UNMAP_DMA, &unmap);

	return r < 0 ? r : (int64_t)unmap.size;
}

int64_t ask_unmap(const struct stage *stage, int container, uint64_t iova, uint64_t size)
{
	return unmap_with(stage, container, iova, size, 0);
}

int64_t ask_unmap_all(const struct stage *stage, int container)
{
	return unmap_with(stage, container, 0, 0, UNMAP_ALL);
}

struct asking asking_new(const struct stage *stage, uintptr_t type)
{
	struct asking asking = {
		.container = ask_open_container(stage),
		.group = ask_open_group(stage, stage_group_of(stage, stage->first)),
		.device = -1,
	};

	assert_true(asking.container >= 0);
	assert_true(asking.group >= 0);
	assert_int_equal(ask_set_container(stage, asking.group, asking.container), 0);
	assert_int_equal(ask_set_iommu(stage, asking.container, type), 0);
	/* Before a device is open, iommufd's container has no limits. */
	if (stage_kind(stage) == BY_COMPAT) {
		asking.device = ask_device(stage, asking.group, stage->first);
		assert_true(asking.device >= 0);
	}
	return asking;
}

void asking_free(const struct stage *stage, struct asking asking)
{
	if (asking.device >= 0)
		ask_close(stage, asking.device);
	ask_close(stage, asking.group);
	ask_close(stage, asking.container);
}

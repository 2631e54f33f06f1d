/* SPDX-License-Identifier: BSD-3-Clause */
/* The table that scenarios and library use: counts the library's calls, and has one of them fail. */
#include "oom.h"
#include "uapi/iommufd.h"
#include "uapi/vfio.h"
#include "watch-play.h"

#include <stdio.h>

static uint32_t kind_of(unsigned long request)
{
	switch (request) {
	case IOVA_VFIO_GROUP_UNSET_CONTAINER:
		return IOVA_SIM_CALL_UNSET_CONTAINER;
	case IOVA_VFIO_IOMMU_GET_INFO:
		return IOVA_SIM_CALL_GET_INFO;
	case IOVA_VFIO_IOMMU_MAP_DMA:
		return IOVA_SIM_CALL_MAP;
	case IOVA_VFIO_IOMMU_UNMAP_DMA:
		return IOVA_SIM_CALL_UNMAP;
	case IOVA_VFIO_DEVICE_GET_INFO:
		return IOVA_SIM_CALL_DEVICE_GET_INFO;
	case IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT:
		return IOVA_SIM_CALL_DETACH_PT;
	case IOVA_IOMMU_DESTROY:
		return IOVA_SIM_CALL_DESTROY;
	case IOVA_IOMMU_IOAS_UNMAP:
		return IOVA_SIM_CALL_IOAS_UNMAP;
	default:
		return IOVA_SIM_CALL_OTHER_IOCTL;
	}
}

/* The simulated host's own memory does not run out here. */
static const struct iova_sys *enter(uint32_t kind, const char *path)
{
	const struct fault *fault = &watch->fault;

	if (!watch->in_library)
		return watch->world->sys;
	oom_off();
	watch->calls++;
	if (watch->mode == WATCH_FAULT && fault->is_call && watch->calls == fault->nth) {
		watch_check(!iova_sim_fail(watch->world->sim, IOVA_SIM_CALL_ANY, 1, fault->error),
			    "the fault cannot be set");
		watch->hit = true;
		watch->kind = kind;
		snprintf(watch->path, sizeof watch->path, "%s", path);
	}
	return watch->world->sys;
}

/* Who holds what comes of the call: the play itself. */
static bool is_player(void)
{
	return !watch->in_library && !watch->releasing;
}

static int leave(int r)
{
	if (watch->in_library)
		oom_on();
	return r;
}

static int watch_open(void *data, int dir, const char *path, int flags)
{
	const struct iova_sys *sys = enter(IOVA_SIM_CALL_OPEN, path);
	int fd = sys->open(sys->data, dir, path, flags);

	(void)data;
	if (fd >= 0 && is_player())
		held_add((struct held){ .kind = HELD_FD, .fd = fd });
	return leave(fd);
}

static int watch_close(void *data, int fd)
{
	const struct iova_sys *sys = enter(IOVA_SIM_CALL_CLOSE, "");

	(void)data;
	if (is_player())
		held_drop_fd(fd);
	return leave(sys->close(sys->data, fd));
}

static int watch_ioctl(void *data, int fd, unsigned long request, void *argument)
{
	const struct iova_sys *sys = enter(kind_of(request), "");
	int r = sys->ioctl(sys->data, fd, request, argument);

	(void)data;
	if (r >= 0 && request == IOVA_VFIO_GROUP_GET_DEVICE_FD && is_player())
		held_add((struct held){ .kind = HELD_FD, .fd = r });
	return leave(r);
}

static int64_t watch_read_file(void *data, int dir, const char *path, char *buffer, size_t size)
{
	const struct iova_sys *sys = enter(IOVA_SIM_CALL_READ_FILE, path);

	(void)data;
	return leave((int)sys->read_file(sys->data, dir, path, buffer, size));
}

static int64_t watch_read_link(void *data, int dir, const char *path, char *buffer, size_t size)
{
	const struct iova_sys *sys = enter(IOVA_SIM_CALL_READ_LINK, path);

	(void)data;
	return leave((int)sys->read_link(sys->data, dir, path, buffer, size));
}

struct listener {
	iova_sys_name_fn *each;
	void *arg;
};

static int pass_name(void *arg, const char *name)
{
	struct listener *listener = arg;
	int r;

	leave(0);
	r = listener->each(listener->arg, name);
	if (watch->in_library)
		oom_off();
	return r;
}

static int watch_list(void *data, int dir, const char *path, iova_sys_name_fn *each, void *arg)
{
	const struct iova_sys *sys = enter(IOVA_SIM_CALL_LIST, path);
	struct listener listener = { each, arg };

	(void)data;
	return leave(sys->list(sys->data, dir, path, pass_name, &listener));
}

static int watch_memory(void *data, struct iova_sys_memory *ret_memory)
{
	const struct iova_sys *sys = enter(IOVA_SIM_CALL_MEMORY, "");

	(void)data;
	return leave(sys->memory(sys->data, ret_memory));
}

static int watch_duplicate(void *data, int fd)
{
	const struct iova_sys *sys = enter(IOVA_SIM_CALL_DUPLICATE, "");
	int copy = sys->duplicate(sys->data, fd);

	(void)data;
	if (copy >= 0 && is_player())
		held_add((struct held){ .kind = HELD_FD, .fd = copy });
	return leave(copy);
}

const struct iova_sys *watch_sys(void)
{
	static const struct iova_sys table = {
		.size = sizeof table,
		.open = watch_open,
		.close = watch_close,
		.ioctl = watch_ioctl,
		.read_file = watch_read_file,
		.read_link = watch_read_link,
		.list = watch_list,
		.memory = watch_memory,
		.duplicate = watch_duplicate,
	};

	return &table;
}

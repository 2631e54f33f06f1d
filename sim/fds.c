/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Descriptors. Numbers start where no real one does, say what they are for
 * (0x12000000 and up: containers) and are never used twice, so that a wrong or
 * a closed one is always EBADF.
 */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#define FD_BASE 0x10000000
#define FD_KIND_SHIFT 24

int sim_fd_new_(struct iova_sim *sim, enum sim_fd_kind kind, struct sim_fd **ret_fd)
{
	struct sim_fd *fd;

	if (sim->n_serials >> FD_KIND_SHIFT)
		return -EMFILE;
	fd = sim_alloc_(sim, sizeof *fd);
	if (!fd)
		return -ENOMEM;
	fd->fd = FD_BASE + ((int)kind << FD_KIND_SHIFT) + (int)sim->n_serials++;
	fd->kind = kind;
	fd->next = sim->fds;
	sim->fds = fd;
	*ret_fd = fd;
	return 0;
}

struct sim_fd *sim_fd_find_(struct iova_sim *sim, int number)
{
	struct sim_fd *fd = sim->fds;

	while (fd && fd->fd != number)
		fd = fd->next;
	return fd;
}

/* CON:vfio_fops_open. */
static int open_container(struct iova_sim *sim)
{
	struct sim_container *container = sim_alloc_(sim, sizeof *container),
			     **at = &sim->containers;
	struct sim_fd *fd;
	int r;

	if (!container)
		return -ENOMEM;
	r = sim_fd_new_(sim, SIM_FD_CONTAINER, &fd);
	if (r < 0) {
		free(container);
		return r;
	}
	container->serial = sim->n_containers_made++;
	container->fd_open = true;
	while (*at)
		at = &(*at)->next;
	*at = container;
	fd->container = container;
	return fd->fd;
}

/*
 * GRP:vfio_group_fops_open: one opener at a time. An open device keeps the
 * group's file although its descriptor is closed.
 */
static int open_group(struct iova_sim *sim, struct sim_group *group)
{
	struct sim_fd *fd;
	int r;

	if (group->fd_open || group->n_open_devices || group->held_elsewhere)
		return -EBUSY;
	r = sim_fd_new_(sim, SIM_FD_GROUP, &fd);
	if (r < 0)
		return r;
	group->fd_open = true;
	fd->group = group;
	return fd->fd;
}

static int open_file(struct iova_sim *sim, int dir, const char *path, int flags)
{
	struct sim_node node;
	struct sim_fd *fd;
	int r = sim_start_of_path_(sim, dir, path, &node);

	if (r >= 0)
		r = sim_walk_(sim, &node, path, SIM_FOLLOW, &node);
	if (r < 0)
		return r;
	if (flags & O_DIRECTORY && !sim_node_is_dir_(&node))
		return -ENOTDIR;
	if ((flags & O_ACCMODE) != O_RDONLY && sim_node_is_dir_(&node))
		return -EISDIR;
	if (node.kind == SIM_DEV_CONTAINER)
		return open_container(sim);
	if (node.kind == SIM_DEV_GROUP)
		return open_group(sim, node.group);
	r = sim_fd_new_(sim, SIM_FD_FILE, &fd);
	if (r < 0)
		return r;
	fd->node = node;
	return fd->fd;
}

int sim_sys_open_(void *data, int dir, const char *path, int flags)
{
	struct sim_call call;
	int r = sim_enter_(data, IOVA_SIM_CALL_OPEN, &call);

	if (!r)
		r = open_file(call.sim, dir, path, flags);
	sim_leave_(&call);
	return r;
}

static void release(struct iova_sim *sim, struct sim_fd *fd)
{
	switch (fd->kind) {
	case SIM_FD_CONTAINER: /* CON:vfio_fops_release: groups keep the container */
		fd->container->fd_open = false;
		sim_container_put_(sim, fd->container);
		break;
	case SIM_FD_GROUP:
		if (fd->revoked)
			break;
		fd->group->fd_open = false;
		sim_group_release_(sim, fd->group);
		break;
	case SIM_FD_DEVICE:
		fd->device->n_open--;
		fd->group->n_open_devices--;
		sim_group_release_(sim, fd->group);
		break;
	default:
		break;
	}
}

/* As on Linux, a close that fails has closed all the same. */
static int close_fd(struct iova_sim *sim, int number)
{
	struct sim_fd *fd, **at = &sim->fds;

	while (*at && (*at)->fd != number)
		at = &(*at)->next;
	fd = *at;
	if (!fd)
		return -EBADF;
	*at = fd->next;
	release(sim, fd);
	free(fd);
	return 0;
}

int sim_sys_close_(void *data, int fd)
{
	struct sim_call call;
	int fault = sim_enter_(data, IOVA_SIM_CALL_CLOSE, &call);
	int r = close_fd(call.sim, fd);

	sim_leave_(&call);
	return fault ? fault : r;
}

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

/* One number more for an open file. */
static int add_number(struct iova_sim *sim, struct sim_fd *fd)
{
	struct sim_number *number;

	if (sim->n_serials >> FD_KIND_SHIFT)
		return -EMFILE;
	number = sim_alloc_(sim, sizeof *number);
	if (!number)
		return -ENOMEM;
	number->number = FD_BASE + ((int)fd->kind << FD_KIND_SHIFT) + (int)sim->n_serials++;
	number->fd = fd;
	number->next = sim->numbers;
	sim->numbers = number;
	fd->n_numbers++;
	return number->number;
}

int sim_fd_new_(struct iova_sim *sim, enum sim_fd_kind kind, struct sim_fd **ret_fd)
{
	struct sim_fd *fd = sim_alloc_(sim, sizeof *fd);
	int number;

	if (!fd)
		return -ENOMEM;
	fd->kind = kind;
	number = add_number(sim, fd);
	if (number < 0) {
		free(fd);
		return number;
	}
	fd->next = sim->fds;
	sim->fds = fd;
	*ret_fd = fd;
	return number;
}

struct sim_fd *sim_fd_find_(struct iova_sim *sim, int wanted)
{
	struct sim_number *number = sim->numbers;

	while (number && number->number != wanted)
		number = number->next;
	return number ? number->fd : NULL;
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
	return r;
}

/* GRP:vfio_group_fops_open: one opener at a time, and none while a device is bound by itself. */
static int open_group(struct iova_sim *sim, struct sim_group *group)
{
	struct sim_fd *fd;
	int r;

	if (sim_group_is_open_(group) || group->n_bound)
		return -EBUSY;
	r = sim_fd_new_(sim, SIM_FD_GROUP, &fd);
	if (r < 0)
		return r;
	group->fd_open = true;
	fd->group = group;
	return r;
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
	switch (node.kind) {
	case SIM_DEV_CONTAINER:
		if (sim_has_iommufd_(sim) && sim->kernel.iommufd_container)
			return sim_iommufd_open_(sim, true);
		return open_container(sim);
	case SIM_DEV_GROUP:
		return open_group(sim, node.group);
	case SIM_DEV_CDEV:
		return sim_cdev_open_(sim, node.device);
	case SIM_DEV_IOMMU:
		return sim_iommufd_open_(sim, false);
	default:
		break;
	}
	r = sim_fd_new_(sim, SIM_FD_FILE, &fd);
	if (r < 0)
		return r;
	fd->node = node;
	return r;
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

static bool is_open_by_group(const struct iova_sim *sim, const struct sim_device *device)
{
	const struct sim_fd *fd = sim->fds;

	while (fd && (fd->kind != SIM_FD_DEVICE || fd->device != device))
		fd = fd->next;
	return fd;
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
		if (!is_open_by_group(sim, fd->device))
			sim_iommufd_unbind_(sim, fd->device);
		fd->group->n_open_devices--;
		sim_group_release_(sim, fd->group);
		break;
	case SIM_FD_CDEV:
		sim_cdev_release_(sim, fd);
		break;
	case SIM_FD_IOMMUFD:
		sim_iommufd_put_(sim, fd->iommufd);
		break;
	default:
		break;
	}
}

static void free_fd(struct iova_sim *sim, struct sim_fd *fd)
{
	struct sim_fd **at = &sim->fds;

	while (*at != fd)
		at = &(*at)->next;
	*at = fd->next;
	release(sim, fd);
	free(fd);
}

/* As on Linux, a close that fails has closed all the same. */
static int close_number(struct iova_sim *sim, int wanted)
{
	struct sim_number *number, **at = &sim->numbers;

	while (*at && (*at)->number != wanted)
		at = &(*at)->next;
	number = *at;
	if (!number)
		return -EBADF;
	*at = number->next;
	if (!--number->fd->n_numbers)
		free_fd(sim, number->fd);
	free(number);
	return 0;
}

int sim_sys_close_(void *data, int fd)
{
	struct sim_call call;
	int fault = sim_enter_(data, IOVA_SIM_CALL_CLOSE, &call);
	int r = close_number(call.sim, fd);

	sim_leave_(&call);
	return fault ? fault : r;
}

int sim_sys_duplicate_(void *data, int fd)
{
	struct sim_call call;
	int r = sim_enter_(data, IOVA_SIM_CALL_DUPLICATE, &call);
	struct sim_fd *file = sim_fd_find_(call.sim, fd);

	if (!r)
		r = file ? add_number(call.sim, file) : -EBADF;
	sim_leave_(&call);
	return r;
}

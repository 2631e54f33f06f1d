/* SPDX-License-Identifier: BSD-3-Clause */
/* /dev/vfio/N: drivers/vfio/group.c. */
#include "private.h"

#include "uapi/vfio.h"

#include <errno.h>
#include <string.h>

/* An open device keeps the group's file although its descriptor is closed. */
bool sim_group_is_open_(const struct sim_group *group)
{
	return group->fd_open || group->n_open_devices || group->held_elsewhere;
}

/*
 * GRP:vfio_group_ioctl_get_status: from 5.18 a group in a container is viable
 * by definition. Before, its drivers are looked at (vfio.c:vfio_group_viable).
 */
static int get_status(struct iova_sim *sim, const struct sim_fd *fd, void *argument)
{
	const struct sim_group *group = fd->group;
	struct iova_vfio_group_status status;

	if (!argument)
		return -EFAULT;
	memcpy(&status, argument, sizeof status);
	if (status.argsz < sizeof status)
		return -EINVAL;
	if (fd->revoked)
		return -ENODEV;
	status.flags = 0;
	if (group->container || group->compat)
		status.flags |= IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET;
	if (group->compat || (group->container && sim->kernel.claims_owner) ||
	    (!group->owner && sim_group_is_viable_(sim, group)))
		status.flags |= IOVA_VFIO_GROUP_FLAGS_VIABLE;
	memcpy(argument, &status, sizeof status);
	return 0;
}

/*
 * CON:vfio_container_attach_group: from 5.18 the group is claimed first
 * (IOC:iommu_group_claim_dma_owner), which fails for a foreign driver and then
 * where the blocking domain cannot be put in place of a direct region's. Then,
 * if the container has its IOMMU, type1 attaches.
 */
int sim_group_join_(struct iova_sim *sim, struct sim_group *group, struct sim_container *container)
{
	bool direct = sim_group_has_direct_(group);
	int r = 0;

	if (container->groups && container->noiommu != group->noiommu)
		return -EPERM;
	if (sim->kernel.claims_owner && (group->owner || !sim_group_is_viable_(sim, group)))
		return -EPERM;
	if (direct && sim->kernel.direct == IOVA_SIM_DIRECT_AT_CONTAINER)
		return -EPERM; /* intel_iommu_attach_device: device_is_rmrr_locked */
	if (direct && sim->kernel.direct == IOVA_SIM_DIRECT_INVALID)
		return -EINVAL; /* IOC:__iommu_device_set_domain: require_direct */
	if (container->iommu_set && !group->noiommu)
		r = sim_attach_(sim, container, group);
	if (r < 0)
		return r;
	group->container = container;
	container->noiommu = group->noiommu;
	group->next_in_container = container->groups;
	container->groups = group;
	return 0;
}

/*
 * GRP:vfio_group_ioctl_set_container. In 6.1 (vfio_main.c) a fd that is no
 * container gave EINVAL. Up to 5.17 (vfio.c:vfio_group_fops_unl_ioctl and
 * vfio_group_set_container) a negative number did as well, and that the group
 * has a container was said before the fd was looked at.
 */
static int set_container(struct iova_sim *sim, const struct sim_fd *self, const void *argument)
{
	struct sim_group *group = self->group;
	const struct sim_fd *fd;
	int number;

	if (!argument)
		return -EFAULT;
	memcpy(&number, argument, sizeof number);
	if (!sim->kernel.claims_owner && (number < 0 || group->container))
		return -EINVAL;
	fd = sim_fd_find_(sim, number);
	if (!fd)
		return -EBADF;
	if (self->revoked)
		return -ENODEV;
	if (group->container || group->compat)
		return -EINVAL;
	if (fd->kind == SIM_FD_IOMMUFD)
		return sim_compat_join_(sim, group, fd->iommufd);
	if (fd->kind != SIM_FD_CONTAINER)
		return sim->kernel.tells_kind ? -EBADFD : -EINVAL;
	return sim_group_join_(sim, group, fd->container);
}

/* GRP:vfio_group_ioctl_unset_container; an iommufd may be taken back from under open devices. */
static int unset_container(struct iova_sim *sim, const struct sim_fd *fd)
{
	struct sim_group *group = fd->group;

	if (fd->revoked || (!group->container && !group->compat))
		return -EINVAL;
	if (group->compat) {
		sim_compat_leave_(sim, group);
		return 0;
	}
	if (group->n_open_devices)
		return -EBUSY;
	sim_container_leave_(sim, group);
	return 0;
}

/* GRP:vfio_device_get_from_name: only devices bound to a VFIO driver are known. */
static struct sim_device *find_device(struct iova_sim *sim, const struct sim_group *group,
				      const char *name)
{
	struct sim_device *device = sim_device_find_(sim, name);

	if (!device || device->group != group || !sim_device_is_vfio_(device))
		return NULL;
	return device;
}

/*
 * GRP:vfio_group_ioctl_get_device_fd looks for the name first, and then for a
 * container with an IOMMU (CON:vfio_group_use_container). Before 5.18
 * (vfio.c:vfio_group_get_device_fd) the container and viability came first.
 */
static int get_device_fd(struct iova_sim *sim, const struct sim_fd *self, const char *name)
{
	struct sim_group *group = self->group;
	bool usable = group->compat || (group->container && group->container->iommu_set);
	struct sim_device *device;
	struct sim_fd *fd;
	bool first;
	int r;

	if (!name)
		return -EFAULT;
	if (!sim->kernel.claims_owner && (!usable || !sim_group_is_viable_(sim, group)))
		return -EINVAL;
	device = self->revoked ? NULL : find_device(sim, group, name);
	if (!device)
		return -ENODEV;
	if (!usable)
		return -EINVAL;
	first = !device->bound;
	r = group->compat && first ? sim_compat_open_device_(sim, device) : 0;
	if (r < 0)
		return r;
	r = sim_fd_new_(sim, SIM_FD_DEVICE, &fd);
	if (r < 0) {
		if (first)
			sim_iommufd_unbind_(sim, device);
		return r;
	}
	fd->group = group;
	fd->device = device;
	device->n_open++;
	group->n_open_devices++;
	return r;
}

int sim_group_ioctl_(struct iova_sim *sim, struct sim_fd *fd, unsigned long request, void *argument)
{
	switch (request) {
	case IOVA_VFIO_GROUP_GET_STATUS:
		return get_status(sim, fd, argument);
	case IOVA_VFIO_GROUP_SET_CONTAINER:
		return set_container(sim, fd, argument);
	case IOVA_VFIO_GROUP_UNSET_CONTAINER:
		return unset_container(sim, fd);
	case IOVA_VFIO_GROUP_GET_DEVICE_FD:
		return get_device_fd(sim, fd, argument);
	default:
		return -ENOTTY;
	}
}

/* GRP:vfio_group_fops_release, once the last reference to the group's file is gone. */
void sim_group_release_(struct iova_sim *sim, struct sim_group *group)
{
	if (!sim_group_is_open_(group) && group->container)
		sim_container_leave_(sim, group);
	if (!sim_group_is_open_(group) && group->compat)
		sim_compat_leave_(sim, group);
}

/*
 * GRP:vfio_device_remove_group, from 6.1: with its last device VFIO gives the
 * group up, and takes it out of its container; whoever has it open has it in vain.
 */
void sim_group_revoke_(struct iova_sim *sim, struct sim_group *group)
{
	for (struct sim_fd *fd = sim->fds; fd; fd = fd->next) {
		if (fd->kind == SIM_FD_GROUP && fd->group == group)
			fd->revoked = true;
	}
	group->fd_open = false;
	group->held_elsewhere = false;
	if (group->container)
		sim_container_leave_(sim, group);
	if (group->compat)
		sim_compat_leave_(sim, group);
}

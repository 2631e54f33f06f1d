/* SPDX-License-Identifier: BSD-3-Clause */
/* /dev/vfio/vfio: drivers/vfio/container.c. */
#include "private.h"

#include "uapi/vfio.h"

#include <errno.h>
#include <stdlib.h>

/* Names of include/uapi/linux/vfio.h that the library does not use. */
#define TYPE1_IOMMU 1
#define DMA_CC_IOMMU 4
#define TYPE1_NESTING_IOMMU 6
#define UNMAP_ALL 9
#define NOIOMMU_IOMMU IOVA_VFIO_NOIOMMU_IOMMU

/* T1:vfio_domains_have_enforce_cache_coherency. */
static bool is_coherent(const struct sim_container *container)
{
	for (const struct sim_domain *d = container->domains; d; d = d->next) {
		if (!d->iommu.coherent)
			return false;
	}
	return container->iommu_set;
}

/* T1:vfio_iommu_type1_check_extension. */
static int type1_extension(const struct iova_sim *sim, const struct sim_container *container,
			   uint64_t extension)
{
	if (!sim->kernel.type1)
		return 0;
	switch (extension) {
	case TYPE1_IOMMU:
	case IOVA_VFIO_TYPE1V2_IOMMU:
		return 1;
	case TYPE1_NESTING_IOMMU:
		return sim->kernel.has_nesting ? 1 : 0;
	case UNMAP_ALL:
		return sim->kernel.has_unmap_all ? 1 : 0;
	case DMA_CC_IOMMU:
		return is_coherent(container);
	default:
		return 0;
	}
}

/*
 * CON:vfio_container_ioctl_check_extension: without an IOMMU all drivers are polled that the
 * groups allow (CON:vfio_iommu_driver_allowed, CON:vfio_noiommu_ioctl).
 */
static int check_extension(const struct iova_sim *sim, const struct sim_container *container,
			   uint64_t extension)
{
	bool may_be_either = !container->groups;

	if ((may_be_either || container->noiommu) && extension == NOIOMMU_IOMMU)
		return sim->kernel.noiommu ? 1 : 0;
	return may_be_either || !container->noiommu ? type1_extension(sim, container, extension) :
						      0;
}

/* CON:__vfio_container_attach_groups: all or none. */
static int attach_groups(struct iova_sim *sim, struct sim_container *container)
{
	int r = 0;

	for (struct sim_group *group = container->groups; group && !r;
	     group = group->next_in_container)
		r = sim_attach_(sim, container, group);
	if (!r)
		return 0;
	for (struct sim_group *group = container->groups; group; group = group->next_in_container) {
		if (group->domain)
			sim_detach_(sim, container, group);
	}
	sim_ranges_free_(&container->list);
	return r;
}

/* CON:vfio_ioctl_set_iommu. */
static int set_iommu(struct iova_sim *sim, struct sim_container *container, uint64_t type)
{
	int r;

	if (!container->groups || container->iommu_set)
		return -EINVAL;
	if (!check_extension(sim, container, type))
		return -ENODEV;
	/*
	 * IOC:iommu_enable_nesting on an IOMMU that cannot; and T1:vfio_iommu_type1_open
	 * of an extension that is not an IOMMU.
	 */
	if (!container->noiommu && type != TYPE1_IOMMU && type != IOVA_VFIO_TYPE1V2_IOMMU)
		return -EINVAL;
	r = container->noiommu ? 0 : attach_groups(sim, container);
	if (r < 0)
		return r;
	container->v2 = type != TYPE1_IOMMU;
	container->entry_limit = sim->kernel.entry_limit;
	container->iommu_set = true;
	return 0;
}

/* CON:vfio_fops_unl_ioctl: what is not the container's own goes to the IOMMU driver, if any. */
int sim_container_ioctl_(struct iova_sim *sim, struct sim_container *container,
			 unsigned long request, void *argument)
{
	switch (request) {
	case IOVA_VFIO_GET_API_VERSION:
		return IOVA_VFIO_API_VERSION;
	case IOVA_VFIO_CHECK_EXTENSION:
		return check_extension(sim, container, (uintptr_t)argument);
	case IOVA_VFIO_SET_IOMMU:
		return set_iommu(sim, container, (uintptr_t)argument);
	default:
		break;
	}
	if (!container->iommu_set)
		return -EINVAL;
	if (container->noiommu)
		return -ENOTTY;
	switch (request) {
	case IOVA_VFIO_IOMMU_GET_INFO:
		return sim_info_ioctl_(sim, container, argument);
	case IOVA_VFIO_IOMMU_MAP_DMA:
		return sim_map_ioctl_(sim, container, argument);
	case IOVA_VFIO_IOMMU_UNMAP_DMA:
		return sim_unmap_ioctl_(sim, container, argument);
	default:
		return -ENOTTY;
	}
}

/*
 * CON:vfio_group_detach_container: with the last group the IOMMU driver is
 * released, and with it every mapping.
 */
void sim_container_leave_(struct iova_sim *sim, struct sim_group *group)
{
	struct sim_container *container = group->container;
	struct sim_group **at = &container->groups;

	while (*at != group)
		at = &(*at)->next_in_container;
	*at = group->next_in_container;
	if (group->domain)
		sim_detach_(sim, container, group);
	group->container = NULL;
	group->next_in_container = NULL;
	if (!container->groups) {
		container->iommu_set = false;
		sim_ranges_free_(&container->list);
	}
	sim_container_put_(sim, container);
}

/* The container goes with its last user, in whatever order they close. */
void sim_container_put_(struct iova_sim *sim, struct sim_container *container)
{
	struct sim_container **at = &sim->containers;

	if (container->fd_open || container->groups)
		return;
	while (*at != container)
		at = &(*at)->next;
	*at = container->next;
	free(container);
}

/* The container of a fd, or the only one. */
int sim_container_find_(struct iova_sim *sim, int number, struct sim_container **ret_container)
{
	struct sim_container *container = sim->containers;

	if (number == IOVA_SIM_ONLY_CONTAINER) {
		if (!container || container->next)
			return -ENOENT;
	} else {
		const struct sim_fd *fd = sim_fd_find_(sim, number);

		if (!fd || fd->kind != SIM_FD_CONTAINER)
			return -EBADF;
		container = fd->container;
	}
	*ret_container = container;
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* VFIO's requests to a container, on an iommufd: VC. They work on one IOAS of it. */
#include "private.h"

#include "ioas.h"

#include "uapi/vfio.h"

#include <errno.h>
#include <string.h>

/* Names of include/uapi/linux/vfio.h that the library does not use. */
#define TYPE1_IOMMU 1
#define DMA_CC_IOMMU 4
#define UNMAP_ALL 9
#define UNMAP_FLAG_ALL 2u

/* VC:iommufd_vfio_compat_set_no_iommu. */
static int set_no_iommu(struct sim_iommufd *iommufd)
{
	if (iommufd->compat)
		return -EINVAL;
	iommufd->no_iommu = true;
	return 0;
}

/* VC:iommufd_vfio_compat_ioas_create: one that is there already is taken. */
static int create_ioas(struct iova_sim *sim, struct sim_iommufd *iommufd)
{
	struct sim_ioas *ioas;
	int r = sim_ioas_new_(sim, iommufd, &ioas);

	if (r < 0)
		return r;
	if (iommufd->no_iommu || iommufd->compat)
		sim_object_drop_(iommufd, &ioas->object);
	else
		iommufd->compat = ioas;
	return iommufd->no_iommu ? -EINVAL : 0;
}

/* GRP:vfio_group_ioctl_set_container: the group is not claimed, and has no say yet. */
int sim_compat_join_(struct iova_sim *sim, struct sim_group *group, struct sim_iommufd *iommufd)
{
	int r = group->noiommu ? set_no_iommu(iommufd) : create_ioas(sim, iommufd);

	if (r < 0)
		return r;
	group->compat = iommufd;
	iommufd->n_users++;
	return 0;
}

void sim_compat_leave_(struct iova_sim *sim, struct sim_group *group)
{
	struct sim_iommufd *iommufd = group->compat;

	group->compat = NULL;
	sim_iommufd_put_(sim, iommufd);
}

/*
 * GRP:vfio_df_group_open, when the first descriptor of the device is made: only now is it bound
 * and attached, and does the group have its say.
 */
int sim_compat_open_device_(struct iova_sim *sim, struct sim_device *device)
{
	struct sim_iommufd *iommufd = device->group->compat;
	uint32_t id;
	int r;

	if (device->group->noiommu)
		return iommufd->compat ? -EPERM : 0;
	r = sim_iommufd_bind_(sim, iommufd, device, &id);
	if (r < 0)
		return r;
	r = iommufd->compat ? sim_ioas_attach_(sim, device, iommufd->compat->object.id, &id) :
			      -ENODEV;
	if (r < 0)
		sim_iommufd_unbind_(sim, device);
	return r;
}

/* VC:iommufd_vfio_cc_iommu. */
static int is_coherent(const struct sim_iommufd *iommufd)
{
	if (!iommufd->compat)
		return -ENODEV;
	for (const struct sim_table *t = iommufd->compat->tables; t; t = t->next) {
		if (!t->iommu.coherent)
			return 0;
	}
	return 1;
}

/* VC:iommufd_vfio_check_extension; built with VFIO_NOIOMMU, whatever vfio's parameter says. */
static int check_extension(const struct sim_iommufd *iommufd, uint64_t extension)
{
	switch (extension) {
	case TYPE1_IOMMU:
	case IOVA_VFIO_TYPE1V2_IOMMU:
	case UNMAP_ALL:
		return !iommufd->no_iommu;
	case IOVA_VFIO_NOIOMMU_IOMMU:
		return 1;
	case DMA_CC_IOMMU:
		return is_coherent(iommufd);
	default:
		return 0;
	}
}

/* VC:iommufd_vfio_set_iommu: as often as one likes. v1 can be had without large pages alone. */
static int set_iommu(const struct iova_sim *sim, const struct sim_iommufd *iommufd, uint64_t type)
{
	if (type == IOVA_VFIO_NOIOMMU_IOMMU && iommufd->no_iommu)
		return 0;
	if ((type != TYPE1_IOMMU && type != IOVA_VFIO_TYPE1V2_IOMMU) || iommufd->no_iommu)
		return -EINVAL;
	if (!iommufd->compat)
		return -ENODEV;
	return type == TYPE1_IOMMU ? sim_ioas_small_pages_(sim, iommufd->compat, true) : 0;
}

/* VC:iommufd_vfio_map_dma: neither reading nor writing is no error here. */
static int map(struct iova_sim *sim, struct sim_iommufd *iommufd, const void *argument)
{
	struct iova_vfio_map request;
	struct sim_source source = { 0 };
	struct sim_place place = { 0 };

	if (!argument)
		return -EFAULT;
	memcpy(&request, argument, sizeof request);
	if (request.argsz < sizeof request ||
	    request.flags & ~(IOVA_VFIO_MAP_READ | IOVA_VFIO_MAP_WRITE))
		return -EINVAL;
	if (!iommufd->compat)
		return -ENODEV;
	source.start = request.vaddr;
	place.iova = request.iova;
	place.length = request.size;
	return sim_ioas_map_(sim, iommufd, iommufd->compat, &source, request.flags, &place);
}

/* IOP:iopt_cut_iova. */
static int cut(struct iova_sim *sim, struct sim_ioas *ioas, uint64_t at)
{
	struct sim_area *area = sim_areas_first_(ioas, at, at);

	return area ? sim_area_split_(sim, ioas, area, at) : 0;
}

/* VC:iommufd_vfio_unmap_dma: where there are no large pages, what is asked for is cut out. */
static int unmap_range(struct iova_sim *sim, struct sim_ioas *ioas, struct iova_vfio_unmap *request)
{
	uint64_t last = request->iova + (request->size - 1), unmapped = 0;
	int r = 0;

	if (ioas->small_pages)
		r = cut(sim, ioas, last);
	if (ioas->small_pages && r >= 0 && request->iova)
		r = cut(sim, ioas, request->iova - 1);
	if (r < 0)
		return r; /* and nothing is written back */
	if (!request->size)
		r = -EINVAL;
	else if (last < request->iova)
		r = -EOVERFLOW;
	else
		r = sim_ioas_unmap_(sim, ioas, request->iova, last, &unmapped);
	if (r >= 0 && !unmapped && !sim->kernel.unmaps_nothing)
		r = -ENOENT;
	request->size = unmapped;
	return r;
}

static int unmap(struct iova_sim *sim, const struct sim_iommufd *iommufd, void *argument)
{
	struct sim_ioas *ioas = iommufd->compat;
	struct iova_vfio_unmap request;
	int r;

	if (!argument)
		return -EFAULT;
	memcpy(&request, argument, sizeof request);
	if (request.argsz < sizeof request || request.flags & ~UNMAP_FLAG_ALL)
		return -EINVAL;
	if (!ioas)
		return -ENODEV;
	if (!(request.flags & UNMAP_FLAG_ALL))
		r = unmap_range(sim, ioas, &request);
	else if (request.iova || request.size)
		return -EINVAL;
	else
		r = sim_ioas_unmap_(sim, ioas, 0, UINT64_MAX, &request.size);
	memcpy(argument, &request, sizeof request);
	return r;
}

/* VC:iommufd_vfio_ioctl. */
int sim_compat_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, unsigned long request,
		      void *argument)
{
	switch (request) {
	case IOVA_VFIO_GET_API_VERSION:
		return IOVA_VFIO_API_VERSION;
	case IOVA_VFIO_CHECK_EXTENSION:
		return check_extension(iommufd, (uintptr_t)argument);
	case IOVA_VFIO_SET_IOMMU:
		return set_iommu(sim, iommufd, (uintptr_t)argument);
	case IOVA_VFIO_IOMMU_GET_INFO:
		return sim_compat_info_(sim, iommufd->compat, argument);
	case IOVA_VFIO_IOMMU_MAP_DMA:
		return map(sim, iommufd, argument);
	case IOVA_VFIO_IOMMU_UNMAP_DMA:
		return unmap(sim, iommufd, argument);
	default:
		return -ENOTTY;
	}
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* What every call through the table has in common: the mutex, counting, faults and hooks. */
#include "private.h"

#include "uapi/iommufd.h"
#include "uapi/vfio.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int sim_enter_(struct iova_sim *sim, uint32_t kind, struct sim_call *ret_call)
{
	struct sim_call call = { .sim = sim };
	struct sim_fault **at = &sim->faults, **due = &call.due;
	int r = 0;

	pthread_mutex_lock(&sim->mutex);
	sim->n_calls[IOVA_SIM_CALL_ANY]++;
	sim->n_calls[kind]++;
	while (*at) {
		struct sim_fault *fault = *at;

		if ((fault->call != IOVA_SIM_CALL_ANY && fault->call != kind) || --fault->left) {
			at = &fault->next;
			continue;
		}
		*at = fault->next;
		fault->next = NULL;
		*due = fault;
		due = &fault->next;
		if (!r)
			r = -fault->error;
	}
	*ret_call = call;
	return r;
}

/* A hook may call the table or sim.h, so the mutex is given up first. */
void sim_leave_(struct sim_call *call)
{
	pthread_mutex_unlock(&call->sim->mutex);
	while (call->due) {
		struct sim_fault *fault = call->due;

		call->due = fault->next;
		if (fault->hook)
			fault->hook(call->sim, fault->arg);
		free(fault);
	}
}

#define AT(request) ((request)-IOVA_VFIO_NR(0))

/* Numbers of both interfaces; in between ANY, which none is. */
static const uint8_t kinds[] = {
	[AT(IOVA_VFIO_GET_API_VERSION)] = IOVA_SIM_CALL_GET_API_VERSION,
	[AT(IOVA_VFIO_CHECK_EXTENSION)] = IOVA_SIM_CALL_CHECK_EXTENSION,
	[AT(IOVA_VFIO_SET_IOMMU)] = IOVA_SIM_CALL_SET_IOMMU,
	[AT(IOVA_VFIO_GROUP_GET_STATUS)] = IOVA_SIM_CALL_GET_STATUS,
	[AT(IOVA_VFIO_GROUP_SET_CONTAINER)] = IOVA_SIM_CALL_SET_CONTAINER,
	[AT(IOVA_VFIO_GROUP_UNSET_CONTAINER)] = IOVA_SIM_CALL_UNSET_CONTAINER,
	[AT(IOVA_VFIO_GROUP_GET_DEVICE_FD)] = IOVA_SIM_CALL_GET_DEVICE_FD,
	[AT(IOVA_VFIO_IOMMU_GET_INFO)] = IOVA_SIM_CALL_GET_INFO,
	[AT(IOVA_VFIO_IOMMU_MAP_DMA)] = IOVA_SIM_CALL_MAP,
	[AT(IOVA_VFIO_IOMMU_UNMAP_DMA)] = IOVA_SIM_CALL_UNMAP,
	[AT(IOVA_VFIO_DEVICE_GET_INFO)] = IOVA_SIM_CALL_DEVICE_GET_INFO,
	[AT(IOVA_VFIO_DEVICE_BIND_IOMMUFD)] = IOVA_SIM_CALL_BIND_IOMMUFD,
	[AT(IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT)] = IOVA_SIM_CALL_ATTACH_PT,
	[AT(IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT)] = IOVA_SIM_CALL_DETACH_PT,
	[AT(IOVA_IOMMU_DESTROY)] = IOVA_SIM_CALL_DESTROY,
	[AT(IOVA_IOMMU_IOAS_ALLOC)] = IOVA_SIM_CALL_IOAS_ALLOC,
	[AT(IOVA_IOMMU_IOAS_ALLOW_IOVAS)] = IOVA_SIM_CALL_IOAS_ALLOW_IOVAS,
	[AT(IOVA_IOMMU_IOAS_COPY)] = IOVA_SIM_CALL_IOAS_COPY,
	[AT(IOVA_IOMMU_IOAS_IOVA_RANGES)] = IOVA_SIM_CALL_IOAS_IOVA_RANGES,
	[AT(IOVA_IOMMU_IOAS_MAP)] = IOVA_SIM_CALL_IOAS_MAP,
	[AT(IOVA_IOMMU_IOAS_MAP_FILE)] = IOVA_SIM_CALL_IOAS_MAP_FILE,
	[AT(IOVA_IOMMU_IOAS_UNMAP)] = IOVA_SIM_CALL_IOAS_UNMAP,
	[AT(IOVA_IOMMU_OPTION)] = IOVA_SIM_CALL_IOMMU_OPTION,
	[AT(IOVA_IOMMU_VFIO_IOAS)] = IOVA_SIM_CALL_VFIO_IOAS,
	[AT(IOVA_IOMMU_GET_HW_INFO)] = IOVA_SIM_CALL_GET_HW_INFO,
};

static uint32_t kind_of(unsigned long request)
{
	unsigned long at = AT(request);

	return at < sizeof kinds && kinds[at] ? kinds[at] : IOVA_SIM_CALL_OTHER_IOCTL;
}

static int dispatch(struct iova_sim *sim, int number, unsigned long request, void *argument)
{
	struct sim_fd *fd = sim_fd_find_(sim, number);

	if (!fd)
		return -EBADF;
	switch (fd->kind) {
	case SIM_FD_CONTAINER:
		return sim_container_ioctl_(sim, fd->container, request, argument);
	case SIM_FD_GROUP:
		return sim_group_ioctl_(sim, fd, request, argument);
	case SIM_FD_DEVICE:
	case SIM_FD_CDEV:
		return sim_device_ioctl_(sim, fd, request, argument);
	case SIM_FD_IOMMUFD:
		return sim_iommufd_ioctl_(sim, fd->iommufd, request, argument);
	default:
		return -ENOTTY;
	}
}

int sim_sys_ioctl_(void *data, int fd, unsigned long request, void *argument)
{
	struct sim_call call;
	int r = sim_enter_(data, kind_of(request), &call);

	if (!r)
		r = dispatch(call.sim, fd, request, argument);
	sim_leave_(&call);
	return r;
}

int sim_sys_memory_(void *data, struct iova_sys_memory *ret_memory)
{
	struct sim_call call;
	int r = sim_enter_(data, IOVA_SIM_CALL_MEMORY, &call);

	if (!r) {
		*ret_memory = call.sim->memory;
		ret_memory->locked += call.sim->n_pinned * call.sim->memory.page_size;
	}
	sim_leave_(&call);
	return r;
}

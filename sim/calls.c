/* SPDX-License-Identifier: BSD-3-Clause */
/* What every call through the table has in common: the mutex, counting, faults and hooks. */
#include "private.h"

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

static uint32_t kind_of(unsigned long request)
{
	switch (request) {
	case IOVA_VFIO_GET_API_VERSION:
		return IOVA_SIM_CALL_GET_API_VERSION;
	case IOVA_VFIO_CHECK_EXTENSION:
		return IOVA_SIM_CALL_CHECK_EXTENSION;
	case IOVA_VFIO_SET_IOMMU:
		return IOVA_SIM_CALL_SET_IOMMU;
	case IOVA_VFIO_GROUP_GET_STATUS:
		return IOVA_SIM_CALL_GET_STATUS;
	case IOVA_VFIO_GROUP_SET_CONTAINER:
		return IOVA_SIM_CALL_SET_CONTAINER;
	case IOVA_VFIO_GROUP_UNSET_CONTAINER:
		return IOVA_SIM_CALL_UNSET_CONTAINER;
	case IOVA_VFIO_GROUP_GET_DEVICE_FD:
		return IOVA_SIM_CALL_GET_DEVICE_FD;
	case IOVA_VFIO_IOMMU_GET_INFO:
		return IOVA_SIM_CALL_GET_INFO;
	case IOVA_VFIO_IOMMU_MAP_DMA:
		return IOVA_SIM_CALL_MAP;
	case IOVA_VFIO_IOMMU_UNMAP_DMA:
		return IOVA_SIM_CALL_UNMAP;
	default:
		return IOVA_SIM_CALL_OTHER_IOCTL;
	}
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

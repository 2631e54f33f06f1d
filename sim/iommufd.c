/* SPDX-License-Identifier: BSD-3-Clause */
/* /dev/iommu: its file, and what all its requests have in common. */
#include "private.h"

#include "ioas.h"

#include "uapi/iommufd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* IFD:iommufd_fops_open: as a container it charges as type1 does. */
int sim_iommufd_open_(struct iova_sim *sim, bool as_container)
{
	struct sim_iommufd *iommufd = sim_alloc_(sim, sizeof *iommufd), **at = &sim->iommufds;
	struct sim_fd *fd;
	int number;

	if (!iommufd)
		return -ENOMEM;
	number = sim_fd_new_(sim, SIM_FD_IOMMUFD, &fd);
	if (number < 0) {
		free(iommufd);
		return number;
	}
	iommufd->serial = sim->n_iommufds_made++;
	iommufd->n_users = 1;
	iommufd->account = as_container ? SIM_ACCOUNT_PROCESS : SIM_ACCOUNT_USER;
	while (*at)
		at = &(*at)->next;
	*at = iommufd;
	fd->iommufd = iommufd;
	return number;
}

int sim_iommufd_find_(struct iova_sim *sim, int number, struct sim_iommufd **ret_iommufd)
{
	const struct sim_fd *fd = sim_fd_find_(sim, number);

	if (!fd)
		return -EBADF;
	if (fd->kind != SIM_FD_IOMMUFD)
		return -EBADFD;
	*ret_iommufd = fd->iommufd;
	return 0;
}

/* IFD:iommufd_fops_release: by then no device is bound, so what is left are IOASes. */
static void destroy(struct iova_sim *sim, struct sim_iommufd *iommufd)
{
	while (iommufd->objects) {
		struct sim_object *object = iommufd->objects;

		if (object->kind == SIM_OBJECT_IOAS)
			sim_ioas_free_(sim, iommufd, (struct sim_ioas *)object);
		else
			sim_object_drop_(iommufd, object);
	}
	free(iommufd);
}

void sim_iommufd_put_(struct iova_sim *sim, struct sim_iommufd *iommufd)
{
	struct sim_iommufd **at = &sim->iommufds;

	if (--iommufd->n_users)
		return;
	while (*at != iommufd)
		at = &(*at)->next;
	*at = iommufd->next;
	destroy(sim, iommufd);
}

/* With the host: whatever is bound and attached. */
void sim_iommufds_free_(struct iova_sim *sim)
{
	while (sim->iommufds) {
		struct sim_iommufd *iommufd = sim->iommufds;

		sim->iommufds = iommufd->next;
		destroy(sim, iommufd);
	}
}

typedef int request_fn(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument);

struct request {
	request_fn *serve;
	uint32_t least; /* bytes that a caller must know */
	uint32_t size;
};

/* More than is known of any request is not looked at; Linux does, as far as there is memory. */
#define LARGEST_REQUEST 4096

#define OF(function, layout, minimum)                                                  \
	{                                                                              \
		.serve = (function), .least = (minimum), .size = sizeof(struct layout) \
	}

/* IFD:iommufd_ioctl_ops. */
static const struct request requests[] = {
	[0] = OF(sim_destroy_ioctl_, iova_iommu_destroy, 8),
	[1] = OF(sim_ioas_alloc_ioctl_, iova_iommu_ioas_alloc, 12),
	[2] = { sim_ioas_allow_ioctl_, IOVA_IOMMU_ALLOW_SIZE, IOVA_IOMMU_ALLOW_SIZE },
	[3] = OF(sim_ioas_copy_ioctl_, iova_iommu_ioas_copy, 40),
	[4] = OF(sim_ioas_ranges_ioctl_, iova_iommu_ioas_ranges, 32),
	[5] = OF(sim_ioas_map_ioctl_, iova_iommu_ioas_map, 40),
	[6] = OF(sim_ioas_unmap_ioctl_, iova_iommu_ioas_unmap, 24),
	[7] = OF(sim_option_ioctl_, iova_iommu_option, 24),
	[8] = OF(sim_vfio_ioas_ioctl_, iova_iommu_vfio_ioas, 12),
	[10] = OF(sim_hw_info_ioctl_, iova_iommu_hw_info, 32),
	[15] = OF(sim_ioas_map_file_ioctl_, iova_iommu_ioas_map_file, 40),
};

static const struct request *find_request(const struct iova_sim *sim, unsigned long number)
{
	unsigned long at = number - IOVA_IOMMU_NR(0);

	if (at >= sizeof requests / sizeof *requests || !requests[at].serve)
		return NULL;
	if (number == IOVA_IOMMU_GET_HW_INFO && !sim->kernel.has_hw_info)
		return NULL;
	if (number == IOVA_IOMMU_IOAS_MAP_FILE && !sim->kernel.has_file_maps)
		return NULL;
	return &requests[at];
}

/* lib/usercopy.c, copy_struct_from_user: what the kernel does not know must be 0. */
static bool has_tail(const unsigned char *argument, uint32_t from, uint32_t size)
{
	for (uint32_t i = from; i < size; i++) {
		if (argument[i])
			return true;
	}
	return false;
}

/* IFD:iommufd_fops_ioctl, iommufd_ucmd_respond. */
static int serve(struct iova_sim *sim, struct sim_iommufd *iommufd, const struct request *request,
		 void *argument)
{
	uint64_t buffer[8] = { 0 };
	uint32_t size;
	int r;

	if (!argument)
		return -EFAULT;
	memcpy(&size, argument, sizeof size);
	if (size < request->least)
		return -EINVAL;
	if (size > LARGEST_REQUEST || has_tail(argument, request->size, size))
		return -E2BIG;
	if (size > request->size)
		size = request->size;
	memcpy(buffer, argument, size);
	r = request->serve(sim, iommufd, buffer);
	if (r >= 0 || r == -EMSGSIZE)
		memcpy(argument, buffer, size);
	return r;
}

/* What is none of its own is one of VFIO's, or unknown: IFD:iommufd_fops_ioctl. */
int sim_iommufd_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, unsigned long number,
		       void *argument)
{
	const struct request *request = find_request(sim, number);

	return request ? serve(sim, iommufd, request, argument) :
			 sim_compat_ioctl_(sim, iommufd, number, argument);
}

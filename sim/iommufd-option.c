/* SPDX-License-Identifier: BSD-3-Clause */
/* IOMMU_OPTION, IOMMU_VFIO_IOAS, IOMMU_GET_HW_INFO. */
#include "private.h"

#include "ioas.h"

#include "uapi/iommufd.h"

#include <errno.h>
#include <string.h>

/*
 * IOAS:iommufd_option_rlimit_mode. Who is exempt from the limit (CAP_IPC_LOCK) is taken to have
 * CAP_SYS_RESOURCE as well.
 */
static int charge_mode(const struct iova_sim *sim, struct sim_iommufd *iommufd,
		       struct iova_iommu_option *request)
{
	if (request->object)
		return -EOPNOTSUPP;
	if (request->op == IOVA_IOMMU_OPTION_GET) {
		request->value = iommufd->account == SIM_ACCOUNT_PROCESS;
		return 0;
	}
	if (request->op != IOVA_IOMMU_OPTION_SET)
		return -EOPNOTSUPP;
	if (!sim->memory.exempt)
		return -EPERM;
	if (iommufd->objects)
		return -EBUSY;
	if (request->value > 1)
		return -EINVAL;
	iommufd->account = request->value ? SIM_ACCOUNT_PROCESS : SIM_ACCOUNT_USER;
	return 0;
}

/* IOAS:iommufd_ioas_option_huge_pages. */
static int huge_pages(const struct iova_sim *sim, const struct sim_iommufd *iommufd,
		      struct iova_iommu_option *request)
{
	struct sim_ioas *ioas;
	int r = sim_ioas_find_(iommufd, request->object, &ioas);

	if (r < 0)
		return r;
	if (request->op == IOVA_IOMMU_OPTION_GET) {
		request->value = !ioas->small_pages;
		return 0;
	}
	if (request->op != IOVA_IOMMU_OPTION_SET)
		return -EOPNOTSUPP;
	if (request->value > 1)
		return -EINVAL;
	return sim_ioas_small_pages_(sim, ioas, !request->value);
}

/* IFD:iommufd_option. */
int sim_option_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument)
{
	struct iova_iommu_option *request = argument;

	if (request->reserved)
		return -EOPNOTSUPP;
	switch (request->option) {
	case IOVA_IOMMU_OPTION_RLIMIT_MODE:
		return charge_mode(sim, iommufd, request);
	case IOVA_IOMMU_OPTION_HUGE_PAGES:
		return huge_pages(sim, iommufd, request);
	default:
		return -EOPNOTSUPP;
	}
}

/* VC:iommufd_vfio_ioas. */
int sim_vfio_ioas_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument)
{
	struct iova_iommu_vfio_ioas *request = argument;

	(void)sim;
	if (request->reserved)
		return -EOPNOTSUPP;
	switch (request->op) {
	case IOVA_IOMMU_VFIO_IOAS_GET:
		if (!iommufd->compat)
			return -ENODEV;
		request->ioas_id = iommufd->compat->object.id;
		return 0;
	case IOVA_IOMMU_VFIO_IOAS_SET:
		return sim_ioas_find_(iommufd, request->ioas_id, &iommufd->compat);
	case IOVA_IOMMU_VFIO_IOAS_CLEAR:
		iommufd->compat = NULL;
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

/* IDEV:iommufd_get_hw_info. Of the data there is none; only the type is known. */
int sim_hw_info_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument)
{
	struct iova_iommu_hw_info *request = argument;
	const struct sim_object *object = sim_object_find_(iommufd, request->device_id);

	(void)sim;
	if (request->flags || request->reserved)
		return -EOPNOTSUPP;
	if (!object || object->kind != SIM_OBJECT_BOUND)
		return -ENOENT;
	if (request->data_length && !request->data)
		return -EFAULT;
	if (request->data_length)
		memset((void *)(uintptr_t)request->data, 0, request->data_length);
	request->data_length = 0;
	request->out_type = ((const struct sim_bound *)object)->device->group->iommu.hw_type;
	return 0;
}

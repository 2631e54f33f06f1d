/* SPDX-License-Identifier: BSD-3-Clause */
/* What all backends have in common, each asked in its own way. */
#include "backend/backend.h"

#include "backend/ask.h"
#include "backend/group.h"
#include "backend/iommufd.h"
#include "base/failure.h"

/* No-IOMMU tells nothing, and maps nothing. */
static int read_nothing(uint64_t processor_page, struct iova_backend_state *ret_state)
{
	*ret_state =
		(struct iova_backend_state){ .granule = processor_page, .list = IOVA_LIST_NONE };
	return 0;
}

int iova_backend_read_(const struct iova_backend *backend, uint64_t processor_page, bool attached,
		       struct iova_backend_state *ret_state, struct iova_failure *failure)
{
	if (backend->kind == IOVA_BACKEND_NOIOMMU)
		return read_nothing(processor_page, ret_state);
	/* The IOAS behind a compat container tells the alignment as well. */
	if (backend->ioas)
		return iova_ioas_read_(backend, processor_page, attached, ret_state, failure);
	return iova_container_read_(backend, processor_page, ret_state, failure);
}

void iova_backend_state_done_(struct iova_backend_state *state)
{
	iova_set_done_(&state->ranges);
}

/* Without an IOMMU: EINVAL (container.c: vfio_fops_unl_ioctl), from iommufd's container ENODEV. */
int iova_backend_has_iommu_(const struct iova_backend *backend, struct iova_failure *failure)
{
	struct iova_vfio_info info = { .argsz = sizeof info };
	int r;

	if (!iova_backend_has_groups_(backend))
		return 1;
	r = iova_sys_ioctl_(backend->sys, backend->fd, IOVA_VFIO_IOMMU_GET_INFO, &info);
	/* With no-IOMMU the request itself is not known, once that is set. */
	if (r >= 0 || (r == -ENOTTY && backend->kind == IOVA_BACKEND_NOIOMMU))
		return 1;
	if (r == -EINVAL || r == -ENODEV)
		return 0;
	return iova_kernel_failed_(failure, IOVA_STEP_GET_INFO, r);
}

int iova_backend_map_(const struct iova_backend *backend, const struct iova_range *range,
		      uint64_t vaddr, uint32_t access, struct iova_failure *failure)
{
	int r = iova_backend_ask_map_(backend, range, vaddr, access);

	return r < 0 ? iova_kernel_failed_(failure, IOVA_STEP_MAP, r) : 0;
}

int iova_backend_unmap_(const struct iova_backend *backend, const struct iova_range *range,
			uint64_t *ret_unmapped, struct iova_failure *failure)
{
	int r = iova_backend_ask_unmap_(backend, range, ret_unmapped);

	return r < 0 ? iova_kernel_failed_(failure, IOVA_STEP_UNMAP, r) : 0;
}

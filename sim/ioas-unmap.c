/* SPDX-License-Identifier: BSD-3-Clause */
/* IOMMU_IOAS_UNMAP. */
#include "private.h"

#include "ioas.h"

#include "uapi/iommufd.h"

#include <errno.h>
#include <stdlib.h>

void sim_area_drop_(struct iova_sim *sim, struct sim_ioas *ioas, struct sim_area *area)
{
	sim_area_unpin_(sim, area);
	sim_areas_remove_(ioas, area);
	sim_pages_put_(area->pages);
	free(area);
}

/*
 * IOP:iopt_unmap_iova_range: mappings go one after the other. One that the range does not hold
 * whole is ENOENT; those before it are gone then. How much went is told also on a failure.
 */
int sim_ioas_unmap_(struct iova_sim *sim, struct sim_ioas *ioas, uint64_t start, uint64_t last,
		    uint64_t *ret_unmapped)
{
	struct sim_area *area;

	*ret_unmapped = 0;
	while ((area = sim_areas_first_(ioas, start, last))) {
		if (area->iova < start || area->last > last)
			return -ENOENT;
		*ret_unmapped += area->last - area->iova + 1;
		sim_area_drop_(sim, ioas, area);
	}
	return 0;
}

/* IOAS:iommufd_ioas_unmap. */
int sim_ioas_unmap_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument)
{
	struct iova_iommu_ioas_unmap *request = argument;
	uint64_t last = request->iova + (request->length - 1), unmapped = 0;
	struct sim_ioas *ioas;
	int r = sim_ioas_find_(iommufd, request->ioas_id, &ioas);

	if (r < 0)
		return r;
	if (!request->iova && request->length == UINT64_MAX) {
		r = sim_ioas_unmap_(sim, ioas, 0, UINT64_MAX, &unmapped);
	} else {
		if (request->iova == UINT64_MAX || request->length == UINT64_MAX)
			return -EOVERFLOW;
		if (!request->length)
			return -EINVAL;
		if (last < request->iova)
			return -EOVERFLOW;
		r = sim_ioas_unmap_(sim, ioas, request->iova, last, &unmapped);
		if (r >= 0 && !unmapped)
			r = -ENOENT;
	}
	if (r >= 0)
		request->length = unmapped;
	return r;
}

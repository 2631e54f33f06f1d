/* SPDX-License-Identifier: BSD-3-Clause */
/* IOMMU_IOAS_IOVA_RANGES and IOMMU_IOAS_ALLOW_IOVAS. */
#include "private.h"

#include "ioas.h"

#include "uapi/iommufd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The array lies behind the header, as far as corruption counts. */
static void corrupt(const struct iova_sim *sim, struct iova_iommu_ioas_ranges *request,
		    unsigned char *ranges, uint32_t room)
{
	uint32_t n = request->n_ranges < room ? request->n_ranges : room;

	sim_corrupt_(sim, SIM_REPLY_RANGES, 0, (unsigned char *)request, sizeof *request);
	sim_corrupt_(sim, SIM_REPLY_RANGES, sizeof *request, ranges,
		     n * sizeof(struct iova_iommu_range));
}

/*
 * IOAS:iommufd_ioas_iova_ranges: what is not reserved, whether mapped or not, and whatever is
 * allowed. The header is written also where there are more than there is room for.
 */
int sim_ioas_ranges_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument)
{
	struct iova_iommu_ioas_ranges *request = argument;
	unsigned char *ranges = (unsigned char *)(uintptr_t)request->ranges;
	uint32_t room = request->n_ranges;
	struct sim_holes holes;
	struct iova_range hole;
	struct sim_ioas *ioas;
	int r;

	if (request->reserved)
		return -EOPNOTSUPP;
	r = sim_ioas_find_(iommufd, request->ioas_id, &ioas);
	if (r < 0)
		return r;
	request->n_ranges = 0;
	request->out_alignment = ioas->alignment;
	holes = sim_holes_(ioas, 0, UINT64_MAX, false);
	while (sim_holes_next_(&holes, &hole)) {
		struct iova_iommu_range range = { hole.start, hole.last };

		if (request->n_ranges < room) {
			if (!ranges)
				return -EFAULT;
			memcpy(ranges + request->n_ranges * sizeof range, &range, sizeof range);
		}
		request->n_ranges++;
	}
	r = request->n_ranges > room ? -EMSGSIZE : 0;
	corrupt(sim, request, ranges, room);
	return r;
}

/* In order; -EINVAL for one that is empty or a single address, or meets another. */
static int insert(struct iova_sim *sim, struct sim_ranges *list, struct iova_iommu_range range)
{
	size_t at = list->n;
	int r;

	if (range.start >= range.last)
		return -EINVAL;
	while (at && list->items[at - 1].start > range.last)
		at--;
	if (at && list->items[at - 1].last >= range.start)
		return -EINVAL;
	r = sim_ranges_add_(sim, list, range.start, range.last);
	if (r < 0)
		return r;
	memmove(list->items + at + 1, list->items + at,
		(list->n - 1 - at) * sizeof(struct iova_range));
	list->items[at] = (struct iova_range){ range.start, range.last };
	return 0;
}

/* IOAS:iommufd_ioas_load_iovas. */
static int load(struct iova_sim *sim, const struct iova_iommu_ioas_ranges *request,
		struct sim_ranges *list)
{
	const unsigned char *ranges = (const unsigned char *)(uintptr_t)request->ranges;
	int r = 0;

	if (request->n_ranges && !ranges)
		return -EFAULT;
	for (uint32_t i = 0; i < request->n_ranges && r >= 0; i++) {
		struct iova_iommu_range range;

		memcpy(&range, ranges + i * sizeof range, sizeof range);
		r = insert(sim, list, range);
	}
	return r;
}

/* IOAS:iommufd_ioas_allow_iovas, IOP:iopt_set_allow_iova: the new list in the place of the old. */
int sim_ioas_allow_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument)
{
	const struct iova_iommu_ioas_ranges *request = argument;
	struct sim_ranges list = { 0 };
	struct sim_ioas *ioas;
	int r;

	if (request->reserved)
		return -EOPNOTSUPP;
	r = sim_ioas_find_(iommufd, request->ioas_id, &ioas);
	if (r >= 0)
		r = load(sim, request, &list);
	for (size_t i = 0; i < list.n && r >= 0; i++) {
		if (sim_ioas_is_reserved_(ioas, list.items[i].start, list.items[i].last))
			r = -EADDRINUSE;
	}
	if (r < 0) {
		sim_ranges_free_(&list);
		return r;
	}
	sim_ranges_free_(&ioas->allowed);
	ioas->allowed = list;
	return 0;
}

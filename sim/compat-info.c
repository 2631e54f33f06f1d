/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VFIO_IOMMU_GET_INFO of an iommufd: VC:iommufd_vfio_iommu_get_info. The capabilities are
 * DMA_AVAIL and IOVA_RANGE, both always; what fits is written even where not all does.
 */
#include "private.h"

#include "ioas.h"

#include "uapi/vfio.h"

#include <errno.h>
#include <string.h>

/* The caller's reply: how much of it there is room for. */
struct reply {
	unsigned char *bytes;
	size_t size;
};

static void write_at(const struct reply *reply, size_t at, const void *bytes, size_t size)
{
	if (at <= reply->size && size <= reply->size - at)
		memcpy(reply->bytes + at, bytes, size);
}

/* VC:iommufd_get_pagesizes. */
static uint64_t page_sizes(const struct iova_sim *sim, const struct sim_ioas *ioas)
{
	uint64_t sizes = UINT64_MAX, page = sim->memory.page_size;

	for (const struct sim_table *table = ioas->tables; table; table = table->next)
		sizes &= table->iommu.page_sizes;
	if (sizes & (page - 1)) {
		sizes &= ~(page - 1);
		sizes |= page;
	}
	return sizes > ioas->alignment ? sizes : ioas->alignment;
}

/* VC:iommufd_fill_cap_dma_avail; returns its length. */
static size_t fill_avail(const struct reply *reply, size_t at)
{
	struct {
		struct iova_vfio_cap cap;
		uint32_t avail;
	} body = { { .id = IOVA_VFIO_CAP_DMA_AVAIL, .version = 1 }, UINT32_MAX };

	write_at(reply, at, &body, sizeof body);
	return sizeof body;
}

/* VC:iommufd_fill_cap_iova: as many ranges as fit, the header only if all do. */
static size_t fill_list(const struct sim_ioas *ioas, const struct reply *reply, size_t at)
{
	struct {
		struct iova_vfio_cap cap;
		struct iova_vfio_cap_list list;
	} head = { .cap = { .id = IOVA_VFIO_CAP_IOVA_RANGE, .version = 1 } };
	struct sim_holes holes = sim_holes_(ioas, 0, UINT64_MAX, false);
	struct iova_range hole;
	size_t length = sizeof head;

	while (sim_holes_next_(&holes, &hole)) {
		write_at(reply, at + length, &hole, sizeof hole);
		length += sizeof hole;
		head.list.n_ranges++;
	}
	if (at <= reply->size && length <= reply->size - at)
		write_at(reply, at, &head, sizeof head);
	return length;
}

/* argsz always becomes what it takes; cap_offset says whether that was there. */
int sim_compat_info_(struct iova_sim *sim, struct sim_ioas *ioas, void *argument)
{
	struct iova_vfio_info info = { 0 };
	struct reply reply = { .bytes = argument };
	size_t first = sizeof info, second, total;
	uint32_t next;

	if (!argument)
		return -EFAULT;
	memcpy(&info, argument, IOVA_VFIO_INFO_LEAST);
	reply.size = info.argsz;
	if (info.argsz < IOVA_VFIO_INFO_LEAST)
		return -EINVAL;
	if (!ioas)
		return -ENODEV;
	second = first + fill_avail(&reply, first);
	if (sim->kernel.padded)
		second = (second + 7) & ~(size_t)7;
	total = second + fill_list(ioas, &reply, second);
	next = (uint32_t)second;
	if (reply.size >= second)
		memcpy(reply.bytes + first + offsetof(struct iova_vfio_cap, next), &next,
		       sizeof next);
	info.flags = IOVA_VFIO_INFO_PGSIZES | IOVA_VFIO_INFO_CAPS;
	info.page_sizes = page_sizes(sim, ioas);
	info.cap_offset = reply.size >= total ? sizeof info : 0;
	info.argsz = (uint32_t)total;
	memcpy(argument, &info, reply.size < sizeof info ? reply.size : sizeof info);
	sim_corrupt_(sim, SIM_REPLY_INFO, 0, argument, reply.size);
	return 0;
}

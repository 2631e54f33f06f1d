/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VFIO_IOMMU_GET_INFO: T1:vfio_iommu_type1_get_info and the chain built by
 * vfio_main.c:vfio_info_cap_add. The order since 5.10 is MIGRATION, DMA_AVAIL,
 * IOVA_RANGE; from 6.6 each is padded to 8 bytes.
 */
#include "private.h"

#include "uapi/vfio.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* T1: the largest dirty bitmap, DIRTY_BITMAP_SIZE_MAX. */
#define MAX_DIRTY_BITMAP ((uint64_t)256 << 20)

struct chain {
	unsigned char *bytes;
	size_t size;
	size_t previous; /* where the last capability begins */
};

/* Appends a capability of body_size bytes behind its header; returns its body. */
static unsigned char *add_cap(struct iova_sim *sim, struct chain *chain, uint16_t id,
			      size_t body_size)
{
	struct iova_vfio_cap header = { .id = id, .version = 1 };
	uint32_t next = (uint32_t)(sizeof(struct iova_vfio_info) + chain->size);
	size_t at = chain->size, size = sizeof header + body_size;
	unsigned char *bytes;

	if (sim->kernel.padded)
		size = (size + 7) & ~(size_t)7;
	bytes = sim_realloc_(sim, chain->bytes, at + size);
	if (!bytes)
		return NULL;
	memset(bytes + at, 0, size);
	memcpy(bytes + at, &header, sizeof header);
	if (at)
		memcpy(bytes + chain->previous + offsetof(struct iova_vfio_cap, next), &next,
		       sizeof next);
	chain->bytes = bytes;
	chain->size = at + size;
	chain->previous = at;
	return bytes + at + sizeof header;
}

/* T1:vfio_iommu_migration_build_caps. */
static int add_migration(struct iova_sim *sim, const struct sim_container *container,
			 struct chain *chain)
{
	struct {
		uint32_t flags;
		uint32_t pad;
		uint64_t page_size; /* only the smallest, while tracking is off */
		uint64_t max_dirty;
	} body = { .page_size = container->page_sizes & -container->page_sizes,
		   .max_dirty = MAX_DIRTY_BITMAP };
	unsigned char *at = add_cap(sim, chain, IOVA_VFIO_CAP_MIGRATION, sizeof body);

	if (!at)
		return -ENOMEM;
	memcpy(at, &body, sizeof body);
	return 0;
}

/* T1:vfio_iommu_dma_avail_build_caps. */
static int add_avail(struct iova_sim *sim, const struct sim_container *container,
		     struct chain *chain)
{
	uint32_t avail = UINT32_MAX;
	unsigned char *at = add_cap(sim, chain, IOVA_VFIO_CAP_DMA_AVAIL, sizeof avail);

	if (!at)
		return -ENOMEM;
	if (container->entry_limit)
		avail = container->entry_limit - (uint32_t)container->n_maps;
	memcpy(at, &avail, sizeof avail);
	return 0;
}

/* T1:vfio_iommu_iova_build_caps: an empty list has no capability. */
static int add_list(struct iova_sim *sim, const struct sim_container *container,
		    struct chain *chain)
{
	const struct sim_ranges *list = &container->list;
	struct iova_vfio_cap_list head = { .n_ranges = (uint32_t)list->n };
	unsigned char *at;

	if (!list->n)
		return 0;
	at = add_cap(sim, chain, IOVA_VFIO_CAP_IOVA_RANGE,
		     sizeof head + list->n * sizeof *list->items);
	if (!at)
		return -ENOMEM;
	memcpy(at, &head, sizeof head);
	memcpy(at + sizeof head, list->items, list->n * sizeof *list->items);
	return 0;
}

static int build_chain(struct iova_sim *sim, const struct sim_container *container,
		       struct chain *ret_chain)
{
	struct chain chain = { 0 };
	int r = 0;

	if (sim->kernel.has_migration)
		r = add_migration(sim, container, &chain);
	if (r >= 0 && sim->kernel.has_avail)
		r = add_avail(sim, container, &chain);
	if (r >= 0 && sim->kernel.has_list)
		r = add_list(sim, container, &chain);
	if (r < 0) {
		free(chain.bytes);
		return r;
	}
	*ret_chain = chain;
	return 0;
}

/* T1:vfio_iommu_type1_get_info: bytes of the fixed part that this kernel writes for a caller with so much room. */
static size_t info_size(const struct iova_sim *sim, uint32_t argsz)
{
	if (sim->kernel.padded)
		return argsz < sizeof(struct iova_vfio_info) ? argsz :
							       sizeof(struct iova_vfio_info);
	if (sim->kernel.has_cap_offset && argsz >= offsetof(struct iova_vfio_info, pad))
		return offsetof(struct iova_vfio_info, pad);
	return IOVA_VFIO_INFO_LEAST;
}

/*
 * Too little room is no error: CAPS is set all the same, cap_offset is 0 and
 * argsz says what is needed. With enough room argsz stays the caller's.
 */
int sim_info_ioctl_(struct iova_sim *sim, struct sim_container *container, void *argument)
{
	struct iova_vfio_info info = { 0 };
	struct chain chain = { 0 };
	uint32_t argsz;
	int r = 0;

	if (!argument)
		return -EFAULT;
	memcpy(&info, argument, IOVA_VFIO_INFO_LEAST);
	argsz = info.argsz;
	if (argsz < IOVA_VFIO_INFO_LEAST)
		return -EINVAL;
	if (sim->kernel.has_cap_offset)
		r = build_chain(sim, container, &chain);
	if (r < 0)
		return r;
	info.flags = IOVA_VFIO_INFO_PGSIZES;
	info.page_sizes = container->page_sizes;
	if (chain.size) {
		info.flags |= IOVA_VFIO_INFO_CAPS;
		if (argsz < sizeof info + chain.size) {
			info.argsz = (uint32_t)(sizeof info + chain.size);
		} else {
			memcpy((unsigned char *)argument + sizeof info, chain.bytes, chain.size);
			info.cap_offset = sizeof info;
		}
	}
	memcpy(argument, &info, info_size(sim, argsz));
	sim_corrupt_(sim, SIM_REPLY_INFO, 0, argument, argsz);
	free(chain.bytes);
	return 0;
}

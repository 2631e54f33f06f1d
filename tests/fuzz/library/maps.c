/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays of mappings, and what the model holds of them. */
#include "world.h"

#include "uapi/vfio.h"

void maps_add(struct maps *maps, const struct iova_mapping *mapping)
{
	size_t at = 0;

	CHECK(maps->n < MAX_MAPS);
	while (at < maps->n && maps->items[at].range.start < mapping->range.start)
		at++;
	memmove(&maps->items[at + 1], &maps->items[at], (maps->n - at) * sizeof *mapping);
	maps->items[at] = *mapping;
	maps->n++;
}

/* Takes out all that lie inside; returns how many. */
size_t maps_remove(struct maps *maps, struct iova_range range, uint64_t *ret_bytes)
{
	size_t kept = 0, n = maps->n;

	for (size_t i = 0; i < n; i++) {
		const struct iova_range *mapped = &maps->items[i].range;

		if (mapped->start < range.start || mapped->last > range.last)
			maps->items[kept++] = maps->items[i];
		else if (ret_bytes)
			*ret_bytes += mapped->last - mapped->start + 1;
	}
	maps->n = kept;
	return n - kept;
}

void box_read(const struct world *world, const struct box *box, struct maps *ret_maps)
{
	struct iova_sim_mapping mapping = { .size = sizeof mapping };

	ret_maps->n = 0;
	for (uint32_t i = 0; !iova_sim_mapping(world->sim, i, &mapping); i++) {
		if (mapping.container == box->serial)
			maps_add(ret_maps, &(struct iova_mapping){ .range = mapping.range,
								   .vaddr = mapping.vaddr,
								   .access = mapping.flags });
	}
}

/* After something happened behind the library's back. */
void box_resync(struct world *world, struct box *box)
{
	box_read(world, box, &box->maps);
}

/* Whether the container has its IOMMU: without, no request of type1 is answered. */
void box_look(struct world *world, struct box *box)
{
	struct iova_vfio_info info = { .argsz = IOVA_VFIO_INFO_LEAST };

	box->iommu_set =
		world->sys->ioctl(world->sys->data, box->fd, IOVA_VFIO_IOMMU_GET_INFO, &info) >= 0;
}

/* Whether a group that the caller holds is in a container. */
bool is_in_container(const struct world *world, int fd)
{
	struct iova_vfio_group_status status = { .argsz = sizeof status };

	return world->sys->ioctl(world->sys->data, fd, IOVA_VFIO_GROUP_GET_STATUS, &status) >= 0 &&
	       status.flags & IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET;
}

uint64_t world_pinned(const struct world *world)
{
	struct iova_sim_report report = { .size = sizeof report };

	CHECK(!iova_sim_report(world->sim, &report));
	return report.n_pinned_pages;
}

/* Where something happened in the middle of a call the model is asked how it is now. */
void resync_all(struct world *world)
{
	for (size_t i = 0; i < 3; i++)
		if (world->boxes[i].alive && (world->disturbed || world->boxes[i].damaged)) {
			box_resync(world, &world->boxes[i]);
			box_look(world, &world->boxes[i]);
		}
}

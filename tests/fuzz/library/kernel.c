/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What VFIO type1 answers, told once more as a set of reasons without an
 * order. The model has its own tests; this says what the library may pass on.
 */
#include "world.h"

void error_add(struct errors *errors, bool applies, int error)
{
	if (!applies || error_is(errors, error))
		return;
	CHECK(errors->n < sizeof errors->items / sizeof *errors->items);
	errors->items[errors->n++] = error;
}

bool error_is(const struct errors *errors, int error)
{
	for (size_t i = 0; i < errors->n; i++)
		if (errors->items[i] == error)
			return true;
	return false;
}

/* What all IOMMUs of the container can do; pages below the processor's are hidden. */
uint64_t box_granule(const struct world *world, const struct box *box)
{
	uint64_t sizes = UINT64_MAX, page = world->memory.page_size;

	for (uint32_t group = 0; group < world->n_groups; group++)
		if (box->groups & 1u << group)
			sizes &= world->iommus[group].page_sizes;
	if (sizes & (page - 1))
		sizes = (sizes & ~(page - 1)) | page;
	return sizes & -sizes;
}

/* Whether the kernel sees a mapping there. Up to 6.17 it adds one to a last address too many. */
static bool finds(const struct world *world, const struct box *box, struct iova_range range)
{
	bool found = false;

	if ((world->kernel.top_defect && range.last == TOP) || (!range.start && range.last == TOP))
		return false;
	for (size_t i = 0; i < box->maps.n; i++) {
		struct iova_range mapped = box->maps.items[i].range;

		if (!(world->kernel.top_defect && mapped.last == TOP))
			found = found || meet(mapped, range);
	}
	return found;
}

static bool lists(const struct world *world, const struct box *box, struct iova_range range)
{
	struct iova_range list[MAX_LIST];
	int n = iova_sim_list(world->sim, box->fd, list, MAX_LIST);
	bool inside = !n;

	CHECK(n >= 0 && n <= MAX_LIST);
	for (int i = 0; i < n; i++)
		inside = inside || (list[i].start <= range.start && range.last <= list[i].last);
	return inside;
}

void kernel_map_errors(const struct world *world, const struct box *box,
		       const struct iova_mapping *mapping, struct errors *errors)
{
	struct iova_range range = mapping->range;
	uint64_t length = range.last - range.start + 1, page = world->memory.page_size;
	struct iova_range memory = { mapping->vaddr, mapping->vaddr + (length - 1) };
	uint64_t limit = world->memory.limit / page, used = world->memory.locked / page;

	used += world_pinned(world);
	error_add(errors, (range.start | length | mapping->vaddr) & (box_granule(world, box) - 1),
		  -EINVAL);
	error_add(errors, finds(world, box, range), -EEXIST);
	error_add(errors, world->kernel.entry_limit && box->maps.n >= world->kernel.entry_limit,
		  -ENOSPC);
	error_add(errors, !lists(world, box, range), -EINVAL);
	error_add(errors, world->has_bad_memory && meet(memory, world->bad_memory), -EFAULT);
	error_add(errors,
		  !world->memory.exempt && world->memory.limit != UINT64_MAX &&
			  (used > limit || length / page > limit - used),
		  -ENOMEM);
	for (uint32_t group = 0; group < world->n_groups; group++)
		error_add(errors,
			  box->groups & 1u << group && range.last > world->iommus[group].map_last,
			  -EFAULT);
}

static void cut(struct iova_range *list, size_t *n, struct iova_range hole)
{
	size_t old = *n;

	for (size_t i = 0; i < old; i++) {
		struct iova_range range = list[i];

		if (!meet(range, hole) || range.start > range.last)
			continue;
		list[i] = (struct iova_range){ 1, 0 };
		CHECK(*n + 2 <= 4 * MAX_LIST);
		if (range.start < hole.start)
			list[(*n)++] = (struct iova_range){ range.start, hole.start - 1 };
		if (range.last > hole.last)
			list[(*n)++] = (struct iova_range){ hole.last + 1, range.last };
	}
}

/* The list that the group would leave; false if nothing. */
static bool leaves_some(const struct world *world, const struct box *box, uint32_t group)
{
	const struct iova_sim_iommu *iommu = &world->iommus[group];
	struct iova_range list[4 * MAX_LIST] = { { iommu->aperture_start, iommu->aperture_last } };
	int listed = iova_sim_list(world->sim, box->fd, list, MAX_LIST);
	size_t n = listed > 0 ? (size_t)listed : 1;
	bool some = false;

	if (iommu->aperture_start)
		cut(list, &n, (struct iova_range){ 0, iommu->aperture_start - 1 });
	if (iommu->aperture_last != TOP)
		cut(list, &n, (struct iova_range){ iommu->aperture_last + 1, TOP });
	for (size_t i = 0; i < world->n_regions; i++) {
		const struct sim_region_state *region = &world->regions[i];

		if (region->group == group && region->strict &&
		    (region->device < 0 || !world->devices[region->device].gone))
			cut(list, &n, region->range);
	}
	for (size_t i = 0; i < n; i++)
		some = some || list[i].start <= list[i].last;
	return some;
}

/* 5.4 and later: neither the aperture nor a region may take away what is mapped. */
static void list_errors(const struct world *world, const struct box *box, uint32_t group,
			struct errors *errors)
{
	const struct iova_sim_iommu *iommu = &world->iommus[group];
	struct iova_range list[MAX_LIST];
	int n = iova_sim_list(world->sim, box->fd, list, MAX_LIST);

	for (size_t i = 0; i < world->n_regions; i++) {
		const struct sim_region_state *region = &world->regions[i];
		bool there = region->device < 0 || !world->devices[region->device].gone;

		error_add(errors,
			  region->group == group && there && region->strict &&
				  finds(world, box, region->range),
			  -EINVAL);
	}
	error_add(errors, !leaves_some(world, box, group), -EINVAL);
	if (n <= 0)
		return;
	error_add(errors,
		  iommu->aperture_start > list[0].start &&
			  finds(world, box,
				(struct iova_range){ list[0].start, iommu->aperture_start - 1 }),
		  -EINVAL);
	error_add(errors,
		  iommu->aperture_last < list[n - 1].last &&
			  finds(world, box,
				(struct iova_range){ iommu->aperture_last + 1, list[n - 1].last }),
		  -EINVAL);
}

/* A new domain must take every mapping there is. */
static void replay_errors(const struct world *world, const struct box *box, uint32_t group,
			  struct errors *errors)
{
	const struct iova_sim_iommu *iommu = &world->iommus[group];

	for (uint32_t other = 0; other < world->n_groups; other++) {
		struct iova_sim_iommu like = world->iommus[other];

		like.remaps_interrupts = iommu->remaps_interrupts;
		if (box->groups & 1u << other && other != group &&
		    !memcmp(&like, iommu, sizeof like))
			return;
	}
	for (size_t i = 0; i < box->maps.n; i++) {
		const struct iova_mapping *mapping = &box->maps.items[i];
		uint64_t length = mapping->range.last - mapping->range.start + 1;
		uint64_t page = iommu->page_sizes & -iommu->page_sizes;

		error_add(errors, (mapping->range.start | mapping->vaddr | length) & (page - 1),
			  -EINVAL);
		error_add(errors, mapping->range.last > iommu->map_last, -EFAULT);
	}
}

/* joined: the group is in the container already, which has no IOMMU yet. */
void kernel_attach_errors(const struct world *world, const struct box *box, uint32_t group,
			  bool joined, struct errors *errors)
{
	bool direct = false;

	for (size_t i = 0; i < world->n_regions; i++) {
		const struct sim_region_state *region = &world->regions[i];

		direct = direct || (region->group == group && region->direct &&
				    (region->device < 0 || !world->devices[region->device].gone));
	}
	error_add(errors, !joined && !world_is_viable(world, group), -EPERM);
	error_add(errors, direct && world->kernel.direct == IOVA_SIM_DIRECT_AT_IOMMU, -EPERM);
	error_add(errors, !joined && direct && world->kernel.direct == IOVA_SIM_DIRECT_AT_CONTAINER,
		  -EPERM);
	error_add(errors, !joined && direct && world->kernel.direct == IOVA_SIM_DIRECT_INVALID,
		  -EINVAL);
	error_add(errors, !world->kernel.type1, -ENODEV);
	if (world->kernel.enforces)
		list_errors(world, box, group, errors);
	error_add(errors,
		  !world->iommus[group].remaps_interrupts && !world->kernel.unsafe_interrupts,
		  -EPERM);
	replay_errors(world, box, group, errors);
}

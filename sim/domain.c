/* SPDX-License-Identifier: BSD-3-Clause */
/* Attaching and detaching a group: T1:vfio_iommu_type1_attach_group and _detach_group. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What the kernel locks a device for is the region itself, not the word in sysfs. */
bool sim_group_has_direct_(const struct sim_group *group)
{
	for (size_t i = 0; i < group->regions.n; i++) {
		if (group->regions.items[i].type == SIM_DIRECT)
			return true;
	}
	for (const struct sim_device *d = group->devices; d; d = d->next_in_group) {
		for (size_t i = 0; !d->gone && i < d->regions.n; i++) {
			if (d->regions.items[i].type == SIM_DIRECT)
				return true;
		}
	}
	return false;
}

/*
 * T1:vfio_iommu_aper_conflict: the new aperture must meet the list, and no
 * mapping may lie in what it takes away at either side.
 */
static bool aperture_conflicts(const struct iova_sim *sim, const struct sim_container *container,
			       const struct iova_sim_iommu *iommu)
{
	uint64_t start = iommu->aperture_start, last = iommu->aperture_last;
	uint64_t list_start, list_last;

	if (!container->list.n)
		return false;
	list_start = container->list.items[0].start;
	list_last = container->list.items[container->list.n - 1].last;
	if (start > list_last || last < list_start)
		return true;
	if (start > list_start && sim_map_find_(sim, container, list_start, start - list_start))
		return true;
	return last < list_last && sim_map_find_(sim, container, last + 1, list_last - last);
}

/* T1:vfio_iommu_resv_conflict; a relaxable region is passed over, as in resv_exclude. */
static bool regions_conflict(const struct iova_sim *sim, const struct sim_container *container,
			     const struct sim_regions *regions)
{
	for (size_t i = 0; i < regions->n; i++) {
		struct iova_range range = regions->items[i].range;

		if (regions->items[i].type != SIM_RELAXABLE &&
		    sim_map_find_(sim, container, range.start, range.last - range.start + 1))
			return true;
	}
	return false;
}

/* T1:vfio_iommu_resv_exclude. */
static int exclude(struct iova_sim *sim, struct sim_ranges *list, const struct sim_regions *regions)
{
	int r = 0;

	for (size_t i = 0; i < regions->n && r >= 0; i++) {
		if (regions->items[i].type != SIM_RELAXABLE)
			r = sim_ranges_cut_(sim, list, regions->items[i].range.start,
					    regions->items[i].range.last);
	}
	if (r >= 0 && !list->n)
		r = -EINVAL;
	return r;
}

/* The list as it will be with the group; 5.4 and later. */
static int narrow(struct iova_sim *sim, const struct sim_container *container,
		  const struct sim_group *group, struct sim_ranges *ret_list)
{
	const struct iova_sim_iommu *iommu = &group->iommu;
	struct sim_regions regions;
	struct sim_ranges list = { 0 };
	int r;

	if (aperture_conflicts(sim, container, iommu))
		return -EINVAL;
	r = sim_regions_of_group_(sim, group, &regions);
	if (r < 0)
		return r;
	if (regions_conflict(sim, container, &regions))
		r = -EINVAL;
	else if (container->list.n)
		r = sim_ranges_copy_(sim, &list, &container->list);
	else
		r = sim_ranges_add_(sim, &list, iommu->aperture_start, iommu->aperture_last);
	if (r >= 0) {
		sim_ranges_clip_(&list, iommu->aperture_start, iommu->aperture_last);
		r = exclude(sim, &list, &regions);
	}
	sim_regions_free_(&regions);
	if (r < 0)
		sim_ranges_free_(&list);
	else
		*ret_list = list;
	return r;
}

/* T1:vfio_update_pgsize_bitmap: sizes below the processor's page are hidden. */
static void update_page_sizes(const struct iova_sim *sim, struct sim_container *container)
{
	uint64_t page = sim->memory.page_size, sizes = UINT64_MAX;

	for (const struct sim_domain *domain = container->domains; domain; domain = domain->next)
		sizes &= domain->iommu.page_sizes;
	if (sizes & (page - 1)) {
		sizes &= ~(page - 1);
		sizes |= page;
	}
	container->page_sizes = sizes;
}

bool sim_same_iommu_(const struct iova_sim_iommu *a, const struct iova_sim_iommu *b)
{
	return a->aperture_start == b->aperture_start && a->aperture_last == b->aperture_last &&
	       a->map_last == b->map_last && a->page_sizes == b->page_sizes &&
	       a->coherent == b->coherent;
}

/*
 * T1:vfio_iommu_replay: a new domain must take every mapping there is, but for
 * lost ones, which it passes over. vaddr stands for the physical address, which
 * IOC:iommu_map wants aligned.
 */
static int replay(const struct iova_sim *sim, const struct sim_container *container,
		  const struct iova_sim_iommu *iommu)
{
	uint64_t granule = iommu->page_sizes & -iommu->page_sizes;
	const struct sim_map *map = NULL;

	while ((map = sim_maps_after_(container, map))) {
		if (sim_map_is_lost_(sim, map))
			continue;
		if ((map->iova | map->vaddr | map->length) & (granule - 1))
			return -EINVAL;
		if (map->iova + (map->length - 1) > iommu->map_last)
			return -EFAULT;
	}
	return 0;
}

/* A domain of the container that serves the IOMMU, or a new one. */
static int join_domain(struct iova_sim *sim, struct sim_container *container,
		       struct sim_group *group)
{
	struct sim_domain *domain = container->domains;
	int r;

	while (domain && !sim_same_iommu_(&domain->iommu, &group->iommu))
		domain = domain->next;
	if (!domain) {
		r = replay(sim, container, &group->iommu);
		if (r < 0)
			return r;
		domain = sim_alloc_(sim, sizeof *domain);
		if (!domain)
			return -ENOMEM;
		domain->iommu = group->iommu;
		domain->next = container->domains;
		container->domains = domain;
	}
	domain->n_groups++;
	group->domain = domain;
	return 0;
}

/*
 * The order of T1:vfio_iommu_type1_attach_group: the IOMMU driver's own
 * refusal, the aperture, the regions, interrupts, the replay. A failure leaves
 * the list as it was.
 */
int sim_attach_(struct iova_sim *sim, struct sim_container *container, struct sim_group *group)
{
	struct sim_ranges list = { 0 };
	int r = 0;

	if (sim->kernel.direct == IOVA_SIM_DIRECT_AT_IOMMU && sim_group_has_direct_(group))
		return -EPERM;
	if (sim->kernel.enforces)
		r = narrow(sim, container, group, &list);
	if (r < 0)
		return r;
	if (!group->iommu.remaps_interrupts && !sim->kernel.unsafe_interrupts)
		r = -EPERM;
	else
		r = join_domain(sim, container, group);
	if (r < 0) {
		sim_ranges_free_(&list);
		return r;
	}
	sim_ranges_free_(&container->list);
	container->list = list;
	update_page_sizes(sim, container);
	return 0;
}

/* T1:vfio_iommu_aper_expand: the outer bounds become those of the domains that are left. */
static void expand(const struct sim_container *container, struct sim_ranges *list)
{
	uint64_t start = 0, last = UINT64_MAX;

	for (const struct sim_domain *domain = container->domains; domain; domain = domain->next) {
		if (domain->iommu.aperture_start > start)
			start = domain->iommu.aperture_start;
		if (domain->iommu.aperture_last < last)
			last = domain->iommu.aperture_last;
	}
	if (list->n) {
		list->items[0].start = start;
		list->items[list->n - 1].last = last;
	}
}

/*
 * T1:vfio_iommu_resv_refresh: built anew between the present outer bounds, so
 * what a region took at the very bottom or top stays lost while the domain
 * lives.
 */
static int refresh(struct iova_sim *sim, const struct sim_container *container,
		   const struct sim_ranges *old, struct sim_ranges *ret_list)
{
	struct sim_ranges list = { 0 };
	int r;

	if (!old->n)
		return -EINVAL;
	r = sim_ranges_add_(sim, &list, old->items[0].start, old->items[old->n - 1].last);
	for (const struct sim_group *g = sim->groups; g && r >= 0; g = g->next) {
		struct sim_regions regions;

		if (g->container != container || !g->domain)
			continue;
		r = sim_regions_of_group_(sim, g, &regions);
		if (r < 0)
			break;
		r = exclude(sim, &list, &regions);
		sim_regions_free_(&regions);
	}
	if (r < 0)
		sim_ranges_free_(&list);
	else
		*ret_list = list;
	return r;
}

static void drop_domain(struct sim_container *container, struct sim_domain *domain)
{
	struct sim_domain **at = &container->domains;

	while (*at != domain)
		at = &(*at)->next;
	*at = domain->next;
	free(domain);
}

/*
 * T1:vfio_iommu_type1_detach_group: the last domain takes the mappings along. The
 * new list is made from a copy; if anything fails the old one stays as it is, and
 * nobody hears of it.
 */
void sim_detach_(struct iova_sim *sim, struct sim_container *container, struct sim_group *group)
{
	struct sim_domain *domain = group->domain;
	struct sim_ranges copy = { 0 }, list;

	(void)sim_ranges_copy_(sim, &copy, &container->list);
	group->domain = NULL;
	if (!--domain->n_groups) {
		if (container->domains == domain && !domain->next)
			sim_unmap_all_(sim, container);
		drop_domain(container, domain);
		expand(container, &copy);
		update_page_sizes(sim, container);
	}
	if (refresh(sim, container, &copy, &list) >= 0) {
		sim_ranges_free_(&container->list);
		container->list = list;
	}
	sim_ranges_free_(&copy);
}

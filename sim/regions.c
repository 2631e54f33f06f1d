/* SPDX-License-Identifier: BSD-3-Clause */
/* Reserved regions of a group: IOC:iommu_get_group_resv_regions and iommu_insert_resv_region. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int sim_region_make_(uint64_t start, uint64_t last, const char *word, struct sim_region *ret)
{
	static const char *const words[] = { "direct", "direct-relaxable", "reserved", "msi",
					     "sw-msi" };
	struct sim_region region = { .range = { start, last }, .type = SIM_FUTURE };

	if (start > last || !word || !*word || strlen(word) >= sizeof region.word)
		return -EINVAL;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!strcmp(word, words[i]))
			region.type = (enum sim_region_type)i;
	}
	/* IOC:iommu_group_resv_type_string has one word for both. */
	sim_copy_text_(region.word, sizeof region.word, region.type == SIM_SW_MSI ? "msi" : word);
	*ret = region;
	return 0;
}

int sim_regions_add_(struct iova_sim *sim, struct sim_regions *regions,
		     const struct sim_region *region)
{
	struct sim_region *items =
		sim_grow_(sim, regions->items, regions->n, &regions->room, sizeof *items);

	if (!items)
		return -ENOMEM;
	regions->items = items;
	regions->items[regions->n++] = *region;
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct sim_region *a = left, *b = right;

	if (a->range.start != b->range.start)
		return a->range.start < b->range.start ? -1 : 1;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	return strcmp(a->word, b->word);
}

/*
 * IOC:iommu_insert_resv_region merges regions of one type that overlap or
 * touch. It computes last + 1, so at the top of the space nothing merges.
 */
static bool merges(const struct sim_region *below, const struct sim_region *above)
{
	return below->type == above->type && !strcmp(below->word, above->word) &&
	       above->range.start <= below->range.last + 1;
}

static void merge(struct sim_regions *regions)
{
	size_t n = 0;

	for (size_t i = 0; i < regions->n; i++) {
		struct sim_region region = regions->items[i];
		size_t j = n;

		while (j > 0 && !merges(&regions->items[j - 1], &region))
			j--;
		if (!j) {
			regions->items[n++] = region;
			continue;
		}
		if (regions->items[j - 1].range.last < region.range.last)
			regions->items[j - 1].range.last = region.range.last;
	}
	regions->n = n;
}

static int collect(struct iova_sim *sim, const struct sim_regions *from, struct sim_regions *to)
{
	int r = 0;

	for (size_t i = 0; i < from->n && r >= 0; i++) {
		struct sim_region region = from->items[i];

		/* Before 5.3 VT-d called all of these direct (intel_iommu_get_resv_regions). */
		if (region.type == SIM_RELAXABLE && !sim->kernel.has_relaxable)
			r = sim_region_make_(region.range.start, region.range.last, "direct",
					     &region);
		if (r >= 0)
			r = sim_regions_add_(sim, to, &region);
	}
	return r;
}

/* The union over all devices of the group, bound to VFIO or not. */
int sim_regions_of_group_(struct iova_sim *sim, const struct sim_group *group,
			  struct sim_regions *ret_regions)
{
	struct sim_regions regions = { 0 };
	int r = collect(sim, &group->regions, &regions);

	for (const struct sim_device *d = group->devices; d && r >= 0; d = d->next_in_group) {
		if (!d->gone)
			r = collect(sim, &d->regions, &regions);
	}
	if (r < 0) {
		sim_regions_free_(&regions);
		return r;
	}
	if (regions.n)
		qsort(regions.items, regions.n, sizeof *regions.items, compare);
	merge(&regions);
	*ret_regions = regions;
	return 0;
}

void sim_regions_free_(struct sim_regions *regions)
{
	free(regions->items);
	memset(regions, 0, sizeof *regions);
}

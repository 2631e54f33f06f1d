/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lists of valid ranges: T1:vfio_iommu_aper_resize, vfio_iommu_resv_exclude
 * and vfio_iommu_iova_dma_valid as operations on a sorted array.
 */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Append; the caller keeps the order. */
int sim_ranges_add_(struct iova_sim *sim, struct sim_ranges *ranges, uint64_t start, uint64_t last)
{
	struct iova_range *items =
		sim_grow_(sim, ranges->items, ranges->n, &ranges->room, sizeof *items);

	if (!items)
		return -ENOMEM;
	ranges->items = items;
	ranges->items[ranges->n].start = start;
	ranges->items[ranges->n].last = last;
	ranges->n++;
	return 0;
}

int sim_ranges_copy_(struct iova_sim *sim, struct sim_ranges *to, const struct sim_ranges *from)
{
	struct sim_ranges copy = { 0 };

	for (size_t i = 0; i < from->n; i++) {
		if (sim_ranges_add_(sim, &copy, from->items[i].start, from->items[i].last) < 0) {
			sim_ranges_free_(&copy);
			return -ENOMEM;
		}
	}
	*to = copy;
	return 0;
}

/*
 * T1:vfio_iommu_aper_resize: keep what lies within start..last. A range of which
 * a bound leaves a single address goes as a whole.
 */
void sim_ranges_clip_(struct sim_ranges *ranges, uint64_t start, uint64_t last)
{
	size_t n = 0;

	for (size_t i = 0; i < ranges->n; i++) {
		struct iova_range range = ranges->items[i];

		if (range.start <= start) {
			if (start >= range.last)
				continue;
			range.start = start;
		}
		if (last <= range.last) {
			if (last <= range.start)
				continue;
			range.last = last;
		}
		ranges->items[n++] = range;
	}
	ranges->n = n;
}

/* Take start..last out. */
int sim_ranges_cut_(struct iova_sim *sim, struct sim_ranges *ranges, uint64_t start, uint64_t last)
{
	struct sim_ranges rest = { 0 };
	int r = 0;

	for (size_t i = 0; i < ranges->n && r >= 0; i++) {
		struct iova_range range = ranges->items[i];

		if (range.last < start || range.start > last) {
			r = sim_ranges_add_(sim, &rest, range.start, range.last);
			continue;
		}
		if (range.start < start)
			r = sim_ranges_add_(sim, &rest, range.start, start - 1);
		if (r >= 0 && range.last > last)
			r = sim_ranges_add_(sim, &rest, last + 1, range.last);
	}
	if (r < 0) {
		sim_ranges_free_(&rest);
		return r;
	}
	sim_ranges_free_(ranges);
	*ranges = rest;
	return 0;
}

/* Whether one range holds all of start..last. */
bool sim_ranges_hold_(const struct sim_ranges *ranges, uint64_t start, uint64_t last)
{
	for (size_t i = 0; i < ranges->n; i++) {
		if (ranges->items[i].start <= start && last <= ranges->items[i].last)
			return true;
	}
	return false;
}

void sim_ranges_free_(struct sim_ranges *ranges)
{
	free(ranges->items);
	memset(ranges, 0, sizeof *ranges);
}

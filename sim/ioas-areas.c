/* SPDX-License-Identifier: BSD-3-Clause */
/* The mappings of an IOAS, in the order of their addresses. */
#include "private.h"

#include "ioas.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Index of the first that ends at an address or above. */
static size_t find_index(const struct sim_areas *areas, uint64_t start)
{
	size_t low = 0, high = areas->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (areas->items[middle]->last < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The lowest that meets start..last, or NULL. */
struct sim_area *sim_areas_first_(const struct sim_ioas *ioas, uint64_t start, uint64_t last)
{
	size_t at = find_index(&ioas->areas, start);

	return at < ioas->areas.n && ioas->areas.items[at]->iova <= last ? ioas->areas.items[at] :
									   NULL;
}

/* The caller has looked that nothing is there. */
int sim_areas_insert_(struct iova_sim *sim, struct sim_ioas *ioas, struct sim_area *area)
{
	struct sim_areas *areas = &ioas->areas;
	struct sim_area **items =
		sim_grow_(sim, areas->items, areas->n, &areas->room, sizeof(struct sim_area *));
	size_t at;

	if (!items)
		return -ENOMEM;
	areas->items = items;
	at = find_index(areas, area->iova);
	memmove(items + at + 1, items + at, (areas->n - at) * sizeof(struct sim_area *));
	items[at] = area;
	areas->n++;
	area->next_of_pages = area->pages->areas;
	area->pages->areas = area;
	return 0;
}

void sim_areas_remove_(struct sim_ioas *ioas, struct sim_area *area)
{
	struct sim_areas *areas = &ioas->areas;
	size_t at = find_index(areas, area->iova);
	struct sim_area **link = &area->pages->areas;

	areas->n--;
	memmove(areas->items + at, areas->items + at + 1,
		(areas->n - at) * sizeof(struct sim_area *));
	while (*link != area)
		link = &(*link)->next_of_pages;
	*link = area->next_of_pages;
}

/*
 * IOP:iopt_area_split, after an address; nothing happens where that is one of the area's outer
 * ones. The IOAS has no large pages, which could not be split.
 */
int sim_area_split_(struct iova_sim *sim, struct sim_ioas *ioas, struct sim_area *area, uint64_t at)
{
	uint64_t rest = at - area->iova + 1, mask = ioas->alignment - 1;
	struct sim_area *above;
	int r;

	if (at == area->iova || at == area->last)
		return 0;
	if ((at + 1) & mask || (area->start_byte + rest) & mask)
		return -EINVAL;
	above = sim_alloc_(sim, sizeof *above);
	if (!above)
		return -ENOMEM;
	*above = *area;
	above->iova = at + 1;
	above->start_byte = area->start_byte + rest;
	area->last = at;
	r = sim_areas_insert_(sim, ioas, above);
	if (r < 0) {
		area->last = above->last;
		free(above);
		return r;
	}
	above->pages->n_users++;
	return 0;
}

/* IOP:iopt_check_iova_alignment. */
int sim_areas_conform_(const struct iova_sim *sim, const struct sim_ioas *ioas, uint64_t alignment)
{
	for (size_t i = 0; i < ioas->areas.n; i++) {
		const struct sim_area *area = ioas->areas.items[i];
		uint64_t offset = area->start_byte & (sim->memory.page_size - 1);

		if ((area->iova | (area->last - area->iova + 1) | offset) & (alignment - 1))
			return -EADDRINUSE;
	}
	return 0;
}

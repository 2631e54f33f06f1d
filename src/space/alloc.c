/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Looking for a free range: first fit over the gaps that a set of ranges has
 * between the live mappings. Simple and exact; each search walks the gaps.
 */
#include "base/opts.h"
#include "base/range.h"
#include "space/space.h"

#include <errno.h>

struct search {
	const struct iova_table *table;
	struct iova_range window;
	uint64_t length;
	uint64_t align; /* power of two */
	bool top_down;
};

/* The lowest or highest aligned place in a gap, start <= last; false if it does not fit. */
static bool fit_gap(const struct search *search, uint64_t start, uint64_t last, uint64_t *ret_iova)
{
	uint64_t mask = search->align - 1, place;

	if (last - start < search->length - 1)
		return false;
	if (search->top_down) {
		place = (last - (search->length - 1)) & ~mask;
		if (place < start)
			return false;
	} else {
		if (start > UINT64_MAX - mask)
			return false;
		place = (start + mask) & ~mask;
		if (place > last || last - place < search->length - 1)
			return false;
	}
	*ret_iova = place;
	return true;
}

static bool fit_range_up(const struct search *search, const struct iova_range *range,
			 uint64_t *ret_iova)
{
	const struct iova_table *table = search->table;
	uint64_t next = range->start;

	for (size_t i = iova_table_lower_bound_(table, range->start);
	     i < table->n && table->mappings[i].range.start <= range->last; i++) {
		const struct iova_range *taken = &table->mappings[i].range;

		if (taken->start > next && fit_gap(search, next, taken->start - 1, ret_iova))
			return true;
		if (taken->last >= range->last)
			return false;
		next = taken->last + 1;
	}
	return fit_gap(search, next, range->last, ret_iova);
}

static bool fit_range_down(const struct search *search, const struct iova_range *range,
			   uint64_t *ret_iova)
{
	const struct iova_table *table = search->table;
	uint64_t last = range->last;
	size_t i = iova_table_lower_bound_(table, range->last);

	if (i < table->n && table->mappings[i].range.start <= range->last)
		i++;
	for (; i > 0 && table->mappings[i - 1].range.last >= range->start; i--) {
		const struct iova_range *taken = &table->mappings[i - 1].range;

		if (taken->last < last && fit_gap(search, taken->last + 1, last, ret_iova))
			return true;
		if (taken->start <= range->start)
			return false;
		last = taken->start - 1;
	}
	return fit_gap(search, range->start, last, ret_iova);
}

static bool fit_set(const struct search *search, const struct iova_set *set, uint64_t *ret_iova)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct iova_range *range =
			&set->ranges[search->top_down ? set->n - 1 - i : i];
		struct iova_range part;

		if (!range_overlaps(range, &search->window))
			continue;
		part = range_shared(range, &search->window);
		if (search->top_down ? fit_range_down(search, &part, ret_iova) :
				       fit_range_up(search, &part, ret_iova))
			return true;
	}
	return false;
}

/* From what has no drawback at all to whatever may be mapped. */
static int search_tiers(const struct iova_space *space, const struct search *search, uint32_t flags,
			uint64_t *ret_iova)
{
	const struct iova_picture *picture = &space->picture;
	struct iova_set all = { 0 };
	bool found = false;
	int r = 0;

	if (!(flags & IOVA_ALLOC_AVOIDED))
		found = fit_set(search, &picture->preferred, ret_iova) ||
			(!(flags & IOVA_ALLOC_NO_AVOID) &&
			 fit_set(search, &picture->tiers[0], ret_iova));
	if (!found && !(flags & IOVA_ALLOC_NO_AVOID)) {
		r = iova_set_assign(&all, &picture->tiers[0]);
		if (r >= 0)
			r = iova_set_unite(&all, &picture->tiers[1]);
		if (r >= 0)
			found = fit_set(search, &all, ret_iova);
		iova_set_done_(&all);
	}
	if (r < 0)
		return r;
	return found ? 0 : -ENOSPC;
}

#define KNOWN_FLAGS (IOVA_ALLOC_TOP_DOWN | IOVA_ALLOC_NO_AVOID | IOVA_ALLOC_AVOIDED)

IOVA_API int iova_space_alloc(const struct iova_space *space, uint64_t length,
			      const struct iova_alloc_opts *opts, uint64_t *ret_iova)
{
	struct iova_alloc_opts known;
	struct search search;
	int r;

	if (!space || !ret_iova)
		return -EINVAL;
	r = iova_opts_read_(&known, sizeof known, sizeof known, opts);
	if (r < 0)
		return r;
	search = (struct search){
		.table = &space->table,
		.window = known.window,
		.length = length,
		.align = known.align ? known.align : space->inputs.granule,
		.top_down = known.flags & IOVA_ALLOC_TOP_DOWN,
	};
	if (!length || (length & (space->inputs.granule - 1)) || !is_power_of_two(search.align) ||
	    (known.flags & ~KNOWN_FLAGS) || known.pad || search.window.start > search.window.last)
		return -EINVAL;
	if ((known.flags & IOVA_ALLOC_NO_AVOID) && (known.flags & IOVA_ALLOC_AVOIDED))
		return -EINVAL;
	if (search.align < space->inputs.granule)
		search.align = space->inputs.granule;
	/* A start above it was refused. */
	if (!known.window.last)
		search.window = (struct iova_range){ space->inputs.granule, UINT64_MAX };
	return search_tiers(space, &search, known.flags, ret_iova);
}

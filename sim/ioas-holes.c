/* SPDX-License-Identifier: BSD-3-Clause */
/* What of an IOAS is free, and where the kernel puts a mapping that may lie anywhere. */
#include "private.h"

#include "ioas.h"

#include <errno.h>

struct sim_holes sim_holes_(const struct sim_ioas *ioas, uint64_t start, uint64_t last, bool mapped)
{
	return (struct sim_holes){
		.ioas = ioas, .mapped = mapped, .next = start, .last = last, .done = start > last
	};
}

/* The range that holds an address, or else the first above it; false if there is none. */
static bool find_taken(const struct sim_holes *holes, uint64_t at, struct iova_range *ret_taken)
{
	const struct sim_area *area =
		holes->mapped ? sim_areas_first_(holes->ioas, at, UINT64_MAX) : NULL;
	bool found = area != NULL;

	if (area)
		*ret_taken = (struct iova_range){ area->iova, area->last };
	for (const struct sim_reservation *r = holes->ioas->reservations; r; r = r->next) {
		if (r->range.last < at || (found && r->range.start >= ret_taken->start))
			continue;
		*ret_taken = r->range;
		found = true;
	}
	return found;
}

/* As interval_tree_for_each_span() finds them: taken ranges that overlap or touch are one. */
bool sim_holes_next_(struct sim_holes *holes, struct iova_range *ret_hole)
{
	struct iova_range taken = { 0, 0 };

	while (!holes->done) {
		uint64_t start = holes->next, last = holes->last;
		bool found = find_taken(holes, start, &taken);

		if (found && taken.last < holes->last)
			holes->next = taken.last + 1;
		else
			holes->done = true;
		if (found && taken.start <= last) {
			if (taken.start <= start)
				continue;
			last = taken.start - 1;
		} else {
			holes->done = true;
		}
		ret_hole->start = start;
		ret_hole->last = last;
		return true;
	}
	return false;
}

struct wish {
	uint64_t length;
	uint64_t alignment;
	uint64_t offset;
};

/* IOP:__alloc_iova_check_range; the range then begins where the mapping would. */
static bool fits(struct iova_range *range, const struct wish *wish)
{
	uint64_t start = range->start + (wish->alignment - 1);

	if (start < range->start)
		return false;
	start = (start & ~(wish->alignment - 1)) | wish->offset;
	if (start >= range->last || range->last - start < wish->length - 1)
		return false;
	range->start = start;
	return true;
}

/* Of the allowed ranges, those that touch count as one. */
static bool next_allowed(const struct sim_ranges *allowed, size_t *at, struct iova_range *ret_range)
{
	struct iova_range range;

	if (*at >= allowed->n)
		return false;
	range = allowed->items[(*at)++];
	while (*at < allowed->n && allowed->items[*at].start - 1 == range.last)
		range.last = allowed->items[(*at)++].last;
	*ret_range = range;
	return true;
}

static bool choose_within(const struct sim_ioas *ioas, struct iova_range range,
			  const struct wish *wish, uint64_t *ret_iova)
{
	struct sim_holes holes;
	struct iova_range hole;

	if (!fits(&range, wish))
		return false;
	holes = sim_holes_(ioas, range.start, range.last, true);
	while (sim_holes_next_(&holes, &hole)) {
		if (fits(&hole, wish)) {
			*ret_iova = hole.start;
			return true;
		}
	}
	return false;
}

static uint64_t power_of_two_from(uint64_t length)
{
	uint64_t power = 1;

	while (power < length)
		power <<= 1;
	return power;
}

/*
 * IOP:iopt_alloc_iova: aligned as far as the memory is, up to a huge page, in the lowest hole;
 * never in the first nor in the last page.
 */
int sim_ioas_choose_(const struct iova_sim *sim, const struct sim_ioas *ioas, uint64_t memory,
		     uint64_t length, uint64_t *ret_iova)
{
	uint64_t page = sim->memory.page_size, huge = page / 8 * page;
	uint64_t first = page, last = UINT64_MAX - page;
	struct wish wish = { .length = length, .offset = memory & (page - 1) };
	struct iova_range range;
	size_t at = 0;

	if (!length || length >= UINT64_MAX / 2)
		return -EOVERFLOW;
	wish.alignment = power_of_two_from(length);
	if (memory && (memory & -memory) < wish.alignment)
		wish.alignment = memory & -memory;
	if (wish.alignment > huge)
		wish.alignment = huge;
	if (wish.alignment < ioas->alignment)
		return -EINVAL;
	if (!ioas->allowed.n)
		return choose_within(ioas, (struct iova_range){ first, last }, &wish, ret_iova) ?
			       0 :
			       -ENOSPC;
	while (next_allowed(&ioas->allowed, &at, &range)) {
		range.start = range.start < first ? first : range.start;
		range.last = range.last > last ? last : range.last;
		if (choose_within(ioas, range, &wish, ret_iova))
			return 0;
	}
	return -ENOSPC;
}

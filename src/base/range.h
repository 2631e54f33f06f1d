/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_BASE_RANGE_H
#define IOVA_BASE_RANGE_H

/*
 * Closed ranges, and the few comparisons that would otherwise be written out,
 * and once be written wrong, in many places. None of them adds to a last.
 */

#include <libiova/range.h>
#include <stdbool.h>

#define IOVA_WHOLE_SPACE ((struct iova_range){ 0, UINT64_MAX })

static inline bool range_overlaps(const struct iova_range *a, const struct iova_range *b)
{
	return a->start <= b->last && b->start <= a->last;
}

static inline bool range_contains(const struct iova_range *outer, const struct iova_range *inner)
{
	return outer->start <= inner->start && inner->last <= outer->last;
}

/* Of two ranges that overlap: what they share. */
static inline struct iova_range range_shared(const struct iova_range *a, const struct iova_range *b)
{
	return (struct iova_range){
		.start = a->start > b->start ? a->start : b->start,
		.last = a->last < b->last ? a->last : b->last,
	};
}

/* Grow to whole granules (a power of two). */
static inline struct iova_range range_round_out(const struct iova_range *range, uint64_t granule)
{
	return (struct iova_range){ range->start & ~(granule - 1), range->last | (granule - 1) };
}

/* Shrink to whole granules; false if nothing is left. */
static inline bool range_round_in(const struct iova_range *range, uint64_t granule,
				  struct iova_range *ret_range)
{
	uint64_t mask = granule - 1;
	struct iova_range in;

	if (range->start > UINT64_MAX - mask)
		return false;
	in.start = (range->start + mask) & ~mask;
	if ((range->last & mask) == mask) {
		in.last = range->last;
	} else {
		if (range->last < granule)
			return false;
		in.last = (range->last & ~mask) - 1;
	}
	if (in.start > in.last)
		return false;
	*ret_range = in;
	return true;
}

static inline bool is_power_of_two(uint64_t value)
{
	return value && !(value & (value - 1));
}

#endif

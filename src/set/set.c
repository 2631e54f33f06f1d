/* SPDX-License-Identifier: BSD-3-Clause */
#include "set/set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/range.h"

IOVA_API int iova_set_new(struct iova_set **ret_set)
{
	struct iova_set *set;

	if (!ret_set)
		return -EINVAL;
	set = calloc(1, sizeof *set);
	if (!set)
		return -ENOMEM;
	*ret_set = set;
	return 0;
}

void iova_set_done_(struct iova_set *set)
{
	free(set->ranges);
	*set = (struct iova_set){ 0 };
}

IOVA_API void iova_set_free(struct iova_set *set)
{
	if (!set)
		return;
	iova_set_done_(set);
	free(set);
}

void iova_set_swap_(struct iova_set *a, struct iova_set *b)
{
	struct iova_set kept = *a;

	*a = *b;
	*b = kept;
}

int iova_set_reserve_(struct iova_set *set, size_t n)
{
	void *items = set->ranges;
	int r = iova_array_reserve_(&items, &set->room, n, sizeof *set->ranges);

	set->ranges = items;
	return r;
}

IOVA_API int iova_set_assign(struct iova_set *set, const struct iova_set *from)
{
	int r;

	if (!set || !from)
		return -EINVAL;
	if (set == from)
		return 0;
	r = iova_set_reserve_(set, from->n);
	if (r < 0)
		return r;
	if (from->n)
		memcpy(set->ranges, from->ranges, from->n * sizeof *from->ranges);
	set->n = from->n;
	return 0;
}

IOVA_API void iova_set_clear(struct iova_set *set)
{
	if (set)
		set->n = 0;
}

size_t iova_set_lower_bound_(const struct iova_set *set, uint64_t address)
{
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->ranges[middle].last < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Index of the first range whose start is > address; set->n if there is none. */
static size_t upper_bound(const struct iova_set *set, uint64_t address)
{
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->ranges[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Put pieces in the place of the ranges first .. behind - 1. Changes nothing if it fails. */
static int splice(struct iova_set *set, size_t first, size_t behind,
		  const struct iova_range *pieces, size_t n_pieces)
{
	size_t n = set->n - (behind - first) + n_pieces;
	int r = iova_set_reserve_(set, n);

	if (r < 0)
		return r;
	memmove(set->ranges + first + n_pieces, set->ranges + behind,
		(set->n - behind) * sizeof *set->ranges);
	for (size_t i = 0; i < n_pieces; i++)
		set->ranges[first + i] = pieces[i];
	set->n = n;
	return 0;
}

IOVA_API int iova_set_add(struct iova_set *set, const struct iova_range *range)
{
	struct iova_range whole;
	size_t first, behind;

	if (!set || !range || range->start > range->last)
		return -EINVAL;
	whole = *range;
	/* One address further on either side, so that what touches is merged as well. */
	first = iova_set_lower_bound_(set, whole.start ? whole.start - 1 : 0);
	behind = upper_bound(set, whole.last < UINT64_MAX ? whole.last + 1 : UINT64_MAX);
	if (first < behind) {
		if (set->ranges[first].start < whole.start)
			whole.start = set->ranges[first].start;
		if (set->ranges[behind - 1].last > whole.last)
			whole.last = set->ranges[behind - 1].last;
	}
	return splice(set, first, behind, &whole, 1);
}

IOVA_API int iova_set_remove(struct iova_set *set, const struct iova_range *range)
{
	struct iova_range hole, rest[2];
	size_t first, behind, n_rest = 0;

	if (!set || !range || range->start > range->last)
		return -EINVAL;
	hole = *range;
	first = iova_set_lower_bound_(set, hole.start);
	behind = upper_bound(set, hole.last);
	if (first >= behind)
		return 0;
	if (set->ranges[first].start < hole.start)
		rest[n_rest++] = (struct iova_range){ set->ranges[first].start, hole.start - 1 };
	if (set->ranges[behind - 1].last > hole.last)
		rest[n_rest++] = (struct iova_range){ hole.last + 1, set->ranges[behind - 1].last };
	return splice(set, first, behind, rest, n_rest);
}

IOVA_API int iova_set_contains(const struct iova_set *set, const struct iova_range *range)
{
	size_t i;

	if (!set || !range || range->start > range->last)
		return -EINVAL;
	i = iova_set_lower_bound_(set, range->start);
	return i < set->n && range_contains(&set->ranges[i], range);
}

IOVA_API int iova_set_overlaps(const struct iova_set *set, const struct iova_range *range)
{
	size_t i;

	if (!set || !range || range->start > range->last)
		return -EINVAL;
	i = iova_set_lower_bound_(set, range->start);
	return i < set->n && set->ranges[i].start <= range->last;
}

/* Equal sets have equal arrays, and the ranges have no padding. */
IOVA_API int iova_set_equal(const struct iova_set *set, const struct iova_set *other)
{
	if (!set || !other)
		return -EINVAL;
	return set->n == other->n &&
	       (!set->n || !memcmp(set->ranges, other->ranges, set->n * sizeof *set->ranges));
}

IOVA_API size_t iova_set_count(const struct iova_set *set)
{
	return set ? set->n : 0;
}

IOVA_API int iova_set_nth(const struct iova_set *set, size_t i, struct iova_range *ret_range)
{
	if (!set || !ret_range)
		return -EINVAL;
	if (i >= set->n)
		return -ENOENT;
	*ret_range = set->ranges[i];
	return 0;
}

IOVA_API int iova_set_find(const struct iova_set *set, uint64_t address,
			   struct iova_range *ret_range)
{
	if (!set)
		return -EINVAL;
	return iova_set_nth(set, iova_set_lower_bound_(set, address), ret_range);
}

IOVA_API size_t iova_set_read(const struct iova_set *set, struct iova_range *ret_ranges,
			      size_t n_ranges)
{
	size_t n = iova_set_count(set);

	if (n_ranges > n)
		n_ranges = n;
	if (ret_ranges && n_ranges)
		memcpy(ret_ranges, set->ranges, n_ranges * sizeof *ret_ranges);
	return n;
}

bool iova_set_is_canonical_(const struct iova_set *set)
{
	if (set->n > set->room)
		return false;
	for (size_t i = 0; i < set->n; i++) {
		const struct iova_range *range = &set->ranges[i];

		if (range->start > range->last)
			return false;
		if (i && (range->start <= range[-1].last || range->start - range[-1].last == 1))
			return false;
	}
	return true;
}

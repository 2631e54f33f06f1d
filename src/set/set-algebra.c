/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Operations on two sets. Each builds its result in new memory, in one pass
 * over both arrays, and swaps it in when it is whole: a failure changes
 * nothing, and the two sets may be one.
 */
#include <errno.h>

#include "base/range.h"
#include "set/set.h"

/* Append a range that starts at or behind the last one's start; room is there. */
static void append_merged(struct iova_set *out, const struct iova_range *range)
{
	if (out->n) {
		struct iova_range *back = &out->ranges[out->n - 1];

		if (range->start <= back->last || range->start - back->last == 1) {
			if (range->last > back->last)
				back->last = range->last;
			return;
		}
	}
	out->ranges[out->n++] = *range;
}

IOVA_API int iova_set_unite(struct iova_set *set, const struct iova_set *other)
{
	struct iova_set out = { 0 };
	size_t i = 0, j = 0;
	int r;

	if (!set || !other)
		return -EINVAL;
	r = iova_set_reserve_(&out, set->n + other->n);
	if (r < 0)
		return r;
	while (i < set->n || j < other->n) {
		if (j == other->n || (i < set->n && set->ranges[i].start <= other->ranges[j].start))
			append_merged(&out, &set->ranges[i++]);
		else
			append_merged(&out, &other->ranges[j++]);
	}
	iova_set_swap_(set, &out);
	iova_set_done_(&out);
	return 0;
}

IOVA_API int iova_set_intersect(struct iova_set *set, const struct iova_set *other)
{
	struct iova_set out = { 0 };
	size_t i = 0, j = 0;
	int r;

	if (!set || !other)
		return -EINVAL;
	r = iova_set_reserve_(&out, set->n + other->n);
	if (r < 0)
		return r;
	while (i < set->n && j < other->n) {
		const struct iova_range *a = &set->ranges[i], *b = &other->ranges[j];

		/* No two pieces touch: both sets would have to hold both, each in one range. */
		if (range_overlaps(a, b))
			out.ranges[out.n++] = range_shared(a, b);
		if (a->last < b->last)
			i++;
		else
			j++;
	}
	iova_set_swap_(set, &out);
	iova_set_done_(&out);
	return 0;
}

/*
 * Append to out what of range the holes leave. Holes before *j lie below the
 * range, and *j moves on as far as they are below the next range, too.
 */
static void append_rest(struct iova_set *out, const struct iova_range *range,
			const struct iova_set *holes, size_t *j)
{
	uint64_t start = range->start;

	while (*j < holes->n && holes->ranges[*j].last < start)
		(*j)++;
	for (; *j < holes->n && holes->ranges[*j].start <= range->last; (*j)++) {
		const struct iova_range *hole = &holes->ranges[*j];

		if (hole->start > start)
			out->ranges[out->n++] = (struct iova_range){ start, hole->start - 1 };
		if (hole->last >= range->last)
			return;
		start = hole->last + 1;
	}
	out->ranges[out->n++] = (struct iova_range){ start, range->last };
}

/* Each range and each hole adds at most one piece. */
static int difference(struct iova_set *set, const struct iova_set *from,
		      const struct iova_set *holes)
{
	struct iova_set out = { 0 };
	size_t j = 0;
	int r = iova_set_reserve_(&out, from->n + holes->n);

	if (r < 0)
		return r;
	for (size_t i = 0; i < from->n; i++)
		append_rest(&out, &from->ranges[i], holes, &j);
	iova_set_swap_(set, &out);
	iova_set_done_(&out);
	return 0;
}

IOVA_API int iova_set_subtract(struct iova_set *set, const struct iova_set *other)
{
	if (!set || !other)
		return -EINVAL;
	return difference(set, set, other);
}

IOVA_API int iova_set_complement(struct iova_set *set, const struct iova_range *window)
{
	struct iova_range whole = window ? *window : IOVA_WHOLE_SPACE;
	struct iova_set from = { .ranges = &whole, .n = 1 };

	if (!set || whole.start > whole.last)
		return -EINVAL;
	return difference(set, &from, set);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "parse/range-list.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int compare_starts(const void *a, const void *b)
{
	const struct iova_range *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static bool is_sorted(const struct iova_range *ranges, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (ranges[i].start < ranges[i - 1].start)
			return false;
	return true;
}

/* Two neighbours overlap if any two ranges do. */
static bool sorted_overlap(const struct iova_range *ranges, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (ranges[i].start <= ranges[i - 1].last)
			return true;
	return false;
}

static int find_oddities(struct iova_parsed_list *list)
{
	struct iova_range *sorted;

	if (is_sorted(list->ranges, list->n)) {
		if (sorted_overlap(list->ranges, list->n))
			list->oddities |= IOVA_INFO_OVERLAPPING;
		return 0;
	}
	list->oddities |= IOVA_INFO_UNSORTED;
	sorted = malloc(list->n * sizeof *sorted);
	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, list->ranges, list->n * sizeof *sorted);
	qsort(sorted, list->n, sizeof *sorted, compare_starts);
	if (sorted_overlap(sorted, list->n))
		list->oddities |= IOVA_INFO_OVERLAPPING;
	free(sorted);
	return 0;
}

int iova_parse_range_list_(const void *pairs, size_t n, struct iova_parsed_list *ret_list)
{
	struct iova_parsed_list list = { 0 };
	const unsigned char *at = pairs;
	int r;

	if (!n) {
		*ret_list = (struct iova_parsed_list){ .oddities = IOVA_INFO_EMPTY_LIST };
		return 0;
	}
	list.ranges = malloc(n * sizeof *list.ranges);
	if (!list.ranges)
		return -ENOMEM;
	for (; n; n--, at += 2 * sizeof(uint64_t)) {
		struct iova_range range;

		memcpy(&range.start, at, sizeof range.start);
		memcpy(&range.last, at + sizeof range.start, sizeof range.last);
		if (range.start > range.last)
			list.oddities |= IOVA_INFO_INVERTED;
		else
			list.ranges[list.n++] = range;
	}
	r = find_oddities(&list);
	if (r < 0) {
		free(list.ranges);
		return r;
	}
	*ret_list = list;
	return 0;
}

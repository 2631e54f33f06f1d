/* SPDX-License-Identifier: BSD-3-Clause */
#include "space/table.h"

#include "base/array.h"
#include "base/range.h"

#include <errno.h>
#include <string.h>

size_t iova_table_lower_bound_(const struct iova_table *table, uint64_t address)
{
	size_t low = 0, high = table->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->mappings[middle].range.last < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int iova_table_reserve_(struct iova_table *table)
{
	return iova_array_reserve_((void **)&table->mappings, &table->room, table->n + 1,
				   sizeof *table->mappings);
}

int iova_table_insert_(struct iova_table *table, const struct iova_mapping *mapping)
{
	size_t i = iova_table_lower_bound_(table, mapping->range.start);
	int r;

	if (i < table->n && range_overlaps(&table->mappings[i].range, &mapping->range))
		return -EEXIST;
	r = iova_table_reserve_(table);
	if (r < 0)
		return r;
	memmove(&table->mappings[i + 1], &table->mappings[i],
		(table->n - i) * sizeof *table->mappings);
	table->mappings[i] = *mapping;
	table->n++;
	return 0;
}

int iova_table_select_(const struct iova_table *table, const struct iova_range *range,
		       size_t *ret_first, size_t *ret_n)
{
	size_t first = iova_table_lower_bound_(table, range->start);
	size_t i;

	for (i = first; i < table->n && table->mappings[i].range.start <= range->last; i++) {
		if (!range_contains(range, &table->mappings[i].range)) {
			*ret_first = i;
			return -EINVAL;
		}
	}
	if (i == first)
		return -ENOENT;
	*ret_first = first;
	*ret_n = i - first;
	return 0;
}

void iova_table_remove_(struct iova_table *table, size_t first, size_t n)
{
	memmove(&table->mappings[first], &table->mappings[first + n],
		(table->n - first - n) * sizeof *table->mappings);
	table->n -= n;
}

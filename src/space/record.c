/* SPDX-License-Identifier: BSD-3-Clause */
/* Recording mappings. */
#include "space/space.h"

#include <errno.h>

static bool is_mapping(const struct iova_mapping *mapping)
{
	return mapping->range.start <= mapping->range.last && mapping->access &&
	       !(mapping->access & ~(IOVA_READ | IOVA_WRITE)) && !mapping->pad;
}

IOVA_API int iova_space_record(struct iova_space *space, const struct iova_mapping *mapping)
{
	if (!space || !mapping || !is_mapping(mapping))
		return -EINVAL;
	return iova_table_insert_(&space->table, mapping);
}

static int insert_each(struct iova_table *table, const struct iova_mapping *mappings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int r = iova_table_insert_(table, &mappings[i]);

		if (r >= 0)
			continue;
		while (i-- > 0)
			(void)iova_table_remove_(table, mappings[i].range.last);
		return r;
	}
	return 0;
}

IOVA_API int iova_space_record_many(struct iova_space *space, const struct iova_mapping *mappings,
				    size_t n_mappings)
{
	bool ascending = true;

	if (!space || (!mappings && n_mappings))
		return -EINVAL;
	for (size_t i = 0; i < n_mappings; i++) {
		if (!is_mapping(&mappings[i]))
			return -EINVAL;
		ascending &= !i || mappings[i - 1].range.last < mappings[i].range.start;
	}
	if (ascending && !iova_table_count_(&space->table))
		return iova_table_build_(&space->table, mappings, n_mappings);
	return insert_each(&space->table, mappings, n_mappings);
}

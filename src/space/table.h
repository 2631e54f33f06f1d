/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SPACE_TABLE_H
#define IOVA_SPACE_TABLE_H

/*
 * The table of live mappings: a sorted array of disjoint ranges, searched by
 * the last address, so that the first candidate for an overlap is the only one.
 */

#include <libiova/space.h>
#include <stdbool.h>

struct iova_table {
	struct iova_mapping *mappings;
	size_t n;
	size_t room;
};

/* Index of the first mapping whose last is >= address; table->n if there is none. */
size_t iova_table_lower_bound_(const struct iova_table *table, uint64_t address);

/* Room for one more, so that the next insert cannot fail. Returns 0 or -ENOMEM. */
int iova_table_reserve_(struct iova_table *table);

/* Returns 0, -EEXIST on an overlap, -ENOMEM. */
int iova_table_insert_(struct iova_table *table, const struct iova_mapping *mapping);

/*
 * The mappings inside a range: indices first to first + n - 1. Returns 0,
 * -ENOENT if there is none, -EINVAL if the range cuts one in two (then *ret_first is its index).
 */
int iova_table_select_(const struct iova_table *table, const struct iova_range *range,
		       size_t *ret_first, size_t *ret_n);

void iova_table_remove_(struct iova_table *table, size_t first, size_t n);

#endif

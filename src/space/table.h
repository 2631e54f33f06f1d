/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SPACE_TABLE_H
#define IOVA_SPACE_TABLE_H

/*
 * The table of live mappings, and where there is room between them. With n
 * mappings each function is O(log n) where nothing else is said.
 *
 * One thread at a time changes a table. Beside it any number of threads may call
 * what takes a const table: each answer was right at some moment of the call.
 */

#include "space/tree-table.h"

/* An empty table. The second chooses how nodes are searched. */
void iova_table_init_(struct iova_table *table);
void iova_table_init_with_(struct iova_table *table, const struct tree_ops *ops);
void iova_table_done_(struct iova_table *table);

/* Whether this processor can do what the vector functions need. */
bool iova_table_has_vectors_(void);

size_t iova_table_count_(const struct iova_table *table); /* O(1) */

/* The first mapping whose last is >= address; false if there is none. */
static inline bool iova_table_find_(const struct iova_table *table, uint64_t address,
				    struct iova_mapping *ret_mapping)
{
	return table->ops->find(table, address, ret_mapping);
}

/* Room for n more, so that as many inserts cannot fail for want of memory. Returns 0 or -ENOMEM. */
int iova_table_reserve_(struct iova_table *table, size_t n);

/* Of the access only IOVA_READ and IOVA_WRITE are kept. Returns 0, -EEXIST on an overlap, -ENOMEM. */
static inline int iova_table_insert_(struct iova_table *table, const struct iova_mapping *mapping)
{
	return table->ops->insert(table, mapping);
}

/* Removes the mapping that holds an address. Returns 0 or -ENOENT. */
static inline int iova_table_remove_(struct iova_table *table, uint64_t address)
{
	return table->ops->remove(table, address);
}

/*
 * Both in two steps, with one descent: whether it can be, and then it cannot fail, if nothing
 * has changed the table in between. place and put insert; hold and take remove the mapping that has
 * exactly this range.
 */
static inline int iova_table_place_(struct iova_table *table, const struct iova_mapping *mapping)
{
	return table->ops->place(table, mapping);
}

static inline void iova_table_put_(struct iova_table *table, const struct iova_mapping *mapping)
{
	table->ops->put(table, mapping);
}

static inline int iova_table_hold_(struct iova_table *table, const struct iova_range *range)
{
	return table->ops->hold(table, range);
}

static inline void iova_table_take_(struct iova_table *table)
{
	table->ops->take(table);
}

/* Removes the mappings inside a range. O(found * log n). */
void iova_table_remove_all_(struct iova_table *table, const struct iova_range *range);

/* All mappings go: O(n / 32). */
void iova_table_clear_(struct iova_table *table);

/*
 * Into an empty table, n ascending disjoint mappings at once: O(n). Returns 0, -EEXIST if the
 * table is not empty or they are not in order, -ENOMEM; then nothing is in it that was not before.
 */
int iova_table_build_(struct iova_table *table, const struct iova_mapping *mappings, size_t n);

/*
 * The mappings inside a range: the first of them and how many. Returns 0, -ENOENT if there is
 * none, -EINVAL if the range cuts one in two (then that is *ret_first). O(found * log n).
 */
int iova_table_select_(const struct iova_table *table, const struct iova_range *range,
		       struct iova_mapping *ret_first, size_t *ret_n);

/*
 * Remember from now on what fits at an alignment (a power of two): O(n) when it is new.
 * Returns 0 or -ENOMEM, and then searches at that alignment stay O(n).
 */
int iova_table_learn_(struct iova_table *table, uint64_t align);

/*
 * The lowest or highest aligned place in a window where length bytes are free. At an
 * alignment that was not learned: O(n), and the next insert learns it.
 */
static inline bool iova_table_fit_up_(const struct iova_table *table,
				      const struct iova_range *window, uint64_t length,
				      uint64_t align, uint64_t *ret_start)
{
	return table->ops->fit(table, window, length, align, false, ret_start);
}

static inline bool iova_table_fit_down_(const struct iova_table *table,
					const struct iova_range *window, uint64_t length,
					uint64_t align, uint64_t *ret_start)
{
	return table->ops->fit(table, window, length, align, true, ret_start);
}

#endif

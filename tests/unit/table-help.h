/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_TABLE_HELP_H
#define TESTS_UNIT_TABLE_HELP_H

/* Tables of small mappings, for the tests of what a table promises. After cmocka.h. */

#include "space/table.h"

#define TOP UINT64_MAX

static inline struct iova_mapping mapping_at(uint64_t start, uint64_t last)
{
	return (struct iova_mapping){ .range = { start, last },
				      .vaddr = start ^ 0x5555,
				      .access = IOVA_READ };
}

static inline int insert(struct iova_table *table, uint64_t start, uint64_t last)
{
	struct iova_mapping mapping = mapping_at(start, last);

	return iova_table_insert_(table, &mapping);
}

/* n mappings of 8 bytes each 16, the first at 16. */
static inline void fill(struct iova_table *table, uint64_t n)
{
	for (uint64_t i = 1; i <= n; i++)
		assert_int_equal(insert(table, i * 16, i * 16 + 7), 0);
}

static inline void assert_mapping(const struct iova_mapping *mapping, uint64_t start, uint64_t last)
{
	assert_int_equal(mapping->range.start, start);
	assert_int_equal(mapping->range.last, last);
	assert_int_equal(mapping->vaddr, start ^ 0x5555);
	assert_int_equal(mapping->access, IOVA_READ);
	assert_int_equal(mapping->pad, 0);
}

/* The first that ends at or behind an address is this. */
static inline void assert_found(const struct iova_table *table, uint64_t address, uint64_t start,
				uint64_t last)
{
	struct iova_mapping mapping;

	assert_true(iova_table_find_(table, address, &mapping));
	assert_mapping(&mapping, start, last);
}

static inline void assert_not_found(const struct iova_table *table, uint64_t address)
{
	struct iova_mapping mapping = mapping_at(1, 2);

	assert_false(iova_table_find_(table, address, &mapping));
	assert_mapping(&mapping, 1, 2);
}

/* What fill() made, and nothing else. */
static inline void assert_filled(const struct iova_table *table, uint64_t n)
{
	assert_int_equal(iova_table_count_(table), n);
	for (uint64_t i = 1; i <= n; i++)
		assert_found(table, i * 16 - 8, i * 16, i * 16 + 7);
	assert_not_found(table, n * 16 + 8);
}

#endif

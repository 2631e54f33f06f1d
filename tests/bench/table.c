/* SPDX-License-Identifier: BSD-3-Clause */
/* The library's own table, as src/space uses it. */

#include "bench.h"
#include "space/table.h"
#include <stdlib.h>

static void *table_make(void)
{
	struct iova_table *self = malloc(sizeof *self);

	if (self)
		iova_table_init_(self);
	return self;
}

/* As on a processor without vectors. */
static void *table_make_scalar(void)
{
	struct iova_table *self = malloc(sizeof *self);

	if (self)
		iova_table_init_with_(self, &iova_tree_scalar_);
	return self;
}

static void table_drop(void *object)
{
	iova_table_done_(object);
	free(object);
}

static bool table_learn(void *object, uint64_t align)
{
	return !iova_table_learn_(object, align);
}

static bool table_find(void *object, uint64_t first, uint64_t last,
		       struct iova_mapping *ret_mapping)
{
	/* Without a branch: whether it is a hit may not be known before the next query begins. */
	return iova_table_find_(object, first, ret_mapping) & (ret_mapping->range.start <= last);
}

static bool table_insert(void *object, const struct iova_mapping *mapping)
{
	return !iova_table_insert_(object, mapping);
}

static bool table_remove(void *object, const struct iova_range *range)
{
	return !iova_table_remove_(object, range->start);
}

static bool table_build(void *object, const struct iova_mapping *mappings, size_t n)
{
	return !iova_table_build_(object, mappings, n);
}

static bool table_alloc(void *object, const struct request *request, uint64_t *ret_start)
{
	struct iova_mapping mapping = { .access = IOVA_READ | IOVA_WRITE };

	if (!iova_table_fit_up_(object, &request->window, request->length, request->align,
				ret_start))
		return false;
	mapping.range.start = mapping.vaddr = *ret_start;
	mapping.range.last = *ret_start + (request->length - 1);
	return !iova_table_insert_(object, &mapping);
}

#define TABLE(name_, make_, learn_)                                                 \
	{                                                                           \
		.name = name_, .make = make_, .drop = table_drop, .learn = learn_,  \
		.find = table_find, .insert = table_insert, .remove = table_remove, \
		.build = table_build, .alloc = table_alloc                          \
	}

const struct structure own_table = TABLE("libiova", table_make, NULL);
const struct structure own_index = TABLE("libiova, index", table_make, table_learn);
const struct structure own_scalar = TABLE("libiova, scalar", table_make_scalar, NULL);
const struct structure own_scalar_index =
	TABLE("libiova, scalar, index", table_make_scalar, table_learn);

/* SPDX-License-Identifier: BSD-3-Clause */
/* The table behind the public interface, with the checks that a program does before a map. */

#include "bench.h"

static void *space_make(void)
{
	/* Wide enough that every address of the layouts is usable. */
	const struct iova_space_opts opts = { .size = sizeof opts, .width = 57 };
	struct iova_space *space;

	return iova_space_new(&opts, &space) ? NULL : space;
}

static void space_drop(void *object)
{
	iova_space_free(object);
}

static bool space_find(void *object, uint64_t first, uint64_t last,
		       struct iova_mapping *ret_mapping)
{
	return !iova_space_find(object, first, ret_mapping) && ret_mapping->range.start <= last;
}

static bool space_insert(void *object, const struct iova_mapping *mapping)
{
	struct iova_check check = { .size = sizeof check };
	uint64_t length = mapping->range.last - mapping->range.start + 1;

	return !iova_space_check(object, mapping->range.start, length, &check, NULL, 0) &&
	       check.verdict == IOVA_VERDICT_ALLOW && !iova_space_record(object, mapping);
}

static bool space_remove(void *object, const struct iova_range *range)
{
	size_t n;

	return !iova_space_forget(object, range, &n) && n == 1;
}

static bool space_build(void *object, const struct iova_mapping *mappings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!space_insert(object, &mappings[i]))
			return false;
	return true;
}

static bool space_alloc(void *object, const struct request *request, uint64_t *ret_start)
{
	const struct iova_alloc_opts opts = { .size = sizeof opts,
					      .align = request->align,
					      .window = request->window };
	struct iova_mapping mapping = { .access = IOVA_READ | IOVA_WRITE };

	if (iova_space_alloc(object, request->length, &opts, ret_start))
		return false;
	mapping.range.start = mapping.vaddr = *ret_start;
	mapping.range.last = *ret_start + (request->length - 1);
	return !iova_space_record(object, &mapping);
}

const struct structure own_space = {
	.name = "libiova, public",
	.make = space_make,
	.drop = space_drop,
	.find = space_find,
	.insert = space_insert,
	.remove = space_remove,
	.build = space_build,
	.alloc = space_alloc,
};

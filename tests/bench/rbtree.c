/* SPDX-License-Identifier: BSD-3-Clause */
/* The red-black tree of the BSDs, one allocation a mapping; what overlaps compares equal. */

#include "bench.h"
#include <bsd/sys/tree.h>
#include <stdlib.h>

struct node {
	RB_ENTRY(node) entry;
	struct iova_mapping mapping;
};

RB_HEAD(tree, node);

static int node_compare(struct node *a, struct node *b)
{
	if (a->mapping.range.last < b->mapping.range.start)
		return -1;
	return a->mapping.range.start > b->mapping.range.last;
}

/* Static, as RB_GENERATE_STATIC does it where there is the BSDs' own __unused. */
RB_GENERATE_INTERNAL(tree, node, entry, node_compare, __attribute__((unused)) static)

static void *rb_make(void)
{
	return calloc(1, sizeof(struct tree));
}

static void rb_drop(void *object)
{
	struct node *node = RB_MIN(tree, object), *next;

	for (; node; node = next) {
		next = RB_NEXT(tree, object, node);
		RB_REMOVE(tree, object, node);
		free(node);
	}
	free(object);
}

static struct node *lookup(void *object, uint64_t first, uint64_t last)
{
	struct node key = { .mapping.range = { first, last } };

	return RB_FIND(tree, object, &key);
}

static bool rb_find(void *object, uint64_t first, uint64_t last, struct iova_mapping *ret_mapping)
{
	const struct node *node = lookup(object, first, last);

	if (node)
		*ret_mapping = node->mapping;
	return node;
}

static bool rb_insert(void *object, const struct iova_mapping *mapping)
{
	struct node *node = malloc(sizeof *node);

	if (!node)
		return false;
	node->mapping = *mapping;
	if (!RB_INSERT(tree, object, node))
		return true;
	free(node);
	return false;
}

static bool rb_remove(void *object, const struct iova_range *range)
{
	struct node *node = lookup(object, range->start, range->last);

	if (!node)
		return false;
	RB_REMOVE(tree, object, node);
	free(node);
	return true;
}

static bool rb_build(void *object, const struct iova_mapping *mappings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!rb_insert(object, &mappings[i]))
			return false;
	return true;
}

static bool rb_alloc(void *object, const struct request *request, uint64_t *ret_start)
{
	const uint64_t mask = request->align - 1;
	uint64_t place = (request->window.start + mask) & ~mask;
	struct iova_mapping mapping = { .access = IOVA_READ | IOVA_WRITE };
	struct node *node;

	RB_FOREACH(node, tree, (struct tree *)object)
	{
		if (node->mapping.range.last < request->window.start)
			continue;
		if (node->mapping.range.start > place &&
		    node->mapping.range.start - place >= request->length)
			break;
		place = (node->mapping.range.last + 1 + mask) & ~mask;
	}
	if (place > request->window.last || request->window.last - place < request->length - 1)
		return false;
	mapping.range.start = mapping.vaddr = *ret_start = place;
	mapping.range.last = place + (request->length - 1);
	return rb_insert(object, &mapping);
}

const struct structure bsd_rb = {
	.name = "BSD RB",
	.make = rb_make,
	.drop = rb_drop,
	.find = rb_find,
	.insert = rb_insert,
	.remove = rb_remove,
	.build = rb_build,
	.alloc = rb_alloc,
};

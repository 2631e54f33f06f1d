/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GLib's balanced tree, used as QEMU uses it for IOVAs: two mappings compare equal where they
 * overlap, each is its own key, and room is found by walking over all of them in order.
 */

#include "bench.h"
#include <glib.h>

struct entry {
	uint64_t iova;
	uint64_t vaddr;
	uint64_t size; /* one less than it is long */
	uint32_t access;
};

static int entry_compare(gconstpointer one, gconstpointer other, gpointer unused)
{
	const struct entry *a = one, *b = other;

	(void)unused;
	if (a->iova > b->iova + b->size)
		return 1;
	return a->iova + a->size < b->iova ? -1 : 0;
}

static void *gtree_make(void)
{
	return g_tree_new_full(entry_compare, NULL, g_free, NULL);
}

static void gtree_drop(void *object)
{
	g_tree_destroy(object);
}

static struct entry *lookup(void *object, uint64_t first, uint64_t last)
{
	const struct entry key = { .iova = first, .size = last - first };

	return g_tree_lookup(object, &key);
}

static bool gtree_find(void *object, uint64_t first, uint64_t last,
		       struct iova_mapping *ret_mapping)
{
	const struct entry *entry = lookup(object, first, last);

	if (!entry)
		return false;
	ret_mapping->range.start = entry->iova;
	ret_mapping->range.last = entry->iova + entry->size;
	ret_mapping->vaddr = entry->vaddr;
	ret_mapping->access = entry->access;
	return true;
}

static bool gtree_insert(void *object, const struct iova_mapping *mapping)
{
	struct entry *entry;

	if (lookup(object, mapping->range.start, mapping->range.last))
		return false;
	entry = g_new0(struct entry, 1);
	entry->iova = mapping->range.start;
	entry->vaddr = mapping->vaddr;
	entry->size = mapping->range.last - mapping->range.start;
	entry->access = mapping->access;
	g_tree_insert(object, entry, entry);
	return true;
}

/* All that overlap go, which is known only once none is found any more. */
static bool gtree_remove(void *object, const struct iova_range *range)
{
	struct entry *entry;
	bool found = false;

	while ((entry = lookup(object, range->start, range->last))) {
		g_tree_remove(object, entry);
		found = true;
	}
	return found;
}

static bool gtree_build(void *object, const struct iova_mapping *mappings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!gtree_insert(object, &mappings[i]))
			return false;
	return true;
}

struct walk {
	const struct request *request;
	uint64_t place; /* the lowest that may still be free */
	bool found;
};

static uint64_t align_up(uint64_t address, uint64_t align)
{
	return (address + (align - 1)) & ~(align - 1);
}

static gboolean walk_on(gpointer key, gpointer value, gpointer data)
{
	const struct entry *entry = value;
	struct walk *walk = data;

	(void)key;
	if (entry->iova + entry->size < walk->request->window.start)
		return FALSE;
	walk->found = entry->iova > walk->place &&
		      entry->iova - walk->place >= walk->request->length;
	if (!walk->found)
		walk->place = align_up(entry->iova + entry->size + 1, walk->request->align);
	return walk->found;
}

static bool gtree_alloc(void *object, const struct request *request, uint64_t *ret_start)
{
	struct walk walk = { request, align_up(request->window.start, request->align), false };
	struct iova_mapping mapping = { .access = IOVA_READ | IOVA_WRITE };

	g_tree_foreach(object, walk_on, &walk);
	if (!walk.found && (walk.place > request->window.last ||
			    request->window.last - walk.place < request->length - 1))
		return false;
	mapping.range.start = mapping.vaddr = walk.place;
	mapping.range.last = walk.place + (request->length - 1);
	*ret_start = walk.place;
	return gtree_insert(object, &mapping);
}

const struct structure gtree = {
	.name = "GTree",
	.make = gtree_make,
	.drop = gtree_drop,
	.find = gtree_find,
	.insert = gtree_insert,
	.remove = gtree_remove,
	.build = gtree_build,
	.alloc = gtree_alloc,
};

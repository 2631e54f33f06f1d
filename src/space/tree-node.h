/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SPACE_TREE_NODE_H
#define IOVA_SPACE_TREE_NODE_H

/* What is done within one node. */

#include "space/tree-order.h"
#include "space/tree-rank.h"

static inline void tree_slot_write(struct tree_leaf *leaf, uint32_t slot,
				   const struct iova_mapping *mapping)
{
	uint64_t bits = (uint64_t)mapping->access & 3;

	PUT(leaf->key[slot], tree_key(mapping->range.last));
	PUT(leaf->first[slot], mapping->range.start);
	PUT(leaf->vaddr[slot], mapping->vaddr);
	PUT(leaf->access, (leaf->access & ~((uint64_t)3 << 2 * slot)) | bits << 2 * slot);
}

static inline uint32_t tree_slot_access(const struct tree_leaf *leaf, uint32_t slot)
{
	return GET(leaf->access) >> 2 * slot & (IOVA_READ | IOVA_WRITE);
}

static inline struct iova_mapping tree_slot_read(const struct tree_leaf *leaf, uint32_t slot)
{
	return (struct iova_mapping){
		.range = { GET(leaf->first[slot]), tree_unkey(GET(leaf->key[slot])) },
		.vaddr = GET(leaf->vaddr[slot]),
		.access = tree_slot_access(leaf, slot),
	};
}

/* In a leaf that is not full. */
static inline void tree_leaf_put(struct tree_leaf *leaf, uint32_t rank,
				 const struct iova_mapping *mapping)
{
	/* Behind all others nobody moves. */
	uint32_t slot = rank == leaf->n ? leaf->order[rank] : tree_order_open(leaf, rank);

	tree_slot_write(leaf, slot, mapping);
	PUT(leaf->n, leaf->n + 1);
}

static inline void tree_leaf_take(struct tree_leaf *leaf, uint32_t rank)
{
	uint32_t slot = tree_order_close(leaf, rank);

	PUT(leaf->key[slot], TREE_NO_KEY);
	PUT(leaf->n, leaf->n - 1);
}

/* Bounds of the mapping of a rank. */
static inline uint64_t tree_first(const struct tree_leaf *leaf, uint32_t rank)
{
	return GET(leaf->first[GET(leaf->order[rank])]);
}

static inline uint64_t tree_last(const struct tree_leaf *leaf, uint32_t rank)
{
	return tree_unkey(GET(leaf->key[GET(leaf->order[rank])]));
}

/* The last bound of a child. */
static inline uint64_t tree_bound(const struct tree_inner *node, uint32_t i)
{
	return tree_unkey(GET(node->key[i]));
}

/* The longest aligned block between two neighbours: what ends at last, and what
 * starts at first. */
static inline uint64_t tree_fit_between(uint64_t last, uint64_t first, uint64_t mask)
{
	uint64_t start = last + 1, gap = first - start, pad = -start & mask;

	return gap > pad ? gap - pad : 0;
}

#endif

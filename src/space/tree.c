/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding, inserting and removing. Compiled once for each way to search a node.
 */
#include "space/tree-node.h"

#include "space/tree-fit.h"

#include <errno.h>

/* 1, 0, or -1 if a writer came in between. */
static inline __attribute__((always_inline)) int try_find(const struct iova_table *table,
							  uint32_t turn, uint64_t address,
							  struct iova_mapping *ret_mapping)
{
	uint32_t level = GET(table->height), rank, slot, access;
	const void *node = GET(table->root);
	const tree_wanted wanted = tree_want(address);
	const struct tree_leaf *leaf;
	uint64_t first, last, vaddr;

	for (; level && tree_is_turn(table, turn); level--) {
		const struct tree_inner *inner = node;

		TREE_VISIT();
		node = GET(inner->child[tree_inner_rank(inner, wanted)]);
	}
	if (!tree_is_turn(table, turn))
		return -1;
	leaf = node;
	if (!leaf)
		return 0;
	TREE_VISIT();
	rank = tree_leaf_rank(leaf, wanted);
	if (rank >= GET(leaf->n))
		return tree_is_turn(table, turn) ? 0 : -1;
	slot = GET(leaf->order[rank]);
	first = GET(leaf->first[slot]);
	last = tree_unkey(GET(leaf->key[slot]));
	vaddr = GET(leaf->vaddr[slot]);
	access = tree_slot_access(leaf, slot);
	if (!tree_is_turn(table, turn))
		return -1;
	ret_mapping->range.start = first;
	ret_mapping->range.last = last;
	ret_mapping->vaddr = vaddr;
	ret_mapping->access = access;
	ret_mapping->pad = 0;
	return 1;
}

static __attribute__((noinline)) bool find_again(const struct iova_table *table, uint64_t address,
						 struct iova_mapping *ret_mapping)
{
	int r;

	do {
		uint32_t turn = tree_read_begin(table);

		r = try_find(table, turn, address, ret_mapping);
	} while (r < 0);
	return r;
}

static bool find(const struct iova_table *table, uint64_t address, struct iova_mapping *ret_mapping)
{
	uint32_t turn = __atomic_load_n(&table->turn, __ATOMIC_ACQUIRE);
	int r = turn & 1 ? -1 : try_find(table, turn, address, ret_mapping);

	return r < 0 ? find_again(table, address, ret_mapping) : r;
}

/*
 * To the leaf where an address is or belongs, and its rank there. What comes in
 * order mostly goes where the last one went: that is tried first once it has
 * paid several times.
 */
static uint32_t seek(struct iova_table *table, struct tree_path *path, uint64_t address)
{
	const tree_wanted wanted = tree_want(address);
	struct tree_leaf *leaf;
	void *node = table->root;
	uint32_t rank;

	if (path->streak >= TREE_STREAK) {
		leaf = path->leaf;
		if (leaf == table->tail && leaf->n && tree_last(leaf, leaf->n - 1) < address)
			return leaf->n;
		if (leaf == table->head && leaf->n && address <= tree_last(leaf, 0))
			return 0;
		rank = tree_leaf_rank(leaf, wanted);
		if ((rank || leaf == table->head) && (rank < leaf->n || leaf == table->tail))
			return rank;
	}
	for (uint32_t level = table->height; level; level--) {
		struct tree_inner *inner = node;

		path->node[level] = inner;
		path->at[level] = tree_inner_rank(inner, wanted);
		node = inner->child[path->at[level]];
	}
	leaf = node;
	path->streak = leaf == path->leaf ? path->streak + 1 : 1;
	path->leaf = leaf;
	return tree_leaf_rank(leaf, wanted);
}

/* The bound of a leaf has changed, and so that of all it is the first in. Up to
 * which level. */
static uint32_t set_first(const struct iova_table *table, const struct tree_path *path,
			  uint64_t first)
{
	for (uint32_t level = 1; level <= table->height; level++) {
		PUT(path->node[level]->first[path->at[level]], first);
		if (path->at[level])
			return level;
	}
	return 0;
}

/* Not for the leaf on the right edge. */
static uint32_t set_last(const struct tree_path *path, uint64_t last)
{
	for (uint32_t level = 1;; level++) {
		PUT(path->node[level]->key[path->at[level]], tree_key(last));
		if (path->at[level] + 1 < path->node[level]->n)
			return level;
	}
}

/* The gap between two children of a node, with a mapping at its side and
 * without. */
static void refit_node(const struct iova_table *table, const struct tree_path *path, uint32_t level,
		       struct iova_range with, struct iova_range without, bool comes)
{
	for (uint32_t row = 0; row < table->n_classes; row++) {
		uint64_t mask = table->masks[row];
		uint64_t a = tree_fit_between(with.start, with.last, mask);
		uint64_t b = tree_fit_between(without.start, without.last, mask);

		tree_refit(table, path, level, row, comes ? b : a, comes ? a : b);
	}
}

/*
 * A mapping was put at an end of the leaf of a path, or taken there: that moves the bounds of
 * nodes above, and the gap to the neighbour is between two children of one of them. inner: the
 * bound of the mapping next to it in the leaf.
 */
static __attribute__((noinline)) void settle_first(const struct iova_table *table,
						   const struct tree_path *path, uint64_t start,
						   uint64_t inner, bool comes)
{
	uint32_t level = set_first(table, path, comes ? start : inner);
	uint64_t last;

	if (!level)
		return;
	last = tree_bound(path->node[level], path->at[level] - 1);
	refit_node(table, path, level, (struct iova_range){ last, start },
		   (struct iova_range){ last, inner }, comes);
}

static __attribute__((noinline)) void settle_last(const struct iova_table *table,
						  const struct tree_path *path, uint64_t last,
						  uint64_t inner, bool comes)
{
	uint32_t level = set_last(path, inner);
	uint64_t first = path->node[level]->first[path->at[level] + 1];

	refit_node(table, path, level, (struct iova_range){ last, first },
		   (struct iova_range){ inner, first }, comes);
}

static __attribute__((noinline)) void refit(const struct iova_table *table,
					    const struct tree_path *path, uint32_t row,
					    uint64_t block, bool taken)
{
	tree_refit(table, path, 0, row, taken ? block : 0, taken ? 0 : block);
}

/*
 * The block between two addresses was taken, or is there now, inside the leaf of a path. Mostly
 * it is neither the longest that there was nor longer, and nobody above need know.
 */
static __attribute__((noinline)) void settle_block(const struct iova_table *table,
						   const struct tree_path *path, uint64_t last,
						   uint64_t first, bool taken)
{
	const uint64_t *fit = &path->node[1]->fits[0][path->at[1]];

	for (uint32_t row = 0; row < table->n_classes; row++, fit += TREE_WIDTH) {
		uint64_t block = tree_fit_between(last, first, table->masks[row]);

		if (taken ? block && block == *fit : block > *fit)
			refit(table, path, row, block, taken);
	}
}

/*
 * A mapping came to the leaf of a path, or has gone; before and behind are the ranks of its
 * neighbours there. Amid others it takes a block or leaves one; at an end it adds one or takes
 * one along.
 */
static inline void settle(const struct iova_table *table, const struct tree_path *path,
			  uint32_t before, uint32_t behind, const struct iova_range *range,
			  bool comes)
{
	const struct tree_leaf *leaf = path->leaf;

	if (before == UINT32_MAX) {
		uint64_t first = tree_first(leaf, behind);

		if (table->n_classes)
			settle_block(table, path, range->last, first, !comes);
		settle_first(table, path, range->start, first, comes);
	} else if (behind < leaf->n) {
		settle_block(table, path, tree_last(leaf, before), tree_first(leaf, behind), comes);
	} else {
		uint64_t last = tree_last(leaf, before);

		if (table->n_classes)
			settle_block(table, path, last, range->start, !comes);
		if (leaf != table->tail)
			settle_last(table, path, range->last, last, comes);
	}
}

static inline int place(struct iova_table *table, const struct iova_mapping *mapping)
{
	struct tree_path *path = &table->inserted;
	const struct tree_leaf *leaf;

	if (atomic_load_explicit(&table->wanted, memory_order_relaxed))
		iova_tree_learn_wanted_(table);
	if (!table->root && iova_table_reserve_(table, 1) < 0)
		return -ENOMEM;
	path->rank = seek(table, path, mapping->range.start);
	leaf = path->leaf;
	if (path->rank < leaf->n && tree_first(leaf, path->rank) <= mapping->range.last)
		return -EEXIST;
	if (leaf->n == TREE_WIDTH && !tree_has_spares(table) && iova_table_reserve_(table, 1) < 0)
		return -ENOMEM;
	return 0;
}

static inline void put(struct iova_table *table, const struct iova_mapping *mapping)
{
	struct tree_path *path = &table->inserted;
	struct tree_leaf *leaf = path->leaf;
	uint32_t rank = path->rank;

	tree_write_begin(table);
	PUT(table->n, table->n + 1);
	if (leaf->n == TREE_WIDTH) {
		iova_tree_split_(table, path, rank, mapping);
	} else {
		tree_leaf_put(leaf, rank, mapping);
		if (table->height && (table->n_classes || !rank))
			settle(table, path, rank - 1, rank + 1, &mapping->range, true);
	}
	tree_write_done(table);
}

static int insert(struct iova_table *table, const struct iova_mapping *mapping)
{
	int r = place(table, mapping);

	if (!r)
		put(table, mapping);
	return r;
}

static inline void take(struct iova_table *table, struct tree_path *path)
{
	struct tree_leaf *leaf = path->leaf;
	uint32_t rank = path->rank;
	struct iova_range range = { tree_first(leaf, rank), tree_last(leaf, rank) };

	tree_write_begin(table);
	PUT(table->n, table->n - 1);
	tree_leaf_take(leaf, rank);
	if (!table->height) {
		/* The root may be empty. */
	} else if (!leaf->n ||
		   (leaf->n < TREE_LEAST && leaf != table->head && leaf != table->tail)) {
		iova_tree_join_(table, path);
	} else if (table->n_classes || !rank || rank == leaf->n) {
		settle(table, path, rank - 1, rank, &range, false);
	}
	tree_write_done(table);
}

static int remove_(struct iova_table *table, uint64_t address)
{
	struct tree_path *path = &table->removed;

	if (!table->root)
		return -ENOENT;
	path->rank = seek(table, path, address);
	if (path->rank >= path->leaf->n || tree_first(path->leaf, path->rank) > address)
		return -ENOENT;
	take(table, path);
	return 0;
}

static bool is_at(const struct tree_path *path, const struct iova_range *range)
{
	const struct tree_leaf *leaf = path->leaf;

	return path->rank < leaf->n && tree_first(leaf, path->rank) == range->start &&
	       tree_last(leaf, path->rank) == range->last;
}

static int hold(struct iova_table *table, const struct iova_range *range)
{
	struct tree_path *path = &table->inserted;

	/* What came last often goes next. A path without a streak may be out of date. */
	if (!path->streak || !is_at(path, range)) {
		if (!table->root)
			return -ENOENT;
		path = &table->removed;
		path->rank = seek(table, path, range->start);
		if (!is_at(path, range))
			return -ENOENT;
	}
	table->held = path;
	return 0;
}

static void take_held(struct iova_table *table)
{
	take(table, table->held);
}

static int place_(struct iova_table *table, const struct iova_mapping *mapping)
{
	return place(table, mapping);
}

static void put_(struct iova_table *table, const struct iova_mapping *mapping)
{
	put(table, mapping);
}

#ifdef IOVA_TREE_VECTOR
const struct tree_ops iova_tree_vector_ = {
	.name = "vector",
#else
const struct tree_ops iova_tree_scalar_ = {
	.name = "scalar",
#endif
	.find = find,
	.insert = insert,
	.remove = remove_,
	.place = place_,
	.put = put_,
	.hold = hold,
	.take = take_held,
	.fit = iova_tree_fit_,
};

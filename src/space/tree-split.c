/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A full node gives the upper part of what it has to a new one. At an end of
 * the table it gives nothing: so what comes in order leaves full nodes behind.
 */
#include "space/tree-node.h"

static void split_in_two(struct tree_leaf *leaf, struct tree_leaf *right, uint32_t n_left)
{
	for (uint32_t rank = n_left; rank < TREE_WIDTH; rank++) {
		uint32_t slot = leaf->order[rank];
		const struct iova_mapping mapping = tree_slot_read(leaf, slot);

		tree_slot_write(right, rank - n_left, &mapping);
		PUT(leaf->key[slot], TREE_NO_KEY);
	}
	PUT(leaf->n, n_left);
	PUT(right->n, TREE_WIDTH - n_left);
}

/* In half; or, amid a sequence, where it goes on, so that what is complete stays rather full. */
static uint32_t split_point(const struct tree_path *path, uint32_t rank)
{
	if (path->streak < TREE_STREAK)
		return TREE_HALF;
	if (rank < TREE_LEAST)
		return TREE_LEAST;
	return rank < TREE_WIDTH - TREE_LEAST ? rank : TREE_WIDTH - TREE_LEAST;
}

/* A node that came beside that of the path at some level; before or behind it.
 */
struct addition {
	void *node;
	bool is_before;
};

static struct addition split_leaf(struct iova_table *table, struct tree_path *path, uint32_t rank,
				  const struct iova_mapping *mapping)
{
	struct tree_leaf *leaf = path->leaf, *new = iova_tree_take_leaf_(table);

	if (leaf == table->tail && rank == TREE_WIDTH) {
		tree_leaf_put(new, 0, mapping);
	} else if (leaf == table->head && !rank) {
		tree_leaf_put(new, 0, mapping);
		PUT(table->head, new);
		return (struct addition){ new, true };
	} else {
		uint32_t n_left = split_point(path, rank);

		split_in_two(leaf, new, n_left);
		if (rank > n_left)
			tree_leaf_put(new, rank - n_left, mapping);
		else
			tree_leaf_put(leaf, rank, mapping);
	}
	if (leaf == table->tail)
		PUT(table->tail, new);
	return (struct addition){ new, false };
}

/* Whether all nodes of a path from a level on are the last of theirs. */
static bool is_last(const struct iova_table *table, const struct tree_path *path, uint32_t level)
{
	for (; level <= table->height; level++)
		if (path->at[level] != path->node[level]->n - 1)
			return false;
	return true;
}

/* A new child for a full node, at an index. */
static struct addition split_inner(struct iova_table *table, const struct tree_path *path,
				   uint32_t level, uint32_t at, void *child)
{
	struct tree_inner *node = path->node[level], *new = iova_tree_take_inner_(table);
	struct addition addition = { new, !at };
	bool is_alone = addition.is_before || (at == TREE_WIDTH && is_last(table, path, level));

	if (!is_alone)
		iova_tree_move_(table, new, 0, node, TREE_HALF, TREE_HALF);
	if (is_alone)
		at = 0;
	else if (at <= TREE_HALF)
		new = node;
	else
		at -= TREE_HALF;
	iova_tree_open_(table, new, at);
	PUT(new->child[at], child);
	(void)iova_tree_note_(table, new, at, level);
	return addition;
}

/* A root above the root. */
static void grow(struct iova_table *table, struct tree_path *path)
{
	struct tree_inner *root = iova_tree_take_inner_(table);

	PUT(root->child[0], table->root);
	PUT(root->n, 1);
	PUT(table->root, (void *)root);
	PUT(table->height, table->height + 1);
	path->node[table->height] = root;
	path->at[table->height] = 0;
}

void iova_tree_split_(struct iova_table *table, struct tree_path *path, uint32_t rank,
		      const struct iova_mapping *mapping)
{
	bool is_appended = path->leaf == table->tail && rank == TREE_WIDTH;
	struct addition addition = split_leaf(table, path, rank, mapping);
	uint32_t level = 0;

	while (addition.node) {
		struct tree_inner *node;
		uint32_t at;

		if (++level > table->height)
			grow(table, path);
		node = path->node[level];
		(void)iova_tree_note_(table, node, path->at[level], level);
		at = path->at[level] + !addition.is_before;
		if (node->n == TREE_WIDTH) {
			addition = split_inner(table, path, level, at, addition.node);
			continue;
		}
		iova_tree_open_(table, node, at);
		PUT(node->child[at], addition.node);
		(void)iova_tree_note_(table, node, at, level);
		addition.node = NULL;
	}
	iova_tree_note_up_(table, path, level);
	iova_tree_find_edges_(table);
	/* What comes in order goes on there: one look at the way suffices. */
	if (is_appended) {
		path->leaf = table->tail;
		path->rank = TREE_WIDTH;
		path->streak = TREE_STREAK - 1;
	}
}

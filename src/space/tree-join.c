/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A node with few left takes all that its neighbour has, or shares with it. The
 * leaves at both ends of the table are left alone until they are empty: what is
 * removed in order costs no moves.
 */
#include "space/tree-node.h"

static void move_mapping(struct tree_leaf *to, uint32_t rank, struct tree_leaf *from, uint32_t i)
{
	const struct iova_mapping mapping = tree_slot_read(from, from->order[i]);

	tree_leaf_put(to, rank, &mapping);
	tree_leaf_take(from, i);
}

/* True if the right one is empty now. */
static bool join_leaves(struct tree_leaf *left, struct tree_leaf *right)
{
	uint32_t n = left->n + right->n, n_left = n > TREE_JOINED ? n / 2 : n;

	while (left->n < n_left)
		move_mapping(left, left->n, right, 0);
	while (left->n > n_left)
		move_mapping(right, 0, left, left->n - 1);
	return !right->n;
}

static bool join_inners(const struct iova_table *table, struct tree_inner *left,
			struct tree_inner *right)
{
	uint32_t n = left->n + right->n, n_left = n > TREE_JOINED ? n / 2 : n;

	if (left->n < n_left)
		iova_tree_move_(table, left, left->n, right, 0, n_left - left->n);
	else
		iova_tree_move_(table, right, 0, left, n_left, left->n - n_left);
	return !right->n;
}

static void drop(struct iova_table *table, struct tree_inner *node, uint32_t at, uint32_t level)
{
	if (level > 1)
		iova_tree_put_inner_(table, node->child[at]);
	else
		iova_tree_put_leaf_(table, node->child[at]);
	iova_tree_close_(table, node, at);
}

static uint32_t n_of(const void *node, uint32_t level)
{
	return level ? ((const struct tree_inner *)node)->n : ((const struct tree_leaf *)node)->n;
}

/* A child of a node has few left, and a neighbour. */
static void join_child(struct iova_table *table, struct tree_inner *node, uint32_t at,
		       uint32_t level)
{
	uint32_t left = at ? at - 1 : 0;
	void *first = node->child[left], *second = node->child[left + 1];
	bool is_empty = level > 1 ? join_inners(table, first, second) : join_leaves(first, second);

	if (is_empty && second == table->tail)
		PUT(table->tail, (struct tree_leaf *)first);
	if (is_empty)
		drop(table, node, left + 1, level);
	else
		(void)iova_tree_note_(table, node, left + 1, level);
	(void)iova_tree_note_(table, node, left, level);
}

/* A node with one child only is no root. */
static void shrink(struct iova_table *table)
{
	while (table->height && ((struct tree_inner *)table->root)->n == 1) {
		struct tree_inner *root = table->root;

		PUT(table->root, root->child[0]);
		PUT(table->height, table->height - 1);
		iova_tree_put_inner_(table, root);
	}
}

void iova_tree_join_(struct iova_table *table, struct tree_path *path)
{
	bool is_news = true, is_head = path->leaf == table->head;

	for (uint32_t level = 1; level <= table->height && is_news; level++) {
		struct tree_inner *node = path->node[level];
		uint32_t at = path->at[level], n = n_of(node->child[at], level - 1);

		if (!n)
			drop(table, node, at, level);
		else if (n < TREE_LEAST && node->n > 1)
			join_child(table, node, at, level);
		else
			is_news = iova_tree_note_(table, node, at, level);
	}
	shrink(table);
	iova_tree_find_edges_(table);
	if (is_head) {
		path->leaf = table->head;
		path->rank = TREE_WIDTH; /* the way there is not known: hold() may not use it */
		path->streak = TREE_STREAK - 1;
	}
}

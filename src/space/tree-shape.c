/* SPDX-License-Identifier: BSD-3-Clause */
/* Nodes above the leaves, and what they know of their children. */
#include "space/tree-fit.h"

static void copy_child(const struct iova_table *table, struct tree_inner *to, uint32_t at,
		       const struct tree_inner *from, uint32_t i)
{
	PUT(to->key[at], from->key[i]);
	PUT(to->first[at], from->first[i]);
	PUT(to->child[at], from->child[i]);
	for (uint32_t row = 0; row < table->n_classes; row++)
		PUT(to->fits[row][at], from->fits[row][i]);
}

void iova_tree_open_(const struct iova_table *table, struct tree_inner *node, uint32_t at)
{
	for (uint32_t i = node->n; i > at; i--)
		copy_child(table, node, i, node, i - 1);
	PUT(node->n, node->n + 1);
}

void iova_tree_close_(const struct iova_table *table, struct tree_inner *node, uint32_t at)
{
	for (uint32_t i = at; i + 1 < node->n; i++)
		copy_child(table, node, i, node, i + 1);
	PUT(node->n, node->n - 1);
	PUT(node->key[node->n], TREE_NO_KEY);
}

void iova_tree_move_(const struct iova_table *table, struct tree_inner *to, uint32_t at,
		     struct tree_inner *from, uint32_t i, uint32_t n)
{
	for (; n--; at++) {
		iova_tree_open_(table, to, at);
		copy_child(table, to, at, from, i);
		iova_tree_close_(table, from, i);
	}
}

bool iova_tree_note_(const struct iova_table *table, struct tree_inner *node, uint32_t at,
		     uint32_t level)
{
	const struct tree_inner *inner = node->child[at];
	const struct tree_leaf *leaf = node->child[at];
	uint64_t first, last;
	bool news;

	if (level > 1) {
		first = inner->first[0];
		last = tree_bound(inner, inner->n - 1);
	} else {
		first = tree_first(leaf, 0);
		last = leaf == table->tail ? UINT64_MAX : tree_last(leaf, leaf->n - 1);
	}
	news = node->first[at] != first || tree_bound(node, at) != last;
	PUT(node->first[at], first);
	PUT(node->key[at], tree_key(last));
	for (uint32_t row = 0; row < table->n_classes; row++) {
		uint64_t fit = tree_fit_inside(node->child[at], level - 1, row, table->masks[row],
					       UINT64_MAX);

		news |= node->fits[row][at] != fit;
		PUT(node->fits[row][at], fit);
	}
	return news;
}

void iova_tree_note_up_(const struct iova_table *table, const struct tree_path *path,
			uint32_t level)
{
	while (++level <= table->height &&
	       iova_tree_note_(table, path->node[level], path->at[level], level))
		;
}

void iova_tree_find_edges_(struct iova_table *table)
{
	struct tree_inner *left = table->root, *right = table->root;

	for (uint32_t level = table->height; level; level--) {
		PUT(right->key[right->n - 1], TREE_NO_KEY);
		left = left->child[0];
		right = right->child[right->n - 1];
	}
	PUT(table->head, (struct tree_leaf *)(void *)left);
	PUT(table->tail, (struct tree_leaf *)(void *)right);
	table->inserted.streak = table->removed.streak = 0;
}

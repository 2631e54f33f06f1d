/* SPDX-License-Identifier: BSD-3-Clause */
/* All mappings come at once, or go. */
#include "space/tree-node.h"

#include <errno.h>
#include <stdlib.h>

static bool is_sorted(const struct iova_mapping *mappings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (mappings[i].range.start > mappings[i].range.last ||
		    (i && mappings[i - 1].range.last >= mappings[i].range.start))
			return false;
	return true;
}

/* How many nodes hold n of what is below them. */
static size_t nodes_for(size_t n)
{
	return n / TREE_WIDTH + !!(n % TREE_WIDTH);
}

static uint32_t share(size_t n, size_t i)
{
	return n - i * TREE_WIDTH < TREE_WIDTH ? (uint32_t)(n - i * TREE_WIDTH) : TREE_WIDTH;
}

static struct tree_leaf *make_leaf(struct iova_table *table, const struct iova_mapping *mappings,
				   uint32_t n)
{
	struct tree_leaf *leaf = iova_tree_take_leaf_(table);

	for (uint32_t i = 0; i < n; i++)
		tree_slot_write(leaf, i, &mappings[i]);
	PUT(leaf->n, n);
	return leaf;
}

static struct tree_inner *make_inner(struct iova_table *table, void **children, uint32_t n,
				     uint32_t level)
{
	struct tree_inner *node = iova_tree_take_inner_(table);

	for (uint32_t i = 0; i < n; i++) {
		PUT(node->child[i], children[i]);
		(void)iova_tree_note_(table, node, i, level);
	}
	PUT(node->n, n);
	return node;
}

/*
 * Level by level; the nodes of one wait in a list to become the children of the next. Nobody
 * sees them before the last one is the root. Returns its level.
 */
static uint32_t build(struct iova_table *table, const struct iova_mapping *mappings, size_t n,
		      void **nodes)
{
	size_t n_nodes = nodes_for(n);
	uint32_t height = 0;

	for (size_t i = 0; i < n_nodes; i++)
		nodes[i] = make_leaf(table, &mappings[i * TREE_WIDTH], share(n, i));
	for (; n_nodes > 1; n_nodes = nodes_for(n_nodes)) {
		height++;
		for (size_t i = 0; i * TREE_WIDTH < n_nodes; i++)
			nodes[i] = make_inner(table, &nodes[i * TREE_WIDTH], share(n_nodes, i),
					      height);
	}
	return height;
}

int iova_table_build_(struct iova_table *table, const struct iova_mapping *mappings, size_t n)
{
	size_t n_inners = 0;
	uint32_t height;
	void **nodes;
	int r;

	if (table->n || !is_sorted(mappings, n))
		return -EEXIST;
	if (!n)
		return 0;
	for (size_t level = nodes_for(n); level > 1; level = nodes_for(level))
		n_inners += nodes_for(level);
	r = iova_table_reserve_(table, 1);
	if (r >= 0)
		r = iova_tree_reserve_(table, nodes_for(n), n_inners);
	nodes = r < 0 ? NULL : calloc(nodes_for(n), sizeof *nodes);
	if (!nodes)
		return -ENOMEM;
	height = build(table, mappings, n, nodes);
	tree_write_begin(table);
	iova_tree_put_leaf_(table, table->root);
	PUT(table->root, nodes[0]);
	PUT(table->height, height);
	PUT(table->n, n);
	iova_tree_find_edges_(table);
	tree_write_done(table);
	free(nodes);
	return 0;
}

/* All nodes but one leaf. */
static void put_below(struct iova_table *table, void *node, uint32_t level,
		      const struct tree_leaf *kept)
{
	struct tree_inner *inner = node;

	if (!level) {
		if (node != kept)
			iova_tree_put_leaf_(table, node);
		return;
	}
	for (uint32_t i = 0; i < inner->n; i++)
		put_below(table, inner->child[i], level - 1, kept);
	iova_tree_put_inner_(table, inner);
}

void iova_table_clear_(struct iova_table *table)
{
	struct tree_leaf *head = table->head;
	uint32_t height = table->height;
	void *root = table->root;

	if (!root)
		return;
	/* With the first leaf as the root nobody comes to the others. */
	tree_write_begin(table);
	for (uint32_t slot = 0; slot < TREE_WIDTH; slot++)
		PUT(head->key[slot], TREE_NO_KEY);
	PUT(head->n, 0);
	PUT(table->root, (void *)head);
	PUT(table->height, 0);
	PUT(table->n, 0);
	iova_tree_find_edges_(table);
	tree_write_done(table);
	put_below(table, root, height, head);
}

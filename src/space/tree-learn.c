/* SPDX-License-Identifier: BSD-3-Clause */
/* What goes over the whole table: learning an alignment, building, clearing. */
#include "space/tree-fit.h"

#include "base/range.h"

#include <errno.h>

static size_t count_inners(const void *node, uint32_t level)
{
	const struct tree_inner *inner = node;
	size_t n = 1;

	if (level < 2)
		return level;
	for (uint32_t i = 0; i < inner->n; i++)
		n += count_inners(inner->child[i], level - 1);
	return n;
}

/* The same node with room for more rows. */
static void *copy_inners(struct iova_table *table, void *node, uint32_t level)
{
	struct tree_inner *from = node, *to;

	if (!level)
		return node;
	to = iova_tree_take_inner_(table);
	for (uint32_t i = 0; i < from->n; i++) {
		to->key[i] = from->key[i];
		to->first[i] = from->first[i];
		to->child[i] = copy_inners(table, from->child[i], level - 1);
		for (uint32_t row = 0; row < table->n_classes; row++)
			to->fits[row][i] = from->fits[row][i];
	}
	to->n = from->n;
	return to;
}

/* Readers go on in the nodes that were, whose memory stays. */
static int add_rows(struct iova_table *table)
{
	size_t n = count_inners(table->root, table->height);
	const struct tree_pool before = table->inners;
	uint32_t room = table->rows_room;
	void *root;
	int r;

	iova_tree_retire_inners_(table, room * 2);
	r = iova_tree_reserve_(table, 0, n + table->height + 1);
	if (r < 0) {
		table->inners = before;
		table->rows_room = room;
		return r;
	}
	root = copy_inners(table, table->root, table->height);
	tree_write_begin(table);
	PUT(table->root, root);
	iova_tree_find_edges_(table);
	tree_write_done(table);
	return 0;
}

static void fill_row(const struct iova_table *table, void *below, uint32_t level, uint32_t row,
		     uint64_t mask)
{
	struct tree_inner *node = below;

	for (uint32_t i = 0; level && i < node->n; i++) {
		fill_row(table, node->child[i], level - 1, row, mask);
		PUT(node->fits[row][i],
		    tree_fit_inside(node->child[i], level - 1, row, mask, UINT64_MAX));
	}
}

int iova_table_learn_(struct iova_table *table, uint64_t align)
{
	uint32_t row = table->n_classes;

	for (uint32_t i = 0; i < row; i++)
		if (table->masks[i] == align - 1)
			return 0;
	if (!table->root) {
		if (row >= table->rows_room)
			iova_tree_retire_inners_(table, row < 2 ? 2 : row * 2);
	} else {
		if (row == table->rows_room && add_rows(table) < 0)
			return -ENOMEM;
		/* Nobody looks at a row before the number of classes says that it is there. */
		fill_row(table, table->root, table->height, row, align - 1);
	}
	PUT(table->masks[row], align - 1);
	tree_write_begin(table);
	PUT(table->n_classes, row + 1);
	tree_write_done(table);
	return 0;
}

void iova_tree_learn_wanted_(struct iova_table *table)
{
	uint64_t wanted = atomic_exchange(&table->wanted, 0);

	/* Without memory it stays a wish, until the next search. */
	for (; wanted; wanted &= wanted - 1)
		(void)iova_table_learn_(table, wanted & -wanted);
}

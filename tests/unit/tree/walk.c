/* SPDX-License-Identifier: BSD-3-Clause */
#include "walk.h"

#include "expect.h"
#include "space/tree-node.h"
#include "visits.h"

#include <stdlib.h>
#include <string.h>

unsigned long tree_visits;
void (*tree_on_visit)(void);

const struct walk_path *walk_paths(void)
{
	static struct walk_path paths[] = {
		{ "scalar", true, &iova_tree_scalar_ },
#ifdef IOVA_TREE_HAS_VECTOR
		{ "vector", false, &iova_tree_vector_ },
#endif
		{ NULL, false, NULL },
	};

#ifdef IOVA_TREE_HAS_VECTOR
	paths[1].works = iova_table_has_vectors_();
#endif
	return paths;
}

unsigned int walk_rows(const struct iova_table *table)
{
	return table->rows_room;
}

unsigned int walk_classes(const struct iova_table *table)
{
	return table->n_classes;
}

static void shape_of(const void *node, uint32_t level, struct shape *shape)
{
	const struct tree_inner *inner = node;
	const struct tree_leaf *leaf = node;
	struct shape_level *own = &shape->level[level];

	if (own->nodes == own->room) {
		own->room = own->room ? 2 * own->room : 64;
		own->n = realloc(own->n, own->room * sizeof *own->n);
		EXPECT(own->n);
	}
	own->n[own->nodes++] = level ? inner->n : leaf->n;
	for (uint32_t i = 0; level && i < inner->n; i++)
		shape_of(inner->child[i], level - 1, shape);
}

void walk_shape(const struct iova_table *table, struct shape *shape)
{
	EXPECT(table->height < WALK_LEVELS);
	for (unsigned int i = 0; i < WALK_LEVELS; i++)
		shape->level[i].nodes = 0;
	shape->n_levels = table->n ? table->height + 1 : 0;
	if (table->n)
		shape_of(table->root, table->height, shape);
}

void shape_done(struct shape *shape)
{
	for (unsigned int i = 0; i < WALK_LEVELS; i++)
		free(shape->level[i].n);
	*shape = (struct shape){ 0 };
}

struct walk {
	const struct iova_table *table;
	const struct model *model;
	size_t seen; /* mappings so far */
	size_t leaves, inners;
};

/* Each slot has one place in the order, and those behind the last mapping never match. */
static void check_slots(const struct tree_leaf *leaf)
{
	uint64_t slots = 0;

	for (uint32_t i = 0; i < TREE_WIDTH; i++) {
		EXPECT(leaf->order[i] < TREE_WIDTH);
		EXPECT(!(slots >> leaf->order[i] & 1));
		slots |= 1ull << leaf->order[i];
		EXPECT(i < leaf->n || leaf->key[leaf->order[i]] == TREE_NO_KEY);
	}
}

static void check_leaf(struct walk *walk, const struct tree_leaf *leaf, bool left, bool right)
{
	EXPECT((leaf == walk->table->head) == left);
	EXPECT((leaf == walk->table->tail) == right);
	EXPECT(leaf->n <= TREE_WIDTH);
	/* Those at the edges may hold little, so that what comes or goes in order is cheap. */
	EXPECT(leaf->n >= (left && right ? 0 : left || right ? 1 : TREE_LEAST));
	check_slots(leaf);
	walk->leaves++;
	for (uint32_t i = 0; i < leaf->n; i++) {
		const struct iova_mapping *mapping = &walk->model->at[walk->seen];
		const struct iova_mapping held = tree_slot_read(leaf, leaf->order[i]);

		EXPECT(walk->seen++ < walk->model->n);
		EXPECT(held.range.start == mapping->range.start);
		EXPECT(held.range.last == mapping->range.last);
		EXPECT(held.vaddr == mapping->vaddr);
		EXPECT(held.access == mapping->access);
	}
}

static void check_node(struct walk *walk, const void *node, uint32_t level, bool left, bool right);

/* What a node says of a child that has these mappings of the model. */
static void check_child(const struct walk *walk, const struct tree_inner *node, uint32_t i,
			size_t first, bool right)
{
	const struct iova_table *table = walk->table;
	const struct model *model = walk->model;
	size_t last = walk->seen - 1;

	EXPECT(node->first[i] == model->at[first].range.start);
	EXPECT(tree_unkey(node->key[i]) == (right ? UINT64_MAX : model->at[last].range.last));
	for (uint32_t row = 0; row < table->n_classes; row++)
		EXPECT(node->fits[row][i] ==
		       model_longest(model, first, last, table->masks[row] + 1));
}

static void check_inner(struct walk *walk, const struct tree_inner *node, uint32_t level, bool left,
			bool right)
{
	EXPECT(node->n <= TREE_WIDTH);
	EXPECT(node->n >= (left && right ? 2 : left || right ? 1 : TREE_LEAST));
	walk->inners++;
	for (uint32_t i = 0; i < node->n; i++) {
		bool is_right = right && i == node->n - 1;
		size_t first = walk->seen;

		check_node(walk, node->child[i], level - 1, left && !i, is_right);
		EXPECT(walk->seen > first);
		check_child(walk, node, i, first, is_right);
	}
	for (uint32_t i = node->n; i < TREE_WIDTH; i++)
		EXPECT(node->key[i] == TREE_NO_KEY);
}

static void check_node(struct walk *walk, const void *node, uint32_t level, bool left, bool right)
{
	if (level)
		check_inner(walk, node, level, left, right);
	else
		check_leaf(walk, node, left, right);
}

static void check_classes(const struct iova_table *table)
{
	EXPECT(table->n_classes <= table->rows_room);
	for (uint32_t i = 0; i < table->n_classes; i++) {
		EXPECT(!(table->masks[i] & (table->masks[i] + 1)) && table->masks[i] != UINT64_MAX);
		for (uint32_t j = 0; j < i; j++)
			EXPECT(table->masks[i] != table->masks[j]);
	}
}

/* All nodes are either in the tree or free. */
static void check_pool(const struct tree_pool *pool, size_t used)
{
	size_t n = 0;

	for (const void *node = pool->free; node; node = *(const void *const *)node)
		n++;
	EXPECT(n == pool->n_free);
	EXPECT(n + used == pool->n);
}

void walk_check(const struct iova_table *table, const struct model *model)
{
	struct walk walk = { .table = table, .model = model };

	EXPECT(!(table->turn & 1));
	EXPECT(iova_table_count_(table) == model->n);
	EXPECT(table->height < TREE_HEIGHT);
	if (table->root)
		check_node(&walk, table->root, table->height, true, true);
	else
		EXPECT(!table->height && !table->head && !table->tail);
	EXPECT(walk.seen == model->n);
	check_classes(table);
	check_pool(&table->leaves, walk.leaves);
	check_pool(&table->inners, walk.inners);
}

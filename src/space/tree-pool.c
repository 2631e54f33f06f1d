/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where nodes come from. Memory is taken in growing pieces, an eighth of what
 * there is, and given back only with the table: a reader may still be looking
 * at a node that is no longer used.
 */
#include "space/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LINE 64

struct tree_chunk {
	struct tree_chunk *next;
};

static int grow(struct tree_pool *pool, size_t n)
{
	size_t more = pool->n / 8 > n ? pool->n / 8 : n;
	struct tree_chunk *chunk;
	char *node;

	if (more > (SIZE_MAX - sizeof *chunk - LINE) / pool->size)
		return -ENOMEM;
	chunk = malloc(sizeof *chunk + LINE + more * pool->size);
	if (!chunk)
		return -ENOMEM;
	chunk->next = pool->chunks;
	pool->chunks = chunk;
	node = (char *)(chunk + 1);
	node += -(uintptr_t)node & (LINE - 1);
	for (size_t i = 0; i < more; i++, node += pool->size) {
		memset(node, 0, pool->size);
		*(void **)node = pool->free;
		pool->free = node;
	}
	pool->n_free += more;
	pool->n += more;
	return 0;
}

static int reserve(struct tree_pool *pool, size_t n)
{
	return pool->n_free < n ? grow(pool, n - pool->n_free) : 0;
}

int iova_tree_reserve_(struct iova_table *table, size_t n_leaves, size_t n_inners)
{
	int r;

	if (!table->rows_room)
		iova_tree_retire_inners_(table, 2);
	table->leaves.size = sizeof(struct tree_leaf);
	r = reserve(&table->leaves, n_leaves);
	return r < 0 ? r : reserve(&table->inners, n_inners);
}

void iova_tree_retire_inners_(struct iova_table *table, uint32_t rows)
{
	table->rows_room = rows;
	table->inners.size = sizeof(struct tree_inner) + rows * sizeof(uint64_t[TREE_WIDTH]);
	table->inners.size = (table->inners.size + LINE - 1) & ~(size_t)(LINE - 1);
	table->inners.free = NULL;
	table->inners.n_free = 0;
	table->inners.n = 0;
}

static void *take(struct tree_pool *pool)
{
	void *node = pool->free;

	pool->free = *(void **)node;
	pool->n_free--;
	return node;
}

/* Others may still look at it: only its first word changes. */
static void put(struct tree_pool *pool, void *node)
{
	PUT(*(void **)node, pool->free);
	pool->free = node;
	pool->n_free++;
}

struct tree_leaf *iova_tree_take_leaf_(struct iova_table *table)
{
	struct tree_leaf *leaf = take(&table->leaves);

	for (uint32_t i = 0; i < TREE_WIDTH; i++) {
		PUT(leaf->key[i], TREE_NO_KEY);
		PUT(leaf->order[i], (uint8_t)i);
	}
	PUT(leaf->n, 0);
	PUT(leaf->access, 0);
	return leaf;
}

struct tree_inner *iova_tree_take_inner_(struct iova_table *table)
{
	struct tree_inner *node = take(&table->inners);

	for (uint32_t i = 0; i < TREE_WIDTH; i++)
		PUT(node->key[i], TREE_NO_KEY);
	PUT(node->n, 0);
	return node;
}

void iova_tree_put_leaf_(struct iova_table *table, struct tree_leaf *leaf)
{
	put(&table->leaves, leaf);
}

void iova_tree_put_inner_(struct iova_table *table, struct tree_inner *node)
{
	put(&table->inners, node);
}

static void done(struct tree_pool *pool)
{
	while (pool->chunks) {
		struct tree_chunk *chunk = pool->chunks;

		pool->chunks = chunk->next;
		free(chunk);
	}
}

void iova_tree_pools_done_(struct iova_table *table)
{
	done(&table->leaves);
	done(&table->inners);
}

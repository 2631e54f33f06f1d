/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SPACE_TREE_TABLE_H
#define IOVA_SPACE_TREE_TABLE_H

/* What a table is made of; see table.h for what it does. */

#include <libiova/space.h>
#include <stdatomic.h>
#include <stdbool.h>

#define TABLE_CLASSES 64 /* alignments there can be */
#define TREE_HEIGHT 40

struct tree_leaf;
struct tree_inner;
struct iova_table;

/* What depends on how nodes are searched: see tree-node.h. All must answer alike. */
struct tree_ops {
	const char *name;
	bool (*find)(const struct iova_table *table, uint64_t address,
		     struct iova_mapping *ret_mapping);
	int (*insert)(struct iova_table *table, const struct iova_mapping *mapping);
	int (*remove)(struct iova_table *table, uint64_t address);
	int (*place)(struct iova_table *table, const struct iova_mapping *mapping);
	void (*put)(struct iova_table *table, const struct iova_mapping *mapping);
	int (*hold)(struct iova_table *table, const struct iova_range *range);
	void (*take)(struct iova_table *table);
	bool (*fit)(const struct iova_table *table, const struct iova_range *window,
		    uint64_t length, uint64_t align, bool down, uint64_t *ret_start);
};

extern const struct tree_ops iova_tree_scalar_, iova_tree_vector_;

/* The way from the root to a leaf. */
struct tree_path {
	struct tree_leaf *leaf;
	uint32_t streak; /* how often in a row it led to this leaf; 0 when it may be out of date */
	uint32_t rank;   /* in the leaf */
	uint32_t at[TREE_HEIGHT]; /* index of the child in node[] of that level, from 1 */
	struct tree_inner *node[TREE_HEIGHT];
};

struct tree_chunk;

/* Nodes for one kind of use: their memory is kept for it as long as the table lives. */
struct tree_pool {
	struct tree_chunk *chunks;
	void *free; /* linked by their first word */
	size_t n_free;
	size_t n; /* all that were ever made */
	size_t size;
};

/* What is in it is the tree's business. */
struct iova_table {
	const struct tree_ops *ops;
	uint32_t turn;   /* odd while it changes */
	uint32_t height; /* of nodes above the leaves */
	void *root;      /* a leaf if height is 0; NULL before the first mapping */
	size_t n;
	struct tree_leaf *head, *tail;
	_Atomic uint64_t wanted; /* alignments that were searched for, a bit each */
	uint32_t n_classes;      /* alignments that were learned */
	uint32_t rows_room;      /* rows that each node above the leaves has */
	struct tree_pool leaves, inners;
	struct tree_path inserted, removed; /* where that happened last */
	struct tree_path *held;             /* one of them: what is to be taken */
	uint64_t masks[TABLE_CLASSES];      /* alignment - 1, by class */
};

#endif

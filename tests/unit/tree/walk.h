/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_TREE_WALK_H
#define TESTS_UNIT_TREE_WALK_H

/* The nodes of a table, looked at from outside: walk.c is all of the tests that knows them. */

#include "model.h"
#include "space/tree.h"

#define WALK_LEVELS 32

/* How many entries each node has, from the left to the right, level by level from the leaves up. */
struct shape {
	unsigned int n_levels; /* 0: no nodes at all */
	struct shape_level {
		uint32_t *n;
		size_t nodes;
		size_t room;
	} level[WALK_LEVELS];
};

void walk_shape(const struct iova_table *table, struct shape *shape);
void shape_done(struct shape *shape);

/* For how many alignments the nodes above the leaves have room. */
unsigned int walk_rows(const struct iova_table *table);

/* How many alignments are learned. */
unsigned int walk_classes(const struct iova_table *table);

/* How nodes are searched: what this library can do, by name; NULL behind the last. */
struct walk_path {
	const char *name;
	bool works; /* on this processor */
	const struct tree_ops *ops;
};
const struct walk_path *walk_paths(void);

/* All that tree.h promises of the nodes, and that their mappings are those of the model. */
void walk_check(const struct iova_table *table, const struct model *model);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_TREE_VISITS_H
#define TESTS_UNIT_TREE_VISITS_H

/* Included before each source of the tree: a test is told of each node that a search looks at. */

extern unsigned long tree_visits;
extern void (*tree_on_visit)(void); /* NULL: nothing */

static inline void tree_visited(void)
{
	tree_visits++;
	if (tree_on_visit)
		tree_on_visit();
}

#define TREE_VISIT() tree_visited()

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_TREE_EVENTS_H
#define TESTS_UNIT_TREE_EVENTS_H

/*
 * What a change did to the nodes, told from their shape before and after it: so that a test
 * can insist that all there is to do was done.
 */

#include "walk.h"

enum event {
	SPLIT_MIDDLE,
	SPLIT_AT_END,
	SPLIT_AT_FRONT,
	MERGE,
	BORROW_LEFT, /* a node took from its left neighbour */
	BORROW_RIGHT,
	ROOT_GROWS,   /* to this level */
	ROOT_SHRINKS, /* from this level */
	LEARN_GROWS,  /* room for more alignments, the root being at this level */
	N_EVENTS
};

#define EVENT_LEVELS 3 /* leaves, those above, and all higher ones */

struct events {
	unsigned long n[N_EVENTS][EVENT_LEVELS];
	struct shape before;
	struct shape after;
};

const char *event_name(enum event event);

/* Before a change; and when a mapping came to index i of all, or went from it. */
void events_begin(struct events *events, const struct iova_table *table);
void events_inserted(struct events *events, const struct iova_table *table);
void events_removed(struct events *events, const struct iova_table *table, size_t i);

void events_learned(struct events *events, const struct iova_table *table, unsigned int rows);
void events_done(struct events *events);

#endif

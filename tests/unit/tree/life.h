/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_TREE_LIFE_H
#define TESTS_UNIT_TREE_LIFE_H

/*
 * A table of mappings and the model of it. What is done here is done to both, and each answer
 * compared; a change is followed by a look at the nodes, each time while the table is small.
 */

#include "events.h"
#include "model.h"

struct life {
	struct iova_table table;
	struct model model;
	struct events events;
	unsigned long changes;
	unsigned int look_at_all; /* mappings up to which the nodes are checked each time */
};

/* With no path: as a space does it. */
void life_begin(struct life *life, const struct walk_path *path);
void life_done(struct life *life);

void life_insert(struct life *life, const struct iova_range *range);
void life_remove(struct life *life, uint64_t address);

/* What is inside of a range; nothing if it would cut one in two. */
void life_remove_all(struct life *life, const struct iova_range *range);
void life_clear(struct life *life);

/* Empties the table, and builds it from the first n mappings that it had. */
void life_rebuild(struct life *life, size_t n);
void life_learn(struct life *life, uint64_t align);

void life_find(const struct life *life, uint64_t address);
void life_select(const struct life *life, const struct iova_range *range);
void life_fit(const struct life *life, const struct model_wish *wish);

/* The nodes, and all mappings as they are found one by one. */
void life_check(const struct life *life);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_TREE_MODEL_H
#define TESTS_UNIT_TREE_MODEL_H

/*
 * What a table of mappings is to hold, as a sorted array with loops from one side
 * to the other, and addresses in 128 bits so that nothing wraps.
 */

#include <libiova/space.h>
#include <stdbool.h>
#include <stddef.h>

struct model {
	struct iova_mapping *at;
	size_t n;
	size_t room;
};

void model_done(struct model *model);

/* The index of the first mapping whose last is >= address; n if there is none. */
size_t model_find(const struct model *model, uint64_t address);

/* False if it overlaps one that is there. */
bool model_insert(struct model *model, const struct iova_mapping *mapping);

void model_remove(struct model *model, size_t i);

/* Returns what iova_table_select_() has to return. */
int model_select(const struct model *model, const struct iova_range *range,
		 struct iova_mapping *ret_first, size_t *ret_n);

struct model_wish {
	struct iova_range window;
	uint64_t length;
	uint64_t align;
	bool down;
};

bool model_fit(const struct model *model, const struct model_wish *wish, uint64_t *ret_start);

/* The longest block that starts aligned and lies between two of the mappings first..last. */
uint64_t model_longest(const struct model *model, size_t first, size_t last, uint64_t align);

#endif

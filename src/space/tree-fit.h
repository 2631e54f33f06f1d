/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SPACE_TREE_FIT_H
#define IOVA_SPACE_TREE_FIT_H

/* What fits within a node, and how those above come to know. */

#include "space/tree-node.h"

/*
 * What fits between the mappings of a node, without what is before its first
 * and behind its last; or the first that is enough.
 */
static inline uint64_t tree_fit_in_leaf(const struct tree_leaf *leaf, uint64_t mask,
					uint64_t enough)
{
	uint32_t n = leaf->n;
	uint64_t most = 0, last = tree_unkey(leaf->key[leaf->order[0]]);

	for (uint32_t rank = 1; rank < n && most < enough; rank++) {
		uint32_t slot = leaf->order[rank];
		uint64_t fit = tree_fit_between(last, leaf->first[slot], mask);

		most = fit > most ? fit : most;
		last = tree_unkey(leaf->key[slot]);
	}
	return most;
}

static inline uint64_t tree_fit_in_inner(const struct tree_inner *node, uint32_t row, uint64_t mask,
					 uint64_t enough)
{
	uint64_t most = node->fits[row][0];

	for (uint32_t i = 1; i < node->n && most < enough; i++) {
		uint64_t fit = tree_fit_between(tree_bound(node, i - 1), node->first[i], mask);

		if (node->fits[row][i] > fit)
			fit = node->fits[row][i];
		if (fit > most)
			most = fit;
	}
	return most;
}

static inline uint64_t tree_fit_inside(const void *node, uint32_t level, uint32_t row,
				       uint64_t mask, uint64_t enough)
{
	return level ? tree_fit_in_inner(node, row, mask, enough) :
		       tree_fit_in_leaf(node, mask, enough);
}

/*
 * One gap inside the path's node of a level has become another: those above
 * learn what that means, as far as it means anything.
 */
static inline void tree_refit(const struct iova_table *table, const struct tree_path *path,
			      uint32_t level, uint32_t row, uint64_t was, uint64_t is)
{
	for (; level < table->height && was != is; level++) {
		uint64_t *fit = &path->node[level + 1]->fits[row][path->at[level + 1]];
		const void *node = level ? (void *)path->node[level] : (void *)path->leaf;
		uint64_t before = *fit;

		if (is > before)
			PUT(*fit, is);
		else if (was == before)
			PUT(*fit, tree_fit_inside(node, level, row, table->masks[row], before));
		was = before;
		is = *fit;
	}
}

#ifdef IOVA_TREE_VECTOR
#define iova_tree_fit_ iova_tree_fit_vector_ /* tree-fit.c, compiled once more */
#endif
bool iova_tree_fit_(const struct iova_table *table, const struct iova_range *window,
		    uint64_t length, uint64_t align, bool down, uint64_t *ret_start);

#endif

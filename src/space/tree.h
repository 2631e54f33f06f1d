/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SPACE_TREE_H
#define IOVA_SPACE_TREE_H

/*
 * The nodes of the table of mappings: a B+-tree over disjoint ranges, keyed by their last address,
 * with keys apart from what they stand for so that a node is searched in a few cache lines.
 *
 * Mappings do not move within a leaf: a byte for each says which slot comes where. A node above
 * the leaves holds the bounds of each child and, for each alignment that the table has learned, the
 * longest aligned block that is free between two mappings of that child. What is free between
 * two children is told by their bounds. So nothing that a node holds depends on anything but what
 * is below it.
 *
 * Invariants: all leaves are at level 0. A leaf is empty only as the root. Bounds and fits are exact,
 * but for the last bound of the last child on the right edge: that is UINT64_MAX, so that every
 * address belongs to some child.
 *
 * Readers run beside the one writer. Whatever they read may be about to change, so they look at the
 * turn before they follow a pointer and before they answer. Until then nothing worse can happen
 * than a wrong number: a leaf's memory stays a leaf's, a node's a node's.
 */

#include "space/table.h"

#ifndef IOVA_TREE_WIDTH
#define IOVA_TREE_WIDTH 32 /* a power of two from 4 to 32 */
#endif

#define TREE_WIDTH IOVA_TREE_WIDTH
#define TREE_HALF (TREE_WIDTH / 2)
#define TREE_LEAST (TREE_WIDTH / 4 + (TREE_WIDTH < 16)) /* a node with fewer joins another */
#define TREE_JOINED (TREE_WIDTH - TREE_WIDTH / 8)       /* two with no more become one */
#define TREE_STREAK 4 /* a path is tried first once it was right so often in a row */

struct tree_leaf {
	int64_t key[TREE_WIDTH]; /* tree_key() of the last address, by slot; of UINT64_MAX if free */
	uint64_t first[TREE_WIDTH];
	uint64_t vaddr[TREE_WIDTH];
	uint8_t order[32]; /* slots by address, then the free ones */
	uint32_t n;
	uint32_t pad;
	uint64_t access; /* two bits by slot */
	uint64_t pad2[2];
};

struct tree_inner {
	int64_t key[TREE_WIDTH]; /* tree_key() of the last bound, ascending; of UINT64_MAX behind them */
	uint64_t first[TREE_WIDTH];
	void *child[TREE_WIDTH];
	uint32_t n;
	uint32_t pad[15];
	uint64_t fits[][TREE_WIDTH]; /* by class */
};

/* Each node that is read without being the writer. A test counts them, or writes just then. */
#ifndef TREE_VISIT
#define TREE_VISIT()
#endif

/* Addresses as what vectors compare: with a sign, in the same order. */
static inline int64_t tree_key(uint64_t address)
{
	return (int64_t)(address ^ (uint64_t)1 << 63);
}

static inline uint64_t tree_unkey(int64_t key)
{
	return (uint64_t)key ^ (uint64_t)1 << 63;
}

#define TREE_NO_KEY INT64_MAX /* tree_key(UINT64_MAX) */

/* Where others may look at the same time; costs nothing more than without. */
#define GET(place) __atomic_load_n(&(place), __ATOMIC_RELAXED)
#define PUT(place, value) __atomic_store_n(&(place), (value), __ATOMIC_RELAXED)

static inline void tree_write_begin(struct iova_table *table)
{
	PUT(table->turn, table->turn + 1);
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

static inline void tree_write_done(struct iova_table *table)
{
	__atomic_store_n(&table->turn, table->turn + 1, __ATOMIC_RELEASE);
}

/* Whether nothing has changed since; then what was read meanwhile may be
 * trusted. */
static inline bool tree_is_turn(const struct iova_table *table, uint32_t turn)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return GET(table->turn) == turn;
}

/* table.c: waits until nobody is changing the table. */
uint32_t iova_tree_await_turn_(const struct iova_table *table);

static inline uint32_t tree_read_begin(const struct iova_table *table)
{
	uint32_t turn = __atomic_load_n(&table->turn, __ATOMIC_ACQUIRE);

	return turn & 1 ? iova_tree_await_turn_(table) : turn;
}

/* tree-pool.c. Reserved before, so that these cannot fail. */
struct tree_leaf *iova_tree_take_leaf_(struct iova_table *table);
struct tree_inner *iova_tree_take_inner_(struct iova_table *table);
void iova_tree_put_leaf_(struct iova_table *table, struct tree_leaf *leaf);
void iova_tree_put_inner_(struct iova_table *table, struct tree_inner *node);
int iova_tree_reserve_(struct iova_table *table, size_t n_leaves, size_t n_inners);
/* No node above the leaves is of use any more: others, with more rows, will be.
 */
void iova_tree_retire_inners_(struct iova_table *table, uint32_t rows);
void iova_tree_pools_done_(struct iova_table *table);

static inline bool tree_has_spares(const struct iova_table *table)
{
	return table->leaves.n_free && table->inners.n_free > table->height;
}

/* All of what follows while the table's turn is odd. It makes the table's paths void. */

/* tree-split.c: a mapping comes to a full leaf. */
void iova_tree_split_(struct iova_table *table, struct tree_path *path, uint32_t rank,
		      const struct iova_mapping *mapping);
/* tree-join.c: a leaf has become empty, or has few left. */
void iova_tree_join_(struct iova_table *table, struct tree_path *path);

/* tree-shape.c: what both need. */
/* A gap for one more child in a node that has room; or what was there is gone. */
void iova_tree_open_(const struct iova_table *table, struct tree_inner *node, uint32_t at);
void iova_tree_close_(const struct iova_table *table, struct tree_inner *node, uint32_t at);
/* Children go to the end of another node, or to its beginning. */
void iova_tree_move_(const struct iova_table *table, struct tree_inner *to, uint32_t at,
		     struct tree_inner *from, uint32_t i, uint32_t n);
/* What a node of a level holds of a child, anew. True if that is news. */
bool iova_tree_note_(const struct iova_table *table, struct tree_inner *node, uint32_t at,
		     uint32_t level);
void iova_tree_note_up_(const struct iova_table *table, const struct tree_path *path,
			uint32_t level);
/* The edges of the tree, after its shape has changed. */
void iova_tree_find_edges_(struct iova_table *table);

/* tree-learn.c */
void iova_tree_learn_wanted_(struct iova_table *table);

#endif

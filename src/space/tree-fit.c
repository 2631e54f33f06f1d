/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Looking for room between the mappings. At an alignment that was learned a
 * search goes down along the window's edge, looking only at what is beside that
 * way; the first child there that has room, by what is known of it, has it at
 * some address at or beyond the edge: so the search goes down once more and is
 * over. It touches at most three nodes of each level.
 */
#include "space/tree-fit.h"

enum answer {
	NONE,
	FOUND,
	BEYOND,  /* the window ends before the next place */
	CHANGED, /* by a writer: all that was read may be wrong */
};

struct search {
	const struct iova_table *table;
	struct iova_range window;
	uint64_t length;
	uint64_t mask;
	uint32_t turn;
	uint32_t height;
	uint32_t row;   /* whose fits tell where there is room */
	bool has_class; /* none: look everywhere */
	bool is_exact;  /* what has room by them has it */
	bool down;
	uint64_t place; /* found */
};

/* The lowest or highest place between two addresses, and inside the window. */
static enum answer try_gap(struct search *search, uint64_t start, uint64_t last)
{
	uint64_t place;

	if (search->down ? last < search->window.start : start > search->window.last)
		return BEYOND;
	if (start < search->window.start)
		start = search->window.start;
	if (last > search->window.last)
		last = search->window.last;
	if (start > last || last - start < search->length - 1)
		return NONE;
	if (search->down) {
		place = (last - (search->length - 1)) & ~search->mask;
		if (place < start)
			return NONE;
	} else {
		place = (start + search->mask) & ~search->mask;
		if (place < start || place > last || last - place < search->length - 1)
			return NONE;
	}
	search->place = place;
	return FOUND;
}

/* Between two mappings. Mostly it is too short: they may touch. */
static enum answer try_between(struct search *search, uint64_t last, uint64_t first)
{
	return first - last > search->length ? try_gap(search, last + 1, first - 1) : NONE;
}

static enum answer look_in_leaf(struct search *search, const struct tree_leaf *leaf, bool at_edge)
{
	enum answer answer = NONE;
	uint32_t n, rank;

	TREE_VISIT();
	n = GET(leaf->n);
	if (search->down) {
		rank = at_edge ? tree_leaf_rank(leaf, tree_want(search->window.last)) + 1 : n;
		for (rank = rank < n ? rank : n; rank-- > 1 && answer == NONE;)
			answer = try_between(search, tree_last(leaf, rank - 1),
					     tree_first(leaf, rank));
	} else {
		rank = at_edge ? tree_leaf_rank(leaf, tree_want(search->window.start)) : 0;
		for (rank += !rank; rank < n && answer == NONE; rank++)
			answer = try_between(search, tree_last(leaf, rank - 1),
					     tree_first(leaf, rank));
	}
	return answer;
}

static enum answer look_in(struct search *search, const void *node, uint32_t level, bool at_edge);

/* at_edge: the window's edge is inside that child, so that what fits may be
 * outside the window. */
static enum answer look_in_child(struct search *search, const struct tree_inner *node, uint32_t i,
				 uint32_t level, bool at_edge)
{
	const void *child;

	if (search->has_class && GET(node->fits[search->row][i]) < search->length)
		return NONE;
	child = GET(node->child[i]);
	if (!tree_is_turn(search->table, search->turn))
		return CHANGED;
	return look_in(search, child, level - 1, at_edge);
}

static enum answer look_in_inner(struct search *search, const struct tree_inner *node,
				 uint32_t level, bool at_edge)
{
	enum answer answer;
	uint32_t n, i;

	TREE_VISIT();
	n = GET(node->n);
	if (!n)
		return CHANGED;
	if (search->down) {
		i = at_edge ? tree_inner_rank(node, tree_want(search->window.last)) : n - 1;
		for (answer = look_in_child(search, node, i, level, at_edge); !answer && i; i--) {
			answer = try_between(search, tree_bound(node, i - 1), GET(node->first[i]));
			if (!answer)
				answer = look_in_child(search, node, i - 1, level, false);
		}
	} else {
		i = at_edge ? tree_inner_rank(node, tree_want(search->window.start)) : 0;
		/* The window may start between two children. */
		answer = at_edge && i ?
				 try_between(search, tree_bound(node, i - 1), GET(node->first[i])) :
				 NONE;
		if (!answer)
			answer = look_in_child(search, node, i, level, at_edge);
		for (; !answer && i + 1 < n; i++) {
			answer = try_between(search, tree_bound(node, i), GET(node->first[i + 1]));
			if (!answer)
				answer = look_in_child(search, node, i + 1, level, false);
		}
	}
	return answer;
}

static enum answer look_in(struct search *search, const void *node, uint32_t level, bool at_edge)
{
	return level ? look_in_inner(search, node, level, at_edge) :
		       look_in_leaf(search, node, at_edge);
}

/* Before the first mapping, between them, behind the last; or the other way. */
static enum answer look(struct search *search, const void *root)
{
	const struct tree_leaf *head = GET(search->table->head), *tail = GET(search->table->tail);
	uint32_t n = 0;
	uint64_t first, last;
	enum answer answer = NONE;

	TREE_VISIT();
	if (root && !tree_is_turn(search->table, search->turn))
		return CHANGED;
	if (root)
		n = GET(tail->n);
	if (!n)
		return try_gap(search, 0, UINT64_MAX);
	first = tree_first(head, 0);
	last = tree_last(tail, (n - 1) & (TREE_WIDTH - 1));
	if (search->down && last != UINT64_MAX)
		answer = try_gap(search, last + 1, UINT64_MAX);
	if (!search->down && first)
		answer = try_gap(search, 0, first - 1);
	if (!answer)
		answer = look_in(search, root, search->height, true);
	if (!answer && search->down && first)
		answer = try_gap(search, 0, first - 1);
	if (!answer && !search->down && last != UINT64_MAX)
		answer = try_gap(search, last + 1, UINT64_MAX);
	return answer;
}

/* The class that tells most of an alignment: its own, or that of the next one
 * below. */
static void choose_class(struct search *search)
{
	uint32_t n = GET(search->table->n_classes);

	search->has_class = search->is_exact = false;
	for (uint32_t i = 0; i < n && !search->is_exact; i++) {
		uint64_t mask = GET(search->table->masks[i]);

		if (mask > search->mask ||
		    (search->has_class && mask < GET(search->table->masks[search->row])))
			continue;
		search->row = i;
		search->has_class = true;
		search->is_exact = mask == search->mask;
	}
}

bool iova_tree_fit_(const struct iova_table *table, const struct iova_range *window,
		    uint64_t length, uint64_t align, bool down, uint64_t *ret_start)
{
	struct search search = {
		.table = table,
		.window = *window,
		.length = length,
		.mask = align - 1,
		.down = down,
	};
	enum answer answer;

	do {
		const void *root;

		search.turn = tree_read_begin(table);
		search.height = GET(table->height);
		root = GET(table->root);
		choose_class(&search);
		answer = look(&search, root);
	} while (answer == CHANGED || !tree_is_turn(table, search.turn));
	if (!search.is_exact)
		atomic_fetch_or_explicit((_Atomic uint64_t *)&table->wanted, align,
					 memory_order_relaxed);
	if (answer == FOUND)
		*ret_start = search.place;
	return answer == FOUND;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Asking a space about a range. */
#include "base/opts.h"
#include "base/range.h"
#include "space/space.h"

#include <errno.h>

/* Where conflicts go: all are counted, as many kept as there is room for. */
struct conflicts {
	struct iova_conflict *items;
	size_t room;
	size_t n;
	uint32_t verdict;
	bool same; /* a mapping in the way has exactly the range that is asked about */
};

static void add_conflict(struct conflicts *conflicts, const struct iova_conflict *conflict)
{
	if (conflict->verdict > conflicts->verdict)
		conflicts->verdict = conflict->verdict;
	if (conflicts->n < conflicts->room)
		conflicts->items[conflicts->n] = *conflict;
	conflicts->n++;
}

/* Along the mappings. */
struct walk {
	const struct iova_table *table;
	struct iova_mapping mapping; /* the next one, if there is one more */
	bool more;
};

/* Mappings that start before an address, or all: before those come the claims in order. */
static void add_mappings(struct conflicts *conflicts, const struct iova_range *range,
			 struct walk *walk, uint64_t before, bool all)
{
	const struct iova_mapping *mapping = &walk->mapping;

	while (walk->more && mapping->range.start <= range->last &&
	       (all || mapping->range.start < before)) {
		add_conflict(conflicts,
			     &(struct iova_conflict){ .range = range_shared(&mapping->range, range),
						      .region = mapping->range,
						      .source = IOVA_SOURCE_MAPPING,
						      .verdict = IOVA_VERDICT_REFUSE,
						      .group = IOVA_GROUP_NONE,
						      .vaddr = mapping->vaddr });
		if (mapping->range.start == range->start && mapping->range.last == range->last)
			conflicts->same = true;
		walk->more = mapping->range.last < range->last &&
			     iova_table_find_(walk->table, mapping->range.last + 1, &walk->mapping);
	}
}

static void add_all(struct conflicts *conflicts, const struct iova_view *view,
		    const struct iova_table *table, const struct iova_range *range)
{
	const struct iova_claims *claims = &view->picture.claims;
	struct walk walk = { .table = table };
	bool free_of_claims = iova_set_contains(&view->picture.tiers[0], range) == 1;

	walk.more = iova_table_find_(walk.table, range->start, &walk.mapping);
	for (size_t i = 0; i < claims->n && !free_of_claims; i++) {
		struct iova_conflict conflict = claims->claims[i];
		struct iova_range reach = iova_claim_reach_(&conflict, view->inputs.granule);

		if (reach.start > range->last)
			break;
		if (conflict.verdict == IOVA_VERDICT_ALLOW || !range_overlaps(&reach, range))
			continue;
		conflict.range = range_shared(&reach, range);
		add_mappings(conflicts, range, &walk, conflict.range.start, false);
		add_conflict(conflicts, &conflict);
	}
	add_mappings(conflicts, range, &walk, 0, true);
}

size_t iova_space_conflicts_(const struct iova_space *space, const struct iova_range *range,
			     uint32_t *ret_verdict, struct iova_conflict *ret_conflicts,
			     size_t n_conflicts)
{
	struct conflicts conflicts = { .items = ret_conflicts,
				       .room = n_conflicts,
				       .verdict = IOVA_VERDICT_ALLOW };

	add_all(&conflicts, iova_space_view_(space), &space->table, range);
	*ret_verdict = conflicts.verdict;
	return conflicts.n;
}

static void find_fits(const struct iova_view *view, const struct iova_table *table,
		      const struct iova_range *range, uint64_t length, struct iova_check *check)
{
	struct iova_alloc_opts opts = {
		.flags = IOVA_ALLOC_NO_AVOID,
		.window = { range->start, UINT64_MAX },
	};
	uint64_t iova;

	if (iova_view_alloc_(view, table, length, &opts, &iova) >= 0) {
		check->fit_above = (struct iova_range){ iova, iova + (length - 1) };
		check->flags |= IOVA_CHECK_FIT_ABOVE;
	}
	opts.flags |= IOVA_ALLOC_TOP_DOWN;
	opts.window = (struct iova_range){ view->inputs.granule, range->last };
	/* In the granule at 0 there is nothing below. */
	if (opts.window.start > opts.window.last)
		return;
	if (iova_view_alloc_(view, table, length, &opts, &iova) >= 0) {
		check->fit_below = (struct iova_range){ iova, iova + (length - 1) };
		check->flags |= IOVA_CHECK_FIT_BELOW;
	}
}

static int check_range(const struct iova_view *view, const struct iova_table *table, uint64_t iova,
		       uint64_t length, struct iova_check *check, struct conflicts *conflicts)
{
	struct iova_range range;
	int r;

	if ((iova | length) & (view->inputs.granule - 1))
		return -EINVAL;
	r = iova_range_make(iova, length, &range);
	if (r < 0)
		return r;
	add_all(conflicts, view, table, &range);
	check->verdict = conflicts->verdict;
	check->n_conflicts = conflicts->n;
	if (conflicts->same)
		check->flags |= IOVA_CHECK_SAME;
	if (check->verdict != IOVA_VERDICT_ALLOW)
		find_fits(view, table, &range, length, check);
	return 0;
}

IOVA_API int iova_space_check(const struct iova_space *space, uint64_t iova, uint64_t length,
			      struct iova_check *ret_check, struct iova_conflict *ret_conflicts,
			      size_t n_conflicts)
{
	struct conflicts conflicts = { .items = ret_conflicts,
				       .room = n_conflicts,
				       .verdict = IOVA_VERDICT_ALLOW };
	struct iova_check check = { 0 };
	struct view_reader reader;
	int r;

	if (!space || !ret_check || ret_check->size < sizeof check ||
	    (n_conflicts && !ret_conflicts))
		return -EINVAL;
	reader = iova_space_enter_(space);
	r = check_range(reader.view, &space->table, iova, length, &check, &conflicts);
	iova_space_leave_(reader);
	return r < 0 ? r : iova_info_write_(ret_check, sizeof check, &check, sizeof check);
}

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
};

static void add_conflict(struct conflicts *conflicts, const struct iova_conflict *conflict)
{
	if (conflict->verdict > conflicts->verdict)
		conflicts->verdict = conflict->verdict;
	if (conflicts->n < conflicts->room)
		conflicts->items[conflicts->n] = *conflict;
	conflicts->n++;
}

/* Mappings that start before an address, or all: before those come the claims in order. */
static void add_mappings(struct conflicts *conflicts, const struct iova_space *space,
			 const struct iova_range *range, size_t *next, uint64_t before, bool all)
{
	for (; *next < space->table.n; (*next)++) {
		const struct iova_mapping *mapping = &space->table.mappings[*next];

		if (mapping->range.start > range->last || (!all && mapping->range.start >= before))
			return;
		add_conflict(conflicts,
			     &(struct iova_conflict){ .range = range_shared(&mapping->range, range),
						      .region = mapping->range,
						      .source = IOVA_SOURCE_MAPPING,
						      .verdict = IOVA_VERDICT_REFUSE,
						      .group = IOVA_GROUP_NONE,
						      .vaddr = mapping->vaddr });
	}
}

size_t iova_space_conflicts_(const struct iova_space *space, const struct iova_range *range,
			     uint32_t *ret_verdict, struct iova_conflict *ret_conflicts,
			     size_t n_conflicts)
{
	struct conflicts conflicts = { ret_conflicts, n_conflicts, 0, IOVA_VERDICT_ALLOW };
	const struct iova_claims *claims = &space->picture.claims;
	size_t mapping = iova_table_lower_bound_(&space->table, range->start);
	bool free_of_claims = iova_set_contains(&space->picture.tiers[0], range) == 1;

	for (size_t i = 0; i < claims->n && !free_of_claims; i++) {
		struct iova_conflict conflict = claims->claims[i];
		struct iova_range reach = iova_claim_reach_(&conflict, space->inputs.granule);

		if (reach.start > range->last)
			break;
		if (conflict.verdict == IOVA_VERDICT_ALLOW || !range_overlaps(&reach, range))
			continue;
		conflict.range = range_shared(&reach, range);
		add_mappings(&conflicts, space, range, &mapping, conflict.range.start, false);
		add_conflict(&conflicts, &conflict);
	}
	add_mappings(&conflicts, space, range, &mapping, 0, true);
	*ret_verdict = conflicts.verdict;
	return conflicts.n;
}

static void find_fits(const struct iova_space *space, const struct iova_range *range,
		      uint64_t length, struct iova_check *check)
{
	struct iova_alloc_opts opts = {
		.size = sizeof opts,
		.flags = IOVA_ALLOC_NO_AVOID,
		.window = { range->start, UINT64_MAX },
	};
	uint64_t iova;

	if (iova_space_alloc(space, length, &opts, &iova) >= 0) {
		check->fit_above = (struct iova_range){ iova, iova + (length - 1) };
		check->flags |= IOVA_CHECK_FIT_ABOVE;
	}
	opts.flags |= IOVA_ALLOC_TOP_DOWN;
	opts.window = (struct iova_range){ space->inputs.granule, range->last };
	if (iova_space_alloc(space, length, &opts, &iova) >= 0) {
		check->fit_below = (struct iova_range){ iova, iova + (length - 1) };
		check->flags |= IOVA_CHECK_FIT_BELOW;
	}
}

IOVA_API int iova_space_check(const struct iova_space *space, uint64_t iova, uint64_t length,
			      struct iova_check *ret_check, struct iova_conflict *ret_conflicts,
			      size_t n_conflicts)
{
	struct iova_check check = { 0 };
	struct iova_range range;
	size_t i;
	int r;

	if (!space || !ret_check || ret_check->size < sizeof check ||
	    (n_conflicts && !ret_conflicts) || ((iova | length) & (space->inputs.granule - 1)))
		return -EINVAL;
	r = iova_range_make(iova, length, &range);
	if (r < 0)
		return r;
	check.n_conflicts =
		iova_space_conflicts_(space, &range, &check.verdict, ret_conflicts, n_conflicts);
	i = iova_table_lower_bound_(&space->table, range.start);
	if (i < space->table.n && space->table.mappings[i].range.start == range.start &&
	    space->table.mappings[i].range.last == range.last)
		check.flags |= IOVA_CHECK_SAME;
	if (check.verdict != IOVA_VERDICT_ALLOW)
		find_fits(space, &range, length, &check);
	return iova_info_write_(ret_check, sizeof check, &check, sizeof check);
}

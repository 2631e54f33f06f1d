/* SPDX-License-Identifier: BSD-3-Clause */
/* What a change of the picture means: for the tiers, and for live mappings. */
#include "base/array.h"
#include "base/range.h"
#include "space/space.h"

#include <errno.h>
#include <stdlib.h>

IOVA_API int iova_change_new(struct iova_change **ret_change)
{
	struct iova_change *change;

	if (!ret_change)
		return -EINVAL;
	change = calloc(1, sizeof *change);
	if (!change)
		return -ENOMEM;
	*ret_change = change;
	return 0;
}

void iova_change_done_(struct iova_change *change)
{
	for (int i = 0; i < 3; i++) {
		iova_set_done_(&change->entered[i]);
		iova_set_done_(&change->left[i]);
	}
	free(change->broken);
	*change = (struct iova_change){ 0 };
}

IOVA_API void iova_change_free(struct iova_change *change)
{
	if (!change)
		return;
	iova_change_done_(change);
	free(change);
}

static int difference(struct iova_set *ret_set, const struct iova_set *set,
		      const struct iova_set *without)
{
	int r = iova_set_assign(ret_set, set);

	return r < 0 ? r : iova_set_subtract(ret_set, without);
}

void iova_picture_worst_(const struct iova_picture *picture, const struct iova_range *range,
			 uint64_t granule, struct iova_conflict *ret_conflict)
{
	struct iova_conflict worst = { .group = IOVA_GROUP_NONE };

	for (size_t i = 0; i < picture->claims.n; i++) {
		const struct iova_conflict *claim = &picture->claims.claims[i];
		struct iova_range reach = iova_claim_reach_(claim, granule);

		if (claim->verdict > worst.verdict && range_overlaps(&reach, range)) {
			worst = *claim;
			worst.range = range_shared(&reach, range);
		}
	}
	*ret_conflict = worst;
}

/* The first part of a range that is in the set; false if none is. */
static bool first_part(const struct iova_set *set, const struct iova_range *range,
		       struct iova_range *ret_part)
{
	struct iova_range found;

	if (iova_set_find(set, range->start, &found) < 0 || !range_overlaps(&found, range))
		return false;
	*ret_part = range_shared(&found, range);
	return true;
}

/*
 * A mapping is looked at by parts: another part of it may have been as bad before. warned: what
 * came from usable to avoided; what is refused now was better before in any case.
 */
static int find_broken(struct iova_change *change, const struct iova_set *warned,
		       const struct iova_picture *after, const struct iova_table *table,
		       uint64_t granule)
{
	struct iova_mapping mapping;
	uint64_t address = 0;

	for (bool more = true; more && iova_table_find_(table, address, &mapping);) {
		struct broken_mapping *broken;
		struct iova_range part;
		int r;

		address = mapping.range.last + 1;
		more = address;
		if (!first_part(&change->entered[IOVA_TIER_REFUSED - 1], &mapping.range, &part) &&
		    !first_part(warned, &mapping.range, &part))
			continue;
		r = iova_array_reserve_((void **)&change->broken, &change->room,
					change->n_broken + 1, sizeof *change->broken);
		if (r < 0)
			return r;
		broken = &change->broken[change->n_broken++];
		broken->mapping = mapping;
		iova_picture_worst_(after, &part, granule, &broken->conflict);
	}
	return 0;
}

int iova_change_make_(struct iova_change *change, const struct iova_picture *before,
		      const struct iova_picture *after, const struct iova_table *table,
		      uint64_t granule)
{
	struct iova_change made = { 0 };
	struct iova_set warned = { 0 };
	int r = 0;

	for (int i = 0; i < 3 && r >= 0; i++) {
		r = difference(&made.entered[i], &after->tiers[i], &before->tiers[i]);
		if (r >= 0)
			r = difference(&made.left[i], &before->tiers[i], &after->tiers[i]);
	}
	if (r >= 0)
		r = iova_set_assign(&warned, &made.entered[IOVA_TIER_AVOID - 1]);
	if (r >= 0)
		r = iova_set_intersect(&warned, &made.left[IOVA_TIER_USABLE - 1]);
	if (r >= 0)
		r = find_broken(&made, &warned, after, table, granule);
	iova_set_done_(&warned);
	if (r < 0) {
		iova_change_done_(&made);
		return r;
	}
	iova_change_done_(change);
	*change = made;
	return 0;
}

static bool is_tier(uint32_t tier)
{
	return tier >= IOVA_TIER_USABLE && tier <= IOVA_TIER_REFUSED;
}

IOVA_API const struct iova_set *iova_change_entered(const struct iova_change *change, uint32_t tier)
{
	return change && is_tier(tier) ? &change->entered[tier - 1] : NULL;
}

IOVA_API const struct iova_set *iova_change_left(const struct iova_change *change, uint32_t tier)
{
	return change && is_tier(tier) ? &change->left[tier - 1] : NULL;
}

IOVA_API int iova_change_is_empty(const struct iova_change *change)
{
	/* What enters one tier leaves another, so one direction tells. */
	return !change || (!change->entered[0].n && !change->entered[1].n && !change->entered[2].n);
}

IOVA_API int iova_change_nth_broken(const struct iova_change *change, size_t i,
				    struct iova_mapping *ret_mapping,
				    struct iova_conflict *ret_conflict)
{
	if (!change || !ret_mapping)
		return -EINVAL;
	if (i >= change->n_broken)
		return -ENOENT;
	*ret_mapping = change->broken[i].mapping;
	if (ret_conflict)
		*ret_conflict = change->broken[i].conflict;
	return 0;
}

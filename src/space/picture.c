/* SPDX-License-Identifier: BSD-3-Clause */
/* From claims to the three tiers. */
#include "space/picture.h"

#include "base/range.h"

#include <errno.h>
#include <stdlib.h>

#define USABLE 0
#define AVOID 1
#define REFUSED 2

struct iova_range iova_claim_reach_(const struct iova_conflict *claim, uint64_t granule)
{
	if (claim->verdict == IOVA_VERDICT_REFUSE)
		return claim->range;
	return range_round_out(&claim->range, granule);
}

/* free: what no claim refuses. Its whole granules go to usable, the slivers become claims. */
static int round_inward(struct iova_picture *picture, struct iova_set *open, uint64_t granule)
{
	struct iova_set *usable = &picture->tiers[USABLE];
	int r = 0;

	for (size_t i = 0; i < open->n && r >= 0; i++) {
		struct iova_range in;

		if (range_round_in(&open->ranges[i], granule, &in))
			r = iova_set_add(usable, &in);
	}
	if (r >= 0)
		r = iova_set_subtract(open, usable);
	for (size_t i = 0; i < open->n && r >= 0; i++)
		r = iova_claims_add_(&picture->claims,
				     &(struct iova_conflict){ .range = open->ranges[i],
							      .region = open->ranges[i],
							      .source = IOVA_SOURCE_GRANULE,
							      .verdict = IOVA_VERDICT_REFUSE,
							      .group = IOVA_GROUP_NONE });
	return r;
}

/* The claims are sorted, so that each range is added behind those that are there. */
static int make_tiers(struct iova_picture *picture, uint64_t granule, struct iova_set *open,
		      struct iova_set *relaxable)
{
	struct iova_set *usable = &picture->tiers[USABLE], *avoid = &picture->tiers[AVOID];
	struct iova_set *refused = &picture->tiers[REFUSED];
	int r = 0;

	for (size_t i = 0; i < picture->claims.n && r >= 0; i++) {
		const struct iova_conflict *claim = &picture->claims.claims[i];

		if (claim->verdict == IOVA_VERDICT_REFUSE)
			r = iova_set_add(refused, &claim->range);
		else if (claim->verdict == IOVA_VERDICT_WARN)
			r = iova_set_add(avoid, &claim->range);
		if (r >= 0 && claim->type == IOVA_REGION_DIRECT_RELAXABLE)
			r = iova_set_add(relaxable, &claim->range);
	}
	if (r >= 0)
		r = iova_set_assign(open, refused);
	if (r >= 0)
		r = iova_set_complement(open, NULL);
	if (r >= 0)
		r = round_inward(picture, open, granule);
	if (r >= 0)
		r = iova_set_assign(refused, usable);
	if (r >= 0)
		r = iova_set_complement(refused, NULL);
	if (r >= 0)
		r = iova_set_assign(&picture->mappable, usable);
	if (r >= 0)
		r = iova_set_intersect(avoid, usable);
	if (r >= 0)
		r = iova_set_subtract(usable, avoid);
	if (r >= 0)
		r = iova_set_assign(&picture->preferred, usable);
	if (r >= 0)
		r = iova_set_subtract(&picture->preferred, relaxable);
	return r;
}

int iova_picture_make_(struct iova_picture *ret_picture, const struct iova_inputs *inputs)
{
	struct iova_picture picture = { 0 };
	struct iova_set open = { 0 }, relaxable = { 0 };
	int r = iova_claims_make_(&picture.claims, inputs);
	size_t n;

	if (r >= 0) {
		iova_claims_sort_(&picture.claims, inputs->granule);
		n = picture.claims.n;
		r = make_tiers(&picture, inputs->granule, &open, &relaxable);
	}
	iova_set_done_(&open);
	iova_set_done_(&relaxable);
	if (r >= 0) {
		/* Slivers, where there are any, stand behind all others. */
		if (picture.claims.n > n)
			iova_claims_sort_(&picture.claims, inputs->granule);
		r = iova_picture_cut_(&picture);
	}
	if (r < 0) {
		iova_picture_done_(&picture);
		return r;
	}
	*ret_picture = picture;
	return 0;
}

void iova_picture_done_(struct iova_picture *picture)
{
	for (int i = 0; i < 3; i++)
		iova_set_done_(&picture->tiers[i]);
	iova_set_done_(&picture->preferred);
	iova_set_done_(&picture->mappable);
	free(picture->claims.claims);
	free(picture->segments);
	free(picture->reasons);
	*picture = (struct iova_picture){ 0 };
}

uint32_t iova_picture_tier_(const struct iova_picture *picture, const struct iova_range *range)
{
	if (iova_set_overlaps(&picture->tiers[REFUSED], range) == 1)
		return IOVA_TIER_REFUSED;
	if (iova_set_overlaps(&picture->tiers[AVOID], range) == 1)
		return IOVA_TIER_AVOID;
	return IOVA_TIER_USABLE;
}

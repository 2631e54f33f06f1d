/* SPDX-License-Identifier: BSD-3-Clause */
/* Cutting the space wherever tier or reasons change. */
#include "base/array.h"
#include "base/range.h"
#include "space/picture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t tier_verdict[3] = { IOVA_VERDICT_ALLOW, IOVA_VERDICT_WARN,
					  IOVA_VERDICT_REFUSE };

struct cuts {
	uint64_t *starts; /* first addresses of the pieces */
	size_t n;
	size_t room;
};

static int add_cut(struct cuts *cuts, const struct iova_range *range)
{
	int r = iova_array_reserve_((void **)&cuts->starts, &cuts->room, cuts->n + 2,
				    sizeof *cuts->starts);

	if (r < 0)
		return r;
	cuts->starts[cuts->n++] = range->start;
	if (range->last < UINT64_MAX)
		cuts->starts[cuts->n++] = range->last + 1;
	return 0;
}

static int compare_starts(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int find_cuts(struct cuts *cuts, const struct iova_picture *picture, uint64_t granule)
{
	int r = add_cut(cuts, &IOVA_WHOLE_SPACE);
	size_t n = 0;

	for (size_t i = 0; i < picture->claims.n && r >= 0; i++) {
		struct iova_range reach = iova_claim_reach_(&picture->claims.claims[i], granule);

		r = add_cut(cuts, &reach);
	}
	if (r < 0)
		return r;
	qsort(cuts->starts, cuts->n, sizeof *cuts->starts, compare_starts);
	for (size_t i = 0; i < cuts->n; i++)
		if (!i || cuts->starts[i] != cuts->starts[n - 1])
			cuts->starts[n++] = cuts->starts[i];
	cuts->n = n;
	return 0;
}

/* The reasons of one piece, appended to the picture's. Returns how many, or -ENOMEM. */
static int64_t find_reasons(struct iova_picture *picture, const struct iova_range *piece,
			    uint32_t tier, uint64_t granule)
{
	size_t first = picture->n_reasons;

	/* Allowed claims are no reasons: a usable segment needs none. */
	for (size_t i = 0; i < picture->claims.n && tier != IOVA_TIER_USABLE; i++) {
		const struct iova_conflict *claim = &picture->claims.claims[i];
		struct iova_range reach = iova_claim_reach_(claim, granule);
		int r;

		if (claim->range.start > piece->last)
			break;
		if (claim->verdict != tier_verdict[tier - 1] || !range_overlaps(&reach, piece))
			continue;
		r = iova_array_reserve_((void **)&picture->reasons, &picture->reasons_room,
					picture->n_reasons + 1, sizeof *picture->reasons);
		if (r < 0)
			return r;
		picture->reasons[picture->n_reasons++] = (uint32_t)i;
	}
	return (int64_t)(picture->n_reasons - first);
}

static bool continues(const struct iova_picture *picture, const struct picture_segment *before,
		      uint32_t tier, size_t first, size_t n)
{
	return before->segment.tier == tier && before->segment.n_reasons == n &&
	       (!n || !memcmp(&picture->reasons[before->first_reason], &picture->reasons[first],
			      n * sizeof *picture->reasons));
}

static int add_piece(struct iova_picture *picture, const struct iova_range *piece, uint64_t granule)
{
	struct picture_segment *before =
		picture->n_segments ? &picture->segments[picture->n_segments - 1] : NULL;
	uint32_t tier = iova_picture_tier_(picture, piece);
	size_t first = picture->n_reasons;
	int64_t n = find_reasons(picture, piece, tier, granule);
	int r;

	if (n < 0)
		return (int)n;
	if (before && continues(picture, before, tier, first, (size_t)n)) {
		before->segment.range.last = piece->last;
		picture->n_reasons = first;
		return 0;
	}
	r = iova_array_reserve_((void **)&picture->segments, &picture->segments_room,
				picture->n_segments + 1, sizeof *picture->segments);
	if (r < 0)
		return r;
	picture->segments[picture->n_segments++] = (struct picture_segment){
		.segment = { .range = *piece, .tier = tier, .n_reasons = (uint32_t)n },
		.first_reason = first,
	};
	return 0;
}

int iova_picture_cut_(struct iova_picture *picture, uint64_t granule)
{
	struct cuts cuts = { 0 };
	int r = find_cuts(&cuts, picture, granule);

	for (size_t i = 0; i < cuts.n && r >= 0; i++) {
		struct iova_range piece = {
			.start = cuts.starts[i],
			.last = i + 1 < cuts.n ? cuts.starts[i + 1] - 1 : UINT64_MAX,
		};

		r = add_piece(picture, &piece, granule);
	}
	free(cuts.starts);
	return r;
}

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

static int find_cuts(struct cuts *cuts, const struct iova_picture *picture)
{
	int r = add_cut(cuts, &IOVA_WHOLE_SPACE);
	size_t n = 0;

	for (size_t i = 0; i < picture->claims.n && r >= 0; i++)
		r = add_cut(cuts, &picture->claims.claims[i].range);
	if (r < 0)
		return r;
	qsort(cuts->starts, cuts->n, sizeof *cuts->starts, compare_starts);
	for (size_t i = 0; i < cuts->n; i++)
		if (!i || cuts->starts[i] != cuts->starts[n - 1])
			cuts->starts[n++] = cuts->starts[i];
	cuts->n = n;
	return 0;
}

/*
 * The claims that hold on a piece, by their indices, which ascend. As pieces are cut at each bound
 * of a claim, a claim holds on all of a piece or on nothing of it, and one walk up the addresses
 * meets each claim once. Allowed ones are left out: they are no reasons, for a usable segment
 * needs none.
 */
struct holding {
	uint32_t *claims;
	size_t n;
	size_t next; /* claim that was not met yet */
};

static void move_up(struct holding *holding, const struct iova_claims *claims, uint64_t start)
{
	size_t n = 0;

	for (size_t i = 0; i < holding->n; i++)
		if (claims->claims[holding->claims[i]].range.last >= start)
			holding->claims[n++] = holding->claims[i];
	for (; holding->next < claims->n; holding->next++) {
		const struct iova_conflict *claim = &claims->claims[holding->next];

		if (claim->range.start > start)
			break;
		if (claim->verdict != IOVA_VERDICT_ALLOW)
			holding->claims[n++] = (uint32_t)holding->next;
	}
	holding->n = n;
}

/* The reasons of one piece, appended to the picture's. Returns 0 or -ENOMEM. */
static int find_reasons(struct iova_picture *picture, const struct holding *holding, uint32_t tier)
{
	int r = iova_array_reserve_((void **)&picture->reasons, &picture->reasons_room,
				    picture->n_reasons + holding->n, sizeof *picture->reasons);

	for (size_t i = 0; i < holding->n && r >= 0; i++)
		if (picture->claims.claims[holding->claims[i]].verdict == tier_verdict[tier - 1])
			picture->reasons[picture->n_reasons++] = holding->claims[i];
	return r;
}

static bool continues(const struct iova_picture *picture, const struct picture_segment *before,
		      uint32_t tier, size_t first, size_t n)
{
	return before->segment.tier == tier && before->segment.n_reasons == n &&
	       (!n || !memcmp(&picture->reasons[before->first_reason], &picture->reasons[first],
			      n * sizeof *picture->reasons));
}

static int add_piece(struct iova_picture *picture, const struct iova_range *piece,
		     const struct holding *holding)
{
	struct picture_segment *before =
		picture->n_segments ? &picture->segments[picture->n_segments - 1] : NULL;
	uint32_t tier = iova_picture_tier_(picture, piece);
	size_t first = picture->n_reasons, n;
	int r = find_reasons(picture, holding, tier);

	if (r < 0)
		return r;
	n = picture->n_reasons - first;
	if (before && continues(picture, before, tier, first, n)) {
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

static int add_pieces(struct iova_picture *picture, const struct cuts *cuts,
		      struct holding *holding)
{
	int r = 0;

	for (size_t i = 0; i < cuts->n && r >= 0; i++) {
		struct iova_range piece = {
			.start = cuts->starts[i],
			.last = i + 1 < cuts->n ? cuts->starts[i + 1] - 1 : UINT64_MAX,
		};

		move_up(holding, &picture->claims, piece.start);
		r = add_piece(picture, &piece, holding);
	}
	return r;
}

int iova_picture_cut_(struct iova_picture *picture)
{
	struct holding holding = { .claims = malloc(picture->claims.n * sizeof *holding.claims) };
	struct cuts cuts = { 0 };
	int r = holding.claims ? find_cuts(&cuts, picture) : -ENOMEM;

	if (r >= 0)
		r = add_pieces(picture, &cuts, &holding);
	free(cuts.starts);
	free(holding.claims);
	return r;
}

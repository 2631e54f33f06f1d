/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SPACE_PICTURE_H
#define IOVA_SPACE_PICTURE_H

/*
 * The merged picture: a pure function of what a space was told.
 *
 * Everything told becomes claims: a range, a verdict and whose it is. What a
 * claim refuses is refused, whatever others say. The rest is shrunk to whole
 * granules, as a map cannot take half of one, and of that the granules that
 * a warning touches are to be avoided. Segments cut the space wherever
 * the reasons change.
 */

#include "set/set.h"
#include "space/groups.h"
#include "space/policy.h"

#include <libiova/space.h>

struct iova_reservation {
	struct iova_range range;
	char name[32];
};

/* What a space was told; see space.c for who owns its parts. */
struct iova_inputs {
	uint64_t granule;
	uint32_t width; /* 0: not declared */
	uint32_t list;  /* IOVA_LIST_* */
	struct iova_set kernel;
	struct iova_policy policy;
	struct group_list groups;
	struct iova_reservation *reservations;
	size_t n_reservations;
};

struct iova_claims {
	struct iova_conflict *claims; /* range: what is claimed, once sorted what it affects */
	size_t n;
	size_t room;
};

struct picture_segment {
	struct iova_segment segment;
	size_t first_reason; /* index into reasons */
};

struct iova_picture {
	struct iova_set tiers[3];  /* by tier - 1 */
	struct iova_set preferred; /* usable, and not relaxable either */
	struct iova_set mappable;  /* usable, or to be avoided */
	struct iova_claims claims;
	struct picture_segment *segments;
	size_t n_segments;
	size_t segments_room;
	uint32_t *reasons; /* indices into claims */
	size_t n_reasons;
	size_t reasons_room;
};

/* claims.c. Returns 0 or -ENOMEM; on failure the claims may be half made, to be released. */
int iova_claims_make_(struct iova_claims *claims, const struct iova_inputs *inputs);
int iova_claims_add_(struct iova_claims *claims, const struct iova_conflict *claim);
/* Widens each claim (there is one at least) to what it affects; puts them in the order of addresses. */
void iova_claims_sort_(struct iova_claims *claims, uint64_t granule);

/* picture.c. Returns 0 or -ENOMEM; on failure nothing is left to release. */
int iova_picture_make_(struct iova_picture *ret_picture, const struct iova_inputs *inputs);
void iova_picture_done_(struct iova_picture *picture);

/* The worst tier that a range touches. */
uint32_t iova_picture_tier_(const struct iova_picture *picture, const struct iova_range *range);

/* The granules that a claim affects: all that a warning touches, exactly what is refused. */
struct iova_range iova_claim_reach_(const struct iova_conflict *claim, uint64_t granule);

/* segments.c. Returns 0 or -ENOMEM; the picture's tiers are made, and its claims made and sorted. */
int iova_picture_cut_(struct iova_picture *picture);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* From what a space was told to claims on addresses. */
#include "base/array.h"
#include "base/range.h"
#include "base/text.h"
#include "space/picture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int iova_claims_add_(struct iova_claims *claims, const struct iova_conflict *claim)
{
	int r = iova_array_reserve_((void **)&claims->claims, &claims->room, claims->n + 1,
				    sizeof *claim);

	if (r < 0)
		return r;
	claims->claims[claims->n++] = *claim;
	return 0;
}

/* In the order of addresses; then so that the outcome does not depend on the sort. */
static int compare_claims(const void *a, const void *b)
{
	const struct iova_conflict *x = a, *y = b;

	if (x->range.start != y->range.start)
		return x->range.start < y->range.start ? -1 : 1;
	if (x->range.last != y->range.last)
		return x->range.last < y->range.last ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	return strcmp(x->word, y->word);
}

void iova_claims_sort_(struct iova_claims *claims, uint64_t granule)
{
	/* A warning reaches back to the start of its page, perhaps to before another claim. */
	for (size_t i = 0; i < claims->n; i++)
		claims->claims[i].range = iova_claim_reach_(&claims->claims[i], granule);
	qsort(claims->claims, claims->n, sizeof *claims->claims, compare_claims);
}

static int claim_plain(struct iova_claims *claims, uint64_t start, uint64_t last, uint32_t source,
		       uint32_t verdict, uint32_t group)
{
	struct iova_range range = { start, last };

	return iova_claims_add_(claims, &(struct iova_conflict){ .range = range,
								 .region = range,
								 .source = source,
								 .verdict = verdict,
								 .group = group });
}

static int claim_kernel_holes(struct iova_claims *claims, const struct iova_set *kernel)
{
	uint64_t next = 0;

	for (size_t i = 0; i < kernel->n; i++) {
		const struct iova_range *range = &kernel->ranges[i];
		int r = 0;

		if (range->start > next)
			r = claim_plain(claims, next, range->start - 1, IOVA_SOURCE_KERNEL,
					IOVA_VERDICT_REFUSE, IOVA_GROUP_NONE);
		if (r < 0)
			return r;
		if (range->last == UINT64_MAX)
			return 0;
		next = range->last + 1;
	}
	return claim_plain(claims, next, UINT64_MAX, IOVA_SOURCE_KERNEL, IOVA_VERDICT_REFUSE,
			   IOVA_GROUP_NONE);
}

static int claim_top(struct iova_claims *claims, const struct iova_inputs *inputs)
{
	int r = 0;

	if (inputs->list == IOVA_LIST_NONE && !inputs->width)
		r = claim_plain(claims, (uint64_t)1 << IOVA_ASSUMED_WIDTH, UINT64_MAX,
				IOVA_SOURCE_UNKNOWN_TOP, IOVA_VERDICT_REFUSE, IOVA_GROUP_NONE);
	else if (inputs->width && inputs->width < 64)
		r = claim_plain(claims, (uint64_t)1 << inputs->width, UINT64_MAX, IOVA_SOURCE_WIDTH,
				IOVA_VERDICT_REFUSE, IOVA_GROUP_NONE);
	if (r < 0)
		return r;
	/*
	 * Up to 6.17 type1 loses a mapping whose last byte is the last of the
	 * space: unmap computes iova + size, which is 0 (vfio_iommu_type1.c: vfio_find_dma).
	 */
	return claim_plain(claims, UINT64_MAX - (inputs->granule - 1), UINT64_MAX,
			   IOVA_SOURCE_LAST_PAGE, IOVA_VERDICT_REFUSE, IOVA_GROUP_NONE);
}

static int claim_region(struct iova_claims *claims, const struct iova_inputs *inputs,
			const struct iova_group *group, const struct iova_region *region)
{
	const struct iova_device_info *owner = iova_group_region_owner_(group, region);
	struct iova_conflict claim = {
		.region = region->range,
		.source = IOVA_SOURCE_REGION,
		.type = region->type,
		.group = group->info.id,
	};
	uint64_t next = region->range.start;
	int r;

	iova_text_copy_(claim.word, sizeof claim.word, region->word);
	if (owner)
		iova_text_copy_(claim.device, sizeof claim.device, owner->name);
	do {
		claim.range.start = next;
		claim.verdict = iova_policy_judge_(&inputs->policy, group, region,
						   inputs->list != IOVA_LIST_NONE, next,
						   &claim.range.last);
		r = iova_claims_add_(claims, &claim);
		next = claim.range.last + 1;
	} while (r >= 0 && claim.range.last < region->range.last);
	return r;
}

static int claim_group(struct iova_claims *claims, const struct iova_inputs *inputs,
		       const struct iova_group *group)
{
	int r = 0;

	if (iova_group_is_doubtful_(group))
		r = claim_plain(claims, 0, UINT64_MAX, IOVA_SOURCE_SYSFS,
				inputs->list == IOVA_LIST_NONE ?
					IOVA_VERDICT_REFUSE :
					iova_policy_unreadable_(&inputs->policy),
				group->info.id);
	for (size_t i = 0; i < group->info.n_regions && r >= 0; i++)
		r = claim_region(claims, inputs, group, &group->regions[i]);
	return r;
}

int iova_claims_make_(struct iova_claims *claims, const struct iova_inputs *inputs)
{
	int r = claim_top(claims, inputs);

	if (r >= 0 && inputs->list == IOVA_LIST_RANGES)
		r = claim_kernel_holes(claims, &inputs->kernel);
	for (size_t i = 0; i < inputs->groups.n && r >= 0; i++)
		r = claim_group(claims, inputs, &inputs->groups.groups[i]->group);
	for (size_t i = 0; i < inputs->n_reservations && r >= 0; i++) {
		const struct iova_reservation *reservation = &inputs->reservations[i];
		struct iova_conflict claim = {
			.range = reservation->range,
			.region = reservation->range,
			.source = IOVA_SOURCE_RESERVATION,
			.verdict = IOVA_VERDICT_REFUSE,
			.group = IOVA_GROUP_NONE,
		};

		iova_text_copy_(claim.word, sizeof claim.word, reservation->name);
		r = iova_claims_add_(claims, &claim);
	}
	return r;
}

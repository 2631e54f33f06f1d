/* SPDX-License-Identifier: BSD-3-Clause */
#include "space/policy.h"

#include "base/array.h"
#include "base/range.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_verdict(uint32_t verdict)
{
	return verdict >= IOVA_VERDICT_ALLOW && verdict <= IOVA_VERDICT_REFUSE;
}

static uint32_t mode_verdict(uint32_t mode)
{
	switch (mode) {
	case IOVA_POLICY_STRICT:
		return IOVA_VERDICT_REFUSE;
	case IOVA_POLICY_RELAXED:
		return IOVA_VERDICT_ALLOW;
	default:
		return IOVA_VERDICT_WARN;
	}
}

IOVA_API int iova_policy_new(uint32_t mode, struct iova_policy **ret_policy)
{
	struct iova_policy *policy;

	if (mode > IOVA_POLICY_RELAXED || !ret_policy)
		return -EINVAL;
	policy = calloc(1, sizeof *policy);
	if (!policy)
		return -ENOMEM;
	policy->mode = mode == IOVA_POLICY_DEFAULT ? IOVA_BUILT_IN_POLICY : mode;
	*ret_policy = policy;
	return 0;
}

void iova_policy_done_(struct iova_policy *policy)
{
	free(policy->overrides);
	*policy = (struct iova_policy){ 0 };
}

IOVA_API void iova_policy_free(struct iova_policy *policy)
{
	if (!policy)
		return;
	iova_policy_done_(policy);
	free(policy);
}

int iova_policy_copy_(struct iova_policy *ret_policy, const struct iova_policy *policy)
{
	struct iova_policy copy = { .mode = IOVA_BUILT_IN_POLICY };
	int r;

	if (policy) {
		copy = *policy;
		r = iova_array_copy_((void **)&copy.overrides, policy->overrides, policy->n,
				     sizeof *policy->overrides);
		if (r < 0)
			return r;
		copy.room = copy.n;
	}
	*ret_policy = copy;
	return 0;
}

static int add_override(struct iova_policy *policy, const struct override *override)
{
	int r = iova_array_reserve_((void **)&policy->overrides, &policy->room, policy->n + 1,
				    sizeof *override);

	if (r < 0)
		return r;
	policy->overrides[policy->n++] = *override;
	return 0;
}

IOVA_API int iova_policy_override_range(struct iova_policy *policy, const struct iova_range *range,
					uint32_t verdict)
{
	if (!policy || !range || range->start > range->last || !is_verdict(verdict))
		return -EINVAL;
	return add_override(policy, &(struct override){ .kind = OVERRIDE_RANGE,
							.verdict = verdict,
							.range = *range });
}

IOVA_API int iova_policy_override_group(struct iova_policy *policy, uint32_t group,
					uint32_t verdict)
{
	if (!policy || !is_verdict(verdict))
		return -EINVAL;
	return add_override(policy, &(struct override){ .kind = OVERRIDE_GROUP,
							.verdict = verdict,
							.group = group });
}

IOVA_API int iova_policy_override_device(struct iova_policy *policy, const char *name,
					 uint32_t verdict)
{
	struct override override = { .kind = OVERRIDE_DEVICE, .verdict = verdict };

	if (!policy || !name || !name[0] || strlen(name) >= sizeof override.device ||
	    !is_verdict(verdict))
		return -EINVAL;
	if (iova_device_name_parse(name, &override.device) < 0)
		iova_text_copy_(override.device, sizeof override.device, name);
	return add_override(policy, &override);
}

IOVA_API int iova_policy_set_unreadable(struct iova_policy *policy, uint32_t verdict)
{
	if (!policy || !is_verdict(verdict))
		return -EINVAL;
	policy->unreadable = verdict;
	return 0;
}

uint32_t iova_policy_unreadable_(const struct iova_policy *policy)
{
	return policy->unreadable ? policy->unreadable : mode_verdict(policy->mode);
}

static bool has_device(const struct iova_group *group, const char *name)
{
	for (size_t i = 0; i < group->info.n_devices; i++)
		if (!strcmp(group->devices[i].name, name))
			return true;
	return false;
}

/* Whether an override of a device decides about a region of unknown or known owner. */
static bool device_override_fits(const struct override *override, const struct iova_group *group,
				 const struct iova_device_info *owner)
{
	if (owner)
		return !strcmp(owner->name, override->device);
	return override->verdict == IOVA_VERDICT_REFUSE && has_device(group, override->device);
}

static uint32_t relaxable_verdict(const struct iova_policy *policy, const struct iova_group *group,
				  const struct iova_region *region)
{
	const struct iova_device_info *owner = iova_group_region_owner_(group, region);
	uint32_t by_device = 0, by_group = 0;

	for (size_t i = 0; i < policy->n; i++) {
		const struct override *override = &policy->overrides[i];

		if (override->kind == OVERRIDE_GROUP && override->group == group->info.id)
			by_group = override->verdict;
		if (override->kind == OVERRIDE_DEVICE &&
		    device_override_fits(override, group, owner))
			by_device = override->verdict;
	}
	if (by_device)
		return by_device;
	return by_group ? by_group : mode_verdict(policy->mode);
}

/* A region of a strict type: only its own bounds, and only where the kernel says nothing. */
static uint32_t strict_verdict(const struct iova_policy *policy, const struct iova_region *region,
			       bool has_list)
{
	uint32_t verdict = IOVA_VERDICT_REFUSE;

	if (has_list || region->type == IOVA_REGION_MSI)
		return verdict;
	for (size_t i = 0; i < policy->n; i++) {
		const struct override *override = &policy->overrides[i];

		if (override->kind == OVERRIDE_RANGE &&
		    override->range.start == region->range.start &&
		    override->range.last == region->range.last)
			verdict = override->verdict;
	}
	return verdict;
}

uint32_t iova_policy_judge_(const struct iova_policy *policy, const struct iova_group *group,
			    const struct iova_region *region, bool has_list, uint64_t address,
			    uint64_t *ret_last)
{
	uint64_t last = region->range.last;
	uint32_t verdict = 0;

	if (region->type != IOVA_REGION_DIRECT_RELAXABLE) {
		*ret_last = last;
		return strict_verdict(policy, region, has_list);
	}
	/* The verdict holds up to the next bound of any range that is overridden. */
	for (size_t i = 0; i < policy->n; i++) {
		const struct override *override = &policy->overrides[i];

		if (override->kind != OVERRIDE_RANGE || override->range.last < address)
			continue;
		if (override->range.start > address) {
			if (override->range.start - 1 < last)
				last = override->range.start - 1;
			continue;
		}
		verdict = override->verdict;
		if (override->range.last < last)
			last = override->range.last;
	}
	*ret_last = last;
	return verdict ? verdict : relaxable_verdict(policy, group, region);
}

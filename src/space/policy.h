/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SPACE_POLICY_H
#define IOVA_SPACE_POLICY_H

/*
 * The inside of a policy: a mode and overrides in the order they were made. A
 * later override beats an earlier one of its kind; kinds beat each other as
 * libiova/policy.h says.
 */

#include "host/host.h"

#include <libiova/policy.h>

enum override_kind { OVERRIDE_RANGE, OVERRIDE_DEVICE, OVERRIDE_GROUP };

struct override {
	enum override_kind kind;
	uint32_t verdict;
	uint32_t group;
	struct iova_range range;
	char device[IOVA_DEVICE_NAME_MAX];
};

struct iova_policy {
	uint32_t mode;       /* never IOVA_POLICY_DEFAULT */
	uint32_t unreadable; /* verdict, or 0 to follow the mode */
	struct override *overrides;
	size_t n;
	size_t room;
};

/* A deep copy, NULL meaning the default mode. Returns 0 or -ENOMEM. */
int iova_policy_copy_(struct iova_policy *ret_policy, const struct iova_policy *policy);
void iova_policy_done_(struct iova_policy *policy);

/* The verdict on a group's regions that could not be read, where the kernel lists its own. */
uint32_t iova_policy_unreadable_(const struct iova_policy *policy);

/*
 * The verdict on a region from an address on: *ret_last says how far it holds,
 * at most to the region's last. has_list: the kernel gives a list of its own.
 */
uint32_t iova_policy_judge_(const struct iova_policy *policy, const struct iova_group *group,
			    const struct iova_region *region, bool has_list, uint64_t address,
			    uint64_t *ret_last);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_POLICY_H
#define LIBIOVA_POLICY_H

/**
 * @file
 * What to do about regions that the kernel itself would let pass.
 *
 * | what an address hits                          | default | what may change it              |
 * |-----------------------------------------------|---------|---------------------------------|
 * | outside the kernel's ranges, above the width  | refuse  | nothing                         |
 * | msi                                           | refuse  | nothing                         |
 * | direct, reserved, unknown word                | refuse  | iova_policy_override_range() of the very region, and only where the kernel gives no list |
 * | direct-relaxable                              | warn    | the mode, an override           |
 * | regions unreadable, with the kernel's list    | warn    | the mode, iova_policy_set_unreadable() |
 * | regions unreadable, without it                | refuse  | nothing                         |
 *
 * Of several overrides that fit one address the narrowest wins: a range before
 * a device, a device before a group, a group before the mode; among equals the
 * one made last.
 */

#include <libiova/failure.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A policy; made by iova_policy_new(), released by iova_policy_free(). */
struct iova_policy;

/**
 * @name Modes: the verdict on direct-relaxable regions
 * @{
 */
#define IOVA_POLICY_DEFAULT 0 /**< what the library was built with; "warn" unless changed */
#define IOVA_POLICY_STRICT 1  /**< refuse */
#define IOVA_POLICY_WARN 2    /**< warn: what Linux itself permits */
#define IOVA_POLICY_RELAXED 3 /**< allow */
/** @} */

/**
 * Make a policy.
 *
 * @param mode        IOVA_POLICY_*
 * @param ret_policy  the policy; the caller's to release
 * @return 0, or a negative errno:
 * @err{EINVAL}  an unknown mode, or ret_policy is NULL
 * @err{ENOMEM}  no memory
 * @onfail  *ret_policy is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_policy_new(uint32_t mode, struct iova_policy **ret_policy);

/**
 * Release a policy. Spaces and contexts keep copies of their own.
 *
 * @param policy  the policy, or NULL
 * @onfail  does not apply
 * @mt      MT-Safe race:policy
 * @since   0.1
 */
IOVA_API void iova_policy_free(struct iova_policy *policy);

/**
 * Decide for one range.
 *
 * Applies to the part of direct-relaxable regions inside the range. A region
 * of a strict type is only ever allowed by naming exactly its own bounds, and
 * only where the kernel gives no list of its own.
 *
 * @param policy   changed
 * @param range    the range
 * @param verdict  IOVA_VERDICT_*
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, the range is inverted, or the verdict unknown
 * @err{ENOMEM}  no memory
 * @onfail  the policy is as it was
 * @mt      MT-Safe race:policy
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_policy_override_range(struct iova_policy *policy,
						      const struct iova_range *range,
						      uint32_t verdict);

/**
 * Decide for the direct-relaxable regions of one group.
 *
 * @param policy   changed
 * @param group    number of the group
 * @param verdict  IOVA_VERDICT_*
 * @return 0, or a negative errno:
 * @err{EINVAL}  policy is NULL, or the verdict unknown
 * @err{ENOMEM}  no memory
 * @onfail  the policy is as it was
 * @mt      MT-Safe race:policy
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_policy_override_group(struct iova_policy *policy, uint32_t group,
						      uint32_t verdict);

/**
 * Decide for the direct-relaxable regions of one device.
 *
 * sysfs lists regions by group. Where the region's device can be told
 * (struct iova_conflict names it) the override applies to that device; where it
 * cannot, an override that refuses applies to all regions of the device's
 * group, and one that warns or allows to none.
 *
 * @param policy   changed
 * @param name     address of the device, as iova_host_find_device() takes it
 * @param verdict  IOVA_VERDICT_*
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, the name is empty or too long, or the verdict unknown
 * @err{ENOMEM}  no memory
 * @onfail  the policy is as it was
 * @mt      MT-Safe race:policy
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_policy_override_device(struct iova_policy *policy, const char *name,
						       uint32_t verdict);

/**
 * Decide for groups whose regions cannot be read whole while the kernel lists
 * the valid ranges: relaxable regions, if any, are then unknown.
 *
 * @param policy   changed
 * @param verdict  IOVA_VERDICT_*
 * @return 0, or a negative errno:
 * @err{EINVAL}  policy is NULL, or the verdict unknown
 * @onfail  the policy is as it was
 * @mt      MT-Safe race:policy
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_policy_set_unreadable(struct iova_policy *policy, uint32_t verdict);

#ifdef __cplusplus
}
#endif

#endif

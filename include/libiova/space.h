/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_SPACE_H
#define LIBIOVA_SPACE_H

/**
 * @file
 * The merged picture of one I/O address space, without any file descriptor.
 *
 * A space takes what the kernel lists, the regions of every group in the
 * container, a declared device width and the caller's own reservations, and
 * divides [0, 2^64-1] into three tiers under a policy. It also keeps the table
 * of live mappings. A program that makes its own system calls asks
 * iova_space_check() before a map and tells iova_space_record() after it; a
 * context (context.h) does both by itself.
 *
 * One thread at a time may change a space; those that do need a lock of their own. Beside it any
 * number of threads may call whatever takes a const struct iova_space, without a lock and
 * without keeping anybody from recording and forgetting mappings. The answer was right while the
 * call ran: all that is said of the tiers comes from one moment, and each mapping
 * that is found was recorded at some moment of the call. What takes several calls, such
 * as a walk along segments or mappings, is whole only if nothing changes in between. Before a change
 * of the tiers returns, it waits for the calls that still read the old ones.
 *
 * After fork(2) the child may use a space only if no other thread was in a call on it.
 */

#include <libiova/host.h>
#include <libiova/policy.h>
#include <libiova/set.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A space; made by iova_space_new(), released by iova_space_free(). */
struct iova_space;

/** What an update changed; made by iova_change_new(), released by iova_change_free(). */
struct iova_change;

/**
 * @name Tiers: every address is in exactly one
 * @{
 */
#define IOVA_TIER_USABLE 1  /**< may be mapped */
#define IOVA_TIER_AVOID 2   /**< may be mapped, with a warning */
#define IOVA_TIER_REFUSED 3 /**< may not be mapped */
/** @} */

/**
 * @name What the kernel said of the valid ranges
 * @{
 */
#define IOVA_LIST_NONE 0         /**< nothing: before 5.4, or nobody asked; the top is unknown */
#define IOVA_LIST_RANGES 1       /**< a list of valid ranges */
#define IOVA_LIST_UNRESTRICTED 2 /**< any address is accepted: only mediated devices, from 5.8 */
/** @} */

/** Highest address assumed to work where neither the kernel nor the caller says: 39 bits, the
 *  narrowest second-level table of VT-d. */
#define IOVA_ASSUMED_WIDTH 39

/** How to make a space. NULL means all defaults. */
struct iova_space_opts {
	size_t size;                      /**< sizeof(struct iova_space_opts) */
	uint64_t granule;                 /**< smallest page, a power of two; 0 for 4096 */
	const struct iova_policy *policy; /**< copied; NULL for the default mode */
	uint32_t width; /**< addresses the devices can drive, bits, 1..64; 0 if not declared */
	uint32_t pad;   /**< 0 */
};

/** One range of one tier, with the same reasons throughout. A value. */
struct iova_segment {
	struct iova_range range; /**< addresses of the segment */
	uint32_t tier;           /**< IOVA_TIER_* */
	uint32_t n_reasons; /**< how many iova_space_nth_reason() has; 0 only for usable ones */
};

/** A live mapping. A value. */
struct iova_mapping {
	struct iova_range range; /**< IOVAs */
	uint64_t vaddr;          /**< memory behind range.start */
	uint32_t access;         /**< IOVA_READ | IOVA_WRITE */
	uint32_t pad;            /**< 0 */
};

/**
 * @name Access of the device
 * @{
 */
#define IOVA_READ 1u  /**< the device may read */
#define IOVA_WRITE 2u /**< the device may write */
/** @} */

/** The answer to a check. Set @c size first. */
struct iova_check {
	size_t size;                 /**< sizeof(struct iova_check) */
	uint32_t verdict;            /**< IOVA_VERDICT_*: the worst of all conflicts */
	uint32_t flags;              /**< IOVA_CHECK_* */
	uint64_t n_conflicts;        /**< all of them, also those that did not fit the array */
	struct iova_range fit_below; /**< nearest free usable range of that length below */
	struct iova_range fit_above; /**< and above */
};
#define IOVA_CHECK_FIT_BELOW 1u /**< fit_below is set */
#define IOVA_CHECK_FIT_ABOVE 2u /**< fit_above is set */
#define IOVA_CHECK_SAME 4u      /**< the only mapping in the way has exactly this range */

/** How to look for a free address. NULL means all defaults. */
struct iova_alloc_opts {
	size_t size;              /**< sizeof(struct iova_alloc_opts) */
	uint32_t flags;           /**< IOVA_ALLOC_* */
	uint32_t pad;             /**< 0 */
	uint64_t align;           /**< power of two; 0 for the granule */
	struct iova_range window; /**< where to look; { 0, 0 } for anywhere but the page at 0 */
};
#define IOVA_ALLOC_TOP_DOWN 1u /**< highest fit instead of lowest */
#define IOVA_ALLOC_NO_AVOID 2u /**< fail rather than hand out a relaxable or doubtful range */
#define IOVA_ALLOC_AVOIDED 4u  /**< hand out relaxable and doubtful ranges as readily as others */

/**
 * Make a space in which nothing is known yet but its options: without a
 * kernel's list, addresses up to the declared or assumed width are usable.
 *
 * @param opts       options, or NULL
 * @param ret_space  the space; the caller's to release
 * @return 0, or a negative errno:
 * @err{EINVAL}  ret_space is NULL, options too short, granule no power of two or over 2^32,
 *               width over 64
 * @err{E2BIG}   an option this version does not know
 * @err{ENOMEM}  no memory
 * @onfail  *ret_space is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_new(const struct iova_space_opts *opts,
					  struct iova_space **ret_space);

/**
 * Release a space. Unmaps nothing.
 *
 * @param space  the space, or NULL
 * @onfail  does not apply
 * @mt      MT-Unsafe race:space
 * @since   0.1
 */
IOVA_API void iova_space_free(struct iova_space *space);

/**
 * Tell what the kernel listed.
 *
 * @param space   changed
 * @param list    IOVA_LIST_*
 * @param ranges  the ranges for IOVA_LIST_RANGES, else NULL; copied
 * @param ret_change  what became of the tiers; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  space is NULL, an unknown state, or ranges that do not go with it
 * @err{ENOMEM}  no memory
 * @onfail  the space is as it was
 * @mt      MT-Safe race:space
 * @kernel  VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE (5.4)
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_set_kernel(struct iova_space *space, uint32_t list,
						 const struct iova_set *ranges,
						 struct iova_change *ret_change);

/**
 * Set the granule: the smallest page of the IOMMU.
 *
 * @param space    changed
 * @param granule  bytes; a power of two up to 2^32
 * @param ret_change  what became of the tiers; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  space is NULL, or the granule no power of two up to 2^32
 * @err{ENOMEM}  no memory
 * @onfail  the space is as it was
 * @mt      MT-Safe race:space
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_set_granule(struct iova_space *space, uint64_t granule,
						  struct iova_change *ret_change);

/**
 * Declare how many address bits the devices can drive.
 *
 * @param space  changed
 * @param width  bits, 1..64; 0 takes the declaration back
 * @param ret_change  what became of the tiers; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  space is NULL, or the width over 64
 * @err{ENOMEM}  no memory
 * @onfail  the space is as it was
 * @mt      MT-Safe race:space
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_set_width(struct iova_space *space, uint32_t width,
						struct iova_change *ret_change);

/**
 * Change the policy.
 *
 * @param space   changed
 * @param policy  copied; NULL for the default mode
 * @param ret_change  what became of the tiers; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  space is NULL
 * @err{ENOMEM}  no memory
 * @onfail  the space is as it was
 * @mt      MT-Safe race:space
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_set_policy(struct iova_space *space,
						 const struct iova_policy *policy,
						 struct iova_change *ret_change);

/**
 * Take in the regions of a group, or take them anew.
 *
 * @param space  changed
 * @param host   where the group is described; not kept
 * @param group  its number
 * @param ret_change  what became of the tiers; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENOENT}  the host has no such group
 * @err{ENOMEM}  no memory
 * @onfail  the space is as it was
 * @mt      MT-Safe race:space
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_add_group(struct iova_space *space,
						const struct iova_host *host, uint32_t group,
						struct iova_change *ret_change);

/**
 * Take in the regions of several groups at once: one merge instead of many.
 *
 * @param space     changed
 * @param host      where the groups are described; not kept
 * @param groups    their numbers
 * @param n_groups  how many
 * @param ret_change  what became of the tiers; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENOENT}  the host lacks one of the groups
 * @err{ENOMEM}  no memory
 * @onfail  the space is as it was
 * @mt      MT-Safe race:space
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_add_groups(struct iova_space *space,
						 const struct iova_host *host,
						 const uint32_t *groups, size_t n_groups,
						 struct iova_change *ret_change);

/**
 * Tell what iova_space_add_group() would change, without doing it: above all,
 * which live mappings the group would break.
 *
 * @param space       the space
 * @param host        where the group is described
 * @param group       its number
 * @param ret_change  what would become of the tiers
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENOENT}  the host has no such group
 * @err{ENOMEM}  no memory
 * @onfail  *ret_change is as it was
 * @mt      MT-Safe race:space
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_try_group(struct iova_space *space,
						const struct iova_host *host, uint32_t group,
						struct iova_change *ret_change);

/**
 * Forget the regions of a group.
 *
 * @param space  changed
 * @param group  its number
 * @param ret_change  what became of the tiers; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  space is NULL
 * @err{ENOENT}  the space has no such group
 * @err{ENOMEM}  no memory
 * @onfail  the space is as it was
 * @mt      MT-Safe race:space
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_remove_group(struct iova_space *space, uint32_t group,
						   struct iova_change *ret_change);

/**
 * Keep a range for the caller's own purpose: it is refused until given back.
 *
 * @param space  changed
 * @param range  what to keep; live mappings in it stay
 * @param name   what for, kept up to 31 bytes and shown as the reason; may be NULL
 * @param ret_change  what became of the tiers; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  space or range is NULL, or the range is inverted
 * @err{EEXIST}  that very range is reserved already
 * @err{ENOMEM}  no memory
 * @onfail  the space is as it was
 * @mt      MT-Safe race:space
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_reserve(struct iova_space *space,
					      const struct iova_range *range, const char *name,
					      struct iova_change *ret_change);

/**
 * Give a reservation back.
 *
 * @param space  changed
 * @param range  exactly the range that was reserved
 * @param ret_change  what became of the tiers; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  space or range is NULL, or the range is inverted
 * @err{ENOENT}  there is no such reservation
 * @err{ENOMEM}  no memory
 * @onfail  the space is as it was
 * @mt      MT-Safe race:space
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_unreserve(struct iova_space *space,
						const struct iova_range *range,
						struct iova_change *ret_change);

/**
 * The granule: IOVA, length and virtual address of a map are multiples of it.
 *
 * @param space  the space
 * @return bytes, or 0 if space is NULL
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API uint64_t iova_space_granule(const struct iova_space *space);

/**
 * Whether the top of the space is known: from the kernel's list, or declared.
 *
 * @param space  the space
 * @return 1 or 0; 0 if space is NULL
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API int iova_space_top_known(const struct iova_space *space);

/**
 * Which groups the space has taken in.
 *
 * @param space       the space; NULL counts as none
 * @param ret_groups  room for @p n_groups numbers; may be NULL if that is 0
 * @param n_groups    how many fit
 * @return the number of groups, which may be more than fit
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API size_t iova_space_read_groups(const struct iova_space *space, uint32_t *ret_groups,
				       size_t n_groups);

/**
 * The addresses of one tier.
 *
 * @param space  the space
 * @param tier   IOVA_TIER_*
 * @param ret_set  becomes the addresses of the tier
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or the tier unknown
 * @err{ENOMEM}  no memory
 * @onfail  *ret_set is as it was
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_read_tier(const struct iova_space *space, uint32_t tier,
						struct iova_set *ret_set);

/**
 * What the kernel listed, as it was told.
 *
 * @param space     the space
 * @param ret_list  IOVA_LIST_*
 * @param ret_set   becomes the ranges; empty unless IOVA_LIST_RANGES; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  space or ret_list is NULL
 * @err{ENOMEM}  no memory
 * @onfail  nothing is written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_read_kernel(const struct iova_space *space,
						  uint32_t *ret_list, struct iova_set *ret_set);

/**
 * Walk the whole space: the segments follow each other without a gap.
 *
 * @param space        the space
 * @param i            index from 0, in the order of addresses
 * @param ret_segment  the segment
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENOENT}  there is no such segment
 * @onfail  *ret_segment is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_nth_segment(const struct iova_space *space, size_t i,
						  struct iova_segment *ret_segment);

/**
 * Why a segment is refused or to be avoided.
 *
 * @param space       the space
 * @param segment     index of the segment
 * @param i           index of the reason, from 0
 * @param ret_reason  the reason; its range is that of the segment
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENOENT}  there is no such segment or reason
 * @onfail  *ret_reason is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_nth_reason(const struct iova_space *space, size_t segment,
						 size_t i, struct iova_conflict *ret_reason);

/**
 * Ask whether a range may be mapped.
 *
 * @param space          the space
 * @param iova           first address; multiple of the granule
 * @param length         bytes; > 0; multiple of the granule
 * @param ret_check      the verdict, and what would fit; its size set by the caller
 * @param ret_conflicts  room for @p n_conflicts, lowest address first; may be NULL if that is 0
 * @param n_conflicts    how many fit
 * @return 0 (whatever the verdict), or a negative errno:
 * @err{EINVAL}     an argument is NULL, the check's size too small, length 0, or not aligned
 * @err{EOVERFLOW}  the range would pass 2^64-1
 * @onfail  nothing is written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_check(const struct iova_space *space, uint64_t iova,
					    uint64_t length, struct iova_check *ret_check,
					    struct iova_conflict *ret_conflicts,
					    size_t n_conflicts);

/**
 * Look for a free range. It is not taken until it is recorded.
 *
 * Usable ranges come first; relaxable and doubtful ones only when nothing else
 * is left. The page at 0 is handed out only if the window names it.
 *
 * @param space     the space
 * @param length    bytes; > 0; multiple of the granule
 * @param opts      options, or NULL
 * @param ret_iova  first address of the range
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, options too short, unknown flags, length 0 or not aligned,
 *               align no power of two, window inverted
 * @err{E2BIG}   an option this version does not know
 * @err{ENOSPC}  nothing free is large enough
 * @onfail  *ret_iova is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_alloc(const struct iova_space *space, uint64_t length,
					    const struct iova_alloc_opts *opts, uint64_t *ret_iova);

/**
 * Record a mapping that was made. A record states a fact, so only a range that
 * is recorded already is refused, not one that policy would refuse.
 *
 * @param space    changed
 * @param mapping  the mapping; copied
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, the range is inverted, or access is not IOVA_READ,
 *               IOVA_WRITE or both
 * @err{EEXIST}  overlaps a recorded mapping
 * @err{ENOMEM}  no memory
 * @onfail  the space is as it was
 * @mt      MT-Safe race:space
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_record(struct iova_space *space,
					     const struct iova_mapping *mapping);

/**
 * Record many mappings that were made: all, or none. Ascending ones that come into a space
 * without any are put in place at once, much faster than one by one.
 *
 * @param space       changed
 * @param mappings    the mappings, in any order; copied
 * @param n_mappings  how many
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or one of the mappings is not as iova_space_record() wants it
 * @err{EEXIST}  one overlaps a recorded mapping, or another of them
 * @err{ENOMEM}  no memory
 * @onfail  the space is as it was
 * @mt      MT-Safe race:space
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_record_many(struct iova_space *space,
						  const struct iova_mapping *mappings,
						  size_t n_mappings);

/**
 * Forget all mappings inside a range, after they were unmapped.
 *
 * @param space  changed
 * @param range  covers one mapping or several, each of them wholly
 * @param ret_n  how many were forgotten; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, the range is inverted, or it would cut a mapping in two
 * @err{ENOENT}  no mapping is inside the range
 * @onfail  the space is as it was
 * @mt      MT-Safe race:space
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_forget(struct iova_space *space,
					     const struct iova_range *range, size_t *ret_n);

/**
 * The first mapping that contains or follows an address.
 *
 * @param space        the space
 * @param address      where to look
 * @param ret_mapping  the mapping with the lowest start whose last is >= address
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENOENT}  no mapping contains or follows the address
 * @onfail  *ret_mapping is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_space_find(const struct iova_space *space, uint64_t address,
					   struct iova_mapping *ret_mapping);

/**
 * How many mappings are recorded.
 *
 * @param space  the space; NULL counts as none
 * @return the number of mappings
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API size_t iova_space_count(const struct iova_space *space);

/**
 * Make an empty report, to be passed to calls that change a space.
 *
 * @param ret_change  the report; the caller's to release
 * @return 0, or a negative errno:
 * @err{EINVAL}  ret_change is NULL
 * @err{ENOMEM}  no memory
 * @onfail  *ret_change is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_change_new(struct iova_change **ret_change);

/**
 * Release a report.
 *
 * @param change  the report, or NULL
 * @onfail  does not apply
 * @mt      MT-Safe race:change
 * @since   0.1
 */
IOVA_API void iova_change_free(struct iova_change *change);

/**
 * The addresses that entered a tier with the change.
 *
 * @param change  the report
 * @param tier    IOVA_TIER_*
 * @return the set; valid until the report is used again or released; NULL if an argument is wrong
 * @onfail  does not apply
 * @mt      MT-Safe race:change
 * @since   0.1
 */
IOVA_API const struct iova_set *iova_change_entered(const struct iova_change *change,
						    uint32_t tier);

/**
 * The addresses that left a tier with the change.
 *
 * @param change  the report
 * @param tier    IOVA_TIER_*
 * @return the set; valid until the report is used again or released; NULL if an argument is wrong
 * @onfail  does not apply
 * @mt      MT-Safe race:change
 * @since   0.1
 */
IOVA_API const struct iova_set *iova_change_left(const struct iova_change *change, uint32_t tier);

/**
 * Whether nothing moved.
 *
 * @param change  the report; NULL counts as empty
 * @return 1 or 0
 * @onfail  does not apply
 * @mt      MT-Safe race:change
 * @since   0.1
 */
IOVA_API int iova_change_is_empty(const struct iova_change *change);

/**
 * A live mapping that the change puts, in part or whole, into a worse tier.
 *
 * @param change       the report
 * @param i            index from 0, lowest address first
 * @param ret_mapping  the mapping
 * @param ret_conflict what it hits now; its verdict tells refused from avoided; may be NULL
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENOENT}  there is no such mapping
 * @onfail  nothing is written
 * @mt      MT-Safe race:change
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_change_nth_broken(const struct iova_change *change, size_t i,
						  struct iova_mapping *ret_mapping,
						  struct iova_conflict *ret_conflict);

#ifdef __cplusplus
}
#endif

#endif

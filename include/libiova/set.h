/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_SET_H
#define LIBIOVA_SET_H

/**
 * @file
 * Sets of addresses over the whole of [0, 2^64-1].
 *
 * A set is kept as sorted, disjoint ranges that do not touch: equal sets have
 * equal arrays. Every operation is exact at both ends of the space, and one
 * that fails leaves its set as it was. The same set may be passed twice.
 */

#include <libiova/range.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A set of addresses; made by iova_set_new(), released by iova_set_free(). */
struct iova_set;

/**
 * Make an empty set.
 *
 * @param ret_set  the set; the caller's to release
 * @return 0, or a negative errno:
 * @err{EINVAL}  ret_set is NULL
 * @err{ENOMEM}  no memory
 * @onfail  *ret_set is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_set_new(struct iova_set **ret_set);

/**
 * Release a set.
 *
 * @param set  the set, or NULL
 * @onfail  does not apply
 * @mt      MT-Safe race:set
 * @since   0.1
 */
IOVA_API void iova_set_free(struct iova_set *set);

/**
 * Make a set the copy of another.
 *
 * @param set   changed
 * @param from  copied; may be @p set itself
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENOMEM}  no memory
 * @onfail  the set is as it was
 * @mt      MT-Safe race:set race:from
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_set_assign(struct iova_set *set, const struct iova_set *from);

/**
 * Empty a set. Cannot fail; the memory is kept for the next use.
 *
 * @param set  the set, or NULL
 * @onfail  does not apply
 * @mt      MT-Safe race:set
 * @since   0.1
 */
IOVA_API void iova_set_clear(struct iova_set *set);

/**
 * Add the addresses of a range.
 *
 * @param set    changed
 * @param range  what to add; may overlap or touch what is there
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or the range is inverted
 * @err{ENOMEM}  no memory
 * @onfail  the set is as it was
 * @mt      MT-Safe race:set
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_set_add(struct iova_set *set, const struct iova_range *range);

/**
 * Remove the addresses of a range.
 *
 * @param set    changed
 * @param range  what to remove; need not be there
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or the range is inverted
 * @err{ENOMEM}  no memory: a hole makes two ranges of one
 * @onfail  the set is as it was
 * @mt      MT-Safe race:set
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_set_remove(struct iova_set *set, const struct iova_range *range);

/**
 * Union: add all addresses of another set.
 *
 * @param set    changed
 * @param other  added
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENOMEM}  no memory
 * @onfail  the set is as it was
 * @mt      MT-Safe race:set race:other
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_set_unite(struct iova_set *set, const struct iova_set *other);

/**
 * Difference: remove all addresses of another set.
 *
 * @param set    changed
 * @param other  removed
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENOMEM}  no memory
 * @onfail  the set is as it was
 * @mt      MT-Safe race:set race:other
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_set_subtract(struct iova_set *set, const struct iova_set *other);

/**
 * Intersection: keep only the addresses that another set has as well.
 *
 * @param set    changed
 * @param other  kept
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENOMEM}  no memory
 * @onfail  the set is as it was
 * @mt      MT-Safe race:set race:other
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_set_intersect(struct iova_set *set, const struct iova_set *other);

/**
 * Complement: the addresses of a window that are not in the set now.
 *
 * @param set     changed
 * @param window  the window, or NULL for [0, 2^64-1]
 * @return 0, or a negative errno:
 * @err{EINVAL}  set is NULL, or the window is inverted
 * @err{ENOMEM}  no memory
 * @onfail  the set is as it was
 * @mt      MT-Safe race:set
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_set_complement(struct iova_set *set,
					       const struct iova_range *window);

/**
 * Whether every address of a range is in the set.
 *
 * @param set    the set
 * @param range  the range
 * @return 1 or 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or the range is inverted
 * @onfail  does not apply
 * @mt      MT-Safe race:set
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_set_contains(const struct iova_set *set,
					     const struct iova_range *range);

/**
 * Whether at least one address of a range is in the set.
 *
 * @param set    the set
 * @param range  the range
 * @return 1 or 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL, or the range is inverted
 * @onfail  does not apply
 * @mt      MT-Safe race:set
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_set_overlaps(const struct iova_set *set,
					     const struct iova_range *range);

/**
 * Whether two sets have the same addresses.
 *
 * @param set    one set
 * @param other  the other
 * @return 1 or 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @onfail  does not apply
 * @mt      MT-Safe race:set race:other
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_set_equal(const struct iova_set *set, const struct iova_set *other);

/**
 * How many ranges the set has.
 *
 * @param set  the set; NULL counts as empty
 * @return the number of ranges; never fails
 * @onfail  does not apply
 * @mt      MT-Safe race:set
 * @since   0.1
 */
IOVA_API size_t iova_set_count(const struct iova_set *set);

/**
 * The n-th range, in the order of addresses.
 *
 * @param set        the set
 * @param i          index; 0 is the lowest range
 * @param ret_range  the range
 * @return 0, or a negative errno:
 * @err{EINVAL}  a pointer is NULL
 * @err{ENOENT}  the set has no such range
 * @onfail  *ret_range is not written
 * @mt      MT-Safe race:set
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_set_nth(const struct iova_set *set, size_t i,
					struct iova_range *ret_range);

/**
 * Lower bound: the first range that contains or follows an address.
 *
 * @param set        the set
 * @param address    where to look
 * @param ret_range  the range with the lowest start whose last is >= address
 * @return 0, or a negative errno:
 * @err{EINVAL}  a pointer is NULL
 * @err{ENOENT}  no range contains or follows the address
 * @onfail  *ret_range is not written
 * @mt      MT-Safe race:set
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_set_find(const struct iova_set *set, uint64_t address,
					 struct iova_range *ret_range);

/**
 * Copy ranges into the caller's array, lowest first.
 *
 * @param set         the set; NULL counts as empty
 * @param ret_ranges  room for @p n_ranges; may be NULL if that is 0
 * @param n_ranges    how many fit
 * @return the number of ranges in the set, which may be more than fit
 * @onfail  does not apply
 * @mt      MT-Safe race:set
 * @since   0.1
 */
IOVA_API size_t iova_set_read(const struct iova_set *set, struct iova_range *ret_ranges,
			      size_t n_ranges);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_RANGE_H
#define LIBIOVA_RANGE_H

/**
 * @file
 * The value everything else is made of: a closed range of addresses.
 *
 * Both bounds belong to the range, so [0, UINT64_MAX] is a range like any
 * other, and there is no empty one. A length is only ever turned into a range,
 * or a range into a length, by the two functions here, which check.
 */

#include <libiova/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Addresses start..last, both included; start <= last. Bytes. */
struct iova_range {
	uint64_t start; /**< first address */
	uint64_t last;  /**< last address, included */
};

/**
 * Make a range from its first address and its length.
 *
 * @param start      first address
 * @param length     bytes; > 0
 * @param ret_range  the range
 * @return 0, or a negative errno:
 * @err{EINVAL}     length is 0, or ret_range is NULL
 * @err{EOVERFLOW}  the range would pass 2^64-1
 * @onfail  *ret_range is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_range_make(uint64_t start, uint64_t length,
					   struct iova_range *ret_range);

/**
 * The length of a range.
 *
 * @param range       the range
 * @param ret_length  bytes
 * @return 0, or a negative errno:
 * @err{EINVAL}     a pointer is NULL, or the range is inverted
 * @err{EOVERFLOW}  the range is the whole space: 2^64 does not fit
 * @onfail  *ret_length is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_range_length(const struct iova_range *range, uint64_t *ret_length);

#ifdef __cplusplus
}
#endif

#endif

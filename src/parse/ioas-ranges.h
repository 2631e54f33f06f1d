/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_PARSE_IOAS_RANGES_H
#define IOVA_PARSE_IOAS_RANGES_H

/*
 * The reply to IOMMU_IOAS_IOVA_RANGES: the struct of the request, written back,
 * and the caller's array (drivers/iommu/iommufd/ioas.c: iommufd_ioas_iova_ranges).
 * The kernel counts all ranges, and writes as many as there is place for; if
 * there are more it says EMSGSIZE, with the count and the alignment in place.
 * From one call to the next there may be more or fewer.
 */

#include <stdbool.h>

#include "parse/range-list.h"

struct iova_parsed_ranges {
	struct iova_range *ranges; /* as in struct iova_parsed_list; NULL if they did not fit */
	size_t n_ranges;
	uint64_t alignment; /* of every address and length, a power of two up to 2^32 */
	uint32_t total;     /* how many ranges there were at that moment */
	bool fits;          /* and all of them are in this reply */
	uint32_t oddities;  /* IOVA_INFO_* of parse/range-list.h */
};

/*
 * header: a struct iova_iommu_ioas_ranges of header_size bytes as the kernel
 * left it; room: how many ranges the array has place for. Both may lie at any
 * address. Of an array that was not filled up only what the kernel counted is
 * looked at.
 * Returns 0; -EPROTO if the header is too short, or the alignment is 0, no
 * power of two or over 2^32; -ENOMEM. On failure *ret_parsed is not written.
 */
int iova_parse_ioas_ranges_(const void *header, size_t header_size, const void *array, size_t room,
			    struct iova_parsed_ranges *ret_parsed);

void iova_parsed_ranges_done_(struct iova_parsed_ranges *parsed);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_PARSE_TYPE1_INFO_H
#define IOVA_PARSE_TYPE1_INFO_H

/*
 * The reply to VFIO_IOMMU_GET_INFO of a type1 container: a struct of 16 to 24
 * bytes and, from 5.4 on, a chain of capabilities behind it
 * (drivers/vfio/vfio_iommu_type1.c: vfio_iommu_type1_get_info). Offsets count
 * from the start of the reply. Before 6.6 capabilities are not padded, so 64-bit
 * fields lie at any multiple of 4; everything is copied out, nothing is cast.
 */

#include <stdbool.h>

#include "parse/range-list.h"

/* What was odd, but could be read; of the list itself it is in range-list.h. */
#define IOVA_INFO_DUPLICATE 1u        /* a capability twice: the first counts */
#define IOVA_INFO_UNKNOWN_CAP 16u     /* a capability this version does not know: skipped */
#define IOVA_INFO_UNKNOWN_VERSION 32u /* a known capability of another version: skipped */

struct iova_parsed_info {
	uint32_t needed;           /* bytes the whole reply takes, as the kernel says (argsz) */
	bool has_caps;             /* the kernel has capabilities, whether or not they fitted */
	bool caps_fit;             /* and they are in this reply */
	uint64_t page_sizes;       /* one bit for each page size, 0 if the kernel does not say */
	bool has_list;             /* there is an IOVA_RANGE capability */
	struct iova_range *ranges; /* its ranges in the kernel's order, without inverted ones */
	size_t n_ranges;
	bool has_available; /* there is a DMA_AVAIL capability */
	uint32_t available; /* mappings the container still takes */
	uint32_t oddities;  /* IOVA_INFO_* */
};

/*
 * length: the bytes of the buffer, of which the kernel wrote at most argsz.
 * Returns 0; -EPROTO if the reply is shorter than 16 bytes, an offset, count or
 * header lies outside, offsets do not grow (a cycle), or there is a range or
 * capability that cannot be whole; -ENOMEM. On failure *ret_info is not written.
 */
int iova_parse_type1_info_(const void *reply, size_t length, struct iova_parsed_info *ret_info);

void iova_parsed_info_done_(struct iova_parsed_info *info);

#endif

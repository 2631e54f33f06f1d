/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_PARSE_RANGE_LIST_H
#define IOVA_PARSE_RANGE_LIST_H

/*
 * The kernel's list of valid addresses: pairs of two 64-bit numbers, start and
 * last, both of them inside. Type1 and iommufd write it alike.
 */

#include <libiova/range.h>

/* What was odd, but could be read. type1-info.h has the other bits. */
#define IOVA_INFO_UNSORTED 2u    /* ranges not in the order of addresses */
#define IOVA_INFO_OVERLAPPING 4u /* ranges that share addresses */
#define IOVA_INFO_INVERTED 8u    /* a range whose last is below its start: left out */
#define IOVA_INFO_EMPTY_LIST 64u /* a list of no ranges at all */

struct iova_parsed_list {
	struct iova_range *ranges; /* in the kernel's order, without inverted ones; malloc() */
	size_t n;
	uint32_t oddities; /* IOVA_INFO_* */
};

/*
 * Read n pairs, which are all there; they may lie at any address.
 * Returns 0 or -ENOMEM; on failure *ret_list is not written.
 */
int iova_parse_range_list_(const void *pairs, size_t n, struct iova_parsed_list *ret_list);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_PARSE_REGIONS_H
#define IOVA_PARSE_REGIONS_H

/*
 * The text of /sys/kernel/iommu_groups/N/reserved_regions, one region a line:
 *
 *	0x00000000fee00000 0x00000000feefffff msi
 *
 * Both bounds belong to the region (drivers/iommu/iommu.c:
 * iommu_group_show_resv_regions, the same since 4.11). Lines of one type that
 * overlap or touch were merged by the kernel, lines of different types were
 * not; at the top of the space even equal types were not. All is passed on as it
 * stands, in its order; what is odd is counted.
 */

#include <libiova/host.h>
#include <stdbool.h>

struct iova_parsed_regions {
	struct iova_region *regions;
	size_t n;
	/*
	 * The text stops without a newline, or fills the page that the kernel
	 * prints into so far that a next line may be missing.
	 */
	bool truncated;
	size_t n_malformed; /* lines that are no region; left out */
	size_t n_inverted;  /* regions whose last is below their start (length 0); left out */
	size_t n_unknown;   /* regions with an unknown word; kept, as IOVA_REGION_UNKNOWN */
};

/*
 * Never trusts the text: any bytes, any length. An unfinished last line is
 * kept if it has both bounds and a word, as a cut word can only be taken for a
 * stricter one.
 * Returns 0 or -ENOMEM; on failure *ret_parsed is not written.
 */
int iova_parse_regions_(const char *text, size_t length, struct iova_parsed_regions *ret_parsed);

void iova_parsed_regions_done_(struct iova_parsed_regions *parsed);

#endif

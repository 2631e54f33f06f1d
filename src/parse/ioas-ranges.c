/* SPDX-License-Identifier: BSD-3-Clause */
#include "parse/ioas-ranges.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "uapi/iommufd.h"

/* Pages of IOMMUs are far smaller; what is larger leaves no address to map at. */
#define ALIGNMENT_MOST (1ull << 32)

static bool is_alignment(uint64_t alignment)
{
	return alignment && !(alignment & (alignment - 1)) && alignment <= ALIGNMENT_MOST;
}

int iova_parse_ioas_ranges_(const void *header, size_t header_size, const void *array, size_t room,
			    struct iova_parsed_ranges *ret_parsed)
{
	struct iova_parsed_ranges parsed = { 0 };
	struct iova_iommu_ioas_ranges reply;
	struct iova_parsed_list list = { 0 };

	if (header_size < sizeof reply)
		return -EPROTO;
	memcpy(&reply, header, sizeof reply);
	/* The kernel writes no more than this, so that the alignment would be the caller's. */
	if (reply.size < sizeof reply || !is_alignment(reply.out_alignment))
		return -EPROTO;
	parsed.alignment = reply.out_alignment;
	parsed.total = reply.n_ranges;
	parsed.fits = reply.n_ranges <= room;
	if (parsed.fits) {
		int r = iova_parse_range_list_(array, reply.n_ranges, &list);

		if (r < 0)
			return r;
		parsed.ranges = list.ranges;
		parsed.n_ranges = list.n;
		parsed.oddities = list.oddities;
	}
	*ret_parsed = parsed;
	return 0;
}

void iova_parsed_ranges_done_(struct iova_parsed_ranges *parsed)
{
	free(parsed->ranges);
	*parsed = (struct iova_parsed_ranges){ 0 };
}

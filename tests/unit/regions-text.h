/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_REGIONS_TEXT_H
#define TESTS_UNIT_REGIONS_TEXT_H

/* What was parsed of a regions file, as the lines of its .expected file. */

#include <inttypes.h>
#include <stdio.h>

#include "parse/regions.h"

/* Longest line: two bounds, a word, a number. */
#define REGION_LINE_MAX 96

/* Room for the lines of n regions and what was counted. */
static inline size_t regions_text_size(size_t n)
{
	return (n + 4) * REGION_LINE_MAX;
}

static inline void regions_to_text(const struct iova_parsed_regions *parsed, char *text,
				   size_t size)
{
	size_t at = 0;

	for (size_t i = 0; i < parsed->n; i++) {
		const struct iova_region *region = &parsed->regions[i];

		at += (size_t)snprintf(text + at, size - at,
				       "0x%016" PRIx64 " 0x%016" PRIx64 " type %" PRIu32 " %s\n",
				       region->range.start, region->range.last, region->type,
				       region->word);
	}
	snprintf(text + at, size - at, "truncated %d\nmalformed %zu\ninverted %zu\nunknown %zu\n",
		 parsed->truncated, parsed->n_malformed, parsed->n_inverted, parsed->n_unknown);
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is a reply to IOMMU_IOAS_IOVA_RANGES: a byte that says how much of
 * the rest is the struct, and the array behind that.
 */
#include "fuzz.h"

#include <errno.h>

#include "parse/ioas-ranges.h"
#include "uapi/iommufd.h"

#define ALL_ODDITIES \
	(IOVA_INFO_UNSORTED | IOVA_INFO_OVERLAPPING | IOVA_INFO_INVERTED | IOVA_INFO_EMPTY_LIST)

struct reply {
	const uint8_t *header, *array;
	size_t header_size, room;
};

/* The plain way, every pair. */
static void check_list(const struct iova_parsed_ranges *parsed)
{
	bool unsorted = false, overlapping = false;

	for (size_t i = 0; i < parsed->n_ranges; i++) {
		const struct iova_range *a = &parsed->ranges[i];

		CHECK(a->start <= a->last);
		for (size_t j = 0; j < i; j++) {
			const struct iova_range *b = &parsed->ranges[j];

			unsorted |= b->start > a->start;
			overlapping |= !(a->last < b->start || b->last < a->start);
		}
	}
	CHECK(!(parsed->oddities & IOVA_INFO_UNSORTED) == !unsorted);
	CHECK(!(parsed->oddities & IOVA_INFO_OVERLAPPING) == !overlapping);
}

/* The ranges are those pairs of the array that are not inverted. */
static void check_kept(const struct iova_parsed_ranges *parsed, const uint8_t *array)
{
	size_t n = 0;

	for (uint32_t i = 0; i < parsed->total; i++) {
		struct iova_iommu_range pair;

		memcpy(&pair, array + i * sizeof pair, sizeof pair);
		if (pair.start > pair.last)
			continue;
		CHECK(n < parsed->n_ranges && parsed->ranges[n].start == pair.start &&
		      parsed->ranges[n].last == pair.last);
		n++;
	}
	CHECK(n == parsed->n_ranges);
	CHECK(!(parsed->oddities & IOVA_INFO_INVERTED) == (n == parsed->total));
}

static void check_parsed(const struct iova_parsed_ranges *parsed, const struct reply *reply)
{
	CHECK(parsed->fits == (parsed->total <= reply->room));
	CHECK(parsed->fits || (!parsed->ranges && !parsed->n_ranges && !parsed->oddities));
	CHECK(!(parsed->oddities & ~ALL_ODDITIES));
	CHECK(!(parsed->oddities & IOVA_INFO_EMPTY_LIST) == (parsed->total || !parsed->fits));
	if (parsed->fits)
		check_kept(parsed, reply->array);
	check_list(parsed);
}

/* Whether the header can be one, told another way: of 33 alignments. */
static bool makes_sense(const struct reply *reply, struct iova_iommu_ioas_ranges *ret_header)
{
	if (reply->header_size < sizeof *ret_header)
		return false;
	memcpy(ret_header, reply->header, sizeof *ret_header);
	if (ret_header->size < sizeof *ret_header)
		return false;
	for (unsigned int bit = 0; bit <= 32; bit++)
		if (ret_header->out_alignment == 1ull << bit)
			return true;
	return false;
}

/* Other bytes in the rest of the array: nothing may change. */
static void check_again(const struct reply *reply, const struct iova_parsed_ranges *parsed)
{
	size_t used = parsed->fits ? parsed->total * sizeof(struct iova_iommu_range) : 0;
	size_t rest = reply->room * sizeof(struct iova_iommu_range) - used;
	uint8_t *copy = copy_and_fill(reply->array, used, rest, 0xa5);
	struct iova_parsed_ranges again;

	CHECK(!iova_parse_ioas_ranges_(reply->header, reply->header_size, copy, reply->room,
				       &again));
	CHECK(again.n_ranges == parsed->n_ranges && again.alignment == parsed->alignment &&
	      again.total == parsed->total && again.fits == parsed->fits &&
	      again.oddities == parsed->oddities);
	CHECK(!again.n_ranges ||
	      !memcmp(again.ranges, parsed->ranges, again.n_ranges * sizeof *again.ranges));
	iova_parsed_ranges_done_(&again);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iova_parsed_ranges parsed;
	struct iova_iommu_ioas_ranges header;
	struct reply reply;
	int r;

	if (!size)
		return 0;
	reply.header = data + 1;
	reply.header_size = data[0] % 48;
	if (reply.header_size > size - 1)
		reply.header_size = size - 1;
	reply.array = reply.header + reply.header_size;
	reply.room = (size - 1 - reply.header_size) / sizeof(struct iova_iommu_range);
	r = iova_parse_ioas_ranges_(reply.header, reply.header_size, reply.array, reply.room,
				    &parsed);
	CHECK(r == (makes_sense(&reply, &header) ? 0 : -EPROTO));
	if (r)
		return 0;
	CHECK(parsed.total == header.n_ranges && parsed.alignment == header.out_alignment);
	check_parsed(&parsed, &reply);
	check_again(&reply, &parsed);
	iova_parsed_ranges_done_(&parsed);
	return 0;
}

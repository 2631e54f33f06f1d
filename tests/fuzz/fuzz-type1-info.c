/* SPDX-License-Identifier: BSD-3-Clause */
/* The input is a reply to VFIO_IOMMU_GET_INFO. */
#include "fuzz.h"

#include <errno.h>

#include "parse/type1-info.h"

#define ALL_ODDITIES (2 * IOVA_INFO_EMPTY_LIST - 1)

/* The plain way, every pair. */
static void check_list(const struct iova_parsed_info *info)
{
	bool unsorted = false, overlapping = false;

	for (size_t i = 0; i < info->n_ranges; i++) {
		const struct iova_range *a = &info->ranges[i];

		CHECK(a->start <= a->last);
		for (size_t j = 0; j < i; j++) {
			const struct iova_range *b = &info->ranges[j];

			unsorted |= b->start > a->start;
			overlapping |= !(a->last < b->start || b->last < a->start);
		}
	}
	CHECK(!(info->oddities & IOVA_INFO_UNSORTED) == !unsorted);
	CHECK(!(info->oddities & IOVA_INFO_OVERLAPPING) == !overlapping);
}

static void check_info(const struct iova_parsed_info *info, size_t size)
{
	CHECK(info->needed >= 16);
	CHECK(info->has_caps || !info->caps_fit);
	CHECK(info->caps_fit || (!info->has_list && !info->has_available && !info->oddities));
	CHECK(info->has_list || !info->n_ranges);
	CHECK(info->has_available || !info->available);
	CHECK(info->n_ranges * 16 <= size && info->n_ranges * 16 <= info->needed);
	CHECK(!(info->oddities & ~ALL_ODDITIES));
	if (info->oddities & IOVA_INFO_EMPTY_LIST)
		CHECK(info->has_list && !info->n_ranges);
	if (info->has_list && !info->n_ranges)
		CHECK(info->oddities & (IOVA_INFO_EMPTY_LIST | IOVA_INFO_INVERTED));
	check_list(info);
}

static bool same(const struct iova_parsed_info *a, const struct iova_parsed_info *b)
{
	return a->needed == b->needed && a->has_caps == b->has_caps && a->caps_fit == b->caps_fit &&
	       a->page_sizes == b->page_sizes && a->has_list == b->has_list &&
	       a->n_ranges == b->n_ranges && a->has_available == b->has_available &&
	       a->available == b->available && a->oddities == b->oddities &&
	       (!a->n_ranges || !memcmp(a->ranges, b->ranges, a->n_ranges * sizeof *a->ranges));
}

/* The bytes up to used, then size - used and 64 more of another kind: nothing may change. */
static void check_again(const uint8_t *data, size_t used, size_t size,
			const struct iova_parsed_info *info, int r)
{
	static const int fillers[] = { 0x00, 0x01, 0xff };

	for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++) {
		uint8_t *copy = copy_and_fill(data, used, size - used + 64, fillers[i]);
		struct iova_parsed_info again;

		CHECK(iova_parse_type1_info_(copy, size, &again) == r);
		if (!r) {
			CHECK(same(info, &again));
			iova_parsed_info_done_(&again);
		}
		free(copy);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iova_parsed_info info = { 0 };
	size_t used = size;
	int r = iova_parse_type1_info_(data, size, &info);

	CHECK(!r || r == -EPROTO);
	if (size >= 16) {
		uint32_t argsz;

		memcpy(&argsz, data, sizeof argsz);
		if (argsz >= 16 && argsz < size)
			used = argsz;
	}
	check_again(data, used, size, &info, r);
	if (!r) {
		check_info(&info, used);
		iova_parsed_info_done_(&info);
	}
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "parse/ioas-ranges.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "odd-lists.h"
#include "oom.h"
#include "uapi/iommufd.h"

static const struct iova_range vtd[] = { { 0, 0xfedfffff }, { 0xfef00000, 0x7fffffffff } };

/* As the kernel leaves it for a caller that asked with room for some. */
static struct iova_iommu_ioas_ranges header_of(uint32_t n)
{
	return (struct iova_iommu_ioas_ranges){
		.size = sizeof(struct iova_iommu_ioas_ranges),
		.ioas_id = 3,
		.n_ranges = n,
		.ranges = UINT64_MAX,
		.out_alignment = 4096,
	};
}

/* Both parts end where a sanitizer watches, and lie at odd addresses. */
static int parse_bytes(const void *header, size_t header_size, const struct iova_range *ranges,
		       size_t room, struct iova_parsed_ranges *ret_parsed)
{
	unsigned char *reply = malloc(header_size + 1);
	unsigned char *array = malloc(room * sizeof *ranges + 1);
	int r;

	assert_non_null(reply);
	assert_non_null(array);
	memcpy(reply + 1, header, header_size);
	if (room)
		memcpy(array + 1, ranges, room * sizeof *ranges);
	r = iova_parse_ioas_ranges_(reply + 1, header_size, array + 1, room, ret_parsed);
	free(array);
	free(reply);
	return r;
}

static struct iova_parsed_ranges parse(const struct iova_iommu_ioas_ranges *header,
				       const struct iova_range *ranges, size_t room)
{
	struct iova_parsed_ranges parsed;

	assert_int_equal(parse_bytes(header, sizeof *header, ranges, room, &parsed), 0);
	return parsed;
}

static void assert_refused(const struct iova_iommu_ioas_ranges *header, size_t header_size)
{
	struct iova_parsed_ranges parsed = { .total = 77 };
	long live = oom_live();

	assert_int_equal(parse_bytes(header, header_size, vtd, 2, &parsed), -EPROTO);
	assert_int_equal(parsed.total, 77);
	assert_int_equal(oom_live(), live);
}

static void a_usual_reply_is_read_whole(void **state)
{
	const struct iova_iommu_ioas_ranges header = header_of(2);
	struct iova_parsed_ranges parsed = parse(&header, vtd, 2);

	(void)state;
	assert_true(parsed.fits);
	assert_int_equal(parsed.total, 2);
	assert_int_equal(parsed.alignment, 4096);
	assert_int_equal(parsed.oddities, 0);
	assert_int_equal(parsed.n_ranges, 2);
	assert_memory_equal(parsed.ranges, vtd, sizeof vtd);
	iova_parsed_ranges_done_(&parsed);
	assert_null(parsed.ranges);
	assert_int_equal(parsed.total, 0);
}

/* Fewer than at the call before: what lies behind them is the array's old contents. */
static void of_a_larger_array_only_what_was_counted_is_read(void **state)
{
	const struct iova_iommu_ioas_ranges header = header_of(1);
	const struct iova_range ranges[] = { vtd[0], { 9, 0 }, { 0, UINT64_MAX } };
	struct iova_parsed_ranges parsed = parse(&header, ranges, 3);

	(void)state;
	assert_true(parsed.fits);
	assert_int_equal(parsed.total, 1);
	assert_int_equal(parsed.n_ranges, 1);
	assert_memory_equal(parsed.ranges, vtd, sizeof *vtd);
	assert_int_equal(parsed.oddities, 0);
	iova_parsed_ranges_done_(&parsed);
}

static void more_ranges_than_room_are_counted_and_none_is_taken(void **state)
{
	static const uint32_t totals[] = { 3, 4, 1u << 28, (1u << 28) + 2, UINT32_MAX };
	long live = oom_live();

	(void)state;
	for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) {
		const struct iova_iommu_ioas_ranges header = header_of(totals[i]);
		struct iova_parsed_ranges parsed = parse(&header, vtd, 2);

		assert_false(parsed.fits);
		assert_int_equal(parsed.total, totals[i]);
		assert_int_equal(parsed.alignment, 4096);
		assert_null(parsed.ranges);
		assert_int_equal(parsed.n_ranges, 0);
		assert_int_equal(parsed.oddities, 0);
		assert_int_equal(oom_live(), live);
		iova_parsed_ranges_done_(&parsed);
	}
}

static void a_call_without_room_only_counts(void **state)
{
	struct iova_iommu_ioas_ranges header = header_of(2);
	struct iova_parsed_ranges parsed;

	(void)state;
	assert_int_equal(iova_parse_ioas_ranges_(&header, sizeof header, NULL, 0, &parsed), 0);
	assert_false(parsed.fits);
	assert_int_equal(parsed.total, 2);
	header.n_ranges = 0;
	assert_int_equal(iova_parse_ioas_ranges_(&header, sizeof header, NULL, 0, &parsed), 0);
	assert_true(parsed.fits);
	assert_int_equal(parsed.oddities, IOVA_INFO_EMPTY_LIST);
	assert_null(parsed.ranges);
}

static void a_reply_shorter_than_its_fields_is_refused(void **state)
{
	struct iova_iommu_ioas_ranges header = header_of(2);
	unsigned char longer[sizeof header + 8] = { 0 };
	struct iova_parsed_ranges parsed;

	(void)state;
	for (size_t size = 0; size < sizeof header; size++)
		assert_refused(&header, size);
	memcpy(longer, &header, sizeof header);
	assert_int_equal(parse_bytes(longer, sizeof longer, vtd, 2, &parsed), 0);
	assert_int_equal(parsed.n_ranges, 2);
	iova_parsed_ranges_done_(&parsed);
	for (header.size = 0; header.size < sizeof header; header.size++)
		assert_refused(&header, sizeof header);
	header.size = UINT32_MAX;
	parsed = parse(&header, vtd, 2);
	assert_int_equal(parsed.n_ranges, 2);
	iova_parsed_ranges_done_(&parsed);
}

static void an_alignment_is_a_power_of_two_up_to_32_bits(void **state)
{
	struct iova_iommu_ioas_ranges header = header_of(2);

	(void)state;
	for (unsigned int bit = 0; bit < 64; bit++) {
		struct iova_parsed_ranges parsed;

		header.out_alignment = 1ull << bit;
		if (bit > 32) {
			assert_refused(&header, sizeof header);
			continue;
		}
		parsed = parse(&header, vtd, 2);
		assert_true(parsed.alignment == 1ull << bit);
		iova_parsed_ranges_done_(&parsed);
	}
	for (unsigned int bit = 1; bit < 64; bit++) {
		header.out_alignment = (1ull << bit) + (1ull << (bit - 1));
		assert_refused(&header, sizeof header);
	}
	header.out_alignment = 0;
	assert_refused(&header, sizeof header);
	header.out_alignment = UINT64_MAX;
	assert_refused(&header, sizeof header);
	/* Also where the ranges are not looked at. */
	header.n_ranges = 9;
	assert_refused(&header, sizeof header);
}

static void assert_oddities(const struct iova_range *ranges, uint32_t n, uint32_t oddities,
			    size_t kept)
{
	const struct iova_iommu_ioas_ranges header = header_of(n);
	struct iova_parsed_ranges parsed = parse(&header, ranges, n);

	assert_true(parsed.fits);
	assert_int_equal(parsed.total, n);
	assert_int_equal(parsed.oddities, oddities);
	assert_int_equal(parsed.n_ranges, kept);
	iova_parsed_ranges_done_(&parsed);
}

static void odd_lists_are_kept_and_said(void **state)
{
	const uint32_t both = IOVA_INFO_UNSORTED | IOVA_INFO_OVERLAPPING;

	(void)state;
	check_list(0, 1, { 0, UINT64_MAX });
	check_list(0, 2, { 0, 9 }, { 10, UINT64_MAX });
	check_list(IOVA_INFO_OVERLAPPING, 2, { 0, 9 }, { 9, 20 });
	check_list(IOVA_INFO_UNSORTED, 2, { 10, 20 }, { 0, 9 });
	check_list(both, 3, { 50, 59 }, { 0, 9 }, { 59, UINT64_MAX });
	check_list(IOVA_INFO_INVERTED, 2, { 0, 9 }, { 21, 20 }, { 30, 39 });
	check_list(IOVA_INFO_INVERTED, 0, { UINT64_MAX, 0 });
	check_list(IOVA_INFO_INVERTED | both, 2, { 9, 20 }, { 5, 4 }, { 0, 9 });
	assert_oddities(NULL, 0, IOVA_INFO_EMPTY_LIST, 0);
}

static void odd_ranges_stay_in_the_kernels_order(void **state)
{
	static const struct iova_range ranges[] = { { 50, 59 }, { 7, 6 }, { 0, 9 }, { 5, 70 } };
	static const struct iova_range kept[] = { { 50, 59 }, { 0, 9 }, { 5, 70 } };
	const struct iova_iommu_ioas_ranges header = header_of(4);
	struct iova_parsed_ranges parsed = parse(&header, ranges, 4);

	(void)state;
	assert_int_equal(parsed.total, 4);
	assert_int_equal(parsed.n_ranges, 3);
	assert_memory_equal(parsed.ranges, kept, sizeof kept);
	iova_parsed_ranges_done_(&parsed);
}

static void without_memory_nothing_is_written_or_kept(void **state)
{
	static const struct iova_range unsorted[] = { { 9, 20 }, { 0, 8 } };
	const struct iova_iommu_ioas_ranges header = header_of(2);
	unsigned long failures = 0;
	long live = oom_live();

	(void)state;
	for (unsigned long n = 0;; n++) {
		struct iova_parsed_ranges parsed = { .total = 77 };
		int r;

		oom_fail_at(n);
		r = iova_parse_ioas_ranges_(&header, sizeof header, unsorted, 2, &parsed);
		oom_off();
		if (!oom_reached()) {
			assert_int_equal(r, 0);
			iova_parsed_ranges_done_(&parsed);
			break;
		}
		failures++;
		assert_int_equal(r, -ENOMEM);
		assert_int_equal(parsed.total, 77);
		assert_int_equal(oom_live(), live);
	}
	assert_int_equal(failures, 2);
	assert_int_equal(oom_live(), live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_usual_reply_is_read_whole),
		cmocka_unit_test(of_a_larger_array_only_what_was_counted_is_read),
		cmocka_unit_test(more_ranges_than_room_are_counted_and_none_is_taken),
		cmocka_unit_test(a_call_without_room_only_counts),
		cmocka_unit_test(a_reply_shorter_than_its_fields_is_refused),
		cmocka_unit_test(an_alignment_is_a_power_of_two_up_to_32_bits),
		cmocka_unit_test(odd_lists_are_kept_and_said),
		cmocka_unit_test(odd_ranges_stay_in_the_kernels_order),
		cmocka_unit_test(without_memory_nothing_is_written_or_kept),
	};

	return cmocka_run_group_tests_name("ioas-ranges", tests, NULL, NULL);
}

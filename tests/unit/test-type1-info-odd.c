/* SPDX-License-Identifier: BSD-3-Clause */
/* Replies that can be read and are not as they should be. */
#include "parse/type1-info.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "odd-lists.h"
#include "type1-image.h"

static void of_a_capability_twice_the_first_counts(void **state)
{
	static const struct iova_range other[] = { { 1, 2 }, { 4, 5 }, { 7, 8 } };
	struct image image = usual_image();
	struct iova_parsed_info info;
	uint32_t second;

	(void)state;
	second = put_list(&image, other, 3);
	put_available(&image, 1);
	info = parse(&image);
	assert_vtd(&info);
	assert_int_equal(info.available, 65535);
	assert_int_equal(info.oddities, IOVA_INFO_DUPLICATE);
	iova_parsed_info_done_(&info);
	/* What is not used must be whole all the same. */
	put32(&image, second + 8, 4);
	assert_refused(&image, image.length);
}

static void migration_is_known_and_passed_over(void **state)
{
	struct image image = new_image(IOVA_VFIO_INFO_CAPS);
	struct iova_parsed_info info;

	(void)state;
	put_cap(&image, IOVA_VFIO_CAP_MIGRATION, 1, 32);
	info = parse(&image);
	assert_int_equal(info.oddities, 0);
	assert_true(info.caps_fit);
	assert_false(info.has_list);
	assert_false(info.has_available);
	put_cap(&image, IOVA_VFIO_CAP_MIGRATION, 1, 32);
	info = parse(&image);
	assert_int_equal(info.oddities, IOVA_INFO_DUPLICATE);
}

static void what_is_not_known_is_passed_over_and_said(void **state)
{
	struct image image = new_image(IOVA_VFIO_INFO_CAPS);
	struct iova_parsed_info info;

	(void)state;
	put_cap(&image, 0, 1, 8);
	put_cap(&image, 4, 1, 13);
	put_cap(&image, UINT16_MAX, 2, 8);
	put_list(&image, vtd, 2);
	info = parse(&image);
	assert_vtd(&info);
	assert_int_equal(info.oddities, IOVA_INFO_UNKNOWN_CAP);
	iova_parsed_info_done_(&info);
}

/* Its layout may be another, so that nothing of it is checked. */
static void another_version_is_passed_over_and_said(void **state)
{
	struct image image = new_image(IOVA_VFIO_INFO_CAPS);
	struct iova_parsed_info info;

	(void)state;
	put_cap(&image, IOVA_VFIO_CAP_IOVA_RANGE, 2, 8);
	put_cap(&image, IOVA_VFIO_CAP_DMA_AVAIL, 0, 8);
	info = parse(&image);
	assert_false(info.has_list);
	assert_false(info.has_available);
	assert_int_equal(info.oddities, IOVA_INFO_UNKNOWN_VERSION);
	put_list(&image, vtd, 2);
	info = parse(&image);
	assert_vtd(&info);
	assert_int_equal(info.oddities, IOVA_INFO_UNKNOWN_VERSION);
	iova_parsed_info_done_(&info);
}

static void assert_oddities(const struct iova_range *ranges, uint32_t n, uint32_t oddities,
			    size_t kept)
{
	struct image image = new_image(IOVA_VFIO_INFO_CAPS);
	struct iova_parsed_info info;

	put_list(&image, ranges, n);
	info = parse(&image);
	assert_true(info.has_list);
	assert_int_equal(info.oddities, oddities);
	assert_int_equal(info.n_ranges, kept);
	iova_parsed_info_done_(&info);
}

static void odd_lists_are_kept_and_said(void **state)
{
	const uint32_t both = IOVA_INFO_UNSORTED | IOVA_INFO_OVERLAPPING;

	(void)state;
	check_list(0, 2, { 0, 9 }, { 10, UINT64_MAX });
	check_list(0, 1, { 0, UINT64_MAX });
	check_list(IOVA_INFO_OVERLAPPING, 2, { 0, 9 }, { 9, 20 });
	check_list(IOVA_INFO_OVERLAPPING, 2, { 0, 9 }, { 0, 9 });
	check_list(IOVA_INFO_OVERLAPPING, 3, { 0, 99 }, { 5, 6 }, { 200, 300 });
	check_list(IOVA_INFO_UNSORTED, 2, { 10, 20 }, { 0, 9 });
	check_list(IOVA_INFO_UNSORTED, 4, { 50, 59 }, { 0, 9 }, { 30, 39 }, { 10, 19 });
	check_list(both, 2, { 9, 20 }, { 0, 9 });
	check_list(both, 5, { 50, 59 }, { 0, 9 }, { 70, UINT64_MAX }, { 30, 39 }, { 58, 60 });
	check_list(both, 4, { 50, 59 }, { 0, 99 }, { 200, 210 }, { 110, 120 });
	check_list(IOVA_INFO_INVERTED, 2, { 0, 9 }, { 21, 20 }, { 30, 39 });
	check_list(IOVA_INFO_INVERTED, 0, { UINT64_MAX, 0 });
	check_list(IOVA_INFO_INVERTED | IOVA_INFO_UNSORTED, 2, { 30, 39 }, { 5, 4 }, { 0, 9 });
	assert_oddities(NULL, 0, IOVA_INFO_EMPTY_LIST, 0);
}

static void a_long_list_in_falling_order_does_not_overlap(void **state)
{
	struct iova_range ranges[50];

	(void)state;
	for (uint64_t i = 0; i < 50; i++)
		ranges[i] = (struct iova_range){ (50 - i) * 10, (50 - i) * 10 + 9 };
	assert_oddities(ranges, 50, IOVA_INFO_UNSORTED, 50);
	ranges[0].start--;
	assert_oddities(ranges, 50, IOVA_INFO_UNSORTED | IOVA_INFO_OVERLAPPING, 50);
}

static void assert_adds(struct image *image, uint32_t oddities)
{
	struct iova_parsed_info info = parse(image);

	assert_int_equal(info.oddities, oddities);
	iova_parsed_info_done_(&info);
}

static void one_oddity_does_not_hide_another(void **state)
{
	static const struct iova_range mixed[] = { { 0, 9 }, { 21, 20 }, { 5, 30 } };
	static const struct iova_range falling[] = { { 9, 20 }, { 8, 7 }, { 0, 9 } };
	const uint32_t inverted = IOVA_INFO_UNKNOWN_CAP | IOVA_INFO_INVERTED;
	struct image begun = new_image(IOVA_VFIO_INFO_CAPS), image;

	(void)state;
	put_cap(&begun, UINT16_MAX, 1, 8);
	/* The least there can be: a header, and the reply ends with it. */
	assert_adds(&begun, IOVA_INFO_UNKNOWN_CAP);
	image = begun;
	put_list(&image, NULL, 0);
	assert_adds(&image, IOVA_INFO_UNKNOWN_CAP | IOVA_INFO_EMPTY_LIST);
	image = begun;
	put_list(&image, mixed, 3);
	assert_adds(&image, inverted | IOVA_INFO_OVERLAPPING);
	image = begun;
	put_list(&image, falling, 3);
	assert_adds(&image, inverted | IOVA_INFO_UNSORTED | IOVA_INFO_OVERLAPPING);
	put_list(&image, vtd, 2);
	assert_adds(&image,
		    inverted | IOVA_INFO_UNSORTED | IOVA_INFO_OVERLAPPING | IOVA_INFO_DUPLICATE);
	image = begun;
	put_available(&image, 1);
	put_available(&image, 2);
	assert_adds(&image, IOVA_INFO_UNKNOWN_CAP | IOVA_INFO_DUPLICATE);
	image = begun;
	put_cap(&image, IOVA_VFIO_CAP_MIGRATION, 1, 32);
	put_cap(&image, IOVA_VFIO_CAP_MIGRATION, 1, 32);
	assert_adds(&image, IOVA_INFO_UNKNOWN_CAP | IOVA_INFO_DUPLICATE);
	put_cap(&image, IOVA_VFIO_CAP_MIGRATION, 2, 32);
	assert_adds(&image,
		    IOVA_INFO_UNKNOWN_CAP | IOVA_INFO_DUPLICATE | IOVA_INFO_UNKNOWN_VERSION);
	image = new_image(IOVA_VFIO_INFO_CAPS);
	put_cap(&image, IOVA_VFIO_CAP_MIGRATION, 2, 32);
	put_cap(&image, UINT16_MAX, 1, 8);
	assert_adds(&image, IOVA_INFO_UNKNOWN_CAP | IOVA_INFO_UNKNOWN_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_capability_twice_the_first_counts),
		cmocka_unit_test(migration_is_known_and_passed_over),
		cmocka_unit_test(what_is_not_known_is_passed_over_and_said),
		cmocka_unit_test(another_version_is_passed_over_and_said),
		cmocka_unit_test(odd_lists_are_kept_and_said),
		cmocka_unit_test(a_long_list_in_falling_order_does_not_overlap),
		cmocka_unit_test(one_oddity_does_not_hide_another),
	};

	return cmocka_run_group_tests_name("type1-info-odd", tests, NULL, NULL);
}

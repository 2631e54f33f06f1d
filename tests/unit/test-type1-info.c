/* SPDX-License-Identifier: BSD-3-Clause */
/* Replies as they should be, and what lies outside of them. */
#include "parse/type1-info.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "type1-image.h"

static void a_usual_reply_is_read_whole(void **state)
{
	struct image image = usual_image();
	struct iova_parsed_info info = parse(&image);

	(void)state;
	assert_int_equal(info.needed, 84);
	assert_true(info.has_caps);
	assert_true(info.caps_fit);
	assert_int_equal(info.page_sizes, 0x201000);
	assert_vtd(&info);
	assert_true(info.has_available);
	assert_int_equal(info.available, 65535);
	assert_int_equal(info.oddities, 0);
	iova_parsed_info_done_(&info);
	assert_null(info.ranges);
}

static void page_sizes_count_only_with_their_flag(void **state)
{
	struct image image = new_image(0);
	struct iova_parsed_info info = parse(&image);

	(void)state;
	assert_int_equal(info.page_sizes, 0);
	assert_false(info.has_caps);
	image = new_image(IOVA_VFIO_INFO_PGSIZES);
	info = parse(&image);
	assert_int_equal(info.page_sizes, 0x201000);
}

static void an_offset_without_the_flag_is_not_followed(void **state)
{
	struct image image = usual_image();
	struct iova_parsed_info info;

	(void)state;
	put32(&image, 4, IOVA_VFIO_INFO_PGSIZES);
	put32(&image, 16, 0xffff);
	info = parse(&image);
	assert_false(info.has_caps);
	assert_false(info.caps_fit);
	assert_false(info.has_list);
}

static void caps_that_did_not_fit_are_known_to_exist(void **state)
{
	struct image image = new_image(IOVA_VFIO_INFO_PGSIZES | IOVA_VFIO_INFO_CAPS);
	struct iova_parsed_info info;

	(void)state;
	put32(&image, 0, 136);
	info = parse(&image);
	assert_int_equal(info.needed, 136);
	assert_true(info.has_caps);
	assert_false(info.caps_fit);
	assert_false(info.has_list);
	assert_int_equal(info.page_sizes, 0x201000);
}

/* The field is the caller's own garbage where the kernel had no room to write it. */
static void an_offset_outside_the_reply_is_not_read(void **state)
{
	struct image image = usual_image();

	(void)state;
	for (size_t length = 16; length < 20; length++) {
		struct iova_parsed_info info;

		assert_int_equal(parse_bytes(image.bytes, length, &info), 0);
		assert_true(info.has_caps);
		assert_false(info.caps_fit);
	}
	for (uint32_t argsz = 16; argsz < 20; argsz++) {
		struct iova_parsed_info info;

		put32(&image, 0, argsz);
		info = parse(&image);
		assert_int_equal(info.needed, argsz);
		assert_true(info.has_caps);
		assert_false(info.caps_fit);
	}
}

static void a_reply_shorter_than_its_first_fields_is_refused(void **state)
{
	struct image image = usual_image();

	(void)state;
	for (size_t length = 0; length < 16; length++)
		assert_refused(&image, length);
	for (uint32_t argsz = 0; argsz < 16; argsz++) {
		put32(&image, 0, argsz);
		assert_refused(&image, image.length);
	}
}

static void what_lies_behind_argsz_is_not_read(void **state)
{
	struct image image = usual_image();
	struct iova_parsed_info info;

	(void)state;
	info = parse(&image);
	iova_parsed_info_done_(&info);
	put32(&image, 0, image.length - 1);
	assert_refused(&image, image.length);
	/* More than the buffer has helps no more than exactly that. */
	put32(&image, 0, UINT32_MAX);
	assert_refused(&image, image.length - 1);
	info = parse(&image);
	assert_vtd(&info);
	assert_int_equal(info.needed, UINT32_MAX);
	iova_parsed_info_done_(&info);
}

static void every_shorter_reply_is_refused_or_says_that_caps_are_elsewhere(void **state)
{
	struct image image = usual_image();

	(void)state;
	for (size_t length = 0; length < image.length; length++) {
		struct iova_parsed_info info = { .needed = 77 };
		int r = parse_bytes(image.bytes, length, &info);

		assert_int_equal(r, length >= 16 && length < 20 ? 0 : -EPROTO);
		assert_int_equal(info.needed, r ? 77 : 84);
	}
}

static void the_first_offset_is_behind_the_fields_and_inside(void **state)
{
	struct image image = usual_image();

	(void)state;
	for (uint32_t offset = 1; offset < 20; offset++) {
		put32(&image, 16, offset);
		assert_refused(&image, image.length);
	}
	for (uint32_t offset = image.length - 7; offset < image.length + 2; offset++) {
		put32(&image, 16, offset);
		assert_refused(&image, image.length);
	}
	put32(&image, 16, UINT32_MAX);
	assert_refused(&image, image.length);
	put32(&image, 16, UINT32_MAX - 7);
	assert_refused(&image, image.length);
}

/* Nothing but the place is wrong: zeros are a whole capability of an unknown kind. */
static void a_capability_of_any_kind_lies_behind_what_came_before(void **state)
{
	struct image image = new_image(IOVA_VFIO_INFO_CAPS);
	struct iova_parsed_info info;

	(void)state;
	image.length = 64;
	put32(&image, 0, image.length);
	for (uint32_t offset = 17; offset < 40; offset++) {
		put32(&image, 16, offset);
		if (offset < 20) {
			assert_refused(&image, image.length);
			continue;
		}
		info = parse(&image);
		assert_int_equal(info.oddities, IOVA_INFO_UNKNOWN_CAP);
	}
	put32(&image, 16, 32);
	for (uint32_t next = 20; next <= 56; next++) {
		put32(&image, 32 + 4, next);
		if (next < 40) {
			assert_refused(&image, image.length);
			continue;
		}
		info = parse(&image);
		assert_int_equal(info.oddities, IOVA_INFO_UNKNOWN_CAP);
	}
}

static void a_chain_may_start_at_20_as_on_32_bit_kernels(void **state)
{
	struct image image = new_image(IOVA_VFIO_INFO_CAPS);
	struct iova_parsed_info info;

	(void)state;
	image.length = 20;
	put_list(&image, vtd, 2);
	info = parse(&image);
	assert_vtd(&info);
	iova_parsed_info_done_(&info);
}

static void a_chain_that_does_not_go_forward_is_refused(void **state)
{
	struct image image = usual_image();
	const uint32_t second = 36;

	(void)state;
	/* To itself, into its own header, and back from the second to each place before it. */
	for (uint32_t next = 1; next < 24 + 8; next++) {
		put32(&image, 24 + 4, next);
		assert_refused(&image, image.length);
	}
	put32(&image, 24 + 4, second);
	for (uint32_t next = 1; next < second + 8; next++) {
		put32(&image, second + 4, next);
		assert_refused(&image, image.length);
	}
}

static void a_next_header_lies_inside_the_reply(void **state)
{
	struct image image = new_image(IOVA_VFIO_INFO_CAPS);
	struct iova_parsed_info info;
	uint32_t at = put_cap(&image, IOVA_VFIO_CAP_MIGRATION, 1, 32);

	(void)state;
	put_cap(&image, 99, 1, 8);
	info = parse(&image);
	assert_int_equal(info.oddities, IOVA_INFO_UNKNOWN_CAP);
	put32(&image, at + 4, image.length - 7);
	assert_refused(&image, image.length);
	put32(&image, at + 4, image.length);
	assert_refused(&image, image.length);
	put32(&image, at + 4, UINT32_MAX);
	assert_refused(&image, image.length);
}

static void a_count_larger_than_the_reply_is_refused(void **state)
{
	static const uint32_t counts[] = {
		3, 4, UINT32_MAX, UINT32_MAX / 16 + 1, 1u << 28, (1u << 28) + 2, (1u << 31) + 1
	};
	struct image image = usual_image();
	struct iova_parsed_info info;

	(void)state;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		put32(&image, 36 + 8, counts[i]);
		assert_refused(&image, image.length);
	}
	/* One byte short of the third range. */
	put32(&image, 36 + 8, 3);
	put32(&image, 0, image.length + 16);
	assert_refused(&image, image.length + 15);
	image.length += 16;
	info = parse(&image);
	assert_int_equal(info.n_ranges, 3);
	iova_parsed_info_done_(&info);
}

static void a_list_may_be_smaller_than_its_room(void **state)
{
	struct image image = usual_image();
	struct iova_parsed_info info;

	(void)state;
	put32(&image, 36 + 8, 1);
	info = parse(&image);
	assert_int_equal(info.n_ranges, 1);
	assert_memory_equal(info.ranges, vtd, sizeof *vtd);
	iova_parsed_info_done_(&info);
}

static void a_body_that_reaches_into_the_next_capability_is_refused(void **state)
{
	struct image image = new_image(IOVA_VFIO_INFO_CAPS);
	uint32_t list = put_list(&image, vtd, 2);
	struct iova_parsed_info info;

	(void)state;
	put_available(&image, 1);
	put_cap(&image, IOVA_VFIO_CAP_MIGRATION, 1, 32);
	info = parse(&image);
	iova_parsed_info_done_(&info);
	put32(&image, list + 8, 3);
	assert_refused(&image, image.length);

	image = new_image(IOVA_VFIO_INFO_CAPS);
	put_cap(&image, IOVA_VFIO_CAP_DMA_AVAIL, 1, 11);
	put_list(&image, vtd, 2);
	assert_refused(&image, image.length);

	image = new_image(IOVA_VFIO_INFO_CAPS);
	put_cap(&image, IOVA_VFIO_CAP_IOVA_RANGE, 1, 15);
	put_cap(&image, IOVA_VFIO_CAP_MIGRATION, 1, 32);
	assert_refused(&image, image.length);
}

static void a_wrong_byte_anywhere_harms_nothing(void **state)
{
	struct image image = usual_image();
	struct iova_parsed_info whole = parse(&image);
	size_t refused = 0, n = 0;

	(void)state;
	for (uint32_t i = 0; i < image.length; i++) {
		const unsigned char was = image.bytes[i];
		const unsigned char wrong[] = { 0, 0xff, was ^ 0x80, was ^ 1 };

		for (size_t j = 0; j < sizeof wrong; j++, n++) {
			struct iova_parsed_info info = { .needed = 77 };
			int r;

			image.bytes[i] = wrong[j];
			r = parse_bytes(image.bytes, image.length, &info);
			image.bytes[i] = was;
			refused += r < 0;
			if (r < 0) {
				assert_int_equal(r, -EPROTO);
				assert_int_equal(info.needed, 77);
				continue;
			}
			assert_in_range(info.n_ranges, 0, 2);
			for (size_t k = 0; k < info.n_ranges; k++)
				assert_true(info.ranges[k].start <= info.ranges[k].last);
			iova_parsed_info_done_(&info);
		}
	}
	assert_in_range(refused, 20, n - 20);
	iova_parsed_info_done_(&whole);
}

static void without_memory_nothing_is_written_or_kept(void **state)
{
	static const struct iova_range unsorted[] = { { 9, 20 }, { 0, 8 } };
	struct image image = new_image(IOVA_VFIO_INFO_CAPS);
	unsigned long failures = 0;
	long live = oom_live();

	(void)state;
	put_list(&image, unsorted, 2);
	for (unsigned long n = 0;; n++) {
		struct iova_parsed_info info = { .needed = 77 };
		int r;

		oom_fail_at(n);
		r = iova_parse_type1_info_(image.bytes, image.length, &info);
		oom_off();
		if (!oom_reached()) {
			assert_int_equal(r, 0);
			iova_parsed_info_done_(&info);
			break;
		}
		failures++;
		assert_int_equal(r, -ENOMEM);
		assert_int_equal(info.needed, 77);
		assert_int_equal(oom_live(), live);
	}
	assert_in_range(failures, 2, 10);
	assert_int_equal(oom_live(), live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_usual_reply_is_read_whole),
		cmocka_unit_test(page_sizes_count_only_with_their_flag),
		cmocka_unit_test(an_offset_without_the_flag_is_not_followed),
		cmocka_unit_test(caps_that_did_not_fit_are_known_to_exist),
		cmocka_unit_test(an_offset_outside_the_reply_is_not_read),
		cmocka_unit_test(a_reply_shorter_than_its_first_fields_is_refused),
		cmocka_unit_test(what_lies_behind_argsz_is_not_read),
		cmocka_unit_test(every_shorter_reply_is_refused_or_says_that_caps_are_elsewhere),
		cmocka_unit_test(the_first_offset_is_behind_the_fields_and_inside),
		cmocka_unit_test(a_capability_of_any_kind_lies_behind_what_came_before),
		cmocka_unit_test(a_chain_may_start_at_20_as_on_32_bit_kernels),
		cmocka_unit_test(a_chain_that_does_not_go_forward_is_refused),
		cmocka_unit_test(a_next_header_lies_inside_the_reply),
		cmocka_unit_test(a_count_larger_than_the_reply_is_refused),
		cmocka_unit_test(a_list_may_be_smaller_than_its_room),
		cmocka_unit_test(a_body_that_reaches_into_the_next_capability_is_refused),
		cmocka_unit_test(a_wrong_byte_anywhere_harms_nothing),
		cmocka_unit_test(without_memory_nothing_is_written_or_kept),
	};

	return cmocka_run_group_tests_name("type1-info", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Kept replies, made by tests/data/caps/make-caps or recorded from machines.
 * They are little-endian, so this is only built for machines that are.
 */
#include "parse/type1-info.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "data-files.h"
#include "type1-image.h"

static void append(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char *text, size_t size, const char *format, ...)
{
	size_t at = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + at, size - at, format, args);
	va_end(args);
}

static void info_to_text(const struct iova_parsed_info *info, char *text, size_t size)
{
	static const char *const odd[] = { "duplicate", "unsorted",           "overlapping",
					   "inverted",  "unknown capability", "unknown version",
					   "empty list" };

	text[0] = '\0';
	append(text, size, "needed %" PRIu32 "\n", info->needed);
	append(text, size, "caps %s\n",
	       info->caps_fit ? "here" :
	       info->has_caps ? "elsewhere" :
				"none");
	append(text, size, "page sizes 0x%" PRIx64 "\n", info->page_sizes);
	if (!info->has_list)
		append(text, size, "list none\n");
	else
		append(text, size, "list %zu\n", info->n_ranges);
	for (size_t i = 0; i < info->n_ranges; i++)
		append(text, size, "0x%016" PRIx64 " 0x%016" PRIx64 "\n", info->ranges[i].start,
		       info->ranges[i].last);
	if (info->has_available)
		append(text, size, "available %" PRIu32 "\n", info->available);
	else
		append(text, size, "available none\n");
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		if (info->oddities >> i & 1)
			append(text, size, "odd %s\n", odd[i]);
}

static void check_good(const char *path)
{
	struct data_file data = data_read(path);
	struct iova_parsed_info info;
	char text[4096];

	if (parse_bytes(data.bytes, data.length, &info))
		fail_msg("%s: refused", path);
	info_to_text(&info, text, sizeof text);
	data_compare(path, text);
	iova_parsed_info_done_(&info);
	free(data.bytes);
}

static void check_bad(const char *path)
{
	struct data_file data = data_read(path);
	struct iova_parsed_info info = { .needed = 77 };
	int r = parse_bytes(data.bytes, data.length, &info);

	if (r != -EPROTO || info.needed != 77)
		fail_msg("%s: parsed with %d", path, r);
	free(data.bytes);
}

static void check_machine(const char *path)
{
	struct data_file data = data_read(path);
	struct iova_parsed_info info;
	int r = parse_bytes(data.bytes, data.length, &info);

	if (r || info.oddities || info.has_caps != info.caps_fit || !info.page_sizes)
		fail_msg("%s: parsed with %d, oddities %" PRIu32, path, r, info.oddities);
	iova_parsed_info_done_(&info);
	for (size_t length = 0; length < data.length; length++)
		if (!parse_bytes(data.bytes, length, &info))
			iova_parsed_info_done_(&info);
	free(data.bytes);
}

static void kept_replies_give_what_is_expected_of_them(void **state)
{
	(void)state;
	assert_int_not_equal(data_each("caps/good/*.bin", check_good), 0);
}

static void kept_bad_replies_are_refused(void **state)
{
	(void)state;
	assert_int_not_equal(data_each("caps/bad/*.bin", check_bad), 0);
}

static void replies_of_recorded_machines_have_nothing_odd(void **state)
{
	(void)state;
	/* A machine without VFIO has no reply to record, so there may be none. */
	data_each("machines/*/caps.bin", check_machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept_replies_give_what_is_expected_of_them),
		cmocka_unit_test(kept_bad_replies_are_refused),
		cmocka_unit_test(replies_of_recorded_machines_have_nothing_odd),
	};

	return cmocka_run_group_tests_name("type1-info-data", tests, NULL, NULL);
}

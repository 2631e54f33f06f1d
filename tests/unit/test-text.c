/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <libiova/explain.h>

static struct iova_conflict conflict_of(uint32_t source)
{
	return (struct iova_conflict){ .range = { 0x1000, 0x1fff },
				       .region = { 0x800, 0x27ff },
				       .source = source,
				       .verdict = IOVA_VERDICT_REFUSE,
				       .group = IOVA_GROUP_NONE };
}

static void assert_text(const struct iova_conflict *conflict, const char *expected)
{
	char text[400];

	assert_int_equal(iova_conflict_text(conflict, text, sizeof text), strlen(expected));
	assert_string_equal(text, expected);
}

static void region_is_told_with_its_owner_and_meaning(void **state)
{
	struct iova_conflict conflict = conflict_of(IOVA_SOURCE_REGION);

	(void)state;
	conflict.type = IOVA_REGION_DIRECT_RELAXABLE;
	conflict.group = 5;
	assert_text(&conflict,
		    "0x1000-0x1fff hits the direct-relaxable region 0x800-0x27ff of group 5: "
		    "firmware may have the device use it, and the kernel maps over it in silence");
	strcpy(conflict.device, "0000:00:1f.0");
	conflict.type = IOVA_REGION_DIRECT;
	assert_text(&conflict, "0x1000-0x1fff hits the direct region 0x800-0x27ff of group 5 "
			       "(0000:00:1f.0): firmware wants it mapped one to one");
	conflict.device[0] = '\0';
	conflict.type = IOVA_REGION_MSI;
	assert_text(&conflict, "0x1000-0x1fff hits the msi region 0x800-0x27ff of group 5: it is "
			       "kept for interrupt messages");
	conflict.type = IOVA_REGION_RESERVED;
	conflict.group = IOVA_GROUP_NONE;
	assert_text(&conflict, "0x1000-0x1fff hits the reserved region 0x800-0x27ff: no memory is "
			       "reached there");
}

static void unknown_type_is_told_by_the_kernels_word(void **state)
{
	struct iova_conflict conflict = conflict_of(IOVA_SOURCE_REGION);

	(void)state;
	conflict.type = IOVA_REGION_UNKNOWN;
	conflict.group = 1;
	assert_text(&conflict, "0x1000-0x1fff hits the unknown region 0x800-0x27ff of group 1: a "
			       "type this library does not know");
	strcpy(conflict.word, "moonlit");
	assert_text(&conflict, "0x1000-0x1fff hits the moonlit region 0x800-0x27ff of group 1: a "
			       "type this library does not know");
}

static void other_sources_are_told_apart(void **state)
{
	struct iova_conflict conflict = conflict_of(IOVA_SOURCE_KERNEL);

	(void)state;
	assert_text(&conflict, "0x1000-0x1fff is not in the kernel's list of valid ranges (hole "
			       "0x800-0x27ff)");
	conflict = conflict_of(IOVA_SOURCE_WIDTH);
	conflict.region.start = 1ull << 39;
	assert_text(&conflict, "0x1000-0x1fff is above the declared device width of 39 bits");
	conflict.source = IOVA_SOURCE_UNKNOWN_TOP;
	assert_text(&conflict, "0x1000-0x1fff is above 39 bits, and neither the kernel nor a "
			       "declared width says that devices reach it");
	conflict = conflict_of(IOVA_SOURCE_GRANULE);
	assert_text(&conflict, "0x1000-0x1fff shares its IOMMU page with a forbidden range");
	conflict = conflict_of(IOVA_SOURCE_LAST_PAGE);
	assert_text(&conflict, "0x1000-0x1fff is in the last page of the 64-bit space, where "
			       "kernels up to 6.17 lose mappings");
	conflict = conflict_of(IOVA_SOURCE_RESERVATION);
	assert_text(&conflict, "0x1000-0x1fff is reserved by this program");
	strcpy(conflict.word, "firmware");
	assert_text(&conflict, "0x1000-0x1fff is reserved by this program for firmware");
	conflict = conflict_of(IOVA_SOURCE_SYSFS);
	conflict.group = 9;
	assert_text(&conflict, "0x1000-0x1fff: reserved_regions of group 9 could not be read "
			       "whole, so there may be regions that are not known");
	conflict = conflict_of(IOVA_SOURCE_MAPPING);
	conflict.vaddr = 0x7f0000000000;
	assert_text(&conflict, "0x1000-0x1fff overlaps the live mapping 0x800-0x27ff of memory at "
			       "0x7f0000000000");
	conflict = conflict_of(IOVA_SOURCE_REQUEST);
	assert_text(&conflict,
		    "0x1000-0x1fff overlaps the request for 0x800-0x27ff in the same array");
	conflict = conflict_of(77);
	assert_text(&conflict, "0x1000-0x1fff is not free");
}

static void text_is_cut_to_its_room_and_its_length_told(void **state)
{
	struct iova_conflict conflict = conflict_of(IOVA_SOURCE_RESERVATION);
	char text[12] = "xxxxxxxxxxx";
	int length = iova_conflict_text(&conflict, NULL, 0);

	(void)state;
	assert_int_equal(length, strlen("0x1000-0x1fff is reserved by this program"));
	assert_int_equal(iova_conflict_text(&conflict, text, 8), length);
	assert_string_equal(text, "0x1000-");
	assert_int_equal(text[8], 'x');
	assert_int_equal(iova_conflict_text(NULL, text, sizeof text), -EINVAL);
	assert_int_equal(iova_conflict_text(&conflict, NULL, 1), -EINVAL);
	assert_string_equal(text, "0x1000-");
}

/* iova_explain() and the log give a conflict 320 bytes. */
static void longest_text_fits_into_320_bytes(void **state)
{
	struct iova_conflict conflict = conflict_of(0);

	(void)state;
	conflict.range = (struct iova_range){ UINT64_MAX - 1, UINT64_MAX };
	conflict.region = conflict.range;
	conflict.vaddr = UINT64_MAX;
	conflict.group = UINT32_MAX - 1;
	memset(conflict.device, 'd', sizeof conflict.device - 1);
	memset(conflict.word, 'w', sizeof conflict.word - 1);
	for (conflict.source = 0; conflict.source < 11; conflict.source++)
		for (conflict.type = 0; conflict.type < 7; conflict.type++)
			assert_in_range(iova_conflict_text(&conflict, NULL, 0), 20, 319);
}

static void numbers_have_words(void **state)
{
	static const char *const types[] = { "unknown", "direct",  "direct-relaxable", "reserved",
					     "msi",     "unknown", "unknown" };
	static const char *const sources[] = { "unknown",     "kernel",  "region",    "width",
					       "unknown-top", "granule", "last-page", "reservation",
					       "sysfs",       "mapping", "request",   "unknown" };

	(void)state;
	for (uint32_t i = 0; i < 7; i++)
		assert_string_equal(iova_region_type_text(i), types[i]);
	for (uint32_t i = 0; i < 12; i++)
		assert_string_equal(iova_source_text(i), sources[i]);
	assert_string_equal(iova_region_type_text(UINT32_MAX), "unknown");
	assert_string_equal(iova_source_text(UINT32_MAX), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(region_is_told_with_its_owner_and_meaning),
		cmocka_unit_test(unknown_type_is_told_by_the_kernels_word),
		cmocka_unit_test(other_sources_are_told_apart),
		cmocka_unit_test(text_is_cut_to_its_room_and_its_length_told),
		cmocka_unit_test(longest_text_fits_into_320_bytes),
		cmocka_unit_test(numbers_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

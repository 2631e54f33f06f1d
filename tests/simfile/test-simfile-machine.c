/* SPDX-License-Identifier: BSD-3-Clause */
/* What each key of a description does to the host: kernel, IOMMUs and memory. */
#include "simfile-help.h"

#include <stddef.h>
#include <stdio.h>

static struct iova_sim_kernel kernel_of_text(const char *text)
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	struct world *w = world_of_text(text);

	assert_int_equal(iova_sim_get_kernel(w->sim, &kernel), 0);
	world_free(w);
	return kernel;
}

static struct iova_sim_kernel kernel_of_release(const char *release)
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };

	assert_int_equal(iova_sim_kernel_of(release, &kernel), 0);
	return kernel;
}

static void assert_same_kernel(const struct iova_sim_kernel *one,
			       const struct iova_sim_kernel *other)
{
	assert_memory_equal(one, other, sizeof *one);
}

static void nothing_at_all_is_an_empty_host(void **state)
{
	struct world *w = world_of_text("{}"), *empty;
	struct iova_sim *sim;

	(void)state;
	assert_int_equal(iova_sim_new(&sim), 0);
	empty = world_of_sim(sim);
	assert_int_equal(raw_open(w, "sys/kernel/iommu_groups"),
			 raw_open(empty, "sys/kernel/iommu_groups"));
	world_free(w);
	world_free(empty);
}

static void a_preset_is_the_base(void **state)
{
	struct world *w = world_of_text("{ \"preset\": \"desktop-6.1\" }");
	struct iova_sim_kernel kernel = { .size = sizeof kernel }, known = kernel_of_release("6.1");

	(void)state;
	assert_int_equal(iova_sim_get_kernel(w->sim, &kernel), 0);
	assert_same_kernel(&kernel, &known);
	raw_detach(w, raw_attach(w, GROUP_LPC));
	world_free(w);
}

static void a_release_is_a_word_or_a_key(void **state)
{
	struct iova_sim_kernel known = kernel_of_release("4.19"),
			       word = kernel_of_text("{ \"kernel\": \"4.19\" }"),
			       key = kernel_of_text("{ \"kernel\": { \"release\": \"4.19\" } }"),
			       over = kernel_of_text(
				       "{ \"preset\": \"desktop\", \"kernel\": \"4.19\" }");

	(void)state;
	assert_same_kernel(&word, &known);
	assert_same_kernel(&key, &known);
	assert_same_kernel(&over, &known);
}

static const struct {
	const char *key;
	size_t offset;
} features[] = {
#define FEATURE(name)                                          \
	{                                                      \
#name, offsetof(struct iova_sim_kernel, name), \
	}
	FEATURE(type1),          FEATURE(has_cap_offset),    FEATURE(has_list),
	FEATURE(has_migration),  FEATURE(has_avail),         FEATURE(padded),
	FEATURE(enforces),       FEATURE(has_unmap_all),     FEATURE(has_nesting),
	FEATURE(claims_owner),   FEATURE(tells_kind),        FEATURE(revokes_group),
	FEATURE(top_defect),     FEATURE(early_wrap),        FEATURE(has_relaxable),
	FEATURE(has_group_type), FEATURE(has_regions),       FEATURE(unsafe_interrupts),
	FEATURE(iommufd),        FEATURE(iommufd_container), FEATURE(unsafe_iommufd),
	FEATURE(without_groups), FEATURE(noiommu),           FEATURE(has_iommufd),
	FEATURE(has_cdevs),      FEATURE(has_vfio_dev),      FEATURE(has_hw_info),
	FEATURE(has_file_maps),  FEATURE(reserves_device),   FEATURE(unmaps_nothing),
#undef FEATURE
};

#define N_FEATURES (sizeof features / sizeof *features)

static void each_feature_changes_by_its_name_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_FEATURES; i++)
		for (uint32_t value = 0; value < 2; value++) {
			struct iova_sim_kernel expected = kernel_of_release("5.4"), found;
			char text[128];

			memcpy((char *)&expected + features[i].offset, &value, sizeof value);
			snprintf(text, sizeof text,
				 "{ \"kernel\": { \"%s\": %s, \"release\": \"5.4\" } }",
				 features[i].key, value ? "true" : "false");
			found = kernel_of_text(text);
			assert_same_kernel(&found, &expected);
		}
}

static void features_without_a_release_are_those_of_the_preset(void **state)
{
	struct iova_sim_kernel expected = kernel_of_release("4.19"),
			       found = kernel_of_text("{ \"preset\": \"old\","
						      "  \"kernel\": { \"has_list\": true } }");

	(void)state;
	expected.has_list = 1;
	assert_same_kernel(&found, &expected);
}

static void the_rule_of_direct_regions_is_a_word(void **state)
{
	static const char *const words[] = {
		[IOVA_SIM_DIRECT_ALLOWED] = "allowed",
		[IOVA_SIM_DIRECT_AT_IOMMU] = "at-iommu",
		[IOVA_SIM_DIRECT_AT_CONTAINER] = "at-container",
		[IOVA_SIM_DIRECT_INVALID] = "invalid",
	};

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		char text[64];

		snprintf(text, sizeof text, "{ \"kernel\": { \"direct\": \"%s\" } }", words[i]);
		assert_int_equal(kernel_of_text(text).direct, i);
	}
}

static void the_limit_of_entries_is_a_number(void **state)
{
	(void)state;
	assert_int_equal(kernel_of_text("{ \"kernel\": { \"entry_limit\": 7 } }").entry_limit, 7);
	assert_int_equal(kernel_of_text("{ \"kernel\": { \"entry_limit\": \"0xffffffff\" } }")
				 .entry_limit,
			 UINT32_MAX);
}

#define ONE_GROUP                                                                     \
	"\"groups\": [ { \"id\": 1, \"devices\": [ { \"address\": \"0000:01:00.0\", " \
	"\"vendor\": 1, \"device\": 2, \"class\": 3, \"driver\": \"vfio-pci\" } ] } ]"

/* The kernel's list of a host with one group. */
static void assert_list(const char *text, uint64_t start, uint64_t last)
{
	const struct iova_range range = { start, last };
	struct world *w = world_of_text(text);
	struct raw raw = raw_attach(w, 1);

	world_assert_list(w, raw.container, &range, 1);
	raw_detach(w, raw);
	world_free(w);
}

static void the_width_of_the_iommu_bounds_the_list(void **state)
{
	(void)state;
	assert_list("{ " ONE_GROUP " }", 0, 0xffffffffffff);
	assert_list("{ \"iommu\": { \"bits\": 39 }, " ONE_GROUP " }", 0, 0x7fffffffff);
	assert_list("{ \"iommu\": { \"bits\": 64 }, " ONE_GROUP " }", 0, UINT64_MAX);
	assert_list("{ \"iommu\": { \"last\": \"0xffffff\" }, " ONE_GROUP " }", 0, 0xffffff);
	assert_list("{ \"iommu\": { \"start\": 4096, \"bits\": 20 }, " ONE_GROUP " }", 0x1000,
		    0xfffff);
	assert_list(
		"{ \"iommu\": { \"start\": \"0x100000000\", \"last\": \"0xffffffffff\" }, " ONE_GROUP
		" }",
		0x100000000, 0xffffffffff);
}

static void what_the_iommu_really_maps_may_be_less(void **state)
{
	struct world *w = world_of_text(
		"{ \"iommu\": { \"bits\": 48, \"map_last\": \"0xfffff\" }, " ONE_GROUP " }");
	struct raw raw = raw_attach(w, 1);

	(void)state;
	assert_int_equal(raw_map(w, raw.container, 0xff000, 0x100000, PAGE), 0);
	assert_int_equal(raw_map(w, raw.container, 0x100000, 0x100000, PAGE), -EFAULT);
	raw_detach(w, raw);
	world_free(w);
	w = world_of_text("{ \"iommu\": { \"last\": \"0xfffffffffffff\" }, " ONE_GROUP " }");
	raw = raw_attach(w, 1);
	assert_int_equal(raw_map(w, raw.container, 0xffffffffff000, 0x100000, PAGE), 0);
	raw_detach(w, raw);
	world_free(w);
}

static void page_sizes_are_a_mask(void **state)
{
	struct world *w = world_of_text(
		"{ \"iommu\": { \"bits\": 48, \"page_sizes\": 65536 }, " ONE_GROUP " }");
	struct raw raw = raw_attach(w, 1);
	unsigned char reply[64] = { 0 };

	(void)state;
	assert_int_equal(raw_info(w, raw.container, reply, sizeof reply), 0);
	assert_int_equal(raw_u64(reply, 8), 65536);
	raw_detach(w, raw);
	world_free(w);
}

static void an_iommu_that_does_not_remap_interrupts_is_not_attached(void **state)
{
	struct world *w = world_of_text(
		"{ \"iommu\": { \"bits\": 48, \"remaps_interrupts\": false }, " ONE_GROUP " }");
	int container = raw_open(w, "dev/vfio/vfio"), group = raw_open_group(w, 1);

	(void)state;
	assert_int_equal(raw_set_container(w, group, container), 0);
	assert_int_equal(raw_set_iommu(w, container, IOVA_VFIO_TYPE1V2_IOMMU), -EPERM);
	raw_close(w, group);
	raw_close(w, container);
	world_free(w);
}

static void an_iommu_need_not_be_coherent(void **state)
{
	static const char *const values[] = { "", ", \"coherent\": true", ", \"coherent\": false" };
	static const int coherent[] = { 1, 1, 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char text[512];
		struct world *w;
		struct raw raw;

		snprintf(text, sizeof text, "{ \"iommu\": { \"bits\": 48%s }, " ONE_GROUP " }",
			 values[i]);
		w = world_of_text(text);
		raw = raw_attach(w, 1);
		assert_int_equal(raw_extension(w, raw.container, 4), coherent[i]);
		raw_detach(w, raw);
		world_free(w);
	}
}

static void a_group_may_have_an_iommu_of_its_own(void **state)
{
	static const char text[] =
		"{ \"iommu\": { \"bits\": 48 }, \"groups\": ["
		"  { \"id\": 1, \"iommu\": { \"bits\": 32 }, \"devices\": [ { \"address\": \"a\","
		"    \"vendor\": 1, \"device\": 2, \"class\": 3, \"driver\": \"vfio-pci\" } ] },"
		"  { \"id\": 2, \"devices\": [ { \"address\": \"b\","
		"    \"vendor\": 1, \"device\": 2, \"class\": 3, \"driver\": \"vfio-pci\" } ] } ] }";
	static const struct iova_range narrow = { 0, UINT32_MAX }, wide = { 0, 0xffffffffffff };
	struct world *w = world_of_text(text);
	struct raw one = raw_attach(w, 1), two = raw_attach(w, 2);

	(void)state;
	world_assert_list(w, one.container, &narrow, 1);
	world_assert_list(w, two.container, &wide, 1);
	raw_detach(w, one);
	raw_detach(w, two);
	world_free(w);
}

static struct iova_sys_memory memory_of_text(const char *text)
{
	struct world *w = world_of_text(text);
	struct iova_sys_memory memory = { 0 };

	assert_int_equal(w->sys->memory(w->sys->data, &memory), 0);
	world_free(w);
	return memory;
}

static void memory_is_what_the_file_says_and_else_as_it_was(void **state)
{
	struct iova_sys_memory plain = memory_of_text("{}"), memory;

	(void)state;
	memory = memory_of_text("{ \"memory\": { \"page_size\": 65536 } }");
	assert_int_equal(memory.page_size, 65536);
	assert_int_equal(memory.limit, plain.limit);
	memory = memory_of_text("{ \"memory\": { \"limit\": \"0xffffffffffffffff\" } }");
	assert_int_equal(memory.limit, UINT64_MAX);
	assert_int_equal(memory.page_size, plain.page_size);
	memory = memory_of_text("{ \"memory\": { \"locked\": 8192, \"ipc_lock\": true } }");
	assert_int_equal(memory.locked, 8192);
	assert_int_equal(memory.exempt, 1);
	memory = memory_of_text("{ \"memory\": { \"ipc_lock\": false } }");
	assert_int_equal(memory.exempt, 0);
}

static void bad_memory_cannot_be_pinned(void **state)
{
	struct world *w = world_of_text(
		"{ \"bad_memory\": [ { \"start\": \"0x200000\", \"last\": \"0x2fffff\" },"
		"  { \"start\": 0, \"last\": 0 } ], " ONE_GROUP " }");
	struct raw raw = raw_attach(w, 1);

	(void)state;
	assert_int_equal(raw_map(w, raw.container, 0, 0x1ff000, PAGE), 0);
	assert_int_equal(raw_map(w, raw.container, PAGE, 0x200000, PAGE), -EFAULT);
	assert_int_equal(raw_map(w, raw.container, PAGE, 0x2ff000, PAGE), -EFAULT);
	assert_int_equal(raw_map(w, raw.container, PAGE, 0x300000, PAGE), 0);
	assert_int_equal(raw_map(w, raw.container, 2 * PAGE, 0, PAGE), -EFAULT);
	raw_detach(w, raw);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_at_all_is_an_empty_host),
		cmocka_unit_test(a_preset_is_the_base),
		cmocka_unit_test(a_release_is_a_word_or_a_key),
		cmocka_unit_test(each_feature_changes_by_its_name_and_nothing_else),
		cmocka_unit_test(features_without_a_release_are_those_of_the_preset),
		cmocka_unit_test(the_rule_of_direct_regions_is_a_word),
		cmocka_unit_test(the_limit_of_entries_is_a_number),
		cmocka_unit_test(the_width_of_the_iommu_bounds_the_list),
		cmocka_unit_test(what_the_iommu_really_maps_may_be_less),
		cmocka_unit_test(page_sizes_are_a_mask),
		cmocka_unit_test(an_iommu_that_does_not_remap_interrupts_is_not_attached),
		cmocka_unit_test(an_iommu_need_not_be_coherent),
		cmocka_unit_test(a_group_may_have_an_iommu_of_its_own),
		cmocka_unit_test(memory_is_what_the_file_says_and_else_as_it_was),
		cmocka_unit_test(bad_memory_cannot_be_pinned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

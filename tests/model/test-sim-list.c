/* SPDX-License-Identifier: BSD-3-Clause */
/* The simulated list of valid ranges: how attaching narrows it and detaching widens it. */
#include "raw.h"

#include <errno.h>

static void a_kernel_without_the_rule_cuts_the_direct_region(void **state)
{
	static const struct iova_range list[] = { { 0, 0x7bffffff },
						  { 0x7c100000, 0xfedfffff },
						  { 0xfef00000, 0x7fffffffff } };
	const struct world *w = *state;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	struct raw raw;

	iova_sim_get_kernel(w->sim, &kernel);
	kernel.direct = IOVA_SIM_DIRECT_ALLOWED;
	iova_sim_set_kernel(w->sim, &kernel);
	raw = raw_attach(w, GROUP_DIRECT);
	world_assert_list(w, raw.container, list, 3);
	raw_detach(w, raw);
}

/* Relaxable regions are never cut; the window of interrupts always is. */
static void the_list_has_relaxable_regions_and_no_strict_ones(void **state)
{
	static const struct iova_range list[] = { { 0, 0xfedfffff }, { 0xfef00000, 0x7fffffffff } };
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_LPC);

	world_assert_list(w, raw.container, list, 2);
	world_assert_list(w, IOVA_SIM_ONLY_CONTAINER, list, 2);
	raw_detach(w, raw);
}

static void epyc_reaches_the_top_around_hypertransport(void **state)
{
	static const struct iova_range list[] = { { 0, 0xfedfffff },
						  { 0xfef00000, 0xfcffffffff },
						  { 0x10000000000, UINT64_MAX } };
	const struct world *w = *state;
	struct raw raw = raw_attach(w, 1);

	world_assert_list(w, raw.container, list, 3);
	raw_detach(w, raw);
}

static void a_second_group_narrows_and_its_leaving_widens(void **state)
{
	static const struct iova_range wide[] = { { 0, 0xfedfffff }, { 0xfef00000, 0x7fffffffff } };
	static const struct iova_range narrow[] = { { 0, 0xfedfffff },
						    { 0xfef00000, 0x1ffffffff },
						    { 0x200100000, 0x7fffffffff } };
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	int usb;

	assert_int_equal(iova_sim_add_region(w->sim, GROUP_USB, 0x200000000, 0x2000fffff,
					     "reserved"),
			 0);
	usb = raw_join(w, raw.container, GROUP_USB);
	world_assert_list(w, raw.container, narrow, 3);
	assert_int_equal(raw_unset_container(w, usb), 0);
	world_assert_list(w, raw.container, wide, 2);
	assert_int_equal(raw_unset_container(w, usb), -EINVAL);
	assert_int_equal(raw_close(w, usb), 0);
	raw_detach(w, raw);
}

/* What a region took at the very bottom is lost until the domain goes as well. */
static void space_lost_at_the_bottom_comes_back_only_with_the_domain(void **state)
{
	static const struct iova_range lost[] = { { 0x1000, 0xfedfffff },
						  { 0xfef00000, 0x7fffffffff } };
	static const struct iova_range regained[] = { { 0, 0xfedfffff },
						      { 0xfef00000, 0x7fffffffff } };
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	int usb;

	assert_int_equal(iova_sim_add_region(w->sim, GROUP_USB, 0, 0xfff, "reserved"), 0);
	usb = raw_join(w, raw.container, GROUP_USB);
	assert_int_equal(raw_unset_container(w, usb), 0);
	world_assert_list(w, raw.container, lost, 2);
	iova_sim_iommu_of_width(48, &iommu);
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_USB, &iommu), 0);
	assert_int_equal(raw_set_container(w, usb, raw.container), 0);
	assert_int_equal(raw_unset_container(w, usb), 0);
	world_assert_list(w, raw.container, regained, 2);
	assert_int_equal(raw_close(w, usb), 0);
	raw_detach(w, raw);
}

/* A range of which an aperture would leave its first or last address alone goes as a whole. */
static void a_range_that_would_keep_one_address_goes(void **state)
{
	static const struct iova_range high[] = { { 0xfef00000, 0x7fffffffff } };
	static const struct iova_range low[] = { { 0, 0xfedfffff } };
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	int usb;

	iova_sim_iommu_of_width(39, &iommu);
	iommu.aperture_start = 0xfedfffff;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_USB, &iommu), 0);
	usb = raw_join(w, raw.container, GROUP_USB);
	world_assert_list(w, raw.container, high, 1);
	assert_int_equal(raw_unset_container(w, usb), 0);
	iommu.aperture_start = 0;
	iommu.aperture_last = 0xfef00000;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_USB, &iommu), 0);
	assert_int_equal(raw_set_container(w, usb, raw.container), 0);
	world_assert_list(w, raw.container, low, 1);
	assert_int_equal(raw_close(w, usb), 0);
	raw_detach(w, raw);
}

static void page_sizes_and_width_are_those_all_iommus_share(void **state)
{
	static const struct iova_range list[] = { { 0x10000, 0xfedfffff },
						  { 0xfef00000, 0xffffffff } };
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	unsigned char reply[256];
	int usb;

	iova_sim_iommu_of_width(32, &iommu);
	iommu.aperture_start = 0x10000;
	iommu.page_sizes = 0x10000 | 0x200000;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_USB, &iommu), 0);
	usb = raw_join(w, raw.container, GROUP_USB);
	world_assert_list(w, raw.container, list, 2);
	assert_int_equal(raw_info(w, raw.container, reply, 256), 0);
	assert_int_equal(raw_u64(reply, 8), 0x200000);
	assert_int_equal(raw_map(w, raw.container, 0x10000, 0x10000, 0x10000), -EINVAL);
	assert_int_equal(raw_close(w, usb), 0);
	assert_int_equal(raw_info(w, raw.container, reply, 256), 0);
	assert_int_equal(raw_u64(reply, 8), 0x40201000);
	raw_detach(w, raw);
}

static void page_sizes_below_the_processors_are_hidden(void **state)
{
	const struct world *w = *state;
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	unsigned char reply[256];
	struct raw raw;

	iova_sim_iommu_of_width(39, &iommu);
	iommu.page_sizes = 0x400 | 0x200000;
	assert_int_equal(iova_sim_set_iommu(w->sim, IOVA_SIM_ALL_GROUPS, &iommu), 0);
	raw = raw_attach(w, GROUP_NIC);
	assert_int_equal(raw_info(w, raw.container, reply, 256), 0);
	assert_int_equal(raw_u64(reply, 8), 0x201000);
	raw_detach(w, raw);
}

/* T1 looks at regions only where a group is attached or detached. */
static void a_device_plugged_into_an_attached_group_leaves_the_list_alone(void **state)
{
	static const struct iova_range list[] = { { 0, 0xfedfffff }, { 0xfef00000, 0x7fffffffff } };
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);

	assert_int_equal(iova_sim_add_device(w->sim, GROUP_NIC, "0000:01:00.1", 1, 2, 3, NULL), 0);
	assert_int_equal(iova_sim_add_device_region(w->sim, "0000:01:00.1", 0x1000, 0x1fff,
						    "reserved"),
			 0);
	world_assert_list(w, raw.container, list, 2);
	assert_int_equal(raw_map(w, raw.container, 0x1000, 0x1000, PAGE), 0);
	raw_detach(w, raw);
}

static void a_group_that_forbids_a_live_mapping_is_einval_and_changes_nothing(void **state)
{
	static const struct iova_range list[] = { { 0, 0xfedfffff }, { 0xfef00000, 0x7fffffffff } };
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	int usb = raw_open_group(w, GROUP_USB);

	assert_int_equal(raw_map(w, raw.container, 0x200000000, 0x1000, PAGE), 0);
	assert_int_equal(iova_sim_add_region(w->sim, GROUP_USB, 0x200000000, 0x2000fffff,
					     "reserved"),
			 0);
	assert_int_equal(raw_set_container(w, usb, raw.container), -EINVAL);
	assert_int_equal(iova_sim_unmap_behind(w->sim, raw.container, 0, UINT64_MAX), 1);
	assert_int_equal(raw_map(w, raw.container, 0x7000000000, 0x1000, PAGE), 0);
	iova_sim_iommu_of_width(36, &iommu);
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_USB, &iommu), 0);
	assert_int_equal(raw_set_container(w, usb, raw.container), -EINVAL);
	world_assert_list(w, raw.container, list, 2);
	world_assert_n_mappings(w, 1);
	assert_int_equal(raw_close(w, usb), 0);
	raw_detach(w, raw);
}

/* A relaxable region over a live mapping is no conflict. */
static void a_relaxable_region_may_join_over_a_mapping(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	int lpc;

	assert_int_equal(raw_map(w, raw.container, 0x100000, 0x1000, PAGE), 0);
	lpc = raw_join(w, raw.container, GROUP_LPC);
	assert_int_equal(raw_close(w, lpc), 0);
	raw_detach(w, raw);
}

static void a_disjoint_aperture_or_nothing_left_is_einval(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	int usb = raw_open_group(w, GROUP_USB);

	iova_sim_iommu_of_width(48, &iommu);
	iommu.aperture_start = 1ull << 40;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_USB, &iommu), 0);
	assert_int_equal(raw_set_container(w, usb, raw.container), -EINVAL);
	iommu.aperture_start = 0;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_USB, &iommu), 0);
	assert_int_equal(iova_sim_add_region(w->sim, GROUP_USB, 0, 0x7fffffffff, "reserved"), 0);
	assert_int_equal(raw_set_container(w, usb, raw.container), -EINVAL);
	assert_int_equal(raw_close(w, usb), 0);
	raw_detach(w, raw);
}

static void a_new_domain_must_take_the_mappings_there_are(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	int usb = raw_open_group(w, GROUP_USB);

	assert_int_equal(raw_map(w, raw.container, 0x7000000000, 0x1000, PAGE), 0);
	iova_sim_iommu_of_width(57, &iommu);
	iommu.map_last = 0xfffffffff;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_USB, &iommu), 0);
	assert_int_equal(raw_set_container(w, usb, raw.container), -EFAULT);
	iommu.map_last = iommu.aperture_last;
	iommu.page_sizes = 0x10000;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_USB, &iommu), 0);
	assert_int_equal(raw_set_container(w, usb, raw.container), -EINVAL);
	assert_int_equal(raw_close(w, usb), 0);
	raw_detach(w, raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, a_kernel_without_the_rule_cuts_the_direct_region),
		ON(desktop, the_list_has_relaxable_regions_and_no_strict_ones),
		ON(epyc, epyc_reaches_the_top_around_hypertransport),
		ON(desktop, a_second_group_narrows_and_its_leaving_widens),
		ON(desktop, space_lost_at_the_bottom_comes_back_only_with_the_domain),
		ON(desktop, a_range_that_would_keep_one_address_goes),
		ON(desktop, page_sizes_and_width_are_those_all_iommus_share),
		ON(desktop, page_sizes_below_the_processors_are_hidden),
		ON(desktop, a_device_plugged_into_an_attached_group_leaves_the_list_alone),
		ON(desktop, a_group_that_forbids_a_live_mapping_is_einval_and_changes_nothing),
		ON(desktop, a_relaxable_region_may_join_over_a_mapping),
		ON(desktop, a_disjoint_aperture_or_nothing_left_is_einval),
		ON(desktop, a_new_domain_must_take_the_mappings_there_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

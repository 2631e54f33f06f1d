/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices that come and go while their group is in use. */
#include "raw.h"

#include <errno.h>

#define VADDR 0x7f0000000000ull
#define NIC "0000:01:00.0"

static void the_last_vfio_driver_takes_its_group_out_of_the_container(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	uint32_t flags;
	int again;

	assert_int_equal(raw_map(w, raw.container, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(iova_sim_bind(w->sim, NIC, NULL), 0);
	world_assert_n_mappings(w, 0);
	assert_int_equal(raw_map(w, raw.container, 0x200000, VADDR, PAGE), -EINVAL);
	assert_int_equal(raw_status(w, raw.group, &flags), -ENODEV);
	assert_int_equal(raw_set_container(w, raw.group, 3), -EBADF);
	assert_int_equal(raw_set_container(w, raw.group, raw.container), -ENODEV);
	assert_int_equal(raw_unset_container(w, raw.group), -EINVAL);
	assert_int_equal(raw_device(w, raw.group, NIC), -ENODEV);
	assert_int_equal(raw_open_group(w, GROUP_NIC), -ENOENT);
	/* With the next driver comes a new group; who has the old one open still has that. */
	assert_int_equal(iova_sim_bind(w->sim, NIC, "vfio-pci"), 0);
	again = raw_join(w, raw.container, GROUP_NIC);
	assert_int_equal(raw_device(w, raw.group, NIC), -ENODEV);
	assert_int_equal(raw_unset_container(w, raw.group), -EINVAL);
	assert_int_equal(raw_close(w, raw.group), 0);
	assert_int_equal(raw_set_iommu(w, raw.container, 3), 0);
	raw_detach(w, (struct raw){ raw.container, again });
}

static void an_unplugged_device_does_the_same_to_another_process(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	struct iova_sim_report report = { .size = sizeof report };

	assert_int_equal(iova_sim_attach_behind(w->sim, raw.container, GROUP_USB), 0);
	assert_int_equal(raw_map(w, raw.container, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(iova_sim_remove_device(w->sim, "0000:00:14.0"), 0);
	assert_int_equal(iova_sim_report(w->sim, &report), 0);
	assert_int_equal(report.n_groups, 1);
	assert_int_equal(report.n_mappings, 1);
	assert_int_equal(iova_sim_detach_behind(w->sim, GROUP_USB), -ENOENT);
	raw_detach(w, raw);
}

/* Its own driver may take it over at once: VFIO has let go of the group by then. */
static void a_device_taken_from_vfio_gets_its_own_driver(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);

	assert_int_equal(iova_sim_bind(w->sim, NIC, "igb"), 0);
	assert_int_equal(raw_open_group(w, GROUP_NIC), -ENOENT);
	raw_detach(w, raw);
}

static void before_6_1_that_waits_until_the_group_is_out(void **state)
{
	const struct world *w = *state;
	struct raw raw;

	world_kernel(w, "5.15");
	raw = raw_attach(w, GROUP_NIC);
	assert_int_equal(iova_sim_bind(w->sim, NIC, NULL), -EBUSY);
	assert_int_equal(iova_sim_remove_device(w->sim, NIC), -EBUSY);
	assert_int_equal(raw_unset_container(w, raw.group), 0);
	assert_int_equal(iova_sim_remove_device(w->sim, NIC), 0);
	raw_detach(w, raw);
}

static void an_open_device_stays(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, 2);
	int device = raw_device(w, raw.group, "0000:42:00.1");

	assert_int_equal(iova_sim_remove_device(w->sim, "0000:42:00.1"), -EBUSY);
	assert_int_equal(iova_sim_bind(w->sim, "0000:42:00.1", NULL), -EBUSY);
	assert_int_equal(iova_sim_bind(w->sim, "0000:42:00.1", "vfio-pci"), -EBUSY);
	assert_int_equal(iova_sim_remove_device(w->sim, "0000:42:00.0"), 0);
	assert_int_equal(raw_close(w, device), 0);
	raw_detach(w, raw);
}

/* The ranges are built anew only where a group comes or goes. */
static void a_region_goes_from_the_list_when_a_group_leaves(void **state)
{
	static const struct iova_range cut[] = { { 0x1000, 0xfedfffff },
						 { 0xfef00000, 0x1ffffffff },
						 { 0x200100000, 0xfcffffffff },
						 { 0x10000000000, UINT64_MAX } };
	static const struct iova_range whole[] = { { 0x1000, 0xfedfffff },
						   { 0xfef00000, 0xfcffffffff },
						   { 0x10000000000, UINT64_MAX } };
	const struct world *w = *state;
	struct raw raw;
	int g;

	assert_int_equal(iova_sim_add_device_region(w->sim, "0000:42:00.1", 0x200000000,
						    0x2000fffff, "reserved"),
			 0);
	assert_int_equal(iova_sim_add_region(w->sim, 2, 0, 0xfff, "reserved"), 0);
	raw = raw_attach(w, 2);
	assert_int_equal(raw_map(w, raw.container, 0x200000, VADDR, PAGE), 0);
	world_assert_list(w, raw.container, cut, 4);
	assert_int_equal(iova_sim_remove_device(w->sim, "0000:42:00.1"), 0);
	world_assert_list(w, raw.container, cut, 4);
	g = raw_join(w, raw.container, 3);
	world_assert_list(w, raw.container, cut, 4);
	assert_int_equal(raw_close(w, g), 0);
	world_assert_list(w, raw.container, whole, 3);
	world_assert_n_mappings(w, 1);
	raw_detach(w, raw);
}

static void a_driver_for_one_device_is_a_vfio_driver(void **state)
{
	const struct world *w = *state;

	assert_int_equal(iova_sim_bind(w->sim, NIC, "mlx5_vfio_pci"), 0);
	raw_detach(w, raw_attach(w, GROUP_NIC));
}

/* Before 5.18 it was what the device is that counted, from then on it is what the driver says. */
static void a_bridge_may_have_any_driver_before_5_18(void **state)
{
	const struct world *w = *state;
	uint32_t flags;
	int g;

	assert_int_equal(iova_sim_add_device(w->sim, GROUP_NIC, "0000:00:01.0", 0x8086, 0x1901,
					     0x060400, "toy-bridge"),
			 0);
	g = raw_open_group(w, GROUP_NIC);
	world_kernel(w, "5.15");
	assert_int_equal(raw_status(w, g, &flags), 0);
	assert_int_equal(flags, 1);
	world_kernel(w, "6.1");
	assert_int_equal(raw_status(w, g, &flags), 0);
	assert_int_equal(flags, 0);
	assert_int_equal(iova_sim_bind(w->sim, "0000:00:01.0", "pcieport"), 0);
	assert_int_equal(raw_status(w, g, &flags), 0);
	assert_int_equal(flags, 1);
	assert_int_equal(raw_close(w, g), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, the_last_vfio_driver_takes_its_group_out_of_the_container),
		ON(desktop, an_unplugged_device_does_the_same_to_another_process),
		ON(desktop, a_device_taken_from_vfio_gets_its_own_driver),
		ON(desktop, before_6_1_that_waits_until_the_group_is_out),
		ON(epyc, an_open_device_stays),
		ON(epyc, a_region_goes_from_the_list_when_a_group_leaves),
		ON(desktop, a_driver_for_one_device_is_a_vfio_driver),
		ON(desktop, a_bridge_may_have_any_driver_before_5_18),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

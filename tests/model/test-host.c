/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a simulated machine, and finding things in it. */
#include "host-help.h"

#include "base/failure.h"
#include "host/host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void machine_is_read_whole(void **state)
{
	struct iova_host *host = read_host(*state);
	struct iova_device_info device = device_of(host, "0000:00:1f.2");
	struct iova_group_info info = group_of(host, 5);
	struct iova_region region;

	assert_int_equal(info.regions, IOVA_REGIONS_READ);
	assert_int_equal(info.n_devices, 3);
	assert_int_equal(info.n_regions, 2);
	assert_int_equal(info.n_blocking, 0);
	assert_int_equal(info.error, 0);
	assert_int_equal(info.devices_error, 0);
	assert_string_equal(info.type, "DMA-FQ");
	assert_int_equal(device.group, 5);
	assert_int_equal(device.vendor, 0x8086);
	assert_int_equal(device.device, 0x2922);
	assert_int_equal(device.class_code, 0x010601);
	assert_string_equal(device.name, "0000:00:1f.2");
	assert_string_equal(device.driver, "vfio-pci");
	assert_int_equal(device.blocks, 0);
	assert_int_equal(iova_host_nth_region(host, 5, 0, &region), 0);
	assert_int_equal(region.range.start, 0);
	assert_int_equal(region.range.last, 0xffffff);
	assert_int_equal(region.type, IOVA_REGION_DIRECT_RELAXABLE);
	assert_string_equal(region.word, "direct-relaxable");
	assert_int_equal(iova_host_nth_region(host, 5, 1, &region), 0);
	assert_int_equal(region.type, IOVA_REGION_MSI);
	assert_int_equal(iova_host_nth_region(host, 5, 2, &region), -ENOENT);
	iova_host_free(host);
}

static void groups_and_devices_come_in_order(void **state)
{
	struct world *world = *state;
	static const uint32_t ids[] = { 30, 4, 100, 0, 9, 21 };
	static const uint32_t sorted[] = { 0, 4, 9, 21, 30, 100 };
	static const char *const names[] = { "0000:01:00.1", "0001:00:00.0", "0000:01:00.0" };
	struct iova_group_info info = { .size = sizeof info };
	struct iova_device_info device = { .size = sizeof device };
	struct iova_host *host;

	for (size_t i = 0; i < 6; i++)
		assert_int_equal(iova_sim_add_group(world->sim, ids[i], "DMA"), 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(iova_sim_add_device(world->sim, 9, names[i], 1, 2, 3, NULL), 0);
	host = read_host(world);
	assert_int_equal(iova_host_count_groups(host), 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(iova_host_nth_group(host, i, &info), 0);
		assert_int_equal(info.id, sorted[i]);
	}
	assert_int_equal(iova_host_nth_group(host, 6, &info), -ENOENT);
	assert_int_equal(iova_host_nth_device(host, 9, 0, &device), 0);
	assert_string_equal(device.name, "0000:01:00.0");
	assert_int_equal(iova_host_nth_device(host, 9, 2, &device), 0);
	assert_string_equal(device.name, "0001:00:00.0");
	assert_int_equal(iova_host_nth_device(host, 9, 3, &device), -ENOENT);
	iova_host_free(host);
}

static void many_groups_are_all_found(void **state)
{
	struct world *world = *state;
	struct iova_host *host;
	char name[32];

	for (uint32_t i = 0; i < 300; i++) {
		uint32_t id = i * 7 % 300;

		assert_int_equal(iova_sim_add_group(world->sim, id, "DMA"), 0);
		snprintf(name, sizeof name, "%04x:%02x:00.0", id >> 8, id & 0xff);
		assert_int_equal(iova_sim_add_device(world->sim, id, name, 1, 2, 3, NULL), 0);
		assert_int_equal(iova_sim_add_region(world->sim, id, id, id + 9, "reserved"), 0);
	}
	host = read_host(world);
	assert_int_equal(iova_host_count_groups(host), 300);
	for (uint32_t id = 0; id < 300; id++) {
		struct iova_region region;

		assert_int_equal(group_of(host, id).n_devices, 1);
		assert_int_equal(iova_host_nth_region(host, id, 0, &region), 0);
		assert_int_equal(region.range.start, id);
		snprintf(name, sizeof name, "%04x:%02x:00.0", id >> 8, id & 0xff);
		assert_int_equal(device_of(host, name).group, id);
	}
	assert_int_equal(iova_host_find_group(host, 300, NULL), -ENOENT);
	iova_host_free(host);
}

static void device_is_found_by_its_short_address(void **state)
{
	struct iova_host *host = read_host(*state);
	struct iova_device_info info = { .size = sizeof info };

	assert_string_equal(device_of(host, "00:1f.2").name, "0000:00:1f.2");
	assert_string_equal(device_of(host, "00:1F.2").name, "0000:00:1f.2");
	assert_string_equal(device_of(host, "00000000:00:1f.2").name, "0000:00:1f.2");
	assert_int_equal(iova_host_find_device(host, "00:1f.4", &info), -ENOENT);
	assert_int_equal(iova_host_find_device(host, "0001:00:1f.2", &info), -ENOENT);
	assert_int_equal(iova_host_find_device(host, "", &info), -ENOENT);
	iova_host_free(host);
}

/* A device of another bus has no address to be parsed, and none of the PCI files. */
static void platform_device_is_kept_by_its_name(void **state)
{
	struct world *world = *state;
	struct iova_device_info device;
	struct iova_host *host;

	assert_int_equal(iova_sim_add_group(world->sim, 1, "DMA"), 0);
	assert_int_equal(iova_sim_add_device(world->sim, 1, "fe5b0000.usb", 0, 0, 0, "dwc3"), 0);
	assert_int_equal(iova_sim_file_error(world->sim, "/sys/bus/pci", ENOENT), 0);
	assert_int_equal(iova_sim_file_error(world->sim, GROUPS "/1/devices/fe5b0000.usb/vendor",
					     ENOENT),
			 0);
	assert_int_equal(iova_sim_file_error(world->sim, GROUPS "/1/devices/fe5b0000.usb/class",
					     ENOENT),
			 0);
	host = read_host(world);
	device = device_of(host, "fe5b0000.usb");
	assert_int_equal(device.vendor, 0);
	assert_int_equal(device.class_code, 0);
	assert_string_equal(device.driver, "dwc3");
	assert_int_equal(device.blocks, 1);
	assert_int_equal(group_of(host, 1).n_blocking, 1);
	iova_host_free(host);
}

static void only_drivers_that_leave_dma_alone_do_not_block(void **state)
{
	static const struct {
		const char *driver;
		uint32_t blocks;
	} drivers[] = {
		{ NULL, 0 },
		{ "vfio-pci", 0 },
		{ "mlx5_vfio_pci", 0 },
		{ "vfio-platform", 0 },
		{ "pci-stub", 0 },
		{ "pcieport", 0 },
		{ "nvme", 1 },
		{ "pcieport2", 1 },
		{ "pci-stubs", 1 },
		{ "xhci_hcd", 1 },
		{ "uio_pci_generic", 1 },
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++) {
		struct iova_host *host;

		if (!i)
			add_group_1(world);
		assert_int_equal(iova_sim_bind(world->sim, "0000:01:00.0", drivers[i].driver), 0);
		host = read_host(world);
		assert_string_equal(device_of(host, "01:00.0").driver,
				    drivers[i].driver ? drivers[i].driver : "");
		assert_int_equal(device_of(host, "01:00.0").blocks, drivers[i].blocks);
		assert_int_equal(group_of(host, 1).n_blocking, drivers[i].blocks);
		iova_host_free(host);
	}
}

static void looking_up_refuses_bad_arguments(void **state)
{
	struct iova_host *host = read_host(*state);
	struct iova_group_info group = { .size = sizeof group };
	struct iova_device_info device = { .size = sizeof device };
	struct iova_region region;

	assert_int_equal(iova_host_count_groups(NULL), 0);
	assert_int_equal(iova_host_nth_group(NULL, 0, &group), -EINVAL);
	assert_int_equal(iova_host_nth_group(host, 0, NULL), -EINVAL);
	assert_int_equal(iova_host_find_group(NULL, 0, &group), -EINVAL);
	assert_int_equal(iova_host_find_group(host, 5, NULL), 0);
	assert_int_equal(iova_host_find_group(host, 99, NULL), -ENOENT);
	assert_int_equal(iova_host_nth_device(NULL, 5, 0, &device), -EINVAL);
	assert_int_equal(iova_host_nth_device(host, 5, 0, NULL), -EINVAL);
	assert_int_equal(iova_host_nth_device(host, 99, 0, &device), -ENOENT);
	assert_int_equal(iova_host_find_device(NULL, "00:1f.0", &device), -EINVAL);
	assert_int_equal(iova_host_find_device(host, NULL, &device), -EINVAL);
	assert_int_equal(iova_host_find_device(host, "00:1f.0", NULL), -EINVAL);
	assert_int_equal(iova_host_nth_region(NULL, 5, 0, &region), -EINVAL);
	assert_int_equal(iova_host_nth_region(host, 5, 0, NULL), -EINVAL);
	assert_int_equal(iova_host_nth_region(host, 99, 0, &region), -ENOENT);
	group.size--;
	device.size--;
	assert_int_equal(iova_host_nth_group(host, 0, &group), -EINVAL);
	assert_int_equal(iova_host_find_group(host, 5, &group), -EINVAL);
	assert_int_equal(iova_host_nth_device(host, 5, 0, &device), -EINVAL);
	assert_int_equal(iova_host_find_device(host, "00:1f.0", &device), -EINVAL);
	iova_host_free(host);
	iova_host_free(NULL);
}

/* What a context reads: the groups it names, also one that is not there. */
static void some_groups_are_read_without_listing_all(void **state)
{
	struct world *world = *state;
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	struct iova_host *host;

	assert_int_equal(iova_host_read_some_(world->sys, NULL, (uint32_t[]){ 5, 77 }, 2, &host,
					      &failure),
			 0);
	assert_int_equal(iova_host_count_groups(host), 2);
	assert_int_equal(group_of(host, 5).n_devices, 3);
	assert_int_equal(group_of(host, 77).regions, IOVA_REGIONS_MISSING);
	assert_int_equal(group_of(host, 77).devices_error, -ENOENT);
	iova_host_free(host);
}

static void group_of_a_device_comes_from_its_link(void **state)
{
	struct world *world = *state;
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	uint32_t group = 99;

	assert_int_equal(iova_host_group_of_(world->sys, NULL, "0000:00:1f.2", &group, &failure),
			 0);
	assert_int_equal(group, 5);
	assert_int_equal(failure.group, 5);
	assert_string_equal(failure.device, "0000:00:1f.2");
	assert_int_equal(iova_host_group_of_(world->sys, NULL, "0000:09:00.0", &group, &failure),
			 -ENOENT);
	assert_int_equal(failure.why, IOVA_WHY_NO_DEVICE);
	assert_int_equal(iova_sim_add_device(world->sim, IOVA_SIM_NO_GROUP, "0000:0a:00.0", 1, 2, 3,
					     NULL),
			 0);
	assert_int_equal(iova_host_group_of_(world->sys, NULL, "0000:0a:00.0", &group, &failure),
			 -ENOENT);
	assert_int_equal(failure.why, IOVA_WHY_NO_DEVICE);
	assert_int_equal(group, 5);
}

int main(void)
{
#define IN(setup, test) cmocka_unit_test_setup_teardown(test, world_setup_##setup, world_teardown)
	const struct CMUnitTest tests[] = {
		IN(desktop, machine_is_read_whole),
		IN(empty, groups_and_devices_come_in_order),
		IN(empty, many_groups_are_all_found),
		IN(desktop, device_is_found_by_its_short_address),
		IN(empty, platform_device_is_kept_by_its_name),
		IN(empty, only_drivers_that_leave_dma_alone_do_not_block),
		IN(desktop, looking_up_refuses_bad_arguments),
		IN(desktop, some_groups_are_read_without_listing_all),
		IN(desktop, group_of_a_device_comes_from_its_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

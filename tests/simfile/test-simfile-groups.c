/* SPDX-License-Identifier: BSD-3-Clause */
/* What each key of a description does to the host: groups, devices, drivers and regions. */
#include "simfile-help.h"

#include <libiova/libiova.h>

#include <stdio.h>

#define CARD(address, driver)                                                                   \
	"{ \"address\": \"" address "\", \"vendor\": \"0x8086\", \"device\": 5427, \"class\": " \
	"\"0x020000\", \"driver\": " driver " }"

static struct iova_host *host_of(const struct world *w)
{
	const struct iova_host_opts opts = { .size = sizeof opts, .sys = w->sys };
	struct iova_host *host;

	assert_int_equal(iova_host_read(&opts, &host, NULL), 0);
	return host;
}

static struct iova_device_info device_of(const struct iova_host *host, const char *address)
{
	struct iova_device_info info = { .size = sizeof info };

	assert_int_equal(iova_host_find_device(host, address, &info), 0);
	return info;
}

static void a_group_has_its_number_its_type_and_its_devices(void **state)
{
	struct world *w = world_of_text(
		"{ \"groups\": [ { \"id\": 7, \"type\": \"identity\", \"devices\": ["
		"  " CARD("0000:01:00.0",
			  "\"vfio-pci\"") ", " CARD("0000:01:00.1",
						    "null") " ] },"
							    "  { \"id\": \"0x7fffffff\" } ] }");
	struct iova_host *host = host_of(w);
	struct iova_group_info group = { .size = sizeof group };
	struct iova_device_info device = device_of(host, "0000:01:00.0");

	(void)state;
	assert_int_equal(iova_host_count_groups(host), 2);
	assert_int_equal(iova_host_find_group(host, 7, &group), 0);
	assert_string_equal(group.type, "identity");
	assert_int_equal(group.n_devices, 2);
	assert_int_equal(device.group, 7);
	assert_int_equal(device.vendor, 0x8086);
	assert_int_equal(device.device, 5427);
	assert_int_equal(device.class_code, 0x020000);
	assert_string_equal(device.driver, "vfio-pci");
	assert_string_equal(device_of(host, "0000:01:00.1").driver, "");
	assert_int_equal(iova_host_find_group(host, INT32_MAX, &group), 0);
	assert_string_equal(group.type, "DMA");
	assert_int_equal(group.n_devices, 0);
	iova_host_free(host);
	world_free(w);
}

static void a_driver_may_be_left_out(void **state)
{
	struct world *w =
		world_of_text("{ \"groups\": [ { \"id\": 0, \"devices\": [ {"
			      " \"address\": \"0000:00:00.0\", \"vendor\": 0,"
			      " \"device\": \"0xFFff\", \"class\": \"0xffffff\" } ] } ] }");
	struct iova_host *host = host_of(w);
	struct iova_device_info device = device_of(host, "0000:00:00.0");

	(void)state;
	assert_string_equal(device.driver, "");
	assert_int_equal(device.device, 0xffff);
	assert_int_equal(device.class_code, 0xffffff);
	iova_host_free(host);
	world_free(w);
}

static void assert_region(const struct iova_host *host, uint32_t group, size_t i, uint64_t start,
			  uint64_t last, const char *word)
{
	struct iova_region region;

	assert_int_equal(iova_host_nth_region(host, group, i, &region), 0);
	assert_int_equal(region.range.start, start);
	assert_int_equal(region.range.last, last);
	assert_string_equal(region.word, word);
}

static void regions_are_of_a_group_or_of_a_device(void **state)
{
	struct world *w = world_of_text(
		"{ \"groups\": [ { \"id\": 1, \"regions\": ["
		"  { \"start\": \"0xfee00000\", \"last\": \"0xfeefffff\", \"type\": \"msi\" },"
		"  { \"start\": \"0xFFFFFFFFFFFFF000\", \"last\": 18446744073709551615,"
		"    \"type\": \"of-the-future\" } ],"
		"  \"devices\": [ { \"address\": \"a\", \"vendor\": 1, \"device\": 2, \"class\": 3,"
		"    \"regions\": [ { \"start\": 0, \"last\": 16777215,"
		"      \"type\": \"direct-relaxable\" } ] } ] } ] }");
	struct iova_host *host = host_of(w);

	(void)state;
	assert_region(host, 1, 0, 0, 0xffffff, "direct-relaxable");
	assert_region(host, 1, 1, 0xfee00000, 0xfeefffff, "msi");
	assert_region(host, 1, 2, 0xfffffffffffff000, UINT64_MAX, "of-the-future");
	iova_host_free(host);
	/* what is the device's goes with it */
	assert_int_equal(iova_sim_remove_device(w->sim, "a"), 0);
	host = host_of(w);
	assert_region(host, 1, 0, 0xfee00000, 0xfeefffff, "msi");
	iova_host_free(host);
	world_free(w);
}

static void a_device_outside_is_in_no_group(void **state)
{
	struct world *w = world_of_text(
		"{ \"devices\": [ " CARD("0000:09:00.0",
					 "\"nvme\"") " ],"
						     " \"groups\": [ { \"id\": 0 } ] }");
	char link[64];

	(void)state;
	assert_true(w->sys->read_link(w->sys->data, -1, "sys/bus/pci/devices/0000:09:00.0/driver",
				      link, sizeof link) > 0);
	assert_int_equal(w->sys->read_link(w->sys->data, -1,
					   "sys/bus/pci/devices/0000:09:00.0/iommu_group", link,
					   sizeof link),
			 -ENOENT);
	world_free(w);
}

static void a_group_of_the_preset_gets_more(void **state)
{
	struct world *w = world_of_text(
		"{ \"preset\": \"desktop\", \"groups\": [ { \"id\": 1,"
		"  \"iommu\": { \"bits\": 32 },"
		"  \"devices\": [ " CARD(
			"0000:01:00.7",
			"\"vfio-pci\"") " ],"
					"  \"regions\": [ { \"start\": 4096, \"last\": 8191, \"type\": \"direct\" } ] },"
					"  { \"id\": 99, \"type\": \"DMA\" } ] }");
	struct iova_host *host = host_of(w);
	struct iova_group_info group = { .size = sizeof group };

	(void)state;
	assert_int_equal(iova_host_count_groups(host), 8);
	assert_int_equal(iova_host_find_group(host, 1, &group), 0);
	assert_string_equal(group.type, "DMA-FQ");
	assert_int_equal(group.n_devices, 2);
	assert_int_equal(device_of(host, "0000:01:00.7").group, 1);
	assert_region(host, 1, 0, 4096, 8191, "direct");
	assert_region(host, 1, 1, 0xfee00000, 0xfeefffff, "msi");
	iova_host_free(host);
	world_free(w);
}

static void drivers_are_bound_and_devices_unplugged(void **state)
{
	struct world *w = world_of_text(
		"{ \"preset\": \"desktop\", \"drivers\": { \"0000:02:00.0\": \"vfio-pci\","
		"  \"0000:04:00.1\": null }, \"removed\": [ \"0000:00:14.0\" ] }");
	struct iova_host *host = host_of(w);
	struct iova_device_info device = { .size = sizeof device };

	(void)state;
	assert_string_equal(device_of(host, "0000:02:00.0").driver, "vfio-pci");
	assert_string_equal(device_of(host, "0000:04:00.1").driver, "");
	assert_int_equal(iova_host_find_device(host, "0000:00:14.0", &device), -ENOENT);
	iova_host_free(host);
	/* the graphics card is in the way of nobody any more */
	raw_detach(w, raw_attach(w, GROUP_GPU));
	world_free(w);
}

static void as_many_groups_and_devices_as_may_be(void **state)
{
	static char text[1 << 19];
	size_t n = (size_t)snprintf(text, sizeof text, "{ \"groups\": [");
	unsigned int each = SIMFILE_DEVICES_MAX / SIMFILE_ITEMS_MAX;
	char link[64];
	struct world *w;

	(void)state;
	for (unsigned int i = 0; i < SIMFILE_DEVICES_MAX; i++) {
		if (i % each == 0)
			n += (size_t)snprintf(text + n, sizeof text - n,
					      "%s{\"id\":%u,\"devices\":[", i ? "]}," : "",
					      i / each);
		n += (size_t)snprintf(text + n, sizeof text - n,
				      "%s{\"address\":\"%04x:00:00.0\",\"vendor\":1,"
				      "\"device\":2,\"class\":3}",
				      i % each ? "," : "", i);
	}
	snprintf(text + n, sizeof text - n, "]}]}");
	w = world_of_text(text);
	assert_true(w->sys->read_link(w->sys->data, -1,
				      "sys/bus/pci/devices/0fff:00:00.0/iommu_group", link,
				      sizeof link) > 0);
	world_free(w);
	snprintf(text + n, sizeof text - n,
		 "]}],\"devices\":[{\"address\":\"a\",\"vendor\":1,\"device\":2,\"class\":3}]}");
	assert_wrong(text, "text: devices[0]: more than 4096 devices");
}

static void as_many_regions_as_may_be(void **state)
{
	static char text[1 << 18];
	size_t n = (size_t)snprintf(text, sizeof text, "{\"groups\":[");

	(void)state;
	for (unsigned int i = 0; i < SIMFILE_REGIONS_MAX; i++) {
		if (i % SIMFILE_ITEMS_MAX == 0)
			n += (size_t)snprintf(text + n, sizeof text - n,
					      "%s{\"id\":%u,\"regions\":[", i ? "]}," : "", i);
		n += (size_t)snprintf(text + n, sizeof text - n,
				      "%s{\"start\":0,\"last\":1,\"type\":\"msi\"}",
				      i % SIMFILE_ITEMS_MAX ? "," : "");
	}
	snprintf(text + n, sizeof text - n, "]}]}");
	world_free(world_of_text(text));
	snprintf(text + n, sizeof text - n,
		 "]},{\"id\":1,\"regions\":[{\"start\":0,\"last\":1,\"type\":\"msi\"}]}]}");
	assert_wrong(text, "text: groups[4].regions[0]: more than 4096 regions");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_has_its_number_its_type_and_its_devices),
		cmocka_unit_test(a_driver_may_be_left_out),
		cmocka_unit_test(regions_are_of_a_group_or_of_a_device),
		cmocka_unit_test(a_device_outside_is_in_no_group),
		cmocka_unit_test(a_group_of_the_preset_gets_more),
		cmocka_unit_test(drivers_are_bound_and_devices_unplugged),
		cmocka_unit_test(as_many_groups_and_devices_as_may_be),
		cmocka_unit_test(as_many_regions_as_may_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

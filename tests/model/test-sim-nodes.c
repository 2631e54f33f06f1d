/* SPDX-License-Identifier: BSD-3-Clause */
/* What sysfs and /dev have for devices with a driver of VFIO, and for iommufd. */
#include "raw-cdev.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define NIC "0000:01:00.0"
#define USB "0000:00:14.0"
#define NVME "0000:02:00.0"
#define DEVICES "/sys/bus/pci/devices/"

static void assert_text(const struct world *w, const char *path, const char *wanted)
{
	char text[64];
	int64_t n = w->sys->read_file(w->sys->data, -1, path, text, sizeof text - 1);

	assert_true(n >= 0);
	text[n] = '\0';
	assert_string_equal(text, wanted);
}

/* Names in the order in which they come, with a space behind each. */
struct names {
	char text[256];
};

static int add_name(void *arg, const char *name)
{
	struct names *names = arg;
	size_t length = strlen(names->text);

	snprintf(names->text + length, sizeof names->text - length, "%s ", name);
	return 0;
}

static void assert_names(const struct world *w, const char *path, const char *wanted)
{
	struct names names = { "" };

	assert_int_equal(w->sys->list(w->sys->data, -1, path, add_name, &names), 0);
	assert_string_equal(names.text, wanted);
}

static void each_device_with_a_driver_of_vfio_has_a_number(void **state)
{
	struct world *w = world_new("iommufd");

	(void)state;
	assert_names(w, DEVICES NIC "/vfio-dev", "vfio0 ");
	assert_names(w, DEVICES USB "/vfio-dev", "vfio1 ");
	assert_names(w, DEVICES "0000:00:1f.2/vfio-dev", "vfio3 ");
	assert_names(w, DEVICES "0000:04:00.0/vfio-dev/../vfio-dev/vfio4/..", "vfio4 ");
	assert_text(w, DEVICES USB "/vfio-dev/vfio1/dev", "511:1\n");
	assert_names(w, DEVICES USB "/vfio-dev/vfio1", "dev ");
	assert_names(w, "/dev/vfio/devices", "vfio0 vfio1 vfio2 vfio3 vfio4 ");
	assert_false(raw_exists(w, DEVICES NIC "/vfio-dev/vfio1"));
	assert_false(raw_exists(w, DEVICES NVME "/vfio-dev"));
	assert_false(raw_exists(w, DEVICES "0000:00:1f.0/vfio-dev"));
	assert_false(raw_exists(w, "/dev/vfio/devices/vfio5"));
	assert_false(raw_exists(w, "/dev/vfio/devices/vfio00"));
	assert_true(raw_exists(w, "/dev/iommu"));
	assert_int_equal(raw_open(w, "/dev/iommu/x"), -ENOTDIR);
	assert_int_equal(w->sys->read_file(w->sys->data, -1, "/dev/iommu", (char[4]){ 0 }, 4),
			 -EINVAL);
	assert_int_equal(w->sys->read_file(w->sys->data, -1, "/dev/vfio/devices/vfio0",
					   (char[4]){ 0 }, 4),
			 -EINVAL);
	world_assert_clean(w);
	world_free(w);
}

static void a_number_is_the_lowest_that_is_free(void **state)
{
	struct world *w = world_new("iommufd");

	(void)state;
	assert_int_equal(iova_sim_bind(w->sim, NIC, NULL), 0);
	assert_false(raw_exists(w, DEVICES NIC "/vfio-dev"));
	assert_names(w, "/dev/vfio/devices", "vfio1 vfio2 vfio3 vfio4 ");
	assert_int_equal(iova_sim_bind(w->sim, USB, "xhci_hcd"), 0);
	/* By another driver of VFIO the device is taken and given anew. */
	assert_int_equal(iova_sim_bind(w->sim, "0000:04:00.0", "nvgrace-gpu-vfio-pci"), 0);
	assert_names(w, DEVICES "0000:04:00.0/vfio-dev", "vfio0 ");
	assert_int_equal(iova_sim_bind(w->sim, USB, "vfio-pci"), 0);
	assert_int_equal(iova_sim_bind(w->sim, NIC, "mlx5_vfio_pci"), 0);
	assert_names(w, DEVICES USB "/vfio-dev", "vfio1 ");
	assert_names(w, DEVICES NIC "/vfio-dev", "vfio4 ");
	assert_int_equal(iova_sim_remove_device(w->sim, "0000:03:00.0"), 0);
	assert_int_equal(iova_sim_add_device(w->sim, 0, "0000:05:00.0", 1, 2, 3, "vfio-pci"), 0);
	assert_names(w, DEVICES "0000:05:00.0/vfio-dev", "vfio2 ");
	world_free(w);
}

/* More than the bits of one word of the machine. */
static void there_are_numbers_for_many_devices(void **state)
{
	struct world *w = world_new("iommufd");
	char name[64], path[128];

	(void)state;
	for (uint32_t i = 5; i < 200; i++) {
		snprintf(name, sizeof name, "0000:%02x:00.0", i);
		assert_int_equal(iova_sim_add_device(w->sim, 0, name, 1, 2, 3, "vfio-pci"), 0);
		snprintf(path, sizeof path, DEVICES "%s/vfio-dev/vfio%u", name, i);
		assert_true(raw_exists(w, path));
	}
	assert_int_equal(iova_sim_bind(w->sim, "0000:64:00.0", NULL), 0);
	assert_int_equal(iova_sim_add_device(w->sim, 0, "0001:00:00.0", 1, 2, 3, "vfio-pci"), 0);
	assert_true(raw_exists(w, DEVICES "0001:00:00.0/vfio-dev/vfio100"));
	assert_true(raw_exists(w, "/dev/vfio/devices/vfio199"));
	world_free(w);
}

static void what_there_is_depends_on_the_release(void **state)
{
	static const struct {
		const char *preset;
		bool iommu, directory, number, nodes;
	} cases[] = {
		{ "old", false, false, false, false },
		{ "desktop-6.1", false, true, false, false },
		{ "desktop", false, true, false, false },
		{ "iommufd-6.2", true, true, false, false },
		{ "iommufd-6.6", true, true, true, true },
		{ "iommufd-6.13", true, true, true, true },
		{ "iommufd-epyc", true, true, true, true },
		{ "compat", true, true, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world *w = world_new(cases[i].preset);
		bool is_epyc = strstr(cases[i].preset, "epyc") != NULL;
		char path[128];

		snprintf(path, sizeof path, DEVICES "%s/vfio-dev", is_epyc ? "0000:41:00.0" : NIC);
		assert_int_equal(raw_exists(w, "/dev/iommu"), cases[i].iommu);
		assert_int_equal(raw_exists(w, path), cases[i].directory);
		strcat(path, "/vfio0/dev");
		assert_int_equal(raw_exists(w, path), cases[i].number);
		assert_int_equal(raw_exists(w, "/dev/vfio/devices"), cases[i].nodes);
		assert_int_equal(raw_exists(w, "/dev/vfio/devices/vfio0"), cases[i].nodes);
		assert_true(raw_exists(w, "/dev/vfio/vfio"));
		assert_true(raw_exists(w, "/dev/vfio/1"));
		world_free(w);
	}
}

/* Before 6.2 there was nothing to build. */
static void a_kernel_is_built_with_what_its_release_has(void **state)
{
	struct world *w = world_new("desktop-6.1");
	struct iova_sim_kernel kernel = { .size = sizeof kernel };

	(void)state;
	assert_int_equal(iova_sim_get_kernel(w->sim, &kernel), 0);
	kernel.iommufd = 1;
	assert_int_equal(iova_sim_set_kernel(w->sim, &kernel), 0);
	assert_false(raw_exists(w, "/dev/iommu"));
	kernel.has_cdevs = 1;
	assert_int_equal(iova_sim_set_kernel(w->sim, &kernel), 0);
	assert_false(raw_exists(w, "/dev/vfio/devices"));
	kernel.has_iommufd = 1;
	assert_int_equal(iova_sim_set_kernel(w->sim, &kernel), 0);
	assert_true(raw_exists(w, "/dev/iommu"));
	assert_true(raw_exists(w, "/dev/vfio/devices"));
	world_free(w);
}

static void the_directory_of_nodes_goes_with_the_last(void **state)
{
	static const char *const devices[] = { NIC, USB, "0000:03:00.0", "0000:00:1f.2",
					       "0000:04:00.0" };
	struct world *w = world_new("iommufd");

	(void)state;
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
		assert_true(raw_exists(w, "/dev/vfio/devices"));
		if (i & 1)
			assert_int_equal(iova_sim_bind(w->sim, devices[i], NULL), 0);
		else
			assert_int_equal(iova_sim_remove_device(w->sim, devices[i]), 0);
	}
	assert_false(raw_exists(w, "/dev/vfio/devices"));
	assert_names(w, "/dev/vfio", "vfio ");
	world_free(w);
}

static void a_kernel_without_groups_has_devices_alone(void **state)
{
	struct world *w = world_new("iommufd");
	struct iova_sim_kernel kernel = { .size = sizeof kernel };

	(void)state;
	assert_int_equal(iova_sim_get_kernel(w->sim, &kernel), 0);
	kernel.without_groups = 1;
	assert_int_equal(iova_sim_set_kernel(w->sim, &kernel), 0);
	assert_names(w, "/dev/vfio", "devices ");
	assert_false(raw_exists(w, "/dev/vfio/1"));
	assert_false(raw_exists(w, "/dev/vfio/vfio"));
	assert_true(raw_exists(w, "/sys/kernel/iommu_groups/1"));
	world_free(w);
}

/* So they have no IOMMU either, and VFIO takes none without one. */
static void a_device_without_a_group_has_no_number(void **state)
{
	struct world *w = world_new("iommufd");

	(void)state;
	assert_int_equal(iova_sim_add_device(w->sim, IOVA_SIM_NO_GROUP, "0000:07:00.0", 1, 2, 3,
					     "vfio-pci"),
			 0);
	assert_false(raw_exists(w, DEVICES "0000:07:00.0/vfio-dev"));
	assert_names(w, "/dev/vfio/devices", "vfio0 vfio1 vfio2 vfio3 vfio4 ");
	assert_int_equal(iova_sim_bind(w->sim, "0000:07:00.0", "mlx5_vfio_pci"), 0);
	assert_int_equal(iova_sim_bind(w->sim, "0000:07:00.0", NULL), 0);
	assert_int_equal(iova_sim_add_device(w->sim, 0, "0000:08:00.0", 1, 2, 3, "vfio-pci"), 0);
	assert_names(w, DEVICES "0000:08:00.0/vfio-dev", "vfio5 ");
	world_free(w);
}

static void a_file_of_a_device_can_misbehave(void **state)
{
	struct world *w = world_new("iommufd");
	char text[16];

	(void)state;
	assert_int_equal(iova_sim_file_error(w->sim, "/dev/vfio/devices/vfio1", EACCES), 0);
	assert_int_equal(iova_sim_file_error(w->sim, "/dev/iommu", EACCES), 0);
	assert_int_equal(iova_sim_file_text(w->sim, DEVICES NIC "/vfio-dev/vfio0/dev", "x"), 0);
	assert_int_equal(raw_cdev(w, 1), -EACCES);
	assert_int_equal(raw_iommufd(w), -EACCES);
	assert_text(w, DEVICES NIC "/vfio-dev/vfio0/dev", "x");
	assert_text(w, DEVICES USB "/vfio-dev/vfio1/dev", "511:1\n");
	assert_true(raw_exists(w, "/dev/vfio/devices/vfio0"));
	assert_int_equal(iova_sim_file_error(w->sim, DEVICES USB "/vfio-dev", EIO), 0);
	assert_int_equal(w->sys->read_file(w->sys->data, -1, DEVICES USB "/vfio-dev/vfio1/dev",
					   text, sizeof text),
			 -EIO);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_device_with_a_driver_of_vfio_has_a_number),
		cmocka_unit_test(a_number_is_the_lowest_that_is_free),
		cmocka_unit_test(there_are_numbers_for_many_devices),
		cmocka_unit_test(what_there_is_depends_on_the_release),
		cmocka_unit_test(a_kernel_is_built_with_what_its_release_has),
		cmocka_unit_test(the_directory_of_nodes_goes_with_the_last),
		cmocka_unit_test(a_kernel_without_groups_has_devices_alone),
		cmocka_unit_test(a_device_without_a_group_has_no_number),
		cmocka_unit_test(a_file_of_a_device_can_misbehave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices that no IOMMU serves, with the mode of VFIO that takes them all the same. */
#include "raw-cdev.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define VADDR 0x7f0000000000ull
#define CARD "0000:07:00.0"
#define DISK "0000:08:00.0"
#define DEVICES "/sys/bus/pci/devices/"

/* The desktop, which has groups 0 to 6, and two devices without an IOMMU. */
static int world_setup_noiommu(void **state)
{
	struct world *w = world_new("iommufd");
	struct iova_sim_kernel kernel = { .size = sizeof kernel };

	assert_int_equal(iova_sim_get_kernel(w->sim, &kernel), 0);
	kernel.noiommu = 1;
	assert_int_equal(iova_sim_set_kernel(w->sim, &kernel), 0);
	assert_int_equal(iova_sim_add_device(w->sim, IOVA_SIM_NO_GROUP, CARD, 1, 2, 3, "vfio-pci"),
			 0);
	assert_int_equal(iova_sim_add_device(w->sim, IOVA_SIM_NO_GROUP, DISK, 1, 2, 3, "nvme"), 0);
	*state = w;
	return 0;
}

static void assert_text(const struct world *w, const char *path, const char *wanted)
{
	char text[64];
	int64_t n = w->sys->read_file(w->sys->data, -1, path, text, sizeof text - 1);

	assert_true(n >= 0);
	text[n] = '\0';
	assert_string_equal(text, wanted);
}

static void assert_group(const struct world *w, const char *device, const char *wanted)
{
	char text[64];
	int64_t n = w->sys->read_link(w->sys->data, -1, device, text, sizeof text - 1);

	assert_true(n >= 0);
	text[n] = '\0';
	assert_string_equal(strrchr(text, '/') + 1, wanted);
}

static int count(void *arg, const char *name)
{
	(void)name;
	++*(int *)arg;
	return 0;
}

static void assert_n_names(const struct world *w, const char *path, int wanted)
{
	int n = 0;

	assert_int_equal(w->sys->list(w->sys->data, -1, path, count, &n), 0);
	assert_int_equal(n, wanted);
}

static void a_device_gets_a_group_while_vfio_has_it(void **state)
{
	const struct world *w = *state;

	assert_group(w, DEVICES CARD "/iommu_group", "7");
	assert_text(w, "/sys/kernel/iommu_groups/7/name", "vfio-noiommu\n");
	assert_text(w, "/sys/kernel/iommu_groups/7/type", "unknown\n");
	assert_text(w, "/sys/kernel/iommu_groups/7/reserved_regions", "");
	assert_true(raw_exists(w, "/sys/kernel/iommu_groups/7/devices/" CARD));
	assert_false(raw_exists(w, "/sys/kernel/iommu_groups/1/name"));
	assert_true(raw_exists(w, "/dev/vfio/noiommu-7"));
	assert_false(raw_exists(w, "/dev/vfio/7"));
	assert_false(raw_exists(w, "/dev/vfio/noiommu-1"));
	assert_false(raw_exists(w, DEVICES DISK "/iommu_group"));
	assert_n_names(w, "/sys/kernel/iommu_groups", 8);
	assert_int_equal(iova_sim_bind(w->sim, DISK, "vfio-pci"), 0);
	assert_group(w, DEVICES DISK "/iommu_group", "8");
	assert_int_equal(iova_sim_bind(w->sim, CARD, NULL), 0);
	assert_false(raw_exists(w, DEVICES CARD "/iommu_group"));
	assert_false(raw_exists(w, "/sys/kernel/iommu_groups/7"));
	assert_n_names(w, "/sys/kernel/iommu_groups", 8);
	assert_false(raw_exists(w, "/dev/vfio/noiommu-7"));
	assert_true(raw_exists(w, "/dev/vfio/noiommu-8"));
	assert_int_equal(iova_sim_bind(w->sim, CARD, "vfio-pci"), 0);
	assert_group(w, DEVICES CARD "/iommu_group", "7");
	assert_int_equal(iova_sim_bind(w->sim, CARD, "mlx5_vfio_pci"), 0);
	assert_true(raw_exists(w, "/dev/vfio/noiommu-7"));
	assert_int_equal(iova_sim_remove_device(w->sim, CARD), 0);
	assert_false(raw_exists(w, "/dev/vfio/noiommu-7"));
}

/* Of character devices of its own there are none, so that its number is all it has. */
static void it_has_a_number_but_no_node_of_its_own(void **state)
{
	const struct world *w = *state;

	assert_true(raw_exists(w, DEVICES CARD "/vfio-dev/vfio5"));
	assert_false(raw_exists(w, DEVICES CARD "/vfio-dev/vfio5/dev"));
	assert_false(raw_exists(w, "/dev/vfio/devices/vfio5"));
	assert_true(raw_exists(w, "/dev/vfio/devices/vfio4"));
}

static void no_one_else_may_be_added_to_its_group(void **state)
{
	const struct world *w = *state;

	assert_int_equal(iova_sim_add_device(w->sim, 7, "0000:09:00.0", 1, 2, 3, NULL), -ENOENT);
	assert_int_equal(iova_sim_add_group(w->sim, 7, "DMA"), -EEXIST);
	assert_int_equal(iova_sim_bind(w->sim, CARD, NULL), 0);
	assert_int_equal(iova_sim_add_group(w->sim, 7, "DMA"), 0);
	assert_int_equal(iova_sim_bind(w->sim, CARD, "vfio-pci"), 0);
	assert_group(w, DEVICES CARD "/iommu_group", "8");
}

static void its_container_has_an_iommu_that_is_none(void **state)
{
	const struct world *w = *state;
	int c = raw_open(w, "/dev/vfio/vfio"), g = raw_open(w, "/dev/vfio/noiommu-7"), device;
	uint64_t size = PAGE;
	uint32_t flags = 0;
	char reply[64];

	assert_int_equal(raw_status(w, g, &flags), 0);
	assert_int_equal(flags, IOVA_VFIO_GROUP_FLAGS_VIABLE);
	assert_int_equal(raw_extension(w, c, IOVA_VFIO_NOIOMMU_IOMMU), 1);
	assert_int_equal(raw_extension(w, c, IOVA_VFIO_TYPE1V2_IOMMU), 1);
	assert_int_equal(raw_set_iommu(w, c, IOVA_VFIO_NOIOMMU_IOMMU), -EINVAL);
	assert_int_equal(raw_set_container(w, g, c), 0);
	assert_int_equal(raw_extension(w, c, IOVA_VFIO_NOIOMMU_IOMMU), 1);
	assert_int_equal(raw_extension(w, c, IOVA_VFIO_TYPE1V2_IOMMU), 0);
	assert_int_equal(raw_device(w, g, CARD), -EINVAL);
	assert_int_equal(raw_set_iommu(w, c, IOVA_VFIO_TYPE1V2_IOMMU), -ENODEV);
	assert_int_equal(raw_set_iommu(w, c, 1), -ENODEV);
	assert_int_equal(raw_info(w, c, reply, sizeof reply), -EINVAL);
	assert_int_equal(raw_set_iommu(w, c, IOVA_VFIO_NOIOMMU_IOMMU), 0);
	assert_int_equal(raw_set_iommu(w, c, IOVA_VFIO_NOIOMMU_IOMMU), -EINVAL);
	assert_int_equal(raw_extension(w, c, IOVA_VFIO_NOIOMMU_IOMMU), 1);
	assert_int_equal(raw_extension(w, c, IOVA_VFIO_TYPE1V2_IOMMU), 0);
	assert_int_equal(raw_ioctl(w, c, IOVA_VFIO_GET_API_VERSION, NULL), 0);
	assert_int_equal(raw_info(w, c, reply, sizeof reply), -ENOTTY);
	assert_int_equal(raw_map(w, c, 0, VADDR, PAGE), -ENOTTY);
	assert_int_equal(raw_unmap(w, c, 0, 0, &size), -ENOTTY);
	assert_int_equal(iova_sim_map_behind(w->sim, c, 0, VADDR, PAGE), -EINVAL);
	device = raw_device(w, g, CARD);
	assert_int_equal(raw_device_info(w, device), 0);
	assert_int_equal(raw_unset_container(w, g), -EBUSY);
	assert_int_equal(iova_sim_bind(w->sim, CARD, NULL), -EBUSY);
	assert_int_equal(raw_close(w, device), 0);
	assert_int_equal(raw_unset_container(w, g), 0);
	/* And now it may be one for real groups. */
	assert_int_equal(raw_extension(w, c, IOVA_VFIO_TYPE1V2_IOMMU), 1);
	assert_int_equal(raw_close(w, g), 0);
	g = raw_join(w, c, GROUP_NIC);
	assert_int_equal(raw_extension(w, c, IOVA_VFIO_NOIOMMU_IOMMU), 0);
	assert_int_equal(raw_set_iommu(w, c, IOVA_VFIO_NOIOMMU_IOMMU), -ENODEV);
	assert_int_equal(raw_set_iommu(w, c, IOVA_VFIO_TYPE1V2_IOMMU), 0);
	raw_detach(w, (struct raw){ c, g });
}

static void real_groups_and_others_do_not_mix(void **state)
{
	const struct world *w = *state;

	for (int set = 0; set < 2; set++) {
		int c = raw_open(w, "/dev/vfio/vfio"), none = raw_open(w, "/dev/vfio/noiommu-7");
		int real = raw_join(w, c, GROUP_NIC);

		if (set)
			assert_int_equal(raw_set_iommu(w, c, IOVA_VFIO_TYPE1V2_IOMMU), 0);
		assert_int_equal(raw_set_container(w, none, c), -EPERM);
		assert_int_equal(raw_unset_container(w, real), 0);
		assert_int_equal(raw_set_container(w, none, c), 0);
		if (set)
			assert_int_equal(raw_set_iommu(w, c, IOVA_VFIO_NOIOMMU_IOMMU), 0);
		assert_int_equal(raw_set_container(w, real, c), -EPERM);
		assert_int_equal(raw_close(w, none), 0);
		assert_int_equal(raw_close(w, real), 0);
		assert_int_equal(raw_close(w, c), 0);
	}
}

static void two_of_them_share_a_container(void **state)
{
	const struct world *w = *state;
	int c = raw_open(w, "/dev/vfio/vfio"), first = raw_open(w, "/dev/vfio/noiommu-7"), second;

	assert_int_equal(iova_sim_bind(w->sim, DISK, "vfio-pci"), 0);
	second = raw_open(w, "/dev/vfio/noiommu-8");
	assert_int_equal(raw_open(w, "/dev/vfio/noiommu-8"), -EBUSY);
	assert_int_equal(raw_set_container(w, first, c), 0);
	assert_int_equal(raw_set_iommu(w, c, IOVA_VFIO_NOIOMMU_IOMMU), 0);
	assert_int_equal(raw_set_container(w, second, c), 0);
	/* One goes with its device, and takes nothing from the other. */
	assert_int_equal(iova_sim_remove_device(w->sim, CARD), 0);
	assert_int_equal(raw_device(w, first, CARD), -ENODEV);
	assert_int_equal(raw_extension(w, c, IOVA_VFIO_TYPE1V2_IOMMU), 0);
	assert_int_equal(raw_close(w, first), 0);
	raw_detach(w, (struct raw){ c, second });
}

static void an_iommufd_may_be_its_container(void **state)
{
	const struct world *w = *state;
	int c = raw_iommufd(w), g = raw_open(w, "/dev/vfio/noiommu-7"), device;
	char reply[64];

	assert_int_equal(raw_set_container(w, g, c), 0);
	assert_int_equal(raw_extension(w, c, IOVA_VFIO_NOIOMMU_IOMMU), 1);
	assert_int_equal(raw_extension(w, c, IOVA_VFIO_TYPE1V2_IOMMU), 0);
	assert_int_equal(raw_set_iommu(w, c, IOVA_VFIO_TYPE1V2_IOMMU), -EINVAL);
	assert_int_equal(raw_set_iommu(w, c, IOVA_VFIO_NOIOMMU_IOMMU), 0);
	assert_int_equal(raw_info(w, c, reply, sizeof reply), -ENODEV);
	assert_int_equal(raw_map(w, c, 0, VADDR, PAGE), -ENODEV);
	device = raw_device(w, g, CARD);
	assert_true(device >= 0);
	assert_int_equal(raw_device_info(w, device), 0);
	assert_int_equal(iova_sim_bind(w->sim, CARD, NULL), -EBUSY);
	raw_close_all(w, (const int[]){ device, g, c }, 3);
}

static void without_the_mode_there_is_no_group(void **state)
{
	struct world *w = world_new("desktop");
	int c = raw_open(w, "/dev/vfio/vfio");

	(void)state;
	assert_int_equal(iova_sim_add_device(w->sim, IOVA_SIM_NO_GROUP, CARD, 1, 2, 3, "vfio-pci"),
			 0);
	assert_false(raw_exists(w, DEVICES CARD "/iommu_group"));
	assert_false(raw_exists(w, "/dev/vfio/noiommu-7"));
	assert_int_equal(raw_extension(w, c, IOVA_VFIO_NOIOMMU_IOMMU), 0);
	assert_int_equal(raw_close(w, c), 0);
	world_assert_clean(w);
	world_free(w);
}

/* With the mode switched off again no container gets that IOMMU any more. */
static void the_mode_is_asked_for_where_the_iommu_is_set(void **state)
{
	const struct world *w = *state;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	int c = raw_open(w, "/dev/vfio/vfio"), g = raw_open(w, "/dev/vfio/noiommu-7");

	assert_int_equal(raw_set_container(w, g, c), 0);
	assert_int_equal(iova_sim_get_kernel(w->sim, &kernel), 0);
	kernel.noiommu = 0;
	assert_int_equal(iova_sim_set_kernel(w->sim, &kernel), 0);
	assert_int_equal(raw_set_iommu(w, c, IOVA_VFIO_NOIOMMU_IOMMU), -ENODEV);
	raw_detach(w, (struct raw){ c, g });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(noiommu, a_device_gets_a_group_while_vfio_has_it),
		ON(noiommu, it_has_a_number_but_no_node_of_its_own),
		ON(noiommu, no_one_else_may_be_added_to_its_group),
		ON(noiommu, its_container_has_an_iommu_that_is_none),
		ON(noiommu, real_groups_and_others_do_not_mix),
		ON(noiommu, two_of_them_share_a_container),
		ON(noiommu, an_iommufd_may_be_its_container),
		cmocka_unit_test(without_the_mode_there_is_no_group),
		ON(noiommu, the_mode_is_asked_for_where_the_iommu_is_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

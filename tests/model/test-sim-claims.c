/* SPDX-License-Identifier: BSD-3-Clause */
/* What stands against binding a device by itself, and what a bound device stands against. */
#include "raw-cdev.h"

#include <errno.h>

#define NIC "0000:01:00.0"

/* The group's file is open as long as one of its devices. */
static void a_group_that_is_open_stands_against_binding(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	int device = raw_device(w, raw.group, NIC), fd = raw_iommufd(w);
	int cdev = raw_cdev(w, NODE_NIC), other = raw_cdev(w, NODE_USB);

	assert_true(cdev >= 0);
	assert_int_equal(raw_bind(w, cdev, fd, NULL), -EBUSY);
	assert_int_equal(raw_bind(w, cdev, 4711, NULL), -EBUSY);
	assert_int_equal(raw_bind(w, other, fd, NULL), 0);
	assert_int_equal(raw_close(w, raw.group), 0);
	assert_int_equal(raw_bind(w, cdev, fd, NULL), -EBUSY);
	assert_int_equal(raw_close(w, device), 0);
	assert_int_equal(iova_sim_attach_behind(w->sim, raw.container, GROUP_NIC), 0);
	assert_int_equal(raw_bind(w, cdev, fd, NULL), -EBUSY);
	assert_int_equal(iova_sim_detach_behind(w->sim, GROUP_NIC), 0);
	assert_int_equal(raw_bind(w, cdev, fd, NULL), 0);
	CLOSE(w, cdev, other, fd, raw.container);
}

static void a_bound_device_keeps_its_group_closed(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), cdev = raw_cdev(w, NODE_NIC), group;
	int container = raw_open(w, "/dev/vfio/vfio");

	group = raw_open_group(w, GROUP_NIC);
	assert_true(group >= 0);
	assert_int_equal(raw_close(w, group), 0);
	assert_int_equal(raw_bind(w, cdev, fd, NULL), 0);
	assert_int_equal(raw_open_group(w, GROUP_NIC), -EBUSY);
	assert_int_equal(iova_sim_attach_behind(w->sim, container, GROUP_NIC), -EBUSY);
	group = raw_open_group(w, GROUP_USB);
	assert_true(group >= 0);
	CLOSE(w, group, cdev);
	group = raw_open_group(w, GROUP_NIC);
	assert_true(group >= 0);
	CLOSE(w, group, fd, container);
}

static void each_member_of_the_group_must_be_free(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), cdev = raw_cdev(w, NODE_GPU), group;

	assert_int_equal(raw_bind(w, cdev, fd, NULL), -EPERM);
	assert_int_equal(raw_device_info(w, cdev), -EINVAL);
	group = raw_open_group(w, GROUP_GPU);
	assert_true(group >= 0);
	assert_int_equal(raw_close(w, group), 0);
	assert_int_equal(iova_sim_bind(w->sim, "0000:04:00.1", NULL), 0);
	assert_int_equal(raw_bind(w, cdev, fd, NULL), 0);
	assert_int_equal(iova_sim_bind(w->sim, "0000:04:00.1", "snd_hda_intel"), -EBUSY);
	assert_int_equal(iova_sim_add_device(w->sim, GROUP_GPU, "0000:04:00.2", 1, 2, 3,
					     "xhci_hcd"),
			 -EBUSY);
	assert_int_equal(raw_close(w, cdev), 0);
	assert_int_equal(iova_sim_bind(w->sim, "0000:04:00.1", "snd_hda_intel"), 0);
	CLOSE(w, fd);
}

static void a_group_belongs_to_one_iommufd(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), second = raw_iommufd(w), card = raw_cdev(w, NODE_GPU), audio;

	assert_int_equal(iova_sim_bind(w->sim, "0000:04:00.1", "vfio-pci"), 0);
	audio = raw_cdev(w, 5);
	assert_int_equal(raw_bind(w, card, fd, NULL), 0);
	assert_int_equal(raw_bind(w, audio, second, NULL), -EPERM);
	assert_int_equal(raw_bind(w, audio, fd, NULL), 0);
	assert_int_equal(raw_close(w, card), 0);
	assert_int_equal(raw_open_group(w, GROUP_GPU), -EBUSY);
	card = raw_cdev(w, NODE_GPU);
	assert_int_equal(raw_bind(w, card, second, NULL), -EPERM);
	assert_int_equal(raw_close(w, audio), 0);
	assert_int_equal(raw_bind(w, card, second, NULL), 0);
	CLOSE(w, card, fd, second);
}

static void a_direct_region_stands_against_binding(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), cdev = raw_cdev(w, NODE_DIRECT), relaxable = raw_cdev(w, NODE_USB);

	assert_int_equal(raw_bind(w, cdev, fd, NULL), -EINVAL);
	assert_int_equal(raw_bind(w, relaxable, fd, NULL), 0);
	CLOSE(w, cdev, relaxable, fd);
}

static void interrupts_must_be_remapped_or_allowed(void **state)
{
	const struct world *w = *state;
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	int fd = raw_iommufd(w), cdev = raw_cdev(w, NODE_NIC);

	assert_int_equal(iova_sim_iommu_of_width(39, &iommu), 0);
	iommu.remaps_interrupts = 0;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_NIC, &iommu), 0);
	assert_int_equal(iova_sim_get_kernel(w->sim, &kernel), 0);
	kernel.unsafe_interrupts = 1; /* of type1 alone */
	assert_int_equal(iova_sim_set_kernel(w->sim, &kernel), 0);
	assert_int_equal(raw_bind(w, cdev, fd, NULL), -EPERM);
	kernel.unsafe_iommufd = 1;
	assert_int_equal(iova_sim_set_kernel(w->sim, &kernel), 0);
	assert_int_equal(raw_bind(w, cdev, fd, NULL), 0);
	CLOSE(w, cdev, fd);
}

/* What the driver waits for in Linux is refused here. */
static void an_open_node_keeps_the_driver(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), cdev = raw_cdev(w, NODE_NIC);

	for (int bound = 0; bound < 2; bound++) {
		assert_int_equal(iova_sim_bind(w->sim, NIC, NULL), -EBUSY);
		assert_int_equal(iova_sim_bind(w->sim, NIC, "mlx5_vfio_pci"), -EBUSY);
		assert_int_equal(iova_sim_remove_device(w->sim, NIC), -EBUSY);
		assert_true(raw_exists(w, "/dev/vfio/devices/vfio0"));
		assert_int_equal(raw_bind(w, cdev, fd, NULL), bound ? -EINVAL : 0);
	}
	assert_int_equal(raw_close(w, cdev), 0);
	assert_int_equal(iova_sim_remove_device(w->sim, NIC), 0);
	assert_int_equal(raw_cdev(w, NODE_NIC), -ENOENT);
	CLOSE(w, fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(nodes, a_group_that_is_open_stands_against_binding),
		ON(nodes, a_bound_device_keeps_its_group_closed),
		ON(nodes, each_member_of_the_group_must_be_free),
		ON(nodes, a_group_belongs_to_one_iommufd),
		ON(nodes, a_direct_region_stands_against_binding),
		ON(nodes, interrupts_must_be_remapped_or_allowed),
		ON(nodes, an_open_node_keeps_the_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

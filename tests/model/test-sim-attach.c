/* SPDX-License-Identifier: BSD-3-Clause */
/* The simulated containers and groups: who may join, and with which errno not. */
#include "raw.h"

#include <errno.h>

static void a_container_answers_before_it_has_an_iommu(void **state)
{
	const struct world *w = *state;
	unsigned char reply[64];
	uint64_t size = PAGE;
	int c = raw_open(w, "/dev/vfio/vfio");

	assert_int_equal(raw_ioctl(w, c, IOVA_VFIO_GET_API_VERSION, NULL), 0);
	assert_int_equal(raw_extension(w, c, 1), 1);
	assert_int_equal(raw_extension(w, c, 3), 1);
	assert_int_equal(raw_extension(w, c, 4), 0);
	assert_int_equal(raw_extension(w, c, 6), 1);
	assert_int_equal(raw_extension(w, c, 9), 1);
	assert_int_equal(raw_extension(w, c, 10), 0);
	assert_int_equal(raw_extension(w, c, 4711), 0);
	assert_int_equal(raw_set_iommu(w, c, 3), -EINVAL);
	assert_int_equal(raw_info(w, c, reply, 64), -EINVAL);
	assert_int_equal(raw_map(w, c, 0, 0x1000, PAGE), -EINVAL);
	assert_int_equal(raw_unmap(w, c, 0, 0, &size), -EINVAL);
	assert_int_equal(raw_ioctl(w, c, IOVA_VFIO_NR(99), NULL), -EINVAL);
	assert_int_equal(raw_close(w, c), 0);
}

static void set_iommu_wants_a_group_a_known_type_and_happens_once(void **state)
{
	const struct world *w = *state;
	int c = raw_open(w, "/dev/vfio/vfio");
	int g = raw_join(w, c, GROUP_NIC);

	assert_int_equal(raw_set_iommu(w, c, 2), -ENODEV);
	assert_int_equal(raw_set_iommu(w, c, 6), -EINVAL);
	/* Extensions, but no IOMMUs: one is there before the driver is opened, the others not. */
	assert_int_equal(raw_set_iommu(w, c, 9), -EINVAL);
	assert_int_equal(raw_set_iommu(w, c, 4), -ENODEV);
	assert_int_equal(raw_set_iommu(w, c, 3), 0);
	assert_int_equal(raw_set_iommu(w, c, 3), -EINVAL);
	assert_int_equal(raw_extension(w, c, 4), 1);
	assert_int_equal(raw_ioctl(w, c, IOVA_VFIO_NR(99), NULL), -ENOTTY);
	raw_detach(w, (struct raw){ c, g });
}

static void without_the_type1_module_there_is_no_iommu(void **state)
{
	const struct world *w = *state;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	int c, g;

	iova_sim_get_kernel(w->sim, &kernel);
	kernel.type1 = 0;
	iova_sim_set_kernel(w->sim, &kernel);
	c = raw_open(w, "/dev/vfio/vfio");
	g = raw_join(w, c, GROUP_NIC);
	assert_int_equal(raw_extension(w, c, 3), 0);
	assert_int_equal(raw_set_iommu(w, c, 3), -ENODEV);
	raw_detach(w, (struct raw){ c, g });
}

static void a_group_has_a_node_while_a_device_has_a_vfio_driver(void **state)
{
	const struct world *w = *state;
	int g;

	assert_int_equal(raw_open_group(w, GROUP_NVME), -ENOENT);
	assert_int_equal(raw_open_group(w, 99), -ENOENT);
	assert_int_equal(iova_sim_bind(w->sim, "0000:02:00.0", "vfio-pci"), 0);
	g = raw_open_group(w, GROUP_NVME);
	assert_true(g >= 0);
	assert_int_equal(raw_open_group(w, GROUP_NVME), -EBUSY);
	assert_int_equal(raw_close(w, g), 0);
	assert_int_equal(iova_sim_bind(w->sim, "0000:02:00.0", NULL), 0);
	assert_int_equal(raw_open_group(w, GROUP_NVME), -ENOENT);
}

static void a_wrong_descriptor_is_told_apart(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	int usb = raw_open_group(w, GROUP_USB);
	int sys = w->sys->open(w->sys->data, -1, "/sys", 0);
	uint32_t flags;

	assert_int_equal(raw_set_container(w, usb, -1), -EBADF);
	assert_int_equal(raw_set_container(w, usb, 3), -EBADF);
	assert_int_equal(raw_set_container(w, usb, usb), -EBADFD);
	assert_int_equal(raw_set_container(w, raw.group, raw.container), -EINVAL);
	assert_int_equal(raw_set_container(w, raw.container, raw.container), -ENOTTY);
	assert_int_equal(raw_status(w, raw.container, &flags), -ENOTTY);
	assert_int_equal(raw_status(w, sys, &flags), -ENOTTY);
	assert_int_equal(raw_set_iommu(w, usb, 3), -ENOTTY);
	assert_int_equal(raw_set_container(w, raw.group, 3), -EBADF);
	world_kernel(w, "6.1");
	assert_int_equal(raw_set_container(w, usb, usb), -EINVAL);
	assert_int_equal(raw_set_container(w, raw.group, 3), -EBADF);
	world_kernel(w, "5.15");
	assert_int_equal(raw_set_container(w, usb, usb), -EINVAL);
	assert_int_equal(raw_set_container(w, usb, -1), -EINVAL);
	assert_int_equal(raw_set_container(w, usb, 3), -EBADF);
	assert_int_equal(raw_set_container(w, raw.group, 3), -EINVAL);
	assert_int_equal(raw_close(w, usb), 0);
	assert_int_equal(raw_close(w, usb), -EBADF);
	assert_int_equal(raw_status(w, usb, &flags), -EBADF);
	assert_int_equal(raw_close(w, sys), 0);
	raw_detach(w, raw);
}

static void status_says_viable_and_whether_there_is_a_container(void **state)
{
	const struct world *w = *state;
	struct iova_vfio_group_status status = { .argsz = 7 };
	int c = raw_open(w, "/dev/vfio/vfio");
	int g = raw_open_group(w, GROUP_NIC);
	uint32_t flags;

	assert_int_equal(raw_status(w, g, &flags), 0);
	assert_int_equal(flags, 1);
	assert_int_equal(raw_set_container(w, g, c), 0);
	assert_int_equal(raw_status(w, g, &flags), 0);
	assert_int_equal(flags, 3);
	assert_int_equal(raw_ioctl(w, g, IOVA_VFIO_GROUP_GET_STATUS, &status), -EINVAL);
	assert_int_equal(raw_ioctl(w, g, IOVA_VFIO_GROUP_GET_STATUS, NULL), -EFAULT);
	raw_detach(w, (struct raw){ c, g });
}

/* Since 5.18 the group is claimed where the container is set. */
static void a_foreign_driver_is_eperm_at_set_container(void **state)
{
	const struct world *w = *state;
	int c = raw_open(w, "/dev/vfio/vfio"), g;
	uint32_t flags;

	g = raw_open_group(w, GROUP_GPU);
	assert_int_equal(raw_status(w, g, &flags), 0);
	assert_int_equal(flags, 0);
	assert_int_equal(raw_set_container(w, g, c), -EPERM);
	assert_int_equal(iova_sim_bind(w->sim, "0000:04:00.1", "pci-stub"), 0);
	assert_int_equal(raw_set_container(w, g, c), 0);
	/* Now it is claimed, and no such driver can come. */
	assert_int_equal(iova_sim_bind(w->sim, "0000:04:00.1", "snd_hda_intel"), -EBUSY);
	assert_int_equal(iova_sim_add_device(w->sim, GROUP_GPU, "0000:04:00.2", 1, 2, 3,
					     "xhci_hcd"),
			 -EBUSY);
	assert_int_equal(raw_status(w, g, &flags), 0);
	assert_int_equal(flags, 3);
	raw_detach(w, (struct raw){ c, g });
}

/* Before, only the status and the opening of a device say so. */
static void before_5_18_a_foreign_driver_is_found_late(void **state)
{
	const struct world *w = *state;
	struct raw raw;
	uint32_t flags;

	assert_int_equal(iova_sim_bind(w->sim, "0000:00:1f.3", "i801_smbus"), 0);
	raw = raw_attach(w, GROUP_LPC);
	assert_int_equal(raw_status(w, raw.group, &flags), 0);
	assert_int_equal(flags, 2);
	assert_int_equal(raw_device(w, raw.group, "0000:00:1f.2"), -EINVAL);
	raw_detach(w, raw);
}

static void a_direct_region_is_refused_where_each_kernel_does(void **state)
{
	static const struct {
		const char *release;
		int at_container;
		int at_iommu;
	} cases[] = { { "5.2", 0, -EPERM },        { "5.15", 0, -EPERM },
		      { "6.1", -EPERM, -EINVAL },  { "6.3", 0, -EPERM },
		      { "6.6", -EINVAL, -EINVAL }, { "6.12", -EINVAL, -EINVAL } };
	const struct world *w = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int c = raw_open(w, "/dev/vfio/vfio"), g = raw_open_group(w, GROUP_DIRECT);

		world_kernel(w, cases[i].release);
		assert_int_equal(raw_set_container(w, g, c), cases[i].at_container);
		assert_int_equal(raw_set_iommu(w, c, 3), cases[i].at_iommu);
		raw_detach(w, (struct raw){ c, g });
	}
}

/* With the IOMMU set already, the old rule strikes at SET_CONTAINER. */
static void before_5_18_a_second_group_with_a_direct_region_fails_at_set_container(void **state)
{
	const struct world *w = *state;
	struct raw raw;
	int g;

	world_kernel(w, "5.10");
	raw = raw_attach(w, GROUP_NIC);
	g = raw_open_group(w, GROUP_DIRECT);
	assert_int_equal(raw_set_container(w, g, raw.container), -EPERM);
	assert_int_equal(raw_close(w, g), 0);
	raw_detach(w, raw);
}

static void without_interrupt_remapping_attaching_is_eperm(void **state)
{
	const struct world *w = *state;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	int c = raw_open(w, "/dev/vfio/vfio"), g = raw_join(w, c, GROUP_NIC);

	iova_sim_iommu_of_width(39, &iommu);
	iommu.remaps_interrupts = 0;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_NIC, &iommu), 0);
	assert_int_equal(raw_set_iommu(w, c, 3), -EPERM);
	assert_int_equal(iova_sim_list(w->sim, c, NULL, 0), 0);
	iova_sim_get_kernel(w->sim, &kernel);
	kernel.unsafe_interrupts = 1;
	iova_sim_set_kernel(w->sim, &kernel);
	assert_int_equal(raw_set_iommu(w, c, 3), 0);
	raw_detach(w, (struct raw){ c, g });
}

static void a_container_is_coherent_if_all_its_iommus_are(void **state)
{
	const struct world *w = *state;
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct raw raw = raw_attach(w, GROUP_NIC);
	int g;

	iova_sim_iommu_of_width(39, &iommu);
	iommu.coherent = 0;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_LPC, &iommu), 0);
	assert_int_equal(raw_extension(w, raw.container, 4), 1);
	g = raw_join(w, raw.container, GROUP_LPC);
	assert_int_equal(raw_extension(w, raw.container, 4), 0);
	assert_int_equal(raw_close(w, g), 0);
	assert_int_equal(raw_extension(w, raw.container, 4), 1);
	raw_detach(w, raw);
}

static void the_last_group_takes_the_iommu_and_the_mappings_along(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);

	assert_int_equal(raw_map(w, raw.container, 0x200000, 0x1000, PAGE), 0);
	assert_int_equal(raw_unset_container(w, raw.group), 0);
	world_assert_n_mappings(w, 0);
	assert_int_equal(raw_map(w, raw.container, 0x200000, 0x1000, PAGE), -EINVAL);
	assert_int_equal(raw_set_container(w, raw.group, raw.container), 0);
	assert_int_equal(raw_set_iommu(w, raw.container, 3), 0);
	raw_detach(w, raw);
}

static void a_device_keeps_its_group_busy(void **state)
{
	const struct world *w = *state;
	int c = raw_open(w, "/dev/vfio/vfio"), g = raw_join(w, c, GROUP_LPC), device;

	assert_int_equal(raw_device(w, g, "0000:00:1f.2"), -EINVAL);
	assert_int_equal(raw_set_iommu(w, c, 3), 0);
	assert_int_equal(raw_device(w, g, "0000:00:1f.0"), -ENODEV);
	assert_int_equal(raw_device(w, g, "0000:01:00.0"), -ENODEV);
	device = raw_device(w, g, "0000:00:1f.2");
	assert_true(device >= 0);
	assert_int_equal(raw_unset_container(w, g), -EBUSY);
	assert_int_equal(iova_sim_bind(w->sim, "0000:00:1f.2", NULL), -EBUSY);
	assert_int_equal(raw_close(w, g), 0);
	assert_int_equal(raw_open_group(w, GROUP_LPC), -EBUSY);
	assert_int_equal(raw_map(w, c, 0x2000000, 0x1000, PAGE), 0);
	assert_int_equal(raw_close(w, device), 0);
	world_assert_n_mappings(w, 0);
	assert_int_equal(raw_map(w, c, 0x2000000, 0x1000, PAGE), -EINVAL);
	assert_int_equal(raw_close(w, c), 0);
}

static void a_group_keeps_its_container_alive(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	struct iova_sim_report report = { .size = sizeof report };

	assert_int_equal(raw_map(w, raw.container, 0x200000, 0x1000, PAGE), 0);
	assert_int_equal(raw_close(w, raw.container), 0);
	iova_sim_report(w->sim, &report);
	assert_int_equal(report.n_containers, 1);
	assert_int_equal(report.n_mappings, 1);
	assert_int_equal(raw_close(w, raw.group), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, a_container_answers_before_it_has_an_iommu),
		ON(desktop, set_iommu_wants_a_group_a_known_type_and_happens_once),
		ON(desktop, without_the_type1_module_there_is_no_iommu),
		ON(desktop, a_group_has_a_node_while_a_device_has_a_vfio_driver),
		ON(desktop, a_wrong_descriptor_is_told_apart),
		ON(desktop, status_says_viable_and_whether_there_is_a_container),
		ON(desktop, a_foreign_driver_is_eperm_at_set_container),
		ON(old, before_5_18_a_foreign_driver_is_found_late),
		ON(desktop, a_direct_region_is_refused_where_each_kernel_does),
		ON(desktop, before_5_18_a_second_group_with_a_direct_region_fails_at_set_container),
		ON(desktop, without_interrupt_remapping_attaching_is_eperm),
		ON(desktop, a_container_is_coherent_if_all_its_iommus_are),
		ON(desktop, the_last_group_takes_the_iommu_and_the_mappings_along),
		ON(desktop, a_device_keeps_its_group_busy),
		ON(desktop, a_group_keeps_its_container_alive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups whose container is an iommufd: what they keep, and what they leave to others. */
#include "compat-help.h"

SETUP(iommufd, "iommufd")
SETUP(iommufd_6_2, "iommufd-6.2")
SETUP(compat, "compat")

static void the_group_is_not_claimed_by_set_container(void **state)
{
	const struct world *w = *state;
	struct compat direct = join(w, GROUP_DIRECT), gpu = join(w, GROUP_GPU);
	uint32_t flags;

	assert_int_equal(raw_status(w, direct.group, &flags), 0);
	assert_int_equal(flags, 3);
	assert_int_equal(raw_device(w, direct.group, "0000:03:00.0"), -EINVAL);
	assert_int_equal(raw_status(w, gpu.group, &flags), 0);
	assert_int_equal(flags, 3);
	assert_int_equal(raw_device(w, gpu.group, "0000:04:00.0"), -EPERM);
	assert_int_equal(raw_device(w, gpu.group, "0000:04:00.7"), -ENODEV);
	assert_int_equal(raw_set_container(w, gpu.group, direct.fd), -EINVAL);
	leave(w, gpu);
	leave(w, direct);
}

/* VT-d refuses where it attaches, before the kernel did where a group is claimed. */
static void a_direct_region_is_eperm_before_6_6(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, GROUP_DIRECT);

	assert_int_equal(raw_device(w, compat.group, "0000:03:00.0"), -EPERM);
	leave(w, compat);
}

static void a_group_keeps_the_iommufd(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, GROUP_NIC);
	struct iova_sim_report report = { .size = sizeof report };
	int device;

	assert_int_equal(raw_close(w, compat.fd), 0);
	iova_sim_report(w->sim, &report);
	assert_int_equal(report.n_iommufds, 1);
	device = raw_device(w, compat.group, NIC);
	assert_true(device >= 0);
	raw_close(w, compat.group);
	raw_close(w, device);
}

/* A group that no IOMMU serves makes no IOAS, and goes with none. */
static void groups_without_an_iommu_have_no_ioas(void **state)
{
	const struct world *w = *state;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	int fd = open_container(w), none, nic = raw_open_group(w, GROUP_NIC), device;
	uint32_t id = 0;

	iova_sim_get_kernel(w->sim, &kernel);
	kernel.noiommu = 1;
	iova_sim_set_kernel(w->sim, &kernel);
	assert_int_equal(iova_sim_add_device(w->sim, IOVA_SIM_NO_GROUP, "0000:07:00.0", 1, 2, 3,
					     "vfio-pci"),
			 0);
	none = raw_open(w, "/dev/vfio/noiommu-7");
	assert_int_equal(raw_set_container(w, none, fd), 0);
	assert_int_equal(vfio_ioas(w, fd, IOVA_IOMMU_VFIO_IOAS_GET, &id), -ENODEV);
	assert_int_equal(raw_extension(w, fd, TYPE1V2), 0);
	assert_int_equal(raw_set_iommu(w, fd, TYPE1V2), -EINVAL);
	assert_int_equal(raw_set_iommu(w, fd, NOIOMMU), 0);
	assert_int_equal(raw_set_container(w, nic, fd), -EINVAL);
	device = raw_device(w, none, "0000:07:00.0");
	assert_true(device >= 0);
	raw_close(w, device);
	/* An IOAS that is there all the same. */
	id = raw_ioas(w, fd);
	assert_int_equal(vfio_ioas(w, fd, IOVA_IOMMU_VFIO_IOAS_SET, &id), 0);
	assert_int_equal(raw_device(w, none, "0000:07:00.0"), -EPERM);
	raw_unset_container(w, none);
	assert_int_equal(raw_set_container(w, none, fd), -EINVAL);
	raw_close(w, nic);
	raw_close(w, none);
	raw_close(w, fd);
}

static void a_container_may_be_taken_back_from_an_open_device(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, GROUP_NIC);
	int device = raw_device(w, compat.group, NIC);
	uint32_t flags;

	assert_true(device >= 0);
	assert_int_equal(raw_unset_container(w, compat.group), 0);
	assert_int_equal(raw_unset_container(w, compat.group), -EINVAL);
	assert_int_equal(raw_status(w, compat.group, &flags), 0);
	assert_int_equal(flags, 0);
	assert_int_equal(raw_device(w, compat.group, NIC), -EINVAL);
	assert_int_equal(raw_map(w, compat.fd, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(pinned(w), 1);
	assert_int_equal(raw_close(w, device), 0);
	assert_int_equal(raw_status(w, compat.group, &flags), 0);
	assert_int_equal(flags, 1);
	assert_int_equal(pinned(w), 0);
	leave(w, compat);
}

static void two_groups_share_the_ioas(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, GROUP_NIC);
	int group = raw_open_group(w, GROUP_USB);
	struct iova_sim_report report = { .size = sizeof report };
	uint32_t id = 0;

	assert_int_equal(raw_set_container(w, group, compat.fd), 0);
	assert_int_equal(vfio_ioas(w, compat.fd, IOVA_IOMMU_VFIO_IOAS_GET, &id), 0);
	assert_int_equal(id, 1);
	iova_sim_report(w->sim, &report);
	assert_int_equal(report.n_groups, 2);
	assert_int_equal(report.n_ioases, 1);
	assert_int_equal(raw_ioas(w, compat.fd), 2);
	raw_close(w, group);
	leave(w, compat);
}

static void type1_does_not_take_a_group_with_a_bound_device(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, GROUP_NIC);
	int device = raw_device(w, compat.group, NIC), type1 = raw_open(w, "/dev/vfio/vfio");

	assert_int_equal(raw_unset_container(w, compat.group), 0);
	assert_int_equal(raw_set_container(w, compat.group, type1), -EPERM);
	raw_close(w, device);
	assert_int_equal(raw_set_container(w, compat.group, type1), 0);
	raw_close(w, type1);
	leave(w, compat);
}

static void a_group_that_goes_lets_go(void **state)
{
	const struct world *w = *state;
	struct compat compat = join(w, GROUP_NIC);
	struct iova_sim_report report = { .size = sizeof report };
	uint32_t flags;

	assert_int_equal(iova_sim_remove_device(w->sim, NIC), 0);
	assert_int_equal(raw_status(w, compat.group, &flags), -ENODEV);
	iova_sim_report(w->sim, &report);
	assert_int_equal(report.n_groups, 0);
	leave(w, compat);
}

#define EITHER(test) ON(iommufd, test), ON(compat, test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EITHER(the_group_is_not_claimed_by_set_container),
		ON(iommufd_6_2, a_direct_region_is_eperm_before_6_6),
		EITHER(a_group_keeps_the_iommufd),
		EITHER(groups_without_an_iommu_have_no_ioas),
		EITHER(a_container_may_be_taken_back_from_an_open_device),
		EITHER(two_groups_share_the_ioas),
		ON(iommufd, type1_does_not_take_a_group_with_a_bound_device),
		EITHER(a_group_that_goes_lets_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

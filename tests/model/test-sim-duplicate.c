/* SPDX-License-Identifier: BSD-3-Clause */
/* Two descriptors of one open file: what the last close does happens then, and not before. */
#include "raw-cdev.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define VADDR 0x7f0000000000ull
#define NIC "0000:01:00.0"

static uint32_t n_fds(const struct world *w)
{
	struct iova_sim_report report = { .size = sizeof report };

	assert_int_equal(iova_sim_report(w->sim, &report), 0);
	return report.n_fds;
}

static void a_copy_has_a_number_of_its_own(void **state)
{
	const struct world *w = *state;
	int c = raw_open(w, "/dev/vfio/vfio"), copy = raw_duplicate(w, c);
	char text[256];

	assert_true(copy >= 0);
	assert_int_not_equal(copy, c);
	assert_int_equal(copy >> 24, c >> 24);
	assert_int_equal(n_fds(w), 2);
	assert_true(iova_sim_leftovers(w->sim, text, sizeof text) > 0);
	assert_non_null(strstr(text, "container 0 is open as fd"));
	assert_non_null(strstr(strchr(text, '\n'), "container 0 is open as fd"));
	assert_int_equal(raw_close(w, c), 0);
	assert_int_equal(raw_close(w, c), -EBADF);
	assert_int_equal(raw_ioctl(w, copy, IOVA_VFIO_GET_API_VERSION, NULL), 0);
	assert_int_equal(raw_ioctl(w, c, IOVA_VFIO_GET_API_VERSION, NULL), -EBADF);
	assert_int_equal(raw_close(w, copy), 0);
	assert_int_equal(raw_duplicate(w, c), -EBADF);
	assert_int_equal(raw_duplicate(w, -1), -EBADF);
}

static void a_container_lives_until_its_last_descriptor(void **state)
{
	const struct world *w = *state;
	int c = raw_open(w, "/dev/vfio/vfio"), copy = raw_duplicate(w, c);
	int g = raw_join(w, c, GROUP_NIC);

	assert_int_equal(raw_set_iommu(w, copy, 3), 0);
	assert_int_equal(raw_close(w, c), 0);
	assert_int_equal(raw_map(w, copy, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(raw_close(w, g), 0);
	world_assert_n_mappings(w, 0);
	assert_int_equal(raw_map(w, copy, 0x200000, VADDR, PAGE), -EINVAL);
	assert_int_equal(raw_close(w, copy), 0);
}

static void a_group_leaves_with_its_last_descriptor(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	int copy = raw_duplicate(w, raw.group);

	assert_int_equal(raw_map(w, raw.container, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(raw_close(w, raw.group), 0);
	world_assert_n_mappings(w, 1);
	assert_int_equal(raw_open_group(w, GROUP_NIC), -EBUSY);
	raw.group = raw_duplicate(w, copy);
	assert_int_equal(raw_close(w, copy), 0);
	world_assert_n_mappings(w, 1);
	assert_int_equal(raw_close(w, raw.group), 0);
	world_assert_n_mappings(w, 0);
	raw.group = raw_open_group(w, GROUP_NIC);
	raw_detach(w, raw);
}

static void a_device_is_open_until_its_last_descriptor(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	int device = raw_device(w, raw.group, NIC), copy = raw_duplicate(w, device);

	assert_int_equal(raw_close(w, device), 0);
	assert_int_equal(raw_unset_container(w, raw.group), -EBUSY);
	assert_int_equal(iova_sim_bind(w->sim, NIC, NULL), -EBUSY);
	assert_int_equal(raw_close(w, copy), 0);
	assert_int_equal(raw_unset_container(w, raw.group), 0);
	raw_detach(w, raw);
}

static void a_directory_may_be_gone_through_by_a_copy(void **state)
{
	const struct world *w = *state;
	int dir = w->sys->open(w->sys->data, -1, "/sys/kernel", O_RDONLY | O_DIRECTORY);
	int copy = raw_duplicate(w, dir), groups;

	assert_int_equal(raw_close(w, dir), 0);
	groups = w->sys->open(w->sys->data, copy, "iommu_groups", O_RDONLY);
	assert_true(groups >= 0);
	assert_int_equal(raw_close(w, groups), 0);
	assert_int_equal(raw_close(w, copy), 0);
}

/* VFIO has given the group up: that is so for each of its descriptors. */
static void all_descriptors_of_a_group_are_revoked(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	int copy = raw_duplicate(w, raw.group), again;
	uint32_t flags;

	assert_int_equal(iova_sim_bind(w->sim, NIC, NULL), 0);
	assert_int_equal(iova_sim_bind(w->sim, NIC, "vfio-pci"), 0);
	assert_int_equal(raw_status(w, copy, &flags), -ENODEV);
	again = raw_open_group(w, GROUP_NIC);
	assert_true(again >= 0);
	assert_int_equal(raw_close(w, copy), 0);
	assert_int_equal(raw_close(w, raw.group), 0);
	assert_int_equal(raw_open_group(w, GROUP_NIC), -EBUSY);
	raw_detach(w, (struct raw){ raw.container, again });
}

static void a_bound_device_is_let_go_with_its_last_descriptor(void **state)
{
	struct world *w = world_new("iommufd");
	int fd = raw_iommufd(w), cdev = raw_cdev(w, 0), copy = raw_duplicate(w, cdev);

	(void)state;
	assert_int_equal(raw_bind(w, copy, fd, NULL), 0);
	assert_int_equal(raw_bind(w, cdev, fd, NULL), -EINVAL);
	assert_int_equal(raw_device_info(w, cdev), 0);
	assert_int_equal(raw_close(w, copy), 0);
	assert_int_equal(raw_device_info(w, cdev), 0);
	assert_int_equal(raw_open_group(w, GROUP_NIC), -EBUSY);
	assert_int_equal(raw_close(w, cdev), 0);
	cdev = raw_open_group(w, GROUP_NIC);
	assert_true(cdev >= 0);
	assert_int_equal(raw_close(w, cdev), 0);
	assert_int_equal(raw_close(w, fd), 0);
	world_assert_clean(w);
	world_free(w);
}

static void an_iommufd_lives_until_its_last_descriptor(void **state)
{
	struct world *w = world_new("iommufd");
	int fd = raw_iommufd(w), copy = raw_duplicate(w, fd), cdev = raw_cdev(w, 0);
	uint32_t ioas = raw_ioas(w, fd);

	(void)state;
	assert_int_equal(raw_ioas_map(w, fd, ioas, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(raw_close(w, fd), 0);
	assert_int_equal(raw_bind(w, cdev, fd, NULL), -EBADF);
	assert_int_equal(raw_bind(w, cdev, copy, NULL), 0);
	assert_int_equal(raw_ioas_map(w, copy, ioas, 0x200000, VADDR, PAGE), -EEXIST);
	assert_int_equal(raw_close(w, cdev), 0);
	assert_int_equal(raw_close(w, copy), 0);
	world_assert_clean(w);
	world_free(w);
}

static void without_memory_there_is_no_copy(void **state)
{
	const struct world *w = *state;
	int c = raw_open(w, "/dev/vfio/vfio"), copy;

	assert_int_equal(iova_sim_fail_allocation(w->sim, 1), 0);
	assert_int_equal(raw_duplicate(w, c), -ENOMEM);
	assert_int_equal(iova_sim_fail(w->sim, IOVA_SIM_CALL_DUPLICATE, 1, EMFILE), 0);
	assert_int_equal(raw_duplicate(w, c), -EMFILE);
	assert_int_equal(n_fds(w), 1);
	copy = raw_duplicate(w, c);
	assert_int_equal(raw_close(w, c), 0);
	assert_int_equal(raw_close(w, copy), 0);
	assert_int_equal(world_calls(w, IOVA_SIM_CALL_DUPLICATE), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, a_copy_has_a_number_of_its_own),
		ON(desktop, a_container_lives_until_its_last_descriptor),
		ON(desktop, a_group_leaves_with_its_last_descriptor),
		ON(desktop, a_device_is_open_until_its_last_descriptor),
		ON(desktop, a_directory_may_be_gone_through_by_a_copy),
		ON(desktop, all_descriptors_of_a_group_are_revoked),
		cmocka_unit_test(a_bound_device_is_let_go_with_its_last_descriptor),
		cmocka_unit_test(an_iommufd_lives_until_its_last_descriptor),
		ON(desktop, without_memory_there_is_no_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups in and out of containers, and the devices of a group. */
#include "ask.h"

#include <errno.h>
#include <fcntl.h>

#define PLACE ((uint64_t)0x40000000)

static void a_group_has_one_opener(void **state)
{
	const struct stage *stage = *state;
	uint32_t number = stage_group_of(stage, stage->first);
	struct iova_vfio_group_status small = { .argsz = 4 };
	int group = ask_open_group(stage, number);

	assert_true(group >= 0);
	assert_int_equal(ask_open_group(stage, number), -EBUSY);
	assert_int_equal(ask_status(stage, group), IOVA_VFIO_GROUP_FLAGS_VIABLE);
	assert_int_equal(ask(stage, group, IOVA_VFIO_GROUP_GET_STATUS, &small), -EINVAL);
	assert_int_equal(ask(stage, group, IOVA_VFIO_GROUP_GET_STATUS, NULL), -EFAULT);
	assert_int_equal(ask(stage, group, IOVA_VFIO_NR(99), NULL), -ENOTTY);
	assert_int_equal(ask(stage, group, IOVA_VFIO_IOMMU_GET_INFO, NULL), -ENOTTY);
	ask_close(stage, group);
	group = ask_open_group(stage, number);
	assert_true(group >= 0);
	ask_close(stage, group);
}

static void a_group_is_in_one_container_at_most(void **state)
{
	const struct stage *stage = *state;
	int container = ask_open_container(stage), other = ask_open_container(stage);
	int group = ask_open_group(stage, stage_group_of(stage, stage->first));

	assert_true(container >= 0 && other >= 0 && group >= 0);
	assert_int_equal(ask_unset_container(stage, group), -EINVAL);
	assert_true(ask_set_container(stage, group, -1) < 0);
	assert_int_equal(ask(stage, group, IOVA_VFIO_GROUP_SET_CONTAINER, NULL), -EFAULT);
	/* Not a container: EBADFD from 6.2, EINVAL before. */
	assert_true(ask_set_container(stage, group, group) < 0);
	assert_int_equal(ask_set_container(stage, group, container), 0);
	assert_int_equal(ask_status(stage, group),
			 IOVA_VFIO_GROUP_FLAGS_VIABLE | IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET);
	assert_int_equal(ask_set_container(stage, group, container), -EINVAL);
	assert_int_equal(ask_set_container(stage, group, other), -EINVAL);
	assert_true(ask_set_container(stage, group, -1) < 0);
	assert_int_equal(ask_set_iommu(stage, other, TYPE1_V2), -EINVAL);
	assert_int_equal(ask_unset_container(stage, group), 0);
	assert_int_equal(ask_set_container(stage, group, other), 0);
	ask_close(stage, container);
	ask_close(stage, group);
	ask_close(stage, other);
}

static void a_container_takes_one_iommu_of_a_known_type(void **state)
{
	const struct stage *stage = *state;
	static const uintptr_t wrong[] = { 0, 2, 4, 5, 7, 8, 10, 99, UINTPTR_MAX };
	int container = ask_open_container(stage);
	int group = ask_open_group(stage, stage_group_of(stage, stage->first));

	assert_true(container >= 0 && group >= 0);
	assert_int_equal(ask_set_container(stage, group, container), 0);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(ask_set_iommu(stage, container, wrong[i]), -ENODEV);
	/* An extension that a driver has without being one: UNMAP_ALL. */
	assert_int_equal(ask_set_iommu(stage, container, 9), -EINVAL);
	assert_int_equal(ask_info(stage, container), -EINVAL);
	assert_int_equal(ask_set_iommu(stage, container, TYPE1), 0);
	assert_int_equal(ask_set_iommu(stage, container, TYPE1), -EINVAL);
	assert_int_equal(ask_set_iommu(stage, container, 99), -EINVAL);
	assert_int_equal(ask_info(stage, container), 0);
	ask_close(stage, group);
	/* The last group took the IOMMU along. */
	assert_int_equal(ask_info(stage, container), -EINVAL);
	assert_int_equal(ask_set_iommu(stage, container, TYPE1_V2), -EINVAL);
	ask_close(stage, container);
}

static void groups_come_and_go_and_the_list_with_them(void **state)
{
	const struct stage *stage = *state;
	const char *devices[] = { stage->second, stage->relaxable };
	struct asking asking = asking_new(stage, TYPE1_V2);
	void *memory = memory_new(PAGE);
	int at = asking.container, group;

	assert_int_equal(ask_map(stage, at, PLACE, memory, PAGE), 0);
	for (size_t i = 0; i < 2; i++) {
		if (!devices[i])
			continue;
		group = ask_open_group(stage, stage_group_of(stage, devices[i]));
		assert_true(group >= 0);
		assert_int_equal(ask_set_container(stage, group, at), 0);
		assert_int_equal(ask_info(stage, at), 0);
		/* A region that may be given up is the kernel's to map. */
		if (i == 1)
			assert_int_equal(ask_map(stage, at, stage->relaxable_range.start, memory,
						 PAGE),
					 0);
		assert_int_equal(ask_unset_container(stage, group), 0);
		assert_int_equal(ask_info(stage, at), 0);
		assert_int_equal(ask_set_container(stage, group, at), 0);
		ask_close(stage, group);
		assert_int_equal(ask_info(stage, at), 0);
	}
	/* The first one is still there, and so is what it maps. */
	assert_int_equal(ask_map(stage, at, PLACE, memory, PAGE), -EEXIST);
	asking_free(stage, asking);
	memory_free(memory, PAGE);
}

static void mappings_go_with_the_last_group(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	void *memory = memory_new(PAGE);
	int at = asking.container;

	assert_int_equal(ask_map(stage, at, PLACE, memory, PAGE), 0);
	assert_int_equal(ask_unset_container(stage, asking.group), 0);
	assert_int_equal(ask_map(stage, at, PLACE, memory, PAGE), -EINVAL);
	assert_int_equal(ask_set_container(stage, asking.group, at), 0);
	assert_int_equal(ask_map(stage, at, PLACE, memory, PAGE), -EINVAL);
	assert_int_equal(ask_set_iommu(stage, at, TYPE1_V2), 0);
	assert_int_equal(ask_map(stage, at, PLACE, memory, PAGE), 0);
	/* The group keeps a container whose descriptor is closed. */
	ask_close(stage, at);
	assert_int_equal(ask_status(stage, asking.group),
			 IOVA_VFIO_GROUP_FLAGS_VIABLE | IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET);
	assert_int_equal(ask_unset_container(stage, asking.group), 0);
	ask_close(stage, asking.group);
	memory_free(memory, PAGE);
}

static void a_device_is_had_by_its_name_from_its_group(void **state)
{
	const struct stage *stage = *state;
	uint32_t number = stage_group_of(stage, stage->first);
	int container = ask_open_container(stage), group = ask_open_group(stage, number);
	int device, again;

	assert_true(container >= 0 && group >= 0);
	assert_int_equal(ask_device(stage, group, stage->first), -EINVAL);
	assert_int_equal(ask_set_container(stage, group, container), 0);
	assert_int_equal(ask_device(stage, group, stage->first), -EINVAL);
	assert_int_equal(ask_set_iommu(stage, container, TYPE1_V2), 0);
	assert_int_equal(ask_device(stage, group, "0000:7f:1f.7"), -ENODEV);
	assert_int_equal(ask_device(stage, group, stage->second), -ENODEV);
	assert_int_equal(ask_device(stage, group, ""), -ENODEV);
	assert_int_equal(ask(stage, group, IOVA_VFIO_GROUP_GET_DEVICE_FD, NULL), -EFAULT);
	device = ask_device(stage, group, stage->first);
	again = ask_device(stage, group, stage->first);
	assert_true(device >= 0 && again >= 0);
	assert_int_equal(ask_unset_container(stage, group), -EBUSY);
	ask_close(stage, device);
	assert_int_equal(ask_unset_container(stage, group), -EBUSY);
	/* An open device keeps its group, although nobody holds that. */
	ask_close(stage, group);
	assert_int_equal(ask_open_group(stage, number), -EBUSY);
	assert_int_equal(ask_info(stage, container), 0);
	ask_close(stage, again);
	assert_int_equal(ask_info(stage, container), -EINVAL);
	group = ask_open_group(stage, number);
	assert_true(group >= 0);
	ask_close(stage, group);
	ask_close(stage, container);
}

/* A member without a driver does not keep a group from being used, and is not to be had. */
static void a_member_without_vfio_is_not_had(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	int group = ask_open_group(stage, stage_group_of(stage, stage->lpc)), device;

	assert_true(group >= 0);
	assert_int_equal(ask_set_container(stage, group, asking.container), 0);
	assert_int_equal(ask_device(stage, group, stage->lpc), -ENODEV);
	device = ask_device(stage, group, stage->relaxable);
	assert_true(device >= 0);
	ask_close(stage, device);
	ask_close(stage, group);
	asking_free(stage, asking);
}

static void a_group_that_is_not_viable_says_so(void **state)
{
	const struct stage *stage = *state;
	int container = ask_open_container(stage);
	int group = ask_open_group(stage, stage_group_of(stage, stage->blocked));

	assert_true(container >= 0 && group >= 0);
	assert_int_equal(ask_status(stage, group), 0);
	assert_int_equal(ask_set_container(stage, group, container), -EPERM);
	assert_int_equal(ask_device(stage, group, stage->blocked), -EINVAL);
	assert_int_equal(ask_status(stage, group), 0);
	ask_close(stage, group);
	ask_close(stage, container);
}

static void nodes_are_where_they_should_be(void **state)
{
	const struct stage *stage = *state;
	const struct iova_sys *sys = stage_sys(stage);
	char buffer[16];

	assert_int_equal(ask_open(stage, "/dev/vfio/4711"), -ENOENT);
	assert_int_equal(ask_open(stage, "/dev/vfio"), -EISDIR);
	assert_int_equal(sys->open(sys->data, -1, "/dev/vfio/vfio", O_RDONLY | O_DIRECTORY),
			 -ENOTDIR);
	assert_int_equal(sys->read_file(sys->data, -1, "/dev/vfio/vfio", buffer, sizeof buffer),
			 -EINVAL);
	assert_int_equal(sys->read_link(sys->data, -1, "/dev/vfio/vfio", buffer, sizeof buffer),
			 -EINVAL);
}

void add_ask_group_scenarios(struct playbill *bill)
{
	ADD(bill, a_group_has_one_opener, 0);
	ADD(bill, a_group_is_in_one_container_at_most, 0);
	ADD(bill, a_container_takes_one_iommu_of_a_known_type, 0);
	ADD(bill, groups_come_and_go_and_the_list_with_them, 0);
	ADD(bill, mappings_go_with_the_last_group, 0);
	ADD(bill, a_device_is_had_by_its_name_from_its_group, 0);
	ADD(bill, a_member_without_vfio_is_not_had, HAS_LPC);
	ADD(bill, a_group_that_is_not_viable_says_so, HAS_BLOCKED);
	ADD(bill, nodes_are_where_they_should_be, 0);
}

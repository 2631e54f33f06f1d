/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a container that iommufd provides answers otherwise than type1. */
#include "ask.h"

#include "uapi/iommufd.h"

#include <errno.h>

#define LENGTH ((uint64_t)1 << 20)
#define PLACE ((uint64_t)0x40000000)
#define IOMMU_DIRTY_PAGES IOVA_VFIO_NR(17)

/* The id of the IOAS behind, or the error. */
static int ioas_behind(const struct stage *stage, int container)
{
	struct iova_iommu_vfio_ioas get = { .size = sizeof get, .op = IOVA_IOMMU_VFIO_IOAS_GET };
	int r = ask(stage, container, IOVA_IOMMU_VFIO_IOAS, &get);

	return r < 0 ? r : (int)get.ioas_id;
}

/* How many ranges an IOAS has now. */
static uint32_t n_ranges(const struct stage *stage, int container, int ioas)
{
	struct iova_iommu_range room[16];
	struct iova_iommu_ioas_ranges ranges = {
		.size = sizeof ranges,
		.ioas_id = (uint32_t)ioas,
		.n_ranges = 16,
		.ranges = (uintptr_t)room,
	};

	assert_int_equal(ask(stage, container, IOVA_IOMMU_IOAS_IOVA_RANGES, &ranges), 0);
	return ranges.n_ranges;
}

/* There is no IOAS before a group brings one, and no device is what all the requests say. */
static void iommufds_container_has_nothing_before_a_group(void **state)
{
	const struct stage *stage = *state;
	int at = ask_open_container(stage);
	void *memory = memory_new(PAGE);

	assert_true(at >= 0);
	assert_int_equal(ask_extension(stage, at, TYPE1), 1);
	assert_int_equal(ask_extension(stage, at, TYPE1_V2), 1);
	assert_int_equal(ask_extension(stage, at, 9), 1);
	/* DMA_CC depends on the devices, of which there are none. */
	assert_int_equal(ask_extension(stage, at, 4), -ENODEV);
	assert_int_equal(ask_info(stage, at), -ENODEV);
	assert_int_equal(ask_set_iommu(stage, at, TYPE1_V2), -ENODEV);
	assert_int_equal(ask_map(stage, at, PLACE, memory, PAGE), -ENODEV);
	assert_int_equal(ask_unmap(stage, at, PLACE, PAGE), -ENODEV);
	assert_int_equal(ioas_behind(stage, at), -ENODEV);
	ask_close(stage, at);
	memory_free(memory, PAGE);
}

static void iommufds_container_has_limits_only_with_a_device(void **state)
{
	const struct stage *stage = *state;
	int at = ask_open_container(stage), device, ioas;
	int group = ask_open_group(stage, stage_group_of(stage, stage->first));
	void *memory = memory_new(PAGE);

	assert_true(at >= 0 && group >= 0);
	assert_int_equal(ask_set_container(stage, group, at), 0);
	/* It answers before it has an IOMMU, and takes one more than once. */
	assert_int_equal(ask_info(stage, at), 0);
	assert_int_equal(ask_set_iommu(stage, at, 99), -EINVAL);
	assert_int_equal(ask_set_iommu(stage, at, TYPE1_V2), 0);
	assert_int_equal(ask_set_iommu(stage, at, TYPE1_V2), 0);
	ioas = ioas_behind(stage, at);
	assert_true(ioas > 0);
	assert_int_equal(n_ranges(stage, at, ioas), 1);
	/* What is in a hole to come is taken, and keeps the device out. */
	assert_int_equal(ask_map(stage, at, stage->msi.start, memory, PAGE), 0);
	assert_int_equal(ask_device(stage, group, stage->first), -EADDRINUSE);
	assert_int_equal(ask_unmap(stage, at, stage->msi.start, PAGE), PAGE);
	device = ask_device(stage, group, stage->first);
	assert_true(device >= 0);
	assert_int_equal(ask_info(stage, at), 0);
	assert_true(n_ranges(stage, at, ioas) > 1);
	assert_int_equal(ask_map(stage, at, stage->msi.start, memory, PAGE), -EINVAL);
	ask_close(stage, device);
	assert_int_equal(ask_info(stage, at), 0);
	assert_int_equal(n_ranges(stage, at, ioas), 1);
	ask_close(stage, group);
	ask_close(stage, at);
	memory_free(memory, PAGE);
}

static void iommufds_unmap_stops_halfway(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	void *memory = memory_new(LENGTH);
	int at = asking.container;

	assert_int_equal(ask_map(stage, at, PLACE, memory, LENGTH), 0);
	assert_int_equal(ask_map(stage, at, PLACE + 2 * LENGTH, memory, LENGTH), 0);
	assert_int_equal(ask_unmap(stage, at, PLACE + PAGE, LENGTH - PAGE), -ENOENT);
	assert_int_equal(ask_unmap(stage, at, PLACE, LENGTH - PAGE), -ENOENT);
	/* The last would be cut: the first is gone all the same. */
	assert_int_equal(ask_unmap(stage, at, PLACE, 2 * LENGTH + PAGE), -ENOENT);
	assert_int_equal(ask_map(stage, at, PLACE, memory, LENGTH), 0);
	assert_int_equal(ask_map(stage, at, PLACE + 2 * LENGTH, memory, LENGTH), -EEXIST);
	assert_int_equal(ask_unmap(stage, at, PLACE + LENGTH, LENGTH), 0);
	assert_int_equal(ask_unmap(stage, at, PLACE, 0), -EINVAL);
	assert_int_equal(ask_unmap(stage, at, PLACE, -PAGE), -EOVERFLOW);
	assert_int_equal(ask_unmap_all(stage, at), 2 * LENGTH);
	assert_int_equal(ask_unmap_all(stage, at), 0);
	asking_free(stage, asking);
	memory_free(memory, LENGTH);
}

static void iommufd_tells_what_is_not_valid_before_what_exists(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	void *memory = memory_new(LENGTH);
	uint64_t edge = stage->msi.start - PAGE;
	int at = asking.container;

	assert_int_equal(ask_map(stage, at, edge, memory, PAGE), 0);
	assert_int_equal(ask_map(stage, at, edge, memory, PAGE), -EEXIST);
	assert_int_equal(ask_map(stage, at, edge, memory, 2 * PAGE), -EINVAL);
	assert_int_equal(ask_map(stage, at, -2 * PAGE, memory, LENGTH), -EOVERFLOW);
	assert_int_equal(ask(stage, at, IOMMU_DIRTY_PAGES, NULL), -ENOTTY);
	asking_free(stage, asking);
	memory_free(memory, LENGTH);
}

static void iommufd_lets_a_group_go_whose_device_is_open(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	void *memory = memory_new(PAGE);
	int at = asking.container;

	assert_int_equal(ask_map(stage, at, PLACE, memory, PAGE), 0);
	assert_int_equal(ask_unset_container(stage, asking.group), 0);
	/* Until the device is closed the group is nobody's. */
	assert_int_equal(ask_status(stage, asking.group), 0);
	assert_int_equal(ask_unset_container(stage, asking.group), -EINVAL);
	/* The IOAS stays, and what is mapped there with it. */
	assert_int_equal(ask_info(stage, at), 0);
	assert_int_equal(ask_map(stage, at, PLACE, memory, PAGE), -EEXIST);
	ask_close(stage, asking.device);
	assert_int_equal(ask_status(stage, asking.group), IOVA_VFIO_GROUP_FLAGS_VIABLE);
	assert_int_equal(ask_unmap(stage, at, PLACE, PAGE), PAGE);
	ask_close(stage, asking.group);
	ask_close(stage, at);
	memory_free(memory, PAGE);
}

static void iommufd_refuses_a_group_that_is_not_viable_with_its_device(void **state)
{
	const struct stage *stage = *state;
	int container = ask_open_container(stage);
	int group = ask_open_group(stage, stage_group_of(stage, stage->blocked));

	assert_true(container >= 0 && group >= 0);
	assert_int_equal(ask_status(stage, group), 0);
	assert_int_equal(ask_set_container(stage, group, container), 0);
	assert_true(ask_device(stage, group, stage->blocked) < 0);
	assert_int_equal(ask_unset_container(stage, group), 0);
	ask_close(stage, group);
	ask_close(stage, container);
}

void add_ask_compat_scenarios(struct playbill *bill)
{
	ADD(bill, iommufds_container_has_nothing_before_a_group, 0);
	ADD(bill, iommufds_container_has_limits_only_with_a_device, 0);
	ADD(bill, iommufds_unmap_stops_halfway, 0);
	ADD(bill, iommufd_tells_what_is_not_valid_before_what_exists, 0);
	ADD(bill, iommufd_lets_a_group_go_whose_device_is_open, 0);
	ADD(bill, iommufd_refuses_a_group_that_is_not_viable_with_its_device, HAS_BLOCKED);
}

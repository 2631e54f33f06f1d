/* SPDX-License-Identifier: BSD-3-Clause */
/* GET_INFO for callers with any room, and what a container says before it has an IOMMU. */
#include "ask.h"

#include <errno.h>
#include <string.h>

#define UNTOUCHED 0xa5
#define ROOM 1024

/* What lies beyond the caller's argsz is not the kernel's. */
static int info_with(const struct stage *stage, int container, uint32_t argsz, uint32_t *ret_argsz)
{
	static const struct iova_vfio_info blank = { 0 };
	unsigned char reply[ROOM];
	int r;

	memset(reply, UNTOUCHED, sizeof reply);
	memcpy(reply, &blank, IOVA_VFIO_INFO_LEAST);
	memcpy(reply, &argsz, sizeof argsz);
	r = ask(stage, container, IOVA_VFIO_IOMMU_GET_INFO, reply);
	for (size_t i = argsz > IOVA_VFIO_INFO_LEAST ? argsz : IOVA_VFIO_INFO_LEAST; i < ROOM; i++)
		assert_int_equal(reply[i], UNTOUCHED);
	memcpy(ret_argsz, reply, sizeof *ret_argsz);
	return r;
}

static void any_room_for_info_is_respected(void **state)
{
	static const uint32_t small[] = { 0, 1, 15 },
			      odd[] = { 16, 17, 19, 20, 21, 23, 25, 31, 56 };
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	uint32_t needed, again;

	for (size_t i = 0; i < sizeof small / sizeof *small; i++)
		assert_int_equal(info_with(stage, asking.container, small[i], &again), -EINVAL);
	assert_int_equal(info_with(stage, asking.container, 24, &needed), 0);
	assert_in_range(needed, 48, 512);
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		assert_int_equal(info_with(stage, asking.container, odd[i], &again), 0);
		assert_int_equal(again, needed);
	}
	/* With one byte less than needed nothing comes; with more, what is said is the room. */
	assert_int_equal(info_with(stage, asking.container, needed - 1, &again), 0);
	assert_int_equal(again, needed);
	assert_int_equal(info_with(stage, asking.container, needed, &again), 0);
	assert_int_equal(again, needed);
	assert_int_equal(info_with(stage, asking.container, needed + 1, &again), 0);
	assert_int_equal(again, needed + 1);
	assert_int_equal(ask(stage, asking.container, IOVA_VFIO_IOMMU_GET_INFO, NULL), -EFAULT);
	asking_free(stage, asking);
}

static void mappings_left_are_counted(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	void *memory = memory_new(2 * PAGE);
	int at = asking.container;

	assert_int_equal(ask_map(stage, at, 0x40000000, memory, PAGE), 0);
	assert_int_equal(ask_map(stage, at, 0x40001000, memory, 2 * PAGE), 0);
	assert_int_equal(ask_info(stage, at), 0);
	assert_int_equal(ask_unmap(stage, at, 0x40000000, PAGE), PAGE);
	assert_int_equal(ask_info(stage, at), 0);
	assert_int_equal(ask_unmap_all(stage, at), 2 * PAGE);
	assert_int_equal(ask_info(stage, at), 0);
	asking_free(stage, asking);
	memory_free(memory, 2 * PAGE);
}

static void a_container_answers_little_before_it_has_an_iommu(void **state)
{
	const struct stage *stage = *state;
	int at = ask_open_container(stage);
	void *memory = memory_new(PAGE);

	assert_true(at >= 0);
	for (uintptr_t number = 0; number < 13; number++)
		assert_in_range(ask_extension(stage, at, number), 0, 1);
	assert_int_equal(ask_info(stage, at), -EINVAL);
	assert_int_equal(ask_map(stage, at, 0x40000000, memory, PAGE), -EINVAL);
	assert_int_equal(ask_unmap(stage, at, 0x40000000, PAGE), -EINVAL);
	assert_int_equal(ask(stage, at, IOVA_VFIO_IOMMU_MAP_DMA, NULL), -EINVAL);
	assert_int_equal(ask(stage, at, IOVA_VFIO_NR(99), NULL), -EINVAL);
	assert_int_equal(ask_set_iommu(stage, at, TYPE1_V2), -EINVAL);
	ask_close(stage, at);
	memory_free(memory, PAGE);
}

/* UPDATE_VADDR (10) is left out: the model does not have those flags. */
static void a_container_with_an_iommu_tells_what_it_can(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	int at = asking.container;

	for (uintptr_t number = 0; number < 13; number++)
		if (number != 10)
			assert_in_range(ask_extension(stage, at, number), 0, 1);
	assert_int_equal(ask_extension(stage, at, 4711), 0);
	assert_int_equal(ask_extension(stage, at, UINTPTR_MAX), 0);
	assert_int_equal(ask(stage, at, IOVA_VFIO_GET_API_VERSION, NULL), 0);
	assert_int_equal(ask(stage, at, IOVA_VFIO_NR(99), NULL), -ENOTTY);
	assert_int_equal(ask(stage, at, IOVA_VFIO_GROUP_GET_STATUS, NULL), -ENOTTY);
	assert_int_equal(ask_set_iommu(stage, at, TYPE1_V2), -EINVAL);
	assert_int_equal(ask_set_iommu(stage, at, TYPE1), -EINVAL);
	asking_free(stage, asking);
}

void add_ask_info_scenarios(struct playbill *bill)
{
	ADD(bill, any_room_for_info_is_respected, 0);
	ADD(bill, mappings_left_are_counted, 0);
	ADD(bill, a_container_answers_little_before_it_has_an_iommu, 0);
	ADD(bill, a_container_with_an_iommu_tells_what_it_can, 0);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* MAP_DMA: what is refused, and which refusal comes first. */
#include "ask.h"

#include <errno.h>

#define LENGTH ((uint64_t)1 << 20)
#define PLACE ((uint64_t)0x40000000)

static int map_with(const struct stage *stage, int container, struct iova_vfio_map map)
{
	if (!map.argsz)
		map.argsz = sizeof map;
	return ask(stage, container, IOVA_VFIO_IOMMU_MAP_DMA, &map);
}

static void a_map_request_that_is_wrong_in_itself_is_invalid(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	void *memory = memory_new(LENGTH);
	uint64_t vaddr = (uintptr_t)memory;
	const struct iova_vfio_map wrong[] = {
		{ 31, READ_WRITE, vaddr, PLACE, LENGTH },
		{ 1, READ_WRITE, vaddr, PLACE, LENGTH },
		{ 0, 0, vaddr, PLACE, LENGTH },
		{ 0, 8 | READ_WRITE, vaddr, PLACE, LENGTH },
		{ 0, READ_WRITE, vaddr, PLACE, 0 },
		{ 0, READ_WRITE, vaddr, PLACE, LENGTH + 1 },
		{ 0, READ_WRITE, vaddr, PLACE, PAGE / 2 },
		{ 0, READ_WRITE, vaddr, PLACE + PAGE / 2, LENGTH },
		{ 0, READ_WRITE, vaddr + PAGE / 2, PLACE, LENGTH },
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(map_with(stage, asking.container, wrong[i]), -EINVAL);
	/* A wrap is EOVERFLOW from 6.18. */
	assert_true(ask_map(stage, asking.container, -2 * PAGE, memory, LENGTH) < 0);
	assert_true(ask_map(stage, asking.container, PLACE, (void *)(uintptr_t)(-2 * PAGE),
			    LENGTH) < 0);
	assert_true(ask_map(stage, asking.container, PAGE, memory, -PAGE) < 0);
	assert_int_equal(ask(stage, asking.container, IOVA_VFIO_IOMMU_MAP_DMA, NULL), -EFAULT);
	/* None of them has left anything. */
	assert_int_equal(ask_unmap_all(stage, asking.container), 0);
	assert_int_equal(map_with(stage, asking.container,
				  (struct iova_vfio_map){ 4096, READ_WRITE, vaddr, PLACE, LENGTH }),
			 0);
	asking_free(stage, asking);
	memory_free(memory, LENGTH);
}

static void a_map_over_another_exists_wherever_it_meets_it(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	void *memory = memory_new(3 * LENGTH);
	const uint64_t starts[] = { PLACE, PLACE + PAGE, PLACE - PAGE, PLACE + LENGTH - PAGE,
				    PLACE - LENGTH + PAGE };

	assert_int_equal(ask_map(stage, asking.container, PLACE, memory, LENGTH), 0);
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		assert_int_equal(ask_map(stage, asking.container, starts[i], memory, LENGTH),
				 -EEXIST);
	assert_int_equal(ask_map(stage, asking.container, PLACE - LENGTH, memory, 3 * LENGTH),
			 -EEXIST);
	assert_int_equal(ask_map(stage, asking.container, PLACE + LENGTH, memory, LENGTH), 0);
	assert_int_equal(ask_map(stage, asking.container, PLACE - LENGTH, memory, LENGTH), 0);
	asking_free(stage, asking);
	memory_free(memory, 3 * LENGTH);
}

static void what_exists_is_told_before_what_is_not_valid(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	void *memory = memory_new(LENGTH);
	uint64_t hole = stage->msi.start, edge = hole - PAGE;
	int at = asking.container;

	assert_int_equal(ask_map(stage, at, hole, memory, PAGE), -EINVAL);
	assert_int_equal(ask_map(stage, at, edge, memory, 2 * PAGE), -EINVAL);
	assert_int_equal(ask_map(stage, at, stage->msi.last - PAGE + 1, memory, 2 * PAGE), -EINVAL);
	assert_int_equal(ask_map(stage, at, stage->msi.last + 1, memory, PAGE), 0);
	assert_int_equal(ask_map(stage, at, edge, memory, PAGE), 0);
	/* Both wrong: the mapping in the way is what is told. */
	assert_int_equal(ask_map(stage, at, edge, memory, 2 * PAGE), -EEXIST);
	/* But not before what is wrong in itself. */
	assert_int_equal(ask_map(stage, at, edge, memory, PAGE + 1), -EINVAL);
	assert_int_equal(map_with(stage, at,
				  (struct iova_vfio_map){ 0, 0, (uintptr_t)memory, edge, PAGE }),
			 -EINVAL);
	asking_free(stage, asking);
	memory_free(memory, LENGTH);
}

static void the_top_of_the_list_is_the_last_that_maps(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	void *memory = memory_new(LENGTH);
	uint64_t top = stage->top;
	int at = asking.container;

	/* The very last page of 64 bits is another matter. */
	if (top == UINT64_MAX)
		top -= PAGE;
	assert_int_equal(ask_map(stage, at, top - PAGE + 1, memory, PAGE), 0);
	assert_int_equal(ask_unmap(stage, at, top - PAGE + 1, PAGE), PAGE);
	assert_int_equal(ask_map(stage, at, top - LENGTH + 1, memory, LENGTH), 0);
	assert_int_equal(ask_unmap(stage, at, top - LENGTH + 1, LENGTH), LENGTH);
	if (stage->top < UINT64_MAX) {
		assert_int_equal(ask_map(stage, at, top + 1, memory, PAGE), -EINVAL);
		assert_int_equal(ask_map(stage, at, top - PAGE + 1, memory, 2 * PAGE), -EINVAL);
		assert_int_equal(ask_map(stage, at, -LENGTH, memory, LENGTH), -EINVAL);
	}
	asking_free(stage, asking);
	memory_free(memory, LENGTH);
}

/* dma_entry_limit is read where the container gets its IOMMU. */
static void the_entry_limit_comes_between_what_exists_and_what_is_not_valid(void **state)
{
	const struct stage *stage = *state;
	void *memory = memory_new(LENGTH);
	struct asking asking;
	int at;

	assert_int_equal(stage->limit_entries(stage, 3), 0);
	asking = asking_new(stage, TYPE1_V2);
	assert_int_equal(stage->limit_entries(stage, 65535), 0);
	at = asking.container;
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(ask_map(stage, at, PLACE + i * PAGE, memory, PAGE), 0);
	assert_int_equal(ask_info(stage, at), 0);
	assert_int_equal(ask_map(stage, at, PLACE + LENGTH, memory, PAGE), -ENOSPC);
	assert_int_equal(ask_map(stage, at, PLACE, memory, PAGE), -EEXIST);
	assert_int_equal(ask_map(stage, at, stage->msi.start, memory, PAGE), -ENOSPC);
	assert_int_equal(ask_map(stage, at, PLACE + LENGTH, memory, PAGE / 2), -EINVAL);
	assert_int_equal(ask_unmap(stage, at, PLACE, 2 * PAGE), 2 * PAGE);
	assert_int_equal(ask_info(stage, at), 0);
	assert_int_equal(ask_map(stage, at, stage->msi.start, memory, PAGE), -EINVAL);
	assert_int_equal(ask_map(stage, at, PLACE + LENGTH, memory, PAGE), 0);
	asking_free(stage, asking);
	memory_free(memory, LENGTH);
}

static void memory_lost_in_the_middle_maps_nothing(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	char *memory = memory_new(LENGTH);
	int at = asking.container;

	assert_int_equal(stage->lose_memory(stage, memory + 3 * PAGE, PAGE), 0);
	assert_int_equal(ask_map(stage, at, PLACE, memory, LENGTH), -EFAULT);
	assert_int_equal(ask_unmap_all(stage, at), 0);
	assert_int_equal(ask_info(stage, at), 0);
	assert_int_equal(ask_map(stage, at, PLACE, memory, 3 * PAGE), 0);
	/* The mapping in the way is told before the memory is looked at. */
	assert_int_equal(ask_map(stage, at, PLACE, memory, LENGTH), -EEXIST);
	assert_int_equal(ask_map(stage, at, PLACE + LENGTH, memory + 4 * PAGE, LENGTH - 4 * PAGE),
			 0);
	asking_free(stage, asking);
}

void add_ask_map_scenarios(struct playbill *bill)
{
	ADD(bill, a_map_request_that_is_wrong_in_itself_is_invalid, 0);
	ADD(bill, a_map_over_another_exists_wherever_it_meets_it, 0);
	ADD(bill, what_exists_is_told_before_what_is_not_valid, 0);
	ADD(bill, the_top_of_the_list_is_the_last_that_maps, 0);
	ADD(bill, the_entry_limit_comes_between_what_exists_and_what_is_not_valid, HAS_LIMITS);
	ADD(bill, memory_lost_in_the_middle_maps_nothing, HAS_LOST_MEMORY);
}

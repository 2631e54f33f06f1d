/* SPDX-License-Identifier: BSD-3-Clause */
/* UNMAP_DMA of both versions of type1: sizes that come back, and what is refused. */
#include "ask.h"

#include <errno.h>

#define LENGTH ((uint64_t)1 << 20)
#define PLACE ((uint64_t)0x40000000)

/* Three mappings: two that touch, then a gap of one length, then the third. */
static void map_three(const struct stage *stage, int container, void *memory)
{
	for (uint64_t i = 0; i < 4; i++)
		if (i != 2)
			assert_int_equal(ask_map(stage, container, PLACE + i * LENGTH, memory,
						 LENGTH),
					 0);
}

static void an_unmap_request_that_is_wrong_in_itself_is_invalid(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	void *memory = memory_new(LENGTH);
	const struct iova_vfio_unmap wrong[] = {
		{ 23, 0, PLACE, LENGTH },   { 0, 0, PLACE, LENGTH },
		{ 24, 8, PLACE, LENGTH },   { 24, 1, PLACE, LENGTH },
		{ 24, 0, PLACE, 0 },        { 24, 0, PLACE + PAGE / 2, LENGTH },
		{ 24, 0, PLACE, PAGE / 2 }, { 24, 0, PLACE, LENGTH + 1 },
		{ 24, 2, PLACE, 0 },        { 24, 2, 0, LENGTH },
		{ 24, 2, PLACE, LENGTH },   { 24, 3, 0, 0 },
		{ 24, 2, PAGE / 2, 0 },
	};

	map_three(stage, asking.container, memory);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct iova_vfio_unmap unmap = wrong[i];

		assert_int_equal(ask(stage, asking.container, IOVA_VFIO_IOMMU_UNMAP_DMA, &unmap),
				 -EINVAL);
	}
	/* A wrap is EOVERFLOW from 6.18. */
	assert_true(ask_unmap(stage, asking.container, -2 * PAGE, LENGTH) < 0);
	assert_true(ask_unmap(stage, asking.container, PLACE, -PAGE) < 0);
	assert_int_equal(ask(stage, asking.container, IOVA_VFIO_IOMMU_UNMAP_DMA, NULL), -EFAULT);
	assert_int_equal(ask_unmap_all(stage, asking.container), 3 * LENGTH);
	assert_int_equal(ask_unmap_all(stage, asking.container), 0);
	asking_free(stage, asking);
	memory_free(memory, LENGTH);
}

static void version_2_cuts_no_mapping(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	void *memory = memory_new(LENGTH);
	int at = asking.container;

	map_three(stage, at, memory);
	assert_int_equal(ask_unmap(stage, at, PLACE + PAGE, LENGTH - PAGE), -EINVAL);
	assert_int_equal(ask_unmap(stage, at, PLACE, LENGTH - PAGE), -EINVAL);
	assert_int_equal(ask_unmap(stage, at, PLACE + PAGE, PAGE), -EINVAL);
	assert_int_equal(ask_unmap(stage, at, PLACE - LENGTH, LENGTH + PAGE), -EINVAL);
	/* Nothing goes when the last one would be cut. */
	assert_int_equal(ask_unmap(stage, at, PLACE, 3 * LENGTH + PAGE), -EINVAL);
	assert_int_equal(ask_map(stage, at, PLACE, memory, LENGTH), -EEXIST);
	assert_int_equal(ask_map(stage, at, PLACE + 3 * LENGTH, memory, LENGTH), -EEXIST);
	asking_free(stage, asking);
	memory_free(memory, LENGTH);
}

static void version_2_takes_whole_mappings_and_gaps(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1_V2);
	void *memory = memory_new(LENGTH);
	int at = asking.container;

	map_three(stage, at, memory);
	assert_int_equal(ask_unmap(stage, at, PLACE + 2 * LENGTH, LENGTH), 0);
	assert_int_equal(ask_unmap(stage, at, PLACE + 2 * LENGTH + PAGE, PAGE), 0);
	assert_int_equal(ask_unmap(stage, at, PLACE - LENGTH, 2 * LENGTH), LENGTH);
	assert_int_equal(ask_unmap(stage, at, PLACE, 8 * LENGTH), 2 * LENGTH);
	assert_int_equal(ask_unmap(stage, at, PLACE, 8 * LENGTH), 0);
	map_three(stage, at, memory);
	assert_int_equal(ask_unmap(stage, at, 0, (uint64_t)1 << 38), 3 * LENGTH);
	asking_free(stage, asking);
	memory_free(memory, LENGTH);
}

static void version_1_takes_more_or_nothing(void **state)
{
	const struct stage *stage = *state;
	struct asking asking = asking_new(stage, TYPE1);
	void *memory = memory_new(LENGTH);
	int at = asking.container;

	map_three(stage, at, memory);
	/* From within a mapping: nothing, also of those behind it. */
	assert_int_equal(ask_unmap(stage, at, PLACE + PAGE, PAGE), 0);
	assert_int_equal(ask_unmap(stage, at, PLACE + PAGE, LENGTH), 0);
	assert_int_equal(ask_unmap(stage, at, PLACE + PAGE, 4 * LENGTH), 0);
	/* From its first byte: all of it, and of the last one that is met. */
	assert_int_equal(ask_unmap(stage, at, PLACE, PAGE), LENGTH);
	assert_int_equal(ask_unmap(stage, at, PLACE, PAGE), 0);
	assert_int_equal(ask_unmap(stage, at, PLACE, 3 * LENGTH + PAGE), 2 * LENGTH);
	assert_int_equal(ask_unmap_all(stage, at), 0);
	map_three(stage, at, memory);
	assert_int_equal(ask_unmap(stage, at, PLACE + LENGTH / 2, LENGTH / 2 + PAGE), 0);
	assert_int_equal(ask_unmap(stage, at, PLACE, PAGE / 2), -EINVAL);
	assert_int_equal(ask_unmap_all(stage, at), 3 * LENGTH);
	asking_free(stage, asking);
	memory_free(memory, LENGTH);
}

void add_ask_unmap_scenarios(struct playbill *bill)
{
	ADD(bill, an_unmap_request_that_is_wrong_in_itself_is_invalid, 0);
	ADD(bill, version_2_cuts_no_mapping, 0);
	ADD(bill, version_2_takes_whole_mappings_and_gaps, 0);
	ADD(bill, version_1_takes_more_or_nothing, 0);
}

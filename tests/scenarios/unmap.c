/* SPDX-License-Identifier: BSD-3-Clause */
/* Unmapping: one, several, all, none, half, and what others unmapped. */
#include "stage.h"
#include "uapi/iommufd.h"
#include "uapi/vfio.h"

#include <errno.h>

#define LENGTH ((size_t)1 << 20)
#define FIRST ((uint64_t)0x40000000)

/* Four mappings: two that touch, a gap, two more that touch. */
static void map_four(struct iova_ctx *ctx, char *memory)
{
	static const uint64_t at[4] = { 0, 1, 3, 4 };

	for (int i = 0; i < 4; i++)
		assert_int_equal(iova_ctx_map_fixed(ctx, FIRST + at[i] * LENGTH, memory, LENGTH,
						    NULL, NULL),
				 0);
}

static void one_mapping_is_unmapped(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	void *memory = memory_new(LENGTH);
	uint64_t unmapped = 0;

	map_four(ctx, memory);
	assert_int_equal(iova_ctx_unmap(ctx, FIRST + LENGTH, LENGTH, &unmapped, NULL), 0);
	assert_int_equal(unmapped, LENGTH);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 3);
	/* The kernel has let go of it as well. */
	assert_int_equal(iova_ctx_map_fixed(ctx, FIRST + LENGTH, memory, LENGTH, NULL, NULL), 0);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void a_range_over_several_and_a_gap_is_unmapped(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	void *memory = memory_new(LENGTH);
	uint64_t unmapped = 0;

	map_four(ctx, memory);
	assert_int_equal(iova_ctx_unmap(ctx, FIRST + LENGTH, 3 * LENGTH, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 2 * LENGTH);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 2);
	assert_int_equal(iova_ctx_map_fixed(ctx, FIRST + LENGTH, memory, LENGTH, NULL, NULL), 0);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void everything_is_unmapped(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	void *memory = memory_new(LENGTH);
	uint64_t unmapped = 0;

	assert_int_equal(iova_ctx_unmap_all(ctx, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 0);
	map_four(ctx, memory);
	assert_int_equal(iova_ctx_unmap_all(ctx, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 4 * LENGTH);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	map_four(ctx, memory);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void what_is_not_mapped_is_not_unmapped(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(LENGTH);

	map_four(ctx, memory);
	assert_int_equal(iova_ctx_unmap(ctx, FIRST + 2 * LENGTH, LENGTH, NULL, &failure), -ENOENT);
	assert_failure(&failure, -ENOENT, IOVA_STEP_CHECK, IOVA_WHY_NOT_MAPPED);
	assert_int_equal(iova_ctx_unmap(ctx, FIRST, LENGTH, NULL, NULL), 0);
	assert_int_equal(iova_ctx_unmap(ctx, FIRST, LENGTH, NULL, NULL), -ENOENT);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 3);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void a_mapping_is_not_cut_in_two(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(LENGTH);

	map_four(ctx, memory);
	assert_int_equal(iova_ctx_unmap(ctx, FIRST, LENGTH / 2, NULL, &failure), -EINVAL);
	assert_failure(&failure, -EINVAL, IOVA_STEP_CHECK, IOVA_WHY_CUTS_MAPPING);
	assert_explained(&failure, NULL, "0x40000000-0x400fffff");
	/* Half of the last of several: none of them goes. */
	assert_int_equal(iova_ctx_unmap(ctx, FIRST, 3 * LENGTH + LENGTH / 2, NULL, NULL), -EINVAL);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 4);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, NULL), 0);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

static void unmap_raw(const struct stage *stage, struct iova_ctx *ctx, uint64_t iova,
		      uint64_t length)
{
	struct iova_vfio_unmap unmap = { .argsz = sizeof unmap, .iova = iova, .size = length };
	struct iova_ctx_info info = { .size = sizeof info };
	struct iova_iommu_ioas_unmap area = { .size = sizeof area, .iova = iova, .length = length };
	bool has_container = stage_kind(stage) != BY_IOMMUFD;
	const struct iova_sys *sys = stage_sys(stage);

	assert_int_equal(iova_ctx_info(ctx, &info), 0);
	area.ioas_id = info.ioas;
	assert_int_equal(sys->ioctl(sys->data, info.fd,
				    has_container ? IOVA_VFIO_IOMMU_UNMAP_DMA :
						    IOVA_IOMMU_IOAS_UNMAP,
				    has_container ? (void *)&unmap : (void *)&area),
			 0);
	assert_int_equal(has_container ? unmap.size : area.length, length);
}

static void an_unmap_behind_our_back_is_noticed(void **state)
{
	const struct stage *stage = *state;
	struct iova_ctx *ctx = stage_attach(stage, NULL, stage->first, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(LENGTH);

	map_four(ctx, memory);
	unmap_raw(stage, ctx, FIRST, LENGTH);
	assert_int_equal(iova_ctx_unmap(ctx, FIRST, 2 * LENGTH, NULL, &failure), -EIO);
	assert_failure(&failure, -EIO, IOVA_STEP_UNMAP, IOVA_WHY_UNMAP_SIZE);
	assert_int_equal(failure.expected, 2 * LENGTH);
	assert_int_equal(failure.actual, LENGTH);
	/* Nothing is mapped there now, and nothing recorded: the range can be used again. */
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 2);
	assert_int_equal(iova_ctx_map_fixed(ctx, FIRST, memory, LENGTH, NULL, NULL), 0);
	iova_ctx_close(ctx);
	memory_free(memory, LENGTH);
}

void add_unmap_scenarios(struct playbill *bill)
{
	ADD(bill, one_mapping_is_unmapped, 0);
	ADD(bill, a_range_over_several_and_a_gap_is_unmapped, 0);
	ADD(bill, everything_is_unmapped, 0);
	ADD(bill, what_is_not_mapped_is_not_unmapped, 0);
	ADD(bill, a_mapping_is_not_cut_in_two, 0);
	ADD(bill, an_unmap_behind_our_back_is_noticed, 0);
}

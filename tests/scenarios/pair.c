/* SPDX-License-Identifier: BSD-3-Clause */
/* Two contexts on one iommufd: what is mapped in one is given to the other, and a device moves. */
#include "ask.h"

#include <errno.h>

#define LENGTH ((size_t)1 << 20)
#define FROM ((uint64_t)0x40000000)
#define TO ((uint64_t)0x80000000)

struct two {
	int iommufd;
	struct iova_ctx *one;
	struct iova_ctx *other;
};

/* Each with an IOAS of its own on one iommufd of the lender's. */
static struct two two_new(const struct stage *stage)
{
	struct two two = { .iommufd = ask_open_iommufd(stage) };
	struct iova_ctx_opts opts = { .flags = IOVA_CTX_ADOPT_IOMMUFD, .iommufd = two.iommufd };

	assert_true(two.iommufd >= 0);
	two.one = stage_attach(stage, &opts, stage->first, NULL);
	two.other = stage_open(stage, &opts, NULL);
	return two;
}

static void two_free(const struct stage *stage, const struct two *two)
{
	iova_ctx_close(two->one);
	iova_ctx_close(two->other);
	ask_close(stage, two->iommufd);
}

static uint32_t n_devices(struct iova_ctx *ctx)
{
	struct iova_ctx_info info = { .size = sizeof info };

	assert_int_equal(iova_ctx_info(ctx, &info), 0);
	return info.n_devices;
}

static void memory_is_shared_by_two_contexts(void **state)
{
	const struct stage *stage = *state;
	struct two two = two_new(stage);
	void *memory = memory_new(LENGTH);
	struct iova_mapping mapping;

	assert_int_equal(iova_ctx_attach_device(two.other, stage->second, NULL, NULL), 0);
	assert_int_equal(iova_ctx_map_fixed(two.one, FROM, memory, LENGTH, NULL, NULL), 0);
	assert_int_equal(iova_ctx_map_fixed(two.one, FROM + LENGTH, memory, LENGTH, NULL, NULL), 0);
	/* From within one mapping into the next. */
	assert_int_equal(iova_ctx_copy(two.one, FROM + LENGTH / 2, LENGTH, two.other, TO, NULL,
				       NULL),
			 0);
	assert_int_equal(iova_space_count(iova_ctx_space(two.other)), 2);
	assert_int_equal(iova_space_find(iova_ctx_space(two.other), TO, &mapping), 0);
	assert_int_equal(mapping.vaddr, (uintptr_t)memory + LENGTH / 2);
	/* It lives on by itself. */
	assert_int_equal(iova_ctx_unmap_all(two.one, NULL, NULL), 0);
	assert_int_equal(iova_ctx_unmap(two.other, TO, LENGTH, NULL, NULL), 0);
	two_free(stage, &two);
	memory_free(memory, LENGTH);
}

static void what_cannot_be_shared_changes_nothing(void **state)
{
	const struct stage *stage = *state;
	struct iova_map_opts only_read = { .size = sizeof only_read, .access = IOVA_READ };
	struct two two = two_new(stage);
	struct iova_ctx *stranger = stage_open(stage, NULL, NULL);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(LENGTH);

	assert_int_equal(iova_ctx_attach_device(two.other, stage->second, NULL, NULL), 0);
	assert_int_equal(iova_ctx_map_fixed(two.one, FROM, memory, LENGTH, &only_read, NULL), 0);
	assert_int_equal(iova_ctx_copy(two.one, FROM, 2 * LENGTH, two.other, TO, &only_read,
				       &failure),
			 -ENOENT);
	assert_failure(&failure, -ENOENT, IOVA_STEP_CHECK, IOVA_WHY_NOT_MAPPED);
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_copy(two.one, FROM, LENGTH, two.other, TO, NULL, &failure),
			 -EPERM);
	assert_int_equal(failure.step, IOVA_STEP_COPY);
	assert_explained(&failure, NULL, "reading");
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_copy(two.one, FROM, LENGTH, two.other, stage->msi.start,
				       &only_read, &failure),
			 -EADDRNOTAVAIL);
	assert_failure(&failure, -EADDRNOTAVAIL, IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
	assert_int_equal(iova_space_count(iova_ctx_space(two.other)), 0);
	assert_int_equal(iova_ctx_copy(two.one, FROM, LENGTH, two.other, TO, &only_read, NULL), 0);
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_copy(two.one, FROM, LENGTH, two.other, TO, &only_read, &failure),
			 -EEXIST);
	assert_failure(&failure, -EEXIST, IOVA_STEP_CHECK, IOVA_WHY_OVERLAP);
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_copy(two.one, FROM, LENGTH, stranger, TO, &only_read, &failure),
			 -EINVAL);
	assert_failure(&failure, -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_OTHER_IOMMUFD);
	iova_ctx_close(stranger);
	two_free(stage, &two);
	memory_free(memory, LENGTH);
}

static void a_device_moves_in_one_step(void **state)
{
	const struct stage *stage = *state;
	struct two two = two_new(stage);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(LENGTH);

	assert_int_equal(iova_ctx_map_fixed(two.one, FROM, memory, LENGTH, NULL, NULL), 0);
	assert_int_equal(iova_ctx_move_device(two.one, stage->first, two.other, NULL, &failure),
			 -EBUSY);
	assert_failure(&failure, -EBUSY, IOVA_STEP_DETACH, IOVA_WHY_MAPPINGS_LIVE);
	assert_int_equal(n_devices(two.one), 1);
	assert_int_equal(iova_ctx_unmap_all(two.one, NULL, NULL), 0);
	assert_int_equal(iova_ctx_move_device(two.one, stage->first, two.other, NULL, NULL), 0);
	assert_int_equal(n_devices(two.one), 0);
	assert_int_equal(n_devices(two.other), 1);
	assert_int_equal(iova_ctx_map_fixed(two.other, TO, memory, LENGTH, NULL, NULL), 0);
	failure = (struct iova_failure)IOVA_FAILURE_INIT;
	assert_int_equal(iova_ctx_map_fixed(two.one, FROM, memory, LENGTH, NULL, &failure),
			 -ENODEV);
	assert_failure(&failure, -ENODEV, IOVA_STEP_MAP, IOVA_WHY_NO_IOMMU);
	/* And back, when nothing is left behind. */
	assert_int_equal(iova_ctx_unmap_all(two.other, NULL, NULL), 0);
	assert_int_equal(iova_ctx_move_device(two.other, stage->first, two.one, NULL, NULL), 0);
	assert_int_equal(n_devices(two.one), 1);
	two_free(stage, &two);
	memory_free(memory, LENGTH);
}

static void a_group_moves_as_one(void **state)
{
	const struct stage *stage = *state;
	struct two two = two_new(stage);
	uint32_t group = stage_group_of(stage, stage->relaxable);

	assert_int_equal(iova_ctx_attach_group(two.one, group, NULL, NULL), 0);
	assert_int_equal(n_devices(two.one), 3);
	assert_int_equal(iova_ctx_move_device(two.one, stage->sibling, two.other, NULL, NULL), 0);
	assert_int_equal(n_devices(two.one), 1);
	assert_int_equal(n_devices(two.other), 2);
	assert_int_equal(iova_ctx_detach_device(two.other, stage->relaxable, NULL, NULL), 0);
	assert_int_equal(iova_ctx_detach_device(two.other, stage->sibling, NULL, NULL), 0);
	two_free(stage, &two);
}

/* The target has a mapping of the lender's where the device's IOMMU has a hole. */
static void a_device_that_cannot_move_stays_where_it_was(void **state)
{
	const struct stage *stage = *state;
	struct two two = two_new(stage);
	struct iova_ctx_info info = { .size = sizeof info };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(LENGTH);

	assert_int_equal(iova_ctx_info(two.other, &info), 0);
	assert_int_equal(ask_ioas_map(stage, two.iommufd, info.ioas, stage->msi.start, memory,
				      PAGE),
			 0);
	assert_int_equal(iova_ctx_move_device(two.one, stage->first, two.other, NULL, &failure),
			 -EADDRINUSE);
	assert_int_equal(failure.step, IOVA_STEP_ATTACH);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(n_devices(two.one), 1);
	assert_int_equal(n_devices(two.other), 0);
	assert_int_equal(iova_ctx_map_fixed(two.one, FROM, memory, LENGTH, NULL, NULL), 0);
	two_free(stage, &two);
	memory_free(memory, LENGTH);
}

void add_pair_scenarios(struct playbill *bill)
{
	ADD(bill, memory_is_shared_by_two_contexts, 0);
	ADD(bill, what_cannot_be_shared_changes_nothing, 0);
	ADD(bill, a_device_moves_in_one_step, 0);
	ADD(bill, a_group_moves_as_one, HAS_LPC);
	ADD(bill, a_device_that_cannot_move_stays_where_it_was, 0);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* What others attach to what they lent, and when the context comes to know of it. */
#include "ask.h"

#include <errno.h>

/* A lender's container or IOAS, and its device when it comes. */
struct lender {
	int fd;
	uint32_t ioas;
	int group; /* without a container: the device */
	int device;
};

static struct iova_ctx *borrow(const struct stage *stage, struct lender *lender)
{
	bool has_container = stage_kind(stage) != BY_IOMMUFD;
	struct iova_ctx_opts opts = { 0 };

	lender->fd = has_container ? ask_open_container(stage) : ask_open_iommufd(stage);
	assert_true(lender->fd >= 0);
	opts.flags = has_container ? IOVA_CTX_ADOPT : IOVA_CTX_ADOPT_IOMMUFD | IOVA_CTX_ADOPT_IOAS;
	opts.container = lender->fd;
	opts.iommufd = lender->fd;
	if (!has_container)
		lender->ioas = opts.ioas = (uint32_t)ask_alloc_ioas(stage, lender->fd);
	return stage_open(stage, &opts, NULL);
}

static void bring_device(const struct stage *stage, struct lender *lender)
{
	lender->device = -1;
	if (stage_kind(stage) == BY_IOMMUFD) {
		lender->group = ask_open_cdev(stage, stage->first);
		assert_true(ask_bind(stage, lender->group, lender->fd) > 0);
		assert_int_equal(ask_attach(stage, lender->group, lender->ioas), 0);
		return;
	}
	lender->group = ask_open_group(stage, stage_group_of(stage, stage->first));
	assert_int_equal(ask_set_container(stage, lender->group, lender->fd), 0);
	assert_int_equal(ask_set_iommu(stage, lender->fd, TYPE1_V2), 0);
	if (stage_kind(stage) == BY_COMPAT)
		lender->device = ask_device(stage, lender->group, stage->first);
}

static void what_others_attach_is_seen_by_a_refresh(void **state)
{
	const struct stage *stage = *state;
	struct lender lender = { 0 };
	struct iova_ctx *ctx = borrow(stage, &lender);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	void *memory = memory_new(PAGE);
	uint32_t list;

	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_int_equal(iova_space_read_kernel(iova_ctx_space(ctx), &list, NULL), 0);
	assert_int_equal(list, IOVA_LIST_NONE);
	bring_device(stage, &lender);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, &failure), 0);
	assert_int_equal(iova_space_read_kernel(iova_ctx_space(ctx), &list, NULL), 0);
	assert_int_equal(list, IOVA_LIST_RANGES);
	/* In a container one maps for groups that are one's own, or lent. */
	if (!lender.ioas)
		assert_int_equal(iova_ctx_adopt_group(ctx, stage_group_of(stage, stage->first),
						      lender.group, NULL, NULL),
				 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, stage->msi.start, memory, PAGE, NULL, &failure),
			 -EADDRNOTAVAIL);
	assert_failure(&failure, -EADDRNOTAVAIL, IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, PAGE, NULL, NULL), 0);
	iova_ctx_close(ctx);
	if (lender.device >= 0)
		ask_close(stage, lender.device);
	ask_close(stage, lender.group);
	ask_close(stage, lender.fd);
	memory_free(memory, PAGE);
}

void add_refresh_scenarios(struct playbill *bill)
{
	ADD(bill, what_others_attach_is_seen_by_a_refresh, 0);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Which backend a context picks by itself, which can be insisted on, and what is told of it. */
#include "ask.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct told {
	char all[2048];
	size_t length;
};

static void note(void *data, int level, const char *message)
{
	struct told *told = data;
	size_t room = sizeof told->all - told->length;
	int n = snprintf(told->all + told->length, room, "%s\n", message);

	(void)level;
	if (n > 0 && (size_t)n < room)
		told->length += (size_t)n;
}

static struct iova_ctx_opts options(const struct stage *stage, struct told *told, uint32_t backend)
{
	return (struct iova_ctx_opts){
		.size = sizeof(struct iova_ctx_opts),
		.sys = stage->sys,
		.log = note,
		.log_data = told,
		.log_level = IOVA_LOG_INFO,
		.device = stage->first,
		.backend = backend,
	};
}

/* The device is attached, and can be used. */
static void assert_stands_on(struct iova_ctx *ctx, uint32_t backend)
{
	struct iova_ctx_info info = { .size = sizeof info };
	void *memory = memory_new(PAGE);

	assert_int_equal(iova_ctx_info(ctx, &info), 0);
	assert_int_equal(info.backend, backend);
	assert_int_equal(info.n_groups, 1);
	assert_int_equal(iova_ctx_map_fixed(ctx, 0x40000000, memory, PAGE, NULL, NULL), 0);
	iova_ctx_close(ctx);
	memory_free(memory, PAGE);
}

static uint32_t offers_of(const struct stage *stage)
{
	return stage->offers ? stage->offers : BY_TYPE1;
}

static uint32_t best_of(const struct stage *stage)
{
	return stage->offers & BY_IOMMUFD ? IOVA_BACKEND_IOMMUFD : IOVA_BACKEND_TYPE1;
}

static void the_best_there_is_for_the_device_is_chosen(void **state)
{
	const struct stage *stage = *state;
	bool has_iommufd = stage->offers & BY_IOMMUFD;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct told told = { 0 };
	struct iova_ctx_opts opts = options(stage, &told, IOVA_BACKEND_ANY);
	struct iova_ctx *ctx = NULL;

	if (iova_ctx_open(&opts, &ctx, &failure) < 0)
		assert_failure(&failure, 0, 0, 0);
	assert_stands_on(ctx, best_of(stage));
	assert_non_null(strstr(told.all, stage->first));
	assert_non_null(strstr(told.all, has_iommufd ? "iommufd it is" : "a container it is"));
}

/* Each that the kernel has, and a clear answer for each that it has not. */
static void a_backend_can_be_insisted_on(void **state)
{
	static const struct {
		uint32_t by, backend, step, why;
		int error;
	} kinds[] = {
		{ BY_TYPE1, IOVA_BACKEND_TYPE1, IOVA_STEP_OPEN_CONTAINER, IOVA_WHY_NO_TYPE1,
		  -ENODEV },
		{ BY_IOMMUFD, IOVA_BACKEND_IOMMUFD, IOVA_STEP_OPEN_IOMMUFD, IOVA_WHY_NO_IOMMUFD,
		  -ENOENT },
		{ BY_COMPAT, IOVA_BACKEND_COMPAT, IOVA_STEP_OPEN_IOMMUFD, IOVA_WHY_NO_IOMMUFD,
		  -ENOENT },
	};
	const struct stage *stage = *state;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct iova_failure failure = IOVA_FAILURE_INIT;
		struct told told = { 0 };
		struct iova_ctx_opts opts = options(stage, &told, kinds[i].backend);
		struct iova_ctx *ctx = NULL;
		int r = iova_ctx_open(&opts, &ctx, &failure);

		if (offers_of(stage) & kinds[i].by) {
			assert_int_equal(r, 0);
			assert_stands_on(ctx, kinds[i].backend);
			continue;
		}
		assert_int_equal(r, kinds[i].error);
		assert_failure(&failure, kinds[i].error, kinds[i].step, kinds[i].why);
		assert_null(ctx);
	}
}

/* No IOMMU is never what one gets without asking for it, nor where there is one. */
static void no_iommu_is_not_had_where_there_is_one(void **state)
{
	const struct stage *stage = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct told told = { 0 };
	struct iova_ctx_opts opts = options(stage, &told, IOVA_BACKEND_NOIOMMU);
	struct iova_ctx *ctx = NULL;

	assert_true(iova_ctx_open(&opts, &ctx, &failure) < 0);
	assert_null(ctx);
	assert_true(failure.step != 0);
}

/* A descriptor of /dev/iommu serves as a container on either kernel. */
static void an_iommufd_lent_as_a_container_is_recognised(void **state)
{
	const struct stage *stage = *state;
	int iommufd = ask_open_iommufd(stage);
	struct told told = { 0 };
	struct iova_ctx_opts opts = options(stage, &told, IOVA_BACKEND_ANY);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = NULL;

	opts.flags = IOVA_CTX_ADOPT;
	opts.container = iommufd;
	if (iova_ctx_open(&opts, &ctx, &failure) < 0)
		assert_failure(&failure, 0, 0, 0);
	assert_non_null(strstr(told.all, "container that iommufd provides"));
	assert_stands_on(ctx, IOVA_BACKEND_COMPAT);
	ask_close(stage, iommufd);
}

/* VFIO's own container is none to bind devices to; iommufd's is one. */
static void a_container_lent_as_an_iommufd_is_what_it_is(void **state)
{
	const struct stage *stage = *state;
	int container = ask_open(stage, "/dev/vfio/vfio");
	struct told told = { 0 };
	struct iova_ctx_opts opts = options(stage, &told, IOVA_BACKEND_ANY);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = NULL;
	int r;

	opts.flags = IOVA_CTX_ADOPT_IOMMUFD;
	opts.iommufd = container;
	r = iova_ctx_open(&opts, &ctx, &failure);
	if (stage->offers & BY_TYPE1) {
		assert_int_equal(r, -EBADFD);
		assert_failure(&failure, -EBADFD, IOVA_STEP_ADOPT_IOMMUFD, IOVA_WHY_NOT_IOMMUFD);
	} else {
		assert_int_equal(r, 0);
		assert_stands_on(ctx, IOVA_BACKEND_IOMMUFD);
	}
	ask_close(stage, container);
}

void add_choice_scenarios(struct playbill *bill)
{
	ADD(bill, the_best_there_is_for_the_device_is_chosen, 0);
	ADD(bill, a_backend_can_be_insisted_on, 0);
	ADD(bill, no_iommu_is_not_had_where_there_is_one, 0);
	ADD(bill, an_iommufd_lent_as_a_container_is_recognised, ON_IOMMUFD);
	ADD(bill, a_container_lent_as_an_iommufd_is_what_it_is, ON_IOMMUFD);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGN ((size_t)2 << 20)

static void listen(void *data, int level, const char *message)
{
	struct heard *heard = data;

	if (level != IOVA_LOG_WARNING)
		return;
	heard->n_warnings++;
	snprintf(heard->warning, sizeof heard->warning, "%s", message);
}

const struct iova_sys *stage_sys(const struct stage *stage)
{
	return stage->sys ? stage->sys : iova_sys_real();
}

uint32_t stage_kind(const struct stage *stage)
{
	switch (stage->backend) {
	case IOVA_BACKEND_IOMMUFD:
		return BY_IOMMUFD;
	case IOVA_BACKEND_COMPAT:
		return BY_COMPAT;
	default:
		return BY_TYPE1;
	}
}

struct iova_ctx *stage_open(const struct stage *stage, const struct iova_ctx_opts *opts,
			    struct heard *heard)
{
	struct iova_ctx_opts all = opts ? *opts : (struct iova_ctx_opts){ 0 };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = NULL;

	all.size = sizeof all;
	all.sys = stage->sys;
	if (!all.backend)
		all.backend = stage->backend;
	if (heard) {
		*heard = (struct heard){ 0 };
		all.log = listen;
		all.log_data = heard;
		all.log_level = IOVA_LOG_WARNING;
	}
	if (iova_ctx_open(&all, &ctx, &failure) < 0)
		assert_failure(&failure, 0, 0, 0);
	return ctx;
}

struct iova_ctx *stage_attach(const struct stage *stage, const struct iova_ctx_opts *opts,
			      const char *device, struct heard *heard)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = stage_open(stage, opts, heard);

	if (iova_ctx_attach_device(ctx, device, NULL, &failure) < 0)
		assert_failure(&failure, 0, 0, 0);
	return ctx;
}

uint32_t stage_group_of(const struct stage *stage, const char *device)
{
	struct iova_host_opts opts = { .size = sizeof opts, .sys = stage->sys };
	struct iova_device_info info = { .size = sizeof info };
	struct iova_host *host;

	assert_int_equal(iova_host_read(&opts, &host, NULL), 0);
	assert_int_equal(iova_host_find_device(host, device, &info), 0);
	iova_host_free(host);
	return info.group;
}

void *memory_new(size_t length)
{
	size_t whole = length + ALIGN;
	char *start = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t skip;

	assert_ptr_not_equal(start, MAP_FAILED);
	skip = (ALIGN - (uintptr_t)start % ALIGN) % ALIGN;
	if (skip)
		munmap(start, skip);
	munmap(start + skip + length, whole - skip - length);
	return start + skip;
}

void memory_free(void *memory, size_t length)
{
	munmap(memory, length);
}

static void print_explanation(const struct iova_failure *failure)
{
	struct iova_explanation explanation;

	if (iova_explain(failure, NULL, &explanation) >= 0)
		print_message("# step %u why %u errno %d kernel %u: %s %s\n", failure->step,
			      failure->why, -failure->error, failure->from_kernel,
			      explanation.cause, explanation.remedy);
}

void assert_failure(const struct iova_failure *failure, int error, uint32_t step, uint32_t why)
{
	if (failure->error != error || failure->step != step || failure->why != why)
		print_explanation(failure);
	assert_int_equal(failure->error, error);
	assert_int_equal(failure->step, step);
	assert_int_equal(failure->why, why);
}

void assert_explained(const struct iova_failure *failure, const struct iova_host *host,
		      const char *what)
{
	struct iova_explanation explanation;

	assert_int_equal(iova_explain(failure, host, &explanation), 0);
	if (!strstr(explanation.cause, what))
		fail_msg("\"%s\" is not named in: %s", what, explanation.cause);
	assert_true(explanation.remedy[0] != '\0');
}

int stage_play(struct stage *stage)
{
	struct playbill bill;

	playbill_fill(&bill, stage);
	return _cmocka_run_group_tests(stage->name, bill.tests, bill.n, NULL, NULL);
}

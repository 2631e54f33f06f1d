/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_MANY_HELP_H
#define IOVA_TESTS_MANY_HELP_H

/* Arrays of requests, and what a call for them costs. */

#include "ctx-help.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define AT_MIB(n) (AT + (n)*MIB)
#define MEM_MIB(n) (VADDR + (n)*MIB)
#define MANY(...) (&(struct iova_many_opts){ .size = sizeof(struct iova_many_opts), __VA_ARGS__ })

/* Locked memory is not limited. */
static inline void exempt(const struct world *world)
{
	struct iova_sys_memory memory = { .page_size = 4096, .exempt = 1 };

	assert_int_equal(iova_sim_set_memory(world->sim, &memory), 0);
}

/* Hears how far it is, and gives up after so many calls, 0 for never. */
struct listener {
	int n;
	int give_up;
	uint64_t done;
	uint64_t total;
	int wrong; /* it went back, or beyond the end */
};

static inline int listen_to(void *data, uint64_t done, uint64_t total)
{
	struct listener *listener = data;

	if (done <= listener->done || done > total || (listener->n && total != listener->total))
		listener->wrong++;
	listener->n++;
	listener->done = done;
	listener->total = total;
	return listener->give_up && listener->n >= listener->give_up;
}

static inline void assert_map_many(struct iova_ctx *ctx, struct iova_request *requests, size_t n,
				   const struct iova_many_opts *opts)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;

	if (iova_ctx_map_many(ctx, requests, n, opts, &failure) < 0)
		assert_failed(&failure, 0, 0, 0);
}

/* How it all was, and how often the kernel was asked to map and unmap. */
struct before {
	const struct world *world;
	struct iova_ctx *ctx;
	struct view view;
	uint64_t n_maps;
	uint64_t n_unmaps;
};

static inline struct before remember(const struct world *world, struct iova_ctx *ctx)
{
	return (struct before){ .world = world,
				.ctx = ctx,
				.view = view_of(world, ctx),
				.n_maps = world_calls(world, IOVA_SIM_CALL_MAP),
				.n_unmaps = world_calls(world, IOVA_SIM_CALL_UNMAP) };
}

/* It is as it was, and the kernel has not been asked. */
static inline void assert_untouched(const struct before *before)
{
	struct view after = view_of(before->world, before->ctx);

	assert_same_view(&before->view, &after);
	assert_int_equal(world_calls(before->world, IOVA_SIM_CALL_MAP), before->n_maps);
	assert_int_equal(world_calls(before->world, IOVA_SIM_CALL_UNMAP), before->n_unmaps);
}

/* Four pieces in three runs: two of the same run, with a step of 1 MiB. */
static const struct iova_request four[] = {
	{ AT_MIB(4), MEM_MIB(1), MIB, IOVA_READ, 0 },
	{ AT_MIB(1), MEM_MIB(1), MIB, 0, 0 },
	{ AT_MIB(0), MEM_MIB(0), MIB, 0, 0 },
	{ AT_MIB(8), MEM_MIB(4), MIB, 0, 0 },
};

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every function of a context in a thread of its own, all at once, and every one that reads its
 * space: the thread sanitizer then sees each access that is neither under the context's lock nor
 * made for readers beside it, as nothing else orders those threads.
 */
#include "ctx-help.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>

#define ROUNDS 1000
/* Of "epyc": one attached throughout, one that comes and goes, one that a lender opened. */
#define GROUP_KEPT 1
#define GROUP_LOOSE 2
#define GROUP_LENT 3

struct stage {
	const struct world *world;
	struct iova_ctx *ctx;
	int lent;
};

static int attach(const struct stage *s)
{
	return iova_ctx_attach_group(s->ctx, GROUP_LOOSE, NULL, NULL);
}

static int attach_device(const struct stage *s)
{
	return iova_ctx_attach_device(s->ctx, "0000:42:00.1", NULL, NULL);
}

static int detach(const struct stage *s)
{
	return iova_ctx_detach_group(s->ctx, GROUP_LOOSE, NULL, NULL);
}

static int adopt(const struct stage *s)
{
	return iova_ctx_adopt_group(s->ctx, GROUP_LENT, s->lent, NULL, NULL);
}

static int detach_lent(const struct stage *s)
{
	return iova_ctx_detach_group(s->ctx, GROUP_LENT, NULL, NULL);
}

static int refresh(const struct stage *s)
{
	return iova_ctx_refresh(s->ctx, NULL, NULL);
}

static int group_fd(const struct stage *s)
{
	return iova_ctx_group_fd(s->ctx, GROUP_LOOSE);
}

static int container_fd(const struct stage *s)
{
	return iova_ctx_container_fd(s->ctx);
}

static int open_device(const struct stage *s)
{
	int fd = iova_ctx_open_device(s->ctx, "0000:41:00.0", NULL);

	return fd < 0 ? fd : raw_close(s->world, fd);
}

static int limits(const struct stage *s)
{
	struct iova_limits limits = { .size = sizeof limits };

	return iova_ctx_limits(s->ctx, &limits, NULL);
}

static int probe_width(const struct stage *s)
{
	uint32_t width;

	return iova_ctx_probe_width(s->ctx, &width, NULL);
}

static int map_fixed(const struct stage *s)
{
	return map_at(s->ctx, AT, PAGE, NULL);
}

static int map_anywhere(const struct stage *s)
{
	uint64_t iova;

	return iova_ctx_map(s->ctx, (void *)VADDR, PAGE, NULL, &iova, NULL);
}

static int map_identity(const struct stage *s)
{
	return iova_ctx_map_identity(s->ctx, (void *)0x50000000, PAGE, NULL, NULL);
}

static int map_many(const struct stage *s)
{
	struct iova_request requests[] = { { 0x60001000, VADDR + PAGE, PAGE, 0, 0 },
					   { 0x60000000, VADDR, PAGE, 0, 0 } };

	return iova_ctx_map_many(s->ctx, requests, 2, NULL, NULL);
}

static int unmap_many(const struct stage *s)
{
	struct iova_request request = { .iova = 0x60000000, .length = 2 * PAGE };

	return iova_ctx_unmap_many(s->ctx, &request, 1, NULL, NULL, NULL);
}

static int unmap(const struct stage *s)
{
	return iova_ctx_unmap(s->ctx, AT, PAGE, NULL, NULL);
}

static int unmap_all(const struct stage *s)
{
	return iova_ctx_unmap_all(s->ctx, NULL, NULL);
}

/* What only reads the space, which needs no lock. */

static int space_granule(const struct stage *s)
{
	return (int)iova_space_granule(iova_ctx_space(s->ctx)) - (int)PAGE;
}

static int space_top_known(const struct stage *s)
{
	return iova_space_top_known(iova_ctx_space(s->ctx)) - 1;
}

static int space_groups(const struct stage *s)
{
	uint32_t groups[3];
	size_t n = iova_space_read_groups(iova_ctx_space(s->ctx), groups, 3);

	return n >= 1 && n <= 3 && groups[0] == GROUP_KEPT ? 0 : -EIO;
}

static int space_tier(const struct stage *s)
{
	struct iova_set *set;
	int r = iova_set_new(&set);

	if (r < 0)
		return r;
	r = iova_space_read_tier(iova_ctx_space(s->ctx), IOVA_TIER_USABLE, set);
	iova_set_free(set);
	return r;
}

static int space_kernel(const struct stage *s)
{
	uint32_t list = IOVA_LIST_NONE;
	int r = iova_space_read_kernel(iova_ctx_space(s->ctx), &list, NULL);

	return r >= 0 && list != IOVA_LIST_RANGES ? -EIO : r;
}

static int space_segment(const struct stage *s)
{
	struct iova_segment segment;

	return iova_space_nth_segment(iova_ctx_space(s->ctx), 1, &segment);
}

static int space_reason(const struct stage *s)
{
	struct iova_conflict reason;

	return iova_space_nth_reason(iova_ctx_space(s->ctx), 1, 0, &reason);
}

static int space_check(const struct stage *s)
{
	struct iova_check check = { .size = sizeof check };

	return iova_space_check(iova_ctx_space(s->ctx), AT, PAGE, &check, NULL, 0);
}

static int space_alloc(const struct stage *s)
{
	uint64_t iova;

	return iova_space_alloc(iova_ctx_space(s->ctx), PAGE, NULL, &iova);
}

static int space_find(const struct stage *s)
{
	struct iova_mapping mapping;

	return iova_space_find(iova_ctx_space(s->ctx), 0, &mapping);
}

static int space_count(const struct stage *s)
{
	return iova_space_count(iova_ctx_space(s->ctx)) <= ROUNDS + 3 ? 0 : -EIO;
}

/* What each may answer besides success, as others get in between. */
static const struct {
	int (*act)(const struct stage *s);
	int error;
} acts[] = {
	{ attach, -EALREADY },     { attach_device, -EALREADY },
	{ detach, -ENOENT },       { adopt, -EALREADY },
	{ detach_lent, -ENOENT },  { refresh, 0 },
	{ group_fd, -ENOENT },     { container_fd, 0 },
	{ open_device, 0 },        { limits, 0 },
	{ probe_width, 0 },        { map_fixed, -EEXIST },
	{ map_anywhere, 0 },       { map_identity, -EEXIST },
	{ unmap, -ENOENT },        { unmap_all, 0 },
	{ map_many, -EEXIST },     { unmap_many, -ENOENT },
	{ space_granule, 0 },      { space_top_known, 0 },
	{ space_groups, 0 },       { space_tier, 0 },
	{ space_kernel, 0 },       { space_segment, 0 },
	{ space_reason, -ENOENT }, { space_check, 0 },
	{ space_alloc, 0 },        { space_find, -ENOENT },
	{ space_count, 0 },
};

#define N_ACTS (sizeof acts / sizeof *acts)

struct worker {
	pthread_t thread;
	pthread_barrier_t *start;
	const struct stage *stage;
	size_t act;
	int wrong; /* an answer that it may not give: threads may not assert */
};

static void *work(void *arg)
{
	struct worker *worker = arg;

	pthread_barrier_wait(worker->start);
	for (int i = 0; i < ROUNDS; i++) {
		int r = acts[worker->act].act(worker->stage);

		if (r < 0 && r != acts[worker->act].error)
			worker->wrong = r;
		/* Or one is through before the next begins. */
		sched_yield();
	}
	return NULL;
}

static void all_functions_of_a_context_may_run_at_once(void **state)
{
	struct stage stage = { .world = *state, .ctx = ctx_with(*state, NULL, GROUP_KEPT) };
	struct worker workers[N_ACTS];
	pthread_barrier_t start;

	stage.lent = raw_open_group(stage.world, GROUP_LENT);
	assert_true(stage.lent >= 0);
	assert_int_equal(pthread_barrier_init(&start, NULL, N_ACTS), 0);
	for (size_t i = 0; i < N_ACTS; i++) {
		workers[i] = (struct worker){ .start = &start, .stage = &stage, .act = i };
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (size_t i = 0; i < N_ACTS; i++)
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
	pthread_barrier_destroy(&start);
	for (size_t i = 0; i < N_ACTS; i++)
		if (workers[i].wrong)
			fail_msg("act %zu: errno %d", i, -workers[i].wrong);
	assert_int_equal(iova_ctx_unmap_all(stage.ctx, NULL, NULL), 0);
	world_assert_n_mappings(stage.world, 0);
	assert_int_equal(iova_space_count(iova_ctx_space(stage.ctx)), 0);
	iova_ctx_close(stage.ctx);
	assert_int_equal(raw_close(stage.world, stage.lent), 0);
}

static void *read_host(void *arg)
{
	struct iova_ctx *ctx = arg;
	uintptr_t wrong = 0;

	for (int i = 0; i < ROUNDS; i++)
		wrong |= iova_host_count_groups(iova_ctx_host(ctx)) != 1;
	return (void *)wrong;
}

/* As documented: while no thread changes the context. */
static void a_host_is_read_by_many_threads_at_once(void **state)
{
	struct iova_ctx *ctx = ctx_with(*state, NULL, GROUP_KEPT);
	pthread_t threads[4];

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_host, ctx), 0);
	for (size_t i = 0; i < 4; i++) {
		void *wrong;

		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(epyc, all_functions_of_a_context_may_run_at_once),
		ON(epyc, a_host_is_read_by_many_threads_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

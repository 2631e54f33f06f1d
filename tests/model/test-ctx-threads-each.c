/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every function of a context in a thread of its own, all at once: the thread sanitizer then sees
 * each access that is not under the context's lock, as nothing else orders those threads.
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

static int unmap(const struct stage *s)
{
	return iova_ctx_unmap(s->ctx, AT, PAGE, NULL, NULL);
}

static int unmap_all(const struct stage *s)
{
	return iova_ctx_unmap_all(s->ctx, NULL, NULL);
}

/* What each may answer besides success, as others get in between. */
static const struct {
	int (*act)(const struct stage *s);
	int error;
} acts[] = {
	{ attach, -EALREADY }, { attach_device, -EALREADY }, { detach, -ENOENT },
	{ adopt, -EALREADY },  { detach_lent, -ENOENT },     { refresh, 0 },
	{ group_fd, -ENOENT }, { container_fd, 0 },          { open_device, 0 },
	{ limits, 0 },         { probe_width, 0 },           { map_fixed, -EEXIST },
	{ map_anywhere, 0 },   { map_identity, -EEXIST },    { unmap, -ENOENT },
	{ unmap_all, 0 },
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

static void *read_space(void *arg)
{
	struct iova_ctx *ctx = arg;
	struct iova_space *space = iova_ctx_space(ctx);
	uintptr_t wrong = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct iova_check check = { .size = sizeof check };
		struct iova_mapping mapping;
		uint64_t iova;

		wrong |= iova_space_check(space, AT, PAGE, &check, NULL, 0) != 0;
		wrong |= check.n_conflicts != 1;
		wrong |= iova_space_find(space, AT, &mapping) != 0;
		wrong |= iova_space_alloc(space, PAGE, NULL, &iova) != 0 || iova == AT;
		wrong |= iova_host_count_groups(iova_ctx_host(ctx)) != 1;
	}
	return (void *)wrong;
}

/* As documented: while no thread changes the context. */
static void a_space_is_read_by_many_threads_at_once(void **state)
{
	struct iova_ctx *ctx = ctx_with(*state, NULL, GROUP_KEPT);
	pthread_t threads[4];

	assert_mapped(ctx, AT, PAGE);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_space, ctx), 0);
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
		ON(epyc, a_space_is_read_by_many_threads_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Many threads on one context, on several of one host, and on several hosts. */
#include "ctx-help.h"

#include <errno.h>
#include <pthread.h>

#define N_THREADS 4
#define ROUNDS 100

/* Threads may not assert: each counts what went wrong. */
struct worker {
	pthread_t thread;
	const struct world *world;
	struct iova_ctx *ctx;
	uint64_t number;
	uint32_t group;
	int wrong;
};

static void run_all(struct worker *workers, size_t n, void *(*run)(void *worker))
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(pthread_create(&workers[i].thread, NULL, run, &workers[i]), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(workers[i].wrong, 0);
}

/* In an area of its own: nobody else's work may show. */
static void *map_and_unmap(void *arg)
{
	struct worker *w = arg;
	uint64_t base = AT + w->number * 0x10000000;

	for (uint64_t i = 0; i < ROUNDS; i++) {
		uint64_t iova = 0, unmapped = 0;

		w->wrong += map_at(w->ctx, base, MIB, NULL) != 0;
		w->wrong += map_at(w->ctx, base + MIB, MIB, NULL) != 0;
		w->wrong += map_at(w->ctx, base + MIB / 2, MIB, NULL) != -EEXIST;
		w->wrong += iova_ctx_map(w->ctx, (void *)VADDR, MIB, NULL, &iova, NULL) != 0;
		w->wrong += iova_ctx_unmap(w->ctx, base, 2 * MIB, &unmapped, NULL) != 0;
		w->wrong += unmapped != 2 * MIB;
		w->wrong += iova_ctx_unmap(w->ctx, iova, MIB, &unmapped, NULL) != 0;
		w->wrong += iova_ctx_unmap(w->ctx, base, MIB, NULL, NULL) != -ENOENT;
	}
	return NULL;
}

static void *look_around(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < ROUNDS; i++) {
		struct iova_limits limits = { .size = sizeof limits };
		struct iova_change *change;

		w->wrong += iova_change_new(&change) != 0;
		w->wrong += iova_ctx_limits(w->ctx, &limits, NULL) != 0;
		w->wrong += limits.entries_left < 65535 - 3 * N_THREADS;
		w->wrong += iova_ctx_refresh(w->ctx, change, NULL) != 0;
		w->wrong += iova_ctx_group_fd(w->ctx, GROUP_NIC) < 0;
		w->wrong += iova_ctx_container_fd(w->ctx) < 0;
		iova_change_free(change);
	}
	return NULL;
}

/* A group that comes and goes while others map. */
static void *come_and_go(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < ROUNDS; i++) {
		int device;

		w->wrong += iova_ctx_attach_group(w->ctx, GROUP_USB, NULL, NULL) != 0;
		device = iova_ctx_open_device(w->ctx, "0000:00:14.0", NULL);
		w->wrong += device < 0;
		w->wrong += iova_ctx_detach_group(w->ctx, GROUP_USB, NULL, NULL) != -EBUSY;
		w->wrong += raw_close(w->world, device) != 0;
		w->wrong += iova_ctx_detach_group(w->ctx, GROUP_USB, NULL, NULL) != 0;
	}
	return NULL;
}

static void *do_a_part(void *arg)
{
	struct worker *w = arg;

	if (w->number < N_THREADS)
		return map_and_unmap(w);
	return w->number == N_THREADS ? look_around(w) : come_and_go(w);
}

static void threads_take_turns_on_one_context(void **state)
{
	const struct world *world = *state;
	struct worker workers[N_THREADS + 2] = { 0 };
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx = ctx_with(world, &opts, GROUP_NIC);
	struct view before = view_of(world, ctx), after;

	for (size_t i = 0; i < N_THREADS + 2; i++)
		workers[i] = (struct worker){ .world = world, .ctx = ctx, .number = i };
	run_all(workers, N_THREADS + 2, do_a_part);
	after = view_of(world, ctx);
	assert_same_view(&before, &after);
	assert_int_equal(ears.n[IOVA_LOG_ERR], 0);
	iova_ctx_close(ctx);
}

/* All of one address: exactly one wins each time. */
static void *fight_for_one_address(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < ROUNDS; i++) {
		int r = map_at(w->ctx, AT, MIB, NULL);

		w->wrong += r != 0 && r != -EEXIST;
		if (!r)
			w->wrong += iova_ctx_unmap(w->ctx, AT, MIB, NULL, NULL) != 0;
	}
	return NULL;
}

static void one_address_is_mapped_once(void **state)
{
	const struct world *world = *state;
	struct worker workers[N_THREADS] = { 0 };
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);

	for (size_t i = 0; i < N_THREADS; i++)
		workers[i].ctx = ctx;
	run_all(workers, N_THREADS, fight_for_one_address);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	world_assert_n_mappings(world, 0);
	iova_ctx_close(ctx);
}

static void *live_a_life(void *arg)
{
	struct worker *w = arg;
	struct iova_ctx_opts opts = { .size = sizeof opts, .sys = w->world->sys };

	for (int i = 0; i < ROUNDS / 4; i++) {
		struct iova_ctx *ctx;

		if (iova_ctx_open(&opts, &ctx, NULL) < 0) {
			w->wrong++;
			break;
		}
		w->wrong += iova_ctx_attach_group(ctx, w->group, NULL, NULL) != 0;
		w->wrong += map_at(ctx, AT, MIB, NULL) != 0;
		w->wrong += map_at(ctx, 0xfee00000, MIB, NULL) != -EADDRNOTAVAIL;
		w->wrong += iova_ctx_refresh(ctx, NULL, NULL) != 0;
		iova_ctx_close(ctx);
	}
	return NULL;
}

static void contexts_of_one_host_are_independent(void **state)
{
	static const uint32_t groups[] = { GROUP_NIC, GROUP_USB, GROUP_LPC };
	struct worker workers[3] = { 0 };

	for (size_t i = 0; i < 3; i++)
		workers[i] = (struct worker){ .world = *state, .group = groups[i] };
	run_all(workers, 3, live_a_life);
}

static void contexts_of_several_hosts_are_independent(void **state)
{
	struct worker workers[N_THREADS] = { 0 };
	struct world *worlds[N_THREADS];

	(void)state;
	for (size_t i = 0; i < N_THREADS; i++) {
		worlds[i] = world_new(i & 1 ? "epyc" : "desktop");
		workers[i] = (struct worker){ .world = worlds[i], .group = 1 };
	}
	run_all(workers, N_THREADS, live_a_life);
	for (size_t i = 0; i < N_THREADS; i++) {
		world_assert_clean(worlds[i]);
		world_free(worlds[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, threads_take_turns_on_one_context),
		ON(desktop, one_address_is_mapped_once),
		ON(desktop, contexts_of_one_host_are_independent),
		cmocka_unit_test(contexts_of_several_hosts_are_independent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

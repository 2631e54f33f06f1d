/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every function of a sim in a thread of its own, all at once: the thread sanitizer then sees each
 * access that is not under the sim's lock, as nothing else orders those threads.
 */
#include "sim-acts.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>

struct worker {
	pthread_t thread;
	pthread_barrier_t *start;
	const struct stage *stage;
	size_t first; /* act */
	size_t n;
	bool wrong[N_ACTS];
};

static void *work(void *arg)
{
	struct worker *worker = arg;

	pthread_barrier_wait(worker->start);
	for (uint64_t i = 0; i < ACT_ROUNDS; i++) {
		for (size_t k = worker->first; k < worker->first + worker->n; k++)
			worker->wrong[k] |= !acts[k](worker->stage, i);
		/* Or one is through before the next begins. */
		sched_yield();
	}
	return NULL;
}

static void run_all(struct worker *workers, size_t n)
{
	pthread_barrier_t start;

	assert_int_equal(pthread_barrier_init(&start, NULL, (unsigned int)n), 0);
	for (size_t i = 0; i < n; i++) {
		workers[i].start = &start;
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (size_t i = 0; i < n; i++)
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
	pthread_barrier_destroy(&start);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < N_ACTS; k++)
			if (workers[i].wrong[k])
				fail_msg("act %zu of thread %zu went wrong", k, i);
}

static void all_functions_of_a_sim_may_run_at_once(void **state)
{
	struct worker workers[N_ACTS];
	struct stage stage;

	stage_set(&stage, *state);
	for (size_t i = 0; i < N_ACTS; i++)
		workers[i] = (struct worker){ .stage = &stage, .first = i, .n = 1 };
	run_all(workers, N_ACTS);
	stage_clear(&stage);
}

static void sims_side_by_side_share_nothing(void **state)
{
	struct worker workers[4];
	struct stage stages[4];
	struct world *worlds[4];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		worlds[i] = world_new("desktop");
		stage_set(&stages[i], worlds[i]);
		workers[i] = (struct worker){ .stage = &stages[i], .n = N_ACTS };
	}
	run_all(workers, 4);
	for (size_t i = 0; i < 4; i++) {
		stage_clear(&stages[i]);
		world_assert_clean(worlds[i]);
		world_free(worlds[i]);
	}
}

static void *live(void *arg)
{
	uintptr_t wrong = 0;

	(void)arg;
	for (int i = 0; i < ACT_ROUNDS; i++) {
		struct iova_sim *sim;

		if (iova_sim_new_preset(iova_sim_presets()[i & 1], &sim) < 0)
			return (void *)1;
		wrong |= iova_sim_sys(sim)->close(iova_sim_sys(sim)->data, 9) != -EBADF;
		iova_sim_free(sim);
	}
	return (void *)wrong;
}

static void sims_are_made_and_released_in_any_thread(void **state)
{
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, live, NULL), 0);
	for (size_t i = 0; i < 4; i++) {
		void *wrong;

		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, all_functions_of_a_sim_may_run_at_once),
		cmocka_unit_test(sims_side_by_side_share_nothing),
		cmocka_unit_test(sims_are_made_and_released_in_any_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

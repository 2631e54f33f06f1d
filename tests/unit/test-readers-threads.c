/* SPDX-License-Identifier: BSD-3-Clause */
/* Whom a writer waits for, step by step: the steps follow each other by what the threads see. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/readers.h"

/* How often we look whether a writer went on that should not: one that may do so in no time. */
#define LOOKS 2000

struct writer {
	pthread_t thread;
	struct iova_readers readers;
	_Atomic bool done;
};

static void *wait_once(void *arg)
{
	struct writer *writer = arg;

	iova_readers_wait_(&writer->readers);
	atomic_store(&writer->done, true);
	return NULL;
}

static void start(struct writer *writer)
{
	assert_int_equal(pthread_create(&writer->thread, NULL, wait_once, writer), 0);
}

static void await_phase(const struct writer *writer, uint32_t phase)
{
	while (atomic_load(&writer->readers.phase) != phase && !atomic_load(&writer->done))
		sched_yield();
	assert_int_equal(atomic_load(&writer->readers.phase), phase);
}

static void assert_goes_on_waiting(const struct writer *writer)
{
	for (int i = 0; i < LOOKS; i++) {
		assert_false(atomic_load(&writer->done));
		sched_yield();
	}
}

static void assert_ends(struct writer *writer)
{
	assert_int_equal(pthread_join(writer->thread, NULL), 0);
	assert_true(atomic_load(&writer->done));
}

static void nobody_is_waited_for_when_nobody_reads(void **state)
{
	struct iova_readers readers = { 0 };

	(void)state;
	iova_readers_wait_(&readers);
	iova_readers_leave_(iova_readers_enter_(&readers));
	iova_readers_wait_(&readers);
}

static void who_reads_is_waited_for_until_he_leaves(void **state)
{
	struct writer writer = { .done = false };
	_Atomic uint32_t *inside = iova_readers_enter_(&writer.readers);

	(void)state;
	start(&writer);
	await_phase(&writer, 1);
	assert_goes_on_waiting(&writer);
	iova_readers_leave_(inside);
	assert_ends(&writer);
}

static void a_thread_may_be_inside_twice(void **state)
{
	struct writer writer = { .done = false };
	_Atomic uint32_t *outer = iova_readers_enter_(&writer.readers);
	_Atomic uint32_t *inner = iova_readers_enter_(&writer.readers);

	(void)state;
	start(&writer);
	await_phase(&writer, 1);
	iova_readers_leave_(inner);
	assert_goes_on_waiting(&writer);
	iova_readers_leave_(outer);
	assert_ends(&writer);
}

/* He looked at the phase before a change, and counted himself only after it. */
static void a_reader_of_the_other_phase_is_waited_for(void **state)
{
	struct writer writer = { .done = false };

	(void)state;
	for (uint32_t slot = 0; slot < READERS_SLOTS; slot++) {
		_Atomic uint32_t *late = &writer.readers.slots[slot].inside[1];

		atomic_store(&writer.done, false);
		atomic_fetch_add(late, 1);
		start(&writer);
		assert_goes_on_waiting(&writer);
		iova_readers_leave_(late);
		assert_ends(&writer);
		assert_int_equal(atomic_load(&writer.readers.phase), 0);
	}
}

static void readers_that_come_later_do_not_hold_a_writer_up(void **state)
{
	struct writer writer = { .done = false };
	_Atomic uint32_t *first = iova_readers_enter_(&writer.readers), *second, *third;

	(void)state;
	start(&writer);
	await_phase(&writer, 1);
	second = iova_readers_enter_(&writer.readers);
	iova_readers_leave_(first);
	await_phase(&writer, 0);
	third = iova_readers_enter_(&writer.readers);
	assert_goes_on_waiting(&writer);
	iova_readers_leave_(second);
	assert_ends(&writer);
	iova_readers_leave_(third);
	iova_readers_wait_(&writer.readers);
}

#define N_THREADS 32

struct visitor {
	pthread_t thread;
	struct iova_readers *readers;
	_Atomic uint32_t *inside;
};

static void *visit(void *arg)
{
	struct visitor *visitor = arg;

	visitor->inside = iova_readers_enter_(visitor->readers);
	return NULL;
}

/* Else they would take a line of the cache from each other. Each thread lives until all are counted. */
static void threads_are_spread_over_the_slots(void **state)
{
	struct visitor visitors[N_THREADS];
	struct iova_readers readers = { 0 };
	int n_taken = 0;

	(void)state;
	for (int i = 0; i < N_THREADS; i++) {
		visitors[i].readers = &readers;
		assert_int_equal(pthread_create(&visitors[i].thread, NULL, visit, &visitors[i]), 0);
	}
	for (int i = 0; i < N_THREADS; i++)
		assert_int_equal(pthread_join(visitors[i].thread, NULL), 0);
	for (int i = 0; i < READERS_SLOTS; i++)
		n_taken += atomic_load(&readers.slots[i].inside[0]) > 0;
	assert_true(n_taken > 1);
	for (int i = 0; i < N_THREADS; i++)
		iova_readers_leave_(visitors[i].inside);
	iova_readers_wait_(&readers);
}

static void counters_of_two_slots_share_no_line(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct readers_slot), 64);
	assert_true(offsetof(struct iova_readers, slots) >= 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_waited_for_when_nobody_reads),
		cmocka_unit_test(who_reads_is_waited_for_until_he_leaves),
		cmocka_unit_test(a_thread_may_be_inside_twice),
		cmocka_unit_test(a_reader_of_the_other_phase_is_waited_for),
		cmocka_unit_test(readers_that_come_later_do_not_hold_a_writer_up),
		cmocka_unit_test(threads_are_spread_over_the_slots),
		cmocka_unit_test(counters_of_two_slots_share_no_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

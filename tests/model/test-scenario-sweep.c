/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every scenario of a stage, with each call that the library makes of the
 * system failing once, and each of its allocations: test-scenario-sweep
 * [STAGE]. After each fault the call in which it was has either got over it, or has
 * failed as its comment says and changed nothing; nothing is left behind, and
 * the scenario succeeds when it is played again on the same host.
 */
#include "oom.h"
#include "stages.h"
#include "watch-play.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* So many mappings are few enough to be swept and enough for the scenarios that use up all. */
#define ENTRIES 2000
/*
 * Above, each call fails with one errno only, the next one with the next; and on
 * all stages but the first, of the many like calls in the middle only some do.
 */
#define MANY_CALLS 1000
#define ALL_AT_BOTH_ENDS 100
#define SOME 13

static const int errors[] = { EIO, EINTR, ENOMEM, EBUSY, ENODEV, EFAULT };
#define N_ERRORS (sizeof errors / sizeof *errors)

static struct {
	unsigned long plays, calls, allocations, left;
} total;

static long live;           /* allocations that belong to the host */
static uint64_t lost_pages; /* what the kernel itself loses in a play, the last page's defect */

static int limit_memory(const struct stage *stage, uint64_t bytes)
{
	(void)stage;
	return iova_sim_set_memory(watch->world->sim,
				   &(struct iova_sys_memory){ .page_size = 4096, .limit = bytes });
}

/* Never more than can be swept. */
static int limit_entries(const struct stage *stage, uint32_t n)
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	int r = iova_sim_get_kernel(watch->world->sim, &kernel);

	(void)stage;
	kernel.entry_limit = n < ENTRIES ? n : ENTRIES;
	return r < 0 ? r : iova_sim_set_kernel(watch->world->sim, &kernel);
}

static int lose_memory(const struct stage *stage, void *start, size_t length)
{
	uint64_t at = (uintptr_t)start;
	long before = oom_live();
	int r = iova_sim_add_bad_memory(watch->world->sim, at, at + (length - 1));

	(void)stage;
	live += oom_live() - before;
	held_lose(start);
	return r;
}

static int new_file(const struct stage *stage, size_t length)
{
	int r = iova_sim_memfd(watch->world->sim, length);

	(void)stage;
	/* The host keeps the file until it is closed, which the play does. */
	if (r >= 0)
		held_add((struct held){ .kind = HELD_FD, .fd = r });
	return r;
}

static void begin(const struct stage *stage)
{
	watch->world = stages_world(stage);
	assert_int_equal(limit_entries(stage, ENTRIES), 0);
	live = oom_live();
}

/* What is lost stays with the host, so there is a new one for the next play. */
static void refresh(const struct stage *stage)
{
	if (!lost_pages)
		return;
	world_free(watch->world);
	begin(stage);
}

/* Nothing of a play is left, on neither side. */
static void check_clean(unsigned int n_plays)
{
	struct iova_sim_report report = { .size = sizeof report };

	iova_sim_report(watch->world->sim, &report);
	watch_check(!n_held, "the play has not released all it had");
	watch_check(!report.n_fds && !report.n_containers, "a descriptor is left open");
	watch_check(!report.n_groups, "a group is left in a container");
	watch_check(!report.n_mappings, "a mapping is left");
	watch_check(report.n_pinned_pages <= n_plays * lost_pages, "memory is left pinned");
	watch_check(!report.n_pending_faults, "the fault did not come");
	watch_check(oom_live() == live, "memory was not freed");
}

static void learn(const struct CMUnitTest *scenario)
{
	const struct stage *stage = scenario->initial_state;
	struct iova_sim_report report = { .size = sizeof report };

	begin(stage);
	assert_true(watch_play(scenario, WATCH_LEARN, &(struct fault){ 0 }));
	iova_sim_report(watch->world->sim, &report);
	lost_pages = stage->has & HAS_LAST_PAGE ? report.n_pinned_pages : 0;
	check_clean(1);
	refresh(stage);
}

static unsigned long n_learnt(bool calls)
{
	const struct seen *last = &watch->seen[watch->n_seen ? watch->n_seen - 1 : 0];

	if (!watch->n_seen)
		return 0;
	return calls ? last->calls : last->allocations;
}

/* False once there is no such call or allocation. */
static bool play_with(const struct CMUnitTest *scenario, const struct fault *fault)
{
	total.plays++;
	refresh(scenario->initial_state);
	if (!watch_play(scenario, WATCH_FAULT, fault)) {
		held_release(watch->world, 0);
		total.left++;
	}
	check_clean(1);
	if (!watch->hit)
		return false;
	watch_check(watch_play(scenario, WATCH_REPEAT, fault), "the play has no end");
	check_clean(2);
	return true;
}

static void sweep_allocations(void **state)
{
	const struct CMUnitTest *scenario = *state;
	struct fault fault = { .error = ENOMEM, .nth = 1 };

	learn(scenario);
	for (; play_with(scenario, &fault); fault.nth++)
		total.allocations++;
	assert_int_equal(fault.nth - 1, n_learnt(false));
}

static bool is_chosen(const struct stage *stage, unsigned long nth, unsigned long n, size_t error)
{
	bool is_end = nth <= ALL_AT_BOTH_ENDS || nth + ALL_AT_BOTH_ENDS > n;

	if (!is_end && stage != stages_find(NULL) && nth % SOME)
		return false;
	return nth % N_ERRORS == error;
}

static void sweep_calls(void **state)
{
	const struct CMUnitTest *scenario = *state;
	struct fault fault = { .is_call = true };
	unsigned long n;

	learn(scenario);
	n = n_learnt(true);
	for (size_t i = 0; i < N_ERRORS; i++) {
		fault.error = errors[i];
		fault.nth = 1;
		for (; fault.nth <= n; fault.nth++) {
			if (n > MANY_CALLS && !is_chosen(scenario->initial_state, fault.nth, n, i))
				continue;
			watch_check(play_with(scenario, &fault), "the fault was not hit");
			total.calls++;
		}
		watch_check(!play_with(scenario, &fault), "there is a call more");
	}
}

/* Says of a failure where it was, and leaves nothing to the next. */
static int tear_down(void **state)
{
	char where[300];

	(void)state;
	oom_off();
	if (watch->in_library || n_held) {
		watch_describe(where, sizeof where);
		print_message("# %s\n", where);
	}
	watch->in_library = false;
	if (watch_is_child)
		watched__exit(97);
	held_release(watch->world, 0);
	held_free_lost();
	world_free(watch->world);
	return 0;
}

/* Those which ask the kernel directly have nothing that could be swept. A child finds out. */
static bool uses_library(const struct CMUnitTest *scenario)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (!child) {
		begin(scenario->initial_state);
		(void)watch_play(scenario, WATCH_LEARN, &(struct fault){ 0 });
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return watch->n_seen > 0;
}

/*
 * With iommufd behind, two leave the kernel otherwise after a fault than before it, for reasons of
 * the kernel's: the undo of an unmap maps anew what others had unmapped meanwhile; and SET_CONTAINER
 * makes an IOAS in a lent iommufd (vfio_compat.c: iommufd_vfio_compat_ioas_create), with no way back.
 */
static bool is_left_otherwise(const struct stage *stage, const char *scenario)
{
	return stage->backend != IOVA_BACKEND_TYPE1 &&
	       (!strcmp(scenario, "an_unmap_behind_our_back_is_noticed") ||
		!strcmp(scenario, "an_iommufd_lent_as_a_container_is_recognised"));
}

static int sweep(struct stage *stage)
{
	static struct CMUnitTest tests[2 * MAX_SCENARIOS];
	static char names[2 * MAX_SCENARIOS][160];
	static struct playbill bill;
	size_t n = 0;
	int failed;

	stage->sys = watch_sys();
	stage->limit_memory = limit_memory;
	stage->limit_entries = limit_entries;
	stage->lose_memory = lose_memory;
	stage->new_file = new_file;
	playbill_fill(&bill, stage);
	for (size_t i = 0; i < 2 * bill.n; i++) {
		struct CMUnitTest *scenario = &bill.tests[i / 2];

		if (is_left_otherwise(stage, scenario->name) || !uses_library(scenario))
			continue;
		snprintf(names[n], sizeof names[n], "%s_survives_every_failing_%s", scenario->name,
			 i % 2 ? "allocation" : "call");
		tests[n] = (struct CMUnitTest){ names[n], i % 2 ? sweep_allocations : sweep_calls,
						NULL, tear_down, scenario };
		n++;
	}
	failed = _cmocka_run_group_tests(stage->name, tests, n, NULL, NULL);
	print_message("# %s: %zu scenarios, %lu plays with a fault: %lu calls and %lu allocations "
		      "failed, %lu plays ended there\n",
		      stage->name, n / 2, total.plays, total.calls, total.allocations, total.left);
	return failed;
}

int main(int argc, char **argv)
{
	struct stage *stage = stages_find(argc > 1 ? argv[1] : NULL);

	if (argc > 2 || !stage) {
		fprintf(stderr, "usage: test-scenario-sweep [STAGE]\n");
		return 2;
	}
	watch_start();
	return sweep(stage);
}

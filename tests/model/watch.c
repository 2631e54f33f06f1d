/* SPDX-License-Identifier: BSD-3-Clause */
#include "watch-play.h"

#include "oom.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

struct watch *watch;
bool watch_is_child;
static jmp_buf leave_play;
static size_t n_held_by_parent;
static long live_in_parent;

void watch_start(void)
{
	watch = mmap(NULL, sizeof *watch, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	assert_ptr_not_equal(watch, MAP_FAILED);
}

/* Whether the fault is to come in this call of the library. */
static bool is_due(void)
{
	const struct seen *seen = &watch->seen[watch->n];
	unsigned long reached = watch->fault.is_call ? seen->calls : seen->allocations;

	return watch->mode == WATCH_FAULT && !watch->judged && watch->fault.nth &&
	       watch->n < watch->n_seen && reached >= watch->fault.nth;
}

void watch_enter(struct watched *watched, const char *function, const void *output, size_t size)
{
	const struct fault *fault = &watch->fault;
	bool may_fail = watch->mode == WATCH_FAULT && !fault->is_call &&
			fault->nth > watch->allocations;

	watched->function = function;
	watched->output = output;
	watched->size = size;
	watched->own = (struct iova_failure)IOVA_FAILURE_INIT;
	watch_check(size <= sizeof watched->old, "a result is too large to be kept");
	if (output)
		memcpy(watched->old, output, size);
	if (is_due())
		sight_take(&watch->before, watch->world);
	watch->n_complaints = 0;
	watch->in_library = true;
	oom_fail_at(may_fail ? fault->nth - 1 - watch->allocations : ULONG_MAX);
}

static void learn(const struct watched *watched, int r)
{
	watch_check(watch->n < SEEN_CALLS, "a scenario makes more calls than are kept");
	watch->seen[watch->n] = (struct seen){ .function = watched->function,
					       .result = r,
					       .calls = watch->calls,
					       .allocations = watch->allocations };
	if (watch->n < SEEN_SIGHTS) {
		struct sight sight;

		sight_take(&sight, watch->world);
		memcpy(watch->after[watch->n], sight.hash, sizeof sight.hash);
	}
	watch->n_seen = ++watch->n;
}

/* Everything the child has made is released; what is left then has leaked. */
static _Noreturn void leave_child(void)
{
	held_release(watch->world, n_held_by_parent);
	watch_check(oom_live() == live_in_parent, "memory was not freed");
	watch->child_left = true;
	_exit(0);
}

int watch_leave(struct watched *watched, int r)
{
	const struct seen *seen = &watch->seen[watch->n];

	oom_off();
	watch->in_library = false;
	watch->allocations += oom_seen();
	watch->hit |= oom_reached();
	if (watch->mode == WATCH_LEARN) {
		learn(watched, r);
		return r;
	}
	watch_check(watch->n < watch->n_seen && !strcmp(watched->function, seen->function),
		    "the play takes another turn");
	if (watch->hit && !watch->judged) {
		watch->judged = true;
		if (!judge(watched, r, seen)) {
			if (watch_is_child)
				leave_child();
			longjmp(leave_play, 1);
		}
	}
	watch_check(r == seen->result || (r >= 0 && seen->result >= 0),
		    "another result than without the fault");
	watch->n++;
	return r;
}

#define CALL_WITH_FAILURE(name, parameters, arguments, ...)                               \
	int watched_##name parameters                                                     \
	{                                                                                 \
		struct watched watched = { .failure = failure ? failure : &watched.own }; \
		watch_enter(&watched, #name, __VA_ARGS__);                                \
		return watch_leave(&watched, name arguments);                             \
	}
#define CALL(name, parameters, arguments, ...)                \
	int watched_##name parameters                         \
	{                                                     \
		struct watched watched = { .failure = NULL }; \
		watch_enter(&watched, #name, __VA_ARGS__);    \
		return watch_leave(&watched, name arguments); \
	}
WATCHED_WITH_FAILURE(CALL_WITH_FAILURE)
WATCHED_WITHOUT_FAILURE(CALL)

pid_t watched_fork(void)
{
	pid_t child;

	watch->child_left = false;
	fflush(stdout);
	child = fork();
	if (!child) {
		watch_is_child = true;
		n_held_by_parent = n_held;
		live_in_parent = oom_live();
	}
	return child;
}

/* A child that leaves the play takes its parent with it. */
pid_t watched_waitpid(pid_t pid, int *status, int options)
{
	pid_t r = waitpid(pid, status, options);

	if (watch->message[0])
		fail_msg("in a child: %s", watch->message);
	if (watch->child_left)
		longjmp(leave_play, 1);
	return r;
}

_Noreturn void watched__exit(int status)
{
	_exit(status);
}

bool watch_play(const struct CMUnitTest *scenario, enum watch_mode mode, const struct fault *fault)
{
	void *state = scenario->initial_state;

	watch->mode = mode;
	watch->fault = *fault;
	watch->n = 0;
	if (mode == WATCH_LEARN)
		watch->n_seen = 0;
	watch->calls = watch->allocations = 0;
	watch->hit = watch->judged = watch->child_left = false;
	watch->message[0] = '\0';
	watch->path[0] = '\0';
	watch->kind = 0;
	if (setjmp(leave_play))
		return false;
	scenario->test_func(&state);
	return true;
}

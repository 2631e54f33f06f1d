/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_WATCH_PLAY_H
#define IOVA_TESTS_WATCH_PLAY_H

/*
 * A scenario played under watch: once to see which calls it makes of the library, and
 * what these make of the system and of memory; then with one of those failing;
 * then with nothing wrong. For one thread; a child of it takes its turn.
 */

#define IOVA_TESTS_WATCHER
#include "harness.h"
#include "watch.h"

#include <stdbool.h>

/* Everything that one may see, as text, of which the beginning is kept; equal if nothing changed. */
enum sight_part {
	SIGHT_KERNEL,
	SIGHT_LIBRARY,
	SIGHT_LIMITS,
	SIGHT_TIERS,
	SIGHT_RESULTS,
	SIGHT_PARTS
};
struct sight {
	uint64_t hash[SIGHT_PARTS];
	char text[SIGHT_PARTS][1000];
};
void sight_take(struct sight *sight, const struct world *world);

/* What a play holds of the system and of the library. */
enum held_kind {
	HELD_CTX,
	HELD_HOST,
	HELD_POLICY,
	HELD_SET,
	HELD_SPACE,
	HELD_CHANGE,
	HELD_FD,
	HELD_MEMORY
};
struct held {
	enum held_kind kind;
	void *thing;
	size_t length; /* of memory */
	int fd;        /* or the container that was lent to a context, -1 for none */
};
#define HELD_MAX 64
extern struct held held[HELD_MAX];
extern size_t n_held;
void held_add(struct held what);
void held_drop_fd(int fd);
/* The last so many only are left, the others released in the order of their age, youngest first. */
void held_release(const struct world *world, size_t but);
/* This memory is not to be used again before held_free_lost(). */
void held_lose(void *memory);
void held_free_lost(void);

/* What fails: the nth call that the library makes of the system, or its nth allocation. */
struct fault {
	bool is_call;
	int error;
	unsigned long nth; /* from 1; 0 for none */
};

/* One call of the library as it was when nothing was wrong. */
#define SEEN_CALLS 5000
#define SEEN_SIGHTS 256
struct seen {
	const char *function;
	int result;
	unsigned long calls, allocations; /* when it returned, since the play began */
};

enum watch_mode { WATCH_LEARN, WATCH_FAULT, WATCH_REPEAT };

/* Shared with children, so that each goes on where the other stopped. */
struct watch {
	enum watch_mode mode;
	struct fault fault;
	struct world *world;
	struct seen seen[SEEN_CALLS];
	uint64_t after[SEEN_SIGHTS][SIGHT_PARTS];
	size_t n_seen;
	size_t n; /* calls of the library, of the system, and allocations so far in this play */
	unsigned long calls, allocations;
	bool in_library;
	bool releasing; /* on behalf of a play that ended early */
	bool hit, judged;
	uint32_t kind; /* of the call that failed, IOVA_SIM_CALL_* */
	char path[128];
	unsigned int n_complaints; /* errors that were logged during the call */
	struct sight before;
	bool child_left;
	char message[400]; /* what a child has to complain of */
};
extern struct watch *watch;
extern bool watch_is_child;

/* A call of the library, between watch_enter() and watch_leave(). */
struct watched {
	const char *function;
	const void *output; /* where a result would be written, or NULL */
	size_t size;
	char old[256]; /* what was there */
	struct iova_failure *failure;
	struct iova_failure own; /* for players who do not ask */
};
void watch_enter(struct watched *watched, const char *function, const void *output, size_t size);
/* Behind it; returns r, or leaves the play if the call failed by the fault. */
int watch_leave(struct watched *watched, int r);
void watch_log(void *data, int level, const char *message);

/* The table for the players and, with faults, for the library. */
const struct iova_sys *watch_sys(void);

/* watch-judge.c: whether what came of the call with the fault is right; true if the play goes on. */
bool judge(const struct watched *watched, int r, const struct seen *seen);
/* Fails the test, saying which fault it was; also from a child. */
void watch_check(bool is_right, const char *what);
void watch_describe(char *text, size_t size);

/* watch-errors.c: whether the comment of a function lists an errno. */
bool error_is_documented(const char *function, int error);
/* Whether it says that the kernel's own are handed on. */
bool error_is_handed_on(const char *function);
/* Calls each for every public function with its comment. */
void headers_read(void (*each)(const char *function, const char *comment));

/* Plays; returns whether the end was reached. */
bool watch_play(const struct CMUnitTest *scenario, enum watch_mode mode, const struct fault *fault);
void watch_start(void);

#endif

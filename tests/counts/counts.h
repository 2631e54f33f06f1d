/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_COUNTS_COUNTS_H
#define TESTS_COUNTS_COUNTS_H

/*
 * The hot paths as fixed work, whose instructions are counted under valgrind. Nothing depends on
 * time or chance, so a count changes only with the code or the compiler.
 */

#include "space/space.h"

#if defined __has_include
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#endif
#endif
#ifndef CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_START_INSTRUMENTATION ((void)0)
#define CALLGRIND_STOP_INSTRUMENTATION ((void)0)
#define CALLGRIND_ZERO_STATS ((void)0)
#define CALLGRIND_TOGGLE_COLLECT ((void)0)
#define CALLGRIND_DUMP_STATS_AT(name) ((void)(name))
#endif

#define STEPS 1000

/* One operation, decided before it is counted. */
struct step {
	struct iova_mapping before; /* live: to be found, or to go */
	struct iova_mapping after;  /* to come */
	uint64_t length;
};

struct work {
	size_t n; /* live mappings */
	const struct tree_ops *ops;
	uint64_t random;
	struct step steps[STEPS];
	struct iova_mapping *live; /* n of them, then n that are not, in no order */
	struct iova_table table;
	struct iova_space *space;
	struct iova_ctx *ctx;
	struct iova_sim *sim;
};

struct workload {
	const char *name;
	void (*prepare)(struct work *work);
	void (*run)(struct work *work); /* what is counted */
	void (*finish)(struct work *work);
};

extern const struct workload table_workloads[]; /* closed by one without a name */
extern const struct workload space_workloads[];
extern const struct workload context_workloads[];

/* The instructions of a call that is no part of the library are left out. */
void leave_out(void);
void count_again(void);

_Noreturn void fail(const char *what);

static inline void need(const char *what, bool good)
{
	if (!good)
		fail(what);
}

/* work->live: mappings of 1 to 8 pages at random offsets in frames of 64 KiB from 4 GiB on. */
void scatter(struct work *work);
/* Steps that take a random live mapping away and bring another one, n staying what it is. */
void plan_churn(struct work *work);
size_t random_below(struct work *work, size_t n);

#endif

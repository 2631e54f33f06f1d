/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_SWEEP_H
#define IOVA_TESTS_SWEEP_H

/*
 * One flow played again and again, each time in a new world: first with
 * nothing wrong, then with the first call of a kind failing, the second, and so on until
 * none is hit; and the same with each allocation. Every time it must
 * either have failed and changed nothing, and succeed when made again; or have
 * got over it. In the end nothing may be open, mapped or allocated.
 */

#include "ctx-help.h"

struct play {
	struct world *world;
	struct iova_ctx *ctx;
	struct iova_ctx *other; /* on the iommufd of the first: looked at, and closed before it */
	struct iova_change *change; /* for calls that report one */
	int container;              /* lent descriptors, -1 for none: closed in the end */
	int group;
	int device;
};

struct flow {
	const char *preset;
	/* Up to the call that is looked at. */
	void (*set_up)(struct play *play);
	/* That call; 0 or more, or a negative errno. */
	int (*run)(struct play *play, struct iova_failure *failure);
	/*
	 * NULL, or: where documentation says that a failure stops half-way, whether
	 * it did, and if so what brings it to its destination.
	 */
	bool (*is_half_done)(struct play *play);
	int (*go_on)(struct play *play);
	/* Also failing, these kinds of calls (bits) do no harm, beyond those that never do. */
	uint64_t harmless;
	/* What could not be read afterwards is told in the log, and left to a refresh. */
	bool reads_later;
};

void sweep_calls(const struct flow *flow);
/* Returns how many allocations the flow makes, the model's own included. */
unsigned long sweep_allocations(const struct flow *flow);

#endif

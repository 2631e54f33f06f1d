/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_SIM_ACTS_H
#define IOVA_TESTS_SIM_ACTS_H

/* One act for each function of a sim and of its table, to be done over and over, in any order. */

#include "raw.h"

#include <stdbool.h>

/* How often each act may be done on one stage. */
#define ACT_ROUNDS 200
#define N_ACTS 37

struct stage {
	const struct world *world;
	struct iova_sim *sim;
	struct raw raw;
	struct iova_sim_kernel kernel;
	struct iova_sim_iommu iommu;
	struct iova_sys_memory memory;
};

/* Sets a stage in a desktop world, with one group attached; asserts. */
void stage_set(struct stage *stage, const struct world *world);
/* What the acts left behind goes; asserts that the rest is the stage's own, and releases it. */
void stage_clear(struct stage *stage);

/* The ith time of an act. Threads may not assert: true if all is well. */
typedef bool act_fn(const struct stage *s, uint64_t i);

extern act_fn *const acts[N_ACTS];

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_CTX_HELP_H
#define IOVA_TESTS_CTX_HELP_H

/* Contexts on a simulated host: made, asked, and looked at from both sides. */

#include "raw.h"

#include <libiova/libiova.h>
#include <stdbool.h>

/* Memory that nobody ever looks at: the model only counts its pages. */
#define VADDR 0x7f0000000000ull
#define AT 0x40000000ull

/* What the log said, by level. */
struct ears {
	int n[8];
	char last[8][1024];
};

void ears_hear(void *ears, int level, const char *message);

/* Opens a context on the world's table; asserts. The options may be NULL. Policy: warn, if none. */
struct iova_ctx *ctx_open(const struct world *world, const struct iova_ctx_opts *opts);
/* The same, with a group attached. */
struct iova_ctx *ctx_with(const struct world *world, const struct iova_ctx_opts *opts,
			  uint32_t group);
/* Options that listen to everything. */
struct iova_ctx_opts ctx_listening(struct ears *ears);
/* Options to adopt a container. */
struct iova_ctx_opts ctx_lent(int container);

void attach_group(struct iova_ctx *ctx, uint32_t group);
int map_at(struct iova_ctx *ctx, uint64_t iova, uint64_t length, struct iova_failure *failure);
void assert_mapped(struct iova_ctx *ctx, uint64_t iova, uint64_t length);

/* Whether a tier of the space holds a range whole. */
bool tier_holds(struct iova_ctx *ctx, uint32_t tier, uint64_t start, uint64_t last);
uint32_t list_state(struct iova_ctx *ctx);

void assert_failed(const struct iova_failure *failure, int error, uint32_t step, uint32_t why);
/* Both sentences are there, and the cause names the thing. The context may be NULL. */
void assert_names(const struct iova_failure *failure, struct iova_ctx *ctx, const char *thing);

/*
 * Everything that one may see of a world and of a context (which may be NULL),
 * as text: two are equal if nothing has changed.
 */
struct view {
	char state[6000]; /* descriptors, groups, mappings, on both sides */
	char tiers[4000]; /* what the space makes of the addresses */
};
struct view view_of(const struct world *world, struct iova_ctx *ctx);
void assert_same_view(const struct view *before, const struct view *after);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_PAIR_HELP_H
#define IOVA_TESTS_PAIR_HELP_H

/*
 * Two worlds alike, and the same calls in both: once so that the short way of
 * a map or an unmap may be taken, once so that it cannot. All that can be seen
 * of either has to be the same after each.
 */

#include "ctx-help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct twin {
	struct world *world;
	struct iova_ctx *ctx;
	struct ears ears;
	uint64_t n_calls[IOVA_SIM_N_CALLS]; /* before the last call of ours */
};

struct pair {
	struct twin twins[2]; /* the second goes the long way */
	uint32_t backend;     /* IOVA_BACKEND_* to insist on */
};

/* Options of a later version, in which all that is new is zero: never plain. */
struct long_opts {
	struct iova_map_opts opts;
	uint64_t later[2];
};

struct asked {
	uint64_t iova;
	uint64_t vaddr;
	uint64_t length;
	uint32_t access;
};

static inline void pair_open(struct pair *pair, uint32_t flags, uint32_t group)
{
	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++) {
		struct iova_ctx_opts opts = ctx_listening(&twin->ears);

		opts.flags = flags;
		opts.backend = pair->backend;
		twin->ctx = ctx_with(twin->world, &opts, group);
	}
}

static inline void pair_close(struct pair *pair)
{
	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++) {
		iova_ctx_close(twin->ctx);
		twin->ctx = NULL;
	}
}

static inline int pair_setup(void **state, const char *preset)
{
	struct pair *pair = calloc(1, sizeof *pair);

	assert_non_null(pair);
	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++)
		twin->world = world_new(preset);
	*state = pair;
	return 0;
}

static inline int pair_teardown(void **state)
{
	struct pair *pair = *state;

	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++) {
		iova_ctx_close(twin->ctx);
		world_assert_clean(twin->world);
		world_free(twin->world);
	}
	free(pair);
	return 0;
}

static inline int pair_setup_desktop(void **state)
{
	return pair_setup(state, "desktop");
}

static inline int pair_setup_epyc(void **state)
{
	return pair_setup(state, "epyc");
}

static inline int pair_setup_native(void **state)
{
	struct pair *pair;

	pair_setup(state, "iommufd");
	pair = *state;
	pair->backend = IOVA_BACKEND_IOMMUFD;
	return 0;
}

static inline int pair_setup_native_epyc(void **state)
{
	struct pair *pair;

	pair_setup(state, "iommufd-epyc");
	pair = *state;
	pair->backend = IOVA_BACKEND_IOMMUFD;
	return 0;
}

static inline int pair_setup_compat(void **state)
{
	return pair_setup(state, "compat");
}

/* A test on a pair of worlds of its own. */
#define ALIKE(preset, test) \
	cmocka_unit_test_setup_teardown(test, pair_setup_##preset, pair_teardown)

/* What a failure looks like that nobody has written. */
static inline struct iova_failure untold(void)
{
	struct iova_failure failure;

	memset(&failure, 0x5a, sizeof failure);
	failure.size = sizeof failure;
	return failure;
}

static inline void assert_same_failure(const struct iova_failure *a, const struct iova_failure *b)
{
	assert_int_equal(a->step, b->step);
	assert_int_equal(a->why, b->why);
	assert_int_equal(a->from_kernel, b->from_kernel);
	assert_int_equal(a->n_conflicts, b->n_conflicts);
	assert_memory_equal(a, b, sizeof *a);
}

static inline void note_calls(struct twin *twin)
{
	for (uint32_t call = 0; call < IOVA_SIM_N_CALLS; call++)
		twin->n_calls[call] = world_calls(twin->world, call);
}

static inline void assert_same_look(struct pair *pair)
{
	struct twin *a = &pair->twins[0], *b = &pair->twins[1];
	struct view views[2] = { view_of(a->world, a->ctx), view_of(b->world, b->ctx) };

	assert_same_view(&views[0], &views[1]);
	for (uint32_t call = 0; call < IOVA_SIM_N_CALLS; call++)
		assert_int_equal(world_calls(a->world, call) - a->n_calls[call],
				 world_calls(b->world, call) - b->n_calls[call]);
	for (int level = 0; level < 8; level++) {
		assert_int_equal(a->ears.n[level], b->ears.n[level]);
		assert_string_equal(a->ears.last[level], b->ears.last[level]);
	}
}

/* Maps in both; the result of both, and what both say of it. */
static inline int map_alike(struct pair *pair, const struct asked *asked,
			    struct iova_failure *ret_failure)
{
	struct long_opts long_opts = {
		.opts = { .size = sizeof long_opts, .access = asked->access },
	};
	struct iova_map_opts plain = { .size = sizeof plain, .access = asked->access };
	const struct iova_map_opts *opts[2] = { asked->access ? &plain : NULL, &long_opts.opts };
	struct iova_failure failures[2] = { untold(), untold() };
	int r[2];

	for (int i = 0; i < 2; i++) {
		note_calls(&pair->twins[i]);
		r[i] = iova_ctx_map_fixed(pair->twins[i].ctx, asked->iova,
					  (void *)(uintptr_t)asked->vaddr, asked->length, opts[i],
					  &failures[i]);
	}
	assert_int_equal(r[0], r[1]);
	assert_same_failure(&failures[0], &failures[1]);
	assert_same_look(pair);
	if (ret_failure)
		*ret_failure = failures[0];
	return r[0];
}

static inline int map_page(struct pair *pair, uint64_t iova, struct iova_failure *ret_failure)
{
	return map_alike(pair, &(struct asked){ iova, VADDR, PAGE, 0 }, ret_failure);
}

/*
 * Unmaps in both what is mapped once: in the second by a range that is a
 * granule longer, behind it or, at the end of the space, before it. There nothing is mapped.
 */
static inline int unmap_alike(struct pair *pair, uint64_t iova, uint64_t length,
			      struct iova_failure *ret_failure)
{
	uint64_t granule = iova_space_granule(iova_ctx_space(pair->twins[1].ctx));
	uint64_t low = iova + length + granule ? 0 : granule;
	struct iova_failure failures[2] = { untold(), untold() };
	uint64_t unmapped[2] = { 4711, 4711 };
	int r[2];

	for (struct twin *twin = pair->twins; twin < pair->twins + 2; twin++)
		note_calls(twin);
	r[0] = iova_ctx_unmap(pair->twins[0].ctx, iova, length, &unmapped[0], &failures[0]);
	r[1] = iova_ctx_unmap(pair->twins[1].ctx, iova - low, length + granule, &unmapped[1],
			      &failures[1]);
	assert_int_equal(r[0], r[1]);
	assert_int_equal(unmapped[0], unmapped[1]);
	if (r[0] < 0) {
		assert_int_equal(failures[1].length, length + granule);
		failures[1].length = length;
		failures[1].iova += low;
	}
	assert_same_failure(&failures[0], &failures[1]);
	assert_same_look(pair);
	if (ret_failure)
		*ret_failure = failures[0];
	return r[0];
}

#endif

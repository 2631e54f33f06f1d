/* SPDX-License-Identifier: BSD-3-Clause */
/* Random operations on sets and on an independent model of 64 cells, compared after each. */
#include "set/set.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "cells.h"
#include "oom.h"
#include "prng.h"

#define N_SETS 3
#define N_STEPS 20000

enum op {
	OP_ADD,
	OP_REMOVE,
	OP_UNITE,
	OP_SUBTRACT,
	OP_INTERSECT,
	OP_COMPLEMENT,
	OP_COMPLEMENT_ALL,
	OP_ASSIGN,
	OP_CLEAR,
};

/*
 * Most steps add or remove a few cells; the others, which make sets
 * plain or equal, come seldom enough for many ranges to gather between them.
 */
static enum op draw(uint64_t bits)
{
	static const enum op others[] = {
		OP_UNITE,          OP_SUBTRACT,       OP_INTERSECT, OP_COMPLEMENT,
		OP_COMPLEMENT_ALL, OP_COMPLEMENT_ALL, OP_ASSIGN,    OP_CLEAR,
	};

	if (bits & 0x38)
		return bits & 1 ? OP_ADD : OP_REMOVE;
	return others[bits & 7];
}

struct step {
	enum op op;
	unsigned int target, other; /* indices of sets; may be the same */
	unsigned int first, last;   /* cells */
};

static struct step random_step(uint64_t *random)
{
	uint64_t bits = prng_next(random);
	struct step step = {
		.op = draw(bits),
		.target = (unsigned int)(bits >> 16) % N_SETS,
		.other = (unsigned int)(bits >> 24) % N_SETS,
		.first = bits >> 32 & (N_CELLS - 1),
	};
	/* Mostly short, so that sets of many ranges come about. */
	unsigned int length = bits >> 40 & 1;

	if (bits >> 61 == 0)
		length = bits >> 40 & (N_CELLS - 1);
	step.last = step.first + length < N_CELLS ? step.first + length : N_CELLS - 1;
	return step;
}

static uint64_t model_apply(const struct step *step, const uint64_t cells[N_SETS])
{
	uint64_t mask = cells_mask(step->first, step->last);
	uint64_t mine = cells[step->target], other = cells[step->other];

	switch (step->op) {
	case OP_ADD:
		return mine | mask;
	case OP_REMOVE:
		return mine & ~mask;
	case OP_UNITE:
		return mine | other;
	case OP_SUBTRACT:
		return mine & ~other;
	case OP_INTERSECT:
		return mine & other;
	case OP_COMPLEMENT:
		return ~mine & mask;
	case OP_COMPLEMENT_ALL:
		return ~mine;
	case OP_ASSIGN:
		return other;
	default:
		return 0;
	}
}

static int set_apply(const struct step *step, const struct cut *cut,
		     struct iova_set *const sets[N_SETS])
{
	struct iova_range range = cells_range(cut, step->first, step->last);
	struct iova_set *mine = sets[step->target], *other = sets[step->other];

	switch (step->op) {
	case OP_ADD:
		return iova_set_add(mine, &range);
	case OP_REMOVE:
		return iova_set_remove(mine, &range);
	case OP_UNITE:
		return iova_set_unite(mine, other);
	case OP_SUBTRACT:
		return iova_set_subtract(mine, other);
	case OP_INTERSECT:
		return iova_set_intersect(mine, other);
	case OP_COMPLEMENT:
		return iova_set_complement(mine, &range);
	case OP_COMPLEMENT_ALL:
		return iova_set_complement(mine, NULL);
	case OP_ASSIGN:
		return iova_set_assign(mine, other);
	default:
		iova_set_clear(mine);
		return 0;
	}
}

static void compare_questions(const struct step *step, const struct cut *cut,
			      const uint64_t cells[N_SETS], struct iova_set *const sets[N_SETS])
{
	struct iova_range range = cells_range(cut, step->first, step->last);
	uint64_t mask = cells_mask(step->first, step->last), mine = cells[step->target];

	assert_int_equal(iova_set_contains(sets[step->target], &range), (mine & mask) == mask);
	assert_int_equal(iova_set_overlaps(sets[step->target], &range), (mine & mask) != 0);
	assert_int_equal(iova_set_equal(sets[step->target], sets[step->other]),
			 mine == cells[step->other]);
	assert_true(cells_find_same(cut, mine, sets[step->target], step->first, false));
	assert_true(cells_find_same(cut, mine, sets[step->target], step->last, true));
}

static void compare_sets(const struct cut *cut, const uint64_t cells[N_SETS],
			 struct iova_set *const sets[N_SETS])
{
	for (unsigned int i = 0; i < N_SETS; i++) {
		assert_true(iova_set_is_canonical_(sets[i]));
		assert_true(cells_same(cut, cells[i], sets[i]));
	}
}

static void run(const struct cut *cut, uint64_t random)
{
	struct iova_set *sets[N_SETS];
	uint64_t cells[N_SETS] = { 0 };
	size_t most = 0;

	for (unsigned int i = 0; i < N_SETS; i++)
		assert_int_equal(iova_set_new(&sets[i]), 0);
	for (unsigned int i = 0; i < N_STEPS; i++) {
		struct step step = random_step(&random);

		compare_questions(&step, cut, cells, sets);
		cells[step.target] = model_apply(&step, cells);
		assert_int_equal(set_apply(&step, cut, sets), 0);
		compare_sets(cut, cells, sets);
		if (iova_set_count(sets[step.target]) > most)
			most = iova_set_count(sets[step.target]);
	}
	/* Else the walk stayed among sets too plain to go wrong. */
	assert_in_range(most, 12, 32);
	for (unsigned int i = 0; i < N_SETS; i++)
		iova_set_free(sets[i]);
}

static void set_agrees_with_the_model_on_even_cells(void **state)
{
	struct cut cut = cut_even();

	(void)state;
	run(&cut, 1);
}

static void set_agrees_with_the_model_on_cells_of_one_address(void **state)
{
	struct cut cut = cut_narrow();

	(void)state;
	run(&cut, 2);
}

/* Each step is tried with every one of its allocations failing before it is let through. */
static void set_is_unchanged_by_every_failed_allocation(void **state)
{
	struct cut cut = cut_even();
	struct iova_set *sets[N_SETS];
	uint64_t cells[N_SETS] = { 0 }, random = 3;
	unsigned long failures = 0;
	long live = oom_live();

	(void)state;
	for (unsigned int i = 0; i < N_SETS; i++)
		assert_int_equal(iova_set_new(&sets[i]), 0);
	for (unsigned int i = 0; i < N_STEPS; i++) {
		struct step step = random_step(&random);

		for (unsigned long n = 0;; n++) {
			long had = oom_live();
			int r;

			oom_fail_at(n);
			r = set_apply(&step, &cut, sets);
			oom_off();
			if (!oom_reached()) {
				assert_int_equal(r, 0);
				break;
			}
			failures++;
			assert_int_equal(r, -ENOMEM);
			assert_int_equal(oom_live(), had);
			compare_sets(&cut, cells, sets);
		}
		cells[step.target] = model_apply(&step, cells);
		compare_sets(&cut, cells, sets);
	}
	assert_in_range(failures, 1000, 100000);
	for (unsigned int i = 0; i < N_SETS; i++)
		iova_set_free(sets[i]);
	assert_int_equal(oom_live(), live);
}

/* The published first numbers for seed 0. */
static void random_numbers_are_the_known_ones(void **state)
{
	uint64_t random = 0;

	(void)state;
	assert_int_equal(prng_next(&random), 0xe220a8397b1dcdaf);
	assert_int_equal(prng_next(&random), 0x6e789e6aa1b965f4);
	assert_int_equal(prng_next(&random), 0x06c45d188009454f);
}

static void model_translates_cells_to_ranges(void **state)
{
	struct cut even = cut_even(), narrow = cut_narrow();
	struct iova_range ranges[N_CELLS];

	(void)state;
	assert_int_equal(cells_mask(0, 63), UINT64_MAX);
	assert_int_equal(cells_mask(63, 63), (uint64_t)1 << 63);
	assert_int_equal(cells_mask(1, 2), 6);
	assert_int_equal(cells_to_ranges(&even, UINT64_MAX, ranges), 1);
	assert_int_equal(ranges[0].start, 0);
	assert_int_equal(ranges[0].last, UINT64_MAX);
	assert_int_equal(cells_to_ranges(&even, 0x8000000000000006, ranges), 2);
	assert_int_equal(ranges[0].start, (uint64_t)1 << 58);
	assert_int_equal(ranges[0].last, ((uint64_t)3 << 58) - 1);
	assert_int_equal(ranges[1].start, (uint64_t)63 << 58);
	assert_int_equal(cells_to_ranges(&narrow, 0x8000000000000001, ranges), 2);
	assert_int_equal(ranges[0].last, 0);
	assert_int_equal(ranges[1].start, UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_numbers_are_the_known_ones),
		cmocka_unit_test(model_translates_cells_to_ranges),
		cmocka_unit_test(set_agrees_with_the_model_on_even_cells),
		cmocka_unit_test(set_agrees_with_the_model_on_cells_of_one_address),
		cmocka_unit_test(set_is_unchanged_by_every_failed_allocation),
	};

	return cmocka_run_group_tests_name("set-model", tests, NULL, NULL);
}

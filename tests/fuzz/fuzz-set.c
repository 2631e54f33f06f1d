/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is a program of operations on three sets: a byte that chooses the
 * cells, then three bytes a step. Each step is made on an independent model,
 * too, and the whole contents are compared.
 */
#include "cells.h"
#include "fuzz.h"
#include "set/set.h"

#define N_SETS 3

/* One byte for the operation and its sets, two for the cells. */
struct step {
	unsigned int op, target, other, first, last;
};

static struct step read_step(const uint8_t bytes[3])
{
	struct step step = {
		.op = bytes[0] & 15,
		.target = (bytes[0] >> 4 & 3) % N_SETS,
		.other = (bytes[0] >> 6 & 3) % N_SETS,
		.first = bytes[1] & (N_CELLS - 1),
		.last = bytes[2] & (N_CELLS - 1),
	};

	if (step.first > step.last) {
		unsigned int kept = step.first;

		step.first = step.last;
		step.last = kept;
	}
	return step;
}

/* Make a step on the set, and return what the model holds afterwards. */
static uint64_t apply(const struct step *step, struct iova_set *set, const struct iova_set *other,
		      const struct iova_range *range, uint64_t mine, uint64_t others)
{
	uint64_t mask = cells_mask(step->first, step->last);

	switch (step->op) {
	case 0:
		CHECK(!iova_set_unite(set, other));
		return mine | others;
	case 1:
		CHECK(!iova_set_subtract(set, other));
		return mine & ~others;
	case 2:
		CHECK(!iova_set_intersect(set, other));
		return mine & others;
	case 3:
		CHECK(!iova_set_complement(set, NULL));
		return ~mine;
	case 4:
		CHECK(!iova_set_complement(set, range));
		return ~mine & mask;
	case 5:
		CHECK(!iova_set_assign(set, other));
		return others;
	case 6:
		iova_set_clear(set);
		return 0;
	default:
		if (step->op & 1) {
			CHECK(!iova_set_add(set, range));
			return mine | mask;
		}
		CHECK(!iova_set_remove(set, range));
		return mine & ~mask;
	}
}

static void check_set(const struct cut *cut, const struct step *step, const struct iova_set *set,
		      const struct iova_range *range, uint64_t cells)
{
	uint64_t mask = cells_mask(step->first, step->last);

	CHECK(iova_set_is_canonical_(set));
	CHECK(cells_same(cut, cells, set));
	CHECK(iova_set_contains(set, range) == ((cells & mask) == mask));
	CHECK(iova_set_overlaps(set, range) == ((cells & mask) != 0));
	CHECK(cells_find_same(cut, cells, set, step->first, false));
	CHECK(cells_find_same(cut, cells, set, step->last, true));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iova_set sets[N_SETS] = { 0 };
	uint64_t cells[N_SETS] = { 0 };
	struct cut cut;

	if (!size)
		return 0;
	cut = data[0] & 1 ? cut_narrow() : cut_even();
	for (size_t i = 1; i + 3 <= size; i += 3) {
		struct step step = read_step(data + i);
		struct iova_range range = cells_range(&cut, step.first, step.last);
		struct iova_set *target = &sets[step.target];

		cells[step.target] = apply(&step, target, &sets[step.other], &range,
					   cells[step.target], cells[step.other]);
		for (unsigned int j = 0; j < N_SETS; j++)
			check_set(&cut, &step, &sets[j], &range, cells[j]);
		CHECK(iova_set_equal(target, &sets[step.other]) ==
		      (cells[step.target] == cells[step.other]));
	}
	for (unsigned int i = 0; i < N_SETS; i++)
		iova_set_done_(&sets[i]);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* A map and an unmap at a time, with as many live as before. */

#include "bench.h"
#include "../unit/prng.h"

#define BLOCK 64

struct pair {
	struct iova_mapping added;
	struct iova_range removed;
};

/* Nanoseconds for a pair, if none failed and the last can be seen. */
static double after(struct subject *subject, double taken, size_t n_blocks, bool seen)
{
	if (!subject->fault && !seen)
		wrong(subject, "a map or an unmap had no effect");
	return subject->fault ? -1 : taken / (double)(n_blocks * BLOCK);
}

/* One is unmapped and another mapped. */
static bool prepare_random(struct subject *subject, size_t n_blocks)
{
	struct pair *pairs = subject_buffer(subject, n_blocks * BLOCK * sizeof *pairs);
	uint32_t *slots = subject->slots;
	size_t n = subject->ground->n;

	for (size_t i = 0; pairs && i < n_blocks * BLOCK; i++) {
		size_t old = prng_next(&subject->random) % n;
		size_t new = n + prng_next(&subject->random) % n;
		uint32_t slot = slots[old];

		pairs[i].removed = slot_mapping(slot).range;
		pairs[i].added = slot_mapping(slots[new]);
		slots[old] = slots[new];
		slots[new] = slot;
	}
	return pairs;
}

static bool prepare_ring(struct subject *subject, size_t n_blocks)
{
	struct pair *pairs = subject_buffer(subject, n_blocks * BLOCK * sizeof *pairs);
	const struct ground *ground = subject->ground;

	for (size_t i = 0; pairs && i < n_blocks * BLOCK; i++) {
		pairs[i].removed = ring_mapping(ground, subject->head).range;
		pairs[i].added = ring_mapping(ground, subject->head + ground->n);
		subject->head++;
	}
	return pairs;
}

/* Not timed: that the last pair had its effect. */
static bool change_seen(struct subject *subject, const struct pair *pair)
{
	struct iova_mapping found;

	return subject_holds(subject, &pair->added) &&
	       !subject->structure->find(subject->object, pair->removed.start, pair->removed.last,
					 &found);
}

static double run(struct subject *subject, size_t n_blocks)
{
	const struct structure *structure = subject->structure;
	const struct pair *pair = subject->buffer;
	double started = clock_own_ns(), taken;

	for (size_t block = 0; block < n_blocks; block++) {
		size_t done = 0;

		for (size_t i = 0; i < BLOCK; i++, pair++) {
			done += structure->remove(subject->object, &pair->removed);
			done += structure->insert(subject->object, &pair->added);
		}
		if (done != 2 * BLOCK)
			wrong(subject, "a map or an unmap failed");
		trail_note(&subject->trail, done);
	}
	taken = clock_own_ns() - started;
	return after(subject, taken, n_blocks, change_seen(subject, pair - 1));
}

/* One is mapped, and that very one is unmapped. */
static bool prepare_map_unmap(struct subject *subject, size_t n_blocks)
{
	struct pair *pairs = subject_buffer(subject, n_blocks * BLOCK * sizeof *pairs);
	size_t n = subject->ground->n;

	for (size_t i = 0; pairs && i < n_blocks * BLOCK; i++) {
		size_t slot = n + prng_next(&subject->random) % n;

		pairs[i].added = slot_mapping(subject->slots[slot]);
		pairs[i].removed = pairs[i].added.range;
	}
	return pairs;
}

/* Not timed: that a mapping can be seen while it is there. */
static bool pair_seen(struct subject *subject, const struct pair *pair)
{
	const struct structure *structure = subject->structure;

	if (structure->only_pairs)
		return true;
	return structure->insert(subject->object, &pair->added) &&
	       subject_holds(subject, &pair->added) &&
	       structure->remove(subject->object, &pair->removed);
}

static double run_map_unmap(struct subject *subject, size_t n_blocks)
{
	const struct structure *structure = subject->structure;
	const struct pair *pair = subject->buffer;
	double started = clock_own_ns(), taken;

	for (size_t block = 0; block < n_blocks; block++) {
		size_t done = 0;

		for (size_t i = 0; i < BLOCK; i++, pair++) {
			done += structure->insert(subject->object, &pair->added);
			done += structure->remove(subject->object, &pair->removed);
		}
		if (done != 2 * BLOCK)
			wrong(subject, "a map or an unmap failed");
		trail_note(&subject->trail, done);
	}
	taken = clock_own_ns() - started;
	return after(subject, taken, n_blocks, pair_seen(subject, pair - 1));
}

/* The second changes what is mapped where, so it has to be the last on its layout. */
const struct workload churns[] = {
	{ .name = "map-unmap",
	  .layout = &layout_slots,
	  .most = 1024,
	  .limit_s = 2,
	  .pairs = true,
	  .prepare = prepare_map_unmap,
	  .run = run_map_unmap },
	{ .name = "churn-random",
	  .layout = &layout_slots,
	  .most = 1024,
	  .limit_s = 2,
	  .prepare = prepare_random,
	  .run = run },
	{ .name = "churn-fifo",
	  .layout = &layout_ring,
	  .most = 1024,
	  .limit_s = 2,
	  .prepare = prepare_ring,
	  .run = run },
	{ .name = NULL },
};

/* SPDX-License-Identifier: BSD-3-Clause */
/* From nothing to n mappings, and back. A block is one such build. */

#include "bench.h"
#include "../unit/prng.h"

#define PROBES 64

/* Not timed: that some of the mappings are there, or are not. */
static bool probe(struct subject *subject, bool there)
{
	const struct ground *ground = subject->ground;
	struct iova_mapping found;

	for (size_t i = 0; i < PROBES; i++) {
		const struct iova_mapping *mapping =
			&ground->maps[prng_next(&subject->random) % ground->n_maps];

		if (there && !subject_holds(subject, mapping))
			return false;
		if (!there && subject->structure->find(subject->object, mapping->range.start,
						       mapping->range.last, &found))
			return wrong(subject, "what was removed is found");
	}
	trail_note(&subject->trail, there);
	return true;
}

static bool insert_all(struct subject *subject)
{
	const struct ground *ground = subject->ground;
	const struct structure *structure = subject->structure;

	for (size_t i = 0; i < ground->n_maps; i++)
		if (!structure->insert(subject->object, &subject->live[i]))
			return wrong(subject, "an insert failed");
	return true;
}

static bool remove_all(struct subject *subject)
{
	const struct ground *ground = subject->ground;
	const struct structure *structure = subject->structure;

	for (size_t i = 0; i < ground->n_maps; i++)
		if (!structure->remove(subject->object, &ground->maps[i].range))
			return wrong(subject, "a removal failed");
	return true;
}

static bool build_all(struct subject *subject)
{
	const struct ground *ground = subject->ground;

	return subject->structure->build(subject->object, ground->maps, ground->n_maps) ||
	       wrong(subject, "the build failed");
}

typedef bool step(struct subject *subject);

/* The time of one step of the two that each block is made of. */
static double run(struct subject *subject, size_t n_blocks, step *build, step *undo,
		  bool undo_timed)
{
	double *times = subject_buffer(subject, n_blocks * sizeof *times);

	for (size_t block = 0; times && block < n_blocks; block++) {
		double started = clock_ns(), built, stopped;

		if (!build(subject))
			return -1;
		built = clock_ns();
		if (!probe(subject, true))
			return -1;
		stopped = clock_ns();
		if (!undo(subject))
			return -1;
		times[block] = undo_timed ? clock_ns() - stopped : built - started;
		times[block] -= clock_cost();
		if (!probe(subject, false))
			return -1;
	}
	/* All blocks do the same, so one that was interrupted is no measure. */
	return times ? median(times, n_blocks) / (double)subject->ground->n_maps : -1;
}

static double run_sequential(struct subject *subject, size_t n_blocks)
{
	return run(subject, n_blocks, insert_all, remove_all, false);
}

static double run_teardown(struct subject *subject, size_t n_blocks)
{
	return run(subject, n_blocks, insert_all, remove_all, true);
}

/* Empty, and in another order the next time: a processor remembers which way it went before. */
static bool renew_shuffled(struct subject *subject)
{
	shuffle_maps(subject->live, subject->ground->n_maps, &subject->random);
	return subject_renew(subject);
}

static double run_random(struct subject *subject, size_t n_blocks)
{
	return run(subject, n_blocks, insert_all, renew_shuffled, false);
}

static double run_sorted(struct subject *subject, size_t n_blocks)
{
	return run(subject, n_blocks, build_all, subject_renew, false);
}

const struct workload builds[] = {
	{ .name = "build-sequential",
	  .layout = &layout_adjacent,
	  .limit_s = 60,
	  .weighed = true,
	  .run = run_sequential },
	{ .name = "teardown-ascending",
	  .layout = &layout_adjacent,
	  .limit_s = 60,
	  .run = run_teardown },
	{ .name = "build-random",
	  .layout = &layout_shuffled,
	  .limit_s = 60,
	  .weighed = true,
	  .run = run_random },
	{ .name = "build-sorted",
	  .layout = &layout_sorted,
	  .limit_s = 60,
	  .weighed = true,
	  .build = true,
	  .run = run_sorted },
	{ .name = NULL },
};

/* SPDX-License-Identifier: BSD-3-Clause */
/* The lowest free place among what is mapped, found and mapped. */

#include "bench.h"
#include "../unit/prng.h"

#define BLOCK_MOST 1024
#define BLOCK_MIXED 16 /* no more than there are mappings at least */
#define CALLS_MOST 4096
#define CALLS_LIMIT_NS 100e6

/* Half as many as there are mappings; fewer where a walk takes long. */
static size_t block_of(const struct subject *subject)
{
	size_t n = subject->ground->n, most = ((size_t)1 << 20) / n;

	if (most > BLOCK_MOST)
		most = BLOCK_MOST;
	return most < 16 ? 16 : most < n / 2 ? most : n / 2;
}

/* Some of one size; returns nanoseconds, or less than 0. */
static double alloc_some(struct subject *subject, uint64_t size, uint64_t *starts)
{
	const struct request request = { size, size, alloc_window };
	const struct structure *structure = subject->structure;
	size_t n = block_of(subject), done = 0;
	double started = clock_ns(), taken;

	for (size_t i = 0; i < n; i++)
		done += structure->alloc(subject->object, &request, &starts[i]);
	taken = clock_ns() - started - clock_cost();
	if (done != n)
		return wrong(subject, "an allocation failed") - 1;
	for (size_t i = 0; i < n; i++)
		trail_note(&subject->trail, starts[i]);
	return taken;
}

/* Not timed: in any order, as they were given. */
static bool free_some(struct subject *subject, uint64_t size, uint64_t *starts)
{
	for (size_t n = block_of(subject); n; n--) {
		size_t i = prng_next(&subject->random) % n;
		struct iova_range range = { starts[i], starts[i] + (size - 1) };

		if (!subject->structure->remove(subject->object, &range))
			return wrong(subject, "what was allocated cannot be removed");
		starts[i] = starts[n - 1];
	}
	return true;
}

static double run_warm(struct subject *subject, size_t n_blocks, uint64_t size)
{
	double *times = subject_buffer(subject, n_blocks * sizeof *times);
	uint64_t starts[BLOCK_MOST];

	for (size_t block = 0; times && block < n_blocks; block++) {
		times[block] = alloc_some(subject, size, starts);
		if (subject->fault || !free_some(subject, size, starts))
			return -1;
	}
	/* All blocks do the same, so one that was interrupted is no measure. */
	return times ? median(times, n_blocks) / (double)block_of(subject) : -1;
}

static double run_4k(struct subject *subject, size_t n_blocks)
{
	return run_warm(subject, n_blocks, UINT64_C(4) << 10);
}

static double run_2m(struct subject *subject, size_t n_blocks)
{
	return run_warm(subject, n_blocks, UINT64_C(2) << 20);
}

/* The first ones after all the layout was mapped. */
static double run_cold(struct subject *subject, size_t n_blocks)
{
	double *times = subject_buffer(subject, n_blocks * sizeof *times);
	uint64_t starts[BLOCK_MOST];

	for (size_t block = 0; times && block < n_blocks; block++) {
		if (!subject_renew(subject) || !subject_fill(subject))
			return -1;
		times[block] = alloc_some(subject, UINT64_C(4) << 10, starts);
		if (subject->fault)
			return -1;
	}
	return times ? median(times, n_blocks) / (double)block_of(subject) : -1;
}

/* Not timed: frees some at random, which are the last ones of those that live then. */
static bool free_last(struct subject *subject)
{
	struct iova_mapping *live = subject->live;

	for (size_t left = subject->ground->n_maps, n = 0; n < BLOCK_MIXED; n++) {
		size_t i = prng_next(&subject->random) % left--;
		struct iova_mapping victim = live[i];

		live[i] = live[left];
		live[left] = victim;
		if (!subject->structure->remove(subject->object, &victim.range))
			return wrong(subject, "what was allocated cannot be removed");
	}
	return true;
}

static void note_last(struct subject *subject, const struct request *requests,
		      const uint64_t *starts)
{
	struct iova_mapping *last = subject->live + subject->ground->n_maps - BLOCK_MIXED;

	for (size_t i = 0; i < BLOCK_MIXED; i++) {
		last[i].range.start = last[i].vaddr = starts[i];
		last[i].range.last = starts[i] + (requests[i].length - 1);
		last[i].access = IOVA_READ | IOVA_WRITE;
		trail_note(&subject->trail, starts[i]);
	}
}

/* Blocks differ, so it takes a clock that stands still when something else runs. */
static double run_mixed(struct subject *subject, size_t n_blocks)
{
	const struct structure *structure = subject->structure;
	struct request requests[BLOCK_MIXED];
	uint64_t starts[BLOCK_MIXED];
	double sum = 0;

	for (size_t block = 0; block < n_blocks; block++) {
		double started;
		size_t done = 0;

		if (!free_last(subject))
			return -1;
		for (size_t i = 0; i < BLOCK_MIXED; i++)
			draw_request(&requests[i], &subject->random);
		started = clock_own_ns();
		for (size_t i = 0; i < BLOCK_MIXED; i++)
			done += structure->alloc(subject->object, &requests[i], &starts[i]);
		sum += clock_own_ns() - started - clock_own_cost();
		if (done != BLOCK_MIXED)
			return wrong(subject, "an allocation failed") - 1;
		note_last(subject, requests, starts);
	}
	return sum / (double)(n_blocks * BLOCK_MIXED);
}

/* Frees one and allocates another; tells when the former is done. */
static bool replace(struct subject *subject, double *ret_started)
{
	const struct structure *structure = subject->structure;
	size_t n = subject->ground->n_maps;
	struct iova_mapping *victim = &subject->live[prng_next(&subject->random) % n];
	struct request request;
	uint64_t start;

	draw_request(&request, &subject->random);
	if (!structure->remove(subject->object, &victim->range))
		return wrong(subject, "what was allocated cannot be removed");
	*ret_started = clock_own_ns();
	if (!structure->alloc(subject->object, &request, &start))
		return wrong(subject, "an allocation failed");
	victim->range.start = victim->vaddr = start;
	victim->range.last = start + (request.length - 1);
	victim->access = IOVA_READ | IOVA_WRITE;
	trail_note(&subject->trail, start);
	return true;
}

/* The longest of some thousand single allocations, the first after the layout was mapped among them. */
static double run_worst(struct subject *subject, size_t n_blocks)
{
	double longest = 0, sum = 0;

	(void)n_blocks;
	/* Each round does the same. */
	subject->random = 0;
	subject->trail = (struct trail){ 0 };
	for (size_t i = 0; i < subject->ground->n_maps; i++)
		subject->live[i] = subject->ground->maps[i];
	if (!subject_renew(subject) || !subject_fill(subject))
		return -1;
	for (size_t i = 0; i < CALLS_MOST && sum < CALLS_LIMIT_NS; i++) {
		double started = 0, taken;

		if (!replace(subject, &started))
			return -1;
		taken = clock_own_ns() - started - clock_own_cost();
		sum += taken;
		longest = taken > longest ? taken : longest;
	}
	return longest;
}

const struct workload allocs[] = {
	{ .name = "alloc-4k-cold", .layout = &layout_fresh_pages, .limit_s = 60, .run = run_cold },
	{ .name = "alloc-4k", .layout = &layout_pages, .limit_s = 2, .run = run_4k },
	{ .name = "alloc-2m", .layout = &layout_frames, .limit_s = 2, .run = run_2m },
	{ .name = "alloc-mixed", .layout = &layout_mixed, .limit_s = 2, .run = run_mixed },
	{ .name = "alloc-worst",
	  .layout = &layout_fresh_mixed,
	  .most = 1,
	  .worst = true,
	  .limit_s = 60,
	  .run = run_worst },
	{ .name = NULL },
};

/* SPDX-License-Identifier: BSD-3-Clause */
/* Does a page overlap a mapping, and which? */

#include "bench.h"
#include "../unit/prng.h"

#define PAGE UINT64_C(4096)
#define BLOCK 256

/* From which of the slots: the first n are mapped, the other n are not. */
static bool prepare(struct subject *subject, size_t n_blocks, size_t first, size_t n)
{
	uint64_t *queries = subject_buffer(subject, n_blocks * BLOCK * sizeof *queries);

	for (size_t i = 0; queries && i < n_blocks * BLOCK; i++) {
		uint64_t number = prng_next(&subject->random);
		struct iova_mapping slot = slot_mapping(subject->slots[first + (number >> 8) % n]);
		uint64_t pages = (slot.range.last - slot.range.start) / PAGE + 1;

		queries[i] = slot.range.start + (number & 255) % pages * PAGE;
	}
	return queries;
}

static bool prepare_hits(struct subject *subject, size_t n_blocks)
{
	return prepare(subject, n_blocks, 0, subject->ground->n);
}

static bool prepare_misses(struct subject *subject, size_t n_blocks)
{
	return prepare(subject, n_blocks, subject->ground->n, subject->ground->n);
}

static bool prepare_both(struct subject *subject, size_t n_blocks)
{
	return prepare(subject, n_blocks, 0, 2 * subject->ground->n);
}

/* Queries that do not wait for each other. */
static double run(struct subject *subject, size_t n_blocks)
{
	const struct structure *structure = subject->structure;
	const uint64_t *query = subject->buffer;
	struct iova_mapping found = { 0 };
	double started = clock_own_ns();

	for (size_t block = 0; block < n_blocks; block++) {
		uint64_t sum = 0;

		for (size_t i = 0; i < BLOCK; i++, query++) {
			bool hit =
				structure->find(subject->object, *query, *query + PAGE - 1, &found);

			/* No branch here that only some of the structures have foretold. */
			sum += (digest(&found) + found.range.start) & -(uint64_t)hit;
			sum += !hit;
		}
		trail_note(&subject->trail, sum);
	}
	return (clock_own_ns() - started) / (double)(n_blocks * BLOCK);
}

/* Each query is known only when the one before it is answered. */
static double run_dependent(struct subject *subject, size_t n_blocks)
{
	static const volatile uint64_t nothing;
	const uint64_t none = nothing;
	const struct structure *structure = subject->structure;
	const uint64_t *query = subject->buffer;
	struct iova_mapping found = { 0 };
	double started = clock_own_ns();

	for (size_t block = 0; block < n_blocks; block++) {
		uint64_t sum = 0;

		for (size_t i = 0; i < BLOCK; i++, query++) {
			uint64_t page = *query | (found.vaddr & none);

			if (!structure->find(subject->object, page, page + PAGE - 1, &found))
				sum++;
			sum += digest(&found) + found.range.start;
		}
		trail_note(&subject->trail, sum);
	}
	return (clock_own_ns() - started) / (double)(n_blocks * BLOCK);
}

const struct workload lookups[] = {
	{ .name = "lookup-hit",
	  .layout = &layout_slots,
	  .most = 2048,
	  .limit_s = 2,
	  .prepare = prepare_hits,
	  .run = run },
	{ .name = "lookup-miss",
	  .layout = &layout_slots,
	  .most = 2048,
	  .limit_s = 2,
	  .prepare = prepare_misses,
	  .run = run },
	{ .name = "lookup-mix",
	  .layout = &layout_slots,
	  .most = 2048,
	  .limit_s = 2,
	  .prepare = prepare_both,
	  .run = run },
	{ .name = "lookup-dependent",
	  .layout = &layout_slots,
	  .most = 2048,
	  .limit_s = 2,
	  .prepare = prepare_hits,
	  .run = run_dependent },
	{ .name = NULL },
};

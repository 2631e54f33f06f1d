/* SPDX-License-Identifier: BSD-3-Clause */
/* A structure with a layout in it, and whether it did what the others did. */

#include "bench.h"
#include "../unit/prng.h"
#include <stdlib.h>
#include <string.h>

#define FILL_LIMIT_NS 30e9
#define AUDITED 65536

void trail_note(struct trail *trail, uint64_t result)
{
	uint64_t mixed = trail->hash ^ result;

	trail->hash = prng_next(&mixed);
	trail->n++;
	if (!(trail->n & (trail->n - 1)))
		trail->at[__builtin_ctzll(trail->n)] = trail->hash;
}

bool trail_agrees(const struct trail *a, const struct trail *b)
{
	uint64_t n = a->n < b->n ? a->n : b->n;

	return !n || a->at[63 - __builtin_clzll(n)] == b->at[63 - __builtin_clzll(n)];
}

bool wrong(struct subject *subject, const char *fault)
{
	subject->fault = fault;
	return false;
}

/* Empty, with all that the layout's searches want kept up. */
bool subject_renew(struct subject *subject)
{
	const struct structure *structure = subject->structure;

	if (subject->object)
		structure->drop(subject->object);
	subject->object = structure->make();
	if (!subject->object)
		return wrong(subject, "no memory");
	for (const uint64_t *align = subject->ground->layout->aligns; structure->learn && *align;
	     align++)
		if (!structure->learn(subject->object, *align))
			return wrong(subject, "no memory");
	return true;
}

bool subject_fill(struct subject *subject)
{
	const struct ground *ground = subject->ground;
	double started = clock_own_ns();

	for (size_t i = 0; i < ground->n_maps; i++) {
		if (!subject->structure->insert(subject->object, &ground->maps[i]))
			return wrong(subject, "an insert of the layout failed");
		if (i % 1024 == 1023 && clock_own_ns() - started > FILL_LIMIT_NS) {
			subject->left = "filling it takes more than 30 s";
			return false;
		}
	}
	return true;
}

static bool copy_state(struct subject *subject)
{
	const struct ground *ground = subject->ground;

	subject->head = 0;
	if (ground->slots) {
		subject->slots = calloc(2 * ground->n, sizeof *subject->slots);
		if (!subject->slots)
			return wrong(subject, "no memory");
		memcpy(subject->slots, ground->slots, 2 * ground->n * sizeof *subject->slots);
	}
	subject->live = calloc(ground->n_maps, sizeof *subject->live);
	if (!subject->live)
		return wrong(subject, "no memory");
	memcpy(subject->live, ground->maps, ground->n_maps * sizeof *subject->live);
	return true;
}

bool subject_begin(struct subject *subject, const struct structure *structure,
		   const struct ground *ground)
{
	*subject = (struct subject){ .structure = structure, .ground = ground };
	return copy_state(subject) && subject_renew(subject) &&
	       (!ground->layout->filled || subject_fill(subject));
}

void subject_finish(struct subject *subject)
{
	if (subject->object)
		subject->structure->drop(subject->object);
	free(subject->slots);
	free(subject->live);
	free(subject->buffer);
	free(subject->samples);
	memset(subject, 0, sizeof *subject);
}

void *subject_buffer(struct subject *subject, size_t bytes)
{
	if (bytes > subject->buffer_bytes) {
		free(subject->buffer);
		/* Touched, so that no page fault is timed. */
		subject->buffer = malloc(bytes);
		subject->buffer_bytes = subject->buffer ? bytes : 0;
		if (subject->buffer)
			memset(subject->buffer, 1, bytes);
		else
			wrong(subject, "no memory");
	}
	return subject->buffer;
}

bool subject_holds(struct subject *subject, const struct iova_mapping *mapping)
{
	struct iova_mapping found;

	if (!subject->structure->find(subject->object, mapping->range.start, mapping->range.last,
				      &found))
		return wrong(subject, "a mapping is not found");
	if (found.range.start != mapping->range.start || found.range.last != mapping->range.last ||
	    found.vaddr != mapping->vaddr || found.access != mapping->access)
		return wrong(subject, "another mapping is found");
	return true;
}

/* Whether what should be there is, and what should not is not. */
bool subject_audit(struct subject *subject)
{
	const struct ground *ground = subject->ground;
	size_t step = 1 + ground->n_maps / AUDITED;
	struct iova_mapping mapping;

	if (!ground->layout->filled || subject->structure->only_pairs)
		return true;
	for (size_t i = 0; i < ground->n_maps; i += step) {
		mapping = subject->live[i];
		if (ground->layout == &layout_ring)
			mapping = ring_mapping(ground, subject->head + i);
		if (ground->slots)
			mapping = slot_mapping(subject->slots[i]);
		if (!subject_holds(subject, &mapping))
			return false;
		if (!ground->slots)
			continue;
		mapping = slot_mapping(subject->slots[ground->n + i]);
		if (subject->structure->find(subject->object, mapping.range.start,
					     mapping.range.last, &mapping))
			return wrong(subject, "what is not mapped is found");
	}
	return true;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tree-cost PATH: how many nodes a search for room looks at, in tables that are made to be
 * searched in vain. It must not be more than a few of each level, whatever is asked.
 */
#include "expect.h"
#include "prng.h"
#include "tap.h"
#include "visits.h"

#include <stdio.h>

#define N_MAPPINGS 12000
#define N_QUESTIONS 20000

/* One way down along an edge of the window, one to what fits, one to what is beyond the window. */
#define PER_LEVEL 3

static const uint64_t aligns[] = { 1, 4096, 16384, 1 << 21, 1 << 30, 1ull << 63 };
#define N_ALIGNS (sizeof aligns / sizeof *aligns)

static const struct walk_path *path;
static struct iova_table table;
static uint64_t seed;
static struct {
	struct iova_range window;
	uint64_t length, align;
	bool down;
	unsigned long visits;
} asked, worst;

static uint64_t below(uint64_t n)
{
	return prng_next(&seed) % n;
}

void tap_explain(void)
{
	printf("# %s %#llx at %#llx in %#llx-%#llx: %lu nodes, %zu mappings, height %u\n",
	       asked.down ? "down" : "up", (unsigned long long)asked.length,
	       (unsigned long long)asked.align, (unsigned long long)asked.window.start,
	       (unsigned long long)asked.window.last, asked.visits, iova_table_count_(&table),
	       table.height);
}

static bool ask(void)
{
	uint64_t start;
	bool found;

	tree_visits = 0;
	found = asked.down ? iova_table_fit_down_(&table, &asked.window, asked.length, asked.align,
						  &start) :
			     iova_table_fit_up_(&table, &asked.window, asked.length, asked.align,
						&start);
	asked.visits = tree_visits;
	return found;
}

static void insert(uint64_t start, uint64_t last)
{
	struct iova_mapping mapping = { .range = { start, last } };

	EXPECT(!iova_table_insert_(&table, &mapping));
}

/* The shapes of gaps: the i-th mapping lies in the i-th slot of so many bytes. */
struct gaps {
	const char *name;
	uint64_t slot;
	struct iova_range (*mapping)(uint64_t i); /* within its slot */
};

/* 12 KiB are free between two, a page less than is asked for most. */
static struct iova_range too_small(uint64_t i)
{
	(void)i;
	return (struct iova_range){ 0, 4095 };
}

/* Nearly 4 MiB are free, and never 2 MiB from a multiple of that on. */
static struct iova_range never_aligned(uint64_t i)
{
	(void)i;
	return (struct iova_range){ (2 << 20) - 4096, (2 << 20) + 4095 };
}

/* Touching: nothing is free at all. */
static struct iova_range without_any(uint64_t i)
{
	(void)i;
	return (struct iova_range){ 0, 4095 };
}

/* What is known of a node leads to one of few gaps, and there the window ends. */
#define FEW 97

static struct iova_range with_few(uint64_t i)
{
	return (struct iova_range){ 0, i % FEW ? 4095 : 1023 };
}

static struct iova_range with_three(uint64_t i)
{
	return (struct iova_range){ 0, i % (40 * FEW) ? 4095 : 1023 };
}

static struct iova_range at_random(uint64_t i)
{
	uint64_t start = below(1 << (i % 23)), length = 1 + below(1 << (i / 7 % 23));

	return (struct iova_range){ start, start + (length - 1) };
}

/* Ever larger, so that the best is always at the other side. */
static struct iova_range growing(uint64_t i)
{
	return (struct iova_range){ 0, (uint64_t)N_MAPPINGS * 4096 - i * 2048 };
}

static const struct gaps shapes[] = {
	{ "gaps that are too small by one", 16384, too_small },
	{ "gaps that are large and never aligned", 4 << 20, never_aligned },
	{ "no gaps", 4096, without_any },
	{ "few gaps", 4096, with_few },
	{ "three gaps", 4096, with_three },
	{ "gaps at random", 1 << 24, at_random },
	{ "gaps that grow", (uint64_t)N_MAPPINGS * 4096 + 1, growing },
};

/* They come in disorder, so that no node is as another. */
static void fill(const struct gaps *gaps)
{
	const uint64_t n = N_MAPPINGS, step = 7919; /* a prime that does not divide n */

	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = i * step % n;
		struct iova_range range = gaps->mapping(at);

		insert((at + 1) * gaps->slot + range.start, (at + 1) * gaps->slot + range.last);
	}
}

static uint64_t some_length(const struct gaps *gaps)
{
	static const uint64_t lengths[] = { 1,       4096,          8192,    12288,
					    12289,   16384,         1 << 21, (1 << 21) + 1,
					    4 << 20, (4 << 20) + 1, 1 << 30 };

	switch (below(3)) {
	case 0:
		return 1 + below(2 * gaps->slot);
	case 1:
		return gaps->slot - below(4) * 4096 + below(3) - 1;
	default:
		return lengths[below(sizeof lengths / sizeof *lengths)];
	}
}

static uint64_t some_gap(const struct gaps *gaps)
{
	uint64_t far = below(2) ? FEW : 40 * FEW;

	return gaps->slot * (1 + far * below(N_MAPPINGS / far)) + below(gaps->slot);
}

/* Within what is mapped, so that what is free on either side of it does not end the search. */
static struct iova_range some_window(const struct gaps *gaps)
{
	uint64_t first = gaps->slot, space = gaps->slot * N_MAPPINGS;
	uint64_t a = first + below(space), b = first + below(space);

	if (!below(3))
		a = some_gap(gaps);
	if (!below(3))
		b = some_gap(gaps);
	if (!below(3))
		a = first;
	if (!below(3))
		b = first + space - 1;
	return a < b ? (struct iova_range){ a, b } : (struct iova_range){ b, a };
}

static void ask_at_random(const struct gaps *gaps)
{
	asked.window = some_window(gaps);
	asked.length = some_length(gaps);
	asked.length += !asked.length;
	asked.align = aligns[below(N_ALIGNS)];
	asked.down = below(2);
	(void)ask();
	EXPECT(asked.visits <= PER_LEVEL * (table.height + 1));
	if (asked.visits > worst.visits)
		worst = asked;
}

static void searches_are_short(const struct gaps *gaps)
{
	tap_begin(gaps->name);
	seed = 0xc057;
	worst = (__typeof__(worst)){ 0 };
	iova_table_init_with_(&table, path->ops);
	for (size_t i = 0; i < N_ALIGNS; i++)
		EXPECT(!iova_table_learn_(&table, aligns[i]));
	fill(gaps);
	for (int i = 0; i < N_QUESTIONS; i++)
		ask_at_random(gaps);
	EXPECT(worst.visits > 0);
	printf("# at most %lu nodes of %u levels\n", worst.visits, table.height + 1);
	tap_passed();
	iova_table_done_(&table);
}

/* The first search at an alignment walks: the counter is no dummy. The next one does not. */
static void an_insert_learns(void)
{
	tap_begin("an alignment is learned by the insert behind the first search");
	iova_table_init_with_(&table, path->ops);
	fill(&shapes[0]);
	for (size_t i = 0; i < N_ALIGNS; i++) {
		asked = (__typeof__(asked)){ .window = { 16384, 16384ull * N_MAPPINGS },
					     .length = 12289,
					     .align = aligns[i],
					     .down = i & 1 };
		EXPECT(!ask());
		EXPECT(i || asked.visits > N_MAPPINGS / TREE_WIDTH);
		insert(i, i);
		EXPECT(!ask());
		EXPECT(asked.visits <= PER_LEVEL * (table.height + 1));
	}
	tap_passed();
	iova_table_done_(&table);
}

int main(int argc, char **argv)
{
	const size_t n_shapes = sizeof shapes / sizeof *shapes;

	path = tap_start(argc, argv, n_shapes + 1);
	for (size_t i = 0; i < n_shapes; i++)
		searches_are_short(&shapes[i]);
	an_insert_learns();
	return 0;
}

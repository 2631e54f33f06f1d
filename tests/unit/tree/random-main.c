/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tree-random PATH [ROUNDS [SEED]]: a table of mappings beside its model, in each of the ways of
 * modes.c.
 */
#include "expect.h"
#include "modes.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_ALIGNS 64

struct run {
	const struct walk_path *path;
	struct chooser chooser;
	struct life life;
	uint64_t aligns[MAX_ALIGNS]; /* that are asked for */
	unsigned int n_aligns;
};

static struct run run;
static uint64_t seed_now;
static unsigned long reached[N_EVENTS][EVENT_LEVELS];

void tap_explain(void)
{
	printf("# seed %#llx, change %lu, %zu mappings\n", (unsigned long long)seed_now,
	       run.life.changes, run.life.model.n);
}

static uint64_t an_align(void)
{
	return run.aligns[below(&run.chooser, run.n_aligns)];
}

static void ask(void)
{
	struct chooser *chooser = &run.chooser;
	struct model_wish wish;
	struct iova_range range;

	switch (below(chooser, 4)) {
	case 0:
		life_find(&run.life, some_address(chooser));
		break;
	case 1:
		range = some_window(chooser);
		life_select(&run.life, &range);
		break;
	default:
		wish = (struct model_wish){ .window = some_window(chooser),
					    .length = some_length(chooser),
					    .align = an_align(),
					    .down = below(chooser, 2) };
		life_fit(&run.life, &wish);
	}
}

static void change(unsigned int of_ten_insert)
{
	struct chooser *chooser = &run.chooser;
	const struct model *model = &run.life.model;
	struct iova_range range;

	if (!below(chooser, 150)) {
		life_learn(&run.life, an_align());
	} else if (!model->n || below(chooser, 10) < of_ten_insert) {
		range = chooser->mode->range(chooser);
		life_insert(&run.life, &range);
	} else if (!below(chooser, 20)) {
		life_remove(&run.life, some_address(chooser));
	} else if (!below(chooser, 300)) {
		range = some_span(chooser);
		life_remove_all(&run.life, &range);
	} else {
		const struct iova_mapping *gone = &model->at[chooser->mode->victim(chooser)];

		life_remove(&run.life, below(chooser, 2) ? gone->range.start : gone->range.last);
	}
	ask();
}

static void keep_events(void)
{
	for (int i = 0; i < N_EVENTS; i++)
		for (int level = 0; level < EVENT_LEVELS; level++)
			reached[i][level] += run.life.events.n[i][level];
}

/* Up to n mappings, some coming and going, down to none; and in between all at once. */
static void one_life(const struct mode *mode, uint64_t seed, size_t n)
{
	const struct model *model = &run.life.model;

	seed_now = seed;
	life_begin(&run.life, run.path);
	chooser_begin(&run.chooser, mode, model, seed, n);
	run.n_aligns = below(&run.chooser, 8) ? 1 + (unsigned int)below(&run.chooser, 6) :
						MAX_ALIGNS;
	for (unsigned int i = 0; i < run.n_aligns; i++)
		run.aligns[i] = run.n_aligns == MAX_ALIGNS ? 1ull << i : some_align(&run.chooser);
	for (size_t i = 0; i < 2 * n && model->n < n; i++)
		change(9);
	for (size_t i = 0; i < n; i++)
		change(5);
	life_rebuild(&run.life, model->n - below(&run.chooser, model->n + 1) / 4);
	for (size_t i = 0; i < n / 2; i++)
		change(4);
	while (model->n)
		change(1);
	for (size_t i = 0; i < n / 4; i++)
		change(9);
	life_clear(&run.life);
	change(9);
	keep_events();
	life_done(&run.life);
}

/* Every alignment there is, in tables of n mappings: before any, in the middle and afterwards. */
static void learn_all(size_t n)
{
	const struct model *model = &run.life.model;
	unsigned int learned = 0;

	seed_now = n;
	life_begin(&run.life, run.path);
	chooser_begin(&run.chooser, &modes[0], model, n, n + 1);
	for (unsigned int i = 0; i < MAX_ALIGNS; i++)
		run.aligns[i] = 1ull << (i * 37 + 12) % 64;
	while (model->n < n || learned < MAX_ALIGNS) {
		if (learned < MAX_ALIGNS && learned * n <= model->n * MAX_ALIGNS)
			life_learn(&run.life, run.aligns[learned++]);
		run.n_aligns = learned;
		if (model->n < n) {
			struct iova_range range = modes[0].range(&run.chooser);

			life_insert(&run.life, &range);
		}
		ask();
	}
	life_check(&run.life);
	keep_events();
	life_done(&run.life);
}

/* Higher levels of wide nodes would take more mappings than a model of loops can bear. */
static bool within_reach(int level)
{
	return level < 2 || TREE_WIDTH <= 8;
}

static void all_was_reached(void)
{
	tap_begin("each kind of change came at each level");
	for (int i = 0; i < N_EVENTS; i++) {
		printf("# %-26s", event_name((enum event)i));
		for (int level = 0; level < EVENT_LEVELS; level++)
			printf(" %8lu", reached[i][level]);
		printf("\n");
	}
	for (int i = 0; i < N_EVENTS; i++)
		for (int level = 0; level < EVENT_LEVELS; level++)
			EXPECT(reached[i][level] || !within_reach(level));
	tap_passed();
}

int main(int argc, char **argv)
{
	unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 0) : 1, n_modes = 0;
	uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 0) : 0x7ee;

	while (modes[n_modes].name)
		n_modes++;
	run.path = tap_start(argc, argv, n_modes + 2);
	for (const struct mode *mode = modes; mode->name; mode++) {
		tap_begin(mode->name);
		for (unsigned long i = 0; i < rounds; i++) {
			one_life(mode, seed++, 3);
			one_life(mode, seed++, TREE_WIDTH + 1);
			one_life(mode, seed++, 6 * TREE_WIDTH);
			one_life(mode, seed++, 800 + 2 * TREE_WIDTH * TREE_WIDTH);
		}
		tap_passed();
	}
	tap_begin("alignments learned one by one");
	for (size_t n = 0; n < 2000; n = n * 3 + 1)
		learn_all(n);
	tap_passed();
	all_was_reached();
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tree-beside PATH: searches during which the table changes, as if a writer of another thread had
 * its turn just there. What is answered must have been right before the change or behind it.
 * Where a search can be interrupted so is the code's own choice, by TREE_VISIT().
 */
#include "expect.h"
#include "modes.h"
#include "tap.h"
#include "visits.h"

#include <stdio.h>

#define ROUNDS 200

enum question { FIND, FIT_UP, FIT_DOWN, N_QUESTIONS };

static const char *const sentences[N_QUESTIONS] = {
	[FIND] = "what is found beside a writer was there",
	[FIT_UP] = "the lowest room beside a writer was there",
	[FIT_DOWN] = "the highest room beside a writer was there",
};

struct answer {
	bool found;
	uint64_t start, vaddr;
};

static struct {
	const struct walk_path *path;
	struct life life;
	struct chooser chooser;
	enum question question;
	uint64_t address;
	struct model_wish wish;
	unsigned long until; /* so many visits more the writer comes */
	unsigned int times;  /* and so often */
	unsigned long came;
	struct answer given, before, after;
} run;

static void tell(const char *when, const struct answer *answer)
{
	printf("# %s: %s %#llx, %#llx\n", when, answer->found ? "found" : "nothing",
	       (unsigned long long)answer->start, (unsigned long long)answer->vaddr);
}

void tap_explain(void)
{
	printf("# seed %#llx, change %lu, %zu mappings\n", (unsigned long long)run.chooser.seed,
	       run.life.changes, run.life.model.n);
	tell("before", &run.before);
	tell("given", &run.given);
	tell("after", &run.after);
}

static struct answer ask_table(void)
{
	const struct iova_table *table = &run.life.table;
	const struct model_wish *wish = &run.wish;
	struct answer answer = { 0 };
	struct iova_mapping mapping;

	if (run.question == FIND) {
		answer.found = iova_table_find_(table, run.address, &mapping);
		if (answer.found)
			answer = (struct answer){ true, mapping.range.start, mapping.vaddr };
	} else if (run.question == FIT_UP) {
		answer.found = iova_table_fit_up_(table, &wish->window, wish->length, wish->align,
						  &answer.start);
	} else {
		answer.found = iova_table_fit_down_(table, &wish->window, wish->length, wish->align,
						    &answer.start);
	}
	return answer;
}

static struct answer ask_model(void)
{
	const struct model *model = &run.life.model;
	struct answer answer = { 0 };
	size_t i = model_find(model, run.address);

	if (run.question == FIND) {
		if (i < model->n)
			answer = (struct answer){ true, model->at[i].range.start,
						  model->at[i].vaddr };
	} else {
		answer.found = model_fit(model, &run.wish, &answer.start);
	}
	return answer;
}

static bool same(const struct answer *a, const struct answer *b)
{
	return a->found == b->found && a->start == b->start && a->vaddr == b->vaddr;
}

/* What would have been the answer is gone, or taken. */
static void spoil(void)
{
	struct answer answer = ask_model();
	struct iova_range range = { answer.start, answer.start };

	if (!answer.found)
		return;
	if (run.question == FIND)
		life_remove(&run.life, answer.start);
	else
		life_insert(&run.life, &range);
}

/* Enough for nodes to come and go, all around or in one place. */
static void change_much(bool insert)
{
	struct chooser *chooser = &run.chooser;
	const struct model *model = &run.life.model;
	size_t first = model->n ? below(chooser, model->n) : 0;

	for (int i = 0; i < 2 * TREE_WIDTH; i++) {
		if (insert) {
			struct iova_range range = chooser->mode->range(chooser);

			life_insert(&run.life, &range);
		} else if (first < model->n) {
			life_remove(&run.life, model->at[first].range.start);
		}
	}
}

static void change(void)
{
	struct life *life = &run.life;

	switch (below(&run.chooser, 8)) {
	case 0:
		life_clear(life);
		break;
	case 1:
		life_rebuild(life, life->model.n - life->model.n / 3);
		break;
	case 2:
		life_learn(life, 1ull << below(&run.chooser, 64));
		break;
	case 3:
	case 4:
		change_much(below(&run.chooser, 2));
		break;
	default:
		spoil();
		break;
	}
}

static void write_now(void)
{
	if (run.until--)
		return;
	tree_on_visit = NULL;
	change();
	run.came++;
	if (--run.times) {
		run.until = 0;
		tree_on_visit = write_now;
	}
}

/* Interrupted at the n-th visit. False if the search does not look at that many nodes. */
static bool ask_with_writer_at(unsigned long n)
{
	struct chooser *chooser = &run.chooser;
	unsigned long came = run.came;

	run.address = some_address(chooser);
	run.wish = (struct model_wish){ .window = some_window(chooser),
					.length = some_length(chooser),
					.align = some_align(chooser) };
	run.wish.down = run.question == FIT_DOWN;
	run.before = ask_model();
	run.until = n;
	run.times = 1 + (unsigned int)below(chooser, 2);
	tree_on_visit = write_now;
	run.given = ask_table();
	tree_on_visit = NULL;
	run.after = ask_model();
	EXPECT(same(&run.given, &run.after) ||
	       (same(&run.given, &run.before) && run.came == came + 1));
	return run.came > came;
}

static void fill(size_t n)
{
	for (size_t tries = 0; run.life.model.n < n; tries++) {
		struct iova_range range = run.chooser.mode->range(&run.chooser);

		/* What is left of another mode may take all the room there is for this one. */
		if (tries == 64 * n)
			life_clear(&run.life);
		life_insert(&run.life, &range);
	}
}

static void answers_were_true(enum question question)
{
	run.came = 0;
	tap_begin(sentences[question]);
	run.question = question;
	for (uint64_t round = 0; round < ROUNDS; round++) {
		size_t n = round < 8 ? round : below(&run.chooser, 12 * TREE_WIDTH);

		chooser_begin(&run.chooser, &modes[round % 4], &run.life.model, round, n + 1);
		for (unsigned long at = 0; at < 24; at++) {
			fill(n);
			if (!ask_with_writer_at(at))
				at = at > 2 ? 24 : at;
		}
	}
	EXPECT(run.came > ROUNDS);
	printf("# %lu times\n", run.came);
	tap_passed();
}

/* In the place of the library's: the writer goes on, and is done. */
void __wrap_iova_pause_(unsigned int attempt);
void __wrap_iova_pause_(unsigned int attempt)
{
	(void)attempt;
	run.life.table.height = 0;
	run.life.table.turn++;
	run.came++;
}

/* A root that is a leaf or none, and a height that says otherwise: so it may look for a moment. */
static void readers_of_few_wait(size_t n)
{
	life_done(&run.life);
	life_begin(&run.life, run.path);
	chooser_begin(&run.chooser, &modes[0], &run.life.model, 1, 100);
	fill(n);
	for (int question = 0; question < N_QUESTIONS; question++) {
		unsigned long came = run.came;

		run.question = (enum question)question;
		run.address = 0;
		run.wish = (struct model_wish){ .window = { 1, UINT64_MAX },
						.length = 100 * GRANULE,
						.align = 1,
						.down = question == FIT_DOWN };
		run.before = run.after = ask_model();
		run.life.table.height = 7;
		run.life.table.turn++;
		run.given = ask_table();
		EXPECT(run.came == came + 1);
		EXPECT(same(&run.given, &run.before));
	}
}

static void readers_wait(void)
{
	tap_begin("a reader waits for a change that is under way");
	readers_of_few_wait(3);
	readers_of_few_wait(0);
	tap_passed();
}

int main(int argc, char **argv)
{
	run.path = tap_start(argc, argv, N_QUESTIONS + 1);
	life_begin(&run.life, run.path);
	run.life.look_at_all = 0;
	for (int question = 0; question < N_QUESTIONS; question++)
		answers_were_true((enum question)question);
	readers_wait();
	life_done(&run.life);
	return 0;
}

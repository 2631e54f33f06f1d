/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A space is told things while others ask it: each answer has to be that of one of the states
 * which the space goes through, so first all of them are asked everything.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "made-host.h"
#include "prng.h"
#include "set-help.h"
#include "space-help.h"

#define N_READERS 3
#define ROUNDS 3000

#define RESERVED RANGE(8 * MIB, 9 * MIB - 1)

/* A state is one number of mixed digits, one for each thing that a space can be told. */
enum { GROUP_1, GROUP_2, RESERVATION, MODE, WIDTH, LIST, GRANULE, N_DIGITS };
static const uint32_t radix[N_DIGITS] = { 2, 2, 2, 3, 2, 3, 2 };
#define N_STATES (2 * 2 * 2 * 3 * 2 * 3 * 2)

static const uint32_t modes[] = { IOVA_POLICY_STRICT, IOVA_POLICY_WARN, IOVA_POLICY_RELAXED };

static struct made_host made;

struct lists {
	struct iova_set *sets[3];
	struct iova_policy *policies[3];
};

static int tell_group(struct iova_space *space, uint32_t group, uint32_t digit,
		      struct iova_change *change)
{
	return digit ? iova_space_add_group(space, &made.host, group, change) :
		       iova_space_remove_group(space, group, change);
}

static int tell(struct iova_space *space, const struct lists *lists, int what, uint32_t digit,
		struct iova_change *change)
{
	switch (what) {
	case GROUP_1:
		return tell_group(space, 1, digit, change);
	case GROUP_2:
		return tell_group(space, 2, digit, change);
	case RESERVATION:
		return digit ? iova_space_reserve(space, RESERVED, "firmware", change) :
			       iova_space_unreserve(space, RESERVED, change);
	case MODE:
		return iova_space_set_policy(space, lists->policies[digit], change);
	case WIDTH:
		return iova_space_set_width(space, digit ? 33 : 0, change);
	case LIST:
		return iova_space_set_kernel(space, digit ? IOVA_LIST_RANGES : IOVA_LIST_NONE,
					     lists->sets[digit], change);
	default:
		return iova_space_set_granule(space, digit ? 65536 : 4096, change);
	}
}

/* FNV-1a, of numbers. */
static uint64_t add(uint64_t hash, uint64_t number)
{
	return (hash ^ number) * 0x100000001b3;
}

static uint64_t add_range(uint64_t hash, const struct iova_range *range)
{
	return add(add(hash, range->start), range->last);
}

static uint64_t add_text(uint64_t hash, const char *text)
{
	while (*text)
		hash = add(hash, (unsigned char)*text++);
	return add(hash, 0);
}

static uint64_t add_conflict(uint64_t hash, const struct iova_conflict *c)
{
	hash = add_range(add_range(hash, &c->range), &c->region);
	hash = add(add(add(hash, c->source), c->type), c->verdict);
	return add(add_text(add_text(add(hash, c->group), c->device), c->word), c->vaddr);
}

static uint64_t add_set(uint64_t hash, const struct iova_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		hash = add_range(hash, &set->ranges[i]);
	return add(hash, set->n);
}

static const struct iova_range asked[] = {
	{ 0, 0xffff },
	{ MIB, 2 * MIB - 1 },            /* relaxable, and half of it mapped */
	{ 0, 64 * MIB - 1 },             /* of everything some */
	{ 8 * MIB, 8 * MIB + 0xffff },   /* reserved */
	{ 0xfee00000, 0xfee0ffff },      /* msi */
	{ 0xf0000000, 0x10fffffff },     /* around it */
	{ 6 * GIB, 6 * GIB + 0xffff },   /* free in one list */
	{ 16 * GIB, 16 * GIB + 0xffff }, /* above the narrow width */
	{ LAST_PAGE - 0xf000, TOP },
	{ 0x1000, 0x1fff }, /* half a granule, at times */
};
#define N_ASKED (sizeof asked / sizeof *asked)

static const struct iova_alloc_opts looks[] = {
	{ .size = sizeof looks[0] },
	{ .size = sizeof looks[0], .flags = IOVA_ALLOC_TOP_DOWN },
	{ .size = sizeof looks[0],
	  .flags = IOVA_ALLOC_NO_AVOID,
	  .align = MIB,
	  .window = { 8 * MIB, 16 * MIB - 1 } },
	{ .size = sizeof looks[0], .flags = IOVA_ALLOC_AVOIDED, .window = { MIB, 16 * MIB - 1 } },
	{ .size = sizeof looks[0], .window = { MIB, 2 * MIB - 1 } },
};
#define N_LOOKS (sizeof looks / sizeof *looks)
#define N_SEGMENTS 12
#define N_REASONS 2

static uint64_t ask_check(const struct iova_space *space, const struct iova_range *range)
{
	struct iova_check check = { .size = sizeof check };
	struct iova_conflict conflicts[4];
	int r = iova_space_check(space, range->start, range->last - range->start + 1, &check,
				 conflicts, 4);
	uint64_t hash = add(add(add(r, check.verdict), check.flags), check.n_conflicts);

	for (size_t i = 0; i < check.n_conflicts && i < 4; i++)
		hash = add_conflict(hash, &conflicts[i]);
	return add_range(add_range(hash, &check.fit_below), &check.fit_above);
}

static uint64_t ask_alloc(const struct iova_space *space, const struct iova_alloc_opts *opts)
{
	uint64_t iova = 0;
	int r = iova_space_alloc(space, 0x20000, opts, &iova);

	return add(add(0, r), iova);
}

static uint64_t ask_segment(const struct iova_space *space, size_t i)
{
	struct iova_segment segment = { .tier = 0 };
	int r = iova_space_nth_segment(space, i, &segment);

	return add(add(add_range(r, &segment.range), segment.tier), segment.n_reasons);
}

static uint64_t ask_reason(const struct iova_space *space, size_t i)
{
	struct iova_conflict reason = { .group = 0 };
	int r = iova_space_nth_reason(space, i / N_REASONS, i % N_REASONS, &reason);

	return add_conflict(r, &reason);
}

static uint64_t ask_tier(const struct iova_space *space, uint32_t tier, struct iova_set *scratch)
{
	return add_set(iova_space_read_tier(space, tier, scratch), scratch);
}

static uint64_t ask_kernel(const struct iova_space *space, struct iova_set *scratch)
{
	uint32_t list = 7;
	int r = iova_space_read_kernel(space, &list, scratch);

	return add_set(add(r, list), scratch);
}

static uint64_t ask_groups(const struct iova_space *space)
{
	uint32_t groups[2] = { 0 };
	size_t n = iova_space_read_groups(space, groups, 2);

	return add(add(n, groups[0]), groups[1]);
}

static uint64_t ask_mappings(const struct iova_space *space)
{
	struct iova_mapping mapping = { .access = 0 };
	int r = iova_space_find(space, 2 * MIB, &mapping);

	return add(add_range(r, &mapping.range), iova_space_count(space));
}

#define N_QUESTIONS (8 + N_ASKED + N_LOOKS + N_SEGMENTS + N_SEGMENTS * N_REASONS)

static uint64_t ask(const struct iova_space *space, size_t i, struct iova_set *scratch)
{
	if (i == 0)
		return iova_space_granule(space);
	if (i == 1)
		return (uint64_t)iova_space_top_known(space);
	if (i == 2)
		return ask_groups(space);
	if (i == 3)
		return ask_kernel(space, scratch);
	if (i == 4)
		return ask_mappings(space);
	if (i < 8)
		return ask_tier(space, IOVA_TIER_USABLE + (uint32_t)i - 5, scratch);
	i -= 8;
	if (i < N_ASKED)
		return ask_check(space, &asked[i]);
	i -= N_ASKED;
	if (i < N_LOOKS)
		return ask_alloc(space, &looks[i]);
	i -= N_LOOKS;
	return i < N_SEGMENTS ? ask_segment(space, i) : ask_reason(space, i - N_SEGMENTS);
}

struct scene {
	struct iova_space *space;
	struct lists lists;
	uint32_t digits[N_DIGITS]; /* the writer's */
	uint64_t answers[N_QUESTIONS][N_STATES];
	_Atomic bool over;
};

/* Becomes another state, with a report or without. Threads may not assert. */
static int go(struct scene *scene, uint32_t state, struct iova_change *change)
{
	int wrong = 0;

	for (int what = 0; what < N_DIGITS; what++) {
		uint32_t digit = state % radix[what];

		state /= radix[what];
		if (digit == scene->digits[what])
			continue;
		wrong += tell(scene->space, &scene->lists, what, digit, change) != 0;
		scene->digits[what] = digit;
	}
	return wrong;
}

static struct scene *new_scene(void)
{
	struct scene *scene = calloc(1, sizeof *scene);
	struct iova_set *scratch = set_of({ 0, 0 });

	assert_non_null(scene);
	made_begin(&made);
	made_plain_group(&made, 1);
	made_region(&made, MIB, 2 * MIB - 1, IOVA_REGION_DIRECT_RELAXABLE);
	made_plain_group(&made, 2);
	made_region(&made, 0xfee00000, 0xfeefffff, IOVA_REGION_MSI);
	scene->space = space_of(0, 0, modes[0]);
	scene->lists.sets[1] = set_of({ 0, 0xfedfffff }, { 0xfef00000, 0x7fffffffff });
	scene->lists.sets[2] = set_of({ 0, 5 * GIB - 1 }, { 7 * GIB, 0x7fffffffffff });
	for (int i = 0; i < 3; i++)
		scene->lists.policies[i] = policy_of(modes[i]);
	record_mapping(scene->space, MIB, MIB + 0x7ffff);
	record_mapping(scene->space, 8 * GIB, 9 * GIB - 1);
	for (uint32_t state = 0; state < N_STATES; state++) {
		assert_int_equal(go(scene, state, NULL), 0);
		for (size_t i = 0; i < N_QUESTIONS; i++)
			scene->answers[i][state] = ask(scene->space, i, scratch);
	}
	iova_set_free(scratch);
	return scene;
}

static void end_scene(struct scene *scene)
{
	for (int i = 0; i < 3; i++) {
		iova_set_free(scene->lists.sets[i]);
		iova_policy_free(scene->lists.policies[i]);
	}
	iova_space_free(scene->space);
	free(scene);
}

struct reader {
	pthread_t thread;
	struct scene *scene;
	struct iova_set *scratch;
	uint64_t random;
	size_t n_asked;
	size_t wrong; /* question + 1 */
};

static bool is_answer(const struct scene *scene, size_t question, uint64_t answer)
{
	for (size_t i = 0; i < N_STATES; i++)
		if (scene->answers[question][i] == answer)
			return true;
	return false;
}

static void *read_on(void *arg)
{
	struct reader *reader = arg;

	do {
		size_t question = prng_next(&reader->random) % N_QUESTIONS;
		uint64_t answer = ask(reader->scene->space, question, reader->scratch);

		if (!is_answer(reader->scene, question, answer))
			reader->wrong = question + 1;
		if (++reader->n_asked % 16 == 0)
			sched_yield();
	} while (!atomic_load_explicit(&reader->scene->over, memory_order_relaxed));
	return NULL;
}

static void *write_on(void *arg)
{
	struct scene *scene = arg;
	uint64_t random = 1;
	uintptr_t wrong = 0;
	struct iova_change *change;

	if (iova_change_new(&change) < 0)
		return (void *)1;
	for (int i = 0; i < ROUNDS; i++)
		wrong += go(scene, (uint32_t)(prng_next(&random) % N_STATES),
			    i & 1 ? change : NULL) != 0;
	iova_change_free(change);
	atomic_store(&scene->over, true);
	return (void *)wrong;
}

static void each_answer_is_that_of_one_state_while_a_space_is_told_things(void **state)
{
	struct scene *scene = new_scene();
	struct reader readers[N_READERS];
	pthread_t writer;
	void *wrong;

	(void)state;
	for (size_t i = 0; i < N_READERS; i++) {
		readers[i] = (struct reader){ .scene = scene,
					      .scratch = set_of({ 0, 0 }),
					      .random = i + 2 };
		assert_int_equal(pthread_create(&readers[i].thread, NULL, read_on, &readers[i]), 0);
	}
	assert_int_equal(pthread_create(&writer, NULL, write_on, scene), 0);
	assert_int_equal(pthread_join(writer, &wrong), 0);
	assert_null(wrong);
	for (size_t i = 0; i < N_READERS; i++) {
		assert_int_equal(pthread_join(readers[i].thread, NULL), 0);
		assert_int_equal(readers[i].wrong, 0);
		assert_true(readers[i].n_asked > 0);
		iova_set_free(readers[i].scratch);
	}
	end_scene(scene);
}

/* Else a torn answer could be found among the others. */
static void the_states_answer_differently(void **state)
{
	struct scene *scene = new_scene();
	size_t n_telling = 0;

	(void)state;
	for (size_t i = 0; i < N_QUESTIONS; i++) {
		bool telling = false;

		for (size_t k = 1; k < N_STATES; k++)
			telling = telling || scene->answers[i][k] != scene->answers[i][0];
		n_telling += telling;
	}
	assert_true(n_telling > N_QUESTIONS - 6);
	end_scene(scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_states_answer_differently),
		cmocka_unit_test(each_answer_is_that_of_one_state_while_a_space_is_told_things),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

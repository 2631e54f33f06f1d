/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mappings come and go while others look. Some stay, some places stay free, and of each the
 * memory behind it follows from its range, so a torn answer shows whenever it is given.
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

#include <errno.h>

#include "base/range.h"
#include "prng.h"
#include "set-help.h"
#include "space-help.h"

#define N_READERS 3
#define ROUNDS 100000
#define READS 2000 /* at least, of each reader */

/* Slots with a mapping that stays, with none ever, and two in four with one at times. */
#define BASE (4 * GIB)
#define SLOT_PAGES 64
#define SLOT (SLOT_PAGES * PAGE)
#define N_SLOTS 1024
#define AREA_LAST (BASE + N_SLOTS * SLOT - 1)
#define N_KEPT (N_SLOTS / 4)

/* Above all of them, mapped page by page and forgotten at once. */
#define BLOCK (64 * GIB)
#define BLOCK_PAGES 400

struct scene {
	struct iova_space *space;
	pthread_barrier_t start;
	_Atomic bool over;
};

struct actor {
	pthread_t thread;
	struct scene *scene;
	uint64_t random;
	int wrong; /* the line that saw it: threads may not assert */
};

#define EXPECT(actor, condition) ((condition) ? (void)0 : (void)((actor)->wrong = __LINE__))

static uint64_t pick(struct actor *actor, uint64_t n)
{
	return prng_next(&actor->random) % n;
}

static struct iova_mapping mapping_of(uint64_t start, uint64_t last)
{
	uint64_t state = start ^ last << 8, mixed = prng_next(&state);

	return (struct iova_mapping){ .range = { start, last },
				      .vaddr = mixed & ~(PAGE - 1),
				      .access = 1 + (uint32_t)(mixed % 3) };
}

static bool is_whole(const struct iova_mapping *mapping)
{
	struct iova_mapping made = mapping_of(mapping->range.start, mapping->range.last);

	return mapping->range.start <= mapping->range.last && mapping->vaddr == made.vaddr &&
	       mapping->access == made.access && !mapping->pad;
}

static uint64_t slot_of(uint64_t address)
{
	return (address - BASE) / SLOT;
}

static struct iova_range kept_in(uint64_t slot)
{
	uint64_t start = BASE + slot * SLOT + SLOT / 4;

	return (struct iova_range){ start, start + SLOT / 4 - 1 };
}

static bool meets_kept(const struct iova_range *range)
{
	for (uint64_t slot = slot_of(range->start) / 4 * 4;
	     slot < N_SLOTS && slot <= slot_of(range->last); slot += 4) {
		struct iova_range kept = kept_in(slot);

		if (range_overlaps(&kept, range))
			return true;
	}
	return false;
}

/* Of the area or the block, and where something may be. */
static bool is_possible(const struct iova_mapping *mapping)
{
	const struct iova_range *range = &mapping->range;
	uint64_t slot = slot_of(range->start);
	struct iova_range kept;

	if (!is_whole(mapping))
		return false;
	if (range->start >= BLOCK)
		return range->last == range->start + PAGE - 1 &&
		       range->last < BLOCK + BLOCK_PAGES * PAGE;
	kept = kept_in(slot);
	if (slot % 4 == 0)
		return range->start == kept.start && range->last == kept.last;
	return slot % 4 != 1 && slot_of(range->last) == slot;
}

static void look_at_an_address(struct actor *actor)
{
	uint64_t address = BASE + pick(actor, N_SLOTS * SLOT);
	uint64_t slot = slot_of(address) / 4 * 4;
	struct iova_mapping mapping;
	struct iova_range next;
	int r = iova_space_find(actor->scene->space, address, &mapping);

	if (kept_in(slot).last < address)
		slot += 4;
	EXPECT(actor, r == 0 || (r == -ENOENT && slot >= N_SLOTS));
	if (r < 0)
		return;
	EXPECT(actor, mapping.range.last >= address && is_possible(&mapping));
	if (slot >= N_SLOTS)
		return;
	/* No answer passes over a mapping that stays. */
	next = kept_in(slot);
	EXPECT(actor, mapping.range.start <= next.start);
	EXPECT(actor, address < next.start || mapping.range.start == next.start);
}

static void look_at_the_block(struct actor *actor)
{
	uint64_t address = BLOCK + pick(actor, BLOCK_PAGES * PAGE);
	struct iova_mapping mapping;
	int r = iova_space_find(actor->scene->space, address, &mapping);

	EXPECT(actor, r == 0 || r == -ENOENT);
	EXPECT(actor, r < 0 || (mapping.range.last >= address && mapping.range.start >= BLOCK &&
				is_possible(&mapping)));
}

static void walk_along_those_that_stay(struct actor *actor)
{
	uint64_t slot = 0, at = BASE;
	struct iova_mapping mapping;

	while (slot < N_SLOTS && !iova_space_find(actor->scene->space, at, &mapping)) {
		EXPECT(actor, mapping.range.last >= at && is_possible(&mapping));
		EXPECT(actor, mapping.range.start <= kept_in(slot).start);
		if (mapping.range.start == kept_in(slot).start)
			slot += 4;
		at = mapping.range.last + 1;
	}
	EXPECT(actor, slot == N_SLOTS);
}

static void check_one_that_stays(struct actor *actor)
{
	struct iova_range kept = kept_in(pick(actor, N_KEPT) * 4);
	struct iova_check check = { .size = sizeof check };
	struct iova_conflict conflict = { .vaddr = 0 };

	EXPECT(actor, !iova_space_check(actor->scene->space, kept.start, kept.last - kept.start + 1,
					&check, &conflict, 1));
	EXPECT(actor, check.verdict == IOVA_VERDICT_REFUSE && check.n_conflicts == 1);
	EXPECT(actor, conflict.source == IOVA_SOURCE_MAPPING &&
			      conflict.vaddr == mapping_of(kept.start, kept.last).vaddr);
	EXPECT(actor,
	       check.flags == (IOVA_CHECK_SAME | IOVA_CHECK_FIT_ABOVE | IOVA_CHECK_FIT_BELOW));
	EXPECT(actor, check.fit_above.start > kept.last && !meets_kept(&check.fit_above));
	EXPECT(actor, check.fit_below.last < kept.start);
	EXPECT(actor, check.fit_below.start < BASE || !meets_kept(&check.fit_below));
}

static void check_where_nothing_ever_is(struct actor *actor)
{
	uint64_t slot = pick(actor, N_KEPT) * 4 + 1, page = pick(actor, SLOT_PAGES);
	struct iova_check check = { .size = sizeof check };

	EXPECT(actor, !iova_space_check(actor->scene->space, BASE + slot * SLOT + page * PAGE,
					(SLOT_PAGES - page) * PAGE, &check, NULL, 0));
	EXPECT(actor, check.verdict == IOVA_VERDICT_ALLOW && !check.n_conflicts && !check.flags);
}

static void check_four_slots(struct actor *actor)
{
	uint64_t slot = pick(actor, N_KEPT) * 4, before = 0;
	struct iova_check check = { .size = sizeof check };
	struct iova_conflict conflicts[8];
	bool seen = false;

	EXPECT(actor, !iova_space_check(actor->scene->space, BASE + slot * SLOT, 4 * SLOT, &check,
					conflicts, 8));
	EXPECT(actor, check.verdict == IOVA_VERDICT_REFUSE && !(check.flags & IOVA_CHECK_SAME));
	for (size_t i = 0; i < check.n_conflicts && i < 8; i++) {
		const struct iova_range *region = &conflicts[i].region;

		seen = seen || region->start == kept_in(slot).start;
		EXPECT(actor, conflicts[i].vaddr == mapping_of(region->start, region->last).vaddr);
		EXPECT(actor, region->last > before && slot_of(region->last) < slot + 4);
		before = region->last;
	}
	EXPECT(actor, seen);
}

static void allocate_somewhere(struct actor *actor)
{
	struct iova_alloc_opts opts = {
		.size = sizeof opts,
		.flags = pick(actor, 2) ? IOVA_ALLOC_TOP_DOWN : 0,
		.align = PAGE << pick(actor, 7),
		.window = { BASE, AREA_LAST },
	};
	uint64_t length = PAGE * (1 + pick(actor, SLOT_PAGES)), iova = 0;
	struct iova_range range;

	EXPECT(actor, !iova_space_alloc(actor->scene->space, length, &opts, &iova));
	range = (struct iova_range){ iova, iova + (length - 1) };
	EXPECT(actor, !(iova & (opts.align - 1)) && iova >= BASE && range.last <= AREA_LAST);
	EXPECT(actor, !meets_kept(&range));
	/* The nearest slot that is always free is good enough. */
	if (opts.flags)
		EXPECT(actor, iova >= BASE + (N_SLOTS - 3) * SLOT);
	else
		EXPECT(actor, iova <= BASE + SLOT);
}

static void count_all(struct actor *actor)
{
	size_t n = iova_space_count(actor->scene->space);

	EXPECT(actor, n >= N_KEPT && n <= N_SLOTS - N_KEPT + BLOCK_PAGES);
}

static void *look(void *arg)
{
	static void (*const looks[])(struct actor *) = {
		look_at_an_address,          look_at_an_address,
		look_at_the_block,           check_one_that_stays,
		check_where_nothing_ever_is, check_four_slots,
		allocate_somewhere,          count_all,
	};
	struct actor *actor = arg;

	pthread_barrier_wait(&actor->scene->start);
	for (int i = 0;
	     i < READS || !atomic_load_explicit(&actor->scene->over, memory_order_relaxed); i++) {
		if (i % 256)
			looks[pick(actor, sizeof looks / sizeof *looks)](actor);
		else
			walk_along_those_that_stay(actor);
		if (i % 64 == 63)
			sched_yield();
	}
	return NULL;
}

/* What is mapped at times; the writer's alone. */
static struct iova_range mapped[N_SLOTS];

static void record_or_forget(struct actor *actor, bool more)
{
	uint64_t slot = pick(actor, N_SLOTS) | 2, start = BASE + slot * SLOT;
	struct iova_space *space = actor->scene->space;
	size_t n = 0;

	if (mapped[slot].last && (!more || !pick(actor, 4))) {
		EXPECT(actor, !iova_space_forget(space, &mapped[slot], &n) && n == 1);
		mapped[slot].last = 0;
	} else if (!mapped[slot].last && (more || !pick(actor, 4))) {
		uint64_t first = pick(actor, SLOT_PAGES);
		uint64_t n_pages = 1 + pick(actor, SLOT_PAGES - first);
		struct iova_mapping mapping =
			mapping_of(start + first * PAGE, start + (first + n_pages) * PAGE - 1);

		EXPECT(actor, !iova_space_record(space, &mapping));
		mapped[slot] = mapping.range;
	}
}

static void fill_and_clear_the_block(struct actor *actor)
{
	struct iova_range block = { BLOCK, BLOCK + BLOCK_PAGES * PAGE - 1 };
	size_t n = 0;

	for (uint64_t i = 0; i < BLOCK_PAGES; i++) {
		/* in an order of which every page has its turn: 400 and 7 share no divisor */
		uint64_t at = BLOCK + i * 7 % BLOCK_PAGES * PAGE;
		struct iova_mapping mapping = mapping_of(at, at + PAGE - 1);

		EXPECT(actor, !iova_space_record(actor->scene->space, &mapping));
	}
	EXPECT(actor, !iova_space_forget(actor->scene->space, &block, &n) && n == BLOCK_PAGES);
}

static void *change(void *arg)
{
	struct actor *actor = arg;
	struct iova_range far = { 256 * GIB, 257 * GIB - 1 };

	pthread_barrier_wait(&actor->scene->start);
	for (int i = 0; i < ROUNDS; i++) {
		record_or_forget(actor, i / 4096 % 2 == 0);
		if (i % 1024 == 1023)
			fill_and_clear_the_block(actor);
		if (i % 512 == 100)
			EXPECT(actor, !iova_space_reserve(actor->scene->space, &far, "", NULL));
		if (i % 512 == 200)
			EXPECT(actor, !iova_space_unreserve(actor->scene->space, &far, NULL));
	}
	atomic_store(&actor->scene->over, true);
	return NULL;
}

static void lookups_and_checks_are_right_while_mappings_come_and_go(void **state)
{
	struct scene scene = { .space = space_of(0, 39, IOVA_POLICY_WARN) };
	struct actor actors[N_READERS + 1];

	(void)state;
	for (uint64_t slot = 0; slot < N_SLOTS; slot += 4) {
		struct iova_range kept = kept_in(slot);
		struct iova_mapping mapping = mapping_of(kept.start, kept.last);

		assert_int_equal(iova_space_record(scene.space, &mapping), 0);
	}
	assert_int_equal(pthread_barrier_init(&scene.start, NULL, N_READERS + 1), 0);
	for (size_t i = 0; i <= N_READERS; i++) {
		actors[i] = (struct actor){ .scene = &scene, .random = i };
		assert_int_equal(pthread_create(&actors[i].thread, NULL, i ? look : change,
						&actors[i]),
				 0);
	}
	for (size_t i = 0; i <= N_READERS; i++)
		assert_int_equal(pthread_join(actors[i].thread, NULL), 0);
	for (size_t i = 0; i <= N_READERS; i++)
		if (actors[i].wrong)
			fail_msg("%s: line %d", i ? "a reader" : "the writer", actors[i].wrong);
	pthread_barrier_destroy(&scene.start);
	iova_space_free(scene.space);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookups_and_checks_are_right_while_mappings_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

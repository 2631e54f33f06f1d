/* SPDX-License-Identifier: BSD-3-Clause */
/* The space of a context is read while other threads map, unmap, attach, detach and refresh. */
#include "ctx-help.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define N_MAPPERS 2
#define N_READERS 2
#define MAP_ROUNDS 2000
#define CHANGE_ROUNDS 100
#define READS 500 /* at least, of each reader */

/* Of "epyc": one attached throughout, and one that comes and goes. */
#define GROUP_KEPT 1
#define GROUP_LOOSE 2

#define MSI 0xfee00000ull
/* Where mapper n works. */
#define AREA(n) (AT + GIB * (1 + (n)))
#define AREA_PAGES 512
#define GIB (1ull << 30)

struct scene {
	struct iova_ctx *ctx;
	pthread_barrier_t start;
	_Atomic int n_changing; /* threads that are not through */
};

struct actor {
	pthread_t thread;
	struct scene *scene;
	uint64_t number;
	int wrong; /* the line that saw it: threads may not assert */
};

#define EXPECT(actor, condition) ((condition) ? (void)0 : (void)((actor)->wrong = __LINE__))

/* The memory behind an address follows from it, so that nothing else can be taken for it. */
static void *memory_of(uint64_t iova)
{
	return (void *)(uintptr_t)(VADDR + iova);
}

static void *map_and_unmap(void *arg)
{
	struct actor *actor = arg;
	struct iova_ctx *ctx = actor->scene->ctx;

	pthread_barrier_wait(&actor->scene->start);
	for (uint64_t i = 0; i < MAP_ROUNDS; i++) {
		/* From a few mappings to many and back, in an order of which each has its turn. */
		uint64_t iova = AREA(actor->number) + i * 5 % AREA_PAGES * PAGE;
		int r = i / AREA_PAGES % 2 ?
				iova_ctx_unmap(ctx, iova, PAGE, NULL, NULL) :
				iova_ctx_map_fixed(ctx, iova, memory_of(iova), PAGE, NULL, NULL);

		EXPECT(actor, !r);
	}
	atomic_fetch_sub(&actor->scene->n_changing, 1);
	return NULL;
}

static void *come_and_go(void *arg)
{
	struct actor *actor = arg;
	struct iova_ctx *ctx = actor->scene->ctx;

	pthread_barrier_wait(&actor->scene->start);
	for (int i = 0; i < CHANGE_ROUNDS; i++) {
		EXPECT(actor, !iova_ctx_attach_group(ctx, GROUP_LOOSE, NULL, NULL));
		EXPECT(actor, !iova_ctx_refresh(ctx, NULL, NULL));
		EXPECT(actor, !iova_ctx_detach_group(ctx, GROUP_LOOSE, NULL, NULL));
	}
	atomic_fetch_sub(&actor->scene->n_changing, 1);
	return NULL;
}

static void read_mappings(struct actor *actor, const struct iova_space *space, uint64_t i)
{
	uint64_t address = AREA(i % N_MAPPERS) + i * 7 % AREA_PAGES * PAGE, iova = AT;
	struct iova_check check = { .size = sizeof check };
	struct iova_alloc_opts opts = { .size = sizeof opts, .window = { AT, AREA(1) - 1 } };
	struct iova_mapping mapping;
	size_t n = iova_space_count(space);

	EXPECT(actor, n >= 1 && n <= 1 + N_MAPPERS * AREA_PAGES);
	EXPECT(actor, !iova_space_find(space, 0, &mapping) && mapping.range.start == AT &&
			      mapping.vaddr == (uintptr_t)memory_of(AT));
	if (!iova_space_find(space, address, &mapping))
		EXPECT(actor, mapping.range.start >= address &&
				      mapping.range.last == mapping.range.start + PAGE - 1 &&
				      mapping.vaddr == (uintptr_t)memory_of(mapping.range.start));
	EXPECT(actor, !iova_space_check(space, AT, MIB, &check, NULL, 0));
	EXPECT(actor, check.n_conflicts == 1 && (check.flags & IOVA_CHECK_SAME));
	EXPECT(actor, !iova_space_alloc(space, MIB, &opts, &iova) && iova == AT + MIB);
}

static void read_tiers(struct actor *actor, const struct iova_space *space, struct iova_set *set)
{
	struct iova_check check = { .size = sizeof check };
	struct iova_range kept = { AT, AT + MIB - 1 }, msi = { MSI, MSI + PAGE - 1 };
	struct iova_conflict reason;
	struct iova_segment segment;
	uint32_t groups[2] = { 0 }, list;
	size_t n = iova_space_read_groups(space, groups, 2);

	EXPECT(actor, groups[0] == GROUP_KEPT && (n == 1 || (n == 2 && groups[1] == GROUP_LOOSE)));
	EXPECT(actor, iova_space_granule(space) == PAGE && iova_space_top_known(space));
	EXPECT(actor, !iova_space_read_kernel(space, &list, set) && list == IOVA_LIST_RANGES);
	EXPECT(actor, iova_set_contains(set, &kept) == 1 && !iova_set_overlaps(set, &msi));
	EXPECT(actor, !iova_space_read_tier(space, IOVA_TIER_USABLE, set));
	EXPECT(actor, iova_set_contains(set, &kept) == 1);
	EXPECT(actor, !iova_space_read_tier(space, IOVA_TIER_REFUSED, set));
	EXPECT(actor, iova_set_contains(set, &msi) == 1);
	EXPECT(actor, !iova_space_check(space, MSI, PAGE, &check, NULL, 0) &&
			      check.verdict == IOVA_VERDICT_REFUSE);
	for (size_t i = 0; !iova_space_nth_segment(space, i, &segment); i++) {
		EXPECT(actor, segment.range.start <= segment.range.last);
		if (!iova_space_nth_reason(space, i, 0, &reason))
			EXPECT(actor, reason.range.start <= reason.range.last);
	}
}

static void *read_on(void *arg)
{
	struct actor *actor = arg;
	const struct iova_space *space = iova_ctx_space(actor->scene->ctx);
	struct iova_set *set;

	pthread_barrier_wait(&actor->scene->start);
	if (iova_set_new(&set) < 0) {
		actor->wrong = __LINE__;
		return NULL;
	}
	for (uint64_t i = 0; i < READS || atomic_load(&actor->scene->n_changing); i++) {
		read_mappings(actor, space, i);
		if (i % 16 == 0) {
			read_tiers(actor, space, set);
			sched_yield();
		}
	}
	iova_set_free(set);
	return NULL;
}

static void a_space_is_read_while_other_threads_change_its_context(void **state)
{
	static void *(*const parts[])(void *) = { map_and_unmap, map_and_unmap, come_and_go,
						  read_on, read_on };
	struct scene scene = { .ctx = ctx_with(*state, NULL, GROUP_KEPT),
			       .n_changing = N_MAPPERS + 1 };
	const size_t n = sizeof parts / sizeof *parts;
	struct actor actors[N_MAPPERS + 1 + N_READERS];

	assert_int_equal(iova_ctx_map_fixed(scene.ctx, AT, memory_of(AT), MIB, NULL, NULL), 0);
	assert_int_equal(pthread_barrier_init(&scene.start, NULL, (unsigned int)n), 0);
	for (size_t i = 0; i < n; i++) {
		actors[i] = (struct actor){ .scene = &scene, .number = i };
		assert_int_equal(pthread_create(&actors[i].thread, NULL, parts[i], &actors[i]), 0);
	}
	for (size_t i = 0; i < n; i++)
		assert_int_equal(pthread_join(actors[i].thread, NULL), 0);
	for (size_t i = 0; i < n; i++)
		if (actors[i].wrong)
			fail_msg("thread %zu: line %d", i, actors[i].wrong);
	pthread_barrier_destroy(&scene.start);
	iova_ctx_close(scene.ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(epyc, a_space_is_read_while_other_threads_change_its_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

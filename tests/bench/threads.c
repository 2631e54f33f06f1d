/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads beside each other: how long a lookup or a check takes alone, beside another reader and
 * beside a writer that never rests; and the writer likewise. The references are the same
 * functions under a lock. Each thread has a processor of its own, as far as there are some.
 */

#include "prng.h"
#include <getopt.h>
#include <libiova-sim/sim.h>
#include <libiova/libiova.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAGE ((uint64_t)4096)
#define BASE ((uint64_t)1 << 32)
#define SPACING (16 * PAGE) /* from one place of a mapping to the next */
#define ROUNDS_MOST 64
#define N_LOCKS 3
#define MEMORY ((uint64_t)1 << 46) /* that nobody ever looks at */

enum lock { NO_LOCK, RWLOCK, MUTEX };
static const char *const structures[N_LOCKS] = { "libiova, public", "libiova, rwlock",
						 "libiova, mutex" };

/* 2 n places, n of them taken: which, is the writer's business. */
struct ground {
	struct iova_space *space;
	size_t n;
	uint32_t *places; /* the first n are taken */
	struct iova_ctx *ctx;
	enum lock lock;
	pthread_rwlock_t rwlock;
	pthread_mutex_t mutex;
	pthread_barrier_t start;
	_Atomic bool over;
};

struct part {
	struct ground *ground;
	void (*once)(struct part *part);
	uint64_t random;
	int processor;
	uint64_t n_done;
	double ns; /* for each */
	bool failed;
};

static void lock_for_reading(struct ground *ground)
{
	if (ground->lock == RWLOCK)
		pthread_rwlock_rdlock(&ground->rwlock);
	else if (ground->lock == MUTEX)
		pthread_mutex_lock(&ground->mutex);
}

static void lock_for_writing(struct ground *ground)
{
	if (ground->lock == RWLOCK)
		pthread_rwlock_wrlock(&ground->rwlock);
	else if (ground->lock == MUTEX)
		pthread_mutex_lock(&ground->mutex);
}

static void unlock(struct ground *ground)
{
	if (ground->lock == RWLOCK)
		pthread_rwlock_unlock(&ground->rwlock);
	else if (ground->lock == MUTEX)
		pthread_mutex_unlock(&ground->mutex);
}

static uint64_t pick(struct part *part, uint64_t n)
{
	return (uint64_t)((unsigned __int128)prng_next(&part->random) * n >> 64);
}

static uint64_t address_of(uint64_t place)
{
	return BASE + place * SPACING;
}

static void find_once(struct part *part)
{
	struct iova_mapping mapping;
	uint64_t address = address_of(pick(part, 2 * part->ground->n));

	lock_for_reading(part->ground);
	/* Above the last one nothing is found. */
	(void)!iova_space_find(part->ground->space, address, &mapping);
	unlock(part->ground);
}

/* A range that is always free, as that of a map that will succeed. */
static void check_once(struct part *part)
{
	struct iova_check check = { .size = sizeof check };
	uint64_t address = address_of(pick(part, 2 * part->ground->n)) + SPACING / 2;

	lock_for_reading(part->ground);
	part->failed |= iova_space_check(part->ground->space, address, PAGE, &check, NULL, 0) < 0;
	unlock(part->ground);
	part->failed |= check.verdict != IOVA_VERDICT_ALLOW;
}

/* Where some neighbours are missing: between two there is less room. */
static void alloc_once(struct part *part)
{
	uint64_t half = address_of(part->ground->n), iova;
	struct iova_alloc_opts opts = { .size = sizeof opts,
					.window = { BASE + pick(part, half - BASE), UINT64_MAX } };

	lock_for_reading(part->ground);
	part->failed |= iova_space_alloc(part->ground->space, 2 * SPACING, &opts, &iova) < 0;
	unlock(part->ground);
}

static struct iova_mapping mapping_at(uint64_t place)
{
	uint64_t start = address_of(place);

	return (struct iova_mapping){ .range = { start, start + PAGE - 1 },
				      .vaddr = MEMORY + start,
				      .access = IOVA_READ | IOVA_WRITE };
}

/* A mapping goes from one place to another. */
static void write_once(struct part *part)
{
	struct ground *ground = part->ground;
	uint32_t *from = &ground->places[pick(part, ground->n)];
	uint32_t *to = &ground->places[ground->n + pick(part, ground->n)], moved = *from;
	struct iova_mapping mapping = mapping_at(*to), old = mapping_at(moved);

	lock_for_writing(ground);
	part->failed |= iova_space_forget(ground->space, &old.range, NULL) < 0;
	unlock(ground);
	lock_for_writing(ground);
	part->failed |= iova_space_record(ground->space, &mapping) < 0;
	unlock(ground);
	*from = *to;
	*to = moved;
}

/* On a simulated host, in an area of the thread's own. */
static void map_once(struct part *part)
{
	uint64_t iova = BASE / 2 + (uint64_t)part->processor * (BASE / 8) + pick(part, 4096) * PAGE;
	void *memory = (void *)(uintptr_t)(MEMORY + iova);

	part->failed |= iova_ctx_map_fixed(part->ground->ctx, iova, memory, PAGE, NULL, NULL) < 0 ||
			iova_ctx_unmap(part->ground->ctx, iova, PAGE, NULL, NULL) < 0;
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void *run_part(void *arg)
{
	struct part *part = arg;
	cpu_set_t set;
	double started;

	CPU_ZERO(&set);
	CPU_SET((size_t)part->processor, &set);
	/* Where that may not be, it runs as well, only not as evenly. */
	(void)pthread_setaffinity_np(pthread_self(), sizeof set, &set);
	pthread_barrier_wait(&part->ground->start);
	started = now_ns();
	while (!atomic_load_explicit(&part->ground->over, memory_order_relaxed)) {
		for (int i = 0; i < 64; i++)
			part->once(part);
		part->n_done += 64;
	}
	part->ns = (now_ns() - started) / (double)part->n_done;
	return NULL;
}

/* All parts at once for so long. */
static bool run_parts(struct ground *ground, struct part *parts, unsigned int n, double slice_ns)
{
	struct timespec slice = { .tv_sec = (time_t)(slice_ns / 1e9),
				  .tv_nsec = (long)slice_ns % 1000000000 };
	pthread_t threads[2];
	bool good = true;

	atomic_store(&ground->over, false);
	pthread_barrier_init(&ground->start, NULL, n + 1);
	for (unsigned int i = 0; i < n; i++) {
		parts[i].ground = ground;
		parts[i].random = i;
		parts[i].processor = (int)i;
		if (pthread_create(&threads[i], NULL, run_part, &parts[i]))
			exit(1);
	}
	pthread_barrier_wait(&ground->start);
	nanosleep(&slice, NULL);
	atomic_store(&ground->over, true);
	for (unsigned int i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		good &= !parts[i].failed;
	}
	pthread_barrier_destroy(&ground->start);
	return good;
}

/* What each workload runs: the first part is what is measured, the second what is beside it. */
static const struct workload {
	const char *name;
	void (*once)(struct part *part);
	void (*beside)(struct part *part);
	int locks; /* how many of the structures take part */
} workloads[] = {
	{ "threads-find", find_once, NULL, N_LOCKS },
	{ "threads-find-beside-find", find_once, find_once, N_LOCKS },
	{ "threads-find-beside-writer", find_once, write_once, N_LOCKS },
	{ "threads-check", check_once, NULL, N_LOCKS },
	{ "threads-check-beside-check", check_once, check_once, N_LOCKS },
	{ "threads-check-beside-writer", check_once, write_once, N_LOCKS },
	{ "threads-alloc", alloc_once, NULL, N_LOCKS },
	{ "threads-alloc-beside-alloc", alloc_once, alloc_once, N_LOCKS },
	{ "threads-alloc-beside-writer", alloc_once, write_once, N_LOCKS },
	{ "threads-write", write_once, NULL, N_LOCKS },
	{ "threads-write-beside-find", write_once, find_once, N_LOCKS },
	{ "threads-write-beside-check", write_once, check_once, N_LOCKS },
	{ "threads-write-beside-alloc", write_once, alloc_once, N_LOCKS },
	{ "threads-ctx-map-unmap", map_once, NULL, 1 },
	{ "threads-ctx-map-unmap-beside-same", map_once, map_once, 1 },
};
#define N_WORKLOADS (sizeof workloads / sizeof *workloads)

static bool begin(struct ground *ground, size_t n, struct iova_ctx *ctx)
{
	struct iova_space_opts opts = { .size = sizeof opts, .width = 48 };
	uint64_t random = n;

	*ground = (struct ground){ .n = n, .ctx = ctx };
	ground->places = calloc(2 * n, sizeof *ground->places);
	if (!ground->places || iova_space_new(&opts, &ground->space) < 0)
		return false;
	pthread_rwlock_init(&ground->rwlock, NULL);
	pthread_mutex_init(&ground->mutex, NULL);
	for (uint32_t i = 0; i < 2 * n; i++) {
		uint32_t j = (uint32_t)(prng_next(&random) % (i + 1));

		ground->places[i] = ground->places[j];
		ground->places[j] = i;
	}
	for (size_t i = 0; i < n; i++) {
		struct iova_mapping mapping = mapping_at(ground->places[i]);
		uint64_t iova;

		/* What is looked for once is known from the next record on. */
		if (iova_space_alloc(ground->space, PAGE, NULL, &iova) < 0 ||
		    iova_space_record(ground->space, &mapping) < 0)
			return false;
	}
	return true;
}

static void finish(struct ground *ground)
{
	pthread_rwlock_destroy(&ground->rwlock);
	pthread_mutex_destroy(&ground->mutex);
	iova_space_free(ground->space);
	free(ground->places);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct plan {
	size_t rounds;
	double slice_ns;
	bool json;
	bool any; /* something was printed */
};

static void print_result(struct plan *plan, const char *workload, size_t n, const char *structure,
			 double ns)
{
	if (plan->json)
		printf("%s  {\"workload\": \"%s\", \"n\": %zu, \"structure\": \"%s\", "
		       "\"ns\": %.2f, \"bytes\": null}",
		       plan->any ? ",\n" : "[\n", workload, n, structure, ns);
	else
		printf("%-36s %8zu  %-18s %10.2f %10.2f\n", workload, n, structure, ns, 1e3 / ns);
	plan->any = true;
	fflush(stdout);
}

/* The structures take turns, so that whatever else the machine does happens to all. */
static bool measure(struct plan *plan, struct ground *ground, const struct workload *workload)
{
	double ns[N_LOCKS][ROUNDS_MOST];

	for (size_t round = 0; round <= plan->rounds; round++) {
		for (int lock = 0; lock < workload->locks; lock++) {
			struct part parts[2] = { { .once = workload->once },
						 { .once = workload->beside } };

			ground->lock = (enum lock)lock;
			if (!run_parts(ground, parts, workload->beside ? 2 : 1, plan->slice_ns))
				return false;
			/* The first does not count. */
			if (round)
				ns[lock][round - 1] = parts[0].ns;
		}
	}
	for (int lock = 0; lock < workload->locks; lock++) {
		qsort(ns[lock], plan->rounds, sizeof ns[lock][0], compare);
		print_result(plan, workload->name, ground->n, structures[lock],
			     ns[lock][plan->rounds / 2]);
	}
	return true;
}

static int usage(void)
{
	fprintf(stderr, "usage: iova-bench-threads [--json] [-n N]... [-r ROUNDS] [-t SLICE_MS]\n");
	return 2;
}

static bool run_all(struct plan *plan, const size_t *sizes, size_t n_sizes)
{
	struct iova_sim *sim;
	struct iova_ctx_opts opts = { .size = sizeof opts };
	struct iova_ctx *ctx;
	bool good = true;

	if (iova_sim_new_preset("desktop", &sim) < 0)
		return false;
	opts.sys = iova_sim_sys(sim);
	if (iova_ctx_open(&opts, &ctx, NULL) < 0 || iova_ctx_attach_group(ctx, 1, NULL, NULL) < 0)
		return false;
	if (!plan->json)
		printf("%-36s %8s  %-18s %10s %10s\n", "workload", "n", "structure", "ns",
		       "million/s");
	for (size_t i = 0; i < n_sizes && good; i++) {
		struct ground ground;

		good = begin(&ground, sizes[i], ctx);
		for (size_t k = 0; k < N_WORKLOADS && good; k++)
			/* What a context does has nothing to do with the number of the mappings. */
			if (workloads[k].once != map_once || !i)
				good = measure(plan, &ground, &workloads[k]);
		finish(&ground);
	}
	if (plan->json)
		printf("\n]\n");
	iova_ctx_close(ctx);
	iova_sim_free(sim);
	return good;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "json", no_argument, NULL, 'j' }, { 0 } };
	struct plan plan = { .rounds = 7, .slice_ns = 100e6 };
	size_t sizes[16] = { 64, 1024, 65536 }, n_sizes = 0;
	int option;

	while ((option = getopt_long(argc, argv, "n:r:t:", options, NULL)) != -1) {
		if (option == 'j')
			plan.json = true;
		else if (option == 'n' && n_sizes < 16)
			sizes[n_sizes++] = strtoul(optarg, NULL, 10);
		else if (option == 'r')
			plan.rounds = strtoul(optarg, NULL, 10);
		else if (option == 't')
			plan.slice_ns = 1e6 * strtod(optarg, NULL);
		else
			return usage();
	}
	for (size_t i = 0; i < n_sizes; i++)
		if (sizes[i] < 2 || sizes[i] > 1 << 24)
			return usage();
	if (optind != argc || !plan.rounds || plan.rounds > ROUNDS_MOST || plan.slice_ns < 1e6)
		return usage();
	if (!run_all(&plan, sizes, n_sizes ? n_sizes : 3)) {
		fprintf(stderr, "threads: something that cannot fail has failed\n");
		return 1;
	}
	return 0;
}

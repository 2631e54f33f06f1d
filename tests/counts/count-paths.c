/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * count-paths N...: runs each workload with N live mappings and each way there is to search a node, and
 * prints "NAME|WAY|N STEPS" for each. Under callgrind its counts are dumped under the same name.
 */
#include "counts.h"

#include "prng.h"

#include <stdio.h>
#include <stdlib.h>

#define FRAME ((uint64_t)65536)
#define BASE ((uint64_t)1 << 32)
#define PAGE ((uint64_t)4096)
#define N_MAX ((size_t)1 << 24)

static bool counting;

void fail(const char *what)
{
	fprintf(stderr, "count-paths: %s failed\n", what);
	exit(1);
}

void leave_out(void)
{
	if (counting)
		CALLGRIND_TOGGLE_COLLECT;
}

void count_again(void)
{
	if (counting)
		CALLGRIND_TOGGLE_COLLECT;
}

size_t random_below(struct work *work, size_t n)
{
	return prng_next(&work->random) % n;
}

static void swap(struct iova_mapping *a, struct iova_mapping *b)
{
	struct iova_mapping kept = *a;

	*a = *b;
	*b = kept;
}

void scatter(struct work *work)
{
	size_t n = 2 * work->n;

	work->live = calloc(n, sizeof *work->live);
	need("calloc", work->live);
	for (size_t i = 0; i < n; i++) {
		uint64_t pages = 1 + random_below(work, 8);
		uint64_t start = BASE + i * FRAME + random_below(work, 16 - pages + 1) * PAGE;

		work->live[i] = (struct iova_mapping){
			.range = { start, start + (pages * PAGE - 1) },
			.vaddr = start,
			.access = IOVA_READ | IOVA_WRITE,
		};
	}
	for (size_t i = n - 1; i > 0; i--)
		swap(&work->live[i], &work->live[random_below(work, i + 1)]);
}

void plan_churn(struct work *work)
{
	for (size_t i = 0; i < STEPS; i++) {
		struct iova_mapping *gone = &work->live[random_below(work, work->n)];
		struct iova_mapping *come = &work->live[work->n + random_below(work, work->n)];

		work->steps[i].before = *gone;
		work->steps[i].after = *come;
		swap(gone, come);
	}
}

static void count(const struct workload *workload, const struct tree_ops *ops, size_t n)
{
	struct work *work = calloc(1, sizeof *work);
	char name[100];

	need("calloc", work);
	work->n = n;
	work->ops = ops;
	workload->prepare(work);
	snprintf(name, sizeof name, "%s|%s|%zu", workload->name, ops->name, n);
	CALLGRIND_START_INSTRUMENTATION;
	CALLGRIND_ZERO_STATS;
	counting = true;
	CALLGRIND_TOGGLE_COLLECT;
	workload->run(work);
	CALLGRIND_TOGGLE_COLLECT;
	counting = false;
	CALLGRIND_DUMP_STATS_AT(name);
	CALLGRIND_STOP_INSTRUMENTATION;
	workload->finish(work);
	printf("%s %d\n", name, STEPS);
	free(work->live);
	free(work);
}

static void count_all(const struct workload *workloads, size_t n)
{
	struct iova_table table;

	iova_table_init_(&table);
	for (size_t i = 0; workloads[i].name; i++) {
		count(&workloads[i], table.ops, n);
		if (table.ops != &iova_tree_scalar_)
			count(&workloads[i], &iova_tree_scalar_, n);
	}
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: count-paths N...\n");
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		size_t n = strtoul(argv[i], NULL, 10);

		need("an N of 2 to 16777216", n >= 2 && n <= N_MAX);
		count_all(table_workloads, n);
		count_all(space_workloads, n);
		count_all(context_workloads, n);
	}
	return 0;
}

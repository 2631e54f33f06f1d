/* SPDX-License-Identifier: BSD-3-Clause */
/* Measures, and prints a line for each result; scripts/bench makes tables of them. */

#include "bench.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 32  /* sizes, and workloads */
#define LEAST 16 /* with less some layouts have nothing in them */

static const struct structure *structures[16] = {
	&gtree,     &std_map,    &absl_map,         &bsd_rb,    &own_table,
	&own_index, &own_scalar, &own_scalar_index, &own_space, &two_ioctls,
};

/* In order: those on one layout stand together. */
static const struct workload *const lists[] = { lookups, churns, builds, allocs };

#define N_LISTS (sizeof lists / sizeof *lists)

static size_t n_structures(void)
{
	size_t n = 0;

	while (structures[n])
		n++;
	return n;
}

static const struct structure *find_structure(const char *name)
{
	for (size_t i = 0; i < n_structures(); i++)
		if (!strcmp(structures[i]->name, name))
			return structures[i];
	return NULL;
}

static const struct workload *find_workload(const char *name)
{
	for (size_t i = 0; i < N_LISTS; i++)
		for (const struct workload *each = lists[i]; each->name; each++)
			if (!strcmp(each->name, name))
				return each;
	return NULL;
}

/* Those that were named, or all if none was. */
static void choose(const struct workload *chosen[MOST + 1], const char *const names[MOST],
		   size_t n_names)
{
	size_t n = 0;

	for (size_t i = 0; i < N_LISTS; i++) {
		for (const struct workload *each = lists[i]; each->name; each++) {
			bool wanted = !n_names;

			for (size_t j = 0; j < n_names; j++)
				wanted |= !strcmp(each->name, names[j]);
			if (wanted && n < MOST)
				chosen[n++] = each;
		}
	}
	chosen[n] = NULL;
}

static int usage(void)
{
	fprintf(stderr, "usage: iova-bench [-n N]... [-r ROUNDS] [-t SLICE_US] [-w WORKLOAD]... "
			"[-l LIAR]\n"
			"       iova-bench --weigh WORKLOAD STRUCTURE N\n");
	return 2;
}

static int weigh_one(char **argv)
{
	const struct workload *workload = find_workload(argv[0]);
	const struct structure *structure = find_structure(argv[1]);
	size_t n = strtoul(argv[2], NULL, 10);

	if (!workload || !structure || n < LEAST)
		return usage();
	return !weigh_here(workload, structure, n);
}

int main(int argc, char **argv)
{
	struct plan plan = { .rounds = 5, .slice_ns = 5e6, .structures = structures };
	const struct workload *workloads[MOST + 1];
	const char *names[MOST];
	size_t sizes[MOST], n_sizes = 0, n_names = 0;
	const struct structure *extra;
	int option;

	if (argc == 5 && !strcmp(argv[1], "--weigh"))
		return weigh_one(argv + 2);
	while ((option = getopt(argc, argv, "n:r:t:w:l:")) != -1) {
		if (option == 'n' && n_sizes < MOST) {
			sizes[n_sizes] = strtoul(optarg, NULL, 10);
			if (sizes[n_sizes++] < LEAST)
				return usage();
		} else if (option == 'r') {
			plan.rounds = strtoul(optarg, NULL, 10);
		} else if (option == 't') {
			plan.slice_ns = 1e3 * strtod(optarg, NULL);
		} else if (option == 'w' && n_names < MOST && find_workload(optarg)) {
			names[n_names++] = optarg;
		} else if (option == 'l' && (extra = liar(optarg))) {
			structures[n_structures()] = extra;
		} else {
			return usage();
		}
	}
	if (optind != argc || !n_sizes || plan.rounds < 2)
		return usage();
	choose(workloads, names, n_names);
	plan.workloads = workloads;
	plan.n_structures = n_structures();
	for (size_t size = 0; size < n_sizes; size++) {
		plan.n = sizes[size];
		if (!measure(&plan))
			return 1;
	}
	return 0;
}

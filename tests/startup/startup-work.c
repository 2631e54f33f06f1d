/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * startup-work count STEP GROUPS: does a step once, on a simulated machine of so many groups, for
 * valgrind to count. startup-work time ROOT ROUNDS: milliseconds of processor time for each step on
 * the machine of a directory, as JSON: the best of so many rounds.
 */
#include "large.h"
#include "work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum step { READ, FLOOR, MERGE, MERGE_EACH, FIND, N_STEPS };

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void note(double best[N_STEPS], enum step step, double since)
{
	double took = now() - since;

	if (best[step] < 0 || took < best[step])
		best[step] = took;
}

static void measure(const char *root, double best[N_STEPS])
{
	double start = now();
	struct iova_host *host = work_read(root, NULL);
	struct iova_space *space;

	note(best, READ, start);
	start = now();
	work_floor(root, host);
	note(best, FLOOR, start);
	start = now();
	space = work_merge(host);
	note(best, MERGE, start);
	iova_space_free(space);
	start = now();
	space = work_merge_each(host);
	note(best, MERGE_EACH, start);
	iova_space_free(space);
	start = now();
	work_find(host);
	note(best, FIND, start);
	iova_host_free(host);
}

static int count(const char *step, uint32_t groups)
{
	struct iova_sim *sim;
	struct iova_host *host;

	if (large_sim(groups, &sim) < 0)
		return EXIT_FAILURE;
	host = work_read(NULL, iova_sim_sys(sim));
	if (!strcmp(step, "merge"))
		iova_space_free(work_merge(host));
	if (!strcmp(step, "merge-each"))
		iova_space_free(work_merge_each(host));
	if (!strcmp(step, "find"))
		work_find(host);
	iova_host_free(host);
	iova_sim_free(sim);
	return EXIT_SUCCESS;
}

static int time_all(const char *root, unsigned long rounds)
{
	static const char *const names[N_STEPS] = { "read", "floor", "merge", "merge-each",
						    "find" };
	double best[N_STEPS] = { -1, -1, -1, -1, -1 };

	while (rounds--)
		measure(root, best);
	for (int step = 0; step < N_STEPS; step++)
		printf("%s\"%s\": %.3f", step ? ", " : "{", names[step], best[step]);
	puts("}");
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "count"))
		return count(argv[2], (uint32_t)strtoul(argv[3], NULL, 10));
	if (argc == 4 && !strcmp(argv[1], "time"))
		return time_all(argv[2], strtoul(argv[3], NULL, 10));
	fputs("usage: startup-work count STEP GROUPS | time ROOT ROUNDS\n", stderr);
	return EXIT_FAILURE;
}

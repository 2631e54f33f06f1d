/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a mapping takes of memory: the growth of the heap while mappings are inserted. In a process
 * of its own, since some allocators keep what was released, and without malloc's own cache,
 * whose contents count as used.
 */

#include "bench.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t heap_used(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* Prints the bytes for each mapping. */
bool weigh_here(const struct workload *workload, const struct structure *structure, size_t n)
{
	struct subject subject;
	struct ground ground;
	size_t before;
	bool good;

	if (!ground_draw(&ground, workload->layout, n))
		return false;
	/* Begins empty: such layouts are filled by what is measured. */
	good = subject_begin(&subject, structure, &ground);
	before = heap_used();
	if (good && workload->build)
		good = structure->build(subject.object, ground.maps, ground.n_maps);
	else if (good)
		good = subject_fill(&subject);
	if (good)
		printf("%.17g\n", (double)(heap_used() - before) / (double)ground.n_maps);
	subject_finish(&subject);
	ground_clear(&ground);
	return good;
}

double weigh(const struct workload *workload, const struct structure *structure, size_t n)
{
	char number[32];
	double bytes = -1;
	int ends[2], status;
	FILE *answer;
	pid_t child;

	snprintf(number, sizeof number, "%zu", n);
	if (pipe(ends))
		return -1;
	child = fork();
	if (child == 0) {
		setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0", 1);
		dup2(ends[1], STDOUT_FILENO);
		execl("/proc/self/exe", "iova-bench", "--weigh", workload->name, structure->name,
		      number, NULL);
		_exit(1);
	}
	close(ends[1]);
	answer = fdopen(ends[0], "r");
	if (!answer || child < 0 || fscanf(answer, "%lf", &bytes) != 1)
		bytes = -1;
	if (answer)
		fclose(answer);
	if (child < 0 || waitpid(child, &status, 0) != child || status)
		return -1;
	return bytes;
}

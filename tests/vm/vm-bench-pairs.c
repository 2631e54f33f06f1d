/* SPDX-License-Identifier: BSD-3-Clause */
/* Time, and what pairs of samples say. */
#include "vm-bench.h"

#include "prng.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

double now_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) < 0)
		die("clock_gettime", 0);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

size_t random_below(struct bench *bench, size_t n)
{
	return prng_next(&bench->random) % n;
}

void pairs_new(struct pairs *pairs, size_t n)
{
	pairs->n = n;
	pairs->bare = calloc(n, sizeof *pairs->bare);
	pairs->library = calloc(n, sizeof *pairs->library);
	if (!pairs->bare || !pairs->library)
		die("calloc", 0);
}

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

/* What this share of the sorted values is below: interpolated between its neighbours. */
static double quantile(const double *sorted, size_t n, double share)
{
	double at = share * (double)(n - 1);
	size_t i = (size_t)at;

	return i + 1 < n ? sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]) : sorted[i];
}

void pairs_print(struct pairs *pairs)
{
	double *ratios = calloc(pairs->n, sizeof *ratios);

	if (!ratios)
		die("calloc", 0);
	for (size_t i = 0; i < pairs->n; i++)
		ratios[i] = pairs->library[i] / pairs->bare[i];
	qsort(ratios, pairs->n, sizeof *ratios, by_value);
	qsort(pairs->bare, pairs->n, sizeof *pairs->bare, by_value);
	qsort(pairs->library, pairs->n, sizeof *pairs->library, by_value);
	printf(" %.0f %.0f %.4f %.4f %.4f\n", quantile(pairs->bare, pairs->n, 0.5),
	       quantile(pairs->library, pairs->n, 0.5), quantile(ratios, pairs->n, 0.5),
	       quantile(ratios, pairs->n, 0.25), quantile(ratios, pairs->n, 0.75));
	free(ratios);
	free(pairs->bare);
	free(pairs->library);
}

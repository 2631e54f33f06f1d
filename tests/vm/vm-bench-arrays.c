/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays of pages: one call of the library against one ioctl a page. */
#include "vm-bench.h"

#include <errno.h>
#include <libiova/many.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Pages that are mapped in all the rounds of one shape: a large array needs no more than a few. */
#define PAGES_IN_ALL 60000
#define LEAST_ROUNDS 3

/* The IOVAs follow each other; of the memory only runs of so many pages do, 0 for all of it. */
static const struct {
	const char *name;
	size_t run;
} shapes[] = { { "contiguous", 0 }, { "runs-of-16", 16 }, { "scattered", 1 } };

/* Runs in the opposite order in memory, so that none continues the one before. */
static void shape(const struct bench *bench, struct iova_request *requests, size_t n, size_t run,
		  uint64_t memory)
{
	for (size_t i = 0; i < n; i++) {
		size_t page = i;

		if (run)
			page = n - n % run - (i / run + 1) * run + i % run;
		if (run && i >= n - n % run)
			page = i;
		requests[i] = (struct iova_request){
			.iova = (i + 1) * bench->page,
			.vaddr = memory + page * bench->page,
			.length = bench->page,
		};
	}
}

static double sample_bare(const struct bench *bench, const struct iova_request *requests, size_t n)
{
	double start = now_ns();

	for (size_t i = 0; i < n; i++)
		bare_map(bench, requests[i].iova, (void *)(uintptr_t)requests[i].vaddr,
			 requests[i].length);
	for (size_t i = 0; i < n; i++)
		bare_unmap(bench, requests[i].iova, requests[i].length);
	return now_ns() - start;
}

static double sample_library(const struct bench *bench, struct iova_request *requests, size_t n)
{
	double start = now_ns();
	uint64_t unmapped;

	need("iova_ctx_map_many", iova_ctx_map_many(bench->ctx, requests, n, NULL, NULL));
	need("iova_ctx_unmap_many",
	     iova_ctx_unmap_many(bench->ctx, requests, n, NULL, &unmapped, NULL));
	if (unmapped != n * bench->page)
		die("iova_ctx_unmap_many: another size than expected", -ERANGE);
	return now_ns() - start;
}

void arrays(struct bench *bench, size_t n, size_t rounds)
{
	struct iova_request *requests = calloc(n, sizeof *requests);
	void *memory = memory_of(bench, n);

	if (!requests)
		die("calloc", 0);
	if (rounds > PAGES_IN_ALL / n)
		rounds = PAGES_IN_ALL / n;
	if (rounds < LEAST_ROUNDS)
		rounds = LEAST_ROUNDS;
	for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
		struct pairs pairs;

		if (n <= shapes[k].run)
			continue;
		pairs_new(&pairs, rounds);
		shape(bench, requests, n, shapes[k].run, (uintptr_t)memory);
		for (size_t i = 0; i < rounds; i++) {
			if (i & 1)
				pairs.library[i] = sample_library(bench, requests, n);
			pairs.bare[i] = sample_bare(bench, requests, n);
			if (!(i & 1))
				pairs.library[i] = sample_library(bench, requests, n);
		}
		printf("arrays %zu %s", n, shapes[k].name);
		pairs_print(&pairs);
	}
	munmap(memory, n * bench->page);
	free(requests);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_VM_VM_BENCH_H
#define TESTS_VM_VM_BENCH_H

#include <libiova/libiova.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bench {
	struct iova_ctx *ctx;
	int container;
	uint64_t page;
	void *memory; /* one page, mapped everywhere */
	size_t live;
	uint64_t random;
};

/* Samples of the two ways of doing the same, taken one behind the other. */
struct pairs {
	double *bare;
	double *library;
	size_t n;
};

/* Ends the program; r is a negative errno, or 0 for errno. */
void die(const char *what, int r);
void need(const char *what, int r);

void *memory_of(const struct bench *bench, size_t pages);
void arrays(struct bench *bench, size_t n, size_t rounds);

double now_ns(void);
size_t random_below(struct bench *bench, size_t n);

void bare_map(const struct bench *bench, uint64_t iova, void *vaddr, uint64_t length);
void bare_unmap(const struct bench *bench, uint64_t iova, uint64_t length);

void pairs_new(struct pairs *pairs, size_t n);
/* Medians of both, then median and quartiles of library / bare; and frees the samples. */
void pairs_print(struct pairs *pairs);

#endif

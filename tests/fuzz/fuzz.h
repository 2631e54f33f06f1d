/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

/* What the fuzzers share: a check that stops in every build, and copies with a sharp border. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(truth)                                                                          \
	do {                                                                                  \
		if (!(truth)) {                                                               \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #truth); \
			abort();                                                              \
		}                                                                             \
	} while (0)

/* The bytes and n more of filler behind them. */
static inline uint8_t *copy_and_fill(const uint8_t *data, size_t size, size_t n, int filler)
{
	uint8_t *copy = malloc(size + n + 1);

	CHECK(copy);
	if (size)
		memcpy(copy, data, size);
	memset(copy + size, filler, n);
	return copy;
}

#endif

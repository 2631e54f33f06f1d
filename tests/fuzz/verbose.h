/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_FUZZ_VERBOSE_H
#define TESTS_FUZZ_VERBOSE_H

/* For fuzzers whose input is a program: with -v, before any other argument, it is printed as it runs. */

#include <stdio.h>

extern int fuzz_verbose;

/* Only printed with -v. */
#define SAY(...)                             \
	do {                                 \
		if (fuzz_verbose)            \
			printf(__VA_ARGS__); \
	} while (0)

#endif

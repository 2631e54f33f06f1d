/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_PRNG_H
#define TESTS_UNIT_PRNG_H

/* The splitmix64 generator: the same numbers on every machine, from any seed. */

#include <stdint.h>

static inline uint64_t prng_next(uint64_t *state)
{
	uint64_t mixed = *state += 0x9e3779b97f4a7c15;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
	return mixed ^ mixed >> 31;
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_SCENARIOS_WITNESS_H
#define TESTS_SCENARIOS_WITNESS_H

/*
 * Stands between a stage's players and its table of system functions, and has
 * each call and its answer written down in words that do not depend on the
 * process: no descriptors, no addresses of memory.
 */

#include <libiova/sys.h>

#include "transcript.h"

struct witness;

/* NULL if there is no memory. Both must outlive it. */
struct witness *witness_new(const struct iova_sys *sys, struct transcript *transcript);
const struct iova_sys *witness_sys(struct witness *witness);
void witness_free(struct witness *witness);
/* Closes all that is open: what a failed scenario leaves must not fail the next ones. */
void witness_close_all(struct witness *witness);

/* say.c: an ioctl of VFIO and its answer; who is what the descriptor is. */
struct asked {
	const char *who;
	unsigned long request;
	const void *argument;
	unsigned char before[64]; /* the argument as it was, where it is a struct */
	const char *named;        /* what a descriptor in the argument is */
	int answer;
};

/* Bytes of the struct that the request's argument points to; 0 if it points to none. */
size_t asked_size_(unsigned long request);
void say_(struct transcript *transcript, const struct asked *asked);
/* "0", a number above it or the name of an errno. */
const char *say_answer_(int64_t answer, char room[32]);

#endif

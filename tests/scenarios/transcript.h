/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_SCENARIOS_TRANSCRIPT_H
#define TESTS_SCENARIOS_TRANSCRIPT_H

/*
 * What was asked in each scenario and what came back, as text that two judges
 * can be compared by: one line for each call, or for each regular row of
 * calls. Long answers come again and again: a scenario names a digest of them,
 * and the whole file tells each of them once, at its end.
 *
 *	= SCENARIO passed|failed
 *	CALL = ANSWER
 *	- SCENARIO: why it is not for this stage
 *	~ ANSWER of sysfs
 *	~ DIGEST: the answer
 *
 * Lines may come from children of the process as well, one at a time.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct transcript;

/* NULL if there is no memory. */
struct transcript *transcript_new(void);
/* Writes the long answers, and ends; false if anything was lost. */
bool transcript_end(struct transcript *transcript, FILE *to);

/* A call: the words before an address, the address, the words after it. */
void transcript_call(struct transcript *transcript, const char *before, uint64_t address,
		     const char *after);
/* A call without an address. */
void transcript_line(struct transcript *transcript, const char *line);
/* An answer of sysfs, where the order of answers between two calls does not matter. */
void transcript_sysfs(struct transcript *transcript, const char *answer);
/* A long answer: the digest to name it by. */
uint64_t transcript_long(struct transcript *transcript, const char *answer);
/* All lines since the last time, as those of one scenario. */
void transcript_write(struct transcript *transcript, FILE *to, const char *scenario, bool passed);

#endif

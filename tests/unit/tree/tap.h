/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_TREE_TAP_H
#define TESTS_UNIT_TREE_TAP_H

/*
 * Tests that report by themselves: many programs of one source, which differ in how the tree
 * was compiled and in how it is searched. What they expect is in expect.h.
 */

#include "walk.h"

/*
 * How to search, as the first argument says, and a line for the number of tests. On a processor
 * that lacks what it takes the program starts again on one that is emulated; if that
 * cannot be, it fails.
 */
const struct walk_path *tap_start(int argc, char **argv, unsigned long n_tests);

/* Each test is a sentence; the width and the path are put before it. */
void tap_begin(const char *sentence);
void tap_passed(void);

/* Each program's own: what else is to be known of a failure, behind a '#'. */
void tap_explain(void);

#endif

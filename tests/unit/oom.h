/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_OOM_H
#define TESTS_UNIT_OOM_H

/*
 * Allocations that fail on purpose. Every call of malloc, calloc, realloc and
 * strdup from the program and the library (not from libc) goes through oom.c by the
 * linker's --wrap, so a sanitizer still sees the real ones. The sweep:
 *
 *	for (unsigned long n = 0;; n++) {
 *		oom_fail_at(n);
 *		r = the_call();
 *		oom_off();
 *		if (!oom_reached())
 *			break;
 *		... r is -ENOMEM, and all is as it was ...
 *	}
 *
 * For tests of one thread.
 */

#include <stdbool.h>

/* Let the n-th allocation from now fail, counted from 0, and none behind it. */
void oom_fail_at(unsigned long n);

/* Whether that allocation came; stays until the next oom_fail_at(). */
bool oom_reached(void);

/* Let all succeed again. */
void oom_off(void);

/* Go on counting where oom_off() left it. */
void oom_on(void);

/* Allocations since oom_fail_at(), but for those between oom_off() and oom_on(). */
unsigned long oom_seen(void);

/* Allocations that were not freed yet; only differences mean something. */
long oom_live(void);

#endif

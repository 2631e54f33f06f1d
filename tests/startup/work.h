/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_STARTUP_WORK_H
#define TESTS_STARTUP_WORK_H

/* The steps of starting up, each in a function whose name valgrind can be told. */

#include <libiova/host.h>
#include <libiova/space.h>

/* All end the program where they fail: this is no test, but what tests measure. */
struct iova_host *work_read(const char *root, const struct iova_sys *sys);
struct iova_space *work_merge(const struct iova_host *host);
/* The same, each group by itself. */
struct iova_space *work_merge_each(const struct iova_host *host);
/* Looks for each device by its name. */
void work_find(const struct iova_host *host);
/* Opens, reads and closes what the host was read from, and nothing else: no reading is faster. */
void work_floor(const char *root, const struct iova_host *host);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_BASE_LOG_H
#define IOVA_BASE_LOG_H

/*
 * Where messages of one context go. Zeroed, it is silent, and nothing is
 * formatted that nobody reads.
 */

#include <libiova/log.h>

struct iova_log {
	iova_log_fn *fn;
	void *data;
	int level; /* least important level that is wanted */
};

void iova_log_(const struct iova_log *log, int level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif

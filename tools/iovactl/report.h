/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_REPORT_H
#define IOVACTL_REPORT_H

/*
 * Bad news. It goes to standard error in words; with --json standard output gets
 * {"error": {...}} as its one document as well.
 */

#include <libiova/libiova.h>

#include "answer.h"
#include "options.h"

/* Trouble of the tool's own: its errno, what to do next, what is wrong. Returns STATUS_TROUBLE. */
__attribute__((format(printf, 4, 5))) enum status
trouble(const struct options *options, int error, const char *remedy, const char *format, ...);

/* Trouble that the library reports. Returns STATUS_TROUBLE. */
enum status trouble_failure(const struct options *options, const struct iova_failure *failure,
			    const struct iova_host *host);

/* The same, with what the space says of the address that was refused. */
enum status trouble_refused(const struct options *options, const struct iova_failure *failure,
			    const struct iova_host *host, const struct answer *answer);

/* A call that has no failure to fill: only its errno is known. Returns STATUS_TROUBLE. */
enum status trouble_error(const struct options *options, const char *what, int error);

/* Something the operator should know, though the command goes on. */
__attribute__((format(printf, 1, 2))) void note(const char *format, ...);

/* "EINVAL" for -EINVAL. */
const char *error_name(int error);
const char *step_text(uint32_t step);

#endif

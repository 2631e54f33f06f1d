/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_BASE_FAILURE_H
#define IOVA_BASE_FAILURE_H

/*
 * How failures travel inside the library: each public function has one whole
 * struct iova_failure of its own, which everything below fills in, and hands it to
 * the caller's, which may be NULL or shorter, once and only on failure.
 */

#include <libiova/failure.h>

/* A failure of nothing yet, about a group (or IOVA_GROUP_NONE). */
struct iova_failure iova_failure_about_(uint32_t group);

/* State what failed. Returns error, so that it can stand behind a return. */
int iova_failed_(struct iova_failure *failure, uint32_t step, uint32_t why, int error);

/* The same for an errno that came from the kernel. */
int iova_kernel_failed_(struct iova_failure *failure, uint32_t step, int error);

/* An argument is NULL: tells the caller's and returns -EINVAL. */
int iova_failure_null_(struct iova_failure *reterr_failure);

/* If r < 0, write the failure to the caller's. Returns r. */
int iova_failure_give_(struct iova_failure *reterr_failure, struct iova_failure *failure, int r);

#endif

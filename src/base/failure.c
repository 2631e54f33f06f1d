/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/failure.h"

#include "base/opts.h"

#include <errno.h>

struct iova_failure iova_failure_about_(uint32_t group)
{
	return (struct iova_failure){
		.size = sizeof(struct iova_failure),
		.group = group,
		.conflict.group = IOVA_GROUP_NONE,
	};
}

int iova_failed_(struct iova_failure *failure, uint32_t step, uint32_t why, int error)
{
	failure->step = step;
	failure->why = why;
	failure->error = error;
	failure->from_kernel = 0;
	return error;
}

int iova_kernel_failed_(struct iova_failure *failure, uint32_t step, int error)
{
	iova_failed_(failure, step, IOVA_WHY_UNKNOWN, error);
	failure->from_kernel = 1;
	return error;
}

int iova_failure_give_(struct iova_failure *reterr_failure, struct iova_failure *failure, int r)
{
	if (r < 0 && reterr_failure) {
		failure->error = r;
		/* A struct too short for its first layout stays as it is: r says enough. */
		(void)iova_info_write_(reterr_failure, sizeof *failure, failure, sizeof *failure);
	}
	return r;
}

int iova_failure_null_(struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);

	iova_failed_(&failure, IOVA_STEP_ARGUMENT, IOVA_WHY_NULL, -EINVAL);
	return iova_failure_give_(reterr_failure, &failure, -EINVAL);
}

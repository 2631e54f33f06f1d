/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/range.h"

#include <errno.h>

IOVA_API int iova_range_make(uint64_t start, uint64_t length, struct iova_range *ret_range)
{
	if (!ret_range || !length)
		return -EINVAL;
	if (length - 1 > UINT64_MAX - start)
		return -EOVERFLOW;
	ret_range->start = start;
	ret_range->last = start + (length - 1);
	return 0;
}

IOVA_API int iova_range_length(const struct iova_range *range, uint64_t *ret_length)
{
	if (!range || !ret_length || range->start > range->last)
		return -EINVAL;
	if (range->last - range->start == UINT64_MAX)
		return -EOVERFLOW;
	*ret_length = range->last - range->start + 1;
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/opts.h"

#include <errno.h>
#include <string.h>

static size_t stated_size(const void *sized)
{
	size_t size;

	memcpy(&size, sized, sizeof size);
	return size;
}

int iova_opts_read_(void *known, size_t size, size_t least, const void *opts)
{
	size_t stated;

	memset(known, 0, size);
	if (!opts)
		return 0;
	stated = stated_size(opts);
	if (stated < least)
		return -EINVAL;
	for (size_t i = size; i < stated; i++)
		if (((const unsigned char *)opts)[i])
			return -E2BIG;
	memcpy(known, opts, stated < size ? stated : size);
	return 0;
}

int iova_info_write_(void *info, size_t least, const void *known, size_t size)
{
	size_t stated;

	if (!info)
		return -EINVAL;
	stated = stated_size(info);
	if (stated < least)
		return -EINVAL;
	if (stated < size)
		size = stated;
	memcpy((char *)info + sizeof stated, (const char *)known + sizeof stated,
	       size - sizeof stated);
	memset((char *)info + size, 0, stated - size);
	return 0;
}

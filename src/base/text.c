/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text.h"

#include <string.h>

void iova_text_copy_(char *to, size_t size, const char *from)
{
	size_t length = strlen(from);

	if (length > size - 1)
		length = size - 1;
	memcpy(to, from, length);
	memset(to + length, 0, size - length);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include <libiova/version.h>

IOVA_API uint32_t iova_version(void)
{
	return IOVA_VERSION;
}

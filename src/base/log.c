/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

void iova_log_(const struct iova_log *log, int level, const char *format, ...)
{
	char message[1024];
	va_list args;

	if (!log->fn || level > log->level)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	log->fn(log->data, level, message);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_BASE_TEXT_H
#define IOVA_BASE_TEXT_H

#include <stddef.h>

/* Copy a string, cut to size - 1 bytes, ended by NUL; the rest of the room is zeroed. */
void iova_text_copy_(char *to, size_t size, const char *from);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_DRAW_H
#define IOVACTL_DRAW_H

/*
 * The address space as a picture. Sizes go from a page to nearly 2^64 bytes, so bars are as long
 * as the logarithm of what they stand for: a hole of 1 MiB is seen beside terabytes.
 */

#include <libiova/space.h>

#include "terminal.h"

void draw(const struct iova_space *space, const struct terminal *terminal);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_MAP_H
#define IOVACTL_MAP_H

/*
 * The command "map".
 */

#include "options.h"

enum status run_map(const struct options *options);

#endif

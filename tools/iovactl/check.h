/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_CHECK_H
#define IOVACTL_CHECK_H

/*
 * The command "check".
 */

#include "options.h"

enum status run_check(const struct options *options);

#endif

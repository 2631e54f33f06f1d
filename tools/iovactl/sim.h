/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_SIM_H
#define IOVACTL_SIM_H

/*
 * The command "sim".
 */

#include "options.h"

enum status run_sim(const struct options *options);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_PRESET_H
#define IOVACTL_PRESET_H

/*
 * Simulated machines, by name.
 */

#include <libiova/sys.h>

#include "options.h"

struct iova_sim;

/* Make the machine of --sim. Trouble is reported here. */
enum status preset_open(const struct options *options, struct iova_sim **ret_sim,
			const struct iova_sys **ret_sys);
void preset_close(struct iova_sim *sim);

/* The command "sim". */
enum status run_sim(const struct options *options);

#endif

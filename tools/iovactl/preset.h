/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_PRESET_H
#define IOVACTL_PRESET_H

/*
 * Simulated machines: presets by name, and descriptions in files.
 */

#include <libiova/sys.h>

#include "options.h"

struct iova_sim;

/*
 * Make a machine of a name: a preset if there is one of that name, else what the file describes.
 * Trouble is reported here.
 */
enum status preset_open(const struct options *options, const char *name, struct iova_sim **ret_sim,
			const struct iova_sys **ret_sys);
void preset_close(struct iova_sim *sim);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_SHOW_H
#define IOVACTL_SHOW_H

/*
 * The command "show": the same facts as tables and a drawing, or as JSON.
 */

#include "target.h"
#include "terminal.h"

enum status run_show(const struct options *options);

void show_tables(const struct target *target, const struct terminal *terminal);
void show_regions(const struct target *target, const struct terminal *terminal);
enum status show_json(const struct target *target);

#endif

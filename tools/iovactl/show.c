/* SPDX-License-Identifier: BSD-3-Clause */
#include "show.h"

#include <errno.h>
#include <stdio.h>

#include "draw.h"
#include "report.h"

enum status run_show(const struct options *options)
{
	struct terminal terminal = terminal_of(options);
	struct target target;
	enum status status;

	if (options->n_args)
		return trouble(options, -EINVAL, "Select with --group and --device.",
			       "iovactl show: %s: takes no argument", options->args[0]);
	status = target_open(options, &target);
	if (status == STATUS_FINE) {
		target_note_kernel(&target);
		if (options->json) {
			status = show_json(&target);
		} else {
			show_tables(&target, &terminal);
			draw(target.space, &terminal);
		}
	}
	target_close(&target);
	return status;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "preset.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <libiova-sim/sim.h>

#include "report.h"
#include "simfile.h"

/* Whether a name can only be that of a file. */
static bool is_path(const char *name)
{
	const char *dot = strrchr(name, '.');

	return strchr(name, '/') || (dot && !strcmp(dot, ".json"));
}

static enum status unknown(const struct options *options, const char *name)
{
	const char *const *presets = iova_sim_presets(), *nearest;
	char names[256], remedy[512];
	size_t n = 0;

	while (presets[n])
		n++;
	simfile_list(names, sizeof names, presets);
	nearest = simfile_nearest(name, presets, n);
	snprintf(remedy, sizeof remedy, "%s%s%sName one of %s; or give a file, see iova-host(5).",
		 nearest ? "Is " : "", nearest ? nearest : "", nearest ? " meant? " : "", names);
	return trouble(options, -ENOENT, remedy, "--sim %s: no such simulated machine, nor file",
		       name);
}

static enum status open_file(const struct options *options, const char *name,
			     struct iova_sim **ret_sim)
{
	struct simfile_error error;
	int r = simfile_read(name, ret_sim, &error);

	if (r == -ENOENT && !is_path(name))
		return unknown(options, name);
	if (r == -EINVAL || r == -EFBIG)
		return trouble(options, r, "Correct the file; iova-host(5) describes its format.",
			       "%s", error.text);
	if (r < 0)
		return trouble(options, r,
			       "Give a file that can be read, or a name of iovactl sim list.", "%s",
			       error.text);
	return STATUS_FINE;
}

enum status preset_open(const struct options *options, const char *name, struct iova_sim **ret_sim,
			const struct iova_sys **ret_sys)
{
	int r = iova_sim_new_preset(name, ret_sim);
	enum status status = STATUS_FINE;

	if (r == -ENOENT)
		status = open_file(options, name, ret_sim);
	else if (r < 0)
		status = trouble_error(options, "making the simulated machine", r);
	if (status == STATUS_FINE)
		*ret_sys = iova_sim_sys(*ret_sim);
	return status;
}

void preset_close(struct iova_sim *sim)
{
	iova_sim_free(sim);
}

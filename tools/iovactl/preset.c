/* SPDX-License-Identifier: BSD-3-Clause */
#include "preset.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "report.h"
#include "sim.h"

enum status preset_open(const struct options *options, struct iova_sim **ret_sim,
			const struct iova_sys **ret_sys)
{
	int r = iova_sim_new_preset(options->sim, ret_sim);

	if (r == -ENOENT)
		return trouble(options, -ENOENT, "iovactl sim list names the simulated machines.",
			       "--sim %s: no such simulated machine", options->sim);
	if (r < 0)
		return trouble_error(options, "making the simulated machine", r);
	*ret_sys = iova_sim_sys(*ret_sim);
	return STATUS_FINE;
}

void preset_close(struct iova_sim *sim)
{
	iova_sim_free(sim);
}

enum status run_sim(const struct options *options)
{
	const char *const *names = iova_sim_presets();
	struct json_object *document, *array;

	if (options->n_args != 1 || strcmp(options->args[0], "list") != 0)
		return trouble(options, -EINVAL, "iovactl sim list names the simulated machines.",
			       "iovactl sim: %s",
			       options->n_args ? options->args[options->n_args - 1] :
						 "what to do is missing");
	if (!options->json) {
		for (size_t i = 0; names[i]; i++)
			puts(names[i]);
		return STATUS_FINE;
	}
	document = json_object_new_object();
	array = json_object_new_array();
	for (size_t i = 0; names[i]; i++)
		json_object_array_add(array, json_object_new_string(names[i]));
	json_object_object_add(document, "presets", array);
	json_print(document);
	return STATUS_FINE;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <libiova-sim/sim.h>
#include <libiova/libiova.h>

#include "json.h"
#include "preset.h"
#include "report.h"

/* What kind of machine a preset is, in a line. */
static const struct {
	const char *name, *about;
} abouts[] = {
	{ "desktop", "Intel desktop on 6.12: 39 bits, relaxable and strict regions" },
	{ "desktop-6.1", "the same on kernel 6.1" },
	{ "old", "the same on kernel 4.19, which lists nothing and checks nothing" },
	{ "igpu", "Intel desktop with integrated graphics and its stolen memory" },
	{ "gpu", "a graphics card, its audio function and a bridge in one group" },
	{ "server", "Intel server on 5.15: strict regions of firmware (RMRRs)" },
	{ "epyc", "AMD server: 64 bits but for the hole of HyperTransport below 1 TiB" },
	{ "arm", "Arm server: SMMUv3, regions of firmware (RMRs), MSIs at 128 MiB" },
	{ "s390", "IBM Z on 6.1: nothing below 4 GiB" },
	{ "nested", "a guest of QEMU with a virtual VT-d of 39 bits" },
	{ "iommufd", "the desktop with iommufd beside type1, and a node for each device" },
	{ "iommufd-6.2", "the same on kernel 6.2, without nodes of devices" },
	{ "iommufd-6.6", "the same on kernel 6.6" },
	{ "iommufd-6.13", "the same on kernel 6.13, which maps files, too" },
	{ "iommufd-epyc", "the AMD server with iommufd" },
	{ "compat", "the desktop, where iommufd provides the container as well" },
};

static const char *about(const char *name)
{
	for (size_t i = 0; i < sizeof abouts / sizeof abouts[0]; i++)
		if (!strcmp(abouts[i].name, name))
			return abouts[i].about;
	return "";
}

static enum status list(const struct options *options)
{
	const char *const *names = iova_sim_presets();
	struct json_object *document, *array, *texts;

	if (!options->json) {
		for (size_t i = 0; names[i]; i++)
			printf("%-12s  %s\n", names[i], about(names[i]));
		return STATUS_FINE;
	}
	document = json_object_new_object();
	array = json_object_new_array();
	texts = json_object_new_object();
	for (size_t i = 0; names[i]; i++) {
		json_object_array_add(array, json_object_new_string(names[i]));
		json_object_object_add(texts, names[i], json_object_new_string(about(names[i])));
	}
	json_object_object_add(document, "presets", array);
	json_object_object_add(document, "about", texts);
	json_print(document);
	return STATUS_FINE;
}

/* How much there is on a simulated machine. */
struct summary {
	size_t groups, devices, regions, faults;
};

static enum status sum_up(const struct options *options, struct iova_sim *sim,
			  const struct iova_sys *sys, struct summary *summary)
{
	const struct iova_host_opts opts = { .size = sizeof opts, .sys = sys };
	struct iova_sim_report report = { .size = sizeof report };
	struct iova_group_info group = { .size = sizeof group };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_host *host;

	if (iova_sim_report(sim, &report) == 0)
		summary->faults = report.n_pending_faults;
	/* what is to go wrong later must not do so here */
	iova_sim_clear_faults(sim);
	iova_sim_clear_files(sim);
	if (iova_host_read(&opts, &host, &failure) < 0)
		return trouble_failure(options, &failure, NULL);
	for (; iova_host_nth_group(host, summary->groups, &group) == 0; summary->groups++) {
		summary->devices += group.n_devices;
		summary->regions += group.n_regions;
	}
	iova_host_free(host);
	return STATUS_FINE;
}

static void print_summary(const struct options *options, const char *name,
			  const struct summary *summary)
{
	struct json_object *document;

	if (!options->json) {
		printf("%s: a simulated machine with %zu groups, %zu devices in them, "
		       "%zu reserved regions, %zu faults to come\n",
		       name, summary->groups, summary->devices, summary->regions, summary->faults);
		return;
	}
	document = json_object_new_object();
	json_object_object_add(document, "name", json_object_new_string(name));
	json_object_object_add(document, "groups", json_object_new_uint64(summary->groups));
	json_object_object_add(document, "devices", json_object_new_uint64(summary->devices));
	json_object_object_add(document, "regions", json_object_new_uint64(summary->regions));
	json_object_object_add(document, "faults", json_object_new_uint64(summary->faults));
	json_print(document);
}

/* That a description is right, and what comes out of it. */
static enum status check(const struct options *options, const char *name)
{
	struct summary summary = { 0 };
	struct iova_sim *sim = NULL;
	const struct iova_sys *sys;
	enum status status = preset_open(options, name, &sim, &sys);

	if (status == STATUS_FINE)
		status = sum_up(options, sim, sys, &summary);
	if (status == STATUS_FINE)
		print_summary(options, name, &summary);
	preset_close(sim);
	return status;
}

enum status run_sim(const struct options *options)
{
	static const char remedy[] = "Write iovactl sim list, or iovactl sim check NAME|FILE.";
	const char *word = options->n_args ? options->args[0] : "";

	if (!strcmp(word, "list") && options->n_args == 1)
		return list(options);
	if (!strcmp(word, "check") && options->n_args == 2)
		return check(options, options->args[1]);
	if (!strcmp(word, "check") && options->n_args == 1 && options->sim)
		return check(options, options->sim);
	if (!strcmp(word, "check") && options->n_args == 1)
		return trouble(options, -EINVAL, remedy,
			       "iovactl sim check: a name or a file is missing");
	return trouble(options, -EINVAL, remedy, "iovactl sim: %s",
		       options->n_args ? options->args[options->n_args - 1] :
					 "what to do is missing");
}

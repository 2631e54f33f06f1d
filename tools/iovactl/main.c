/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "json.h"
#include "map.h"
#include "options.h"
#include "report.h"
#include "show.h"
#include "sim.h"

static enum status print_version(const struct options *options)
{
	uint32_t library = iova_version();
	struct json_object *document;
	char text[32];

	snprintf(text, sizeof text, "%" PRIu32 ".%" PRIu32 ".%" PRIu32, library >> 16,
		 library >> 8 & 0xff, library & 0xff);
	if (!options->json) {
		printf("iovactl %s (library %s)\n", IOVACTL_VERSION, text);
		return STATUS_FINE;
	}
	document = json_object_new_object();
	json_object_object_add(document, "version", json_object_new_string(IOVACTL_VERSION));
	json_object_object_add(document, "library", json_object_new_string(text));
	json_print(document);
	return STATUS_FINE;
}

static enum status print_help(const struct options *options)
{
	const char *text = help_text(options->command);
	struct json_object *document;

	if (!options->json) {
		fputs(text, stdout);
		return STATUS_FINE;
	}
	document = json_object_new_object();
	json_object_object_add(document, "help", json_object_new_string(text));
	json_print(document);
	return STATUS_FINE;
}

static enum status run(const struct options *options)
{
	if (*options->error)
		return trouble(options, -EINVAL, options->remedy, "%s", options->error);
	if (options->help)
		return print_help(options);
	if (options->version)
		return print_version(options);
	if (!strcmp(options->command, "show"))
		return run_show(options);
	if (!strcmp(options->command, "check"))
		return run_check(options);
	if (!strcmp(options->command, "map"))
		return run_map(options);
	return run_sim(options);
}

int main(int argc, char **argv)
{
	struct options options;
	enum status status;
	int r;

	setlocale(LC_CTYPE, "");
	r = options_read(&options, argc, argv);
	status = r < 0 ? trouble_error(&options, "reading the command line", r) : run(&options);
	options_free(&options);
	/* an answer that did not arrive is none */
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "iovactl: cannot write to standard output: %s\n", strerror(errno));
		return STATUS_TROUBLE;
	}
	return (int)status;
}

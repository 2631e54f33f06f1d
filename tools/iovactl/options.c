/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libiova/libiova.h>

enum {
	OPTION_GROUP = 256,
	OPTION_DEVICE,
	OPTION_POLICY,
	OPTION_WIDTH,
	OPTION_ROOT,
	OPTION_SIM,
	OPTION_JSON,
	OPTION_COLOR,
	OPTION_IDENTITY,
	OPTION_BACKEND,
};

static const struct option long_options[] = {
	{ "group", required_argument, NULL, OPTION_GROUP },
	{ "device", required_argument, NULL, OPTION_DEVICE },
	{ "policy", required_argument, NULL, OPTION_POLICY },
	{ "width", required_argument, NULL, OPTION_WIDTH },
	{ "root", required_argument, NULL, OPTION_ROOT },
	{ "sim", required_argument, NULL, OPTION_SIM },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "color", optional_argument, NULL, OPTION_COLOR },
	{ "identity", no_argument, NULL, OPTION_IDENTITY },
	{ "backend", required_argument, NULL, OPTION_BACKEND },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

struct word {
	const char *word;
	uint32_t value;
};

static const struct word policies[] = {
	{ "strict", IOVA_POLICY_STRICT },
	{ "warn", IOVA_POLICY_WARN },
	{ "relaxed", IOVA_POLICY_RELAXED },
};

static const struct word backends[] = {
	{ "auto", IOVA_BACKEND_ANY },        { "type1", IOVA_BACKEND_TYPE1 },
	{ "iommufd", IOVA_BACKEND_IOMMUFD }, { "compat", IOVA_BACKEND_COMPAT },
	{ "noiommu", IOVA_BACKEND_NOIOMMU },
};

#define N_POLICIES (sizeof policies / sizeof policies[0])
#define N_BACKENDS (sizeof backends / sizeof backends[0])

static const char *text_of(const struct word *words, size_t n, uint32_t value)
{
	for (size_t i = 0; i < n; i++)
		if (words[i].value == value)
			return words[i].word;
	return "default";
}

static int value_of(const struct word *words, size_t n, const char *word, uint32_t *ret_value)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(words[i].word, word)) {
			*ret_value = words[i].value;
			return 0;
		}
	return -EINVAL;
}

const char *policy_text(uint32_t policy)
{
	return text_of(policies, N_POLICIES, policy);
}

const char *backend_text(uint32_t backend)
{
	return text_of(backends, N_BACKENDS, backend);
}

int number_read(const char *text, uint64_t max, uint64_t *ret_number)
{
	unsigned long long number;

	/* strtoull() would take blanks and signs, and turn "-1" into the largest number */
	if (!*text || text[strspn(text, "0123456789")])
		return -EINVAL;
	errno = 0;
	number = strtoull(text, NULL, 10);
	if (errno || number > max)
		return -ERANGE;
	*ret_number = number;
	return 0;
}

__attribute__((format(printf, 3, 4))) static void wrong(struct options *options, const char *remedy,
							const char *format, ...)
{
	va_list args;

	if (*options->error)
		return;
	va_start(args, format);
	vsnprintf(options->error, sizeof options->error, format, args);
	va_end(args);
	snprintf(options->remedy, sizeof options->remedy, "%s", remedy);
}

static void read_group(struct options *options, const char *text)
{
	uint64_t group;
	int r = number_read(text, IOVA_GROUP_NONE - 1u, &group);

	if (r == -ERANGE)
		wrong(options, "The groups of a machine are the names in /sys/kernel/iommu_groups.",
		      "--group %s: no group has so large a number", text);
	else if (r < 0)
		wrong(options, "Give the number of a group, such as --group 7.",
		      "--group %s: not the number of a group", text);
	else
		options->groups[options->n_groups++] = (uint32_t)group;
}

static void read_width(struct options *options, const char *text)
{
	uint64_t width;

	if (number_read(text, 64, &width) < 0 || width < 1)
		wrong(options, "Give the address bits that the devices can drive, 1 to 64.",
		      "--width %s: not a number of bits", text);
	else
		options->width = (uint32_t)width;
}

static void read_color(struct options *options, const char *text)
{
	if (!text || !strcmp(text, "always"))
		options->color = COLOR_ALWAYS;
	else if (!strcmp(text, "auto"))
		options->color = COLOR_AUTO;
	else if (!strcmp(text, "never"))
		options->color = COLOR_NEVER;
	else
		wrong(options, "Give auto, always or never.", "--color=%s: no such choice", text);
}

static void read_unknown(struct options *options, int c, const char *word)
{
	if (c == ':')
		wrong(options, "Give its value after it; iovactl --help lists the options.",
		      "%s: a value is missing", word);
	else if (optopt && optopt < 256 && strncmp(word, "--", 2) != 0)
		wrong(options, "iovactl --help lists the options.", "-%c: unknown option", optopt);
	else if (optopt)
		wrong(options, "iovactl --help lists the options.", "%s: the option takes no value",
		      word);
	else
		wrong(options, "iovactl --help lists the options.",
		      "%s: unknown or ambiguous option", word);
}

static void read_option(struct options *options, int c, const char *word)
{
	switch (c) {
	case OPTION_GROUP:
		read_group(options, optarg);
		break;
	case OPTION_DEVICE:
		options->devices[options->n_devices++] = optarg;
		break;
	case OPTION_POLICY:
		if (value_of(policies, N_POLICIES, optarg, &options->policy) < 0)
			wrong(options, "Give strict, warn or relaxed.",
			      "--policy %s: no such policy", optarg);
		break;
	case OPTION_BACKEND:
		if (value_of(backends, N_BACKENDS, optarg, &options->backend) < 0)
			wrong(options, "Give auto, type1, iommufd, compat or noiommu.",
			      "--backend %s: no such backend", optarg);
		break;
	case OPTION_WIDTH:
		read_width(options, optarg);
		break;
	case OPTION_ROOT:
		options->root = optarg;
		break;
	case OPTION_SIM:
		options->sim = optarg;
		break;
	case OPTION_JSON:
		options->json = true;
		break;
	case OPTION_COLOR:
		read_color(options, optarg);
		break;
	case OPTION_IDENTITY:
		options->identity = true;
		break;
	case 'h':
		options->help = true;
		break;
	case 'V':
		options->version = true;
		break;
	default:
		read_unknown(options, c, word);
	}
}

static void read_command(struct options *options)
{
	const char *command = options->command;

	if (options->help || options->version)
		return;
	if (!command)
		wrong(options, "Name one of show, check, map and sim; iovactl --help tells more.",
		      "no command is given");
	else if (!is_command(command))
		wrong(options, "Name one of show, check, map and sim; iovactl --help tells more.",
		      "%s: unknown command", command);
	else if (options->root && options->sim)
		wrong(options, "Give one of the two: a recorded machine or a simulated one.",
		      "--root %s and --sim %s exclude each other", options->root, options->sim);
	else if (options->identity && strcmp(command, "map") != 0)
		wrong(options, "Leave it out, or use it with iovactl map.",
		      "--identity means nothing to iovactl %s", command);
}

int options_read(struct options *options, int argc, char **argv)
{
	size_t room = (size_t)argc + 1;
	int c;

	memset(options, 0, sizeof *options);
	if (value_of(policies, N_POLICIES, IOVACTL_POLICY, &options->policy) < 0)
		options->policy = IOVA_POLICY_WARN;
	options->args = calloc(room, sizeof *options->args);
	options->groups = calloc(room, sizeof *options->groups);
	options->devices = calloc(room, sizeof *options->devices);
	if (!options->args || !options->groups || !options->devices)
		return -ENOMEM;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":hV", long_options, NULL)) != -1)
		read_option(options, c, argv[optind - 1]);
	if (optind < argc)
		options->command = argv[optind++];
	while (optind < argc)
		options->args[options->n_args++] = argv[optind++];
	read_command(options);
	return 0;
}

void options_free(struct options *options)
{
	free(options->args);
	free(options->groups);
	free(options->devices);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_OPTIONS_H
#define IOVACTL_OPTIONS_H

/*
 * What the command line asks for, and how a command ends.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The exit status of the program; of several the worst counts: trouble, refused, warned, fine. */
enum status {
	STATUS_FINE = 0,
	STATUS_REFUSED = 1,
	STATUS_TROUBLE = 2,
	STATUS_WARNED = 3,
};

enum color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

/*
 * The strings are those of argv; the arrays belong to the options. The first thing that is wrong
 * is kept in error and remedy while the rest is still read, so that --json holds for the
 * message whatever its place on the line.
 */
struct options {
	const char *command; /* NULL if none is named */
	const char **args;   /* what follows the command */
	size_t n_args;
	uint32_t *groups;
	size_t n_groups;
	const char **devices;
	size_t n_devices;
	const char *root;
	const char *sim;
	uint32_t policy;  /* IOVA_POLICY_*, never the default one */
	uint32_t width;   /* 0 if not given */
	uint32_t backend; /* IOVA_BACKEND_*, IOVA_BACKEND_ANY if not given */
	enum color color;
	bool json;
	bool help;
	bool version;
	bool identity;
	char error[256];
	char remedy[256];
};

/* Reads the line; options_free() afterwards, also on failure. 0, or -ENOMEM. */
int options_read(struct options *options, int argc, char **argv);
void options_free(struct options *options);

/* A whole decimal number without sign, at most max. 0, -EINVAL, or -ERANGE if it is larger. */
int number_read(const char *text, uint64_t max, uint64_t *ret_number);

const char *policy_text(uint32_t policy);
const char *backend_text(uint32_t backend);

/* The help of a command, or of the program for NULL and for words that are no command. */
const char *help_text(const char *command);
bool is_command(const char *word);

#endif

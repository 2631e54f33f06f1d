/* SPDX-License-Identifier: BSD-3-Clause */
#include "tap.h"

#include "expect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EMULATED "TREE_TEST_EMULATED"

static const struct walk_path *path;
static const char *sentence;
static unsigned int number;

static void report(bool passed)
{
	printf("%sok %u - width %d, %s: %s\n", passed ? "" : "not ", number, TREE_WIDTH, path->name,
	       sentence);
	fflush(stdout);
}

_Noreturn void expect_failed(const char *file, int line, const char *what)
{
	printf("# %s:%d: not true: %s\n", file, line, what);
	tap_explain();
	report(false);
	printf("Bail out! the table cannot be used any more\n");
	exit(1);
}

void tap_begin(const char *of)
{
	number++;
	sentence = of;
}

void tap_passed(void)
{
	report(true);
}

static _Noreturn void bail_out(const char *why, const char *name)
{
	printf("Bail out! %s: %s\n", why, name);
	exit(1);
}

const struct walk_path *tap_start(int argc, char **argv, unsigned long n_tests)
{
	if (argc < 2)
		bail_out("no way to search is named", argv[0]);
	for (path = walk_paths(); path->name && strcmp(path->name, argv[1]) != 0;)
		path++;
	if (!path->name)
		bail_out("no such way to search", argv[1]);
	if (!path->works && !getenv(EMULATED)) {
		setenv(EMULATED, "1", 1);
		execlp("qemu-x86_64", "qemu-x86_64", "-cpu", "max", argv[0], argv[1], (char *)NULL);
		bail_out("qemu-x86_64 does not start", strerror(errno));
	}
	if (!path->works)
		bail_out("no processor here can search by", argv[1]);
	printf("1..%lu\n", n_tests);
	return path;
}

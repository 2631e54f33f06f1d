/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_SIMFILE_HELP_H
#define IOVA_TESTS_SIMFILE_HELP_H

/* Descriptions of hosts as texts in the tests. */

#include "raw.h"
#include "simfile.h"

#include <errno.h>
#include <string.h>

/* The world of a description, which has to be right. */
static inline struct world *world_of_text(const char *text)
{
	struct simfile_error error = { "" };
	struct iova_sim *sim = NULL;
	int r = simfile_parse("text", text, strlen(text), &sim, &error);

	if (r < 0)
		print_error("%s\n", error.text);
	assert_int_equal(r, 0);
	return world_of_sim(sim);
}

/* A description that is wrong: nothing is made, and the text of the error is this one. */
static inline void assert_wrong_bytes(const char *text, size_t length, int result,
				      const char *expected)
{
	struct iova_sim *const untouched = (struct iova_sim *)(uintptr_t)1;
	struct simfile_error error = { "" };
	struct iova_sim *sim = untouched;

	assert_int_equal(simfile_parse("text", text, length, &sim, &error), result);
	assert_ptr_equal(sim, untouched);
	assert_string_equal(error.text, expected);
}

static inline void assert_wrong(const char *text, const char *expected)
{
	assert_wrong_bytes(text, strlen(text), -EINVAL, expected);
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* The list of watched functions, and the reading of the headers that the sweeps rest on. */
#include "watch-play.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static size_t n_functions, n_watched;

static bool is_watched(const char *function)
{
	char line[200], wanted[160];
	bool found = false;
	FILE *file = fopen(WATCH_H, "re");

	assert_non_null(file);
	snprintf(wanted, sizeof wanted, "#define %s watched_%s\n", function, function);
	while (!found && fgets(line, sizeof line, file))
		found = !strcmp(line, wanted);
	fclose(file);
	return found;
}

static bool ends_with(const char *text, const char *tail)
{
	size_t length = strlen(text);

	return length >= strlen(tail) && !strcmp(text + length - strlen(tail), tail);
}

static void check_function(const char *function, const char *comment)
{
	bool may_fail = error_is_documented(function, ENOMEM) || error_is_handed_on(function);
	bool releases = ends_with(function, "_free") || ends_with(function, "_close");

	(void)comment;
	n_functions++;
	if (!may_fail && !releases)
		return;
	n_watched++;
	if (!is_watched(function))
		fail_msg("%s can fail, or releases something: it belongs into watch.h", function);
}

static void every_function_that_a_fault_can_meet_is_watched(void **state)
{
	(void)state;
	headers_read(check_function);
	/* Nothing was overlooked in the headers themselves. */
	assert_in_range(n_functions, 60, 200);
	assert_in_range(n_watched, 40, n_functions - 10);
}

static void the_documented_errors_of_a_function_are_known(void **state)
{
	(void)state;
	assert_true(error_is_documented("iova_ctx_refresh", EPROTO));
	assert_false(error_is_documented("iova_ctx_refresh", EEXIST));
	/* By way of "as for iova_ctx_map_fixed()". */
	assert_true(error_is_documented("iova_ctx_map", EFAULT));
	assert_true(error_is_documented("iova_ctx_map", ENOSPC));
	assert_false(error_is_documented("iova_ctx_map", EBADFD));
	assert_true(error_is_handed_on("iova_ctx_adopt_group"));
	assert_false(error_is_handed_on("iova_space_alloc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_function_that_a_fault_can_meet_is_watched),
		cmocka_unit_test(the_documented_errors_of_a_function_are_known),
	};

	watch_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

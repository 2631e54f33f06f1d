/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_EMULATED_CMOCKA_H
#define TESTS_EMULATED_CMOCKA_H

/*
 * In the place of cmocka, where no package of it can be linked with: what the unit tests use of
 * it, with TAP as its only output. The first failure ends the program.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
	const char *name;
	void (*test)(void **state);
	int (*setup)(void **state);
	int (*teardown)(void **state);
};

#define cmocka_unit_test(function)              \
	{                                       \
#function, function, NULL, NULL \
	}
#define cmocka_unit_test_setup(function, before)  \
	{                                         \
#function, function, before, NULL \
	}
#define cmocka_unit_test_setup_teardown(function, before, behind) \
	{                                                         \
#function, function, before, behind               \
	}

#define fail_msg(...) (printf("# " __VA_ARGS__), cmocka_fail(__FILE__, __LINE__))

static inline _Noreturn void cmocka_fail(const char *file, int line)
{
	printf("\n# %s:%d\nBail out! the test has failed\n", file, line);
	exit(1);
}

static inline void cmocka_true(bool truth, const char *what, const char *file, int line)
{
	if (truth)
		return;
	printf("# not true: %s", what);
	cmocka_fail(file, line);
}

#define assert_true(truth) cmocka_true((truth), #truth, __FILE__, __LINE__)
#define assert_false(truth) assert_true(!(truth))
#define assert_null(pointer) assert_true((pointer) == NULL)
#define assert_non_null(pointer) assert_true((pointer) != NULL)
#define assert_ptr_equal(a, b) assert_true((const void *)(a) == (const void *)(b))
#define assert_ptr_not_equal(a, b) assert_true((const void *)(a) != (const void *)(b))
#define assert_string_equal(a, b) assert_true(strcmp((a), (b)) == 0)
#define assert_memory_equal(a, b, n) assert_true(memcmp((a), (b), (n)) == 0)

/* As in cmocka, whatever their types are: as large as can be. */
static inline void cmocka_equal(uintmax_t a, uintmax_t b, const char *what, const char *file,
				int line)
{
	if (a == b)
		return;
	printf("# %#jx is not %#jx: %s", a, b, what);
	cmocka_fail(file, line);
}

static inline bool cmocka_is_in(uintmax_t value, uintmax_t least, uintmax_t most)
{
	return value >= least && value <= most;
}

#define assert_int_equal(a, b) \
	cmocka_equal((uintmax_t)(a), (uintmax_t)(b), #a " and " #b, __FILE__, __LINE__)
#define assert_int_not_equal(a, b) assert_true((uintmax_t)(a) != (uintmax_t)(b))
#define assert_in_range(value, least, most) \
	assert_true(cmocka_is_in((uintmax_t)(value), (uintmax_t)(least), (uintmax_t)(most)))

static inline int cmocka_run(const struct CMUnitTest *tests, size_t n, int (*setup)(void **state),
			     int (*teardown)(void **state))
{
	void *shared = NULL;

	printf("1..%zu\n", n);
	if (setup && setup(&shared) != 0)
		fail_msg("setup failed");
	for (size_t i = 0; i < n; i++) {
		void *state = shared;

		if (tests[i].setup && tests[i].setup(&state) != 0)
			fail_msg("setup failed of %s", tests[i].name);
		tests[i].test(&state);
		if (tests[i].teardown && tests[i].teardown(&state) != 0)
			fail_msg("teardown failed of %s", tests[i].name);
		printf("ok %zu - %s\n", i + 1, tests[i].name);
		fflush(stdout);
	}
	if (teardown && teardown(&shared) != 0)
		fail_msg("teardown failed");
	return 0;
}

#define cmocka_run_group_tests_name(name, tests, setup, teardown) \
	cmocka_run(tests, sizeof tests / sizeof tests[0], setup, teardown)
#define cmocka_run_group_tests(tests, setup, teardown) \
	cmocka_run(tests, sizeof tests / sizeof tests[0], setup, teardown)

#endif

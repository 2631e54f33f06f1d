/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_TREE_EXPECT_H
#define TESTS_UNIT_TREE_EXPECT_H

/* What must hold. Each program says what happens if it does not: a test fails, a fuzzer stops. */

_Noreturn void expect_failed(const char *file, int line, const char *what);

#define EXPECT(truth)                                              \
	do {                                                       \
		if (!(truth))                                      \
			expect_failed(__FILE__, __LINE__, #truth); \
	} while (0)

#endif

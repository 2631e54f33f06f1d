/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_ODD_LISTS_H
#define IOVA_TESTS_ODD_LISTS_H

/* Lists of ranges that are odd: each test says how it has them read, by its assert_oddities(). */
#define check_list(oddities, kept, ...)                                      \
	assert_oddities((const struct iova_range[]){ __VA_ARGS__ },          \
			sizeof((const struct iova_range[]){ __VA_ARGS__ }) / \
				sizeof(struct iova_range),                   \
			oddities, kept)

#endif

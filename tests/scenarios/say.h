/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_SCENARIOS_SAY_H
#define TESTS_SCENARIOS_SAY_H

/* A line about a call, as it grows; what is too long is cut. */

#include "witness.h"

#define LINE_SIZE 1000

struct line {
	char text[LINE_SIZE];
	size_t length;
};

void say_add_(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say_add_answer_(struct line *line, const struct asked *asked);

/* say-iommufd.c: 0 if the request is none of iommufd's or a character device's. */
size_t asked_size_of_iommufd_(unsigned long request);
void say_iommufd_(struct transcript *transcript, const struct asked *asked);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_BAD_INPUT_H
#define IOVA_TESTS_BAD_INPUT_H

/* Every kind of bad input that a context may get, as a table of calls and what must come of them. */

#include "ctx-help.h"

/* What there is to misuse. */
struct set_up {
	const struct world *world;
	struct iova_ctx *ctx;       /* with the network card's group and one mapping at AT */
	struct iova_ctx *bare;      /* without any group */
	struct iova_ctx *lost;      /* its root is a directory without sysfs */
	struct iova_ctx *nowhere;   /* its root does not exist */
	struct iova_ctx *forbidden; /* its root may not be read */
	int file, closed, container, group; /* the USB controller's group */
};

typedef int bad_call(struct set_up *s, struct iova_failure *f);

struct bad {
	const char *kind;
	const char *function; /* whose comment lists the errno */
	bad_call *call;
	int error;
	uint32_t step;
	uint32_t why;
	const char *names; /* what the explanation must name */
};

extern const struct bad bad_inputs[];
extern const size_t n_bad_inputs;

#define OPTS(...) ((struct iova_ctx_opts){ .size = sizeof(struct iova_ctx_opts), __VA_ARGS__ })
#define MAP_OPTS(...) ((struct iova_map_opts){ .size = sizeof(struct iova_map_opts), __VA_ARGS__ })

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_TREE_MODES_H
#define TESTS_UNIT_TREE_MODES_H

/* Where mappings come, and which of them go: the ways in which tables are used, and worse ones. */

#include "life.h"

#define GRANULE 4096

/* What a choice is made from. */
struct chooser {
	uint64_t seed;
	size_t n;            /* mappings there are to be at most */
	uint64_t centres[8]; /* of clusters */
	const struct mode *mode;
	const struct model *model;
};

struct mode {
	const char *name;
	/* A range to be inserted; it may overlap one that is there. */
	struct iova_range (*range)(struct chooser *chooser);
	/* The index of a mapping to be removed, of those there are. */
	size_t (*victim)(struct chooser *chooser);
};

/* NULL name behind the last. */
extern const struct mode modes[];

void chooser_begin(struct chooser *chooser, const struct mode *mode, const struct model *model,
		   uint64_t seed, size_t n);
uint64_t below(struct chooser *chooser, uint64_t n);

/* Questions: near what is there, and anywhere. */
uint64_t some_address(struct chooser *chooser);
struct iova_range some_window(struct chooser *chooser);
/* From the start of a mapping to the last byte of one of the next few; there is one. */
struct iova_range some_span(struct chooser *chooser);
uint64_t some_align(struct chooser *chooser);
uint64_t some_length(struct chooser *chooser);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SET_SET_H
#define IOVA_SET_SET_H

/*
 * The inside of a set, for the layers that walk one: n ranges, sorted,
 * disjoint and not touching. Whoever walks must not change the set meanwhile.
 */

#include <libiova/set.h>
#include <stdbool.h>

struct iova_set {
	struct iova_range *ranges;
	size_t n;
	size_t room;
};

/* Index of the first range whose last is >= address; set->n if there is none. */
size_t iova_set_lower_bound_(const struct iova_set *set, uint64_t address);

/* Room for n ranges. Returns 0 or -ENOMEM; the ranges stay as they are. */
int iova_set_reserve_(struct iova_set *set, size_t n);

/* Whether the invariant holds; for tests. */
bool iova_set_is_canonical_(const struct iova_set *set);

/* Exchange the contents of two sets; cannot fail. */
void iova_set_swap_(struct iova_set *a, struct iova_set *b);

/* Sets that live inside another struct: a zeroed one is empty. */
void iova_set_done_(struct iova_set *set);

#endif

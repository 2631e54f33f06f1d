/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_HARNESS_H
#define IOVA_TESTS_HARNESS_H

/*
 * A world to test in: one simulated host and its table. A test's setup makes
 * it, its teardown asserts that nothing is left open, mapped or pinned.
 */

#include <libiova-sim/sim.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct world {
	struct iova_sim *sim;
	const struct iova_sys *sys;
};

/* Any preset; the world is the test's to end with world_free(). */
struct world *world_new(const char *preset);
/* The same with a sim of the test's own, which it owns from now on. */
struct world *world_of_sim(struct iova_sim *sim);
/* Ends without asking whether it is clean. */
void world_free(struct world *world);

/* For cmocka_unit_test_setup_teardown(): *state becomes a struct world *. */
int world_setup_desktop(void **state);
int world_setup_epyc(void **state);
int world_setup_old(void **state);
/* A host without groups, kernel 6.12, 48 bits. */
int world_setup_empty(void **state);
/* Asserts that the world is clean, and ends it. */
int world_teardown(void **state);

/* A test on a world of its own: ON(desktop, a_test). */
#define ON(preset, test) cmocka_unit_test_setup_teardown(test, world_setup_##preset, world_teardown)

/* No descriptor open, no group in a container, nothing mapped, nothing pinned, no fault left. */
void world_assert_clean(const struct world *world);
/* The nth mapping is exactly this one. */
void world_assert_mapping(const struct world *world, uint32_t nth, uint64_t iova, uint64_t vaddr,
			  uint64_t length, uint32_t flags);
void world_assert_n_mappings(const struct world *world, uint32_t n);
/* The kernel's list of a container (or IOVA_SIM_ONLY_CONTAINER) is exactly this one. */
void world_assert_list(const struct world *world, int fd, const struct iova_range *ranges,
		       size_t n);
/* How often a kind of call was made so far. */
uint64_t world_calls(const struct world *world, uint32_t call);

/* Change features of the world's kernel: world_kernel(w, "6.1"). */
void world_kernel(const struct world *world, const char *release);

#endif

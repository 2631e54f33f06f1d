/* SPDX-License-Identifier: BSD-3-Clause */
#include "harness.h"

#include <stdlib.h>

struct world *world_of_sim(struct iova_sim *sim)
{
	struct world *world = malloc(sizeof *world);

	assert_non_null(world);
	world->sim = sim;
	world->sys = iova_sim_sys(sim);
	return world;
}

struct world *world_new(const char *preset)
{
	struct iova_sim *sim = NULL;

	assert_int_equal(iova_sim_new_preset(preset, &sim), 0);
	return world_of_sim(sim);
}

void world_free(struct world *world)
{
	iova_sim_free(world->sim);
	free(world);
}

int world_setup_desktop(void **state)
{
	*state = world_new("desktop");
	return 0;
}

int world_setup_epyc(void **state)
{
	*state = world_new("epyc");
	return 0;
}

int world_setup_old(void **state)
{
	*state = world_new("old");
	return 0;
}

int world_setup_empty(void **state)
{
	struct iova_sim *sim = NULL;

	assert_int_equal(iova_sim_new(&sim), 0);
	*state = world_of_sim(sim);
	return 0;
}

int world_teardown(void **state)
{
	world_assert_clean(*state);
	world_free(*state);
	return 0;
}

void world_assert_clean(const struct world *world)
{
	struct iova_sim_report report = { .size = sizeof report };

	iova_sim_report(world->sim, &report);
	assert_int_equal(report.n_fds, 0);
	assert_int_equal(report.n_containers, 0);
	assert_int_equal(report.n_groups, 0);
	assert_int_equal(report.n_mappings, 0);
	assert_int_equal(report.n_pinned_pages, 0);
	assert_int_equal(report.n_pending_faults, 0);
	assert_int_equal(report.n_iommufds, 0);
	assert_int_equal(report.n_ioases, 0);
	assert_int_equal(report.n_bound, 0);
}

void world_assert_mapping(const struct world *world, uint32_t nth, uint64_t iova, uint64_t vaddr,
			  uint64_t length, uint32_t flags)
{
	struct iova_sim_mapping mapping = { .size = sizeof mapping };

	assert_int_equal(iova_sim_mapping(world->sim, nth, &mapping), 0);
	assert_int_equal(mapping.range.start, iova);
	assert_int_equal(mapping.range.last, iova + (length - 1));
	assert_int_equal(mapping.vaddr, vaddr);
	assert_int_equal(mapping.flags, flags);
}

void world_assert_n_mappings(const struct world *world, uint32_t n)
{
	struct iova_sim_report report = { .size = sizeof report };

	iova_sim_report(world->sim, &report);
	assert_int_equal(report.n_mappings, n);
}

void world_assert_list(const struct world *world, int fd, const struct iova_range *ranges, size_t n)
{
	struct iova_range found[16];

	assert_true(n <= 16);
	assert_int_equal(iova_sim_list(world->sim, fd, found, 16), n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(found[i].start, ranges[i].start);
		assert_int_equal(found[i].last, ranges[i].last);
	}
}

uint64_t world_calls(const struct world *world, uint32_t call)
{
	return iova_sim_calls(world->sim, call);
}

void world_kernel(const struct world *world, const char *release)
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };

	assert_int_equal(iova_sim_kernel_of(release, &kernel), 0);
	iova_sim_set_kernel(world->sim, &kernel);
}

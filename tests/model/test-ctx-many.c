/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays of requests: what becomes one mapping, what is refused, where things are put. */
#include "many-help.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define N_PAGES 65536ull
#define PAGE_2M (2 * MIB)

/* The pages of one buffer, in an order that has nothing to do with their addresses. */
static struct iova_request *shuffled_pages(uint64_t iova)
{
	struct iova_request *requests = calloc(N_PAGES, sizeof *requests);

	assert_non_null(requests);
	for (uint64_t i = 0; i < N_PAGES; i++) {
		uint64_t page = i * 40503 % N_PAGES;

		requests[i] = (struct iova_request){ .iova = iova + page * PAGE_2M,
						     .vaddr = VADDR + page * PAGE_2M,
						     .length = PAGE_2M };
	}
	return requests;
}

static void the_pages_of_a_buffer_are_one_mapping_and_one_call(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx;
	struct iova_request *requests = shuffled_pages(1ull << 32);
	uint64_t n_maps = world_calls(world, IOVA_SIM_CALL_MAP), unmapped;
	uint64_t n_unmaps = world_calls(world, IOVA_SIM_CALL_UNMAP);

	exempt(world);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	assert_map_many(ctx, requests, N_PAGES, NULL);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_MAP), n_maps + 1);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 1);
	world_assert_n_mappings(world, 1);
	world_assert_mapping(world, 0, 1ull << 32, VADDR, N_PAGES * PAGE_2M, 3);
	assert_int_equal(iova_ctx_unmap_many(ctx, requests, N_PAGES, NULL, &unmapped, NULL), 0);
	assert_int_equal(unmapped, N_PAGES * PAGE_2M);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_UNMAP), n_unmaps + 1);
	world_assert_n_mappings(world, 0);
	free(requests);
	iova_ctx_close(ctx);
}

static void pages_that_are_placed_become_one_mapping_as_well(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx;
	struct iova_request *requests = shuffled_pages(0);
	struct iova_mapping mapping;
	uint64_t n_maps = world_calls(world, IOVA_SIM_CALL_MAP);

	exempt(world);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	assert_map_many(ctx, requests, N_PAGES,
			MANY(.flags = IOVA_MANY_ANYWHERE, .alloc.align = 1ull << 30));
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_MAP), n_maps + 1);
	assert_int_equal(iova_space_find(iova_ctx_space(ctx), 0, &mapping), 0);
	assert_int_equal(mapping.range.start % (1ull << 30), 0);
	for (uint64_t i = 0; i < N_PAGES; i++)
		assert_int_equal(requests[i].iova - mapping.range.start, requests[i].vaddr - VADDR);
	assert_int_equal(iova_ctx_unmap_many(ctx, requests, N_PAGES, NULL, NULL, NULL), 0);
	free(requests);
	iova_ctx_close(ctx);
}

static void what_does_not_continue_is_a_mapping_of_its_own(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_request requests[] = {
		{ AT_MIB(0), MEM_MIB(0), MIB, 0, 0 },
		{ AT_MIB(1), MEM_MIB(1), MIB, IOVA_READ | IOVA_WRITE, 0 }, /* goes on */
		{ AT_MIB(2), MEM_MIB(2), MIB, IOVA_READ, 0 },              /* other access */
		{ AT_MIB(3), MEM_MIB(4), MIB, IOVA_READ, 0 },              /* a gap in memory */
		{ AT_MIB(5), MEM_MIB(5), MIB, IOVA_READ, 0 },              /* a gap in IOVA */
		{ AT_MIB(6), MEM_MIB(4), MIB, IOVA_READ, 0 },              /* memory goes back */
		{ AT_MIB(7), MEM_MIB(5), MIB, IOVA_READ, IOVA_MAP_UNCHARGED }, /* device memory */
	};
	uint64_t n_maps = world_calls(world, IOVA_SIM_CALL_MAP);

	assert_map_many(ctx, requests, LENGTH(requests), NULL);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_MAP), n_maps + 6);
	world_assert_n_mappings(world, 6);
	world_assert_mapping(world, 0, AT_MIB(0), MEM_MIB(0), 2 * MIB, 3);
	world_assert_mapping(world, 1, AT_MIB(2), MEM_MIB(2), MIB, 1);
	world_assert_mapping(world, 2, AT_MIB(3), MEM_MIB(4), MIB, 1);
	world_assert_mapping(world, 3, AT_MIB(5), MEM_MIB(5), MIB, 1);
	world_assert_mapping(world, 4, AT_MIB(6), MEM_MIB(4), MIB, 1);
	world_assert_mapping(world, 5, AT_MIB(7), MEM_MIB(5), MIB, 1);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 6);
	iova_ctx_close(ctx);
}

static void memory_that_is_placed_is_sorted_by_access_and_memory(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_request requests[] = {
		{ 7, MEM_MIB(1), MIB, IOVA_READ, 0 }, { 7, MEM_MIB(3), MIB, 0, 0 },
		{ 7, MEM_MIB(0), MIB, IOVA_READ, 0 }, { 7, MEM_MIB(2), MIB, 0, 0 },
		{ 7, MEM_MIB(0), MIB, IOVA_READ, 0 }, /* the same memory once more */
	};

	assert_map_many(ctx, requests, LENGTH(requests), MANY(.flags = IOVA_MANY_ANYWHERE));
	world_assert_n_mappings(world, 3);
	assert_int_equal(requests[1].iova, requests[3].iova + MIB);
	assert_true(requests[0].iova == requests[2].iova + MIB ||
		    requests[0].iova == requests[4].iova + MIB);
	assert_int_not_equal(requests[2].iova, requests[4].iova);
	for (size_t i = 0; i < LENGTH(requests); i++) {
		struct iova_mapping mapping;

		assert_int_equal(iova_space_find(iova_ctx_space(ctx), requests[i].iova, &mapping),
				 0);
		assert_int_equal(requests[i].iova - mapping.range.start,
				 requests[i].vaddr - mapping.vaddr);
	}
	assert_int_equal(iova_ctx_unmap_many(ctx, requests, LENGTH(requests), NULL, NULL, NULL), 0);
	world_assert_n_mappings(world, 0);
	iova_ctx_close(ctx);
}

static void a_step_cuts_at_its_multiples(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct listener listener = { 0 };
	struct iova_request request = { AT_MIB(1), VADDR, 10 * MIB, 0, 0 };
	uint64_t n_unmaps, unmapped;

	assert_map_many(ctx, &request, 1,
			MANY(.step = 4 * MIB, .progress = listen_to, .data = &listener));
	world_assert_n_mappings(world, 3);
	world_assert_mapping(world, 0, AT_MIB(1), MEM_MIB(0), 3 * MIB, 3);
	world_assert_mapping(world, 1, AT_MIB(4), MEM_MIB(3), 4 * MIB, 3);
	world_assert_mapping(world, 2, AT_MIB(8), MEM_MIB(7), 3 * MIB, 3);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 3);
	assert_int_equal(listener.n, 3);
	assert_int_equal(listener.total, 10 * MIB);
	assert_int_equal(listener.done, listener.total);
	assert_int_equal(listener.wrong, 0);
	/* Two fit into a step of unmapping, and the third comes alone. */
	listener = (struct listener){ 0 };
	n_unmaps = world_calls(world, IOVA_SIM_CALL_UNMAP);
	assert_int_equal(iova_ctx_unmap_many(ctx, &request, 1,
					     MANY(.step = 8 * MIB, .progress = listen_to,
						  .data = &listener),
					     &unmapped, NULL),
			 0);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_UNMAP), n_unmaps + 2);
	assert_int_equal(unmapped, 10 * MIB);
	assert_int_equal(listener.n, 2);
	assert_int_equal(listener.total, 10 * MIB);
	assert_int_equal(listener.done, listener.total);
	assert_int_equal(listener.wrong, 0);
	iova_ctx_close(ctx);
}

static void a_mapping_is_not_cut_by_a_step_of_unmapping(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_request request = { AT, VADDR, 8 * MIB, 0, 0 };
	uint64_t n_unmaps = world_calls(world, IOVA_SIM_CALL_UNMAP);

	assert_map_many(ctx, &request, 1, NULL);
	assert_int_equal(iova_ctx_unmap_many(ctx, &request, 1, MANY(.step = PAGE), NULL, NULL), 0);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_UNMAP), n_unmaps + 1);
	iova_ctx_close(ctx);
}

static void what_is_mapped_just_so_is_left_out_if_that_is_fine(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_request requests[] = {
		{ AT_MIB(0), MEM_MIB(0), MIB, 0, 0 },
		{ AT_MIB(1), MEM_MIB(1), MIB, 0, 0 },
		{ AT_MIB(2), MEM_MIB(2), MIB, 0, 0 },
		{ AT_MIB(3), MEM_MIB(3), MIB, 0, 0 },
	};
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_many_opts *same = MANY(.flags = IOVA_MAP_SAME_OK);
	uint64_t n_maps = world_calls(world, IOVA_SIM_CALL_MAP);

	assert_map_many(ctx, requests, 2, NULL);
	assert_map_many(ctx, requests + 2, 1, NULL);
	assert_int_equal(iova_ctx_map_many(ctx, requests, 4, NULL, &failure), -EEXIST);
	assert_map_many(ctx, requests, 3, same);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_MAP), n_maps + 2);
	assert_map_many(ctx, requests, 4, same);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_MAP), n_maps + 3);
	world_assert_mapping(world, 2, AT_MIB(3), MEM_MIB(3), MIB, 3);
	/* Over two mappings; and by the request's own flag. */
	requests[0].length = 3 * MIB;
	requests[0].flags = IOVA_MAP_SAME_OK;
	assert_map_many(ctx, requests, 1, NULL);
	/* Other memory, other access, a part only. */
	requests[0].vaddr = MEM_MIB(1);
	assert_int_equal(iova_ctx_map_many(ctx, requests, 1, same, &failure), -EEXIST);
	requests[0].vaddr = MEM_MIB(0);
	requests[0].access = IOVA_READ;
	assert_int_equal(iova_ctx_map_many(ctx, requests, 1, same, &failure), -EEXIST);
	requests[0].access = 0;
	requests[0].length = 5 * MIB;
	assert_int_equal(iova_ctx_map_many(ctx, requests, 1, same, &failure), -EEXIST);
	requests[0].iova = AT_MIB(-1);
	requests[0].vaddr = MEM_MIB(-1);
	requests[0].length = 2 * MIB;
	assert_int_equal(iova_ctx_map_many(ctx, requests, 1, same, &failure), -EEXIST);
	world_assert_n_mappings(world, 3);
	iova_ctx_close(ctx);
}

static void a_part_of_what_was_joined_cannot_be_unmapped(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_request requests[] = { { AT_MIB(0), MEM_MIB(0), MIB, 0, 0 },
					   { AT_MIB(1), MEM_MIB(1), MIB, 0, 0 } };
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_map_many(ctx, requests, 2, NULL);
	assert_int_equal(iova_ctx_unmap_many(ctx, requests, 1, NULL, NULL, &failure), -EINVAL);
	assert_failed(&failure, -EINVAL, IOVA_STEP_CHECK, IOVA_WHY_CUTS_MAPPING);
	assert_int_equal(iova_ctx_unmap(ctx, AT_MIB(1), MIB, NULL, NULL), -EINVAL);
	assert_int_equal(iova_ctx_unmap(ctx, AT, 2 * MIB, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

static void nothing_is_soon_done(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	uint64_t n = world_calls(world, IOVA_SIM_CALL_ANY), unmapped = 4711;

	assert_map_many(ctx, NULL, 0, NULL);
	assert_int_equal(iova_ctx_unmap_many(ctx, NULL, 0, NULL, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 0);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_ANY), n);
	iova_ctx_close(ctx);
}

static void one_call_unmaps_what_many_made_and_the_other_way_round(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_request requests[3];
	uint64_t n_unmaps = world_calls(world, IOVA_SIM_CALL_UNMAP), unmapped;

	for (uint64_t i = 0; i < 3; i++) {
		requests[i] = (struct iova_request){ .iova = AT_MIB(2 - i), .length = MIB };
		assert_mapped(ctx, AT_MIB(i), MIB);
	}
	assert_mapped(ctx, AT_MIB(3), MIB);
	assert_int_equal(iova_ctx_unmap_many(ctx, requests, 3, NULL, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 3 * MIB);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_UNMAP), n_unmaps + 1);
	world_assert_n_mappings(world, 1);
	world_assert_mapping(world, 0, AT_MIB(3), VADDR, MIB, 3);
	iova_ctx_close(ctx);
}

static void the_very_top_is_reached_and_left(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts unchecked = { .size = sizeof unchecked, .flags = IOVA_CTX_UNCHECKED };
	struct iova_request requests[] = { { -MIB, MEM_MIB(1), MIB, 0, 0 },
					   { -2 * MIB, MEM_MIB(0), MIB, 0, 0 },
					   { 0, MEM_MIB(2), MIB, 0, 0 } };
	struct listener listener = { 0 };
	struct iova_many_opts *opts = MANY(.step = MIB, .progress = listen_to, .data = &listener);
	struct iova_ctx *ctx;
	uint64_t unmapped;

	/* Kernels before that lose what ends there. */
	world_kernel(world, "6.18");
	ctx = ctx_with(world, &unchecked, GROUP_NIC);
	/* Memory that goes on at 0 is not the same run: addresses do not wrap. */
	assert_map_many(ctx, requests, 3, NULL);
	world_assert_n_mappings(world, 2);
	world_assert_mapping(world, 1, -2 * MIB, MEM_MIB(0), 2 * MIB, 3);
	assert_int_equal(iova_ctx_unmap_many(ctx, requests, 3, NULL, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 3 * MIB);
	assert_map_many(ctx, requests, 3, opts);
	world_assert_n_mappings(world, 3);
	/* What is brought back and what is asked for once more reaches it, too. */
	listener = (struct listener){ .give_up = 3 };
	assert_int_equal(iova_ctx_unmap_many(ctx, requests, 3, opts, NULL, NULL), -ECANCELED);
	world_assert_n_mappings(world, 3);
	assert_map_many(ctx, requests, 3, MANY(.flags = IOVA_MAP_SAME_OK));
	assert_int_equal(iova_ctx_unmap_many(ctx, requests, 2, NULL, &unmapped, NULL), 0);
	assert_int_equal(unmapped, 2 * MIB);
	listener = (struct listener){ .give_up = 2 };
	assert_int_equal(iova_ctx_map_many(ctx, requests, 2, opts, NULL), -ECANCELED);
	world_assert_n_mappings(world, 1);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, the_pages_of_a_buffer_are_one_mapping_and_one_call),
		ON(desktop, pages_that_are_placed_become_one_mapping_as_well),
		ON(desktop, what_does_not_continue_is_a_mapping_of_its_own),
		ON(desktop, memory_that_is_placed_is_sorted_by_access_and_memory),
		ON(desktop, a_step_cuts_at_its_multiples),
		ON(desktop, a_mapping_is_not_cut_by_a_step_of_unmapping),
		ON(desktop, what_is_mapped_just_so_is_left_out_if_that_is_fine),
		ON(desktop, a_part_of_what_was_joined_cannot_be_unmapped),
		ON(desktop, nothing_is_soon_done),
		ON(epyc, the_very_top_is_reached_and_left),
		ON(desktop, one_call_unmaps_what_many_made_and_the_other_way_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

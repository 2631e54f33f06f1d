/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays of requests: all or nothing, whatever refuses and whenever. */
#include "many-help.h"

#include "context/context.h"

#include <errno.h>
#include <string.h>

static void fail_nth(const struct world *world, uint32_t call, uint64_t nth, int error)
{
	assert_int_equal(iova_sim_fail(world->sim, call, nth, error), 0);
}

static void a_map_that_the_kernel_refuses_takes_the_others_along(void **state)
{
	const struct world *world = *state;
	static const uint64_t places[] = { AT_MIB(0), AT_MIB(1), AT_MIB(4), AT_MIB(8) };
	struct iova_many_opts *const opts[] = { MANY(.step = MIB),
						MANY(.step = MIB, .flags = IOVA_MANY_ANYWHERE,
						     .alloc.align = MIB) };

	for (size_t i = 0; i < LENGTH(opts); i++)
		for (uint64_t nth = 1; nth <= 4; nth++) {
			struct iova_failure failure = IOVA_FAILURE_INIT;
			struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
			struct iova_request requests[LENGTH(four)];
			struct view before = view_of(world, ctx), after;

			memcpy(requests, four, sizeof four);
			fail_nth(world, IOVA_SIM_CALL_MAP, nth, EBUSY);
			assert_int_equal(iova_ctx_map_many(ctx, requests, LENGTH(four), opts[i],
							   &failure),
					 -EBUSY);
			assert_failed(&failure, -EBUSY, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN);
			assert_int_equal(failure.from_kernel, 1);
			assert_int_equal(failure.length, MIB);
			if (!opts[i]->flags)
				assert_int_equal(failure.iova, places[nth - 1]);
			after = view_of(world, ctx);
			assert_same_view(&before, &after);
			assert_memory_equal(requests, four, sizeof four);
			assert_map_many(ctx, requests, LENGTH(four), opts[i]);
			world_assert_n_mappings(world, 4);
			iova_ctx_close(ctx);
		}
}

static void who_listens_may_cancel_at_any_time(void **state)
{
	const struct world *world = *state;

	for (int at = 1; at <= 4; at++) {
		struct listener listener = { .give_up = at };
		struct iova_many_opts *opts =
			MANY(.step = MIB, .progress = listen_to, .data = &listener);
		struct iova_failure failure = IOVA_FAILURE_INIT;
		struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
		struct iova_request requests[LENGTH(four)];
		struct view before = view_of(world, ctx), after;
		uint64_t unmapped = 4711;

		memcpy(requests, four, sizeof four);
		assert_int_equal(iova_ctx_map_many(ctx, requests, LENGTH(four), opts, &failure),
				 -ECANCELED);
		assert_failed(&failure, -ECANCELED, IOVA_STEP_MAP, IOVA_WHY_CANCELED);
		assert_names(&failure, ctx, "progress");
		assert_int_equal(failure.from_kernel, 0);
		assert_int_equal(listener.n, at);
		assert_int_equal(listener.wrong, 0);
		assert_int_equal(listener.total, 4 * MIB);
		after = view_of(world, ctx);
		assert_same_view(&before, &after);
		listener = (struct listener){ .give_up = 5 };
		assert_map_many(ctx, requests, LENGTH(four), opts);
		before = view_of(world, ctx);
		listener = (struct listener){ .give_up = at };
		assert_int_equal(iova_ctx_unmap_many(ctx, requests, LENGTH(four), opts, &unmapped,
						     &failure),
				 -ECANCELED);
		assert_failed(&failure, -ECANCELED, IOVA_STEP_UNMAP, IOVA_WHY_CANCELED);
		assert_int_equal(listener.wrong, 0);
		assert_int_equal(unmapped, 4711);
		after = view_of(world, ctx);
		assert_same_view(&before, &after);
		iova_ctx_close(ctx);
	}
}

static void an_unmap_that_the_kernel_refuses_brings_the_others_back(void **state)
{
	const struct world *world = *state;

	for (uint64_t nth = 1; nth <= 4; nth++) {
		struct iova_failure failure = IOVA_FAILURE_INIT;
		struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
		struct iova_request requests[LENGTH(four)];
		struct view before, after;
		uint64_t unmapped = 4711;

		memcpy(requests, four, sizeof four);
		assert_map_many(ctx, requests, LENGTH(four), MANY(.step = MIB));
		before = view_of(world, ctx);
		fail_nth(world, IOVA_SIM_CALL_UNMAP, nth, EBUSY);
		assert_int_equal(iova_ctx_unmap_many(ctx, requests, LENGTH(four), MANY(.step = MIB),
						     &unmapped, &failure),
				 -EBUSY);
		assert_failed(&failure, -EBUSY, IOVA_STEP_UNMAP, IOVA_WHY_UNKNOWN);
		assert_int_equal(unmapped, 4711);
		after = view_of(world, ctx);
		assert_same_view(&before, &after);
		assert_int_equal(iova_ctx_unmap_many(ctx, requests, LENGTH(four), NULL, &unmapped,
						     NULL),
				 0);
		assert_int_equal(unmapped, 4 * MIB);
		iova_ctx_close(ctx);
	}
}

static void what_cannot_be_taken_back_stays_recorded_and_is_told(void **state)
{
	const struct world *world = *state;
	struct iova_request requests[LENGTH(four)];
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx = ctx_with(world, &opts, GROUP_NIC);
	struct iova_limits limits = { .size = sizeof limits };
	uint32_t available;

	assert_int_equal(iova_ctx_limits(ctx, &limits, NULL), 0);
	available = limits.entries_left;
	memcpy(requests, four, sizeof four);
	/* Of the run that fails half-way, nothing goes; of the one before it, all. */
	requests[3] = (struct iova_request){ AT_MIB(5), MEM_MIB(2), MIB, IOVA_READ, 0 };
	fail_nth(world, IOVA_SIM_CALL_MAP, 4, EBUSY);
	fail_nth(world, IOVA_SIM_CALL_UNMAP, 1, EIO);
	assert_int_equal(iova_ctx_map_many(ctx, requests, 4, MANY(.step = MIB), NULL), -EBUSY);
	assert_int_equal(ears.n[IOVA_LOG_ERR], 1);
	assert_non_null(strstr(ears.last[IOVA_LOG_ERR], "0x40400000-0x404fffff"));
	world_assert_n_mappings(world, 1);
	world_assert_mapping(world, 0, AT_MIB(4), MEM_MIB(1), MIB, 1);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 1);
	assert_int_equal(ctx->available, available - 1);
	assert_int_equal(iova_ctx_unmap(ctx, AT_MIB(4), MIB, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

static void what_cannot_be_brought_back_is_forgotten_and_told(void **state)
{
	const struct world *world = *state;
	struct iova_request requests[LENGTH(four)];
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx = ctx_with(world, &opts, GROUP_NIC);

	memcpy(requests, four, sizeof four);
	assert_map_many(ctx, requests, 4, NULL);
	fail_nth(world, IOVA_SIM_CALL_UNMAP, 3, EBUSY);
	fail_nth(world, IOVA_SIM_CALL_MAP, 1, ENOMEM);
	assert_int_equal(iova_ctx_unmap_many(ctx, requests, 4, NULL, NULL, NULL), -EBUSY);
	assert_int_equal(ears.n[IOVA_LOG_ERR], 1);
	world_assert_n_mappings(world, 2);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 2);
	iova_ctx_close(ctx);
}

static void a_size_that_is_wrong_is_told_in_the_end(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	struct iova_request requests[LENGTH(four)];

	memcpy(requests, four, sizeof four);
	assert_map_many(ctx, requests, 4, NULL);
	assert_int_equal(iova_sim_unmap_behind(world->sim, IOVA_SIM_ONLY_CONTAINER, AT_MIB(4),
					       AT_MIB(5) - 1),
			 1);
	assert_int_equal(iova_ctx_unmap_many(ctx, requests, 4, NULL, NULL, &failure), -EIO);
	assert_failed(&failure, -EIO, IOVA_STEP_UNMAP, IOVA_WHY_UNMAP_SIZE);
	assert_int_equal(failure.expected, 4 * MIB);
	assert_int_equal(failure.actual, 3 * MIB);
	world_assert_n_mappings(world, 0);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, a_map_that_the_kernel_refuses_takes_the_others_along),
		ON(desktop, who_listens_may_cancel_at_any_time),
		ON(desktop, an_unmap_that_the_kernel_refuses_brings_the_others_back),
		ON(desktop, what_cannot_be_taken_back_stays_recorded_and_is_told),
		ON(desktop, what_cannot_be_brought_back_is_forgotten_and_told),
		ON(desktop, a_size_that_is_wrong_is_told_in_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

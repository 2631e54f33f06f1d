/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "made-host.h"
#include "oom.h"
#include "set-help.h"
#include "space-help.h"
#include "told.h"

#include "oracle.h"
#include "oracle-place.h"

#define ROUNDS 1200
#define QUESTIONS 16

static struct told told;
static struct oracle oracle;

/* Preferred tiers first: each is asked only if the one before has no place. */
static bool oracle_alloc(struct oracle_search *search, uint32_t flags, uint64_t *ret_iova)
{
	enum oracle_want first = flags & IOVA_ALLOC_AVOIDED ? WANT_ANY : WANT_PREFERRED;
	enum oracle_want final = flags & IOVA_ALLOC_NO_AVOID ? WANT_PREFERRED : WANT_ANY;

	for (search->want = first; search->want <= final; search->want++)
		if (oracle_place(search, flags & IOVA_ALLOC_TOP_DOWN, ret_iova))
			return true;
	return false;
}

static uint64_t random_length(uint64_t *seed)
{
	uint64_t length = told.granule * (1 + told_below(seed, 6));

	switch (told_below(seed, 8)) {
	case 0:
		return told.granule << told_below(seed, 32);
	case 1:
		/* larger than anything */
		return TOP - (told.granule - 1);
	default:
		return length;
	}
}

static void ask_once(const struct iova_space *space, uint64_t *seed)
{
	struct iova_alloc_opts opts = {
		.size = sizeof opts,
		.flags = (uint32_t)told_below(seed, 8),
		.align = told_below(seed, 2) ? 1ull << told_below(seed, 41) : 0,
	};
	struct oracle_search search = {
		.oracle = &oracle,
		.told = &told,
		.window = { told.granule, TOP },
		.length = random_length(seed),
		.align = opts.align > told.granule ? opts.align : told.granule,
	};
	uint64_t iova = 0x5a5a, expected = 0;
	int r;

	if (told_below(seed, 2)) {
		opts.window = told_range(seed, told.granule);
		if (opts.window.last)
			search.window = opts.window;
	}
	r = iova_space_alloc(space, search.length, &opts, &iova);
	if ((opts.flags & IOVA_ALLOC_NO_AVOID) && (opts.flags & IOVA_ALLOC_AVOIDED)) {
		assert_int_equal(r, -EINVAL);
	} else if (oracle_alloc(&search, opts.flags, &expected)) {
		assert_int_equal(r, 0);
		assert_int_equal(iova, expected);
	} else {
		assert_int_equal(r, -ENOSPC);
		assert_int_equal(iova, 0x5a5a);
	}
}

static void random_allocations_are_as_the_oracle_says(void **state)
{
	uint64_t seed = 0xa110c;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct iova_space *space;

		told_random(&told, &seed);
		oracle_ask(&oracle, &told);
		space = told_make(&told);
		for (int i = 0; i < QUESTIONS; i++)
			ask_once(space, &seed);
		iova_space_free(space);
	}
}

static struct iova_space *small_space(void)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	static struct made_host made;

	/* usable 0x0000-0x3fff, avoid 0x4000-0x7fff, usable 0x8000-0xbfff */
	made_begin(&made);
	made_plain_group(&made, 1);
	made_region(&made, 0x4000, 0x7fff, IOVA_REGION_DIRECT_RELAXABLE);
	assert_int_equal(iova_space_add_group(space, &made.host, 1, NULL), 0);
	tell_kernel(space, { 0, 0xbfff });
	return space;
}

static uint64_t alloc(const struct iova_space *space, uint64_t length, uint32_t flags)
{
	struct iova_alloc_opts opts = { .size = sizeof opts, .flags = flags };
	uint64_t iova;

	assert_int_equal(iova_space_alloc(space, length, &opts, &iova), 0);
	return iova;
}

static void alloc_comes_to_the_avoided_only_at_last(void **state)
{
	struct iova_space *space = small_space();
	struct iova_alloc_opts opts = { .size = sizeof opts, .flags = IOVA_ALLOC_NO_AVOID };
	uint64_t iova = 1;

	(void)state;
	assert_int_equal(alloc(space, 0x3000, 0), 0x1000);
	assert_int_equal(alloc(space, 0x4000, 0), 0x8000);
	assert_int_equal(alloc(space, 0x5000, 0), 0x1000);
	assert_int_equal(alloc(space, 0x4000, IOVA_ALLOC_AVOIDED), 0x1000);
	assert_int_equal(alloc(space, 0x5000, IOVA_ALLOC_TOP_DOWN), 0x7000);
	assert_int_equal(iova_space_alloc(space, 0x5000, &opts, &iova), -ENOSPC);
	assert_int_equal(iova_space_alloc(space, 0xc000, NULL, &iova), -ENOSPC);
	assert_int_equal(iova, 1);
	iova_space_free(space);
}

/* Allowed, and still of an uncertain kind: handed out after all that is certain. */
static void alloc_prefers_what_is_not_relaxable_even_where_allowed(void **state)
{
	struct iova_policy *policy = policy_of(IOVA_POLICY_RELAXED);
	struct iova_space *space = small_space();
	struct iova_alloc_opts opts = { .size = sizeof opts, .flags = IOVA_ALLOC_NO_AVOID };
	uint64_t iova;

	(void)state;
	assert_int_equal(iova_space_set_policy(space, policy, NULL), 0);
	assert_no_tier(space, IOVA_TIER_AVOID);
	assert_int_equal(alloc(space, 0x4000, 0), 0x8000);
	assert_int_equal(iova_space_alloc(space, 0x5000, &opts, &iova), -ENOSPC);
	assert_int_equal(alloc(space, 0x5000, 0), 0x1000);
	iova_policy_free(policy);
	iova_space_free(space);
}

static void alloc_gives_page_zero_only_to_a_window_that_names_it(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	struct iova_alloc_opts opts = { .size = sizeof opts, .window = { 0, ASSUMED_LAST } };
	uint64_t iova = 1;

	(void)state;
	assert_int_equal(alloc(space, PAGE, 0), PAGE);
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), 0);
	assert_int_equal(iova, 0);
	opts.window.last = PAGE - 1;
	opts.flags = IOVA_ALLOC_TOP_DOWN;
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), 0);
	assert_int_equal(iova, 0);
	record_mapping(space, 0, PAGE - 1);
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), -ENOSPC);
	iova_space_free(space);
}

static void alloc_fills_a_space_to_the_last_page_from_either_end(void **state)
{
	(void)state;
	for (uint32_t down = 0; down < 2; down++) {
		struct iova_space *space = space_of(0, 14, IOVA_POLICY_WARN);
		uint64_t iova;

		for (uint64_t i = 1; i < 4; i++) {
			iova = alloc(space, PAGE, down ? IOVA_ALLOC_TOP_DOWN : 0);
			assert_int_equal(iova, (down ? 4 - i : i) * PAGE);
			record_mapping(space, iova, iova + PAGE - 1);
		}
		assert_int_equal(iova_space_alloc(space, PAGE, NULL, &iova), -ENOSPC);
		iova_space_free(space);
	}
}

static void alloc_takes_the_largest_length_that_is_there(void **state)
{
	struct iova_space *space = space_of(0, 64, IOVA_POLICY_WARN);
	struct iova_alloc_opts opts = { .size = sizeof opts, .window = { 0, TOP } };
	uint64_t iova = 1;

	(void)state;
	tell_kernel(space, { 0, TOP });
	assert_int_equal(iova_space_alloc(space, LAST_PAGE, &opts, &iova), 0);
	assert_int_equal(iova, 0);
	assert_int_equal(iova_space_alloc(space, LAST_PAGE, NULL, &iova), -ENOSPC);
	assert_int_equal(iova_space_alloc(space, LAST_PAGE - PAGE, NULL, &iova), 0);
	assert_int_equal(iova, PAGE);
	opts.align = 1ull << 63;
	opts.flags = IOVA_ALLOC_TOP_DOWN;
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), 0);
	assert_int_equal(iova, 1ull << 63);
	iova_space_free(space);
}

static void alloc_refuses_bad_arguments(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	struct iova_alloc_opts opts = { .size = sizeof opts };
	struct {
		struct iova_alloc_opts opts;
		uint64_t more;
	} newer = { .opts.size = sizeof newer, .more = 1 };
	uint64_t iova = 1;

	(void)state;
	assert_int_equal(iova_space_alloc(NULL, PAGE, NULL, &iova), -EINVAL);
	assert_int_equal(iova_space_alloc(space, PAGE, NULL, NULL), -EINVAL);
	assert_int_equal(iova_space_alloc(space, 0, NULL, &iova), -EINVAL);
	assert_int_equal(iova_space_alloc(space, PAGE + 1, NULL, &iova), -EINVAL);
	opts.align = 3 * PAGE;
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), -EINVAL);
	opts.align = 0;
	opts.window = (struct iova_range){ 2, 1 };
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), -EINVAL);
	opts.window.start = 0;
	opts.flags = 8;
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), -EINVAL);
	opts.flags = 0;
	opts.pad = 1;
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), -EINVAL);
	opts.pad = 0;
	opts.size--;
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), -EINVAL);
	assert_int_equal(iova_space_alloc(space, PAGE, &newer.opts, &iova), -E2BIG);
	assert_int_equal(iova, 1);
	iova_space_free(space);
}

static void alloc_needs_no_memory(void **state)
{
	struct iova_alloc_opts opts = { .size = sizeof opts };
	struct iova_space *space = small_space();
	uint64_t iova;

	(void)state;
	oom_fail_at(0);
	/* In what is free of drawbacks, nowhere but across what is avoided, and at a new alignment. */
	assert_int_equal(iova_space_alloc(space, PAGE, NULL, &iova), 0);
	assert_int_equal(iova_space_alloc(space, 0x5000, NULL, &iova), 0);
	opts.flags = IOVA_ALLOC_AVOIDED;
	opts.align = 2 * PAGE;
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), 0);
	oom_off();
	assert_int_equal(oom_seen(), 0);
	iova_space_free(space);
}

/* Two places, both of the uncertain kind, of which the policy allows only that at allowed. */
static void assert_allowed_first(uint64_t allowed, uint64_t warned, uint32_t flags)
{
	struct iova_policy *policy = policy_of(IOVA_POLICY_RELAXED);
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_RELAXED);
	static struct made_host made;

	made_begin(&made);
	made_plain_group(&made, 1);
	made_region(&made, 0, 4 * MIB - 1, IOVA_REGION_DIRECT_RELAXABLE);
	tell_kernel(space, { MIB, 2 * MIB - 1 }, { 3 * MIB, 4 * MIB - 1 });
	assert_int_equal(iova_policy_override_range(policy, RANGE(warned, warned + MIB - 1),
						    IOVA_VERDICT_WARN),
			 0);
	assert_int_equal(iova_space_set_policy(space, policy, NULL), 0);
	assert_int_equal(iova_space_add_group(space, &made.host, 1, NULL), 0);
	assert_int_equal(alloc(space, MIB, flags), allowed);
	iova_policy_free(policy);
	iova_space_free(space);
}

static void alloc_prefers_what_is_allowed_to_what_is_warned_of(void **state)
{
	(void)state;
	assert_allowed_first(3 * MIB, MIB, 0);
	assert_allowed_first(MIB, 3 * MIB, IOVA_ALLOC_TOP_DOWN);
}

static void alloc_finds_the_topmost_block_of_a_large_alignment(void **state)
{
	struct iova_space *space = space_of(0, 64, IOVA_POLICY_WARN);
	const uint64_t top = TOP - (2 * GIB - 1);
	struct iova_alloc_opts opts = {
		.size = sizeof opts,
		.align = 2 * GIB,
		.window = { top, TOP },
	};
	uint64_t iova;

	(void)state;
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), 0);
	assert_int_equal(iova, top);
	opts.window.start++;
	assert_int_equal(iova_space_alloc(space, PAGE, &opts, &iova), -ENOSPC);
	iova_space_free(space);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_allocations_are_as_the_oracle_says),
		cmocka_unit_test(alloc_comes_to_the_avoided_only_at_last),
		cmocka_unit_test(alloc_prefers_what_is_not_relaxable_even_where_allowed),
		cmocka_unit_test(alloc_gives_page_zero_only_to_a_window_that_names_it),
		cmocka_unit_test(alloc_fills_a_space_to_the_last_page_from_either_end),
		cmocka_unit_test(alloc_takes_the_largest_length_that_is_there),
		cmocka_unit_test(alloc_refuses_bad_arguments),
		cmocka_unit_test(alloc_needs_no_memory),
		cmocka_unit_test(alloc_prefers_what_is_allowed_to_what_is_warned_of),
		cmocka_unit_test(alloc_finds_the_topmost_block_of_a_large_alignment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

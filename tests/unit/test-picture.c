/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "made-host.h"
#include "set-help.h"
#include "space-help.h"
#include "told.h"

#include "oracle.h"

#define ROUNDS 4000

struct reasons {
	uint64_t bits[ORACLE_CLAIMS / 64];
};

static struct told told;
static struct oracle oracle;

static struct reasons reasons_of(const struct oracle_piece *piece)
{
	struct reasons reasons = { { 0 } };

	for (size_t i = 0; i < oracle.n_claims && piece->tier != IOVA_TIER_USABLE; i++)
		if (oracle.claims[i].verdict == piece->tier &&
		    meet(oracle_reach(&oracle, &oracle.claims[i]), piece->range))
			reasons.bits[i / 64] |= 1ull << i % 64;
	return reasons;
}

static bool is_claim(const struct iova_conflict *conflict, const struct oracle_claim *claim)
{
	return conflict->region.start == claim->region.start &&
	       conflict->region.last == claim->region.last && conflict->source == claim->source &&
	       conflict->type == claim->type && conflict->group == claim->group &&
	       conflict->verdict == claim->verdict;
}

/* Takes the claim out of those that are still to be found. */
static bool take_reason(struct reasons *left, const struct iova_conflict *reason)
{
	for (size_t i = 0; i < oracle.n_claims; i++) {
		if (!(left->bits[i / 64] & 1ull << i % 64) || !is_claim(reason, &oracle.claims[i]))
			continue;
		left->bits[i / 64] &= ~(1ull << i % 64);
		return true;
	}
	return false;
}

static void assert_segment(const struct iova_space *space, size_t i, struct iova_range range,
			   uint32_t tier, struct reasons expected)
{
	struct iova_segment segment;
	static const struct reasons none;

	assert_int_equal(iova_space_nth_segment(space, i, &segment), 0);
	assert_int_equal(segment.range.start, range.start);
	assert_int_equal(segment.range.last, range.last);
	assert_int_equal(segment.tier, tier);
	assert_true(segment.n_reasons > 0 || tier == IOVA_TIER_USABLE);
	for (size_t k = 0; k < segment.n_reasons; k++) {
		struct iova_conflict reason;

		assert_int_equal(iova_space_nth_reason(space, i, k, &reason), 0);
		assert_int_equal(reason.range.start, range.start);
		assert_int_equal(reason.range.last, range.last);
		assert_true(take_reason(&expected, &reason));
	}
	assert_memory_equal(&expected, &none, sizeof none);
}

/* Segments are the longest runs of pieces that are alike. */
static void assert_segments(const struct iova_space *space)
{
	struct iova_segment ignored;
	size_t n = 0;

	for (size_t i = 0, next; i < oracle.n_pieces; i = next) {
		const struct oracle_piece *first = &oracle.pieces[i];
		struct reasons reasons = reasons_of(first);
		struct iova_range range = first->range;

		for (next = i + 1; next < oracle.n_pieces; next++) {
			struct reasons more = reasons_of(&oracle.pieces[next]);

			if (oracle.pieces[next].tier != first->tier ||
			    memcmp(&more, &reasons, sizeof more) != 0)
				break;
			range.last = oracle.pieces[next].range.last;
		}
		assert_segment(space, n++, range, first->tier, reasons);
	}
	assert_int_equal(iova_space_nth_segment(space, n, &ignored), -ENOENT);
}

static void assert_in_tier(const struct iova_space *space, uint64_t address, uint32_t tier)
{
	struct iova_range one = { address, address };

	for (uint32_t t = IOVA_TIER_USABLE; t <= IOVA_TIER_REFUSED; t++)
		assert_int_equal(iova_set_contains(&iova_space_view_(space)->picture.tiers[t - 1],
						   &one),
				 t == tier);
}

static void assert_mappable_is_whole_granules(const struct iova_space *space)
{
	for (int t = 0; t < 2; t++) {
		const struct iova_set *set = &iova_space_view_(space)->picture.tiers[t];

		assert_true(iova_set_is_canonical_(set));
		for (size_t i = 0; i < set->n; i++) {
			assert_int_equal(set->ranges[i].start % told.granule, 0);
			assert_int_equal(set->ranges[i].last % told.granule, told.granule - 1);
			assert_true(set->ranges[i].last <= TOP - told.granule);
		}
	}
}

static bool policy_may_warn(void)
{
	bool may = told.mode == IOVA_POLICY_WARN || told.unreadable == IOVA_VERDICT_WARN;

	for (size_t i = 0; i < told.n_overrides; i++)
		may = may || told.overrides[i].verdict == IOVA_VERDICT_WARN;
	return may;
}

static void assert_as_oracle(const struct iova_space *space)
{
	for (size_t i = 0; i < oracle.n_pieces; i++) {
		const struct oracle_piece *piece = &oracle.pieces[i];

		assert_in_tier(space, piece->range.start, piece->tier);
		assert_in_tier(space, piece->range.last, piece->tier);
		assert_int_equal(iova_picture_tier_(&iova_space_view_(space)->picture,
						    &piece->range),
				 piece->tier);
		assert_int_equal(iova_set_contains(&iova_space_view_(space)->picture.preferred,
						   &piece->range),
				 piece->tier == IOVA_TIER_USABLE && !piece->relaxable);
	}
	assert_mappable_is_whole_granules(space);
	assert_segments(space);
	if (!policy_may_warn())
		assert_no_tier(space, IOVA_TIER_AVOID);
}

static void random_spaces_are_as_the_oracle_says(void **state)
{
	uint64_t seed = 0x70ca1;
	unsigned int seen[4] = { 0 };

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct iova_space *space;

		told_random(&told, &seed);
		oracle_ask(&oracle, &told);
		space = told_make(&told);
		assert_as_oracle(space);
		for (uint32_t t = IOVA_TIER_USABLE; t <= IOVA_TIER_REFUSED; t++)
			seen[t] += iova_space_view_(space)->picture.tiers[t - 1].n > 0;
		iova_space_free(space);
	}
	/* The generator is worth something only if each tier turns up often. */
	assert_true(seen[IOVA_TIER_USABLE] > ROUNDS / 3);
	assert_true(seen[IOVA_TIER_AVOID] > ROUNDS / 10);
	assert_int_equal(seen[IOVA_TIER_REFUSED], ROUNDS);
}

static void picture_of_nothing_known_ends_at_39_bits(void **state)
{
	struct iova_space *space = space_of(0, 0, IOVA_POLICY_WARN);

	(void)state;
	assert_tier(space, IOVA_TIER_USABLE, { 0, 0x7fffffffff });
	assert_no_tier(space, IOVA_TIER_AVOID);
	assert_tier(space, IOVA_TIER_REFUSED, { 0x8000000000, TOP });
	iova_space_free(space);
}

static void picture_of_a_whole_list_lacks_only_the_last_page(void **state)
{
	static const uint64_t granules[] = { 1, 4096, 65536, 1ull << 32 };

	(void)state;
	for (size_t i = 0; i < sizeof granules / sizeof granules[0]; i++) {
		struct iova_space *space = space_of(granules[i], 64, IOVA_POLICY_WARN);

		tell_kernel(space, { 0, TOP });
		assert_tier(space, IOVA_TIER_USABLE, { 0, TOP - granules[i] });
		assert_tier(space, IOVA_TIER_REFUSED, { TOP - granules[i] + 1, TOP });
		iova_space_free(space);
	}
}

static void picture_of_an_empty_list_has_nothing_usable(void **state)
{
	struct iova_space *space = space_of(0, 0, IOVA_POLICY_RELAXED);

	(void)state;
	tell_kernel_(space, NULL, 0);
	assert_no_tier(space, IOVA_TIER_USABLE);
	assert_tier(space, IOVA_TIER_REFUSED, { 0, TOP });
	iova_space_free(space);
}

/* E7: the range is printed twice, once for each of two devices; strict wins in any order. */
static void strict_region_wins_over_the_same_relaxable_one(void **state)
{
	static struct made_host made;

	(void)state;
	for (int order = 0; order < 2; order++) {
		struct iova_space *space = space_of(0, 39, IOVA_POLICY_RELAXED);

		made_begin(&made);
		made_plain_group(&made, 1);
		made_region(&made, MIB, 2 * MIB - 1,
			    order ? IOVA_REGION_DIRECT : IOVA_REGION_DIRECT_RELAXABLE);
		made_plain_group(&made, 2);
		made_region(&made, MIB, 2 * MIB - 1,
			    order ? IOVA_REGION_DIRECT_RELAXABLE : IOVA_REGION_DIRECT);
		assert_int_equal(iova_space_add_groups(space, &made.host, (uint32_t[]){ 1, 2 }, 2,
						       NULL),
				 0);
		assert_tier(space, IOVA_TIER_REFUSED, { MIB, 2 * MIB - 1 }, { 0x8000000000, TOP });
		iova_space_free(space);
	}
}

static void hole_that_begins_inside_a_page_takes_the_page(void **state)
{
	struct iova_space *space = space_of(0, 0, IOVA_POLICY_WARN);
	struct iova_conflict reason;

	(void)state;
	tell_kernel(space, { 0x800, 0x17ff }, { 0x2000, 0x27ff }, { 0x2900, 0x5800 });
	assert_tier(space, IOVA_TIER_USABLE, { 0x3000, 0x4fff });
	/* 0-7ff kernel, 800-17ff granule, 1800-1fff kernel, 2000-27ff granule */
	assert_int_equal(iova_space_nth_reason(space, 1, 0, &reason), 0);
	assert_int_equal(reason.source, IOVA_SOURCE_GRANULE);
	assert_int_equal(reason.range.start, 0x800);
	assert_int_equal(reason.range.last, 0x17ff);
	assert_int_equal(reason.region.start, 0x800);
	iova_space_free(space);
}

static void warning_inside_a_page_reaches_the_page(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	static struct made_host made;

	(void)state;
	made_begin(&made);
	made_plain_group(&made, 1);
	made_region(&made, 0x10800, 0x117ff, IOVA_REGION_DIRECT_RELAXABLE);
	assert_int_equal(iova_space_add_group(space, &made.host, 1, NULL), 0);
	assert_tier(space, IOVA_TIER_AVOID, { 0x10000, 0x11fff });
	iova_space_free(space);
}

static void unreadable_group_is_avoided_with_a_list_and_refused_without(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	static struct made_host made;

	(void)state;
	made_begin(&made);
	made_group(&made, 1, IOVA_REGIONS_UNREADABLE);
	assert_int_equal(iova_space_add_group(space, &made.host, 1, NULL), 0);
	assert_tier(space, IOVA_TIER_REFUSED, { 0, TOP });
	tell_kernel(space, { 0, 0xfedfffff });
	assert_tier(space, IOVA_TIER_AVOID, { 0, 0xfedfffff });
	assert_no_tier(space, IOVA_TIER_USABLE);
	iova_space_free(space);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_spaces_are_as_the_oracle_says),
		cmocka_unit_test(picture_of_nothing_known_ends_at_39_bits),
		cmocka_unit_test(picture_of_a_whole_list_lacks_only_the_last_page),
		cmocka_unit_test(picture_of_an_empty_list_has_nothing_usable),
		cmocka_unit_test(strict_region_wins_over_the_same_relaxable_one),
		cmocka_unit_test(hole_that_begins_inside_a_page_takes_the_page),
		cmocka_unit_test(warning_inside_a_page_reaches_the_page),
		cmocka_unit_test(unreadable_group_is_avoided_with_a_list_and_refused_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

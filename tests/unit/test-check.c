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
#include "oracle-place.h"

#define ROUNDS 1500
#define QUESTIONS 12
#define ROOM 256

static struct told told;
static struct oracle oracle;

struct expected {
	struct iova_conflict conflicts[ROOM];
	size_t n;
	uint32_t verdict;
};

static void expect(struct expected *expected, const struct iova_conflict *conflict)
{
	assert_true(expected->n < ROOM);
	expected->conflicts[expected->n++] = *conflict;
	if (conflict->verdict > expected->verdict)
		expected->verdict = conflict->verdict;
}

static struct iova_range shared(struct iova_range a, struct iova_range b)
{
	return (struct iova_range){ a.start > b.start ? a.start : b.start,
				    a.last < b.last ? a.last : b.last };
}

static void expect_all(struct expected *expected, struct iova_range range)
{
	expected->n = 0;
	expected->verdict = IOVA_VERDICT_ALLOW;
	for (size_t i = 0; i < oracle.n_claims; i++) {
		const struct oracle_claim *claim = &oracle.claims[i];
		struct iova_range reach = oracle_reach(&oracle, claim);

		if (claim->verdict != IOVA_VERDICT_ALLOW && meet(reach, range))
			expect(expected, &(struct iova_conflict){ .range = shared(reach, range),
								  .region = claim->region,
								  .source = claim->source,
								  .type = claim->type,
								  .verdict = claim->verdict,
								  .group = claim->group });
	}
	for (size_t i = 0; i < told.n_mapped; i++)
		if (meet(told.mapped[i], range))
			expect(expected, &(struct iova_conflict){
						 .range = shared(told.mapped[i], range),
						 .region = told.mapped[i],
						 .source = IOVA_SOURCE_MAPPING,
						 .verdict = IOVA_VERDICT_REFUSE,
						 .group = IOVA_GROUP_NONE,
						 .vaddr = told.mapped[i].start + 0x7f0000000000 });
}

static bool take_expected(struct expected *expected, const struct iova_conflict *found)
{
	for (size_t i = 0; i < expected->n; i++) {
		const struct iova_conflict *c = &expected->conflicts[i];

		if (c->range.start != found->range.start || c->range.last != found->range.last ||
		    c->region.start != found->region.start ||
		    c->region.last != found->region.last || c->source != found->source ||
		    c->type != found->type || c->verdict != found->verdict ||
		    c->group != found->group || c->vaddr != found->vaddr)
			continue;
		expected->conflicts[i] = expected->conflicts[--expected->n];
		return true;
	}
	return false;
}

static void assert_fit(bool flagged, const struct iova_range *fit, bool found, uint64_t start,
		       uint64_t length)
{
	assert_int_equal(flagged, found);
	if (!found)
		return;
	assert_int_equal(fit->start, start);
	assert_int_equal(fit->last, start + (length - 1));
}

static void assert_fits(const struct iova_check *check, struct iova_range range, uint64_t length)
{
	struct oracle_search search = {
		.oracle = &oracle,
		.told = &told,
		.window = { range.start, TOP },
		.length = length,
		.align = told.granule,
		.want = WANT_PREFERRED,
	};
	bool asked = check->verdict != IOVA_VERDICT_ALLOW;
	uint64_t place = 0;
	bool found = asked && oracle_place(&search, false, &place);

	assert_fit(check->flags & IOVA_CHECK_FIT_ABOVE, &check->fit_above, found, place, length);
	search.window = (struct iova_range){ told.granule, range.last };
	found = asked && search.window.start <= search.window.last &&
		oracle_place(&search, true, &place);
	assert_fit(check->flags & IOVA_CHECK_FIT_BELOW, &check->fit_below, found, place, length);
}

static bool is_mapped_exactly(struct iova_range range)
{
	bool found = false;

	for (size_t i = 0; i < told.n_mapped; i++)
		found = found ||
			(told.mapped[i].start == range.start && told.mapped[i].last == range.last);
	return found;
}

/* All conflicts, in order, and then the same ones into arrays that are too small. */
static void assert_conflicts(const struct iova_space *space, struct iova_range range,
			     uint64_t length)
{
	static struct iova_conflict found[ROOM], few[ROOM];
	static struct expected expected;
	struct iova_check check = { .size = sizeof check }, again = { .size = sizeof again };

	expect_all(&expected, range);
	assert_int_equal(iova_space_check(space, range.start, length, &check, found, ROOM), 0);
	assert_int_equal(check.verdict, expected.verdict);
	assert_int_equal(check.n_conflicts, expected.n);
	assert_int_equal(!!(check.flags & IOVA_CHECK_SAME), is_mapped_exactly(range));
	for (size_t i = 0; i < check.n_conflicts; i++) {
		assert_true(!i || found[i - 1].range.start <= found[i].range.start);
		assert_true(take_expected(&expected, &found[i]));
	}
	for (size_t room = 0; room < 4; room++) {
		memset(few, 0xa5, sizeof few);
		assert_int_equal(iova_space_check(space, range.start, length, &again,
						  room ? few : NULL, room),
				 0);
		assert_memory_equal(&again, &check, sizeof check);
		for (size_t i = 0; i < room && i < check.n_conflicts; i++)
			assert_memory_equal(&few[i], &found[i], sizeof few[i]);
		assert_int_equal(*(unsigned char *)&few[room], 0xa5);
	}
	assert_fits(&check, range, length);
}

static void random_checks_are_as_the_oracle_says(void **state)
{
	uint64_t seed = 0xc4ec;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct iova_space *space;

		told_random(&told, &seed);
		oracle_ask(&oracle, &told);
		space = told_make(&told);
		for (int i = 0; i < QUESTIONS; i++) {
			struct iova_range range = told_range(&seed, told.granule);

			if (told.n_mapped && !told_below(&seed, 4))
				range = told.mapped[told_below(&seed, told.n_mapped)];
			range.start &= ~(told.granule - 1);
			range.last |= told.granule - 1;
			if (range.last - range.start == TOP)
				range.last -= told.granule;
			assert_conflicts(space, range, range.last - range.start + 1);
		}
		iova_space_free(space);
	}
}

static void check_refuses_bad_arguments(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	struct iova_check check = { .size = sizeof check };
	struct iova_check before, little = { .size = sizeof little - 1 };

	(void)state;
	check.verdict = 77;
	before = check;
	assert_int_equal(iova_space_check(NULL, 0, PAGE, &check, NULL, 0), -EINVAL);
	assert_int_equal(iova_space_check(space, 0, PAGE, NULL, NULL, 0), -EINVAL);
	assert_int_equal(iova_space_check(space, 0, PAGE, &little, NULL, 0), -EINVAL);
	assert_int_equal(iova_space_check(space, 0, PAGE, &check, NULL, 1), -EINVAL);
	assert_int_equal(iova_space_check(space, 0, 0, &check, NULL, 0), -EINVAL);
	assert_int_equal(iova_space_check(space, 0, 1, &check, NULL, 0), -EINVAL);
	assert_int_equal(iova_space_check(space, 1, PAGE, &check, NULL, 0), -EINVAL);
	assert_int_equal(iova_space_check(space, LAST_PAGE, 2 * PAGE, &check, NULL, 0), -EOVERFLOW);
	assert_memory_equal(&check, &before, sizeof check);
	iova_space_free(space);
}

static void check_answers_programs_built_for_a_larger_struct(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	struct {
		struct iova_check check;
		uint64_t more;
	} newer = { .check.size = sizeof newer, .more = 5 };

	(void)state;
	assert_int_equal(iova_space_check(space, PAGE, PAGE, &newer.check, NULL, 0), 0);
	assert_int_equal(newer.check.verdict, IOVA_VERDICT_ALLOW);
	assert_int_equal(newer.check.size, sizeof newer);
	assert_int_equal(newer.more, 0);
	iova_space_free(space);
}

static void check_names_what_is_hit_and_what_would_fit(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	struct iova_check check = { .size = sizeof check };
	struct iova_conflict conflicts[4];
	static struct made_host made;

	(void)state;
	made_begin(&made);
	made_group(&made, 7, IOVA_REGIONS_READ);
	made_device(&made, "0000:00:1f.0", CLASS_ISA, NULL);
	made_device(&made, "0000:00:1f.2", 0x010601, "vfio-pci");
	made_region(&made, 0, 0xffffff, IOVA_REGION_DIRECT_RELAXABLE);
	made_region(&made, 0xfee00000, 0xfeefffff, IOVA_REGION_MSI);
	assert_int_equal(iova_space_add_group(space, &made.host, 7, NULL), 0);
	assert_int_equal(iova_space_check(space, 0xff0000, 0x20000, &check, conflicts, 4), 0);
	assert_int_equal(check.verdict, IOVA_VERDICT_WARN);
	assert_int_equal(check.n_conflicts, 1);
	assert_int_equal(conflicts[0].range.last, 0xffffff);
	assert_string_equal(conflicts[0].device, "0000:00:1f.0");
	assert_string_equal(conflicts[0].word, "direct-relaxable");
	assert_int_equal(iova_space_check(space, 0xfedff000, 2 * MIB, &check, conflicts, 4), 0);
	assert_int_equal(check.verdict, IOVA_VERDICT_REFUSE);
	assert_int_equal(check.n_conflicts, 1);
	assert_int_equal(conflicts[0].group, 7);
	assert_string_equal(conflicts[0].device, "");
	assert_int_equal(conflicts[0].range.start, 0xfee00000);
	assert_int_equal(conflicts[0].range.last, 0xfeefffff);
	assert_int_equal(check.flags, IOVA_CHECK_FIT_BELOW | IOVA_CHECK_FIT_ABOVE);
	assert_int_equal(check.fit_below.start, 0xfec00000);
	assert_int_equal(check.fit_above.start, 0xfef00000);
	iova_space_free(space);
}

/* A mapping over a warned range is in its own way twice, and yet the only mapping there. */
static void check_tells_the_same_mapping_also_where_policy_warns(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	struct iova_check check = { .size = sizeof check };
	static struct made_host made;

	(void)state;
	made_begin(&made);
	made_plain_group(&made, 1);
	made_region(&made, MIB, 2 * MIB - 1, IOVA_REGION_DIRECT_RELAXABLE);
	assert_int_equal(iova_space_add_group(space, &made.host, 1, NULL), 0);
	record_mapping(space, MIB, MIB + PAGE - 1);
	assert_int_equal(iova_space_check(space, MIB, PAGE, &check, NULL, 0), 0);
	assert_int_equal(check.n_conflicts, 2);
	assert_int_equal(check.flags & IOVA_CHECK_SAME, IOVA_CHECK_SAME);
	assert_int_equal(iova_space_check(space, MIB, 2 * PAGE, &check, NULL, 0), 0);
	assert_int_equal(check.flags & IOVA_CHECK_SAME, 0);
	iova_space_free(space);
}

/* The warning begins in the middle of a page and reaches the page, so it comes first. */
static void conflicts_are_in_order_also_where_a_warning_is_rounded_down(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	struct iova_check check = { .size = sizeof check };
	struct iova_conflict conflicts[4];
	static struct made_host made;

	(void)state;
	made_begin(&made);
	made_plain_group(&made, 1);
	made_region(&made, 0x10400, 0x107ff, IOVA_REGION_RESERVED);
	made_region(&made, 0x10800, 0x10bff, IOVA_REGION_DIRECT_RELAXABLE);
	assert_int_equal(iova_space_add_group(space, &made.host, 1, NULL), 0);
	assert_int_equal(iova_space_check(space, 0x10000, PAGE, &check, conflicts, 4), 0);
	assert_int_equal(check.n_conflicts, 4);
	for (size_t i = 1; i < 4; i++)
		assert_true(conflicts[i - 1].range.start <= conflicts[i].range.start);
	iova_space_free(space);
}

static void a_region_comes_before_a_mapping_that_starts_with_it(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	struct iova_check check = { .size = sizeof check };
	struct iova_conflict conflicts[2];
	static struct made_host made;

	(void)state;
	made_begin(&made);
	made_plain_group(&made, 1);
	made_region(&made, MIB, 2 * MIB - 1, IOVA_REGION_DIRECT_RELAXABLE);
	assert_int_equal(iova_space_add_group(space, &made.host, 1, NULL), 0);
	record_mapping(space, MIB, MIB + PAGE - 1);
	assert_int_equal(iova_space_check(space, MIB - PAGE, 3 * PAGE, &check, conflicts, 2), 0);
	assert_int_equal(check.n_conflicts, 2);
	assert_int_equal(conflicts[0].source, IOVA_SOURCE_REGION);
	assert_int_equal(conflicts[1].source, IOVA_SOURCE_MAPPING);
	iova_space_free(space);
}

static void check_that_fails_writes_no_conflicts(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	struct iova_check little = { .size = sizeof little - 1 };
	struct iova_conflict conflict = { .verdict = 77 };

	(void)state;
	assert_int_equal(iova_space_check(space, LAST_PAGE, PAGE, &little, &conflict, 1), -EINVAL);
	assert_int_equal(conflict.verdict, 77);
	iova_space_free(space);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_checks_are_as_the_oracle_says),
		cmocka_unit_test(check_refuses_bad_arguments),
		cmocka_unit_test(check_answers_programs_built_for_a_larger_struct),
		cmocka_unit_test(check_names_what_is_hit_and_what_would_fit),
		cmocka_unit_test(check_tells_the_same_mapping_also_where_policy_warns),
		cmocka_unit_test(conflicts_are_in_order_also_where_a_warning_is_rounded_down),
		cmocka_unit_test(a_region_comes_before_a_mapping_that_starts_with_it),
		cmocka_unit_test(check_that_fails_writes_no_conflicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

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

#define ROUNDS 1500

static struct told told, later;
static struct oracle before, after;

static struct iova_change *new_change(void)
{
	struct iova_change *change;

	assert_int_equal(iova_change_new(&change), 0);
	return change;
}

static void assert_moved(const struct iova_change *change, struct iova_range piece)
{
	uint32_t from = oracle_tier(&before, piece), to = oracle_tier(&after, piece);

	for (uint32_t tier = IOVA_TIER_USABLE; tier <= IOVA_TIER_REFUSED; tier++) {
		assert_int_equal(iova_set_contains(iova_change_entered(change, tier), &piece),
				 tier == to && from != to);
		assert_int_equal(iova_set_contains(iova_change_left(change, tier), &piece),
				 tier == from && from != to);
	}
}

/* The worst tier that a part of the range has come to, or 0 if none is worse than it was. */
static uint32_t worsened(struct iova_range range)
{
	uint32_t worst = 0;

	for (size_t i = 0; i < after.n_pieces; i++) {
		for (size_t k = 0; k < before.n_pieces; k++) {
			const struct oracle_piece *x = &before.pieces[k], *y = &after.pieces[i];

			if (meet(x->range, y->range) && meet(x->range, range) &&
			    meet(y->range, range) && y->tier > x->tier && y->tier > worst) {
				uint64_t start = x->range.start > y->range.start ? x->range.start :
										   y->range.start;
				uint64_t last = x->range.last < y->range.last ? x->range.last :
										y->range.last;

				if (meet((struct iova_range){ start, last }, range))
					worst = y->tier;
			}
		}
	}
	return worst;
}

static void assert_broken(const struct iova_change *change)
{
	struct iova_conflict conflict;
	struct iova_mapping mapping;
	size_t n = 0;

	for (size_t i = 0; i < told.n_mapped; i++) {
		uint32_t worst = worsened(told.mapped[i]);

		if (!worst)
			continue;
		assert_int_equal(iova_change_nth_broken(change, n++, &mapping, &conflict), 0);
		assert_int_equal(mapping.range.start, told.mapped[i].start);
		assert_int_equal(mapping.range.last, told.mapped[i].last);
		assert_int_equal(conflict.verdict, worst);
		assert_true(conflict.range.start <= conflict.range.last);
		assert_true(conflict.range.start >= told.mapped[i].start);
		assert_true(conflict.range.last <= told.mapped[i].last);
		assert_int_equal(oracle_tier(&after, conflict.range), worst);
		assert_true(oracle_tier(&before, conflict.range) < worst);
		assert_true(conflict.source >= IOVA_SOURCE_KERNEL);
	}
	assert_int_equal(iova_change_nth_broken(change, n, &mapping, NULL), -ENOENT);
}

/* One more thing told; both sides learn it. */
static void tell_more(struct iova_space *space, struct iova_change *change, uint64_t *seed)
{
	struct iova_set *set;

	told = later;
	switch (told_below(seed, 3)) {
	case 0:
		later.width = (uint32_t)told_below(seed, 65);
		assert_int_equal(iova_space_set_width(space, later.width, change), 0);
		return;
	case 1:
		later.list = IOVA_LIST_RANGES;
		later.n_kernel = 1 + told_below(seed, 3);
		for (size_t i = 0; i < later.n_kernel; i++)
			later.kernel[i] = told_range(seed, told.granule);
		later.kernel[0] = (struct iova_range){ 0, told_address(seed, told.granule) };
		set = set_of_(later.kernel, later.n_kernel);
		assert_int_equal(iova_space_set_kernel(space, IOVA_LIST_RANGES, set, change), 0);
		iova_set_free(set);
		return;
	default:
		if (later.n_reserved) {
			later.n_reserved--;
			assert_int_equal(iova_space_unreserve(space,
							      &later.reserved[later.n_reserved],
							      change),
					 0);
			return;
		}
		later.reserved[later.n_reserved++] = told_range(seed, told.granule);
		assert_int_equal(iova_space_reserve(space, &later.reserved[0], NULL, change), 0);
	}
}

static void random_changes_are_as_the_oracle_says(void **state)
{
	struct iova_change *change = new_change();
	uint64_t seed = 0xc4a6e;
	unsigned int n_broken = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct iova_space *space;

		told_random(&later, &seed);
		space = told_make(&later);
		for (int i = 0; i < 3; i++) {
			bool same = true;

			tell_more(space, change, &seed);
			oracle_ask(&before, &told);
			oracle_ask(&after, &later);
			for (size_t k = 0; k < before.n_pieces; k++) {
				struct iova_range first = { before.pieces[k].range.start,
							    before.pieces[k].range.start };

				assert_moved(change, first);
				same = same && oracle_tier(&after, before.pieces[k].range) ==
						       before.pieces[k].tier;
			}
			for (size_t k = 0; k < after.n_pieces; k++) {
				struct iova_range first = { after.pieces[k].range.start,
							    after.pieces[k].range.start };

				assert_moved(change, first);
				same = same && oracle_tier(&before, first) == after.pieces[k].tier;
			}
			assert_int_equal(iova_change_is_empty(change), same);
			assert_broken(change);
			n_broken += change->n_broken > 0;
		}
		iova_space_free(space);
	}
	assert_true(n_broken > ROUNDS / 10);
	iova_change_free(change);
}

/* The second half gets worse while the first half is as bad as before. */
static void mapping_is_broken_also_if_another_part_of_it_was_refused_before(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	struct iova_change *change = new_change();
	struct iova_conflict conflict;
	struct iova_mapping mapping;
	static struct made_host made;

	(void)state;
	made_begin(&made);
	made_plain_group(&made, 1);
	made_region(&made, 2 * MIB, 3 * MIB - 1, IOVA_REGION_MSI);
	made_plain_group(&made, 2);
	made_region(&made, 3 * MIB, 4 * MIB - 1, IOVA_REGION_DIRECT_RELAXABLE);
	record_mapping(space, MIB, 4 * MIB - 1);
	assert_int_equal(iova_space_reserve(space, RANGE(MIB, 2 * MIB - 1), "mine", change), 0);
	assert_int_equal(iova_change_nth_broken(change, 0, &mapping, &conflict), 0);
	assert_int_equal(conflict.source, IOVA_SOURCE_RESERVATION);
	assert_int_equal(iova_space_try_group(space, &made.host, 1, change), 0);
	assert_int_equal(iova_change_nth_broken(change, 0, &mapping, &conflict), 0);
	assert_int_equal(conflict.type, IOVA_REGION_MSI);
	assert_int_equal(conflict.verdict, IOVA_VERDICT_REFUSE);
	assert_int_equal(conflict.range.start, 2 * MIB);
	/* and a new warning is a warning, whatever the rest of the mapping hits */
	assert_int_equal(iova_space_try_group(space, &made.host, 2, change), 0);
	assert_int_equal(iova_change_nth_broken(change, 0, &mapping, &conflict), 0);
	assert_int_equal(conflict.type, IOVA_REGION_DIRECT_RELAXABLE);
	assert_int_equal(conflict.verdict, IOVA_VERDICT_WARN);
	assert_int_equal(iova_change_nth_broken(change, 1, &mapping, NULL), -ENOENT);
	iova_change_free(change);
	iova_space_free(space);
}

static void change_for_the_better_breaks_nothing(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	struct iova_change *change = new_change();
	struct iova_mapping mapping;

	(void)state;
	assert_int_equal(iova_space_reserve(space, RANGE(MIB, 2 * MIB - 1), NULL, NULL), 0);
	record_mapping(space, MIB, 2 * MIB - 1);
	assert_int_equal(iova_space_unreserve(space, RANGE(MIB, 2 * MIB - 1), change), 0);
	assert_set(iova_change_entered(change, IOVA_TIER_USABLE), { MIB, 2 * MIB - 1 });
	assert_set(iova_change_left(change, IOVA_TIER_REFUSED), { MIB, 2 * MIB - 1 });
	assert_int_equal(iova_change_is_empty(change), 0);
	assert_int_equal(iova_change_nth_broken(change, 0, &mapping, NULL), -ENOENT);
	/* the report is of the last call only */
	assert_int_equal(iova_space_set_width(space, 39, change), 0);
	assert_int_equal(iova_change_is_empty(change), 1);
	iova_change_free(change);
	iova_space_free(space);
}

static void change_is_read_with_care(void **state)
{
	struct iova_change *change = new_change();
	struct iova_mapping mapping;

	(void)state;
	assert_int_equal(iova_change_new(NULL), -EINVAL);
	assert_int_equal(iova_change_is_empty(NULL), 1);
	assert_int_equal(iova_change_is_empty(change), 1);
	for (uint32_t tier = IOVA_TIER_USABLE; tier <= IOVA_TIER_REFUSED; tier++) {
		assert_null(iova_change_entered(NULL, tier));
		assert_null(iova_change_left(NULL, tier));
	}
	assert_null(iova_change_entered(change, 0));
	assert_null(iova_change_entered(change, 4));
	assert_null(iova_change_left(change, 0));
	assert_null(iova_change_left(change, 4));
	assert_int_equal(iova_change_nth_broken(NULL, 0, &mapping, NULL), -EINVAL);
	assert_int_equal(iova_change_nth_broken(change, 0, NULL, NULL), -EINVAL);
	assert_int_equal(iova_change_nth_broken(change, 0, &mapping, NULL), -ENOENT);
	iova_change_free(NULL);
	iova_change_free(change);
}

static void worst_is_the_lowest_of_the_worst_or_none(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	struct iova_conflict worst;

	(void)state;
	assert_int_equal(iova_space_reserve(space, RANGE(0x18000, 0x2ffff), "high", NULL), 0);
	assert_int_equal(iova_space_reserve(space, RANGE(0x10000, 0x1ffff), "low", NULL), 0);
	iova_picture_worst_(&iova_space_view_(space)->picture, RANGE(0x19000, 0x19fff), PAGE,
			    &worst);
	assert_string_equal(worst.word, "low");
	iova_picture_worst_(&iova_space_view_(space)->picture, RANGE(0x40000, 0x40fff), PAGE,
			    &worst);
	assert_int_equal(worst.verdict, 0);
	assert_int_equal(worst.group, IOVA_GROUP_NONE);
	iova_space_free(space);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_changes_are_as_the_oracle_says),
		cmocka_unit_test(mapping_is_broken_also_if_another_part_of_it_was_refused_before),
		cmocka_unit_test(change_for_the_better_breaks_nothing),
		cmocka_unit_test(change_is_read_with_care),
		cmocka_unit_test(worst_is_the_lowest_of_the_worst_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

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
#include "space/picture.h"

#define N_OF(array) (sizeof(array) / sizeof *(array))
/* More than an array makes room for at once, so that each kind of claim is the one without. */
#define MOST_RANGES 20

struct scene {
	struct made_host made;
	struct iova_range ranges[MOST_RANGES];
	struct iova_reservation reservations[3];
	struct iova_inputs inputs;
};

static struct scene scene;

/* Cuts the first region into three. */
static struct override override = { .kind = OVERRIDE_RANGE,
				    .verdict = IOVA_VERDICT_ALLOW,
				    .range = { 0x400, 0x7ff } };

/* n ranges with a hole before, between and behind them, two groups and three reservations. */
static void tell(size_t n_ranges)
{
	made_begin(&scene.made);
	made_group(&scene.made, 1, IOVA_REGIONS_UNREADABLE);
	made_plain_group(&scene.made, 2);
	for (uint64_t i = 0; i < 4; i++)
		made_region(&scene.made, i << 20, (i << 20) + 0xfff, IOVA_REGION_DIRECT_RELAXABLE);
	for (uint64_t i = 0; i < n_ranges; i++)
		scene.ranges[i] = (struct iova_range){ (i << 24) + 1, (i << 24) + 0xfffff };
	for (uint64_t i = 0; i < N_OF(scene.reservations); i++)
		scene.reservations[i].range = (struct iova_range){ i << 28, (i << 28) + 0xfff };
	scene.inputs = (struct iova_inputs){
		.granule = 4096,
		.width = 39,
		.list = IOVA_LIST_RANGES,
		.kernel = { .ranges = scene.ranges, .n = n_ranges },
		.policy = { .mode = IOVA_POLICY_WARN,
			    .unreadable = IOVA_VERDICT_WARN,
			    .overrides = &override,
			    .n = 1 },
		.reservations = scene.reservations,
		.n_reservations = N_OF(scene.reservations),
	};
	assert_int_equal(iova_groups_of_(&scene.made.host, &scene.inputs.groups), 0);
}

static void assert_begin_alike(const struct iova_claims *some, const struct iova_claims *all)
{
	assert_true(some->n < all->n);
	for (size_t i = 0; i < some->n; i++) {
		const struct iova_conflict *a = &some->claims[i], *b = &all->claims[i];

		assert_int_equal(a->range.start, b->range.start);
		assert_int_equal(a->range.last, b->range.last);
		assert_int_equal(a->source, b->source);
		assert_int_equal(a->verdict, b->verdict);
		assert_int_equal(a->group, b->group);
	}
}

static void claims_without_memory_are_the_first_of_them(void **state)
{
	unsigned long failures = 0;
	long live = oom_live();

	(void)state;
	for (size_t n_ranges = 0; n_ranges <= MOST_RANGES; n_ranges++) {
		struct iova_claims all = { 0 };

		tell(n_ranges);
		assert_int_equal(iova_claims_make_(&all, &scene.inputs), 0);
		/* width, last page, holes, the unreadable group, regions, reservations */
		assert_int_equal(all.n, 2 + n_ranges + 1 + 1 + 6 + 3);
		for (unsigned long n = 0;; n++) {
			struct iova_claims some = { 0 };
			int r;

			oom_fail_at(n);
			r = iova_claims_make_(&some, &scene.inputs);
			oom_off();
			if (oom_reached()) {
				assert_int_equal(r, -ENOMEM);
				assert_begin_alike(&some, &all);
				failures++;
			}
			free(some.claims);
			if (!oom_reached())
				break;
		}
		free(all.claims);
		iova_groups_done_(&scene.inputs.groups);
	}
	assert_true(failures > MOST_RANGES);
	assert_int_equal(oom_live(), live);
}

static struct iova_conflict claim_of(uint64_t start, uint64_t last, uint32_t source, uint32_t group,
				     uint32_t type)
{
	return (struct iova_conflict){ .range = { start, last },
				       .source = source,
				       .verdict = IOVA_VERDICT_REFUSE,
				       .group = group,
				       .type = type };
}

/* Two that are equal in all but one respect are told apart by that one. */
static void claims_are_sorted_by_all_that_tells_them_apart(void **state)
{
	const struct iova_conflict sorted[] = {
		claim_of(0, 9, 3, 3, 3), claim_of(1, 5, 3, 3, 3), claim_of(1, 6, 1, 3, 3),
		claim_of(1, 6, 2, 1, 3), claim_of(1, 6, 2, 2, 1), claim_of(1, 6, 2, 2, 2),
		claim_of(1, 6, 2, 2, 2), claim_of(1, 6, 2, 3, 0), claim_of(1, 7, 0, 0, 0),
	};
	struct iova_conflict mixed[N_OF(sorted)];
	struct iova_claims claims = { .claims = mixed, .n = N_OF(sorted) };

	(void)state;
	/* a stride that is no multiple of 3 meets each of the nine once */
	for (size_t stride = 1; stride < N_OF(sorted); stride += stride % 3 == 1 ? 1 : 2) {
		for (size_t i = 0; i < N_OF(sorted); i++)
			mixed[i] = sorted[(N_OF(sorted) - 1 - i) * stride % N_OF(sorted)];
		iova_claims_sort_(&claims, 1);
		for (size_t i = 0; i < N_OF(sorted); i++) {
			assert_int_equal(mixed[i].range.start, sorted[i].range.start);
			assert_int_equal(mixed[i].range.last, sorted[i].range.last);
			assert_int_equal(mixed[i].source, sorted[i].source);
			assert_int_equal(mixed[i].group, sorted[i].group);
			assert_int_equal(mixed[i].type, sorted[i].type);
		}
	}
}

/* Two words that this version does not know are one type. */
static void claims_of_unknown_types_are_sorted_by_their_words(void **state)
{
	(void)state;
	for (int first = 0; first < 2; first++) {
		struct iova_conflict mixed[] = { claim_of(1, 6, 2, 2, 5), claim_of(1, 6, 2, 2, 5) };
		struct iova_claims claims = { .claims = mixed, .n = N_OF(mixed) };

		mixed[first].word[0] = 'b';
		mixed[1 - first].word[0] = 'a';
		iova_claims_sort_(&claims, 1);
		assert_string_equal(mixed[0].word, "a");
		assert_string_equal(mixed[1].word, "b");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claims_without_memory_are_the_first_of_them),
		cmocka_unit_test(claims_are_sorted_by_all_that_tells_them_apart),
		cmocka_unit_test(claims_of_unknown_types_are_sorted_by_their_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

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

#include "busy-space.h"

static void space_is_made_with_its_options(void **state)
{
	struct iova_space *space = (void *)1;
	struct iova_space_opts opts = { .size = sizeof opts };
	struct {
		struct iova_space_opts opts;
		uint64_t more;
	} newer = { .opts.size = sizeof newer, .more = 1 };

	(void)state;
	assert_int_equal(iova_space_new(NULL, NULL), -EINVAL);
	opts.granule = 3;
	assert_int_equal(iova_space_new(&opts, &space), -EINVAL);
	opts.granule = 1ull << 33;
	assert_int_equal(iova_space_new(&opts, &space), -EINVAL);
	opts.granule = 1ull << 32;
	opts.width = 65;
	assert_int_equal(iova_space_new(&opts, &space), -EINVAL);
	opts.width = 64;
	opts.pad = 1;
	assert_int_equal(iova_space_new(&opts, &space), -EINVAL);
	opts.pad = 0;
	opts.size--;
	assert_int_equal(iova_space_new(&opts, &space), -EINVAL);
	assert_int_equal(iova_space_new(&newer.opts, &space), -E2BIG);
	assert_ptr_equal(space, (void *)1);
	opts.size++;
	assert_int_equal(iova_space_new(&opts, &space), 0);
	assert_int_equal(iova_space_granule(space), 1ull << 32);
	assert_tier(space, IOVA_TIER_USABLE, { 0, TOP - (1ull << 32) });
	iova_space_free(space);
	newer.more = 0;
	assert_int_equal(iova_space_new(&newer.opts, &space), 0);
	assert_int_equal(iova_space_granule(space), 4096);
	iova_space_free(space);
	iova_space_free(NULL);
}

static void top_is_known_from_a_list_or_a_declared_width(void **state)
{
	struct iova_space *space = space_of(0, 0, IOVA_POLICY_WARN);

	(void)state;
	assert_int_equal(iova_space_top_known(NULL), 0);
	assert_int_equal(iova_space_top_known(space), 0);
	assert_int_equal(iova_space_set_width(space, 48, NULL), 0);
	assert_int_equal(iova_space_top_known(space), 1);
	assert_tier(space, IOVA_TIER_USABLE, { 0, (1ull << 48) - 1 });
	assert_int_equal(iova_space_set_width(space, 0, NULL), 0);
	assert_int_equal(iova_space_top_known(space), 0);
	assert_int_equal(iova_space_set_kernel(space, IOVA_LIST_UNRESTRICTED, NULL, NULL), 0);
	assert_int_equal(iova_space_top_known(space), 1);
	assert_tier(space, IOVA_TIER_USABLE, { 0, TOP - PAGE });
	assert_int_equal(iova_space_set_width(space, 32, NULL), 0);
	assert_tier(space, IOVA_TIER_USABLE, { 0, UINT32_MAX });
	iova_space_free(space);
}

static void kernel_list_is_kept_as_told(void **state)
{
	struct iova_space *space = space_of(0, 0, IOVA_POLICY_WARN);
	struct iova_set *set = set_of({ 1, 2 }, { 9, 10 }), *read = set_of({ 5, 5 });
	uint32_t list = 9;

	(void)state;
	assert_int_equal(iova_space_set_kernel(space, IOVA_LIST_RANGES, set, NULL), 0);
	iova_set_clear(set);
	assert_int_equal(iova_space_read_kernel(space, &list, read), 0);
	assert_int_equal(list, IOVA_LIST_RANGES);
	assert_set(read, { 1, 2 }, { 9, 10 });
	assert_int_equal(iova_space_set_kernel(space, IOVA_LIST_NONE, NULL, NULL), 0);
	assert_int_equal(iova_space_read_kernel(space, &list, read), 0);
	assert_int_equal(list, IOVA_LIST_NONE);
	assert_empty(read);
	assert_int_equal(iova_space_read_kernel(space, NULL, read), -EINVAL);
	assert_int_equal(iova_space_read_kernel(NULL, &list, read), -EINVAL);
	iova_set_free(set);
	iova_set_free(read);
	iova_space_free(space);
}

static void setters_refuse_bad_arguments_and_change_nothing(void **state)
{
	struct iova_space *space = busy_space();
	struct iova_set *set = set_of({ 1, 2 });
	struct iova_change *change = new_change();

	(void)state;
	note_space(&before, space);
	assert_int_equal(iova_space_set_kernel(NULL, IOVA_LIST_NONE, NULL, NULL), -EINVAL);
	assert_int_equal(iova_space_set_kernel(space, 3, NULL, NULL), -EINVAL);
	assert_int_equal(iova_space_set_kernel(space, IOVA_LIST_RANGES, NULL, NULL), -EINVAL);
	assert_int_equal(iova_space_set_kernel(space, IOVA_LIST_NONE, set, NULL), -EINVAL);
	assert_int_equal(iova_space_set_kernel(space, IOVA_LIST_UNRESTRICTED, set, NULL), -EINVAL);
	assert_int_equal(iova_space_set_granule(NULL, 4096, NULL), -EINVAL);
	assert_int_equal(iova_space_set_granule(space, 0, NULL), -EINVAL);
	assert_int_equal(iova_space_set_granule(space, 12288, NULL), -EINVAL);
	assert_int_equal(iova_space_set_granule(space, 1ull << 33, NULL), -EINVAL);
	assert_int_equal(iova_space_set_width(NULL, 39, NULL), -EINVAL);
	assert_int_equal(iova_space_set_width(space, 65, NULL), -EINVAL);
	assert_int_equal(iova_space_set_policy(NULL, NULL, NULL), -EINVAL);
	assert_int_equal(iova_space_add_group(NULL, &made.host, 1, NULL), -EINVAL);
	assert_int_equal(iova_space_add_group(space, NULL, 1, NULL), -EINVAL);
	assert_int_equal(iova_space_add_group(space, &made.host, 3, NULL), -ENOENT);
	assert_int_equal(iova_space_add_groups(space, &made.host, NULL, 1, NULL), -EINVAL);
	assert_int_equal(iova_space_add_groups(NULL, &made.host, NULL, 0, NULL), -EINVAL);
	assert_int_equal(iova_space_add_groups(space, NULL, NULL, 0, NULL), -EINVAL);
	assert_int_equal(iova_space_add_groups(space, &made.host, (uint32_t[]){ 1, 3 }, 2, NULL),
			 -ENOENT);
	assert_int_equal(iova_space_add_groups(space, &made.host, NULL, 0, NULL), 0);
	assert_int_equal(iova_space_try_group(space, &made.host, 1, NULL), -EINVAL);
	assert_int_equal(iova_space_try_group(space, NULL, 1, change), -EINVAL);
	assert_int_equal(iova_space_try_group(NULL, &made.host, 1, change), -EINVAL);
	assert_int_equal(iova_space_try_group(space, &made.host, 3, change), -ENOENT);
	assert_int_equal(iova_space_remove_group(NULL, 1, NULL), -EINVAL);
	assert_int_equal(iova_space_remove_group(space, 3, NULL), -ENOENT);
	assert_int_equal(iova_space_reserve(NULL, RANGE(1, 2), NULL, NULL), -EINVAL);
	assert_int_equal(iova_space_reserve(space, NULL, NULL, NULL), -EINVAL);
	assert_int_equal(iova_space_reserve(space, RANGE(2, 1), NULL, NULL), -EINVAL);
	assert_int_equal(iova_space_reserve(space, RANGE(8 * MIB, 9 * MIB - 1), "x", NULL),
			 -EEXIST);
	assert_int_equal(iova_space_unreserve(NULL, RANGE(1, 2), NULL), -EINVAL);
	assert_int_equal(iova_space_unreserve(space, NULL, NULL), -EINVAL);
	assert_int_equal(iova_space_unreserve(space, RANGE(2, 1), NULL), -EINVAL);
	assert_int_equal(iova_space_unreserve(space, RANGE(8 * MIB, 9 * MIB - 2), NULL), -ENOENT);
	note_space(&after, space);
	assert_string_equal(after.text, before.text);
	iova_change_free(change);
	iova_set_free(set);
	iova_space_free(space);
}

static void policy_of_a_space_is_a_copy(void **state)
{
	struct iova_space *space = busy_space();
	struct iova_policy *policy = policy_of(IOVA_POLICY_STRICT);
	struct iova_change *change = new_change();

	(void)state;
	assert_tier(space, IOVA_TIER_AVOID, { MIB, 2 * MIB - 1 });
	assert_int_equal(iova_space_set_policy(space, policy, change), 0);
	assert_int_equal(iova_policy_override_group(policy, 1, IOVA_VERDICT_ALLOW), 0);
	assert_no_tier(space, IOVA_TIER_AVOID);
	assert_set(iova_change_entered(change, IOVA_TIER_REFUSED), { MIB, 2 * MIB - 1 });
	assert_int_equal(change->n_broken, 1);
	assert_int_equal(iova_space_set_policy(space, policy, change), 0);
	assert_set(iova_change_entered(change, IOVA_TIER_USABLE), { MIB, 2 * MIB - 1 });
	iova_policy_free(policy);
	iova_change_free(change);
	iova_space_free(space);
}

static void group_leaves_and_takes_only_its_own_regions_along(void **state)
{
	struct iova_space *space = busy_space();
	struct iova_change *change = new_change();
	uint32_t groups[2] = { 77, 77 };

	(void)state;
	assert_int_equal(iova_space_read_groups(NULL, NULL, 0), 0);
	assert_int_equal(iova_space_read_groups(space, NULL, 0), 2);
	assert_int_equal(iova_space_read_groups(space, groups, 1), 2);
	assert_int_equal(groups[0], 1);
	assert_int_equal(groups[1], 77);
	assert_int_equal(iova_space_remove_group(space, 1, change), 0);
	assert_set(iova_change_entered(change, IOVA_TIER_USABLE), { MIB, 2 * MIB - 1 });
	assert_int_equal(iova_space_read_groups(space, groups, 2), 1);
	assert_int_equal(groups[0], 2);
	assert_int_equal(iova_space_remove_group(space, 1, change), -ENOENT);
	iova_change_free(change);
	iova_space_free(space);
}

static void space_outlives_the_host_it_was_told_of(void **state)
{
	struct iova_space *space = busy_space();

	(void)state;
	note_space(&before, space);
	memset(&made, 0xa5, sizeof made);
	assert_int_equal(iova_space_set_width(space, 39, NULL), 0);
	note_space(&after, space);
	assert_string_equal(after.text, before.text);
	iova_space_free(space);
}

static void try_reports_what_add_would_and_changes_nothing(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	struct iova_change *tried = new_change(), *added = new_change();
	static struct notes a, b;

	(void)state;
	record_mapping(space, 0xfed00000, 0xff000000 - 1);
	for (uint32_t id = 1; id < 3; id++) {
		note_space(&before, space);
		assert_int_equal(iova_space_try_group(space, &made.host, id, tried), 0);
		note_space(&after, space);
		assert_string_equal(after.text, before.text);
		assert_int_equal(iova_space_add_group(space, &made.host, id, added), 0);
		note_change(&a, tried);
		note_change(&b, added);
		assert_string_equal(a.text, b.text);
		assert_int_equal(iova_change_is_empty(added), 0);
		assert_int_equal(added->n_broken, id == 2);
	}
	iova_change_free(tried);
	iova_change_free(added);
	iova_space_free(space);
}

static void reservation_is_refused_until_given_back(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_RELAXED);
	struct iova_conflict reason;
	static const char name[] = "a name that is rather longer than there is room for";

	(void)state;
	assert_int_equal(iova_space_reserve(space, RANGE(0x1800, 0x27ff), name, NULL), 0);
	assert_int_equal(iova_space_reserve(space, RANGE(0x1800, 0x17ff + 0x2000), NULL, NULL), 0);
	assert_tier(space, IOVA_TIER_USABLE, { 0, 0xfff }, { 0x4000, ASSUMED_LAST });
	assert_int_equal(iova_space_nth_reason(space, 2, 0, &reason), 0);
	assert_int_equal(reason.source, IOVA_SOURCE_RESERVATION);
	assert_int_equal(reason.group, IOVA_GROUP_NONE);
	assert_int_equal(strlen(reason.word), 31);
	assert_memory_equal(reason.word, name, 31);
	assert_int_equal(iova_space_unreserve(space, RANGE(0x1800, 0x17ff + 0x2000), NULL), 0);
	assert_tier(space, IOVA_TIER_USABLE, { 0, 0xfff }, { 0x3000, ASSUMED_LAST });
	assert_int_equal(iova_space_unreserve(space, RANGE(0x1800, 0x27ff), NULL), 0);
	assert_tier(space, IOVA_TIER_USABLE, { 0, ASSUMED_LAST });
	assert_int_equal(iova_space_unreserve(space, RANGE(0x1800, 0x27ff), NULL), -ENOENT);
	iova_space_free(space);
}

static void coarser_granule_takes_more_and_finer_gives_it_back(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_RELAXED);
	struct iova_change *change = new_change();

	(void)state;
	tell_kernel(space, { 0x11000, 0x2efff });
	assert_int_equal(iova_space_set_granule(space, 65536, change), 0);
	assert_int_equal(iova_space_granule(space), 65536);
	assert_no_tier(space, IOVA_TIER_USABLE);
	tell_kernel(space, { 0x11000, 0x3efff });
	assert_tier(space, IOVA_TIER_USABLE, { 0x20000, 0x2ffff });
	assert_int_equal(iova_space_set_granule(space, 1, change), 0);
	assert_set(iova_change_entered(change, IOVA_TIER_USABLE), { 0x11000, 0x1ffff },
		   { 0x30000, 0x3efff });
	iova_change_free(change);
	iova_space_free(space);
}

static void record_states_a_fact_and_refuses_only_nonsense(void **state)
{
	struct iova_space *space = busy_space();
	struct iova_mapping mapping = { .range = { 0xfee00000, 0xfee00fff }, .access = IOVA_WRITE };
	struct iova_mapping bad = mapping;

	(void)state;
	note_space(&before, space);
	assert_int_equal(iova_space_record(NULL, &mapping), -EINVAL);
	assert_int_equal(iova_space_record(space, NULL), -EINVAL);
	bad.range.last = 0;
	assert_int_equal(iova_space_record(space, &bad), -EINVAL);
	bad = mapping;
	bad.access = 0;
	assert_int_equal(iova_space_record(space, &bad), -EINVAL);
	bad.access = 4 | IOVA_READ;
	assert_int_equal(iova_space_record(space, &bad), -EINVAL);
	bad = mapping;
	bad.pad = 1;
	assert_int_equal(iova_space_record(space, &bad), -EINVAL);
	bad = mapping;
	bad.range = (struct iova_range){ 0, MIB };
	assert_int_equal(iova_space_record(space, &bad), -EEXIST);
	assert_int_equal(iova_space_forget(NULL, &mapping.range, NULL), -EINVAL);
	assert_int_equal(iova_space_forget(space, NULL, NULL), -EINVAL);
	assert_int_equal(iova_space_forget(space, RANGE(2, 1), NULL), -EINVAL);
	assert_int_equal(iova_space_find(NULL, 0, &bad), -EINVAL);
	assert_int_equal(iova_space_find(space, 0, NULL), -EINVAL);
	assert_int_equal(iova_space_find(space, 9 * GIB, &bad), -ENOENT);
	assert_int_equal(iova_space_count(NULL), 0);
	note_space(&after, space);
	assert_string_equal(after.text, before.text);
	assert_int_equal(iova_space_record(space, &mapping), 0);
	assert_int_equal(iova_space_count(space), 3);
	assert_int_equal(iova_space_find(space, 3 * MIB, &bad), 0);
	assert_memory_equal(&bad, &mapping, sizeof bad);
	iova_space_free(space);
}

static void reading_refuses_bad_arguments(void **state)
{
	struct iova_space *space = space_of(0, 39, IOVA_POLICY_WARN);
	struct iova_set *set = set_of({ 5, 5 });
	struct iova_segment segment = { .tier = 77 };
	struct iova_conflict reason = { .source = 77 };

	(void)state;
	assert_int_equal(iova_space_granule(NULL), 0);
	assert_int_equal(iova_space_read_tier(NULL, 1, set), -EINVAL);
	assert_int_equal(iova_space_read_tier(space, 0, set), -EINVAL);
	assert_int_equal(iova_space_read_tier(space, 4, set), -EINVAL);
	assert_int_equal(iova_space_read_tier(space, 1, NULL), -EINVAL);
	assert_set(set, { 5, 5 });
	assert_int_equal(iova_space_nth_segment(NULL, 0, &segment), -EINVAL);
	assert_int_equal(iova_space_nth_segment(space, 0, NULL), -EINVAL);
	assert_int_equal(iova_space_nth_segment(space, 3, &segment), -ENOENT);
	assert_int_equal(iova_space_nth_reason(NULL, 0, 0, &reason), -EINVAL);
	assert_int_equal(iova_space_nth_reason(space, 1, 0, NULL), -EINVAL);
	assert_int_equal(iova_space_nth_reason(space, 0, 0, &reason), -ENOENT);
	assert_int_equal(iova_space_nth_reason(space, 9, 0, &reason), -ENOENT);
	assert_int_equal(segment.tier, 77);
	assert_int_equal(reason.source, 77);
	iova_set_free(set);
	iova_space_free(space);
}

/* What a context learns at once: all of it or, with an impossible granule, nothing. */
static void news_replace_list_granule_and_groups_together(void **state)
{
	struct iova_space *space = busy_space();
	struct iova_set *set = set_of({ 0, 0xffffff });
	struct iova_news news = {
		.granule = 65536, .list = IOVA_LIST_RANGES, .kernel = set, .host = &made.host
	};

	(void)state;
	made.host.n = 1;
	assert_int_equal(iova_space_take_(space, &news, NULL), 0);
	assert_int_equal(iova_space_granule(space), 65536);
	assert_int_equal(iova_space_read_groups(space, NULL, 0), 1);
	assert_tier(space, IOVA_TIER_AVOID, { MIB, 2 * MIB - 1 });
	note_space(&before, space);
	news.granule = 0;
	assert_int_equal(iova_space_take_(space, &news, NULL), -EPROTO);
	note_space(&after, space);
	assert_string_equal(after.text, before.text);
	iova_set_free(set);
	iova_space_free(space);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(space_is_made_with_its_options),
		cmocka_unit_test(top_is_known_from_a_list_or_a_declared_width),
		cmocka_unit_test(kernel_list_is_kept_as_told),
		cmocka_unit_test_setup(setters_refuse_bad_arguments_and_change_nothing, make_host),
		cmocka_unit_test_setup(policy_of_a_space_is_a_copy, make_host),
		cmocka_unit_test_setup(group_leaves_and_takes_only_its_own_regions_along,
				       make_host),
		cmocka_unit_test_setup(space_outlives_the_host_it_was_told_of, make_host),
		cmocka_unit_test_setup(try_reports_what_add_would_and_changes_nothing, make_host),
		cmocka_unit_test(reservation_is_refused_until_given_back),
		cmocka_unit_test(coarser_granule_takes_more_and_finer_gives_it_back),
		cmocka_unit_test_setup(record_states_a_fact_and_refuses_only_nonsense, make_host),
		cmocka_unit_test(reading_refuses_bad_arguments),
		cmocka_unit_test_setup(news_replace_list_granule_and_groups_together, make_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

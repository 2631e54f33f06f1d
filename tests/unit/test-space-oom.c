/* SPDX-License-Identifier: BSD-3-Clause */
/* Every function of a space that needs memory, without it. */
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
#include "space/tree.h"

#include "busy-space.h"

struct scene {
	struct iova_space *space;
	struct iova_change *change;
	struct iova_set *set;
	struct iova_set *empty; /* without room */
	struct iova_policy *policy;
};

static int do_kernel(const struct scene *s)
{
	return iova_space_set_kernel(s->space, IOVA_LIST_RANGES, s->set, s->change);
}

static int do_granule(const struct scene *s)
{
	return iova_space_set_granule(s->space, 65536, s->change);
}

static int do_width(const struct scene *s)
{
	return iova_space_set_width(s->space, 33, s->change);
}

static int do_policy(const struct scene *s)
{
	return iova_space_set_policy(s->space, s->policy, s->change);
}

static int do_add(const struct scene *s)
{
	return iova_space_add_group(s->space, &made.host, 2, s->change);
}

static int do_add_all(const struct scene *s)
{
	return iova_space_add_groups(s->space, &made.host, (uint32_t[]){ 1, 2 }, 2, s->change);
}

static int do_try(const struct scene *s)
{
	return iova_space_try_group(s->space, &made.host, 1, s->change);
}

static int do_remove(const struct scene *s)
{
	return iova_space_remove_group(s->space, 1, s->change);
}

static int do_reserve(const struct scene *s)
{
	return iova_space_reserve(s->space, RANGE(MIB, 3 * MIB - 1), "new", s->change);
}

static int do_unreserve(const struct scene *s)
{
	return iova_space_unreserve(s->space, RANGE(8 * MIB, 9 * MIB - 1), s->change);
}

static int do_take(const struct scene *s)
{
	struct iova_news news = {
		.granule = 65536, .list = IOVA_LIST_RANGES, .kernel = s->set, .host = &made.host
	};

	return iova_space_take_(s->space, &news, s->change);
}

static int do_read_tier(const struct scene *s)
{
	return iova_space_read_tier(s->space, IOVA_TIER_REFUSED, s->empty);
}

static int do_read_kernel(const struct scene *s)
{
	uint32_t list;

	return iova_space_read_kernel(s->space, &list, s->empty);
}

static int do_record(const struct scene *s)
{
	struct iova_mapping mapping = { .range = { -PAGE, UINT64_MAX }, .access = IOVA_READ };

	return iova_space_record(s->space, &mapping);
}

static struct scene new_scene(void)
{
	struct scene scene = { .space = busy_space(),
			       .change = new_change(),
			       .set = set_of({ 0, 4 * MIB - 1 }),
			       .policy = policy_of(IOVA_POLICY_STRICT) };

	assert_int_equal(iova_set_new(&scene.empty), 0);
	assert_int_equal(iova_policy_override_group(scene.policy, 2, IOVA_VERDICT_ALLOW), 0);
	/* a table that has to make room for one more, */
	for (uint64_t i = 1;
	     scene.space->table.leaves.n_free || scene.space->table.tail->n < TREE_WIDTH; i++)
		record_mapping(scene.space, i * PAGE, i * PAGE + PAGE - 1);
	/* and a report that has something in it */
	assert_int_equal(iova_space_try_group(scene.space, &made.host, 1, scene.change), 0);
	assert_int_equal(iova_space_reserve(scene.space, RANGE(0, 0), NULL, scene.change), 0);
	return scene;
}

static void end_scene(struct scene *scene)
{
	iova_space_free(scene->space);
	iova_change_free(scene->change);
	iova_set_free(scene->set);
	iova_set_free(scene->empty);
	iova_policy_free(scene->policy);
}

static void note_scene(struct notes *notes, const struct scene *scene)
{
	static struct notes more;

	note_space(notes, scene->space);
	note_change(&more, scene->change);
	note(notes, "%s", more.text);
	note_set(notes, " set", scene->set);
	note_set(notes, " empty", scene->empty);
}

static void space_without_memory_stays_as_it_was(void **state)
{
	static int (*const calls[])(const struct scene *) = {
		do_kernel,  do_granule,   do_width,       do_policy,  do_add,
		do_add_all, do_try,       do_remove,      do_reserve, do_unreserve,
		do_take,    do_read_tier, do_read_kernel, do_record,
	};

	(void)state;
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		long live = oom_live();
		unsigned long n = 0;

		for (bool failed = true; failed; n++) {
			struct scene scene = new_scene();
			int r;

			note_scene(&before, &scene);
			oom_fail_at(n);
			r = calls[i](&scene);
			oom_off();
			failed = oom_reached();
			note_scene(&after, &scene);
			if (failed) {
				assert_int_equal(r, -ENOMEM);
				assert_string_equal(after.text, before.text);
				/* and it works as if nothing had been */
				assert_int_equal(calls[i](&scene), 0);
			}
			end_scene(&scene);
			assert_int_equal(oom_live(), live);
		}
		assert_true(n > 1);
	}
}

static void making_without_memory_makes_nothing(void **state)
{
	struct iova_policy *policy = policy_of(IOVA_POLICY_WARN);
	struct iova_space_opts opts = { .size = sizeof opts, .policy = policy };
	struct iova_change *change = (void *)1;
	struct iova_space *space = (void *)1;
	unsigned long n;
	long live;

	(void)state;
	assert_int_equal(iova_policy_override_group(policy, 1, IOVA_VERDICT_ALLOW), 0);
	live = oom_live();
	for (n = 0;; n++) {
		int r;

		oom_fail_at(n);
		r = iova_space_new(&opts, &space);
		oom_off();
		if (!oom_reached())
			break;
		assert_int_equal(r, -ENOMEM);
		assert_ptr_equal(space, (void *)1);
		assert_int_equal(oom_live(), live);
	}
	assert_true(n > 3);
	oom_fail_at(0);
	assert_int_equal(iova_change_new(&change), -ENOMEM);
	oom_off();
	assert_ptr_equal(change, (void *)1);
	iova_space_free(space);
	iova_policy_free(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(space_without_memory_stays_as_it_was, make_host),
		cmocka_unit_test(making_without_memory_makes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

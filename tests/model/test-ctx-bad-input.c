/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bad input of every kind: its errno, step and reason, a sentence that names the
 * thing, an entry in the header, and nothing changed on either side.
 */
#include "bad-input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY ((void *)VADDR)

static struct set_up set_up_on(const struct world *world)
{
	struct set_up s = { .world = world };

	s.ctx = ctx_with(world, NULL, GROUP_NIC);
	assert_mapped(s.ctx, AT, MIB);
	s.bare = ctx_open(world, NULL);
	s.lost = ctx_open(world, &OPTS(.root = "/dev"));
	s.nowhere = ctx_open(world, &OPTS(.root = "/nowhere"));
	s.forbidden = ctx_open(world, &OPTS(.root = "/sys/devices"));
	assert_int_equal(iova_sim_file_error(world->sim, "/sys/devices", EACCES), 0);
	s.file = world->sys->open(world->sys->data, -1, "/dev", O_RDONLY | O_DIRECTORY);
	s.closed = raw_open(world, "/dev/vfio/vfio");
	assert_int_equal(raw_close(world, s.closed), 0);
	s.container = raw_open(world, "/dev/vfio/vfio");
	s.group = raw_open_group(world, GROUP_USB);
	assert_true(s.file >= 0 && s.container >= 0 && s.group >= 0);
	return s;
}

static void take_down(struct set_up *s)
{
	iova_ctx_close(s->ctx);
	iova_ctx_close(s->bare);
	iova_ctx_close(s->lost);
	iova_ctx_close(s->nowhere);
	iova_ctx_close(s->forbidden);
	/* What was lent is still open. */
	assert_int_equal(raw_close(s->world, s->file), 0);
	assert_int_equal(raw_close(s->world, s->container), 0);
	assert_int_equal(raw_close(s->world, s->group), 0);
}

static void bad_input_has_its_error_and_changes_nothing(void **state)
{
	const struct world *world = *state;
	struct set_up s = set_up_on(world);

	for (size_t i = 0; i < n_bad_inputs; i++) {
		const struct bad *bad = &bad_inputs[i];
		struct iova_failure failure = IOVA_FAILURE_INIT;
		struct view before = view_of(world, s.ctx), after;
		struct view bare = view_of(world, s.bare);
		int r = bad->call(&s, &failure);

		if (r != -bad->error)
			fail_msg("row %zu, %s of %s: returned %d", i, bad->kind, bad->function, r);
		assert_failed(&failure, -bad->error, bad->step, bad->why);
		assert_names(&failure, s.ctx, bad->names);
		after = view_of(world, s.ctx);
		assert_same_view(&before, &after);
		after = view_of(world, s.bare);
		assert_same_view(&bare, &after);
		/* Nobody has to ask for the reason. */
		assert_int_equal(bad->call(&s, NULL), -bad->error);
	}
	take_down(&s);
}

static void no_two_kinds_look_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_bad_inputs; i++)
		for (size_t j = 0; j < i; j++) {
			bool same_kind = !strcmp(bad_inputs[i].kind, bad_inputs[j].kind);
			bool same_look = bad_inputs[i].error == bad_inputs[j].error &&
					 bad_inputs[i].why == bad_inputs[j].why;

			if (same_kind != same_look)
				fail_msg("\"%s\" and \"%s\" cannot be told by errno and reason",
					 bad_inputs[i].kind, bad_inputs[j].kind);
		}
}

/* The header as one text. */
static char *read_header(void)
{
	FILE *file = fopen(HEADER, "r");
	char *text = calloc(1, 1 << 16);

	assert_non_null(file);
	assert_non_null(text);
	assert_in_range(fread(text, 1, (1 << 16) - 1, file), 1000, (1 << 16) - 2);
	fclose(file);
	return text;
}

/* Whether the comment of a function lists an errno, itself or by "as for" another. */
static bool is_documented(const char *header, const char *function, const char *errno_word)
{
	char needle[80], *comment, *other;
	const char *declaration, *begin, *next;
	size_t length;
	bool found;

	snprintf(needle, sizeof needle, " %s(struct", function);
	declaration = strstr(header, needle);
	if (!declaration) {
		snprintf(needle, sizeof needle, " %s(const struct", function);
		declaration = strstr(header, needle);
	}
	assert_non_null(declaration);
	for (begin = header; (next = strstr(begin + 1, "/**")) && next < declaration;)
		begin = next;
	length = (size_t)(declaration - begin);
	comment = calloc(1, length + 1);
	assert_non_null(comment);
	memcpy(comment, begin, length);
	snprintf(needle, sizeof needle, "@err{%s}", errno_word);
	found = strstr(comment, needle);
	other = strstr(comment, "errno as for ");
	if (!found && other) {
		other += strlen("errno as for ");
		other[strcspn(other, "(")] = '\0';
		found = is_documented(header, other, errno_word);
	}
	free(comment);
	return found;
}

static void every_error_is_in_the_header(void **state)
{
	static const struct {
		int number;
		const char *word;
	} words[] = {
		{ ENOENT, "ENOENT" }, { EINVAL, "EINVAL" },       { EACCES, "EACCES" },
		{ EBADF, "EBADF" },   { EOVERFLOW, "EOVERFLOW" }, { EBADFD, "EBADFD" },
		{ ENODEV, "ENODEV" }, { EALREADY, "EALREADY" },   { EBUSY, "EBUSY" },
		{ EEXIST, "EEXIST" }, { E2BIG, "E2BIG" },
	};
	char *header = read_header();

	(void)state;
	for (size_t i = 0; i < n_bad_inputs; i++) {
		size_t j = 0;

		while (words[j].number != bad_inputs[i].error)
			assert_true(++j < sizeof words / sizeof *words);
		if (!is_documented(header, bad_inputs[i].function, words[j].word))
			fail_msg("%s does not list %s (%s)", bad_inputs[i].function, words[j].word,
				 bad_inputs[i].kind);
	}
	assert_false(is_documented(header, "iova_ctx_refresh", "EEXIST"));
	free(header);
}

static void a_longer_struct_with_an_empty_tail_is_accepted(void **state)
{
	const struct world *world = *state;
	struct {
		struct iova_ctx_opts opts;
		uint64_t more[4];
	} opts = { OPTS(.sys = world->sys), { 0 } };
	struct {
		struct iova_map_opts opts;
		uint64_t more[4];
	} map = { MAP_OPTS(.flags = 0), { 0 } };
	struct {
		struct iova_limits limits;
		uint64_t more[4];
	} limits = { .more = { 1, 2, 3, 4 } };
	struct {
		struct iova_failure failure;
		uint64_t more[2];
	} failure = { .more = { 1, 2 } };
	struct iova_ctx *ctx;

	opts.opts.size = sizeof opts;
	map.opts.size = sizeof map;
	limits.limits.size = sizeof limits;
	failure.failure.size = sizeof failure;
	assert_int_equal(iova_ctx_open(&opts.opts, &ctx, NULL), 0);
	attach_group(ctx, GROUP_NIC);
	assert_int_equal(iova_ctx_map_fixed(ctx, AT, MEMORY, MIB, &map.opts, NULL), 0);
	/* What this version does not know is 0 in what it fills in. */
	assert_int_equal(iova_ctx_limits(ctx, &limits.limits, NULL), 0);
	assert_int_equal(limits.limits.size, sizeof limits);
	assert_int_equal(limits.more[0] | limits.more[3], 0);
	assert_int_equal(map_at(ctx, AT, MIB, &failure.failure), -EEXIST);
	assert_int_equal(failure.failure.why, IOVA_WHY_OVERLAP);
	assert_int_equal(failure.more[0] | failure.more[1], 0);
	/* One too short for its first layout is left alone. */
	failure.failure.size = 8;
	failure.failure.why = 99;
	assert_int_equal(map_at(ctx, AT, MIB, &failure.failure), -EEXIST);
	assert_int_equal(failure.failure.why, 99);
	iova_ctx_close(ctx);
}

static void what_has_no_error_to_give_takes_null(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);

	iova_ctx_close(NULL);
	assert_null(iova_ctx_space(NULL));
	assert_null(iova_ctx_host(NULL));
	assert_int_equal(iova_ctx_container_fd(NULL), -EINVAL);
	assert_int_equal(iova_ctx_group_fd(NULL, 1), -EINVAL);
	assert_int_equal(iova_ctx_group_fd(ctx, GROUP_USB), -ENOENT);
	assert_true(iova_ctx_group_fd(ctx, GROUP_NIC) >= 0);
	iova_ctx_close(ctx);
}

/* A file of a group that cannot be read is no error: it is known as not known. */
static void unreadable_files_of_a_group_do_not_keep_it_out(void **state)
{
	static const char *const files[] = { "/type", "/devices", "/reserved_regions", "" };
	const struct world *world = *state;

	for (size_t i = 0; i < 4; i++) {
		struct iova_group_info info = { .size = sizeof info };
		char path[80];
		struct iova_ctx *ctx;

		snprintf(path, sizeof path, "/sys/kernel/iommu_groups/1%s", files[i]);
		assert_int_equal(iova_sim_file_error(world->sim, path, EACCES), 0);
		ctx = ctx_with(world, NULL, GROUP_NIC);
		assert_int_equal(iova_host_find_group(iova_ctx_host(ctx), GROUP_NIC, &info), 0);
		assert_int_equal(!info.type[0], i == 0 || i == 3);
		assert_int_equal(info.devices_error, i == 1 || i == 3 ? -EACCES : 0);
		assert_int_equal(info.regions,
				 i >= 2 ? IOVA_REGIONS_UNREADABLE : IOVA_REGIONS_READ);
		assert_int_equal(tier_holds(ctx, IOVA_TIER_AVOID, AT, AT), i >= 2);
		iova_ctx_close(ctx);
		iova_sim_clear_files(world->sim);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, bad_input_has_its_error_and_changes_nothing),
		cmocka_unit_test(no_two_kinds_look_the_same),
		cmocka_unit_test(every_error_is_in_the_header),
		ON(desktop, a_longer_struct_with_an_empty_tail_is_accepted),
		ON(desktop, what_has_no_error_to_give_takes_null),
		ON(desktop, unreadable_files_of_a_group_do_not_keep_it_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

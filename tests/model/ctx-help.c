/* SPDX-License-Identifier: BSD-3-Clause */
#include "ctx-help.h"

#include "context/context.h"

#include <stdio.h>
#include <string.h>

void ears_hear(void *data, int level, const char *message)
{
	struct ears *ears = data;

	ears->n[level]++;
	snprintf(ears->last[level], sizeof ears->last[level], "%s", message);
}

struct iova_ctx *ctx_open(const struct world *world, const struct iova_ctx_opts *opts)
{
	struct iova_ctx_opts all = opts ? *opts : (struct iova_ctx_opts){ 0 };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_policy *policy = NULL;
	struct iova_ctx *ctx = NULL;

	/* Not the default, which is the builder's choice. */
	if (!all.policy)
		assert_int_equal(iova_policy_new(IOVA_POLICY_WARN, &policy), 0);
	all.size = sizeof all;
	all.sys = world->sys;
	all.policy = policy ? policy : all.policy;
	if (iova_ctx_open(&all, &ctx, &failure) < 0)
		assert_failed(&failure, 0, 0, 0);
	iova_policy_free(policy);
	return ctx;
}

void attach_group(struct iova_ctx *ctx, uint32_t group)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;

	if (iova_ctx_attach_group(ctx, group, NULL, &failure) < 0)
		assert_failed(&failure, 0, 0, 0);
}

struct iova_ctx *ctx_with(const struct world *world, const struct iova_ctx_opts *opts,
			  uint32_t group)
{
	struct iova_ctx *ctx = ctx_open(world, opts);

	attach_group(ctx, group);
	return ctx;
}

struct iova_ctx_opts ctx_listening(struct ears *ears)
{
	*ears = (struct ears){ 0 };
	return (struct iova_ctx_opts){ .size = sizeof(struct iova_ctx_opts),
				       .log = ears_hear,
				       .log_data = ears,
				       .log_level = IOVA_LOG_DEBUG };
}

struct iova_ctx_opts ctx_lent(int container)
{
	return (struct iova_ctx_opts){ .size = sizeof(struct iova_ctx_opts),
				       .flags = IOVA_CTX_ADOPT,
				       .container = container };
}

int map_at(struct iova_ctx *ctx, uint64_t iova, uint64_t length, struct iova_failure *failure)
{
	return iova_ctx_map_fixed(ctx, iova, (void *)VADDR, length, NULL, failure);
}

void assert_mapped(struct iova_ctx *ctx, uint64_t iova, uint64_t length)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;

	if (map_at(ctx, iova, length, &failure) < 0)
		assert_failed(&failure, 0, 0, 0);
}

bool tier_holds(struct iova_ctx *ctx, uint32_t tier, uint64_t start, uint64_t last)
{
	struct iova_range range = { start, last };
	struct iova_set *set;
	int r;

	assert_int_equal(iova_set_new(&set), 0);
	assert_int_equal(iova_space_read_tier(iova_ctx_space(ctx), tier, set), 0);
	r = iova_set_contains(set, &range);
	iova_set_free(set);
	return r == 1;
}

uint32_t list_state(struct iova_ctx *ctx)
{
	uint32_t list;

	assert_int_equal(iova_space_read_kernel(iova_ctx_space(ctx), &list, NULL), 0);
	return list;
}

void assert_failed(const struct iova_failure *failure, int error, uint32_t step, uint32_t why)
{
	struct iova_explanation text = { 0 };

	if (failure->error == error && failure->step == step && failure->why == why)
		return;
	assert_int_equal(iova_explain(failure, NULL, &text), 0);
	fail_msg("errno %d step %u why %u, not errno %d step %u why %u: %s", -failure->error,
		 failure->step, failure->why, -error, step, why, text.cause);
}

void assert_names(const struct iova_failure *failure, struct iova_ctx *ctx, const char *thing)
{
	struct iova_explanation text;

	assert_int_equal(iova_explain(failure, iova_ctx_host(ctx), &text), 0);
	if (!strstr(text.cause, thing))
		fail_msg("\"%s\" is not named in: %s", thing, text.cause);
	assert_true(text.remedy[0] != '\0');
}

struct pen {
	char *at;
	size_t left;
};

static void put(struct pen *pen, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct pen *pen, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(pen->at, pen->left, format, args);
	va_end(args);
	assert_true(n >= 0 && (size_t)n < pen->left);
	pen->at += n;
	pen->left -= (size_t)n;
}

typedef unsigned long long ull;

static void put_range(struct pen *pen, const struct iova_range *range)
{
	put(pen, " %llx-%llx", (ull)range->start, (ull)range->last);
}

static void put_world(struct pen *pen, const struct world *world)
{
	struct iova_range ranges[16];
	struct iova_sim_mapping mapping = { .size = sizeof mapping };
	struct iova_sim_report report = { .size = sizeof report };
	int n;

	iova_sim_report(world->sim, &report);
	put(pen, "fds %u containers %u groups %u mappings %u pinned %llu\n", report.n_fds,
	    report.n_containers, report.n_groups, report.n_mappings, (ull)report.n_pinned_pages);
	put(pen, "iommufds %u ioases %u bound %u\n", report.n_iommufds, report.n_ioases,
	    report.n_bound);
	for (uint32_t i = 0; i < 32 && !iova_sim_mapping(world->sim, i, &mapping); i++) {
		put_range(pen, &mapping.range);
		put(pen, " of %llx flags %u in %u\n", (ull)mapping.vaddr, mapping.flags,
		    mapping.container);
	}
	n = iova_sim_list(world->sim, IOVA_SIM_ONLY_CONTAINER, ranges, 16);
	put(pen, "list");
	for (int i = 0; i < n && i < 16; i++)
		put_range(pen, &ranges[i]);
	put(pen, "\n");
}

static void put_context(struct pen *pen, struct iova_ctx *ctx)
{
	const struct iova_space *space = iova_ctx_space(ctx);
	struct iova_mapping mapping;
	uint64_t next = 0;

	put(pen, "has_iommu %d available %d %u locked %llu\n", ctx->has_iommu, ctx->has_available,
	    ctx->available, (ull)ctx->memory.locked);
	for (size_t i = 0; i < ctx->n_groups; i++)
		put(pen, "group %u open %d own %d %d\n", ctx->groups[i].id, ctx->groups[i].fd >= 0,
		    ctx->groups[i].own_fd, ctx->groups[i].own_attach);
	for (size_t i = 0; i < ctx->n_devices; i++)
		put(pen, "device %s of %u open %d own %d %d\n", ctx->devices[i].name,
		    ctx->devices[i].group, ctx->devices[i].fd >= 0, ctx->devices[i].own_fd,
		    ctx->devices[i].own_attach);
	put(pen, "files %zu\n", ctx->n_files);
	while (!iova_space_find(space, next, &mapping)) {
		put_range(pen, &mapping.range);
		put(pen, " of %llx access %u\n", (ull)mapping.vaddr, mapping.access);
		if (mapping.range.last == UINT64_MAX)
			break;
		next = mapping.range.last + 1;
	}
}

static void put_set(struct pen *pen, const char *name, const struct iova_set *set)
{
	struct iova_range range;

	put(pen, "%s", name);
	for (size_t i = 0; !iova_set_nth(set, i, &range); i++)
		put_range(pen, &range);
	put(pen, "\n");
}

static void put_tiers(struct pen *pen, struct iova_ctx *ctx)
{
	static const char *const names[] = { "usable", "avoid", "refused" };
	const struct iova_space *space = iova_ctx_space(ctx);
	struct iova_set *set;
	uint32_t list, groups[16];
	size_t n = iova_space_read_groups(space, groups, 16);

	assert_int_equal(iova_set_new(&set), 0);
	assert_int_equal(iova_space_read_kernel(space, &list, set), 0);
	put(pen, "granule %llx list %u top %d groups", (ull)iova_space_granule(space), list,
	    iova_space_top_known(space));
	for (size_t i = 0; i < n; i++)
		put(pen, " %u", groups[i]);
	put_set(pen, "\nkernel", set);
	for (uint32_t tier = IOVA_TIER_USABLE; tier <= IOVA_TIER_REFUSED; tier++) {
		assert_int_equal(iova_space_read_tier(space, tier, set), 0);
		put_set(pen, names[tier - 1], set);
	}
	put_set(pen, "pinned", &ctx->pinned);
	iova_set_free(set);
}

struct view view_of(const struct world *world, struct iova_ctx *ctx)
{
	struct view view = { 0 };
	struct pen state = { view.state, sizeof view.state };
	struct pen tiers = { view.tiers, sizeof view.tiers };

	put_world(&state, world);
	if (ctx) {
		put_context(&state, ctx);
		put_tiers(&tiers, ctx);
	}
	return view;
}

void assert_same_view(const struct view *before, const struct view *after)
{
	assert_string_equal(before->state, after->state);
	assert_string_equal(before->tiers, after->tiers);
}

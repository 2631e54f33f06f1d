/* SPDX-License-Identifier: BSD-3-Clause */
/* Both sides as text: what the kernel holds, and what each context, space and result says. */
#include "context/context.h"
#include "watch-play.h"

#include <libiova/libiova.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The kernel's mappings that are looked at one by one; all of them are counted. */
#define MAPPINGS_LOOKED_AT 32

typedef unsigned long long ull;

struct pen {
	struct sight *sight;
	int part;
	size_t used;
};

/* FNV-1a, 64 bits. */
static void put_text(struct pen *pen, const char *text)
{
	char *to = pen->sight->text[pen->part];
	size_t room = sizeof pen->sight->text[0] - 1;

	for (; *text; text++) {
		pen->sight->hash[pen->part] ^= (unsigned char)*text;
		pen->sight->hash[pen->part] *= 0x100000001b3;
		if (pen->used < room)
			to[pen->used++] = *text;
	}
	to[pen->used] = '\0';
}

static void put(struct pen *pen, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct pen *pen, const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	put_text(pen, text);
}

static struct pen pen_for(struct sight *sight, int part)
{
	sight->hash[part] = 0xcbf29ce484222325;
	sight->text[part][0] = '\0';
	return (struct pen){ .sight = sight, .part = part };
}

/* Memory is somewhere else in each play: which piece, and how far into it. */
static void put_memory(struct pen *pen, uint64_t vaddr)
{
	unsigned int n = 0;

	for (size_t i = 0; i < n_held; i++) {
		uint64_t start = (uintptr_t)held[i].thing;

		if (held[i].kind != HELD_MEMORY)
			continue;
		if (vaddr >= start && vaddr - start < held[i].length) {
			put(pen, " memory %u+%llx", n, (ull)(vaddr - start));
			return;
		}
		n++;
	}
	put(pen, " other memory");
}

static void put_mapping(struct pen *pen, const struct iova_range *range, uint64_t vaddr,
			uint32_t flags)
{
	put(pen, " %llx-%llx %u", (ull)range->start, (ull)range->last, (unsigned)flags);
	put_memory(pen, vaddr);
	put_text(pen, "\n");
}

static void put_kernel(struct pen *pen, const struct world *world)
{
	struct iova_sim_mapping mapping = { .size = sizeof mapping };
	struct iova_sim_report report = { .size = sizeof report };
	struct iova_range ranges[16];
	int n;

	iova_sim_report(world->sim, &report);
	put(pen, "fds %u containers %u groups %u mappings %u pinned %llu\n", report.n_fds,
	    report.n_containers, report.n_groups, report.n_mappings, (ull)report.n_pinned_pages);
	for (uint32_t i = 0; i < MAPPINGS_LOOKED_AT; i++) {
		if (iova_sim_mapping(world->sim, i, &mapping) < 0)
			break;
		put_mapping(pen, &mapping.range, mapping.vaddr, mapping.flags);
	}
	n = iova_sim_list(world->sim, IOVA_SIM_ONLY_CONTAINER, ranges, 16);
	for (int i = 0; i < n && i < 16; i++)
		put(pen, "list %llx-%llx\n", (ull)ranges[i].start, (ull)ranges[i].last);
}

static void put_table(struct pen *pen, const struct iova_space *space)
{
	struct iova_mapping mapping;

	for (uint64_t next = 0; iova_space_find(space, next, &mapping) == 0;) {
		put_mapping(pen, &mapping.range, mapping.vaddr, mapping.access);
		next = mapping.range.last + 1;
		if (!next)
			break;
	}
}

static void put_ctx(struct pen *pen, const struct iova_ctx *ctx)
{
	put(pen, "context: iommu %d available %d %u\n", ctx->has_iommu, ctx->has_available,
	    (unsigned)ctx->available);
	for (size_t i = 0; i < ctx->n_groups; i++)
		put(pen, "group %u own %d %d\n", (unsigned)ctx->groups[i].id, ctx->groups[i].own_fd,
		    ctx->groups[i].own_attach);
	put_table(pen, ctx->space);
}

static void put_limits(struct pen *pen, const struct iova_ctx *ctx)
{
	put(pen, "locked %llu of %llu exempt %u page %llu\n", (ull)ctx->memory.locked,
	    (ull)ctx->memory.limit, (unsigned)ctx->memory.exempt, (ull)ctx->memory.page_size);
}

/* Each segment with its tier and the reasons for that: all that a space knows. */
static void put_segments(struct pen *pen, const struct iova_space *space)
{
	struct iova_segment segment;
	uint32_t groups[16];
	size_t n = iova_space_read_groups(space, groups, 16);

	put(pen, "granule %llx top %d groups", (ull)iova_space_granule(space),
	    iova_space_top_known(space));
	for (size_t i = 0; i < n && i < 16; i++)
		put(pen, " %u", (unsigned)groups[i]);
	put_text(pen, "\n");
	for (size_t i = 0; !iova_space_nth_segment(space, i, &segment); i++) {
		struct iova_conflict reason;

		put(pen, " %llx-%llx tier %u", (ull)segment.range.start, (ull)segment.range.last,
		    (unsigned)segment.tier);
		for (size_t j = 0; !iova_space_nth_reason(space, i, j, &reason); j++)
			put(pen, " %u %u %u %s", (unsigned)reason.source, (unsigned)reason.type,
			    (unsigned)reason.group, reason.device);
		put_text(pen, "\n");
	}
}

static void put_set(struct pen *pen, const char *name, const struct iova_set *set)
{
	struct iova_range range;

	put_text(pen, name);
	for (size_t i = 0; !iova_set_nth(set, i, &range); i++)
		put(pen, " %llx-%llx", (ull)range.start, (ull)range.last);
	put_text(pen, "\n");
}

static void put_change(struct pen *pen, const struct iova_change *change)
{
	struct iova_mapping mapping;

	for (uint32_t tier = IOVA_TIER_USABLE; tier <= IOVA_TIER_REFUSED; tier++) {
		put_set(pen, "entered", iova_change_entered(change, tier));
		put_set(pen, "left", iova_change_left(change, tier));
	}
	for (size_t i = 0; !iova_change_nth_broken(change, i, &mapping, NULL); i++)
		put_mapping(pen, &mapping.range, mapping.vaddr, mapping.access);
}

static void put_policy(struct pen *pen, const struct iova_policy *policy)
{
	put(pen, "policy %u %u", (unsigned)policy->mode, (unsigned)policy->unreadable);
	for (size_t i = 0; i < policy->n; i++)
		put(pen, " %u %u", (unsigned)policy->overrides[i].kind,
		    (unsigned)policy->overrides[i].verdict);
	put_text(pen, "\n");
}

static const struct iova_space *space_of(const struct held *one)
{
	if (one->kind == HELD_CTX)
		return iova_ctx_space(one->thing);
	return one->kind == HELD_SPACE ? one->thing : NULL;
}

void sight_take(struct sight *sight, const struct world *world)
{
	struct pen kernel = pen_for(sight, SIGHT_KERNEL);
	struct pen library = pen_for(sight, SIGHT_LIBRARY);
	struct pen limits = pen_for(sight, SIGHT_LIMITS);
	struct pen tiers = pen_for(sight, SIGHT_TIERS);
	struct pen results = pen_for(sight, SIGHT_RESULTS);

	put_kernel(&kernel, world);
	for (size_t i = 0; i < n_held; i++) {
		if (held[i].kind == HELD_CTX) {
			put_ctx(&library, held[i].thing);
			put_limits(&limits, held[i].thing);
		}
		if (held[i].kind == HELD_SPACE)
			put_table(&library, held[i].thing);
		if (space_of(&held[i]))
			put_segments(&tiers, space_of(&held[i]));
		if (held[i].kind == HELD_POLICY)
			put_policy(&results, held[i].thing);
		if (held[i].kind == HELD_SET)
			put_set(&results, "set", held[i].thing);
		if (held[i].kind == HELD_CHANGE)
			put_change(&results, held[i].thing);
	}
}

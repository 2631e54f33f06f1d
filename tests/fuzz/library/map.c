/* SPDX-License-Identifier: BSD-3-Clause */
/* Mapping. */
#include "world.h"

static const int map_errors[] = { EINVAL, E2BIG,  EOVERFLOW, ENODEV, EADDRNOTAVAIL, EEXIST, ENOSPC,
				  ENOMEM, EFAULT, EPROTO,    0 };

struct mapping_call {
	struct iova_map_opts opts;
	uint64_t iova, vaddr, length;
	uint32_t how; /* 0 fixed, 1 anywhere, 2 identity */
};

static void draw(struct world *world, const struct user *user, struct mapping_call *call)
{
	uint8_t flags = take_byte(world), more = take_byte(world);
	uint64_t granule = user->told.granule;

	call->opts = (struct iova_map_opts){ .size = sizeof call->opts, .flags = flags & 7 };
	call->opts.access = flags >> 3 & 3;
	if (flags >= 0xf0)
		call->opts.flags = flags >> 1;
	call->iova = call->how == 1 ? 0 : take_address(world, user);
	call->length = take_length(world, user, call->iova);
	call->vaddr = 0x7f0000000000 + (more & 15) * granule;
	if ((more & 0xf0) == 0xf0)
		call->vaddr = more & 1 ? take_address(world, user) : 0x300000 & ~(granule - 1);
	if (flags & 1 && user->maps.n) { /* once more what is there already */
		const struct iova_mapping *same = &user->maps.items[more % user->maps.n];

		call->iova = same->range.start;
		call->vaddr = same->vaddr;
		call->length = same->range.last - same->range.start + 1;
		call->opts.access = same->access;
	}
	if (call->how == 2)
		call->vaddr = call->iova;
	if (call->how == 1 && more & 0x10) {
		call->opts.alloc.size = sizeof call->opts.alloc;
		call->opts.alloc.flags = take_byte(world) & 7;
		if (more & 0x20)
			call->opts.alloc.align = (uint64_t)1 << (take_byte(world) & 63);
		if (more & 0x40)
			call->opts.alloc.window = take_range(world, user);
	}
}

static bool make_range(uint64_t start, uint64_t length, struct iova_range *ret_range)
{
	*ret_range = (struct iova_range){ start, start + (length - 1) };
	return length && ret_range->last >= start;
}

/* What is wrong with the call in itself. */
static void argument_errors(const struct user *user, const struct mapping_call *call,
			    struct verdict *verdict)
{
	uint64_t mask = user->told.granule - 1;
	struct iova_range ignored;

	verdict_add(verdict, call->opts.flags & ~7u, -EINVAL);
	verdict_add(verdict, !call->vaddr || !call->length, -EINVAL);
	verdict_add(verdict, (call->vaddr | call->length) & mask, -EINVAL);
	verdict_add(verdict, !user->n_groups, -ENODEV);
	if (!call->length)
		return;
	verdict_add(verdict, !make_range(call->vaddr, call->length, &ignored), -EOVERFLOW);
	if (call->how == 1)
		return;
	verdict_add(verdict, call->iova & mask, -EINVAL);
	verdict_add(verdict, !make_range(call->iova, call->length, &ignored), -EOVERFLOW);
}

/* Whether it is there already, to the letter. */
static bool is_same(const struct user *user, const struct iova_mapping *mapping)
{
	for (size_t i = 0; i < user->maps.n; i++) {
		const struct iova_mapping *there = &user->maps.items[i];

		if (there->range.start == mapping->range.start &&
		    there->range.last == mapping->range.last && there->vaddr == mapping->vaddr &&
		    there->access == mapping->access)
			return true;
	}
	return false;
}

/* What is in the way of it; true if nothing needs to be done. */
static bool map_verdict(struct world *world, const struct user *user,
			const struct mapping_call *call, const struct iova_mapping *mapping,
			struct verdict *verdict)
{
	uint32_t tier = oracle_tier(&user->oracle, mapping->range);
	bool unchecked = user->flags & IOVA_CTX_UNCHECKED;

	if (!unchecked && call->opts.flags & IOVA_MAP_SAME_OK && is_same(user, mapping))
		return true;
	for (size_t i = 0; i < user->maps.n; i++)
		verdict_add(verdict, meet(user->maps.items[i].range, mapping->range), -EEXIST);
	verdict_add(verdict, !unchecked && tier == IOVA_TIER_REFUSED, -EADDRNOTAVAIL);
	verdict_add(verdict,
		    !unchecked && tier == IOVA_TIER_AVOID && call->opts.flags & IOVA_MAP_NO_WARN,
		    -EADDRNOTAVAIL);
	kernel_map_errors(world, user->box, mapping, &verdict->expected);
	/* A reply that is not so may say that no mapping is left. */
	verdict->murky = world->corrupt || has_revoked(user) || user->box->damaged;
	return false;
}

static bool alloc_opts_are_wrong(const struct user *user, const struct iova_alloc_opts *opts)
{
	(void)user;
	return opts->window.start > opts->window.last ||
	       (opts->flags & IOVA_ALLOC_NO_AVOID && opts->flags & IOVA_ALLOC_AVOIDED);
}

static int make_map(struct user *user, const struct mapping_call *call, uint64_t *ret_iova,
		    struct iova_failure *failure)
{
	void *memory = (void *)(uintptr_t)call->vaddr;

	if (call->how == 1)
		return iova_ctx_map(user->ctx, memory, call->length, &call->opts, ret_iova,
				    failure);
	*ret_iova = call->iova;
	if (call->how == 2)
		return iova_ctx_map_identity(user->ctx, memory, call->length, &call->opts, failure);
	return iova_ctx_map_fixed(user->ctx, call->iova, memory, call->length, &call->opts,
				  failure);
}

/* how: 0 at an address, 1 anywhere, 2 where the memory itself is */
void call_map(struct world *world, struct user *user, uint32_t how)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct verdict verdict = { .murky = false };
	struct mapping_call call = { .how = how };
	struct iova_mapping mapping = { .pad = 0 };
	uint64_t iova = 0;
	bool done = false;
	int r;

	if (!user->ctx || user->maps.n == MAX_MAPS - 1)
		return;
	draw(world, user, &call);
	argument_errors(user, &call, &verdict);
	if (!verdict.expected.n && how == 1) {
		bool wrong = alloc_opts_are_wrong(user, &call.opts.alloc);

		verdict_add(&verdict, wrong, -EINVAL);
		if (!wrong)
			verdict_add(&verdict,
				    !place_of(user, call.length, &call.opts.alloc, &call.iova),
				    -ENOSPC);
	}
	mapping.access = call.opts.access ? call.opts.access : IOVA_READ | IOVA_WRITE;
	mapping.vaddr = call.vaddr;
	(void)make_range(call.iova, call.length, &mapping.range);
	if (!verdict.expected.n)
		done = map_verdict(world, user, &call, &mapping, &verdict);
	SAY("\t0x%" PRIx64 "+0x%" PRIx64 " at 0x%" PRIx64 ", flags 0x%x, access %u, how %u\n",
	    call.iova, call.length, call.vaddr, (unsigned)call.opts.flags,
	    (unsigned)call.opts.access, (unsigned)how);
	call_begins(world);
	r = make_map(user, &call, &iova, &failure);
	call_made(world, user, "map", r, &verdict, map_errors, &failure);
	if (r >= 0) {
		CHECK(iova == call.iova);
		if (!done) {
			maps_add(&user->maps, &mapping);
			maps_add(&user->box->maps, &mapping);
			believe_maps(user);
		}
	}
	/* What ends at the top is lost to kernels up to 6.17, and to an unchecked context with it. */
	if (mapping.range.last == TOP && world->kernel.top_defect)
		box_resync(world, user->box);
	resync_all(world);
}

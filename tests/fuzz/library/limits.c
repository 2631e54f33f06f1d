/* SPDX-License-Identifier: BSD-3-Clause */
/* How much there is of what: address bits, mappings, memory that may be locked. */
#include "world.h"

static const int probe_errors[] = { EINVAL, ENODEV, ENOSPC, EIO, ENOMEM, 0 };
static const int limits_errors[] = { EINVAL, EPROTO, EIO, ENOMEM, 0 };

/* What trying must find: the highest power of two at which the kernel maps a page. */
static void probe_verdict(const struct world *world, const struct user *user,
			  struct verdict *verdict, uint32_t *ret_width)
{
	uint64_t granule = user->told.granule;

	*ret_width = 0;
	for (uint32_t bit = 63; bit < 64 && (uint64_t)1 << bit >= granule; bit--) {
		struct iova_mapping mapping = { .vaddr = 0x7f0000000000, .access = IOVA_READ };
		struct errors errors = { .n = 0 };
		bool skip = false, taken = false;

		mapping.range.start = (uint64_t)1 << bit;
		mapping.range.last = mapping.range.start + (granule - 1);
		for (size_t i = 0; i < user->oracle.n_claims; i++) {
			const struct oracle_claim *claim = &user->oracle.claims[i];

			skip = skip || ((claim->source == IOVA_SOURCE_REGION ||
					 claim->source == IOVA_SOURCE_RESERVATION) &&
					meet(oracle_reach(&user->oracle, claim), mapping.range));
		}
		for (size_t i = 0; i < user->maps.n; i++)
			taken = taken || meet(user->maps.items[i].range, mapping.range);
		if (skip)
			continue;
		kernel_map_errors(world, user->box, &mapping, &errors);
		if (taken || !errors.n) {
			*ret_width = bit + 1;
			return;
		}
		/* The order of the kernel's reasons decides whether it goes on. */
		verdict->murky = verdict->murky || error_is(&errors, -EEXIST) ||
				 error_is(&errors, -ENOSPC) || error_is(&errors, -ENOMEM);
	}
	verdict_add(verdict, true, -ENOSPC);
}

void call_probe(struct world *world, struct user *user)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct verdict verdict = { .murky = world->corrupt || has_revoked(user) };
	uint32_t width = 77, expected = 0;
	int r;

	/* It allocates two granules; a fuzzer has no such memory. */
	if (!user->ctx || user->told.granule > 1 << 22)
		return;
	verdict.murky = verdict.murky || user->box->damaged;
	if (user->n_groups)
		probe_verdict(world, user, &verdict, &expected);
	else
		verdict_add(&verdict, true, -ENODEV);
	call_begins(world);
	r = iova_ctx_probe_width(user->ctx, &width, &failure);
	call_made(world, user, "probe", r, &verdict, probe_errors, &failure);
	CHECK(r >= 0 || width == 77);
	if (r >= 0) {
		CHECK(width && width <= 64);
		CHECK(verdict.murky || world->disturbed || width == expected);
		if (user->told.list == IOVA_LIST_NONE && !user->told.width) {
			user->told.width = width;
			ask_oracle(user);
		}
	}
	resync_all(world);
}

void call_limits(struct world *world, struct user *user)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct verdict verdict = { .murky = world->corrupt || has_revoked(user) };
	struct iova_limits limits = { .size = sizeof limits };
	const struct iova_sys_memory *memory = &world->memory;
	bool counted;
	uint64_t locked;
	int r;

	if (!user->ctx)
		return;
	call_begins(world);
	r = iova_ctx_limits(user->ctx, &limits, &failure);
	call_made(world, user, "limits", r, &verdict, limits_errors, &failure);
	resync_all(world);
	if (r < 0 || world->disturbed || verdict.murky)
		return;
	counted = (user->n_groups || (user->lent && user->box->iommu_set)) &&
		  world->kernel.has_cap_offset && world->kernel.has_avail;
	CHECK(!!(limits.flags & IOVA_LIMITS_ENTRIES) == counted);
	CHECK(!counted ||
	      limits.entries_left == (world->kernel.entry_limit ?
					      world->kernel.entry_limit - user->box->maps.n :
					      UINT32_MAX));
	locked = memory->locked + world_pinned(world) * memory->page_size;
	CHECK(!!(limits.flags & IOVA_LIMITS_EXEMPT) == memory->exempt);
	CHECK(limits.memlock_limit == memory->limit && limits.memlock_locked == locked);
	CHECK(limits.memlock_left == (memory->exempt || memory->limit == UINT64_MAX ? UINT64_MAX :
				      memory->limit > locked ? memory->limit - locked :
							       0));
}

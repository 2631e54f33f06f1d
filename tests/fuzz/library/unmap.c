/* SPDX-License-Identifier: BSD-3-Clause */
/* Unmapping. */
#include "world.h"

static const int unmap_errors[] = { EINVAL, EOVERFLOW, ENOENT, EIO, ENOMEM, 0 };

/* Whether the kernel holds something else, or takes only larger pages now. */
bool runs_differ(const struct world *world, const struct user *user, struct iova_range range)
{
	const struct maps *kernel = &user->box->maps;
	uint64_t mask = box_granule(world, user->box) - 1;
	size_t both = 0, met = 0, mine = 0;

	for (size_t i = 0; i < user->maps.n; i++) {
		const struct iova_mapping *recorded = &user->maps.items[i];

		if (!meet(recorded->range, range))
			continue;
		mine++;
		if ((recorded->range.start | (recorded->range.last + 1)) & mask)
			return true;
		for (size_t k = 0; k < kernel->n; k++) {
			const struct iova_mapping *held = &kernel->items[k];

			met += meet(held->range, recorded->range);
			both += held->range.start == recorded->range.start &&
				held->range.last == recorded->range.last;
		}
		if (recorded->range.last == TOP && world->kernel.top_defect)
			return true;
	}
	return both != mine || met != mine || !user->box->iommu_set || user->box->damaged;
}

/* Of what was in the range, as much as the library still has; nothing else may have changed. */
void keep_what_is_left(struct user *user, struct iova_range range)
{
	size_t kept = 0;

	for (size_t i = 0; i < user->maps.n; i++) {
		const struct iova_mapping *recorded = &user->maps.items[i];
		struct iova_mapping found;
		bool there = !iova_space_find(user->space, recorded->range.start, &found) &&
			     found.range.start == recorded->range.start;

		CHECK(there || meet(recorded->range, range));
		if (there)
			user->maps.items[kept++] = *recorded;
	}
	user->maps.n = kept;
}

static struct iova_range draw_unmap(struct world *world, const struct user *user, uint32_t how,
				    uint64_t *ret_length)
{
	uint8_t which = take_byte(world), other = take_byte(world);
	struct iova_range range = { 0, TOP };

	*ret_length = 0;
	if (how == 2)
		return range;
	if (user->maps.n && which < 0xc0) {
		range.start = user->maps.items[which % user->maps.n].range.start;
		range.last =
			user->maps.items[(which + (how ? other : 0u)) % user->maps.n].range.last;
		*ret_length = range.last - range.start + 1;
		if (other >= 0xe0)
			*ret_length += user->told.granule * ((uint64_t)(other & 3) - 1);
	} else {
		range.start = take_address(world, user);
		*ret_length = take_length(world, user, range.start);
	}
	range.last = range.start + (*ret_length - 1);
	return range;
}

static void unmap_verdict(const struct user *user, struct iova_range range, uint64_t length,
			  bool all, struct verdict *verdict)
{
	uint64_t mask = user->told.granule - 1;
	bool some = false;

	if (!all) {
		verdict_add(verdict, !length || (range.start | length) & mask, -EINVAL);
		verdict_add(verdict, length && range.last < range.start, -EOVERFLOW);
		if (verdict->expected.n)
			return;
	}
	for (size_t i = 0; i < user->maps.n; i++) {
		const struct iova_range *mapped = &user->maps.items[i].range;

		if (!meet(*mapped, range))
			continue;
		some = true;
		verdict_add(verdict, mapped->start < range.start || mapped->last > range.last,
			    -EINVAL);
	}
	verdict_add(verdict, !all && !some, -ENOENT);
}

/* how: 0 one mapping, 1 several or any range, 2 all */
void call_unmap(struct world *world, struct user *user, uint32_t how)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct verdict verdict = { .murky = false };
	uint64_t length, bytes = 0, unmapped = 12345;
	struct iova_range range;
	bool differ;
	int r;

	if (!user->ctx)
		return;
	range = draw_unmap(world, user, how, &length);
	unmap_verdict(user, range, length, how == 2, &verdict);
	differ = !verdict.expected.n && runs_differ(world, user, range);
	verdict.murky = differ || has_revoked(user);
	SAY("\t0x%" PRIx64 "+0x%" PRIx64 "%s\n", range.start, length, how == 2 ? ", all" : "");
	call_begins(world);
	r = how == 2 ? iova_ctx_unmap_all(user->ctx, &unmapped, &failure) :
		       iova_ctx_unmap(user->ctx, range.start, length, &unmapped, &failure);
	call_made(world, user, "unmap", r, &verdict, unmap_errors, &failure);
	CHECK(r >= 0 || unmapped == 12345);
	if (r >= 0 || failure.why == IOVA_WHY_UNMAP_SIZE) {
		struct maps gone = user->maps;

		(void)maps_remove(&user->maps, range, &bytes);
		for (size_t i = 0; i < gone.n; i++)
			if (meet(gone.items[i].range, range))
				(void)maps_remove(&user->box->maps, gone.items[i].range, NULL);
		CHECK(r < 0 || differ || unmapped == bytes);
		CHECK(r >= 0 || differ || world->disturbed);
	} else if (differ || world->disturbed) {
		keep_what_is_left(user, range);
	}
	if (differ)
		box_resync(world, user->box);
	believe_maps(user);
	resync_all(world);
}

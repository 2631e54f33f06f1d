/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps, unmaps and copies. */
#include "plant.h"

#define VADDR ((uint64_t)0x7f0000000000)

/* Mostly on the granule, and where something begins. */
static uint64_t take_address(struct plant *plant, const struct user *user)
{
	static const uint64_t places[] = { 0x1000000,         0,          0xfed00000,
					   (uint64_t)1 << 32, 0x7b700000, 0x200000,
					   (uint64_t)1 << 38, 0x10000000 };
	uint64_t granule = iova_space_granule(iova_ctx_space(user->ctx));
	uint8_t what = take(plant);
	struct iova_mapping mapping;
	uint64_t at = 0;

	if (what & 0x80) {
		for (int i = 0; i <= (what & 3); i++) {
			if (iova_space_find(iova_ctx_space(user->ctx), at, &mapping) < 0)
				break;
			at = mapping.range.last + 1;
			if (i == (what & 3) && !(what & 0x40))
				at = mapping.range.start;
		}
		return at;
	}
	at = places[what & 7] + (uint64_t)(what >> 3 & 7) * granule;
	return what == 0x7f ? at + 0x400 : at;
}

static uint64_t take_length(struct plant *plant, const struct user *user)
{
	uint64_t granule = iova_space_granule(iova_ctx_space(user->ctx));
	uint8_t what = take(plant);

	return what == 0xff ? 0 : what == 0xfe ? granule / 2 : granule * (1 + (what & 3));
}

static struct iova_map_opts take_opts(struct plant *plant, bool any)
{
	struct iova_map_opts opts = { .size = sizeof opts };
	uint8_t what = take(plant);

	opts.access = what & 3;
	opts.flags = (what & 4 ? IOVA_MAP_NO_WARN : 0) |
		     (any && (what & 8) ? IOVA_MAP_KERNEL_CHOOSES : 0);
	return opts;
}

/* What the space says is mapped, or else refused; the kernel has no other opinion. */
static bool is_predictable(const struct plant *plant, const struct user *user)
{
	struct iova_ctx_info info = { .size = sizeof info };

	CHECK(!iova_ctx_info(user->ctx, &info));
	return info.backend == IOVA_BACKEND_IOMMUFD && info.n_devices && !user->lent_ioas &&
	       !user->knows_little && !plant->has_limit;
}

static bool will_fit(const struct user *user, uint64_t iova, uint64_t length,
		     const struct iova_map_opts *opts)
{
	struct iova_check check = { .size = sizeof check };
	int r = iova_space_check(iova_ctx_space(user->ctx), iova, length, &check, NULL, 0);

	return r >= 0 && check.verdict != IOVA_VERDICT_REFUSE &&
	       (check.verdict == IOVA_VERDICT_ALLOW || !(opts->flags & IOVA_MAP_NO_WARN));
}

void call_map_fixed(struct plant *plant, struct user *user, bool file)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_map_opts opts = take_opts(plant, false);
	uint64_t iova = take_address(plant, user), length = take_length(plant, user);
	bool predictable = is_predictable(plant, user) && !file;
	bool fits = will_fit(user, iova, length, &opts);
	int r;

	call_begins(plant);
	if (file)
		r = iova_ctx_map_file_fixed(user->ctx, iova, plant->file, 0, length, &opts,
					    &failure);
	else
		r = iova_ctx_map_fixed(user->ctx, iova, (void *)(uintptr_t)VADDR, length, &opts,
				       &failure);
	SAY("\t0x%" PRIx64 "+0x%" PRIx64 ", %s\n", iova, length, fits ? "fits" : "does not fit");
	call_made(plant, file ? "map file" : "map", r, &failure, 0);
	if (predictable && !plant->hit)
		CHECK((r >= 0) == fits);
}

void call_map(struct plant *plant, struct user *user, bool file)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_map_opts opts = take_opts(plant, true);
	uint64_t length = take_length(plant, user), iova = 0x123;
	struct iova_set *usable;
	int r;

	CHECK(!iova_set_new(&usable));
	CHECK(!iova_space_read_tier(iova_ctx_space(user->ctx), IOVA_TIER_USABLE, usable));
	call_begins(plant);
	if (file)
		r = iova_ctx_map_file(user->ctx, plant->file, 0, length, &opts, &iova, &failure);
	else
		r = iova_ctx_map(user->ctx, (void *)(uintptr_t)VADDR, length, &opts, &iova,
				 &failure);
	SAY("\tflags %u: 0x%" PRIx64 "+0x%" PRIx64 "\n", (unsigned)opts.flags, iova, length);
	call_made(plant, file ? "map file" : "map", r, &failure, 0);
	if (r >= 0 && (opts.flags & IOVA_MAP_KERNEL_CHOOSES))
		CHECK(iova_set_contains(usable, &(struct iova_range){ iova, iova + (length - 1) }));
	CHECK(r >= 0 || iova == 0x123);
	iova_set_free(usable);
}

void call_map_many(struct plant *plant, struct user *user)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_many_opts opts = { .size = sizeof opts };
	struct iova_request requests[3] = { { .iova = 0 } };
	uint64_t iova = take_address(plant, user);
	uint8_t what = take(plant);
	int r;

	for (size_t i = 0; i < 3; i++)
		requests[i] = (struct iova_request){
			.iova = iova + i * ((what & 1) + 1) * 16 * PAGE,
			.vaddr = VADDR + i * 16 * PAGE,
			.length = 16 * PAGE,
		};
	opts.flags = what & 2 ? IOVA_MANY_ANYWHERE : 0;
	call_begins(plant);
	r = iova_ctx_map_many(user->ctx, requests, 3, &opts, &failure);
	call_made(plant, "map many", r, &failure, 0);
}

void call_unmap(struct plant *plant, struct user *user, bool all)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint64_t unmapped = 0x123, iova = 0, length = 0;
	int r;

	if (!all) {
		iova = take_address(plant, user);
		length = take_length(plant, user) * (1 + take_below(plant, 8));
	}
	call_begins(plant);
	if (all)
		r = iova_ctx_unmap_all(user->ctx, &unmapped, &failure);
	else
		r = iova_ctx_unmap(user->ctx, iova, length, &unmapped, &failure);
	SAY("\t0x%" PRIx64 "+0x%" PRIx64 ": 0x%" PRIx64 "\n", iova, length, unmapped);
	call_made(plant, all ? "unmap all" : "unmap", r, &failure, 0);
	CHECK(r >= 0 || unmapped == 0x123);
}

void call_copy(struct plant *plant, struct user *user, struct user *to)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_map_opts opts = take_opts(plant, false);
	uint64_t from_iova = take_address(plant, user);
	uint64_t length = take_length(plant, user) * (1 + take_below(plant, 4));
	uint64_t to_iova = take_address(plant, to);
	int r;

	call_begins(plant);
	r = iova_ctx_copy(user->ctx, from_iova, length, to->ctx, to_iova, &opts, &failure);
	SAY("\t0x%" PRIx64 "+0x%" PRIx64 " to 0x%" PRIx64 "\n", from_iova, length, to_iova);
	call_made(plant, "copy", r, &failure, 0);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_TOLD_H
#define TESTS_UNIT_TOLD_H

/*
 * What a random space is told, kept in plain arrays for the oracle, and the
 * space that was told the same through the public functions. After space-help.h
 * and made-host.h.
 */

#include "prng.h"

#define TOLD_MAX 6

struct told_override {
	int kind; /* 0 range, 1 device, 2 group */
	struct iova_range range;
	uint32_t group;
	char device[32];
	uint32_t verdict;
};

struct told {
	uint64_t granule;
	uint32_t width;
	uint32_t mode;
	uint32_t unreadable; /* 0: not said */
	uint32_t list;
	struct iova_range kernel[TOLD_MAX];
	size_t n_kernel;
	struct made_host made;
	struct told_override overrides[TOLD_MAX];
	size_t n_overrides;
	struct iova_range reserved[TOLD_MAX];
	size_t n_reserved;
	struct iova_range mapped[TOLD_MAX];
	size_t n_mapped;
};

static inline uint64_t told_below(uint64_t *seed, uint64_t n)
{
	return prng_next(seed) % n;
}

/* Addresses that meet: few places, each with a few neighbours, at every end of the space. */
static inline uint64_t told_address(uint64_t *seed, uint64_t granule)
{
	static const uint64_t places[] = { 0,          0,          0x100000,
					   0xfee00000, 1ull << 32, 1ull << 39,
					   1ull << 48, 1ull << 63, TOP };
	uint64_t place = places[told_below(seed, sizeof places / sizeof places[0])];
	uint64_t step = told_below(seed, 3) ? granule : (granule + 1) / 2;
	uint64_t off = told_below(seed, 8) * step + told_below(seed, 3) - 1;

	if (place == TOP)
		return TOP - (off == TOP ? 0 : off);
	return place + (place || off != TOP ? off : 0);
}

static inline struct iova_range told_range(uint64_t *seed, uint64_t granule)
{
	uint64_t a = told_address(seed, granule), b;

	if (!told_below(seed, 50))
		return (struct iova_range){ 0, TOP };
	/* Mostly short ones, as a long one hides all others. */
	b = a + told_below(seed, 6) * granule;
	if (b < a || !told_below(seed, 4))
		b = told_address(seed, granule);
	return a < b ? (struct iova_range){ a, b } : (struct iova_range){ b, a };
}

static inline void told_groups(struct told *told, uint64_t *seed)
{
	static const uint32_t qualities[] = {
		IOVA_REGIONS_EMPTY,     IOVA_REGIONS_MISSING,   IOVA_REGIONS_UNREADABLE,
		IOVA_REGIONS_TRUNCATED, IOVA_REGIONS_MALFORMED,
	};
	uint32_t n = (uint32_t)told_below(seed, 4);

	made_begin(&told->made);
	for (uint32_t id = 0; id < n; id++) {
		char name[32];

		made_group(&told->made, id,
			   told_below(seed, 8) ? IOVA_REGIONS_READ :
						 qualities[told_below(seed, 5)]);
		for (uint64_t i = told_below(seed, 2) + 1; i > 0; i--) {
			snprintf(name, sizeof name, "0000:%02x:00.%u", (unsigned)id, (unsigned)i);
			made_device(&told->made, name, CLASS_NET, "vfio-pci");
		}
		for (uint64_t i = told_below(seed, 5); i > 0; i--) {
			struct iova_range range = told_range(seed, told->granule);
			bool relaxable = told_below(seed, 2);

			made_region(&told->made, range.start, range.last,
				    relaxable ? IOVA_REGION_DIRECT_RELAXABLE :
						1 + (uint32_t)told_below(seed, 5));
		}
	}
}

static inline void told_override_range(struct told *told, struct told_override *override,
				       uint64_t *seed)
{
	const struct made_host *made = &told->made;

	override->range = told_range(seed, told->granule);
	if (made->host.n && told_below(seed, 2)) {
		const struct iova_group *group = &made->groups[told_below(seed, made->host.n)];

		if (group->info.n_regions)
			override->range =
				group->regions[told_below(seed, group->info.n_regions)].range;
	}
}

static inline void told_policy(struct told *told, uint64_t *seed)
{
	told->mode = 1 + (uint32_t)told_below(seed, 3);
	told->unreadable = told_below(seed, 3) ? 0 : 1 + (uint32_t)told_below(seed, 3);
	told->n_overrides = told_below(seed, 2) ? told_below(seed, TOLD_MAX) : 0;
	for (size_t i = 0; i < told->n_overrides; i++) {
		struct told_override *override = &told->overrides[i];

		override->kind = (int)told_below(seed, 3);
		override->verdict = 1 + (uint32_t)told_below(seed, 3);
		override->group = (uint32_t)told_below(seed, 4);
		snprintf(override->device, sizeof override->device, "0000:%02x:00.%u",
			 (unsigned)told_below(seed, 4), 1 + (unsigned)told_below(seed, 2));
		told_override_range(told, override, seed);
	}
}

static inline void told_mappings(struct told *told, uint64_t *seed)
{
	for (uint64_t tries = told_below(seed, TOLD_MAX); tries > 0; tries--) {
		struct iova_range range = told_range(seed, told->granule);
		size_t at = 0;

		range.start &= ~(told->granule - 1);
		range.last |= told->granule - 1;
		while (at < told->n_mapped && told->mapped[at].last < range.start)
			at++;
		if (at < told->n_mapped && told->mapped[at].start <= range.last)
			continue;
		memmove(&told->mapped[at + 1], &told->mapped[at],
			(told->n_mapped - at) * sizeof range);
		told->mapped[at] = range;
		told->n_mapped++;
	}
}

static inline void told_random(struct told *told, uint64_t *seed)
{
	static const uint64_t granules[] = { 1, 16, 4096, 4096, 65536, 1 << 21, 1ull << 32 };
	static const uint32_t widths[] = { 0, 0, 0, 1, 32, 39, 48, 63, 64 };

	memset(told, 0, sizeof *told);
	told->granule = granules[told_below(seed, sizeof granules / sizeof granules[0])];
	told->width = widths[told_below(seed, sizeof widths / sizeof widths[0])];
	told->list = (uint32_t)told_below(seed, 3);
	if (told->list == IOVA_LIST_RANGES)
		told->n_kernel = told_below(seed, TOLD_MAX);
	for (size_t i = 0; i < told->n_kernel; i++) {
		told->kernel[i].start = told_address(seed, told->granule);
		told->kernel[i].last = told_address(seed, told->granule);
		if (told->kernel[i].start > told->kernel[i].last)
			told->kernel[i] =
				(struct iova_range){ told->kernel[i].last, told->kernel[i].start };
	}
	told_groups(told, seed);
	told_policy(told, seed);
	told->n_reserved = told_below(seed, 3);
	for (size_t i = 0; i < told->n_reserved; i++)
		told->reserved[i] = told_range(seed, told->granule);
	if (told->n_reserved == 2 && told->reserved[0].start == told->reserved[1].start &&
	    told->reserved[0].last == told->reserved[1].last)
		told->n_reserved = 1;
	told_mappings(told, seed);
}

static inline struct iova_policy *told_make_policy(const struct told *told)
{
	struct iova_policy *policy = policy_of(told->mode);

	if (told->unreadable)
		assert_int_equal(iova_policy_set_unreadable(policy, told->unreadable), 0);
	for (size_t i = 0; i < told->n_overrides; i++) {
		const struct told_override *o = &told->overrides[i];
		int r = o->kind == 0 ? iova_policy_override_range(policy, &o->range, o->verdict) :
			o->kind == 1 ? iova_policy_override_device(policy, o->device, o->verdict) :
				       iova_policy_override_group(policy, o->group, o->verdict);

		assert_int_equal(r, 0);
	}
	return policy;
}

/* A space that was told it all, each thing by its own call. */
static inline struct iova_space *told_make(const struct told *told)
{
	struct iova_space *space = space_of(told->granule, told->width, IOVA_POLICY_WARN);
	struct iova_policy *policy = told_make_policy(told);

	assert_int_equal(iova_space_set_policy(space, policy, NULL), 0);
	iova_policy_free(policy);
	if (told->list == IOVA_LIST_RANGES)
		tell_kernel_(space, told->kernel, told->n_kernel);
	else
		assert_int_equal(iova_space_set_kernel(space, told->list, NULL, NULL), 0);
	for (size_t i = told->made.host.n; i-- > 0;)
		assert_int_equal(iova_space_add_group(space, &told->made.host,
						      told->made.groups[i].info.id, NULL),
				 0);
	for (size_t i = 0; i < told->n_reserved; i++)
		assert_int_equal(iova_space_reserve(space, &told->reserved[i], "mine", NULL), 0);
	for (size_t i = 0; i < told->n_mapped; i++)
		record_mapping(space, told->mapped[i].start, told->mapped[i].last);
	return space;
}

#endif

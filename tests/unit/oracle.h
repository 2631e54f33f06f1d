/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_ORACLE_H
#define TESTS_UNIT_ORACLE_H

/*
 * What a space must say, worked out anew from the table in libiova/policy.h by
 * plain loops: over every claim, at the first address of every piece between
 * two bounds. Nothing of src/space is called. After told.h.
 */

#ifndef ORACLE_CLAIMS
#define ORACLE_CLAIMS 192
#define ORACLE_CUTS 1024
#endif

struct oracle_claim {
	struct iova_range range;  /* with one verdict throughout */
	struct iova_range region; /* of which it is a part */
	uint32_t source, type, group, verdict;
};

/* Addresses with the same claims and in the same tier. */
struct oracle_piece {
	struct iova_range range;
	uint32_t tier;       /* IOVA_TIER_*, which are numbered as the verdicts are */
	bool refused_itself; /* not just beside a refused one in its granule */
	bool relaxable;
};

struct oracle {
	uint64_t granule;
	struct oracle_claim claims[ORACLE_CLAIMS];
	size_t n_claims;
	struct oracle_piece pieces[ORACLE_CUTS];
	size_t n_pieces;
};

static inline bool meet(struct iova_range a, struct iova_range b)
{
	return a.start <= b.last && b.start <= a.last;
}

static inline struct iova_range oracle_granules(const struct oracle *oracle,
						struct iova_range range)
{
	return (struct iova_range){ range.start / oracle->granule * oracle->granule,
				    range.last / oracle->granule * oracle->granule +
					    (oracle->granule - 1) };
}

/* What a claim affects: a warning every granule it touches, a refusal just itself. */
static inline struct iova_range oracle_reach(const struct oracle *oracle,
					     const struct oracle_claim *claim)
{
	return claim->verdict == IOVA_VERDICT_REFUSE ? claim->range :
						       oracle_granules(oracle, claim->range);
}

static inline void oracle_claim(struct oracle *oracle, struct iova_range range,
				struct iova_range region, uint32_t source, uint32_t type,
				uint32_t group, uint32_t verdict)
{
	assert_true(oracle->n_claims < ORACLE_CLAIMS);
	oracle->claims[oracle->n_claims++] =
		(struct oracle_claim){ range, region, source, type, group, verdict };
}

/* Claims on everything that none of the ranges holds. */
static inline void oracle_outside(struct oracle *oracle, const struct iova_range *ranges, size_t n)
{
	uint64_t at = 0;

	for (;;) {
		uint64_t next = TOP;
		bool inside = false;

		for (size_t i = 0; i < n; i++) {
			if (ranges[i].start <= at && at <= ranges[i].last) {
				if (!inside || ranges[i].last > next)
					next = ranges[i].last;
				inside = true;
			}
		}
		for (size_t i = 0; i < n && !inside; i++)
			if (ranges[i].start > at && ranges[i].start - 1 < next)
				next = ranges[i].start - 1;
		if (!inside)
			oracle_claim(oracle, (struct iova_range){ at, next },
				     (struct iova_range){ at, next }, IOVA_SOURCE_KERNEL, 0,
				     IOVA_GROUP_NONE, IOVA_VERDICT_REFUSE);
		if (next == TOP)
			return;
		at = next + 1;
	}
}

static inline uint32_t oracle_mode(const struct told *told)
{
	return told->mode == IOVA_POLICY_STRICT  ? IOVA_VERDICT_REFUSE :
	       told->mode == IOVA_POLICY_RELAXED ? IOVA_VERDICT_ALLOW :
						   IOVA_VERDICT_WARN;
}

static inline bool oracle_has_device(const struct iova_group *group, const char *name)
{
	bool found = false;

	for (size_t i = 0; i < group->info.n_devices; i++)
		found = found || !strcmp(group->devices[i].name, name);
	return found;
}

/* kind 0: any device, 1: an ISA bridge, 2: a USB or display controller. NULL for none or several. */
static inline const struct iova_device_info *oracle_only(const struct iova_group *group, int kind)
{
	const struct iova_device_info *only = NULL;
	size_t n = 0;

	for (size_t i = 0; i < group->info.n_devices; i++) {
		uint32_t code = group->devices[i].class_code;

		if ((kind == 1 && code >> 8 != 0x0601) ||
		    (kind == 2 && code >> 8 != 0x0c03 && code >> 16 != 0x03))
			continue;
		only = &group->devices[i];
		n++;
	}
	return n == 1 ? only : NULL;
}

static inline bool oracle_has_bridge(const struct iova_group *group)
{
	bool found = false;

	for (size_t i = 0; i < group->info.n_devices; i++)
		found = found || group->devices[i].class_code >> 8 == 0x0601;
	return found;
}

/* Whose a relaxable region is, where that can be told; see host/host.h. */
static inline const struct iova_device_info *oracle_owner(const struct iova_group *group,
							  struct iova_range range)
{
	const struct iova_device_info *owner = oracle_only(group, 0);

	if (!owner && range.start == 0 && range.last >= 0xffffff && oracle_has_bridge(group))
		return range.last == 0xffffff ? oracle_only(group, 1) : NULL;
	return owner ? owner : oracle_only(group, 2);
}

static inline uint32_t oracle_relaxable(const struct told *told, const struct iova_group *group,
					struct iova_range region, uint64_t address)
{
	const struct iova_device_info *owner = oracle_owner(group, region);
	uint32_t range = 0, device = 0, whole = 0;

	for (size_t i = 0; i < told->n_overrides; i++) {
		const struct told_override *o = &told->overrides[i];

		if (o->kind == 0 && o->range.start <= address && address <= o->range.last)
			range = o->verdict;
		/* Where nobody knows whose it is, only a refusal counts, for the whole group. */
		if (o->kind == 1 && oracle_has_device(group, o->device) &&
		    (owner ? !strcmp(owner->name, o->device) : o->verdict == IOVA_VERDICT_REFUSE))
			device = o->verdict;
		if (o->kind == 2 && o->group == group->info.id)
			whole = o->verdict;
	}
	return range ? range : device ? device : whole ? whole : oracle_mode(told);
}

static inline uint32_t oracle_strict(const struct told *told, const struct iova_region *region)
{
	uint32_t verdict = IOVA_VERDICT_REFUSE;

	for (size_t i = 0; i < told->n_overrides; i++) {
		const struct told_override *o = &told->overrides[i];

		if (o->kind == 0 && o->range.start == region->range.start &&
		    o->range.last == region->range.last)
			verdict = o->verdict;
	}
	return told->list != IOVA_LIST_NONE || region->type == IOVA_REGION_MSI ?
		       IOVA_VERDICT_REFUSE :
		       verdict;
}

static inline void oracle_region(struct oracle *oracle, const struct told *told,
				 const struct iova_group *group, const struct iova_region *region)
{
	uint64_t at = region->range.start, last;

	if (region->type != IOVA_REGION_DIRECT_RELAXABLE) {
		oracle_claim(oracle, region->range, region->range, IOVA_SOURCE_REGION, region->type,
			     group->info.id, oracle_strict(told, region));
		return;
	}
	for (;; at = last + 1) {
		last = region->range.last;
		for (size_t i = 0; i < told->n_overrides; i++) {
			const struct told_override *o = &told->overrides[i];

			if (o->kind == 0 && o->range.start > at && o->range.start - 1 < last)
				last = o->range.start - 1;
			if (o->kind == 0 && o->range.last >= at && o->range.last < last &&
			    o->range.start <= at)
				last = o->range.last;
		}
		oracle_claim(oracle, (struct iova_range){ at, last }, region->range,
			     IOVA_SOURCE_REGION, region->type, group->info.id,
			     oracle_relaxable(told, group, region->range, at));
		if (last == region->range.last)
			return;
	}
}

static inline void oracle_group(struct oracle *oracle, const struct told *told,
				const struct iova_group *group)
{
	uint32_t quality = group->info.regions;
	uint32_t unreadable = told->unreadable ? told->unreadable : oracle_mode(told);

	if (quality == IOVA_REGIONS_MISSING || quality == IOVA_REGIONS_UNREADABLE ||
	    quality == IOVA_REGIONS_TRUNCATED || quality == IOVA_REGIONS_MALFORMED)
		oracle_claim(oracle, (struct iova_range){ 0, TOP }, (struct iova_range){ 0, TOP },
			     IOVA_SOURCE_SYSFS, 0, group->info.id,
			     told->list == IOVA_LIST_NONE ? IOVA_VERDICT_REFUSE : unreadable);
	for (size_t i = 0; i < group->info.n_regions; i++)
		oracle_region(oracle, told, group, &group->regions[i]);
}

static inline void oracle_above(struct oracle *oracle, uint64_t start, uint32_t source)
{
	oracle_claim(oracle, (struct iova_range){ start, TOP }, (struct iova_range){ start, TOP },
		     source, 0, IOVA_GROUP_NONE, IOVA_VERDICT_REFUSE);
}

static inline int oracle_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The first addresses of all pieces: bounds, and the granules that hold bounds. */
static inline size_t oracle_cuts(const struct oracle *oracle, uint64_t *cuts)
{
	size_t n = 0, kept = 0;

	cuts[n++] = 0;
	for (size_t i = 0; i < oracle->n_claims; i++) {
		struct iova_range raw = oracle->claims[i].range;
		struct iova_range ends[] = {
			raw, oracle_granules(oracle, raw),
			oracle_granules(oracle, (struct iova_range){ raw.start, raw.start }),
			oracle_granules(oracle, (struct iova_range){ raw.last, raw.last })
		};

		assert_true(n + 8 <= ORACLE_CUTS);
		for (size_t k = 0; k < 4; k++) {
			cuts[n++] = ends[k].start;
			if (ends[k].last != TOP)
				cuts[n++] = ends[k].last + 1;
		}
	}
	qsort(cuts, n, sizeof *cuts, oracle_compare);
	for (size_t i = 0; i < n; i++)
		if (!i || cuts[i] != cuts[kept - 1])
			cuts[kept++] = cuts[i];
	return kept;
}

static inline void oracle_judge(const struct oracle *oracle, struct oracle_piece *piece)
{
	struct iova_range block = oracle_granules(oracle, piece->range);

	piece->tier = IOVA_TIER_USABLE;
	for (size_t i = 0; i < oracle->n_claims; i++) {
		const struct oracle_claim *claim = &oracle->claims[i];

		if (claim->verdict == IOVA_VERDICT_REFUSE && meet(claim->range, piece->range))
			piece->refused_itself = true;
		if (!meet(claim->range, block))
			continue;
		if (claim->verdict > piece->tier)
			piece->tier = claim->verdict;
		if (claim->type == IOVA_REGION_DIRECT_RELAXABLE)
			piece->relaxable = true;
	}
}

/* The rest of granules that are refused because of a part. */
static inline void oracle_slivers(struct oracle *oracle)
{
	for (size_t i = 0, next; i < oracle->n_pieces; i = next) {
		struct iova_range run = oracle->pieces[i].range;

		next = i + 1;
		if (oracle->pieces[i].tier != IOVA_TIER_REFUSED || oracle->pieces[i].refused_itself)
			continue;
		while (next < oracle->n_pieces && oracle->pieces[next].tier == IOVA_TIER_REFUSED &&
		       !oracle->pieces[next].refused_itself)
			run.last = oracle->pieces[next++].range.last;
		oracle_claim(oracle, run, run, IOVA_SOURCE_GRANULE, 0, IOVA_GROUP_NONE,
			     IOVA_VERDICT_REFUSE);
	}
}

static inline void oracle_ask(struct oracle *oracle, const struct told *told)
{
	static uint64_t cuts[ORACLE_CUTS];

	memset(oracle, 0, sizeof *oracle);
	oracle->granule = told->granule;
	if (told->list == IOVA_LIST_RANGES)
		oracle_outside(oracle, told->kernel, told->n_kernel);
	if (told->width && told->width < 64)
		oracle_above(oracle, 1ull << told->width, IOVA_SOURCE_WIDTH);
	if (!told->width && told->list == IOVA_LIST_NONE)
		oracle_above(oracle, 1ull << 39, IOVA_SOURCE_UNKNOWN_TOP);
	oracle_above(oracle, TOP - told->granule + 1, IOVA_SOURCE_LAST_PAGE);
	for (size_t i = 0; i < told->made.host.n; i++)
		oracle_group(oracle, told, &told->made.groups[i]);
	for (size_t i = 0; i < told->n_reserved; i++)
		oracle_claim(oracle, told->reserved[i], told->reserved[i], IOVA_SOURCE_RESERVATION,
			     0, IOVA_GROUP_NONE, IOVA_VERDICT_REFUSE);
	oracle->n_pieces = oracle_cuts(oracle, cuts);
	for (size_t i = 0; i < oracle->n_pieces; i++) {
		oracle->pieces[i].range.start = cuts[i];
		oracle->pieces[i].range.last = i + 1 < oracle->n_pieces ? cuts[i + 1] - 1 : TOP;
		oracle_judge(oracle, &oracle->pieces[i]);
	}
	oracle_slivers(oracle);
}

/* The worst tier that a range touches. */
static inline uint32_t oracle_tier(const struct oracle *oracle, struct iova_range range)
{
	uint32_t worst = IOVA_TIER_USABLE;

	for (size_t i = 0; i < oracle->n_pieces; i++)
		if (meet(oracle->pieces[i].range, range) && oracle->pieces[i].tier > worst)
			worst = oracle->pieces[i].tier;
	return worst;
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* Questions to a space, be it a context's or one that stands alone. */
#include "world.h"

#define ROOM 256

/* In the order of the documentation: what has no drawback, then usable, then all that may be. */
bool place_of(const struct user *user, uint64_t length, const struct iova_alloc_opts *opts,
	      uint64_t *ret_iova)
{
	enum oracle_want first = opts->flags & IOVA_ALLOC_AVOIDED ? WANT_ANY : WANT_PREFERRED;
	enum oracle_want final = opts->flags & IOVA_ALLOC_NO_AVOID ? WANT_PREFERRED : WANT_ANY;
	uint64_t granule = user->told.granule;
	struct oracle_search search = {
		.oracle = &user->oracle,
		.told = &user->told,
		.window = opts->window,
		.length = length,
		.align = opts->align > granule ? opts->align : granule,
	};

	if (!search.window.start && !search.window.last)
		search.window = (struct iova_range){ granule, TOP };
	for (search.want = first; search.want <= final; search.want++)
		if (oracle_place(&search, opts->flags & IOVA_ALLOC_TOP_DOWN, ret_iova))
			return true;
	return false;
}

static bool is_expected(const struct user *user, struct iova_range range,
			const struct iova_conflict *found)
{
	for (size_t i = 0; i < user->oracle.n_claims; i++) {
		const struct oracle_claim *claim = &user->oracle.claims[i];
		struct iova_range reach = oracle_reach(&user->oracle, claim);

		if (claim->verdict != IOVA_VERDICT_ALLOW && meet(reach, range) &&
		    claim->region.start == found->region.start &&
		    claim->region.last == found->region.last && claim->source == found->source &&
		    claim->type == found->type && claim->verdict == found->verdict &&
		    claim->group == found->group &&
		    found->range.start == (reach.start > range.start ? reach.start : range.start) &&
		    found->range.last == (reach.last < range.last ? reach.last : range.last))
			return true;
	}
	for (size_t i = 0; i < user->maps.n; i++) {
		const struct iova_mapping *mapping = &user->maps.items[i];

		if (meet(mapping->range, range) && found->source == IOVA_SOURCE_MAPPING &&
		    found->verdict == IOVA_VERDICT_REFUSE && found->vaddr == mapping->vaddr &&
		    found->region.start == mapping->range.start &&
		    found->region.last == mapping->range.last)
			return true;
	}
	return false;
}

/* How many conflicts there are, and the worst of them. */
static size_t count_conflicts(const struct user *user, struct iova_range range,
			      uint32_t *ret_verdict)
{
	size_t n = 0;

	*ret_verdict = IOVA_VERDICT_ALLOW;
	for (size_t i = 0; i < user->oracle.n_claims; i++) {
		const struct oracle_claim *claim = &user->oracle.claims[i];

		if (claim->verdict == IOVA_VERDICT_ALLOW ||
		    !meet(oracle_reach(&user->oracle, claim), range))
			continue;
		n++;
		if (claim->verdict > *ret_verdict)
			*ret_verdict = claim->verdict;
	}
	for (size_t i = 0; i < user->maps.n; i++) {
		if (!meet(user->maps.items[i].range, range))
			continue;
		n++;
		*ret_verdict = IOVA_VERDICT_REFUSE;
	}
	return n;
}

static void check_fit(const struct user *user, bool flagged, struct iova_range fit,
		      struct iova_range window, bool down, uint64_t length)
{
	struct oracle_search search = {
		.oracle = &user->oracle,
		.told = &user->told,
		.window = window,
		.length = length,
		.align = user->told.granule,
		.want = WANT_PREFERRED,
	};
	uint64_t place = 0;
	bool found = window.start <= window.last && oracle_place(&search, down, &place);

	CHECK(flagged == found);
	CHECK(!found || (fit.start == place && fit.last == place + (length - 1)));
}

static void verify_check(const struct user *user, struct iova_range range, uint64_t length,
			 const struct iova_check *check, const struct iova_conflict *conflicts)
{
	struct iova_range above = { range.start, TOP }, below = { user->told.granule, range.last };
	bool asked = check->verdict != IOVA_VERDICT_ALLOW, same = false;
	uint32_t verdict;

	CHECK(check->n_conflicts == count_conflicts(user, range, &verdict));
	CHECK(check->verdict == verdict);
	for (size_t i = 0; i < check->n_conflicts && i < ROOM; i++) {
		CHECK(!i || conflicts[i - 1].range.start <= conflicts[i].range.start);
		CHECK(is_expected(user, range, &conflicts[i]));
	}
	for (size_t i = 0; i < user->maps.n; i++)
		same = same || (user->maps.items[i].range.start == range.start &&
				user->maps.items[i].range.last == range.last);
	CHECK(!!(check->flags & IOVA_CHECK_SAME) == same);
	if (asked) {
		check_fit(user, check->flags & IOVA_CHECK_FIT_ABOVE, check->fit_above, above, false,
			  length);
		check_fit(user, check->flags & IOVA_CHECK_FIT_BELOW, check->fit_below, below, true,
			  length);
	}
}

void call_check(struct world *world, struct user *user)
{
	static const int none[] = { EINVAL, EOVERFLOW, 0 };
	static struct iova_conflict conflicts[ROOM];
	struct verdict verdict = { .murky = false };
	struct iova_check check = { .size = sizeof check };
	struct iova_range range;
	uint64_t length, mask;
	int r;

	if (!user->space)
		return;
	mask = user->told.granule - 1;
	range.start = take_address(world, user);
	length = take_length(world, user, range.start);
	range.last = range.start + (length - 1);
	verdict_add(&verdict, !length || (range.start | length) & mask, -EINVAL);
	verdict_add(&verdict, length && range.last < range.start, -EOVERFLOW);
	r = iova_space_check(user->space, range.start, length, &check, conflicts, ROOM);
	SAY("\t0x%" PRIx64 "+0x%" PRIx64 ": verdict %u\n", range.start, length,
	    (unsigned)check.verdict);
	call_made(world, user, "check", r, &verdict, none, NULL);
	if (r >= 0)
		verify_check(user, range, length, &check, conflicts);
}

void call_alloc(struct world *world, struct user *user)
{
	static const int none[] = { EINVAL, E2BIG, ENOSPC, ENOMEM, 0 };
	struct iova_alloc_opts opts = { .size = sizeof opts };
	struct verdict verdict = { .murky = false };
	uint64_t length, iova = 0, place = 0;
	uint8_t how = take_byte(world);
	int r;

	if (!user->space)
		return;
	opts.flags = how & 7;
	if (how & 8)
		opts.align = (uint64_t)1 << (take_byte(world) & 63);
	if (how & 16)
		opts.window = take_range(world, user);
	length = take_length(world, user, 0);
	verdict_add(&verdict, !length || length & (user->told.granule - 1), -EINVAL);
	verdict_add(&verdict, opts.flags & IOVA_ALLOC_NO_AVOID && opts.flags & IOVA_ALLOC_AVOIDED,
		    -EINVAL);
	if (!verdict.expected.n)
		verdict_add(&verdict, !place_of(user, length, &opts, &place), -ENOSPC);
	r = iova_space_alloc(user->space, length, &opts, &iova);
	SAY("\t0x%" PRIx64 " bytes, flags %u, align 0x%" PRIx64 ", window 0x%" PRIx64 "-0x%" PRIx64
	    ": 0x%" PRIx64 "\n",
	    length, (unsigned)opts.flags, opts.align, opts.window.start, opts.window.last, iova);
	call_made(world, user, "alloc", r, &verdict, none, NULL);
	CHECK(r < 0 || iova == place);
}

/* What a group would change, and that nothing has changed. */
void call_try(struct world *world, struct user *user)
{
	static const int none[] = { EINVAL, ENOENT, ENOMEM, 0 };
	static struct user with;
	struct verdict verdict = { .murky = false };
	struct iova_host_opts opts = { .size = sizeof opts, .sys = world->sys };
	uint32_t group = take_below(world, MAX_GROUPS + 1);
	struct iova_host *host;
	struct iova_change *change;
	int r;

	if (!user->space || iova_host_read(&opts, &host, NULL) < 0)
		return;
	CHECK(!iova_change_new(&change));
	verdict_add(&verdict, group >= world->n_groups, -ENOENT);
	r = iova_space_try_group(user->space, host, group, change);
	SAY("\tgroup %u\n", (unsigned)group);
	call_made(world, user, "try", r, &verdict, none, NULL);
	if (r >= 0) {
		with = *user;
		told_copy(&with.told, &user->told);
		read_group_plainly(world, group, &with.told);
		ask_oracle(&with);
		verify_change(&with, &user->oracle, change);
	}
	iova_change_free(change);
	iova_host_free(host);
}

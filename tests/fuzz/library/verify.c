/* SPDX-License-Identifier: BSD-3-Clause */
/* The library's answers and the model's state, against what must be. */
#include "world.h"

static bool same_maps(const struct maps *a, const struct maps *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++) {
		const struct iova_mapping *x = &a->items[i], *y = &b->items[i];

		same = x->range.start == y->range.start && x->range.last == y->range.last &&
		       x->access == y->access && (x->vaddr == y->vaddr);
	}
	return same;
}

static void print_maps(const char *what, const struct maps *maps)
{
	for (size_t i = 0; i < maps->n; i++)
		printf("\t%s 0x%" PRIx64 "-0x%" PRIx64 " at 0x%" PRIx64 ", access %u\n", what,
		       maps->items[i].range.start, maps->items[i].range.last, maps->items[i].vaddr,
		       (unsigned)maps->items[i].access);
}

void verify_box(const struct world *world, const struct box *box)
{
	static struct maps maps;

	box_read(world, box, &maps);
	if (fuzz_verbose && !same_maps(&maps, &box->maps)) {
		print_maps("the kernel holds", &maps);
		print_maps("and ought to hold", &box->maps);
	}
	CHECK(same_maps(&maps, &box->maps));
}

/* What is open, attached and mapped in all is what the users and others have. */
void verify_world(struct world *world)
{
	struct iova_sim_report report = { .size = sizeof report };
	uint32_t fds = world->boxes[2].alive, groups = 0, maps = 0;
	uint64_t pages = 0;

	for (size_t i = 0; i < 2; i++) {
		const struct user *user = &world->users[i];

		fds += user->ctx && !user->lent;
		fds += (uint32_t)user->n_groups;
		for (size_t k = 0; k < 4; k++)
			fds += user->devices[k] >= 0;
	}
	for (size_t i = 0; i < 3; i++) {
		struct box *box = &world->boxes[i];

		if (!box->alive)
			continue;
		verify_box(world, box);
		maps += (uint32_t)box->maps.n;
		for (uint32_t group = 0; group < world->n_groups; group++)
			groups += box->groups >> group & 1;
		for (size_t k = 0; k < box->maps.n; k++) {
			const struct iova_range *range = &box->maps.items[k].range;

			pages += (range->last - range->start + 1) / world->memory.page_size;
			/* Up to 6.17 it finds neither this one nor what lies beside it in its tree. */
			if (world->kernel.top_defect && range->last == TOP)
				box->damaged = world->lost = true;
		}
	}
	CHECK(!iova_sim_report(world->sim, &report));
	CHECK(report.n_fds == fds);
	CHECK(report.n_groups == groups);
	CHECK(report.n_mappings == maps);
	CHECK(report.n_pinned_pages == pages || world->lost);
}

static bool is_claim(const struct iova_conflict *reason, const struct oracle_claim *claim)
{
	return reason->region.start == claim->region.start &&
	       reason->region.last == claim->region.last && reason->source == claim->source &&
	       reason->type == claim->type && reason->group == claim->group &&
	       reason->verdict == claim->verdict;
}

/* As many reasons as the oracle has, and each of them is one of its. */
static void verify_reasons(const struct user *user, size_t number,
			   const struct iova_segment *segment)
{
	const struct oracle *oracle = &user->oracle;
	size_t n = 0;

	for (size_t i = 0; i < oracle->n_claims && segment->tier != IOVA_TIER_USABLE; i++)
		n += oracle->claims[i].verdict == segment->tier &&
		     meet(oracle_reach(oracle, &oracle->claims[i]), segment->range);
	CHECK(segment->n_reasons == n);
	for (size_t k = 0; k < n; k++) {
		struct iova_conflict reason;
		bool found = false;

		CHECK(!iova_space_nth_reason(user->space, number, k, &reason));
		for (size_t i = 0; i < oracle->n_claims; i++)
			found = found ||
				(is_claim(&reason, &oracle->claims[i]) &&
				 meet(oracle_reach(oracle, &oracle->claims[i]), segment->range));
		CHECK(found);
	}
}

/* The segments follow each other, and the oracle's pieces lie in them. */
static void verify_picture(const struct user *user)
{
	const struct oracle *oracle = &user->oracle;
	struct iova_segment segment;
	size_t piece = 0, i = 0;
	uint64_t next = 0;

	for (; !iova_space_nth_segment(user->space, i, &segment); i++) {
		CHECK(segment.range.start == next && segment.range.start <= segment.range.last);
		for (; piece < oracle->n_pieces &&
		       oracle->pieces[piece].range.start <= segment.range.last;
		     piece++) {
			CHECK(oracle->pieces[piece].range.last <= segment.range.last);
			CHECK(oracle->pieces[piece].tier == segment.tier);
		}
		verify_reasons(user, i, &segment);
		next = segment.range.last + 1;
	}
	CHECK(i && !next && piece == oracle->n_pieces);
}

static void verify_inputs(const struct user *user)
{
	const struct told *told = &user->told;
	uint32_t list, groups[MAX_GROUPS];
	struct iova_set *set;

	CHECK(iova_space_granule(user->space) == told->granule);
	CHECK(iova_space_top_known(user->space) == (told->list != IOVA_LIST_NONE || told->width));
	CHECK(!iova_set_new(&set));
	CHECK(!iova_space_read_kernel(user->space, &list, set));
	CHECK(list == told->list);
	for (size_t i = 0; i < told->n_kernel; i++)
		CHECK(iova_set_contains(set, &told->kernel[i]) == 1);
	CHECK(told->n_kernel || !iova_set_count(set));
	iova_set_free(set);
	CHECK(iova_space_read_groups(user->space, groups, MAX_GROUPS) == told->made.host.n);
	for (size_t i = 0; i < told->made.host.n; i++) {
		bool found = false;

		for (size_t k = 0; k < told->made.host.n; k++)
			found = found || groups[i] == told->made.groups[k].info.id;
		CHECK(found && (!i || groups[i - 1] < groups[i]));
	}
}

/* Everything that a user can read. */
void verify_user(struct user *user)
{
	static struct maps maps;
	struct iova_mapping mapping;
	uint64_t at = 0;

	maps.n = 0;
	while (!iova_space_find(user->space, at, &mapping)) {
		maps_add(&maps, &mapping);
		if (mapping.range.last == TOP)
			break;
		at = mapping.range.last + 1;
	}
	CHECK(iova_space_count(user->space) == maps.n);
	CHECK(same_maps(&maps, &user->maps));
	verify_inputs(user);
	if (user->unseen)
		verify_picture(user);
	user->unseen = false;
	if (user->ctx) {
		for (uint32_t id = 0; id <= MAX_GROUPS; id++) {
			bool mine = false;

			for (size_t i = 0; i < user->n_groups; i++)
				mine = mine || user->groups[i].id == id;
			CHECK((iova_ctx_group_fd(user->ctx, id) >= 0) == mine);
		}
		CHECK(iova_ctx_container_fd(user->ctx) == user->box->fd);
	}
}

/* Each address entered and left what the two pictures say, and so each mapping broke or did not. */
void verify_change(const struct user *user, const struct oracle *before,
		   const struct iova_change *change)
{
	const struct oracle *after = &user->oracle;
	static bool broken[MAX_MAPS];
	struct iova_mapping mapping;
	struct iova_conflict conflict;
	size_t i = 0, k = 0, n = 0;
	bool empty = true;

	memset(broken, 0, sizeof broken);
	while (i < before->n_pieces && k < after->n_pieces) {
		const struct oracle_piece *x = &before->pieces[i], *y = &after->pieces[k];
		struct iova_range both = { x->range.start, x->range.last };

		if (y->range.start > both.start)
			both.start = y->range.start;
		if (y->range.last < both.last)
			both.last = y->range.last;
		for (uint32_t tier = 1; tier <= 3; tier++) {
			bool entered = y->tier == tier && x->tier != tier;
			bool left = x->tier == tier && y->tier != tier;

			CHECK(iova_set_contains(iova_change_entered(change, tier), &both) ==
			      entered);
			CHECK(iova_set_overlaps(iova_change_entered(change, tier), &both) ==
			      entered);
			CHECK(iova_set_contains(iova_change_left(change, tier), &both) == left);
			CHECK(iova_set_overlaps(iova_change_left(change, tier), &both) == left);
		}
		empty = empty && x->tier == y->tier;
		for (size_t m = 0; m < user->maps.n; m++)
			broken[m] = broken[m] ||
				    (y->tier > x->tier && meet(user->maps.items[m].range, both));
		i += x->range.last == both.last;
		k += y->range.last == both.last;
	}
	CHECK(iova_change_is_empty(change) == empty);
	for (size_t m = 0; m < user->maps.n; m++) {
		if (!broken[m])
			continue;
		CHECK(!iova_change_nth_broken(change, n++, &mapping, &conflict));
		CHECK(mapping.range.start == user->maps.items[m].range.start);
		CHECK(oracle_tier(after, conflict.range) == conflict.verdict);
		CHECK(oracle_tier(before, conflict.range) < conflict.verdict);
	}
	CHECK(iova_change_nth_broken(change, n, &mapping, &conflict) == -ENOENT);
}

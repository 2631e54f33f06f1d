/* SPDX-License-Identifier: BSD-3-Clause */
/* What a space is told: policies and reservations, and a bare one everything else, too. */
#include "world.h"

static const int told_errors[] = { EINVAL, ENOENT, EEXIST, ENOMEM, 0 };

static void take_override(struct world *world, struct iova_policy *policy, struct told *told)
{
	struct told_override *override = &told->overrides[told->n_overrides++];
	uint8_t what = take_byte(world), which = take_byte(world);
	int r;

	override->kind = what % 3;
	override->verdict = 1 + what / 3 % 3;
	override->group = which & 3;
	snprintf(override->device, sizeof override->device, "0000:0%u:00.%u", which & 3,
		 which >> 2 & 1);
	override->range = (struct iova_range){ (uint64_t)which << 16, (uint64_t)which << 20 };
	if (world->n_regions && which & 0x80)
		override->range = world->regions[which % world->n_regions].range;
	if (which == 0x40)
		override->range = (struct iova_range){ 0, TOP };
	r = override->kind == 0 ?
		    iova_policy_override_range(policy, &override->range, override->verdict) :
	    override->kind == 1 ?
		    iova_policy_override_device(policy, override->device, override->verdict) :
		    iova_policy_override_group(policy, override->group, override->verdict);
	CHECK(!r);
	SAY("\toverride of kind %d, verdict %u: 0x%" PRIx64 "-0x%" PRIx64 ", %s, group %u\n",
	    override->kind, (unsigned) override->verdict, override->range.start,
	    override->range.last, override->device, (unsigned) override->group);
}

/* Also into what a user is told. */
struct iova_policy *take_policy(struct world *world, struct told *told)
{
	struct iova_policy *policy;
	uint8_t how = take_byte(world);

	told->mode = 1 + how % 3;
	told->unreadable = how >> 2 & 3;
	told->n_overrides = 0;
	CHECK(!iova_policy_new(told->mode, &policy));
	if (told->unreadable)
		CHECK(!iova_policy_set_unreadable(policy, told->unreadable));
	for (int n = how >> 6; n > 0; n--)
		take_override(world, policy, told);
	SAY("\tpolicy %u, unreadable %u\n", (unsigned)told->mode, (unsigned)told->unreadable);
	return policy;
}

/* After a change that succeeded. */
static void told_made(struct user *user, const struct oracle *before, struct iova_change *change)
{
	ask_oracle(user);
	verify_change(user, before, change);
}

static size_t find_reserved(const struct told *told, struct iova_range range)
{
	size_t i = 0;

	while (i < told->n_reserved &&
	       (told->reserved[i].start != range.start || told->reserved[i].last != range.last))
		i++;
	return i;
}

/* Reserve, or give back: one of those there are, or any. */
void call_reserve(struct world *world, struct user *user)
{
	static struct oracle before;
	struct verdict verdict = { .murky = false };
	struct iova_change *change;
	struct iova_range range;
	uint8_t how = take_byte(world);
	bool back = how & 1;
	size_t i;
	int r;

	if (!user->space || (!back && user->told.n_reserved == MAX_RESERVED))
		return;
	range = take_range(world, user);
	if (how & 2 && user->told.n_reserved)
		range = user->told.reserved[(how >> 2) % user->told.n_reserved];
	i = find_reserved(&user->told, range);
	verdict_add(&verdict, back && i == user->told.n_reserved, -ENOENT);
	verdict_add(&verdict, !back && i < user->told.n_reserved, -EEXIST);
	CHECK(!iova_change_new(&change));
	before = user->oracle;
	r = back ? iova_space_unreserve(user->space, &range, change) :
		   iova_space_reserve(user->space, &range, "fuzz", change);
	SAY("\t0x%" PRIx64 "-0x%" PRIx64 "\n", range.start, range.last);
	call_made(world, user, back ? "unreserve" : "reserve", r, &verdict, told_errors, NULL);
	if (r >= 0) {
		if (back)
			user->told.reserved[i] = user->told.reserved[--user->told.n_reserved];
		else
			user->told.reserved[user->told.n_reserved++] = range;
		told_made(user, &before, change);
	}
	iova_change_free(change);
}

static int tell_list(struct world *world, struct user *user, struct iova_change *change)
{
	struct told *told = &user->told;
	uint32_t list = take_below(world, 3), n = take_below(world, 4);
	struct iova_set *set;
	int r;

	CHECK(!iova_set_new(&set));
	told->n_kernel = 0;
	for (uint32_t i = 0; i < n && list == IOVA_LIST_RANGES; i++) {
		told->kernel[told->n_kernel] = take_range(world, user);
		CHECK(!iova_set_add(set, &told->kernel[told->n_kernel++]));
	}
	told->list = list;
	r = iova_space_set_kernel(user->space, list, list == IOVA_LIST_RANGES ? set : NULL, change);
	iova_set_free(set);
	return r;
}

static int tell_groups(struct world *world, struct user *user, bool leaves,
		       struct iova_change *change)
{
	struct iova_host_opts opts = { .size = sizeof opts, .sys = world->sys };
	struct made_host *made = &user->told.made;
	struct iova_host *host;
	uint32_t groups[2] = { take_below(world, world->n_groups),
			       take_below(world, world->n_groups) };
	size_t i = 0;
	int r;

	if (leaves) {
		static struct told rest;

		while (i < made->host.n && made->groups[i].info.id != groups[0])
			i++;
		r = iova_space_remove_group(user->space, groups[0], change);
		CHECK((i < made->host.n) == (r >= 0));
		told_copy(&rest, &user->told);
		forget_groups(&rest);
		for (size_t k = 0; k < made->host.n; k++)
			if (k != i)
				told_add_group(&rest, &made->groups[k]);
		told_copy(&user->told, &rest);
		return r;
	}
	r = iova_host_read(&opts, &host, NULL);
	if (r < 0)
		return r;
	r = groups[0] == groups[1] ? iova_space_add_group(user->space, host, groups[0], change) :
				     iova_space_add_groups(user->space, host, groups, 2, change);
	iova_host_free(host);
	for (i = 0; i < 2; i++)
		read_group_plainly(world, groups[i], &user->told);
	return r;
}

/* Policy and width of any space; of a bare one the rest as well. */
void call_tell(struct world *world, struct user *user)
{
	static struct oracle before;
	struct verdict verdict = { .murky = false };
	struct iova_policy *policy;
	struct iova_change *change;
	uint32_t what = take_below(world, user->ctx ? 2 : 7);
	int r;

	if (!user->space)
		return;
	CHECK(!iova_change_new(&change));
	before = user->oracle;
	if (what == 0) {
		policy = take_policy(world, &user->told);
		r = iova_space_set_policy(user->space, policy, change);
		iova_policy_free(policy);
	} else if (what == 1) {
		user->told.width = take_byte(world) % 65;
		r = iova_space_set_width(user->space, user->told.width, change);
	} else if (what == 2) {
		user->told.granule = (uint64_t)1 << take_below(world, 33);
		r = iova_space_set_granule(user->space, user->told.granule, change);
	} else if (what == 3) {
		r = tell_list(world, user, change);
	} else {
		r = tell_groups(world, user, what == 6, change);
		verdict.murky = r < 0;
	}
	SAY("\twhat %u\n", (unsigned)what);
	call_made(world, user, "tell", r, &verdict, told_errors, NULL);
	if (r >= 0)
		told_made(user, &before, change);
	iova_change_free(change);
}

/* Record or forget, in a bare space. */
void call_record(struct world *world, struct user *user)
{
	struct verdict verdict = { .murky = false };
	struct iova_mapping mapping = { .vaddr = 0x7f0000000000 };
	uint8_t how = take_byte(world);
	bool some = false;
	size_t n = 0;
	int r;

	if (user->ctx || !user->space || user->maps.n == MAX_MAPS - 1)
		return;
	mapping.range = take_range(world, user);
	mapping.access = how >> 1 & 3;
	if (user->maps.n && how & 8)
		mapping.range = user->maps.items[(how >> 4) % user->maps.n].range;
	for (size_t i = 0; i < user->maps.n; i++) {
		const struct iova_range *there = &user->maps.items[i].range;

		if (!meet(*there, mapping.range))
			continue;
		some = true;
		verdict_add(&verdict, !(how & 1), -EEXIST);
		verdict_add(&verdict,
			    how & 1 && (there->start < mapping.range.start ||
					there->last > mapping.range.last),
			    -EINVAL);
	}
	verdict_add(&verdict, !(how & 1) && !mapping.access, -EINVAL);
	verdict_add(&verdict, how & 1 && !some, -ENOENT);
	SAY("\t0x%" PRIx64 "-0x%" PRIx64 "\n", mapping.range.start, mapping.range.last);
	r = how & 1 ? iova_space_forget(user->space, &mapping.range, &n) :
		      iova_space_record(user->space, &mapping);
	call_made(world, user, how & 1 ? "forget" : "record", r, &verdict, told_errors, NULL);
	if (r >= 0 && how & 1)
		CHECK(maps_remove(&user->maps, mapping.range, NULL) == n);
	else if (r >= 0)
		maps_add(&user->maps, &mapping);
	believe_maps(user);
}

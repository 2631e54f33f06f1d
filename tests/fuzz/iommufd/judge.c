/* SPDX-License-Identifier: BSD-3-Clause */
/* Before and after each call: who failed changed nothing, and the kernel holds what is recorded. */
#include "plant.h"

static const int documented[] = { EINVAL,        E2BIG,    ENOENT, ENODEV,    EACCES,
				  EBADF,         EBADFD,   EPERM,  EBUSY,     EPROTO,
				  ENOMEM,        EALREADY, EFAULT, ENOSPC,    EADDRINUSE,
				  EADDRNOTAVAIL, EEXIST,   EIO,    EOVERFLOW, EOPNOTSUPP };

static void look(const struct user *user, struct sight *ret_sight)
{
	struct iova_mapping mapping;
	uint64_t at = 0;

	ret_sight->info = (struct iova_ctx_info){ .size = sizeof ret_sight->info };
	ret_sight->n = 0;
	if (!user->ctx)
		return;
	CHECK(!iova_ctx_info(user->ctx, &ret_sight->info));
	while (!iova_space_find(iova_ctx_space(user->ctx), at, &mapping)) {
		CHECK(ret_sight->n < MAX_MAPS);
		ret_sight->maps[ret_sight->n++] = mapping;
		if (mapping.range.last == TOP)
			break;
		at = mapping.range.last + 1;
	}
}

void call_begins(struct plant *plant)
{
	for (size_t i = 0; i < N_USERS; i++)
		look(&plant->users[i], &plant->users[i].before);
	plant->hit = false;
}

static bool same_map(const struct iova_mapping *a, const struct iova_mapping *b)
{
	return a->range.start == b->range.start && a->range.last == b->range.last &&
	       a->vaddr == b->vaddr && a->access == b->access;
}

/* Of all containers and IOASes together: each mapping of the kernel's is recorded once, by somebody. */
static void verify_kernel(struct plant *plant, const struct sight sights[N_USERS])
{
	static bool found[N_USERS][MAX_MAPS];
	struct iova_sim_mapping held = { .size = sizeof held };
	uint32_t n = 0;

	memset(found, 0, sizeof found);
	for (; !iova_sim_mapping(plant->sim, n, &held); n++) {
		struct iova_mapping mapping = { held.range, held.vaddr, held.flags, 0 };
		bool any = false;

		for (size_t i = 0; i < N_USERS && !any; i++) {
			for (size_t k = 0; k < sights[i].n && !any; k++) {
				any = !found[i][k] && same_map(&sights[i].maps[k], &mapping);
				found[i][k] = found[i][k] || any;
			}
		}
		if (!any)
			SAY("not recorded: 0x%" PRIx64 "-0x%" PRIx64 "\n", held.range.start,
			    held.range.last);
		CHECK(any);
	}
	CHECK(n == sights[0].n + sights[1].n + sights[2].n);
}

static void verify_unchanged(const struct sight *before, const struct sight *after, bool may_leave)
{
	CHECK(before->n == after->n);
	for (size_t i = 0; i < before->n; i++)
		CHECK(same_map(&before->maps[i], &after->maps[i]));
	/* A container of iommufd's has an IOAS from its first group on, also after that is gone. */
	CHECK(before->info.backend == after->info.backend && before->info.fd == after->info.fd);
	CHECK(before->info.ioas == after->info.ioas ||
	      before->info.backend != IOVA_BACKEND_IOMMUFD);
	if (!may_leave)
		CHECK(before->info.n_devices == after->info.n_devices &&
		      before->info.n_groups == after->info.n_groups);
}

static void verify_failure(const struct plant *plant, int r, const struct iova_failure *failure)
{
	bool breaks = failure->why == IOVA_WHY_BREAKS_MAPPING ||
		      failure->why == IOVA_WHY_BREAKS_PROMISE;
	struct iova_explanation explanation;
	/* What is taken for an iommufd by mistake does not know the next request. */
	bool known = plant->hit && (r == -plant->error || r == -ENOTTY);

	SAY("\tstep %u, why %u, from the kernel %u\n", (unsigned)failure->step,
	    (unsigned)failure->why, (unsigned)failure->from_kernel);
	for (size_t i = 0; i < sizeof documented / sizeof *documented; i++)
		known = known || r == -documented[i];
	CHECK(known);
	CHECK(failure->error == r);
	CHECK(failure->step >= IOVA_STEP_ARGUMENT && failure->step <= IOVA_STEP_OPTION);
	CHECK(failure->why <= IOVA_WHY_OTHER_IOMMUFD);
	CHECK((failure->why == IOVA_WHY_REFUSED) == (r == -EADDRNOTAVAIL));
	CHECK(!breaks || r == -EADDRINUSE);
	CHECK(breaks || r != -EADDRINUSE || failure->from_kernel);
	CHECK(failure->why != IOVA_WHY_OVERLAP || r == -EEXIST);
	/* Nobody unmaps behind our back. */
	CHECK(failure->why != IOVA_WHY_UNMAP_SIZE);
	CHECK(!iova_explain(failure, NULL, &explanation) && *explanation.cause);
}

/* No device that came meanwhile has taken away what was promised. Without one nothing is known. */
static void verify_promise(const struct user *user, const struct sight *after)
{
	uint64_t mask = user->ctx ? iova_space_granule(iova_ctx_space(user->ctx)) - 1 : 0;
	struct iova_set *usable;
	struct iova_range range;

	if (!user->promise || user->knows_little || !after->info.n_devices)
		return;
	CHECK(!iova_set_new(&usable));
	CHECK(!iova_space_read_tier(iova_ctx_space(user->ctx), IOVA_TIER_USABLE, usable));
	for (size_t i = 0; !iova_set_nth(user->promise, i, &range); i++) {
		/* Pages may have grown: what is left of those that are cut is not guarded. */
		range.start = (range.start + mask) & ~mask;
		range.last = ((range.last + 1) & ~mask) - 1;
		if (range.start > range.last || iova_set_contains(usable, &range))
			continue;
		SAY("promised: 0x%" PRIx64 "-0x%" PRIx64 "\n", range.start, range.last);
		CHECK(false);
	}
	iova_set_free(usable);
}

void call_made(struct plant *plant, const char *name, int r, const struct iova_failure *failure,
	       uint32_t flags)
{
	static struct sight after[N_USERS];
	struct iova_sim_report report = { .size = sizeof report };

	if (plant->armed) {
		CHECK(!iova_sim_report(plant->sim, &report));
		plant->hit = !report.n_pending_faults;
		iova_sim_clear_faults(plant->sim);
		plant->armed = false;
	}
	plant->n_calls++;
	SAY("%s = %d%s\n", name, r, plant->hit ? ", disturbed" : "");
	if (r < 0)
		verify_failure(plant, r, failure);
	for (size_t i = 0; i < N_USERS; i++) {
		look(&plant->users[i], &after[i]);
		if (r < 0)
			verify_unchanged(&plant->users[i].before, &after[i], flags & MAY_LEAVE);
		if (plant->hit)
			plant->users[i].knows_little = true;
		if (plant->users[i].ctx)
			verify_promise(&plant->users[i], &after[i]);
	}
	verify_kernel(plant, after);
}

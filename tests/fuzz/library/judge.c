/* SPDX-License-Identifier: BSD-3-Clause */
/* Before and after each call. */
#include "world.h"

static void happen(struct iova_sim *sim, void *arg)
{
	struct world *world = arg;

	(void)sim;
	event(world, world->request_event);
}

/* Everything is drawn and the oracle has looked: from here on calls are counted. */
void call_begins(struct world *world)
{
	world->disturbed = false;
	world->armed = world->request;
	world->armed_error = world->request == 1 ? world->request_error : 0;
	if (world->request == 1)
		CHECK(!iova_sim_fail(world->sim, world->request_call, world->request_nth,
				     world->request_error));
	if (world->request == 2)
		CHECK(!iova_sim_after(world->sim, world->request_call, world->request_nth, happen,
				      world));
	world->request = 0;
}

void verdict_add(struct verdict *verdict, bool applies, int error)
{
	error_add(&verdict->expected, applies, error);
}

static bool is_documented(const int *documented, int error)
{
	for (; *documented; documented++)
		if (*documented == -error)
			return true;
	return false;
}

/* A failure says what the call returned, and can be explained whatever is in it. */
static void verify_failure(const struct user *user, int r, const struct iova_failure *failure)
{
	bool breaks = failure->why == IOVA_WHY_BREAKS_MAPPING ||
		      failure->why == IOVA_WHY_BREAKS_PROMISE;
	struct iova_explanation explanation;

	CHECK(failure->error == r);
	CHECK(failure->step >= IOVA_STEP_ARGUMENT && failure->step <= IOVA_STEP_OPTION);
	CHECK(failure->why <= IOVA_WHY_OTHER_IOMMUFD);
	CHECK((failure->why == IOVA_WHY_REFUSED) == (r == -EADDRNOTAVAIL));
	CHECK(failure->why != IOVA_WHY_REFUSED || failure->n_conflicts);
	CHECK(!breaks || r == -EADDRINUSE);
	CHECK(breaks || r != -EADDRINUSE || failure->from_kernel);
	CHECK(failure->why != IOVA_WHY_OVERLAP || r == -EEXIST);
	CHECK(failure->why != IOVA_WHY_UNMAP_SIZE || r == -EIO);
	CHECK(!iova_explain(failure, user && user->ctx ? iova_ctx_host(user->ctx) : NULL,
			    &explanation));
	CHECK(*explanation.cause &&
	      strnlen(explanation.cause, sizeof explanation.cause) < sizeof explanation.cause);
}

/*
 * With nothing in the way the call succeeds, with something it fails for one of the reasons. Where
 * a fault or hook was hit on the way, or the replies are corrupted, it may do either, but fails
 * only as documented or with the very errno that the kernel gave.
 */
void call_made(struct world *world, struct user *user, const char *name, int r,
	       const struct verdict *verdict, const int *documented,
	       const struct iova_failure *failure)
{
	struct iova_sim_report report = { .size = sizeof report };

	if (world->armed) {
		CHECK(!iova_sim_report(world->sim, &report));
		world->disturbed = !report.n_pending_faults;
		iova_sim_clear_faults(world->sim);
		world->armed = false;
	}
	world->n_calls++;
	if (user && r < 0)
		user->unseen = true; /* nothing may have changed */
	SAY("%s: %s = %d%s%s\n", user ? user->name : "-", name, r,
	    world->disturbed ? ", disturbed" : "", verdict->murky ? ", anything goes" : "");
	if (r < 0 && failure)
		verify_failure(user, r, failure);
	CHECK(r >= 0 || is_documented(documented, r) ||
	      (world->disturbed && r == -world->armed_error));
	if (world->disturbed || verdict->murky)
		return;
	for (size_t i = 0; i < verdict->expected.n && fuzz_verbose; i++)
		printf("\texpected: %d\n", verdict->expected.items[i]);
	if (verdict->expected.n)
		CHECK(error_is(&verdict->expected, r));
	else
		CHECK(r >= 0);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sweep.h"

#include "oom.h"

#include <errno.h>
#include <string.h>

#define BIT(call) (UINT64_C(1) << (call))

/*
 * What sysfs does not tell is not known; without limits one can work; a close closes; a container
 * that does not say whether iommufd provides it is type1's.
 */
#define ALWAYS_HARMLESS                                                                          \
	(BIT(IOVA_SIM_CALL_READ_FILE) | BIT(IOVA_SIM_CALL_READ_LINK) | BIT(IOVA_SIM_CALL_LIST) | \
	 BIT(IOVA_SIM_CALL_MEMORY) | BIT(IOVA_SIM_CALL_CLOSE) | BIT(IOVA_SIM_CALL_VFIO_IOAS))

/* What is failing, 0 for an allocation, and which one of its kind. */
struct fault {
	uint32_t call;
	int error;
	unsigned long nth;
};

static void start(struct play *play, const struct flow *flow)
{
	*play = (struct play){
		.world = world_new(flow->preset), .container = -1, .group = -1, .device = -1
	};
	assert_int_equal(iova_change_new(&play->change), 0);
	flow->set_up(play);
}

static void finish(struct play *play)
{
	if (play->device >= 0)
		assert_int_equal(raw_close(play->world, play->device), 0);
	iova_ctx_close(play->other);
	iova_ctx_close(play->ctx);
	(void)iova_sim_detach_behind(play->world->sim, GROUP_USB);
	iova_change_free(play->change);
	if (play->group >= 0)
		assert_int_equal(raw_close(play->world, play->group), 0);
	if (play->container >= 0)
		assert_int_equal(raw_close(play->world, play->container), 0);
	world_assert_clean(play->world);
	world_free(play->world);
}

static void check(bool is_right, const struct fault *fault, const char *what)
{
	if (!is_right)
		fail_msg("call of kind %u, number %lu, errno %d: %s", fault->call, fault->nth,
			 fault->error, what);
}

struct look {
	struct view views[2]; /* of both contexts */
};

static struct look look_at(const struct play *play)
{
	return (struct look){ { view_of(play->world, play->ctx),
				view_of(play->world, play->other) } };
}

static void check_view(const struct view *expected, const struct view *found, bool with_tiers,
		       const struct fault *fault, const char *what)
{
	if (strcmp(expected->state, found->state))
		print_message("# %s\n# is not\n# %s\n", found->state, expected->state);
	check(!strcmp(expected->state, found->state), fault, what);
	if (with_tiers && strcmp(expected->tiers, found->tiers))
		print_message("# %s\n# is not\n# %s\n", found->tiers, expected->tiers);
	check(!with_tiers || !strcmp(expected->tiers, found->tiers), fault, what);
}

static void check_look(const struct look *expected, const struct look *found, bool with_tiers,
		       const struct fault *fault, const char *what)
{
	for (int i = 0; i < 2; i++)
		check_view(&expected->views[i], &found->views[i], with_tiers, fault, what);
}

static bool is_its_errno(int r, const struct fault *fault)
{
	if (r == -fault->error)
		return true;
	return fault->call == IOVA_SIM_CALL_MEMORY && r == -EIO;
}

static bool may_succeed(const struct flow *flow, const struct fault *fault)
{
	if (!fault->call || fault->error == EINTR)
		return true;
	return ((ALWAYS_HARMLESS | flow->harmless) & BIT(fault->call)) != 0;
}

static void check_failure(const struct iova_failure *failure, int r, const struct fault *fault)
{
	struct iova_explanation text;

	check(failure->error == r, fault, "the failure has another errno");
	check(failure->step != 0, fault, "the failure has no step");
	check(!iova_explain(failure, NULL, &text) && text.cause[0] && text.remedy[0], fault,
	      "the failure is not explained");
}

/* After the run with its fault: both sides are as they were, or as they should become. */
static void judge(const struct flow *flow, struct play *play, int r,
		  const struct iova_failure *failure, const struct look *before,
		  const struct look *after, const struct fault *fault)
{
	struct iova_failure second = IOVA_FAILURE_INIT;
	bool sysfs_told = fault->call != IOVA_SIM_CALL_READ_FILE || fault->error == EINTR;
	struct look now;

	if (r >= 0 && flow->reads_later)
		check(!iova_ctx_refresh(play->ctx, NULL, NULL) &&
			      !iova_ctx_refresh(play->other, NULL, NULL),
		      fault, "could not be read later, either");
	now = look_at(play);
	if (r >= 0) {
		check(may_succeed(flow, fault), fault, "succeeded");
		check_look(after, &now, sysfs_told, fault, "succeeded otherwise");
		return;
	}
	check(fault->error != EINTR, fault, "an interrupted call was not made again");
	check(is_its_errno(r, fault), fault, "another errno came out");
	check_failure(failure, r, fault);
	if (flow->is_half_done && flow->is_half_done(play)) {
		r = flow->go_on(play);
	} else {
		check_look(before, &now, true, fault, "a failure changed something");
		r = flow->run(play, &second);
	}
	check(r >= 0, fault, "failed again, with nothing wrong");
	now = look_at(play);
	check_look(after, &now, true, fault, "succeeded otherwise the second time");
}

static struct look play_undisturbed(const struct flow *flow)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct play play;
	struct look after;

	start(&play, flow);
	if (flow->run(&play, &failure) < 0)
		assert_failed(&failure, 0, 0, 0);
	after = look_at(&play);
	finish(&play);
	return after;
}

/* False once the flow has no such call any more. */
static bool play_with(const struct flow *flow, const struct look *after, const struct fault *fault)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_sim_report report = { .size = sizeof report };
	struct look before;
	struct play play;
	long live = oom_live();
	bool hit;
	int r;

	start(&play, flow);
	before = look_at(&play);
	if (fault->call)
		assert_int_equal(iova_sim_fail(play.world->sim, fault->call, fault->nth,
					       fault->error),
				 0);
	else
		oom_fail_at(fault->nth);
	r = flow->run(&play, &failure);
	oom_off();
	iova_sim_report(play.world->sim, &report);
	hit = fault->call ? !report.n_pending_faults : oom_reached();
	iova_sim_clear_faults(play.world->sim);
	if (hit)
		judge(flow, &play, r, &failure, &before, after, fault);
	finish(&play);
	check(oom_live() == live, fault, "memory was not freed");
	return hit;
}

void sweep_calls(const struct flow *flow)
{
	static const int errors[] = { EIO, EINTR, ENOMEM, EBUSY, ENODEV };
	struct look after = play_undisturbed(flow);
	unsigned long n_hit = 0;

	for (size_t e = 0; e < sizeof errors / sizeof *errors; e++)
		for (uint32_t call = 1; call < IOVA_SIM_N_CALLS; call++) {
			struct fault fault = { call, errors[e], 1 };

			/* That is an answer: a container of iommufd without a group. */
			if ((call == IOVA_SIM_CALL_GET_INFO || call == IOVA_SIM_CALL_VFIO_IOAS) &&
			    errors[e] == ENODEV)
				continue;
			for (; play_with(flow, &after, &fault); fault.nth++)
				n_hit++;
		}
	assert_true(n_hit > 0);
}

unsigned long sweep_allocations(const struct flow *flow)
{
	struct look after = play_undisturbed(flow);
	struct fault fault = { 0, ENOMEM, 0 };

	while (play_with(flow, &after, &fault))
		fault.nth++;
	return fault.nth;
}

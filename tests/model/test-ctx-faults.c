/* SPDX-License-Identifier: BSD-3-Clause */
/* Every call to the system and every allocation of every flow fails once. */
#include "sweep.h"

#include "context/context.h"

#include <errno.h>

/* Opening */

static void begin(struct play *play)
{
	(void)play;
}

static int run_open(struct play *play, struct iova_failure *failure)
{
	struct iova_ctx_opts opts = { .size = sizeof opts, .sys = play->world->sys, .root = "/" };

	return iova_ctx_open(&opts, &play->ctx, failure);
}

static void lend_container(struct play *play)
{
	play->container = raw_open(play->world, "/dev/vfio/vfio");
	assert_true(play->container >= 0);
}

static void lend_attached(struct play *play)
{
	struct raw raw = raw_attach(play->world, GROUP_NIC);

	play->container = raw.container;
	play->group = raw.group;
}

static int run_adopt(struct play *play, struct iova_failure *failure)
{
	struct iova_ctx_opts opts = ctx_lent(play->container);

	opts.sys = play->world->sys;
	return iova_ctx_open(&opts, &play->ctx, failure);
}

/* Attaching */

static void open_own(struct play *play)
{
	play->ctx = ctx_open(play->world, NULL);
}

static void attach_first(struct play *play)
{
	open_own(play);
	attach_group(play->ctx, GROUP_NIC);
}

static void attach_and_map(struct play *play)
{
	attach_first(play);
	assert_mapped(play->ctx, AT, MIB);
}

static int run_attach_nic(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_attach_group(play->ctx, GROUP_NIC, play->change, failure);
}

static int run_attach_usb(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_attach_group(play->ctx, GROUP_USB, play->change, failure);
}

static int run_attach_device(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_attach_device(play->ctx, "00:1f.2", play->change, failure);
}

static void lend_both(struct play *play)
{
	struct iova_ctx_opts opts;

	lend_container(play);
	play->group = raw_open_group(play->world, GROUP_NIC);
	opts = ctx_lent(play->container);
	play->ctx = ctx_open(play->world, &opts);
}

static void lend_both_attached(struct play *play)
{
	struct iova_ctx_opts opts;

	lend_attached(play);
	opts = ctx_lent(play->container);
	play->ctx = ctx_open(play->world, &opts);
}

static int run_adopt_group(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_adopt_group(play->ctx, GROUP_NIC, play->group, NULL, failure);
}

/* Leaving, and looking again */

static void attach_two(struct play *play)
{
	attach_and_map(play);
	attach_group(play->ctx, GROUP_USB);
}

static int run_detach_usb(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_detach_group(play->ctx, GROUP_USB, play->change, failure);
}

static bool usb_is_detached(struct play *play)
{
	return iova_ctx_group_fd(play->ctx, GROUP_USB) == -ENOENT;
}

static int run_detach_nic(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_detach_group(play->ctx, GROUP_NIC, NULL, failure);
}

static bool nic_is_detached(struct play *play)
{
	return iova_ctx_group_fd(play->ctx, GROUP_NIC) == -ENOENT;
}

static int refresh(struct play *play)
{
	return iova_ctx_refresh(play->ctx, NULL, NULL);
}

/* A group more behind our back, so that the refresh has something to find. */
static void attach_behind(struct play *play)
{
	attach_and_map(play);
	assert_int_equal(iova_sim_attach_behind(play->world->sim, IOVA_SIM_ONLY_CONTAINER,
						GROUP_USB),
			 0);
	assert_int_equal(iova_sim_add_region(play->world->sim, GROUP_NIC, AT, AT + 0xfff,
					     "direct-relaxable"),
			 0);
}

static int run_refresh(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_refresh(play->ctx, play->change, failure);
}

/* Mapping */

static int run_map_fixed(struct play *play, struct iova_failure *failure)
{
	return map_at(play->ctx, AT + 2 * MIB, MIB, failure);
}

static int run_map_anywhere(struct play *play, struct iova_failure *failure)
{
	uint64_t iova;

	return iova_ctx_map(play->ctx, (void *)VADDR, MIB, NULL, &iova, failure);
}

static int run_map_identity(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_map_identity(play->ctx, (void *)0x50000000, MIB, NULL, failure);
}

/* One mapping, a gap, two that touch, a gap, one that is only read. */
static void map_with_gaps(struct play *play)
{
	struct iova_map_opts read_only = { .size = sizeof read_only, .access = IOVA_READ };

	attach_and_map(play);
	assert_mapped(play->ctx, AT + 2 * MIB, MIB);
	assert_mapped(play->ctx, AT + 3 * MIB, MIB);
	assert_int_equal(iova_ctx_map_fixed(play->ctx, AT + 5 * MIB, (void *)(VADDR + MIB), MIB,
					    &read_only, NULL),
			 0);
}

static int run_unmap_one(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_unmap(play->ctx, AT + 2 * MIB, MIB, NULL, failure);
}

static int run_unmap_gaps(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_unmap(play->ctx, AT, 6 * MIB, NULL, failure);
}

static int run_unmap_all(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_unmap_all(play->ctx, NULL, failure);
}

/* Arrays: two runs of two pieces each, and one that goes elsewhere */

static struct iova_request many[] = {
	{ AT + 8 * MIB, VADDR, 2 * MIB, 0, 0 },
	{ AT + 5 * MIB, VADDR + MIB, MIB, IOVA_READ, 0 },
	{ AT + 4 * MIB, VADDR, MIB, IOVA_READ, 0 },
};
static const struct iova_many_opts in_steps = { .size = sizeof in_steps, .step = MIB };
static const struct iova_many_opts anywhere = {
	.size = sizeof anywhere, .flags = IOVA_MANY_ANYWHERE, .step = MIB, .alloc = { .align = MIB }
};

static int run_map_many(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_map_many(play->ctx, many, 3, &in_steps, failure);
}

static int run_map_many_anywhere(struct play *play, struct iova_failure *failure)
{
	struct iova_request requests[3] = { many[0], many[1], many[2] };

	return iova_ctx_map_many(play->ctx, requests, 3, &anywhere, failure);
}

/* More records than one node of the table holds. */
static int run_map_many_pieces(struct play *play, struct iova_failure *failure)
{
	struct iova_request request = { AT + 4 * MIB, VADDR, 80 * PAGE, 0, 0 };
	struct iova_many_opts by_pages = { .size = sizeof by_pages, .step = PAGE };

	return iova_ctx_map_many(play->ctx, &request, 1, &by_pages, failure);
}

static void map_pieces(struct play *play)
{
	attach_and_map(play);
	assert_int_equal(iova_ctx_map_many(play->ctx, many, 3, &in_steps, NULL), 0);
}

static int run_unmap_many(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_unmap_many(play->ctx, many, 3, &in_steps, NULL, failure);
}

/* The rest */

static int run_limits(struct play *play, struct iova_failure *failure)
{
	struct iova_limits limits = { .size = sizeof limits };

	return iova_ctx_limits(play->ctx, &limits, failure);
}

static int run_open_device(struct play *play, struct iova_failure *failure)
{
	play->device = iova_ctx_open_device(play->ctx, "0000:01:00.0", failure);
	return play->device;
}

static int run_probe(struct play *play, struct iova_failure *failure)
{
	uint32_t width;

	return iova_ctx_probe_width(play->ctx, &width, failure);
}

static int run_close(struct play *play, struct iova_failure *failure)
{
	(void)failure;
	iova_ctx_close(play->ctx);
	play->ctx = NULL;
	return 0;
}

#define CLOSES (1u << IOVA_SIM_CALL_UNMAP | 1u << IOVA_SIM_CALL_UNSET_CONTAINER)

#define FLOWS(X)                                                                                  \
	X(opening, "desktop", begin, run_open, NULL, NULL, 0)                                     \
	X(adopting_a_container, "desktop", lend_container, run_adopt, NULL, NULL, 0)              \
	X(adopting_a_container_in_use, "desktop", lend_attached, run_adopt, NULL, NULL, 0)        \
	X(attaching_the_first_group, "desktop", open_own, run_attach_nic, NULL, NULL, 0)          \
	X(attaching_on_an_old_kernel, "old", open_own, run_attach_nic, NULL, NULL, 0)             \
	X(attaching_the_second_group, "desktop", attach_and_map, run_attach_usb, NULL, NULL, 0)   \
	X(attaching_by_device, "desktop", attach_first, run_attach_device, NULL, NULL, 0)         \
	X(adopting_a_group, "desktop", lend_both, run_adopt_group, NULL, NULL, 0)                 \
	X(adopting_an_attached_group, "desktop", lend_both_attached, run_adopt_group, NULL, NULL, \
	  0)                                                                                      \
	X(detaching, "desktop", attach_two, run_detach_usb, usb_is_detached, refresh, 0)          \
	X(detaching_the_last_group, "desktop", attach_first, run_detach_nic, nic_is_detached,     \
	  refresh, 0)                                                                             \
	X(refreshing, "desktop", attach_behind, run_refresh, NULL, NULL, 0)                       \
	X(mapping, "desktop", attach_and_map, run_map_fixed, NULL, NULL, 0)                       \
	X(mapping_anywhere, "desktop", attach_and_map, run_map_anywhere, NULL, NULL, 0)           \
	X(mapping_by_identity, "desktop", attach_and_map, run_map_identity, NULL, NULL, 0)        \
	X(unmapping_one, "desktop", map_with_gaps, run_unmap_one, NULL, NULL, 0)                  \
	X(unmapping_over_gaps, "desktop", map_with_gaps, run_unmap_gaps, NULL, NULL, 0)           \
	X(unmapping_all, "desktop", map_with_gaps, run_unmap_all, NULL, NULL, 0)                  \
	X(mapping_many, "desktop", attach_and_map, run_map_many, NULL, NULL, 0)                   \
	X(mapping_many_anywhere, "desktop", attach_and_map, run_map_many_anywhere, NULL, NULL, 0) \
	X(mapping_many_pieces, "desktop", attach_and_map, run_map_many_pieces, NULL, NULL, 0)     \
	X(unmapping_many, "desktop", map_pieces, run_unmap_many, NULL, NULL, 0)                   \
	X(asking_for_limits, "desktop", attach_and_map, run_limits, NULL, NULL, 0)                \
	X(opening_a_device, "desktop", attach_and_map, run_open_device, NULL, NULL, 0)            \
	X(probing_the_width, "old", attach_and_map, run_probe, NULL, NULL, 0)                     \
	X(closing, "desktop", map_with_gaps, run_close, NULL, NULL, CLOSES)

#define DECLARE(name, preset, set_up, run, is_half_done, go_on, harmless)  \
	static const struct flow name = {                                  \
		preset, set_up, run, is_half_done, go_on, harmless, false  \
	};                                                                 \
	static void name##_survives_every_failing_call(void **state)       \
	{                                                                  \
		(void)state;                                               \
		sweep_calls(&name);                                        \
	}                                                                  \
	static void name##_survives_every_failing_allocation(void **state) \
	{                                                                  \
		(void)state;                                               \
		sweep_allocations(&name);                                  \
	}

FLOWS(DECLARE)

static void unmapping_needs_no_memory(void **state)
{
	(void)state;
	assert_int_equal(sweep_allocations(&unmapping_one), 0);
	assert_int_equal(sweep_allocations(&unmapping_over_gaps), 0);
	assert_int_equal(sweep_allocations(&unmapping_all), 0);
}

#define LIST(name, ...)                                       \
	cmocka_unit_test(name##_survives_every_failing_call), \
		cmocka_unit_test(name##_survives_every_failing_allocation),

int main(void)
{
	const struct CMUnitTest tests[] = {
		FLOWS(LIST) cmocka_unit_test(unmapping_needs_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Every call to the system and every allocation of the flows on iommufd fails once. */
#include "sweep.h"

#include "iommufd-help.h"

#define BIT(call) (UINT64_C(1) << (call))

/* Opening */

static void begin(struct play *play)
{
	(void)play;
}

static int run_open(struct play *play, struct iova_failure *failure)
{
	struct iova_ctx_opts opts = ctx_native();

	opts.sys = play->world->sys;
	opts.root = "/";
	opts.flags = IOVA_CTX_PIN | IOVA_CTX_SMALL_PAGES;
	opts.device = NIC;
	return iova_ctx_open(&opts, &play->ctx, failure);
}

static void lend_ioas(struct play *play)
{
	play->container = raw_iommufd(play->world);
	assert_int_equal(raw_ioas(play->world, play->container), 1);
}

static int run_adopt(struct play *play, struct iova_failure *failure)
{
	struct iova_ctx_opts opts = ctx_on(play->container, 1);

	opts.sys = play->world->sys;
	return iova_ctx_open(&opts, &play->ctx, failure);
}

/* Attaching and detaching */

static void open_pinning(struct play *play)
{
	struct iova_ctx_opts opts = ctx_native();

	opts.flags = IOVA_CTX_PIN;
	free_sound(play->world);
	play->ctx = ctx_open(play->world, &opts);
}

static void with_nic(struct play *play)
{
	play->ctx = ctx_native_with(play->world, NIC);
}

static void with_mapping(struct play *play)
{
	with_nic(play);
	assert_mapped(play->ctx, AT, MIB);
}

static void with_card(struct play *play)
{
	free_sound(play->world);
	with_mapping(play);
	attach_group(play->ctx, GROUP_GPU);
}

static int run_attach_device(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_attach_device(play->ctx, USB, play->change, failure);
}

static int run_attach_group(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_attach_group(play->ctx, GROUP_GPU, play->change, failure);
}

static int run_detach_group(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_detach_group(play->ctx, GROUP_GPU, play->change, failure);
}

static bool card_is_detached(struct play *play)
{
	return info_of(play->ctx).n_groups == 1;
}

static int run_detach_device(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_detach_device(play->ctx, NIC, NULL, failure);
}

static bool all_is_detached(struct play *play)
{
	return info_of(play->ctx).n_groups == 0;
}

static int refresh(struct play *play)
{
	return iova_ctx_refresh(play->ctx, NULL, NULL);
}

static void lend_device(struct play *play)
{
	with_mapping(play);
	play->group = raw_cdev(play->world, NODE_USB);
}

static int run_adopt_device(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_adopt_device(play->ctx, USB, play->group, 0, NULL, failure);
}

/* Bound it stays until its descriptor is closed: the lender opens another. */
static bool is_only_bound(struct play *play)
{
	return info_of(play->ctx).n_devices == 1 && report_of(play->world).n_bound == 2;
}

static int lend_again(struct play *play)
{
	assert_int_equal(raw_close(play->world, play->group), 0);
	play->group = raw_cdev(play->world, NODE_USB);
	return run_adopt_device(play, NULL);
}

/* The iommufd is lent, too, for its id to be known. */
static void lend_attached(struct play *play)
{
	struct iova_ctx_opts opts;

	lend_ioas(play);
	play->group = raw_cdev(play->world, NODE_USB);
	assert_int_equal(raw_bind(play->world, play->group, play->container, NULL), 0);
	assert_int_equal(raw_attach_pt(play->world, play->group, 1), 0);
	opts = ctx_on(play->container, 1);
	play->ctx = ctx_open(play->world, &opts);
}

static int run_adopt_attached(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_adopt_device(play->ctx, USB, play->group, 2, NULL, failure);
}

/* Promises */

static int run_pin(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_pin(play->ctx, failure);
}

static void with_promise(struct play *play)
{
	with_mapping(play);
	assert_int_equal(iova_ctx_pin(play->ctx, NULL), 0);
}

static int run_unpin(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_unpin(play->ctx, failure);
}

/* Two contexts */

static void with_other(struct play *play)
{
	struct iova_ctx_opts opts;

	with_card(play);
	opts = ctx_on(info_of(play->ctx).fd, 0);
	play->other = ctx_open(play->world, &opts);
	attach_device(play->other, USB);
	assert_mapped(play->ctx, AT + MIB, MIB);
	assert_mapped(play->other, AT + 8 * MIB, MIB);
}

static int run_move(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_move_device(play->ctx, GPU, play->other, play->change, failure);
}

static int run_copy(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_copy(play->ctx, AT + PAGE, 2 * MIB - PAGE, play->other, AT, NULL, failure);
}

/* Mapping */

static int run_map_fixed(struct play *play, struct iova_failure *failure)
{
	return map_at(play->ctx, AT + 2 * MIB, MIB, failure);
}

static const struct iova_map_opts chosen = { .size = sizeof chosen,
					     .flags = IOVA_MAP_KERNEL_CHOOSES };

static int run_map_chosen(struct play *play, struct iova_failure *failure)
{
	uint64_t iova;

	return iova_ctx_map(play->ctx, (void *)VADDR, MIB, &chosen, &iova, failure);
}

static void with_file(struct play *play)
{
	with_mapping(play);
	play->group = iova_sim_memfd(play->world->sim, 4 * MIB);
}

static int run_map_file(struct play *play, struct iova_failure *failure)
{
	uint64_t iova;

	return iova_ctx_map_file(play->ctx, play->group, 0, MIB, &chosen, &iova, failure);
}

static int run_map_file_fixed(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_map_file_fixed(play->ctx, AT + MIB, play->group, 0, MIB, NULL, failure);
}

static struct iova_request many[] = {
	{ AT + 8 * MIB, VADDR, 2 * MIB, 0, 0 },
	{ AT + 4 * MIB, VADDR, MIB, IOVA_READ, 0 },
};
static const struct iova_many_opts in_steps = { .size = sizeof in_steps, .step = MIB };

static int run_map_many(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_map_many(play->ctx, many, 2, &in_steps, failure);
}

/* Unmapping: a mapping, a gap, two that touch, of which one is a file. */
static void with_gaps(struct play *play)
{
	with_file(play);
	assert_mapped(play->ctx, AT + 2 * MIB, MIB);
	assert_int_equal(iova_ctx_map_file_fixed(play->ctx, AT + 3 * MIB, play->group, 0, MIB, NULL,
						 NULL),
			 0);
}

static int run_unmap_one(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_unmap(play->ctx, AT, MIB, NULL, failure);
}

static int run_unmap_gaps(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_unmap(play->ctx, AT, 4 * MIB, NULL, failure);
}

static int run_unmap_all(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_unmap_all(play->ctx, NULL, failure);
}

static void with_many(struct play *play)
{
	with_mapping(play);
	assert_int_equal(run_map_many(play, NULL), 0);
}

static int run_unmap_many(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_unmap_many(play->ctx, many, 2, &in_steps, NULL, failure);
}

/* The rest */

static int run_open_device(struct play *play, struct iova_failure *failure)
{
	play->device = iova_ctx_open_device(play->ctx, NIC, failure);
	return play->device;
}

static int run_refresh(struct play *play, struct iova_failure *failure)
{
	return iova_ctx_refresh(play->ctx, play->change, failure);
}

static int run_close(struct play *play, struct iova_failure *failure)
{
	(void)failure;
	iova_ctx_close(play->ctx);
	play->ctx = NULL;
	return 0;
}

/* Behind a compat container; as many IOASes as in the end, for the first comes with a group. */

static void open_compat(struct play *play)
{
	struct iova_ctx_opts opts = ctx_compat();

	free_sound(play->world);
	play->ctx = ctx_with(play->world, &opts, GROUP_NIC);
}

static void with_compat_card(struct play *play)
{
	open_compat(play);
	assert_mapped(play->ctx, AT, MIB);
	assert_mapped(play->ctx, AT + 2 * MIB, MIB);
	attach_group(play->ctx, GROUP_GPU);
}

#define ALLOW BIT(IOVA_SIM_CALL_IOAS_ALLOW_IOVAS)
#define CLOSES                                                                                     \
	(BIT(IOVA_SIM_CALL_IOAS_UNMAP) | BIT(IOVA_SIM_CALL_DETACH_PT) | BIT(IOVA_SIM_CALL_UNMAP) | \
	 BIT(IOVA_SIM_CALL_UNSET_CONTAINER))
/* After a device has gone; how memory is counted, which is taken to be by user. */
#define RANGES BIT(IOVA_SIM_CALL_IOAS_IOVA_RANGES)
#define OPTION BIT(IOVA_SIM_CALL_IOMMU_OPTION)

#define NATIVE "iommufd"
#define FILES "iommufd-6.13"

#define FLOWS(X)                                                                                   \
	X(opening, NATIVE, begin, run_open, NULL, NULL, OPTION, false)                             \
	X(adopting_an_ioas, NATIVE, lend_ioas, run_adopt, NULL, NULL, OPTION, false)               \
	X(attaching_a_device, NATIVE, with_mapping, run_attach_device, NULL, NULL, 0, false)       \
	X(attaching_and_pinning, NATIVE, open_pinning, run_attach_group, NULL, NULL,               \
	  BIT(IOVA_SIM_CALL_OPEN), false)                                                          \
	X(detaching_a_group, NATIVE, with_card, run_detach_group, card_is_detached, refresh, 0,    \
	  false)                                                                                   \
	X(detaching_the_last, NATIVE, with_nic, run_detach_device, all_is_detached, refresh, 0,    \
	  false)                                                                                   \
	X(adopting_a_device, NATIVE, lend_device, run_adopt_device, is_only_bound, lend_again, 0,  \
	  false)                                                                                   \
	X(adopting_an_attached_device, NATIVE, lend_attached, run_adopt_attached, NULL, NULL,      \
	  BIT(IOVA_SIM_CALL_GET_API_VERSION) | BIT(IOVA_SIM_CALL_ATTACH_PT), false)                \
	X(pinning, NATIVE, with_mapping, run_pin, NULL, NULL, 0, false)                            \
	X(unpinning, NATIVE, with_promise, run_unpin, NULL, NULL, 0, false)                        \
	X(moving, NATIVE, with_other, run_move, NULL, NULL, RANGES | BIT(IOVA_SIM_CALL_OPEN),      \
	  true)                                                                                    \
	X(copying, NATIVE, with_other, run_copy, NULL, NULL, 0, false)                             \
	X(mapping, NATIVE, with_mapping, run_map_fixed, NULL, NULL, 0, false)                      \
	X(mapping_where_the_kernel_likes, NATIVE, with_mapping, run_map_chosen, NULL, NULL, ALLOW, \
	  false)                                                                                   \
	X(mapping_a_file, FILES, with_file, run_map_file, NULL, NULL, ALLOW, false)                \
	X(mapping_a_file_fixed, FILES, with_file, run_map_file_fixed, NULL, NULL, 0, false)        \
	X(mapping_many, NATIVE, with_mapping, run_map_many, NULL, NULL, 0, false)                  \
	X(unmapping_one, NATIVE, with_mapping, run_unmap_one, NULL, NULL, 0, false)                \
	X(unmapping_over_gaps, FILES, with_gaps, run_unmap_gaps, NULL, NULL, 0, false)             \
	X(unmapping_all, FILES, with_gaps, run_unmap_all, NULL, NULL,                              \
	  BIT(IOVA_SIM_CALL_IOAS_UNMAP), false)                                                    \
	X(unmapping_many, NATIVE, with_many, run_unmap_many, NULL, NULL, 0, false)                 \
	X(opening_a_device, NATIVE, with_nic, run_open_device, NULL, NULL, 0, false)               \
	X(refreshing, NATIVE, with_mapping, run_refresh, NULL, NULL, 0, false)                     \
	X(closing, FILES, with_gaps, run_close, NULL, NULL, CLOSES, false)                         \
	X(attaching_behind, "compat", open_compat, run_attach_group, NULL, NULL, 0, false)         \
	X(detaching_behind, "compat", with_compat_card, run_detach_group, card_is_detached,        \
	  refresh, BIT(IOVA_SIM_CALL_GET_STATUS), false)                                           \
	X(unmapping_behind, NATIVE, with_compat_card, run_unmap_gaps, NULL, NULL, 0, false)        \
	X(closing_behind, NATIVE, with_compat_card, run_close, NULL, NULL, CLOSES, false)

#define DECLARE(name, preset, set_up, run, is_half_done, go_on, harmless, later) \
	static const struct flow name = {                                        \
		preset, set_up, run, is_half_done, go_on, harmless, later        \
	};                                                                       \
	static void name##_survives_every_failing_call(void **state)             \
	{                                                                        \
		(void)state;                                                     \
		sweep_calls(&name);                                              \
	}                                                                        \
	static void name##_survives_every_failing_allocation(void **state)       \
	{                                                                        \
		(void)state;                                                     \
		sweep_allocations(&name);                                        \
	}

FLOWS(DECLARE)

#define LIST(name, ...)                                       \
	cmocka_unit_test(name##_survives_every_failing_call), \
		cmocka_unit_test(name##_survives_every_failing_allocation),

int main(void)
{
	const struct CMUnitTest tests[] = { FLOWS(LIST) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* What contexts make of replies to GET_INFO: long, growing, contradictory, damaged. */
#include "ctx-help.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ROOM 512 /* what the library asks with at first */

static const struct iova_range whole = { 0, UINT64_MAX };

/* Each address is in exactly one tier. */
static void assert_tiers_divide_the_space(struct iova_ctx *ctx)
{
	struct iova_set *all, *tier;

	assert_int_equal(iova_set_new(&all), 0);
	assert_int_equal(iova_set_new(&tier), 0);
	for (uint32_t t = IOVA_TIER_USABLE; t <= IOVA_TIER_REFUSED; t++) {
		struct iova_range range;

		assert_int_equal(iova_space_read_tier(iova_ctx_space(ctx), t, tier), 0);
		for (size_t i = 0; !iova_set_nth(tier, i, &range); i++)
			assert_int_equal(iova_set_overlaps(all, &range), 0);
		assert_int_equal(iova_set_unite(all, tier), 0);
	}
	assert_int_equal(iova_set_contains(all, &whole), 1);
	iova_set_free(tier);
	iova_set_free(all);
}

static void assert_sane(struct iova_ctx *ctx)
{
	uint64_t granule = iova_space_granule(iova_ctx_space(ctx));

	assert_tiers_divide_the_space(ctx);
	assert_true(granule && !(granule & (granule - 1)));
	/* Whatever the kernel says, sysfs has its word. */
	assert_true(tier_holds(ctx, IOVA_TIER_REFUSED, 0xfee00000, 0xfeefffff));
	assert_true(tier_holds(ctx, IOVA_TIER_REFUSED, UINT64_MAX - 0xfff, UINT64_MAX));
}

/* One byte of every reply is wrong. */
static void attach_with_damage(const struct world *world, size_t offset, unsigned char value,
			       const struct view *intact, unsigned int n[2])
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_open(world, NULL);
	struct view before = view_of(world, ctx), after;
	int r;

	assert_int_equal(iova_sim_corrupt_info(world->sim, offset, 1, value), 0);
	r = iova_ctx_attach_group(ctx, GROUP_NIC, NULL, &failure);
	n[r < 0]++;
	if (r < 0) {
		assert_failed(&failure, -EPROTO, IOVA_STEP_GET_INFO, IOVA_WHY_BAD_REPLY);
		after = view_of(world, ctx);
		assert_same_view(&before, &after);
	} else {
		assert_sane(ctx);
	}
	iova_sim_clear_corruption(world->sim);
	if (r < 0)
		attach_group(ctx, GROUP_NIC);
	else
		assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	after = view_of(world, ctx);
	assert_same_view(intact, &after);
	iova_ctx_close(ctx);
}

static void a_damaged_byte_does_no_more_than_refuse(void **state)
{
	static const char *const releases[] = { "5.4", "5.10", "6.1", "6.12" };
	const struct world *world = *state;

	for (size_t i = 0; i < 4; i++) {
		unsigned char reply[ROOM];
		unsigned int n[2] = { 0 };
		struct iova_ctx *ctx;
		struct view intact;
		struct raw raw;
		size_t size;

		world_kernel(world, releases[i]);
		ctx = ctx_with(world, NULL, GROUP_NIC);
		intact = view_of(world, ctx);
		iova_ctx_close(ctx);
		raw = raw_attach(world, GROUP_NIC);
		assert_int_equal(raw_info(world, raw.container, reply, 24), 0);
		size = raw_u32(reply, 0);
		assert_in_range(size, 72, ROOM - 16);
		assert_int_equal(raw_info(world, raw.container, reply, ROOM), 0);
		raw_detach(world, raw);
		for (size_t offset = 0; offset < size + 16; offset++) {
			attach_with_damage(world, offset, 0, &intact, n);
			attach_with_damage(world, offset, 0xff, &intact, n);
			attach_with_damage(world, offset, reply[offset] ^ 0xff, &intact, n);
			attach_with_damage(world, offset, reply[offset] ^ 1, &intact, n);
		}
		assert_true(n[0] > 50 && n[1] > 20);
	}
}

static void corrupt32(const struct world *world, size_t offset, uint32_t value)
{
	assert_int_equal(iova_sim_corrupt_info(world->sim, offset, sizeof value, value), 0);
}

static void assert_attach_is_eproto(const struct world *world)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_open(world, NULL);

	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_NIC, NULL, &failure), -EPROTO);
	assert_failed(&failure, -EPROTO, IOVA_STEP_GET_INFO, IOVA_WHY_BAD_REPLY);
	assert_names(&failure, ctx, "contradicts itself");
	iova_sim_clear_corruption(world->sim);
	attach_group(ctx, GROUP_NIC);
	iova_ctx_close(ctx);
}

static void a_reply_that_never_fits_is_given_up(void **state)
{
	const struct world *world = *state;
	uint64_t n = world_calls(world, IOVA_SIM_CALL_GET_INFO);

	/* Did not fit, and needs no more than there was. */
	corrupt32(world, offsetof(struct iova_vfio_info, cap_offset), 0);
	corrupt32(world, 0, ROOM);
	assert_attach_is_eproto(world);
	/* Needs all memory there is. */
	corrupt32(world, offsetof(struct iova_vfio_info, cap_offset), 0);
	corrupt32(world, 0, UINT32_MAX);
	assert_attach_is_eproto(world);
	/* Each: one to see whether there is an IOMMU, one that fails, and both again. */
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_GET_INFO) - n, 8);
}

static void a_list_of_another_version_is_no_list(void **state)
{
	const struct world *world = *state;
	unsigned char reply[ROOM];
	struct raw raw = raw_attach(world, GROUP_NIC);
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx;
	uint32_t at;

	assert_int_equal(raw_info(world, raw.container, reply, ROOM), 0);
	at = raw_find_cap(reply, IOVA_VFIO_CAP_IOVA_RANGE);
	raw_detach(world, raw);
	assert_int_equal(iova_sim_corrupt_info(world->sim, at + 2, 2, 7), 0);
	ctx = ctx_with(world, &opts, GROUP_NIC);
	assert_int_equal(list_state(ctx), IOVA_LIST_NONE);
	assert_true(ears.n[IOVA_LOG_WARNING] > 0);
	iova_sim_clear_corruption(world->sim);
	iova_ctx_close(ctx);
}

static void capabilities_without_a_list_mean_unrestricted(void **state)
{
	const struct world *world = *state;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	struct iova_ctx *ctx;

	iova_sim_get_kernel(world->sim, &kernel);
	kernel.has_list = 0;
	iova_sim_set_kernel(world->sim, &kernel);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	assert_int_equal(list_state(ctx), IOVA_LIST_UNRESTRICTED);
	assert_int_equal(iova_space_top_known(iova_ctx_space(ctx)), 1);
	assert_true(tier_holds(ctx, IOVA_TIER_USABLE, 0xfef00000, UINT64_MAX - 0x1000));
	assert_sane(ctx);
	iova_ctx_close(ctx);
}

/* Groups 10 to 29, each with 40 regions of its own and as many holes in the list. */
#define N_REGIONS 40ull
#define FIRST_GROUP 10
#define LAST_GROUP 29

static void add_many_regions(const struct world *world)
{
	for (uint32_t id = FIRST_GROUP; id <= LAST_GROUP; id++) {
		uint64_t start = id * 0x10000000ull;
		char name[32];

		snprintf(name, sizeof name, "0000:%02x:00.0", id);
		assert_int_equal(iova_sim_add_group(world->sim, id, "DMA"), 0);
		assert_int_equal(iova_sim_add_device(world->sim, id, name, 1, 2, 0x020000,
						     "vfio-pci"),
				 0);
		for (uint64_t i = 0; i < N_REGIONS; i++, start += MIB)
			assert_int_equal(iova_sim_add_region(world->sim, id, start, start + 0xffff,
							     "reserved"),
					 0);
	}
}

static size_t count_kernel_ranges(struct iova_ctx *ctx)
{
	struct iova_set *set;
	uint32_t list;
	size_t n;

	assert_int_equal(iova_set_new(&set), 0);
	assert_int_equal(iova_space_read_kernel(iova_ctx_space(ctx), &list, set), 0);
	assert_int_equal(list, IOVA_LIST_RANGES);
	n = iova_set_count(set);
	iova_set_free(set);
	return n;
}

static void a_long_list_is_read_whole(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx;

	add_many_regions(world);
	ctx = ctx_with(world, NULL, FIRST_GROUP);
	assert_int_equal(count_kernel_ranges(ctx), N_REGIONS + 1);
	for (uint32_t id = FIRST_GROUP + 1; id <= LAST_GROUP; id++)
		attach_group(ctx, id);
	assert_int_equal(count_kernel_ranges(ctx), 20 * N_REGIONS + 1);
	iova_ctx_close(ctx);
}

struct crowd {
	uint32_t next;
	uint32_t last;
};

/* After each look the list is longer. */
static void one_more(struct iova_sim *sim, void *arg)
{
	struct crowd *crowd = arg;

	if (crowd->next > crowd->last)
		return;
	assert_int_equal(iova_sim_attach_behind(sim, IOVA_SIM_ONLY_CONTAINER, crowd->next++), 0);
	assert_int_equal(iova_sim_after(sim, IOVA_SIM_CALL_GET_INFO, 1, one_more, crowd), 0);
}

static void disperse(const struct world *world, const struct crowd *crowd)
{
	iova_sim_clear_faults(world->sim);
	for (uint32_t id = FIRST_GROUP + 1; id < crowd->next; id++)
		assert_int_equal(iova_sim_detach_behind(world->sim, id), 0);
}

static void a_list_that_grows_between_two_looks_is_read_again(void **state)
{
	const struct world *world = *state;
	struct crowd crowd = { FIRST_GROUP + 1, FIRST_GROUP + 4 };
	struct iova_ctx *ctx;

	add_many_regions(world);
	ctx = ctx_open(world, NULL);
	/* The first GET_INFO only asks whether there is an IOMMU. */
	assert_int_equal(iova_sim_after(world->sim, IOVA_SIM_CALL_GET_INFO, 2, one_more, &crowd),
			 0);
	attach_group(ctx, FIRST_GROUP);
	assert_int_equal(crowd.next, FIRST_GROUP + 5);
	assert_int_equal(count_kernel_ranges(ctx), 5 * N_REGIONS + 1);
	disperse(world, &crowd);
	iova_ctx_close(ctx);
}

static void a_list_that_grows_for_ever_is_given_up(void **state)
{
	const struct world *world = *state;
	struct crowd crowd = { FIRST_GROUP + 1, LAST_GROUP };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx;

	add_many_regions(world);
	ctx = ctx_open(world, NULL);
	assert_int_equal(iova_sim_after(world->sim, IOVA_SIM_CALL_GET_INFO, 2, one_more, &crowd),
			 0);
	assert_int_equal(iova_ctx_attach_group(ctx, FIRST_GROUP, NULL, &failure), -EPROTO);
	assert_failed(&failure, -EPROTO, IOVA_STEP_GET_INFO, IOVA_WHY_BAD_REPLY);
	assert_true(crowd.next < LAST_GROUP);
	assert_int_equal(iova_space_read_groups(iova_ctx_space(ctx), NULL, 0), 0);
	disperse(world, &crowd);
	attach_group(ctx, FIRST_GROUP);
	assert_int_equal(count_kernel_ranges(ctx), N_REGIONS + 1);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, a_damaged_byte_does_no_more_than_refuse),
		ON(desktop, a_reply_that_never_fits_is_given_up),
		ON(desktop, a_list_of_another_version_is_no_list),
		ON(desktop, capabilities_without_a_list_mean_unrestricted),
		ON(empty, a_long_list_is_read_whole),
		ON(empty, a_list_that_grows_between_two_looks_is_read_again),
		ON(empty, a_list_that_grows_for_ever_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Two contexts on one iommufd: memory that both map, and devices that change sides. */
#include "iommufd-help.h"

struct two {
	const struct world *world;
	struct iova_ctx *from;
	struct iova_ctx *to;
};

/* The second lives on the iommufd of the first. */
static struct two open_two(const struct world *world, const char *device, const char *other)
{
	struct two two = { .world = world, .from = ctx_native_with(world, device) };
	struct iova_ctx_opts opts = ctx_on(info_of(two.from).fd, 0);

	two.to = ctx_open(world, &opts);
	if (other)
		attach_device(two.to, other);
	return two;
}

static void close_two(struct two *two)
{
	iova_ctx_close(two->to);
	iova_ctx_close(two->from);
}

/* Refused, and both are as they were. */
#define REFUSED_BOTH(two, call, error, step, why)                              \
	do {                                                                   \
		struct view other = view_of((two)->world, (two)->from), later; \
		REFUSED((two)->world, (two)->to, call, error, step, why);      \
		later = view_of((two)->world, (two)->from);                    \
		assert_same_view(&other, &later);                              \
	} while (0)

static uint64_t n_pinned(const struct two *two)
{
	return report_of(two->world).n_pinned_pages;
}

static void what_is_copied_is_pinned_once(void **state)
{
	struct two two = open_two(*state, NIC, USB);
	struct iova_mapping mapping;

	assert_mapped(two.from, AT, MIB);
	assert_int_equal(iova_ctx_copy(two.from, AT, MIB, two.to, AT + MIB, NULL, NULL), 0);
	world_assert_n_mappings(two.world, 2);
	assert_int_equal(n_pinned(&two), 256);
	assert_int_equal(iova_space_find(iova_ctx_space(two.to), 0, &mapping), 0);
	assert_int_equal(mapping.range.start, AT + MIB);
	assert_int_equal(mapping.range.last, AT + 2 * MIB - 1);
	assert_int_equal(mapping.vaddr, VADDR);
	assert_int_equal(mapping.access, IOVA_READ | IOVA_WRITE);
	/* Each goes by itself. */
	assert_int_equal(iova_ctx_unmap_all(two.from, NULL, NULL), 0);
	assert_int_equal(n_pinned(&two), 256);
	assert_int_equal(iova_ctx_unmap(two.to, AT + MIB, MIB, NULL, NULL), 0);
	assert_int_equal(n_pinned(&two), 0);
	close_two(&two);
}

/* From the middle of one mapping over a second into a third. */
static void a_range_may_begin_and_end_within_mappings(void **state)
{
	struct two two = open_two(*state, NIC, USB);

	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(iova_ctx_map_fixed(two.from, AT + i * MIB,
						    (void *)(VADDR + (2 - i) * MIB), MIB, NULL,
						    NULL),
				 0);
	assert_int_equal(iova_ctx_copy(two.from, AT + MIB - PAGE, MIB + 2 * PAGE, two.to, AT, NULL,
				       NULL),
			 0);
	assert_int_equal(iova_space_count(iova_ctx_space(two.to)), 3);
	world_assert_mapping(two.world, 3, AT, VADDR + 3 * MIB - PAGE, PAGE, 3);
	world_assert_mapping(two.world, 4, AT + PAGE, VADDR + MIB, MIB, 3);
	world_assert_mapping(two.world, 5, AT + PAGE + MIB, VADDR, PAGE, 3);
	assert_int_equal(iova_ctx_unmap(two.to, AT, MIB + 2 * PAGE, NULL, NULL), 0);
	world_assert_n_mappings(two.world, 3);
	close_two(&two);
}

static void access_is_given_no_further(void **state)
{
	struct two two = open_two(*state, NIC, USB);
	struct iova_map_opts read_only = { .size = sizeof read_only, .access = IOVA_READ };

	assert_int_equal(iova_ctx_map_fixed(two.from, AT, (void *)VADDR, MIB, &read_only, NULL), 0);
	REFUSED_BOTH(&two, iova_ctx_copy(two.from, AT, MIB, two.to, AT, NULL, &failure), -EPERM,
		     IOVA_STEP_COPY, IOVA_WHY_UNKNOWN);
	assert_int_equal(iova_ctx_copy(two.from, AT, MIB, two.to, AT, &read_only, NULL), 0);
	world_assert_mapping(two.world, 1, AT, VADDR, MIB, 1);
	close_two(&two);
}

static void what_cannot_be_copied_changes_nothing(void **state)
{
	const struct world *world = *state;
	struct two two = open_two(world, NIC, USB);
	const struct iova_map_opts same = { .size = sizeof same, .flags = IOVA_MAP_SAME_OK };
	const struct iova_map_opts strict = { .size = sizeof strict, .flags = IOVA_MAP_NO_WARN };

	assert_mapped(two.from, AT, MIB);
	assert_mapped(two.from, AT + 2 * MIB, MIB);
	assert_mapped(two.to, AT + 8 * MIB, PAGE);
	/* A gap, and nothing at all. */
	REFUSED_BOTH(&two, iova_ctx_copy(two.from, AT, 3 * MIB, two.to, AT, NULL, &failure),
		     -ENOENT, IOVA_STEP_CHECK, IOVA_WHY_NOT_MAPPED);
	REFUSED_BOTH(&two, iova_ctx_copy(two.from, AT - PAGE, MIB, two.to, AT, NULL, &failure),
		     -ENOENT, IOVA_STEP_CHECK, IOVA_WHY_NOT_MAPPED);
	REFUSED_BOTH(&two, iova_ctx_copy(two.from, AT, 0, two.to, AT, NULL, &failure), -EINVAL,
		     IOVA_STEP_ARGUMENT, IOVA_WHY_ZERO_LENGTH);
	REFUSED_BOTH(&two, iova_ctx_copy(two.from, AT + 1, PAGE, two.to, AT, NULL, &failure),
		     -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_UNALIGNED);
	REFUSED_BOTH(&two, iova_ctx_copy(two.from, AT, PAGE, two.to, AT + 1, NULL, &failure),
		     -EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_UNALIGNED);
	REFUSED_BOTH(&two, iova_ctx_copy(two.from, -PAGE, 2 * PAGE, two.to, AT, NULL, &failure),
		     -EOVERFLOW, IOVA_STEP_ARGUMENT, IOVA_WHY_WRAPS);
	REFUSED_BOTH(&two, iova_ctx_copy(two.from, AT, 2 * PAGE, two.to, -PAGE, NULL, &failure),
		     -EOVERFLOW, IOVA_STEP_ARGUMENT, IOVA_WHY_WRAPS);
	/* What is in the way over there. */
	REFUSED_BOTH(&two, iova_ctx_copy(two.from, AT, MIB, two.to, AT + 8 * MIB, NULL, &failure),
		     -EEXIST, IOVA_STEP_CHECK, IOVA_WHY_OVERLAP);
	REFUSED_BOTH(&two, iova_ctx_copy(two.from, AT, MIB, two.to, 0xfee00000, NULL, &failure),
		     -EADDRNOTAVAIL, IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
	REFUSED_BOTH(&two,
		     iova_ctx_copy(two.from, AT, PAGE, two.to, RELAXABLE_USB, &strict, &failure),
		     -EADDRNOTAVAIL, IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
	REFUSED_BOTH(&two, iova_ctx_copy(two.from, AT, MIB, two.to, AT, &same, &failure), -EINVAL,
		     IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS);
	close_two(&two);
}

/* The second of three requests fails: the first is undone. */
static void a_copy_that_fails_half_way_is_undone(void **state)
{
	const struct world *world = *state;
	struct two two = open_two(world, NIC, USB);

	for (uint64_t i = 0; i < 3; i++)
		assert_mapped(two.from, AT + i * MIB, MIB);
	assert_mapped(two.to, AT + 8 * MIB, MIB);
	for (uint64_t nth = 1; nth <= 3; nth++) {
		assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_COPY, nth, EIO), 0);
		REFUSED_BOTH(&two, iova_ctx_copy(two.from, AT, 3 * MIB, two.to, AT, NULL, &failure),
			     -EIO, IOVA_STEP_COPY, IOVA_WHY_UNKNOWN);
	}
	/* What the kernel has mapped there and we do not know. */
	assert_int_equal(raw_ioas_map(world, info_of(two.to).fd, info_of(two.to).ioas, AT + 2 * MIB,
				      VADDR, PAGE),
			 0);
	REFUSED_BOTH(&two, iova_ctx_copy(two.from, AT, 3 * MIB, two.to, AT, NULL, &failure),
		     -EEXIST, IOVA_STEP_COPY, IOVA_WHY_OVERLAP);
	close_two(&two);
}

static void a_copy_needs_one_iommufd(void **state)
{
	const struct world *world = *state;
	struct two two = { world, ctx_native_with(world, NIC), ctx_native_with(world, USB) };

	assert_mapped(two.from, AT, MIB);
	REFUSED_BOTH(&two, iova_ctx_copy(two.from, AT, MIB, two.to, AT, NULL, &failure), -EINVAL,
		     IOVA_STEP_ARGUMENT, IOVA_WHY_OTHER_IOMMUFD);
	REFUSED_BOTH(&two, iova_ctx_move_device(two.to, USB, two.from, NULL, &failure), -EINVAL,
		     IOVA_STEP_ARGUMENT, IOVA_WHY_OTHER_IOMMUFD);
	REFUSED_BOTH(&two, iova_ctx_copy(two.from, AT, MIB, two.from, AT, NULL, &failure), -EINVAL,
		     IOVA_STEP_ARGUMENT, IOVA_WHY_NULL);
	REFUSED_BOTH(&two, iova_ctx_move_device(two.to, USB, two.to, NULL, &failure), -EINVAL,
		     IOVA_STEP_ARGUMENT, IOVA_WHY_NULL);
	REFUSED_BOTH(&two, iova_ctx_copy(NULL, AT, MIB, two.to, AT, NULL, &failure), -EINVAL,
		     IOVA_STEP_ARGUMENT, IOVA_WHY_NULL);
	REFUSED_BOTH(&two, iova_ctx_move_device(two.to, NULL, two.from, NULL, &failure), -EINVAL,
		     IOVA_STEP_ARGUMENT, IOVA_WHY_NULL);
	close_two(&two);
	two.from = ctx_native_with(world, NIC);
	two.to = ctx_with(world, NULL, GROUP_USB);
	assert_mapped(two.to, AT, MIB);
	REFUSED_BOTH(&two, iova_ctx_copy(two.to, AT, MIB, two.from, AT, NULL, &failure), -EINVAL,
		     IOVA_STEP_ARGUMENT, IOVA_WHY_BACKEND);
	REFUSED_BOTH(&two, iova_ctx_move_device(two.from, NIC, two.to, NULL, &failure), -EINVAL,
		     IOVA_STEP_ARGUMENT, IOVA_WHY_BACKEND);
	close_two(&two);
}

/* In one step, so that it is attached all the time: the holes of its old IOAS go, those of the new come. */
static void a_device_changes_sides(void **state)
{
	const struct world *world = *state;
	struct two two = open_two(world, NIC, NULL);
	struct iova_change *change = change_made();

	attach_device(two.from, USB);
	assert_mapped(two.from, AT, MIB);
	assert_int_equal(iova_ctx_move_device(two.from, USB, two.to, change, NULL), 0);
	assert_false(iova_change_is_empty(change));
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_DETACH_PT), 0);
	assert_int_equal(info_of(two.from).n_devices, 1);
	assert_int_equal(info_of(two.from).n_groups, 1);
	assert_int_equal(info_of(two.to).n_devices, 1);
	assert_int_equal(list_state(two.to), IOVA_LIST_RANGES);
	assert_true(tier_holds(two.to, IOVA_TIER_AVOID, RELAXABLE_USB, RELAXABLE_LAST));
	assert_true(tier_holds(two.from, IOVA_TIER_USABLE, RELAXABLE_USB, RELAXABLE_LAST));
	assert_mapped(two.to, AT, MIB);
	/* It is the other's now, to detach and to close. */
	assert_int_equal(iova_ctx_detach_device(two.from, USB, NULL, NULL), -ENOENT);
	assert_int_equal(iova_ctx_unmap_all(two.to, NULL, NULL), 0);
	assert_int_equal(iova_ctx_detach_device(two.to, USB, NULL, NULL), 0);
	assert_int_equal(report_of(world).n_bound, 1);
	iova_change_free(change);
	close_two(&two);
}

static void a_group_changes_sides_together(void **state)
{
	const struct world *world = *state;
	struct two two;

	free_sound(world);
	two = open_two(world, GPU, NIC);
	attach_device(two.from, SOUND);
	assert_int_equal(iova_ctx_move_device(two.from, "04:00.1", two.to, NULL, NULL), 0);
	assert_int_equal(info_of(two.from).n_devices, 0);
	assert_int_equal(info_of(two.from).n_groups, 0);
	assert_int_equal(info_of(two.to).n_devices, 3);
	assert_int_equal(list_state(two.from), IOVA_LIST_NONE);
	assert_int_equal(iova_ctx_move_device(two.to, GPU, two.from, NULL, NULL), 0);
	assert_int_equal(info_of(two.from).n_devices, 2);
	close_two(&two);
}

static void the_last_device_does_not_leave_mappings_behind(void **state)
{
	struct two two = open_two(*state, NIC, NULL);

	assert_mapped(two.from, AT, MIB);
	REFUSED_BOTH(&two, iova_ctx_move_device(two.from, NIC, two.to, NULL, &failure), -EBUSY,
		     IOVA_STEP_DETACH, IOVA_WHY_MAPPINGS_LIVE);
	REFUSED_BOTH(&two, iova_ctx_move_device(two.from, USB, two.to, NULL, &failure), -ENOENT,
		     IOVA_STEP_ARGUMENT, IOVA_WHY_NOT_ATTACHED);
	REFUSED_BOTH(&two, iova_ctx_move_device(two.from, "nic", two.to, NULL, &failure), -EINVAL,
		     IOVA_STEP_ARGUMENT, IOVA_WHY_BAD_DEVICE_NAME);
	close_two(&two);
}

/* What it reserves there is mapped or promised over here. */
static void a_device_that_is_in_the_way_stays_where_it_is(void **state)
{
	const struct world *world = *state;
	struct two two;

	assert_int_equal(iova_sim_add_device_region(world->sim, USB, AT, AT + PAGE - 1, "reserved"),
			 0);
	two = open_two(world, USB, NIC);
	assert_mapped(two.to, AT, PAGE);
	REFUSED_BOTH(&two, iova_ctx_move_device(two.from, USB, two.to, NULL, &failure), -EADDRINUSE,
		     IOVA_STEP_TRY, IOVA_WHY_BREAKS_MAPPING);
	assert_int_equal(iova_ctx_unmap_all(two.to, NULL, NULL), 0);
	assert_int_equal(iova_ctx_pin(two.to, NULL), 0);
	REFUSED_BOTH(&two, iova_ctx_move_device(two.from, USB, two.to, NULL, &failure), -EADDRINUSE,
		     IOVA_STEP_TRY, IOVA_WHY_BREAKS_PROMISE);
	assert_int_equal(iova_ctx_unpin(two.to, NULL), 0);
	assert_int_equal(iova_ctx_move_device(two.from, USB, two.to, NULL, NULL), 0);
	close_two(&two);
}

/* The kernel still has the devices in the first IOAS, whoever attached them. */
static void a_move_that_fails_half_way_is_undone(void **state)
{
	const struct world *world = *state;
	int cdev = raw_cdev(world, NODE_GPU);
	uint32_t id;
	struct two two;

	free_sound(world);
	two = open_two(world, NIC, NULL);
	assert_int_equal(raw_bind(world, cdev, info_of(two.from).fd, &id), 0);
	assert_int_equal(raw_attach_pt(world, cdev, info_of(two.from).ioas), 0);
	assert_int_equal(iova_ctx_adopt_device(two.from, GPU, cdev, id, NULL, NULL), 0);
	attach_device(two.from, SOUND);
	for (uint64_t nth = 1; nth <= 3; nth++) {
		bool reads = nth == 3;

		assert_int_equal(iova_sim_fail(world->sim,
					       reads ? IOVA_SIM_CALL_IOAS_IOVA_RANGES :
						       IOVA_SIM_CALL_ATTACH_PT,
					       reads ? 1 : nth, EIO),
				 0);
		REFUSED_BOTH(&two, iova_ctx_move_device(two.from, GPU, two.to, NULL, &failure),
			     -EIO, reads ? IOVA_STEP_GET_INFO : IOVA_STEP_ATTACH, IOVA_WHY_UNKNOWN);
		/* An IOAS that nothing is attached to takes everything. */
		assert_int_equal(raw_ioas_map(world, info_of(two.to).fd, info_of(two.to).ioas,
					      0xfee00000, VADDR, PAGE),
				 0);
		assert_int_equal(raw_ioas_unmap(world, info_of(two.to).fd, info_of(two.to).ioas,
						0xfee00000, PAGE),
				 0);
	}
	close_two(&two);
	assert_int_equal(raw_close(world, cdev), 0);
}

/* Also of one that its lender attached, and that is the only one of its group. */
static void a_device_of_a_lender_comes_back(void **state)
{
	const struct world *world = *state;
	int cdev = raw_cdev(world, NODE_USB);
	struct two two = open_two(world, NIC, NULL);
	uint32_t id;

	assert_int_equal(raw_bind(world, cdev, info_of(two.from).fd, &id), 0);
	assert_int_equal(raw_attach_pt(world, cdev, info_of(two.from).ioas), 0);
	assert_int_equal(iova_ctx_adopt_device(two.from, USB, cdev, id, NULL, NULL), 0);
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_IOVA_RANGES, 1, EIO), 0);
	REFUSED_BOTH(&two, iova_ctx_move_device(two.from, USB, two.to, NULL, &failure), -EIO,
		     IOVA_STEP_GET_INFO, IOVA_WHY_UNKNOWN);
	assert_int_equal(raw_ioas_map(world, info_of(two.to).fd, info_of(two.to).ioas, 0xfee00000,
				      VADDR, PAGE),
			 0);
	close_two(&two);
	assert_int_equal(raw_close(world, cdev), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_PRESET("iommufd", what_is_copied_is_pinned_once),
		ON_PRESET("iommufd", a_range_may_begin_and_end_within_mappings),
		ON_PRESET("iommufd", access_is_given_no_further),
		ON_PRESET("iommufd", what_cannot_be_copied_changes_nothing),
		ON_PRESET("iommufd", a_copy_that_fails_half_way_is_undone),
		ON_PRESET("iommufd", a_copy_needs_one_iommufd),
		ON_PRESET("iommufd", a_device_changes_sides),
		ON_PRESET("iommufd", a_group_changes_sides_together),
		ON_PRESET("iommufd", the_last_device_does_not_leave_mappings_behind),
		ON_PRESET("iommufd", a_device_that_is_in_the_way_stays_where_it_is),
		ON_PRESET("iommufd", a_move_that_fails_half_way_is_undone),
		ON_PRESET("iommufd", a_device_of_a_lender_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

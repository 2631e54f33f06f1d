/* SPDX-License-Identifier: BSD-3-Clause */
/* Replies of iommufd that grow, shrink, contradict themselves or lie: nothing is believed that cannot be. */
#include "iommufd-help.h"

#include <stdio.h>

#define N_OFFSET 8
#define ALIGNMENT_OFFSET 24
#define RANGE_OFFSET(i) (32 + 16 * (i))

/* So many holes more in the ranges of a device. */
static void make_holes(const struct world *world, const char *device, uint32_t n)
{
	static const uint64_t base = 0x100000000;
	uint64_t start = base + (strcmp(device, NIC) ? base : 0);

	for (uint32_t i = 0; i < n; i++, start += 2 * PAGE)
		assert_int_equal(iova_sim_add_device_region(world->sim, device, start,
							    start + PAGE - 1, "reserved"),
				 0);
}

static size_t n_kernel_ranges(struct iova_ctx *ctx)
{
	struct iova_set *set;
	uint32_t list;
	size_t n;

	assert_int_equal(iova_set_new(&set), 0);
	assert_int_equal(iova_space_read_kernel(iova_ctx_space(ctx), &list, set), 0);
	n = iova_set_count(set);
	iova_set_free(set);
	return n;
}

static void more_ranges_than_expected_are_all_read(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx;

	make_holes(world, NIC, 100);
	ctx = ctx_native_with(world, NIC);
	assert_int_equal(n_kernel_ranges(ctx), 102);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_IOAS_IOVA_RANGES), 3);
	iova_ctx_close(ctx);
}

static void attach_usb(struct iova_sim *sim, void *arg)
{
	(void)arg;
	assert_int_equal(iova_sim_attach_behind(sim, IOVA_SIM_ONLY_CONTAINER, GROUP_USB), 0);
}

static void detach_usb(struct iova_sim *sim, void *arg)
{
	(void)arg;
	assert_int_equal(iova_sim_detach_behind(sim, GROUP_USB), 0);
}

/* Others attach and detach between two calls. */
static void ranges_that_grow_or_shrink_meanwhile_are_read_again(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx;
	uint64_t n;

	make_holes(world, NIC, 40);
	make_holes(world, USB, 60);
	ctx = ctx_native_with(world, NIC);
	assert_int_equal(n_kernel_ranges(ctx), 42);
	n = world_calls(world, IOVA_SIM_CALL_IOAS_IOVA_RANGES);
	assert_int_equal(iova_sim_after(world->sim, IOVA_SIM_CALL_IOAS_IOVA_RANGES, 1, attach_usb,
					NULL),
			 0);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_int_equal(n_kernel_ranges(ctx), 102);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_IOAS_IOVA_RANGES), n + 3);
	assert_int_equal(iova_sim_after(world->sim, IOVA_SIM_CALL_IOAS_IOVA_RANGES, 1, detach_usb,
					NULL),
			 0);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_int_equal(n_kernel_ranges(ctx), 42);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_IOAS_IOVA_RANGES), n + 5);
	iova_ctx_close(ctx);
}

/* All that makes no sense is refused whole. */
static void a_reply_that_makes_no_sense_is_refused(void **state)
{
	static const struct {
		size_t offset;
		size_t size;
		uint64_t value;
	} lies[] = {
		{ N_OFFSET, 4, UINT32_MAX }, { N_OFFSET, 4, 1u << 21 },
		{ N_OFFSET, 4, 33 },         { ALIGNMENT_OFFSET, 8, 0 },
		{ ALIGNMENT_OFFSET, 8, 3 },  { ALIGNMENT_OFFSET, 8, 1ull << 33 },
		{ ALIGNMENT_OFFSET, 8, -1 }, { 0, 4, 8 },
	};
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_ctx *ctx = ctx_native_with(world, NIC), *fresh = ctx_open(world, &opts);

	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		assert_int_equal(iova_sim_corrupt_ranges(world->sim, lies[i].offset, lies[i].size,
							 lies[i].value),
				 0);
		REFUSED(world, ctx, iova_ctx_refresh(ctx, NULL, &failure), -EPROTO,
			IOVA_STEP_GET_INFO, IOVA_WHY_BAD_REPLY);
		REFUSED(world, fresh, iova_ctx_attach_device(fresh, USB, NULL, &failure), -EPROTO,
			IOVA_STEP_GET_INFO, IOVA_WHY_BAD_REPLY);
		iova_sim_clear_corruption(world->sim);
	}
	iova_ctx_close(fresh);
	iova_ctx_close(ctx);
}

/* What is odd and yet can be read is taken with care: never more than what is told by all. */
static void an_odd_list_promises_no_more(void **state)
{
	const struct world *world = *state;
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx;

	opts.backend = IOVA_BACKEND_IOMMUFD;
	ctx = ctx_open(world, &opts);
	attach_device(ctx, NIC);
	assert_int_equal(ears.n[IOVA_LOG_WARNING], 0);
	/* The second begins behind its end. */
	assert_int_equal(iova_sim_corrupt_ranges(world->sim, RANGE_OFFSET(1), 8, UINT64_MAX - 1),
			 0);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_true(tier_holds(ctx, IOVA_TIER_USABLE, 0, 0xfedfffff));
	assert_false(tier_holds(ctx, IOVA_TIER_USABLE, 0xfef00000, 0xfef00fff));
	assert_true(ears.n[IOVA_LOG_WARNING] > 0);
	iova_sim_clear_corruption(world->sim);
	/* No ranges at all. */
	assert_int_equal(iova_sim_corrupt_ranges(world->sim, N_OFFSET, 4, 0), 0);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_false(tier_holds(ctx, IOVA_TIER_USABLE, AT, AT + PAGE - 1));
	REFUSED(world, ctx, map_at(ctx, AT, PAGE, &failure), -EADDRNOTAVAIL, IOVA_STEP_CHECK,
		IOVA_WHY_REFUSED);
	iova_ctx_close(ctx);
}

/* A table that changes what comes back from one request. */
struct liar {
	const struct iova_sys *sys;
	unsigned long request;
	uint64_t value;
	size_t offset;
	struct iova_sys table;
};

static int lie(void *data, int fd, unsigned long request, void *argument)
{
	const struct liar *liar = data;
	int r = liar->sys->ioctl(liar->sys->data, fd, request, argument);

	if (r >= 0 && request == liar->request)
		memcpy((char *)argument + liar->offset, &liar->value, sizeof liar->value);
	return r;
}

static int pass_open(void *data, int dir, const char *path, int flags)
{
	const struct liar *liar = data;

	return liar->sys->open(liar->sys->data, dir, path, flags);
}

static int pass_close(void *data, int fd)
{
	const struct liar *liar = data;

	return liar->sys->close(liar->sys->data, fd);
}

static int64_t pass_read_file(void *data, int dir, const char *path, char *buffer, size_t size)
{
	const struct liar *liar = data;

	return liar->sys->read_file(liar->sys->data, dir, path, buffer, size);
}

static int64_t pass_read_link(void *data, int dir, const char *path, char *buffer, size_t size)
{
	const struct liar *liar = data;

	return liar->sys->read_link(liar->sys->data, dir, path, buffer, size);
}

static int pass_list(void *data, int dir, const char *path, iova_sys_name_fn *each, void *arg)
{
	const struct liar *liar = data;

	return liar->sys->list(liar->sys->data, dir, path, each, arg);
}

static int pass_memory(void *data, struct iova_sys_memory *ret_memory)
{
	const struct liar *liar = data;

	return liar->sys->memory(liar->sys->data, ret_memory);
}

/* On a table that does not duplicate, either. */
static struct iova_ctx *ctx_deceived(const struct world *world, struct liar *liar)
{
	struct iova_ctx_opts opts = ctx_native();
	struct world deceived = { world->sim, &liar->table };
	struct iova_ctx *ctx;

	*liar = (struct liar){
		.sys = world->sys,
		.table = { .size = sizeof liar->table,
			   .data = liar,
			   .open = pass_open,
			   .close = pass_close,
			   .ioctl = lie,
			   .read_file = pass_read_file,
			   .read_link = pass_read_link,
			   .list = pass_list,
			   .memory = pass_memory },
	};
	ctx = ctx_open(&deceived, &opts);
	attach_device(ctx, NIC);
	return ctx;
}

/* Where nothing can be: unaligned, past the end, or where something is mapped, which stays. */
static void an_address_that_cannot_be_is_not_believed(void **state)
{
	static const uint64_t lies[] = { AT, AT + PAGE, AT + 1, UINT64_MAX - 0xfff, 0xfee00000 };
	const struct world *world = *state;
	const struct iova_map_opts opts = { .size = sizeof opts, .flags = IOVA_MAP_KERNEL_CHOOSES };
	struct liar liar;
	struct iova_ctx *ctx = ctx_deceived(world, &liar);
	uint64_t iova = 4711;

	assert_mapped(ctx, AT, MIB);
	liar.request = IOVA_IOMMU_IOAS_MAP;
	liar.offset = offsetof(struct iova_iommu_ioas_map, iova);
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		struct iova_failure told = IOVA_FAILURE_INIT;
		bool is_hole = lies[i] == 0xfee00000;
		int r;

		liar.value = lies[i];
		r = iova_ctx_map(ctx, (void *)VADDR, 2 * PAGE, &opts, &iova, &told);
		assert_failed(&told, is_hole ? -EADDRNOTAVAIL : -EPROTO,
			      is_hole ? IOVA_STEP_CHECK : IOVA_STEP_MAP,
			      is_hole ? IOVA_WHY_REFUSED : IOVA_WHY_BAD_REPLY);
		assert_true(r < 0);
		assert_int_equal(iova, 4711);
		assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 1);
	}
	liar.request = 0;
	assert_int_equal(iova_ctx_unmap(ctx, AT, MIB, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

static void a_size_that_is_not_recorded_is_told(void **state)
{
	const struct world *world = *state;
	struct liar liar;
	struct iova_ctx *ctx = ctx_deceived(world, &liar);
	struct iova_failure told = IOVA_FAILURE_INIT;

	liar.request = IOVA_IOMMU_IOAS_UNMAP;
	liar.offset = offsetof(struct iova_iommu_ioas_unmap, length);
	liar.value = PAGE;
	for (int i = 0; i < 2; i++) {
		assert_mapped(ctx, AT, MIB);
		assert_int_equal(i ? iova_ctx_unmap_all(ctx, NULL, &told) :
				     iova_ctx_unmap(ctx, AT, MIB, NULL, &told),
				 -EIO);
		assert_failed(&told, -EIO, IOVA_STEP_UNMAP, IOVA_WHY_UNMAP_SIZE);
		assert_int_equal(told.expected, MIB);
		assert_int_equal(told.actual, PAGE);
		assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
		world_assert_n_mappings(world, 0);
	}
	iova_ctx_close(ctx);
}

/* A table from before there was iommufd cannot: what needs it says so. */
static void without_a_second_descriptor_a_device_is_not_opened(void **state)
{
	const struct world *world = *state;
	struct liar liar;
	struct iova_ctx *ctx = ctx_deceived(world, &liar);
	int fd = iova_sim_memfd(world->sim, MIB);
	uint64_t iova;

	REFUSED(world, ctx, iova_ctx_open_device(ctx, NIC, &failure), -EOPNOTSUPP,
		IOVA_STEP_OPEN_DEVICE, IOVA_WHY_UNKNOWN);
	REFUSED(world, ctx, iova_ctx_map_file(ctx, fd, 0, MIB, NULL, &iova, &failure), -EOPNOTSUPP,
		IOVA_STEP_MAP, IOVA_WHY_UNKNOWN);
	assert_int_equal(raw_close(world, fd), 0);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_PRESET("iommufd", more_ranges_than_expected_are_all_read),
		ON_PRESET("iommufd", ranges_that_grow_or_shrink_meanwhile_are_read_again),
		ON_PRESET("iommufd", a_reply_that_makes_no_sense_is_refused),
		ON_PRESET("iommufd", an_odd_list_promises_no_more),
		ON_PRESET("iommufd", an_address_that_cannot_be_is_not_believed),
		ON_PRESET("iommufd", a_size_that_is_not_recorded_is_told),
		ON_PRESET("iommufd-6.13", without_a_second_descriptor_a_device_is_not_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

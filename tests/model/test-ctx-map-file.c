/* SPDX-License-Identifier: BSD-3-Clause */
/* Files that are mapped without being mapped in the process, and what an IOAS is charged for. */
#include "iommufd-help.h"

#define ON_NEW "iommufd-6.13"

static int memfd(const struct world *world, uint64_t length)
{
	int fd = iova_sim_memfd(world->sim, length);

	assert_true(fd >= 0);
	return fd;
}

static void a_file_is_mapped_where_the_caller_or_the_library_likes(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);
	const struct iova_map_opts read_only = { .size = sizeof read_only, .access = IOVA_READ };
	int fd = memfd(world, 4 * MIB);
	struct iova_mapping mapping;
	uint64_t iova;

	assert_int_equal(iova_ctx_map_file_fixed(ctx, AT, fd, MIB, MIB, NULL, NULL), 0);
	world_assert_mapping(world, 0, AT, MIB, MIB, 3);
	assert_int_equal(iova_ctx_map_file(ctx, fd, 0, MIB, &read_only, &iova, NULL), 0);
	assert_true(tier_holds(ctx, IOVA_TIER_USABLE, iova, iova + MIB - 1));
	assert_int_equal(iova_space_find(iova_ctx_space(ctx), iova, &mapping), 0);
	assert_int_equal(mapping.access, IOVA_READ);
	assert_int_equal(mapping.vaddr, 0);
	REFUSED(world, ctx, iova_ctx_map_file_fixed(ctx, AT, fd, MIB, MIB, NULL, &failure), -EEXIST,
		IOVA_STEP_CHECK, IOVA_WHY_OVERLAP);
	REFUSED(world, ctx, iova_ctx_map_file_fixed(ctx, 0xfee00000, fd, 0, PAGE, NULL, &failure),
		-EADDRNOTAVAIL, IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
	/* The mappings live on, and nothing of the file is left when they are gone. */
	assert_int_equal(raw_close(world, fd), 0);
	world_assert_n_mappings(world, 2);
	assert_int_equal(iova_ctx_unmap(ctx, AT, MIB, NULL, NULL), 0);
	assert_int_equal(iova_ctx_unmap_all(ctx, NULL, NULL), 0);
	assert_int_equal(report_of(world).n_pinned_pages, 0);
	assert_int_equal(report_of(world).n_fds, 2);
	iova_ctx_close(ctx);
}

static void a_file_is_mapped_where_the_kernel_likes(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, SATA);
	const struct iova_map_opts opts = { .size = sizeof opts, .flags = IOVA_MAP_KERNEL_CHOOSES };
	int fd = memfd(world, MIB);
	uint64_t iova;

	assert_int_equal(iova_ctx_map_file(ctx, fd, 0, MIB, &opts, &iova, NULL), 0);
	assert_true(iova >= 0x1000000);
	world_assert_mapping(world, 0, iova, 0, MIB, 3);
	assert_int_equal(raw_close(world, fd), 0);
	iova_ctx_close(ctx);
}

/* The second unmap fails: the first comes back as the file it was, memory as memory. */
static void an_unmap_that_fails_maps_the_file_again(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);
	int fd = memfd(world, 4 * MIB);

	assert_int_equal(iova_ctx_map_file_fixed(ctx, AT, fd, MIB, MIB, NULL, NULL), 0);
	assert_mapped(ctx, AT + MIB, MIB);
	assert_int_equal(iova_ctx_map_file_fixed(ctx, AT + 2 * MIB, fd, 0, MIB, NULL, NULL), 0);
	assert_int_equal(raw_close(world, fd), 0);
	for (uint64_t nth = 1; nth <= 3; nth++) {
		assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_UNMAP, nth, EIO), 0);
		REFUSED(world, ctx, iova_ctx_unmap(ctx, AT, 3 * MIB, NULL, &failure), -EIO,
			IOVA_STEP_UNMAP, IOVA_WHY_UNKNOWN);
		assert_int_equal(world_calls(world, IOVA_SIM_CALL_IOAS_MAP_FILE),
				 2 + (nth > 1) + (nth > 2));
	}
	world_assert_mapping(world, 0, AT, MIB, MIB, 3);
	assert_int_equal(iova_ctx_unmap(ctx, AT, 3 * MIB, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

/* A copy is of the same file. */
static void a_file_is_copied_as_one(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *from = ctx_native_with(world, NIC), *to;
	struct iova_ctx_opts opts = ctx_on(info_of(from).fd, 0);
	int fd = memfd(world, 4 * MIB);

	to = ctx_open(world, &opts);
	attach_device(to, USB);
	assert_int_equal(iova_ctx_map_file_fixed(from, AT, fd, MIB, MIB, NULL, NULL), 0);
	assert_int_equal(raw_close(world, fd), 0);
	assert_int_equal(iova_ctx_copy(from, AT + PAGE, MIB - PAGE, to, AT, NULL, NULL), 0);
	assert_mapped(to, AT + MIB - PAGE, MIB);
	assert_int_equal(iova_ctx_unmap_all(from, NULL, NULL), 0);
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOAS_UNMAP, 2, EIO), 0);
	REFUSED(world, to, iova_ctx_unmap(to, AT, 2 * MIB, NULL, &failure), -EIO, IOVA_STEP_UNMAP,
		IOVA_WHY_UNKNOWN);
	world_assert_mapping(world, 0, AT, MIB + PAGE, MIB - PAGE, 3);
	iova_ctx_close(to);
	iova_ctx_close(from);
}

static void bad_files_are_refused(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);
	const struct iova_map_opts same = { .size = sizeof same, .flags = IOVA_MAP_SAME_OK };
	const struct iova_map_opts chosen = { .size = sizeof chosen,
					      .flags = IOVA_MAP_KERNEL_CHOOSES };
	struct iova_failure none = IOVA_FAILURE_INIT;
	int fd = memfd(world, MIB), closed = memfd(world, MIB);
	uint64_t iova = 4711;

	assert_int_equal(raw_close(world, closed), 0);
	REFUSED(world, ctx, iova_ctx_map_file_fixed(ctx, AT, -1, 0, MIB, NULL, &failure), -EBADF,
		IOVA_STEP_ARGUMENT, IOVA_WHY_UNKNOWN);
	REFUSED(world, ctx, iova_ctx_map_file(ctx, -1, 0, MIB, NULL, &iova, &failure), -EBADF,
		IOVA_STEP_ARGUMENT, IOVA_WHY_UNKNOWN);
	REFUSED(world, ctx, iova_ctx_map_file(ctx, closed, 0, MIB, NULL, &iova, &failure), -EBADF,
		IOVA_STEP_MAP, IOVA_WHY_UNKNOWN);
	REFUSED(world, ctx, iova_ctx_map_file(ctx, closed, 0, MIB, &chosen, &iova, &failure),
		-EBADF, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN);
	/* Behind its end, and what is no file of memory at all. */
	REFUSED(world, ctx, iova_ctx_map_file_fixed(ctx, AT, fd, MIB, MIB, NULL, &failure), -EINVAL,
		IOVA_STEP_MAP, IOVA_WHY_UNKNOWN);
	REFUSED(world, ctx,
		iova_ctx_map_file_fixed(ctx, AT, info_of(ctx).fd, 0, MIB, NULL, &failure), -EINVAL,
		IOVA_STEP_MAP, IOVA_WHY_UNKNOWN);
	REFUSED(world, ctx, iova_ctx_map_file_fixed(ctx, AT, fd, 1, PAGE, NULL, &failure), -EINVAL,
		IOVA_STEP_ARGUMENT, IOVA_WHY_UNALIGNED);
	REFUSED(world, ctx, iova_ctx_map_file_fixed(ctx, AT, fd, 0, 0, NULL, &failure), -EINVAL,
		IOVA_STEP_ARGUMENT, IOVA_WHY_ZERO_LENGTH);
	REFUSED(world, ctx, iova_ctx_map_file_fixed(ctx, AT, fd, -PAGE, 2 * PAGE, NULL, &failure),
		-EOVERFLOW, IOVA_STEP_ARGUMENT, IOVA_WHY_WRAPS);
	REFUSED(world, ctx, iova_ctx_map_file_fixed(ctx, AT, fd, 0, PAGE, &same, &failure), -EINVAL,
		IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS);
	REFUSED(world, ctx, iova_ctx_map_file_fixed(ctx, AT, fd, 0, PAGE, &chosen, &failure),
		-EINVAL, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS);
	assert_int_equal(iova_ctx_map_file(ctx, fd, 0, PAGE, NULL, NULL, &none), -EINVAL);
	assert_int_equal(none.why, IOVA_WHY_NULL);
	assert_int_equal(iova, 4711);
	iova_ctx_close(ctx);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	REFUSED(world, ctx, iova_ctx_map_file(ctx, fd, 0, MIB, NULL, &iova, &failure), -EINVAL,
		IOVA_STEP_ARGUMENT, IOVA_WHY_BACKEND);
	iova_ctx_close(ctx);
	assert_int_equal(raw_close(world, fd), 0);
}

/* By trying, once: not by the version. */
static void a_kernel_without_the_request_is_asked_once(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx = ctx_native_with(world, NIC);
	int fd = memfd(world, MIB);
	uint64_t iova;

	for (int i = 0; i < 3; i++) {
		REFUSED(world, ctx, iova_ctx_map_file_fixed(ctx, AT, fd, 0, MIB, NULL, &failure),
			-EOPNOTSUPP, IOVA_STEP_MAP, IOVA_WHY_NO_REQUEST);
		REFUSED(world, ctx, iova_ctx_map_file(ctx, fd, 0, MIB, NULL, &iova, &failure),
			-EOPNOTSUPP, IOVA_STEP_MAP, IOVA_WHY_NO_REQUEST);
	}
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_IOAS_MAP_FILE), 1);
	/* Another context finds out for itself. */
	iova_ctx_close(ctx);
	ctx = ctx_native_with(world, NIC);
	assert_int_equal(iova_ctx_map_file(ctx, fd, 0, MIB, NULL, &iova, NULL), -EOPNOTSUPP);
	assert_int_equal(world_calls(world, IOVA_SIM_CALL_IOAS_MAP_FILE), 2);
	iova_ctx_close(ctx);
	assert_int_equal(raw_close(world, fd), 0);
}

static uint64_t memlock_left(struct iova_ctx *ctx)
{
	struct iova_limits limits = { .size = sizeof limits };

	assert_int_equal(iova_ctx_limits(ctx, &limits, NULL), 0);
	assert_false(limits.flags & IOVA_LIMITS_ENTRIES);
	return limits.memlock_left;
}

/* By user: our own count is known, that of the user's other processes to the kernel alone. */
static void locked_memory_counts_by_user(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx, *other;
	struct iova_failure told = IOVA_FAILURE_INIT;

	set_memory(world, 8 * MIB, false);
	ctx = ctx_native_with(world, NIC);
	assert_int_equal(memlock_left(ctx), 8 * MIB);
	REFUSED(world, ctx, map_at(ctx, AT, 16 * MIB, &failure), -ENOMEM, IOVA_STEP_CHECK,
		IOVA_WHY_MEMLOCK);
	assert_mapped(ctx, AT, 4 * MIB);
	assert_int_equal(memlock_left(ctx), 4 * MIB);
	/* The same memory once more is charged once more. */
	assert_mapped(ctx, AT + 8 * MIB, 4 * MIB);
	assert_int_equal(memlock_left(ctx), 0);
	assert_int_equal(iova_ctx_unmap(ctx, AT, 4 * MIB, NULL, NULL), 0);
	assert_int_equal(memlock_left(ctx), 4 * MIB);
	other = ctx_native_with(world, USB);
	assert_mapped(other, AT, 2 * MIB);
	REFUSED(world, ctx, map_at(ctx, AT, 4 * MIB, &failure), -ENOMEM, IOVA_STEP_MAP,
		IOVA_WHY_UNKNOWN);
	assert_int_equal(map_at(ctx, AT, 4 * MIB, &told), -ENOMEM);
	assert_int_equal(told.from_kernel, 1);
	assert_names(&told, ctx, "RLIMIT_MEMLOCK");
	assert_mapped(ctx, AT, 2 * MIB);
	iova_ctx_close(other);
	iova_ctx_close(ctx);
}

static void locked_memory_counts_by_process_if_asked_for(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_failure told = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx, *other = NULL;

	opts.flags = IOVA_CTX_CHARGE_PROCESS;
	opts.sys = world->sys;
	set_memory(world, 8 * MIB, false);
	assert_int_equal(iova_ctx_open(&opts, &other, &told), -EPERM);
	assert_failed(&told, -EPERM, IOVA_STEP_OPTION, IOVA_WHY_UNKNOWN);
	assert_names(&told, NULL, "CAP_SYS_RESOURCE");
	assert_int_equal(report_of(world).n_fds, 0);
	set_memory(world, 8 * MIB, true);
	ctx = ctx_open(world, &opts);
	attach_device(ctx, NIC);
	/* What an iommufd has already is in the way. */
	opts = ctx_on(info_of(ctx).fd, 0);
	opts.flags |= IOVA_CTX_CHARGE_PROCESS;
	opts.sys = world->sys;
	assert_int_equal(iova_ctx_open(&opts, &other, &told), -EBUSY);
	assert_failed(&told, -EBUSY, IOVA_STEP_OPTION, IOVA_WHY_UNKNOWN);
	set_memory(world, 8 * MIB, false);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_mapped(ctx, AT, 4 * MIB);
	assert_int_equal(memlock_left(ctx), 4 * MIB);
	other = ctx_with(world, NULL, GROUP_USB);
	assert_mapped(other, AT, 3 * MIB);
	/* All of the process is seen. */
	assert_int_equal(memlock_left(ctx), MIB);
	REFUSED(world, ctx, map_at(ctx, AT + 8 * MIB, 4 * MIB, &failure), -ENOMEM, IOVA_STEP_CHECK,
		IOVA_WHY_MEMLOCK);
	iova_ctx_close(other);
	iova_ctx_close(ctx);
}

/* An IOAS maps what it has in large pages, unless told not to. */
static void small_pages_are_an_option(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_native();
	struct iova_iommu_option option = { .size = sizeof option,
					    .option = IOVA_IOMMU_OPTION_HUGE_PAGES,
					    .op = IOVA_IOMMU_OPTION_GET };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx;

	for (uint64_t has_large = 0; has_large < 2; has_large++) {
		opts.flags = has_large ? 0 : IOVA_CTX_SMALL_PAGES;
		ctx = ctx_open(world, &opts);
		option.object = info_of(ctx).ioas;
		assert_int_equal(raw_ioctl(world, info_of(ctx).fd, IOVA_IOMMU_OPTION, &option), 0);
		assert_int_equal(option.value, has_large);
		attach_device(ctx, NIC);
		assert_mapped(ctx, AT, 4 * MIB);
		iova_ctx_close(ctx);
	}
	opts.flags = IOVA_CTX_SMALL_PAGES;
	opts.sys = world->sys;
	assert_int_equal(iova_sim_fail(world->sim, IOVA_SIM_CALL_IOMMU_OPTION, 2, ENOMEM), 0);
	assert_int_equal(iova_ctx_open(&opts, &ctx, &failure), -ENOMEM);
	assert_failed(&failure, -ENOMEM, IOVA_STEP_OPTION, IOVA_WHY_UNKNOWN);
	assert_int_equal(report_of(world).n_fds, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_PRESET(ON_NEW, a_file_is_mapped_where_the_caller_or_the_library_likes),
		ON_PRESET(ON_NEW, a_file_is_mapped_where_the_kernel_likes),
		ON_PRESET(ON_NEW, an_unmap_that_fails_maps_the_file_again),
		ON_PRESET(ON_NEW, a_file_is_copied_as_one),
		ON_PRESET(ON_NEW, bad_files_are_refused),
		ON_PRESET("iommufd", a_kernel_without_the_request_is_asked_once),
		ON_PRESET("iommufd", locked_memory_counts_by_user),
		ON_PRESET("iommufd", locked_memory_counts_by_process_if_asked_for),
		ON_PRESET("iommufd", small_pages_are_an_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

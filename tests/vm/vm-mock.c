/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The library on the kernel's mock IOMMU (CONFIG_IOMMUFD_TEST), which has what no emulated one has: an
 * aperture that does not begin at 0, pages smaller than the processor's, and reserved ranges that come
 * while memory is mapped. Mock devices are attached behind the library's back, to an IOAS that it was lent.
 */
#include <libiova/libiova.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "mock-layout.h"

#define SMALL ((uint64_t)2048)
#define PLACE ((uint64_t)0x10000000)
#define LENGTH ((uint64_t)1 << 20)

/* An IOAS on an iommufd of ours, and a context that both are lent to. */
struct bench {
	int iommufd;
	uint32_t ioas;
	uint32_t table; /* of the mock device, 0 if there is none */
	struct iova_ctx *ctx;
	struct iova_change *change;
	char *memory;
};

static int ask(int fd, unsigned long request, void *argument)
{
	return ioctl(fd, request, argument) < 0 ? -errno : 0;
}

static uint32_t new_ioas(int iommufd)
{
	struct iova_iommu_ioas_alloc alloc = { .size = sizeof alloc };

	assert_int_equal(ask(iommufd, IOVA_IOMMU_IOAS_ALLOC, &alloc), 0);
	return alloc.out_ioas_id;
}

/* A device of its own, attached to an IOAS. */
static int new_device(int iommufd, uint32_t ioas, uint32_t *ret_table)
{
	struct test_cmd command = { .size = sizeof command, .op = MOCK_DOMAIN, .id = ioas };
	int r = ask(iommufd, TEST_CMD, &command);

	if (!r)
		*ret_table = command.mock_domain.out_table;
	return r;
}

static int add_reserved(const struct bench *bench, uint64_t start, uint64_t length)
{
	struct test_cmd command = { .size = sizeof command,
				    .op = ADD_RESERVED,
				    .id = bench->ioas,
				    .add_reserved = { start, length } };

	return ask(bench->iommufd, TEST_CMD, &command);
}

/* Whether the mock IOMMU translates these addresses to this memory. */
static int check_map(int iommufd, uint32_t table, uint64_t iova, const void *memory,
		     uint64_t length)
{
	struct test_cmd command = { .size = sizeof command,
				    .op = CHECK_MAP,
				    .id = table,
				    .check_map = { iova, length, (uintptr_t)memory } };

	return ask(iommufd, TEST_CMD, &command);
}

static struct iova_ctx *borrow(int iommufd, uint32_t ioas, uint32_t flags)
{
	struct iova_ctx_opts opts = {
		.size = sizeof opts,
		.flags = IOVA_CTX_ADOPT_IOMMUFD | IOVA_CTX_ADOPT_IOAS | flags,
		.iommufd = iommufd,
		.ioas = ioas,
	};
	struct iova_ctx *ctx = NULL;

	assert_int_equal(iova_ctx_open(&opts, &ctx, NULL), 0);
	return ctx;
}

static int setup(void **state)
{
	static struct bench bench;

	bench = (struct bench){ .iommufd = open("/dev/iommu", O_RDWR | O_CLOEXEC) };
	assert_true(bench.iommufd >= 0);
	bench.ioas = new_ioas(bench.iommufd);
	assert_int_equal(iova_change_new(&bench.change), 0);
	bench.memory =
		mmap(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(bench.memory, MAP_FAILED);
	*state = &bench;
	return 0;
}

/* With a device from the beginning. */
static int setup_device(void **state)
{
	struct bench *bench;

	setup(state);
	bench = *state;
	assert_int_equal(new_device(bench->iommufd, bench->ioas, &bench->table), 0);
	bench->ctx = borrow(bench->iommufd, bench->ioas, 0);
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	iova_ctx_close(bench->ctx);
	iova_change_free(bench->change);
	munmap(bench->memory, LENGTH);
	close(bench->iommufd);
	return 0;
}

static void assert_refused(struct iova_ctx *ctx, uint64_t iova, void *memory, uint64_t length)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(iova_ctx_map_fixed(ctx, iova, memory, length, NULL, &failure),
			 -EADDRNOTAVAIL);
	assert_int_equal(failure.step, IOVA_STEP_CHECK);
	assert_int_equal(failure.why, IOVA_WHY_REFUSED);
	assert_int_equal(failure.from_kernel, 0);
	assert_int_equal(failure.conflict.source, IOVA_SOURCE_KERNEL);
}

static void an_aperture_that_comes_with_a_device_is_taken_over(void **state)
{
	struct bench *bench = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_set *set;
	struct iova_range range;
	uint32_t list;

	bench->ctx = borrow(bench->iommufd, bench->ioas, 0);
	assert_int_equal(iova_set_new(&set), 0);
	assert_int_equal(iova_space_read_kernel(iova_ctx_space(bench->ctx), &list, set), 0);
	assert_int_equal(list, IOVA_LIST_NONE);
	assert_int_equal(new_device(bench->iommufd, bench->ioas, &bench->table), 0);
	assert_int_equal(iova_ctx_refresh(bench->ctx, bench->change, &failure), 0);
	assert_int_equal(iova_space_read_kernel(iova_ctx_space(bench->ctx), &list, set), 0);
	assert_int_equal(list, IOVA_LIST_RANGES);
	assert_int_equal(iova_set_count(set), 1);
	assert_int_equal(iova_set_nth(set, 0, &range), 0);
	assert_int_equal(range.start, APERTURE_START);
	assert_int_equal(range.last, APERTURE_LAST);
	assert_int_equal(iova_space_granule(iova_ctx_space(bench->ctx)), SMALL);
	assert_int_equal(iova_change_is_empty(bench->change), 0);
	iova_set_free(set);
}

static void both_ends_of_the_aperture_map_and_nothing_beyond(void **state)
{
	struct bench *bench = *state;
	uint64_t top = APERTURE_LAST + 1 - SMALL;

	assert_int_equal(iova_ctx_map_fixed(bench->ctx, APERTURE_START, bench->memory, SMALL, NULL,
					    NULL),
			 0);
	assert_int_equal(iova_ctx_map_fixed(bench->ctx, top, bench->memory, SMALL, NULL, NULL), 0);
	assert_int_equal(check_map(bench->iommufd, bench->table, top, bench->memory, SMALL), 0);
	assert_refused(bench->ctx, APERTURE_START - SMALL, bench->memory, SMALL);
	assert_refused(bench->ctx, APERTURE_LAST + 1, bench->memory, SMALL);
	assert_refused(bench->ctx, 0, bench->memory, SMALL);
}

static void the_kernel_agrees_beyond_the_aperture(void **state)
{
	struct bench *bench = *state;
	struct iova_ctx *ctx = borrow(bench->iommufd, bench->ioas, IOVA_CTX_UNCHECKED);
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(iova_ctx_map_fixed(ctx, APERTURE_START - SMALL, bench->memory, SMALL, NULL,
					    &failure),
			 -EINVAL);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(iova_ctx_map_fixed(ctx, APERTURE_LAST + 1, bench->memory, SMALL, NULL,
					    &failure),
			 -EINVAL);
	iova_ctx_close(ctx);
}

static void pages_smaller_than_the_processors_map_one_by_one(void **state)
{
	struct bench *bench = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	uint64_t unmapped;

	/* Two halves of a page, the other way round. */
	assert_int_equal(iova_ctx_map_fixed(bench->ctx, PLACE, bench->memory + SMALL, SMALL, NULL,
					    NULL),
			 0);
	assert_int_equal(iova_ctx_map_fixed(bench->ctx, PLACE + SMALL, bench->memory, SMALL, NULL,
					    NULL),
			 0);
	assert_int_equal(check_map(bench->iommufd, bench->table, PLACE, bench->memory + SMALL,
				   SMALL),
			 0);
	assert_int_equal(check_map(bench->iommufd, bench->table, PLACE + SMALL, bench->memory,
				   SMALL),
			 0);
	/* Each half is its own, which the mock IOMMU can tell. */
	assert_int_equal(check_map(bench->iommufd, bench->table, PLACE, bench->memory, SMALL),
			 -EINVAL);
	assert_int_equal(iova_ctx_map_fixed(bench->ctx, PLACE + 2 * SMALL, bench->memory, SMALL / 2,
					    NULL, &failure),
			 -EINVAL);
	assert_int_equal(failure.why, IOVA_WHY_UNALIGNED);
	assert_int_equal(failure.from_kernel, 0);
	assert_int_equal(iova_ctx_unmap(bench->ctx, PLACE, SMALL, &unmapped, NULL), 0);
	assert_int_equal(unmapped, SMALL);
	assert_int_equal(iova_ctx_unmap_all(bench->ctx, &unmapped, NULL), 0);
	assert_int_equal(unmapped, SMALL);
}

static void a_range_reserved_while_memory_is_mapped_is_reported(void **state)
{
	struct bench *bench = *state;
	const struct iova_range reserved = { 2 * PLACE, 2 * PLACE + LENGTH - 1 };
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(iova_ctx_map_fixed(bench->ctx, PLACE, bench->memory, LENGTH, NULL, NULL),
			 0);
	assert_int_equal(add_reserved(bench, reserved.start, LENGTH), 0);
	/* Not known yet: the kernel says it. */
	assert_int_equal(iova_ctx_map_fixed(bench->ctx, reserved.start, bench->memory, SMALL, NULL,
					    &failure),
			 -EINVAL);
	assert_int_equal(failure.from_kernel, 1);
	assert_int_equal(iova_ctx_refresh(bench->ctx, bench->change, NULL), 0);
	assert_int_equal(iova_set_contains(iova_change_left(bench->change, IOVA_TIER_USABLE),
					   &reserved),
			 1);
	assert_int_equal(iova_set_contains(iova_change_entered(bench->change, IOVA_TIER_REFUSED),
					   &reserved),
			 1);
	assert_refused(bench->ctx, reserved.start, bench->memory, SMALL);
	assert_refused(bench->ctx, reserved.last + 1 - SMALL, bench->memory, SMALL);
	assert_int_equal(iova_ctx_map_fixed(bench->ctx, reserved.last + 1, bench->memory, SMALL,
					    NULL, NULL),
			 0);
	/* What was mapped before is mapped still. */
	assert_int_equal(check_map(bench->iommufd, bench->table, PLACE, bench->memory, LENGTH), 0);
	assert_int_equal(iova_ctx_unmap(bench->ctx, PLACE, LENGTH, NULL, NULL), 0);
}

static void nothing_is_reserved_over_a_live_mapping(void **state)
{
	struct bench *bench = *state;

	assert_int_equal(iova_ctx_map_fixed(bench->ctx, PLACE, bench->memory, LENGTH, NULL, NULL),
			 0);
	assert_int_equal(add_reserved(bench, PLACE + SMALL, SMALL), -EADDRINUSE);
	assert_int_equal(iova_ctx_refresh(bench->ctx, bench->change, NULL), 0);
	assert_int_equal(iova_change_is_empty(bench->change), 1);
	assert_int_equal(check_map(bench->iommufd, bench->table, PLACE, bench->memory, LENGTH), 0);
}

static void nothing_that_is_pinned_is_reserved(void **state)
{
	struct bench *bench = *state;

	assert_int_equal(iova_ctx_pin(bench->ctx, NULL), 0);
	assert_int_equal(add_reserved(bench, 2 * PLACE, LENGTH), -EADDRINUSE);
	assert_int_equal(iova_ctx_refresh(bench->ctx, bench->change, NULL), 0);
	assert_int_equal(iova_change_is_empty(bench->change), 1);
	assert_int_equal(iova_ctx_unpin(bench->ctx, NULL), 0);
	assert_int_equal(add_reserved(bench, 2 * PLACE, LENGTH), 0);
}

static void what_is_gone_cannot_be_pinned(void **state)
{
	struct bench *bench = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(add_reserved(bench, 2 * PLACE, LENGTH), 0);
	assert_int_equal(iova_ctx_pin(bench->ctx, &failure), -EADDRINUSE);
	assert_int_equal(failure.step, IOVA_STEP_PIN);
	assert_int_equal(iova_ctx_refresh(bench->ctx, NULL, NULL), 0);
	assert_int_equal(iova_ctx_pin(bench->ctx, NULL), 0);
}

static void a_device_whose_aperture_lacks_a_mapping_is_refused(void **state)
{
	struct bench *bench = *state;
	struct iova_iommu_ioas_map map = {
		.size = sizeof map,
		.flags = IOVA_IOMMU_MAP_FIXED | IOVA_IOMMU_MAP_READ,
		.ioas_id = bench->ioas,
		.vaddr = (uintptr_t)bench->memory,
		.length = LENGTH,
		.iova = 0,
	};

	assert_int_equal(ask(bench->iommufd, IOVA_IOMMU_IOAS_MAP, &map), 0);
	assert_int_equal(new_device(bench->iommufd, bench->ioas, &bench->table), -EADDRINUSE);
	bench->ctx = borrow(bench->iommufd, bench->ioas, 0);
}

static void addresses_are_found_within_the_aperture(void **state)
{
	struct bench *bench = *state;
	struct iova_map_opts kernel = { .size = sizeof kernel, .flags = IOVA_MAP_KERNEL_CHOOSES };
	uint64_t iova[2];

	assert_int_equal(iova_ctx_map(bench->ctx, bench->memory, LENGTH, NULL, &iova[0], NULL), 0);
	assert_int_equal(iova_ctx_map(bench->ctx, bench->memory, LENGTH, &kernel, &iova[1], NULL),
			 0);
	for (int i = 0; i < 2; i++) {
		assert_in_range(iova[i], APERTURE_START, APERTURE_LAST + 1 - LENGTH);
		assert_int_equal(check_map(bench->iommufd, bench->table, iova[i], bench->memory,
					   LENGTH),
				 0);
	}
}

static void a_part_of_a_page_is_copied_to_another_context(void **state)
{
	struct bench *bench = *state;
	uint32_t ioas = new_ioas(bench->iommufd), table;
	struct iova_ctx *other;

	assert_int_equal(new_device(bench->iommufd, ioas, &table), 0);
	other = borrow(bench->iommufd, ioas, 0);
	assert_int_equal(iova_ctx_map_fixed(bench->ctx, PLACE, bench->memory, LENGTH, NULL, NULL),
			 0);
	assert_int_equal(iova_ctx_copy(bench->ctx, PLACE + SMALL, LENGTH - SMALL, other, 2 * PLACE,
				       NULL, NULL),
			 0);
	assert_int_equal(iova_ctx_unmap_all(bench->ctx, NULL, NULL), 0);
	assert_int_equal(check_map(bench->iommufd, table, 2 * PLACE, bench->memory + SMALL,
				   LENGTH - SMALL),
			 0);
	iova_ctx_close(other);
}

#define ON(setup, test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(setup, an_aperture_that_comes_with_a_device_is_taken_over),
		ON(setup_device, both_ends_of_the_aperture_map_and_nothing_beyond),
		ON(setup_device, the_kernel_agrees_beyond_the_aperture),
		ON(setup_device, pages_smaller_than_the_processors_map_one_by_one),
		ON(setup_device, a_range_reserved_while_memory_is_mapped_is_reported),
		ON(setup_device, nothing_is_reserved_over_a_live_mapping),
		ON(setup_device, nothing_that_is_pinned_is_reserved),
		ON(setup_device, what_is_gone_cannot_be_pinned),
		ON(setup, a_device_whose_aperture_lacks_a_mapping_is_refused),
		ON(setup_device, addresses_are_found_within_the_aperture),
		ON(setup_device, a_part_of_a_page_is_copied_to_another_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

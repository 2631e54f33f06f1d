/* SPDX-License-Identifier: BSD-3-Clause */
/* What users of other programs ran into and could not make sense of: here it is named. */
#include "ctx-help.h"

#include <errno.h>
#include <string.h>

static struct iova_failure refuse_map(struct iova_ctx *ctx, uint64_t iova, uint64_t length)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;

	assert_int_equal(map_at(ctx, iova, length, &failure), -EADDRNOTAVAIL);
	assert_failed(&failure, -EADDRNOTAVAIL, IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
	return failure;
}

/* An AMD guest with more than 1010 GiB: EINVAL, and no word of HyperTransport. */
static void memory_across_the_hypertransport_hole(void **state)
{
	struct iova_ctx *ctx = ctx_with(*state, NULL, 1);
	struct iova_failure failure = refuse_map(ctx, 0x100000000, 0xff30000000);
	struct iova_check check = { .size = sizeof check };

	assert_int_equal(failure.conflict.region.start, 0xfd00000000);
	assert_int_equal(failure.conflict.region.last, 0xffffffffff);
	assert_names(&failure, ctx, "0xfd00000000-0xffffffffff");
	assert_int_equal(iova_space_check(iova_ctx_space(ctx), 0x100000000, 0xff30000000, &check,
					  NULL, 0),
			 0);
	assert_true(check.flags & IOVA_CHECK_FIT_ABOVE);
	assert_int_equal(check.fit_above.start, 0x10000000000);
	iova_ctx_close(ctx);
}

/* A BAR at 56 TiB behind an IOMMU of 39 bits: EINVAL as well. */
static void an_address_above_the_iommus_width(void **state)
{
	static const uint64_t addresses[] = { 0x380000000000, 0x382000000000, 0x8800001000 };
	struct iova_ctx *ctx = ctx_with(*state, NULL, GROUP_NIC);

	for (size_t i = 0; i < 3; i++) {
		struct iova_failure failure = refuse_map(ctx, addresses[i], MIB);

		assert_int_equal(failure.conflict.source, IOVA_SOURCE_KERNEL);
		assert_int_equal(failure.conflict.region.start, 0x8000000000);
		assert_names(&failure, ctx, "0x8000000000-0xffffffffffffffff");
	}
	iova_ctx_close(ctx);
}

/* Linux 5.3: a device beside the ISA bridge, whose 16 MiB were direct then. */
static void a_region_of_another_member_of_the_group(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_open(world, NULL);

	assert_int_equal(iova_sim_add_device_region(world->sim, "0000:00:1f.0", 0, 0xffffff,
						    "direct"),
			 0);
	assert_int_equal(iova_ctx_attach_device(ctx, "00:1f.2", NULL, &failure), -EPERM);
	assert_failed(&failure, -EPERM, IOVA_STEP_SET_IOMMU, IOVA_WHY_UNKNOWN);
	assert_names(&failure, ctx, "0x0-0xffffff");
	iova_ctx_close(ctx);
}

/* Arm: 128 MiB is where the kernel keeps its window for interrupts, and an identity map fails. */
static void identity_over_the_software_msi_window(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx;

	assert_int_equal(iova_sim_add_region(world->sim, GROUP_NIC, 0x8000000, 0x80fffff, "sw-msi"),
			 0);
	ctx = ctx_with(world, NULL, GROUP_NIC);
	assert_int_equal(iova_ctx_map_identity(ctx, (void *)0x7000000, 32 * MIB, NULL, &failure),
			 -EADDRNOTAVAIL);
	assert_names(&failure, ctx, "0x8000000-0x80fffff");
	assert_int_equal(iova_ctx_map_identity(ctx, (void *)0x7000000, 16 * MIB, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

/* "Bad address": a part of the buffer is not there, or may not be pinned. */
static void memory_that_cannot_be_pinned(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);

	assert_int_equal(iova_sim_add_bad_memory(world->sim, VADDR + MIB, VADDR + MIB), 0);
	assert_int_equal(map_at(ctx, AT, 2 * MIB, &failure), -EFAULT);
	assert_failed(&failure, -EFAULT, IOVA_STEP_MAP, IOVA_WHY_UNKNOWN);
	assert_int_equal(failure.from_kernel, 1);
	assert_names(&failure, ctx, "0x7f0000000000");
	assert_names(&failure, ctx, "0x40000000+0x200000");
	assert_mapped(ctx, AT, MIB);
	iova_ctx_close(ctx);
}

/* Some mappings are worth a warning, others must not be doubtful. */
static void the_caller_may_refuse_what_is_only_doubtful(void **state)
{
	const struct world *world = *state;
	struct iova_map_opts sure = { .size = sizeof sure, .flags = IOVA_MAP_NO_WARN };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct ears ears;
	struct iova_ctx_opts opts = ctx_listening(&ears);
	struct iova_ctx *ctx = ctx_with(world, &opts, GROUP_LPC);

	assert_int_equal(iova_ctx_map_fixed(ctx, 0x100000, (void *)VADDR, MIB, &sure, &failure),
			 -EADDRNOTAVAIL);
	assert_failed(&failure, -EADDRNOTAVAIL, IOVA_STEP_CHECK, IOVA_WHY_REFUSED);
	assert_int_equal(failure.conflict.verdict, IOVA_VERDICT_WARN);
	assert_names(&failure, ctx, "0000:00:1f.0");
	assert_int_equal(ears.n[IOVA_LOG_WARNING], 0);
	assert_mapped(ctx, 0x100000, MIB);
	assert_int_equal(ears.n[IOVA_LOG_WARNING], 1);
	iova_ctx_close(ctx);
}

/* "group 1 used in multiple address spaces" */
static void a_group_that_is_in_another_container(void **state)
{
	const struct world *world = *state;
	struct raw raw = raw_attach(world, GROUP_NIC);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = ctx_open(world, NULL);
	struct view before = view_of(world, ctx), after;

	assert_int_equal(iova_ctx_adopt_group(ctx, GROUP_NIC, raw.group, NULL, &failure), -EINVAL);
	assert_failed(&failure, -EINVAL, IOVA_STEP_SET_IOMMU, IOVA_WHY_UNKNOWN);
	assert_names(&failure, ctx, "no group is in it");
	after = view_of(world, ctx);
	assert_same_view(&before, &after);
	assert_int_equal(iova_ctx_attach_group(ctx, GROUP_NIC, NULL, &failure), -EBUSY);
	iova_ctx_close(ctx);
	raw_detach(world, raw);
}

/* A firmware window of one USB controller, given up for it alone. */
static void one_device_is_trusted_with_its_region(void **state)
{
	const struct world *world = *state;
	struct iova_policy *policy;
	struct iova_ctx_opts opts = { .size = sizeof opts };
	struct iova_failure failure;
	struct iova_ctx *ctx;

	assert_int_equal(iova_policy_new(IOVA_POLICY_STRICT, &policy), 0);
	assert_int_equal(iova_policy_override_device(policy, "00:14.0", IOVA_VERDICT_ALLOW), 0);
	opts.policy = policy;
	ctx = ctx_with(world, &opts, GROUP_USB);
	iova_policy_free(policy);
	attach_group(ctx, GROUP_LPC);
	assert_mapped(ctx, 0x7b800000, 0x20000);
	failure = refuse_map(ctx, 0x100000, MIB);
	assert_int_equal(failure.conflict.group, GROUP_LPC);
	iova_ctx_close(ctx);
}

static void nothing_large_enough_is_free(void **state)
{
	const struct world *world = *state;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_map_opts opts = { .size = sizeof opts,
				      .alloc = { .size = sizeof opts.alloc,
						 .window = { AT, AT + 2 * MIB - 1 } } };
	struct iova_ctx *ctx = ctx_with(world, NULL, GROUP_NIC);
	uint64_t iova;

	assert_mapped(ctx, AT + MIB / 2, MIB);
	assert_int_equal(iova_ctx_map(ctx, (void *)VADDR, MIB, &opts, &iova, &failure), -ENOSPC);
	assert_failed(&failure, -ENOSPC, IOVA_STEP_ALLOCATE, IOVA_WHY_NO_SPACE);
	assert_names(&failure, ctx, "0x100000 bytes");
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(epyc, memory_across_the_hypertransport_hole),
		ON(desktop, an_address_above_the_iommus_width),
		ON(old, a_region_of_another_member_of_the_group),
		ON(desktop, identity_over_the_software_msi_window),
		ON(desktop, memory_that_cannot_be_pinned),
		ON(desktop, the_caller_may_refuse_what_is_only_doubtful),
		ON(desktop, a_group_that_is_in_another_container),
		ON(desktop, one_device_is_trusted_with_its_region),
		ON(desktop, nothing_large_enough_is_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

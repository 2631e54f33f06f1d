/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From 6.4 iommufd reserves for each device what is its own, while sysfs tells what is
 * reserved for its whole group: the space takes the stricter, and knows who said what.
 */
#include "iommufd-help.h"

/* Of the second function of the graphics card; and what only the kernel, or only sysfs, tells. */
#define OF_SOUND 0x90000000ull
#define OF_KERNEL 0xa0000000ull
#define OF_SYSFS 0xb0000000ull
#define LAST(start) ((start) + 0xffff)

static const char regions[] = "0x0000000090000000 0x000000009000ffff reserved\n"
			      "0x00000000b0000000 0x00000000b000ffff reserved\n"
			      "0x00000000fee00000 0x00000000feefffff msi\n";

static void prepare(const struct world *world)
{
	free_sound(world);
	assert_int_equal(iova_sim_add_device_region(world->sim, SOUND, OF_SOUND, LAST(OF_SOUND),
						    "reserved"),
			 0);
	assert_int_equal(iova_sim_add_device_region(world->sim, GPU, OF_KERNEL, LAST(OF_KERNEL),
						    "reserved"),
			 0);
	assert_int_equal(iova_sim_file_text(world->sim,
					    "/sys/kernel/iommu_groups/6/reserved_regions", regions),
			 0);
}

/* What forbids an address: a bit for each source. */
static uint32_t sources_at(struct iova_ctx *ctx, uint64_t address)
{
	const struct iova_space *space = iova_ctx_space(ctx);
	struct iova_segment segment;
	struct iova_conflict reason;
	uint32_t sources = 0;

	for (size_t i = 0; !iova_space_nth_segment(space, i, &segment); i++) {
		if (address < segment.range.start || address > segment.range.last)
			continue;
		for (size_t j = 0; !iova_space_nth_reason(space, i, j, &reason); j++)
			sources |= 1u << reason.source;
		assert_int_equal(sources != 0, segment.tier != IOVA_TIER_USABLE);
	}
	return sources;
}

#define KERNEL (1u << IOVA_SOURCE_KERNEL)
#define REGION (1u << IOVA_SOURCE_REGION)

static void assert_sources(struct iova_ctx *ctx, uint64_t start, uint32_t sources)
{
	assert_int_equal(sources_at(ctx, start), sources);
	assert_int_equal(sources_at(ctx, LAST(start)), sources);
	assert_int_equal(sources_at(ctx, start - 1), 0);
	assert_int_equal(sources_at(ctx, LAST(start) + 1), 0);
	assert_true(tier_holds(ctx, IOVA_TIER_REFUSED, start, LAST(start)));
}

/* One function is attached: the kernel reserves for it alone, sysfs speaks of both. */
static void the_stricter_of_both_is_taken(void **state)
{
	const struct world *world = *state;
	struct iova_ctx *ctx;

	prepare(world);
	ctx = ctx_native_with(world, GPU);
	assert_sources(ctx, OF_SOUND, REGION);
	assert_sources(ctx, OF_KERNEL, KERNEL);
	assert_sources(ctx, OF_SYSFS, REGION);
	assert_int_equal(sources_at(ctx, 0xfee00000), KERNEL | REGION);
	/* With the other, the kernel says so, too. */
	attach_device(ctx, SOUND);
	assert_sources(ctx, OF_SOUND, KERNEL | REGION);
	assert_sources(ctx, OF_KERNEL, KERNEL);
	assert_sources(ctx, OF_SYSFS, REGION);
	assert_int_equal(iova_ctx_detach_device(ctx, GPU, NULL, NULL), 0);
	assert_int_equal(sources_at(ctx, OF_KERNEL), 0);
	assert_sources(ctx, OF_SOUND, KERNEL | REGION);
	iova_ctx_close(ctx);
}

/* Before 6.4 all that is reserved for the group is reserved with the first of its devices. */
static void before_that_the_kernel_speaks_of_the_group(void **state)
{
	const struct world *world = *state;
	struct iova_ctx_opts opts = ctx_compat();
	struct iova_ctx *ctx;

	prepare(world);
	ctx = ctx_with(world, &opts, GROUP_GPU);
	assert_sources(ctx, OF_SOUND, KERNEL | REGION);
	assert_sources(ctx, OF_KERNEL, KERNEL);
	assert_sources(ctx, OF_SYSFS, REGION);
	iova_ctx_close(ctx);
}

/* A mapping in a hole that only one of them tells is refused all the same, and says by whom. */
static void a_refusal_names_its_source(void **state)
{
	const struct world *world = *state;
	struct iova_failure told = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx;

	prepare(world);
	ctx = ctx_native_with(world, GPU);
	REFUSED(world, ctx, map_at(ctx, OF_SOUND, PAGE, &failure), -EADDRNOTAVAIL, IOVA_STEP_CHECK,
		IOVA_WHY_REFUSED);
	assert_int_equal(map_at(ctx, OF_SOUND, PAGE, &told), -EADDRNOTAVAIL);
	assert_int_equal(told.conflict.source, IOVA_SOURCE_REGION);
	assert_int_equal(told.conflict.group, GROUP_GPU);
	assert_int_equal(map_at(ctx, OF_KERNEL, PAGE, &told), -EADDRNOTAVAIL);
	assert_int_equal(told.conflict.source, IOVA_SOURCE_KERNEL);
	iova_ctx_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_PRESET("iommufd", the_stricter_of_both_is_taken),
		ON_PRESET("iommufd-6.6", the_stricter_of_both_is_taken),
		ON_PRESET("iommufd-6.2", before_that_the_kernel_speaks_of_the_group),
		ON_PRESET("iommufd", a_refusal_names_its_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

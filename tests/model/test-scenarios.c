/* SPDX-License-Identifier: BSD-3-Clause */
/* The scenarios of the real kernels, on a simulated host: test-scenarios [STAGE]; the first without. */
#include "harness.h"
#include "stage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MSI_X86                        \
	{                              \
		0xfee00000, 0xfeefffff \
	}

static struct world *world;

static int limit_memory(const struct stage *stage, uint64_t bytes)
{
	(void)stage;
	return iova_sim_set_memory(world->sim,
				   &(struct iova_sys_memory){ .page_size = 4096, .limit = bytes });
}

#define INTEL                                                                                   \
	.first = "0000:01:00.0", .second = "0000:00:14.0", .limit_memory = limit_memory,        \
	.msi = MSI_X86, .top = 0x7fffffffff,                                                    \
	.has = HAS_RELAXABLE | HAS_LPC | HAS_DIRECT | HAS_LIMITS | HAS_WIDTH | HAS_BLOCKED,     \
	.relaxable = "0000:00:1f.2", .relaxable_range = { 0, 0xffffff }, .lpc = "0000:00:1f.0", \
	.direct = "0000:03:00.0", .direct_range = { 0x7c000000, 0x7c0fffff },                   \
	.blocked = "0000:04:00.0", .blocker = "0000:04:00.1", .blocker_driver = "snd_hda_intel"

static struct {
	const char *preset;
	struct stage stage;
} stages[] = {
	{ "desktop", { .name = "desktop", INTEL, .direct_error = -EINVAL } },
	{ "desktop-6.1", { .name = "desktop-6.1", INTEL, .direct_error = -EPERM } },
	{ "epyc",
	  { .name = "epyc",
	    .first = "0000:41:00.0",
	    .second = "0000:43:00.0",
	    .limit_memory = limit_memory,
	    .msi = MSI_X86,
	    .top = UINT64_MAX,
	    .has = HAS_LAST_PAGE | HAS_LIMITS } },
	{ "desktop",
	  { .name = "no-interrupts",
	    .first = "0000:01:00.0",
	    .second = "0000:00:14.0",
	    .has = NO_INTERRUPTS } },
};

static int play(const char *preset, struct stage *stage)
{
	struct iova_sys_memory memory = { .page_size = 4096, .limit = 8 << 20, .exempt = 1 };
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	int failed;

	world = world_new(preset);
	assert_int_equal(iova_sim_set_memory(world->sim, &memory), 0);
	if (stage->has & NO_INTERRUPTS) {
		iova_sim_iommu_of_width(39, &iommu);
		iommu.remaps_interrupts = 0;
		assert_int_equal(iova_sim_set_iommu(world->sim, IOVA_SIM_ALL_GROUPS, &iommu), 0);
	}
	stage->sys = world->sys;
	failed = stage_play(stage);
	world_assert_clean(world);
	world_free(world);
	return failed;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return play(stages[0].preset, &stages[0].stage);
	for (size_t i = 0; argc == 2 && i < sizeof stages / sizeof *stages; i++)
		if (!strcmp(stages[i].stage.name, argv[1]))
			return play(stages[i].preset, &stages[i].stage);
	fprintf(stderr, "usage: test-scenarios [STAGE]\n");
	return 2;
}

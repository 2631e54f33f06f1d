/* SPDX-License-Identifier: BSD-3-Clause */
#include "stages.h"

#include "twin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MSI_X86                        \
	{                              \
		0xfee00000, 0xfeefffff \
	}

#define INTEL                                                                                   \
	.first = "0000:01:00.0", .second = "0000:00:14.0", .msi = MSI_X86, .top = 0x7fffffffff, \
	.has = HAS_RELAXABLE | HAS_LPC | HAS_DIRECT | HAS_LIMITS | HAS_WIDTH | HAS_BLOCKED |    \
	       HAS_LOST_MEMORY,                                                                 \
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
	    .msi = MSI_X86,
	    .top = UINT64_MAX,
	    .has = HAS_LAST_PAGE | HAS_LIMITS | HAS_LOST_MEMORY } },
	{ "desktop",
	  { .name = "no-interrupts",
	    .first = "0000:01:00.0",
	    .second = "0000:00:14.0",
	    .has = NO_INTERRUPTS } },
};

struct stage *stages_find(const char *name)
{
	if (!name)
		return &stages[0].stage;
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
		if (!strcmp(stages[i].stage.name, name))
			return &stages[i].stage;
	return stage_of_guest(name);
}

static struct world *world_of_preset(const char *preset, const struct stage *stage)
{
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct world *world = world_new(preset);

	if (stage->has & NO_INTERRUPTS) {
		iova_sim_iommu_of_width(39, &iommu);
		iommu.remaps_interrupts = 0;
		assert_int_equal(iova_sim_set_iommu(world->sim, IOVA_SIM_ALL_GROUPS, &iommu), 0);
	}
	return world;
}

/*
 * Where the machine of a stage is recorded: a stage's name is that of its guest, and what is said
 * of it after another hyphen. The compat guests are the iommufd guests with another kernel.
 */
static void find_machine(const struct stage *stage, char *directory, size_t size)
{
	const char *release = strstr(stage->name, "-6."), *rest = strchr(release + 1, '-');
	int length = rest ? (int)(rest - stage->name) : (int)strlen(stage->name);
	const char *compat = strstr(stage->name, "-compat-6.");

	if (compat)
		snprintf(directory, size, "%s/machines/%.*s-iommufd%.*s", TEST_DATA,
			 (int)(compat - stage->name), stage->name,
			 length - (int)(release - stage->name), release);
	else
		snprintf(directory, size, "%s/machines/%.*s", TEST_DATA, length, stage->name);
}

/* With what the steps of tests/vm change in the machine before a stage, if anything. */
static struct world *world_of_guest(const struct stage *stage)
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	struct iova_sim *sim = NULL;
	char directory[512];

	find_machine(stage, directory, sizeof directory);
	assert_int_equal(twin_new(directory, &sim), 0);
	assert_int_equal(iova_sim_get_kernel(sim, &kernel), 0);
	kernel.unsafe_interrupts = !strcmp(stage->name, "virtio-6.12");
	kernel.iommufd = strstr(directory, "-iommufd-") != NULL;
	kernel.iommufd_container = strstr(stage->name, "-compat-6.") != NULL;
	if (kernel.iommufd_container)
		kernel.type1 = 0;
	assert_int_equal(iova_sim_set_kernel(sim, &kernel), 0);
	if (stage->has & HAS_BLOCKED)
		assert_int_equal(iova_sim_bind(sim, stage->blocker, stage->blocker_driver), 0);
	return world_of_sim(sim);
}

struct world *stages_world(const struct stage *stage)
{
	struct iova_sys_memory memory = { .page_size = 4096, .limit = 8 << 20, .exempt = 1 };
	struct world *world = NULL;

	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
		if (&stages[i].stage == stage)
			world = world_of_preset(stages[i].preset, stage);
	if (!world)
		world = world_of_guest(stage);
	assert_int_equal(iova_sim_set_memory(world->sim, &memory), 0);
	return world;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Making a host from a table. */
#include "preset.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name;
	const struct sim_preset *preset;
} presets[] = {
	{ "desktop", &sim_preset_desktop_ }, { "desktop-6.1", &sim_preset_desktop_6_1_ },
	{ "epyc", &sim_preset_epyc_ },       { "old", &sim_preset_old_ },
	{ "igpu", &sim_preset_igpu_ },       { "gpu", &sim_preset_gpu_ },
	{ "server", &sim_preset_server_ },   { "arm", &sim_preset_arm_ },
	{ "s390", &sim_preset_s390_ },       { "nested", &sim_preset_nested_ },
};

#define N_PRESETS (sizeof presets / sizeof *presets)

IOVA_API const char *const *iova_sim_presets(void)
{
	static const char *const names[] = { "desktop", "desktop-6.1", "epyc",   "old",
					     "igpu",    "gpu",         "server", "arm",
					     "s390",    "nested",      NULL };

	_Static_assert(sizeof names / sizeof *names == N_PRESETS + 1, "a name for each");
	return names;
}

static int set_kernel(struct iova_sim *sim, const struct sim_preset *preset)
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	int r = iova_sim_kernel_of(preset->release, &kernel);

	if (r < 0)
		return r;
	if (preset->allows_direct)
		kernel.direct = IOVA_SIM_DIRECT_ALLOWED;
	return iova_sim_set_kernel(sim, &kernel);
}

static int add_group(struct iova_sim *sim, const struct sim_preset *preset, uint32_t id)
{
	int r = iova_sim_add_group(sim, id, preset->group_type);

	for (const struct sim_preset_region *region = preset->common; r >= 0 && region->word;
	     region++)
		r = iova_sim_add_region(sim, id, region->start, region->last, region->word);
	return r;
}

static int build(struct iova_sim *sim, const struct sim_preset *preset)
{
	struct iova_sim_iommu iommu = {
		.size = sizeof iommu,
		.aperture_start = preset->aperture_start,
		.aperture_last = preset->aperture_last,
		.map_last = preset->aperture_last,
		.page_sizes = preset->page_sizes,
		.remaps_interrupts = 1,
		.coherent = preset->coherent,
	};
	int r = set_kernel(sim, preset);

	if (r >= 0)
		r = iova_sim_set_iommu(sim, IOVA_SIM_ALL_GROUPS, &iommu);
	for (uint32_t id = 0; r >= 0 && id < preset->n_groups; id++)
		r = add_group(sim, preset, id);
	for (const struct sim_preset_device *d = preset->devices; r >= 0 && d->name; d++)
		r = iova_sim_add_device(sim, d->group, d->name, d->vendor, d->device, d->class_code,
					d->driver);
	for (const struct sim_preset_region *region = preset->regions; r >= 0 && region->word;
	     region++)
		r = iova_sim_add_device_region(sim, region->device, region->start, region->last,
					       region->word);
	return r;
}

IOVA_API int iova_sim_new_preset(const char *name, struct iova_sim **ret_sim)
{
	struct iova_sim *sim;
	size_t i = 0;
	int r;

	if (!name || !ret_sim)
		return -EINVAL;
	while (i < N_PRESETS && strcmp(presets[i].name, name))
		i++;
	if (i == N_PRESETS)
		return -ENOENT;
	r = iova_sim_new(&sim);
	if (r < 0)
		return r;
	r = build(sim, presets[i].preset);
	if (r < 0) {
		iova_sim_free(sim);
		return r;
	}
	*ret_sim = sim;
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Making a host from a table. */
#include "preset.h"

#include <errno.h>
#include <string.h>

/* The same machine may be had with other kernels. */
static const struct made {
	const char *name;
	const struct sim_preset *preset;
	const char *release; /* NULL: the preset's */
	bool iommufd;
	bool container; /* of iommufd */
} presets[] = {
	{ "desktop", &sim_preset_desktop_, NULL, false, false },
	{ "desktop-6.1", &sim_preset_desktop_, "6.1", false, false },
	{ "epyc", &sim_preset_epyc_, NULL, false, false },
	{ "old", &sim_preset_old_, NULL, false, false },
	{ "igpu", &sim_preset_igpu_, NULL, false, false },
	{ "gpu", &sim_preset_gpu_, NULL, false, false },
	{ "server", &sim_preset_server_, NULL, false, false },
	{ "arm", &sim_preset_arm_, NULL, false, false },
	{ "s390", &sim_preset_s390_, NULL, false, false },
	{ "nested", &sim_preset_nested_, NULL, false, false },
	{ "iommufd", &sim_preset_desktop_, NULL, true, false },
	{ "iommufd-6.2", &sim_preset_desktop_, "6.2", true, false },
	{ "iommufd-6.6", &sim_preset_desktop_, "6.6", true, false },
	{ "iommufd-6.13", &sim_preset_desktop_, "6.13", true, false },
	{ "iommufd-epyc", &sim_preset_epyc_, NULL, true, false },
	{ "compat", &sim_preset_desktop_, NULL, true, true },
};

#define N_PRESETS (sizeof presets / sizeof *presets)

IOVA_API const char *const *iova_sim_presets(void)
{
	static const char *const names[] = {
		"desktop",     "desktop-6.1",  "epyc",         "old",    "igpu",    "gpu",
		"server",      "arm",          "s390",         "nested", "iommufd", "iommufd-6.2",
		"iommufd-6.6", "iommufd-6.13", "iommufd-epyc", "compat", NULL,
	};

	_Static_assert(sizeof names / sizeof *names == N_PRESETS + 1, "a name for each");
	return names;
}

static int set_kernel(struct iova_sim *sim, const struct made *made)
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	int r = iova_sim_kernel_of(made->release ? made->release : made->preset->release, &kernel);

	if (r < 0)
		return r;
	if (made->preset->allows_direct)
		kernel.direct = IOVA_SIM_DIRECT_ALLOWED;
	kernel.iommufd = made->iommufd;
	kernel.iommufd_container = made->container;
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

static int build(struct iova_sim *sim, const struct made *made)
{
	const struct sim_preset *preset = made->preset;
	struct iova_sim_iommu iommu = {
		.size = sizeof iommu,
		.aperture_start = preset->aperture_start,
		.aperture_last = preset->aperture_last,
		.map_last = preset->aperture_last,
		.page_sizes = preset->page_sizes,
		.remaps_interrupts = 1,
		.coherent = preset->coherent,
	};
	int r = set_kernel(sim, made);

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
	r = build(sim, &presets[i]);
	if (r < 0) {
		iova_sim_free(sim);
		return r;
	}
	*ret_sim = sim;
	return 0;
}

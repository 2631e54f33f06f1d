/* SPDX-License-Identifier: BSD-3-Clause */
/* Machines that people have. */
#include "sim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct preset_device {
	uint32_t group;
	const char *name;
	uint32_t vendor;
	uint32_t device;
	uint32_t class_code;
	const char *driver;
};

struct preset_region {
	const char *device;
	uint64_t start;
	uint64_t last;
	const char *word;
};

struct preset {
	const char *release;
	uint32_t bits;
	uint32_t n_groups; /* from 0 */
	const char *group_type;
	const struct preset_device *devices; /* up to one without a name */
	const struct preset_region *regions; /* of devices, up to one without a word */
	const struct preset_region *common;  /* of every group */
	uint64_t page_sizes;                 /* 0: as iova_sim_iommu_of_width() */
};

/* intel_iommu_get_resv_regions: every group has the interrupt window. */
static const struct preset_region intel_common[] = {
	{ NULL, 0xfee00000, 0xfeefffff, "msi" },
	{ 0 },
};

/*
 * 1 a network card, 2 a USB controller with an RMRR that may be given up, 3 a
 * disk that its own driver still holds, 4 a RAID card with a strict RMRR, 5 the
 * LPC bridge with what shares its slot, 6 a graphics card whose audio function
 * has a foreign driver.
 */
static const struct preset_device desktop_devices[] = {
	{ 0, "0000:00:00.0", 0x8086, 0x29c0, 0x060000, NULL },
	{ 1, "0000:01:00.0", 0x8086, 0x1533, 0x020000, "vfio-pci" },
	{ 2, "0000:00:14.0", 0x8086, 0xa2af, 0x0c0330, "vfio-pci" },
	{ 3, "0000:02:00.0", 0x144d, 0xa808, 0x010802, "nvme" },
	{ 4, "0000:03:00.0", 0x1000, 0x005d, 0x010400, "vfio-pci" },
	{ 5, "0000:00:1f.0", 0x8086, 0x2918, 0x060100, NULL },
	{ 5, "0000:00:1f.2", 0x8086, 0x2922, 0x010601, "vfio-pci" },
	{ 5, "0000:00:1f.3", 0x8086, 0x2930, 0x0c0500, NULL },
	{ 6, "0000:04:00.0", 0x10de, 0x1b80, 0x030000, "vfio-pci" },
	{ 6, "0000:04:00.1", 0x10de, 0x10f0, 0x040300, "snd_hda_intel" },
	{ 0 },
};

static const struct preset_region desktop_regions[] = {
	{ "0000:00:14.0", 0x7b800000, 0x7b81ffff, "direct-relaxable" },
	{ "0000:03:00.0", 0x7c000000, 0x7c0fffff, "direct" },
	{ "0000:00:1f.0", 0, 0xffffff, "direct-relaxable" },
	{ 0 },
};

/* Before 5.3 the low 16 MiB of the ISA bridge were not shown. */
static const struct preset_region old_regions[] = {
	{ "0000:00:14.0", 0x7b800000, 0x7b81ffff, "direct-relaxable" },
	{ "0000:03:00.0", 0x7c000000, 0x7c0fffff, "direct" },
	{ 0 },
};

/* amd_iommu_get_resv_regions: interrupts, and what HyperTransport keeps. */
static const struct preset_region amd_common[] = {
	{ NULL, 0xfee00000, 0xfeefffff, "msi" },
	{ NULL, 0xfd00000000, 0xffffffffff, "reserved" },
	{ 0 },
};

static const struct preset_device epyc_devices[] = {
	{ 0, "0000:00:00.0", 0x1022, 0x1480, 0x060000, NULL },
	{ 1, "0000:41:00.0", 0x15b3, 0x1017, 0x020000, "vfio-pci" },
	{ 2, "0000:42:00.0", 0x10de, 0x20b5, 0x030200, "vfio-pci" },
	{ 2, "0000:42:00.1", 0x10de, 0x10f0, 0x040300, "vfio-pci" },
	{ 3, "0000:43:00.0", 0x144d, 0xa80a, 0x010802, "vfio-pci" },
	{ 0 },
};

static const struct preset_region no_regions[] = { { 0 } };

/* AMD's first page table maps any power of two from 4 KiB up. */
#define AMD_PAGE_SIZES (~(uint64_t)0xfff)

static const struct {
	const char *name;
	struct preset preset;
} presets[] = {
	{ "desktop",
	  { "6.12", 39, 7, "DMA-FQ", desktop_devices, desktop_regions, intel_common, 0 } },
	{ "desktop-6.1",
	  { "6.1", 39, 7, "DMA-FQ", desktop_devices, desktop_regions, intel_common, 0 } },
	{ "epyc",
	  { "6.12", 64, 4, "DMA-FQ", epyc_devices, no_regions, amd_common, AMD_PAGE_SIZES } },
	{ "old", { "4.19", 39, 7, "DMA", desktop_devices, old_regions, intel_common, 0 } },
};

#define N_PRESETS (sizeof presets / sizeof *presets)

const char *const *iova_sim_presets(void)
{
	static const char *const names[] = { "desktop", "desktop-6.1", "epyc", "old", NULL };

	_Static_assert(sizeof names / sizeof *names == N_PRESETS + 1, "a name for each");
	return names;
}

static int add_group(struct iova_sim *sim, const struct preset *preset, uint32_t id)
{
	int r = iova_sim_add_group(sim, id, preset->group_type);

	for (const struct preset_region *region = preset->common; r >= 0 && region->word; region++)
		r = iova_sim_add_region(sim, id, region->start, region->last, region->word);
	return r;
}

static int build(struct iova_sim *sim, const struct preset *preset)
{
	struct iova_sim_kernel kernel;
	struct iova_sim_iommu iommu;
	int r = iova_sim_kernel_of(preset->release, &kernel);

	if (r < 0)
		return r;
	iova_sim_set_kernel(sim, &kernel);
	iova_sim_iommu_of_width(preset->bits, &iommu);
	if (preset->page_sizes)
		iommu.page_sizes = preset->page_sizes;
	r = iova_sim_set_iommu(sim, IOVA_SIM_ALL_GROUPS, &iommu);
	for (uint32_t id = 0; r >= 0 && id < preset->n_groups; id++)
		r = add_group(sim, preset, id);
	for (const struct preset_device *d = preset->devices; r >= 0 && d->name; d++)
		r = iova_sim_add_device(sim, d->group, d->name, d->vendor, d->device, d->class_code,
					d->driver);
	for (const struct preset_region *region = preset->regions; r >= 0 && region->word; region++)
		r = iova_sim_add_device_region(sim, region->device, region->start, region->last,
					       region->word);
	return r;
}

int iova_sim_new_preset(const char *name, struct iova_sim **ret_sim)
{
	for (size_t i = 0; i < N_PRESETS; i++) {
		struct iova_sim *sim;
		int r;

		if (strcmp(presets[i].name, name))
			continue;
		r = iova_sim_new(&sim);
		if (r < 0)
			return r;
		r = build(sim, &presets[i].preset);
		if (r < 0) {
			iova_sim_free(sim);
			return r;
		}
		*ret_sim = sim;
		return 0;
	}
	return -ENOENT;
}

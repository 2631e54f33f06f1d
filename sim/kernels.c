/* SPDX-License-Identifier: BSD-3-Clause */
/* Releases of Linux as sets of features. */
#include "private.h"

#include "base/opts.h"

#include <errno.h>
#include <string.h>

#define ENTRY_LIMIT 65535 /* default of vfio_iommu_type1's dma_entry_limit */

/* 6.12 is 612: comparable. */
static const struct {
	const char *name;
	uint32_t number;
} releases[] = {
	{ "4.19", 419 }, { "5.2", 502 },  { "5.4", 504 },  { "5.10", 510 },
	{ "5.15", 515 }, { "6.1", 601 },  { "6.2", 602 },  { "6.3", 603 },
	{ "6.6", 606 },  { "6.12", 612 }, { "6.13", 613 }, { "6.18", 618 },
};

/*
 * intel_iommu_attach_device refuses such a device; from 5.18 the domain that
 * blocks a group's DMA while it is claimed was one it refused as well, from 6.2
 * to 6.5 another. Since 6.6 IOC:__iommu_device_set_domain does, for every IOMMU.
 */
static uint32_t rule_for_direct(uint32_t number)
{
	if (number >= 606)
		return IOVA_SIM_DIRECT_INVALID;
	return number >= 518 && number <= 601 ? IOVA_SIM_DIRECT_AT_CONTAINER :
						IOVA_SIM_DIRECT_AT_IOMMU;
}

static struct iova_sim_kernel kernel_of(uint32_t number)
{
	return (struct iova_sim_kernel){
		.type1 = 1,
		.has_regions = 1,
		.has_group_type = 1,
		.has_nesting = number <= 612,
		.top_defect = number <= 617,
		.early_wrap = number >= 618,
		.direct = rule_for_direct(number),
		.entry_limit = number >= 501 ? ENTRY_LIMIT : 0,
		.has_relaxable = number >= 503,
		.has_cap_offset = number >= 504,
		.has_list = number >= 504,
		.enforces = number >= 504,
		.has_migration = number >= 508,
		.has_avail = number >= 510,
		.has_unmap_all = number >= 512,
		.claims_owner = number >= 518,
		.revokes_group = number >= 601,
		.tells_kind = number >= 602,
		.padded = number >= 606,
		.has_vfio_dev = number >= 601,
		.has_iommufd = number >= 602,
		.reserves_device = number >= 604,
		.has_cdevs = number >= 606,
		.has_hw_info = number >= 606,
		.has_file_maps = number >= 613,
		/* In 6.12.y, which is what was measured, but not in 6.12. */
		.unmaps_nothing = number == 612 || number >= 618,
	};
}

bool sim_has_iommufd_(const struct iova_sim *sim)
{
	return sim->kernel.iommufd && sim->kernel.has_iommufd;
}

bool sim_has_cdevs_(const struct iova_sim *sim)
{
	return sim_has_iommufd_(sim) && sim->kernel.has_cdevs;
}

IOVA_API int iova_sim_kernel_of(const char *release, struct iova_sim_kernel *ret_kernel)
{
	if (!release || !ret_kernel)
		return -EINVAL;
	for (size_t i = 0; i < sizeof releases / sizeof *releases; i++) {
		if (!strcmp(releases[i].name, release)) {
			struct iova_sim_kernel kernel = kernel_of(releases[i].number);

			return iova_info_write_(ret_kernel, sizeof kernel, &kernel, sizeof kernel);
		}
	}
	return -ENOENT;
}

IOVA_API int iova_sim_iommu_of_width(uint32_t bits, struct iova_sim_iommu *ret_iommu)
{
	uint64_t last = bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX;
	struct iova_sim_iommu iommu = {
		.aperture_last = last,
		.map_last = last,
		.page_sizes = (uint64_t)1 << 12 | (uint64_t)1 << 21 | (uint64_t)1 << 30,
		.remaps_interrupts = 1,
		.coherent = 1,
	};

	if (!ret_iommu)
		return -EINVAL;
	return iova_info_write_(ret_iommu, sizeof iommu, &iommu, sizeof iommu);
}

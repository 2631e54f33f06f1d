/* SPDX-License-Identifier: BSD-3-Clause */
/* Releases of Linux as sets of features. */
#include "sim.h"

#include <errno.h>
#include <string.h>

#define ENTRY_LIMIT 65535 /* default of vfio_iommu_type1's dma_entry_limit */

/*
 * Each row holds what came up to that release; VT-d's rule for direct regions.
 * 4.19: no list, and no limit of entries (5.1). 5.4: list, enforcement, the word
 * direct-relaxable (5.3). 5.10: MIGRATION (5.8), DMA_AVAIL. 6.1: UNMAP_ALL
 * (5.12), claimed owner (5.18). 6.6: EBADFD (6.2), padding, require_direct.
 * 6.18: no nesting (6.13), arithmetic at the top mended.
 */
static const struct {
	const char *release;
	struct iova_sim_kernel kernel;
} kernels[] = {
	/* clang-format off */
	{ "4.19", { .type1 = 1, .has_regions = 1, .has_group_type = 1, .has_nesting = 1,
		    .top_defect = 1, .direct = IOVA_SIM_DIRECT_AT_IOMMU } },
	{ "5.4", { .type1 = 1, .has_regions = 1, .has_group_type = 1, .has_nesting = 1,
		   .top_defect = 1, .direct = IOVA_SIM_DIRECT_AT_IOMMU, .entry_limit = ENTRY_LIMIT,
		   .has_cap_offset = 1, .has_list = 1, .enforces = 1, .has_relaxable = 1 } },
	{ "5.10", { .type1 = 1, .has_regions = 1, .has_group_type = 1, .has_nesting = 1,
		    .top_defect = 1, .direct = IOVA_SIM_DIRECT_AT_IOMMU,
		    .entry_limit = ENTRY_LIMIT, .has_cap_offset = 1, .has_list = 1, .enforces = 1,
		    .has_relaxable = 1, .has_migration = 1, .has_avail = 1 } },
	{ "6.1", { .type1 = 1, .has_regions = 1, .has_group_type = 1, .has_nesting = 1,
		   .top_defect = 1, .direct = IOVA_SIM_DIRECT_AT_CONTAINER,
		   .entry_limit = ENTRY_LIMIT, .has_cap_offset = 1, .has_list = 1, .enforces = 1,
		   .has_relaxable = 1, .has_migration = 1, .has_avail = 1, .has_unmap_all = 1,
		   .claims_owner = 1 } },
	{ "6.6", { .type1 = 1, .has_regions = 1, .has_group_type = 1, .has_nesting = 1,
		   .top_defect = 1, .direct = IOVA_SIM_DIRECT_INVALID, .entry_limit = ENTRY_LIMIT,
		   .has_cap_offset = 1, .has_list = 1, .enforces = 1, .has_relaxable = 1,
		   .has_migration = 1, .has_avail = 1, .has_unmap_all = 1, .claims_owner = 1,
		   .tells_kind = 1, .padded = 1 } },
	{ "6.12", { .type1 = 1, .has_regions = 1, .has_group_type = 1, .has_nesting = 1,
		    .top_defect = 1, .direct = IOVA_SIM_DIRECT_INVALID, .entry_limit = ENTRY_LIMIT,
		    .has_cap_offset = 1, .has_list = 1, .enforces = 1, .has_relaxable = 1,
		    .has_migration = 1, .has_avail = 1, .has_unmap_all = 1, .claims_owner = 1,
		    .tells_kind = 1, .padded = 1 } },
	{ "6.18", { .type1 = 1, .has_regions = 1, .has_group_type = 1,
		    .direct = IOVA_SIM_DIRECT_INVALID, .entry_limit = ENTRY_LIMIT,
		    .has_cap_offset = 1, .has_list = 1, .enforces = 1, .has_relaxable = 1,
		    .has_migration = 1, .has_avail = 1, .has_unmap_all = 1, .claims_owner = 1,
		    .tells_kind = 1, .padded = 1, .early_wrap = 1 } },
	/* clang-format on */
};

int iova_sim_kernel_of(const char *release, struct iova_sim_kernel *ret_kernel)
{
	for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
		if (!strcmp(kernels[i].release, release)) {
			*ret_kernel = kernels[i].kernel;
			return 0;
		}
	}
	return -ENOENT;
}

void iova_sim_iommu_of_width(uint32_t bits, struct iova_sim_iommu *ret_iommu)
{
	uint64_t last = bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX;

	*ret_iommu = (struct iova_sim_iommu){
		.aperture_last = last,
		.map_last = last,
		.page_sizes = (uint64_t)1 << 12 | (uint64_t)1 << 21 | (uint64_t)1 << 30,
		.remaps_interrupts = 1,
	};
}

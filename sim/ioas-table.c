/* SPDX-License-Identifier: BSD-3-Clause */
/* The page tables of an IOAS: HWP, and what IOP does when one comes and goes. */
#include "private.h"

#include "ioas.h"

#include <errno.h>

/*
 * What an IOMMU driver says to a mapping: VT-d's __domain_mapping and AMD's iommu_v1_map_pages
 * refuse one that is neither for reading nor for writing, and none reaches above its width.
 */
static int refuse(const struct sim_table *table, const struct sim_area *area)
{
	if (!area->flags)
		return -EINVAL;
	return area->last > table->iommu.map_last ? -EFAULT : 0;
}

/*
 * Into a table and those behind it; a mapping that is in a table already is pinned.
 * PAG:iopt_area_fill_domains: memory first, then the driver, then the limit. The caller
 * lets go of what is pinned where it fails.
 */
int sim_area_fill_(struct iova_sim *sim, struct sim_area *area, const struct sim_table *table)
{
	int pinned = area->filled ? 0 : sim_area_pin_(sim, area), r = 0;

	if (pinned < 0 && pinned != -ENOMEM)
		return pinned;
	for (; table && r >= 0; table = table->next)
		r = refuse(table, area);
	return r < 0 ? r : pinned;
}

static void unpin_all(struct iova_sim *sim, struct sim_ioas *ioas)
{
	for (size_t i = 0; i < ioas->areas.n; i++)
		sim_area_unpin_(sim, ioas->areas.items[i]);
}

/* IOP:iopt_fill_domain: with the first table the memory is pinned. */
static int fill(struct iova_sim *sim, struct sim_ioas *ioas, const struct sim_table *table)
{
	int r = 0;

	for (size_t i = 0; i < ioas->areas.n && r >= 0; i++)
		r = sim_area_fill_(sim, ioas->areas.items[i], table);
	return r;
}

/* IOP:iopt_table_add_domain reserves what the aperture leaves out. */
static int reserve_aperture(struct iova_sim *sim, struct sim_table *table)
{
	const struct iova_sim_iommu *iommu = &table->iommu;
	int r = 0;

	if (iommu->aperture_start)
		r = sim_ioas_reserve_(sim, table->ioas, 0, iommu->aperture_start - 1, table);
	if (r >= 0 && iommu->aperture_last != UINT64_MAX)
		r = sim_ioas_reserve_(sim, table->ioas, iommu->aperture_last + 1, UINT64_MAX,
				      table);
	return r;
}

static void leave(struct iova_sim *sim, struct sim_table *table)
{
	struct sim_ioas *ioas = table->ioas;
	struct sim_table **at = &ioas->tables;

	while (*at && *at != table)
		at = &(*at)->next;
	if (*at)
		*at = table->next;
	if (!ioas->tables)
		unpin_all(sim, ioas);
	sim_ioas_unreserve_(ioas, table);
	(void)sim_ioas_align_(sim, ioas); /* cannot become more */
}

/* Its number is taken; it is in no list yet, and sim_table_put_() undoes it. */
int sim_table_new_(struct iova_sim *sim, struct sim_iommufd *iommufd, struct sim_ioas *ioas,
		   const struct iova_sim_iommu *iommu, struct sim_table **ret_table)
{
	struct sim_object *object;
	struct sim_table *table;
	int r = sim_object_add_(sim, iommufd, SIM_OBJECT_TABLE, sizeof *table, &object);

	if (r < 0)
		return r;
	table = (struct sim_table *)object;
	table->ioas = ioas;
	table->iommu = *iommu;
	ioas->object.n_users++;
	*ret_table = table;
	return 0;
}

/* IOP:iopt_table_add_domain; a failure leaves the IOAS as it was. */
int sim_table_join_(struct iova_sim *sim, struct sim_table *table)
{
	struct sim_ioas *ioas = table->ioas;
	struct sim_table **at = &ioas->tables;
	uint64_t least = table->iommu.page_sizes & -table->iommu.page_sizes;
	int r = 0;

	if (least < ioas->alignment)
		least = ioas->alignment;
	if (least > sim->memory.page_size)
		return -EINVAL;
	if (least != ioas->alignment)
		r = sim_areas_conform_(sim, ioas, least);
	if (r < 0)
		return r;
	while (*at)
		at = &(*at)->next;
	*at = table;
	r = reserve_aperture(sim, table);
	if (r >= 0)
		r = fill(sim, ioas, table);
	if (r < 0) {
		leave(sim, table);
		return r;
	}
	ioas->alignment = least;
	return 0;
}

/* HWP:iommufd_hwpt_paging_destroy, when the last device is gone, or the first never came. */
void sim_table_put_(struct iova_sim *sim, struct sim_iommufd *iommufd, struct sim_table *table)
{
	if (table->object.n_users)
		return;
	leave(sim, table);
	table->ioas->object.n_users--;
	sim_object_drop_(iommufd, &table->object);
}

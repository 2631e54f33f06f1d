/* SPDX-License-Identifier: BSD-3-Clause */
/* An IOAS: what is reserved in it, and its alignment. IOP. */
#include "private.h"

#include "ioas.h"

#include <errno.h>
#include <stdlib.h>

/* IOAS:iommufd_ioas_alloc, IOP:iopt_init_table: all of the space, without alignment. */
int sim_ioas_new_(struct iova_sim *sim, struct sim_iommufd *iommufd, struct sim_ioas **ret_ioas)
{
	struct sim_object *object;
	struct sim_ioas *ioas;
	int r = sim_object_add_(sim, iommufd, SIM_OBJECT_IOAS, sizeof *ioas, &object);

	if (r < 0)
		return r;
	ioas = (struct sim_ioas *)object;
	ioas->alignment = 1;
	*ret_ioas = ioas;
	return 0;
}

/* IOAS:iommufd_ioas_destroy; no page table is left. */
void sim_ioas_free_(struct iova_sim *sim, struct sim_iommufd *iommufd, struct sim_ioas *ioas)
{
	while (ioas->areas.n)
		sim_area_drop_(sim, ioas, ioas->areas.items[ioas->areas.n - 1]);
	free(ioas->areas.items);
	while (ioas->reservations) {
		struct sim_reservation *reservation = ioas->reservations;

		ioas->reservations = reservation->next;
		free(reservation);
	}
	sim_ranges_free_(&ioas->allowed);
	if (iommufd->compat == ioas)
		iommufd->compat = NULL;
	sim_object_drop_(iommufd, &ioas->object);
}

static bool is_allowed(const struct sim_ioas *ioas, uint64_t start, uint64_t last)
{
	for (size_t i = 0; i < ioas->allowed.n; i++) {
		if (ioas->allowed.items[i].start <= last && start <= ioas->allowed.items[i].last)
			return true;
	}
	return false;
}

/* IOP:iopt_reserve_iova: neither a mapping nor an allowed range may lie there. */
int sim_ioas_reserve_(struct iova_sim *sim, struct sim_ioas *ioas, uint64_t start, uint64_t last,
		      const void *owner)
{
	struct sim_reservation *reservation;

	if (sim_areas_first_(ioas, start, last) || is_allowed(ioas, start, last))
		return -EADDRINUSE;
	reservation = sim_alloc_(sim, sizeof *reservation);
	if (!reservation)
		return -ENOMEM;
	reservation->range.start = start;
	reservation->range.last = last;
	reservation->owner = owner;
	reservation->next = ioas->reservations;
	ioas->reservations = reservation;
	return 0;
}

/* IOP:iopt_remove_reserved_iova. */
void sim_ioas_unreserve_(struct sim_ioas *ioas, const void *owner)
{
	struct sim_reservation **at = &ioas->reservations;

	while (*at) {
		struct sim_reservation *reservation = *at;

		if (reservation->owner != owner) {
			at = &reservation->next;
			continue;
		}
		*at = reservation->next;
		free(reservation);
	}
}

bool sim_ioas_is_reserved_(const struct sim_ioas *ioas, uint64_t start, uint64_t last)
{
	for (const struct sim_reservation *r = ioas->reservations; r; r = r->next) {
		if (r->range.start <= last && start <= r->range.last)
			return true;
	}
	return false;
}

/* IOP:iopt_calculate_iova_alignment; mappings must conform to what is more than before. */
int sim_ioas_align_(const struct iova_sim *sim, struct sim_ioas *ioas)
{
	uint64_t alignment = ioas->small_pages ? sim->memory.page_size : 1;
	int r;

	for (const struct sim_table *table = ioas->tables; table; table = table->next) {
		uint64_t least = table->iommu.page_sizes & -table->iommu.page_sizes;

		if (least > alignment)
			alignment = least;
	}
	if (alignment > ioas->alignment) {
		r = sim_areas_conform_(sim, ioas, alignment);
		if (r < 0)
			return r;
	}
	ioas->alignment = alignment;
	return 0;
}

/* IOP:iopt_disable_large_pages, iopt_enable_large_pages. */
int sim_ioas_small_pages_(const struct iova_sim *sim, struct sim_ioas *ioas, bool small)
{
	bool before = ioas->small_pages;
	int r;

	if (small && before)
		return 0;
	if (small && ioas->tables && ioas->areas.n)
		return -EINVAL;
	ioas->small_pages = small;
	r = sim_ioas_align_(sim, ioas);
	if (r < 0)
		ioas->small_pages = before;
	return r;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* IOMMU_IOAS_COPY: the same memory in a second place, pinned and charged once. */
#include "private.h"

#include "ioas.h"

#include "uapi/iommufd.h"

#include <errno.h>
#include <stdlib.h>

struct pieces {
	struct sim_area **items;
	size_t n;
	size_t room;
};

static void free_pieces(struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->n; i++) {
		sim_pages_put_(pieces->items[i]->pages);
		free(pieces->items[i]);
	}
	free(pieces->items);
}

/* One piece more: what of an area lies in start..last. */
static int add_piece(struct iova_sim *sim, struct pieces *pieces, const struct sim_area *of,
		     uint64_t start, uint64_t last)
{
	struct sim_area **items =
		sim_grow_(sim, pieces->items, pieces->n, &pieces->room, sizeof(struct sim_area *));
	struct sim_area *piece;

	if (!items)
		return -ENOMEM;
	pieces->items = items;
	piece = sim_alloc_(sim, sizeof *piece);
	if (!piece)
		return -ENOMEM;
	piece->last = last - start;
	piece->start_byte = of->start_byte + (start - of->iova);
	piece->pages = of->pages;
	piece->pages->n_users++;
	pieces->items[pieces->n++] = piece;
	return 0;
}

/* IOP:iopt_get_pages: all of the range must be mapped. */
static int collect(struct iova_sim *sim, const struct sim_ioas *ioas, uint64_t start,
		   uint64_t length, struct pieces *pieces)
{
	uint64_t last = start + (length - 1);
	int r = 0;

	if (!length)
		return -EINVAL;
	if (last < start)
		return -EOVERFLOW;
	while (r >= 0) {
		const struct sim_area *area = sim_areas_first_(ioas, start, start);
		uint64_t until;

		if (!area)
			return -ENOENT;
		until = area->last < last ? area->last : last;
		r = add_piece(sim, pieces, area, start, until);
		if (until == last)
			break;
		start = until + 1;
	}
	return r;
}

static int copy(struct iova_sim *sim, const struct sim_iommufd *iommufd,
		const struct iova_iommu_ioas_copy *request, uint32_t flags, struct pieces *pieces,
		struct sim_place *place)
{
	struct sim_ioas *ioas;
	int r = sim_ioas_find_(iommufd, request->src_ioas_id, &ioas);

	if (r >= 0)
		r = collect(sim, ioas, request->src_iova, request->length, pieces);
	if (r >= 0)
		r = sim_ioas_find_(iommufd, request->dst_ioas_id, &ioas);
	for (size_t i = 0; i < pieces->n; i++)
		pieces->items[i]->flags = flags;
	return r < 0 ? r : sim_ioas_insert_(sim, ioas, pieces->items, pieces->n, place);
}

/* IOAS:iommufd_ioas_copy. */
int sim_ioas_copy_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument)
{
	struct iova_iommu_ioas_copy *request = argument;
	struct sim_place place = { .chosen = !(request->flags & IOVA_IOMMU_MAP_FIXED),
				   .iova = request->dst_iova,
				   .length = request->length };
	struct pieces pieces = { 0 };
	uint32_t flags;
	int r;

	if (request->flags & ~(IOVA_IOMMU_MAP_FIXED | IOVA_IOMMU_MAP_WRITE | IOVA_IOMMU_MAP_READ))
		return -EOPNOTSUPP;
	if (request->length == UINT64_MAX || request->src_iova == UINT64_MAX ||
	    request->dst_iova == UINT64_MAX)
		return -EOVERFLOW;
	r = sim_ioas_prot_(request->flags, &flags);
	if (r >= 0)
		r = copy(sim, iommufd, request, flags, &pieces, &place);
	if (r < 0) {
		free_pieces(&pieces);
		return r;
	}
	free(pieces.items);
	request->dst_iova = place.iova;
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* IOMMU_IOAS_MAP and IOMMU_IOAS_MAP_FILE. */
#include "private.h"

#include "ioas.h"

#include "uapi/iommufd.h"
#include "uapi/vfio.h"

#include <errno.h>
#include <stdlib.h>

/* IOP:iopt_check_iova: reserved is found before mapped, the other way round than with type1. */
static int check_place(const struct sim_ioas *ioas, const struct sim_place *place)
{
	uint64_t last = place->iova + (place->length - 1);

	if (place->iova & (ioas->alignment - 1))
		return -EINVAL;
	if (last < place->iova)
		return -EOVERFLOW;
	if (sim_ioas_is_reserved_(ioas, place->iova, last))
		return -EINVAL;
	return sim_areas_first_(ioas, place->iova, last) ? -EEXIST : 0;
}

static int find_place(const struct iova_sim *sim, const struct sim_ioas *ioas,
		      const struct sim_area *first, struct sim_place *place)
{
	if (!place->length || place->length & (ioas->alignment - 1))
		return -EINVAL;
	if (!place->chosen)
		return check_place(ioas, place);
	return sim_ioas_choose_(sim, ioas, first->pages->start + first->start_byte, place->length,
				&place->iova);
}

/* IOP:iopt_insert_area. */
static int insert(struct iova_sim *sim, struct sim_ioas *ioas, struct sim_area *piece)
{
	if (piece->flags & IOVA_VFIO_MAP_WRITE && !piece->pages->writable)
		return -EPERM;
	if (piece->start_byte & (sim->memory.page_size - 1) & (ioas->alignment - 1))
		return -EINVAL;
	return sim_areas_insert_(sim, ioas, piece);
}

/*
 * IOP:iopt_map_pages. The pieces come with the length of each, from 0 on; they are put one behind
 * the other. All or none; they remain the caller's if it fails.
 */
int sim_ioas_insert_(struct iova_sim *sim, struct sim_ioas *ioas, struct sim_area **pieces,
		     size_t n, struct sim_place *place)
{
	struct sim_place found = *place;
	uint64_t at;
	size_t n_in = 0;
	int r = find_place(sim, ioas, pieces[0], &found);

	if (r < 0)
		return r;
	at = found.iova;
	for (; n_in < n && r >= 0; n_in++) {
		pieces[n_in]->last += at;
		pieces[n_in]->iova = at;
		at = pieces[n_in]->last + 1;
		r = insert(sim, ioas, pieces[n_in]);
		if (r < 0)
			break;
	}
	for (size_t i = 0; i < n && r >= 0; i++)
		r = ioas->tables ? sim_area_fill_(sim, pieces[i], ioas->tables) : 0;
	if (r < 0) {
		for (size_t i = 0; i < n_in; i++) {
			sim_area_unpin_(sim, pieces[i]);
			sim_areas_remove_(ioas, pieces[i]);
		}
		return r;
	}
	*place = found;
	return 0;
}

/* PAG:iopt_alloc_pages, and what differs for a file: iopt_alloc_file_pages. */
static int check_source(const struct iova_sim *sim, const struct sim_source *source,
			uint64_t length)
{
	uint64_t last = source->start + (length - 1);

	if (source->file && length && last < source->start)
		return -EOVERFLOW;
	if (!length || length > UINT64_MAX - sim->memory.page_size)
		return -EINVAL;
	return !source->file && source->start + length < source->start ? -EOVERFLOW : 0;
}

/* IOP:iopt_map_user_pages, iopt_map_file_pages. */
int sim_ioas_map_(struct iova_sim *sim, struct sim_iommufd *iommufd, struct sim_ioas *ioas,
		  const struct sim_source *source, uint32_t flags, struct sim_place *place)
{
	struct sim_pages *pages;
	struct sim_area *area;
	int r = check_source(sim, source, place->length);

	if (r < 0)
		return r;
	pages = sim_pages_new_(sim, iommufd, source->start, flags & IOVA_VFIO_MAP_WRITE);
	if (!pages)
		return -ENOMEM;
	pages->of_file = source->file;
	pages->file_length = source->file ? source->file->length : 0;
	area = sim_alloc_(sim, sizeof *area);
	if (!area) {
		sim_pages_put_(pages);
		return -ENOMEM;
	}
	area->last = place->length - 1;
	area->flags = flags;
	area->start_byte = source->start - pages->start;
	area->pages = pages;
	r = sim_ioas_insert_(sim, ioas, &area, 1, place);
	if (r < 0) {
		sim_pages_put_(pages);
		free(area);
	}
	return r;
}

/* IOAS:conv_iommu_prot; one of both is wanted since 6.11. */
int sim_ioas_prot_(uint32_t flags, uint32_t *ret_flags)
{
	uint32_t own = 0;

	if (flags & IOVA_IOMMU_MAP_READ)
		own |= IOVA_VFIO_MAP_READ;
	if (flags & IOVA_IOMMU_MAP_WRITE)
		own |= IOVA_VFIO_MAP_WRITE;
	*ret_flags = own;
	return own ? 0 : -EINVAL;
}

#define MAP_FLAGS (IOVA_IOMMU_MAP_FIXED | IOVA_IOMMU_MAP_WRITE | IOVA_IOMMU_MAP_READ)

/* What both requests begin with. */
static int read_place(uint32_t flags, uint64_t iova, uint64_t length, struct sim_place *ret_place,
		      uint32_t *ret_flags)
{
	if (flags & ~MAP_FLAGS)
		return -EOPNOTSUPP;
	if (iova == UINT64_MAX || length == UINT64_MAX)
		return -EOVERFLOW;
	*ret_place = (struct sim_place){ .chosen = !(flags & IOVA_IOMMU_MAP_FIXED),
					 .iova = iova,
					 .length = length };
	return sim_ioas_prot_(flags, ret_flags);
}

/* IOAS:iommufd_ioas_map. */
int sim_ioas_map_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument)
{
	struct iova_iommu_ioas_map *request = argument;
	struct sim_source source = { .start = request->vaddr };
	struct sim_place place;
	struct sim_ioas *ioas;
	uint32_t flags;
	int r;

	if (request->reserved)
		return -EOPNOTSUPP;
	r = read_place(request->flags, request->iova, request->length, &place, &flags);
	if (r >= 0)
		r = sim_ioas_find_(iommufd, request->ioas_id, &ioas);
	if (r >= 0)
		r = sim_ioas_map_(sim, iommufd, ioas, &source, flags, &place);
	if (r >= 0)
		request->iova = place.iova;
	return r;
}

/* IOAS:iommufd_ioas_map_file: the IOAS is looked for before the file. */
int sim_ioas_map_file_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument)
{
	struct iova_iommu_ioas_map_file *request = argument;
	struct sim_source source = { .start = request->start };
	struct sim_place place;
	struct sim_ioas *ioas;
	uint32_t flags;
	int r = read_place(request->flags, request->iova, request->length, &place, &flags);

	if (r >= 0)
		r = sim_ioas_find_(iommufd, request->ioas_id, &ioas);
	if (r < 0)
		return r;
	source.file = sim_fd_find_(sim, request->fd);
	if (!source.file)
		return -EBADF;
	r = sim_ioas_map_(sim, iommufd, ioas, &source, flags, &place);
	if (r >= 0)
		request->iova = place.iova;
	return r;
}

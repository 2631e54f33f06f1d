/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a space, and its table of mappings. */
#include "base/range.h"
#include "space/space.h"

#include <errno.h>

IOVA_API uint64_t iova_space_granule(const struct iova_space *space)
{
	return space ? space->inputs.granule : 0;
}

IOVA_API int iova_space_top_known(const struct iova_space *space)
{
	return space && (space->inputs.list != IOVA_LIST_NONE || space->inputs.width);
}

IOVA_API size_t iova_space_read_groups(const struct iova_space *space, uint32_t *ret_groups,
				       size_t n_groups)
{
	if (!space)
		return 0;
	for (size_t i = 0; i < space->inputs.groups.n && i < n_groups; i++)
		ret_groups[i] = space->inputs.groups.groups[i]->group.info.id;
	return space->inputs.groups.n;
}

IOVA_API int iova_space_read_tier(const struct iova_space *space, uint32_t tier,
				  struct iova_set *ret_set)
{
	if (!space || !ret_set || tier < IOVA_TIER_USABLE || tier > IOVA_TIER_REFUSED)
		return -EINVAL;
	return iova_set_assign(ret_set, &space->picture.tiers[tier - 1]);
}

IOVA_API int iova_space_read_kernel(const struct iova_space *space, uint32_t *ret_list,
				    struct iova_set *ret_set)
{
	int r;

	if (!space || !ret_list)
		return -EINVAL;
	if (ret_set) {
		r = iova_set_assign(ret_set, &space->inputs.kernel);
		if (r < 0)
			return r;
	}
	*ret_list = space->inputs.list;
	return 0;
}

IOVA_API int iova_space_nth_segment(const struct iova_space *space, size_t i,
				    struct iova_segment *ret_segment)
{
	if (!space || !ret_segment)
		return -EINVAL;
	if (i >= space->picture.n_segments)
		return -ENOENT;
	*ret_segment = space->picture.segments[i].segment;
	return 0;
}

IOVA_API int iova_space_nth_reason(const struct iova_space *space, size_t segment, size_t i,
				   struct iova_conflict *ret_reason)
{
	const struct iova_picture *picture;
	const struct picture_segment *found;

	if (!space || !ret_reason)
		return -EINVAL;
	picture = &space->picture;
	if (segment >= picture->n_segments)
		return -ENOENT;
	found = &picture->segments[segment];
	if (i >= found->segment.n_reasons)
		return -ENOENT;
	*ret_reason = picture->claims.claims[picture->reasons[found->first_reason + i]];
	ret_reason->range = found->segment.range;
	return 0;
}

IOVA_API int iova_space_record(struct iova_space *space, const struct iova_mapping *mapping)
{
	if (!space || !mapping || mapping->range.start > mapping->range.last || !mapping->access ||
	    (mapping->access & ~(IOVA_READ | IOVA_WRITE)) || mapping->pad)
		return -EINVAL;
	return iova_table_insert_(&space->table, mapping);
}

IOVA_API int iova_space_forget(struct iova_space *space, const struct iova_range *range,
			       size_t *ret_n)
{
	size_t first, n;
	int r;

	if (!space || !range || range->start > range->last)
		return -EINVAL;
	r = iova_table_select_(&space->table, range, &first, &n);
	if (r < 0)
		return r;
	iova_table_remove_(&space->table, first, n);
	if (ret_n)
		*ret_n = n;
	return 0;
}

IOVA_API int iova_space_find(const struct iova_space *space, uint64_t address,
			     struct iova_mapping *ret_mapping)
{
	size_t i;

	if (!space || !ret_mapping)
		return -EINVAL;
	i = iova_table_lower_bound_(&space->table, address);
	if (i == space->table.n)
		return -ENOENT;
	*ret_mapping = space->table.mappings[i];
	return 0;
}

IOVA_API size_t iova_space_count(const struct iova_space *space)
{
	return space ? space->table.n : 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a space, and its table of mappings. */
#include "base/range.h"
#include "space/space.h"

#include <errno.h>

IOVA_API uint64_t iova_space_granule(const struct iova_space *space)
{
	struct view_reader reader;
	uint64_t granule;

	if (!space)
		return 0;
	reader = iova_space_enter_(space);
	granule = reader.view->inputs.granule;
	iova_space_leave_(reader);
	return granule;
}

IOVA_API int iova_space_top_known(const struct iova_space *space)
{
	struct view_reader reader;
	bool known;

	if (!space)
		return 0;
	reader = iova_space_enter_(space);
	known = reader.view->inputs.list != IOVA_LIST_NONE || reader.view->inputs.width;
	iova_space_leave_(reader);
	return known;
}

IOVA_API size_t iova_space_read_groups(const struct iova_space *space, uint32_t *ret_groups,
				       size_t n_groups)
{
	const struct group_list *list;
	struct view_reader reader;
	size_t n;

	if (!space)
		return 0;
	reader = iova_space_enter_(space);
	list = &reader.view->inputs.groups;
	for (size_t i = 0; i < list->n && i < n_groups; i++)
		ret_groups[i] = list->groups[i]->group.info.id;
	n = list->n;
	iova_space_leave_(reader);
	return n;
}

IOVA_API int iova_space_read_tier(const struct iova_space *space, uint32_t tier,
				  struct iova_set *ret_set)
{
	struct view_reader reader;
	int r;

	if (!space || !ret_set || tier < IOVA_TIER_USABLE || tier > IOVA_TIER_REFUSED)
		return -EINVAL;
	reader = iova_space_enter_(space);
	r = iova_set_assign(ret_set, &reader.view->picture.tiers[tier - 1]);
	iova_space_leave_(reader);
	return r;
}

IOVA_API int iova_space_read_kernel(const struct iova_space *space, uint32_t *ret_list,
				    struct iova_set *ret_set)
{
	struct view_reader reader;
	uint32_t list;
	int r = 0;

	if (!space || !ret_list)
		return -EINVAL;
	reader = iova_space_enter_(space);
	if (ret_set)
		r = iova_set_assign(ret_set, &reader.view->inputs.kernel);
	list = reader.view->inputs.list;
	iova_space_leave_(reader);
	if (r >= 0)
		*ret_list = list;
	return r;
}

static int nth_segment(const struct iova_picture *picture, size_t i,
		       struct iova_segment *ret_segment)
{
	if (i >= picture->n_segments)
		return -ENOENT;
	*ret_segment = picture->segments[i].segment;
	return 0;
}

IOVA_API int iova_space_nth_segment(const struct iova_space *space, size_t i,
				    struct iova_segment *ret_segment)
{
	struct view_reader reader;
	int r;

	if (!space || !ret_segment)
		return -EINVAL;
	reader = iova_space_enter_(space);
	r = nth_segment(&reader.view->picture, i, ret_segment);
	iova_space_leave_(reader);
	return r;
}

static int nth_reason(const struct iova_picture *picture, size_t segment, size_t i,
		      struct iova_conflict *ret_reason)
{
	const struct picture_segment *found;

	if (segment >= picture->n_segments)
		return -ENOENT;
	found = &picture->segments[segment];
	if (i >= found->segment.n_reasons)
		return -ENOENT;
	*ret_reason = picture->claims.claims[picture->reasons[found->first_reason + i]];
	ret_reason->range = found->segment.range;
	return 0;
}

IOVA_API int iova_space_nth_reason(const struct iova_space *space, size_t segment, size_t i,
				   struct iova_conflict *ret_reason)
{
	struct view_reader reader;
	int r;

	if (!space || !ret_reason)
		return -EINVAL;
	reader = iova_space_enter_(space);
	r = nth_reason(&reader.view->picture, segment, i, ret_reason);
	iova_space_leave_(reader);
	return r;
}

IOVA_API int iova_space_forget(struct iova_space *space, const struct iova_range *range,
			       size_t *ret_n)
{
	struct iova_mapping first;
	size_t n;
	int r;

	if (!space || !range || range->start > range->last)
		return -EINVAL;
	r = iova_table_select_(&space->table, range, &first, &n);
	if (r < 0)
		return r;
	if (n == 1)
		(void)iova_table_remove_(&space->table, first.range.last);
	else
		iova_table_remove_all_(&space->table, range);
	if (ret_n)
		*ret_n = n;
	return 0;
}

IOVA_API int iova_space_find(const struct iova_space *space, uint64_t address,
			     struct iova_mapping *ret_mapping)
{
	if (!space || !ret_mapping)
		return -EINVAL;
	return iova_table_find_(&space->table, address, ret_mapping) ? 0 : -ENOENT;
}

IOVA_API size_t iova_space_count(const struct iova_space *space)
{
	return space ? iova_table_count_(&space->table) : 0;
}

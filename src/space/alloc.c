/* SPDX-License-Identifier: BSD-3-Clause */
/* Looking for a free range: in each range of a set, between the live mappings. */
#include "base/opts.h"
#include "base/range.h"
#include "space/space.h"

#include <errno.h>

struct search {
	const struct iova_table *table;
	struct iova_range window;
	uint64_t length;
	uint64_t align; /* power of two */
	bool top_down;
};

static bool fit_set(const struct search *search, const struct iova_set *set, uint64_t *ret_iova)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct iova_range *range =
			&set->ranges[search->top_down ? set->n - 1 - i : i];
		struct iova_range part;

		if (!range_overlaps(range, &search->window))
			continue;
		part = range_shared(range, &search->window);
		if (search->top_down ? iova_table_fit_down_(search->table, &part, search->length,
							    search->align, ret_iova) :
				       iova_table_fit_up_(search->table, &part, search->length,
							  search->align, ret_iova))
			return true;
	}
	return false;
}

/* From what has no drawback at all to whatever may be mapped. */
static bool search_tiers(const struct iova_picture *picture, const struct search *search,
			 uint32_t flags, uint64_t *ret_iova)
{
	if (flags & IOVA_ALLOC_AVOIDED)
		return fit_set(search, &picture->mappable, ret_iova);
	return fit_set(search, &picture->preferred, ret_iova) ||
	       (!(flags & IOVA_ALLOC_NO_AVOID) && (fit_set(search, &picture->tiers[0], ret_iova) ||
						   fit_set(search, &picture->mappable, ret_iova)));
}

#define KNOWN_FLAGS (IOVA_ALLOC_TOP_DOWN | IOVA_ALLOC_NO_AVOID | IOVA_ALLOC_AVOIDED)

int iova_view_alloc_(const struct iova_view *view, const struct iova_table *table, uint64_t length,
		     const struct iova_alloc_opts *opts, uint64_t *ret_iova)
{
	uint64_t granule = view->inputs.granule;
	struct search search = {
		.table = table,
		.window = opts->window,
		.length = length,
		.align = opts->align > granule ? opts->align : granule,
		.top_down = opts->flags & IOVA_ALLOC_TOP_DOWN,
	};

	if (length & (granule - 1))
		return -EINVAL;
	/* A start above it was refused. */
	if (!opts->window.last)
		search.window = (struct iova_range){ granule, UINT64_MAX };
	return search_tiers(&view->picture, &search, opts->flags, ret_iova) ? 0 : -ENOSPC;
}

static int check_opts(const struct iova_alloc_opts *opts)
{
	if ((opts->align && !is_power_of_two(opts->align)) || (opts->flags & ~KNOWN_FLAGS) ||
	    opts->pad || opts->window.start > opts->window.last)
		return -EINVAL;
	if ((opts->flags & IOVA_ALLOC_NO_AVOID) && (opts->flags & IOVA_ALLOC_AVOIDED))
		return -EINVAL;
	return 0;
}

IOVA_API int iova_space_alloc(const struct iova_space *space, uint64_t length,
			      const struct iova_alloc_opts *opts, uint64_t *ret_iova)
{
	struct iova_alloc_opts known;
	struct view_reader reader;
	int r;

	if (!space || !ret_iova || !length)
		return -EINVAL;
	r = iova_opts_read_(&known, sizeof known, sizeof known, opts);
	if (r >= 0)
		r = check_opts(&known);
	if (r < 0)
		return r;
	reader = iova_space_enter_(space);
	r = iova_view_alloc_(reader.view, &space->table, length, &known, ret_iova);
	iova_space_leave_(reader);
	return r;
}

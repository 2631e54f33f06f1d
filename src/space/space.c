/* SPDX-License-Identifier: BSD-3-Clause */
/* Making a space, and telling it things. */
#include "space/space.h"

#include "base/opts.h"
#include "base/range.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GRANULE_DEFAULT 4096
#define GRANULE_MAX ((uint64_t)1 << 32)

static const struct iova_inputs *inputs_of(const struct iova_space *space)
{
	return &iova_space_view_(space)->inputs;
}

/* The inputs have owners of their own: they go over from one view to the next. */
static void view_done(struct iova_view *view)
{
	iova_picture_done_(&view->picture);
	free(view);
}

/*
 * Merge new inputs and put the picture in place, or only report it. The inputs
 * stay the caller's until this has succeeded; then nobody reads those that they replace.
 */
static int merge_if(struct iova_space *space, const struct iova_inputs *inputs, bool only_try,
		    struct iova_change *ret_change, const struct iova_news *news)
{
	struct iova_view *old = atomic_load_explicit(&space->view, memory_order_relaxed);
	struct iova_view *view = malloc(sizeof *view);
	struct iova_change change = { 0 };
	int r;

	if (!view)
		return -ENOMEM;
	view->inputs = *inputs;
	r = iova_picture_make_(&view->picture, inputs);
	if (r < 0) {
		free(view);
		return r;
	}
	if (ret_change)
		r = iova_change_make_(&change, &old->picture, &view->picture, &space->table,
				      inputs->granule);
	if (r >= 0 && news && news->agree)
		r = news->agree(news->arg, &view->picture);
	if (r >= 0 && ret_change) {
		struct iova_change told = *ret_change;

		*ret_change = change;
		change = told;
	}
	iova_change_done_(&change);
	if (r < 0 || only_try) {
		view_done(view);
		return r;
	}
	atomic_store(&space->view, view);
	iova_readers_wait_(&space->readers);
	view_done(old);
	return 0;
}

static int merge(struct iova_space *space, const struct iova_inputs *inputs, bool only_try,
		 struct iova_change *ret_change)
{
	return merge_if(space, inputs, only_try, ret_change, NULL);
}

static bool is_granule(uint64_t granule)
{
	return is_power_of_two(granule) && granule <= GRANULE_MAX;
}

IOVA_API int iova_space_new(const struct iova_space_opts *opts, struct iova_space **ret_space)
{
	struct iova_space_opts known;
	struct iova_space *space;
	struct iova_view *view;
	int r;

	if (!ret_space)
		return -EINVAL;
	r = iova_opts_read_(&known, sizeof known, sizeof known, opts);
	if (r < 0)
		return r;
	if (!known.granule)
		known.granule = GRANULE_DEFAULT;
	if (!is_granule(known.granule) || known.width > 64 || known.pad)
		return -EINVAL;
	space = calloc(1, sizeof *space);
	view = calloc(1, sizeof *view);
	if (!space || !view) {
		free(space);
		free(view);
		return -ENOMEM;
	}
	iova_table_init_(&space->table);
	atomic_init(&space->view, view);
	view->inputs.granule = known.granule;
	view->inputs.width = known.width;
	r = iova_policy_copy_(&view->inputs.policy, known.policy);
	if (r >= 0)
		r = iova_picture_make_(&view->picture, &view->inputs);
	if (r < 0) {
		iova_space_free(space);
		return r;
	}
	*ret_space = space;
	return 0;
}

IOVA_API void iova_space_free(struct iova_space *space)
{
	struct iova_view *view;

	if (!space)
		return;
	view = atomic_load_explicit(&space->view, memory_order_relaxed);
	iova_set_done_(&view->inputs.kernel);
	iova_policy_done_(&view->inputs.policy);
	iova_groups_done_(&view->inputs.groups);
	free(view->inputs.reservations);
	view_done(view);
	iova_table_done_(&space->table);
	free(space);
}

IOVA_API int iova_space_set_kernel(struct iova_space *space, uint32_t list,
				   const struct iova_set *ranges, struct iova_change *ret_change)
{
	struct iova_inputs inputs;
	struct iova_set old;
	int r = 0;

	if (!space || list > IOVA_LIST_UNRESTRICTED || (list == IOVA_LIST_RANGES) != !!ranges)
		return -EINVAL;
	inputs = *inputs_of(space);
	old = inputs.kernel;
	inputs.list = list;
	inputs.kernel = (struct iova_set){ 0 };
	if (ranges)
		r = iova_set_assign(&inputs.kernel, ranges);
	if (r >= 0)
		r = merge(space, &inputs, false, ret_change);
	iova_set_done_(r < 0 ? &inputs.kernel : &old);
	return r;
}

IOVA_API int iova_space_set_granule(struct iova_space *space, uint64_t granule,
				    struct iova_change *ret_change)
{
	struct iova_inputs inputs;

	if (!space || !is_granule(granule))
		return -EINVAL;
	inputs = *inputs_of(space);
	inputs.granule = granule;
	return merge(space, &inputs, false, ret_change);
}

IOVA_API int iova_space_set_width(struct iova_space *space, uint32_t width,
				  struct iova_change *ret_change)
{
	struct iova_inputs inputs;

	if (!space || width > 64)
		return -EINVAL;
	inputs = *inputs_of(space);
	inputs.width = width;
	return merge(space, &inputs, false, ret_change);
}

IOVA_API int iova_space_set_policy(struct iova_space *space, const struct iova_policy *policy,
				   struct iova_change *ret_change)
{
	struct iova_inputs inputs;
	struct iova_policy old;
	int r;

	if (!space)
		return -EINVAL;
	inputs = *inputs_of(space);
	old = inputs.policy;
	r = iova_policy_copy_(&inputs.policy, policy);
	if (r < 0)
		return r;
	r = merge(space, &inputs, false, ret_change);
	iova_policy_done_(r < 0 ? &inputs.policy : &old);
	return r;
}

static int replace_groups(struct iova_space *space, struct group_list *groups, bool only_try,
			  struct iova_change *ret_change)
{
	struct iova_inputs inputs = *inputs_of(space);
	struct group_list old = inputs.groups;
	int r;

	inputs.groups = *groups;
	r = merge(space, &inputs, only_try, ret_change);
	iova_groups_done_(r < 0 || only_try ? groups : &old);
	return r;
}

static int add_groups(struct iova_space *space, const struct iova_host *host,
		      const uint32_t *groups, size_t n_groups, bool only_try,
		      struct iova_change *ret_change)
{
	struct group_list list;
	int r = iova_groups_add_(&inputs_of(space)->groups, host, groups, n_groups, &list);

	return r < 0 ? r : replace_groups(space, &list, only_try, ret_change);
}

IOVA_API int iova_space_add_groups(struct iova_space *space, const struct iova_host *host,
				   const uint32_t *groups, size_t n_groups,
				   struct iova_change *ret_change)
{
	if (!space || !host || (n_groups && !groups))
		return -EINVAL;
	return add_groups(space, host, groups, n_groups, false, ret_change);
}

IOVA_API int iova_space_add_group(struct iova_space *space, const struct iova_host *host,
				  uint32_t group, struct iova_change *ret_change)
{
	if (!space || !host)
		return -EINVAL;
	return add_groups(space, host, &group, 1, false, ret_change);
}

IOVA_API int iova_space_try_group(struct iova_space *space, const struct iova_host *host,
				  uint32_t group, struct iova_change *ret_change)
{
	if (!space || !host || !ret_change)
		return -EINVAL;
	return add_groups(space, host, &group, 1, true, ret_change);
}

IOVA_API int iova_space_remove_group(struct iova_space *space, uint32_t group,
				     struct iova_change *ret_change)
{
	struct group_list list;
	int r;

	if (!space)
		return -EINVAL;
	r = iova_groups_remove_(&inputs_of(space)->groups, group, &list);
	return r < 0 ? r : replace_groups(space, &list, false, ret_change);
}

int iova_space_take_(struct iova_space *space, const struct iova_news *news,
		     struct iova_change *ret_change)
{
	struct iova_inputs inputs = *inputs_of(space), old = inputs;
	int r;

	if (!is_granule(news->granule))
		return -EPROTO;
	inputs.granule = news->granule;
	inputs.list = news->list;
	inputs.kernel = (struct iova_set){ 0 };
	inputs.groups = (struct group_list){ 0 };
	r = iova_set_assign(&inputs.kernel, news->kernel);
	if (r >= 0)
		r = iova_groups_of_(news->host, &inputs.groups);
	if (r >= 0)
		r = merge_if(space, &inputs, false, ret_change, news);
	iova_set_done_(r < 0 ? &inputs.kernel : &old.kernel);
	iova_groups_done_(r < 0 ? &inputs.groups : &old.groups);
	return r;
}

static int replace_reservations(struct iova_space *space, struct iova_reservation *reservations,
				size_t n, struct iova_change *ret_change)
{
	struct iova_inputs inputs = *inputs_of(space);
	struct iova_reservation *old = inputs.reservations;
	int r;

	inputs.reservations = reservations;
	inputs.n_reservations = n;
	r = merge(space, &inputs, false, ret_change);
	free(r < 0 ? reservations : old);
	return r;
}

static size_t find_reservation(const struct iova_space *space, const struct iova_range *range)
{
	const struct iova_inputs *inputs = inputs_of(space);
	size_t i;

	for (i = 0; i < inputs->n_reservations; i++) {
		const struct iova_range *reserved = &inputs->reservations[i].range;

		if (reserved->start == range->start && reserved->last == range->last)
			break;
	}
	return i;
}

IOVA_API int iova_space_reserve(struct iova_space *space, const struct iova_range *range,
				const char *name, struct iova_change *ret_change)
{
	struct iova_reservation *list;
	size_t n;

	if (!space || !range || range->start > range->last)
		return -EINVAL;
	n = inputs_of(space)->n_reservations;
	if (find_reservation(space, range) < n)
		return -EEXIST;
	list = calloc(n + 1, sizeof *list);
	if (!list)
		return -ENOMEM;
	if (n)
		memcpy(list, inputs_of(space)->reservations, n * sizeof *list);
	list[n].range = *range;
	iova_text_copy_(list[n].name, sizeof list[n].name, name ? name : "");
	return replace_reservations(space, list, n + 1, ret_change);
}

IOVA_API int iova_space_unreserve(struct iova_space *space, const struct iova_range *range,
				  struct iova_change *ret_change)
{
	struct iova_reservation *list;
	size_t i, n;

	if (!space || !range || range->start > range->last)
		return -EINVAL;
	n = inputs_of(space)->n_reservations;
	i = find_reservation(space, range);
	if (i == n)
		return -ENOENT;
	list = calloc(n, sizeof *list);
	if (!list)
		return -ENOMEM;
	memcpy(list, inputs_of(space)->reservations, i * sizeof *list);
	memcpy(list + i, inputs_of(space)->reservations + i + 1, (n - i - 1) * sizeof *list);
	return replace_reservations(space, list, n - 1, ret_change);
}

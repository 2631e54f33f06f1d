/* SPDX-License-Identifier: BSD-3-Clause */
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned __int128 wide;

void model_done(struct model *model)
{
	free(model->at);
	*model = (struct model){ 0 };
}

size_t model_find(const struct model *model, uint64_t address)
{
	size_t i = 0;

	while (i < model->n && model->at[i].range.last < address)
		i++;
	return i;
}

bool model_insert(struct model *model, const struct iova_mapping *mapping)
{
	size_t i = model_find(model, mapping->range.start);

	if (i < model->n && model->at[i].range.start <= mapping->range.last)
		return false;
	if (model->n == model->room) {
		model->room = model->room ? 2 * model->room : 64;
		model->at = realloc(model->at, model->room * sizeof *model->at);
		if (!model->at)
			abort();
	}
	memmove(model->at + i + 1, model->at + i, (model->n - i) * sizeof *model->at);
	model->at[i] = *mapping;
	model->n++;
	return true;
}

void model_remove(struct model *model, size_t i)
{
	model->n--;
	memmove(model->at + i, model->at + i + 1, (model->n - i) * sizeof *model->at);
}

int model_select(const struct model *model, const struct iova_range *range,
		 struct iova_mapping *ret_first, size_t *ret_n)
{
	size_t n = 0;

	for (size_t i = 0; i < model->n; i++) {
		const struct iova_range *one = &model->at[i].range;

		if (one->last < range->start || one->start > range->last)
			continue;
		if (one->start < range->start || one->last > range->last) {
			*ret_first = model->at[i];
			return -EINVAL;
		}
		n++;
	}
	if (!n)
		return -ENOENT;
	*ret_first = model->at[model_find(model, range->start)];
	*ret_n = n;
	return 0;
}

static wide aligned_up(wide address, uint64_t align)
{
	return (address + (align - 1)) & ~(wide)(align - 1);
}

/* A place between two addresses, of which the second is not free any more. */
static bool fit_between(wide from, wide to, const struct model_wish *wish, uint64_t *ret_start)
{
	wide place;

	if (from < wish->window.start)
		from = wish->window.start;
	if (to > (wide)wish->window.last + 1)
		to = (wide)wish->window.last + 1;
	if (to < from || to - from < wish->length)
		return false;
	if (wish->down)
		place = (to - wish->length) & ~(wide)(wish->align - 1);
	else
		place = aligned_up(from, wish->align);
	if (place < from || place + wish->length > to)
		return false;
	*ret_start = (uint64_t)place;
	return true;
}

bool model_fit(const struct model *model, const struct model_wish *wish, uint64_t *ret_start)
{
	bool found = false;
	wide from = 0;

	for (size_t i = 0; i <= model->n; i++) {
		wide to = i < model->n ? model->at[i].range.start : (wide)1 << 64;

		if (fit_between(from, to, wish, ret_start)) {
			found = true;
			if (!wish->down)
				break;
		}
		from = i < model->n ? (wide)model->at[i].range.last + 1 : to;
	}
	return found;
}

uint64_t model_longest(const struct model *model, size_t first, size_t last, uint64_t align)
{
	wide longest = 0;

	for (size_t i = first; i < last; i++) {
		wide place = aligned_up((wide)model->at[i].range.last + 1, align);
		wide to = model->at[i + 1].range.start;

		if (place < to && to - place > longest)
			longest = to - place;
	}
	return (uint64_t)longest;
}

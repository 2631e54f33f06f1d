/* SPDX-License-Identifier: BSD-3-Clause */
#include "life.h"

#include "expect.h"

#include <errno.h>
#include <string.h>

static bool same(const struct iova_mapping *a, const struct iova_mapping *b)
{
	return a->range.start == b->range.start && a->range.last == b->range.last &&
	       a->vaddr == b->vaddr && a->access == b->access && a->pad == b->pad;
}

/* What no answer looks like. */
static const struct iova_mapping untouched = {
	.range = { 0x5a5a, 0x5a5a }, .vaddr = 0x5a5a, .access = 0x5a5a, .pad = 0x5a5a
};

void life_begin(struct life *life, const struct walk_path *path)
{
	*life = (struct life){ .look_at_all = 8 * TREE_WIDTH };
	if (path)
		iova_table_init_with_(&life->table, path->ops);
	else
		iova_table_init_(&life->table);
	walk_check(&life->table, &life->model);
}

void life_done(struct life *life)
{
	iova_table_done_(&life->table);
	model_done(&life->model);
	events_done(&life->events);
}

void life_check(const struct life *life)
{
	struct iova_mapping mapping;
	uint64_t address = 0;
	size_t n = 0;

	walk_check(&life->table, &life->model);
	while (iova_table_find_(&life->table, address, &mapping)) {
		EXPECT(n < life->model.n);
		EXPECT(same(&mapping, &life->model.at[n]));
		n++;
		if (mapping.range.last == UINT64_MAX)
			break;
		address = mapping.range.last + 1;
	}
	EXPECT(n == life->model.n);
}

/* As often as there are mappings, so that it takes the same time per change at all sizes. */
static void changed(struct life *life)
{
	size_t n = life->model.n;

	life->changes++;
	EXPECT(iova_table_count_(&life->table) == n);
	if (n <= life->look_at_all)
		walk_check(&life->table, &life->model);
	if (n <= 1 || !(life->changes % n))
		life_check(life);
}

/* At once, or in two steps. */
static int insert(struct life *life, const struct iova_mapping *mapping)
{
	int r;

	if (life->changes % 2)
		return iova_table_insert_(&life->table, mapping);
	r = iova_table_place_(&life->table, mapping);
	if (r >= 0)
		iova_table_put_(&life->table, mapping);
	return r;
}

void life_insert(struct life *life, const struct iova_range *range)
{
	/* Never twice the same, so that what is stale is seen. */
	struct iova_mapping mapping = { .range = *range,
					.vaddr = (life->changes + 1) * 0x9e3779b97f4a7c15,
					.access = 1 + (uint32_t)life->changes % 3 };
	bool fits = model_insert(&life->model, &mapping);

	events_begin(&life->events, &life->table);
	EXPECT(insert(life, &mapping) == (fits ? 0 : -EEXIST));
	events_inserted(&life->events, &life->table);
	changed(life);
}

/* What is there, if anything is. In two steps nothing else may be taken for it. */
static int remove_at(struct life *life, uint64_t address, const struct iova_range *range)
{
	struct iova_table *table = &life->table;
	struct iova_range other = range ? *range : (struct iova_range){ address, address };
	int r;

	if (life->changes % 3)
		return iova_table_remove_(table, address);
	if (range) {
		other.last--;
		EXPECT(iova_table_hold_(table, &other) == -ENOENT);
		other = (struct iova_range){ range->start + 1, range->last };
		EXPECT(iova_table_hold_(table, &other) == -ENOENT);
		other = *range;
	}
	r = iova_table_hold_(table, &other);
	if (r >= 0)
		iova_table_take_(table);
	return r;
}

void life_remove(struct life *life, uint64_t address)
{
	size_t i = model_find(&life->model, address);
	bool held = i < life->model.n && life->model.at[i].range.start <= address;

	events_begin(&life->events, &life->table);
	EXPECT(remove_at(life, address, held ? &life->model.at[i].range : NULL) ==
	       (held ? 0 : -ENOENT));
	if (held) {
		model_remove(&life->model, i);
		events_removed(&life->events, &life->table, i);
	}
	changed(life);
}

void life_remove_all(struct life *life, const struct iova_range *range)
{
	struct model *model = &life->model;
	struct iova_mapping first;
	size_t n = 0;

	if (model_select(model, range, &first, &n) == -EINVAL)
		return;
	iova_table_remove_all_(&life->table, range);
	for (; n; n--)
		model_remove(model, model_find(model, range->start));
	changed(life);
}

void life_clear(struct life *life)
{
	iova_table_clear_(&life->table);
	life->model.n = 0;
	changed(life);
}

void life_rebuild(struct life *life, size_t n)
{
	iova_table_clear_(&life->table);
	EXPECT(!iova_table_build_(&life->table, life->model.at, n));
	life->model.n = n;
	changed(life);
	life_check(life);
}

void life_learn(struct life *life, uint64_t align)
{
	unsigned int rows = walk_rows(&life->table);

	EXPECT(!iova_table_learn_(&life->table, align));
	events_learned(&life->events, &life->table, rows);
	rows = walk_rows(&life->table);
	EXPECT(!iova_table_learn_(&life->table, align));
	EXPECT(walk_rows(&life->table) == rows);
	changed(life);
}

void life_find(const struct life *life, uint64_t address)
{
	size_t i = model_find(&life->model, address);
	struct iova_mapping mapping = untouched;
	bool found = iova_table_find_(&life->table, address, &mapping);

	EXPECT(found == (i < life->model.n));
	EXPECT(same(&mapping, found ? &life->model.at[i] : &untouched));
}

void life_select(const struct life *life, const struct iova_range *range)
{
	struct iova_mapping first = untouched, expected = untouched;
	size_t n = 0x5a5a, n_expected = 0x5a5a;
	int r = iova_table_select_(&life->table, range, &first, &n);

	EXPECT(r == model_select(&life->model, range, &expected, &n_expected));
	EXPECT(same(&first, &expected));
	EXPECT(n == n_expected);
}

void life_fit(const struct life *life, const struct model_wish *wish)
{
	uint64_t start = 0x5a5a, expected = 0x5a5a;
	bool found = wish->down ? iova_table_fit_down_(&life->table, &wish->window, wish->length,
						       wish->align, &start) :
				  iova_table_fit_up_(&life->table, &wish->window, wish->length,
						     wish->align, &start);

	EXPECT(found == model_fit(&life->model, wish, &expected));
	EXPECT(start == expected);
}

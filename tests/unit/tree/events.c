/* SPDX-License-Identifier: BSD-3-Clause */
#include "events.h"

#include "expect.h"

#include <string.h>

const char *event_name(enum event event)
{
	static const char *const names[N_EVENTS] = {
		[SPLIT_MIDDLE] = "splits in the middle",
		[SPLIT_AT_END] = "splits at the end",
		[SPLIT_AT_FRONT] = "splits at the front",
		[MERGE] = "merges",
		[BORROW_LEFT] = "borrowings from the left",
		[BORROW_RIGHT] = "borrowings from the right",
		[ROOT_GROWS] = "roots on top",
		[ROOT_SHRINKS] = "roots gone",
		[LEARN_GROWS] = "nodes with more rows",
	};

	return names[event];
}

static void count(struct events *events, enum event event, size_t level)
{
	events->n[event][level < EVENT_LEVELS ? level : EVENT_LEVELS - 1]++;
}

void events_begin(struct events *events, const struct iova_table *table)
{
	walk_shape(table, &events->before);
}

static bool same(const uint32_t *a, const uint32_t *b, size_t n)
{
	return !n || !memcmp(a, b, n * sizeof *a);
}

/* One node more at a level: where was it cut? */
static enum event split_of(const struct shape_level *before, const struct shape_level *after)
{
	size_t n = before->nodes;

	if (after->n[n] == 1 && same(before->n, after->n, n))
		return SPLIT_AT_END;
	if (after->n[0] == 1 && same(before->n, after->n + 1, n))
		return SPLIT_AT_FRONT;
	return SPLIT_MIDDLE;
}

void events_inserted(struct events *events, const struct iova_table *table)
{
	struct shape *before = &events->before, *after = &events->after;

	walk_shape(table, after);
	for (unsigned int i = 0; i < before->n_levels; i++) {
		size_t n = before->level[i].nodes;

		EXPECT(after->level[i].nodes == n || after->level[i].nodes == n + 1);
		if (after->level[i].nodes > n)
			count(events, split_of(&before->level[i], &after->level[i]), i);
	}
	EXPECT(after->n_levels == before->n_levels || after->n_levels == before->n_levels + 1);
	if (after->n_levels > before->n_levels)
		count(events, ROOT_GROWS, before->n_levels);
}

/* Which node of a level holds the entry of that index. */
static size_t holder(const struct shape_level *level, size_t i)
{
	size_t node = 0;

	while (i >= level->n[node])
		i -= level->n[node++];
	return node;
}

void events_removed(struct events *events, const struct iova_table *table, size_t i)
{
	struct shape *before = &events->before, *after = &events->after;
	bool gone = true; /* the entry itself, at the level in question */

	walk_shape(table, after);
	for (unsigned int level = 0; level < after->n_levels; level++) {
		const struct shape_level *was = &before->level[level], *is = &after->level[level];

		i = holder(was, i);
		if (is->nodes < was->nodes) {
			count(events, MERGE, level);
			gone = true;
			continue;
		}
		EXPECT(is->nodes == was->nodes);
		if (is->n[i] != was->n[i] - gone)
			count(events,
			      i && is->n[i - 1] < was->n[i - 1] ? BORROW_LEFT : BORROW_RIGHT,
			      level);
		gone = false;
	}
	EXPECT(after->n_levels <= before->n_levels);
	for (unsigned int level = after->n_levels; level < before->n_levels; level++)
		count(events, ROOT_SHRINKS, level);
}

void events_learned(struct events *events, const struct iova_table *table, unsigned int rows)
{
	struct shape *shape = &events->before;

	walk_shape(table, shape);
	if (walk_rows(table) > rows && shape->n_levels)
		count(events, LEARN_GROWS, shape->n_levels - 1);
}

void events_done(struct events *events)
{
	shape_done(&events->before);
	shape_done(&events->after);
}

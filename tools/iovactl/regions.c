/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "show.h"
#include "text.h"

/* A region of a group; on large machines all groups have the window of the MSIs. */
struct owned_region {
	struct iova_region region;
	uint32_t group;
};

static int order_regions(const struct owned_region *one, const struct owned_region *other)
{
	const struct iova_region *a = &one->region, *b = &other->region;

	if (a->range.start != b->range.start)
		return a->range.start < b->range.start ? -1 : 1;
	if (a->range.last != b->range.last)
		return a->range.last < b->range.last ? -1 : 1;
	return strcmp(a->word, b->word);
}

static int order(const void *one, const void *other)
{
	const struct owned_region *a = one, *b = other;
	int r = order_regions(a, b);

	return r ? r : (a->group > b->group) - (a->group < b->group);
}

/* One row for regions that are alike, and their groups, for which there is room. */
static void add_region(struct libscols_table *table, const struct owned_region *alike, size_t n,
		       uint32_t *groups)
{
	const struct iova_region *region = &alike->region;
	struct libscols_line *row = table_row(table);
	size_t n_groups = 0;
	char *text;

	/* the kernel prints a line twice where two kinds of msi meet */
	for (size_t i = 0; i < n; i++)
		if (!i || alike[i].group != alike[i - 1].group)
			groups[n_groups++] = alike[i].group;
	text = groups_text(groups, n_groups);
	table_cell(row, 0, "0x%" PRIx64, region->range.start);
	table_cell(row, 1, "0x%" PRIx64, region->range.last);
	table_cell(row, 2, "%s", length_text(&region->range).text);
	table_cell(row, 3, "%s%s", region->word,
		   region->type == IOVA_REGION_UNKNOWN ? " (unknown word, taken as strict)" : "");
	table_cell(row, 4, "%s", text ? text : "");
	free_text(text);
}

static void print_regions(const struct owned_region *regions, size_t n, uint32_t *groups,
			  const struct terminal *terminal)
{
	static const struct column columns[] = {
		{ "START", SCOLS_FL_RIGHT }, { "LAST", SCOLS_FL_RIGHT },
		{ "SIZE", SCOLS_FL_RIGHT },  { "TYPE", 0 },
		{ "OF", SCOLS_FL_WRAP },
	};
	struct libscols_table *table = table_new(terminal, columns, N_COLUMNS(columns));

	for (size_t i = 0, past; i < n; i = past) {
		for (past = i + 1; past < n && !order_regions(&regions[i], &regions[past]);)
			past++;
		add_region(table, &regions[i], past - i, groups);
	}
	table_print(table);
}

static size_t count_regions(const struct target *target)
{
	struct iova_group_info group = { .size = sizeof group };
	size_t n = 0;

	for (size_t i = 0; i < target->n_groups; i++)
		if (iova_host_find_group(target->host, target->groups[i], &group) == 0)
			n += group.n_regions;
	return n;
}

/* Fills in regions, for which there is room. Returns how many there are. */
static size_t take_regions(const struct target *target, struct owned_region *regions)
{
	struct iova_region region;
	size_t n = 0;

	for (size_t i = 0; i < target->n_groups; i++)
		for (size_t j = 0;
		     iova_host_nth_region(target->host, target->groups[i], j, &region) == 0; j++)
			regions[n++] = (struct owned_region){ region, target->groups[i] };
	return n;
}

/* Of what could not be read, a picture must not look as if nothing were there. */
static void show_doubts(const struct target *target)
{
	struct iova_group_info group = { .size = sizeof group };

	for (size_t i = 0; i < target->n_groups; i++) {
		if (iova_host_find_group(target->host, target->groups[i], &group) < 0)
			continue;
		if (group.devices_error)
			printf("group %" PRIu32 ": its devices cannot be listed (%s)\n", group.id,
			       error_name(group.devices_error));
		if (group.regions == IOVA_REGIONS_READ)
			continue;
		printf("group %" PRIu32 ": reserved_regions %s", group.id,
		       regions_state_text(group.regions));
		if (group.error)
			printf(" (%s)", error_name(group.error));
		puts("");
	}
}

void show_regions(const struct target *target, const struct terminal *terminal)
{
	size_t n = count_regions(target);
	struct owned_region *regions = calloc(n + 1, sizeof *regions);
	uint32_t *groups = calloc(n + 1, sizeof *groups);

	puts("\nReserved regions (sysfs)");
	if (!regions || !groups) {
		puts("no memory to list them");
	} else if (n) {
		n = take_regions(target, regions);
		qsort(regions, n, sizeof *regions, order);
		print_regions(regions, n, groups, terminal);
	} else {
		puts("none");
	}
	show_doubts(target);
	free(groups);
	free(regions);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "show.h"
#include "text.h"

/* A region, and the groups that have it: on large machines all have the window of the MSIs. */
struct shared_region {
	struct iova_region region;
	uint32_t *groups;
	size_t n_groups;
};

static int order(const void *one, const void *other)
{
	const struct iova_region *a = &((const struct shared_region *)one)->region;
	const struct iova_region *b = &((const struct shared_region *)other)->region;

	if (a->range.start != b->range.start)
		return a->range.start < b->range.start ? -1 : 1;
	if (a->range.last != b->range.last)
		return a->range.last < b->range.last ? -1 : 1;
	return strcmp(a->word, b->word);
}

/* Takes in one more region. 0, or -1 without memory. */
static int share(struct shared_region **regions, size_t *n, const struct iova_region *region,
		 const struct target *target, size_t group)
{
	struct shared_region *grown, added = { .region = *region };

	for (size_t i = 0; i < *n; i++) {
		struct shared_region *known = &(*regions)[i];

		if (order(known, &added) != 0)
			continue;
		/* the kernel prints a line twice where two kinds of msi meet */
		if (known->groups[known->n_groups - 1] != target->groups[group])
			known->groups[known->n_groups++] = target->groups[group];
		return 0;
	}
	added.groups = calloc(target->n_groups, sizeof *added.groups);
	grown = added.groups ? realloc(*regions, (*n + 1) * sizeof *grown) : NULL;
	if (!grown) {
		free(added.groups);
		return -1;
	}
	added.groups[added.n_groups++] = target->groups[group];
	*regions = grown;
	grown[(*n)++] = added;
	return 0;
}

static void add_region(struct libscols_table *table, const struct shared_region *shared)
{
	const struct iova_region *region = &shared->region;
	struct libscols_line *row = table_row(table);
	char *groups = groups_text(shared->groups, shared->n_groups);

	table_cell(row, 0, "0x%" PRIx64, region->range.start);
	table_cell(row, 1, "0x%" PRIx64, region->range.last);
	table_cell(row, 2, "%s", length_text(&region->range).text);
	table_cell(row, 3, "%s%s", region->word,
		   region->type == IOVA_REGION_UNKNOWN ? " (unknown word, taken as strict)" : "");
	table_cell(row, 4, "%s", groups ? groups : "");
	free_text(groups);
}

static void print_regions(struct shared_region *regions, size_t n, const struct terminal *terminal)
{
	static const struct column columns[] = {
		{ "START", SCOLS_FL_RIGHT }, { "LAST", SCOLS_FL_RIGHT },
		{ "SIZE", SCOLS_FL_RIGHT },  { "TYPE", 0 },
		{ "OF", SCOLS_FL_WRAP },
	};
	struct libscols_table *table = table_new(terminal, columns, N_COLUMNS(columns));

	qsort(regions, n, sizeof *regions, order);
	for (size_t i = 0; i < n; i++)
		add_region(table, &regions[i]);
	table_print(table);
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
	struct shared_region *regions = NULL;
	struct iova_region region;
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < target->n_groups; i++)
		for (size_t j = 0; r == 0 && iova_host_nth_region(target->host, target->groups[i],
								  j, &region) == 0;
		     j++)
			r = share(&regions, &n, &region, target, i);
	puts("\nReserved regions (sysfs)");
	if (r < 0)
		puts("no memory to list them");
	else if (n)
		print_regions(regions, n, terminal);
	else
		puts("none");
	show_doubts(target);
	for (size_t i = 0; i < n; i++)
		free(regions[i].groups);
	free(regions);
}

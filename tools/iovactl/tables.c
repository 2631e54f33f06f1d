/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "show.h"
#include "text.h"

static void add_device(struct libscols_table *table, const struct iova_group_info *group,
		       const struct iova_device_info *device)
{
	struct libscols_line *row = table_row(table);

	table_cell(row, 0, "%" PRIu32, group->id);
	table_cell(row, 1, "%s", *group->type ? group->type : "-");
	table_cell(row, 2, "%s", device ? device->name : "(no device)");
	if (!device)
		return;
	if (device->vendor)
		table_cell(row, 3, "%04" PRIx32 ":%04" PRIx32, device->vendor, device->device);
	table_cell(row, 4, "%s", class_text(device->class_code).text);
	table_cell(row, 5, "%s", *device->driver ? device->driver : "-");
	if (device->blocks)
		table_cell(row, 6, "blocks: driver %s", device->driver);
}

static void show_groups(const struct target *target, const struct terminal *terminal)
{
	static const struct column columns[] = {
		{ "GROUP", SCOLS_FL_RIGHT },
		{ "TYPE", 0 },
		{ "DEVICE", 0 },
		{ "ID", 0 },
		{ "CLASS", 0 },
		{ "DRIVER", 0 },
		{ "VFIO", SCOLS_FL_WRAP },
	};
	struct libscols_table *table = table_new(terminal, columns, N_COLUMNS(columns));
	struct iova_device_info device = { .size = sizeof device };
	struct iova_group_info group = { .size = sizeof group };

	for (size_t i = 0; i < target->n_groups; i++) {
		if (iova_host_find_group(target->host, target->groups[i], &group) < 0)
			continue;
		if (!group.n_devices)
			add_device(table, &group, NULL);
		for (size_t j = 0; iova_host_nth_device(target->host, group.id, j, &device) == 0;
		     j++)
			add_device(table, &group, &device);
	}
	puts("Groups and their devices");
	table_print(table);
}

static void show_kernel(const struct target *target, const struct terminal *terminal)
{
	static const struct column columns[] = {
		{ "START", SCOLS_FL_RIGHT },
		{ "LAST", SCOLS_FL_RIGHT },
		{ "SIZE", SCOLS_FL_RIGHT },
	};
	struct libscols_table *table;
	struct libscols_line *row;
	struct iova_range range;
	char *groups;

	fputs("\nValid ranges by the kernel's list", stdout);
	if (target->ctx)
		printf(" (%s)", backend_text(target->backend));
	puts("");
	if (target->recorded)
		puts("not asked: this is a recorded machine");
	else if (!target->ctx)
		puts("not known: the kernel could not be asked");
	else if (target->list == IOVA_LIST_NONE)
		puts("none: this kernel lists nothing, so the top is not known");
	else if (target->list == IOVA_LIST_UNRESTRICTED)
		puts("no restriction: there are only mediated devices");
	if (target->list != IOVA_LIST_RANGES)
		return;
	table = table_new(terminal, columns, N_COLUMNS(columns));
	for (size_t i = 0; iova_set_nth(target->kernel, i, &range) == 0; i++) {
		row = table_row(table);
		table_cell(row, 0, "0x%" PRIx64, range.start);
		table_cell(row, 1, "0x%" PRIx64, range.last);
		table_cell(row, 2, "%s", length_text(&range).text);
	}
	table_print(table);
	groups = groups_text(target->attached, target->n_attached);
	if (groups && target->n_attached < target->n_groups)
		printf("asked for %s only\n", groups);
	free_text(groups);
}

/* Columns that the others of the table take: 2 times 18, 7 and 7, and a blank after each. */
#define BESIDE_REASONS 54

static void show_segments(const struct target *target, const struct terminal *terminal)
{
	static const struct column columns[] = {
		{ "START", SCOLS_FL_RIGHT },  { "LAST", SCOLS_FL_RIGHT },
		{ "SIZE", SCOLS_FL_RIGHT },   { "TIER", 0 },
		{ "BECAUSE", SCOLS_FL_WRAP },
	};
	struct libscols_table *table = table_new(terminal, columns, N_COLUMNS(columns));
	struct iova_segment segment;

	for (size_t i = 0; iova_space_nth_segment(target->space, i, &segment) == 0; i++) {
		struct libscols_line *row = table_row(table);
		char *reasons = reasons_text(target->space, i, 1);

		if (reasons)
			wrap_text(reasons, terminal->width - BESIDE_REASONS);
		table_cell(row, 0, "0x%" PRIx64, segment.range.start);
		table_cell(row, 1, "0x%" PRIx64, segment.range.last);
		table_cell(row, 2, "%s", length_text(&segment.range).text);
		table_cell(row, 3, "%s", tier_text(segment.tier));
		table_color(row, 3, tier_color(terminal, segment.tier));
		table_cell(row, 4, "%s", reasons ? reasons : "");
		free_text(reasons);
	}
	printf("\nVerdict on every address (policy %s, granule %" PRIu64 ", top %s)\n",
	       policy_text(target->options->policy), iova_space_granule(target->space),
	       iova_space_top_known(target->space) ? "known" : "not known");
	table_print(table);
}

void show_tables(const struct target *target, const struct terminal *terminal)
{
	show_groups(target, terminal);
	show_regions(target, terminal);
	show_kernel(target, terminal);
	show_segments(target, terminal);
	puts("");
}

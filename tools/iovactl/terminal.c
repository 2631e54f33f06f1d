/* SPDX-License-Identifier: BSD-3-Clause */
#include "terminal.h"

#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libiova/space.h>

#define LEAST_WIDTH 60

static size_t find_width(void)
{
	struct libscols_table *table = scols_new_table();
	size_t width = table ? scols_table_get_termwidth(table) : 0;

	scols_unref_table(table);
	if (width < 1)
		return 80;
	/* narrower, and tables would have to drop what they are there for */
	return width < LEAST_WIDTH ? LEAST_WIDTH : width;
}

static bool want_color(enum color color)
{
	const char *refused = getenv("NO_COLOR"), *term = getenv("TERM");

	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(refused && *refused) && !(term && !strcmp(term, "dumb"));
}

struct terminal terminal_of(const struct options *options)
{
	struct terminal terminal = {
		.width = find_width(),
		.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8"),
		.color = want_color(options->color),
	};

	return terminal;
}

const char *tier_color(const struct terminal *terminal, uint32_t tier)
{
	if (!terminal->color)
		return "";
	switch (tier) {
	case IOVA_TIER_USABLE:
		return "\033[32m";
	case IOVA_TIER_AVOID:
		return "\033[33m";
	default:
		return "\033[31m";
	}
}

const char *no_color(const struct terminal *terminal)
{
	return terminal->color ? "\033[0m" : "";
}

struct libscols_table *table_new(const struct terminal *terminal, const struct column *columns,
				 size_t n_columns)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		return NULL;
	scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(table, terminal->width);
	scols_table_enable_colors(table, terminal->color);
	for (size_t i = 0; i < n_columns; i++) {
		struct libscols_column *column =
			scols_table_new_column(table, columns[i].name, 0, columns[i].flags);

		if (!column) {
			scols_unref_table(table);
			return NULL;
		}
		/* cells are broken at their newlines, and nowhere else */
		if (columns[i].flags & SCOLS_FL_WRAP) {
			scols_column_set_safechars(column, "\n");
			scols_column_set_wrapfunc(column, scols_wrapnl_chunksize,
						  scols_wrapnl_nextchunk, NULL);
		}
	}
	return table;
}

struct libscols_line *table_row(struct libscols_table *table)
{
	return table ? scols_table_new_line(table, NULL) : NULL;
}

void table_cell(struct libscols_line *row, size_t column, const char *format, ...)
{
	char *text;
	va_list args;
	int n;

	if (!row)
		return;
	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n >= 0)
		scols_line_refer_data(row, column, text);
}

void table_color(struct libscols_line *row, size_t column, const char *color)
{
	struct libscols_cell *cell = row ? scols_line_get_cell(row, column) : NULL;

	if (cell && *color)
		scols_cell_set_color(cell, color);
}

/* Without the blanks that fill up the last column. */
static void print_trimmed(const char *text)
{
	while (*text) {
		size_t line = strcspn(text, "\n"), n = line;

		while (n && text[n - 1] == ' ')
			n--;
		printf("%.*s\n", (int)n, text);
		text += line + (text[line] == '\n');
	}
}

void table_print(struct libscols_table *table)
{
	char *text = NULL;

	if (table && scols_print_table_to_string(table, &text) == 0)
		print_trimmed(text);
	free(text);
	scols_unref_table(table);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_TERMINAL_H
#define IOVACTL_TERMINAL_H

/*
 * What standard output can show, and tables on it.
 */

#include <libsmartcols/libsmartcols.h>

#include "options.h"

struct terminal {
	size_t width; /* columns */
	bool utf8;
	bool color;
};

/* Looks at the terminal, the locale and the environment. */
struct terminal terminal_of(const struct options *options);

/* Starts and stops the colour of a tier; nothing where there is no colour. */
const char *tier_color(const struct terminal *terminal, uint32_t tier);
const char *no_color(const struct terminal *terminal);

struct column {
	const char *name;
	int flags; /* SCOLS_FL_* */
};

#define N_COLUMNS(columns) (sizeof(columns) / sizeof(columns)[0])

/*
 * A table is filled by cells, row by row, and printed. Without memory it is NULL, which all
 * of these functions take: the table is then missing from the output.
 */
struct libscols_table *table_new(const struct terminal *terminal, const struct column *columns,
				 size_t n_columns);
struct libscols_line *table_row(struct libscols_table *table);
__attribute__((format(printf, 3, 4))) void table_cell(struct libscols_line *row, size_t column,
						      const char *format, ...);
void table_color(struct libscols_line *row, size_t column, const char *color);
void table_print(struct libscols_table *table);

#endif

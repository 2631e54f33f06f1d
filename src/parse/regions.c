/* SPDX-License-Identifier: BSD-3-Clause */
#include "parse/regions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/*
 * From 6.3 or 6.4 on the kernel cuts the text at its page of 4096 bytes, and if
 * the cut falls between two lines nothing shows it. The longest line is 55 bytes.
 */
#define FULL_PAGE 4000

/* Digits that the kernel prints for a bound: fewer in the last line mean that it was cut. */
#define BOUND_DIGITS 16

/* A stretch of the text. */
struct span {
	const char *at;
	size_t length;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_word_character(char c)
{
	return c > ' ' && c < 0x7f;
}

/* Split a line at its blanks. Returns the number of fields, at most max + 1. */
static size_t split(struct span line, struct span *fields, size_t max)
{
	size_t n = 0, i = 0;

	for (;;) {
		size_t first;

		while (i < line.length && is_blank(line.at[i]))
			i++;
		if (i == line.length)
			return n;
		if (n == max)
			return n + 1;
		first = i;
		while (i < line.length && !is_blank(line.at[i]))
			i++;
		fields[n++] = (struct span){ line.at + first, i - first };
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* 0x and 1 to 16 digits. */
static bool read_bound(struct span field, uint64_t *ret_bound)
{
	uint64_t bound = 0;

	if (field.length < 3 || field.length > 2 + BOUND_DIGITS || field.at[0] != '0' ||
	    (field.at[1] != 'x' && field.at[1] != 'X'))
		return false;
	for (size_t i = 2; i < field.length; i++) {
		int digit = hex_digit(field.at[i]);

		if (digit < 0)
			return false;
		bound = bound << 4 | (uint64_t)digit;
	}
	*ret_bound = bound;
	return true;
}

static uint32_t type_of(struct span word)
{
	static const struct {
		const char *word;
		uint32_t type;
	} types[] = {
		{ "direct", IOVA_REGION_DIRECT },
		{ "direct-relaxable", IOVA_REGION_DIRECT_RELAXABLE },
		{ "reserved", IOVA_REGION_RESERVED },
		{ "msi", IOVA_REGION_MSI },
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strlen(types[i].word) == word.length &&
		    !memcmp(types[i].word, word.at, word.length))
			return types[i].type;
	return IOVA_REGION_UNKNOWN;
}

static bool read_word(struct span field, struct iova_region *region)
{
	size_t kept = field.length < sizeof region->word ? field.length : sizeof region->word - 1;

	for (size_t i = 0; i < field.length; i++)
		if (!is_word_character(field.at[i]))
			return false;
	memcpy(region->word, field.at, kept);
	region->type = type_of(field);
	return true;
}

/* Returns whether the three fields are a region, inverted or not. */
static bool read_region(const struct span *fields, struct iova_region *ret_region)
{
	struct iova_region region = { 0 };

	if (!read_bound(fields[0], &region.range.start) ||
	    !read_bound(fields[1], &region.range.last) || !read_word(fields[2], &region))
		return false;
	*ret_region = region;
	return true;
}

static int append(struct iova_parsed_regions *parsed, size_t *room,
		  const struct iova_region *region)
{
	void *items = parsed->regions;
	int r = iova_array_reserve_(&items, room, parsed->n + 1, sizeof *region);

	parsed->regions = items;
	if (r < 0)
		return r;
	parsed->regions[parsed->n++] = *region;
	return 0;
}

/*
 * A line of nothing or of blanks is passed over without a word: the kernel
 * prints none, and no region can be lost in it.
 */
static int take_line(struct iova_parsed_regions *parsed, size_t *room, struct span line,
		     bool finished)
{
	struct span fields[3];
	struct iova_region region;
	size_t n = split(line, fields, 3);

	if (!n)
		return 0;
	if (n != 3 || !read_region(fields, &region)) {
		parsed->n_malformed += finished;
		return 0;
	}
	if (!finished &&
	    (fields[0].length < 2 + BOUND_DIGITS || fields[1].length < 2 + BOUND_DIGITS))
		return 0;
	if (region.range.start > region.range.last) {
		parsed->n_inverted++;
		return 0;
	}
	parsed->n_unknown += region.type == IOVA_REGION_UNKNOWN;
	return append(parsed, room, &region);
}

int iova_parse_regions_(const char *text, size_t length, struct iova_parsed_regions *ret_parsed)
{
	struct iova_parsed_regions parsed = { 0 };
	size_t room = 0, at = 0;

	parsed.truncated = length >= FULL_PAGE || (length && text[length - 1] != '\n');
	while (at < length) {
		const char *newline = memchr(text + at, '\n', length - at);
		size_t behind = newline ? (size_t)(newline - text) : length;
		int r = take_line(&parsed, &room, (struct span){ text + at, behind - at }, newline);

		if (r < 0) {
			iova_parsed_regions_done_(&parsed);
			return r;
		}
		at = behind + 1;
	}
	*ret_parsed = parsed;
	return 0;
}

void iova_parsed_regions_done_(struct iova_parsed_regions *parsed)
{
	free(parsed->regions);
	*parsed = (struct iova_parsed_regions){ 0 };
}

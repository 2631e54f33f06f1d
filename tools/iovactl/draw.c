/* SPDX-License-Identifier: BSD-3-Clause */
#include "draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* The glyphs of a picture, for terminals that know UTF-8 and for those that do not. */
struct glyphs {
	const char *fill[4]; /* by tier */
	const char *top, *between, *bottom, *side, *cut;
};

static const struct glyphs plain = {
	.fill = { [IOVA_TIER_USABLE] = "#", [IOVA_TIER_AVOID] = "~", [IOVA_TIER_REFUSED] = "." },
	.top = "+",
	.between = "+",
	.bottom = "+",
	.side = "|",
	.cut = "..",
};

static const struct glyphs pretty = {
	.fill = { [IOVA_TIER_USABLE] = "█", [IOVA_TIER_AVOID] = "▒", [IOVA_TIER_REFUSED] = "░" },
	.top = "┐",
	.between = "┤",
	.bottom = "┘",
	.side = "│",
	.cut = "…",
};

struct canvas {
	const struct iova_space *space;
	const struct terminal *terminal;
	const struct glyphs *glyphs;
	size_t n_segments;
	size_t longest; /* columns of a bar for the whole space */
};

#define AXIS_WIDTH 18                       /* 0x and 16 digits */
#define BESIDE_BAR (AXIS_WIDTH + 2 + 3 + 9) /* axis, letter, and the size right of the bar */
#define REASON_WIDTH 25                     /* what words beside the bar should have */
#define LEAST_BAR 12
#define MOST_BAR 53 /* a column for each power of two above a page */

/* The letter by which the strip refers to the bars; there are few segments on any machine. */
static char letter(size_t i)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	return i < sizeof letters - 1 ? letters[i] : '*';
}

/* How many of the 64 bits the length of a range needs, in 256ths: steps of two are too coarse. */
static unsigned int log_length(const struct iova_range *range)
{
	uint64_t length;
	unsigned int bits = 63;

	if (iova_range_length(range, &length) < 0)
		return 64 * 256;
	while (bits && !(length >> bits))
		bits--;
	length = bits >= 8 ? length >> (bits - 8) : length << (8 - bits);
	return bits * 256 + (unsigned int)(length & 0xff);
}

/* A page gets one column, the whole space the longest bar, and what is between its logarithm. */
static size_t bar_columns(const struct iova_range *range, size_t longest)
{
	unsigned int least = 12 * 256, most = 64 * 256, bits = log_length(range);

	if (bits <= least)
		return 1;
	return 1 + (longest - 1) * (bits - least) / (most - least);
}

static void fill(const struct canvas *canvas, uint32_t tier, size_t columns)
{
	fputs(tier_color(canvas->terminal, tier), stdout);
	for (size_t i = 0; i < columns; i++)
		fputs(canvas->glyphs->fill[tier], stdout);
	fputs(no_color(canvas->terminal), stdout);
}

/* Prints no more than some columns of a text that is ASCII, as far as the kernel's words are. */
static void put_cut(const struct canvas *canvas, const char *text, size_t columns)
{
	size_t n = strlen(text), cut = canvas->terminal->utf8 ? 1 : strlen(canvas->glyphs->cut);

	if (n <= columns)
		fputs(text, stdout);
	else if (columns > cut)
		printf("%.*s%s", (int)(columns - cut), text, canvas->glyphs->cut);
}

static void put_axis(uint64_t address, const char *mark)
{
	char text[24];

	snprintf(text, sizeof text, "0x%" PRIx64, address);
	printf("%*s %s\n", AXIS_WIDTH, text, mark);
}

static void put_bar(const struct canvas *canvas, size_t i, const struct iova_segment *segment)
{
	size_t columns = bar_columns(&segment->range, canvas->longest);
	size_t used = BESIDE_BAR + canvas->longest;
	char *reasons = reasons_text(canvas->space, i, 0);

	printf("%*s %s %c ", AXIS_WIDTH, "", canvas->glyphs->side, letter(i));
	fill(canvas, segment->tier, columns);
	printf("%*s%7s", (int)(canvas->longest - columns), "", length_text(&segment->range).text);
	if (reasons && *reasons) {
		fputs("  ", stdout);
		put_cut(canvas, reasons, canvas->terminal->width - used);
	}
	fputc('\n', stdout);
	free_text(reasons);
}

/* From the top down, as memory maps are drawn: each line between two bars is their border. */
static void draw_bars(const struct canvas *canvas)
{
	struct iova_segment segment;

	for (size_t i = canvas->n_segments; i-- > 0;) {
		if (iova_space_nth_segment(canvas->space, i, &segment) < 0)
			return;
		if (i + 1 == canvas->n_segments)
			put_axis(segment.range.last, canvas->glyphs->top);
		put_bar(canvas, i, &segment);
		put_axis(segment.range.start, i ? canvas->glyphs->between : canvas->glyphs->bottom);
	}
}

/* Segments that one strip shows. */
struct span {
	size_t first, past, columns;
};

static size_t strip_share(const struct canvas *canvas, size_t segment)
{
	struct iova_segment info;

	return iova_space_nth_segment(canvas->space, segment, &info) < 0 ?
		       0 :
		       bar_columns(&info.range, 256);
}

/*
 * The columns that each segment of the strip has: two, and of the rest a share by the logarithm.
 * They are differences of places that are counted from the start, so that rounding never adds up.
 */
static void strip_widths(const struct canvas *canvas, const struct span *span, size_t *ret_widths)
{
	size_t least = 2 * (span->past - span->first), sum = 0, total = 0, before = 0;
	size_t spare = span->columns > least ? span->columns - least : 0;

	for (size_t i = span->first; i < span->past; i++)
		total += strip_share(canvas, i);
	for (size_t i = span->first; i < span->past; i++) {
		size_t here;

		sum += strip_share(canvas, i);
		here = total ? spare * sum / total : 0;
		ret_widths[i - span->first] = 2 + here - before;
		before = here;
	}
}

/* The same from left to right in one line, with the bars' letters below it. */
static void draw_strip(const struct canvas *canvas, const struct span *span, size_t *widths)
{
	struct iova_segment segment;

	strip_widths(canvas, span, widths);
	fputs("\n  ", stdout);
	for (size_t i = span->first; i < span->past; i++)
		if (iova_space_nth_segment(canvas->space, i, &segment) == 0)
			fill(canvas, segment.tier, widths[i - span->first]);
	fputs("\n  ", stdout);
	for (size_t i = span->first; i + 1 < span->past; i++)
		printf("%-*c", (int)widths[i - span->first], letter(i));
	printf("%c\n", letter(span->past - 1));
}

/* One strip on nearly every machine; more where letters and bars would have no room. */
static void draw_strips(const struct canvas *canvas)
{
	struct span span = { .columns = canvas->terminal->width - 4 };
	size_t most = span.columns / 4;
	size_t *widths = calloc(most, sizeof *widths);

	for (; widths && span.first < canvas->n_segments; span.first = span.past) {
		span.past = span.first + most;
		if (span.past > canvas->n_segments)
			span.past = canvas->n_segments;
		draw_strip(canvas, &span, widths);
	}
	free(widths);
}

static void put_key(const struct canvas *canvas)
{
	fputs("Address space, bars by the logarithm of the size: ", stdout);
	for (uint32_t tier = IOVA_TIER_USABLE; tier <= IOVA_TIER_REFUSED; tier++) {
		fill(canvas, tier, 1);
		printf(" %s%s", tier_text(tier), tier < IOVA_TIER_REFUSED ? "  " : "\n\n");
	}
}

static size_t bar_room(size_t width)
{
	size_t room = width - BESIDE_BAR;

	if (room < LEAST_BAR + REASON_WIDTH)
		return LEAST_BAR;
	room -= REASON_WIDTH;
	return room > MOST_BAR ? MOST_BAR : room;
}

void draw(const struct iova_space *space, const struct terminal *terminal)
{
	struct canvas canvas = {
		.space = space,
		.terminal = terminal,
		.glyphs = terminal->utf8 ? &pretty : &plain,
	};
	struct iova_segment segment;

	while (iova_space_nth_segment(space, canvas.n_segments, &segment) == 0)
		canvas.n_segments++;
	canvas.longest = bar_room(terminal->width);
	put_key(&canvas);
	draw_bars(&canvas);
	draw_strips(&canvas);
}

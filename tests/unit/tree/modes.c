/* SPDX-License-Identifier: BSD-3-Clause */
#include "modes.h"

#include "prng.h"

uint64_t below(struct chooser *chooser, uint64_t n)
{
	return prng_next(&chooser->seed) % n;
}

/* From an address on, cut off where the space is. */
static struct iova_range range_from(uint64_t start, uint64_t length)
{
	uint64_t room = UINT64_MAX - start;

	return (struct iova_range){ start, start + (length - 1 < room ? length - 1 : room) };
}

static uint64_t pages(struct chooser *chooser, uint64_t n)
{
	return (1 + below(chooser, n)) * GRANULE;
}

static struct iova_range dense(struct chooser *chooser)
{
	return range_from(below(chooser, 8 * chooser->n) * GRANULE, pages(chooser, 4));
}

static struct iova_range at_top(struct chooser *chooser)
{
	return range_from(-pages(chooser, 8 * chooser->n), pages(chooser, 4));
}

static struct iova_range anywhere(struct chooser *chooser)
{
	uint64_t start = prng_next(&chooser->seed) & -(uint64_t)GRANULE;

	return range_from(start, pages(chooser, 1) << below(chooser, 48));
}

static struct iova_range clustered(struct chooser *chooser)
{
	uint64_t centre = chooser->centres[below(chooser, 8)];

	return range_from(centre + below(chooser, chooser->n) * GRANULE, pages(chooser, 2));
}

/* One page in each two: all gaps are the same, and too small for most. */
static struct iova_range every_second(struct chooser *chooser)
{
	return range_from(below(chooser, 2 * chooser->n) * 2 * GRANULE, GRANULE);
}

/* Of any length and at any address: nothing is aligned. */
static struct iova_range bytes(struct chooser *chooser)
{
	return range_from(below(chooser, 16 * chooser->n), 1 + below(chooser, 6));
}

static struct iova_range huge(struct chooser *chooser)
{
	uint64_t length = 1ull << (64 - chooser->n % 8 - 1 - below(chooser, 24));

	return below(chooser, 50) ? range_from(below(chooser, 64) * (length / 2), length) :
				    (struct iova_range){ 0, UINT64_MAX };
}

static struct iova_range ascending(struct chooser *chooser)
{
	const struct model *model = chooser->model;
	uint64_t last = model->n ? model->at[model->n - 1].range.last : chooser->centres[0];
	uint64_t gap = below(chooser, 3) * GRANULE;

	/* Behind the top there is nothing: begin anew. */
	if (UINT64_MAX - last <= gap)
		return dense(chooser);
	return range_from(last + 1 + gap, pages(chooser, 2));
}

static struct iova_range descending(struct chooser *chooser)
{
	const struct model *model = chooser->model;
	uint64_t first = model->n ? model->at[0].range.start : chooser->centres[0] + GRANULE;
	uint64_t length = pages(chooser, 2), gap = below(chooser, 3) * GRANULE;

	if (first < length + gap)
		return at_top(chooser);
	return range_from(first - gap - length, length);
}

static struct iova_range mixed(struct chooser *chooser)
{
	static struct iova_range (*const ranges[])(struct chooser *) = {
		dense, at_top, anywhere, clustered, bytes, ascending, descending
	};

	return ranges[below(chooser, sizeof ranges / sizeof *ranges)](chooser);
}

static size_t any(struct chooser *chooser)
{
	return below(chooser, chooser->model->n);
}

static size_t lowest(struct chooser *chooser)
{
	(void)chooser;
	return 0;
}

static size_t highest(struct chooser *chooser)
{
	return chooser->model->n - 1;
}

/* The same corner again and again, until it is bare: neighbours have to help out. */
static size_t middle(struct chooser *chooser)
{
	return chooser->model->n / 3;
}

static size_t edges(struct chooser *chooser)
{
	return below(chooser, 2) ? lowest(chooser) : highest(chooser);
}

const struct mode modes[] = {
	{ "dense at the bottom", dense, any },
	{ "dense at the top", at_top, any },
	{ "anywhere", anywhere, any },
	{ "clusters", clustered, any },
	{ "every second page", every_second, any },
	{ "unaligned bytes", bytes, any },
	{ "huge ranges", huge, any },
	{ "ascending, the oldest first", ascending, lowest },
	{ "ascending, the newest first", ascending, highest },
	{ "descending, the oldest first", descending, highest },
	{ "descending, any first", descending, any },
	{ "dense, one corner emptied", dense, middle },
	{ "dense, both edges eaten", dense, edges },
	{ "everything in turn", mixed, any },
	{ NULL, NULL, NULL },
};

void chooser_begin(struct chooser *chooser, const struct mode *mode, const struct model *model,
		   uint64_t seed, size_t n)
{
	*chooser = (struct chooser){ .seed = seed, .n = n, .mode = mode, .model = model };
	for (size_t i = 0; i < sizeof chooser->centres / sizeof *chooser->centres; i++)
		chooser->centres[i] = prng_next(&chooser->seed) & -(uint64_t)GRANULE;
}

/* At a border of a mapping, or one beside it. */
uint64_t some_address(struct chooser *chooser)
{
	const struct model *model = chooser->model;
	const struct iova_range *range;

	if (!model->n || !below(chooser, 8))
		return below(chooser, 2) ? prng_next(&chooser->seed) : -below(chooser, 2);
	range = &model->at[below(chooser, model->n)].range;
	return (below(chooser, 2) ? range->start : range->last) + below(chooser, 3) - 1;
}

struct iova_range some_window(struct chooser *chooser)
{
	uint64_t a = some_address(chooser), b = some_address(chooser);

	switch (below(chooser, 4)) {
	case 0:
		return (struct iova_range){ 0, UINT64_MAX };
	case 1:
		return a < (uint64_t)1 << 63 ? (struct iova_range){ a, UINT64_MAX } :
					       (struct iova_range){ 0, a };
	default:
		return a < b ? (struct iova_range){ a, b } : (struct iova_range){ b, a };
	}
}

struct iova_range some_span(struct chooser *chooser)
{
	const struct model *model = chooser->model;
	size_t first = below(chooser, model->n), last = first + below(chooser, 1 + model->n / 8);

	if (last >= model->n)
		last = model->n - 1;
	return (struct iova_range){ model->at[first].range.start, model->at[last].range.last };
}

uint64_t some_align(struct chooser *chooser)
{
	return (uint64_t)1 << (below(chooser, 2) ? below(chooser, 64) : 11 + below(chooser, 6));
}

/* What lies between two mappings, or one more or less; small, large and largest. */
uint64_t some_length(struct chooser *chooser)
{
	const struct model *model = chooser->model;
	uint64_t i, length;

	switch (below(chooser, 8)) {
	case 0:
		return UINT64_MAX - below(chooser, 2);
	case 1:
		return 1 + (prng_next(&chooser->seed) >> below(chooser, 64));
	case 2:
	case 3:
	case 4:
		if (model->n < 2)
			break;
		i = below(chooser, model->n - 1);
		length = model->at[i + 1].range.start - model->at[i].range.last +
			 below(chooser, 3) - 2;
		return length && length < UINT64_MAX - 2 ? length : 1;
	default:
		break;
	}
	return pages(chooser, 8);
}

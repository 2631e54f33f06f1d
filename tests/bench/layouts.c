/* SPDX-License-Identifier: BSD-3-Clause */
/* Where mappings are, the same for every structure. All of it follows from n. */

#include "bench.h"
#include "../unit/prng.h"
#include <stdlib.h>
#include <string.h>

#define BASE (UINT64_C(1) << 32)
#define KIB UINT64_C(1024)
#define PAGE (4 * KIB)
#define SLOT (64 * KIB)
#define FRAME (2048 * KIB)

const struct iova_range alloc_window = { BASE, BASE + (UINT64_C(1) << 46) - 1 };

static struct iova_mapping mapping_at(uint64_t offset, uint64_t length)
{
	uint64_t start = BASE + offset;

	return (struct iova_mapping){ .range = { start, start + (length - 1) },
				      .vaddr = start,
				      .access = IOVA_READ | IOVA_WRITE };
}

/* 4 to 32 KiB somewhere in 64 KiB. */
struct iova_mapping slot_mapping(uint32_t slot)
{
	uint64_t state = slot, number = prng_next(&state);
	uint64_t pages = 1 + number % 8, before = (number >> 8) % (SLOT / PAGE - pages + 1);

	return mapping_at(slot * SLOT + before * PAGE, pages * PAGE);
}

void shuffle_maps(struct iova_mapping *maps, size_t n, uint64_t *random)
{
	for (size_t i = n; i > 1; i--) {
		size_t other = prng_next(random) % i;
		struct iova_mapping saved = maps[i - 1];

		maps[i - 1] = maps[other];
		maps[other] = saved;
	}
}

/* 0 to n - 1 in any order. */
static uint32_t *draw_numbers(size_t n, uint64_t *random)
{
	uint32_t *numbers = calloc(n, sizeof *numbers);

	for (size_t i = 0; numbers && i < n; i++) {
		size_t other = prng_next(random) % (i + 1);

		numbers[i] = numbers[other];
		numbers[other] = (uint32_t)i;
	}
	return numbers;
}

static bool draw_slots(struct ground *ground)
{
	uint64_t random = 1;

	ground->slots = draw_numbers(2 * ground->n, &random);
	if (!ground->slots)
		return false;
	for (size_t i = 0; i < ground->n; i++)
		ground->maps[ground->n_maps++] = slot_mapping(ground->slots[i]);
	return true;
}

static int compare_maps(const void *one, const void *other)
{
	const struct iova_mapping *a = one, *b = other;

	return a->range.start < b->range.start ? -1 : a->range.start > b->range.start;
}

static bool draw_sorted(struct ground *ground)
{
	if (!draw_slots(ground))
		return false;
	qsort(ground->maps, ground->n_maps, sizeof *ground->maps, compare_maps);
	return true;
}

struct iova_mapping ring_mapping(const struct ground *ground, uint64_t number)
{
	return mapping_at(number % (2 * ground->n) * 2 * PAGE, PAGE);
}

static bool draw_ring(struct ground *ground)
{
	for (size_t i = 0; i < ground->n; i++)
		ground->maps[ground->n_maps++] = ring_mapping(ground, i);
	return true;
}

static bool draw_adjacent(struct ground *ground)
{
	for (size_t i = 0; i < ground->n; i++)
		ground->maps[ground->n_maps++] = mapping_at(i * PAGE, PAGE);
	return true;
}

/* Of n places, some are taken at random, and so are the lowest of those that are left. */
static uint8_t *draw_taken(size_t n, size_t n_random, size_t n_lowest, uint64_t *random)
{
	uint32_t *numbers = draw_numbers(n, random);
	uint8_t *taken = calloc(n, 1);

	for (size_t i = 0; numbers && taken && i < n_random; i++)
		taken[numbers[i]] = 1;
	for (size_t i = 0; numbers && taken && i < n && n_lowest; i++) {
		if (!taken[i]) {
			taken[i] = 2;
			n_lowest--;
		}
	}
	free(numbers);
	return taken;
}

static bool draw_pages(struct ground *ground)
{
	uint64_t random = 2;
	size_t n = ground->n, n_pages = n + n / 2;
	uint8_t *taken = draw_taken(n_pages, n - n / 4, n / 4, &random);

	for (size_t i = 0; taken && i < n_pages; i++)
		if (taken[i])
			ground->maps[ground->n_maps++] = mapping_at(i * PAGE, PAGE);
	shuffle_maps(ground->maps, ground->n_maps, &random);
	free(taken);
	return taken;
}

/* Frames of 2 MiB: half of them with two pages in them, and the lowest of the others in use. */
static bool draw_frames(struct ground *ground)
{
	uint64_t random = 3;
	size_t n = ground->n, n_frames = n / 16 * 14;
	uint8_t *taken = draw_taken(n_frames, n_frames / 2, n / 8, &random);

	for (size_t i = 0; taken && i < n_frames; i++) {
		uint64_t half = FRAME / PAGE / 2;

		if (taken[i] == 2)
			ground->maps[ground->n_maps++] = mapping_at(i * FRAME, FRAME);
		for (uint64_t part = 0; taken[i] == 1 && part < 2; part++)
			ground->maps[ground->n_maps++] =
				mapping_at(i * FRAME +
						   (part * half + prng_next(&random) % half) * PAGE,
					   PAGE);
	}
	shuffle_maps(ground->maps, ground->n_maps, &random);
	free(taken);
	return taken;
}

void draw_request(struct request *request, uint64_t *random)
{
	uint64_t number = prng_next(random) % 100;

	request->length = number < 80 ? PAGE : number < 95 ? SLOT : FRAME;
	request->align = request->length;
	request->window = alloc_window;
}

static bool place_request(void *object, struct iova_mapping *ret_mapping, uint64_t *random)
{
	struct request request;
	uint64_t start;

	draw_request(&request, random);
	if (!own_index.alloc(object, &request, &start))
		return false;
	*ret_mapping = mapping_at(start - BASE, request.length);
	return true;
}

/* What is left of n requests of mixed sizes once each was given back and made anew, about. */
static bool draw_mixed(struct ground *ground)
{
	uint64_t random = 4;
	void *object = own_index.make();
	bool good = object;

	for (size_t i = 0; good && i < 2 * ground->n; i++) {
		size_t at = i < ground->n ? i : prng_next(&random) % ground->n;

		if (i >= ground->n)
			good = own_index.remove(object, &ground->maps[at].range);
		good = good && place_request(object, &ground->maps[at], &random);
	}
	ground->n_maps = ground->n;
	if (object)
		own_index.drop(object);
	shuffle_maps(ground->maps, ground->n_maps, &random);
	return good;
}

static const uint64_t pages_only[] = { PAGE, 0 }, frames_too[] = { PAGE, FRAME, 0 },
		      all_sizes[] = { PAGE, SLOT, FRAME, 0 };

const struct layout layout_slots = { "slots", draw_slots, pages_only, true },
		    layout_ring = { "ring", draw_ring, pages_only, true },
		    layout_pages = { "pages", draw_pages, pages_only, true },
		    layout_frames = { "frames", draw_frames, frames_too, true },
		    layout_mixed = { "mixed", draw_mixed, all_sizes, true },
		    layout_fresh_pages = { "pages", draw_pages, pages_only, false },
		    layout_fresh_mixed = { "mixed", draw_mixed, all_sizes, false },
		    layout_adjacent = { "adjacent", draw_adjacent, pages_only, false },
		    layout_sorted = { "sorted", draw_sorted, pages_only, false },
		    layout_shuffled = { "shuffled", draw_slots, pages_only, false };

bool ground_draw(struct ground *ground, const struct layout *layout, size_t n)
{
	*ground = (struct ground){ .layout = layout, .n = n };
	/* No layout has more mappings than that. */
	ground->maps = calloc(n, sizeof *ground->maps);
	if (ground->maps && layout->draw(ground))
		return true;
	ground_clear(ground);
	return false;
}

void ground_clear(struct ground *ground)
{
	free(ground->maps);
	free(ground->slots);
	memset(ground, 0, sizeof *ground);
}

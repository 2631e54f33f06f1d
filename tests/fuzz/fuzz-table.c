/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is a program of operations on a table of mappings with narrow nodes: a byte that
 * chooses how they are searched, then four bytes a step. Each is made on a model, too; answers
 * are compared, and after a change all nodes.
 */
#include "expect.h"
#include "fuzz.h"
#include "life.h"

#define STEP 4

_Noreturn void expect_failed(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not true: %s\n", file, line, what);
	abort();
}

/* A few thousand addresses at each of four places, so that mappings meet, and meet all borders. */
static uint64_t address_of(const uint8_t *step)
{
	static const uint64_t places[] = { 0, 1ull << 40, (1ull << 63) - 0x2000, -0x4000ull };

	return places[step[1] >> 6] + ((step[1] & 0x3f) << 8 | step[2]);
}

static struct iova_range range_of(const uint8_t *step)
{
	static const unsigned int shifts[] = { 0, 3, 10, 57 };
	uint64_t start = address_of(step), room = UINT64_MAX - start;
	uint64_t more = (((uint64_t)(step[3] & 0x3f) + 1) << shifts[step[3] >> 6]) - 1;

	return (struct iova_range){ start, start + (more < room ? more : room) };
}

/* The window is between two mappings, or all that is above or below an address, or everything. */
static void fit(const struct life *life, const uint8_t *step, bool down)
{
	uint64_t address = address_of(step);
	const struct iova_range windows[] = {
		{ 0, UINT64_MAX }, { 0, address }, { address, UINT64_MAX }, range_of(step)
	};
	struct model_wish wish = { .window = windows[step[0] >> 4 & 3],
				   .length = 1ull << (step[3] >> 4),
				   .align = 1ull << (step[3] & 0xf),
				   .down = down };

	if (step[0] & 0x40)
		wish.length += wish.length / 2 + 1;
	if (step[0] & 0x80)
		wish.align <<= 48;
	life_fit(life, &wish);
}

static void rare(struct life *life, const uint8_t *step)
{
	struct iova_range range = range_of(step);

	switch (step[0] >> 4) {
	case 0:
		life_clear(life);
		break;
	case 1:
	case 2:
		life_rebuild(life, step[3] < life->model.n ? step[3] : life->model.n);
		break;
	case 3:
	case 4:
		life_remove_all(life, &range);
		break;
	default:
		life_learn(life, 1ull << (step[3] & 63));
		break;
	}
}

static void make(struct life *life, const uint8_t *step)
{
	struct iova_range range = range_of(step);

	switch (step[0] & 0xf) {
	case 8:
	case 9:
		life_remove(life, address_of(step));
		break;
	case 10: /* the n-th, whatever it is */
		if (life->model.n)
			life_remove(life, life->model.at[step[3] % life->model.n].range.last);
		break;
	case 11:
		life_find(life, address_of(step));
		break;
	case 12:
		life_select(life, &range);
		break;
	case 13:
	case 14:
		fit(life, step, step[0] & 1);
		break;
	case 15:
		rare(life, step);
		break;
	default:
		life_insert(life, &range);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct walk_path *path = walk_paths();
	struct life life;

	if (!size)
		return 0;
	if (data[0] & 1 && path[1].name && path[1].works)
		path++;
	life_begin(&life, path);
	for (size_t i = 1; i + STEP <= size; i += STEP)
		make(&life, data + i);
	life_check(&life);
	life_done(&life);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_CELLS_H
#define TESTS_UNIT_CELLS_H

/*
 * An independent model of a set: the whole space cut into 64 cells, one bit of
 * a word for each. Cell 0 starts at 0 and cell 63 ends at UINT64_MAX, so both
 * ends of the space are always in play.
 *
 * The even cut has cells of 2^58 bytes. The narrow one has cells of one
 * address at the bottom, in the middle and at the top, where an error of one
 * address cannot hide.
 */

#include <libiova/set.h>
#include <stdbool.h>

#define N_CELLS 64

struct cut {
	uint64_t starts[N_CELLS];
};

static inline struct cut cut_even(void)
{
	struct cut cut;

	for (unsigned int i = 0; i < N_CELLS; i++)
		cut.starts[i] = (uint64_t)i << 58;
	return cut;
}

static inline struct cut cut_narrow(void)
{
	struct cut cut;

	for (unsigned int i = 0; i < N_CELLS; i++) {
		if (i < 21)
			cut.starts[i] = i;
		else if (i < 42)
			cut.starts[i] = ((uint64_t)1 << 63) - 32 + i;
		else
			cut.starts[i] = UINT64_MAX - (N_CELLS - 1 - i);
	}
	return cut;
}

/* The addresses of the cells first .. last. */
static inline struct iova_range cells_range(const struct cut *cut, unsigned int first,
					    unsigned int last)
{
	return (struct iova_range){
		.start = cut->starts[first],
		.last = last == N_CELLS - 1 ? UINT64_MAX : cut->starts[last + 1] - 1,
	};
}

/* Bits first .. last. */
static inline uint64_t cells_mask(unsigned int first, unsigned int last)
{
	return UINT64_MAX >> (N_CELLS - 1 - last) & UINT64_MAX << first;
}

static inline bool cell_in(uint64_t cells, unsigned int i)
{
	return cells >> i & 1;
}

/* Bit by bit, so that nothing of it resembles the code under test. Returns the count. */
static inline size_t cells_to_ranges(const struct cut *cut, uint64_t cells,
				     struct iova_range ranges[N_CELLS])
{
	size_t n = 0;

	for (unsigned int i = 0; i < N_CELLS; i++) {
		if (!cell_in(cells, i))
			continue;
		if (i && cell_in(cells, i - 1))
			ranges[n - 1].last = cells_range(cut, i, i).last;
		else
			ranges[n++] = cells_range(cut, i, i);
	}
	return n;
}

/* Whether the set holds exactly the model's cells, asked in every way there is to read it. */
static inline bool cells_same(const struct cut *cut, uint64_t cells, const struct iova_set *set)
{
	struct iova_range ranges[N_CELLS], read[N_CELLS], one;
	size_t n = cells_to_ranges(cut, cells, ranges);

	if (iova_set_count(set) != n || iova_set_read(set, read, N_CELLS) != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (read[i].start != ranges[i].start || read[i].last != ranges[i].last)
			return false;
		if (iova_set_nth(set, i, &one) || one.start != ranges[i].start ||
		    one.last != ranges[i].last)
			return false;
	}
	return iova_set_nth(set, n, &one) != 0;
}

/* Whether find says of an address in the cell what the model says. */
static inline bool cells_find_same(const struct cut *cut, uint64_t cells,
				   const struct iova_set *set, unsigned int cell, bool at_last)
{
	struct iova_range ranges[N_CELLS], found;
	struct iova_range place = cells_range(cut, cell, cell);
	uint64_t address = at_last ? place.last : place.start;
	size_t n = cells_to_ranges(cut, cells, ranges), i = 0;
	int r = iova_set_find(set, address, &found);

	while (i < n && ranges[i].last < address)
		i++;
	if (i == n)
		return r < 0;
	return !r && found.start == ranges[i].start && found.last == ranges[i].last;
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_ORACLE_PLACE_H
#define TESTS_UNIT_ORACLE_PLACE_H

/*
 * Where a range fits, by trying every place next to something: the lowest fit
 * begins, but for alignment, where a piece, a gap or the window begins, and the highest ends
 * where one ends. After oracle.h.
 */

enum oracle_want { WANT_PREFERRED, WANT_USABLE, WANT_ANY };

struct oracle_search {
	const struct oracle *oracle;
	const struct told *told;
	struct iova_range window;
	uint64_t length;
	uint64_t align;
	enum oracle_want want;
};

static inline bool oracle_fits(const struct oracle_search *search, uint64_t start)
{
	struct iova_range range = { start, start + (search->length - 1) };

	if (range.last < start || start % search->align || start < search->window.start ||
	    range.last > search->window.last)
		return false;
	for (size_t i = 0; i < search->told->n_mapped; i++)
		if (meet(search->told->mapped[i], range))
			return false;
	for (size_t i = 0; i < search->oracle->n_pieces; i++) {
		const struct oracle_piece *piece = &search->oracle->pieces[i];

		if (!meet(piece->range, range))
			continue;
		if (piece->tier == IOVA_TIER_REFUSED ||
		    (search->want != WANT_ANY && piece->tier == IOVA_TIER_AVOID) ||
		    (search->want == WANT_PREFERRED && piece->relaxable))
			return false;
	}
	return true;
}

static inline void oracle_try(const struct oracle_search *search, uint64_t start, bool highest,
			      bool *found, uint64_t *best)
{
	if (!oracle_fits(search, start) || (*found && (highest ? start < *best : start > *best)))
		return;
	*best = start;
	*found = true;
}

/* Aligned places that touch something which begins or ends here. */
static inline void oracle_try_beside(const struct oracle_search *search, struct iova_range thing,
				     bool highest, bool *found, uint64_t *best)
{
	uint64_t step = search->align, below = thing.last;

	if (highest && below >= search->length - 1)
		oracle_try(search, (below - (search->length - 1)) / step * step, highest, found,
			   best);
	if (!highest && thing.start % step == 0)
		oracle_try(search, thing.start, highest, found, best);
	if (!highest && thing.start % step && thing.start / step < TOP / step)
		oracle_try(search, (thing.start / step + 1) * step, highest, found, best);
}

static inline bool oracle_place(const struct oracle_search *search, bool highest,
				uint64_t *ret_iova)
{
	bool found = false;

	oracle_try_beside(search, search->window, highest, &found, ret_iova);
	for (size_t i = 0; i < search->oracle->n_pieces; i++)
		oracle_try_beside(search, search->oracle->pieces[i].range, highest, &found,
				  ret_iova);
	for (size_t i = 0; i < search->told->n_mapped; i++) {
		const struct iova_range *mapped = &search->told->mapped[i];
		struct iova_range beside = { mapped->last + 1, mapped->start - 1 };

		if (highest ? mapped->start != 0 : mapped->last != TOP)
			oracle_try_beside(search, beside, highest, &found, ret_iova);
	}
	return found;
}

#endif

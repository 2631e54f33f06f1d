/* SPDX-License-Identifier: BSD-3-Clause */
/* What mapping and unmapping of arrays have in common. */
#include "context/requests.h"

#include "base/failure.h"
#include "base/opts.h"
#include "base/range.h"

#include <errno.h>
#include <stdlib.h>

int iova_work_done_(struct iova_work *work, uint64_t length, uint32_t step,
		    struct iova_failure *failure)
{
	work->done += length;
	if (!work->progress || !work->progress(work->data, work->done, work->total))
		return 0;
	return iova_failed_(failure, step, IOVA_WHY_CANCELED, -ECANCELED);
}

int iova_many_read_opts_(const struct iova_many_opts *opts, uint32_t known_flags, uint64_t granule,
			 struct iova_many_opts *ret_opts, struct iova_failure *failure)
{
	int r = iova_opts_read_(ret_opts, sizeof *ret_opts, sizeof *ret_opts, opts);

	if (r >= 0 &&
	    ((ret_opts->flags & ~known_flags) || ret_opts->pad ||
	     (ret_opts->step && (!is_power_of_two(ret_opts->step) || ret_opts->step < granule))))
		r = -EINVAL;
	return r < 0 ? iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS, r) : 0;
}

void iova_many_sort_(struct many_items *items, many_order *order)
{
	/* Most arrays are sorted as they come. */
	for (size_t i = 1; i < items->n; i++) {
		if (order(&items->items[i - 1], &items->items[i]) <= 0)
			continue;
		qsort(items->items, items->n, sizeof *items->items, order);
		return;
	}
}

static int by_iova(const void *a, const void *b)
{
	uint64_t one = ((const struct many_item *)a)->range.start;
	uint64_t two = ((const struct many_item *)b)->range.start;

	return (one > two) - (one < two);
}

int iova_many_sort_placed_(struct many_items *items, struct iova_failure *failure)
{
	iova_many_sort_(items, by_iova);
	for (size_t i = 1; i < items->n; i++) {
		const struct many_item *one = &items->items[i - 1], *two = &items->items[i];

		if (!range_overlaps(&one->range, &two->range))
			continue;
		failure->iova = two->range.start;
		failure->length = two->range.last - two->range.start + 1;
		failure->vaddr = two->vaddr;
		failure->conflict = (struct iova_conflict){
			.range = range_shared(&one->range, &two->range),
			.region = one->range,
			.source = IOVA_SOURCE_REQUEST,
			.verdict = IOVA_VERDICT_REFUSE,
			.group = IOVA_GROUP_NONE,
			.vaddr = one->vaddr,
		};
		failure->n_conflicts = 1;
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_OVERLAP, -EEXIST);
	}
	return 0;
}

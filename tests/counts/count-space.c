/* SPDX-License-Identifier: BSD-3-Clause */
/* The functions of a space. */
#include "counts.h"

#include <stdlib.h>

#define PAGE ((uint64_t)4096)
#define TOP (((uint64_t)1 << 39) - 1)

static void make_space(struct work *work)
{
	static const struct iova_range usable[] = { { 0, 0xfedfffff }, { 0xfef00000, TOP } };
	struct iova_set *set;
	int r = iova_set_new(&set);

	for (size_t i = 0; r >= 0 && i < 2; i++)
		r = iova_set_add(set, &usable[i]);
	if (r >= 0)
		r = iova_space_new(NULL, &work->space);
	if (r >= 0)
		r = iova_space_set_kernel(work->space, IOVA_LIST_RANGES, set, NULL);
	need("a space", r >= 0);
	iova_table_init_with_(&work->space->table, work->ops);
	iova_set_free(set);
}

static void fill(struct work *work)
{
	make_space(work);
	for (size_t i = 0; i < work->n; i++)
		need("record", !iova_space_record(work->space, &work->live[i]));
}

static void prepare_churn(struct work *work)
{
	scatter(work);
	fill(work);
	plan_churn(work);
}

static void check(struct work *work)
{
	for (size_t i = 0; i < STEPS; i++) {
		struct iova_check check = { .size = sizeof check };
		const struct iova_range *range = &work->steps[i].after.range;

		need("check", !iova_space_check(work->space, range->start,
						range->last - range->start + 1, &check, NULL, 0) &&
				      check.verdict == IOVA_VERDICT_ALLOW);
	}
}

/* What is asked about is not live, and stays so. */
static void prepare_check(struct work *work)
{
	scatter(work);
	fill(work);
	for (size_t i = 0; i < STEPS; i++)
		work->steps[i].after = work->live[work->n + random_below(work, work->n)];
}

static void churn(struct work *work)
{
	for (size_t i = 0; i < STEPS; i++) {
		need("forget", !iova_space_forget(work->space, &work->steps[i].before.range, NULL));
		need("record", !iova_space_record(work->space, &work->steps[i].after));
	}
}

/* Pages with a page free between them, so that what is longer fits nowhere below their last. */
static void prepare_allocate(struct work *work)
{
	static const uint64_t pages[] = { 1, 1, 4, 1, 16, 1, 4, 512 };

	work->live = calloc(work->n, sizeof *work->live);
	need("calloc", work->live);
	for (size_t i = 0; i < work->n; i++) {
		uint64_t start = (2 * (uint64_t)i + 2) * PAGE;

		work->live[i].range = (struct iova_range){ start, start + (PAGE - 1) };
		work->live[i].access = IOVA_READ;
	}
	fill(work);
	for (size_t i = 0; i < STEPS; i++)
		work->steps[i].length = pages[random_below(work, 8)] * PAGE;
}

/* Something else goes, so that there are ever other holes. Not counted. */
static void take(struct work *work, const struct iova_mapping *mapping)
{
	struct iova_mapping *other = &work->live[random_below(work, work->n)];

	need("record", !iova_space_record(work->space, mapping));
	need("forget", !iova_space_forget(work->space, &other->range, NULL));
	*other = *mapping;
}

/* Aligned to its length, as huge pages want it. */
static void allocate(struct work *work)
{
	for (size_t i = 0; i < STEPS; i++) {
		uint64_t length = work->steps[i].length;
		struct iova_alloc_opts opts = { .size = sizeof opts, .align = length };
		struct iova_mapping mapping = { .access = IOVA_READ };

		need("alloc", !iova_space_alloc(work->space, length, &opts, &mapping.range.start));
		leave_out();
		mapping.range.last = mapping.range.start + (length - 1);
		take(work, &mapping);
		count_again();
	}
}

static void finish(struct work *work)
{
	iova_space_free(work->space);
}

const struct workload space_workloads[] = {
	{ "allocate", prepare_allocate, allocate, finish },
	{ "check", prepare_check, check, finish },
	{ "forget + record", prepare_churn, churn, finish },
	{ 0 },
};

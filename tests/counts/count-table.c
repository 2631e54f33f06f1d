/* SPDX-License-Identifier: BSD-3-Clause */
/* The table alone. */
#include "counts.h"

static void fill(struct work *work)
{
	iova_table_init_with_(&work->table, work->ops);
	for (size_t i = 0; i < work->n; i++)
		need("insert", !iova_table_insert_(&work->table, &work->live[i]));
}

static void prepare_lookup(struct work *work)
{
	scatter(work);
	fill(work);
	for (size_t i = 0; i < STEPS; i++)
		work->steps[i].before = work->live[random_below(work, work->n)];
}

static void lookup(struct work *work)
{
	for (size_t i = 0; i < STEPS; i++) {
		struct iova_mapping found;

		need("find",
		     iova_table_find_(&work->table, work->steps[i].before.range.start, &found));
	}
}

static void prepare_churn(struct work *work)
{
	scatter(work);
	fill(work);
	plan_churn(work);
}

/* A ring: page after page, and n of them live. */
static void prepare_ring(struct work *work)
{
	struct iova_mapping page = { .access = IOVA_READ };

	iova_table_init_with_(&work->table, work->ops);
	for (size_t i = 0; i < work->n + STEPS; i++) {
		page.range.start = (uint64_t)i << 12;
		page.range.last = page.range.start + 4095;
		if (i < work->n)
			need("insert", !iova_table_insert_(&work->table, &page));
		else
			work->steps[i - work->n].after = page;
	}
	for (size_t i = 0; i < STEPS; i++)
		work->steps[i].before.range.start = (uint64_t)i << 12;
}

static void churn(struct work *work)
{
	for (size_t i = 0; i < STEPS; i++) {
		need("remove",
		     !iova_table_remove_(&work->table, work->steps[i].before.range.start));
		need("insert", !iova_table_insert_(&work->table, &work->steps[i].after));
	}
}

static void finish(struct work *work)
{
	need("keeping count", iova_table_count_(&work->table) == work->n);
	iova_table_done_(&work->table);
}

const struct workload table_workloads[] = {
	{ "lookup", prepare_lookup, lookup, finish },
	{ "remove + insert", prepare_churn, churn, finish },
	{ "remove oldest + insert next", prepare_ring, churn, finish },
	{ 0 },
};

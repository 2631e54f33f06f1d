/* SPDX-License-Identifier: BSD-3-Clause */
/* What a table does that is no business of one node or another. */
#include "space/tree.h"

#include "base/pause.h"
#include "base/range.h"

#include <errno.h>

#define SPINS 64 /* looks before another thread gets the processor */

#if defined(__SANITIZE_THREAD__)
#define WATCHED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WATCHED 1
#endif
#endif

bool iova_table_has_vectors_(void)
{
#if defined(WATCHED) || !defined(IOVA_TREE_HAS_VECTOR)
	/* The thread sanitizer would take reading a vector for an access that may not be shared. */
	return false;
#elif defined(__x86_64__)
	return __builtin_cpu_supports("avx2");
#else
	return true;
#endif
}

void iova_table_init_with_(struct iova_table *table, const struct tree_ops *ops)
{
	*table = (struct iova_table){ .ops = ops };
}

void iova_table_init_(struct iova_table *table)
{
	const struct tree_ops *ops = &iova_tree_scalar_;

#ifdef IOVA_TREE_HAS_VECTOR
	if (iova_table_has_vectors_())
		ops = &iova_tree_vector_;
#endif
	iova_table_init_with_(table, ops);
}

void iova_table_done_(struct iova_table *table)
{
	iova_tree_pools_done_(table);
	iova_table_init_with_(table, table->ops);
}

size_t iova_table_count_(const struct iova_table *table)
{
	return GET(table->n);
}

uint32_t iova_tree_await_turn_(const struct iova_table *table)
{
	uint32_t turn = __atomic_load_n(&table->turn, __ATOMIC_ACQUIRE);

	/* A change takes some ten nanoseconds, unless its thread has lost the processor. */
	for (unsigned int attempt = 0; turn & 1; attempt++) {
		if (attempt >= SPINS)
			iova_pause_(attempt - SPINS);
		turn = __atomic_load_n(&table->turn, __ATOMIC_ACQUIRE);
	}
	return turn;
}

/* How many nodes n inserts may take: those that are full now, and one for each
 * half that is filled. */
static size_t most_splits(size_t used, size_t n)
{
	size_t most = used + n / TREE_HALF + 2;

	return n < most ? n : most;
}

int iova_table_reserve_(struct iova_table *table, size_t n)
{
	size_t leaves = most_splits(table->leaves.n - table->leaves.n_free, n) + 1;
	size_t inners = table->height + 1;
	int r;

	if (n > 1)
		inners += 2 * TREE_HEIGHT + table->inners.n - table->inners.n_free +
			  2 * (leaves / TREE_HALF);
	r = iova_tree_reserve_(table, leaves + !table->root, inners);
	if (r < 0 || table->root)
		return r;
	tree_write_begin(table);
	PUT(table->root, (void *)iova_tree_take_leaf_(table));
	iova_tree_find_edges_(table);
	tree_write_done(table);
	return 0;
}

void iova_table_remove_all_(struct iova_table *table, const struct iova_range *range)
{
	struct iova_mapping mapping;

	if (range->start == 0 && range->last == UINT64_MAX) {
		iova_table_clear_(table);
		return;
	}
	while (iova_table_find_(table, range->start, &mapping) && mapping.range.last <= range->last)
		(void)iova_table_remove_(table, mapping.range.last);
}

int iova_table_select_(const struct iova_table *table, const struct iova_range *range,
		       struct iova_mapping *ret_first, size_t *ret_n)
{
	struct iova_mapping mapping, first;
	uint64_t address = range->start;
	size_t n = 0;

	while (iova_table_find_(table, address, &mapping) && mapping.range.start <= range->last) {
		if (!range_contains(range, &mapping.range)) {
			*ret_first = mapping;
			return -EINVAL;
		}
		if (!n++)
			first = mapping;
		if (mapping.range.last == range->last)
			break;
		address = mapping.range.last + 1;
	}
	if (!n)
		return -ENOENT;
	*ret_first = first;
	*ret_n = n;
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SPACE_TREE_RANK_H
#define IOVA_SPACE_TREE_RANK_H

/*
 * Searching a node. Where IOVA_TREE_VECTOR is set that is done with vectors, else step by
 * step; both must answer alike.
 */

#include "space/tree.h"

#if defined(IOVA_TREE_VECTOR) && defined(__AVX2__)
#include <immintrin.h>
#endif

/*
 * tree_wanted: an address, made ready once for the nodes on a way. A rank is the number of keys
 * below it. That of a node above the leaves is which child it belongs to: the mask is for
 * who reads while others write.
 */
#ifdef IOVA_TREE_VECTOR

/* As wide as what is common; where a processor has less the compiler makes do. */
typedef int64_t tree_wanted __attribute__((vector_size(32), aligned(32), may_alias));

static inline tree_wanted tree_want(uint64_t address)
{
	const int64_t key = tree_key(address);

	return (tree_wanted){ key, key, key, key };
}

static inline uint32_t tree_minus_sum(tree_wanted sum)
{
#ifdef __AVX2__
	__m256i all = (__m256i)sum;
	__m128i half = _mm_add_epi64(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));

	half = _mm_add_epi64(half, _mm_unpackhi_epi64(half, half));
	return -(uint32_t)_mm_cvtsi128_si32(half);
#else
	return -(uint32_t)(sum[0] + sum[1] + sum[2] + sum[3]);
#endif
}

/* Of n keys, a multiple of eight if it is not four. */
static inline uint32_t tree_count_below(const int64_t *key, uint32_t n, tree_wanted wanted)
{
	const tree_wanted *keys = (const tree_wanted *)key;
	tree_wanted even = keys[0] < wanted, odd = { 0 };

	/* Two sums, so that one need not wait for the other. */
	if (n > 4)
		odd = keys[1] < wanted;
#pragma GCC unroll 8
	for (uint32_t i = 2; i + 1 < n / 4; i += 2) {
		even += keys[i] < wanted;
		odd += keys[i + 1] < wanted;
	}
	return tree_minus_sum(even + odd);
}

static inline uint32_t tree_leaf_rank(const struct tree_leaf *leaf, tree_wanted wanted)
{
	return tree_count_below(leaf->key, TREE_WIDTH, wanted);
}

static inline uint32_t tree_inner_rank(const struct tree_inner *node, tree_wanted wanted)
{
	/* A root often has few children. */
	if (TREE_WIDTH > 8 && GET(node->n) <= 8)
		return tree_count_below(node->key, 8, wanted);
	return tree_count_below(node->key, TREE_WIDTH, wanted) & (TREE_WIDTH - 1);
}

#else

typedef int64_t tree_wanted;

static inline tree_wanted tree_want(uint64_t address)
{
	return tree_key(address);
}

static inline uint32_t tree_leaf_rank(const struct tree_leaf *leaf, tree_wanted wanted)
{
	uint32_t rank = 0;

	for (uint32_t half = TREE_HALF; half; half /= 2)
		rank += GET(leaf->key[GET(leaf->order[rank + half - 1])]) < wanted ? half : 0;
	return rank + (GET(leaf->key[GET(leaf->order[rank])]) < wanted);
}

static inline uint32_t tree_inner_rank(const struct tree_inner *node, tree_wanted wanted)
{
	uint32_t rank = 0;

	for (uint32_t half = TREE_HALF; half; half /= 2)
		rank += GET(node->key[rank + half - 1]) < wanted ? half : 0;
	return (rank + (GET(node->key[rank]) < wanted)) & (TREE_WIDTH - 1);
}

#endif

#endif

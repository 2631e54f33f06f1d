/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SPACE_TREE_ORDER_H
#define IOVA_SPACE_TREE_ORDER_H

/* Which slot of a leaf comes where: a permutation of all, the free ones last. */

#include "space/tree.h"

#if defined(IOVA_TREE_VECTOR) && defined(__AVX2__)
#include <immintrin.h>
#endif

/* A free slot goes to a rank, and all from there on one up; or back again. */
#if defined(IOVA_TREE_VECTOR) && defined(__AVX2__)

static inline __m256i tree_ranks(void)
{
	return _mm256_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
				19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
}

static inline uint32_t tree_order_open(struct tree_leaf *leaf, uint32_t rank)
{
	uint8_t slot = leaf->order[TREE_WIDTH - 1];
	__m256i order = _mm256_load_si256((const __m256i *)leaf->order);
	__m256i low = _mm256_permute2x128_si256(order, order, 0x08);
	__m256i moved = _mm256_alignr_epi8(order, low, 15);
	__m256i at = _mm256_set1_epi8((char)rank);

	order = _mm256_blendv_epi8(order, moved, _mm256_cmpgt_epi8(tree_ranks(), at));
	order = _mm256_blendv_epi8(order, _mm256_set1_epi8((char)slot),
				   _mm256_cmpeq_epi8(tree_ranks(), at));
	_mm256_store_si256((__m256i *)leaf->order, order);
	return slot;
}

static inline uint32_t tree_order_close(struct tree_leaf *leaf, uint32_t rank)
{
	uint8_t slot = leaf->order[rank];
	__m256i order = _mm256_load_si256((const __m256i *)leaf->order);
	__m256i high = _mm256_permute2x128_si256(order, order, 0x81);
	__m256i moved = _mm256_alignr_epi8(high, order, 1);
	__m256i below = _mm256_set1_epi8((char)(rank - 1));
	__m256i top = _mm256_set1_epi8(TREE_WIDTH - 1);

	order = _mm256_blendv_epi8(order, moved, _mm256_cmpgt_epi8(tree_ranks(), below));
	order = _mm256_blendv_epi8(order, _mm256_set1_epi8((char)slot),
				   _mm256_cmpeq_epi8(tree_ranks(), top));
	_mm256_store_si256((__m256i *)leaf->order, order);
	return slot;
}

#else

static inline uint32_t tree_order_open(struct tree_leaf *leaf, uint32_t rank)
{
	uint8_t slot = leaf->order[TREE_WIDTH - 1];

	for (uint32_t i = TREE_WIDTH - 1; i > rank; i--)
		PUT(leaf->order[i], leaf->order[i - 1]);
	PUT(leaf->order[rank], slot);
	return slot;
}

static inline uint32_t tree_order_close(struct tree_leaf *leaf, uint32_t rank)
{
	uint8_t slot = leaf->order[rank];

	for (uint32_t i = rank; i < TREE_WIDTH - 1; i++)
		PUT(leaf->order[i], leaf->order[i + 1]);
	PUT(leaf->order[TREE_WIDTH - 1], slot);
	return slot;
}

#endif

#endif

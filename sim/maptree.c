/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The mappings of a container in the order of their addresses. A treap, as a
 * container may hold 65535 of them and tests do fill it; two mappings may begin
 * at one address (see sim_map_find_()), so the order of making breaks ties.
 */
#include "private.h"

static bool comes_before(const struct sim_map *a, const struct sim_map *b)
{
	return a->iova != b->iova ? a->iova < b->iova : a->serial < b->serial;
}

/* Spreads serial numbers over the word, so that the tree is even in whatever order keys come. */
static uint64_t priority(const struct sim_map *map)
{
	uint64_t x = map->serial * 0x9e3779b97f4a7c15;

	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9;
	return x ^ x >> 32;
}

/* All of left comes before all of right. */
static struct sim_map *join(struct sim_map *left, struct sim_map *right)
{
	if (!left || !right)
		return left ? left : right;
	if (priority(left) > priority(right)) {
		left->right = join(left->right, right);
		return left;
	}
	right->left = join(left, right->left);
	return right;
}

/* Into what comes before map and the rest. */
static void split(struct sim_map *root, const struct sim_map *map, struct sim_map **ret_left,
		  struct sim_map **ret_right)
{
	if (!root) {
		*ret_left = *ret_right = NULL;
	} else if (comes_before(root, map)) {
		*ret_left = root;
		split(root->right, map, &root->right, ret_right);
	} else {
		*ret_right = root;
		split(root->left, map, ret_left, &root->left);
	}
}

void sim_maps_insert_(struct sim_container *container, struct sim_map *map)
{
	struct sim_map *left, *right;

	map->serial = container->n_maps_made++;
	map->left = map->right = NULL;
	split(container->maps, map, &left, &right);
	container->maps = join(join(left, map), right);
	container->n_maps++;
}

/* Out of the tree; the caller's to free. */
void sim_maps_remove_(struct sim_container *container, struct sim_map *map)
{
	struct sim_map **at = &container->maps;

	while (*at != map)
		at = comes_before(map, *at) ? &(*at)->left : &(*at)->right;
	*at = join(map->left, map->right);
	container->n_maps--;
}

/* The last one that begins at or below an address, or NULL. */
struct sim_map *sim_maps_floor_(const struct sim_container *container, uint64_t iova)
{
	struct sim_map *map = container->maps, *found = NULL;

	while (map) {
		if (map->iova <= iova) {
			found = map;
			map = map->right;
		} else {
			map = map->left;
		}
	}
	return found;
}

struct sim_map *sim_maps_before_(const struct sim_container *container, const struct sim_map *of)
{
	struct sim_map *map = container->maps, *found = NULL;

	while (map) {
		if (comes_before(map, of)) {
			found = map;
			map = map->right;
		} else {
			map = map->left;
		}
	}
	return found;
}

/* The next one; the first one for NULL. */
struct sim_map *sim_maps_after_(const struct sim_container *container, const struct sim_map *of)
{
	struct sim_map *map = container->maps, *found = NULL;

	while (map) {
		if (!of || comes_before(of, map)) {
			found = map;
			map = map->left;
		} else {
			map = map->right;
		}
	}
	return found;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The mappings of a container as T1 keeps them (dma_list): a red-black tree by
 * address. Its shape matters: while a mapping is lost (see sim_map_find_()), a
 * search finds what lies on its way down and nothing else. So insertion and
 * removal restore the tree by the textbook's cases, which are those of
 * lib/rbtree.c: both give the same tree.
 */
#include "private.h"

static bool is_red(const struct sim_map *map)
{
	return map && map->red;
}

/* Puts a node, or nothing, in another's place below its parent. */
static void put_in_place_of(struct sim_container *container, const struct sim_map *old,
			    struct sim_map *map)
{
	struct sim_map *parent = old->parent;

	if (!parent)
		container->maps = map;
	else if (parent->left == old)
		parent->left = map;
	else
		parent->right = map;
	if (map)
		map->parent = parent;
}

/* A node's right child becomes its parent, or its left one. */
static void rotate(struct sim_container *container, struct sim_map *map, bool to_left)
{
	struct sim_map *child = to_left ? map->right : map->left;
	struct sim_map *moved = to_left ? child->left : child->right;

	put_in_place_of(container, map, child);
	if (to_left) {
		map->right = moved;
		child->left = map;
	} else {
		map->left = moved;
		child->right = map;
	}
	if (moved)
		moved->parent = map;
	map->parent = child;
}

/* lib/rbtree.c:__rb_insert. */
static void fix_insertion(struct sim_container *container, struct sim_map *map)
{
	while (is_red(map->parent)) {
		struct sim_map *parent = map->parent, *grand = parent->parent;
		bool left = grand->left == parent;
		struct sim_map *uncle = left ? grand->right : grand->left;

		if (is_red(uncle)) {
			uncle->red = parent->red = false;
			grand->red = true;
			map = grand;
			continue;
		}
		if (map == (left ? parent->right : parent->left)) {
			rotate(container, parent, left);
			map = parent;
			parent = map->parent;
		}
		parent->red = false;
		grand->red = true;
		rotate(container, grand, !left);
	}
	container->maps->red = false;
}

/* T1:vfio_link_dma: linked with length 0, so one of two at one address goes to the left. */
void sim_maps_insert_(struct sim_container *container, struct sim_map *map)
{
	struct sim_map **at = &container->maps;

	map->parent = map->left = map->right = NULL;
	map->red = true;
	while (*at) {
		map->parent = *at;
		at = map->iova <= (*at)->iova ? &(*at)->left : &(*at)->right;
	}
	*at = map;
	fix_insertion(container, map);
	container->n_maps++;
}

/* lib/rbtree.c:____rb_erase_color: one black node too few on the way to map, which may be NULL. */
static void fix_removal(struct sim_container *container, struct sim_map *map,
			struct sim_map *parent)
{
	while (parent && !is_red(map)) {
		bool left = parent->left == map;
		struct sim_map *sibling = left ? parent->right : parent->left;

		if (sibling->red) {
			sibling->red = false;
			parent->red = true;
			rotate(container, parent, left);
			sibling = left ? parent->right : parent->left;
		}
		if (!is_red(sibling->left) && !is_red(sibling->right)) {
			sibling->red = true;
			map = parent;
			parent = map->parent;
			continue;
		}
		if (!is_red(left ? sibling->right : sibling->left)) {
			(left ? sibling->left : sibling->right)->red = false;
			sibling->red = true;
			rotate(container, sibling, !left);
			sibling = left ? parent->right : parent->left;
		}
		sibling->red = parent->red;
		parent->red = false;
		(left ? sibling->right : sibling->left)->red = false;
		rotate(container, parent, left);
		return;
	}
	if (map)
		map->red = false;
}

static struct sim_map *leftmost(struct sim_map *map)
{
	while (map && map->left)
		map = map->left;
	return map;
}

/* Out of the tree; the caller's to free. lib/rbtree_augmented.h:__rb_erase_augmented. */
void sim_maps_remove_(struct sim_container *container, struct sim_map *map)
{
	struct sim_map *heir, *child, *parent = map->parent;
	bool red = map->red;

	container->n_maps--;
	if (!map->left || !map->right) {
		child = map->left ? map->left : map->right;
		put_in_place_of(container, map, child);
	} else {
		heir = leftmost(map->right);
		red = heir->red;
		child = heir->right;
		parent = heir->parent == map ? heir : heir->parent;
		if (heir->parent != map) {
			put_in_place_of(container, heir, child);
			heir->right = map->right;
			heir->right->parent = heir;
		}
		put_in_place_of(container, map, heir);
		heir->left = map->left;
		heir->left->parent = heir;
		heir->red = map->red;
	}
	if (!red)
		fix_removal(container, child, parent);
}

/* The next one in the order of the tree, which is that of the addresses; the first for NULL. */
struct sim_map *sim_maps_after_(const struct sim_container *container, const struct sim_map *of)
{
	struct sim_map *parent;

	if (!of)
		return leftmost(container->maps);
	if (of->right)
		return leftmost(of->right);
	for (parent = of->parent; parent && parent->right == of; parent = of->parent)
		of = parent;
	return parent;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "space/groups.h"

#include "base/array.h"

#include <errno.h>
#include <stdlib.h>

static int share(const struct iova_group *group, struct shared_group **ret_shared)
{
	struct shared_group *shared = calloc(1, sizeof *shared);
	int r;

	if (!shared)
		return -ENOMEM;
	shared->refs = 1;
	shared->group.info = group->info;
	r = iova_array_copy_((void **)&shared->group.devices, group->devices, group->info.n_devices,
			     sizeof *group->devices);
	if (r >= 0)
		r = iova_array_copy_((void **)&shared->group.regions, group->regions,
				     group->info.n_regions, sizeof *group->regions);
	if (r < 0) {
		iova_group_done_(&shared->group);
		free(shared);
		return r;
	}
	*ret_shared = shared;
	return 0;
}

static void unshare(struct shared_group *shared)
{
	if (--shared->refs)
		return;
	iova_group_done_(&shared->group);
	free(shared);
}

static size_t find(const struct group_list *list, uint32_t group)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->groups[middle]->group.info.id < group)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool has(const struct group_list *list, size_t i, uint32_t group)
{
	return i < list->n && list->groups[i]->group.info.id == group;
}

/* A list that shares old's groups and has room for more. */
static int start_from(const struct group_list *old, size_t more, struct group_list *ret_list)
{
	struct group_list list = { .n = old->n };

	list.groups = calloc(old->n + more + 1, sizeof *list.groups);
	if (!list.groups)
		return -ENOMEM;
	for (size_t i = 0; i < old->n; i++) {
		list.groups[i] = old->groups[i];
		list.groups[i]->refs++;
	}
	*ret_list = list;
	return 0;
}

static int put(struct group_list *list, const struct iova_group *group)
{
	struct shared_group *shared;
	size_t i = find(list, group->info.id);
	int r = share(group, &shared);

	if (r < 0)
		return r;
	if (has(list, i, group->info.id)) {
		unshare(list->groups[i]);
	} else {
		for (size_t j = list->n++; j > i; j--)
			list->groups[j] = list->groups[j - 1];
	}
	list->groups[i] = shared;
	return 0;
}

int iova_groups_add_(const struct group_list *old, const struct iova_host *host,
		     const uint32_t *groups, size_t n_groups, struct group_list *ret_list)
{
	struct group_list list;
	int r = start_from(old, n_groups, &list);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n_groups && r >= 0; i++) {
		const struct iova_group *group = iova_host_group_(host, groups[i]);

		r = group ? put(&list, group) : -ENOENT;
	}
	if (r < 0) {
		iova_groups_done_(&list);
		return r;
	}
	*ret_list = list;
	return 0;
}

int iova_groups_remove_(const struct group_list *old, uint32_t group, struct group_list *ret_list)
{
	struct group_list list;
	size_t i = find(old, group);
	int r;

	if (!has(old, i, group))
		return -ENOENT;
	r = start_from(old, 0, &list);
	if (r < 0)
		return r;
	unshare(list.groups[i]);
	for (list.n--; i < list.n; i++)
		list.groups[i] = list.groups[i + 1];
	*ret_list = list;
	return 0;
}

int iova_groups_of_(const struct iova_host *host, struct group_list *ret_list)
{
	struct group_list list;
	int r = start_from(&(struct group_list){ 0 }, host->n, &list);

	for (size_t i = 0; i < host->n && r >= 0; i++) {
		r = put(&list, &host->groups[i]);
		if (r < 0)
			iova_groups_done_(&list);
	}
	if (r >= 0)
		*ret_list = list;
	return r;
}

void iova_groups_done_(struct group_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		unshare(list->groups[i]);
	free(list->groups);
	*list = (struct group_list){ 0 };
}

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SPACE_GROUPS_H
#define IOVA_SPACE_GROUPS_H

/*
 * The groups that a space has taken in, sorted by number. A list shares its
 * groups with the list it was made from, so a change can be tried and dropped
 * without copying what stays the same. Not for two threads.
 */

#include "host/host.h"

struct shared_group {
	struct iova_group group;
	size_t refs;
};

struct group_list {
	struct shared_group **groups;
	size_t n;
};

/*
 * old with the named groups of the host added or replaced; old itself stays.
 * Returns 0, -ENOENT if the host lacks one, -ENOMEM.
 */
int iova_groups_add_(const struct group_list *old, const struct iova_host *host,
		     const uint32_t *groups, size_t n_groups, struct group_list *ret_list);

/* old without one group; old itself stays. Returns 0, -ENOENT, -ENOMEM. */
int iova_groups_remove_(const struct group_list *old, uint32_t group, struct group_list *ret_list);

/* Exactly the groups of a host. Returns 0 or -ENOMEM. */
int iova_groups_of_(const struct iova_host *host, struct group_list *ret_list);

void iova_groups_done_(struct group_list *list);

#endif

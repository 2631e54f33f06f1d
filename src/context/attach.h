/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_CONTEXT_ATTACH_H
#define IOVA_CONTEXT_ATTACH_H

/*
 * Coming and going: groups into a container (attach-group.c), devices to an IOAS
 * (attach-device.c). All with the lock held; each returns 0 or a negative errno, has filled in
 * the failure then, and has left the context and the kernel as they were.
 */

#include "context/context.h"

/* find.c: no files of a group, where the host was read with it. */
bool iova_ctx_group_is_unknown_(const struct iova_ctx *ctx, uint32_t group);
/* -ENOENT for the number of a lent fd that no group has. */
int iova_ctx_check_number_(const struct iova_ctx *ctx, uint32_t group,
			   struct iova_failure *failure);

/* attach.c: refuse what would take memory away from under a device, or what was promised. */
int iova_ctx_try_group_(struct iova_ctx *ctx, uint32_t group, struct iova_failure *failure);

/* detach.c: -EBUSY if so many groups or devices are all there are, and mappings are live. */
int iova_ctx_check_last_(const struct iova_ctx *ctx, size_t n_leaving,
			 struct iova_failure *failure);

/* fd: the caller's, or -1 to open the node. */
int iova_ctx_enter_group_(struct iova_ctx *ctx, uint32_t id, int fd, struct iova_change *ret_change,
			  struct iova_failure *failure);
int iova_ctx_leave_group_(struct iova_ctx *ctx, size_t i, struct iova_failure *failure);

/* A device in the long form of its name. fd, id: as for iova_ctx_adopt_device(); or fd is -1. */
struct arrival {
	const char *name;
	uint32_t group;
	int fd;
	uint32_t id;
};
int iova_ctx_enter_device_(struct iova_ctx *ctx, const struct arrival *arrival,
			   struct iova_change *ret_change, struct iova_failure *failure);
/* All devices of a group that have a VFIO driver. */
int iova_ctx_enter_devices_(struct iova_ctx *ctx, uint32_t group, struct iova_change *ret_change,
			    struct iova_failure *failure);
/* The device of a name, or with NULL all of a group; and the group, if it has no other. */
int iova_ctx_leave_devices_(struct iova_ctx *ctx, uint32_t group, const char *name,
			    struct iova_failure *failure);
/* All devices of a group, from one context to another on the same iommufd. */
int iova_ctx_move_group_(struct iova_ctx *to, struct iova_ctx *from, uint32_t group,
			 struct iova_change *ret_change, struct iova_failure *failure);
size_t iova_ctx_count_devices_(const struct iova_ctx *ctx, uint32_t group);

/* attach.c: as iova_ctx_attach_device(). */
int iova_ctx_attach_named_(struct iova_ctx *ctx, const char *name, struct iova_failure *failure);

/* Room for one more group and so many devices. */
int iova_ctx_reserve_(struct iova_ctx *ctx, size_t n_devices, struct iova_failure *failure);
/* Forgets some, and closes what is our own. */
void iova_ctx_drop_devices_(struct iova_ctx *ctx, size_t from, size_t n);
void iova_ctx_drop_group_(struct iova_ctx *ctx, size_t i);

/* iommufd.c: as iova_ctx_unpin(). */
int iova_ctx_unpin_(struct iova_ctx *ctx, struct iova_failure *failure);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups coming into a context. */
#include "base/array.h"
#include "base/failure.h"
#include "base/text.h"
#include "context/context.h"
#include "uapi/vfio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#define GROUPS_DIR "sys/kernel/iommu_groups"

size_t iova_ctx_find_group_(const struct iova_ctx *ctx, uint32_t group)
{
	size_t i;

	for (i = 0; i < ctx->n_groups; i++)
		if (ctx->groups[i].id == group)
			break;
	return i;
}

/* No files at all means no group; a masked sysfs looks the same, so the node decides first. */
static bool group_is_unknown(const struct iova_ctx *ctx, uint32_t group)
{
	const struct iova_group *found = iova_host_group_(ctx->host, group);

	return !found || (found->info.regions == IOVA_REGIONS_MISSING &&
			  found->info.devices_error == -ENOENT);
}

static int find_any(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return 1;
}

/* Whether sysfs has groups: 1, 0, or a negative errno if its list cannot be read. */
static int sysfs_has_groups(const struct iova_ctx *ctx)
{
	const struct iova_sys *sys = ctx->type1.sys;
	int root = iova_sys_open_(sys, -1, ctx->root ? ctx->root : "/", O_RDONLY | O_DIRECTORY);
	int r;

	if (root < 0)
		return root;
	r = iova_sys_list_(sys, root, GROUPS_DIR, find_any, NULL);
	iova_sys_close_(sys, root);
	return r;
}

/* A lent fd does not tell its number; one that sysfs has never heard of is a wrong one. */
static int check_number(const struct iova_ctx *ctx, uint32_t group, struct iova_failure *failure)
{
	if (!group_is_unknown(ctx, group) || sysfs_has_groups(ctx) != 1)
		return 0;
	return iova_failed_(failure, IOVA_STEP_FIND_GROUP, IOVA_WHY_NO_GROUP, -ENOENT);
}

int iova_ctx_find_device_(const struct iova_ctx *ctx, const char *name, uint32_t *ret_group,
			  struct iova_failure *failure)
{
	char address[IOVA_DEVICE_NAME_MAX];
	int r = iova_device_name_parse(name, &address);

	if (r < 0) {
		iova_text_copy_(failure->device, sizeof failure->device, name);
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_BAD_DEVICE_NAME, r);
	}
	r = iova_host_group_of_(ctx->type1.sys, ctx->root, address, ret_group, failure);
	if (failure->why == IOVA_WHY_NO_DEVICE && sysfs_has_groups(ctx) == -ENOENT) {
		failure->why = IOVA_WHY_NO_SYSFS;
		snprintf(failure->path, sizeof failure->path, "%s/" GROUPS_DIR,
			 ctx->root ? ctx->root : "");
	}
	return r;
}

static int open_group(struct iova_ctx *ctx, struct attached_group *group,
		      struct iova_failure *failure)
{
	char path[40];
	int r;

	snprintf(path, sizeof path, "/dev/vfio/%u", (unsigned)group->id);
	r = iova_sys_open_(ctx->type1.sys, -1, path, O_RDWR);
	if (r < 0) {
		iova_text_copy_(failure->path, sizeof failure->path, path);
		iova_kernel_failed_(failure, IOVA_STEP_OPEN_GROUP, r);
		if (r == -ENOENT && group_is_unknown(ctx, group->id))
			failure->why = IOVA_WHY_NO_GROUP;
		return r;
	}
	group->fd = r;
	return 0;
}

/* Refuse what would take memory away from under a device that uses it. */
static int try_on_space(struct iova_ctx *ctx, uint32_t group, struct iova_failure *failure)
{
	struct iova_change *change = NULL;
	int r = iova_change_new(&change);

	if (r >= 0)
		r = iova_space_try_group(ctx->space, ctx->host, group, change);
	if (r < 0) {
		iova_change_free(change);
		return iova_failed_(failure, IOVA_STEP_TRY, IOVA_WHY_UNKNOWN, r);
	}
	for (size_t i = 0; i < change->n_broken && r >= 0; i++) {
		const struct broken_mapping *broken = &change->broken[i];
		char text[320];

		iova_conflict_text(&broken->conflict, text, sizeof text);
		if (broken->conflict.verdict != IOVA_VERDICT_REFUSE ||
		    (ctx->flags & IOVA_CTX_UNCHECKED)) {
			iova_log_(&ctx->log, IOVA_LOG_WARNING,
				  "attaching group %u: the live mapping 0x%llx-0x%llx: %s",
				  (unsigned)group, (unsigned long long)broken->mapping.range.start,
				  (unsigned long long)broken->mapping.range.last, text);
			continue;
		}
		failure->iova = broken->mapping.range.start;
		failure->length = broken->mapping.range.last - broken->mapping.range.start + 1;
		failure->vaddr = broken->mapping.vaddr;
		failure->conflict = broken->conflict;
		failure->n_conflicts = 1;
		r = iova_failed_(failure, IOVA_STEP_TRY, IOVA_WHY_BREAKS_MAPPING, -EADDRINUSE);
	}
	iova_change_free(change);
	return r;
}

/* From a group fd to a group in the container. Says in group->own_attach what it did. */
static int enter_container(struct iova_ctx *ctx, struct attached_group *group,
			   struct iova_failure *failure)
{
	uint32_t status;
	int r = iova_type1_group_status_(&ctx->type1, group->fd, &status, failure);

	if (r < 0)
		return r;
	if (status & IOVA_VFIO_GROUP_FLAGS_CONTAINER_SET)
		return 0;
	/* Up to 5.17 the kernel would take the group and refuse its devices later. */
	if (!(status & IOVA_VFIO_GROUP_FLAGS_VIABLE))
		return iova_failed_(failure, IOVA_STEP_SET_CONTAINER, IOVA_WHY_NOT_VIABLE, -EPERM);
	r = iova_type1_set_container_(&ctx->type1, group->fd, failure);
	group->own_attach = r >= 0;
	return r;
}

static void undo_enter(struct iova_ctx *ctx, const struct attached_group *group)
{
	struct iova_failure ignored = iova_failure_about_(group->id);
	int r;

	if (!group->own_attach)
		return;
	r = iova_type1_unset_container_(&ctx->type1, group->fd, &ignored);
	if (r < 0)
		iova_log_(&ctx->log, IOVA_LOG_ERR,
			  "group %u could not be taken out of the container again: errno %d",
			  (unsigned)group->id, -r);
}

/* The group is in the container; make it one of ours. */
static int settle(struct iova_ctx *ctx, const struct attached_group *group,
		  struct iova_change *ret_change, struct iova_failure *failure)
{
	bool had_iommu = ctx->has_iommu;
	/* A group of ours keeps the IOMMU; others may have come or gone since we looked. */
	int r = ctx->n_groups ? 1 : iova_type1_has_iommu_(&ctx->type1, failure);

	if (!r)
		r = iova_type1_set_iommu_(&ctx->type1, failure);
	if (r < 0)
		return r;
	ctx->has_iommu = true;
	r = iova_ctx_take_(ctx, ret_change, failure);
	if (r < 0) {
		ctx->has_iommu = had_iommu;
		return r;
	}
	ctx->groups[ctx->n_groups++] = *group;
	return 0;
}

/* fd: the caller's, or -1 to open the node. With the lock held. */
static int attach(struct iova_ctx *ctx, uint32_t id, int fd, struct iova_change *ret_change,
		  struct iova_failure *failure)
{
	struct attached_group group = { .id = id, .fd = fd, .own_fd = fd < 0 };
	int r;

	if (iova_ctx_find_group_(ctx, id) < ctx->n_groups)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_ALREADY_ATTACHED,
				    -EALREADY);
	r = iova_array_reserve_((void **)&ctx->groups, &ctx->groups_room, ctx->n_groups + 1,
				sizeof *ctx->groups);
	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_OPEN_GROUP, IOVA_WHY_UNKNOWN, r);
	r = iova_ctx_read_host_(ctx, id, failure);
	if (r < 0)
		return r;
	r = group.own_fd ? open_group(ctx, &group, failure) : check_number(ctx, id, failure);
	if (r < 0)
		return r;
	r = try_on_space(ctx, id, failure);
	if (r >= 0)
		r = enter_container(ctx, &group, failure);
	if (r >= 0) {
		r = settle(ctx, &group, ret_change, failure);
		if (r < 0)
			undo_enter(ctx, &group);
	}
	if (r < 0) {
		if (group.own_fd)
			iova_sys_close_(ctx->type1.sys, group.fd);
		return r;
	}
	iova_log_(&ctx->log, IOVA_LOG_INFO, "attached group %u%s", (unsigned)id,
		  group.own_attach ? "" : ", which was in the container already");
	return 0;
}

IOVA_API int iova_ctx_attach_group(struct iova_ctx *ctx, uint32_t group,
				   struct iova_change *ret_change,
				   struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(group);
	int r;

	if (!ctx) {
		iova_failed_(&failure, IOVA_STEP_ARGUMENT, IOVA_WHY_NULL, -EINVAL);
		return iova_failure_give_(reterr_failure, &failure, -EINVAL);
	}
	pthread_mutex_lock(&ctx->lock);
	r = attach(ctx, group, -1, ret_change, &failure);
	pthread_mutex_unlock(&ctx->lock);
	return iova_failure_give_(reterr_failure, &failure, r);
}

IOVA_API int iova_ctx_adopt_group(struct iova_ctx *ctx, uint32_t group, int fd,
				  struct iova_change *ret_change,
				  struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(group);
	int r;

	if (!ctx || fd < 0) {
		r = ctx ? -EBADF : -EINVAL;
		iova_failed_(&failure, ctx ? IOVA_STEP_ADOPT_GROUP : IOVA_STEP_ARGUMENT,
			     ctx ? IOVA_WHY_UNKNOWN : IOVA_WHY_NULL, r);
		return iova_failure_give_(reterr_failure, &failure, r);
	}
	pthread_mutex_lock(&ctx->lock);
	r = attach(ctx, group, fd, ret_change, &failure);
	pthread_mutex_unlock(&ctx->lock);
	return iova_failure_give_(reterr_failure, &failure, r);
}

IOVA_API int iova_ctx_attach_device(struct iova_ctx *ctx, const char *name,
				    struct iova_change *ret_change,
				    struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	uint32_t group = IOVA_GROUP_NONE;
	int r;

	if (!ctx || !name) {
		iova_failed_(&failure, IOVA_STEP_ARGUMENT, IOVA_WHY_NULL, -EINVAL);
		return iova_failure_give_(reterr_failure, &failure, -EINVAL);
	}
	pthread_mutex_lock(&ctx->lock);
	r = iova_ctx_find_device_(ctx, name, &group, &failure);
	if (r >= 0)
		r = attach(ctx, group, -1, ret_change, &failure);
	pthread_mutex_unlock(&ctx->lock);
	return iova_failure_give_(reterr_failure, &failure, r);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening a context on what is its own or lent, and closing it. */
#include "backend/group.h"
#include "backend/iommufd.h"
#include "base/failure.h"
#include "base/opts.h"
#include "base/range.h"
#include "context/attach.h"
#include "context/choose.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KNOWN_FLAGS                                                                           \
	(IOVA_CTX_ADOPT | IOVA_CTX_UNCHECKED | IOVA_CTX_ADOPT_IOMMUFD | IOVA_CTX_ADOPT_IOAS | \
	 IOVA_CTX_PIN | IOVA_CTX_SMALL_PAGES | IOVA_CTX_CHARGE_PROCESS)

static void tell_choice(const struct iova_ctx *ctx)
{
	static const char *const names[] = {
		[IOVA_BACKEND_TYPE1] = "a VFIO container",
		[IOVA_BACKEND_IOMMUFD] = "an iommufd",
		[IOVA_BACKEND_COMPAT] = "a container that iommufd provides",
		[IOVA_BACKEND_NOIOMMU] = "a VFIO container without an IOMMU",
	};

	iova_log_(&ctx->log, IOVA_LOG_INFO, "%s %s, fd %d",
		  ctx->own_fd ? "opened" : "the caller lends", names[ctx->backend.kind],
		  ctx->backend.fd);
	if (ctx->backend.kind == IOVA_BACKEND_NOIOMMU)
		iova_log_(&ctx->log, IOVA_LOG_WARNING,
			  "no-IOMMU mode: nothing can be mapped, devices use physical addresses, and "
			  "nothing keeps them from any memory");
}

static int start(struct iova_ctx *ctx, const struct iova_ctx_opts *opts,
		 struct iova_failure *failure)
{
	struct iova_space_opts space_opts = {
		.size = sizeof space_opts,
		.policy = opts->policy,
		.width = opts->width,
	};
	int r;

	ctx->flags = opts->flags;
	ctx->process = iova_sys_process_();
	ctx->log = (struct iova_log){ opts->log, opts->log_data, (int)opts->log_level };
	if (opts->root) {
		ctx->root = strdup(opts->root);
		if (!ctx->root)
			return iova_failed_(failure, IOVA_STEP_OPEN_CONTAINER, IOVA_WHY_UNKNOWN,
					    -ENOMEM);
	}
	/* Without the process's limits one can work; see iova_ctx_check_limits_(). */
	if (iova_sys_memory_(ctx->backend.sys, &ctx->memory) < 0)
		ctx->memory = (struct iova_sys_memory){ .page_size = 4096, .exempt = 1 };
	space_opts.granule = ctx->memory.page_size;
	r = iova_space_new(&space_opts, &ctx->space);
	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_OPEN_CONTAINER, IOVA_WHY_UNKNOWN, r);
	r = iova_ctx_choose_(ctx, opts, failure);
	if (r < 0)
		return r;
	/* Counted from here; what others of the user have locked is known to the kernel alone. */
	if (ctx->charges_user)
		ctx->memory.locked = 0;
	tell_choice(ctx);
	if (opts->flags & IOVA_CTX_ADOPT_IOAS) {
		r = iova_ctx_read_host_(ctx, IOVA_GROUP_NONE, failure);
		if (r >= 0)
			r = iova_ctx_take_(ctx, NULL, failure);
	}
	return r < 0 || !opts->device ? r : iova_ctx_attach_named_(ctx, opts->device, failure);
}

static void release(struct iova_ctx *ctx)
{
	iova_ctx_drop_devices_(ctx, 0, ctx->n_devices);
	for (size_t i = 0; i < ctx->n_files; i++)
		iova_sys_close_(ctx->backend.sys, ctx->files[i].fd);
	if (ctx->own_fd)
		iova_sys_close_(ctx->backend.sys, ctx->backend.fd);
	iova_space_free(ctx->space);
	iova_host_free(ctx->host);
	iova_set_done_(&ctx->pinned);
	free(ctx->groups);
	free(ctx->devices);
	free(ctx->files);
	free(ctx->root);
	pthread_mutex_destroy(&ctx->lock);
	free(ctx);
}

/* An iommufd that is lent is not used as a container: for that it is lent as one. */
static bool goes_together(const struct iova_ctx_opts *opts)
{
	bool lends_iommufd = opts->flags & IOVA_CTX_ADOPT_IOMMUFD;

	if (opts->backend > IOVA_BACKEND_NOIOMMU || opts->pad)
		return false;
	if (lends_iommufd && ((opts->flags & IOVA_CTX_ADOPT) ||
			      (opts->backend && opts->backend != IOVA_BACKEND_IOMMUFD)))
		return false;
	if ((opts->flags & IOVA_CTX_ADOPT) && opts->backend == IOVA_BACKEND_IOMMUFD)
		return false;
	return lends_iommufd || !(opts->flags & IOVA_CTX_ADOPT_IOAS);
}

static int read_opts(const struct iova_ctx_opts *opts, struct iova_ctx_opts *ret_known,
		     const struct iova_sys **ret_sys)
{
	int r = iova_opts_read_(ret_known, sizeof *ret_known, sizeof *ret_known, opts);

	if (r < 0)
		return r;
	if ((ret_known->flags & ~KNOWN_FLAGS) || ret_known->width > 64 ||
	    ret_known->log_level > IOVA_LOG_DEBUG || !goes_together(ret_known))
		return -EINVAL;
	return iova_sys_choose_(ret_known->sys, ret_sys);
}

/* All at once; if the kernel refuses a part, one by one, as far as it goes. */
static void unmap_all(struct iova_ctx *ctx)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	struct iova_table *table = &ctx->space->table;
	struct iova_mapping mapping;
	int r = iova_table_count_(table) ?
			iova_ctx_unmap_range_(ctx, &IOVA_WHOLE_SPACE, NULL, &failure) :
			0;

	if (r < 0)
		iova_log_(&ctx->log, IOVA_LOG_ERR,
			  "closing: not everything could be unmapped: errno %d", -r);
	while (iova_table_find_(table, 0, &mapping)) {
		const struct iova_range range = mapping.range;

		r = iova_ctx_unmap_range_(ctx, &range, NULL, &failure);
		if (r >= 0 || failure.why == IOVA_WHY_UNMAP_SIZE)
			continue;
		iova_log_(&ctx->log, IOVA_LOG_ERR, "closing: 0x%llx-0x%llx stays mapped: errno %d",
			  (unsigned long long)range.start, (unsigned long long)range.last, -r);
		(void)iova_table_remove_(table, range.last);
	}
}

/* Attached by us on lent descriptors; our own detach as they close. So does a promise go. */
static void leave_devices(struct iova_ctx *ctx)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);

	if (ctx->pinned.n && !ctx->own_ioas && iova_ctx_unpin_(ctx, &failure) < 0)
		iova_log_(&ctx->log, IOVA_LOG_ERR, "closing: IOAS %u stays pinned: errno %d",
			  (unsigned)ctx->backend.ioas, -failure.error);
	for (size_t i = 0; i < ctx->n_devices; i++) {
		const struct attached_device *device = &ctx->devices[i];

		if (device->own_attach &&
		    iova_cdev_detach_(&ctx->backend, device->fd, &failure) < 0)
			iova_log_(&ctx->log, IOVA_LOG_ERR, "closing: %s stays attached: errno %d",
				  device->name, -failure.error);
	}
	iova_ctx_drop_devices_(ctx, 0, ctx->n_devices);
	if (ctx->own_ioas && !ctx->own_fd && iova_ioas_destroy_(&ctx->backend, &failure) < 0)
		iova_log_(&ctx->log, IOVA_LOG_ERR, "closing: IOAS %u stays: errno %d",
			  (unsigned)ctx->backend.ioas, -failure.error);
}

/*
 * What the kernel would not drop by itself when our descriptors close: our
 * mappings in a container or IOAS that lives on, what we attached on lent descriptors.
 */
static void leave(struct iova_ctx *ctx)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	int r;

	unmap_all(ctx);
	leave_devices(ctx);
	for (size_t i = 0; i < ctx->n_groups; i++) {
		if (!ctx->groups[i].own_attach)
			continue;
		r = iova_group_unset_container_(&ctx->backend, ctx->groups[i].fd, &failure);
		if (r < 0)
			iova_log_(&ctx->log, IOVA_LOG_ERR,
				  "closing: group %u stays in its container: errno %d",
				  (unsigned)ctx->groups[i].id, -r);
	}
}

IOVA_API void iova_ctx_close(struct iova_ctx *ctx)
{
	if (!ctx)
		return;
	if (ctx->space && ctx->process == iova_sys_process_())
		leave(ctx);
	for (size_t i = 0; i < ctx->n_groups; i++)
		if (ctx->groups[i].own_fd)
			iova_sys_close_(ctx->backend.sys, ctx->groups[i].fd);
	release(ctx);
}

IOVA_API int iova_ctx_open(const struct iova_ctx_opts *opts, struct iova_ctx **ret_ctx,
			   struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	const struct iova_sys *sys = NULL;
	struct iova_ctx_opts known;
	struct iova_ctx *ctx;
	int r;

	r = ret_ctx ? read_opts(opts, &known, &sys) : -EINVAL;
	if (r < 0) {
		iova_failed_(&failure, IOVA_STEP_ARGUMENT,
			     ret_ctx ? IOVA_WHY_OPTIONS : IOVA_WHY_NULL, r);
		return iova_failure_give_(reterr_failure, &failure, r);
	}
	ctx = calloc(1, sizeof *ctx);
	if (!ctx || pthread_mutex_init(&ctx->lock, NULL)) {
		free(ctx);
		iova_failed_(&failure, IOVA_STEP_OPEN_CONTAINER, IOVA_WHY_UNKNOWN, -ENOMEM);
		return iova_failure_give_(reterr_failure, &failure, -ENOMEM);
	}
	ctx->backend.sys = sys;
	r = start(ctx, &known, &failure);
	if (r < 0) {
		(void)iova_ctx_give_(ctx, reterr_failure, &failure, r);
		iova_ctx_close(ctx);
		return r;
	}
	*ret_ctx = ctx;
	return 0;
}

IOVA_API struct iova_space *iova_ctx_space(struct iova_ctx *ctx)
{
	return ctx ? ctx->space : NULL;
}

IOVA_API const struct iova_host *iova_ctx_host(struct iova_ctx *ctx)
{
	return ctx ? ctx->host : NULL;
}

IOVA_API int iova_ctx_container_fd(struct iova_ctx *ctx)
{
	return ctx ? ctx->backend.fd : -EINVAL;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening a context on a container of our own or on a lent one, and closing it. */
#include "base/failure.h"
#include "base/opts.h"
#include "base/range.h"
#include "base/text.h"
#include "context/context.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define CONTAINER_PATH "/dev/vfio/vfio"
#define KNOWN_FLAGS (IOVA_CTX_ADOPT | IOVA_CTX_UNCHECKED)

static int open_container(struct iova_ctx *ctx, const struct iova_ctx_opts *opts,
			  struct iova_failure *failure)
{
	int r;

	if (opts->flags & IOVA_CTX_ADOPT) {
		ctx->type1.container = opts->container;
		return iova_type1_recognise_(&ctx->type1, failure);
	}
	r = iova_sys_open_(ctx->type1.sys, -1, CONTAINER_PATH, O_RDWR);
	if (r < 0) {
		iova_text_copy_(failure->path, sizeof failure->path, CONTAINER_PATH);
		return iova_kernel_failed_(failure, IOVA_STEP_OPEN_CONTAINER, r);
	}
	ctx->type1.container = r;
	ctx->own_container = true;
	return iova_type1_recognise_(&ctx->type1, failure);
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
	if (iova_sys_memory_(ctx->type1.sys, &ctx->memory) < 0)
		ctx->memory = (struct iova_sys_memory){ .page_size = 4096, .exempt = 1 };
	space_opts.granule = ctx->memory.page_size;
	r = iova_space_new(&space_opts, &ctx->space);
	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_OPEN_CONTAINER, IOVA_WHY_UNKNOWN, r);
	r = open_container(ctx, opts, failure);
	if (r < 0)
		return r;
	iova_log_(&ctx->log, IOVA_LOG_INFO, "%s VFIO container, fd %d",
		  ctx->own_container ? "opened a" : "adopted the caller's", ctx->type1.container);
	return 0;
}

static void release(struct iova_ctx *ctx)
{
	if (ctx->own_container)
		iova_sys_close_(ctx->type1.sys, ctx->type1.container);
	iova_space_free(ctx->space);
	iova_host_free(ctx->host);
	free(ctx->groups);
	free(ctx->root);
	pthread_mutex_destroy(&ctx->lock);
	free(ctx);
}

static int read_opts(const struct iova_ctx_opts *opts, struct iova_ctx_opts *ret_known,
		     const struct iova_sys **ret_sys)
{
	int r = iova_opts_read_(ret_known, sizeof *ret_known, sizeof *ret_known, opts);

	if (r < 0)
		return r;
	if ((ret_known->flags & ~KNOWN_FLAGS) || ret_known->width > 64 ||
	    ret_known->log_level > IOVA_LOG_DEBUG)
		return -EINVAL;
	return iova_sys_choose_(ret_known->sys, ret_sys);
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
	ctx->type1.sys = sys;
	r = start(ctx, &known, &failure);
	if (r < 0) {
		release(ctx);
		return iova_failure_give_(reterr_failure, &failure, r);
	}
	*ret_ctx = ctx;
	return 0;
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

/*
 * What the kernel would not drop by itself when our descriptors close: our
 * mappings in a container that lives on, our groups on lent descriptors.
 */
static void leave(struct iova_ctx *ctx)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	int r;

	unmap_all(ctx);
	for (size_t i = 0; i < ctx->n_groups; i++) {
		if (!ctx->groups[i].own_attach)
			continue;
		r = iova_type1_unset_container_(&ctx->type1, ctx->groups[i].fd, &failure);
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
	if (ctx->process == iova_sys_process_())
		leave(ctx);
	for (size_t i = 0; i < ctx->n_groups; i++)
		if (ctx->groups[i].own_fd)
			iova_sys_close_(ctx->type1.sys, ctx->groups[i].fd);
	release(ctx);
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
	return ctx ? ctx->type1.container : -EINVAL;
}

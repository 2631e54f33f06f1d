/* SPDX-License-Identifier: BSD-3-Clause */
/* Which of the kernel's interfaces a context stands on, and opening it. */
#include "context/choose.h"

#include "backend/group.h"
#include "backend/iommufd.h"
#include "base/failure.h"
#include "base/text.h"
#include "uapi/iommufd.h"

#include <errno.h>
#include <fcntl.h>

#define CONTAINER_PATH "/dev/vfio/vfio"
#define IOMMUFD_PATH "/dev/iommu"

static int open_node(struct iova_ctx *ctx, const char *path, uint32_t step,
		     struct iova_failure *failure)
{
	int r = iova_sys_open_(ctx->backend.sys, -1, path, O_RDWR);

	if (r < 0) {
		iova_text_copy_(failure->path, sizeof failure->path, path);
		iova_kernel_failed_(failure, step, r);
		if (r == -ENOENT && step == IOVA_STEP_OPEN_IOMMUFD)
			failure->why = IOVA_WHY_NO_IOMMUFD;
		return r;
	}
	ctx->backend.fd = r;
	ctx->own_fd = true;
	return 0;
}

static void close_own(struct iova_ctx *ctx)
{
	if (ctx->own_fd)
		iova_sys_close_(ctx->backend.sys, ctx->backend.fd);
	ctx->own_fd = false;
}

/* What the caller insists on must be what was found. */
static int check_kind(struct iova_ctx *ctx, uint32_t wanted, struct iova_failure *failure)
{
	if (wanted == IOVA_BACKEND_ANY || wanted == ctx->backend.kind)
		return 0;
	return iova_failed_(failure, IOVA_STEP_OPEN_CONTAINER,
			    wanted == IOVA_BACKEND_TYPE1 ? IOVA_WHY_NO_TYPE1 : IOVA_WHY_BACKEND,
			    -ENODEV);
}

/* /dev/iommu counts locked memory by user unless told otherwise, a container by process. */
static void learn_accounting(struct iova_ctx *ctx)
{
	ctx->charges_user = iova_iommufd_charges_user_(&ctx->backend);
}

static int open_container(struct iova_ctx *ctx, const struct iova_ctx_opts *opts,
			  struct iova_failure *failure)
{
	int r = 0;

	ctx->backend.kind = opts->backend == IOVA_BACKEND_NOIOMMU ? IOVA_BACKEND_NOIOMMU :
								    IOVA_BACKEND_TYPE1;
	if (opts->flags & IOVA_CTX_ADOPT)
		ctx->backend.fd = opts->container;
	else
		r = open_node(ctx, CONTAINER_PATH, IOVA_STEP_OPEN_CONTAINER, failure);
	if (r >= 0)
		r = iova_container_recognise_(&ctx->backend, failure);
	if (r >= 0)
		r = check_kind(ctx, opts->backend, failure);
	if (r >= 0 && ctx->backend.kind == IOVA_BACKEND_COMPAT)
		learn_accounting(ctx);
	return r;
}

/* Iommufd serves as a container wherever it is, also beside VFIO's own. */
static int open_compat(struct iova_ctx *ctx, const struct iova_ctx_opts *opts,
		       struct iova_failure *failure)
{
	struct iova_failure none = iova_failure_about_(IOVA_GROUP_NONE);
	int r = open_container(ctx, opts, &none);

	if (r >= 0)
		return r;
	if (opts->flags & IOVA_CTX_ADOPT) {
		*failure = none;
		return r;
	}
	close_own(ctx);
	ctx->backend.kind = IOVA_BACKEND_COMPAT;
	r = open_node(ctx, IOMMUFD_PATH, IOVA_STEP_OPEN_IOMMUFD, failure);
	if (r >= 0)
		r = iova_container_recognise_(&ctx->backend, failure);
	if (r >= 0)
		learn_accounting(ctx);
	return r;
}

/* That can be chosen only before anything is made (main.c: iommufd_option_rlimit_mode). */
static int choose_accounting(struct iova_ctx *ctx, const struct iova_ctx_opts *opts,
			     struct iova_failure *failure)
{
	int r = 0;

	if (opts->flags & IOVA_CTX_CHARGE_PROCESS)
		r = iova_iommufd_option_(&ctx->backend, IOVA_IOMMU_OPTION_RLIMIT_MODE, 0, 1,
					 failure);
	if (r >= 0)
		learn_accounting(ctx);
	return r;
}

static int choose_ioas(struct iova_ctx *ctx, const struct iova_ctx_opts *opts,
		       struct iova_failure *failure)
{
	int r;

	if (opts->flags & IOVA_CTX_ADOPT_IOAS) {
		ctx->backend.ioas = opts->ioas;
		r = iova_ioas_recognise_(&ctx->backend, failure);
	} else {
		r = iova_ioas_alloc_(&ctx->backend, failure);
		ctx->own_ioas = r >= 0;
	}
	if (r >= 0 && (opts->flags & IOVA_CTX_SMALL_PAGES))
		r = iova_iommufd_option_(&ctx->backend, IOVA_IOMMU_OPTION_HUGE_PAGES,
					 ctx->backend.ioas, 0, failure);
	return r;
}

static int open_iommufd(struct iova_ctx *ctx, const struct iova_ctx_opts *opts,
			struct iova_failure *failure)
{
	int r = 0;

	ctx->backend.kind = IOVA_BACKEND_IOMMUFD;
	ctx->has_iommu = true;
	if (opts->flags & IOVA_CTX_ADOPT_IOMMUFD)
		ctx->backend.fd = opts->iommufd;
	else
		r = open_node(ctx, IOMMUFD_PATH, IOVA_STEP_OPEN_IOMMUFD, failure);
	if (r >= 0)
		r = iova_iommufd_recognise_(&ctx->backend, failure);
	if (r >= 0)
		r = choose_accounting(ctx, opts, failure);
	return r < 0 ? r : choose_ioas(ctx, opts, failure);
}

/*
 * Whether a device can be had by its character device. Sysfs names one from 6.1 on, with or without a
 * node; opening the node, unlike binding it, does nothing.
 */
static bool has_cdev(struct iova_ctx *ctx, const char *address, struct iova_failure *failure)
{
	char node[32];
	int r = iova_cdev_find_(ctx->backend.sys, ctx->root, address, node, sizeof node, failure);

	if (r >= 0)
		r = iova_cdev_open_(ctx->backend.sys, node, failure);
	if (r >= 0)
		iova_sys_close_(ctx->backend.sys, r);
	return r >= 0;
}

static int open_best(struct iova_ctx *ctx, const struct iova_ctx_opts *opts,
		     struct iova_failure *failure)
{
	struct iova_failure none = iova_failure_about_(IOVA_GROUP_NONE);
	char address[IOVA_DEVICE_NAME_MAX];
	int r = iova_device_name_parse(opts->device, &address);

	if (r < 0) {
		iova_text_copy_(failure->device, sizeof failure->device, opts->device);
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_BAD_DEVICE_NAME, r);
	}
	if (!has_cdev(ctx, address, &none)) {
		iova_log_(&ctx->log, IOVA_LOG_INFO,
			  "%s has no character device to open (%s: errno %d): a container it is",
			  opts->device, none.path, -none.error);
		return open_container(ctx, opts, failure);
	}
	r = open_iommufd(ctx, opts, &none);
	if (r >= 0) {
		iova_log_(&ctx->log, IOVA_LOG_INFO,
			  "%s has a character device, and /dev/iommu opens: iommufd it is",
			  opts->device);
		return 0;
	}
	/* Only what cannot be had is gone round; what was asked for and refused is an error. */
	if (none.step != IOVA_STEP_OPEN_IOMMUFD) {
		*failure = none;
		return r;
	}
	ctx->has_iommu = false;
	iova_log_(&ctx->log, IOVA_LOG_INFO,
		  "/dev/iommu cannot be opened (errno %d): a container it is", -r);
	return open_container(ctx, opts, failure);
}

/* Without a device to go by: a container, but on a machine that has none. */
static int open_any(struct iova_ctx *ctx, const struct iova_ctx_opts *opts,
		    struct iova_failure *failure)
{
	struct iova_failure second = iova_failure_about_(IOVA_GROUP_NONE);
	int r = open_container(ctx, opts, failure);

	/* Only where there is none: one that was opened and answers so is broken. */
	if (r != -ENOENT || failure->step != IOVA_STEP_OPEN_CONTAINER || ctx->own_fd ||
	    (opts->flags & IOVA_CTX_ADOPT))
		return r;
	if (open_iommufd(ctx, opts, &second) < 0) {
		ctx->has_iommu = false;
		return r;
	}
	iova_log_(&ctx->log, IOVA_LOG_INFO, "there is no " CONTAINER_PATH ": iommufd it is");
	return 0;
}

int iova_ctx_choose_(struct iova_ctx *ctx, const struct iova_ctx_opts *opts,
		     struct iova_failure *failure)
{
	static const uint32_t only_iommufd = IOVA_CTX_PIN | IOVA_CTX_SMALL_PAGES;
	int r;

	ctx->backend.fd = -1;
	if (opts->backend == IOVA_BACKEND_IOMMUFD || (opts->flags & IOVA_CTX_ADOPT_IOMMUFD))
		r = open_iommufd(ctx, opts, failure);
	else if (opts->backend == IOVA_BACKEND_COMPAT)
		r = open_compat(ctx, opts, failure);
	else if (opts->backend == IOVA_BACKEND_ANY && opts->device &&
		 !(opts->flags & IOVA_CTX_ADOPT))
		r = open_best(ctx, opts, failure);
	else if (opts->backend == IOVA_BACKEND_ANY)
		r = open_any(ctx, opts, failure);
	else
		r = open_container(ctx, opts, failure);
	if (r >= 0 && (opts->flags & only_iommufd) && iova_backend_has_groups_(&ctx->backend))
		r = iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_BACKEND, -EINVAL);
	return r;
}

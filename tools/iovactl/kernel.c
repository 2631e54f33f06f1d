/* SPDX-License-Identifier: BSD-3-Clause */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "text.h"

/* Each attach may say the same of the kernel, and once is enough. */
static void log_line(void *data, int level, const char *message)
{
	struct target *target = data;

	if (!strncmp(target->logged, message, sizeof target->logged - 1))
		return;
	snprintf(target->logged, sizeof target->logged, "%s", message);
	note("%s: %s", level <= IOVA_LOG_ERR ? "error" : "warning", message);
}

/* Whether VFIO may have a node for the group: it has one while a driver of its own drives a device. */
static bool has_vfio_driver(const struct target *target, uint32_t group)
{
	struct iova_device_info device = { .size = sizeof device };

	for (size_t i = 0; iova_host_nth_device(target->host, group, i, &device) == 0; i++)
		if (strstr(device.driver, "vfio"))
			return true;
	return false;
}

/* Why groups did not come: of all the failures the one to tell, and at which group. */
struct refusal {
	struct iova_failure failure;
	size_t group;
};

/* "not bound to VFIO" is true of most groups and hides what is worth telling; else the first. */
static void note_refusal(struct refusal *refusal, const struct iova_failure *failure, size_t group)
{
	bool common = failure->error == -ENOENT, was_common = refusal->failure.error == -ENOENT;

	if (!refusal->failure.step || (was_common && !common) ||
	    (was_common == common && group < refusal->group))
		*refusal = (struct refusal){ *failure, group };
}

static bool attach_one(struct target *target, size_t group, struct refusal *refusal)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;

	if (iova_ctx_attach_group(target->ctx, target->groups[group], NULL, &failure) == 0) {
		target->attached[target->n_attached++] = target->groups[group];
		return true;
	}
	note_refusal(refusal, &failure, group);
	return false;
}

static int order(const void *one, const void *other)
{
	uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;

	return (a > b) - (a < b);
}

/*
 * Groups that were named go all together or not at all: a list for some of them would pass for
 * that of all. Where none is named, those that VFIO cannot have are left out. They are tried first:
 * each attempt looks again at the groups that are attached, and so far there are none.
 */
static void attach(struct target *target)
{
	struct refusal refusal = { .failure = IOVA_FAILURE_INIT };
	bool fine = true;

	for (size_t i = 0; i < target->n_groups && target->named && fine; i++)
		fine = attach_one(target, i, &refusal);
	for (int pass = 0; pass < 2 && !target->named; pass++)
		for (size_t i = 0; i < target->n_groups; i++)
			if (has_vfio_driver(target, target->groups[i]) == (pass == 1))
				attach_one(target, i, &refusal);
	if (refusal.failure.step && (target->named || !target->n_attached)) {
		target->failure = refusal.failure;
		target->n_attached = 0;
		iova_ctx_close(target->ctx);
		target->ctx = NULL;
	}
	qsort(target->attached, target->n_attached, sizeof *target->attached, order);
}

/* What the library chooses for a device, and whether that comes to anything. */
static bool try_device(struct iova_ctx_opts opts, const char *device, uint32_t *ret_backend)
{
	struct iova_ctx_info info = { .size = sizeof info };
	struct iova_ctx *ctx;
	int r;

	opts.log = NULL;
	opts.device = device;
	if (iova_ctx_open(&opts, &ctx, NULL) < 0)
		return false;
	r = iova_ctx_info(ctx, &info);
	iova_ctx_close(ctx);
	*ret_backend = info.backend;
	return r == 0;
}

static bool has_iommufd(const struct iova_sys *sys)
{
	int fd;

	if (!sys)
		sys = iova_sys_real();
	fd = sys->open(sys->data, -1, "/dev/iommu", O_RDWR);
	if (fd >= 0)
		sys->close(sys->data, fd);
	return fd >= 0;
}

/* Groups are attached one by one later; the first device that can be attached decides for all. */
static uint32_t choose_backend(const struct iova_ctx_opts *opts, const struct target *target)
{
	struct iova_device_info device = { .size = sizeof device };
	uint32_t backend = opts->backend;

	if (backend || !has_iommufd(target->sys))
		return backend;
	for (size_t i = 0; i < target->n_groups && backend == IOVA_BACKEND_ANY; i++)
		for (size_t j = 0;
		     iova_host_nth_device(target->host, target->groups[i], j, &device) == 0; j++)
			if (strstr(device.driver, "vfio") &&
			    try_device(*opts, device.name, &backend))
				break;
	return backend;
}

void target_ask_kernel(struct target *target, uint64_t *ret_granule)
{
	struct iova_ctx_opts opts = {
		.size = sizeof opts,
		.width = target->options->width,
		.log_level = IOVA_LOG_WARNING,
		.policy = target->policy,
		.sys = target->sys,
		.log = log_line,
		.log_data = target,
		.backend = target->options->backend,
	};
	struct iova_ctx_info info = { .size = sizeof info };
	struct iova_failure failure = IOVA_FAILURE_INIT;
	const struct iova_space *space;
	int r;

	opts.backend = choose_backend(&opts, target);
	if (iova_ctx_open(&opts, &target->ctx, &failure) < 0) {
		target->failure = failure;
		return;
	}
	attach(target);
	if (!target->ctx)
		return;
	if (iova_ctx_info(target->ctx, &info) == 0)
		target->backend = info.backend;
	space = iova_ctx_space(target->ctx);
	r = iova_space_read_kernel(space, &target->list, target->kernel);
	if (r < 0) {
		target->failure.step = IOVA_STEP_GET_INFO;
		target->failure.error = r;
		return;
	}
	*ret_granule = iova_space_granule(space);
}

const char *target_kernel_state(const struct target *target)
{
	if (!target->ctx)
		return "not-asked";
	switch (target->list) {
	case IOVA_LIST_RANGES:
		return "ranges";
	case IOVA_LIST_UNRESTRICTED:
		return "unrestricted";
	default:
		return "none";
	}
}

static void note_partial(const struct target *target)
{
	char *groups = groups_text(target->attached, target->n_attached);

	note("the kernel was asked for %s only; the other groups cannot be attached, and of them "
	     "only their reserved regions are known",
	     groups ? groups : "some groups");
	free_text(groups);
}

void target_note_kernel(const struct target *target)
{
	struct iova_explanation words = { "", "" };

	if (target->recorded)
		return;
	if (target->failure.step) {
		if (iova_explain(&target->failure, target->host, &words) < 0)
			snprintf(words.cause, sizeof words.cause, "%s",
				 error_name(target->failure.error));
		note("the kernel's list is not known: %s", words.cause);
		note("what to do: %s", words.remedy);
		note("going on with what sysfs tells, which does not bound the top");
	} else if (target->n_attached < target->n_groups) {
		note_partial(target);
	}
}

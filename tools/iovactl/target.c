/* SPDX-License-Identifier: BSD-3-Clause */
#include "target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "report.h"
#include "preset.h"

/* The library's ENOENT cannot tell a mistyped directory from one that is no machine. */
static enum status check_root(const struct options *options)
{
	struct stat st;

	if (stat(options->root, &st) < 0)
		return trouble(options, -errno,
			       "Give the directory that holds the recorded \"sys\".",
			       "--root %s: %s", options->root, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return trouble(options, -ENOTDIR,
			       "Give the directory that holds the recorded \"sys\".",
			       "--root %s: not a directory", options->root);
	return STATUS_FINE;
}

static enum status read_host(struct target *target)
{
	const struct iova_host_opts opts = {
		.size = sizeof opts,
		.root = target->options->root,
		.sys = target->sys,
	};
	struct iova_failure failure = IOVA_FAILURE_INIT;

	if (iova_host_read(&opts, &target->host, &failure) < 0)
		return trouble_failure(target->options, &failure, NULL);
	return STATUS_FINE;
}

static int make_space(struct target *target, uint64_t granule)
{
	const struct iova_space_opts opts = {
		.size = sizeof opts,
		.granule = granule,
		.policy = target->policy,
		.width = target->options->width,
	};
	int r = iova_space_new(&opts, &target->space);

	if (r < 0)
		return r;
	r = iova_space_set_kernel(target->space, target->list,
				  target->list == IOVA_LIST_RANGES ? target->kernel : NULL, NULL);
	if (r < 0)
		return r;
	return iova_space_add_groups(target->space, target->host, target->groups, target->n_groups,
				     NULL);
}

static enum status open_all(struct target *target)
{
	const struct options *options = target->options;
	enum status status = STATUS_FINE;
	uint64_t granule = 0;
	int r;

	target->recorded = options->root;
	if (options->root)
		status = check_root(options);
	else if (options->sim)
		status = preset_open(options, options->sim, &target->sim, &target->sys);
	if (status == STATUS_FINE)
		status = read_host(target);
	if (status == STATUS_FINE)
		status = target_select(target);
	if (status != STATUS_FINE)
		return status;
	r = iova_policy_new(options->policy, &target->policy);
	if (r == 0)
		r = iova_set_new(&target->kernel);
	if (r < 0)
		return trouble_error(options, "preparing", r);
	if (!target->recorded)
		target_ask_kernel(target, &granule);
	r = make_space(target, granule);
	if (r < 0)
		return trouble_error(options, "merging the address space", r);
	return STATUS_FINE;
}

enum status target_open(const struct options *options, struct target *target)
{
	const struct iova_failure none = IOVA_FAILURE_INIT;

	memset(target, 0, sizeof *target);
	target->options = options;
	target->failure = none;
	return open_all(target);
}

void target_close(struct target *target)
{
	iova_ctx_close(target->ctx);
	iova_space_free(target->space);
	iova_set_free(target->kernel);
	iova_policy_free(target->policy);
	iova_host_free(target->host);
	preset_close(target->sim);
	free(target->groups);
	free(target->attached);
}

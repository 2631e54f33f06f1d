/* SPDX-License-Identifier: BSD-3-Clause */
#include "map.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "answer.h"
#include "json.h"
#include "memory.h"
#include "report.h"
#include "request.h"
#include "target.h"
#include "text.h"

/* What was done, for the telling. */
struct trial {
	const struct target *target;
	const struct request *request;
	struct memory memory;
	uint64_t iova;
	uint64_t unmapped;
	struct iova_limits before, mapped, after;
	struct answer answer; /* what the space says of the address, when nothing is mapped there */
};

/* A refusal is an answer, not trouble: the address or the amount is not to be had. */
static enum status fail(struct trial *trial, const struct iova_failure *failure)
{
	const struct target *target = trial->target;
	const struct answer *answer = NULL;

	if (failure->step == IOVA_STEP_CHECK &&
	    answer_ask(&trial->answer, iova_ctx_space(target->ctx), failure->iova,
		       failure->length) == 0)
		answer = &trial->answer;
	trouble_refused(target->options, failure, target->host, answer);
	if (failure->step == IOVA_STEP_CHECK || failure->step == IOVA_STEP_ALLOCATE ||
	    failure->step == IOVA_STEP_MAP)
		return STATUS_REFUSED;
	return STATUS_TROUBLE;
}

static int map(struct trial *trial, struct iova_failure *failure)
{
	const struct request *request = trial->request;
	struct iova_ctx *ctx = trial->target->ctx;
	void *at = trial->memory.at;
	int r;

	if (trial->target->options->identity) {
		r = iova_ctx_map_identity(ctx, at, request->length, NULL, failure);
		if (r == 0)
			trial->iova = (uint64_t)(uintptr_t)at;
		return r;
	}
	if (request->anywhere)
		return iova_ctx_map(ctx, at, request->length, NULL, &trial->iova, failure);
	r = iova_ctx_map_fixed(ctx, request->iova, at, request->length, NULL, failure);
	if (r == 0)
		trial->iova = request->iova;
	return r;
}

/* Maps and unmaps. What goes wrong after the map is trouble, however it ends. */
static enum status map_and_unmap(struct trial *trial)
{
	const struct options *options = trial->target->options;
	struct iova_ctx *ctx = trial->target->ctx;
	struct iova_failure failure = IOVA_FAILURE_INIT;
	int r;

	if (iova_ctx_limits(ctx, &trial->before, &failure) < 0)
		return trouble_failure(options, &failure, trial->target->host);
	if (map(trial, &failure) < 0)
		return fail(trial, &failure);
	if (iova_ctx_limits(ctx, &trial->mapped, &failure) < 0)
		return trouble_failure(options, &failure, trial->target->host);
	if (iova_ctx_unmap(ctx, trial->iova, trial->request->length, &trial->unmapped, &failure) <
		    0 ||
	    iova_ctx_limits(ctx, &trial->after, &failure) < 0)
		return trouble_failure(options, &failure, trial->target->host);
	if (trial->unmapped != trial->request->length ||
	    iova_space_count(iova_ctx_space(ctx)) != 0 ||
	    trial->after.entries_left != trial->before.entries_left)
		return trouble_error(options, "the mapping is not gone after its unmap", -EIO);
	r = answer_ask(&trial->answer, iova_ctx_space(ctx), trial->iova, trial->request->length);
	if (r < 0)
		return trouble_error(options, "checking", r);
	return answer_status(&trial->answer);
}

static void print_limits(const struct target *target, const struct iova_limits *limits)
{
	const struct iova_range left = { 0, limits->memlock_left - 1 };

	fputs("left      ", stdout);
	if (limits->flags & IOVA_LIMITS_ENTRIES)
		printf("%" PRIu32 " mappings, ", limits->entries_left);
	else if (target->backend == IOVA_BACKEND_IOMMUFD || target->backend == IOVA_BACKEND_COMPAT)
		fputs("mappings without limit, ", stdout);
	else
		fputs("mappings not told by this kernel, ", stdout);
	if (limits->flags & IOVA_LIMITS_EXEMPT)
		puts("locked memory without limit (CAP_IPC_LOCK)");
	else if (limits->memlock_left == UINT64_MAX)
		puts("locked memory without limit");
	else
		printf("%s of locked memory\n",
		       limits->memlock_left ? length_text(&left).text : "nothing");
}

static void print_trial(const struct trial *trial)
{
	char *groups = groups_text(trial->target->attached, trial->target->n_attached);
	struct iova_range range;

	if (iova_range_make(trial->iova, trial->request->length, &range) < 0)
		return; /* cannot be: it was mapped */
	printf("attached  %s (%s)\n", groups ? groups : "", backend_text(trial->target->backend));
	printf("mapped    0x%" PRIx64 "-0x%" PRIx64 " (%s) to memory at 0x%" PRIxPTR "\n",
	       range.start, range.last, length_text(&range).text, (uintptr_t)trial->memory.at);
	answer_print(&trial->answer);
	print_limits(trial->target, &trial->mapped);
	printf("unmapped  %s; nothing is mapped now\n", length_text(&range).text);
	free_text(groups);
}

static void add_limits(struct json_object *document, const struct iova_limits *limits)
{
	bool limited = limits->memlock_left != UINT64_MAX && !(limits->flags & IOVA_LIMITS_EXEMPT);

	json_object_object_add(document, "entries_left",
			       limits->flags & IOVA_LIMITS_ENTRIES ?
				       json_object_new_int64(limits->entries_left) :
				       NULL);
	json_object_object_add(document, "memlock_left",
			       limited ? json_hex(limits->memlock_left) : NULL);
}

static void print_trial_json(const struct trial *trial)
{
	struct json_object *document = json_object_new_object();
	struct json_object *groups = json_object_new_array();

	for (size_t i = 0; i < trial->target->n_attached; i++)
		json_object_array_add(groups, json_object_new_int64(trial->target->attached[i]));
	json_object_object_add(document, "iova", json_hex(trial->iova));
	json_object_object_add(document, "length", json_hex(trial->request->length));
	json_object_object_add(document, "vaddr", json_hex((uintptr_t)trial->memory.at));
	json_object_object_add(document, "unmapped", json_hex(trial->unmapped));
	json_object_object_add(document, "groups", groups);
	json_object_object_add(document, "backend",
			       json_object_new_string(backend_text(trial->target->backend)));
	answer_add_json(&trial->answer, document);
	add_limits(document, &trial->mapped);
	json_print(document);
}

static enum status map_memory(const struct target *target, const struct request *request)
{
	struct trial trial = {
		.target = target,
		.request = request,
		.before.size = sizeof trial.before,
		.mapped.size = sizeof trial.mapped,
		.after.size = sizeof trial.after,
	};
	enum status status = memory_get(target, request, &trial.memory);

	if (status != STATUS_FINE)
		return status;
	status = map_and_unmap(&trial);
	if (status == STATUS_FINE || status == STATUS_WARNED) {
		if (target->options->json)
			print_trial_json(&trial);
		else
			print_trial(&trial);
	}
	answer_free(&trial.answer);
	memory_put(&trial.memory);
	return status;
}

static enum status map_on(const struct target *target, const struct request *request)
{
	enum status status;

	if (target->failure.step)
		return trouble_failure(target->options, &target->failure, target->host);
	status = request_check_granule(target->options, request, iova_space_granule(target->space));
	if (status != STATUS_FINE)
		return status;
	return map_memory(target, request);
}

enum status run_map(const struct options *options)
{
	struct request request;
	struct target target;
	enum status status;

	if (options->root)
		return trouble(options, -EINVAL,
			       "Ask with iovactl check instead, or map on a machine of --sim.",
			       "--root %s: nothing can be mapped on a recorded machine",
			       options->root);
	if (options->n_args != 1)
		return trouble(options, -EINVAL,
			       "Write iovactl map IOVA+LENGTH or iovactl map LENGTH.",
			       "iovactl map: takes one range or length, not %zu", options->n_args);
	status = request_read(options, options->args[0], true, &request);
	if (status != STATUS_FINE)
		return status;
	status = target_open(options, &target);
	if (status == STATUS_FINE)
		status = map_on(&target, &request);
	target_close(&target);
	return status;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "answer.h"
#include "json.h"
#include "report.h"
#include "request.h"
#include "target.h"

static enum status worse(enum status one, enum status other)
{
	static const int badness[] = {
		[STATUS_FINE] = 0,
		[STATUS_WARNED] = 1,
		[STATUS_REFUSED] = 2,
		[STATUS_TROUBLE] = 3,
	};

	return badness[one] > badness[other] ? one : other;
}

static void print_answer(const struct request *request, const struct answer *answer)
{
	printf("0x%" PRIx64 "-0x%" PRIx64 ": %s\n", request->range.start, request->range.last,
	       answer->check.verdict == IOVA_VERDICT_WARN ? "fits, with a warning" :
							    verdict_text(answer->check.verdict));
	answer_print(answer);
}

static struct json_object *answer_object(const struct request *request, const struct answer *answer)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "request", json_object_new_string(request->text));
	json_object_object_add(object, "range", json_range(&request->range));
	answer_add_json(answer, object);
	return object;
}

/* Prints, or adds to the array if there is one. */
static enum status check_one(const struct target *target, const struct request *request,
			     struct json_object *array)
{
	struct answer answer;
	int r = answer_ask(&answer, target->space, request->iova, request->length);
	enum status status;

	if (r < 0) {
		answer_free(&answer);
		note("%s: %s", request->text, error_name(r));
		return STATUS_TROUBLE;
	}
	status = answer_status(&answer);
	if (array)
		json_object_array_add(array, answer_object(request, &answer));
	else
		print_answer(request, &answer);
	answer_free(&answer);
	return status;
}

/* One range gives its object, several an array of them. */
static void print_json(struct json_object *array)
{
	if (json_object_array_length(array) == 1) {
		json_print(json_object_get(json_object_array_get_idx(array, 0)));
		json_object_put(array);
	} else {
		json_print(array);
	}
}

static enum status check_all(const struct target *target, const struct request *requests, size_t n)
{
	struct json_object *array = target->options->json ? json_object_new_array() : NULL;
	enum status status = STATUS_FINE;

	for (size_t i = 0; i < n; i++)
		status = worse(status, check_one(target, &requests[i], array));
	if (array && status == STATUS_TROUBLE) {
		json_object_put(array);
		return trouble_error(target->options, "checking", -ENOMEM);
	}
	if (array)
		print_json(array);
	return status;
}

/* Nothing is answered before all that was asked has been understood. */
static enum status read_requests(const struct options *options, struct request *requests)
{
	enum status status = STATUS_FINE;

	if (!options->n_args)
		return trouble(options, -EINVAL,
			       "Write iovactl check IOVA+LENGTH, such as 0x100000+2M.",
			       "iovactl check: no range is given");
	for (size_t i = 0; i < options->n_args && status == STATUS_FINE; i++)
		status = request_read(options, options->args[i], false, &requests[i]);
	return status;
}

enum status run_check(const struct options *options)
{
	struct request *requests = calloc(options->n_args + 1, sizeof *requests);
	enum status status;
	struct target target;

	if (!requests)
		return trouble_error(options, "reading the ranges", -ENOMEM);
	status = read_requests(options, requests);
	if (status != STATUS_FINE) {
		free(requests);
		return status;
	}
	status = target_open(options, &target);
	for (size_t i = 0; i < options->n_args && status == STATUS_FINE; i++)
		status = request_check_granule(options, &requests[i],
					       iova_space_granule(target.space));
	if (status == STATUS_FINE) {
		target_note_kernel(&target);
		status = check_all(&target, requests, options->n_args);
	}
	target_close(&target);
	free(requests);
	return status;
}

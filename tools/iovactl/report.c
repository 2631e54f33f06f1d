/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "simfile.h"

const char *error_name(int error)
{
	const char *name = simfile_errno_name(-error);

	return name ? name : "unknown";
}

const char *step_text(uint32_t step)
{
	static const char *const words[] = {
		[IOVA_STEP_ARGUMENT] = "argument",
		[IOVA_STEP_READ_HOST] = "read-host",
		[IOVA_STEP_FIND_GROUP] = "find-group",
		[IOVA_STEP_OPEN_CONTAINER] = "open-container",
		[IOVA_STEP_ADOPT_CONTAINER] = "adopt-container",
		[IOVA_STEP_OPEN_GROUP] = "open-group",
		[IOVA_STEP_ADOPT_GROUP] = "adopt-group",
		[IOVA_STEP_TRY] = "try",
		[IOVA_STEP_SET_CONTAINER] = "set-container",
		[IOVA_STEP_SET_IOMMU] = "set-iommu",
		[IOVA_STEP_GET_INFO] = "get-info",
		[IOVA_STEP_CHECK] = "check",
		[IOVA_STEP_ALLOCATE] = "allocate",
		[IOVA_STEP_MAP] = "map",
		[IOVA_STEP_UNMAP] = "unmap",
		[IOVA_STEP_UNSET_CONTAINER] = "unset-container",
		[IOVA_STEP_OPEN_DEVICE] = "open-device",
		[IOVA_STEP_OPEN_IOMMUFD] = "open-iommufd",
		[IOVA_STEP_ADOPT_IOMMUFD] = "adopt-iommufd",
		[IOVA_STEP_IOAS] = "ioas",
		[IOVA_STEP_OPEN_CDEV] = "open-cdev",
		[IOVA_STEP_ADOPT_CDEV] = "adopt-cdev",
		[IOVA_STEP_BIND] = "bind",
		[IOVA_STEP_ATTACH] = "attach",
		[IOVA_STEP_DETACH] = "detach",
		[IOVA_STEP_PIN] = "pin",
		[IOVA_STEP_COPY] = "copy",
		[IOVA_STEP_OPTION] = "option",
	};

	if (step < sizeof words / sizeof words[0] && words[step])
		return words[step];
	return "unknown";
}

static enum status say(const struct options *options, const char *step, int error,
		       const char *cause, const char *remedy, const struct answer *answer)
{
	struct json_object *object;

	fprintf(stderr, "iovactl: %s\n", cause);
	if (*remedy)
		fprintf(stderr, "iovactl: what to do: %s\n", remedy);
	if (!options->json)
		return STATUS_TROUBLE;
	object = json_error(step, error, cause, remedy);
	if (answer)
		answer_add_json(answer, object);
	json_print_error(object);
	return STATUS_TROUBLE;
}

enum status trouble(const struct options *options, int error, const char *remedy,
		    const char *format, ...)
{
	char cause[512];
	va_list args;

	va_start(args, format);
	vsnprintf(cause, sizeof cause, format, args);
	va_end(args);
	return say(options, "argument", error, cause, remedy, NULL);
}

enum status trouble_refused(const struct options *options, const struct iova_failure *failure,
			    const struct iova_host *host, const struct answer *answer)
{
	struct iova_explanation words;

	if (iova_explain(failure, host, &words) < 0)
		return trouble_error(options, step_text(failure->step), failure->error);
	if (answer && !options->json)
		answer_print(answer);
	return say(options, step_text(failure->step), failure->error, words.cause, words.remedy,
		   answer);
}

enum status trouble_failure(const struct options *options, const struct iova_failure *failure,
			    const struct iova_host *host)
{
	return trouble_refused(options, failure, host, NULL);
}

enum status trouble_error(const struct options *options, const char *what, int error)
{
	char cause[256];

	snprintf(cause, sizeof cause, "%s: %s", what, strerror(-error));
	return say(options, "tool", error, cause, "", NULL);
}

void note(const char *format, ...)
{
	va_list args;

	fputs("iovactl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

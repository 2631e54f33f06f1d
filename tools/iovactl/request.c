/* SPDX-License-Identifier: BSD-3-Clause */
#include "request.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

static const char forms[] =
	"Write IOVA+LENGTH, such as 0x100000+2M, or IOVA-LAST, such as 0x100000-0x2fffff.";

/* Reads a number and steps over it. 0, -EINVAL, or -ERANGE if it passes 2^64-1. */
static int read_number(const char **text, uint64_t *ret_number)
{
	static const char units[] = "KMGT";
	bool hex = (*text)[0] == '0' && ((*text)[1] | 0x20) == 'x';
	const char *digits = hex ? *text + 2 : *text, *unit;
	unsigned long long number;
	unsigned int shift = 0;
	char *rest;

	/* strtoull() would take blanks, signs and a second prefix */
	if (hex ? !isxdigit((unsigned char)*digits) : !isdigit((unsigned char)*digits))
		return -EINVAL;
	errno = 0;
	number = strtoull(digits, &rest, hex ? 16 : 10);
	if (errno)
		return -ERANGE;
	unit = *rest ? strchr(units, toupper((unsigned char)*rest)) : NULL;
	if (unit) {
		shift = 10 * (unsigned int)(unit - units + 1);
		rest++;
	}
	if (shift && number >> (64 - shift))
		return -ERANGE;
	*text = rest;
	*ret_number = number << shift;
	return 0;
}

static enum status too_large(const struct options *options, const char *text)
{
	return trouble(options, -EINVAL, "Addresses and lengths are numbers below 2^64.",
		       "%s: a number in it passes 2^64-1", text);
}

static enum status from_length(const struct options *options, struct request *request)
{
	int r;

	if (!request->length)
		return trouble(options, -EINVAL, "Give a length of at least one page.",
			       "%s: the length is zero", request->text);
	if (request->anywhere)
		return STATUS_FINE;
	r = iova_range_make(request->iova, request->length, &request->range);
	if (r < 0)
		return trouble(options, -EINVAL, "Give a shorter length or a lower address.",
			       "%s: passes the last address, 2^64-1", request->text);
	return STATUS_FINE;
}

static enum status from_last(const struct options *options, struct request *request, uint64_t last)
{
	request->range.start = request->iova;
	request->range.last = last;
	if (last < request->iova)
		return trouble(options, -EINVAL,
			       "Write the lower address first; the last one is included.",
			       "%s: the last address is below the first", request->text);
	if (iova_range_length(&request->range, &request->length) < 0)
		return trouble(options, -EINVAL, "Ask for less: no mapping has 2^64 bytes.",
			       "%s: the length passes 2^64-1", request->text);
	return STATUS_FINE;
}

enum status request_read(const struct options *options, const char *text, bool may_be_length,
			 struct request *ret_request)
{
	struct request request = { .text = text };
	const char *at = text;
	uint64_t second = 0;
	enum status status;
	char join;
	int r;

	r = read_number(&at, &request.iova);
	if (r == -ERANGE)
		return too_large(options, text);
	join = r == 0 ? *at : '?';
	if (join == '+' || join == '-') {
		at++;
		r = read_number(&at, &second);
		if (r == -ERANGE)
			return too_large(options, text);
	} else if (join || !may_be_length) {
		r = -EINVAL;
	}
	if (r < 0 || *at)
		return trouble(options, -EINVAL, forms, "%s: not a range", text);
	request.anywhere = !join;
	request.length = join ? second : request.iova;
	if (join == '-')
		status = from_last(options, &request, second);
	else
		status = from_length(options, &request);
	if (status == STATUS_FINE)
		*ret_request = request;
	return status;
}

enum status request_check_granule(const struct options *options, const struct request *request,
				  uint64_t granule)
{
	uint64_t rest = granule - 1;

	if (!request->anywhere && request->iova & rest)
		return trouble(options, -EINVAL, "Give a multiple of the page size.",
			       "%s: the address 0x%" PRIx64
			       " is not a multiple of the page size %" PRIu64 "; 0x%" PRIx64 " is",
			       request->text, request->iova, granule, request->iova & ~rest);
	if (request->length & rest)
		return trouble(options, -EINVAL, "Give a multiple of the page size.",
			       "%s: the length 0x%" PRIx64
			       " is not a multiple of the page size %" PRIu64,
			       request->text, request->length, granule);
	return STATUS_FINE;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_REQUEST_H
#define IOVACTL_REQUEST_H

/*
 * Ranges as people write them: IOVA+LENGTH, IOVA-LAST, or for map just a LENGTH.
 */

#include <libiova/range.h>

#include "options.h"

struct request {
	const char *text;
	bool anywhere; /* only a length: iova and range mean nothing */
	uint64_t iova;
	uint64_t length;
	struct iova_range range;
};

/* Read one. Trouble is reported here. */
enum status request_read(const struct options *options, const char *text, bool may_be_length,
			 struct request *ret_request);

/* Whether it is made of whole pages. Trouble is reported here. */
enum status request_check_granule(const struct options *options, const struct request *request,
				  uint64_t granule);

#endif

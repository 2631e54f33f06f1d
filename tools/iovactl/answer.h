/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_ANSWER_H
#define IOVACTL_ANSWER_H

/*
 * What the space says to a range, with all that is in the way.
 */

#include <json-c/json.h>

#include <libiova/space.h>

#include "options.h"

struct answer {
	struct iova_check check;
	struct iova_conflict *conflicts;
	size_t n_conflicts;
};

/* Ask. 0 or a negative errno; answer_free() afterwards in any case. */
int answer_ask(struct answer *answer, const struct iova_space *space, uint64_t iova,
	       uint64_t length);
void answer_free(struct answer *answer);

enum status answer_status(const struct answer *answer);

/* Prints each conflict, indented, once for all groups that share it; and what would fit. */
void answer_print(const struct answer *answer);
void answer_add_json(const struct answer *answer, struct json_object *object);

#endif

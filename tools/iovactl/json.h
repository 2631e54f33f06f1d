/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_JSON_H
#define IOVACTL_JSON_H

/*
 * The pieces that the JSON documents share. Addresses are strings, "0xfee00000": many readers
 * of JSON keep numbers as doubles, which hold 53 bits.
 */

#include <json-c/json.h>

#include <libiova/libiova.h>

struct json_object *json_hex(uint64_t number);
struct json_object *json_range(const struct iova_range *range);
struct json_object *json_conflict(const struct iova_conflict *conflict);
struct json_object *json_ranges(const struct iova_set *set);
const char *verdict_text(uint32_t verdict);

/* What went wrong: step, errno, cause, remedy. */
struct json_object *json_error(const char *step, int error, const char *cause, const char *remedy);

/* Both print one document and release it. */
void json_print(struct json_object *document);
void json_print_error(struct json_object *error);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#include "json.h"

#include <inttypes.h>
#include <stdio.h>

#include "report.h"

struct json_object *json_hex(uint64_t number)
{
	char text[24];

	snprintf(text, sizeof text, "0x%" PRIx64, number);
	return json_object_new_string(text);
}

struct json_object *json_range(const struct iova_range *range)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "start", json_hex(range->start));
	json_object_object_add(object, "last", json_hex(range->last));
	return object;
}

struct json_object *json_ranges(const struct iova_set *set)
{
	struct json_object *array = json_object_new_array();
	struct iova_range range;

	for (size_t i = 0; iova_set_nth(set, i, &range) == 0; i++)
		json_object_array_add(array, json_range(&range));
	return array;
}

const char *verdict_text(uint32_t verdict)
{
	switch (verdict) {
	case IOVA_VERDICT_ALLOW:
		return "fits";
	case IOVA_VERDICT_WARN:
		return "warn";
	default:
		return "refused";
	}
}

struct json_object *json_conflict(const struct iova_conflict *conflict)
{
	struct json_object *object = json_object_new_object();
	char text[512];

	json_object_object_add(object, "range", json_range(&conflict->range));
	json_object_object_add(object, "source",
			       json_object_new_string(iova_source_text(conflict->source)));
	if (conflict->source == IOVA_SOURCE_REGION)
		json_object_object_add(object, "type",
				       json_object_new_string(
					       iova_region_type_text(conflict->type)));
	if (*conflict->word)
		json_object_object_add(object, "word", json_object_new_string(conflict->word));
	if (conflict->group != IOVA_GROUP_NONE)
		json_object_object_add(object, "group", json_object_new_int64(conflict->group));
	if (*conflict->device)
		json_object_object_add(object, "device", json_object_new_string(conflict->device));
	json_object_object_add(object, "region", json_range(&conflict->region));
	if (conflict->source == IOVA_SOURCE_MAPPING)
		json_object_object_add(object, "vaddr", json_hex(conflict->vaddr));
	json_object_object_add(object, "verdict",
			       json_object_new_string(verdict_text(conflict->verdict)));
	if (iova_conflict_text(conflict, text, sizeof text) >= 0)
		json_object_object_add(object, "text", json_object_new_string(text));
	return object;
}

struct json_object *json_error(const char *step, int error, const char *cause, const char *remedy)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "step", json_object_new_string(step));
	json_object_object_add(object, "errno", json_object_new_string(error_name(error)));
	json_object_object_add(object, "cause", json_object_new_string(cause));
	json_object_object_add(object, "remedy", json_object_new_string(remedy));
	return object;
}

void json_print(struct json_object *document)
{
	const char *text =
		json_object_to_json_string_ext(document, JSON_C_TO_STRING_PRETTY |
								 JSON_C_TO_STRING_SPACED |
								 JSON_C_TO_STRING_NOSLASHESCAPE);

	if (text)
		puts(text);
	json_object_put(document);
}

void json_print_error(struct json_object *error)
{
	struct json_object *document = json_object_new_object();

	json_object_object_add(document, "error", error);
	json_print(document);
}

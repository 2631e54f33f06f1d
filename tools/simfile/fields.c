/* SPDX-License-Identifier: BSD-3-Clause */
/* Objects of the document into structs, by tables. */
#include "private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECTED_MAX 400

bool has_key_(struct json_object *json, const char *key)
{
	return json_object_object_get_ex(json, key, NULL);
}

/* 0x and at most 16 digits; strtoull() would take signs and blanks. */
static bool hex_number(const char *text, uint64_t *ret_number)
{
	size_t n = strlen(text);

	if (n < 3 || n > 18 || text[0] != '0' || text[1] != 'x' ||
	    strspn(text + 2, "0123456789abcdefABCDEF") != n - 2)
		return false;
	*ret_number = strtoull(text, NULL, 16);
	return true;
}

static int read_number(const struct reader *reader, const struct place *place,
		       struct json_object *json, const struct field *field, uint64_t *ret_number)
{
	char expected[EXPECTED_MAX];
	uint64_t number = 0;
	bool fine = false;

	if (json_object_is_type(json, json_type_string)) {
		fine = hex_number(json_object_get_string(json), &number);
	} else if (json_object_is_type(json, json_type_int)) {
		number = json_object_get_uint64(json);
		fine = json_object_get_int64(json) >= 0;
	}
	if (!fine || number < field->least || number > field->most) {
		snprintf(expected, sizeof expected,
			 field->most < 0xffff ? "a number from %" PRIu64 " to %" PRIu64 :
						"a number from %" PRIu64 " to 0x%" PRIx64
						" (or a string such as \"0x1000\")",
			 field->least, field->most);
		return wrong_value_(reader, place, expected, json);
	}
	*ret_number = number;
	return 0;
}

static int read_flag(const struct reader *reader, const struct place *place,
		     struct json_object *json, uint32_t *ret_flag)
{
	if (!json_object_is_type(json, json_type_boolean))
		return wrong_value_(reader, place, "true or false", json);
	*ret_flag = (uint32_t)json_object_get_boolean(json);
	return 0;
}

static int read_word(const struct reader *reader, const struct place *place,
		     struct json_object *json, const struct words *words, uint32_t *ret_value)
{
	const char *text = json_object_get_string(json);
	char expected[EXPECTED_MAX] = "one of";
	size_t n = strlen(expected);

	if (json_object_is_type(json, json_type_string))
		for (size_t i = 0; i < words->n; i++)
			if (!strcmp(text, words->items[i].word)) {
				*ret_value = words->items[i].value;
				return 0;
			}
	if (words->expected)
		return wrong_value_(reader, place, words->expected, json);
	for (size_t i = 0; i < words->n && n < sizeof expected; i++)
		n += (size_t)snprintf(expected + n, sizeof expected - n, "%s \"%s\"", i ? "," : "",
				      words->items[i].word);
	return wrong_value_(reader, place, expected, json);
}

/* What the kernel has as a name: the name of a file, printed between blanks. */
static int read_token(const struct reader *reader, const struct place *place,
		      struct json_object *json, const struct field *field, const char **ret_token)
{
	const char *text = json_object_get_string(json);
	size_t n = 0;
	char expected[EXPECTED_MAX];

	if (field->kind == FIELD_DRIVER && json_object_is_type(json, json_type_null)) {
		*ret_token = NULL;
		return 0;
	}
	if (json_object_is_type(json, json_type_string))
		while (text[n] > ' ' && text[n] < 0x7f && text[n] != '/')
			n++;
	/* "." and ".." are names of files, too */
	if (n && n <= field->most && !text[n] && strspn(text, ".") != n) {
		*ret_token = text;
		return 0;
	}
	snprintf(expected, sizeof expected,
		 "a string of 1 to %" PRIu64 " ASCII characters without blanks and slashes%s",
		 field->most, field->kind == FIELD_DRIVER ? ", or null" : "");
	return wrong_value_(reader, place, expected, json);
}

static int read_tree(const struct reader *reader, const struct place *place,
		     struct json_object *json, enum json_type type, struct json_object **ret_tree)
{
	if (!json_object_is_type(json, type))
		return wrong_value_(reader, place, type == json_type_array ? "a list" : "an object",
				    json);
	*ret_tree = json;
	return 0;
}

int read_value_(const struct reader *reader, const struct place *place, struct json_object *json,
		const struct field *field, void *record)
{
	void *at = (char *)record + field->offset;
	uint64_t number = 0;
	int r;

	switch (field->kind) {
	case FIELD_U64:
		return read_number(reader, place, json, field, at);
	case FIELD_U32:
		r = read_number(reader, place, json, field, &number);
		if (r == 0)
			*(uint32_t *)at = (uint32_t)number;
		return r;
	case FIELD_FLAG:
		return read_flag(reader, place, json, at);
	case FIELD_WORD:
		return read_word(reader, place, json, field->words, at);
	case FIELD_TOKEN:
	case FIELD_DRIVER:
		return read_token(reader, place, json, field, at);
	case FIELD_TEXT:
		if (!json_object_is_type(json, json_type_string))
			return wrong_value_(reader, place, "a string", json);
		*(const char **)at = json_object_get_string(json);
		return 0;
	case FIELD_LIST:
		return read_tree(reader, place, json, json_type_array, at);
	case FIELD_MAP:
		return read_tree(reader, place, json, json_type_object, at);
	default:
		*(struct json_object **)at = json;
		return 0;
	}
}

static int unknown_key(const struct reader *reader, const struct place *here,
		       const struct field *fields, size_t n_fields)
{
	const char *keys[32], *nearest;
	char expected[EXPECTED_MAX] = "";
	size_t n = 0, used = 0;

	for (; n < n_fields && n < N_FIELDS(keys); n++) {
		keys[n] = fields[n].key;
		if (used < sizeof expected)
			used += (size_t)snprintf(expected + used, sizeof expected - used, "%s%s",
						 n ? ", " : "", keys[n]);
	}
	nearest = simfile_nearest(here->key, keys, n);
	return wrong_(reader, here, "unknown key%s%s%s; here are: %s", nearest ? "; is \"" : "",
		      nearest ? nearest : "", nearest ? "\" meant" : "", expected);
}

int read_fields_(const struct reader *reader, const struct place *place, struct json_object *json,
		 const struct field *fields, size_t n_fields, void *record)
{
	int r = 0;

	if (!json_object_is_type(json, json_type_object))
		return wrong_value_(reader, place, "an object", json);
	json_object_object_foreach(json, key, value)
	{
		const struct place here = { .up = place, .key = key };
		size_t i = 0;

		while (i < n_fields && strcmp(fields[i].key, key) != 0)
			i++;
		r = i < n_fields ? read_value_(reader, &here, value, &fields[i], record) :
				   unknown_key(reader, &here, fields, n_fields);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < n_fields; i++)
		if (fields[i].required && !has_key_(json, fields[i].key))
			return wrong_(reader, place, "the key \"%s\" is missing", fields[i].key);
	return 0;
}

int check_length_(const struct reader *reader, const struct place *place, struct json_object *list,
		  size_t *ret_n)
{
	size_t n = list ? json_object_array_length(list) : 0;

	if (n > SIMFILE_ITEMS_MAX)
		return wrong_(reader, place, "%zu elements; at most %d may be in a list", n,
			      SIMFILE_ITEMS_MAX);
	*ret_n = n;
	return 0;
}

int each_element_(struct reader *reader, const char *key, struct json_object *list,
		  int (*function)(struct reader *reader, const struct place *place,
				  struct json_object *json))
{
	const struct place here = { .key = key };
	size_t n = 0;
	int r = check_length_(reader, &here, list, &n);

	for (size_t i = 0; i < n && r == 0; i++) {
		const struct place element = { .up = &here, .index = i };

		r = function(reader, &element, json_object_array_get_idx(list, i));
	}
	return r;
}

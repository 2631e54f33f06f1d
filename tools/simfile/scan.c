/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What json-c lets pass: of two equal keys it keeps the last, and a number that is too large it
 * makes the largest. The text is known to parse, and not to be nested deeper than the limit.
 */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t\r\n\f\v");
}

static const char *skip_string(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at + 1 : at;
}

/* A key as it is meant, so that "\u0061" is "a". */
static int decode(const char *at, const char *past, struct json_object **ret_key)
{
	struct json_tokener *tokener = json_tokener_new();

	if (!tokener)
		return -ENOMEM;
	*ret_key = json_tokener_parse_ex(tokener, at, (int)(past - at));
	json_tokener_free(tokener);
	return *ret_key ? 0 : -ENOMEM;
}

static int scan_number(const struct reader *reader, const struct place *place, const char *at,
		       const char **ret_past)
{
	*ret_past = at + strcspn(at, ",]} \t\r\n\f\v");
	/* of others than whole numbers the fields know what to say */
	if (*at < '0' || *at > '9' || (size_t)(*ret_past - at) != strspn(at, "0123456789"))
		return 0;
	errno = 0;
	strtoull(at, NULL, 10);
	return errno ? wrong_(reader, place, "the number does not fit into 64 bits") : 0;
}

static int scan_value(const struct reader *reader, const struct place *place, const char *at,
		      const char **ret_past);

static int scan_list(const struct reader *reader, const struct place *place, const char *at,
		     const char **ret_past)
{
	struct place here = { .up = place };
	int r = 0;

	at = skip_blanks(at + 1);
	while (r == 0 && *at && *at != ']') {
		r = scan_value(reader, &here, at, &at);
		at = skip_blanks(at);
		at = skip_blanks(at + (*at == ','));
		here.index++;
	}
	*ret_past = at + (*at == ']');
	return r;
}

/* One key and its value. The set of keys so far is the keys of an object. */
static int scan_member(const struct reader *reader, const struct place *place, const char *at,
		       struct json_object *keys, const char **ret_past)
{
	struct place here = { .up = place };
	struct json_object *key;
	int r;

	r = decode(at, skip_string(at), &key);
	if (r < 0)
		return refused_(reader, NULL, r);
	here.key = json_object_get_string(key);
	at = skip_blanks(skip_string(at));
	at = skip_blanks(at + (*at == ':'));
	if (has_key_(keys, here.key))
		r = wrong_(reader, &here, "the key stands there twice");
	else if (json_object_object_add(keys, here.key, NULL) < 0)
		r = refused_(reader, NULL, -ENOMEM);
	else
		r = scan_value(reader, &here, at, ret_past);
	json_object_put(key);
	return r;
}

static int scan_object(const struct reader *reader, const struct place *place, const char *at,
		       const char **ret_past)
{
	struct json_object *keys = json_object_new_object();
	int r = keys ? 0 : refused_(reader, NULL, -ENOMEM);

	at = skip_blanks(at + 1);
	while (r == 0 && *at == '"') {
		r = scan_member(reader, place, at, keys, &at);
		at = skip_blanks(at);
		at = skip_blanks(at + (*at == ','));
	}
	*ret_past = at + (*at == '}');
	json_object_put(keys);
	return r;
}

static int scan_value(const struct reader *reader, const struct place *place, const char *at,
		      const char **ret_past)
{
	switch (*at) {
	case '{':
		return scan_object(reader, place, at, ret_past);
	case '[':
		return scan_list(reader, place, at, ret_past);
	case '"':
		*ret_past = skip_string(at);
		return 0;
	default:
		return scan_number(reader, place, at, ret_past);
	}
}

int scan_(const struct reader *reader, const char *text)
{
	const char *past;

	return scan_value(reader, NULL, skip_blanks(text), &past);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* What is wrong, and where. */
#include "private.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME_SHOWN 160 /* of a file's name, from its back */
#define KEY_SHOWN 40
#define VALUE_SHOWN 60

/* Appends; what does not fit is cut. */
__attribute__((format(printf, 3, 4))) static void put(char *text, size_t size, const char *format,
						      ...)
{
	size_t n = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + n, size - n, format, args);
	va_end(args);
}

/* A few characters of what stands in the file, as plain ASCII whatever they are. */
static void put_shown(char *text, size_t size, const char *shown, size_t most)
{
	for (size_t i = 0; shown[i]; i++) {
		if (i == most) {
			put(text, size, "...");
			return;
		}
		if (isascii(shown[i]) && isprint(shown[i]))
			put(text, size, "%c", shown[i]);
		else
			put(text, size, "\\x%02x", (unsigned char)shown[i]);
	}
}

static void put_place(char *text, size_t size, const struct place *place)
{
	if (!place)
		return;
	put_place(text, size, place->up);
	if (!place->key) {
		put(text, size, "[%zu]", place->index);
		return;
	}
	if (place->up)
		put(text, size, ".");
	put_shown(text, size, place->key, KEY_SHOWN);
}

static void put_name(const struct reader *reader)
{
	const char *name = reader->name;
	size_t n = strlen(name);
	char *text = reader->error->text;

	*text = '\0';
	if (n > NAME_SHOWN)
		put(text, sizeof reader->error->text, "...%s: ", name + n - NAME_SHOWN);
	else
		put(text, sizeof reader->error->text, "%s: ", name);
}

int wrong_(const struct reader *reader, const struct place *place, const char *format, ...)
{
	char *text = reader->error->text;
	size_t size = sizeof reader->error->text, n;
	va_list args;

	put_name(reader);
	if (place) {
		put_place(text, size, place);
		put(text, size, ": ");
	}
	n = strlen(text);
	va_start(args, format);
	vsnprintf(text + n, size - n, format, args);
	va_end(args);
	return -EINVAL;
}

int wrong_at_(const struct reader *reader, const char *text, size_t offset, const char *what)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < offset; i++) {
		column++;
		if (text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	put_name(reader);
	put(reader->error->text, sizeof reader->error->text, "line %zu, column %zu: %s", line,
	    column, what);
	return -EINVAL;
}

static void put_value(char *text, size_t size, struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		put(text, size, "null");
		break;
	case json_type_object:
		put(text, size, "an object");
		break;
	case json_type_array:
		put(text, size, "a list");
		break;
	case json_type_string:
		put(text, size, "\"");
		put_shown(text, size, json_object_get_string(value), VALUE_SHOWN);
		put(text, size, "\"");
		break;
	default:
		put_shown(text, size, json_object_get_string(value), VALUE_SHOWN);
	}
}

int wrong_value_(const struct reader *reader, const struct place *place, const char *expected,
		 struct json_object *found)
{
	char value[5 * VALUE_SHOWN] = "";

	put_value(value, sizeof value, found);
	return wrong_(reader, place, "expected %s, found %s", expected, value);
}

int refused_(const struct reader *reader, const struct place *place, int r)
{
	const char *name = simfile_errno_name(-r);

	if (r == -ENOMEM)
		wrong_(reader, NULL, "no memory is left");
	else
		wrong_(reader, place, "the simulated host does not take it: %s",
		       name ? name : "unknown error");
	return r;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIMFILE_PRIVATE_H
#define SIMFILE_PRIVATE_H

/*
 * How a description is read: the text is checked and its comments blanked (clean.c), json-c makes
 * a tree of it (parse.c), what json-c lets pass is looked for (scan.c), and the tree is walked
 * with a table of fields for each kind of object (fields.c), whose structs go to the builder of the
 * host (machine.c, groups.c, faults.c).
 */

#include <stdbool.h>

#include <json-c/json.h>

#include "simfile.h"

/* Where in the document something stands; they chain up to the document itself, which is NULL. */
struct place {
	const struct place *up;
	const char *key; /* NULL for an element of a list */
	size_t index;
};

struct reader {
	const char *name;
	struct simfile_error *error;
	struct iova_sim *sim;
	bool has_preset;
	size_t n_devices, n_regions;
	/* what the file described so far: elements of its lists */
	uint32_t groups[SIMFILE_ITEMS_MAX];
	const char *files[SIMFILE_ITEMS_MAX];
	struct call {
		uint32_t call, error;
		uint64_t nth;
	} calls[SIMFILE_ITEMS_MAX];
	uint64_t allocations[SIMFILE_ITEMS_MAX];
};

/* Say what is wrong, as "NAME: PLACE: ..."; returns -EINVAL. */
__attribute__((format(printf, 3, 4))) int
wrong_(const struct reader *reader, const struct place *place, const char *format, ...);
/* The same for a place in the text, before there is a tree. */
int wrong_at_(const struct reader *reader, const char *text, size_t offset, const char *what);
/* A value that is not what was expected. Returns -EINVAL. */
int wrong_value_(const struct reader *reader, const struct place *place, const char *expected,
		 struct json_object *found);
/* What the builder of the host, or an allocation, says. Returns r. */
int refused_(const struct reader *reader, const struct place *place, int r);

/* A text without comments, up to its last byte or to what is wrong with it; free() the text. */
struct clean {
	char *text; /* ended by a 0 */
	size_t length;
	const char *what; /* NULL if nothing is wrong so far */
};

/* Copies the text with blanks for comments. */
int clean_(const struct reader *reader, const char *text, size_t length, struct clean *ret_clean);
/* Makes the tree of a clean text; json_object_put() it. The first thing that is wrong is told. */
int parse_(const struct reader *reader, const struct clean *clean, struct json_object **ret_tree);
/* Refuses keys that come twice and numbers that do not fit, in a text that parses. */
int scan_(const struct reader *reader, const char *text);
/* Build the host that the tree describes. */
int build_(struct reader *reader, struct json_object *tree);

/* Words and what they stand for. */
struct word {
	const char *word;
	uint32_t value;
};

struct words {
	const char *expected; /* NULL: the words themselves are listed */
	const struct word *items;
	size_t n;
};

extern const struct words errno_words, call_words, direct_words;

enum field_kind {
	FIELD_U64,    /* uint64_t, from least to most */
	FIELD_U32,    /* uint32_t, the same */
	FIELD_FLAG,   /* uint32_t, 0 or 1 */
	FIELD_WORD,   /* uint32_t, of words */
	FIELD_TOKEN,  /* const char *, without blanks and slashes, at most "most" long */
	FIELD_DRIVER, /* the same, or null for NULL */
	FIELD_TEXT,   /* const char *, anything but 0 */
	FIELD_LIST,   /* struct json_object *, an array */
	FIELD_MAP,    /* struct json_object *, an object */
	FIELD_ANY,    /* struct json_object *, whatever it is */
};

/* A key of an object, and where in the struct its value goes. */
struct field {
	const char *key;
	enum field_kind kind;
	bool required;
	size_t offset;
	uint64_t least, most;
	const struct words *words;
};

#define FIELD(a_key, a_kind, a_struct, a_member, ...)                                         \
	{                                                                                     \
		.key = a_key, .kind = FIELD_##a_kind, .offset = offsetof(a_struct, a_member), \
		##__VA_ARGS__                                                                 \
	}
#define N_FIELDS(fields) (sizeof(fields) / sizeof(fields)[0])

/*
 * Read an object into a struct. What the object does not have stays as it is. Strings and trees
 * belong to the document.
 */
int read_fields_(const struct reader *reader, const struct place *place, struct json_object *json,
		 const struct field *fields, size_t n_fields, void *record);
/* One value of a field. */
int read_value_(const struct reader *reader, const struct place *place, struct json_object *json,
		const struct field *field, void *record);
bool has_key_(struct json_object *json, const char *key);

/* How many elements a list has, which may be NULL; it may not have too many. */
int check_length_(const struct reader *reader, const struct place *place, struct json_object *list,
		  size_t *ret_n);
/* Call a function for each element of a list at the top. Stops at the first failure. */
int each_element_(struct reader *reader, const char *key, struct json_object *list,
		  int (*function)(struct reader *reader, const struct place *place,
				  struct json_object *json));

/* The parts of a host. */
int build_iommu_(struct reader *reader, const struct place *place, struct json_object *json,
		 uint32_t group);
int build_group_(struct reader *reader, const struct place *place, struct json_object *json);
int build_free_device_(struct reader *reader, const struct place *place, struct json_object *json);
int build_drivers_(struct reader *reader, const struct place *place, struct json_object *json);
int build_removed_(struct reader *reader, const struct place *place, struct json_object *json);
int build_file_(struct reader *reader, const struct place *place, struct json_object *json);
int build_call_(struct reader *reader, const struct place *place, struct json_object *json);
int build_allocation_(struct reader *reader, const struct place *place, struct json_object *json);
int build_reply_(struct reader *reader, const struct place *place, struct json_object *json);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* From text to a tree, by json-c, and no further than its strict mode goes. */
#include "private.h"

#include <errno.h>

int parse_(const struct reader *reader, const struct clean *clean, struct json_object **ret_tree)
{
	struct json_tokener *tokener = json_tokener_new_ex(SIMFILE_DEPTH_MAX);
	enum json_tokener_error error;
	struct json_object *tree;
	int r = 0;

	if (!tokener)
		return refused_(reader, NULL, -ENOMEM);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	/* with the 0 behind it, json-c knows that nothing follows; see clean_() for the length */
	tree = json_tokener_parse_ex(tokener, clean->text, (int)clean->length + !clean->what);
	error = json_tokener_get_error(tokener);
	if (clean->what && (error == json_tokener_success || error == json_tokener_continue))
		r = wrong_at_(reader, clean->text, clean->length, clean->what);
	else if (error != json_tokener_success)
		r = wrong_at_(reader, clean->text, json_tokener_get_parse_end(tokener),
			      json_tokener_error_desc(error));
	else if (!json_object_is_type(tree, json_type_object))
		r = wrong_value_(reader, NULL, "an object", tree);
	json_tokener_free(tokener);
	if (r < 0) {
		json_object_put(tree);
		return r;
	}
	*ret_tree = tree;
	return 0;
}

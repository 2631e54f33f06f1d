/* SPDX-License-Identifier: BSD-3-Clause */
/* What goes wrong on the host: files, replies and calls. */
#include "private.h"

#include <errno.h>
#include <string.h>

struct file {
	const char *path, *text;
	uint32_t error;
	uint64_t cut;
};

static const struct field file_fields[] = {
	FIELD("path", TEXT, struct file, path, .required = true),
	FIELD("error", WORD, struct file, error, .words = &errno_words),
	FIELD("cut", U64, struct file, cut, .most = SIMFILE_SIZE_MAX),
	FIELD("text", TEXT, struct file, text),
};

struct reply {
	uint32_t offset, size;
	uint64_t value;
};

static const struct field reply_fields[] = {
	FIELD("offset", U32, struct reply, offset, .required = true, .most = SIMFILE_SIZE_MAX),
	FIELD("size", U32, struct reply, size, .required = true, .least = 1, .most = 8),
	FIELD("value", U64, struct reply, value, .required = true, .most = UINT64_MAX),
};

static const struct field call_fields[] = {
	FIELD("call", WORD, struct call, call, .required = true, .words = &call_words),
	FIELD("nth", U64, struct call, nth, .least = 1, .most = UINT64_MAX),
	FIELD("error", WORD, struct call, error, .required = true, .words = &errno_words),
};

int build_file_(struct reader *reader, const struct place *place, struct json_object *json)
{
	const struct place path = { .up = place, .key = "path" };
	bool error = has_key_(json, "error"), cut = has_key_(json, "cut");
	struct file file = { 0 };
	int r = read_fields_(reader, place, json, file_fields, N_FIELDS(file_fields), &file);

	if (r < 0)
		return r;
	if (error + cut + (file.text != NULL) != 1)
		return wrong_(reader, place,
			      "one of the keys \"error\", \"cut\" and \"text\" is needed");
	for (size_t i = 0; i < place->index; i++)
		if (!strcmp(reader->files[i], file.path))
			return wrong_(reader, &path, "the file is in files[%zu] already", i);
	reader->files[place->index] = file.path;
	if (error)
		r = iova_sim_file_error(reader->sim, file.path, (int)file.error);
	else if (cut)
		r = iova_sim_file_cut(reader->sim, file.path, (size_t)file.cut);
	else
		r = iova_sim_file_text(reader->sim, file.path, file.text);
	if (r == -ENOENT || r == -ENOTDIR)
		return wrong_value_(reader, &path,
				    "a file of the host, such as \"sys/kernel/iommu_groups\"",
				    json_object_object_get(json, "path"));
	return r < 0 ? refused_(reader, place, r) : 0;
}

int build_reply_(struct reader *reader, const struct place *place, struct json_object *json)
{
	struct reply reply;
	int r = read_fields_(reader, place, json, reply_fields, N_FIELDS(reply_fields), &reply);

	if (r < 0)
		return r;
	r = iova_sim_corrupt_info(reader->sim, reply.offset, reply.size, reply.value);
	return r < 0 ? refused_(reader, place, r) : 0;
}

int build_call_(struct reader *reader, const struct place *place, struct json_object *json)
{
	struct call call = { .nth = 1 };
	int r = read_fields_(reader, place, json, call_fields, N_FIELDS(call_fields), &call);

	if (r < 0)
		return r;
	for (size_t i = 0; i < place->index; i++)
		if (reader->calls[i].call == call.call && reader->calls[i].nth == call.nth)
			return wrong_(reader, place, "that call fails already, by calls[%zu]", i);
	reader->calls[place->index] = call;
	r = iova_sim_fail(reader->sim, call.call, call.nth, (int)call.error);
	return r < 0 ? refused_(reader, place, r) : 0;
}

/* An allocation of the simulated kernel, by its number. */
int build_allocation_(struct reader *reader, const struct place *place, struct json_object *json)
{
	static const struct field nth_field =
		FIELD("", U64, struct call, nth, .least = 1, .most = UINT64_MAX);
	struct call call;
	int r = read_value_(reader, place, json, &nth_field, &call);

	if (r < 0)
		return r;
	for (size_t i = 0; i < place->index; i++)
		if (reader->allocations[i] == call.nth)
			return wrong_(reader, place, "that one fails already, by allocations[%zu]",
				      i);
	reader->allocations[place->index] = call.nth;
	r = iova_sim_fail_allocation(reader->sim, call.nth);
	return r < 0 ? refused_(reader, place, r) : 0;
}

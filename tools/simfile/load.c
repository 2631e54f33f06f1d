/* SPDX-License-Identifier: BSD-3-Clause */
/* From a file to a host. */
#include "private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int build_host(struct reader *reader, struct json_object *tree, struct iova_sim **ret_sim)
{
	int r = build_(reader, tree);

	if (r < 0)
		iova_sim_free(reader->sim);
	else
		*ret_sim = reader->sim;
	return r;
}

int simfile_parse(const char *name, const char *text, size_t length, struct iova_sim **ret_sim,
		  struct simfile_error *reterr)
{
	struct reader *reader = calloc(1, sizeof *reader);
	const struct reader without = { .name = name, .error = reterr };
	struct json_object *tree = NULL;
	struct clean clean = { 0 };
	int r;

	if (!reader)
		return refused_(&without, NULL, -ENOMEM);
	reader->name = name;
	reader->error = reterr;
	r = clean_(reader, text, length, &clean);
	if (r == 0)
		r = parse_(reader, &clean, &tree);
	if (r == 0)
		r = scan_(reader, clean.text);
	if (r == 0)
		r = build_host(reader, tree, ret_sim);
	json_object_put(tree);
	free(clean.text);
	free(reader);
	return r;
}

/* One byte more than may be, to see that there is more. */
static int read_all(const struct reader *reader, char *text, size_t *ret_length)
{
	FILE *file = fopen(reader->name, "rbe");
	int r = file ? 0 : -errno;

	if (file) {
		errno = 0;
		*ret_length = fread(text, 1, SIMFILE_SIZE_MAX + 1, file);
		if (ferror(file))
			r = errno ? -errno : -EIO;
		fclose(file);
	}
	if (r < 0)
		wrong_(reader, NULL, "%s", strerror(-r));
	return r;
}

int simfile_read(const char *path, struct iova_sim **ret_sim, struct simfile_error *reterr)
{
	const struct reader reader = { .name = path, .error = reterr };
	char *text = malloc(SIMFILE_SIZE_MAX + 1);
	size_t length = 0;
	int r;

	if (!text)
		return refused_(&reader, NULL, -ENOMEM);
	r = read_all(&reader, text, &length);
	if (r == 0)
		r = simfile_parse(path, text, length, ret_sim, reterr);
	free(text);
	return r;
}

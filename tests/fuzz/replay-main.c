/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * In the place of a fuzzing engine: gives each file of the directories named
 * on the command line, or named itself, to the fuzzer, once. A directory without
 * files is an error, as is none at all, so that a lost corpus is noticed.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* A fuzzer that has one looks at the arguments first, as with an engine. */
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Exactly as large as the file, so that a sanitizer sees reads behind it. */
static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	long length;
	int r = 1;

	if (!file)
		return 1;
	if (!fseek(file, 0, SEEK_END) && (length = ftell(file)) >= 0) {
		size_t size = (size_t)length;

		rewind(file);
		data = malloc(size ? size : 1);
		if (data && fread(data, 1, size, file) == size) {
			LLVMFuzzerTestOneInput(data, size);
			r = 0;
		}
	}
	free(data);
	fclose(file);
	return r;
}

static int is_file_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* In the order of names, the same everywhere. Returns how many files, or -1. */
static int replay_directory(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, is_file_name, alphasort), failed = 0;

	if (n < 0)
		return errno == ENOTDIR && !replay_file(path) ? 1 : -1;
	for (int i = 0; i < n; i++) {
		char file[4096];

		snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
		failed |= replay_file(file);
		free(entries[i]);
	}
	free(entries);
	return failed ? -1 : n;
}

int main(int argc, char **argv)
{
	int total = 0;

	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++) {
		int n = replay_directory(argv[i]);

		if (n <= 0) {
			fprintf(stderr, "%s: %s\n", argv[i], n ? "cannot be read" : "no files");
			return 1;
		}
		total += n;
	}
	printf("%d inputs replayed\n", total);
	return total ? 0 : 1;
}

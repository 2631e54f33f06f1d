/* SPDX-License-Identifier: BSD-3-Clause */
#include "transcript.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LINE_MAX 1024
#define TEXT_MAX ((size_t)4 << 20)
#define ANSWERS_MAX 512 /* long ones that differ, in one file */
#define ANSWER_MAX 2048

/* Calls that differ in their address alone, which goes up by even steps. */
struct row {
	char before[LINE_MAX];
	char after[LINE_MAX];
	uint64_t first;
	uint64_t address; /* of the last one */
	uint64_t step;
	uint64_t n;
	bool plain; /* without an address */
};

/* Shared with children, so that it must not hold pointers to memory of one process. */
struct transcript {
	char text[TEXT_MAX];
	size_t length;
	struct row row;
	char answers[ANSWERS_MAX][ANSWER_MAX];
	bool asked[ANSWERS_MAX]; /* since the last call */
	size_t n_answers;
	size_t n_asked;
	bool full;
};

struct transcript *transcript_new(void)
{
	void *memory = mmap(NULL, sizeof(struct transcript), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static void put(struct transcript *t, const char *line)
{
	size_t length = strlen(line);

	if (t->length + length + 2 > TEXT_MAX) {
		t->full = true;
		return;
	}
	memcpy(t->text + t->length, line, length);
	t->length += length;
	t->text[t->length++] = '\n';
}

static void finish_row(struct transcript *t)
{
	struct row *row = &t->row;
	char line[2 * LINE_MAX + 128];
	int at;

	if (!row->n)
		return;
	at = row->plain ? snprintf(line, sizeof line, "%s", row->before) :
			  snprintf(line, sizeof line, "%s%#" PRIx64 "%s", row->before, row->first,
				   row->after);
	if (row->n > 1 && row->step)
		snprintf(line + at, sizeof line - (size_t)at,
			 " (%" PRIu64 " times, %#" PRIx64 " apart)", row->n, row->step);
	else if (row->n > 1)
		snprintf(line + at, sizeof line - (size_t)at, " (%" PRIu64 " times)", row->n);
	row->n = 0;
	put(t, line);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The answers that are asked for, or all of them, in one order whatever order they came in. */
static size_t sorted(const struct transcript *t, bool all, const char **ret_answers)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_answers; i++)
		if (all || t->asked[i])
			ret_answers[n++] = t->answers[i];
	if (n)
		qsort(ret_answers, n, sizeof *ret_answers, compare);
	return n;
}

/* FNV-1a. */
static uint64_t digest(const char *const *answers, size_t n)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < n; i++) {
		for (const char *c = answers[i];; c++) {
			hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
			if (!*c)
				break;
		}
	}
	return hash;
}

static void finish_sysfs(struct transcript *t)
{
	const char *answers[ANSWERS_MAX];
	char line[64];
	size_t n;

	if (!t->n_asked)
		return;
	n = sorted(t, false, answers);
	snprintf(line, sizeof line, "sysfs, %zu answers: %016" PRIx64, n, digest(answers, n));
	memset(t->asked, 0, sizeof t->asked);
	t->n_asked = 0;
	put(t, line);
}

static void add(struct transcript *t, bool plain, const char *before, uint64_t address,
		const char *after)
{
	struct row *row = &t->row;
	uint64_t step = address - row->address;

	finish_sysfs(t);
	if (strlen(before) >= LINE_MAX || strlen(after) >= LINE_MAX) {
		t->full = true;
		return;
	}
	if (row->n && row->plain == plain && !strcmp(row->before, before) &&
	    !strcmp(row->after, after) && (row->n == 1 || row->step == step)) {
		row->step = step;
		row->address = address;
		row->n++;
		return;
	}
	finish_row(t);
	row->plain = plain;
	strcpy(row->before, before);
	strcpy(row->after, after);
	row->first = row->address = address;
	row->step = 0;
	row->n = 1;
}

void transcript_call(struct transcript *t, const char *before, uint64_t address, const char *after)
{
	add(t, false, before, address, after);
}

void transcript_line(struct transcript *t, const char *line)
{
	add(t, true, line, 0, "");
}

/* Where an answer is kept; ANSWERS_MAX if there is no room. */
static size_t keep(struct transcript *t, const char *answer)
{
	size_t i = 0;

	while (i < t->n_answers && strcmp(t->answers[i], answer))
		i++;
	if (i == ANSWERS_MAX || strlen(answer) >= ANSWER_MAX) {
		t->full = true;
		return ANSWERS_MAX;
	}
	if (i == t->n_answers)
		strcpy(t->answers[t->n_answers++], answer);
	return i;
}

void transcript_sysfs(struct transcript *t, const char *answer)
{
	size_t i = keep(t, answer);

	finish_row(t);
	if (i == ANSWERS_MAX)
		return;
	t->n_asked += !t->asked[i];
	t->asked[i] = true;
}

uint64_t transcript_long(struct transcript *t, const char *answer)
{
	uint64_t hash = digest(&answer, 1);
	char line[ANSWER_MAX];

	snprintf(line, sizeof line, "%016" PRIx64 ": %s", hash, answer);
	keep(t, line);
	return hash;
}

void transcript_write(struct transcript *t, FILE *to, const char *scenario, bool passed)
{
	finish_sysfs(t);
	finish_row(t);
	fprintf(to, "\n= %s %s\n", scenario, passed ? "passed" : "failed");
	fwrite(t->text, 1, t->length, to);
	t->length = 0;
}

bool transcript_end(struct transcript *t, FILE *to)
{
	const char *answers[ANSWERS_MAX];
	size_t n = sorted(t, true, answers);
	bool whole = !t->full;

	fputc('\n', to);
	for (size_t i = 0; i < n; i++)
		fprintf(to, "~ %s\n", answers[i]);
	munmap(t, sizeof *t);
	return whole;
}

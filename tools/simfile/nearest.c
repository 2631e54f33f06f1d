/* SPDX-License-Identifier: BSD-3-Clause */
/* Words there are, and which of them somebody may have meant. */
#include "simfile.h"

#include <stdio.h>
#include <string.h>

#define LONGEST 64

/* How many characters to put in, take out or change, by the rows of the usual table. */
static size_t distance(const char *one, const char *other)
{
	size_t row[LONGEST + 1], n = strlen(other);

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; one[i - 1]; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t best = corner + (one[i - 1] != other[j - 1]);

			corner = row[j];
			if (best > row[j] + 1)
				best = row[j] + 1;
			if (best > row[j - 1] + 1)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[n];
}

const char *simfile_nearest(const char *word, const char *const *words, size_t n)
{
	size_t length = strlen(word), least = SIZE_MAX;
	const char *nearest = NULL;

	for (size_t i = 0; i < n && length <= LONGEST; i++) {
		size_t other = strlen(words[i]);
		size_t away = other <= LONGEST ? distance(word, words[i]) : SIZE_MAX;

		/* with more than a third of it wrong it is another word */
		if (away < least && away * 3 <= (length > other ? length : other)) {
			least = away;
			nearest = words[i];
		}
	}
	return nearest;
}

void simfile_list(char *text, size_t size, const char *const *words)
{
	size_t n = 0;

	*text = '\0';
	for (size_t i = 0; words[i] && n < size; i++)
		n += (size_t)snprintf(text + n, size - n, "%s%s", i ? ", " : "", words[i]);
}

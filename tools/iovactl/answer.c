/* SPDX-License-Identifier: BSD-3-Clause */
#include "answer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libiova/explain.h>

#include "json.h"
#include "text.h"

int answer_ask(struct answer *answer, const struct iova_space *space, uint64_t iova,
	       uint64_t length)
{
	size_t n;
	int r;

	memset(answer, 0, sizeof *answer);
	answer->check.size = sizeof answer->check;
	r = iova_space_check(space, iova, length, &answer->check, NULL, 0);
	if (r < 0 || !answer->check.n_conflicts)
		return r;
	n = (size_t)answer->check.n_conflicts;
	answer->conflicts = calloc(n, sizeof *answer->conflicts);
	if (!answer->conflicts)
		return -ENOMEM;
	r = iova_space_check(space, iova, length, &answer->check, answer->conflicts, n);
	if (r == 0)
		answer->n_conflicts = n;
	return r;
}

void answer_free(struct answer *answer)
{
	free(answer->conflicts);
}

enum status answer_status(const struct answer *answer)
{
	switch (answer->check.verdict) {
	case IOVA_VERDICT_ALLOW:
		return STATUS_FINE;
	case IOVA_VERDICT_WARN:
		return STATUS_WARNED;
	default:
		return STATUS_REFUSED;
	}
}

/* Whether one more conflict says nothing new but another group. */
static bool alike(const struct iova_conflict *one, const struct iova_conflict *other)
{
	return one->source == other->source && one->type == other->type &&
	       one->range.start == other->range.start && one->range.last == other->range.last &&
	       one->region.start == other->region.start && one->region.last == other->region.last &&
	       !strcmp(one->word, other->word);
}

static int order(const void *one, const void *other)
{
	uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;

	return a < b ? -1 : a > b;
}

static void print_conflict(const struct answer *answer, size_t i, uint32_t *groups)
{
	const struct iova_conflict *conflict = &answer->conflicts[i];
	char text[512], *others;
	size_t n = 0;

	for (size_t j = 0; j < i; j++)
		if (alike(conflict, &answer->conflicts[j]))
			return;
	if (iova_conflict_text(conflict, text, sizeof text) < 0)
		return;
	for (size_t j = i + 1; j < answer->n_conflicts; j++)
		if (alike(conflict, &answer->conflicts[j]) &&
		    answer->conflicts[j].group != conflict->group)
			groups[n++] = answer->conflicts[j].group;
	qsort(groups, n, sizeof *groups, order);
	others = n ? groups_text(groups, n) : NULL;
	printf("  %s%s%s\n", text, others ? "; the same in " : "", others ? others : "");
	free_text(others);
}

static void print_fit(const char *where, bool set, const struct iova_range *range, bool refused)
{
	if (set)
		printf("  %s it would fit at 0x%" PRIx64 "-0x%" PRIx64 "\n", where, range->start,
		       range->last);
	else if (refused)
		printf("  nothing of that length is free %s it\n", where);
}

void answer_print(const struct answer *answer)
{
	const struct iova_check *check = &answer->check;
	uint32_t *groups = calloc(answer->n_conflicts + 1, sizeof *groups);
	bool refused = check->verdict == IOVA_VERDICT_REFUSE;

	for (size_t i = 0; i < answer->n_conflicts && groups; i++)
		print_conflict(answer, i, groups);
	free(groups);
	print_fit("below", check->flags & IOVA_CHECK_FIT_BELOW, &check->fit_below, refused);
	print_fit("above", check->flags & IOVA_CHECK_FIT_ABOVE, &check->fit_above, refused);
}

void answer_add_json(const struct answer *answer, struct json_object *object)
{
	const struct iova_check *check = &answer->check;
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < answer->n_conflicts; i++)
		json_object_array_add(array, json_conflict(&answer->conflicts[i]));
	json_object_object_add(object, "verdict",
			       json_object_new_string(verdict_text(check->verdict)));
	json_object_object_add(object, "conflicts", array);
	json_object_object_add(object, "fit_below",
			       check->flags & IOVA_CHECK_FIT_BELOW ? json_range(&check->fit_below) :
								     NULL);
	json_object_object_add(object, "fit_above",
			       check->flags & IOVA_CHECK_FIT_ABOVE ? json_range(&check->fit_above) :
								     NULL);
}

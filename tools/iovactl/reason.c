/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* What is told only once, however many groups and devices have it. */
static bool alike(const struct iova_conflict *one, const struct iova_conflict *other)
{
	return one->source == other->source && one->type == other->type &&
	       !strcmp(one->word, other->word);
}

static void put_reason(FILE *out, const struct iova_conflict *reason)
{
	switch (reason->source) {
	case IOVA_SOURCE_KERNEL:
		fputs("not in the kernel's list", out);
		break;
	case IOVA_SOURCE_REGION:
		fputs(*reason->word ? reason->word : iova_region_type_text(reason->type), out);
		break;
	case IOVA_SOURCE_WIDTH:
		fputs("above the declared width", out);
		break;
	case IOVA_SOURCE_UNKNOWN_TOP:
		fputs("top unknown", out);
		break;
	case IOVA_SOURCE_GRANULE:
		fputs("rest of a page", out);
		break;
	case IOVA_SOURCE_LAST_PAGE:
		fputs("last page", out);
		break;
	case IOVA_SOURCE_RESERVATION:
		fprintf(out, "kept for %s", *reason->word ? reason->word : "the caller");
		break;
	case IOVA_SOURCE_SYSFS:
		fputs("regions not known", out);
		break;
	default:
		fputs(iova_source_text(reason->source), out);
	}
}

/* Whose the reasons are that are like one: their groups, and the device if it is the only one. */
struct owners {
	uint32_t *groups;
	size_t n_groups;
	const char *device;
};

/* Of reasons that are alike, those of the lower groups come first. */
static void add_owner(struct owners *owners, const struct iova_conflict *reason,
		      const struct iova_conflict *other)
{
	if (strcmp(reason->device, other->device) != 0)
		owners->device = "";
	if (other->group == IOVA_GROUP_NONE)
		return;
	if (!owners->n_groups || owners->groups[owners->n_groups - 1] != other->group)
		owners->groups[owners->n_groups++] = other->group;
}

static void put_owners(FILE *out, const struct owners *owners)
{
	if (*owners->device)
		fprintf(out, " of %s", owners->device);
	if (!owners->n_groups)
		return;
	fputs(owners->n_groups == 1 ? " (group " : " (groups ", out);
	put_groups(out, owners->groups, owners->n_groups);
	fputc(')', out);
}

/* What is said of reasons, and of which it was said. */
struct telling {
	struct iova_conflict *reasons;
	bool *told;
	uint32_t *groups; /* room for those of all reasons */
	size_t n;
	int with_owners;
};

/* Says the i-th reason together with all that are like it, unless an earlier one did. */
static void put_reason_once(FILE *out, struct telling *telling, size_t i)
{
	const struct iova_conflict *reasons = telling->reasons;
	struct owners owners = { .groups = telling->groups, .device = reasons[i].device };

	if (telling->told[i])
		return;
	for (size_t j = i; j < telling->n; j++) {
		if (telling->told[j] || !alike(&reasons[i], &reasons[j]))
			continue;
		telling->told[j] = true;
		add_owner(&owners, &reasons[i], &reasons[j]);
	}
	fputs(i ? "; " : "", out);
	put_reason(out, &reasons[i]);
	if (telling->with_owners)
		put_owners(out, &owners);
}

#define RANK_VAGUE 5

/* What says most of an address comes first: a region before the hole that it makes in a list. */
static int rank(const struct iova_conflict *reason)
{
	switch (reason->source) {
	case IOVA_SOURCE_LAST_PAGE:
		return 1;
	case IOVA_SOURCE_SYSFS:
		return 2;
	case IOVA_SOURCE_GRANULE:
		return 3;
	case IOVA_SOURCE_WIDTH:
	case IOVA_SOURCE_KERNEL:
	case IOVA_SOURCE_UNKNOWN_TOP:
		return RANK_VAGUE;
	default:
		return 0;
	}
}

static int compare(const void *one, const void *other)
{
	const struct iova_conflict *a = one, *b = other;

	if (rank(a) != rank(b))
		return rank(a) - rank(b);
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return a->group < b->group ? -1 : a->group > b->group;
}

/* In few words: that nothing vouches for a place need not be said if more is known of it. */
static void drop_vague(struct telling *telling)
{
	const struct iova_conflict *reasons = telling->reasons;

	while (telling->n > 1 && rank(&reasons[telling->n - 1]) == RANK_VAGUE &&
	       rank(&reasons[0]) < RANK_VAGUE)
		telling->n--;
}

static int put_reasons(FILE *out, const struct iova_space *space, size_t segment, size_t n,
		       int with_owners)
{
	struct telling telling = {
		.reasons = calloc(n + 1, sizeof *telling.reasons),
		.told = calloc(n + 1, sizeof *telling.told),
		.groups = calloc(n + 1, sizeof *telling.groups),
		.n = n,
		.with_owners = with_owners,
	};
	int r = telling.reasons && telling.told && telling.groups ? 0 : -1;

	for (size_t i = 0; i < n && r == 0; i++)
		r = iova_space_nth_reason(space, segment, i, &telling.reasons[i]);
	if (r == 0) {
		qsort(telling.reasons, n, sizeof *telling.reasons, compare);
		if (!with_owners)
			drop_vague(&telling);
		for (size_t i = 0; i < telling.n; i++)
			put_reason_once(out, &telling, i);
	}
	free(telling.reasons);
	free(telling.told);
	free(telling.groups);
	return r;
}

char *reasons_text(const struct iova_space *space, size_t segment, int with_owners)
{
	struct iova_segment info;
	char *text = NULL;
	size_t size;
	FILE *out;
	int r;

	if (iova_space_nth_segment(space, segment, &info) < 0)
		return NULL;
	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	r = put_reasons(out, space, segment, info.n_reasons, with_owners);
	if (fclose(out) || r < 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_SPACE_HELP_H
#define TESTS_UNIT_SPACE_HELP_H

/* Spaces made in one line, and all that can be read from one, to be compared. After set-help.h. */

#include "space/space.h"

#include <inttypes.h>
#include <stdio.h>

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)
#define PAGE ((uint64_t)4096)
#define LAST_PAGE (TOP - (PAGE - 1))
/* Where the space ends that nothing is known of. */
#define ASSUMED_LAST (((uint64_t)1 << IOVA_ASSUMED_WIDTH) - 1)

static inline struct iova_policy *policy_of(uint32_t mode)
{
	struct iova_policy *policy;

	assert_int_equal(iova_policy_new(mode, &policy), 0);
	return policy;
}

/* granule and width: 0 for the defaults. */
static inline struct iova_space *space_of(uint64_t granule, uint32_t width, uint32_t mode)
{
	struct iova_policy *policy = policy_of(mode);
	struct iova_space_opts opts = {
		.size = sizeof opts,
		.granule = granule,
		.policy = policy,
		.width = width,
	};
	struct iova_space *space;

	assert_int_equal(iova_space_new(&opts, &space), 0);
	iova_policy_free(policy);
	return space;
}

static inline void tell_kernel_(struct iova_space *space, const struct iova_range *ranges, size_t n)
{
	struct iova_set *set = set_of_(ranges, n);

	assert_int_equal(iova_space_set_kernel(space, IOVA_LIST_RANGES, set, NULL), 0);
	iova_set_free(set);
}
#define tell_kernel(space, ...) \
	tell_kernel_((space), (struct iova_range[]){ __VA_ARGS__ }, N_OF(__VA_ARGS__))

static inline void record_mapping(struct iova_space *space, uint64_t start, uint64_t last)
{
	struct iova_mapping mapping = {
		.range = { start, last },
		.vaddr = start + 0x7f0000000000,
		.access = IOVA_READ | IOVA_WRITE,
	};

	assert_int_equal(iova_space_record(space, &mapping), 0);
}

static inline struct iova_set *tier_of(const struct iova_space *space, uint32_t tier)
{
	struct iova_set *set;

	assert_int_equal(iova_set_new(&set), 0);
	assert_int_equal(iova_space_read_tier(space, tier, set), 0);
	return set;
}

static inline void assert_tier_(const struct iova_space *space, uint32_t tier,
				const struct iova_range *ranges, size_t n)
{
	struct iova_set *set = tier_of(space, tier);

	assert_set_(set, ranges, n);
	iova_set_free(set);
}
#define assert_tier(space, tier, ...) \
	assert_tier_((space), (tier), (struct iova_range[]){ __VA_ARGS__ }, N_OF(__VA_ARGS__))
#define assert_no_tier(space, tier) assert_tier_((space), (tier), NULL, 0)

/* A text of fixed room that is only ever added to. */
struct notes {
	char text[1 << 15];
	size_t n;
};

static inline void note(struct notes *notes, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static inline void note(struct notes *notes, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(notes->text + notes->n, sizeof notes->text - notes->n, format, args);
	va_end(args);
	assert_true(n >= 0 && (size_t)n < sizeof notes->text - notes->n);
	notes->n += (size_t)n;
}

static inline void note_range(struct notes *notes, const char *what, const struct iova_range *range)
{
	note(notes, "%s %" PRIx64 "-%" PRIx64, what, range->start, range->last);
}

static inline void note_conflict(struct notes *notes, const struct iova_conflict *c)
{
	note_range(notes, " conflict", &c->range);
	note_range(notes, " of", &c->region);
	note(notes, " source %u type %u verdict %u group %u device %s word %s vaddr %" PRIx64 "\n",
	     (unsigned)c->source, (unsigned)c->type, (unsigned)c->verdict, (unsigned)c->group,
	     c->device, c->word, c->vaddr);
}

static inline void note_set(struct notes *notes, const char *what, const struct iova_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		note_range(notes, what, &set->ranges[i]);
	note(notes, "\n");
}

static inline void note_segments(struct notes *notes, const struct iova_space *space)
{
	struct iova_segment segment;

	for (size_t i = 0; !iova_space_nth_segment(space, i, &segment); i++) {
		note_range(notes, "segment", &segment.range);
		note(notes, " tier %u\n", (unsigned)segment.tier);
		for (size_t k = 0; k < segment.n_reasons; k++) {
			struct iova_conflict reason;

			assert_int_equal(iova_space_nth_reason(space, i, k, &reason), 0);
			note_conflict(notes, &reason);
		}
	}
}

/* Everything that the public functions tell of a space. */
static inline void note_space(struct notes *notes, const struct iova_space *space)
{
	struct iova_mapping mapping;
	uint32_t groups[16], list;

	*notes = (struct notes){ .n = 0 };
	note(notes, "granule %" PRIx64 " top %d\n", iova_space_granule(space),
	     iova_space_top_known(space));
	assert_int_equal(iova_space_read_kernel(space, &list, NULL), 0);
	note(notes, "list %u", (unsigned)list);
	note_set(notes, " kernel", &iova_space_view_(space)->inputs.kernel);
	for (size_t i = 0; i < iova_space_read_groups(space, groups, 16); i++)
		note(notes, "group %u\n", (unsigned)groups[i]);
	for (int i = 0; i < 3; i++)
		note_set(notes, "tier", &iova_space_view_(space)->picture.tiers[i]);
	note_set(notes, "preferred", &iova_space_view_(space)->picture.preferred);
	note_segments(notes, space);
	for (uint64_t at = 0; !iova_space_find(space, at, &mapping); at = mapping.range.last + 1) {
		note_range(notes, "mapping", &mapping.range);
		note(notes, " vaddr %" PRIx64 " access %u\n", mapping.vaddr,
		     (unsigned)mapping.access);
		if (mapping.range.last == TOP)
			break;
	}
	note(notes, "count %zu\n", iova_space_count(space));
}

static inline void note_change(struct notes *notes, const struct iova_change *change)
{
	struct iova_conflict conflict;
	struct iova_mapping mapping;

	*notes = (struct notes){ .n = 0 };
	for (uint32_t tier = IOVA_TIER_USABLE; tier <= IOVA_TIER_REFUSED; tier++) {
		note_set(notes, "entered", iova_change_entered(change, tier));
		note_set(notes, "left", iova_change_left(change, tier));
	}
	for (size_t i = 0; !iova_change_nth_broken(change, i, &mapping, &conflict); i++) {
		note_range(notes, "broken", &mapping.range);
		note_conflict(notes, &conflict);
	}
}

#endif

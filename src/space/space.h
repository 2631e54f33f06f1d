/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SPACE_SPACE_H
#define IOVA_SPACE_SPACE_H

/*
 * The inside of a space. The picture is always the one that the inputs give: an
 * update makes new inputs, a new picture from them and a report, and only when
 * all is made puts them in place.
 *
 * One thread at a time changes a space, and any number of threads may read it
 * meanwhile: what they read of the table is right by the table's own means, the rest is a view
 * that never changes. It is replaced as a whole, and released when nobody reads it any more.
 */

#include "base/readers.h"
#include "space/picture.h"
#include "space/table.h"

#include <libiova/space.h>

/* What was told last, and what follows from it. */
struct iova_view {
	struct iova_inputs inputs;
	struct iova_picture picture;
};

struct iova_space {
	struct iova_view *_Atomic view;
	struct iova_readers readers; /* of the view */
	struct iova_table table;
};

/* For who may change the space, so that nobody replaces the view meanwhile. */
static inline const struct iova_view *iova_space_view_(const struct iova_space *space)
{
	return atomic_load_explicit(&space->view, memory_order_relaxed);
}

/* For everybody: the view stays until iova_space_leave_(), which is to come soon. */
struct view_reader {
	const struct iova_view *view;
	_Atomic uint32_t *inside;
};
static inline struct view_reader iova_space_enter_(const struct iova_space *space)
{
	_Atomic uint32_t *inside = iova_readers_enter_(&space->readers);

	return (struct view_reader){ atomic_load(&space->view), inside };
}
static inline void iova_space_leave_(struct view_reader reader)
{
	iova_readers_leave_(reader.inside);
}

struct broken_mapping {
	struct iova_mapping mapping;
	struct iova_conflict conflict;
};

struct iova_change {
	struct iova_set entered[3]; /* by tier - 1 */
	struct iova_set left[3];
	struct broken_mapping *broken;
	size_t n_broken;
	size_t room;
};

/*
 * Everything a context learns in one go: all at once, or nothing. The groups
 * become exactly those of the host. Returns 0, -EPROTO for an impossible granule, or -ENOMEM.
 */
struct iova_news {
	uint64_t granule;
	uint32_t list;
	const struct iova_set *kernel;
	const struct iova_host *host;
	/*
	 * NULL, or who is asked when all is made and nothing but this can fail any more. A negative
	 * errno is returned, and then nothing has changed.
	 */
	int (*agree)(void *arg, const struct iova_picture *picture);
	void *arg;
};
int iova_space_take_(struct iova_space *space, const struct iova_news *news,
		     struct iova_change *ret_change);

/* change.c. Returns 0 or -ENOMEM; on failure the report is as it was. */
void iova_change_done_(struct iova_change *change);
int iova_change_make_(struct iova_change *change, const struct iova_picture *before,
		      const struct iova_picture *after, const struct iova_table *table,
		      uint64_t granule);

/*
 * check.c: the conflicts of a whole range, lowest first, into the caller's array;
 * returns how many there are. *ret_verdict: the worst, IOVA_VERDICT_ALLOW if none.
 * For who may change the space.
 */
size_t iova_space_conflicts_(const struct iova_space *space, const struct iova_range *range,
			     uint32_t *ret_verdict, struct iova_conflict *ret_conflicts,
			     size_t n_conflicts);

/* alloc.c: iova_space_alloc() within a view, of a length that is a multiple of its granule. */
int iova_view_alloc_(const struct iova_view *view, const struct iova_table *table, uint64_t length,
		     const struct iova_alloc_opts *opts, uint64_t *ret_iova);

/* change.c: the worst that a picture has against a range. */
void iova_picture_worst_(const struct iova_picture *picture, const struct iova_range *range,
			 uint64_t granule, struct iova_conflict *ret_conflict);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* What an address space of iommufd says of itself: IOMMU_IOAS_IOVA_RANGES. */
#include "backend/iommufd.h"
#include "base/failure.h"
#include "base/range.h"
#include "parse/ioas-ranges.h"
#include "uapi/iommufd.h"

#include <libiova/space.h>

#include <stdlib.h>

/* Enough for common machines, so that one call does. */
#define FIRST_ROOM 32
/* Others may attach devices meanwhile, and make the list longer each time. */
#define SLACK 16
#define TRIES 8
#define ROOM_MAX_SANE ((size_t)1 << 20)

/* One call with room for so many. What did not fit is no failure, but says how many there are. */
static int ask(const struct iova_backend *backend, size_t room,
	       struct iova_parsed_ranges *ret_parsed, struct iova_failure *failure)
{
	struct iova_iommu_range *array = calloc(room, sizeof *array);
	struct iova_iommu_ioas_ranges ranges = {
		.size = sizeof ranges,
		.ioas_id = backend->ioas,
		.n_ranges = (uint32_t)room,
		.ranges = (uintptr_t)array,
	};
	int r;

	if (!array)
		return iova_failed_(failure, IOVA_STEP_GET_INFO, IOVA_WHY_UNKNOWN, -ENOMEM);
	r = iova_sys_ioctl_(backend->sys, backend->fd, IOVA_IOMMU_IOAS_IOVA_RANGES, &ranges);
	if (r < 0 && r != -EMSGSIZE) {
		iova_kernel_failed_(failure, IOVA_STEP_GET_INFO, r);
		if (r == -ENOENT)
			failure->why = IOVA_WHY_NO_IOAS;
	} else {
		/* With EMSGSIZE and a number that fits, or the reverse, the reply contradicts itself. */
		bool is_odd = (r < 0) != (ranges.n_ranges > room);

		r = is_odd ? -EPROTO :
			     iova_parse_ioas_ranges_(&ranges, sizeof ranges, array, room,
						     ret_parsed);
		if (r < 0)
			iova_failed_(failure, IOVA_STEP_GET_INFO,
				     r == -EPROTO ? IOVA_WHY_BAD_REPLY : IOVA_WHY_UNKNOWN, r);
	}
	free(array);
	return r;
}

/* Until all fits: the number may change between two calls. */
static int ask_whole(const struct iova_backend *backend, struct iova_parsed_ranges *ret_parsed,
		     struct iova_failure *failure)
{
	size_t room = FIRST_ROOM;

	for (int i = 0; i < TRIES && room <= ROOM_MAX_SANE; i++) {
		struct iova_parsed_ranges parsed = { 0 };
		size_t total;
		int r = ask(backend, room, &parsed, failure);

		if (r < 0)
			return r;
		if (parsed.fits) {
			*ret_parsed = parsed;
			return 0;
		}
		total = parsed.total;
		iova_parsed_ranges_done_(&parsed);
		room = total + SLACK;
	}
	return iova_failed_(failure, IOVA_STEP_GET_INFO, IOVA_WHY_BAD_REPLY, -EPROTO);
}

static bool is_everything(const struct iova_parsed_ranges *parsed)
{
	return parsed->n_ranges == 1 && range_contains(&parsed->ranges[0], &IOVA_WHOLE_SPACE);
}

/*
 * Nothing is reserved before a device is attached, or in a compat container open
 * (io_pagetable.c: iopt_init_table), and what has no limits yet tells nothing of those to come.
 */
int iova_ioas_read_(const struct iova_backend *backend, uint64_t processor_page, bool attached,
		    struct iova_backend_state *ret_state, struct iova_failure *failure)
{
	struct iova_backend_state state = { .granule = processor_page, .list = IOVA_LIST_RANGES };
	struct iova_parsed_ranges parsed = { .n_ranges = 0 };
	int r = ask_whole(backend, &parsed, failure);

	if (r < 0)
		return r;
	/* 1 is what an address space without a page table has. */
	if (parsed.alignment > 1)
		state.granule = parsed.alignment;
	state.oddities = parsed.oddities;
	if (is_everything(&parsed))
		state.list = attached ? IOVA_LIST_UNRESTRICTED : IOVA_LIST_NONE;
	else
		for (size_t i = 0; i < parsed.n_ranges && r >= 0; i++)
			r = iova_set_add(&state.ranges, &parsed.ranges[i]);
	iova_parsed_ranges_done_(&parsed);
	if (r < 0) {
		iova_backend_state_done_(&state);
		return iova_failed_(failure, IOVA_STEP_GET_INFO, IOVA_WHY_UNKNOWN, r);
	}
	*ret_state = state;
	return 0;
}

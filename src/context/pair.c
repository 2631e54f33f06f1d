/* SPDX-License-Identifier: BSD-3-Clause */
/* What two contexts on one iommufd can do: share memory, and hand a device over. */
#include "backend/iommufd.h"
#include "base/failure.h"
#include "base/range.h"
#include "base/text.h"
#include "context/attach.h"
#include "context/map.h"
#include "context/requests.h"

#include <libiova/iommufd.h>

#include <errno.h>
#include <string.h>

struct pair {
	struct iova_ctx *from;
	struct iova_ctx *to;
};

static void lock(const struct pair *pair)
{
	bool from_first = (uintptr_t)pair->from < (uintptr_t)pair->to;

	pthread_mutex_lock(from_first ? &pair->from->lock : &pair->to->lock);
	pthread_mutex_lock(from_first ? &pair->to->lock : &pair->from->lock);
}

static void unlock(const struct pair *pair)
{
	pthread_mutex_unlock(&pair->from->lock);
	pthread_mutex_unlock(&pair->to->lock);
}

static int check_pair(const struct pair *pair, struct iova_failure *failure)
{
	int r = iova_ctx_need_iommufd_(pair->from, failure);

	if (r >= 0)
		r = iova_ctx_need_iommufd_(pair->to, failure);
	if (r < 0)
		return r;
	/* Ids mean nothing to another iommufd, and would name something else there. */
	if (pair->from->backend.sys != pair->to->backend.sys ||
	    pair->from->backend.fd != pair->to->backend.fd)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_OTHER_IOMMUFD, -EINVAL);
	return 0;
}

/* A part of what is copied: a mapping that is to be, the address it comes from, and its file or -1. */
struct part {
	struct iova_mapping mapping;
	uint64_t from;
	int file;
};

/* The part of the source that begins at an address; it must be mapped. */
static int part_at(const struct pair *pair, const struct iova_range *source, uint64_t at,
		   const struct iova_range *target, struct part *ret_part,
		   struct iova_failure *failure)
{
	struct iova_mapping mapping;

	if (!iova_table_find_(&pair->from->space->table, at, &mapping) ||
	    mapping.range.start > at) {
		failure->iova = at;
		return iova_failed_(failure, IOVA_STEP_CHECK, IOVA_WHY_NOT_MAPPED, -ENOENT);
	}
	ret_part->from = at;
	ret_part->file = iova_ctx_file_at_(pair->from, mapping.range.start);
	if (mapping.range.last > source->last)
		mapping.range.last = source->last;
	ret_part->mapping = (struct iova_mapping){
		.range = { target->start + (at - source->start),
			   target->start + (mapping.range.last - source->start) },
		.vaddr = mapping.vaddr + (at - mapping.range.start),
	};
	return 0;
}

static int copy_part(const struct pair *pair, const struct part *part, struct iova_failure *failure)
{
	struct iova_ctx *to = pair->to;
	const struct iova_range *range = &part->mapping.range;
	int r = iova_table_reserve_(&to->space->table, 1);

	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_COPY, IOVA_WHY_UNKNOWN, r);
	if (part->file >= 0)
		r = iova_ctx_keep_file_(to, range->start, part->file, IOVA_STEP_COPY, failure);
	if (r < 0)
		return r;
	r = iova_ioas_copy_(&to->backend, pair->from->backend.ioas, part->from, range,
			    part->mapping.access, failure);
	if (r == -EEXIST)
		failure->why = IOVA_WHY_OVERLAP;
	/* Nothing is recorded there, and there is room. */
	if (r >= 0)
		r = iova_table_insert_(&to->space->table, &part->mapping);
	if (r < 0)
		iova_ctx_forget_files_(to, range);
	return r;
}

/* Its pages are charged where they were mapped first, and so count for nothing here. */
static int copy_parts(const struct pair *pair, const struct iova_range *source,
		      const struct iova_range *target, uint32_t access,
		      struct iova_failure *failure)
{
	uint64_t at = source->start;
	struct part part = { .file = -1 };
	int r;

	for (;;) {
		r = part_at(pair, source, at, target, &part, failure);
		if (r < 0)
			break;
		part.mapping.access = access;
		failure->iova = part.mapping.range.start;
		failure->length = part.mapping.range.last - part.mapping.range.start + 1;
		r = copy_part(pair, &part, failure);
		if (r < 0)
			break;
		if (part.mapping.range.last == target->last)
			return 0;
		at = source->start + (part.mapping.range.last - target->start) + 1;
	}
	if (at != source->start) {
		struct iova_range done = { target->start,
					   target->start + (at - source->start) - 1 };
		struct iova_failure second = iova_failure_about_(IOVA_GROUP_NONE);
		uint64_t locked = pair->to->memory.locked;
		int undone = iova_ctx_unmap_range_(pair->to, &done, NULL, &second);

		/* Nothing was added to it either. */
		pair->to->memory.locked = locked;
		if (undone < 0)
			iova_log_(&pair->to->log, IOVA_LOG_ERR,
				  "0x%llx-0x%llx was copied and cannot be unmapped again: errno %d",
				  (unsigned long long)done.start, (unsigned long long)done.last,
				  -second.error);
	}
	return r;
}

/* All of it is mapped: before the first request is made. */
static int check_source(const struct pair *pair, const struct iova_range *source,
			const struct iova_range *target, struct iova_failure *failure)
{
	struct part part = { .mapping.range.last = 0 };
	uint64_t at = source->start;

	for (;;) {
		int r = part_at(pair, source, at, target, &part, failure);

		if (r < 0 || part.mapping.range.last == target->last)
			return r;
		at = source->start + (part.mapping.range.last - target->start) + 1;
	}
}

static int copy(const struct pair *pair, uint64_t from_iova, uint64_t length, uint64_t to_iova,
		const struct iova_map_opts *opts, struct iova_failure *failure)
{
	struct iova_map_request request = { .length = length, .file = -1 };
	struct iova_range source;
	int r = check_pair(pair, failure);

	if (r >= 0)
		r = iova_ctx_read_map_opts_(opts, &request, failure);
	if (r >= 0 && (request.opts.flags & ~IOVA_MAP_NO_WARN))
		r = iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_OPTIONS, -EINVAL);
	if (r >= 0)
		r = iova_ctx_read_range_(pair->from, from_iova, length, &source, failure);
	if (r >= 0)
		r = iova_ctx_check_memory_(pair->to, 0, length, failure);
	if (r >= 0)
		r = iova_ctx_place_(to_iova, length, &request.mapping.range, failure);
	if (r >= 0)
		r = check_source(pair, &source, &request.mapping.range, failure);
	if (r >= 0)
		r = iova_ctx_check_overlap_(pair->to, &request.mapping, 0, failure);
	if (r >= 0)
		r = iova_ctx_check_policy_(pair->to, &request.mapping.range, request.opts.flags,
					   failure);
	if (r < 0)
		return r;
	return copy_parts(pair, &source, &request.mapping.range, request.mapping.access, failure);
}

IOVA_API int iova_ctx_copy(struct iova_ctx *from, uint64_t from_iova, uint64_t length,
			   struct iova_ctx *to, uint64_t to_iova, const struct iova_map_opts *opts,
			   struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	const struct pair pair = { from, to };
	int r;

	if (!from || !to || from == to)
		return iova_failure_null_(reterr_failure);
	lock(&pair);
	r = copy(&pair, from_iova, length, to_iova, opts, &failure);
	r = iova_ctx_give_(to, reterr_failure, &failure, r);
	unlock(&pair);
	return r;
}

/* Where the device came from is a context that lost one: what it may use can only have grown. */
static void look_after_leaving(struct iova_ctx *from)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	int r = iova_ctx_read_host_(from, IOVA_GROUP_NONE, &failure);

	if (r >= 0)
		r = iova_ctx_take_(from, NULL, &failure);
	if (r < 0)
		iova_log_(&from->log, IOVA_LOG_WARNING,
			  "after a device has gone, the valid ranges could not be read: errno %d",
			  -r);
}

static int move(const struct pair *pair, const char *name, struct iova_change *ret_change,
		struct iova_failure *failure)
{
	char address[IOVA_DEVICE_NAME_MAX];
	size_t i;
	int r = check_pair(pair, failure);

	if (r < 0)
		return r;
	r = iova_device_name_parse(name, &address);
	iova_text_copy_(failure->device, sizeof failure->device, r < 0 ? name : address);
	if (r < 0)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_BAD_DEVICE_NAME, r);
	i = iova_ctx_find_attached_(pair->from, address);
	if (i == pair->from->n_devices)
		return iova_failed_(failure, IOVA_STEP_ARGUMENT, IOVA_WHY_NOT_ATTACHED, -ENOENT);
	failure->group = pair->from->devices[i].group;
	r = iova_ctx_check_last_(pair->from, iova_ctx_count_devices_(pair->from, failure->group),
				 failure);
	if (r >= 0)
		r = iova_ctx_move_group_(pair->to, pair->from, failure->group, ret_change, failure);
	if (r >= 0)
		look_after_leaving(pair->from);
	return r;
}

IOVA_API int iova_ctx_move_device(struct iova_ctx *from, const char *name, struct iova_ctx *to,
				  struct iova_change *ret_change,
				  struct iova_failure *reterr_failure)
{
	struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
	const struct pair pair = { from, to };
	int r;

	if (!from || !to || !name || from == to)
		return iova_failure_null_(reterr_failure);
	lock(&pair);
	r = move(&pair, name, ret_change, &failure);
	r = iova_ctx_give_(to, reterr_failure, &failure, r);
	unlock(&pair);
	return r;
}

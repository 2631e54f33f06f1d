/* SPDX-License-Identifier: BSD-3-Clause */
/* The ioctls of VFIO and their answers, in words. */
#include "witness.h"

#include "say.h"
#include "uapi/vfio.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void say_add_(struct line *line, const char *format, ...)
{
	size_t room = sizeof line->text - line->length;
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(line->text + line->length, room, format, list);
	va_end(list);
	line->length += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
}

const char *say_answer_(int64_t answer, char room[32])
{
	const char *name = answer < 0 ? strerrorname_np((int)-answer) : NULL;

	if (name)
		snprintf(room, 32, "%s", name);
	else
		snprintf(room, 32, "%" PRId64, answer);
	return room;
}

void say_add_answer_(struct line *line, const struct asked *asked)
{
	char room[32];

	say_add_(line, " = %s", say_answer_(asked->answer, room));
}

size_t asked_size_(unsigned long request)
{
	switch (request) {
	case IOVA_VFIO_GROUP_GET_STATUS:
		return sizeof(struct iova_vfio_group_status);
	case IOVA_VFIO_IOMMU_GET_INFO:
		return IOVA_VFIO_INFO_LEAST;
	case IOVA_VFIO_IOMMU_MAP_DMA:
		return sizeof(struct iova_vfio_map);
	case IOVA_VFIO_IOMMU_UNMAP_DMA:
		return sizeof(struct iova_vfio_unmap);
	default:
		return asked_size_of_iommufd_(request);
	}
}

static uint64_t field(const void *reply, size_t at, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, (const char *)reply + at, size);
	return value;
}

static void add_cap_body(struct line *line, const char *body, size_t room, uint16_t id)
{
	if (id == IOVA_VFIO_CAP_IOVA_RANGE && room >= 8) {
		uint64_t n = field(body, 0, 4);

		say_add_(line, "ranges");
		if (field(body, 4, 4))
			say_add_(line, " reserved %#" PRIx64, field(body, 4, 4));
		for (uint64_t i = 0; i < n && 24 + i * 16 <= room; i++)
			say_add_(line, " %#" PRIx64 "-%#" PRIx64, field(body, 8 + i * 16, 8),
				 field(body, 16 + i * 16, 8));
	} else if (id == IOVA_VFIO_CAP_MIGRATION && room >= 24) {
		say_add_(line, "migration flags %#" PRIx64 " pages %#" PRIx64 " bitmap %#" PRIx64,
			 field(body, 0, 4), field(body, 8, 8), field(body, 16, 8));
	} else if (id == IOVA_VFIO_CAP_DMA_AVAIL && room >= 4) {
		say_add_(line, "avail");
	} else {
		say_add_(line, "cap %u", id);
	}
}

/*
 * The chain as it lies there, with the place of each capability. The number of
 * mappings left is all that changes often; it is told apart, in the call's line.
 */
static void add_caps(struct line *line, struct line *left, const char *reply, size_t room)
{
	uint64_t at = field(reply, 16, 4);

	for (int i = 0; i < 8 && at >= IOVA_VFIO_INFO_LEAST && at + 12 <= room; i++) {
		uint16_t id = (uint16_t)field(reply, at, 2);

		say_add_(line, "; at %" PRIu64 " v%" PRIu64 " ", at, field(reply, at + 2, 2));
		add_cap_body(line, reply + at + 8, room - at - 8, id);
		if (id == IOVA_VFIO_CAP_DMA_AVAIL)
			say_add_(left, ", %" PRIu64 " left", field(reply, at + 8, 4));
		at = field(reply, at + 4, 4);
	}
}

/* Only what lies within the caller's argsz is the kernel's to write, and ours to look at. */
static void say_info(struct transcript *transcript, struct line *line, const struct asked *asked)
{
	size_t room = (size_t)field(asked->before, 0, 4);
	const char *reply = asked->argument;
	struct line whole = { 0 }, left = { 0 };

	say_add_(line, "get info, argsz %zu", room);
	say_add_answer_(line, asked);
	if (asked->answer < 0)
		return;
	say_add_(line, ", argsz %" PRIu64, field(reply, 0, 4));
	say_add_(&whole, "flags %#" PRIx64 " pages %#" PRIx64, field(reply, 4, 4),
		 field(reply, 8, 8));
	for (size_t i = IOVA_VFIO_INFO_LEAST; i < room && i < 24; i++)
		say_add_(&whole, "%s%02x", i == IOVA_VFIO_INFO_LEAST ? " then " : "",
			 (unsigned char)reply[i]);
	if (room >= 24 && field(reply, 4, 4) & IOVA_VFIO_INFO_CAPS)
		add_caps(&whole, &left, reply, room);
	say_add_(line, ", %016" PRIx64 "%s", transcript_long(transcript, whole.text), left.text);
}

static void add_flags(struct line *line, uint32_t flags)
{
	if (flags == (IOVA_VFIO_MAP_READ | IOVA_VFIO_MAP_WRITE))
		say_add_(line, " rw");
	else if (flags == IOVA_VFIO_MAP_READ)
		say_add_(line, " ro");
	else
		say_add_(line, " flags %#x", flags);
}

/* Of the memory, where it lies within its page: that is what the kernel looks at. */
static void say_map(struct transcript *transcript, struct line *line, const struct asked *asked)
{
	struct iova_vfio_map map;
	char before[80];

	memcpy(&map, asked->before, sizeof map);
	say_add_(line, "map ");
	if (map.argsz != sizeof map)
		say_add_(line, "argsz %u ", map.argsz);
	snprintf(before, sizeof before, "%.79s", line->text);
	line->length = 0;
	say_add_(line, "+%#" PRIx64, map.size);
	add_flags(line, map.flags);
	if (map.size && map.vaddr + (map.size - 1) < map.vaddr)
		say_add_(line, " wrapping memory");
	if (map.vaddr % 4096)
		say_add_(line, " memory at %#" PRIx64 " in its page", map.vaddr % 4096);
	say_add_answer_(line, asked);
	transcript_call(transcript, before, map.iova, line->text);
}

/* The size that comes back: on an error, only if it is not what was sent. */
static void say_unmap(struct transcript *transcript, struct line *line, const struct asked *asked)
{
	struct iova_vfio_unmap was, is;
	char before[80];

	memcpy(&was, asked->before, sizeof was);
	memcpy(&is, asked->argument, sizeof is);
	say_add_(line, "unmap ");
	if (was.argsz != sizeof was)
		say_add_(line, "argsz %u ", was.argsz);
	snprintf(before, sizeof before, "%.79s", line->text);
	line->length = 0;
	say_add_(line, "+%#" PRIx64, was.size);
	if (was.flags)
		say_add_(line, " flags %#x", was.flags);
	say_add_answer_(line, asked);
	if (asked->answer >= 0 || is.size != was.size)
		say_add_(line, ", size %#" PRIx64, is.size);
	if (is.iova != was.iova || is.flags != was.flags || is.argsz != was.argsz)
		say_add_(line, ", more changed");
	transcript_call(transcript, before, was.iova, line->text);
}

static void say_status(struct line *line, const struct asked *asked)
{
	struct iova_vfio_group_status was, is;

	memcpy(&was, asked->before, sizeof was);
	memcpy(&is, asked->argument, sizeof is);
	say_add_(line, "get status");
	if (was.argsz != sizeof was)
		say_add_(line, " argsz %u", was.argsz);
	say_add_answer_(line, asked);
	if (is.flags != was.flags || asked->answer >= 0)
		say_add_(line, ", flags %#x", is.flags);
}

/* The requests without a struct. */
static void say_plain(struct line *line, const struct asked *asked)
{
	switch (asked->request) {
	case IOVA_VFIO_GET_API_VERSION:
		say_add_(line, "get api version");
		break;
	case IOVA_VFIO_CHECK_EXTENSION:
		say_add_(line, "check extension %" PRIuPTR, (uintptr_t)asked->argument);
		break;
	case IOVA_VFIO_SET_IOMMU:
		say_add_(line, "set iommu %" PRIuPTR, (uintptr_t)asked->argument);
		break;
	case IOVA_VFIO_GROUP_SET_CONTAINER:
		say_add_(line, "set container to %s", asked->named ? asked->named : "nothing");
		break;
	case IOVA_VFIO_GROUP_UNSET_CONTAINER:
		say_add_(line, "unset container");
		break;
	case IOVA_VFIO_GROUP_GET_DEVICE_FD:
		say_add_(line, "get device \"%.64s\"",
			 asked->argument ? (const char *)asked->argument : "");
		break;
	default:
		say_add_(line, "ioctl %#lx", asked->request);
		break;
	}
	say_add_answer_(line, asked);
}

void say_(struct transcript *transcript, const struct asked *asked)
{
	struct line line = { 0 };

	if (asked_size_of_iommufd_(asked->request) && asked->argument) {
		say_iommufd_(transcript, asked);
		return;
	}
	if (strcmp(asked->who, "container"))
		say_add_(&line, "%.64s: ", asked->who);
	if (asked_size_(asked->request) && !asked->argument) {
		say_add_(&line, "ioctl %#lx without a struct", asked->request);
		say_add_answer_(&line, asked);
	} else if (asked->request == IOVA_VFIO_IOMMU_MAP_DMA) {
		say_map(transcript, &line, asked);
		return;
	} else if (asked->request == IOVA_VFIO_IOMMU_UNMAP_DMA) {
		say_unmap(transcript, &line, asked);
		return;
	} else if (asked->request == IOVA_VFIO_IOMMU_GET_INFO) {
		say_info(transcript, &line, asked);
	} else if (asked->request == IOVA_VFIO_GROUP_GET_STATUS) {
		say_status(&line, asked);
	} else {
		say_plain(&line, asked);
	}
	transcript_line(transcript, line.text);
}

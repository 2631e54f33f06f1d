/* SPDX-License-Identifier: BSD-3-Clause */
/* The ioctls of iommufd and of character devices, and their answers, in words. */
#include "witness.h"

#include "say.h"
#include "uapi/iommufd.h"
#include "uapi/vfio.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define SIZES(X)                                                       \
	X(IOVA_IOMMU_DESTROY, struct iova_iommu_destroy)               \
	X(IOVA_IOMMU_IOAS_ALLOC, struct iova_iommu_ioas_alloc)         \
	X(IOVA_IOMMU_IOAS_COPY, struct iova_iommu_ioas_copy)           \
	X(IOVA_IOMMU_IOAS_IOVA_RANGES, struct iova_iommu_ioas_ranges)  \
	X(IOVA_IOMMU_IOAS_MAP, struct iova_iommu_ioas_map)             \
	X(IOVA_IOMMU_IOAS_UNMAP, struct iova_iommu_ioas_unmap)         \
	X(IOVA_IOMMU_OPTION, struct iova_iommu_option)                 \
	X(IOVA_IOMMU_VFIO_IOAS, struct iova_iommu_vfio_ioas)           \
	X(IOVA_IOMMU_GET_HW_INFO, struct iova_iommu_hw_info)           \
	X(IOVA_IOMMU_IOAS_MAP_FILE, struct iova_iommu_ioas_map_file)   \
	X(IOVA_VFIO_DEVICE_GET_INFO, struct iova_vfio_device_info)     \
	X(IOVA_VFIO_DEVICE_BIND_IOMMUFD, struct iova_vfio_bind)        \
	X(IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT, struct iova_vfio_attach) \
	X(IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT, struct iova_vfio_detach)

size_t asked_size_of_iommufd_(unsigned long request)
{
	switch (request) {
#define SIZE(number, type) \
	case number:       \
		return sizeof(type);
		SIZES(SIZE)
#undef SIZE
	case IOVA_IOMMU_IOAS_ALLOW_IOVAS:
		return IOVA_IOMMU_ALLOW_SIZE;
	default:
		return 0;
	}
}

/* Each struct begins with its size; told where it is not the one that is meant. */
static void add_size(struct line *line, const struct asked *asked)
{
	uint32_t size;

	memcpy(&size, asked->before, sizeof size);
	if (size != asked_size_of_iommufd_(asked->request))
		say_add_(line, " size %" PRIu32, size);
}

static void add_access(struct line *line, uint32_t flags)
{
	uint32_t both = IOVA_IOMMU_MAP_READ | IOVA_IOMMU_MAP_WRITE;

	if ((flags & both) == both)
		say_add_(line, " rw");
	else if (flags & IOVA_IOMMU_MAP_READ)
		say_add_(line, " ro");
	if (flags & ~(both | IOVA_IOMMU_MAP_FIXED) || !(flags & IOVA_IOMMU_MAP_READ))
		say_add_(line, " flags %#" PRIx32, flags);
}

/* An address that the caller chose goes before the rest, where the transcript looks for rows. */
static void tell_placed(struct transcript *transcript, const char *what, bool is_fixed,
			uint64_t iova, struct line *rest)
{
	struct line line = { 0 };

	if (is_fixed) {
		transcript_call(transcript, what, iova, rest->text);
		return;
	}
	say_add_(&line, "%sanywhere %s", what, rest->text);
	transcript_line(transcript, line.text);
}

static void say_map(struct transcript *transcript, const struct asked *asked)
{
	struct iova_iommu_ioas_map was, is;
	struct line what = { 0 }, rest = { 0 };
	bool is_fixed;

	memcpy(&was, asked->before, sizeof was);
	memcpy(&is, asked->argument, sizeof is);
	is_fixed = was.flags & IOVA_IOMMU_MAP_FIXED;
	say_add_(&what, "%.64s: map in ioas %" PRIu32 " ", asked->who, was.ioas_id);
	say_add_(&rest, "+%#" PRIx64, was.length);
	add_access(&rest, was.flags);
	add_size(&rest, asked);
	if (was.vaddr % 4096)
		say_add_(&rest, " memory at %#" PRIx64 " in its page", was.vaddr % 4096);
	say_add_answer_(&rest, asked);
	if (!is_fixed && asked->answer >= 0)
		say_add_(&rest, ", at %#" PRIx64, is.iova);
	else if (is.iova != was.iova)
		say_add_(&rest, ", another address");
	tell_placed(transcript, what.text, is_fixed, was.iova, &rest);
}

static void say_map_file(struct transcript *transcript, const struct asked *asked)
{
	struct iova_iommu_ioas_map_file was, is;
	struct line what = { 0 }, rest = { 0 };
	bool is_fixed;

	memcpy(&was, asked->before, sizeof was);
	memcpy(&is, asked->argument, sizeof is);
	is_fixed = was.flags & IOVA_IOMMU_MAP_FIXED;
	say_add_(&what, "%.64s: map file in ioas %" PRIu32 " ", asked->who, was.ioas_id);
	say_add_(&rest, "+%#" PRIx64 " from %#" PRIx64, was.length, was.start);
	add_access(&rest, was.flags);
	add_size(&rest, asked);
	say_add_answer_(&rest, asked);
	if (!is_fixed && asked->answer >= 0)
		say_add_(&rest, ", at %#" PRIx64, is.iova);
	tell_placed(transcript, what.text, is_fixed, was.iova, &rest);
}

static void say_copy(struct transcript *transcript, const struct asked *asked)
{
	struct iova_iommu_ioas_copy was, is;
	struct line what = { 0 }, rest = { 0 };
	bool is_fixed;

	memcpy(&was, asked->before, sizeof was);
	memcpy(&is, asked->argument, sizeof is);
	is_fixed = was.flags & IOVA_IOMMU_MAP_FIXED;
	say_add_(&what, "%.64s: copy from ioas %" PRIu32 " to %" PRIu32 " ", asked->who,
		 was.src_ioas_id, was.dst_ioas_id);
	say_add_(&rest, "+%#" PRIx64 " from %#" PRIx64, was.length, was.src_iova);
	add_access(&rest, was.flags);
	add_size(&rest, asked);
	say_add_answer_(&rest, asked);
	if (!is_fixed && asked->answer >= 0)
		say_add_(&rest, ", at %#" PRIx64, is.dst_iova);
	tell_placed(transcript, what.text, is_fixed, was.dst_iova, &rest);
}

static void say_unmap(struct transcript *transcript, const struct asked *asked)
{
	struct iova_iommu_ioas_unmap was, is;
	struct line what = { 0 }, rest = { 0 };

	memcpy(&was, asked->before, sizeof was);
	memcpy(&is, asked->argument, sizeof is);
	say_add_(&what, "%.64s: unmap in ioas %" PRIu32 " ", asked->who, was.ioas_id);
	say_add_(&rest, "+%#" PRIx64, was.length);
	add_size(&rest, asked);
	say_add_answer_(&rest, asked);
	if (asked->answer >= 0 || is.length != was.length)
		say_add_(&rest, ", length %#" PRIx64, is.length);
	transcript_call(transcript, what.text, was.iova, rest.text);
}

static void add_ranges(struct transcript *transcript, struct line *line, uint64_t address,
		       uint32_t n)
{
	const struct iova_iommu_range *ranges = (const void *)(uintptr_t)address;
	struct line whole = { 0 };

	say_add_(&whole, "ranges");
	for (uint32_t i = 0; i < n; i++)
		say_add_(&whole, " %#" PRIx64 "-%#" PRIx64, ranges[i].start, ranges[i].last);
	say_add_(line, ", %016" PRIx64, transcript_long(transcript, whole.text));
}

static void say_ranges(struct transcript *transcript, struct line *line, const struct asked *asked)
{
	struct iova_iommu_ioas_ranges was, is;

	memcpy(&was, asked->before, sizeof was);
	memcpy(&is, asked->argument, sizeof is);
	say_add_(line, "ranges of ioas %" PRIu32 ", room %" PRIu32, was.ioas_id, was.n_ranges);
	add_size(line, asked);
	say_add_answer_(line, asked);
	if (asked->answer >= 0 || is.n_ranges != was.n_ranges)
		say_add_(line, ", there are %" PRIu32, is.n_ranges);
	if (asked->answer >= 0 || is.out_alignment != was.out_alignment)
		say_add_(line, ", alignment %#" PRIx64, is.out_alignment);
	if (asked->answer >= 0 && is.n_ranges <= was.n_ranges)
		add_ranges(transcript, line, is.ranges, is.n_ranges);
}

static void say_allow(struct transcript *transcript, struct line *line, const struct asked *asked)
{
	struct iova_iommu_ioas_ranges was = { 0 };

	memcpy(&was, asked->before, IOVA_IOMMU_ALLOW_SIZE);
	say_add_(line, "allow in ioas %" PRIu32 ", %" PRIu32 " ranges", was.ioas_id, was.n_ranges);
	add_size(line, asked);
	add_ranges(transcript, line, was.ranges, was.n_ranges);
	say_add_answer_(line, asked);
}

static void say_objects(struct line *line, const struct asked *asked)
{
	struct iova_iommu_ioas_alloc alloc;
	struct iova_iommu_destroy destroy;
	struct iova_iommu_hw_info info;

	if (asked->request == IOVA_IOMMU_IOAS_ALLOC) {
		memcpy(&alloc, asked->argument, sizeof alloc);
		say_add_(line, "alloc ioas");
		add_size(line, asked);
		say_add_answer_(line, asked);
		if (asked->answer >= 0)
			say_add_(line, ", id %" PRIu32, alloc.out_ioas_id);
	} else if (asked->request == IOVA_IOMMU_DESTROY) {
		memcpy(&destroy, asked->before, sizeof destroy);
		say_add_(line, "destroy %" PRIu32, destroy.id);
		add_size(line, asked);
		say_add_answer_(line, asked);
	} else {
		memcpy(&info, asked->argument, sizeof info);
		say_add_(line, "get hw info of %" PRIu32, info.device_id);
		add_size(line, asked);
		say_add_answer_(line, asked);
		if (asked->answer >= 0)
			say_add_(line, ", type %" PRIu32, info.out_type);
	}
}

static void say_options(struct line *line, const struct asked *asked)
{
	struct iova_iommu_vfio_ioas ioas;
	struct iova_iommu_option was, is;

	if (asked->request == IOVA_IOMMU_VFIO_IOAS) {
		memcpy(&ioas, asked->argument, sizeof ioas);
		say_add_(line, "vfio ioas, op %u", ioas.op);
		if (ioas.op == IOVA_IOMMU_VFIO_IOAS_SET)
			say_add_(line, " to %" PRIu32, ioas.ioas_id);
		add_size(line, asked);
		say_add_answer_(line, asked);
		if (asked->answer >= 0 && ioas.op == IOVA_IOMMU_VFIO_IOAS_GET)
			say_add_(line, ", id %" PRIu32, ioas.ioas_id);
		return;
	}
	memcpy(&was, asked->before, sizeof was);
	memcpy(&is, asked->argument, sizeof is);
	say_add_(line, "option %" PRIu32 " of %" PRIu32 ", op %u", was.option, was.object, was.op);
	if (was.op == IOVA_IOMMU_OPTION_SET)
		say_add_(line, " to %" PRIu64, was.value);
	add_size(line, asked);
	say_add_answer_(line, asked);
	if (asked->answer >= 0 && was.op == IOVA_IOMMU_OPTION_GET)
		say_add_(line, ", %" PRIu64, is.value);
}

static void say_device(struct line *line, const struct asked *asked)
{
	struct iova_vfio_attach was, is;
	struct iova_vfio_bind bind;

	switch (asked->request) {
	case IOVA_VFIO_DEVICE_BIND_IOMMUFD:
		memcpy(&bind, asked->argument, sizeof bind);
		say_add_(line, "bind to %.64s", asked->named ? asked->named : "nothing");
		add_size(line, asked);
		say_add_answer_(line, asked);
		if (asked->answer >= 0 || bind.out_device_id)
			say_add_(line, ", id %" PRIu32, bind.out_device_id);
		break;
	case IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT:
		memcpy(&was, asked->before, sizeof was);
		memcpy(&is, asked->argument, sizeof is);
		say_add_(line, "attach to %" PRIu32, was.pt_id);
		add_size(line, asked);
		say_add_answer_(line, asked);
		if (asked->answer >= 0 || is.pt_id != was.pt_id)
			say_add_(line, ", page table %" PRIu32, is.pt_id);
		break;
	default:
		/* What a device has is its driver's to say. */
		say_add_(line, asked->request == IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT ?
				       "detach" :
				       "get device info");
		add_size(line, asked);
		say_add_answer_(line, asked);
		break;
	}
}

static bool say_placed(struct transcript *transcript, const struct asked *asked)
{
	switch (asked->request) {
	case IOVA_IOMMU_IOAS_MAP:
		say_map(transcript, asked);
		return true;
	case IOVA_IOMMU_IOAS_MAP_FILE:
		say_map_file(transcript, asked);
		return true;
	case IOVA_IOMMU_IOAS_COPY:
		say_copy(transcript, asked);
		return true;
	case IOVA_IOMMU_IOAS_UNMAP:
		say_unmap(transcript, asked);
		return true;
	default:
		return false;
	}
}

void say_iommufd_(struct transcript *transcript, const struct asked *asked)
{
	struct line line = { 0 };

	if (say_placed(transcript, asked))
		return;
	say_add_(&line, "%.64s: ", asked->who);
	switch (asked->request) {
	case IOVA_IOMMU_IOAS_IOVA_RANGES:
		say_ranges(transcript, &line, asked);
		break;
	case IOVA_IOMMU_IOAS_ALLOW_IOVAS:
		say_allow(transcript, &line, asked);
		break;
	case IOVA_IOMMU_IOAS_ALLOC:
	case IOVA_IOMMU_DESTROY:
	case IOVA_IOMMU_GET_HW_INFO:
		say_objects(&line, asked);
		break;
	case IOVA_IOMMU_VFIO_IOAS:
	case IOVA_IOMMU_OPTION:
		say_options(&line, asked);
		break;
	default:
		say_device(&line, asked);
		break;
	}
	transcript_line(transcript, line.text);
}

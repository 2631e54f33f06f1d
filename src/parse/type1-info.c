/* SPDX-License-Identifier: BSD-3-Clause */
#include "parse/type1-info.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "uapi/vfio.h"

/* Where the first capability may be at the earliest: 32-bit kernels before 6.7 had 20 bytes. */
#define CHAIN_LEAST (offsetof(struct iova_vfio_info, cap_offset) + sizeof(uint32_t))

#define CAP_SIZE sizeof(struct iova_vfio_cap)
#define CAP_VERSION 1

/* The bytes of a reply that mean something. */
struct reply {
	const unsigned char *bytes;
	uint32_t length;
};

/* One capability: its own bytes are those from at, header included, up to the next one. */
struct cap {
	struct iova_vfio_cap header;
	const unsigned char *at;
	uint32_t length;
};

static uint32_t load32(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof value);
	return value;
}

static uint64_t load64(const unsigned char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof value);
	return value;
}

/* Read a header at an offset that was checked, and check the next one. */
static int read_cap(const struct reply *reply, uint32_t offset, struct cap *ret_cap)
{
	struct cap cap = { .at = reply->bytes + offset, .length = reply->length - offset };

	memcpy(&cap.header, cap.at, sizeof cap.header);
	if (cap.header.next) {
		/* Going back, or into this header, may never end. */
		if (cap.header.next < offset + CAP_SIZE ||
		    cap.header.next > reply->length - CAP_SIZE)
			return -EPROTO;
		cap.length = cap.header.next - offset;
	}
	*ret_cap = cap;
	return 0;
}

static int read_ranges(const unsigned char *at, uint32_t n, struct iova_parsed_info *info)
{
	struct iova_parsed_list list;
	int r = iova_parse_range_list_(at, n, &list);

	if (r < 0)
		return r;
	info->ranges = list.ranges;
	info->n_ranges = list.n;
	info->oddities |= list.oddities;
	return 0;
}

static int take_list(const struct cap *cap, struct iova_parsed_info *info)
{
	const uint32_t fixed = CAP_SIZE + sizeof(struct iova_vfio_cap_list);
	uint32_t n;

	if (cap->length < fixed)
		return -EPROTO;
	n = load32(cap->at + CAP_SIZE + offsetof(struct iova_vfio_cap_list, n_ranges));
	if (n > (cap->length - fixed) / (2 * sizeof(uint64_t)))
		return -EPROTO;
	if (info->has_list) {
		info->oddities |= IOVA_INFO_DUPLICATE;
		return 0;
	}
	info->has_list = true;
	return read_ranges(cap->at + fixed, n, info);
}

static int take_available(const struct cap *cap, struct iova_parsed_info *info)
{
	if (cap->length < CAP_SIZE + sizeof info->available)
		return -EPROTO;
	if (info->has_available) {
		info->oddities |= IOVA_INFO_DUPLICATE;
		return 0;
	}
	info->has_available = true;
	info->available = load32(cap->at + CAP_SIZE);
	return 0;
}

static int take_cap(const struct cap *cap, bool *has_migration, struct iova_parsed_info *info)
{
	uint16_t id = cap->header.id;

	if (id != IOVA_VFIO_CAP_IOVA_RANGE && id != IOVA_VFIO_CAP_MIGRATION &&
	    id != IOVA_VFIO_CAP_DMA_AVAIL) {
		info->oddities |= IOVA_INFO_UNKNOWN_CAP;
		return 0;
	}
	/* The layout of another version is not known, so it does not count as the first, either. */
	if (cap->header.version != CAP_VERSION) {
		info->oddities |= IOVA_INFO_UNKNOWN_VERSION;
		return 0;
	}
	if (id == IOVA_VFIO_CAP_IOVA_RANGE)
		return take_list(cap, info);
	if (id == IOVA_VFIO_CAP_DMA_AVAIL)
		return take_available(cap, info);
	/* Nothing of dirty tracking is used. */
	if (*has_migration)
		info->oddities |= IOVA_INFO_DUPLICATE;
	*has_migration = true;
	return 0;
}

/* Of a reply of CHAIN_LEAST bytes at least: a header is shorter. */
static int walk_chain(const struct reply *reply, uint32_t offset, struct iova_parsed_info *info)
{
	bool has_migration = false;

	if (offset < CHAIN_LEAST || offset > reply->length - CAP_SIZE)
		return -EPROTO;
	do {
		struct cap cap;
		int r = read_cap(reply, offset, &cap);

		if (r < 0)
			return r;
		r = take_cap(&cap, &has_migration, info);
		if (r < 0)
			return r;
		offset = cap.header.next;
	} while (offset);
	return 0;
}

/*
 * Type1 leaves argsz at the caller's size if all fitted, the compat container
 * sets what was used: what both bounds allow is looked at, and no more.
 */
int iova_parse_type1_info_(const void *reply, size_t length, struct iova_parsed_info *ret_info)
{
	struct iova_parsed_info info = { 0 };
	struct reply valid = { reply, 0 };
	uint32_t flags, offset = 0;

	if (length < IOVA_VFIO_INFO_LEAST)
		return -EPROTO;
	info.needed = load32(valid.bytes + offsetof(struct iova_vfio_info, argsz));
	if (info.needed < IOVA_VFIO_INFO_LEAST)
		return -EPROTO;
	valid.length = length < info.needed ? (uint32_t)length : info.needed;
	flags = load32(valid.bytes + offsetof(struct iova_vfio_info, flags));
	if (flags & IOVA_VFIO_INFO_PGSIZES)
		info.page_sizes = load64(valid.bytes + offsetof(struct iova_vfio_info, page_sizes));
	info.has_caps = flags & IOVA_VFIO_INFO_CAPS;
	/* In a reply without room for it the field holds whatever the caller had there. */
	if (info.has_caps && valid.length >= CHAIN_LEAST)
		offset = load32(valid.bytes + offsetof(struct iova_vfio_info, cap_offset));
	if (offset) {
		int r = walk_chain(&valid, offset, &info);

		if (r < 0) {
			iova_parsed_info_done_(&info);
			return r;
		}
		info.caps_fit = true;
	}
	*ret_info = info;
	return 0;
}

void iova_parsed_info_done_(struct iova_parsed_info *info)
{
	free(info->ranges);
	*info = (struct iova_parsed_info){ 0 };
}

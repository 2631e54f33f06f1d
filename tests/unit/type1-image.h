/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_TYPE1_IMAGE_H
#define TESTS_UNIT_TYPE1_IMAGE_H

/* Replies to VFIO_IOMMU_GET_INFO, built and parsed. After cmocka.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "oom.h"
#include "parse/type1-info.h"
#include "uapi/vfio.h"

/* A reply under construction, in the byte order of this machine. */
struct image {
	unsigned char bytes[1024];
	uint32_t length;
	uint32_t link; /* where the next capability's offset goes */
};

static inline void put16(struct image *image, uint32_t at, uint16_t value)
{
	memcpy(image->bytes + at, &value, sizeof value);
}

static inline void put32(struct image *image, uint32_t at, uint32_t value)
{
	memcpy(image->bytes + at, &value, sizeof value);
}

static inline void put64(struct image *image, uint32_t at, uint64_t value)
{
	memcpy(image->bytes + at, &value, sizeof value);
}

static inline struct image new_image(uint32_t flags)
{
	struct image image = { .length = 24, .link = 16 };

	put32(&image, 0, 24);
	put32(&image, 4, flags);
	put64(&image, 8, 0x201000);
	return image;
}

/* Append a capability of size bytes, header included; argsz grows with it. Returns its offset. */
static inline uint32_t put_cap(struct image *image, uint16_t id, uint16_t version, uint32_t size)
{
	uint32_t at = image->length;

	put32(image, image->link, at);
	put16(image, at, id);
	put16(image, at + 2, version);
	image->link = at + 4;
	image->length += size;
	put32(image, 0, image->length);
	return at;
}

static inline uint32_t put_list(struct image *image, const struct iova_range *ranges, uint32_t n)
{
	uint32_t at = put_cap(image, IOVA_VFIO_CAP_IOVA_RANGE, 1, 16 + 16 * n);

	put32(image, at + 8, n);
	for (uint32_t i = 0; i < n; i++) {
		put64(image, at + 16 + 16 * i, ranges[i].start);
		put64(image, at + 24 + 16 * i, ranges[i].last);
	}
	return at;
}

static inline uint32_t put_available(struct image *image, uint32_t n)
{
	uint32_t at = put_cap(image, IOVA_VFIO_CAP_DMA_AVAIL, 1, 12);

	put32(image, at + 8, n);
	return at;
}

static const struct iova_range vtd[] = { { 0, 0xfedfffff }, { 0xfef00000, 0x7fffffffff } };

/* DMA_AVAIL at 24, IOVA_RANGE at 36 with 64-bit fields at multiples of 4 only. */
static inline struct image usual_image(void)
{
	struct image image = new_image(IOVA_VFIO_INFO_PGSIZES | IOVA_VFIO_INFO_CAPS);

	put_available(&image, 65535);
	put_list(&image, vtd, 2);
	return image;
}

/* Parse bytes that end where a sanitizer watches, and that lie at an odd address. */
static inline int parse_bytes(const unsigned char *bytes, size_t length,
			      struct iova_parsed_info *ret_info)
{
	unsigned char *exact = malloc(length + 1);
	int r;

	assert_non_null(exact);
	memcpy(exact + 1, bytes, length);
	r = iova_parse_type1_info_(exact + 1, length, ret_info);
	free(exact);
	return r;
}

static inline struct iova_parsed_info parse(const struct image *image)
{
	struct iova_parsed_info info;

	assert_int_equal(parse_bytes(image->bytes, image->length, &info), 0);
	return info;
}

static inline void assert_refused(const struct image *image, size_t length)
{
	struct iova_parsed_info info = { .needed = 77 };
	long live = oom_live();

	assert_int_equal(parse_bytes(image->bytes, length, &info), -EPROTO);
	assert_int_equal(info.needed, 77);
	assert_int_equal(oom_live(), live);
}

static inline void assert_vtd(const struct iova_parsed_info *info)
{
	assert_true(info->has_list);
	assert_int_equal(info->n_ranges, 2);
	assert_memory_equal(info->ranges, vtd, sizeof vtd);
}

#endif

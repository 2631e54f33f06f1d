/* SPDX-License-Identifier: BSD-3-Clause */
/* What a container says of itself: VFIO_IOMMU_GET_INFO and its chain. */
#include "backend/group.h"
#include "base/failure.h"
#include "parse/type1-info.h"
#include "uapi/vfio.h"

#include <libiova/space.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Enough for the chain of common machines, so that one call does. */
#define FIRST_SIZE 512
/* Another thread may attach groups meanwhile and make the list longer each time. */
#define SLACK 256
#define TRIES 8
#define SIZE_MAX_SANE ((size_t)16 << 20)

/* One call with a buffer of size bytes. Returns 0, -ENOMEM, -EPROTO or the kernel's. */
static int ask(const struct iova_backend *backend, size_t size, struct iova_parsed_info *ret_info,
	       struct iova_failure *failure)
{
	char *reply = calloc(1, size);
	uint32_t argsz = (uint32_t)size;
	int r;

	if (!reply)
		return iova_failed_(failure, IOVA_STEP_GET_INFO, IOVA_WHY_UNKNOWN, -ENOMEM);
	memcpy(reply, &argsz, sizeof argsz);
	r = iova_sys_ioctl_(backend->sys, backend->fd, IOVA_VFIO_IOMMU_GET_INFO, reply);
	if (r < 0) {
		free(reply);
		return iova_kernel_failed_(failure, IOVA_STEP_GET_INFO, r);
	}
	r = iova_parse_type1_info_(reply, size, ret_info);
	free(reply);
	if (r < 0)
		iova_failed_(failure, IOVA_STEP_GET_INFO,
			     r == -EPROTO ? IOVA_WHY_BAD_REPLY : IOVA_WHY_UNKNOWN, r);
	return r;
}

/* Until the chain fits, or there is none. */
static int ask_whole(const struct iova_backend *backend, struct iova_parsed_info *ret_info,
		     struct iova_failure *failure)
{
	size_t size = FIRST_SIZE;

	for (int i = 0; i < TRIES; i++) {
		struct iova_parsed_info info = { 0 };
		uint32_t needed;
		int r = ask(backend, size, &info, failure);

		if (r < 0)
			return r;
		if (!info.has_caps || info.caps_fit) {
			*ret_info = info;
			return 0;
		}
		needed = info.needed;
		iova_parsed_info_done_(&info);
		if (needed <= size || needed > SIZE_MAX_SANE)
			break;
		size = needed + SLACK;
	}
	return iova_failed_(failure, IOVA_STEP_GET_INFO, IOVA_WHY_BAD_REPLY, -EPROTO);
}

/*
 * Capabilities without a list of ranges mean that any address is accepted
 * (5.8 on, only mediated devices in the container); no capabilities at all mean
 * that the kernel does not say. A list of a version we do not know is no answer.
 */
static uint32_t judge_list(const struct iova_parsed_info *info)
{
	if (info->has_list)
		return IOVA_LIST_RANGES;
	if (!info->has_caps || (info->oddities & IOVA_INFO_UNKNOWN_VERSION))
		return IOVA_LIST_NONE;
	return IOVA_LIST_UNRESTRICTED;
}

int iova_container_read_(const struct iova_backend *backend, uint64_t processor_page,
			 struct iova_backend_state *ret_state, struct iova_failure *failure)
{
	struct iova_backend_state state = { .granule = processor_page };
	struct iova_parsed_info info = { 0 };
	int r = ask_whole(backend, &info, failure);

	if (r < 0)
		return r;
	/* The smallest page is the unit of IOVA, length and virtual address alike. */
	if (info.page_sizes)
		state.granule = info.page_sizes & -info.page_sizes;
	state.list = judge_list(&info);
	state.has_available = info.has_available;
	state.available = info.available;
	state.oddities = info.oddities;
	for (size_t i = 0; i < info.n_ranges && r >= 0; i++)
		r = iova_set_add(&state.ranges, &info.ranges[i]);
	iova_parsed_info_done_(&info);
	if (r < 0) {
		iova_backend_state_done_(&state);
		return iova_failed_(failure, IOVA_STEP_GET_INFO, IOVA_WHY_UNKNOWN, r);
	}
	*ret_state = state;
	return 0;
}

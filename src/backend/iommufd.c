/* SPDX-License-Identifier: BSD-3-Clause */
#include "backend/iommufd.h"

#include "backend/ask.h"
#include "base/failure.h"

#include <stdlib.h>

static int ask(const struct iova_backend *backend, unsigned long request, void *argument,
	       uint32_t step, struct iova_failure *failure)
{
	int r = iova_sys_ioctl_(backend->sys, backend->fd, request, argument);

	if (r >= 0)
		return 0;
	iova_kernel_failed_(failure, step, r);
	if (r == -ENOTTY)
		failure->why = IOVA_WHY_NO_REQUEST;
	return r;
}

/*
 * By a question about an IOAS that cannot be, for 0 is nobody's id: ENOENT (main.c:
 * iommufd_get_object). A VFIO container before it has its IOMMU says EINVAL to anything.
 */
int iova_iommufd_recognise_(const struct iova_backend *backend, struct iova_failure *failure)
{
	struct iova_iommu_ioas_ranges ranges = { .size = sizeof ranges };
	int r = iova_sys_ioctl_(backend->sys, backend->fd, IOVA_IOMMU_IOAS_IOVA_RANGES, &ranges);

	if (r == -ENOENT)
		return 0;
	if (r >= 0)
		return iova_failed_(failure, IOVA_STEP_ADOPT_IOMMUFD, IOVA_WHY_BAD_REPLY, -EPROTO);
	iova_kernel_failed_(failure, IOVA_STEP_ADOPT_IOMMUFD, r);
	if (!iova_backend_is_foreign_(r))
		return r;
	failure->why = IOVA_WHY_NOT_IOMMUFD;
	return -EBADFD;
}

int iova_ioas_alloc_(struct iova_backend *backend, struct iova_failure *failure)
{
	struct iova_iommu_ioas_alloc alloc = { .size = sizeof alloc };
	int r = ask(backend, IOVA_IOMMU_IOAS_ALLOC, &alloc, IOVA_STEP_IOAS, failure);

	if (r >= 0)
		backend->ioas = alloc.out_ioas_id;
	return r;
}

/* Ids are those of all kinds of objects: only an IOAS has ranges. */
int iova_ioas_recognise_(const struct iova_backend *backend, struct iova_failure *failure)
{
	struct iova_iommu_ioas_ranges ranges = { .size = sizeof ranges, .ioas_id = backend->ioas };
	int r = ask(backend, IOVA_IOMMU_IOAS_IOVA_RANGES, &ranges, IOVA_STEP_IOAS, failure);

	/* There were ranges to tell, and no room for them. */
	if (r == -EMSGSIZE)
		return 0;
	if (r == -ENOENT)
		failure->why = IOVA_WHY_NO_IOAS;
	return r;
}

int iova_ioas_destroy_(const struct iova_backend *backend, struct iova_failure *failure)
{
	struct iova_iommu_destroy destroy = { .size = sizeof destroy, .id = backend->ioas };

	return ask(backend, IOVA_IOMMU_DESTROY, &destroy, IOVA_STEP_IOAS, failure);
}

/* A set keeps its ranges as the kernel takes them. */
_Static_assert(sizeof(struct iova_range) == sizeof(struct iova_iommu_range), "layout");

int iova_ioas_allow_(const struct iova_backend *backend, const struct iova_set *ranges,
		     struct iova_failure *failure)
{
	struct iova_iommu_ioas_ranges allow = {
		.size = IOVA_IOMMU_ALLOW_SIZE,
		.ioas_id = backend->ioas,
		.n_ranges = (uint32_t)ranges->n,
		.ranges = (uintptr_t)ranges->ranges,
	};

	return ask(backend, IOVA_IOMMU_IOAS_ALLOW_IOVAS, &allow, IOVA_STEP_PIN, failure);
}

int iova_iommufd_option_(const struct iova_backend *backend, uint32_t option, uint32_t object,
			 uint64_t value, struct iova_failure *failure)
{
	struct iova_iommu_option set = {
		.size = sizeof set,
		.option = option,
		.op = IOVA_IOMMU_OPTION_SET,
		.object = object,
		.value = value,
	};

	return ask(backend, IOVA_IOMMU_OPTION, &set, IOVA_STEP_OPTION, failure);
}

bool iova_iommufd_charges_user_(const struct iova_backend *backend)
{
	struct iova_iommu_option get = {
		.size = sizeof get,
		.option = IOVA_IOMMU_OPTION_RLIMIT_MODE,
		.op = IOVA_IOMMU_OPTION_GET,
	};

	return iova_sys_ioctl_(backend->sys, backend->fd, IOVA_IOMMU_OPTION, &get) < 0 ||
	       !get.value;
}

static int map_memory(const struct iova_backend *backend, const struct iova_ioas_memory *memory,
		      uint32_t flags, uint64_t *iova, struct iova_failure *failure)
{
	struct iova_iommu_ioas_map map = {
		.size = sizeof map,
		.flags = flags,
		.ioas_id = backend->ioas,
		.vaddr = memory->start,
		.length = memory->length,
		.iova = *iova,
	};
	int r = ask(backend, IOVA_IOMMU_IOAS_MAP, &map, IOVA_STEP_MAP, failure);

	if (r >= 0)
		*iova = map.iova;
	return r;
}

static int map_file(const struct iova_backend *backend, const struct iova_ioas_memory *memory,
		    uint32_t flags, uint64_t *iova, struct iova_failure *failure)
{
	struct iova_iommu_ioas_map_file map = {
		.size = sizeof map,
		.flags = flags,
		.ioas_id = backend->ioas,
		.fd = memory->fd,
		.start = memory->start,
		.length = memory->length,
		.iova = *iova,
	};
	int r = ask(backend, IOVA_IOMMU_IOAS_MAP_FILE, &map, IOVA_STEP_MAP, failure);

	if (r >= 0)
		*iova = map.iova;
	return r;
}

int iova_ioas_map_(const struct iova_backend *backend, const struct iova_ioas_memory *memory,
		   bool is_fixed, uint64_t *iova, struct iova_failure *failure)
{
	uint32_t flags = iova_ioas_access_(memory->access);

	if (is_fixed)
		flags |= IOVA_IOMMU_MAP_FIXED;
	return memory->fd < 0 ? map_memory(backend, memory, flags, iova, failure) :
				map_file(backend, memory, flags, iova, failure);
}

int iova_ioas_unmap_all_(const struct iova_backend *backend, uint64_t *ret_unmapped,
			 struct iova_failure *failure)
{
	struct iova_iommu_ioas_unmap all = {
		.size = sizeof all,
		.ioas_id = backend->ioas,
		.length = UINT64_MAX,
	};
	int r = ask(backend, IOVA_IOMMU_IOAS_UNMAP, &all, IOVA_STEP_UNMAP, failure);

	if (r >= 0)
		*ret_unmapped = all.length;
	return r;
}

int iova_ioas_copy_(const struct iova_backend *backend, uint32_t from_ioas, uint64_t from,
		    const struct iova_range *range, uint32_t access, struct iova_failure *failure)
{
	struct iova_iommu_ioas_copy copy = {
		.size = sizeof copy,
		.flags = IOVA_IOMMU_MAP_FIXED | iova_ioas_access_(access),
		.dst_ioas_id = backend->ioas,
		.src_ioas_id = from_ioas,
		.length = range->last - range->start + 1,
		.dst_iova = range->start,
		.src_iova = from,
	};

	return ask(backend, IOVA_IOMMU_IOAS_COPY, &copy, IOVA_STEP_COPY, failure);
}

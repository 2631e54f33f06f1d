/* SPDX-License-Identifier: BSD-3-Clause */
/* What all explanations use of a story: what is known of it, and how to say something. */
#include "explain/explain.h"

#include <stdarg.h>
#include <stdio.h>

#define N_ITEMS(array) (sizeof(array) / sizeof((array)[0]))

void iova_say_cause_(const struct story *story, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(story->out->cause, sizeof story->out->cause, format, args);
	va_end(args);
}

void iova_say_remedy_(const struct story *story, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(story->out->remedy, sizeof story->out->remedy, format, args);
	va_end(args);
}

const struct iova_device_info *iova_story_blocker_(const struct story *story)
{
	for (size_t i = 0; story->group && i < story->group->info.n_devices; i++)
		if (story->group->devices[i].blocks)
			return &story->group->devices[i];
	return NULL;
}

const struct iova_region *iova_story_direct_(const struct story *story)
{
	for (size_t i = 0; story->group && i < story->group->info.n_regions; i++)
		if (story->group->regions[i].type == IOVA_REGION_DIRECT)
			return &story->group->regions[i];
	return NULL;
}

bool iova_story_regions_are_known_(const struct story *story)
{
	return story->group && (story->group->info.regions == IOVA_REGIONS_READ ||
				story->group->info.regions == IOVA_REGIONS_EMPTY);
}

bool iova_story_may_be_(const struct story *story, uint32_t backend)
{
	return story->failure->backend == IOVA_BACKEND_ANY || story->failure->backend == backend;
}

bool iova_story_is_iommufd_(const struct story *story)
{
	return story->failure->backend == IOVA_BACKEND_IOMMUFD ||
	       story->failure->backend == IOVA_BACKEND_COMPAT;
}

bool iova_story_has_conflict_(const struct story *story)
{
	return story->failure->n_conflicts && story->failure->conflict.source;
}

static const char *const step_words[] = {
	[IOVA_STEP_ARGUMENT] = "Looking at the arguments",
	[IOVA_STEP_READ_HOST] = "Reading groups and devices from sysfs",
	[IOVA_STEP_FIND_GROUP] = "Looking for the group",
	[IOVA_STEP_OPEN_CONTAINER] = "Opening /dev/vfio/vfio",
	[IOVA_STEP_ADOPT_CONTAINER] = "Asking the container for its version",
	[IOVA_STEP_OPEN_GROUP] = "Opening the group",
	[IOVA_STEP_ADOPT_GROUP] = "Asking the group for its status",
	[IOVA_STEP_TRY] = "Trying the group on the live mappings",
	[IOVA_STEP_SET_CONTAINER] = "VFIO_GROUP_SET_CONTAINER",
	[IOVA_STEP_SET_IOMMU] = "VFIO_SET_IOMMU",
	[IOVA_STEP_GET_INFO] = "VFIO_IOMMU_GET_INFO",
	[IOVA_STEP_CHECK] = "Checking the range",
	[IOVA_STEP_ALLOCATE] = "Looking for a free range",
	[IOVA_STEP_MAP] = "VFIO_IOMMU_MAP_DMA",
	[IOVA_STEP_UNMAP] = "VFIO_IOMMU_UNMAP_DMA",
	[IOVA_STEP_UNSET_CONTAINER] = "VFIO_GROUP_UNSET_CONTAINER",
	[IOVA_STEP_OPEN_DEVICE] = "VFIO_GROUP_GET_DEVICE_FD",
	[IOVA_STEP_OPEN_IOMMUFD] = "Opening /dev/iommu",
	[IOVA_STEP_ADOPT_IOMMUFD] = "Asking the iommufd who it is",
	[IOVA_STEP_IOAS] = "Asking the iommufd for an IOAS",
	[IOVA_STEP_OPEN_CDEV] = "Opening the device's own node",
	[IOVA_STEP_ADOPT_CDEV] = "Asking the device who it is",
	[IOVA_STEP_BIND] = "VFIO_DEVICE_BIND_IOMMUFD",
	[IOVA_STEP_ATTACH] = "VFIO_DEVICE_ATTACH_IOMMUFD_PT",
	[IOVA_STEP_DETACH] = "VFIO_DEVICE_DETACH_IOMMUFD_PT",
	[IOVA_STEP_PIN] = "IOMMU_IOAS_ALLOW_IOVAS",
	[IOVA_STEP_COPY] = "IOMMU_IOAS_COPY",
	[IOVA_STEP_OPTION] = "IOMMU_OPTION",
};

/* Where the same step is another request. */
static const char *const native_words[] = {
	[IOVA_STEP_GET_INFO] = "IOMMU_IOAS_IOVA_RANGES",
	[IOVA_STEP_MAP] = "IOMMU_IOAS_MAP",
	[IOVA_STEP_UNMAP] = "IOMMU_IOAS_UNMAP",
};

/* Where it is not known which. */
static const char *const any_words[] = {
	[IOVA_STEP_GET_INFO] = "Asking the kernel for its valid ranges",
	[IOVA_STEP_MAP] = "Mapping",
	[IOVA_STEP_UNMAP] = "Unmapping",
};

const char *iova_story_step_(const struct story *story)
{
	uint32_t step = story->failure->step, backend = story->failure->backend;

	if (step < N_ITEMS(any_words) && any_words[step] && backend == IOVA_BACKEND_ANY)
		return any_words[step];
	if (step < N_ITEMS(native_words) && native_words[step] && backend == IOVA_BACKEND_IOMMUFD)
		return native_words[step];
	return step < N_ITEMS(step_words) && step_words[step] ? step_words[step] : "A step";
}

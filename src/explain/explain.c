/* SPDX-License-Identifier: BSD-3-Clause */
#include "explain/explain.h"

#include "base/failure.h"
#include "base/opts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

static const char *step_text(uint32_t step)
{
	static const char *const words[] = {
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
	};

	if (step >= sizeof words / sizeof words[0] || !words[step])
		return "A step";
	return words[step];
}

bool iova_story_has_conflict_(const struct story *story)
{
	return story->failure->n_conflicts && story->failure->conflict.source;
}

static void name_group(struct story *story)
{
	const char *device = story->failure->device;
	uint32_t group = story->failure->group;

	if (group != IOVA_GROUP_NONE) {
		snprintf(story->whole, sizeof story->whole, "IOMMU group %u", (unsigned)group);
		snprintf(story->subject, sizeof story->subject, "group %u", (unsigned)group);
	} else {
		snprintf(story->whole, sizeof story->whole,
			 device[0] ? "The group of %s" : "The group%s", device);
		snprintf(story->subject, sizeof story->subject, "the group");
	}
	if (device[0])
		snprintf(story->subject, sizeof story->subject, "%s", device);
}

static struct story start(const struct iova_failure *failure, const struct iova_host *host,
			  struct iova_explanation *out)
{
	struct story story = { .failure = failure, .out = out, .range = "the range" };

	if (host && failure->group != IOVA_GROUP_NONE)
		story.group = iova_host_group_(host, failure->group);
	if (failure->length)
		snprintf(story.range, sizeof story.range, "the range 0x%llx+0x%llx",
			 (unsigned long long)failure->iova, (unsigned long long)failure->length);
	name_group(&story);
	return story;
}

/* What has the same meaning wherever the kernel says it. */
static void explain_any(const struct story *story)
{
	const struct iova_failure *failure = story->failure;
	const char *step = step_text(failure->step);

	switch (-failure->error) {
	case ENOMEM:
		iova_say_cause_(story, "%s failed: there is not enough memory.", step);
		iova_say_remedy_(story, "Free memory, or ask for less at once.");
		return;
	case EMFILE:
	case ENFILE:
		iova_say_cause_(story, "%s failed: too many files are open.", step);
		iova_say_remedy_(story, "Close descriptors, or raise the limit (ulimit -n).");
		return;
	case EBADF:
		iova_say_cause_(story, "%s failed: the file descriptor is closed or not valid.",
				step);
		iova_say_remedy_(story, "Keep the descriptor open as long as the library uses it.");
		return;
	case EINTR:
		iova_say_cause_(story, "%s was interrupted by signals again and again.", step);
		iova_say_remedy_(story, "Try again.");
		return;
	case ENOTTY:
		iova_say_cause_(story, "%s is not known to this kernel or to this file.", step);
		iova_say_remedy_(story, "Check that the descriptor is what it should be, and that "
					"the kernel has VFIO with type1.");
		return;
	case EACCES:
	case EPERM:
		iova_say_cause_(story, "%s is not permitted%s%s (errno %d).", step,
				failure->path[0] ? ": " : "", failure->path, -failure->error);
		iova_say_remedy_(story, "Run as a user who may, or have the permission granted.");
		return;
	default:
		iova_say_cause_(story, "%s failed%s%s%s%s with errno %d.", step,
				failure->length ? " for " : "", failure->length ? story->range : "",
				failure->path[0] ? " on " : "", failure->path, -failure->error);
		iova_say_remedy_(story, "Look at the kernel's log (dmesg) for the same moment.");
		return;
	}
}

IOVA_API int iova_explain(const struct iova_failure *failure, const struct iova_host *host,
			  struct iova_explanation *ret_explanation)
{
	struct story story;

	if (!failure || !ret_explanation || failure->size < sizeof *failure)
		return -EINVAL;
	*ret_explanation = (struct iova_explanation){ 0 };
	story = start(failure, host, ret_explanation);
	if (!iova_explain_why_(&story) && !iova_explain_attach_(&story) &&
	    !iova_explain_dma_(&story))
		explain_any(&story);
	return 0;
}

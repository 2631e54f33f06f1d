/* SPDX-License-Identifier: BSD-3-Clause */
#include "explain/explain.h"

#include "base/failure.h"
#include "base/opts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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

static void name_device(struct story *story)
{
	const char *device = story->failure->device;
	uint32_t group = story->failure->group;

	if (device[0])
		snprintf(story->device, sizeof story->device, "the device %s", device);
	else if (group != IOVA_GROUP_NONE)
		snprintf(story->device, sizeof story->device, "a device of group %u",
			 (unsigned)group);
	else
		snprintf(story->device, sizeof story->device, "the device");
	snprintf(story->member, sizeof story->member, "%s", story->device);
	story->member[0] = story->member[0] == 'a' ? 'A' : 'T';
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
	name_device(&story);
	return story;
}

/* What has the same meaning wherever the kernel says it. */
static bool explain_common(const struct story *story)
{
	const struct iova_failure *failure = story->failure;
	const char *step = iova_story_step_(story);

	switch (-failure->error) {
	case ENOMEM:
		iova_say_cause_(story, "%s failed: there is not enough memory.", step);
		iova_say_remedy_(story, "Free memory, or ask for less at once.");
		return true;
	case EMFILE:
	case ENFILE:
		iova_say_cause_(story, "%s failed: too many files are open.", step);
		iova_say_remedy_(story, "Close descriptors, or raise the limit (ulimit -n).");
		return true;
	case EBADF:
		iova_say_cause_(story, "%s failed: the file descriptor is closed or not valid.",
				step);
		iova_say_remedy_(story, "Keep the descriptor open as long as the library uses it.");
		return true;
	case EINTR:
		iova_say_cause_(story, "%s was interrupted by signals again and again.", step);
		iova_say_remedy_(story, "Try again.");
		return true;
	case ENOTTY:
		iova_say_cause_(story, "%s is not known to this kernel or to this file.", step);
		iova_say_remedy_(
			story,
			"Check that the descriptor is what it should be, and that the kernel "
			"has VFIO with type1%s.",
			failure->backend == IOVA_BACKEND_ANY ?
				", or iommufd (Linux 6.2; to map files 6.13)" :
				"");
		return true;
	case EACCES:
	case EPERM:
		iova_say_cause_(story, "%s is not permitted%s%s (errno %d).", step,
				failure->path[0] ? ": " : "", failure->path, -failure->error);
		iova_say_remedy_(story, "Run as a user who may, or have the permission granted.");
		return true;
	default:
		return false;
	}
}

/* The meanings that iommufd gives its errnos, and the library its own. */
static bool explain_documented(const struct story *story)
{
	const char *step = iova_story_step_(story);

	switch (-story->failure->error) {
	case E2BIG:
		iova_say_cause_(story,
				"%s failed: a struct has something set that is newer than who "
				"reads it, the kernel or this library.",
				step);
		iova_say_remedy_(story, "Zero what is not used; what is asked for needs a newer "
					"kernel or library.");
		return true;
	case EOPNOTSUPP:
		iova_say_cause_(story,
				"%s failed: the request is known, but not with this flag or "
				"value, or not by this IOMMU.",
				step);
		iova_say_remedy_(story, "Do without it, or use a kernel that has it.");
		return true;
	case EOVERFLOW:
		iova_say_cause_(story,
				"%s failed: an address or length passes the top of the 64-bit "
				"space.",
				step);
		iova_say_remedy_(story, "Check the arithmetic behind the address and the length.");
		return true;
	case EADDRNOTAVAIL:
		iova_say_cause_(story,
				"%s failed: nothing may be mapped in %s, for the kernel's "
				"ranges or the policy leave it out.",
				step, story->range);
		iova_say_remedy_(story, "Choose another address, or let the library choose one.");
		return true;
	case EMSGSIZE:
		iova_say_cause_(story,
				"%s failed: there were more ranges each time than the time "
				"before.",
				step);
		iova_say_remedy_(story, "Try again when no devices are attached or detached.");
		return true;
	default:
		return false;
	}
}

static void explain_any(const struct story *story)
{
	const struct iova_failure *failure = story->failure;

	if (explain_common(story) || explain_documented(story))
		return;
	iova_say_cause_(story, "%s failed%s%s%s%s with errno %d.", iova_story_step_(story),
			failure->length ? " for " : "", failure->length ? story->range : "",
			failure->path[0] ? " on " : "", failure->path, -failure->error);
	iova_say_remedy_(story, "Look at the kernel's log (dmesg) for the same moment.");
}

IOVA_API int iova_explain(const struct iova_failure *failure, const struct iova_host *host,
			  struct iova_explanation *ret_explanation)
{
	struct story story;

	if (!failure || !ret_explanation || failure->size < sizeof *failure)
		return -EINVAL;
	*ret_explanation = (struct iova_explanation){ 0 };
	story = start(failure, host, ret_explanation);
	if (!iova_explain_why_(&story) && !iova_explain_backend_(&story) &&
	    !iova_explain_attach_(&story) && !iova_explain_iommufd_(&story) &&
	    !iova_explain_dma_(&story))
		explain_any(&story);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* What the library itself found wrong, before or after it asked the kernel. */
#include "explain/explain.h"

#include <stdio.h>

typedef unsigned long long ull;

#define SAY(cause, remedy)                       \
	do {                                     \
		iova_say_cause_(story, cause);   \
		iova_say_remedy_(story, remedy); \
		return true;                     \
	} while (0)

#define SAY_REMEDY(remedy)                       \
	do {                                     \
		iova_say_remedy_(story, remedy); \
		return true;                     \
	} while (0)

/* Groups are attached in containers, devices with iommufd. */
static bool is_device(const struct story *story)
{
	return story->failure->backend == IOVA_BACKEND_IOMMUFD && story->failure->device[0];
}

static const char *who(const struct story *story)
{
	return is_device(story) ? story->member : story->whole;
}

static void explain_unaligned(const struct story *story)
{
	const struct iova_failure *f = story->failure;
	uint64_t mask = f->granule ? f->granule - 1 : 0;

	if (mask && f->iova & mask)
		iova_say_cause_(story,
				"IOVA 0x%llx is not a multiple of the IOMMU's page of "
				"0x%llx bytes.",
				(ull)f->iova, (ull)f->granule);
	else if (mask && f->length & mask)
		iova_say_cause_(story,
				"The length 0x%llx is not a multiple of the IOMMU's page of "
				"0x%llx bytes.",
				(ull)f->length, (ull)f->granule);
	else if (mask && f->vaddr & mask)
		iova_say_cause_(story,
				"The memory at 0x%llx does not begin at a multiple of the "
				"IOMMU's page of 0x%llx bytes.",
				(ull)f->vaddr, (ull)f->granule);
	else
		iova_say_cause_(story,
				"IOVA 0x%llx, length 0x%llx and memory 0x%llx are not all "
				"multiples of the IOMMU's page.",
				(ull)f->iova, (ull)f->length, (ull)f->vaddr);
	iova_say_remedy_(story, "Align IOVA, length and memory to that page.");
}

static bool explain_argument(const struct story *story)
{
	const struct iova_failure *f = story->failure;

	switch (f->why) {
	case IOVA_WHY_NULL:
		SAY("A NULL pointer was passed where a handle, a name, memory or a result belongs.",
		    "Pass what the function's comment asks for; check that the handle was made.");
	case IOVA_WHY_OPTIONS:
		SAY("An option struct has the wrong size, or a flag or field with a value that "
		    "this version does not know.",
		    "Set its size to sizeof of the struct, zero what is not used, and check the "
		    "library's version.");
	case IOVA_WHY_ACCESS:
		SAY("The access asked for is not read, write or both.",
		    "Use IOVA_READ, IOVA_WRITE or both.");
	case IOVA_WHY_BAD_DEVICE_NAME:
		iova_say_cause_(story, "\"%s\" is not a PCI address.", f->device);
		iova_say_remedy_(story, "Write it as DDDD:BB:DD.F, such as 0000:00:1f.0; lspci -D "
					"lists them.");
		return true;
	case IOVA_WHY_ZERO_LENGTH:
		iova_say_cause_(story, "The length of the range at 0x%llx is 0.", (ull)f->iova);
		SAY_REMEDY("Ask for at least one page of the IOMMU.");
	case IOVA_WHY_UNALIGNED:
		explain_unaligned(story);
		return true;
	case IOVA_WHY_WRAPS:
		iova_say_cause_(story,
				"IOVA 0x%llx or memory 0x%llx with length 0x%llx passes the "
				"top of the 64-bit space.",
				(ull)f->iova, (ull)f->vaddr, (ull)f->length);
		iova_say_remedy_(story, "Check the arithmetic behind the address and the length.");
		return true;
	default:
		return false;
	}
}

static bool explain_lookup(const struct story *story)
{
	const struct iova_failure *f = story->failure;

	switch (f->why) {
	case IOVA_WHY_NO_SYSFS:
		iova_say_cause_(story,
				"%s does not exist: sysfs is not there, or the kernel has "
				"no IOMMU groups.",
				f->path[0] ? f->path : "/sys/kernel/iommu_groups");
		iova_say_remedy_(story, "Mount sysfs, or name a root directory that holds "
					"sys/kernel/iommu_groups.");
		return true;
	case IOVA_WHY_NO_GROUP:
		iova_say_cause_(story, "There is no %s on this machine.",
				f->group != IOVA_GROUP_NONE ? story->whole : "such IOMMU group");
		iova_say_remedy_(story, "List the groups with \"iovactl show\" or in "
					"/sys/kernel/iommu_groups; without any, turn the IOMMU on "
					"in firmware and on the kernel's command line "
					"(intel_iommu=on).");
		return true;
	case IOVA_WHY_NO_DEVICE:
		iova_say_cause_(story, "There is no device %s, or it is in no IOMMU group.",
				f->device[0] ? f->device : "of that address");
		iova_say_remedy_(story, "Check the address with lspci -D; if the device is there, "
					"turn the IOMMU on in firmware and on the kernel's command "
					"line.");
		return true;
	case IOVA_WHY_NOT_CONTAINER:
		SAY("The file descriptor is no VFIO container.",
		    "Pass a descriptor of /dev/vfio/vfio, or one of /dev/iommu as a container.");
	case IOVA_WHY_NOT_GROUP:
		SAY("The file descriptor is no VFIO group.", "Pass a descriptor of /dev/vfio/N.");
	case IOVA_WHY_ALREADY_ATTACHED:
		iova_say_cause_(story, "%s is attached to this context already.", who(story));
		iova_say_remedy_(story,
				 is_device(story) ?
					 "Attach each device once." :
					 "Attach each group once; its devices all come with it.");
		return true;
	case IOVA_WHY_NOT_ATTACHED:
		iova_say_cause_(story, "%s is not attached to this context.", who(story));
		iova_say_remedy_(story, "Attach it first, or check the name or number.");
		return true;
	case IOVA_WHY_NO_TYPE1:
		SAY("The kernel offers no type1 v2 IOMMU for this container, or iommufd provides it.",
		    "Load the module vfio_iommu_type1. A kernel where iommufd provides containers has "
		    "none: leave the choice to the library, or ask for IOVA_BACKEND_COMPAT.");
	case IOVA_WHY_BAD_REPLY:
		SAY("The kernel's answer contradicts itself or is cut off.",
		    "Try again; if it stays, report it with the kernel's version.");
	default:
		return false;
	}
}

bool iova_explain_overlap_(const struct story *story)
{
	char text[320];

	if (story->failure->conflict.source == IOVA_SOURCE_REQUEST) {
		iova_conflict_text(&story->failure->conflict, text, sizeof text);
		iova_say_cause_(story, "Two requests overlap: %s.", text);
		SAY_REMEDY("Let each address be in one request only.");
	}
	if (iova_story_has_conflict_(story)) {
		iova_conflict_text(&story->failure->conflict, text, sizeof text);
		iova_say_cause_(story, "Something is mapped in %s already: %s.", story->range,
				text);
	} else {
		iova_say_cause_(story,
				"A mapping that was not made through this context is in %s "
				"already.",
				story->range);
	}
	iova_say_remedy_(story, "Unmap what is there first, or map at another address.");
	return true;
}

static bool explain_conflict(const struct story *story)
{
	const struct iova_failure *f = story->failure;
	char text[320] = "what is there is not known";

	if (iova_story_has_conflict_(story))
		iova_conflict_text(&f->conflict, text, sizeof text);
	switch (f->why) {
	case IOVA_WHY_NO_IOMMU:
		SAY("No group or device is attached, so there is no IOMMU to map in.",
		    "Attach a group or a device first.");
	case IOVA_WHY_REFUSED:
		iova_say_cause_(story, "Nothing may be mapped in %s: %s.", story->range, text);
		if (f->conflict.verdict == IOVA_VERDICT_WARN ||
		    f->conflict.type == IOVA_REGION_DIRECT_RELAXABLE)
			iova_say_remedy_(story, "Choose another address, or allow the region by an "
						"override if the device's firmware does not use "
						"it.");
		else
			iova_say_remedy_(story, "Choose another address, or let the library choose "
						"one; a check names the nearest that fit.");
		return true;
	case IOVA_WHY_OVERLAP:
		return iova_explain_overlap_(story);
	case IOVA_WHY_BREAKS_MAPPING:
		iova_say_cause_(story,
				"%s cannot join: the live mapping of %s would become "
				"forbidden: %s.",
				story->whole, story->range, text);
		iova_say_remedy_(story, "Unmap it and map the memory elsewhere, or attach the "
					"group before anything is mapped.");
		return true;
	default:
		return false;
	}
}

static bool explain_absence(const struct story *story)
{
	const struct iova_failure *f = story->failure;

	switch (f->why) {
	case IOVA_WHY_NO_SPACE:
		if (f->length)
			iova_say_cause_(story,
					"No free range of 0x%llx bytes is left where it was "
					"looked for.",
					(ull)f->length);
		else
			iova_say_cause_(story, "No free range is left where it was looked for.");
		iova_say_remedy_(story, "Unmap something, map smaller pieces, or widen the "
					"window.");
		return true;
	case IOVA_WHY_NOT_MAPPED:
		iova_say_cause_(story, "Nothing is mapped in %s.", story->range);
		iova_say_remedy_(story, "Unmap what was mapped, once.");
		return true;
	case IOVA_WHY_CUTS_MAPPING:
		if (iova_story_has_conflict_(story))
			iova_say_cause_(story,
					"To unmap %s would cut the mapping 0x%llx-0x%llx in "
					"two.",
					story->range, (ull)f->conflict.region.start,
					(ull)f->conflict.region.last);
		else
			iova_say_cause_(story, "To unmap %s would cut a mapping in two.",
					story->range);
		iova_say_remedy_(story, "Unmap whole mappings; the kernel does not split them.");
		return true;
	default:
		return false;
	}
}

/* In the unit of ulimit -l. */
static void explain_memlock(const struct story *story)
{
	const struct iova_failure *f = story->failure;

	iova_say_cause_(
		story, "%llu KiB of memory are to be locked, and RLIMIT_MEMLOCK leaves %llu KiB.%s",
		(ull)(f->expected / 1024 + !!(f->expected % 1024)), (ull)(f->actual / 1024),
		f->backend == IOVA_BACKEND_IOMMUFD ?
			" An iommufd counts what all processes of the user have pinned, unless "
			"told to count by process." :
			"");
	iova_say_remedy_(story, "Raise the limit (ulimit -l, LimitMEMLOCK=, "
				"/etc/security/limits.conf), give the process "
				"CAP_IPC_LOCK, or map less.");
}

static bool explain_limit(const struct story *story)
{
	const struct iova_failure *f = story->failure;

	switch (f->why) {
	case IOVA_WHY_ENTRY_LIMIT:
		if (f->expected > 1) {
			iova_say_cause_(story,
					"%llu mappings are needed, and the container takes only "
					"%llu more (of 65535 by default).",
					(ull)f->expected, (ull)f->actual);
			SAY_REMEDY("Map memory that is contiguous, to contiguous addresses; or "
				   "raise the module parameter dma_entry_limit and open a new "
				   "container.");
		}
		SAY("The container takes no more mappings: the limit of vfio_iommu_type1 is used "
		    "up (65535 by default).",
		    "Map larger contiguous pieces, unmap what is not used, or raise the module "
		    "parameter dma_entry_limit and open a new container.");
	case IOVA_WHY_MEMLOCK:
		explain_memlock(story);
		return true;
	case IOVA_WHY_UNMAP_SIZE:
		iova_say_cause_(story,
				"The kernel unmapped 0x%llx bytes in %s, and 0x%llx were "
				"recorded: somebody else has unmapped or mapped there.",
				(ull)f->actual, story->range, (ull)f->expected);
		iova_say_remedy_(story, "Let one party own the mappings of a container, and unmap "
					"in the process that mapped: up to Linux 5.19 a child "
					"after fork unmaps nothing.");
		return true;
	case IOVA_WHY_CANCELED:
		SAY("The progress function of the caller wanted no more, and all was undone.",
		    "Make the call again when the work is wanted after all.");
	case IOVA_WHY_MAPPINGS_LIVE:
		iova_say_cause_(story,
				"%s is the last one, and mappings are live (%llu of them): "
				"%s.",
				who(story), (ull)f->expected,
				f->backend == IOVA_BACKEND_IOMMUFD ?
					"they would stay in the IOAS with nobody to use them" :
					"the kernel would drop them all with it");
		iova_say_remedy_(story, "Unmap everything first, or close the context.");
		return true;
	default:
		return false;
	}
}

bool iova_explain_why_(const struct story *story)
{
	if (story->failure->why == IOVA_WHY_NOT_VIABLE)
		return iova_explain_not_viable_(story);
	return explain_argument(story) || explain_lookup(story) || explain_conflict(story) ||
	       explain_absence(story) || explain_limit(story);
}

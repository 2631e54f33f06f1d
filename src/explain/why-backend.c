/* SPDX-License-Identifier: BSD-3-Clause */
/* What the library itself knows of backends: which there are, and what each can do. */
#include "explain/explain.h"

#include <stdio.h>

bool iova_explain_no_iommufd_(const struct story *story)
{
	iova_say_cause_(
		story,
		"There is no working %s: the module iommufd is not loaded, or this kernel has "
		"none (it came with Linux 6.2, CONFIG_IOMMUFD).",
		story->failure->path[0] ? story->failure->path : "/dev/iommu");
	iova_say_remedy_(story, "Load it: modprobe iommufd. Where there is none, use groups in a "
				"container (IOVA_BACKEND_TYPE1).");
	return true;
}

bool iova_explain_not_iommufd_(const struct story *story)
{
	iova_say_cause_(story, "The file descriptor is no iommufd.");
	iova_say_remedy_(story, "Pass a descriptor of /dev/iommu.");
	return true;
}

bool iova_explain_no_ioas_(const struct story *story)
{
	iova_say_cause_(story, "The iommufd has no IOAS of this number: it was made with another "
			       "iommufd, was destroyed, or the number is of something else.");
	iova_say_remedy_(story, "Pass the number that IOMMU_IOAS_ALLOC gave with this very "
				"iommufd, or let the context make one of its own.");
	return true;
}

bool iova_explain_no_cdev_(const struct story *story)
{
	const char *path = story->failure->path;

	iova_say_cause_(
		story,
		"%s has no node of its own below /dev/vfio/devices%s%s%s: no driver of VFIO's "
		"is bound to it, or this kernel makes none (they came with Linux 6.6, "
		"CONFIG_VFIO_DEVICE_CDEV).",
		story->member, path[0] ? " (looked for " : "", path, path[0] ? ")" : "");
	iova_say_remedy_(story, "Bind it to vfio-pci (driver_override, drivers_probe). Where the "
				"kernel makes none, use its group in a container "
				"(IOVA_BACKEND_TYPE1).");
	return true;
}

bool iova_explain_not_cdev_(const struct story *story)
{
	iova_say_cause_(story,
			"The file descriptor given for %s is no node of /dev/vfio/devices, is not "
			"bound as its number says, or is of a kernel before Linux 6.6.",
			story->device);
	iova_say_remedy_(story,
			 "Pass a descriptor of /dev/vfio/devices/vfioN: with the number 0 if "
			 "it is not bound yet, else with the one that "
			 "VFIO_DEVICE_BIND_IOMMUFD gave.");
	return true;
}

/* One or the other: vfio_device_block_group, and vfio_group_fops_open. */
bool iova_explain_group_open_(const struct story *story)
{
	const char *how = "a device is used through its own node or through its group, not both";
	char node[32] = "/dev/vfio/N";

	if (story->failure->group != IOVA_GROUP_NONE)
		snprintf(node, sizeof node, "/dev/vfio/%u", (unsigned)story->failure->group);
	if (story->failure->step == IOVA_STEP_OPEN_GROUP) {
		iova_say_cause_(
			story,
			"%s cannot be opened: one of its devices is bound to an iommufd, here "
			"or in another process; %s.",
			story->whole, how);
		iova_say_remedy_(story, "Close the device, or use all of them with iommufd "
					"(IOVA_BACKEND_IOMMUFD); fuser -v /dev/vfio/devices/* "
					"names who has it open.");
		return true;
	}
	iova_say_cause_(story,
			"%s cannot be bound: its group is open the old way (%s), here or in another "
			"process, or somebody else has given it a page table; %s.",
			story->member, node, how);
	iova_say_remedy_(story,
			 "Close the group, or use it in its container instead (IOVA_BACKEND_TYPE1); "
			 "fuser -v %s names who has it open.",
			 node);
	return true;
}

/* Old kernels know a number below what is asked here: the release that brought each. */
bool iova_explain_no_request_(const struct story *story)
{
	bool is_device = false, is_map = false;
	const char *since = "6.2, CONFIG_IOMMUFD", *instead = "use groups in a container "
							      "(IOVA_BACKEND_TYPE1)";

	switch (story->failure->step) {
	case IOVA_STEP_OPEN_CDEV:
	case IOVA_STEP_ADOPT_CDEV:
	case IOVA_STEP_BIND:
	case IOVA_STEP_ATTACH:
	case IOVA_STEP_DETACH:
		is_device = true;
		since = "6.6, CONFIG_VFIO_DEVICE_CDEV";
		break;
	case IOVA_STEP_MAP:
		is_map = true;
		since = "6.2, that of a file with 6.13";
		instead = "map a file in the process (mmap) and give that memory to iova_ctx_map()";
		break;
	default:
		break;
	}
	iova_say_cause_(
		story,
		"%s is not known to this kernel (it came with Linux %s), or the file descriptor "
		"is no %s.",
		is_map ? "The request to map" : iova_story_step_(story), since,
		is_device ? "node of /dev/vfio/devices" : "iommufd");
	iova_say_remedy_(story, "Use a newer kernel, or %s.", instead);
	return true;
}

static const char *backend_text(uint32_t backend)
{
	static const char *const words[] = {
		[IOVA_BACKEND_TYPE1] = " (groups in a container: IOVA_BACKEND_TYPE1)",
		[IOVA_BACKEND_IOMMUFD] = " (IOVA_BACKEND_IOMMUFD)",
		[IOVA_BACKEND_COMPAT] = " (a container that iommufd provides: IOVA_BACKEND_COMPAT)",
		[IOVA_BACKEND_NOIOMMU] = " (no-IOMMU mode: IOVA_BACKEND_NOIOMMU)",
	};

	if (backend >= sizeof words / sizeof words[0] || !words[backend])
		return "";
	return words[backend];
}

/* A group that has only a node without an IOMMU is never taken for another by itself. */
bool iova_explain_no_translation_(const struct story *story)
{
	bool is_chosen = story->failure->backend == IOVA_BACKEND_NOIOMMU;

	if (story->failure->step == IOVA_STEP_OPEN_GROUP && !is_chosen)
		iova_say_cause_(
			story,
			"%s has no IOMMU, and only a no-IOMMU node%s%s: nothing is translated "
			"or guarded there, and its device can write to all memory.",
			story->whole, story->failure->path[0] ? ", " : "", story->failure->path);
	else
		iova_say_cause_(story,
				"In no-IOMMU mode nothing is translated or guarded: the device uses "
				"physical addresses and can write to all memory, so there are no "
				"mappings, no valid ranges and no promises.");
	iova_say_remedy_(story,
			 is_chosen ?
				 "Turn the IOMMU on (firmware, intel_iommu=on) and use the group "
				 "in a container or its device with iommufd; or give the device "
				 "physical addresses of locked memory, at your own risk." :
				 "Turn the IOMMU on (firmware, intel_iommu=on); or name the mode, "
				 "if the device is trusted with all memory "
				 "(IOVA_BACKEND_NOIOMMU).");
	return true;
}

/* What a device reserves against what is mapped or pinned. */
bool iova_explain_taken_(const struct story *story)
{
	bool is_promise = story->failure->why == IOVA_WHY_BREAKS_PROMISE;
	bool is_group = story->failure->step == IOVA_STEP_TRY && !story->failure->device[0];
	const char *who = is_group ? story->whole : story->member;
	const char *what = is_promise ? "a pinned address" : "a live mapping or a pinned address";
	char text[320];

	if (iova_story_has_conflict_(story)) {
		iova_conflict_text(&story->failure->conflict, text, sizeof text);
		iova_say_cause_(story, "%s cannot be attached, for it takes %s away: %s.", who,
				what, text);
	} else {
		iova_say_cause_(story,
				"%s cannot be attached: %s%s%s lies in what it reserves, above what "
				"its IOMMU reaches, or off its IOMMU's page.",
				who, what, story->failure->length ? " in " : "",
				story->failure->length ? story->range : "");
	}
	iova_say_remedy_(
		story,
		"%s, or attach it to an IOAS of its own (another context). Devices that are "
		"attached before anything is mapped are never in the way%s.",
		is_promise ? "Take the promise back (iova_ctx_unpin()) if the address is not "
			     "needed" :
			     "Unmap what is there and map it elsewhere, or take a promise back "
			     "(iova_ctx_unpin())",
		story->failure->step != IOVA_STEP_OPEN_DEVICE ?
			"" :
			"; iommufd's own container narrows its ranges only when a device is "
			"open, and takes any map before");
	return true;
}

static bool explain_ways(const struct story *story)
{
	switch (story->failure->why) {
	case IOVA_WHY_BOUND:
		iova_say_cause_(story,
				"%s is bound to an iommufd already, through another descriptor or "
				"this one, here or in another process; that is done once.",
				story->member);
		iova_say_remedy_(story,
				 "Close the other descriptor, or lend the one that is bound, "
				 "with its number (iova_ctx_adopt_device()); fuser -v "
				 "/dev/vfio/devices/* names who has it open.");
		return true;
	case IOVA_WHY_BACKEND:
		iova_say_cause_(story,
				"The backend of the context%s cannot do that, or is not the one that "
				"was asked for.",
				backend_text(story->failure->backend));
		iova_say_remedy_(story,
				 "Name another backend when the context is opened: promises, "
				 "files, copies and single devices need "
				 "IOVA_BACKEND_IOMMUFD, groups lent by their fd a container.");
		return true;
	case IOVA_WHY_OTHER_IOMMUFD:
		iova_say_cause_(story, "The two contexts have no iommufd in common, and the kernel "
				       "moves devices and copies mappings only within one.");
		iova_say_remedy_(story, "Open the second context on the iommufd of the first "
					"(IOVA_CTX_ADOPT_IOMMUFD; iova_ctx_info() tells the fd).");
		return true;
	case IOVA_WHY_BREAKS_PROMISE:
		return iova_explain_taken_(story);
	case IOVA_WHY_NO_TRANSLATION:
		return iova_explain_no_translation_(story);
	default:
		return false;
	}
}

static bool explain_absent(const struct story *story)
{
	switch (story->failure->why) {
	case IOVA_WHY_NO_IOMMUFD:
		return iova_explain_no_iommufd_(story);
	case IOVA_WHY_NOT_IOMMUFD:
		return iova_explain_not_iommufd_(story);
	case IOVA_WHY_NO_IOAS:
		return iova_explain_no_ioas_(story);
	case IOVA_WHY_NO_CDEV:
		return iova_explain_no_cdev_(story);
	case IOVA_WHY_NOT_CDEV:
		return iova_explain_not_cdev_(story);
	case IOVA_WHY_GROUP_OPEN:
		return iova_explain_group_open_(story);
	case IOVA_WHY_NO_REQUEST:
		return iova_explain_no_request_(story);
	default:
		return false;
	}
}

/* Whatever the errno: there is nothing to ask for. */
static bool needs_translation(uint32_t step)
{
	return step == IOVA_STEP_GET_INFO || step == IOVA_STEP_MAP || step == IOVA_STEP_UNMAP ||
	       step >= IOVA_STEP_PIN;
}

bool iova_explain_backend_(const struct story *story)
{
	if (explain_ways(story) || explain_absent(story))
		return true;
	return story->failure->backend == IOVA_BACKEND_NOIOMMU && story->failure->why == 0 &&
	       story->failure->step <= IOVA_STEP_OPTION &&
	       needs_translation(story->failure->step) && iova_explain_no_translation_(story);
}

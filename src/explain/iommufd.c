/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel's errnos on the way from /dev/iommu and a device's own node to a device in an
 * IOAS: drivers/iommu/iommufd/{main,ioas,device,io_pagetable}.c, drivers/vfio/{device_cdev,
 * group,iommufd}.c, iommu_device_claim_dma_owner.
 */
#include "explain/explain.h"

#include <errno.h>

static bool explain_open_iommufd(const struct story *story)
{
	const char *path = story->failure->path[0] ? story->failure->path : "/dev/iommu";

	switch (-story->failure->error) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return iova_explain_no_iommufd_(story);
	case EACCES:
	case EPERM:
		iova_say_cause_(story, "This user may not open %s.", path);
		iova_say_remedy_(story, "Give the user read and write access to it and to the "
					"nodes below /dev/vfio/devices (chown, or udev rules), or "
					"use groups in a container (IOVA_BACKEND_TYPE1).");
		return true;
	default:
		return false;
	}
}

static bool explain_open_cdev(const struct story *story)
{
	const struct iova_failure *f = story->failure;

	switch (-f->error) {
	case ENOENT:
	case ENOTDIR:
		return iova_explain_no_cdev_(story);
	case ENODEV:
	case ENXIO:
		iova_say_cause_(story, "%s is going away: it was unplugged or unbound.",
				story->member);
		iova_say_remedy_(story, "Look at the machine anew and open the device again.");
		return true;
	case EACCES:
	case EPERM:
		iova_say_cause_(story, "This user may not open %s of %s.",
				f->path[0] ? f->path : "the node below /dev/vfio/devices",
				story->device);
		iova_say_remedy_(story, "Give the user read and write access to it (chown, or a "
					"udev rule for the subsystem vfio-dev), or use its group "
					"in a container (IOVA_BACKEND_TYPE1).");
		return true;
	default:
		return false;
	}
}

static bool explain_adopt_cdev(const struct story *story)
{
	switch (-story->failure->error) {
	case ENOENT:
		iova_say_cause_(story,
				"The iommufd has no device of the number given for %s: it is bound "
				"to another iommufd, or not at all.",
				story->device);
		iova_say_remedy_(story, "Pass the number that VFIO_DEVICE_BIND_IOMMUFD gave with "
					"this very iommufd, or 0 to have the device bound here.");
		return true;
	case EBADFD:
	case EINVAL:
		return iova_explain_not_cdev_(story);
	default:
		return false;
	}
}

/* Who does not trust the platform's interrupts, or not the group, cannot be told apart. */
static bool explain_bind_permission(const struct story *story)
{
	if (iova_story_blocker_(story))
		return iova_explain_not_viable_(story);
	iova_say_cause_(story,
			"The kernel does not bind %s: the platform does not isolate interrupts (no "
			"interrupt remapping), %sor another iommufd or process owns the group.",
			story->device,
			story->group ? "" :
				       "a member of its group has a driver that is not VFIO's, ");
	iova_say_remedy_(
		story,
		"Turn interrupt remapping on (firmware, or intremap=on for a virtual IOMMU), "
		"or, if the devices are trusted, set the parameter allow_unsafe_interrupts of "
		"the module iommufd to 1. Use one iommufd for all devices of a group%s.",
		story->group ? "" : ", and bind all its members to vfio-pci or to no driver");
	return true;
}

static bool explain_bind_einval(const struct story *story)
{
	if (iova_explain_direct_(story))
		return true;
	iova_say_cause_(
		story,
		"The kernel does not bind %s: it is bound or open already (here or in another "
		"process), its descriptor came from its group, or its DMA is not coherent with "
		"the caches%s.",
		story->device,
		iova_story_regions_are_known_(story) ?
			"" :
			"; or firmware keeps memory mapped one to one for it (direct region: RMRR, "
			"IVMD or RMR)");
	iova_say_remedy_(story, "Close the other descriptors of the device, and bind it once, "
				"through a descriptor of /dev/vfio/devices. If there are none, the "
				"kernel's log (dmesg) says more.");
	return true;
}

bool iova_explain_bind_(const struct story *story)
{
	switch (-story->failure->error) {
	case EPERM:
		return explain_bind_permission(story);
	case EINVAL:
		return explain_bind_einval(story);
	case EBUSY:
		return iova_explain_group_open_(story);
	case EBADF:
	case EBADFD:
		iova_say_cause_(story,
				"The iommufd that %s is to be bound to is closed, or is none.",
				story->device);
		iova_say_remedy_(story, "Pass an open descriptor of /dev/iommu.");
		return true;
	case ENODEV:
		iova_say_cause_(story,
				"%s is going away, or no driver of an IOMMU is there for it.",
				story->member);
		iova_say_remedy_(story, "Look at the machine anew; turn the IOMMU on in firmware "
					"and on the kernel's command line.");
		return true;
	default:
		return false;
	}
}

/* An IOAS without a device pins nothing: what is wrong with memory shows when one comes. */
static bool explain_attach_memory(const struct story *story)
{
	if (story->failure->error == -ENOMEM) {
		iova_say_cause_(story,
				"What is mapped could not be pinned for %s: RLIMIT_MEMLOCK is "
				"reached, or the machine is out of memory.",
				story->device);
		iova_say_remedy_(story, "Raise the limit (ulimit -l, LimitMEMLOCK=), give the "
					"process CAP_IPC_LOCK, or attach devices before memory is "
					"mapped.");
		return true;
	}
	iova_say_cause_(
		story,
		"Memory that is mapped cannot be pinned for %s: it is gone from the process, is "
		"read-only while devices may write, or is device memory (a PCI BAR).",
		story->device);
	iova_say_remedy_(story, "Unmap what is no ordinary memory of the process; attach devices "
				"before memory is mapped, and the map itself fails.");
	return true;
}

static bool explain_attach(const struct story *story)
{
	switch (-story->failure->error) {
	case EADDRINUSE:
		return iova_explain_taken_(story);
	case ENOENT:
		return iova_explain_no_ioas_(story);
	case ENOMEM:
	case EFAULT:
		return explain_attach_memory(story);
	case EINVAL:
		iova_say_cause_(story,
				"The kernel does not attach %s to this IOAS: another device of its "
				"group is attached elsewhere (a group shares one page table), it is "
				"not bound, or the smallest page of its IOMMU is larger than the "
				"processor's.",
				story->device);
		iova_say_remedy_(story, "Attach all devices of a group to one IOAS, and move them "
					"only when the others are detached.");
		return true;
	case EBUSY:
		iova_say_cause_(story, "Somebody else has given %s a page table.", story->device);
		iova_say_remedy_(story, "Stop the other user of the devices of its group.");
		return true;
	case ENODEV:
		iova_say_cause_(story,
				"%s is going away, or its IOMMU cannot make a page table for it.",
				story->member);
		iova_say_remedy_(story,
				 "Look at the kernel's log (dmesg), and at the machine anew.");
		return true;
	default:
		return false;
	}
}

static bool explain_detach(const struct story *story)
{
	if (story->failure->error != -EINVAL && story->failure->error != -ENODEV)
		return false;
	iova_say_cause_(story, "%s is not bound through this descriptor, or was unplugged.",
			story->member);
	iova_say_remedy_(story, "Nothing is left to do; closing the descriptor detaches as well.");
	return true;
}

static bool explain_pin(const struct story *story)
{
	switch (-story->failure->error) {
	case EADDRINUSE:
		iova_say_cause_(
			story,
			"The kernel cannot promise %s: a device that is attached takes part of "
			"it away already.",
			story->failure->length ? story->range : "what is to be pinned");
		iova_say_remedy_(story, "Read the valid ranges anew (iova_ctx_refresh()), and pin "
					"again.");
		return true;
	case EINVAL:
		iova_say_cause_(story, "The ranges to be pinned overlap one another, or one has no "
				       "more than a byte.");
		iova_say_remedy_(story, "Give the kernel ranges that are disjoint, each of a page "
					"at least.");
		return true;
	case ENOENT:
		return iova_explain_no_ioas_(story);
	default:
		return false;
	}
}

static bool explain_option(const struct story *story)
{
	switch (-story->failure->error) {
	case EPERM:
		iova_say_cause_(story, "How an iommufd counts locked memory may be changed only "
				       "with CAP_SYS_RESOURCE.");
		iova_say_remedy_(story, "Give the process the capability, or leave "
					"IOVA_CTX_CHARGE_PROCESS out and let it count by user.");
		return true;
	case EBUSY:
		iova_say_cause_(story, "How an iommufd counts locked memory can be changed only "
				       "before it has any IOAS or device.");
		iova_say_remedy_(story, "Set it right after /dev/iommu is opened, before the "
					"iommufd is lent.");
		return true;
	case EINVAL:
		iova_say_cause_(story, "An IOAS takes large pages out of use only before it has "
				       "devices and mappings both; or the value is not 0 or 1.");
		iova_say_remedy_(story, "Set it on a new IOAS (IOVA_CTX_SMALL_PAGES).");
		return true;
	case ENOENT:
		return iova_explain_no_ioas_(story);
	default:
		return false;
	}
}

static bool explain_ioas(const struct story *story)
{
	switch (-story->failure->error) {
	case ENOENT:
		return iova_explain_no_ioas_(story);
	case EBUSY:
		iova_say_cause_(story, "The IOAS is in use: a device is attached to it, or another "
				       "request is under way.");
		iova_say_remedy_(story, "Detach its devices first.");
		return true;
	default:
		return false;
	}
}

/* Before anything else: who does not know a request knows nothing of what it is about. */
static bool is_unknown_request(const struct story *story)
{
	uint32_t step = story->failure->step;

	if (story->failure->error != -ENOTTY)
		return false;
	return step >= IOVA_STEP_OPEN_IOMMUFD ||
	       (story->failure->backend == IOVA_BACKEND_IOMMUFD &&
		(step == IOVA_STEP_MAP || step == IOVA_STEP_UNMAP || step == IOVA_STEP_GET_INFO));
}

static bool explain_step(const struct story *story)
{
	switch (story->failure->step) {
	case IOVA_STEP_OPEN_IOMMUFD:
		return explain_open_iommufd(story);
	case IOVA_STEP_ADOPT_IOMMUFD:
		return story->failure->error == -EBADFD && iova_explain_not_iommufd_(story);
	case IOVA_STEP_IOAS:
		return explain_ioas(story);
	case IOVA_STEP_OPEN_CDEV:
		return explain_open_cdev(story);
	case IOVA_STEP_ADOPT_CDEV:
		return explain_adopt_cdev(story);
	case IOVA_STEP_BIND:
		return iova_explain_bind_(story);
	case IOVA_STEP_ATTACH:
		return explain_attach(story);
	case IOVA_STEP_DETACH:
		return explain_detach(story);
	case IOVA_STEP_PIN:
		return explain_pin(story);
	case IOVA_STEP_OPTION:
		return explain_option(story);
	default:
		return false;
	}
}

bool iova_explain_iommufd_(const struct story *story)
{
	if (is_unknown_request(story))
		return iova_explain_no_request_(story);
	return explain_step(story);
}

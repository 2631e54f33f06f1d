/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel's errnos on the way from a device node to a group in a container:
 * drivers/vfio/{container,group}.c, vfio_iommu_type1_attach_group,
 * iommu_group_claim_dma_owner, __iommu_device_set_domain.
 */
#include "explain/explain.h"

#include <errno.h>

typedef unsigned long long ull;

static const char how_to_bind[] =
	"Bind its devices to vfio-pci: write vfio-pci to the device's driver_override, unbind the "
	"present driver, and write the address to /sys/bus/pci/drivers_probe.";

static const char how_to_be_unsafe[] =
	"Turn the mode on, if its devices are trusted with all memory: parameter "
	"enable_unsafe_noiommu_mode of the module vfio, then bind them to vfio-pci anew. With an "
	"IOMMU use IOVA_BACKEND_TYPE1.";

bool iova_explain_not_viable_(const struct story *story)
{
	const struct iova_device_info *blocker = iova_story_blocker_(story);
	unsigned others;

	if (!blocker) {
		iova_say_cause_(story,
				"%s is not viable: a member is bound to a driver that is "
				"not VFIO's, or somebody else owns the group.",
				story->whole);
		iova_say_remedy_(story, "Bind all its members to vfio-pci, or to no driver; they "
					"are listed in its folder below /sys/kernel/iommu_groups.");
		return true;
	}
	others = story->group->info.n_blocking - 1;
	iova_say_cause_(story,
			"%s is not viable: its member %s is bound to the driver %s, and "
			"VFIO uses a group as a whole or not at all.",
			story->whole, blocker->name, blocker->driver);
	if (others)
		iova_say_remedy_(story,
				 "Unbind %s from %s, or bind it to vfio-pci as well; and so "
				 "for %u more of its members.",
				 blocker->name, blocker->driver, others);
	else
		iova_say_remedy_(story, "Unbind %s from %s, or bind it to vfio-pci as well.",
				 blocker->name, blocker->driver);
	return true;
}

/*
 * Up to 6.5 only VT-d refuses, with EPERM; from 6.6 every IOMMU, with EINVAL
 * (require_direct). Earlier or later in the sequence, it is the same rule.
 */
bool iova_explain_direct_(const struct story *story)
{
	const struct iova_region *direct = iova_story_direct_(story);

	if (!direct)
		return false;
	iova_say_cause_(story,
			"The kernel refuses group %u because firmware keeps 0x%llx-0x%llx "
			"mapped one to one for it (direct region: RMRR, IVMD or RMR).",
			(unsigned)story->failure->group, (ull)direct->range.start,
			(ull)direct->range.last);
	iova_say_remedy_(story,
			 "Use another device, or have the firmware's vendor drop the region "
			 "for this one (often a setting for legacy USB, remote management "
			 "or shared memory of the device).%s",
			 story->failure->error != -EPERM ?
				 "" :
				 " The kernel's log (dmesg) confirms it; if it does not, "
				 "interrupt remapping may be what is missing.");
	return true;
}

static void explain_no_node(const struct story *story)
{
	bool unsafe = story->failure->backend == IOVA_BACKEND_NOIOMMU;

	if (story->failure->step == IOVA_STEP_OPEN_CONTAINER) {
		iova_say_cause_(story,
				"There is no working /dev/vfio/vfio: the module vfio is not loaded, "
				"or VFIO is not built into this kernel.");
		iova_say_remedy_(story, "Load it: modprobe vfio-pci.");
		return;
	}
	iova_say_cause_(story,
			"The node of %s below /dev/vfio is not there: no device of it is bound to a "
			"VFIO driver%s.",
			story->subject,
			unsafe ? ", it has an IOMMU after all, or VFIO's no-IOMMU mode is off" :
				 "");
	iova_say_remedy_(story, unsafe ? how_to_be_unsafe : how_to_bind);
}

static void explain_may_not_open(const struct story *story, const char *node)
{
	bool container = story->failure->step == IOVA_STEP_OPEN_CONTAINER;

	if (!container && story->failure->error == -EPERM &&
	    iova_story_may_be_(story, IOVA_BACKEND_NOIOMMU)) {
		iova_say_cause_(story,
				"This user may not open %s; a no-IOMMU group is only for processes "
				"with CAP_SYS_RAWIO.",
				node);
		iova_say_remedy_(story, "Give the user read and write access to it, and for a "
					"no-IOMMU group the capability.");
		return;
	}
	iova_say_cause_(story, "This user may not open %s.", node);
	iova_say_remedy_(story,
			 container ? "Give the user read and write access to it; VFIO's own rights "
				     "come from the group nodes." :
				     "Give the user read and write access to it (chown, or a udev "
				     "rule for the vfio subsystem).");
}

static bool explain_open(const struct story *story)
{
	const struct iova_failure *f = story->failure;
	bool container = f->step == IOVA_STEP_OPEN_CONTAINER;
	const char *node = f->path[0] ? f->path : container ? "/dev/vfio/vfio" : "the group's node";

	switch (-f->error) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		explain_no_node(story);
		return true;
	case EACCES:
	case EPERM:
		explain_may_not_open(story, node);
		return true;
	case EBUSY:
		iova_say_cause_(story,
				"%s is open already%s, here or in another process; it can be "
				"opened once.",
				container ? node : story->whole,
				container ? "" : ", or one of its devices is bound to an iommufd");
		iova_say_remedy_(story, "Close the other user, or pass its descriptor to "
					"iova_ctx_adopt_group().");
		return true;
	default:
		return false;
	}
}

/*
 * The owner is claimed at SET_CONTAINER (5.19 on); a container with its IOMMU
 * set attaches the group there and then, and finds what SET_IOMMU would have found.
 */
static void explain_not_permitted(const struct story *story)
{
	iova_say_cause_(story,
			"The kernel refuses %s: it is not viable (a member is bound to a "
			"driver that is not VFIO's, or somebody else owns it); or, if the "
			"container has its IOMMU already, the platform does not remap "
			"interrupts%s.",
			story->subject,
			iova_story_regions_are_known_(story) ?
				"" :
				" or firmware keeps memory mapped one to "
				"one for the device (RMRR)");
	iova_say_remedy_(story,
			 "Bind all members of the group to vfio-pci, or to no driver. If "
			 "they are, look at the kernel's log (dmesg) for interrupts%s.",
			 iova_story_regions_are_known_(story) ? "" : " and RMRR");
}

static void explain_interrupts(const struct story *story)
{
	bool known = iova_story_regions_are_known_(story);

	iova_say_cause_(story,
			"The platform does not remap interrupts, so a device of %s could "
			"raise any interrupt of the host; the kernel refuses it.%s",
			story->subject,
			known ? "" :
				" Or firmware keeps memory mapped one to one for the device "
				"(RMRR): the group's regions are not known.");
	iova_say_remedy_(story,
			 "Turn interrupt remapping on (firmware, or intremap=on for a "
			 "virtual IOMMU). If the devices are trusted: set the parameter "
			 "allow_unsafe_interrupts of vfio_iommu_type1 to 1.%s",
			 known ? "" : " The kernel's log (dmesg) names an RMRR if that was it.");
}

/* vfio_container_attach_group, vfio_ioctl_set_iommu, iommufd_vfio_set_iommu. */
static void explain_unsafe(const struct story *story)
{
	iova_say_cause_(story,
			"The kernel refuses %s without an IOMMU: the process lacks CAP_SYS_RAWIO, or "
			"the container has groups with an IOMMU, which do not mix with it.",
			story->subject);
	iova_say_remedy_(story, "Give the process the capability, and the group a container of its "
				"own.");
}

static bool explain_set_container(const struct story *story)
{
	const struct iova_failure *f = story->failure;

	switch (-f->error) {
	case EPERM:
		if (story->failure->backend == IOVA_BACKEND_NOIOMMU) {
			explain_unsafe(story);
			return true;
		}
		if (iova_story_blocker_(story))
			return iova_explain_not_viable_(story);
		if (!iova_explain_direct_(story))
			explain_not_permitted(story);
		return true;
	case EINVAL:
		if (iova_explain_direct_(story))
			return true;
		iova_say_cause_(story,
				"The container does not take %s: it is in a container "
				"already, what is mapped hits a region of the group, or "
				"their IOMMUs have no valid range in common.",
				story->subject);
		iova_say_remedy_(story, "Detach it elsewhere, unmap what is in the way, or give "
					"the group a container of its own.");
		return true;
	case EBUSY:
		iova_say_cause_(story, "The IOMMU of %s is in use by somebody else.",
				story->subject);
		iova_say_remedy_(story, "Stop the other user of the group's devices.");
		return true;
	case ENODEV:
		iova_say_cause_(story, "%s is going away: its devices were unplugged or unbound.",
				story->whole);
		iova_say_remedy_(story, "Look at the machine anew and open the group again.");
		return true;
	case EBADFD:
		iova_say_cause_(story, "The descriptor that should be the container is none.");
		iova_say_remedy_(story,
				 "Pass a descriptor of /dev/vfio/vfio, or from Linux 6.2 on of "
				 "/dev/iommu.");
		return true;
	default:
		return false;
	}
}

static bool explain_set_iommu(const struct story *story)
{
	switch (-story->failure->error) {
	case EPERM:
		if (story->failure->backend == IOVA_BACKEND_NOIOMMU)
			explain_unsafe(story);
		else if (!iova_explain_direct_(story))
			explain_interrupts(story);
		return true;
	case EINVAL:
		if (iova_explain_direct_(story))
			return true;
		iova_say_cause_(story, "The container takes no IOMMU: no group is in it, it has "
				       "one already, or the group's regions leave no valid range.");
		iova_say_remedy_(story, "Attach a group first, and set the IOMMU once.");
		return true;
	case ENODEV:
		if (story->failure->backend == IOVA_BACKEND_COMPAT) {
			iova_say_cause_(story, "No group is in the container yet.");
			iova_say_remedy_(story, "Attach a group first.");
			return true;
		}
		iova_say_cause_(story, "No driver of the kernel offers a type1 IOMMU.");
		iova_say_remedy_(story, "Load the module vfio_iommu_type1.");
		return true;
	case EBUSY:
		iova_say_cause_(story, "The IOMMU of %s is in use by somebody else.",
				story->subject);
		iova_say_remedy_(story, "Stop the other user of the group's devices.");
		return true;
	case EIO:
		iova_say_cause_(story, "The kernel could not make an IOMMU domain for %s.",
				story->subject);
		iova_say_remedy_(story, "Look at the kernel's log (dmesg); the IOMMU may be in "
					"pass-through or off.");
		return true;
	default:
		return false;
	}
}

/* In iommufd's container a group has no say before here, so this is where all is found out. */
static bool explain_open_device(const struct story *story)
{
	bool compat = story->failure->backend == IOVA_BACKEND_COMPAT;

	switch (-story->failure->error) {
	case EPERM:
	case EINVAL:
		if (compat || (story->failure->backend == IOVA_BACKEND_ANY &&
			       !iova_story_blocker_(story) && iova_story_direct_(story)))
			return iova_explain_bind_(story);
		return iova_explain_not_viable_(story);
	case EADDRINUSE:
		return iova_story_may_be_(story, IOVA_BACKEND_COMPAT) && iova_explain_taken_(story);
	default:
		return false;
	}
}

static bool explain_leave(const struct story *story)
{
	const struct iova_failure *f = story->failure;

	if (f->step == IOVA_STEP_UNSET_CONTAINER && f->error == -EBUSY) {
		iova_say_cause_(story, "%s cannot leave: one of its devices is still open.",
				story->whole);
		iova_say_remedy_(story, "Close the device's descriptors first.");
		return true;
	}
	if (f->step == IOVA_STEP_UNSET_CONTAINER && f->error == -EINVAL) {
		iova_say_cause_(story, "%s is in no container.", story->whole);
		iova_say_remedy_(story, "Nothing is left to do.");
		return true;
	}
	if (f->step == IOVA_STEP_OPEN_DEVICE && f->error == -ENODEV) {
		iova_say_cause_(story, "No VFIO driver is bound to %s.", story->subject);
		iova_say_remedy_(story, how_to_bind);
		return true;
	}
	return f->step == IOVA_STEP_OPEN_DEVICE && explain_open_device(story);
}

bool iova_explain_attach_(const struct story *story)
{
	switch (story->failure->step) {
	case IOVA_STEP_OPEN_CONTAINER:
	case IOVA_STEP_OPEN_GROUP:
		return explain_open(story);
	case IOVA_STEP_SET_CONTAINER:
		return explain_set_container(story);
	case IOVA_STEP_SET_IOMMU:
		return explain_set_iommu(story);
	default:
		return explain_leave(story);
	}
}

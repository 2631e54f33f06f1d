/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel's errnos on mapping and unmapping: vfio_dma_do_map and
 * vfio_dma_do_unmap of drivers/vfio/vfio_iommu_type1.c, iopt_alloc_area_pages and
 * iopt_unmap_iova_range of drivers/iommu/iommufd/io_pagetable.c. EINVAL has many meanings;
 * the library checks all it can beforehand, so here are those it cannot. Where a request may
 * have gone to either, the text says what is true of each.
 */
#include "explain/explain.h"

#include <errno.h>

typedef unsigned long long ull;

/* Whether iommufd's or type1's meaning of an errno may be the one. */
static bool may_be_iommufd(const struct story *story)
{
	return iova_story_is_iommufd_(story) || story->failure->backend == IOVA_BACKEND_ANY;
}

static bool may_be_type1(const struct story *story)
{
	return iova_story_may_be_(story, IOVA_BACKEND_TYPE1);
}

static bool explain_map_einval(const struct story *story)
{
	char text[320];

	if (iova_story_has_conflict_(story)) {
		iova_conflict_text(&story->failure->conflict, text, sizeof text);
		iova_say_cause_(story, "The kernel refuses to map %s: %s.", story->range, text);
		iova_say_remedy_(story, "Choose another address.");
		return true;
	}
	iova_say_cause_(story,
			"The kernel refuses to map %s: it is not wholly inside one of the "
			"kernel's valid ranges, something is not aligned to the IOMMU's "
			"page%s%s.",
			story->range,
			may_be_type1(story) ? ", or the container has no IOMMU yet" : "",
			may_be_iommufd(story) ? "; or a file is to be mapped that is no memfd" :
						"");
	iova_say_remedy_(story,
			 "Read the valid ranges anew (iova_ctx_refresh()): another group or device "
			 "may have narrowed them%s; check alignment of IOVA, length and memory.",
			 story->failure->backend == IOVA_BACKEND_COMPAT ?
				 ", and iommufd's container does so only when a device is open" :
				 "");
	return true;
}

static void explain_no_room(const struct story *story)
{
	static const char limit[] = "the limit of vfio_iommu_type1 is used up (65535 by default)";
	static const char room[] = "no free range is large enough where the kernel may choose";

	if (!may_be_iommufd(story)) {
		iova_say_cause_(story, "The container takes no more mappings: %s.", limit);
		iova_say_remedy_(story, "Map larger contiguous pieces, or raise the module "
					"parameter dma_entry_limit and open a new container.");
	} else if (!may_be_type1(story)) {
		iova_say_cause_(story, "The kernel finds no address for %s: %s.", story->range,
				room);
		iova_say_remedy_(story,
				 "Unmap something, map smaller pieces, or choose the address "
				 "yourself: what was pinned (iova_ctx_pin()) is all that the "
				 "kernel chooses from.");
	} else {
		iova_say_cause_(
			story,
			"A container takes no more mappings: %s. An iommufd finds no address: "
			"%s.",
			limit, room);
		iova_say_remedy_(story, "Map larger contiguous pieces, or raise the module "
					"parameter dma_entry_limit and open a new container. With "
					"iommufd unmap something, or choose the address yourself.");
	}
}

/* Type1 counts what the process has locked, iommufd what all of its user's have. */
static void explain_memory(const struct story *story)
{
	bool by_user = iova_story_may_be_(story, IOVA_BACKEND_IOMMUFD);

	iova_say_cause_(story,
			"The memory of %s could not be pinned: RLIMIT_MEMLOCK is reached, or the "
			"machine is out of memory.%s",
			story->range,
			by_user ? " An iommufd counts all that the user's processes have pinned "
				  "through any, device memory as well." :
				  "");
	iova_say_remedy_(story,
			 "Raise the limit (ulimit -l, LimitMEMLOCK=) or give the process "
			 "CAP_IPC_LOCK; dmesg names RLIMIT_MEMLOCK if that was it.%s",
			 by_user ? " With iommufd: copy between address spaces instead of mapping "
				   "twice (iova_ctx_copy()), or count by process "
				   "(IOVA_CTX_CHARGE_PROCESS)." :
				   "");
}

static void explain_fault(const struct story *story)
{
	const struct iova_failure *f = story->failure;
	bool iommufd = may_be_iommufd(story), type1 = may_be_type1(story);

	iova_say_cause_(story,
			"The memory at 0x%llx of %s cannot be pinned: part of it is not mapped in "
			"this process, or is read-only while the device may write%s%s.",
			(ull)f->vaddr, story->range,
			type1 ? "; on Intel with Linux 5.4-5.9 also: the IOVA is above the IOMMU's "
				"width" :
				"",
			iommufd ?
				"; or it is device memory (a PCI BAR), which iommufd does not map "
				"from the process" :
				"");
	iova_say_remedy_(story, "Map the memory in the process first%s ask for IOVA_READ only%s.%s",
			 type1 ? "," : ", or", type1 ? ", or declare the width" : "",
			 iommufd ?
				 " Device memory: use its group in a container of type1 "
				 "(IOVA_BACKEND_TYPE1), or from Linux 6.19 on the dma-buf of the BAR "
				 "(iova_ctx_map_file())." :
				 "");
}

static bool explain_map_place(const struct story *story)
{
	switch (-story->failure->error) {
	case EINVAL:
		return explain_map_einval(story);
	case EEXIST:
		return iova_explain_overlap_(story);
	case EOVERFLOW:
	case ERANGE:
		iova_say_cause_(story,
				"The end of %s is above what the kernel or the IOMMU's page "
				"table can address.",
				story->range);
		iova_say_remedy_(story, "Choose a lower address.");
		return true;
	case EBUSY:
		iova_say_cause_(story,
				"The IOMMU has something at %s that the %s does not know of.",
				story->range,
				story->failure->backend == IOVA_BACKEND_IOMMUFD ? "IOAS" :
										  "container");
		iova_say_remedy_(story, "Choose another address, and look at the kernel's log "
					"(dmesg).");
		return true;
	case ENODEV:
		if (story->failure->backend == IOVA_BACKEND_IOMMUFD)
			return false;
		iova_say_cause_(story, "The container has no IOMMU, or the process that mapped is "
				       "gone.");
		iova_say_remedy_(story, "Attach a group first.");
		return true;
	case ENOENT:
		return may_be_iommufd(story) && iova_explain_no_ioas_(story);
	default:
		return false;
	}
}

static bool explain_map(const struct story *story)
{
	switch (-story->failure->error) {
	case ENOSPC:
		explain_no_room(story);
		return true;
	case ENOMEM:
		explain_memory(story);
		return true;
	case EFAULT:
		explain_fault(story);
		return true;
	default:
		return explain_map_place(story);
	}
}

static bool explain_copy(const struct story *story)
{
	switch (-story->failure->error) {
	case ENOENT:
		iova_say_cause_(story,
				"A part of what is to be copied to %s is not mapped where it should "
				"come from, or one of the two IOASes does not exist.",
				story->range);
		iova_say_remedy_(story,
				 "Copy only what is mapped without a gap, with the addresses "
				 "that it has there.");
		return true;
	case EPERM:
		iova_say_cause_(story,
				"The memory that is to be copied to %s was mapped for reading only, "
				"and the copy should be writable.",
				story->range);
		iova_say_remedy_(story, "Ask for IOVA_READ only, or map the memory writable in the "
					"first place.");
		return true;
	default:
		return explain_map(story);
	}
}

/* Iommufd unmaps whole areas, one after another, and stops at one that it would have to cut. */
static bool explain_unmap_enoent(const struct story *story)
{
	if (!may_be_iommufd(story)) {
		iova_say_cause_(story, "The kernel has no mapping in %s.", story->range);
		iova_say_remedy_(story, "Unmap what was mapped, once.");
		return true;
	}
	iova_say_cause_(
		story,
		"The kernel has no mapping in %s, or the range would cut one in two: iommufd says "
		"the same for both, and may have unmapped what lies whole in front of the cut.",
		story->range);
	iova_say_remedy_(story,
			 "Unmap exactly what was mapped, once; after this error look at what "
			 "is still mapped before going on.");
	return true;
}

static bool explain_unmap(const struct story *story)
{
	switch (-story->failure->error) {
	case EINVAL:
		iova_say_cause_(story, "The kernel refuses to unmap %s: %sit is not aligned%s.",
				story->range,
				may_be_type1(story) ? "it would cut a mapping in two, " : "",
				may_be_type1(story) ? ", or the container has no IOMMU" :
						      ", or its length is 0");
		iova_say_remedy_(story, "Unmap exactly what was mapped.");
		return true;
	case ENOENT:
		return explain_unmap_enoent(story);
	case EOVERFLOW:
		iova_say_cause_(story, "The end of %s is above the top of the address space.",
				story->range);
		iova_say_remedy_(story, "Check the arithmetic behind the address and the length.");
		return true;
	case EBUSY:
		iova_say_cause_(story,
				"Something in %s is being mapped at this moment, or hardware holds "
				"it.",
				story->range);
		iova_say_remedy_(story, "Unmap when the map has returned, and what uses it is "
					"closed.");
		return true;
	case EDEADLK:
		iova_say_cause_(
			story,
			"The driver of a mediated device does not let go of the memory of %s.",
			story->range);
		iova_say_remedy_(story, "Stop the device first; look at the kernel's log (dmesg).");
		return true;
	default:
		return false;
	}
}

static bool explain_get_info(const struct story *story)
{
	bool native = story->failure->backend == IOVA_BACKEND_IOMMUFD;

	if (story->failure->error == -ENOENT && may_be_iommufd(story))
		return iova_explain_no_ioas_(story);
	if (native || (story->failure->error != -EINVAL && story->failure->error != -ENODEV))
		return false;
	iova_say_cause_(story, "The container has no IOMMU yet, so it has no ranges to tell.");
	iova_say_remedy_(story, "Attach a group first.");
	return true;
}

bool iova_explain_dma_(const struct story *story)
{
	switch (story->failure->step) {
	case IOVA_STEP_MAP:
		return explain_map(story);
	case IOVA_STEP_UNMAP:
		return explain_unmap(story);
	case IOVA_STEP_COPY:
		return explain_copy(story);
	case IOVA_STEP_GET_INFO:
		return explain_get_info(story);
	default:
		return false;
	}
}

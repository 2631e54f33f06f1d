/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel's errnos on mapping and unmapping: vfio_dma_do_map and
 * vfio_dma_do_unmap of drivers/vfio/vfio_iommu_type1.c. EINVAL has many meanings; the
 * library checks all it can beforehand, so here are those it cannot.
 */
#include "explain/explain.h"

#include <errno.h>

typedef unsigned long long ull;

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
			"page, or the container has no IOMMU yet.",
			story->range);
	iova_say_remedy_(story, "Read the valid ranges anew (iova_ctx_refresh()): another group "
				"may have narrowed them; check alignment of IOVA, length and "
				"memory.");
	return true;
}

static bool explain_map(const struct story *story)
{
	const struct iova_failure *f = story->failure;

	switch (-f->error) {
	case EINVAL:
		return explain_map_einval(story);
	case EEXIST:
		return iova_explain_overlap_(story);
	case ENOSPC:
		iova_say_cause_(story, "The container takes no more mappings: the limit of "
				       "vfio_iommu_type1 is used up (65535 by default).");
		iova_say_remedy_(story, "Map larger contiguous pieces, or raise the module "
					"parameter dma_entry_limit and open a new container.");
		return true;
	case ENOMEM:
		iova_say_cause_(story,
				"The memory of %s could not be pinned: RLIMIT_MEMLOCK is "
				"reached, or the machine is out of memory.",
				story->range);
		iova_say_remedy_(story, "Raise the limit (ulimit -l, LimitMEMLOCK=) or give the "
					"process CAP_IPC_LOCK; dmesg names RLIMIT_MEMLOCK if that "
					"was it.");
		return true;
	case EFAULT:
		iova_say_cause_(story,
				"The memory at 0x%llx of %s cannot be pinned: part of it is "
				"not mapped in this process, or is read-only while the "
				"device may write; on Intel with Linux 5.4-5.9 also: the "
				"IOVA is above the IOMMU's width.",
				(ull)f->vaddr, story->range);
		iova_say_remedy_(story, "Map the memory in the process first, ask for IOVA_READ "
					"only, or declare the width.");
		return true;
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
				"The IOMMU has something at %s that the container does not "
				"know of.",
				story->range);
		iova_say_remedy_(story, "Choose another address, and look at the kernel's log "
					"(dmesg).");
		return true;
	case ENODEV:
		iova_say_cause_(story, "The container has no IOMMU, or the process that mapped is "
				       "gone.");
		iova_say_remedy_(story, "Attach a group first.");
		return true;
	default:
		return false;
	}
}

static bool explain_unmap(const struct story *story)
{
	switch (-story->failure->error) {
	case EINVAL:
		iova_say_cause_(story,
				"The kernel refuses to unmap %s: it would cut a mapping in "
				"two, it is not aligned, or the container has no IOMMU.",
				story->range);
		iova_say_remedy_(story, "Unmap exactly what was mapped.");
		return true;
	case ENOENT:
		iova_say_cause_(story, "The kernel has no mapping in %s.", story->range);
		iova_say_remedy_(story, "Unmap what was mapped, once.");
		return true;
	case EOVERFLOW:
		iova_say_cause_(story, "The end of %s is above the top of the address space.",
				story->range);
		iova_say_remedy_(story, "Check the arithmetic behind the address and the length.");
		return true;
	default:
		return false;
	}
}

bool iova_explain_dma_(const struct story *story)
{
	switch (story->failure->step) {
	case IOVA_STEP_MAP:
		return explain_map(story);
	case IOVA_STEP_UNMAP:
		return explain_unmap(story);
	case IOVA_STEP_GET_INFO:
		if (story->failure->error != -EINVAL && story->failure->error != -ENODEV)
			return false;
		iova_say_cause_(story, "The container has no IOMMU yet, so it has no ranges to "
				       "tell.");
		iova_say_remedy_(story, "Attach a group first.");
		return true;
	default:
		return false;
	}
}

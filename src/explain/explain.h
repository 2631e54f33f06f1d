/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_EXPLAIN_EXPLAIN_H
#define IOVA_EXPLAIN_EXPLAIN_H

/*
 * Explaining is split by who knows: why.c and why-backend.c for what the library
 * itself found, attach.c, iommufd.c and dma.c for what the kernel's errno means at
 * each step. Each says true if it had something to say. A backend that is not known
 * may be any: then the texts are true of all.
 */

#include "host/host.h"

#include <libiova/explain.h>

/* A failure, where to write, and what the host adds. */
struct story {
	const struct iova_failure *failure;
	const struct iova_group *group; /* NULL if not known */
	struct iova_explanation *out;
	char range[64];   /* "the range 0x1000+0x2000", or "the range" */
	char subject[80]; /* "0000:00:1f.0", "group 5", or "the group" */
	char whole[80];   /* "IOMMU group 5", "The group of 0000:00:1f.0": to begin a sentence */
	char device[96];  /* "the device 0000:00:1f.0", "a device of group 5", or "the device" */
	char member[96];  /* the same, to begin a sentence */
};

/* Whether it can have been that one which was asked: IOVA_BACKEND_*. */
bool iova_story_may_be_(const struct story *story, uint32_t backend);

/* Whether requests went to an iommufd, by its own name or as a container. */
bool iova_story_is_iommufd_(const struct story *story);

/* Whether there may be a direct region that cannot be seen. */
bool iova_story_regions_are_known_(const struct story *story);

/* Whether the failure tells what is in the way. */
bool iova_story_has_conflict_(const struct story *story);

void iova_say_cause_(const struct story *story, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void iova_say_remedy_(const struct story *story, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What was asked for, to begin a sentence: "VFIO_IOMMU_MAP_DMA". */
const char *iova_story_step_(const struct story *story);

bool iova_explain_why_(const struct story *story);
bool iova_explain_backend_(const struct story *story);
bool iova_explain_attach_(const struct story *story);
bool iova_explain_iommufd_(const struct story *story);
bool iova_explain_dma_(const struct story *story);

/* The first device whose driver keeps the group from being used; NULL if none is known. */
const struct iova_device_info *iova_story_blocker_(const struct story *story);

/* The first region that must stay mapped one to one; NULL if none is known. */
const struct iova_region *iova_story_direct_(const struct story *story);

/* Device names a bound driver: "0000:01:00.0 is bound to nvme". True if there was one to name. */
bool iova_explain_not_viable_(const struct story *story);
bool iova_explain_direct_(const struct story *story);
bool iova_explain_overlap_(const struct story *story);

/* One thing each, from wherever it was found; the callers have nothing to add. */
bool iova_explain_no_iommufd_(const struct story *story);
bool iova_explain_not_iommufd_(const struct story *story);
bool iova_explain_no_ioas_(const struct story *story);
bool iova_explain_no_cdev_(const struct story *story);
bool iova_explain_not_cdev_(const struct story *story);
bool iova_explain_group_open_(const struct story *story);
bool iova_explain_no_request_(const struct story *story);
bool iova_explain_no_translation_(const struct story *story);
/* A device is refused for what is mapped or pinned, or for what it is. */
bool iova_explain_taken_(const struct story *story);
bool iova_explain_bind_(const struct story *story);

#endif

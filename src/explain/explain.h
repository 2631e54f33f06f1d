/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_EXPLAIN_EXPLAIN_H
#define IOVA_EXPLAIN_EXPLAIN_H

/*
 * Explaining is split by who knows: why.c for what the library itself found,
 * attach.c and dma.c for what the kernel's errno means at each step. Each says
 * true if it had something to say.
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
};

/* Whether the failure tells what is in the way. */
bool iova_story_has_conflict_(const struct story *story);

void iova_say_cause_(const struct story *story, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void iova_say_remedy_(const struct story *story, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

bool iova_explain_why_(const struct story *story);
bool iova_explain_attach_(const struct story *story);
bool iova_explain_dma_(const struct story *story);

/* The first device whose driver keeps the group from being used; NULL if none is known. */
const struct iova_device_info *iova_story_blocker_(const struct story *story);

/* The first region that must stay mapped one to one; NULL if none is known. */
const struct iova_region *iova_story_direct_(const struct story *story);

/* Device names a bound driver: "0000:01:00.0 is bound to nvme". True if there was one to name. */
bool iova_explain_not_viable_(const struct story *story);
bool iova_explain_direct_(const struct story *story);
bool iova_explain_overlap_(const struct story *story);

#endif

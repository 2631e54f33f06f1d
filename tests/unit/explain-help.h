/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_EXPLAIN_HELP_H
#define TESTS_UNIT_EXPLAIN_HELP_H

/* Failures to explain, on a host of five groups. After made-host.h. */

#include <libiova/explain.h>

static struct made_host made;

/*
 * Group 1 has a direct region, 2 a foreign driver, 3 neither, 4 both, and of 5 the regions are
 * not known.
 */
static inline int make_host(void **state)
{
	(void)state;
	made_begin(&made);
	made_plain_group(&made, 1);
	made_region(&made, 0x7c000000, 0x7c0fffff, IOVA_REGION_DIRECT);
	made_group(&made, 2, IOVA_REGIONS_READ);
	made_device(&made, "0000:02:00.0", CLASS_NET, "vfio-pci");
	made_device(&made, "0000:02:00.1", CLASS_NET, "nvme");
	made_device(&made, "0000:02:00.2", CLASS_NET, "e1000e");
	made_plain_group(&made, 3);
	made_region(&made, 0xfee00000, 0xfeefffff, IOVA_REGION_MSI);
	made_group(&made, 4, IOVA_REGIONS_READ);
	made_device(&made, "0000:04:00.0", CLASS_NET, "ixgbe");
	made_region(&made, 0x7d000000, 0x7d0fffff, IOVA_REGION_DIRECT);
	made_group(&made, 5, IOVA_REGIONS_UNREADABLE);
	made_device(&made, "0000:05:00.0", CLASS_NET, "vfio-pci");
	return 0;
}

static inline struct iova_failure failure_of(uint32_t step, int error, uint32_t group)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;

	failure.step = step;
	failure.error = error;
	failure.group = group;
	failure.from_kernel = 1;
	return failure;
}

static inline struct iova_explanation explain(const struct iova_failure *failure, bool with_host)
{
	struct iova_explanation said;

	memset(&said, 'x', sizeof said);
	assert_int_equal(iova_explain(failure, with_host ? &made.host : NULL, &said), 0);
	return said;
}

static inline void assert_says(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("\"%s\" is not in: %s", what, text);
}

static inline void assert_does_not_say(const char *text, const char *what)
{
	if (strstr(text, what))
		fail_msg("\"%s\" is in: %s", what, text);
}

/* Something of all that a failure can hold. */
static inline void fill(struct iova_failure *failure)
{
	failure->iova = 0x100000;
	failure->length = 0x2000;
	failure->vaddr = 0x7f0000000000;
	failure->granule = 4096;
	failure->expected = 0x2000;
	failure->actual = 0x1000;
	strcpy(failure->device, "0000:02:00.0");
	strcpy(failure->path, "/dev/vfio/2");
	failure->n_conflicts = 1;
	failure->conflict.source = IOVA_SOURCE_REGION;
	failure->conflict.type = IOVA_REGION_MSI;
	failure->conflict.verdict = IOVA_VERDICT_REFUSE;
	failure->conflict.group = 3;
}

/* With iommufd, about a device of the group that has nothing special. */
static inline struct iova_failure native_failure(uint32_t step, int error)
{
	struct iova_failure failure = failure_of(step, error, 3);

	failure.backend = IOVA_BACKEND_IOMMUFD;
	strcpy(failure.device, "0000:03:00.0");
	return failure;
}

static inline struct iova_failure about_range(uint32_t step, int error, uint32_t backend)
{
	struct iova_failure failure = failure_of(step, error, IOVA_GROUP_NONE);

	failure.backend = backend;
	failure.iova = 0x100000;
	failure.length = 0x2000;
	failure.vaddr = 0x7f0000000000;
	return failure;
}

#endif

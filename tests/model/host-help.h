/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_HOST_HELP_H
#define IOVA_TESTS_HOST_HELP_H

/* The library's view of a simulated machine, asserted to be there. */

#include "harness.h"

#include <libiova/host.h>

#define GROUPS "/sys/kernel/iommu_groups"
#define REGIONS_1 GROUPS "/1/reserved_regions"

static inline struct iova_host *read_host(const struct world *world)
{
	struct iova_host_opts opts = { .size = sizeof opts, .sys = world->sys };
	struct iova_host *host;

	assert_int_equal(iova_host_read(&opts, &host, NULL), 0);
	return host;
}

static inline struct iova_group_info group_of(const struct iova_host *host, uint32_t id)
{
	struct iova_group_info info = { .size = sizeof info };

	assert_int_equal(iova_host_find_group(host, id, &info), 0);
	assert_int_equal(info.id, id);
	return info;
}

static inline struct iova_device_info device_of(const struct iova_host *host, const char *name)
{
	struct iova_device_info info = { .size = sizeof info };

	assert_int_equal(iova_host_find_device(host, name, &info), 0);
	return info;
}

/* One group of number 1 with one device; what else is in it, the test adds. */
static inline void add_group_1(const struct world *world)
{
	assert_int_equal(iova_sim_add_group(world->sim, 1, "DMA"), 0);
	assert_int_equal(iova_sim_add_device(world->sim, 1, "0000:01:00.0", 0x8086, 0x1533,
					     0x020000, "vfio-pci"),
			 0);
}

#endif

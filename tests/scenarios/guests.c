/* SPDX-License-Identifier: BSD-3-Clause */
/* What each guest has, written down from what its kernel and QEMU promise, not read from it. */
#include "stage.h"

#include <errno.h>
#include <string.h>

#define MSI_X86                        \
	{                              \
		0xfee00000, 0xfeefffff \
	}

#define DEVICES .first = "0000:00:03.0", .second = "0000:00:02.0"
#define VTD                                                                                 \
	DEVICES, .msi = MSI_X86, .top = 0x7fffffffff,                                       \
		 .has = HAS_RELAXABLE | HAS_LPC | HAS_LOST_MEMORY | HAS_LIMITS | HAS_WIDTH, \
		 .relaxable = "0000:00:1f.2", .relaxable_range = { 0, 0xffffff },           \
		 .lpc = "0000:00:1f.0", .sibling = "0000:00:1f.3"
#define VTD_RMRR                                                                               \
	DEVICES, .msi = MSI_X86, .top = 0x7fffffffff,                                          \
		 .has = HAS_RELAXABLE | HAS_DIRECT | HAS_LOST_MEMORY | HAS_LIMITS | HAS_WIDTH, \
		 .relaxable = "0000:00:02.0", .relaxable_range = { 0x20100000, 0x201fffff },   \
		 .direct = "0000:00:01.0", .direct_range = { 0x20000000, 0x200fffff }

#define AMDVI                                       \
	DEVICES, .msi = MSI_X86, .top = UINT64_MAX, \
		 .has = HAS_LAST_PAGE | HAS_LOST_MEMORY | HAS_LIMITS

/* With the SATA controller given to its own driver, the LPC bridge's group is not to be had. */
#define VTD_BLOCKED                                                                            \
	DEVICES, .msi = MSI_X86, .top = 0x7fffffffff, .has = HAS_BLOCKED, .only = HAS_BLOCKED, \
		 .blocked = "0000:00:1f.3", .blocker = "0000:00:1f.2", .blocker_driver = "ahci"

/* The kernels that have all, or all but type1. */
#define ALL .offers = BY_TYPE1 | BY_COMPAT | BY_IOMMUFD
#define NO_TYPE1 .offers = BY_COMPAT | BY_IOMMUFD
/* Devices bound and attached by themselves. */
#define NATIVE .backend = IOVA_BACKEND_IOMMUFD
/* Groups in a container that iommufd provides, */
#define COMPAT .backend = IOVA_BACKEND_COMPAT
/* which is /dev/iommu itself where /dev/vfio/vfio is VFIO's own. */
#define COMPAT_BESIDE COMPAT, .container = "/dev/iommu"
#define REFUSED_AT(step) .direct_error = -EINVAL, .direct_step = step

static struct stage stages[] = {
	{ .name = "vtd-6.12", VTD },
	{ .name = "vtd-6.1", VTD },
	{ .name = "vtd-6.12-blocked", VTD_BLOCKED },
	{ .name = "vtd-6.1-blocked", VTD_BLOCKED },
	{ .name = "vtd-rmrr-6.12", VTD_RMRR, .direct_error = -EINVAL },
	{ .name = "vtd-rmrr-6.1", VTD_RMRR, .direct_error = -EPERM },
	{ .name = "amdvi-6.12", AMDVI },
	{ .name = "vtd-iommufd-6.12", ALL, VTD },
	{ .name = "vtd-iommufd-6.12-blocked", ALL, VTD_BLOCKED },
	{ .name = "vtd-rmrr-iommufd-6.12", ALL, VTD_RMRR, .direct_error = -EINVAL },
	{ .name = "amdvi-iommufd-6.12", ALL, AMDVI },
	{ .name = "vtd-iommufd-6.12-native", ALL, VTD, NATIVE },
	{ .name = "vtd-rmrr-iommufd-6.12-native",
	  ALL,
	  VTD_RMRR,
	  NATIVE,
	  REFUSED_AT(IOVA_STEP_BIND) },
	{ .name = "amdvi-iommufd-6.12-native", ALL, AMDVI, NATIVE },
	{ .name = "vtd-iommufd-6.12-compat", ALL, VTD, COMPAT_BESIDE },
	{ .name = "vtd-rmrr-iommufd-6.12-compat",
	  ALL,
	  VTD_RMRR,
	  COMPAT_BESIDE,
	  REFUSED_AT(IOVA_STEP_OPEN_DEVICE) },
	{ .name = "amdvi-iommufd-6.12-compat", ALL, AMDVI, COMPAT_BESIDE },
	{ .name = "vtd-iommufd-6.12-native-blocked", ALL, VTD_BLOCKED, NATIVE },
	{ .name = "vtd-iommufd-6.12-compat-blocked", ALL, VTD_BLOCKED, COMPAT_BESIDE },
	{ .name = "vtd-compat-6.12-blocked", NO_TYPE1, VTD_BLOCKED, COMPAT },
	{ .name = "vtd-compat-6.12", NO_TYPE1, VTD, COMPAT },
	{ .name = "vtd-rmrr-compat-6.12",
	  NO_TYPE1,
	  VTD_RMRR,
	  COMPAT,
	  REFUSED_AT(IOVA_STEP_OPEN_DEVICE) },
	{ .name = "amdvi-compat-6.12", NO_TYPE1, AMDVI, COMPAT },
	{ .name = "vtd-compat-6.12-native", NO_TYPE1, VTD, NATIVE },
	{ .name = "vtd-rmrr-compat-6.12-native",
	  NO_TYPE1,
	  VTD_RMRR,
	  NATIVE,
	  REFUSED_AT(IOVA_STEP_BIND) },
	{ .name = "amdvi-compat-6.12-native", NO_TYPE1, AMDVI, NATIVE },
	{ .name = "virtio-6.12",
	  DEVICES,
	  .msi = MSI_X86,
	  .top = UINT64_MAX,
	  .has = HAS_LAST_PAGE | HAS_LOST_MEMORY | HAS_LIMITS },
	{ .name = "virtio-6.12-safe", DEVICES, .has = NO_INTERRUPTS },
	{ .name = "smmuv3-6.12",
	  DEVICES,
	  .msi = { 0x8000000, 0x80fffff },
	  .top = 0xffffffffffff,
	  .has = HAS_LOST_MEMORY | HAS_LIMITS },
};

struct stage *stage_of_guest(const char *name)
{
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
		if (!strcmp(stages[i].name, name))
			return &stages[i];
	return NULL;
}

const char *stage_name(size_t i)
{
	return i < sizeof stages / sizeof *stages ? stages[i].name : NULL;
}

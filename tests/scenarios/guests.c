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
		 .lpc = "0000:00:1f.0"
#define VTD_RMRR                                                                               \
	DEVICES, .msi = MSI_X86, .top = 0x7fffffffff,                                          \
		 .has = HAS_RELAXABLE | HAS_DIRECT | HAS_LOST_MEMORY | HAS_LIMITS | HAS_WIDTH, \
		 .relaxable = "0000:00:02.0", .relaxable_range = { 0x20100000, 0x201fffff },   \
		 .direct = "0000:00:01.0", .direct_range = { 0x20000000, 0x200fffff }

/* With the SATA controller given to its own driver, the LPC bridge's group is not to be had. */
#define VTD_BLOCKED                                                                            \
	DEVICES, .msi = MSI_X86, .top = 0x7fffffffff, .has = HAS_BLOCKED, .only = HAS_BLOCKED, \
		 .blocked = "0000:00:1f.3", .blocker = "0000:00:1f.2", .blocker_driver = "ahci"

static struct stage stages[] = {
	{ .name = "vtd-6.12", VTD },
	{ .name = "vtd-6.1", VTD },
	{ .name = "vtd-6.12-blocked", VTD_BLOCKED },
	{ .name = "vtd-6.1-blocked", VTD_BLOCKED },
	{ .name = "vtd-rmrr-6.12", VTD_RMRR, .direct_error = -EINVAL },
	{ .name = "vtd-rmrr-6.1", VTD_RMRR, .direct_error = -EPERM },
	{ .name = "amdvi-6.12",
	  DEVICES,
	  .msi = MSI_X86,
	  .top = UINT64_MAX,
	  .has = HAS_LAST_PAGE | HAS_LOST_MEMORY | HAS_LIMITS },
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

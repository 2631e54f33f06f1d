/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scenarios on a real kernel: vm-scenarios GUEST. What each guest has is
 * written down here from what its kernel and QEMU promise, not read from it.
 */
#include "stage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define MSI_X86                        \
	{                              \
		0xfee00000, 0xfeefffff \
	}

static int limit_memory(const struct stage *stage, uint64_t bytes)
{
	struct rlimit limit = { bytes, bytes };

	(void)stage;
	/* Without the user's privileges, CAP_IPC_LOCK is gone as well. */
	return setrlimit(RLIMIT_MEMLOCK, &limit) < 0 || setgid(65534) < 0 || setuid(65534) < 0 ?
		       -1 :
		       0;
}

#define DEVICES .first = "0000:00:03.0", .second = "0000:00:02.0", .limit_memory = limit_memory
#define VTD                                                                             \
	DEVICES, .msi = MSI_X86, .top = 0x7fffffffff,                                   \
		 .has = HAS_RELAXABLE | HAS_LPC | REAL_MEMORY | HAS_LIMITS | HAS_WIDTH, \
		 .relaxable = "0000:00:1f.2", .relaxable_range = { 0, 0xffffff },       \
		 .lpc = "0000:00:1f.0"
#define VTD_RMRR                                                                             \
	DEVICES, .msi = MSI_X86, .top = 0x7fffffffff,                                        \
		 .has = HAS_RELAXABLE | HAS_DIRECT | REAL_MEMORY | HAS_LIMITS | HAS_WIDTH,   \
		 .relaxable = "0000:00:02.0", .relaxable_range = { 0x20100000, 0x201fffff }, \
		 .direct = "0000:00:01.0", .direct_range = { 0x20000000, 0x200fffff }

/* With the SATA controller given to its own driver, the LPC bridge's group is not to be had. */
#define VTD_BLOCKED                                                                     \
	DEVICES, .msi = MSI_X86, .top = 0x7fffffffff, .has = REAL_MEMORY | HAS_BLOCKED, \
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
	  .has = HAS_LAST_PAGE | REAL_MEMORY | HAS_LIMITS },
	{ .name = "virtio-6.12",
	  DEVICES,
	  .msi = MSI_X86,
	  .top = UINT64_MAX,
	  .has = HAS_LAST_PAGE | REAL_MEMORY | HAS_LIMITS },
	{ .name = "virtio-6.12-safe", DEVICES, .has = NO_INTERRUPTS },
	{ .name = "smmuv3-6.12",
	  DEVICES,
	  .msi = { 0x8000000, 0x80fffff },
	  .top = 0xffffffffffff,
	  .has = REAL_MEMORY | HAS_LIMITS },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof stages / sizeof *stages; i++)
		if (!strcmp(stages[i].name, argv[1]))
			return stage_play(&stages[i]);
	fprintf(stderr, "usage: vm-scenarios GUEST\n");
	return 2;
}

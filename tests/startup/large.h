/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_STARTUP_LARGE_H
#define TESTS_STARTUP_LARGE_H

/*
 * A machine as large as wanted, with four IOMMUs, about four devices and a few regions in a group,
 * and now and then a group of 41 devices. Everything follows from the numbers of groups and
 * devices, so that a test can work out what must be found. tree.py writes the same as files.
 */

#include <libiova-sim/sim.h>
#include <libiova/host.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LARGE_REGIONS 5 /* most that a group has */

struct large_device {
	uint32_t group;
	uint32_t vendor;
	uint32_t device;
	uint32_t class_code;
	const char *driver; /* NULL for none */
	char name[IOVA_DEVICE_NAME_MAX];
};

/* How many devices a group has, and groups of such a machine together. */
size_t large_members(uint32_t group);
size_t large_devices(uint32_t groups);

/* serial: counted over all groups. */
struct large_device large_device(uint32_t group, size_t serial);

/* The regions of a group, not sorted. Returns how many. */
size_t large_regions(uint32_t group, struct iova_region regions[LARGE_REGIONS]);

/* The simulated machine. Returns 0 or a negative errno; the sim is the caller's. */
int large_sim(uint32_t groups, struct iova_sim **ret_sim);

#endif

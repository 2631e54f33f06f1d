/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_TWIN_H
#define IOVA_TESTS_TWIN_H

#include <libiova-sim/sim.h>

/*
 * The simulated twin of a recorded machine, a directory of tests/data/machines:
 * groups, devices, drivers, regions and the module's parameters as its sysfs has
 * them, the IOMMU as caps.bin tells of it, and the kernel that its name ends with.
 */
int twin_new(const char *directory, struct iova_sim **ret_sim);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_SIM_SIM_H
#define LIBIOVA_SIM_SIM_H

/**
 * @file
 * All of libiova-sim: a Linux host with VFIO in memory, behind the table of
 * system functions. Each header can be included alone as well.
 *
 * A host is built in code or from a preset: groups, devices, reserved regions,
 * IOMMUs and the behaviour of one kernel version. Its table (iova_sim_sys())
 * then answers as that kernel would: sysfs below "sys", the nodes below
 * "dev/vfio", and the ioctls of containers and groups with the type1 IOMMU.
 * Nothing real is opened.
 *
 * Functions return 0 or more on success and a negative errno on failure.
 *
 * Not modelled: mediated and emulated devices, no-IOMMU groups, dirty
 * tracking, the VADDR flags, nested translation (SET_IOMMU of it fails as on
 * hardware without it), VF tokens, devices on another bus than PCI, memory that
 * is not charged (BARs), and processes: all calls are those of one, so that an
 * unmapping after fork, without effect up to 5.19, has its effect here.
 */

#include <libiova-sim/calls.h>
#include <libiova-sim/devices.h>
#include <libiova-sim/fault.h>
#include <libiova-sim/files.h>
#include <libiova-sim/iommu.h>
#include <libiova-sim/kernel.h>
#include <libiova-sim/life.h>
#include <libiova-sim/others.h>
#include <libiova-sim/preset.h>
#include <libiova-sim/truth.h>

#endif

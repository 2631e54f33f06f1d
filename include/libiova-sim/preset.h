/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIBIOVA_SIM_PRESET_H
#define LIBIOVA_SIM_PRESET_H

/**
 * @file
 * Hosts that people have, ready-made. What a preset says can be changed
 * afterwards like any other host.
 */

#include <libiova-sim/life.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Make a host from a preset.
 *
 * @param name     one of iova_sim_presets()
 * @param ret_sim  the host; the caller's to release
 * @return 0, or a negative errno:
 * @err{EINVAL}  an argument is NULL
 * @err{ENOENT}  there is no preset of that name
 * @err{ENOMEM}  no memory
 * @onfail  *ret_sim is not written
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API IOVA_MUST_USE int iova_sim_new_preset(const char *name, struct iova_sim **ret_sim);

/**
 * The names of the presets.
 *
 * "desktop": VT-d of 39 bits on 6.12. Groups: 1 a network card; 2 a USB
 * controller with a direct-relaxable RMRR at 0x7b800000; 3 a disk bound to nvme
 * (no node); 4 a RAID card with a direct RMRR at 0x7c000000; 5 the LPC bridge
 * 0000:00:1f.0 with SATA 0000:00:1f.2 on vfio-pci and 0x0-0xffffff
 * direct-relaxable; 6 a graphics card on vfio-pci whose audio function is bound
 * to snd_hda_intel (not viable).
 *
 * "desktop-6.1": the same on 6.1. "old": the same on 4.19, which has no list of
 * ranges, enforces none, and shows no region of the LPC bridge.
 *
 * "igpu": an Intel desktop with integrated graphics, VT-d of 39 bits on 6.12.
 * Groups: 1 the graphics 0000:00:02.0 with a direct-relaxable RMRR at 0x8b000000;
 * 2 a USB controller with one at 0x7b1fd000; 3 the management engine and 4 SATA
 * with their own drivers (no nodes); 5 the LPC bridge with sound, SMBus and
 * network, with their own drivers, and 0x0-0xffffff direct-relaxable; 6 a disk.
 *
 * "gpu": the same processor; group 1 is the port 0000:00:01.0 with a graphics
 * card and its audio function behind, both on vfio-pci; 2 a disk bound to nvme.
 *
 * "server": VT-d of 48 bits on 5.15. Groups: 1 a network card; 2 one with a
 * direct RMRR at 0x79176000; 3 a disk controller with two, bound to smartpqi; 4
 * the USB controller with a direct-relaxable one, bound to xhci_hcd; 5 the
 * management processor, whose four functions share one at 0x791ee000 that is
 * direct for two of them and direct-relaxable for two.
 *
 * "epyc": AMD-Vi on 6.12, up to 2^64-1 but for HyperTransport's 0xfd00000000 to
 * 0xffffffffff; groups 1 a network card, 2 a graphics card with audio, 3 a disk,
 * all on vfio-pci.
 *
 * "arm": SMMUv3 of 48 bits on 6.12. Groups: 1 a network card; 2 a RAID card with
 * a direct RMR at 0x83f80000; 3 graphics with a direct-relaxable one at
 * 0xfc000000; 4 a disk bound to nvme. Interrupts have 0x8000000-0x80fffff.
 *
 * "s390": 6.1, with an aperture from 0x100000000 to 0x4ffffffff of which sysfs
 * says nothing; groups 0 ISM, 1 a network card, 2 a disk.
 *
 * "nested": a guest of QEMU with VT-d of 39 bits, 6.12. Groups: 1 a virtio
 * network card and 2 a USB controller on vfio-pci; 3 a disk bound to nvme; 4 the
 * LPC bridge with SATA and SMBus, with their own drivers.
 *
 * "iommufd": the machine of "desktop" with a kernel 6.12 that is built with iommufd:
 * /dev/iommu, a node below /dev/vfio/devices for each device on vfio-pci, and
 * type1's container beside. "iommufd-6.2": on 6.2, without these nodes, and with
 * regions reserved for whole groups. "iommufd-6.6": on 6.6. "iommufd-6.13": on 6.13,
 * which maps files, too. "iommufd-epyc": the machine of "epyc" on such a 6.12.
 *
 * "compat": as "iommufd", but /dev/vfio/vfio is iommufd's as well.
 *
 * @return names, ended by NULL; valid for ever
 * @onfail  does not apply
 * @mt      MT-Safe
 * @since   0.1
 */
IOVA_API const char *const *iova_sim_presets(void);

#ifdef __cplusplus
}
#endif

#endif

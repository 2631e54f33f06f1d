/* SPDX-License-Identifier: BSD-3-Clause */
/* Servers, and what runs on them. */
#include "preset.h"

/* intel_iommu_get_resv_regions: every group has the interrupt window. */
static const struct sim_preset_region intel_common[] = {
	{ NULL, 0xfee00000, 0xfeefffff, "msi" },
	{ 0 },
};

/*
 * 1 a network card without RMRR, 2 a network card and 3 a disk controller that
 * the firmware watches by strict RMRRs, 4 the USB controller, 5 the management
 * processor: its graphics and USB functions may give up the RMRR they share with
 * the others, which may not.
 */
static const struct sim_preset_device server_devices[] = {
	{ 0, "0000:00:00.0", 0x8086, 0x09a2, 0x088000, NULL },
	{ 1, "0000:31:00.0", 0x15b3, 0x101d, 0x020000, "vfio-pci" },
	{ 2, "0000:04:00.0", 0x14e4, 0x1657, 0x020000, "vfio-pci" },
	{ 3, "0000:5c:00.0", 0x9005, 0x028f, 0x010700, "smartpqi" },
	{ 4, "0000:00:14.0", 0x8086, 0xa1af, 0x0c0330, "xhci_hcd" },
	{ 4, "0000:00:14.2", 0x8086, 0xa1b1, 0x118000, NULL },
	{ 5, "0000:01:00.0", 0x103c, 0x3306, 0x088000, "hpilo" },
	{ 5, "0000:01:00.1", 0x102b, 0x0538, 0x030000, "mgag200" },
	{ 5, "0000:01:00.2", 0x103c, 0x3307, 0x088000, "hpilo" },
	{ 5, "0000:01:00.4", 0x103c, 0x22f6, 0x0c0300, "uhci_hcd" },
	{ 0 },
};

/* device_rmrr_is_relaxable asks each device that an RMRR is for. */
static const struct sim_preset_region server_regions[] = {
	{ "0000:04:00.0", 0x79176000, 0x79178fff, "direct" },
	{ "0000:5c:00.0", 0x79176000, 0x79178fff, "direct" },
	{ "0000:5c:00.0", 0x791ee000, 0x791f1fff, "direct" },
	{ "0000:00:14.0", 0x791f2000, 0x791f5fff, "direct-relaxable" },
	{ "0000:01:00.0", 0x791ee000, 0x791f1fff, "direct" },
	{ "0000:01:00.1", 0x791ee000, 0x791f1fff, "direct-relaxable" },
	{ "0000:01:00.2", 0x791ee000, 0x791f1fff, "direct" },
	{ "0000:01:00.4", 0x791ee000, 0x791f1fff, "direct-relaxable" },
	{ 0 },
};

/* amd_iommu_get_resv_regions: interrupts, and what HyperTransport keeps. */
static const struct sim_preset_region amd_common[] = {
	{ NULL, 0xfee00000, 0xfeefffff, "msi" },
	{ NULL, 0xfd00000000, 0xffffffffff, "reserved" },
	{ 0 },
};

static const struct sim_preset_device epyc_devices[] = {
	{ 0, "0000:00:00.0", 0x1022, 0x1480, 0x060000, NULL },
	{ 1, "0000:41:00.0", 0x15b3, 0x1017, 0x020000, "vfio-pci" },
	{ 2, "0000:42:00.0", 0x10de, 0x20b5, 0x030200, "vfio-pci" },
	{ 2, "0000:42:00.1", 0x10de, 0x10f0, 0x040300, "vfio-pci" },
	{ 3, "0000:43:00.0", 0x144d, 0xa80a, 0x010802, "vfio-pci" },
	{ 0 },
};

/* arm_smmu_get_resv_regions: where the kernel puts the doorbells of interrupts. */
static const struct sim_preset_region arm_common[] = {
	{ NULL, 0x8000000, 0x80fffff, "sw-msi" },
	{ 0 },
};

/*
 * 1 a network card, 2 a RAID card with an RMR, 3 the graphics of the management
 * processor with an RMR that the firmware lets the system remap, 4 a disk.
 */
static const struct sim_preset_device arm_devices[] = {
	{ 0, "0000:00:01.0", 0x1def, 0xe101, 0x060400, "pcieport" },
	{ 1, "0000:01:00.0", 0x15b3, 0x101d, 0x020000, "vfio-pci" },
	{ 2, "0001:01:00.0", 0x19e5, 0x3758, 0x010400, "vfio-pci" },
	{ 3, "0004:02:00.0", 0x1a03, 0x2000, 0x030000, "vfio-pci" },
	{ 4, "000c:01:00.0", 0x144d, 0xa808, 0x010802, "nvme" },
	{ 0 },
};

/* drivers/acpi/arm64/iort.c:iort_get_rmrs. */
static const struct sim_preset_region arm_regions[] = {
	{ "0001:01:00.0", 0x83f80000, 0x83ffffff, "direct" },
	{ "0004:02:00.0", 0xfc000000, 0xfcffffff, "direct-relaxable" },
	{ 0 },
};

/* Each function has a domain, and so a slot 00:00.0, of its own. */
static const struct sim_preset_device s390_devices[] = {
	{ 0, "0000:00:00.0", 0x1014, 0x04ed, 0x000000, "ism" },
	{ 1, "0001:00:00.0", 0x15b3, 0x1018, 0x020000, "vfio-pci" },
	{ 2, "0002:00:00.0", 0x144d, 0xa822, 0x010802, "vfio-pci" },
	{ 0 },
};

/* As QEMU's q35 shows itself; 1 a virtio network card, 2 a USB controller, 3 a disk, 4 the LPC. */
static const struct sim_preset_device nested_devices[] = {
	{ 0, "0000:00:00.0", 0x8086, 0x29c0, 0x060000, NULL },
	{ 1, "0000:00:01.0", 0x1af4, 0x1041, 0x020000, "vfio-pci" },
	{ 2, "0000:00:02.0", 0x1b36, 0x000d, 0x0c0330, "vfio-pci" },
	{ 3, "0000:00:03.0", 0x1b36, 0x0010, 0x010802, "nvme" },
	{ 4, "0000:00:1f.0", 0x8086, 0x2918, 0x060100, "lpc_ich" },
	{ 4, "0000:00:1f.2", 0x8086, 0x2922, 0x010601, "ahci" },
	{ 4, "0000:00:1f.3", 0x8086, 0x2930, 0x0c0500, "i801_smbus" },
	{ 0 },
};

static const struct sim_preset_region nested_regions[] = {
	{ "0000:00:1f.0", 0, 0xffffff, "direct-relaxable" },
	{ 0 },
};

static const struct sim_preset_region no_regions[] = { { 0 } };

const struct sim_preset sim_preset_server_ = {
	.release = "5.15",
	.coherent = true,
	.n_groups = 6,
	.group_type = "DMA-FQ",
	.devices = server_devices,
	.regions = server_regions,
	.common = intel_common,
	.aperture_last = SIM_WIDTH_48,
	.page_sizes = SIM_PAGES_4K_2M_1G,
};

const struct sim_preset sim_preset_epyc_ = {
	.release = "6.12",
	.coherent = true,
	.n_groups = 4,
	.group_type = "DMA-FQ",
	.devices = epyc_devices,
	.regions = no_regions,
	.common = amd_common,
	.aperture_last = UINT64_MAX,
	.page_sizes = SIM_PAGES_FROM_4K,
};

const struct sim_preset sim_preset_arm_ = {
	.release = "6.12",
	.n_groups = 5,
	.group_type = "DMA-FQ",
	.devices = arm_devices,
	.regions = arm_regions,
	.common = arm_common,
	.aperture_last = SIM_WIDTH_48,
	.page_sizes = SIM_PAGES_4K_2M_1G,
};

/*
 * drivers/iommu/s390-iommu.c:s390_iommu_attach_device: up to 6.1 the aperture is
 * the device's range of DMA, here from 4 GiB on for a machine of 16 GiB, and
 * nothing of it is in sysfs. There is no default domain, so its type is unknown.
 */
const struct sim_preset sim_preset_s390_ = {
	.release = "6.1",
	.allows_direct = true,
	.n_groups = 3,
	.group_type = "unknown",
	.devices = s390_devices,
	.regions = no_regions,
	.common = no_regions,
	.aperture_start = 0x100000000,
	.aperture_last = 0x4ffffffff,
	.page_sizes = SIM_PAGES_FROM_4K,
};

const struct sim_preset sim_preset_nested_ = {
	.release = "6.12",
	.n_groups = 5,
	.group_type = "DMA",
	.devices = nested_devices,
	.regions = nested_regions,
	.common = intel_common,
	.aperture_last = SIM_WIDTH_39,
	.page_sizes = SIM_PAGES_4K_2M_1G,
};

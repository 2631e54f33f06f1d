/* SPDX-License-Identifier: BSD-3-Clause */
/* Desktops with Intel processors: VT-d of 39 bits. */
#include "preset.h"

/* intel_iommu_get_resv_regions: every group has the interrupt window. */
static const struct sim_preset_region intel_common[] = {
	{ NULL, 0xfee00000, 0xfeefffff, "msi" },
	{ 0 },
};

/*
 * 1 a network card, 2 a USB controller with an RMRR that may be given up, 3 a
 * disk that its own driver still holds, 4 a RAID card with a strict RMRR, 5 the
 * LPC bridge with what shares its slot, 6 a graphics card whose audio function
 * has a foreign driver.
 */
static const struct sim_preset_device desktop_devices[] = {
	{ 0, "0000:00:00.0", 0x8086, 0x29c0, 0x060000, NULL },
	{ 1, "0000:01:00.0", 0x8086, 0x1533, 0x020000, "vfio-pci" },
	{ 2, "0000:00:14.0", 0x8086, 0xa2af, 0x0c0330, "vfio-pci" },
	{ 3, "0000:02:00.0", 0x144d, 0xa808, 0x010802, "nvme" },
	{ 4, "0000:03:00.0", 0x1000, 0x005d, 0x010400, "vfio-pci" },
	{ 5, "0000:00:1f.0", 0x8086, 0x2918, 0x060100, NULL },
	{ 5, "0000:00:1f.2", 0x8086, 0x2922, 0x010601, "vfio-pci" },
	{ 5, "0000:00:1f.3", 0x8086, 0x2930, 0x0c0500, NULL },
	{ 6, "0000:04:00.0", 0x10de, 0x1b80, 0x030000, "vfio-pci" },
	{ 6, "0000:04:00.1", 0x10de, 0x10f0, 0x040300, "snd_hda_intel" },
	{ 0 },
};

static const struct sim_preset_region desktop_regions[] = {
	{ "0000:00:14.0", 0x7b800000, 0x7b81ffff, "direct-relaxable" },
	{ "0000:03:00.0", 0x7c000000, 0x7c0fffff, "direct" },
	{ "0000:00:1f.0", 0, 0xffffff, "direct-relaxable" },
	{ 0 },
};

/* Before 5.3 the low 16 MiB of the ISA bridge were not shown. */
static const struct sim_preset_region old_regions[] = {
	{ "0000:00:14.0", 0x7b800000, 0x7b81ffff, "direct-relaxable" },
	{ "0000:03:00.0", 0x7c000000, 0x7c0fffff, "direct" },
	{ 0 },
};

/*
 * 1 the integrated graphics, with the RMRR of its stolen memory, 2 the USB
 * controller, with an RMRR that may be given up and a memory that shares its
 * slot, 3 the management engine and 4 SATA with their own drivers, 5 the LPC
 * bridge with sound, SMBus, flash and network in its slot, 6 a disk.
 */
static const struct sim_preset_device igpu_devices[] = {
	{ 0, "0000:00:00.0", 0x8086, 0x3e30, 0x060000, "skl_uncore" },
	{ 1, "0000:00:02.0", 0x8086, 0x3e98, 0x030000, "vfio-pci" },
	{ 2, "0000:00:14.0", 0x8086, 0xa36d, 0x0c0330, "vfio-pci" },
	{ 2, "0000:00:14.2", 0x8086, 0xa36f, 0x050000, NULL },
	{ 3, "0000:00:16.0", 0x8086, 0xa360, 0x078000, "mei_me" },
	{ 4, "0000:00:17.0", 0x8086, 0xa352, 0x010601, "ahci" },
	{ 5, "0000:00:1f.0", 0x8086, 0xa305, 0x060100, NULL },
	{ 5, "0000:00:1f.3", 0x8086, 0xa348, 0x040300, "snd_hda_intel" },
	{ 5, "0000:00:1f.4", 0x8086, 0xa323, 0x0c0500, "i801_smbus" },
	{ 5, "0000:00:1f.5", 0x8086, 0xa324, 0x0c8000, NULL },
	{ 5, "0000:00:1f.6", 0x8086, 0x15bc, 0x020000, "e1000e" },
	{ 6, "0000:01:00.0", 0x144d, 0xa808, 0x010802, "vfio-pci" },
	{ 0 },
};

static const struct sim_preset_region igpu_regions[] = {
	{ "0000:00:02.0", 0x8b000000, 0x8f7fffff, "direct-relaxable" },
	{ "0000:00:14.0", 0x7b1fd000, 0x7b21cfff, "direct-relaxable" },
	{ "0000:00:1f.0", 0, 0xffffff, "direct-relaxable" },
	{ 0 },
};

/* 1 the port of the processor with the graphics card and its audio function behind, 2 a disk. */
static const struct sim_preset_device gpu_devices[] = {
	{ 0, "0000:00:00.0", 0x8086, 0x3e30, 0x060000, NULL },
	{ 1, "0000:00:01.0", 0x8086, 0x1901, 0x060400, "pcieport" },
	{ 1, "0000:01:00.0", 0x10de, 0x1b80, 0x030000, "vfio-pci" },
	{ 1, "0000:01:00.1", 0x10de, 0x10f0, 0x040300, "vfio-pci" },
	{ 2, "0000:02:00.0", 0x144d, 0xa808, 0x010802, "nvme" },
	{ 0 },
};

static const struct sim_preset_region no_regions[] = { { 0 } };

const struct sim_preset sim_preset_desktop_ = {
	.release = "6.12",
	.coherent = true,
	.n_groups = 7,
	.group_type = "DMA-FQ",
	.devices = desktop_devices,
	.regions = desktop_regions,
	.common = intel_common,
	.aperture_last = SIM_WIDTH_39,
	.page_sizes = SIM_PAGES_4K_2M_1G,
};

const struct sim_preset sim_preset_old_ = {
	.release = "4.19",
	.coherent = true,
	.n_groups = 7,
	.group_type = "DMA",
	.devices = desktop_devices,
	.regions = old_regions,
	.common = intel_common,
	.aperture_last = SIM_WIDTH_39,
	.page_sizes = SIM_PAGES_4K_2M_1G,
};

const struct sim_preset sim_preset_igpu_ = {
	.release = "6.12",
	.coherent = true,
	.n_groups = 7,
	.group_type = "DMA-FQ",
	.devices = igpu_devices,
	.regions = igpu_regions,
	.common = intel_common,
	.aperture_last = SIM_WIDTH_39,
	.page_sizes = SIM_PAGES_4K_2M_1G,
};

const struct sim_preset sim_preset_gpu_ = {
	.release = "6.12",
	.coherent = true,
	.n_groups = 3,
	.group_type = "DMA-FQ",
	.devices = gpu_devices,
	.regions = no_regions,
	.common = intel_common,
	.aperture_last = SIM_WIDTH_39,
	.page_sizes = SIM_PAGES_4K_2M_1G,
};

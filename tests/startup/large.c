/* SPDX-License-Identifier: BSD-3-Clause */
#include "large.h"

#include <stdio.h>

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)

size_t large_members(uint32_t group)
{
	return group % 25 == 24 ? 41 : 2 + group % 2;
}

size_t large_devices(uint32_t groups)
{
	size_t n = 0;

	for (uint32_t group = 0; group < groups; group++)
		n += large_members(group);
	return n;
}

/* Each IOMMU has a PCI domain of its own. Some devices are USB controllers, to own regions. */
struct large_device large_device(uint32_t group, size_t serial)
{
	static const uint32_t classes[] = { 0x020000, 0x010802, 0x0c0330, 0x060400, 0x120000 };
	static const char *const drivers[] = { "vfio-pci", "mlx5_core", NULL };
	struct large_device device = {
		.group = group,
		.vendor = 0x8086 + group % 4,
		.device = (uint32_t)(0x1000 + serial),
		.class_code = classes[serial % 5],
		.driver = drivers[serial % 3],
	};

	snprintf(device.name, sizeof device.name, "%04x:%02x:%02x.%x", (unsigned)(group % 4),
		 (unsigned)(serial >> 8 & 0xff), (unsigned)(serial >> 3 & 0x1f),
		 (unsigned)(serial & 7));
	return device;
}

static struct iova_region region(uint64_t start, uint64_t length, uint32_t type)
{
	static const char *const words[] = { "", "direct", "direct-relaxable", "reserved", "msi" };
	struct iova_region made = { .range = { start, start + (length - 1) }, .type = type };

	snprintf(made.word, sizeof made.word, "%s", words[type]);
	return made;
}

/*
 * What firmware keeps for itself lies apart; relaxable ones meet those of other groups and begin in
 * the middle of pages; interrupt windows are one for each kind of IOMMU.
 */
size_t large_regions(uint32_t group, struct iova_region regions[LARGE_REGIONS])
{
	size_t n = 0;

	if (group % 3 == 0)
		regions[n++] =
			region(0x10000000 + group * 256 * KIB, 128 * KIB, IOVA_REGION_DIRECT);
	if (group % 2 == 0)
		regions[n++] = region(0x40000000 + group % 64 * 8 * MIB, 4 * MIB + group * 4 * KIB,
				      IOVA_REGION_DIRECT_RELAXABLE);
	if (group % 5 == 0)
		regions[n++] = region(0xa0000800 + group * 12 * KIB, 4 * KIB,
				      IOVA_REGION_DIRECT_RELAXABLE);
	if (group % 4 == 3)
		regions[n++] = region(0x8000000, MIB, IOVA_REGION_MSI);
	else
		regions[n++] = region(0xfee00000, MIB, IOVA_REGION_MSI);
	if (group % 2 == 1)
		regions[n++] = region(0xfd00000000 + group * MIB, 512 * KIB, IOVA_REGION_RESERVED);
	return n;
}

static int add_group(struct iova_sim *sim, uint32_t group, size_t *serial)
{
	struct iova_region regions[LARGE_REGIONS];
	size_t n = large_regions(group, regions), members = large_members(group);
	int r = iova_sim_add_group(sim, group, "DMA-FQ");

	for (size_t i = 0; i < n && r == 0; i++)
		r = iova_sim_add_region(sim, group, regions[i].range.start, regions[i].range.last,
					regions[i].word);
	for (size_t i = 0; i < members && r == 0; i++) {
		struct large_device device = large_device(group, (*serial)++);

		r = iova_sim_add_device(sim, group, device.name, device.vendor, device.device,
					device.class_code, device.driver);
	}
	return r;
}

int large_sim(uint32_t groups, struct iova_sim **ret_sim)
{
	struct iova_sim *sim;
	size_t serial = 0;
	int r = iova_sim_new(&sim);

	if (r < 0)
		return r;
	for (uint32_t group = 0; group < groups && r == 0; group++)
		r = add_group(sim, group, &serial);
	if (r < 0) {
		iova_sim_free(sim);
		return r;
	}
	*ret_sim = sim;
	return 0;
}

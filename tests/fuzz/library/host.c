/* SPDX-License-Identifier: BSD-3-Clause */
/* The random host, out of the first bytes. */
#include "world.h"

static const char *const drivers[] = { "vfio-pci", "vfio-pci", "vfio-pci", "",
				       "pcieport", "pci-stub", "nvme",     "vfio-pci" };

static void take_kernel(struct world *world)
{
	static const char *const releases[] = { "6.12", "6.12", "4.19", "5.4",
						"5.10", "6.1",  "6.6",  "6.18" };
	struct iova_sim_kernel *kernel = &world->kernel;
	uint32_t *const switches[] = {
		&kernel->has_cap_offset, &kernel->has_list,     &kernel->has_migration,
		&kernel->has_avail,      &kernel->padded,       &kernel->enforces,
		&kernel->has_unmap_all,  &kernel->claims_owner, &kernel->tells_kind,
		&kernel->top_defect,     &kernel->early_wrap,   &kernel->has_relaxable,
		&kernel->has_group_type, &kernel->has_regions,  &kernel->unsafe_interrupts,
		&kernel->type1,
	};
	uint8_t which = take_byte(world);
	const char *release = releases[which & 7];

	kernel->size = sizeof *kernel;
	CHECK(!iova_sim_kernel_of(release, kernel));
	SAY("kernel %s", release);
	for (int n = which >> 3 & 3; n > 0; n--) {
		uint32_t i = take_below(world, sizeof switches / sizeof *switches);

		*switches[i] = !*switches[i];
		SAY(", feature %u %s", (unsigned)i, *switches[i] ? "on" : "off");
	}
	if (which & 0x20)
		kernel->entry_limit = take_below(world, 6);
	if (which & 0x40)
		kernel->direct = take_below(world, 4);
	CHECK(!iova_sim_set_kernel(world->sim, kernel));
	SAY(", entries %u, direct %u\n", (unsigned)kernel->entry_limit, (unsigned)kernel->direct);
}

static void take_iommu(struct world *world, uint32_t group)
{
	static const uint32_t widths[] = { 48, 39, 64, 36, 32, 57, 48, 30 };
	static const uint64_t sizes[] = { 0x40201000, 0x1000, 0x20010000, 0x200000,
					  0x40201200, 0x1000, 0x40201000, 0x100000000 };
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	uint8_t what = take_byte(world), more = take_byte(world);

	CHECK(!iova_sim_iommu_of_width(widths[what & 7], &iommu));
	/* All have one in common: with none at all the kernel has no answer either. */
	iommu.page_sizes = sizes[what >> 3 & 7] | (uint64_t)1 << 32;
	if (what & 0x40)
		iommu.aperture_start = (uint64_t)(more & 15) << 16 | (more & 16 ? 0x800 : 0);
	if (what & 0x80)
		iommu.aperture_last -= (uint64_t)take_byte(world) << 10;
	if (more & 0x20)
		iommu.map_last >>= 1 + (more & 3);
	iommu.remaps_interrupts = more < 0xf0;
	world->iommus[group] = iommu;
	CHECK(!iova_sim_set_iommu(world->sim, group, &iommu));
	SAY("group %u: aperture 0x%" PRIx64 "-0x%" PRIx64 ", maps up to 0x%" PRIx64
	    ", page sizes 0x%" PRIx64 "%s\n",
	    (unsigned)group, iommu.aperture_start, iommu.aperture_last, iommu.map_last,
	    iommu.page_sizes, iommu.remaps_interrupts ? "" : ", interrupts not remapped");
}

void world_add_device(struct world *world, uint32_t group, uint32_t function)
{
	static const uint32_t classes[] = { 0x020000, 0x0c0330, 0x030000, 0x060100 };
	uint8_t kind = take_byte(world);
	struct sim_device_state device = { .group = group };
	int r;

	snprintf(device.name, sizeof device.name, "0000:0%u:00.%u", (unsigned)group & 7,
		 (unsigned)function & 7);
	snprintf(device.driver, sizeof device.driver, "%s", drivers[kind & 7]);
	if (world->n_devices == sizeof world->devices / sizeof *world->devices)
		return;
	r = iova_sim_add_device(world->sim, group, device.name, 0x8086, 0x1234,
				classes[kind >> 3 & 3], *device.driver ? device.driver : NULL);
	SAY("device %s of group %u, class 0x%06x, driver %s: %d\n", device.name, (unsigned)group,
	    (unsigned)classes[kind >> 3 & 3], device.driver, r);
	if (!r)
		world->devices[world->n_devices++] = device;
	if (!r && kind & 0x80)
		world_add_region(world, group, (int)world->n_devices - 1);
}

static struct iova_range take_region_range(struct world *world)
{
	static const struct iova_range ranges[] = {
		{ 0xfee00000, 0xfeefffff }, { 0xfd00000000, 0xffffffffff },
		{ 0x8000000, 0x80fffff },   { 0, 0xffffff },
		{ 0x7b800000, 0x7fffffff }, { 0, 0xfff },
		{ TOP - 0xfff, TOP },       { TOP - 0x2fffff, TOP },
		{ 0x100000, 0x1fffff },     { 0x180000, 0x2fffff },
		{ 0, 0xffffffff },          { 1ull << 39, 1ull << 40 },
	};
	uint8_t which = take_byte(world), step = take_byte(world);
	struct iova_range range = ranges[which % (sizeof ranges / sizeof *ranges)];
	uint64_t shift = (uint64_t)(step & 7) << 12;

	if (which >= 0xf0)
		range = (struct iova_range){ (uint64_t)step << 16, ((uint64_t)step << 16) + which };
	if (step & 8 && range.last <= TOP - shift - 0x800) {
		range.start += shift;
		range.last += shift + (step & 16 ? 0x800 : 0);
	}
	return range;
}

void world_add_region(struct world *world, uint32_t group, int device)
{
	static const char *const words[] = { "direct-relaxable", "msi",
					     "direct-relaxable", "reserved",
					     "direct",           "sw-msi",
					     "moonlit",          "direct-relaxable" };
	const char *word = words[take_below(world, 8)];
	struct sim_region_state *region;
	int r;

	if (world->n_regions == 18)
		return;
	region = &world->regions[world->n_regions];
	*region = (struct sim_region_state){ .group = group, .device = device };
	region->range = take_region_range(world);
	region->direct = !strcmp(word, "direct");
	region->strict = strcmp(word, "direct-relaxable") || !world->kernel.has_relaxable;
	r = device < 0 ? iova_sim_add_region(world->sim, group, region->range.start,
					     region->range.last, word) :
			 iova_sim_add_device_region(world->sim, world->devices[device].name,
						    region->range.start, region->range.last, word);
	SAY("region 0x%" PRIx64 "-0x%" PRIx64 " %s of %s %u: %d\n", region->range.start,
	    region->range.last, word, device < 0 ? "group" : "a device of group", (unsigned)group,
	    r);
	world->n_regions += !r;
}

static void take_memory(struct world *world)
{
	uint8_t kind = take_byte(world);

	world->memory = (struct iova_sys_memory){
		.page_size = (kind & 3) == 3 ? 65536 : 4096,
		.limit = (kind & 12) == 12 ? (uint64_t)(kind >> 4) << 15 : UINT64_MAX,
		.locked = kind & 4 ? 0x10000 : 0,
		.exempt = (kind & 0xf0) == 0xf0,
	};
	CHECK(!iova_sim_set_memory(world->sim, &world->memory));
	world->has_bad_memory = kind & 0x80;
	world->bad_memory = (struct iova_range){ 0x300000, 0x30ffff };
	if (world->has_bad_memory)
		CHECK(!iova_sim_add_bad_memory(world->sim, world->bad_memory.start,
					       world->bad_memory.last));
	SAY("page %" PRIu64 ", memory limit %" PRIu64 ", locked %" PRIu64 "%s%s\n",
	    world->memory.page_size, world->memory.limit, world->memory.locked,
	    world->memory.exempt ? ", exempt" : "",
	    world->has_bad_memory ? ", 0x300000-0x30ffff bad" : "");
}

void world_make(struct world *world)
{
	uint8_t shape;

	CHECK(!iova_sim_new(&world->sim));
	world->sys = iova_sim_sys(world->sim);
	take_kernel(world);
	take_memory(world);
	shape = take_byte(world);
	world->n_groups = 1 + (shape & 3);
	for (uint32_t group = 0; group < world->n_groups; group++) {
		uint8_t inside = take_byte(world);

		CHECK(!iova_sim_add_group(world->sim, group, group & 1 ? "DMA" : "identity"));
		/* Mostly they are all behind the same IOMMU. */
		if (!group || shape & 1 << (group + 2))
			take_iommu(world, group);
		else
			world->iommus[group] = world->iommus[0];
		CHECK(!iova_sim_set_iommu(world->sim, group, &world->iommus[group]));
		for (uint32_t i = 0; i <= (inside & 1) + (uint32_t)(inside >> 1 & 1); i++)
			world_add_device(world, group, i);
		for (uint32_t i = 0; i < (uint32_t)(inside >> 2 & 3); i++)
			world_add_region(world, group, -1);
	}
}

static bool is_vfio(const struct sim_device_state *device)
{
	return !strncmp(device->driver, "vfio", 4);
}

bool world_is_viable(const struct world *world, uint32_t group)
{
	bool viable = true;

	for (size_t i = 0; i < world->n_devices; i++) {
		const struct sim_device_state *device = &world->devices[i];

		if (device->group == group && !device->gone && !is_vfio(device) &&
		    *device->driver && strcmp(device->driver, "pcieport") &&
		    strcmp(device->driver, "pci-stub"))
			viable = false;
	}
	return viable;
}

bool world_has_node(const struct world *world, uint32_t group)
{
	bool found = false;

	for (size_t i = 0; i < world->n_devices; i++)
		found = found || (world->devices[i].group == group && !world->devices[i].gone &&
				  is_vfio(&world->devices[i]));
	return found;
}

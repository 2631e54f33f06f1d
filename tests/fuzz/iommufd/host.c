/* SPDX-License-Identifier: BSD-3-Clause */
/* The random host, and what the caller has open there. */
#include "plant.h"

#include "uapi/iommufd.h"

#include <fcntl.h>

const char *const device_names[N_DEVICES] = { "0000:01:00.0", "0000:02:00.0", "0000:02:00.1",
					      "0000:03:00.0" };
static const uint32_t groups_of[N_DEVICES] = { 1, 2, 2, 3 };

/* Behind the last byte everything is 0. */
uint8_t take(struct plant *plant)
{
	return plant->at < plant->size ? plant->data[plant->at++] : 0;
}

uint32_t take_below(struct plant *plant, uint32_t n)
{
	return take(plant) % n;
}

static void make_kernel(struct plant *plant)
{
	static const char *const releases[] = { "6.12", "6.13", "6.6", "6.2",
						"6.18", "6.12", "6.3", "6.1" };
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	uint8_t what = take(plant);

	CHECK(!iova_sim_kernel_of(releases[what & 7], &kernel));
	kernel.iommufd = 1;
	kernel.iommufd_container = what >> 3 & 1;
	kernel.reserves_device ^= what >> 4 & 1;
	kernel.unmaps_nothing ^= what >> 5 & 1;
	kernel.has_cdevs ^= (what & 0xc0) == 0xc0;
	CHECK(!iova_sim_set_kernel(plant->sim, &kernel));
	SAY("kernel %s, container %u, own reservations %u, cdevs %u\n", releases[what & 7],
	    (unsigned)kernel.iommufd_container, (unsigned)kernel.reserves_device,
	    (unsigned)kernel.has_cdevs);
}

static void make_iommu(struct plant *plant, uint32_t group)
{
	static const uint32_t widths[] = { 39, 48, 64, 36 };
	static const uint64_t sizes[] = { 0x40201000, 0x1000, 0x20010000, 0x800 };
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	uint8_t what = take(plant);

	CHECK(!iova_sim_iommu_of_width(widths[what & 3], &iommu));
	if (what & 0x10)
		iommu.page_sizes = sizes[what >> 2 & 3];
	if (what & 0x20)
		iommu.aperture_start = 0x10000;
	CHECK(!iova_sim_set_iommu(plant->sim, group, &iommu));
	SAY("IOMMU of %u: %u bits, pages 0x%" PRIx64 "\n", (unsigned)group,
	    (unsigned)widths[what & 3], iommu.page_sizes);
}

void plant_add_region(struct plant *plant, uint32_t device)
{
	static const char *const words[] = { "direct-relaxable", "reserved", "direct", "msi" };
	static const struct iova_range ranges[] = { { 0, 0xffffff },
						    { 0xfee00000, 0xfeefffff },
						    { 0x2000, 0x2fff },
						    { 0x7b800000, 0x7b81f7ff } };
	uint8_t what = take(plant);
	const struct iova_range *range = &ranges[what >> 2 & 3];
	int r;

	if (!(what & 0xf0))
		return;
	r = iova_sim_add_device_region(plant->sim, device_names[device], range->start, range->last,
				       words[what & 3]);
	SAY("region of %s: %s 0x%" PRIx64 "-0x%" PRIx64 ": %d\n", device_names[device],
	    words[what & 3], range->start, range->last, r);
}

static void make_devices(struct plant *plant)
{
	static const char *const drivers[] = { "vfio-pci", "vfio-pci", "vfio-pci", NULL };
	int n = 0;

	for (uint32_t group = 1; group <= N_GROUPS; group++) {
		CHECK(!iova_sim_add_group(plant->sim, group, "DMA"));
		CHECK(!iova_sim_add_region(plant->sim, group, 0xfee00000, 0xfeefffff, "msi"));
	}
	for (uint32_t i = 0; i < N_DEVICES; i++) {
		const char *driver = drivers[take_below(plant, 4)];

		CHECK(!iova_sim_add_device(plant->sim, groups_of[i], device_names[i], 0x8086, 1,
					   0x020000, driver));
		plant->nodes[i] = driver ? n++ : -1;
		plant_add_region(plant, i);
	}
	make_iommu(plant, IOVA_SIM_ALL_GROUPS);
	if (take(plant) & 1)
		make_iommu(plant, 3);
}

static void make_memory(struct plant *plant)
{
	struct iova_sys_memory memory = { .page_size = PAGE, .limit = UINT64_MAX };
	uint8_t what = take(plant);

	plant->has_limit = what & 1;
	if (plant->has_limit)
		memory.limit = (uint64_t)(what >> 1) * PAGE;
	CHECK(!iova_sim_set_memory(plant->sim, &memory));
}

/* A caller that has an iommufd, an IOAS there, and nodes of devices; as far as the kernel has them. */
static void open_lent(struct plant *plant)
{
	struct iova_iommu_ioas_alloc alloc = { .size = sizeof alloc };
	uint8_t what = take(plant);

	plant->iommufd = -1;
	if (what & 1)
		plant->iommufd = plant->sys->open(plant->sys->data, -1, "/dev/iommu", O_RDWR);
	if (plant->iommufd >= 0) {
		CHECK(!plant->sys->ioctl(plant->sys->data, plant->iommufd, IOVA_IOMMU_IOAS_ALLOC,
					 &alloc));
		plant->ioas = alloc.out_ioas_id;
	}
	for (uint32_t i = 0; i < N_DEVICES; i++) {
		char path[48];

		snprintf(path, sizeof path, "/dev/vfio/devices/vfio%d", plant->nodes[i]);
		plant->cdevs[i] = -1;
		if (what & 2 << i && plant->nodes[i] >= 0)
			plant->cdevs[i] = plant->sys->open(plant->sys->data, -1, path, O_RDWR);
	}
	plant->file = iova_sim_memfd(plant->sim, 16 * PAGE);
	CHECK(plant->file >= 0);
}

void plant_make(struct plant *plant)
{
	CHECK(!iova_sim_new(&plant->sim));
	plant->sys = iova_sim_sys(plant->sim);
	make_kernel(plant);
	make_memory(plant);
	make_devices(plant);
	open_lent(plant);
}

void plant_clear(struct plant *plant)
{
	struct iova_sim_report report = { .size = sizeof report };

	if (plant->iommufd >= 0)
		CHECK(!plant->sys->close(plant->sys->data, plant->iommufd));
	for (uint32_t i = 0; i < N_DEVICES; i++)
		if (plant->cdevs[i] >= 0)
			CHECK(!plant->sys->close(plant->sys->data, plant->cdevs[i]));
	CHECK(!plant->sys->close(plant->sys->data, plant->file));
	CHECK(!iova_sim_report(plant->sim, &report));
	SAY("left: %u fds, %u mappings, %u iommufds, %u IOASes, %u bound, %" PRIu64 " pages\n",
	    (unsigned)report.n_fds, (unsigned)report.n_mappings, (unsigned)report.n_iommufds,
	    (unsigned)report.n_ioases, (unsigned)report.n_bound, report.n_pinned_pages);
	CHECK(!report.n_fds && !report.n_mappings && !report.n_iommufds && !report.n_ioases &&
	      !report.n_bound && !report.n_pinned_pages && !report.n_groups);
	iova_sim_free(plant->sim);
}

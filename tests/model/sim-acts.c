/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim-acts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define AT 0x40000000ull
#define VADDR 0x7f0000000000ull
#define GROUP_FILE "/sys/kernel/iommu_groups/5/type"
#define REGIONS_FILE "/sys/kernel/iommu_groups/5/reserved_regions"
#define LPC_DEVICE "0000:00:1f.2"
/* A device without a group. */
#define LOOSE "feed:00:00.0"

void stage_set(struct stage *stage, const struct world *world)
{
	*stage = (struct stage){
		.world = world,
		.sim = world->sim,
		.raw = raw_attach(world, GROUP_NIC),
		.kernel = { .size = sizeof stage->kernel },
		.iommu = { .size = sizeof stage->iommu },
	};
	assert_int_equal(iova_sim_get_kernel(stage->sim, &stage->kernel), 0);
	stage->kernel.entry_limit = 60000;
	assert_int_equal(iova_sim_set_kernel(stage->sim, &stage->kernel), 0);
	assert_int_equal(iova_sim_iommu_of_width(39, &stage->iommu), 0);
	assert_int_equal(world->sys->memory(world->sys->data, &stage->memory), 0);
	assert_int_equal(iova_sim_add_device(stage->sim, IOVA_SIM_NO_GROUP, LOOSE, 1, 2, 3, NULL),
			 0);
	for (unsigned int i = 0; i < ACT_ROUNDS; i++) {
		char name[32];

		snprintf(name, sizeof name, "dead:00:%02x.0", i);
		assert_int_equal(iova_sim_add_device(stage->sim, IOVA_SIM_NO_GROUP, name, 1, 2, 3,
						     NULL),
				 0);
	}
}

void stage_clear(struct stage *stage)
{
	struct iova_sim_report report = { .size = sizeof report };

	iova_sim_clear_faults(stage->sim);
	(void)iova_sim_detach_behind(stage->sim, GROUP_USB);
	(void)iova_sim_unmap_behind(stage->sim, stage->raw.container, 0, UINT64_MAX);
	assert_int_equal(iova_sim_report(stage->sim, &report), 0);
	assert_int_equal(report.n_fds, 2);
	assert_int_equal(report.n_groups, 1);
	assert_int_equal(report.n_mappings, 0);
	assert_int_equal(report.n_pinned_pages, 0);
	raw_detach(stage->world, stage->raw);
}

static bool count_calls(const struct stage *s, uint64_t i)
{
	(void)i;
	return iova_sim_calls(s->sim, IOVA_SIM_CALL_ANY) > 0;
}

static bool add_group(const struct stage *s, uint64_t i)
{
	return !iova_sim_add_group(s->sim, (uint32_t)(1000 + i), "DMA");
}

static bool add_device(const struct stage *s, uint64_t i)
{
	char name[32];

	snprintf(name, sizeof name, "cafe:00:%02x.0", (unsigned int)i);
	return !iova_sim_add_device(s->sim, IOVA_SIM_NO_GROUP, name, 1, 2, 3, NULL);
}

static bool remove_device(const struct stage *s, uint64_t i)
{
	char name[32];

	snprintf(name, sizeof name, "dead:00:%02x.0", (unsigned int)i);
	return !iova_sim_remove_device(s->sim, name);
}

static bool bind_device(const struct stage *s, uint64_t i)
{
	return !iova_sim_bind(s->sim, LOOSE, i & 1 ? "vfio-pci" : NULL);
}

static bool add_region(const struct stage *s, uint64_t i)
{
	return !iova_sim_add_region(s->sim, GROUP_LPC, i << 30, i << 30 | 0xfff, "reserved");
}

static bool add_device_region(const struct stage *s, uint64_t i)
{
	return !iova_sim_add_device_region(s->sim, LPC_DEVICE, i << 30, i << 30 | 0x1fff, "direct");
}

static bool fail_far_off(const struct stage *s, uint64_t i)
{
	return !iova_sim_fail(s->sim, IOVA_SIM_CALL_UNMAP, 1000000 + i, EIO);
}

static bool fail_allocation_far_off(const struct stage *s, uint64_t i)
{
	return !iova_sim_fail_allocation(s->sim, 1000000 + i);
}

static void look(struct iova_sim *sim, void *arg)
{
	__atomic_add_fetch((uint64_t *)arg, iova_sim_calls(sim, IOVA_SIM_CALL_ANY),
			   __ATOMIC_RELAXED);
}

static bool look_after(const struct stage *s, uint64_t i)
{
	static uint64_t looked;

	(void)i;
	return !iova_sim_after(s->sim, IOVA_SIM_CALL_ANY, 1, look, &looked);
}

static bool clear_faults(const struct stage *s, uint64_t i)
{
	(void)i;
	iova_sim_clear_faults(s->sim);
	return true;
}

static bool corrupt_info(const struct stage *s, uint64_t i)
{
	return !iova_sim_corrupt_info(s->sim, 4000 + i, 1, 0);
}

static bool clear_corruption(const struct stage *s, uint64_t i)
{
	(void)i;
	iova_sim_clear_corruption(s->sim);
	return true;
}

static bool file_error(const struct stage *s, uint64_t i)
{
	(void)i;
	return !iova_sim_file_error(s->sim, GROUP_FILE, EIO);
}

static bool file_cut(const struct stage *s, uint64_t i)
{
	return !iova_sim_file_cut(s->sim, GROUP_FILE, i);
}

static bool file_text(const struct stage *s, uint64_t i)
{
	(void)i;
	return !iova_sim_file_text(s->sim, GROUP_FILE, "identity\n");
}

static bool clear_files(const struct stage *s, uint64_t i)
{
	(void)i;
	iova_sim_clear_files(s->sim);
	return true;
}

static bool set_kernel(const struct stage *s, uint64_t i)
{
	struct iova_sim_kernel kernel = s->kernel;

	kernel.entry_limit = (uint32_t)(60000 + i);
	return !iova_sim_set_kernel(s->sim, &kernel);
}

static bool get_kernel(const struct stage *s, uint64_t i)
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };

	(void)i;
	return !iova_sim_get_kernel(s->sim, &kernel) && kernel.entry_limit >= 60000;
}

static bool set_iommu(const struct stage *s, uint64_t i)
{
	(void)i;
	return !iova_sim_set_iommu(s->sim, GROUP_LPC, &s->iommu);
}

static bool set_memory(const struct stage *s, uint64_t i)
{
	struct iova_sys_memory memory = s->memory;

	memory.locked = i;
	return !iova_sim_set_memory(s->sim, &memory);
}

static bool add_bad_memory(const struct stage *s, uint64_t i)
{
	return !iova_sim_add_bad_memory(s->sim, i << 20, i << 20 | 0xfff);
}

static bool map_behind(const struct stage *s, uint64_t i)
{
	int r = iova_sim_map_behind(s->sim, s->raw.container, AT + i % 8 * PAGE, VADDR, PAGE);

	return !r || r == -EEXIST;
}

static bool unmap_behind(const struct stage *s, uint64_t i)
{
	return iova_sim_unmap_behind(s->sim, s->raw.container, AT + i % 8 * PAGE,
				     AT + i % 8 * PAGE + PAGE - 1) >= 0;
}

static bool attach_behind(const struct stage *s, uint64_t i)
{
	int r = iova_sim_attach_behind(s->sim, s->raw.container, GROUP_USB);

	(void)i;
	return !r || r == -EBUSY;
}

static bool detach_behind(const struct stage *s, uint64_t i)
{
	int r = iova_sim_detach_behind(s->sim, GROUP_USB);

	(void)i;
	return !r || r == -ENOENT;
}

static bool report(const struct stage *s, uint64_t i)
{
	struct iova_sim_report told = { .size = sizeof told };

	(void)i;
	return !iova_sim_report(s->sim, &told) && told.n_containers == 1;
}

static bool leftovers(const struct stage *s, uint64_t i)
{
	char text[64];

	(void)i;
	return iova_sim_leftovers(s->sim, text, sizeof text) > 0;
}

static bool nth_mapping(const struct stage *s, uint64_t i)
{
	struct iova_sim_mapping mapping = { .size = sizeof mapping };
	int r = iova_sim_mapping(s->sim, (uint32_t)i % 4, &mapping);

	return r == -ENOENT || (!r && mapping.range.last - mapping.range.start == PAGE - 1);
}

static bool list_ranges(const struct stage *s, uint64_t i)
{
	struct iova_range ranges[8];

	(void)i;
	return iova_sim_list(s->sim, s->raw.container, ranges, 8) > 0;
}

static bool open_and_close(const struct stage *s, uint64_t i)
{
	const struct iova_sys *sys = s->world->sys;
	int fd = sys->open(sys->data, -1, "/sys/kernel/iommu_groups", O_RDONLY | O_DIRECTORY);

	(void)i;
	return fd >= 0 && !raw_close(s->world, fd);
}

static bool map_and_unmap(const struct stage *s, uint64_t i)
{
	uint64_t at = AT + MIB + i * PAGE, size = PAGE;

	return !raw_map(s->world, s->raw.container, at, VADDR, PAGE) &&
	       !raw_unmap(s->world, s->raw.container, 0, at, &size) && size == PAGE;
}

static bool get_info(const struct stage *s, uint64_t i)
{
	unsigned char reply[4096];

	(void)i;
	return !raw_info(s->world, s->raw.container, reply, sizeof reply);
}

static bool read_file(const struct stage *s, uint64_t i)
{
	char text[64];

	(void)i;
	return s->world->sys->read_file(s->world->sys->data, -1, REGIONS_FILE, text, sizeof text) >
	       0;
}

static bool read_link(const struct stage *s, uint64_t i)
{
	char text[256];

	(void)i;
	return s->world->sys->read_link(s->world->sys->data, -1,
					"/sys/bus/pci/devices/0000:00:14.0/iommu_group", text,
					sizeof text) > 0;
}

static int count_name(void *arg, const char *name)
{
	*(size_t *)arg += strlen(name);
	return 0;
}

static bool list_devices(const struct stage *s, uint64_t i)
{
	size_t n = 0;

	(void)i;
	return !s->world->sys->list(s->world->sys->data, -1, "/sys/bus/pci/devices", count_name,
				    &n) &&
	       n > 0;
}

static bool read_memory(const struct stage *s, uint64_t i)
{
	struct iova_sys_memory memory;

	(void)i;
	return !s->world->sys->memory(s->world->sys->data, &memory) && memory.page_size == PAGE;
}

act_fn *const acts[N_ACTS] = {
	count_calls,       add_group,     add_device,
	remove_device,     bind_device,   add_region,
	add_device_region, fail_far_off,  fail_allocation_far_off,
	look_after,        clear_faults,  corrupt_info,
	clear_corruption,  file_error,    file_cut,
	file_text,         clear_files,   set_kernel,
	get_kernel,        set_iommu,     set_memory,
	add_bad_memory,    map_behind,    unmap_behind,
	attach_behind,     detach_behind, report,
	leftovers,         nth_mapping,   list_ranges,
	open_and_close,    map_and_unmap, get_info,
	read_file,         read_link,     list_devices,
	read_memory,
};

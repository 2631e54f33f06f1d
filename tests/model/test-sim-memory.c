/* SPDX-License-Identifier: BSD-3-Clause */
/* The simulated kernel without memory: each allocation of each call fails once. */
#include "raw.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define VADDR 0x7f0000000000ull

/* Who does what: a container with a group in it, and another group in no container. */
struct stage {
	const struct world *world;
	struct raw raw;
	int other;
};

/* All that can be seen of the host. */
struct sight {
	char left[512];
	struct iova_range list[16];
	int n_list;
};

static struct sight look(const struct stage *stage)
{
	struct sight sight = { .left = "" };
	char *faults;

	assert_true(iova_sim_leftovers(stage->world->sim, sight.left, sizeof sight.left) <
		    (int)sizeof sight.left);
	faults = strstr(sight.left, "\nfaults");
	if (faults)
		memset(faults, 0, strlen(faults));
	sight.n_list = iova_sim_list(stage->world->sim, stage->raw.container, sight.list, 16);
	return sight;
}

static int open_container(const struct stage *stage)
{
	return raw_open(stage->world, "/dev/vfio/vfio");
}

static int open_group(const struct stage *stage)
{
	return raw_open_group(stage->world, GROUP_LPC);
}

static int open_directory(const struct stage *stage)
{
	const struct iova_sys *sys = stage->world->sys;

	return sys->open(sys->data, -1, "/sys/kernel/iommu_groups", O_RDONLY | O_DIRECTORY);
}

static int read_regions(const struct stage *stage)
{
	const struct iova_sys *sys = stage->world->sys;
	char text[256];

	return (int)sys->read_file(sys->data, -1, "/sys/kernel/iommu_groups/2/reserved_regions",
				   text, sizeof text);
}

static int read_class(const struct stage *stage)
{
	const struct iova_sys *sys = stage->world->sys;
	char text[16];

	return (int)sys->read_file(sys->data, -1, "/sys/bus/pci/devices/0000:01:00.0/class", text,
				   sizeof text);
}

static int count(void *arg, const char *name)
{
	(void)name;
	++*(int *)arg;
	return 0;
}

/* Nobody hears a name of a listing that fails. */
static int list_groups(const struct stage *stage)
{
	const struct iova_sys *sys = stage->world->sys;
	int n = 0, r = sys->list(sys->data, -1, "/sys/kernel/iommu_groups", count, &n);

	assert_int_equal(n, r < 0 ? 0 : 7);
	return r;
}

static int set_iommu(const struct stage *stage)
{
	return raw_set_iommu(stage->world, stage->raw.container, 3);
}

static int join(const struct stage *stage)
{
	return raw_set_container(stage->world, stage->other, stage->raw.container);
}

static int get_device(const struct stage *stage)
{
	return raw_device(stage->world, stage->raw.group, "0000:01:00.0");
}

static int get_info(const struct stage *stage)
{
	unsigned char reply[256];

	return raw_info(stage->world, stage->raw.container, reply, sizeof reply);
}

static int map(const struct stage *stage)
{
	return raw_map(stage->world, stage->raw.container, 0x200000, VADDR, 4 * PAGE);
}

/* Fails allocation 1, 2 and so on, until the call has no more of them. */
static void sweep(const struct stage *stage, int (*call)(const struct stage *stage), uint64_t least)
{
	const struct sight before = look(stage);
	uint64_t n = 0;

	for (;;) {
		struct iova_sim_report report = { .size = sizeof report };
		struct sight after;
		int r;

		assert_int_equal(iova_sim_fail_allocation(stage->world->sim, n + 1), 0);
		r = call(stage);
		assert_int_equal(iova_sim_report(stage->world->sim, &report), 0);
		if (report.n_pending_faults) {
			assert_true(r >= 0);
			break;
		}
		assert_int_equal(r, -ENOMEM);
		after = look(stage);
		assert_memory_equal(&after, &before, sizeof after);
		n++;
	}
	iova_sim_clear_faults(stage->world->sim);
	assert_true(n >= least);
}

static void a_call_without_memory_is_enomem_and_changes_nothing(void **state)
{
	struct world *w = world_new("desktop");
	struct stage stage = { .world = w };

	(void)state;
	stage.raw.container = raw_open(w, "/dev/vfio/vfio");
	stage.raw.group = raw_join(w, stage.raw.container, GROUP_NIC);
	stage.other = raw_join(w, stage.raw.container, GROUP_USB);
	sweep(&stage, open_container, 2);
	sweep(&stage, open_group, 1);
	sweep(&stage, open_directory, 1);
	sweep(&stage, read_regions, 2);
	sweep(&stage, read_class, 1);
	sweep(&stage, list_groups, 8);
	sweep(&stage, set_iommu, 7);
	assert_int_equal(raw_unset_container(w, stage.other), 0);
	sweep(&stage, get_device, 1);
	sweep(&stage, get_info, 3);
	sweep(&stage, map, 1);
	sweep(&stage, join, 3);
	world_free(w);
}

/* A second domain, and ranges of its own. */
static void a_group_that_brings_a_domain_is_undone_as_well(void **state)
{
	struct world *w = world_new("desktop");
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct stage stage = { .world = w };

	(void)state;
	iova_sim_iommu_of_width(36, &iommu);
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_USB, &iommu), 0);
	stage.raw = raw_attach(w, GROUP_NIC);
	assert_int_equal(map(&stage), 0);
	stage.other = raw_open_group(w, GROUP_USB);
	sweep(&stage, join, 4);
	world_free(w);
}

/* Taking a group out cannot fail: the list stays as narrow as it was, also at its bounds. */
static void leaving_without_memory_leaves_the_list_narrow(void **state)
{
	static const struct iova_range wide[] = { { 0, 0xfedfffff }, { 0xfef00000, 0x7fffffffff } };
	static const struct iova_range narrow[] = { { 0, 0xfedfffff },
						    { 0xfef00000, 0x1ffffffff },
						    { 0x200100000, 0xfffffffff } };
	const struct world *w = *state;
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct raw raw = raw_attach(w, GROUP_NIC);
	int usb;

	iova_sim_iommu_of_width(36, &iommu);
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_USB, &iommu), 0);
	assert_int_equal(iova_sim_add_region(w->sim, GROUP_USB, 0x200000000, 0x2000fffff,
					     "reserved"),
			 0);
	for (uint64_t n = 1;; n++) {
		struct iova_sim_report report = { .size = sizeof report };

		usb = raw_join(w, raw.container, GROUP_USB);
		world_assert_list(w, raw.container, narrow, 3);
		assert_int_equal(iova_sim_fail_allocation(w->sim, n), 0);
		assert_int_equal(raw_close(w, usb), 0);
		assert_int_equal(iova_sim_report(w->sim, &report), 0);
		if (report.n_pending_faults) {
			world_assert_list(w, raw.container, wide, 2);
			assert_true(n > 3);
			break;
		}
		world_assert_list(w, raw.container, narrow, 3);
	}
	iova_sim_clear_faults(w->sim);
	raw_detach(w, raw);
}

static void the_description_has_memory(void **state)
{
	const struct world *w = *state;
	struct iova_sim_report report = { .size = sizeof report };

	assert_int_equal(iova_sim_fail_allocation(w->sim, 0), -EINVAL);
	assert_int_equal(iova_sim_fail_allocation(NULL, 1), -EINVAL);
	assert_int_equal(iova_sim_fail_allocation(w->sim, 1), 0);
	assert_int_equal(iova_sim_add_group(w->sim, 8, "DMA"), 0);
	assert_int_equal(iova_sim_add_region(w->sim, 8, 0, 1, "msi"), 0);
	assert_int_equal(iova_sim_add_bad_memory(w->sim, 0, 1), 0);
	assert_int_equal(iova_sim_report(w->sim, &report), 0);
	assert_int_equal(report.n_pending_faults, 1);
	assert_int_equal(raw_open(w, "/dev/vfio/vfio"), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_without_memory_is_enomem_and_changes_nothing),
		cmocka_unit_test(a_group_that_brings_a_domain_is_undone_as_well),
		ON(desktop, leaving_without_memory_leaves_the_list_narrow),
		ON(desktop, the_description_has_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

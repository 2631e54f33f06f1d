/* SPDX-License-Identifier: BSD-3-Clause */
/* The simulated sysfs: what is there, what it says, and how it misbehaves. */
#include "raw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define REGIONS_5 "sys/kernel/iommu_groups/5/reserved_regions"

static int64_t read_text(const struct world *world, int dir, const char *path, char text[8192])
{
	int64_t r = world->sys->read_file(world->sys->data, dir, path, text, 8191);

	text[r > 0 ? r : 0] = '\0';
	return r;
}

static int64_t read_link(const struct world *world, int dir, const char *path, char text[512])
{
	int64_t r = world->sys->read_link(world->sys->data, dir, path, text, 511);

	text[r > 0 ? r : 0] = '\0';
	return r;
}

static void assert_text(const struct world *world, const char *path, const char *wanted)
{
	char text[8192];

	assert_int_equal(read_text(world, -1, path, text), strlen(wanted));
	assert_string_equal(text, wanted);
}

static void regions_are_printed_sorted_with_16_digits(void **state)
{
	assert_text(*state, "/sys/kernel/iommu_groups/5/reserved_regions",
		    "0x0000000000000000 0x0000000000ffffff direct-relaxable\n"
		    "0x00000000fee00000 0x00000000feefffff msi\n");
	assert_text(*state, "/sys/kernel/iommu_groups/4/reserved_regions",
		    "0x000000007c000000 0x000000007c0fffff direct\n"
		    "0x00000000fee00000 0x00000000feefffff msi\n");
	assert_text(*state, "/sys/kernel/iommu_groups/5/type", "DMA-FQ\n");
}

static void regions_of_one_type_merge_and_of_two_do_not(void **state)
{
	const struct world *w = *state;

	assert_int_equal(iova_sim_add_group(w->sim, 7, "DMA"), 0);
	assert_int_equal(iova_sim_add_device(w->sim, 7, "0000:07:00.0", 1, 2, 3, NULL), 0);
	assert_int_equal(iova_sim_add_region(w->sim, 7, 0x3000, 0x4fff, "direct-relaxable"), 0);
	assert_int_equal(iova_sim_add_region(w->sim, 7, 0x1000, 0x1fff, "direct"), 0);
	assert_int_equal(iova_sim_add_device_region(w->sim, "0000:07:00.0", 0x2000, 0x3fff,
						    "direct"),
			 0);
	assert_int_equal(iova_sim_add_region(w->sim, 7, 0x3000, 0x3fff, "sw-msi"), 0);
	assert_int_equal(iova_sim_add_region(w->sim, 7, 0x3000, 0x3fff, "msi"), 0);
	assert_int_equal(iova_sim_add_region(w->sim, 7, 0x5000, 0x5fff, "from-the-future"), 0);
	assert_text(w, "sys/kernel/iommu_groups/7/reserved_regions",
		    "0x0000000000001000 0x0000000000003fff direct\n"
		    "0x0000000000003000 0x0000000000004fff direct-relaxable\n"
		    "0x0000000000003000 0x0000000000003fff msi\n"
		    "0x0000000000003000 0x0000000000003fff msi\n"
		    "0x0000000000005000 0x0000000000005fff from-the-future\n");
}

/* The kernel adds 1 to the last address before it compares. */
static void regions_that_reach_the_top_do_not_merge(void **state)
{
	const struct world *w = *state;

	assert_int_equal(iova_sim_add_group(w->sim, 7, "DMA"), 0);
	assert_int_equal(iova_sim_add_region(w->sim, 7, 0xf000, UINT64_MAX, "reserved"), 0);
	assert_int_equal(iova_sim_add_region(w->sim, 7, 0xff000, UINT64_MAX, "reserved"), 0);
	assert_text(w, "sys/kernel/iommu_groups/7/reserved_regions",
		    "0x000000000000f000 0xffffffffffffffff reserved\n"
		    "0x00000000000ff000 0xffffffffffffffff reserved\n");
}

static void too_many_regions_are_cut_at_a_page(void **state)
{
	const struct world *w = *state;
	char text[8192];

	assert_int_equal(iova_sim_add_group(w->sim, 7, "DMA"), 0);
	for (uint64_t i = 0; i < 200; i++)
		assert_int_equal(iova_sim_add_region(w->sim, 7, i * MIB, i * MIB + 0xfff,
						     "reserved"),
				 0);
	assert_int_equal(read_text(w, -1, "sys/kernel/iommu_groups/7/reserved_regions", text),
			 4095);
	assert_int_not_equal(text[4094], '\n');
}

static void device_files_and_links_are_as_in_sysfs(void **state)
{
	const struct world *w = *state;
	char text[512];

	assert_text(w, "/sys/bus/pci/devices/0000:00:1f.0/class", "0x060100\n");
	assert_text(w, "/sys/bus/pci/devices/0000:00:1f.0/vendor", "0x8086\n");
	assert_text(w, "/sys/bus/pci/devices/0000:00:1f.2/device", "0x2922\n");
	assert_true(read_link(w, -1, "/sys/bus/pci/devices/0000:00:1f.2/driver", text) > 0);
	assert_string_equal(text, "../../../bus/pci/drivers/vfio-pci");
	assert_true(read_link(w, -1, "/sys/bus/pci/devices/0000:00:1f.2/iommu_group", text) > 0);
	assert_string_equal(text, "../../../kernel/iommu_groups/5");
	assert_true(read_link(w, -1, "sys/kernel/iommu_groups/5/devices/0000:00:1f.2", text) > 0);
	assert_string_equal(text, "../../../../devices/pci0000:00/0000:00:1f.2");
	assert_int_equal(read_link(w, -1, "/sys/bus/pci/devices/0000:00:1f.0/driver", text),
			 -ENOENT);
	assert_int_equal(read_link(w, -1, "/sys/bus/pci/devices/0000:00:1f.0/class", text),
			 -EINVAL);
}

/* Each link's text, read from where the link is, must lead to where following it leads. */
static void links_lead_where_they_say(void **state)
{
	assert_text(*state, "sys/bus/pci/devices/0000:00:1f.2/iommu_group/type", "DMA-FQ\n");
	assert_text(*state,
		    "sys/devices/pci0000:00/0000:00:1f.2/../../../kernel/iommu_groups/5/type",
		    "DMA-FQ\n");
	assert_text(*state, "sys/kernel/iommu_groups/5/devices/0000:00:1f.2/class", "0x010601\n");
	assert_text(*state,
		    "sys/kernel/iommu_groups/5/devices/../../../../devices/pci0000:00/0000:00:1f.2/"
		    "class",
		    "0x010601\n");
	assert_text(*state,
		    "/sys//bus/./pci/devices/0000:00:1f.2/driver/../../devices/"
		    "0000:01:00.0/vendor",
		    "0x8086\n");
}

static void paths_are_answered_from_a_root_descriptor_too(void **state)
{
	const struct world *w = *state;
	int root = w->sys->open(w->sys->data, -1, "/", O_RDONLY | O_DIRECTORY);
	int groups = w->sys->open(w->sys->data, root, "sys/kernel/iommu_groups", O_DIRECTORY);
	char text[8192];

	assert_true(root >= 0 && groups >= 0);
	assert_int_equal(read_text(w, root, "sys/kernel/iommu_groups/1/type", text), 7);
	assert_int_equal(read_text(w, groups, "1/type", text), 7);
	assert_int_equal(read_text(w, groups, "/sys/kernel/iommu_groups/1/type", text), 7);
	assert_int_equal(read_text(w, groups, "", text), -ENOENT);
	assert_int_equal(raw_close(w, root), 0);
	assert_int_equal(read_text(w, root, "sys", text), -EBADF);
	assert_int_equal(raw_close(w, groups), 0);
}

struct names {
	unsigned int n;
	char all[512];
};

static int collect(void *arg, const char *name)
{
	struct names *names = arg;

	names->n++;
	strcat(names->all, name);
	strcat(names->all, " ");
	return 0;
}

static int stop(void *arg, const char *name)
{
	struct names *names = arg;

	(void)name;
	names->n++;
	return 42;
}

static void directories_are_listed(void **state)
{
	const struct world *w = *state;
	struct names names = { 0 };

	assert_int_equal(w->sys->list(w->sys->data, -1, "/sys/kernel/iommu_groups", collect,
				      &names),
			 0);
	assert_string_equal(names.all, "0 1 2 3 4 5 6 ");
	memset(&names, 0, sizeof names);
	assert_int_equal(w->sys->list(w->sys->data, -1, "/sys/kernel/iommu_groups/5/devices",
				      collect, &names),
			 0);
	assert_string_equal(names.all, "0000:00:1f.0 0000:00:1f.2 0000:00:1f.3 ");
	memset(&names, 0, sizeof names);
	assert_int_equal(w->sys->list(w->sys->data, -1, "/sys/bus/pci/drivers", collect, &names),
			 0);
	assert_string_equal(names.all, "vfio-pci nvme snd_hda_intel ");
	memset(&names, 0, sizeof names);
	assert_int_equal(w->sys->list(w->sys->data, -1, "/dev/vfio", collect, &names), 0);
	assert_string_equal(names.all, "vfio 1 2 4 5 6 ");
	memset(&names, 0, sizeof names);
	assert_int_equal(w->sys->list(w->sys->data, -1, "/sys/bus/pci/devices/0000:00:1f.2",
				      collect, &names),
			 0);
	assert_string_equal(names.all, "vendor device class driver iommu_group vfio-dev ");
	names.n = 0;
	assert_int_equal(w->sys->list(w->sys->data, -1, "/dev/vfio", stop, &names), 42);
	assert_int_equal(names.n, 1);
	assert_int_equal(w->sys->list(w->sys->data, -1, REGIONS_5, collect, &names), -ENOTDIR);
	assert_int_equal(w->sys->list(w->sys->data, -1, "sys/nothing", collect, &names), -ENOENT);
}

static void a_link_to_a_directory_opens_as_one(void **state)
{
	const struct world *w = *state;
	int fd = w->sys->open(w->sys->data, -1, "sys/bus/pci/devices/0000:00:1f.2/iommu_group",
			      O_DIRECTORY);
	char text[8192];

	assert_true(fd >= 0);
	assert_int_equal(read_text(w, fd, "type", text), 7);
	assert_int_equal(raw_close(w, fd), 0);
}

static void wrong_kinds_of_file_have_their_errno(void **state)
{
	const struct world *w = *state;
	char text[8192];

	assert_int_equal(read_text(w, -1, "sys/kernel", text), -EISDIR);
	assert_int_equal(read_text(w, -1, "dev/vfio/vfio", text), -EINVAL);
	assert_int_equal(read_text(w, -1, REGIONS_5 "/x", text), -ENOTDIR);
	assert_int_equal(read_text(w, -1, "sys/kernel/iommu_groups/05/type", text), -ENOENT);
	assert_int_equal(w->sys->open(w->sys->data, -1, REGIONS_5, O_DIRECTORY), -ENOTDIR);
	assert_int_equal(w->sys->open(w->sys->data, -1, "/sys", O_RDWR), -EISDIR);
}

static void a_short_buffer_gets_the_beginning(void **state)
{
	const struct world *w = *state;
	char text[4];

	assert_int_equal(w->sys->read_file(w->sys->data, -1, REGIONS_5, text, 4), 4);
	assert_memory_equal(text, "0x00", 4);
}

static void kernels_lack_the_files_they_lack(void **state)
{
	const struct world *w = *state;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	char text[8192];

	iova_sim_get_kernel(w->sim, &kernel);
	kernel.has_regions = 0;
	kernel.has_group_type = 0;
	iova_sim_set_kernel(w->sim, &kernel);
	assert_int_equal(read_text(w, -1, REGIONS_5, text), -ENOENT);
	assert_int_equal(read_text(w, -1, "sys/kernel/iommu_groups/5/type", text), -ENOENT);
}

static void before_5_3_relaxable_is_shown_as_direct(void **state)
{
	assert_text(*state, "sys/kernel/iommu_groups/2/reserved_regions",
		    "0x000000007b800000 0x000000007b81ffff direct\n"
		    "0x00000000fee00000 0x00000000feefffff msi\n");
}

static void files_fail_are_cut_or_lie_on_demand(void **state)
{
	const struct world *w = *state;
	char text[8192];

	assert_int_equal(iova_sim_file_error(w->sim, "/" REGIONS_5, EACCES), 0);
	assert_int_equal(read_text(w, -1, REGIONS_5, text), -EACCES);
	assert_int_equal(read_text(w, -1, "sys/kernel/iommu_groups/4/reserved_regions", text), 87);
	assert_int_equal(iova_sim_file_cut(w->sim, REGIONS_5, 50), 0);
	assert_int_equal(read_text(w, -1, REGIONS_5, text), 50);
	assert_int_equal(iova_sim_file_text(w->sim, REGIONS_5, "nonsense"), 0);
	assert_text(w, REGIONS_5, "nonsense");
	iova_sim_clear_files(w->sim);
	assert_int_equal(read_text(w, -1, REGIONS_5, text), 97);
	assert_int_equal(iova_sim_file_error(w->sim, "sys/kernel/iommu_groups", ENOENT), 0);
	assert_int_equal(read_text(w, -1, REGIONS_5, text), -ENOENT);
	assert_int_equal(read_text(w, -1, "sys/bus/pci/devices/0000:00:1f.2/class", text), 9);
	assert_int_equal(iova_sim_file_error(w->sim, "sys/nothing", EIO), -ENOENT);
}

static void an_unplugged_device_is_gone_from_every_place(void **state)
{
	const struct world *w = *state;
	char text[8192];

	assert_int_equal(iova_sim_remove_device(w->sim, "0000:00:1f.0"), 0);
	assert_int_equal(read_text(w, -1, "sys/bus/pci/devices/0000:00:1f.0/class", text), -ENOENT);
	assert_text(w, REGIONS_5, "0x00000000fee00000 0x00000000feefffff msi\n");
	assert_int_equal(iova_sim_remove_device(w->sim, "0000:00:1f.0"), -ENOENT);
	assert_int_equal(iova_sim_add_device(w->sim, 1, "0000:00:1f.0", 1, 2, 3, NULL), 0);
	assert_text(w, "sys/bus/pci/devices/0000:00:1f.0/iommu_group/devices/0000:00:1f.0/class",
		    "0x000003\n");
}

static void a_device_may_be_in_no_group(void **state)
{
	const struct world *w = *state;
	char text[512];

	assert_int_equal(iova_sim_add_device(w->sim, IOVA_SIM_NO_GROUP, "0000:09:00.0", 1, 2, 3,
					     "e1000e"),
			 0);
	assert_int_equal(read_link(w, -1, "sys/bus/pci/devices/0000:09:00.0/iommu_group", text),
			 -ENOENT);
	assert_text(w, "sys/bus/pci/devices/0000:09:00.0/vendor", "0x0001\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(desktop, regions_are_printed_sorted_with_16_digits),
		ON(desktop, regions_of_one_type_merge_and_of_two_do_not),
		ON(desktop, regions_that_reach_the_top_do_not_merge),
		ON(desktop, too_many_regions_are_cut_at_a_page),
		ON(desktop, device_files_and_links_are_as_in_sysfs),
		ON(desktop, links_lead_where_they_say),
		ON(desktop, paths_are_answered_from_a_root_descriptor_too),
		ON(desktop, directories_are_listed),
		ON(desktop, a_link_to_a_directory_opens_as_one),
		ON(desktop, wrong_kinds_of_file_have_their_errno),
		ON(desktop, a_short_buffer_gets_the_beginning),
		ON(desktop, kernels_lack_the_files_they_lack),
		ON(old, before_5_3_relaxable_is_shown_as_direct),
		ON(desktop, files_fail_are_cut_or_lie_on_demand),
		ON(desktop, an_unplugged_device_is_gone_from_every_place),
		ON(desktop, a_device_may_be_in_no_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

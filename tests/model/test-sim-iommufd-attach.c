/* SPDX-License-Identifier: BSD-3-Clause */
/* Devices of an iommufd: what binding, attaching, moving and detaching them does to IOASes. */
#include "ioas-help.h"

SETUP(iommufd, "iommufd")
SETUP(iommufd_6_6, "iommufd-6.6")

#define GPU "0000:04:00.0"
#define SOUND "0000:04:00.1"

static int attach(const struct world *w, int cdev, uint32_t pt_id, uint32_t *ret_pt_id)
{
	struct iova_vfio_attach request = { .argsz = sizeof request, .pt_id = pt_id };
	int r = raw_ioctl(w, cdev, IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT, &request);

	*ret_pt_id = request.pt_id;
	return r;
}

/* How many ranges an iommufd's only IOAS has. */
static int n_ranges(const struct world *w, struct ioas ioas)
{
	uint64_t alignment;
	uint32_t n = 0;

	assert_int_equal(ioas_ranges(w, ioas, NULL, &n, &alignment), -EMSGSIZE);
	return (int)n;
}

/* Both devices of a group, bound to one iommufd. */
struct both {
	struct ioas ioas;
	int sound;
};

static struct both bind_both(const struct world *w)
{
	struct both both;

	assert_int_equal(iova_sim_bind(w->sim, SOUND, "vfio-pci"), 0);
	both.ioas = ioas_open(w, NODE_GPU);
	both.sound = raw_cdev(w, NODE_SOUND);
	assert_int_equal(raw_bind(w, both.sound, both.ioas.fd, NULL), 0);
	return both;
}

static void close_both(const struct world *w, struct both both)
{
	assert_int_equal(raw_close(w, both.sound), 0);
	ioas_close(w, both.ioas);
}

static void a_device_reserves_its_own_regions(void **state)
{
	const struct world *w = *state;
	struct both both = bind_both(w);
	struct ioas ioas = both.ioas;

	assert_int_equal(iova_sim_add_device_region(w->sim, SOUND, 0x1000000, 0x1ffffff,
						    "reserved"),
			 0);
	assert_int_equal(iova_sim_add_device_region(w->sim, SOUND, 0x3000000, 0x3ffffff,
						    "direct-relaxable"),
			 0);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), 0);
	assert_int_equal(n_ranges(w, ioas), 2);
	assert_int_equal(ioas_map(w, ioas, 0x1000000, VADDR, PAGE), 0);
	/* Now it comes too late. */
	assert_int_equal(raw_attach_pt(w, both.sound, ioas.id), -EADDRINUSE);
	assert_int_equal(n_ranges(w, ioas), 2);
	assert_int_equal(ioas_unmap(w, ioas, 0x1000000, &(uint64_t){ PAGE }), 0);
	assert_int_equal(ioas_map(w, ioas, 0x3000000, VADDR, PAGE), 0);
	assert_int_equal(raw_attach_pt(w, both.sound, ioas.id), 0);
	assert_int_equal(n_ranges(w, ioas), 3);
	assert_int_equal(raw_detach_pt(w, both.sound), 0);
	assert_int_equal(n_ranges(w, ioas), 2);
	close_both(w, both);
}

static void regions_count_for_the_whole_group_before_6_4(void **state)
{
	const struct world *w = *state;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	struct both both;

	iova_sim_get_kernel(w->sim, &kernel);
	kernel.reserves_device = 0;
	iova_sim_set_kernel(w->sim, &kernel);
	both = bind_both(w);
	assert_int_equal(iova_sim_add_device_region(w->sim, SOUND, 0x1000000, 0x1ffffff,
						    "reserved"),
			 0);
	assert_int_equal(raw_attach_pt(w, both.ioas.cdev, both.ioas.id), 0);
	assert_int_equal(n_ranges(w, both.ioas), 3);
	assert_int_equal(raw_attach_pt(w, both.sound, both.ioas.id), 0);
	assert_int_equal(raw_detach_pt(w, both.ioas.cdev), 0);
	assert_int_equal(n_ranges(w, both.ioas), 3);
	close_both(w, both);
}

static void a_table_is_shared_and_goes_with_the_last_device(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);
	int usb = raw_cdev(w, NODE_USB);
	uint32_t first, second, id;

	assert_int_equal(raw_bind(w, usb, ioas.fd, &id), 0);
	assert_int_equal(attach(w, ioas.cdev, ioas.id, &first), 0);
	assert_int_equal(attach(w, usb, ioas.id, &second), 0);
	assert_int_equal(first, 4);
	assert_int_equal(second, first);
	/* Where it is already: nothing happens. */
	assert_int_equal(attach(w, usb, ioas.id, &second), 0);
	assert_int_equal(second, first);
	assert_int_equal(raw_detach_pt(w, ioas.cdev), 0);
	assert_int_equal(n_ranges(w, ioas), 2);
	/* Also by the number of the table itself. */
	assert_int_equal(attach(w, ioas.cdev, first, &second), 0);
	assert_int_equal(second, first);
	assert_int_equal(raw_detach_pt(w, ioas.cdev), 0);
	assert_int_equal(raw_detach_pt(w, usb), 0);
	assert_int_equal(raw_detach_pt(w, usb), 0);
	assert_int_equal(n_ranges(w, ioas), 1);
	assert_int_equal(attach(w, ioas.cdev, first, &second), -ENOENT);
	assert_int_equal(second, first);
	assert_int_equal(attach(w, ioas.cdev, id, &second), -EINVAL);
	assert_int_equal(attach(w, ioas.cdev, 77, &second), -ENOENT);
	assert_int_equal(raw_close(w, usb), 0);
	ioas_close(w, ioas);
}

static void another_kind_of_iommu_has_another_table(void **state)
{
	const struct world *w = *state;
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct ioas ioas = ioas_open(w, NODE_NIC);
	int usb = raw_cdev(w, NODE_USB);
	uint32_t first, second;

	iova_sim_iommu_of_width(36, &iommu);
	iommu.aperture_start = 0x10000;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_USB, &iommu), 0);
	assert_int_equal(iova_sim_add_device_region(w->sim, "0000:00:14.0", 0x1000000, 0x1ffffff,
						    "reserved"),
			 0);
	assert_int_equal(raw_bind(w, usb, ioas.fd, NULL), 0);
	assert_int_equal(attach(w, ioas.cdev, ioas.id, &first), 0);
	assert_int_equal(ioas_map(w, ioas, 0, VADDR, PAGE), 0);
	assert_int_equal(attach(w, usb, ioas.id, &second), -EADDRINUSE);
	assert_int_equal(attach(w, usb, first, &second), -EINVAL);
	assert_int_equal(n_ranges(w, ioas), 2);
	assert_int_equal(ioas_unmap(w, ioas, 0, &(uint64_t){ PAGE }), 0);
	assert_int_equal(ioas_map(w, ioas, 0x1000000000, VADDR, PAGE), 0);
	assert_int_equal(attach(w, usb, ioas.id, &second), -EADDRINUSE);
	assert_int_equal(pinned(w), 1);
	assert_int_equal(ioas_unmap(w, ioas, 0x1000000000, &(uint64_t){ PAGE }), 0);
	assert_int_equal(ioas_map(w, ioas, 0x10000, VADDR, PAGE), 0);
	assert_int_equal(attach(w, usb, ioas.id, &second), 0);
	assert_int_not_equal(first, second);
	assert_int_equal(pinned(w), 1);
	assert_int_equal(ioas_map(w, ioas, 0, VADDR, PAGE), -EINVAL);
	assert_int_equal(ioas_map(w, ioas, 0x1000000000, VADDR, PAGE), -EINVAL);
	assert_int_equal(raw_detach_pt(w, ioas.cdev), 0);
	assert_int_equal(pinned(w), 1);
	assert_int_equal(raw_close(w, usb), 0);
	assert_int_equal(n_ranges(w, ioas), 1);
	ioas_close(w, ioas);
}

static void mappings_in_the_way_are_eaddrinuse(void **state)
{
	static const struct {
		uint64_t iova;
		uint64_t vaddr;
		uint64_t length;
	} cases[] = {
		{ 0xfee00000, VADDR, PAGE }, { 0xfedff000, VADDR, 2 * PAGE },
		{ 1ull << 60, VADDR, PAGE }, { 0x200800, VADDR, PAGE },
		{ 0x200000, VADDR, 0x800 },  { 0x200000, VADDR + 0x800, PAGE },
		{ 0x1000000, VADDR, PAGE },
	};
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);

	/* What was reserved before it came to this is free again. */
	assert_int_equal(iova_sim_add_device_region(w->sim, "0000:01:00.0", 0x1000000, 0x1ffffff,
						    "reserved"),
			 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t length = cases[i].length;

		assert_int_equal(ioas_map(w, ioas, cases[i].iova, cases[i].vaddr, length), 0);
		assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), -EADDRINUSE);
		assert_int_equal(n_ranges(w, ioas), 1);
		assert_int_equal(ioas_unmap(w, ioas, cases[i].iova, &length), 0);
	}
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), 0);
	ioas_close(w, ioas);
}

static void set_page_sizes(const struct world *w, uint32_t group, uint64_t sizes)
{
	struct iova_sim_iommu iommu = { .size = sizeof iommu };

	iova_sim_iommu_of_width(39, &iommu);
	iommu.page_sizes = sizes;
	assert_int_equal(iova_sim_set_iommu(w->sim, group, &iommu), 0);
}

static void pages_of_the_iommu_are_at_most_the_processors(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);

	set_page_sizes(w, GROUP_NIC, 1ull << 16);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), -EINVAL);
	assert_int_equal(n_ranges(w, ioas), 1);
	/* Smaller ones are no more than they say. */
	set_page_sizes(w, GROUP_NIC, 1ull << 11 | 1ull << 12);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), 0);
	assert_int_equal(ioas_map(w, ioas, 0x200800, VADDR + 0x800, 0x800), 0);
	assert_int_equal(ioas_map(w, ioas, 0x200400, VADDR, 0x400), -EINVAL);
	assert_int_equal(pinned(w), 1);
	ioas_close(w, ioas);
}

static void a_group_has_one_table(void **state)
{
	const struct world *w = *state;
	struct both both = bind_both(w);
	struct ioas ioas = both.ioas, other = { .fd = ioas.fd, .id = raw_ioas(w, ioas.fd) };
	uint32_t first, second;

	assert_int_equal(attach(w, ioas.cdev, ioas.id, &first), 0);
	assert_int_equal(attach(w, both.sound, other.id, &second), -EINVAL);
	assert_int_equal(n_ranges(w, other), 1);
	assert_int_equal(attach(w, both.sound, ioas.id, &second), 0);
	assert_int_equal(second, first);
	/* One that moves takes the other along. */
	assert_int_equal(attach(w, ioas.cdev, other.id, &second), 0);
	assert_int_not_equal(second, first);
	assert_int_equal(n_ranges(w, ioas), 1);
	assert_int_equal(n_ranges(w, other), 2);
	assert_int_equal(attach(w, both.sound, other.id, &first), 0);
	assert_int_equal(first, second);
	assert_int_equal(raw_detach_pt(w, ioas.cdev), 0);
	assert_int_equal(n_ranges(w, other), 2);
	assert_int_equal(attach(w, ioas.cdev, ioas.id, &first), -EINVAL);
	/* Nothing of the old table is left. */
	assert_int_equal(raw_destroy(w, ioas.fd, ioas.id), 0);
	close_both(w, both);
}

static void a_move_that_fails_leaves_all_where_it_was(void **state)
{
	const struct world *w = *state;
	struct both both = bind_both(w);
	struct ioas ioas = both.ioas, other = { .fd = ioas.fd, .id = raw_ioas(w, ioas.fd) };
	uint32_t first, second;

	assert_int_equal(iova_sim_add_device_region(w->sim, SOUND, 0x1000000, 0x1ffffff,
						    "reserved"),
			 0);
	assert_int_equal(attach(w, ioas.cdev, ioas.id, &first), 0);
	assert_int_equal(attach(w, both.sound, ioas.id, &first), 0);
	assert_int_equal(ioas_map(w, other, 0x1000000, VADDR, PAGE), 0);
	assert_int_equal(attach(w, ioas.cdev, other.id, &second), -EADDRINUSE);
	assert_int_equal(n_ranges(w, other), 1);
	assert_int_equal(n_ranges(w, ioas), 3);
	assert_int_equal(pinned(w), 0);
	assert_int_equal(attach(w, ioas.cdev, 77, &second), -ENOENT);
	assert_int_equal(attach(w, ioas.cdev, ioas.id, &second), 0);
	assert_int_equal(second, first);
	assert_int_equal(ioas_unmap(w, other, 0x1000000, &(uint64_t){ PAGE }), 0);
	assert_int_equal(ioas_map(w, other, 0x2000000, VADDR, PAGE), 0);
	assert_int_equal(attach(w, ioas.cdev, other.id, &second), 0);
	assert_int_equal(n_ranges(w, other), 3);
	assert_int_equal(n_ranges(w, ioas), 1);
	assert_int_equal(pinned(w), 1);
	close_both(w, both);
}

static void interrupts_that_are_not_remapped_are_eperm(void **state)
{
	const struct world *w = *state;
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	int fd = raw_iommufd(w), nic = raw_cdev(w, NODE_NIC);

	iova_sim_iommu_of_width(39, &iommu);
	iommu.remaps_interrupts = 0;
	assert_int_equal(iova_sim_set_iommu(w->sim, GROUP_NIC, &iommu), 0);
	iova_sim_get_kernel(w->sim, &kernel);
	kernel.unsafe_interrupts = 1; /* type1's parameter, not iommufd's */
	iova_sim_set_kernel(w->sim, &kernel);
	assert_int_equal(raw_bind(w, nic, fd, NULL), -EPERM);
	kernel.unsafe_iommufd = 1;
	iova_sim_set_kernel(w->sim, &kernel);
	assert_int_equal(raw_bind(w, nic, fd, NULL), 0);
	raw_close(w, nic);
	raw_close(w, fd);
}

static void what_stands_against_the_group_is_found_where_it_binds(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), other = raw_iommufd(w), direct = raw_cdev(w, 2);
	int gpu = raw_cdev(w, NODE_GPU), sound;

	assert_int_equal(raw_bind(w, direct, fd, NULL), -EINVAL);
	assert_int_equal(raw_bind(w, gpu, fd, NULL), -EPERM);
	assert_int_equal(iova_sim_bind(w->sim, SOUND, "vfio-pci"), 0);
	sound = raw_cdev(w, NODE_SOUND);
	assert_int_equal(raw_bind(w, gpu, fd, NULL), 0);
	assert_int_equal(raw_bind(w, sound, other, NULL), -EPERM);
	assert_int_equal(raw_bind(w, sound, fd, NULL), 0);
	assert_int_equal(raw_close(w, gpu), 0);
	gpu = raw_cdev(w, NODE_GPU);
	assert_int_equal(raw_bind(w, gpu, other, NULL), -EPERM);
	assert_int_equal(raw_close(w, gpu), 0);
	/* And nobody else's driver comes in. */
	assert_int_equal(iova_sim_bind(w->sim, GPU, "nouveau"), -EBUSY);
	assert_int_equal(raw_close(w, sound), 0);
	assert_int_equal(iova_sim_bind(w->sim, GPU, "nouveau"), 0);
	raw_close(w, direct);
	raw_close(w, other);
	raw_close(w, fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(iommufd, a_device_reserves_its_own_regions),
		ON(iommufd_6_6, a_device_reserves_its_own_regions),
		ON(iommufd, regions_count_for_the_whole_group_before_6_4),
		ON(iommufd, a_table_is_shared_and_goes_with_the_last_device),
		ON(iommufd, another_kind_of_iommu_has_another_table),
		ON(iommufd, mappings_in_the_way_are_eaddrinuse),
		ON(iommufd, pages_of_the_iommu_are_at_most_the_processors),
		ON(iommufd, a_group_has_one_table),
		ON(iommufd, a_move_that_fails_leaves_all_where_it_was),
		ON(iommufd, interrupts_that_are_not_remapped_are_eperm),
		ON(iommufd, what_stands_against_the_group_is_found_where_it_binds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

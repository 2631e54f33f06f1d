/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory behind an IOAS: when it is pinned, who is charged, copies, and files. */
#include "ioas-help.h"

SETUP(iommufd, "iommufd")
SETUP(iommufd_6_13, "iommufd-6.13")

static void memory_is_pinned_while_a_device_is_attached(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);
	int usb = raw_cdev(w, NODE_USB);

	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, 3 * PAGE), 0);
	assert_int_equal(pinned(w), 0);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), 0);
	assert_int_equal(pinned(w), 3);
	assert_int_equal(ioas_map(w, ioas, 0x300000, VADDR, PAGE), 0);
	assert_int_equal(pinned(w), 4);
	assert_int_equal(raw_bind(w, usb, ioas.fd, NULL), 0);
	assert_int_equal(raw_attach_pt(w, usb, ioas.id), 0);
	assert_int_equal(pinned(w), 4);
	assert_int_equal(raw_detach_pt(w, ioas.cdev), 0);
	assert_int_equal(pinned(w), 4);
	assert_int_equal(raw_close(w, usb), 0);
	assert_int_equal(pinned(w), 0);
	world_assert_n_mappings(w, 2);
	ioas_close(w, ioas);
}

static uint64_t told_locked(const struct world *w)
{
	struct iova_sys_memory memory;

	assert_int_equal(w->sys->memory(w->sys->data, &memory), 0);
	return memory.locked;
}

static void the_user_is_charged_up_to_the_limit(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);
	struct ioas other = { .fd = raw_iommufd(w) };
	uint64_t length = 9 * PAGE;

	set_limit(w, 8 * PAGE, false);
	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, 9 * PAGE), 0);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), -ENOMEM);
	assert_int_equal(pinned(w), 0);
	assert_int_equal(ioas_unmap(w, ioas, 0x200000, &length), 0);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), 0);
	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, 9 * PAGE), -ENOMEM);
	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, 4 * PAGE), 0);
	/* The same memory in a mapping of its own counts again. */
	assert_int_equal(ioas_map(w, ioas, 0x300000, VADDR, 4 * PAGE), 0);
	assert_int_equal(ioas_map(w, ioas, 0x400000, VADDR, PAGE), -ENOMEM);
	world_assert_n_mappings(w, 2);
	/* Nobody's, while no device is there. And no process has it locked. */
	other.id = raw_ioas(w, other.fd);
	assert_int_equal(ioas_map(w, other, 0x400000, VADDR, PAGE), 0);
	assert_int_equal(told_locked(w), 0);
	assert_int_equal(raw_close(w, other.fd), 0);
	ioas_close(w, ioas);
}

static void what_the_process_has_locked_counts_by_process_alone(void **state)
{
	const struct world *w = *state;
	struct iova_sys_memory memory = { .page_size = PAGE, .limit = 8 * PAGE };
	struct ioas ioas = ioas_attach(w, NODE_NIC), other = { .fd = raw_iommufd(w) };
	uint64_t value = 1;
	int usb = raw_cdev(w, NODE_USB);

	set_limit(w, 8 * PAGE, true);
	assert_int_equal(ioas_option(w, other.fd, IOVA_IOMMU_OPTION_RLIMIT_MODE, 0, 0, &value), 0);
	other.id = raw_ioas(w, other.fd);
	assert_int_equal(raw_bind(w, usb, other.fd, NULL), 0);
	assert_int_equal(raw_attach_pt(w, usb, other.id), 0);
	memory.locked = 5 * PAGE;
	assert_int_equal(iova_sim_set_memory(w->sim, &memory), 0);
	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, 8 * PAGE), 0);
	assert_int_equal(ioas_map(w, other, 0x200000, VADDR, 4 * PAGE), -ENOMEM);
	assert_int_equal(ioas_map(w, other, 0x200000, VADDR, 3 * PAGE), 0);
	assert_int_equal(told_locked(w), 8 * PAGE);
	assert_int_equal(pinned(w), 11);
	assert_int_equal(raw_close(w, usb), 0);
	assert_int_equal(told_locked(w), 5 * PAGE);
	assert_int_equal(raw_close(w, other.fd), 0);
	ioas_close(w, ioas);
}

static void who_is_exempt_when_he_maps_is_not_charged(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);

	set_limit(w, PAGE, true);
	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, 9 * PAGE), 0);
	assert_int_equal(pinned(w), 9);
	set_limit(w, PAGE, false);
	assert_int_equal(ioas_map(w, ioas, 0x300000, VADDR, PAGE), 0);
	assert_int_equal(ioas_map(w, ioas, 0x400000, VADDR, PAGE), -ENOMEM);
	ioas_close(w, ioas);
}

static void memory_that_cannot_be_pinned_is_efault(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);

	assert_int_equal(iova_sim_add_bad_memory(w->sim, VADDR + PAGE, VADDR + PAGE), 0);
	assert_int_equal(iova_sim_add_device_memory(w->sim, VADDR + MIB, VADDR + 2 * MIB - 1), 0);
	set_limit(w, PAGE, false);
	/* Before the limit, other than with type1. */
	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, 3 * PAGE), -EFAULT);
	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR + 2 * MIB - PAGE, PAGE), -EFAULT);
	assert_int_equal(pinned(w), 0);
	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR + 2 * MIB, PAGE), 0);
	assert_int_equal(raw_detach_pt(w, ioas.cdev), 0);
	assert_int_equal(ioas_map(w, ioas, 0x100000, VADDR + MIB, PAGE), 0);
	assert_int_equal(ioas_map(w, ioas, 0x300000, VADDR, PAGE), 0);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), -EFAULT);
	assert_int_equal(pinned(w), 0);
	ioas_close(w, ioas);
}

static void type1_takes_device_memory_without_a_charge(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	uint64_t size = 4 * PAGE;

	assert_int_equal(iova_sim_add_device_memory(NULL, 0, 1), -EINVAL);
	assert_int_equal(iova_sim_add_device_memory(w->sim, 1, 0), -EINVAL);
	for (int i = 0; i < 2; i++)
		assert_int_equal(iova_sim_add_device_memory(w->sim, VADDR + PAGE,
							    VADDR + 3 * PAGE - 1),
				 0);
	assert_int_equal(raw_map(w, raw.container, 0x200000, VADDR, 4 * PAGE), 0);
	assert_int_equal(pinned(w), 2);
	assert_int_equal(raw_unmap(w, raw.container, 0, 0x200000, &size), 0);
	raw_detach(w, raw);
}

static int copy(const struct world *w, struct ioas from, uint64_t iova, uint64_t length,
		struct ioas to, uint32_t flags, uint64_t *at)
{
	struct iova_iommu_ioas_copy request = { .size = sizeof request,
						.flags = flags,
						.dst_ioas_id = to.id,
						.src_ioas_id = from.id,
						.length = length,
						.dst_iova = *at,
						.src_iova = iova };
	int r = raw_ioctl(w, from.fd, IOVA_IOMMU_IOAS_COPY, &request);

	*at = request.dst_iova;
	return r;
}

static void a_copy_shares_its_memory(void **state)
{
	const struct world *w = *state;
	struct ioas a = ioas_attach(w, NODE_NIC), b = { .fd = a.fd, .id = raw_ioas(w, a.fd) };
	int usb = raw_cdev(w, NODE_USB);
	uint64_t at = 0x500000, length = 4 * PAGE;

	assert_int_equal(raw_bind(w, usb, a.fd, NULL), 0);
	assert_int_equal(raw_attach_pt(w, usb, b.id), 0);
	assert_int_equal(ioas_map(w, a, 0x200000, VADDR, 4 * PAGE), 0);
	assert_int_equal(copy(w, a, 0x201000, 2 * PAGE, b, FIXED | RW, &at), 0);
	assert_int_equal(pinned(w), 4);
	world_assert_mapping(w, 1, 0x500000, VADDR + PAGE, 2 * PAGE, 3);
	assert_int_equal(ioas_unmap(w, a, 0x200000, &length), 0);
	assert_int_equal(pinned(w), 2);
	assert_int_equal(copy(w, b, 0x500000, 2 * PAGE, b, RW, &at), 0);
	assert_int_equal(at, 0x1000);
	assert_int_equal(pinned(w), 2);
	assert_int_equal(raw_close(w, usb), 0);
	assert_int_equal(pinned(w), 0);
	ioas_close(w, a);
}

static void a_copy_spans_mappings_and_wants_them_whole(void **state)
{
	const struct world *w = *state;
	struct ioas a = ioas_attach(w, NODE_NIC), b = { .fd = a.fd, .id = raw_ioas(w, a.fd) };
	struct ioas none = { .fd = a.fd, .id = 77 };
	uint64_t at = 0x1000;

	assert_int_equal(ioas_map(w, a, 0x200000, VADDR, 2 * PAGE), 0);
	assert_int_equal(ioas_map(w, a, 0x202000, VADDR + MIB, PAGE), 0);
	assert_int_equal(copy(w, a, 0x201000, 3 * PAGE, b, FIXED | RW, &at), -ENOENT);
	assert_int_equal(copy(w, a, 0x100000, PAGE, b, FIXED | RW, &at), -ENOENT);
	assert_int_equal(copy(w, none, 0x200000, PAGE, b, FIXED | RW, &at), -ENOENT);
	assert_int_equal(copy(w, a, 0x200000, PAGE, none, FIXED | RW, &at), -ENOENT);
	assert_int_equal(copy(w, a, 0x200000, 0, b, FIXED | RW, &at), -EINVAL);
	assert_int_equal(copy(w, a, -PAGE, 2 * PAGE, b, FIXED | RW, &at), -EOVERFLOW);
	assert_int_equal(copy(w, a, UINT64_MAX, PAGE, b, FIXED | RW, &at), -EOVERFLOW);
	assert_int_equal(copy(w, a, 0x200000, PAGE, b, 8 | RW, &at), -EOPNOTSUPP);
	assert_int_equal(copy(w, a, 0x200000, PAGE, b, FIXED, &at), -EINVAL);
	assert_int_equal(copy(w, a, 0x200000, PAGE, a, FIXED | RW, &(uint64_t){ 0x202000 }),
			 -EEXIST);
	assert_int_equal(copy(w, a, 0x201000, 2 * PAGE, b, FIXED | RW, &at), 0);
	world_assert_n_mappings(w, 4);
	world_assert_mapping(w, 2, 0x1000, VADDR + PAGE, PAGE, 3);
	world_assert_mapping(w, 3, 0x2000, VADDR + MIB, PAGE, 3);
	ioas_close(w, a);
}

static void what_was_mapped_to_be_read_is_not_copied_to_be_written(void **state)
{
	const struct world *w = *state;
	struct ioas a = ioas_attach(w, NODE_NIC);
	struct iova_iommu_ioas_map map = { .flags = FIXED | IOVA_IOMMU_MAP_READ,
					   .ioas_id = a.id,
					   .vaddr = VADDR,
					   .length = PAGE,
					   .iova = 0x202000 };
	uint64_t at = 0x500000;

	assert_int_equal(ioas_map(w, a, 0x201000, VADDR, PAGE), 0);
	assert_int_equal(ioas_request(w, a.fd, &map), 0);
	/* The first of both is in already, and goes again. */
	assert_int_equal(copy(w, a, 0x201000, 2 * PAGE, a, FIXED | RW, &at), -EPERM);
	world_assert_n_mappings(w, 2);
	assert_int_equal(pinned(w), 2);
	assert_int_equal(copy(w, a, 0x201000, 2 * PAGE, a, FIXED | IOVA_IOMMU_MAP_READ, &at), 0);
	assert_int_equal(pinned(w), 2);
	ioas_close(w, a);
}

static int map_file(const struct world *w, struct ioas ioas, int file, uint64_t start,
		    uint64_t length, uint64_t *iova)
{
	struct iova_iommu_ioas_map_file request = { .size = sizeof request,
						    .flags = RW,
						    .ioas_id = ioas.id,
						    .fd = file,
						    .start = start,
						    .length = length };
	int r = raw_ioctl(w, ioas.fd, IOVA_IOMMU_IOAS_MAP_FILE, &request);

	*iova = request.iova;
	return r;
}

static void a_file_of_memory_is_mapped(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC), none = { .fd = ioas.fd, .id = 77 };
	int file = iova_sim_memfd(w->sim, 4 * PAGE);
	uint64_t iova;

	assert_int_equal(iova_sim_memfd(NULL, PAGE), -EINVAL);
	assert_int_equal(map_file(w, none, -1, 0, PAGE, &iova), -ENOENT);
	assert_int_equal(map_file(w, ioas, -1, 0, PAGE, &iova), -EBADF);
	assert_int_equal(map_file(w, ioas, ioas.fd, 0, PAGE, &iova), -EINVAL);
	assert_int_equal(map_file(w, ioas, file, 0, 5 * PAGE, &iova), -EINVAL);
	assert_int_equal(map_file(w, ioas, file, 0, 0, &iova), -EINVAL);
	assert_int_equal(map_file(w, ioas, file, -PAGE, 2 * PAGE, &iova), -EOVERFLOW);
	assert_int_equal(map_file(w, ioas, file, PAGE, 3 * PAGE, &iova), 0);
	assert_int_equal(iova, 0x1000);
	world_assert_mapping(w, 0, 0x1000, PAGE, 3 * PAGE, 3);
	assert_int_equal(pinned(w), 3);
	/* The mapping keeps the file. */
	assert_int_equal(raw_close(w, file), 0);
	assert_int_equal(raw_detach_pt(w, ioas.cdev), 0);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), 0);
	assert_int_equal(pinned(w), 3);
	ioas_close(w, ioas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(iommufd, memory_is_pinned_while_a_device_is_attached),
		ON(iommufd, the_user_is_charged_up_to_the_limit),
		ON(iommufd, what_the_process_has_locked_counts_by_process_alone),
		ON(iommufd, who_is_exempt_when_he_maps_is_not_charged),
		ON(iommufd, memory_that_cannot_be_pinned_is_efault),
		ON(desktop, type1_takes_device_memory_without_a_charge),
		ON(iommufd, a_copy_shares_its_memory),
		ON(iommufd, a_copy_spans_mappings_and_wants_them_whole),
		ON(iommufd, what_was_mapped_to_be_read_is_not_copied_to_be_written),
		ON(iommufd_6_13, a_file_of_memory_is_mapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

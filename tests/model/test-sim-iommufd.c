/* SPDX-License-Identifier: BSD-3-Clause */
/* /dev/iommu: what all its requests have in common, its objects, and its options. */
#include "ioas-help.h"

SETUP(iommufd, "iommufd")
SETUP(iommufd_6_2, "iommufd-6.2")

static void the_size_comes_first(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w);
	unsigned char room[64] = { 0 };
	struct iova_iommu_ioas_alloc alloc = { .size = 11 };

	assert_int_equal(raw_ioctl(w, fd, IOVA_IOMMU_IOAS_ALLOC, NULL), -EFAULT);
	assert_int_equal(raw_ioctl(w, fd, IOVA_IOMMU_IOAS_ALLOC, &alloc), -EINVAL);
	alloc.size = 64;
	memcpy(room, &alloc, sizeof alloc);
	room[63] = 1;
	assert_int_equal(raw_ioctl(w, fd, IOVA_IOMMU_IOAS_ALLOC, room), -E2BIG);
	room[63] = 0;
	assert_int_equal(raw_ioctl(w, fd, IOVA_IOMMU_IOAS_ALLOC, room), 0);
	memcpy(&alloc, room, sizeof alloc);
	assert_int_equal(alloc.size, 64);
	assert_int_equal(alloc.out_ioas_id, 1);
	raw_close(w, fd);
}

/* Of the model alone, which reads no more of the caller's memory. */
static void a_size_without_bounds_is_e2big(void **state)
{
	const struct world *w = *state;
	uint32_t room[2048] = { sizeof room };
	int fd = raw_iommufd(w);

	assert_int_equal(raw_ioctl(w, fd, IOVA_IOMMU_IOAS_ALLOC, room), -E2BIG);
	room[0] = 4096;
	assert_int_equal(raw_ioctl(w, fd, IOVA_IOMMU_IOAS_ALLOC, room), 0);
	raw_close(w, fd);
}

/* The least and the largest size of each request. */
static void each_request_has_its_size(void **state)
{
	static const struct {
		unsigned long request;
		uint32_t size;
	} cases[] = {
		{ IOVA_IOMMU_DESTROY, 8 },           { IOVA_IOMMU_IOAS_ALLOC, 12 },
		{ IOVA_IOMMU_IOAS_ALLOW_IOVAS, 24 }, { IOVA_IOMMU_IOAS_COPY, 40 },
		{ IOVA_IOMMU_IOAS_IOVA_RANGES, 32 }, { IOVA_IOMMU_IOAS_MAP, 40 },
		{ IOVA_IOMMU_IOAS_UNMAP, 24 },       { IOVA_IOMMU_OPTION, 24 },
		{ IOVA_IOMMU_VFIO_IOAS, 12 },        { IOVA_IOMMU_GET_HW_INFO, 32 },
	};
	const struct world *w = *state;
	int fd = raw_iommufd(w);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t request[16] = { cases[i].size - 1 };

		assert_int_equal(raw_ioctl(w, fd, cases[i].request, request), -EINVAL);
		request[0] = cases[i].size;
		assert_int_not_equal(raw_ioctl(w, fd, cases[i].request, request), -E2BIG);
		request[0] = cases[i].size + 4;
		request[cases[i].size / 4] = 1;
		assert_int_equal(raw_ioctl(w, fd, cases[i].request, request), -E2BIG);
	}
	raw_close(w, fd);
}

static void an_unknown_number_is_enotty(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w);
	uint32_t request[16] = { 40 };

	assert_int_equal(raw_ioctl(w, fd, IOVA_IOMMU_IOAS_MAP_FILE, request), -ENOTTY);
	assert_int_equal(raw_ioctl(w, fd, IOVA_IOMMU_NR(9), request), -ENOTTY);
	assert_int_equal(raw_ioctl(w, fd, IOVA_IOMMU_NR(0x7f), request), -ENOTTY);
	assert_int_equal(raw_ioctl(w, fd, IOVA_VFIO_GROUP_GET_STATUS, request), -ENOTTY);
	assert_int_equal(raw_ioctl(w, fd, 0, request), -ENOTTY);
	raw_close(w, fd);
}

static void hw_info_is_known_from_6_6(void **state)
{
	const struct world *w = *state;
	struct iova_iommu_hw_info info = { .size = sizeof info };
	int fd = raw_iommufd(w);

	assert_int_equal(raw_ioctl(w, fd, IOVA_IOMMU_GET_HW_INFO, &info), -ENOTTY);
	raw_close(w, fd);
}

static int hw_info(const struct world *w, int fd, uint32_t flags, uint32_t id)
{
	unsigned char data[8];
	struct iova_iommu_hw_info info = { .size = sizeof info,
					   .flags = flags,
					   .device_id = id,
					   .data_length = sizeof data,
					   .data = (uintptr_t)data };
	int r;

	memset(data, 0xff, sizeof data);
	r = raw_ioctl(w, fd, IOVA_IOMMU_GET_HW_INFO, &info);
	if (!r)
		assert_int_equal(info.data_length | info.out_type | data[0] | data[7], 0);
	return r;
}

static void hw_info_is_of_devices(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);

	assert_int_equal(hw_info(w, ioas.fd, 0, ioas.device), 0);
	assert_int_equal(hw_info(w, ioas.fd, 1, ioas.device), -EOPNOTSUPP);
	assert_int_equal(hw_info(w, ioas.fd, 0, ioas.id), -ENOENT);
	assert_int_equal(hw_info(w, ioas.fd, 0, 77), -ENOENT);
	ioas_close(w, ioas);
}

static void an_id_is_the_lowest_that_is_free(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), other = raw_iommufd(w);

	for (uint32_t id = 1; id <= 4; id++)
		assert_int_equal(raw_ioas(w, fd), id);
	assert_int_equal(raw_ioas(w, other), 1);
	assert_int_equal(raw_destroy(w, fd, 2), 0);
	assert_int_equal(raw_destroy(w, fd, 3), 0);
	assert_int_equal(raw_ioas(w, fd), 2);
	assert_int_equal(raw_ioas(w, fd), 3);
	assert_int_equal(raw_ioas(w, fd), 5);
	raw_close(w, other);
	raw_close(w, fd);
}

static void what_is_used_is_not_destroyed(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);
	struct iova_vfio_attach attach = { .argsz = sizeof attach, .pt_id = ioas.id };

	assert_int_equal(raw_destroy(w, ioas.fd, 0), -ENOENT);
	assert_int_equal(raw_destroy(w, ioas.fd, 3), -ENOENT);
	assert_int_equal(raw_destroy(w, ioas.fd, ioas.device), -EBUSY);
	assert_int_equal(raw_ioctl(w, ioas.cdev, IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach), 0);
	assert_int_equal(attach.pt_id, 3);
	assert_int_equal(raw_destroy(w, ioas.fd, attach.pt_id), -EBUSY);
	assert_int_equal(raw_destroy(w, ioas.fd, ioas.id), -EBUSY);
	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(raw_detach_pt(w, ioas.cdev), 0);
	assert_int_equal(raw_destroy(w, ioas.fd, attach.pt_id), -ENOENT);
	world_assert_n_mappings(w, 1);
	assert_int_equal(raw_destroy(w, ioas.fd, ioas.id), 0);
	world_assert_n_mappings(w, 0);
	ioas_close(w, ioas);
}

static void a_flag_is_eopnotsupp(void **state)
{
	const struct world *w = *state;
	struct iova_iommu_ioas_alloc alloc = { .size = sizeof alloc, .flags = 1 };
	int fd = raw_iommufd(w);

	assert_int_equal(raw_ioctl(w, fd, IOVA_IOMMU_IOAS_ALLOC, &alloc), -EOPNOTSUPP);
	assert_int_equal(raw_ioas(w, fd), 1);
	raw_close(w, fd);
}

static int charge(const struct world *w, int fd, uint16_t op, uint64_t *value)
{
	return ioas_option(w, fd, IOVA_IOMMU_OPTION_RLIMIT_MODE, op, 0, value);
}

static void the_charge_is_chosen_while_there_is_nothing(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w);
	uint64_t value = 1;

	assert_int_equal(charge(w, fd, IOVA_IOMMU_OPTION_SET, &value), -EPERM);
	set_limit(w, UINT64_MAX, true);
	assert_int_equal(charge(w, fd, IOVA_IOMMU_OPTION_GET, &value), 0);
	assert_int_equal(value, 0);
	value = 2;
	assert_int_equal(charge(w, fd, IOVA_IOMMU_OPTION_SET, &value), -EINVAL);
	value = 1;
	assert_int_equal(charge(w, fd, 2, &value), -EOPNOTSUPP);
	assert_int_equal(charge(w, fd, IOVA_IOMMU_OPTION_SET, &value), 0);
	raw_ioas(w, fd);
	value = 0;
	assert_int_equal(charge(w, fd, IOVA_IOMMU_OPTION_SET, &value), -EBUSY);
	set_limit(w, UINT64_MAX, false);
	assert_int_equal(charge(w, fd, IOVA_IOMMU_OPTION_SET, &value), -EPERM);
	assert_int_equal(charge(w, fd, IOVA_IOMMU_OPTION_GET, &value), 0);
	assert_int_equal(value, 1);
	set_limit(w, UINT64_MAX, true);
	assert_int_equal(raw_destroy(w, fd, 1), 0);
	value = 0;
	assert_int_equal(charge(w, fd, IOVA_IOMMU_OPTION_SET, &value), 0);
	assert_int_equal(ioas_option(w, fd, IOVA_IOMMU_OPTION_RLIMIT_MODE, 1, 1, &value),
			 -EOPNOTSUPP);
	assert_int_equal(ioas_option(w, fd, 2, 1, 0, &value), -EOPNOTSUPP);
	raw_close(w, fd);
}

static int huge(const struct world *w, struct ioas ioas, uint16_t op, uint64_t *value)
{
	return ioas_option(w, ioas.fd, IOVA_IOMMU_OPTION_HUGE_PAGES, op, ioas.id, value);
}

static void huge_pages_are_given_up_before_they_may_be_there(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);
	struct ioas other = { .fd = ioas.fd, .id = ioas.device };
	uint64_t value = 2;

	assert_int_equal(huge(w, other, IOVA_IOMMU_OPTION_GET, &value), -ENOENT);
	assert_int_equal(huge(w, ioas, IOVA_IOMMU_OPTION_SET, &value), -EINVAL);
	assert_int_equal(huge(w, ioas, 2, &value), -EOPNOTSUPP);
	assert_int_equal(huge(w, ioas, IOVA_IOMMU_OPTION_GET, &value), 0);
	assert_int_equal(value, 1);
	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, PAGE), 0);
	value = 0;
	assert_int_equal(huge(w, ioas, IOVA_IOMMU_OPTION_SET, &value), -EINVAL);
	value = 1;
	assert_int_equal(huge(w, ioas, IOVA_IOMMU_OPTION_SET, &value), 0);
	assert_int_equal(raw_detach_pt(w, ioas.cdev), 0);
	value = 0;
	assert_int_equal(huge(w, ioas, IOVA_IOMMU_OPTION_SET, &value), 0);
	assert_int_equal(huge(w, ioas, IOVA_IOMMU_OPTION_GET, &value), 0);
	assert_int_equal(value, 0);
	ioas_close(w, ioas);
}

static void small_pages_make_small_mappings_eaddrinuse(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);
	uint64_t value = 0, alignment;
	uint32_t n = 0;

	assert_int_equal(ioas_map(w, ioas, 0x123, VADDR + 0x123, 0x10), 0);
	assert_int_equal(huge(w, ioas, IOVA_IOMMU_OPTION_SET, &value), -EADDRINUSE);
	value = 0x10;
	assert_int_equal(ioas_unmap(w, ioas, 0x123, &value), 0);
	value = 0;
	assert_int_equal(huge(w, ioas, IOVA_IOMMU_OPTION_SET, &value), 0);
	assert_int_equal(ioas_ranges(w, ioas, NULL, &n, &alignment), -EMSGSIZE);
	assert_int_equal(alignment, PAGE);
	value = 1;
	assert_int_equal(huge(w, ioas, IOVA_IOMMU_OPTION_SET, &value), 0);
	assert_int_equal(ioas_map(w, ioas, 0x123, VADDR + 0x123, 0x10), 0);
	ioas_close(w, ioas);
}

static int vfio_ioas(const struct world *w, int fd, uint16_t op, uint16_t reserved, uint32_t *id)
{
	struct iova_iommu_vfio_ioas request = {
		.size = sizeof request, .ioas_id = *id, .op = op, .reserved = reserved
	};
	int r = raw_ioctl(w, fd, IOVA_IOMMU_VFIO_IOAS, &request);

	*id = request.ioas_id;
	return r;
}

static void vfios_ioas_is_set_told_and_cleared(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w);
	uint32_t id = 9;

	assert_int_equal(vfio_ioas(w, fd, IOVA_IOMMU_VFIO_IOAS_GET, 0, &id), -ENODEV);
	assert_int_equal(vfio_ioas(w, fd, IOVA_IOMMU_VFIO_IOAS_SET, 0, &id), -ENOENT);
	assert_int_equal(vfio_ioas(w, fd, 3, 0, &id), -EOPNOTSUPP);
	assert_int_equal(vfio_ioas(w, fd, IOVA_IOMMU_VFIO_IOAS_CLEAR, 1, &id), -EOPNOTSUPP);
	raw_ioas(w, fd);
	id = raw_ioas(w, fd);
	assert_int_equal(vfio_ioas(w, fd, IOVA_IOMMU_VFIO_IOAS_SET, 0, &id), 0);
	id = 0;
	assert_int_equal(vfio_ioas(w, fd, IOVA_IOMMU_VFIO_IOAS_GET, 0, &id), 0);
	assert_int_equal(id, 2);
	assert_int_equal(vfio_ioas(w, fd, IOVA_IOMMU_VFIO_IOAS_CLEAR, 0, &id), 0);
	assert_int_equal(vfio_ioas(w, fd, IOVA_IOMMU_VFIO_IOAS_GET, 0, &id), -ENODEV);
	assert_int_equal(vfio_ioas(w, fd, IOVA_IOMMU_VFIO_IOAS_SET, 0, &id), 0);
	assert_int_equal(raw_destroy(w, fd, id), 0);
	assert_int_equal(vfio_ioas(w, fd, IOVA_IOMMU_VFIO_IOAS_GET, 0, &id), -ENODEV);
	raw_close(w, fd);
}

static void a_bound_device_keeps_the_iommufd(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_open(w, NODE_NIC);
	struct iova_sim_report report = { .size = sizeof report };
	char text[256];

	assert_int_equal(raw_close(w, ioas.fd), 0);
	assert_int_equal(raw_attach_pt(w, ioas.cdev, ioas.id), 0);
	iova_sim_report(w->sim, &report);
	assert_int_equal(report.n_iommufds, 1);
	assert_int_equal(report.n_ioases, 1);
	assert_int_equal(report.n_bound, 1);
	assert_true(iova_sim_leftovers(w->sim, text, sizeof text) > 0);
	assert_non_null(strstr(text, "iommufd 0 has IOAS 1"));
	assert_non_null(strstr(text, "device 0000:01:00.0 is bound to iommufd 0"));
	assert_int_equal(raw_close(w, ioas.cdev), 0);
}

static void what_is_mapped_goes_with_the_last_user(void **state)
{
	const struct world *w = *state;
	struct ioas ioas = ioas_attach(w, NODE_NIC);
	char text[256];

	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, 2 * PAGE), 0);
	world_assert_mapping(w, 0, 0x200000, VADDR, 2 * PAGE, 3);
	iova_sim_leftovers(w->sim, text, sizeof text);
	assert_non_null(strstr(text, "IOAS 1 of iommufd 0 maps 0x200000-0x201fff"));
	assert_non_null(strstr(text, "pinned pages: 2"));
	assert_int_equal(raw_close(w, ioas.fd), 0);
	world_assert_n_mappings(w, 1);
	assert_int_equal(raw_close(w, ioas.cdev), 0);
	world_assert_n_mappings(w, 0);
}

static void a_host_is_freed_with_all_that_is_attached(void **state)
{
	struct world *w = world_new("iommufd");
	struct ioas ioas = ioas_attach(w, NODE_NIC);

	(void)state;
	assert_int_equal(ioas_map(w, ioas, 0x200000, VADDR, 2 * PAGE), 0);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(iommufd, the_size_comes_first),
		ON(iommufd, a_size_without_bounds_is_e2big),
		ON(iommufd, each_request_has_its_size),
		ON(iommufd, an_unknown_number_is_enotty),
		ON(iommufd_6_2, hw_info_is_known_from_6_6),
		ON(iommufd, hw_info_is_of_devices),
		ON(iommufd, an_id_is_the_lowest_that_is_free),
		ON(iommufd, what_is_used_is_not_destroyed),
		ON(iommufd, a_flag_is_eopnotsupp),
		ON(iommufd, the_charge_is_chosen_while_there_is_nothing),
		ON(iommufd, huge_pages_are_given_up_before_they_may_be_there),
		ON(iommufd, small_pages_make_small_mappings_eaddrinuse),
		ON(iommufd, vfios_ioas_is_set_told_and_cleared),
		ON(iommufd, a_bound_device_keeps_the_iommufd),
		ON(iommufd, what_is_mapped_goes_with_the_last_user),
		cmocka_unit_test(a_host_is_freed_with_all_that_is_attached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

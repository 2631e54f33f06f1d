/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * src/uapi/iommufd.h against <linux/iommufd.h>, where the system has one (from 6.2), and with
 * KERNEL_HEADERS against that of a kernel under test (tests/vm/check-uapi). What stands for itself,
 * whatever there is: the numbers, and a file map, which only headers from 6.13 have.
 */
#include "uapi/iommufd.h"

#if defined KERNEL_HEADERS || __has_include(<linux/iommufd.h>)
#include <linux/iommufd.h>
#define HAS_HEADER
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "uapi-help.h"

#if defined KERNEL_HEADERS && !defined IOMMU_GET_HW_INFO
#error "this <linux/iommufd.h> is older than 6.6"
#endif

static void requests_are_numbered_from_0x80(void **state)
{
	static const unsigned long requests[] = {
		IOVA_IOMMU_DESTROY,    IOVA_IOMMU_IOAS_ALLOC,       IOVA_IOMMU_IOAS_ALLOW_IOVAS,
		IOVA_IOMMU_IOAS_COPY,  IOVA_IOMMU_IOAS_IOVA_RANGES, IOVA_IOMMU_IOAS_MAP,
		IOVA_IOMMU_IOAS_UNMAP, IOVA_IOMMU_OPTION,           IOVA_IOMMU_VFIO_IOAS,
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof requests / sizeof *requests; i++)
		assert_int_equal(requests[i], 0x3b80 + i);
	assert_int_equal(IOVA_IOMMU_GET_HW_INFO, 0x3b8a);
	assert_int_equal(IOVA_IOMMU_IOAS_MAP_FILE, 0x3b8f);
}

static void a_file_map_is_a_map_with_a_file_in_it(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct iova_iommu_ioas_map_file),
			 sizeof(struct iova_iommu_ioas_map));
	assert_field_at(0, 4, iova_iommu_ioas_map_file, size);
	assert_field_at(4, 4, iova_iommu_ioas_map_file, flags);
	assert_field_at(8, 4, iova_iommu_ioas_map_file, ioas_id);
	assert_field_at(12, 4, iova_iommu_ioas_map_file, fd);
	assert_field_at(16, 8, iova_iommu_ioas_map_file, start);
	assert_field_at(24, 8, iova_iommu_ioas_map_file, length);
	assert_field_at(32, 8, iova_iommu_ioas_map_file, iova);
}

#ifdef HAS_HEADER

static void numbers_are_the_headers(void **state)
{
	(void)state;
	assert_int_equal(IOVA_IOMMU_DESTROY, IOMMU_DESTROY);
	assert_int_equal(IOVA_IOMMU_IOAS_ALLOC, IOMMU_IOAS_ALLOC);
	assert_int_equal(IOVA_IOMMU_IOAS_ALLOW_IOVAS, IOMMU_IOAS_ALLOW_IOVAS);
	assert_int_equal(IOVA_IOMMU_IOAS_COPY, IOMMU_IOAS_COPY);
	assert_int_equal(IOVA_IOMMU_IOAS_IOVA_RANGES, IOMMU_IOAS_IOVA_RANGES);
	assert_int_equal(IOVA_IOMMU_IOAS_MAP, IOMMU_IOAS_MAP);
	assert_int_equal(IOVA_IOMMU_IOAS_UNMAP, IOMMU_IOAS_UNMAP);
	assert_int_equal(IOVA_IOMMU_OPTION, IOMMU_OPTION);
	assert_int_equal(IOVA_IOMMU_VFIO_IOAS, IOMMU_VFIO_IOAS);
	assert_int_equal(IOVA_IOMMU_MAP_FIXED, IOMMU_IOAS_MAP_FIXED_IOVA);
	assert_int_equal(IOVA_IOMMU_MAP_WRITE, IOMMU_IOAS_MAP_WRITEABLE);
	assert_int_equal(IOVA_IOMMU_MAP_READ, IOMMU_IOAS_MAP_READABLE);
	assert_int_equal(IOVA_IOMMU_OPTION_RLIMIT_MODE, IOMMU_OPTION_RLIMIT_MODE);
	assert_int_equal(IOVA_IOMMU_OPTION_HUGE_PAGES, IOMMU_OPTION_HUGE_PAGES);
	assert_int_equal(IOVA_IOMMU_OPTION_SET, IOMMU_OPTION_OP_SET);
	assert_int_equal(IOVA_IOMMU_OPTION_GET, IOMMU_OPTION_OP_GET);
	assert_int_equal(IOVA_IOMMU_VFIO_IOAS_GET, IOMMU_VFIO_IOAS_GET);
	assert_int_equal(IOVA_IOMMU_VFIO_IOAS_SET, IOMMU_VFIO_IOAS_SET);
	assert_int_equal(IOVA_IOMMU_VFIO_IOAS_CLEAR, IOMMU_VFIO_IOAS_CLEAR);
}

static void objects_have_the_headers_layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct iova_iommu_destroy), sizeof(struct iommu_destroy));
	assert_same_field(iova_iommu_destroy, size, iommu_destroy, size);
	assert_same_field(iova_iommu_destroy, id, iommu_destroy, id);
	assert_int_equal(sizeof(struct iova_iommu_ioas_alloc), sizeof(struct iommu_ioas_alloc));
	assert_same_field(iova_iommu_ioas_alloc, size, iommu_ioas_alloc, size);
	assert_same_field(iova_iommu_ioas_alloc, flags, iommu_ioas_alloc, flags);
	assert_same_field(iova_iommu_ioas_alloc, out_ioas_id, iommu_ioas_alloc, out_ioas_id);
	assert_int_equal(sizeof(struct iova_iommu_vfio_ioas), sizeof(struct iommu_vfio_ioas));
	assert_same_field(iova_iommu_vfio_ioas, size, iommu_vfio_ioas, size);
	assert_same_field(iova_iommu_vfio_ioas, ioas_id, iommu_vfio_ioas, ioas_id);
	assert_same_field(iova_iommu_vfio_ioas, op, iommu_vfio_ioas, op);
	assert_same_field(iova_iommu_vfio_ioas, reserved, iommu_vfio_ioas, __reserved);
}

static void ranges_have_the_headers_layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct iova_iommu_ioas_ranges),
			 sizeof(struct iommu_ioas_iova_ranges));
	assert_same_field(iova_iommu_ioas_ranges, size, iommu_ioas_iova_ranges, size);
	assert_same_field(iova_iommu_ioas_ranges, ioas_id, iommu_ioas_iova_ranges, ioas_id);
	assert_same_field(iova_iommu_ioas_ranges, n_ranges, iommu_ioas_iova_ranges, num_iovas);
	assert_same_field(iova_iommu_ioas_ranges, reserved, iommu_ioas_iova_ranges, __reserved);
	assert_same_field(iova_iommu_ioas_ranges, ranges, iommu_ioas_iova_ranges, allowed_iovas);
	assert_same_field(iova_iommu_ioas_ranges, out_alignment, iommu_ioas_iova_ranges,
			  out_iova_alignment);
	assert_int_equal(sizeof(struct iova_iommu_range), sizeof(struct iommu_iova_range));
	assert_same_field(iova_iommu_range, start, iommu_iova_range, start);
	assert_same_field(iova_iommu_range, last, iommu_iova_range, last);
}

static void an_allow_list_is_the_front_of_ranges(void **state)
{
	(void)state;
	assert_int_equal(IOVA_IOMMU_ALLOW_SIZE, sizeof(struct iommu_ioas_allow_iovas));
	assert_same_field(iova_iommu_ioas_ranges, size, iommu_ioas_allow_iovas, size);
	assert_same_field(iova_iommu_ioas_ranges, ioas_id, iommu_ioas_allow_iovas, ioas_id);
	assert_same_field(iova_iommu_ioas_ranges, n_ranges, iommu_ioas_allow_iovas, num_iovas);
	assert_same_field(iova_iommu_ioas_ranges, reserved, iommu_ioas_allow_iovas, __reserved);
	assert_same_field(iova_iommu_ioas_ranges, ranges, iommu_ioas_allow_iovas, allowed_iovas);
}

static void map_and_unmap_have_the_headers_layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct iova_iommu_ioas_map), sizeof(struct iommu_ioas_map));
	assert_same_field(iova_iommu_ioas_map, size, iommu_ioas_map, size);
	assert_same_field(iova_iommu_ioas_map, flags, iommu_ioas_map, flags);
	assert_same_field(iova_iommu_ioas_map, ioas_id, iommu_ioas_map, ioas_id);
	assert_same_field(iova_iommu_ioas_map, reserved, iommu_ioas_map, __reserved);
	assert_same_field(iova_iommu_ioas_map, vaddr, iommu_ioas_map, user_va);
	assert_same_field(iova_iommu_ioas_map, length, iommu_ioas_map, length);
	assert_same_field(iova_iommu_ioas_map, iova, iommu_ioas_map, iova);
	assert_int_equal(sizeof(struct iova_iommu_ioas_unmap), sizeof(struct iommu_ioas_unmap));
	assert_same_field(iova_iommu_ioas_unmap, size, iommu_ioas_unmap, size);
	assert_same_field(iova_iommu_ioas_unmap, ioas_id, iommu_ioas_unmap, ioas_id);
	assert_same_field(iova_iommu_ioas_unmap, iova, iommu_ioas_unmap, iova);
	assert_same_field(iova_iommu_ioas_unmap, length, iommu_ioas_unmap, length);
}

static void copy_has_the_headers_layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct iova_iommu_ioas_copy), sizeof(struct iommu_ioas_copy));
	assert_same_field(iova_iommu_ioas_copy, size, iommu_ioas_copy, size);
	assert_same_field(iova_iommu_ioas_copy, flags, iommu_ioas_copy, flags);
	assert_same_field(iova_iommu_ioas_copy, dst_ioas_id, iommu_ioas_copy, dst_ioas_id);
	assert_same_field(iova_iommu_ioas_copy, src_ioas_id, iommu_ioas_copy, src_ioas_id);
	assert_same_field(iova_iommu_ioas_copy, length, iommu_ioas_copy, length);
	assert_same_field(iova_iommu_ioas_copy, dst_iova, iommu_ioas_copy, dst_iova);
	assert_same_field(iova_iommu_ioas_copy, src_iova, iommu_ioas_copy, src_iova);
}

static void option_has_the_headers_layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct iova_iommu_option), sizeof(struct iommu_option));
	assert_same_field(iova_iommu_option, size, iommu_option, size);
	assert_same_field(iova_iommu_option, option, iommu_option, option_id);
	assert_same_field(iova_iommu_option, op, iommu_option, op);
	assert_same_field(iova_iommu_option, reserved, iommu_option, __reserved);
	assert_same_field(iova_iommu_option, object, iommu_option, object_id);
	assert_same_field(iova_iommu_option, value, iommu_option, val64);
}

#ifdef IOMMU_GET_HW_INFO
/* Later kernels took bytes of what was reserved, and have more behind it. */
static void hardware_info_begins_like_the_headers(void **state)
{
	(void)state;
	assert_int_equal(IOVA_IOMMU_GET_HW_INFO, IOMMU_GET_HW_INFO);
	assert_in_range(sizeof(struct iova_iommu_hw_info), 32, sizeof(struct iommu_hw_info));
	assert_same_field(iova_iommu_hw_info, size, iommu_hw_info, size);
	assert_same_field(iova_iommu_hw_info, flags, iommu_hw_info, flags);
	assert_same_field(iova_iommu_hw_info, device_id, iommu_hw_info, dev_id);
	assert_same_field(iova_iommu_hw_info, data_length, iommu_hw_info, data_len);
	assert_same_field(iova_iommu_hw_info, data, iommu_hw_info, data_uptr);
	assert_same_field(iova_iommu_hw_info, out_type, iommu_hw_info, out_data_type);
	assert_field_at(28, 4, iova_iommu_hw_info, reserved);
}
#endif

#ifdef IOMMU_IOAS_MAP_FILE
static void file_map_has_the_headers_layout(void **state)
{
	(void)state;
	assert_int_equal(IOVA_IOMMU_IOAS_MAP_FILE, IOMMU_IOAS_MAP_FILE);
	assert_int_equal(sizeof(struct iova_iommu_ioas_map_file),
			 sizeof(struct iommu_ioas_map_file));
	assert_same_field(iova_iommu_ioas_map_file, size, iommu_ioas_map_file, size);
	assert_same_field(iova_iommu_ioas_map_file, flags, iommu_ioas_map_file, flags);
	assert_same_field(iova_iommu_ioas_map_file, ioas_id, iommu_ioas_map_file, ioas_id);
	assert_same_field(iova_iommu_ioas_map_file, fd, iommu_ioas_map_file, fd);
	assert_same_field(iova_iommu_ioas_map_file, start, iommu_ioas_map_file, start);
	assert_same_field(iova_iommu_ioas_map_file, length, iommu_ioas_map_file, length);
	assert_same_field(iova_iommu_ioas_map_file, iova, iommu_ioas_map_file, iova);
}
#endif

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_numbered_from_0x80),
		cmocka_unit_test(a_file_map_is_a_map_with_a_file_in_it),
#ifdef HAS_HEADER
		cmocka_unit_test(numbers_are_the_headers),
		cmocka_unit_test(objects_have_the_headers_layout),
		cmocka_unit_test(ranges_have_the_headers_layout),
		cmocka_unit_test(an_allow_list_is_the_front_of_ranges),
		cmocka_unit_test(map_and_unmap_have_the_headers_layout),
		cmocka_unit_test(copy_has_the_headers_layout),
		cmocka_unit_test(option_has_the_headers_layout),
#ifdef IOMMU_GET_HW_INFO
		cmocka_unit_test(hardware_info_begins_like_the_headers),
#endif
#ifdef IOMMU_IOAS_MAP_FILE
		cmocka_unit_test(file_map_has_the_headers_layout),
#endif
#endif
	};

	return cmocka_run_group_tests_name("uapi-iommufd", tests, NULL, NULL);
}

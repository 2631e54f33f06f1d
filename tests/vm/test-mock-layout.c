/* SPDX-License-Identifier: BSD-3-Clause */
/* mock-layout.h against <linux/iommufd_test.h> of a kernel under test; compiled by tests/vm/check-uapi only. */
#include "mock-layout.h"

#include <linux/iommufd_test.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void numbers_are_the_kernels(void **state)
{
	(void)state;
	assert_int_equal(TEST_CMD, IOMMU_TEST_CMD);
	assert_int_equal(ADD_RESERVED, IOMMU_TEST_OP_ADD_RESERVED);
	assert_int_equal(MOCK_DOMAIN, IOMMU_TEST_OP_MOCK_DOMAIN);
	assert_int_equal(CHECK_MAP, IOMMU_TEST_OP_MD_CHECK_MAP);
	assert_int_equal(APERTURE_START, MOCK_APERTURE_START);
	assert_int_equal(APERTURE_LAST, MOCK_APERTURE_LAST);
}

#define assert_same(ours, theirs)                                               \
	do {                                                                    \
		assert_int_equal(offsetof(struct test_cmd, ours),               \
				 offsetof(struct iommu_test_cmd, theirs));      \
		assert_int_equal(sizeof(((struct test_cmd *)0)->ours),          \
				 sizeof(((struct iommu_test_cmd *)0)->theirs)); \
	} while (0)

static void the_struct_is_laid_out_as_the_kernels(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct test_cmd), sizeof(struct iommu_test_cmd));
	assert_same(size, size);
	assert_same(op, op);
	assert_same(id, id);
	assert_same(reserved, __reserved);
	assert_same(add_reserved.start, add_reserved.start);
	assert_same(add_reserved.length, add_reserved.length);
	assert_same(mock_domain.out_device, mock_domain.out_stdev_id);
	assert_same(mock_domain.out_table, mock_domain.out_hwpt_id);
	assert_same(mock_domain.out_bound, mock_domain.out_idev_id);
	assert_same(check_map.iova, check_map.iova);
	assert_same(check_map.length, check_map.length);
	assert_same(check_map.memory, check_map.uptr);
	assert_same(last, last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_the_kernels),
		cmocka_unit_test(the_struct_is_laid_out_as_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

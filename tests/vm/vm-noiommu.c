/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * No-IOMMU mode on a kernel that has it turned on, in a machine without an IOMMU: only by its name, and what
 * it cannot do. vm-noiommu DEVICE
 */
#include <libiova/libiova.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define LENGTH ((size_t)1 << 20)
#define PLACE ((uint64_t)0x40000000)

static const char *device;
static int n_warnings;
static char warning[512];

static void listen(void *data, int level, const char *message)
{
	(void)data;
	if (level != IOVA_LOG_WARNING)
		return;
	n_warnings++;
	snprintf(warning, sizeof warning, "%s", message);
}

static int try_open(uint32_t backend, struct iova_ctx **ret_ctx, struct iova_failure *failure)
{
	struct iova_ctx_opts opts = {
		.size = sizeof opts,
		.backend = backend,
		.device = device,
		.log = listen,
		.log_level = IOVA_LOG_WARNING,
	};

	n_warnings = 0;
	return iova_ctx_open(&opts, ret_ctx, failure);
}

static void it_is_not_had_without_its_name(void **state)
{
	static const uint32_t backends[] = { IOVA_BACKEND_ANY, IOVA_BACKEND_TYPE1,
					     IOVA_BACKEND_COMPAT };
	struct iova_explanation explanation;

	(void)state;
	for (size_t i = 0; i < sizeof backends / sizeof *backends; i++) {
		struct iova_failure failure = IOVA_FAILURE_INIT;
		struct iova_ctx *ctx = NULL;

		assert_int_equal(try_open(backends[i], &ctx, &failure), -ENOENT);
		assert_int_equal(failure.step, IOVA_STEP_OPEN_GROUP);
		assert_int_equal(failure.why, IOVA_WHY_NO_TRANSLATION);
		assert_int_equal(iova_explain(&failure, NULL, &explanation), 0);
		assert_non_null(strstr(explanation.remedy, "IOVA_BACKEND_NOIOMMU"));
		assert_null(ctx);
	}
}

/* Sysfs names a character device, of which there is no node. */
static void iommufd_has_no_such_device(void **state)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = NULL;

	(void)state;
	assert_int_equal(try_open(IOVA_BACKEND_IOMMUFD, &ctx, &failure), -ENOENT);
	assert_int_equal(failure.step, IOVA_STEP_OPEN_CDEV);
	assert_int_equal(failure.why, IOVA_WHY_NO_CDEV);
	assert_null(ctx);
}

static void by_its_name_it_warns_and_gives_the_device(void **state)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx_info info = { .size = sizeof info };
	struct iova_ctx *ctx = NULL;
	int fd;

	(void)state;
	assert_int_equal(try_open(IOVA_BACKEND_NOIOMMU, &ctx, &failure), 0);
	assert_int_equal(n_warnings, 1);
	assert_non_null(strstr(warning, "nothing can be mapped"));
	assert_int_equal(iova_ctx_info(ctx, &info), 0);
	assert_int_equal(info.backend, IOVA_BACKEND_NOIOMMU);
	assert_int_equal(info.n_groups, 1);
	fd = iova_ctx_open_device(ctx, device, &failure);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(iova_ctx_detach_device(ctx, device, NULL, NULL), 0);
	iova_ctx_close(ctx);
}

static void nothing_is_mapped_or_promised_there(void **state)
{
	void *memory =
		mmap(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_ctx *ctx = NULL;
	uint32_t width;
	uint64_t iova;

	(void)state;
	assert_ptr_not_equal(memory, MAP_FAILED);
	assert_int_equal(try_open(IOVA_BACKEND_NOIOMMU, &ctx, &failure), 0);
	assert_int_equal(iova_ctx_map_fixed(ctx, PLACE, memory, LENGTH, NULL, &failure),
			 -EOPNOTSUPP);
	assert_int_equal(failure.why, IOVA_WHY_NO_TRANSLATION);
	assert_int_equal(failure.from_kernel, 0);
	assert_int_equal(iova_ctx_map(ctx, memory, LENGTH, NULL, &iova, &failure), -EOPNOTSUPP);
	assert_int_equal(iova_ctx_probe_width(ctx, &width, &failure), -EOPNOTSUPP);
	assert_int_equal(iova_ctx_pin(ctx, &failure), -EINVAL);
	assert_int_equal(failure.why, IOVA_WHY_BACKEND);
	assert_int_equal(iova_ctx_refresh(ctx, NULL, NULL), 0);
	assert_int_equal(iova_space_count(iova_ctx_space(ctx)), 0);
	iova_ctx_close(ctx);
	munmap(memory, LENGTH);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_not_had_without_its_name),
		cmocka_unit_test(iommufd_has_no_such_device),
		cmocka_unit_test(by_its_name_it_warns_and_gives_the_device),
		cmocka_unit_test(nothing_is_mapped_or_promised_there),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: vm-noiommu DEVICE\n");
		return 2;
	}
	device = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}

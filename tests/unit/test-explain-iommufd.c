/* SPDX-License-Identifier: BSD-3-Clause */
/* What the errnos of iommufd mean, where they mean something else than type1's. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "made-host.h"

#include "explain-help.h"

static void unmap_that_finds_nothing_may_have_cut_something(void **state)
{
	static const uint32_t iommufd[] = { IOVA_BACKEND_IOMMUFD, IOVA_BACKEND_COMPAT,
					    IOVA_BACKEND_ANY };
	struct iova_failure failure;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct iova_explanation said;

		failure = about_range(IOVA_STEP_UNMAP, -ENOENT, iommufd[i]);
		said = explain(&failure, false);
		assert_says(said.cause, "0x100000+0x2000");
		assert_says(said.cause, "no mapping");
		assert_says(said.cause, "cut one in two");
		assert_says(said.cause, "may have unmapped");
		assert_says(said.remedy, "exactly what was mapped");
	}
	failure = about_range(IOVA_STEP_UNMAP, -ENOENT, IOVA_BACKEND_TYPE1);
	assert_does_not_say(explain(&failure, false).cause, "cut");
	failure = about_range(IOVA_STEP_UNMAP, -EINVAL, IOVA_BACKEND_TYPE1);
	assert_says(explain(&failure, false).cause, "cut a mapping in two");
	failure.backend = IOVA_BACKEND_IOMMUFD;
	assert_does_not_say(explain(&failure, false).cause, "cut");
	failure.error = -EBUSY;
	assert_says(explain(&failure, false).cause, "0x100000+0x2000 is being mapped");
}

static void device_memory_is_named_where_iommufd_may_have_refused_it(void **state)
{
	struct iova_failure failure = about_range(IOVA_STEP_MAP, -EFAULT, IOVA_BACKEND_IOMMUFD);
	struct iova_explanation said = explain(&failure, false);

	(void)state;
	assert_says(said.cause, "0x7f0000000000");
	assert_says(said.cause, "0x100000+0x2000");
	assert_says(said.cause, "PCI BAR");
	assert_does_not_say(said.cause, "5.4");
	assert_says(said.remedy, "type1");
	assert_says(said.remedy, "6.19");
	failure.backend = IOVA_BACKEND_TYPE1;
	said = explain(&failure, false);
	assert_does_not_say(said.cause, "PCI BAR");
	assert_says(said.cause, "5.4-5.9");
	/* Who made the call by hand did not say with what. */
	failure.backend = IOVA_BACKEND_ANY;
	said = explain(&failure, false);
	assert_says(said.cause, "PCI BAR");
	assert_says(said.cause, "5.4-5.9");
	/* An IOAS pins nothing before its first device. */
	failure = native_failure(IOVA_STEP_ATTACH, -EFAULT);
	said = explain(&failure, true);
	assert_says(said.cause, "PCI BAR");
	assert_says(said.cause, "0000:03:00.0");
	failure.error = -ENOMEM;
	assert_says(explain(&failure, true).cause, "RLIMIT_MEMLOCK");
}

static void limits_are_told_as_each_counts_them(void **state)
{
	struct iova_failure failure = about_range(IOVA_STEP_MAP, -ENOMEM, IOVA_BACKEND_IOMMUFD);
	struct iova_explanation said = explain(&failure, false);

	(void)state;
	assert_says(said.cause, "user's processes");
	assert_says(said.cause, "device memory as well");
	assert_says(said.remedy, "iova_ctx_copy()");
	failure.backend = IOVA_BACKEND_TYPE1;
	assert_does_not_say(explain(&failure, false).cause, "user's");
	failure.backend = IOVA_BACKEND_ANY;
	assert_says(explain(&failure, false).cause, "user's processes");
	failure.backend = IOVA_BACKEND_IOMMUFD;
	failure.why = IOVA_WHY_MEMLOCK;
	assert_says(explain(&failure, false).cause, "all processes of the user");
	failure = about_range(IOVA_STEP_MAP, -ENOSPC, IOVA_BACKEND_IOMMUFD);
	said = explain(&failure, false);
	assert_says(said.cause, "finds no address");
	assert_does_not_say(said.cause, "65535");
	failure.backend = IOVA_BACKEND_TYPE1;
	said = explain(&failure, false);
	assert_says(said.cause, "65535");
	assert_does_not_say(said.cause, "address");
	failure.backend = IOVA_BACKEND_ANY;
	said = explain(&failure, false);
	assert_says(said.cause, "65535");
	assert_says(said.cause, "finds no address");
}

static void what_an_old_kernel_lacks_is_told_with_the_release_that_has_it(void **state)
{
	static const struct {
		uint32_t step;
		const char *release;
	} since[] = {
		{ IOVA_STEP_IOAS, "6.2" },   { IOVA_STEP_PIN, "6.2" },
		{ IOVA_STEP_COPY, "6.2" },   { IOVA_STEP_OPTION, "6.2" },
		{ IOVA_STEP_BIND, "6.6" },   { IOVA_STEP_ATTACH, "6.6" },
		{ IOVA_STEP_DETACH, "6.6" }, { IOVA_STEP_ADOPT_CDEV, "6.6" },
		{ IOVA_STEP_MAP, "6.13" },   { IOVA_STEP_UNMAP, "6.2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof since / sizeof since[0]; i++) {
		struct iova_failure failure = native_failure(since[i].step, -ENOTTY);

		assert_says(explain(&failure, true).cause, since[i].release);
		failure.why = IOVA_WHY_NO_REQUEST;
		failure.error = -EOPNOTSUPP;
		assert_says(explain(&failure, true).cause, since[i].release);
	}
	/* Type1 knows neither, and they have nothing to do with it. */
	{
		struct iova_failure failure = about_range(IOVA_STEP_MAP, -ENOTTY, 1);

		assert_does_not_say(explain(&failure, true).cause, "6.13");
		assert_does_not_say(explain(&failure, true).remedy, "6.13");
		failure.backend = IOVA_BACKEND_ANY;
		assert_says(explain(&failure, true).remedy, "6.13");
	}
}

static void an_option_says_when_and_by_whom_it_can_be_set(void **state)
{
	struct iova_failure failure = native_failure(IOVA_STEP_OPTION, -EPERM);

	(void)state;
	assert_says(explain(&failure, false).cause, "CAP_SYS_RESOURCE");
	failure.error = -EBUSY;
	assert_says(explain(&failure, false).cause, "before it has any IOAS");
	failure.error = -EINVAL;
	assert_says(explain(&failure, false).cause, "large pages");
}

static void copies_and_promises_say_what_is_missing(void **state)
{
	struct iova_failure failure = about_range(IOVA_STEP_COPY, -ENOENT, IOVA_BACKEND_IOMMUFD);

	(void)state;
	assert_says(explain(&failure, false).cause, "0x100000+0x2000");
	assert_says(explain(&failure, false).cause, "not mapped where it should come from");
	failure.error = -EPERM;
	assert_says(explain(&failure, false).cause, "reading only");
	failure.error = -EFAULT;
	assert_says(explain(&failure, false).cause, "cannot be pinned");
	failure.step = IOVA_STEP_PIN;
	failure.error = -EADDRINUSE;
	assert_says(explain(&failure, false).remedy, "iova_ctx_refresh()");
	failure.error = -EINVAL;
	assert_says(explain(&failure, false).cause, "overlap");
}

/* Nothing to map in, nothing to read, nothing to promise: whatever the errno. */
static void no_iommu_mode_says_what_it_cannot_do(void **state)
{
	static const uint32_t steps[] = { IOVA_STEP_MAP,      IOVA_STEP_UNMAP, IOVA_STEP_GET_INFO,
					  IOVA_STEP_PIN,      IOVA_STEP_COPY,  IOVA_STEP_OPTION,
					  IOVA_STEP_ALLOCATE, IOVA_STEP_CHECK };
	struct iova_failure failure;

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		struct iova_explanation said;

		failure = about_range(steps[i], -ENOTTY, IOVA_BACKEND_NOIOMMU);
		if (i >= 6)
			failure.why = IOVA_WHY_NO_TRANSLATION;
		said = explain(&failure, false);
		assert_says(said.cause, "nothing is translated or guarded");
		assert_says(said.cause, "physical addresses");
		assert_says(said.cause, "no mappings");
		assert_says(said.remedy, "IOMMU on");
	}
	failure = failure_of(IOVA_STEP_OPEN_GROUP, -ENOENT, 3);
	failure.backend = IOVA_BACKEND_TYPE1;
	failure.why = IOVA_WHY_NO_TRANSLATION;
	strcpy(failure.path, "/dev/vfio/noiommu-3");
	assert_says(explain(&failure, false).cause, "only a no-IOMMU node, /dev/vfio/noiommu-3");
	assert_says(explain(&failure, false).remedy, "IOVA_BACKEND_NOIOMMU");
	failure.why = 0;
	failure.backend = IOVA_BACKEND_NOIOMMU;
	assert_says(explain(&failure, false).remedy, "enable_unsafe_noiommu_mode");
	failure.error = -EPERM;
	assert_says(explain(&failure, false).cause, "CAP_SYS_RAWIO");
	failure.step = IOVA_STEP_SET_IOMMU;
	assert_says(explain(&failure, false).cause, "CAP_SYS_RAWIO");
	failure.step = IOVA_STEP_SET_CONTAINER;
	assert_says(explain(&failure, true).cause, "do not mix");
}

/* All that the kernel's sources return there, but for what means the same everywhere. */
static void each_errno_of_a_step_is_known_by_itself(void **state)
{
	static const struct {
		uint32_t step;
		int errors[9];
	} known[] = {
		{ IOVA_STEP_OPEN_IOMMUFD, { ENOENT, ENODEV, ENXIO, EACCES, EPERM } },
		{ IOVA_STEP_ADOPT_IOMMUFD, { EBADFD, EBADF, ENOTTY } },
		{ IOVA_STEP_IOAS, { ENOENT, EBUSY, ENOTTY, EOPNOTSUPP, E2BIG, ENOMEM } },
		{ IOVA_STEP_OPEN_CDEV, { ENOENT, ENODEV, ENXIO, EACCES, EPERM, ENOMEM } },
		{ IOVA_STEP_ADOPT_CDEV, { ENOENT, EBADFD, EINVAL, ENOTTY, EOPNOTSUPP } },
		{ IOVA_STEP_BIND, { EPERM, EINVAL, EBUSY, EBADF, EBADFD, ENODEV, ENOMEM, ENOTTY } },
		{ IOVA_STEP_ATTACH,
		  { EADDRINUSE, EINVAL, ENOENT, ENOMEM, EFAULT, EBUSY, ENODEV, ENOTTY } },
		{ IOVA_STEP_DETACH, { EINVAL, ENODEV, ENOTTY } },
		{ IOVA_STEP_PIN, { EADDRINUSE, EINVAL, ENOENT, ENOTTY, EOPNOTSUPP, ENOMEM } },
		{ IOVA_STEP_GET_INFO, { ENOENT, EMSGSIZE, EOPNOTSUPP, ENOTTY, ENOMEM } },
		{ IOVA_STEP_MAP,
		  { EINVAL, EEXIST, EFAULT, ENOMEM, ENOSPC, EOVERFLOW, ENOENT, ENOTTY } },
		{ IOVA_STEP_UNMAP, { ENOENT, EINVAL, EOVERFLOW, EBUSY, EDEADLK, ENOTTY } },
		{ IOVA_STEP_COPY,
		  { ENOENT, EPERM, EINVAL, EEXIST, EFAULT, ENOMEM, EOVERFLOW, ENOTTY } },
		{ IOVA_STEP_OPTION, { EPERM, EBUSY, EINVAL, ENOENT, ENOTTY, EOPNOTSUPP } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		for (size_t k = 0; known[i].errors[k]; k++) {
			struct iova_failure failure =
				native_failure(known[i].step, -known[i].errors[k]);

			assert_does_not_say(explain(&failure, true).cause, "errno");
			assert_does_not_say(explain(&failure, false).cause, "errno");
		}
	}
}

static void what_is_asked_is_named_as_each_backend_asks_it(void **state)
{
	static const struct {
		uint32_t step, backend;
		const char *name;
	} asked[] = {
		{ IOVA_STEP_MAP, IOVA_BACKEND_TYPE1, "VFIO_IOMMU_MAP_DMA failed" },
		{ IOVA_STEP_MAP, IOVA_BACKEND_COMPAT, "VFIO_IOMMU_MAP_DMA failed" },
		{ IOVA_STEP_MAP, IOVA_BACKEND_IOMMUFD, "IOMMU_IOAS_MAP failed" },
		{ IOVA_STEP_MAP, IOVA_BACKEND_ANY, "Mapping failed" },
		{ IOVA_STEP_UNMAP, IOVA_BACKEND_IOMMUFD, "IOMMU_IOAS_UNMAP failed" },
		{ IOVA_STEP_GET_INFO, IOVA_BACKEND_TYPE1, "VFIO_IOMMU_GET_INFO failed" },
		{ IOVA_STEP_GET_INFO, IOVA_BACKEND_IOMMUFD, "IOMMU_IOAS_IOVA_RANGES failed" },
	};
	struct iova_failure failure;

	(void)state;
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		failure = failure_of(asked[i].step, -EXDEV, IOVA_GROUP_NONE);
		failure.backend = asked[i].backend;
		assert_says(explain(&failure, false).cause, asked[i].name);
	}
	for (uint32_t step = IOVA_STEP_ARGUMENT; step <= IOVA_STEP_OPTION; step++) {
		failure = failure_of(step, -EXDEV, IOVA_GROUP_NONE);
		assert_does_not_say(explain(&failure, false).cause, "A step");
	}
	/* An IOAS has ranges from its first moment. */
	failure = native_failure(IOVA_STEP_GET_INFO, -EINVAL);
	assert_does_not_say(explain(&failure, false).cause, "container");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(unmap_that_finds_nothing_may_have_cut_something, make_host),
		cmocka_unit_test_setup(device_memory_is_named_where_iommufd_may_have_refused_it,
				       make_host),
		cmocka_unit_test_setup(limits_are_told_as_each_counts_them, make_host),
		cmocka_unit_test_setup(what_an_old_kernel_lacks_is_told_with_the_release_that_has_it,
				       make_host),
		cmocka_unit_test_setup(an_option_says_when_and_by_whom_it_can_be_set, make_host),
		cmocka_unit_test_setup(copies_and_promises_say_what_is_missing, make_host),
		cmocka_unit_test_setup(no_iommu_mode_says_what_it_cannot_do, make_host),
		cmocka_unit_test_setup(each_errno_of_a_step_is_known_by_itself, make_host),
		cmocka_unit_test_setup(what_is_asked_is_named_as_each_backend_asks_it, make_host),
	};

	return cmocka_run_group_tests_name("explain-iommufd", tests, NULL, NULL);
}

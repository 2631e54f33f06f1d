/* SPDX-License-Identifier: BSD-3-Clause */
/* The way of a device into an IOAS, and what may be in its way. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "made-host.h"

#include "explain-help.h"

static void a_device_that_takes_an_address_away_is_told_with_the_address(void **state)
{
	struct iova_failure failure = native_failure(IOVA_STEP_ATTACH, -EADDRINUSE);
	struct iova_explanation said = explain(&failure, true);

	(void)state;
	assert_says(said.cause, "0000:03:00.0 cannot be attached");
	assert_says(said.cause, "a live mapping or a pinned address");
	assert_says(said.cause, "reserves");
	assert_says(said.remedy, "Unmap");
	assert_says(said.remedy, "iova_ctx_unpin()");
	failure.iova = 0xfee00000;
	failure.length = 0x1000;
	assert_says(explain(&failure, true).cause, "0xfee00000+0x1000");
	failure.n_conflicts = 1;
	failure.conflict = (struct iova_conflict){ .range = { 0xfee00000, 0xfee00fff },
						   .region = { 0xfee00000, 0xfeefffff },
						   .source = IOVA_SOURCE_REGION,
						   .type = IOVA_REGION_MSI,
						   .group = 3 };
	said = explain(&failure, true);
	assert_says(said.cause, "msi region 0xfee00000-0xfeefffff");
	failure.why = IOVA_WHY_BREAKS_PROMISE;
	said = explain(&failure, true);
	assert_says(said.cause, "takes a pinned address away");
	assert_says(said.cause, "msi region 0xfee00000-0xfeefffff");
	assert_says(said.remedy, "iova_ctx_unpin()");
	assert_says(said.remedy, "IOAS of its own");
	/* Found before the kernel was asked, and of a whole group. */
	failure.step = IOVA_STEP_TRY;
	failure.device[0] = '\0';
	assert_says(explain(&failure, true).cause, "IOMMU group 3 cannot be attached");
}

static void compat_finds_out_when_a_device_is_opened(void **state)
{
	struct iova_failure failure = failure_of(IOVA_STEP_OPEN_DEVICE, -EADDRINUSE, 3);
	struct iova_explanation said;

	(void)state;
	for (int i = 0; i < 2; i++) {
		failure.backend = i ? IOVA_BACKEND_ANY : IOVA_BACKEND_COMPAT;
		said = explain(&failure, true);
		assert_says(said.cause, "A device of group 3 cannot be attached");
		assert_says(said.remedy, "narrows its ranges only when a device is open");
	}
	failure.backend = IOVA_BACKEND_COMPAT;
	failure.error = -EPERM;
	said = explain(&failure, true);
	assert_says(said.cause, "interrupt");
	assert_says(said.remedy, "iommufd to 1");
	failure.error = -EINVAL;
	failure.group = 1;
	assert_says(explain(&failure, true).cause, "0x7c000000-0x7c0fffff");
	failure.group = 2;
	failure.error = -EPERM;
	assert_says(explain(&failure, true).cause, "nvme");
	failure = about_range(IOVA_STEP_MAP, -EINVAL, IOVA_BACKEND_COMPAT);
	assert_says(explain(&failure, false).remedy, "only when a device is open");
	failure = failure_of(IOVA_STEP_SET_IOMMU, -ENODEV, 3);
	failure.backend = IOVA_BACKEND_COMPAT;
	assert_says(explain(&failure, false).cause, "No group is in the container");
}

static void bind_that_is_not_permitted_names_interrupts_or_the_driver(void **state)
{
	struct iova_failure failure = native_failure(IOVA_STEP_BIND, -EPERM);
	struct iova_explanation said = explain(&failure, true);

	(void)state;
	assert_says(said.cause, "0000:03:00.0");
	assert_says(said.cause, "interrupt remapping");
	assert_does_not_say(said.cause, "driver");
	assert_says(said.remedy, "allow_unsafe_interrupts of the module iommufd");
	/* Without the machine nothing is ruled out. */
	assert_says(explain(&failure, false).cause, "a driver that is not VFIO's");
	failure.group = 2;
	said = explain(&failure, true);
	assert_says(said.cause, "0000:02:00.1 is bound to the driver nvme");
}

static void bind_that_is_invalid_has_its_few_reasons(void **state)
{
	struct iova_failure failure = native_failure(IOVA_STEP_BIND, -EINVAL);
	struct iova_explanation said = explain(&failure, true);

	(void)state;
	assert_says(said.cause, "bound or open already");
	assert_says(said.cause, "coherent");
	assert_does_not_say(said.cause, "RMRR");
	assert_says(explain(&failure, false).cause, "RMRR");
	failure.group = 1;
	said = explain(&failure, true);
	assert_says(said.cause, "0x7c000000-0x7c0fffff");
	assert_says(said.cause, "RMRR");
	failure.group = 3;
	failure.why = IOVA_WHY_BOUND;
	said = explain(&failure, true);
	assert_says(said.cause, "0000:03:00.0 is bound to an iommufd already");
	assert_says(said.remedy, "iova_ctx_adopt_device()");
}

static void a_group_that_is_open_the_old_way_is_named(void **state)
{
	struct iova_failure failure = native_failure(IOVA_STEP_BIND, -EBUSY);
	struct iova_explanation said = explain(&failure, true);

	(void)state;
	for (int i = 0; i < 2; i++) {
		failure.why = i ? IOVA_WHY_GROUP_OPEN : IOVA_WHY_UNKNOWN;
		said = explain(&failure, true);
		assert_says(said.cause, "0000:03:00.0 cannot be bound");
		assert_says(said.cause, "open the old way (/dev/vfio/3)");
		assert_says(said.remedy, "fuser -v /dev/vfio/3");
	}
	/* The other way round. */
	failure = failure_of(IOVA_STEP_OPEN_GROUP, -EBUSY, 3);
	assert_says(explain(&failure, true).cause, "bound to an iommufd");
	failure.why = IOVA_WHY_GROUP_OPEN;
	said = explain(&failure, true);
	assert_says(said.cause, "IOMMU group 3 cannot be opened");
	assert_says(said.remedy, "/dev/vfio/devices");
}

static void nodes_that_are_not_there_or_may_not_be_opened_are_named(void **state)
{
	struct iova_failure failure = failure_of(IOVA_STEP_OPEN_IOMMUFD, -ENOENT, IOVA_GROUP_NONE);
	struct iova_explanation said = explain(&failure, false);

	(void)state;
	assert_says(said.cause, "/dev/iommu");
	assert_says(said.cause, "6.2");
	assert_says(said.remedy, "modprobe iommufd");
	strcpy(failure.path, "/dev/iommu");
	failure.error = -EACCES;
	assert_says(explain(&failure, false).cause, "may not open /dev/iommu");
	failure.why = IOVA_WHY_NO_IOMMUFD;
	assert_says(explain(&failure, false).cause, "no working /dev/iommu");
	failure = native_failure(IOVA_STEP_OPEN_CDEV, -EACCES);
	strcpy(failure.path, "/dev/vfio/devices/vfio7");
	said = explain(&failure, true);
	assert_says(said.cause, "may not open /dev/vfio/devices/vfio7 of the device 0000:03:00.0");
	failure.error = -ENOENT;
	said = explain(&failure, true);
	assert_says(said.cause, "/dev/vfio/devices/vfio7");
	assert_says(said.cause, "6.6");
	assert_says(said.remedy, "vfio-pci");
	failure.error = -ENODEV;
	assert_says(explain(&failure, true).cause, "going away");
}

static void what_is_lent_and_is_not_what_it_should_be_is_told(void **state)
{
	static const struct {
		uint32_t step;
		int error;
		uint32_t why;
		const char *cause, *remedy;
	} lent[] = {
		{ IOVA_STEP_ADOPT_IOMMUFD, -EBADFD, 0, "no iommufd", "/dev/iommu" },
		{ IOVA_STEP_ADOPT_IOMMUFD, -EBADFD, IOVA_WHY_NOT_IOMMUFD, "no iommufd",
		  "/dev/iommu" },
		{ IOVA_STEP_IOAS, -ENOENT, 0, "no IOAS of this number", "IOMMU_IOAS_ALLOC" },
		{ IOVA_STEP_GET_INFO, -ENOENT, IOVA_WHY_NO_IOAS, "no IOAS", "very iommufd" },
		{ IOVA_STEP_MAP, -ENOENT, 0, "no IOAS", "very iommufd" },
		{ IOVA_STEP_ATTACH, -ENOENT, 0, "no IOAS", "very iommufd" },
		{ IOVA_STEP_ADOPT_CDEV, -ENOENT, 0, "bound to another iommufd", "number" },
		{ IOVA_STEP_ADOPT_CDEV, -EBADFD, IOVA_WHY_NOT_CDEV, "no node of /dev/vfio/devices",
		  "vfioN" },
		{ IOVA_STEP_BIND, -EBADFD, 0, "is closed, or is none", "/dev/iommu" },
		{ IOVA_STEP_ATTACH, -EINVAL, 0, "shares one page table", "one IOAS" },
		{ IOVA_STEP_DETACH, -EINVAL, 0, "not bound through this descriptor", "closing" },
		{ IOVA_STEP_ARGUMENT, -EINVAL, IOVA_WHY_BACKEND, "(IOVA_BACKEND_IOMMUFD) cannot",
		  "when the context is opened" },
		{ IOVA_STEP_ARGUMENT, -EINVAL, IOVA_WHY_OTHER_IOMMUFD, "no iommufd in common",
		  "IOVA_CTX_ADOPT_IOMMUFD" },
		{ IOVA_STEP_ARGUMENT, -EALREADY, IOVA_WHY_ALREADY_ATTACHED,
		  "The device 0000:03:00.0 is attached", "each device once" },
		{ IOVA_STEP_DETACH, -EBUSY, IOVA_WHY_MAPPINGS_LIVE,
		  "The device 0000:03:00.0 is the last", "Unmap" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof lent / sizeof lent[0]; i++) {
		struct iova_failure failure = native_failure(lent[i].step, lent[i].error);
		struct iova_explanation said;

		failure.why = lent[i].why;
		said = explain(&failure, true);
		assert_says(said.cause, lent[i].cause);
		assert_says(said.remedy, lent[i].remedy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_device_that_takes_an_address_away_is_told_with_the_address,
				       make_host),
		cmocka_unit_test_setup(compat_finds_out_when_a_device_is_opened, make_host),
		cmocka_unit_test_setup(bind_that_is_not_permitted_names_interrupts_or_the_driver,
				       make_host),
		cmocka_unit_test_setup(bind_that_is_invalid_has_its_few_reasons, make_host),
		cmocka_unit_test_setup(a_group_that_is_open_the_old_way_is_named, make_host),
		cmocka_unit_test_setup(nodes_that_are_not_there_or_may_not_be_opened_are_named,
				       make_host),
		cmocka_unit_test_setup(what_is_lent_and_is_not_what_it_should_be_is_told,
				       make_host),
	};

	return cmocka_run_group_tests_name("explain-device", tests, NULL, NULL);
}

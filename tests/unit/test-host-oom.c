/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a recorded machine without memory. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/failure.h"
#include "host/host.h"
#include "oom.h"

#define MACHINE TEST_DATA "/machines/vtd-6.12"

static int read_all(struct iova_host **ret_host, struct iova_failure *failure)
{
	struct iova_host_opts opts = { .size = sizeof opts, .root = MACHINE };

	return iova_host_read(&opts, ret_host, failure);
}

static int read_some(struct iova_host **ret_host, struct iova_failure *failure)
{
	return iova_host_read_some_(iova_sys_real(), MACHINE, (uint32_t[]){ 4, 1 }, 2, ret_host,
				    failure);
}

static void reading_without_memory_makes_nothing(void **state)
{
	static int (*const calls[])(struct iova_host **, struct iova_failure *) = { read_all,
										    read_some };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct iova_host *host = (void *)1;
		long live = oom_live();
		unsigned long n;

		for (n = 0;; n++) {
			struct iova_failure failure = iova_failure_about_(IOVA_GROUP_NONE);
			int r;

			oom_fail_at(n);
			r = calls[i](&host, &failure);
			oom_off();
			if (!oom_reached())
				break;
			assert_int_equal(r, -ENOMEM);
			assert_ptr_equal(host, (void *)1);
			assert_int_equal(failure.error, -ENOMEM);
			assert_int_equal(failure.step, IOVA_STEP_READ_HOST);
			assert_int_equal(oom_live(), live);
		}
		assert_true(n > 5);
		iova_host_free(host);
		assert_int_equal(oom_live(), live);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_without_memory_makes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

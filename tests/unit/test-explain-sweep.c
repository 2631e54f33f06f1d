/* SPDX-License-Identifier: BSD-3-Clause */
/* Everything that can be explained is, in whole sentences. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "made-host.h"

#include "explain-help.h"

#define N_STEPS IOVA_STEP_OPTION
#define N_WHYS IOVA_WHY_OTHER_IOMMUFD
#define N_BACKENDS IOVA_BACKEND_NOIOMMU

/* Two whole sentences: begun like one, ended by a full stop, with nothing left out. */
static void assert_sentence(const char *text, size_t room)
{
	size_t length = strnlen(text, room);
	static const char *const holes[] = { "(null)", "  ",  " .",         " ,", "\"\"",
					     " ()",    ": .", "4294967295", "..", "group  " };

	assert_in_range(length, 10, room - 2);
	if (text[length - 1] != '.')
		fail_msg("no full stop: %s", text);
	if (text[0] >= 'a' && text[0] <= 'z')
		fail_msg("no capital: %s", text);
	for (size_t i = 0; i < sizeof holes / sizeof holes[0]; i++)
		if (strstr(text, holes[i]))
			fail_msg("\"%s\" in: %s", holes[i], text);
}

static void assert_sentences(const struct iova_explanation *said)
{
	assert_sentence(said->cause, sizeof said->cause);
	assert_sentence(said->remedy, sizeof said->remedy);
}

/* Every errno that any comment of the headers or any step of the kernel has. */
static const int errors[] = {
	EINVAL,    ENOMEM, EPERM,  ENOENT,     EACCES,   EBUSY,         EBADF,      ENOTTY,
	EINTR,     EIO,    ENODEV, ENXIO,      EFAULT,   EEXIST,        ENOSPC,     E2BIG,
	EOVERFLOW, ERANGE, EBADFD, EPROTO,     ENOTDIR,  EADDRNOTAVAIL, EADDRINUSE, EALREADY,
	EMFILE,    ENFILE, ELOOP,  EOPNOTSUPP, EMSGSIZE, EDEADLK,       ECANCELED,
};

/* As long as names can be. */
static void fill_up(struct iova_failure *failure)
{
	failure->iova = UINT64_MAX - 4095;
	failure->length = UINT64_MAX;
	failure->vaddr = UINT64_MAX;
	failure->granule = 1ull << 32;
	failure->expected = UINT64_MAX;
	failure->actual = UINT64_MAX;
	memset(failure->device, 'd', sizeof failure->device - 1);
	memset(failure->path, '/', sizeof failure->path - 1);
	failure->conflict.range = (struct iova_range){ UINT64_MAX - 1, UINT64_MAX };
	failure->conflict.region = failure->conflict.range;
	memset(failure->conflict.device, 'd', sizeof failure->conflict.device - 1);
	memset(failure->conflict.word, 'w', sizeof failure->conflict.word - 1);
	failure->conflict.type = IOVA_REGION_DIRECT_RELAXABLE;
	failure->conflict.group = UINT32_MAX - 1;
}

static void lengthen_names(void)
{
	for (size_t i = 0; i < made.host.n; i++) {
		for (uint32_t k = 0; k < made.groups[i].info.n_devices; k++) {
			struct iova_device_info *device = &made.groups[i].devices[k];

			memset(device->name, 'n', sizeof device->name - 1);
			if (device->driver[0])
				memset(device->driver, 'r', sizeof device->driver - 1);
		}
	}
}

/* One step, errno and why with each backend and each kind of group; a backend too many, too. */
static void sweep_worlds(uint32_t step, int error, uint32_t why,
			 void (*filler)(struct iova_failure *failure))
{
	for (uint32_t backend = 0; backend <= N_BACKENDS + 1; backend++) {
		for (uint32_t group = 0; group < 7; group++) {
			struct iova_failure failure = failure_of(step, error, group);
			struct iova_explanation said;

			failure.backend = backend;
			failure.why = why;
			if (why)
				strcpy(failure.device, "x"); /* the only name that must be there */
			if (group == 6)
				failure.group = IOVA_GROUP_NONE;
			if (filler)
				filler(&failure);
			said = explain(&failure, group != 3);
			assert_sentences(&said);
		}
	}
}

static void sweep(void (*filler)(struct iova_failure *failure))
{
	for (uint32_t step = 0; step <= N_STEPS + 1; step++)
		for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
			sweep_worlds(step, -errors[i], IOVA_WHY_UNKNOWN, filler);
}

static void sweep_whys(void (*filler)(struct iova_failure *failure))
{
	for (uint32_t why = 1; why <= N_WHYS + 1; why++)
		for (uint32_t step = 0; step <= N_STEPS + 1; step++)
			sweep_worlds(step, -EINVAL, why, filler);
}

static void each_step_and_errno_has_cause_and_remedy(void **state)
{
	(void)state;
	sweep(NULL);
	sweep(fill);
}

static void each_why_has_cause_and_remedy(void **state)
{
	(void)state;
	sweep_whys(NULL);
	sweep_whys(fill);
}

static void longest_names_are_not_cut(void **state)
{
	(void)state;
	lengthen_names();
	sweep(fill_up);
	sweep_whys(fill_up);
}

/* A why that has nothing of its own to say would fall through to "errno". */
static void each_why_is_known_by_itself(void **state)
{
	(void)state;
	for (uint32_t why = 1; why <= N_WHYS; why++) {
		struct iova_failure failure = failure_of(IOVA_STEP_CHECK, -EXDEV, 3);
		struct iova_explanation said;

		failure.why = why;
		fill(&failure);
		said = explain(&failure, true);
		assert_does_not_say(said.cause, "errno");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_step_and_errno_has_cause_and_remedy, make_host),
		cmocka_unit_test_setup(each_why_has_cause_and_remedy, make_host),
		cmocka_unit_test_setup(longest_names_are_not_cut, make_host),
		cmocka_unit_test_setup(each_why_is_known_by_itself, make_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

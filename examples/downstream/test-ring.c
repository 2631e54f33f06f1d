/* SPDX-License-Identifier: BSD-3-Clause */
#include "ring.h"

#include <errno.h>
#include <libiova-sim/sim.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NETWORK_CARD "0000:01:00.0"
#define MSI_START 0xfee00000
#define MSI_LAST 0xfeefffff

static void assert_nothing_is_left(struct iova_sim *sim)
{
	char text[512];

	if (iova_sim_leftovers(sim, text, sizeof text))
		fail_msg("%s", text);
}

static void the_device_reaches_both_rings(void **state)
{
	struct iova_sim_mapping seen = { .size = sizeof seen };
	struct ring ring;

	assert_int_equal(ring_open(&ring, iova_sim_sys(*state), NETWORK_CARD, RING_ANYWHERE), 0);
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(iova_sim_mapping(*state, i, &seen), 0);
		assert_true(seen.range.last < MSI_START || seen.range.start > MSI_LAST);
		assert_int_equal(seen.range.last - seen.range.start, RING_BYTES - 1);
	}
	assert_int_equal(iova_sim_mapping(*state, 2, &seen), -ENOENT);
	ring_close(&ring);
	assert_nothing_is_left(*state);
}

static void a_reserved_address_is_refused_before_the_kernel_is_asked(void **state)
{
	struct ring ring;

	assert_int_equal(ring_open(&ring, iova_sim_sys(*state), NETWORK_CARD, MSI_START),
			 -EADDRNOTAVAIL);
	assert_int_equal(iova_sim_calls(*state, IOVA_SIM_CALL_MAP), 0);
	assert_nothing_is_left(*state);
}

static void whichever_map_fails_all_is_undone(void **state)
{
	struct ring ring;

	for (uint64_t nth = 1; nth <= 2; nth++) {
		assert_int_equal(iova_sim_fail(*state, IOVA_SIM_CALL_MAP, nth, ENOMEM), 0);
		assert_int_equal(ring_open(&ring, iova_sim_sys(*state), NETWORK_CARD, 0x100000),
				 -ENOMEM);
		assert_nothing_is_left(*state);
	}
}

static int new_host(void **state)
{
	struct iova_sim *sim;
	int r = iova_sim_new_preset("desktop", &sim);

	*state = sim;
	return r;
}

static int free_host(void **state)
{
	iova_sim_free(*state);
	return 0;
}

#define ON_A_HOST(test) cmocka_unit_test_setup_teardown(test, new_host, free_host)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_HOST(the_device_reaches_both_rings),
		ON_A_HOST(a_reserved_address_is_refused_before_the_kernel_is_asked),
		ON_A_HOST(whichever_map_fails_all_is_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

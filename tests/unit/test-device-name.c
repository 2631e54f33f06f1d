/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <libiova/host.h>

static void assert_name(const char *text, const char *expected)
{
	char name[IOVA_DEVICE_NAME_MAX];

	assert_int_equal(iova_device_name_parse(text, &name), 0);
	assert_string_equal(name, expected);
}

static void address_is_brought_into_the_form_of_sysfs(void **state)
{
	(void)state;
	assert_name("0000:00:1f.0", "0000:00:1f.0");
	assert_name("00:1f.0", "0000:00:1f.0");
	assert_name("FF:1F.7", "0000:ff:1f.7");
	assert_name("aBcD:eF:00.0", "abcd:ef:00.0");
	/* domains of more than 16 bits: VMD and Hyper-V have them */
	assert_name("10000:e1:00.0", "10000:e1:00.0");
	assert_name("00010000:e1:00.0", "10000:e1:00.0");
	assert_name("ffffffff:00:00.0", "ffffffff:00:00.0");
	assert_name("00000000:01:02.3", "0000:01:02.3");
}

static void what_is_no_pci_address_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		":",
		"0",
		"00",
		"00:",
		"00:1f",
		"00:1f.",
		"00:1f.8",
		"00:20.0",
		"0:1f.0",
		"000:1f.0",
		"00:1.0",
		"00:1ff.0",
		"00:1f.00",
		"00:1f.0 ",
		" 00:1f.0",
		"00-1f.0",
		"00:1f:0",
		"000:00:1f.0",
		"0000:00:1f",
		"0000:00:1f.8",
		"0000:00:20.0",
		"0000:0:1f.0",
		"0000:000:1f.0",
		"000000000:00:1f.0",
		"100000000:00:1f.0",
		"0000::00:1f.0",
		"0000:00:1f.0\n",
		"0x00:1f.0",
		"g0:1f.0",
		"0000:00:1f.0.0",
		"0000:0000:00:1f.0",
		"+0:1f.0",
		"-1:1f.0",
		"pci-stub",
		"00:1f.\xc0",
		"0000:00:1f.0:",
		"0000.00.1f.0",
		".",
		"0000:00:1g.0",
		"@0:1f.0",
		"`0:1f.0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char name[IOVA_DEVICE_NAME_MAX] = "untouched";

		if (iova_device_name_parse(texts[i], &name) != -EINVAL)
			fail_msg("taken: %s", texts[i]);
		assert_string_equal(name, "untouched");
	}
}

static void null_is_refused(void **state)
{
	char name[IOVA_DEVICE_NAME_MAX];

	(void)state;
	assert_int_equal(iova_device_name_parse(NULL, &name), -EINVAL);
	assert_int_equal(iova_device_name_parse("00:00.0", NULL), -EINVAL);
}

static void every_slot_and_function_comes_back_as_it_was(void **state)
{
	char text[32];

	(void)state;
	for (unsigned int slot = 0; slot < 32; slot++) {
		for (unsigned int function = 0; function < 8; function++) {
			snprintf(text, sizeof text, "%04x:%02x:%02x.%x", slot * 2047, slot * 8,
				 slot, function);
			assert_name(text, text);
			snprintf(text, sizeof text, "0000:%02x:%02x.%x", slot * 8, slot, function);
			assert_name(text + 5, text);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_is_brought_into_the_form_of_sysfs),
		cmocka_unit_test(what_is_no_pci_address_is_refused),
		cmocka_unit_test(null_is_refused),
		cmocka_unit_test(every_slot_and_function_comes_back_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

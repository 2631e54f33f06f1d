/* SPDX-License-Identifier: BSD-3-Clause */
/* The one file that says what three others say of a PCI device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "host/host.h"

static const struct iova_device_info untouched = {
	.vendor = 0x1111, .device = 0x2222, .class_code = 0x333333, .name = "0000:00:00.0"
};

static void numbers_are_taken_from_their_fields(void **state)
{
	static const struct {
		const char *text;
		uint32_t vendor, device, class_code;
	} rows[] = {
		{ "pci:v00008086d00001533sv00008086sd00000001bc02sc00i00\n", 0x8086, 0x1533,
		  0x020000 },
		{ "pci:v00001B36d0000000Dsv00001AF4sd00001100bc0Csc03i30\n", 0x1b36, 0x000d,
		  0x0c0330 },
		{ "pci:v0000abcdd0000efffsv00000000sd00000000bcffscffiff\n", 0xabcd, 0xefff,
		  0xffffff },
		{ "pci:v00000000d00000000svFFFFFFFFsdFFFFFFFFbc00sc00i01\n", 0, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct iova_device_info device = untouched;

		assert_true(iova_modalias_parse_(rows[i].text, &device));
		assert_int_equal(device.vendor, rows[i].vendor);
		assert_int_equal(device.device, rows[i].device);
		assert_int_equal(device.class_code, rows[i].class_code);
		assert_string_equal(device.name, untouched.name);
	}
}

static void assert_refused(const char *text)
{
	struct iova_device_info device = untouched;

	assert_false(iova_modalias_parse_(text, &device));
	assert_memory_equal(&device, &untouched, sizeof device);
}

static void what_is_cut_or_changed_anywhere_is_refused(void **state)
{
	static const char right[] = "pci:v00008086d00001533sv00008086sd00000001bc02sc00i00\n";
	char text[sizeof right + 1];

	(void)state;
	for (size_t n = 0; n < sizeof right - 1; n++) {
		memcpy(text, right, sizeof right);
		text[n] = '\0';
		assert_refused(text);
		memcpy(text, right, sizeof right);
		text[n] = 'x';
		assert_refused(text);
		/* a character less, and one more */
		memcpy(text + n, right + n + 1, sizeof right - n - 1);
		assert_refused(text);
		memcpy(text, right, n);
		text[n] = '0';
		memcpy(text + n + 1, right + n, sizeof right - n);
		assert_refused(text);
	}
}

static void names_of_other_buses_are_refused(void **state)
{
	(void)state;
	assert_refused("platform:fe5b0000.usb\n");
	assert_refused("of:NusbT(null)Csnps,dwc3\n");
	assert_refused("virtio:d00000001v00001AF4\n");
	assert_refused("\n");
	assert_refused("pci:v0x008086d00001533sv00008086sd00000001bc02sc00i00\n");
	assert_refused("pci:v -08086d00001533sv00008086sd00000001bc02sc00i00\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_taken_from_their_fields),
		cmocka_unit_test(what_is_cut_or_changed_anywhere_is_refused),
		cmocka_unit_test(names_of_other_buses_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

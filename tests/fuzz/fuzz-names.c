/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is a name: of a device, as a user writes it, and of a group, as a
 * directory is called. Both are told once more by a table of shapes.
 */
#include "fuzz.h"
#include "host/host.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>

/* Whether a text has a shape, in which x stands for a digit of base 16. */
static bool has_shape(const char *text, const char *shape)
{
	for (; *shape; shape++, text++)
		if (*shape == 'x' ? !isxdigit((unsigned char)*text) : *text != *shape)
			return false;
	return !*text;
}

/* The name in full, or false. */
static bool expect_device(const char *text, char *ret_name, size_t size)
{
	static const char *const shapes[] = { "xx:xx.x",         "xxxx:xx:xx.x",
					      "xxxxx:xx:xx.x",   "xxxxxx:xx:xx.x",
					      "xxxxxxx:xx:xx.x", "xxxxxxxx:xx:xx.x" };
	bool found = false;
	size_t n = strlen(text);
	unsigned long domain;

	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		found = found || has_shape(text, shapes[i]);
	if (!found || strtoul(text + n - 4, NULL, 16) > 31 || strtoul(text + n - 1, NULL, 16) > 7)
		return false;
	domain = n > 7 ? strtoul(text, NULL, 16) : 0;
	snprintf(ret_name, size, "%04lx:%s", domain, text + n - 7);
	for (char *c = ret_name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return true;
}

static bool expect_group(const char *text, uint32_t *ret_group)
{
	size_t n = strspn(text, "0123456789");
	unsigned long long number = strtoull(text, NULL, 10);

	if (!n || text[n] || number >= IOVA_GROUP_NONE)
		return false;
	*ret_group = (uint32_t)number;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[IOVA_DEVICE_NAME_MAX], again[IOVA_DEVICE_NAME_MAX], expected[64];
	char *text = (char *)copy_and_fill(data, size, 0, 0);
	uint32_t group = 77, expected_group;

	text[size] = '\0';
	memset(name, 0x5a, sizeof name);
	if (expect_device(text, expected, sizeof expected)) {
		CHECK(!iova_device_name_parse(text, &name));
		CHECK(!strcmp(name, expected));
		CHECK(!iova_device_name_parse(name, &again) && !strcmp(name, again));
	} else {
		CHECK(iova_device_name_parse(text, &name) == -EINVAL);
		CHECK(name[0] == 0x5a);
	}
	if (expect_group(text, &expected_group)) {
		CHECK(!iova_group_number_(text, &group) && group == expected_group);
	} else {
		CHECK(iova_group_number_(text, &group) == -EINVAL);
		CHECK(group == 77);
	}
	free(text);
	return 0;
}

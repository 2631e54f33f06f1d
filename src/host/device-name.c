/* SPDX-License-Identifier: BSD-3-Clause */
#include <libiova/host.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

/* Between min and max hexadecimal digits. */
static bool take_hex(const char **text, int min, int max, uint32_t *ret_value)
{
	uint32_t value = 0;
	int n = 0;

	for (; n < max; n++, (*text)++) {
		char c = **text;

		if (c >= '0' && c <= '9')
			value = value << 4 | (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value = value << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
		else
			break;
	}
	*ret_value = value;
	return n >= min;
}

static bool take(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

/* "BB:DD.F"; a PCI bus has 32 devices (5 bits) of 8 functions (3 bits). */
static bool take_slot(const char **text, uint32_t *bus, uint32_t *slot, uint32_t *function)
{
	return take_hex(text, 2, 2, bus) && take(text, ':') && take_hex(text, 2, 2, slot) &&
	       *slot < 32 && take(text, '.') && take_hex(text, 1, 1, function) && *function < 8 &&
	       !**text;
}

IOVA_API int iova_device_name_parse(const char *text, char (*ret_name)[IOVA_DEVICE_NAME_MAX])
{
	uint32_t domain = 0, bus, slot, function;
	const char *rest = text;

	if (!text || !ret_name)
		return -EINVAL;
	if (!take_slot(&rest, &bus, &slot, &function)) {
		rest = text;
		if (!take_hex(&rest, 4, 8, &domain) || !take(&rest, ':') ||
		    !take_slot(&rest, &bus, &slot, &function))
			return -EINVAL;
	}
	snprintf(*ret_name, sizeof *ret_name, "%04x:%02x:%02x.%x", (unsigned)domain, (unsigned)bus,
		 (unsigned)slot, (unsigned)function);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One device as sysfs shows it. On a large machine most of the time to read it
 * goes into opening files of devices, so the fewer are opened, the better.
 */
#include "base/text.h"
#include "host/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A driver that VFIO allows beside it in a group. Linux from 5.19 asks the
 * driver itself (driver_managed_dma: the VFIO drivers, pci-stub, pcieport); before, type1
 * looked for pci-stub and for bridges, whose only common driver is pcieport.
 */
static bool driver_is_harmless(const char *driver)
{
	return !driver[0] || strstr(driver, "vfio") || !strcmp(driver, "pci-stub") ||
	       !strcmp(driver, "pcieport");
}

static void member_path(char path[IOVA_HOST_PATH_SIZE], const struct iova_device_info *device,
			const char *attribute)
{
	snprintf(path, IOVA_HOST_PATH_SIZE, IOVA_GROUPS_DIR "/%u/devices/%s/%s",
		 (unsigned)device->group, device->name, attribute);
}

/* The member link first: it serves every bus. A recorded tree may lack its target. */
static int64_t read_attribute(const struct iova_reader *reader,
			      const struct iova_device_info *device, const char *attribute,
			      bool is_link, char *text, size_t size)
{
	char path[IOVA_HOST_PATH_SIZE];
	int64_t r = -ENOENT;

	for (int i = 0; i < 2 && r < 0; i++) {
		if (i == 0)
			member_path(path, device, attribute);
		else
			snprintf(path, sizeof path, "sys/bus/pci/devices/%s/%s", device->name,
				 attribute);
		r = is_link ? iova_sys_read_link_(reader->sys, reader->root, path, text, size) :
			      iova_sys_read_text_(reader->sys, reader->root, path, text, size);
	}
	return r;
}

static uint32_t read_number(const struct iova_reader *reader, const struct iova_device_info *device,
			    const char *attribute)
{
	char text[32];

	if (read_attribute(reader, device, attribute, false, text, sizeof text) <= 0)
		return 0;
	return (uint32_t)strtoul(text, NULL, 16);
}

/* A key and as many digits as the kernel prints. Moves on behind them if they are there. */
static bool take_field(const char **at, const char *key, size_t digits, uint32_t *ret_number)
{
	size_t n = strlen(key);
	char text[9] = "";

	if (strncmp(*at, key, n))
		return false;
	memcpy(text, *at + n, strnlen(*at + n, digits));
	if (strspn(text, "0123456789abcdefABCDEF") != digits)
		return false;
	*ret_number = (uint32_t)strtoul(text, NULL, 16);
	*at += n + digits;
	return true;
}

/*
 * drivers/pci/pci-sysfs.c: modalias_show prints what vendor_show, device_show and class_show
 * print, in one file in the place of three.
 */
bool iova_modalias_parse_(const char *text, struct iova_device_info *device)
{
	uint32_t vendor, id, ignored, base, sub, interface;

	if (!take_field(&text, "pci:v", 8, &vendor) || !take_field(&text, "d", 8, &id) ||
	    !take_field(&text, "sv", 8, &ignored) || !take_field(&text, "sd", 8, &ignored) ||
	    !take_field(&text, "bc", 2, &base) || !take_field(&text, "sc", 2, &sub) ||
	    !take_field(&text, "i", 2, &interface) || strcmp(text, "\n"))
		return false;
	device->vendor = vendor;
	device->device = id;
	device->class_code = base << 16 | sub << 8 | interface;
	return true;
}

/*
 * A recorded machine, and a simulated one, may have the three files alone. Then none of its
 * devices has the one, so it is not looked for again.
 */
static bool read_modalias(struct iova_reader *reader, struct iova_device_info *device)
{
	char path[IOVA_HOST_PATH_SIZE], text[80];
	int64_t r;

	if (reader->no_modalias)
		return false;
	member_path(path, device, "modalias");
	r = iova_sys_read_text_(reader->sys, reader->root, path, text, sizeof text);
	reader->no_modalias = r == -ENOENT;
	return r > 0 && iova_modalias_parse_(text, device);
}

void iova_device_read_(struct iova_reader *reader, struct iova_device_info *device)
{
	char target[256];

	if (!read_modalias(reader, device)) {
		device->vendor = read_number(reader, device, "vendor");
		device->device = read_number(reader, device, "device");
		device->class_code = read_number(reader, device, "class");
	}
	if (read_attribute(reader, device, "driver", true, target, sizeof target) > 0) {
		const char *slash = strrchr(target, '/');

		iova_text_copy_(device->driver, sizeof device->driver, slash ? slash + 1 : target);
	}
	device->blocks = !driver_is_harmless(device->driver);
}

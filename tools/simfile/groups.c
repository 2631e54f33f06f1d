/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups, their devices and their regions. */
#include "private.h"

#include <errno.h>
#include <inttypes.h>

#define NAME_MOST 63 /* characters of a device's or a driver's name */
#define WORD_MOST 31 /* of a type's */

struct group {
	uint32_t id;
	const char *type;
	struct json_object *iommu, *regions, *devices;
};

static const struct field group_fields[] = {
	FIELD("id", U32, struct group, id, .required = true, .most = INT32_MAX),
	FIELD("type", TOKEN, struct group, type, .most = WORD_MOST),
	FIELD("iommu", MAP, struct group, iommu),
	FIELD("regions", LIST, struct group, regions),
	FIELD("devices", LIST, struct group, devices),
};

struct device {
	const char *address, *driver;
	uint32_t vendor, device, class_code;
	struct json_object *regions;
};

static const struct field device_fields[] = {
	FIELD("address", TOKEN, struct device, address, .required = true, .most = NAME_MOST),
	FIELD("vendor", U32, struct device, vendor, .required = true, .most = 0xffff),
	FIELD("device", U32, struct device, device, .required = true, .most = 0xffff),
	FIELD("class", U32, struct device, class_code, .required = true, .most = 0xffffff),
	FIELD("driver", DRIVER, struct device, driver, .most = NAME_MOST),
	FIELD("regions", LIST, struct device, regions),
};

struct region {
	struct iova_range range;
	const char *type;
};

static const struct field region_fields[] = {
	FIELD("start", U64, struct region, range.start, .required = true, .most = UINT64_MAX),
	FIELD("last", U64, struct region, range.last, .required = true, .most = UINT64_MAX),
	FIELD("type", TOKEN, struct region, type, .required = true, .most = WORD_MOST),
};

static int read_region(const struct reader *reader, const struct place *place,
		       struct json_object *json, struct region *region)
{
	int r = read_fields_(reader, place, json, region_fields, N_FIELDS(region_fields), region);

	if (r == 0 && region->range.start > region->range.last)
		return wrong_(reader, place, "\"start\" is above \"last\"");
	return r;
}

/* The regions of a group, or of a device if there is one. */
static int build_regions(struct reader *reader, const struct place *up, struct json_object *list,
			 uint32_t group, const char *device)
{
	const struct place here = { .up = up, .key = "regions" };
	size_t n;
	int r = check_length_(reader, &here, list, &n);

	for (size_t i = 0; i < n && r == 0; i++) {
		const struct place element = { .up = &here, .index = i };
		struct region region;

		r = read_region(reader, &element, json_object_array_get_idx(list, i), &region);
		if (r < 0)
			return r;
		if (reader->n_regions++ == SIMFILE_REGIONS_MAX)
			return wrong_(reader, &element, "more than %d regions",
				      SIMFILE_REGIONS_MAX);
		if (device)
			r = iova_sim_add_device_region(reader->sim, device, region.range.start,
						       region.range.last, region.type);
		else
			r = iova_sim_add_region(reader->sim, group, region.range.start,
						region.range.last, region.type);
		if (r < 0)
			return refused_(reader, &element, r);
	}
	return r;
}

static int build_device(struct reader *reader, const struct place *place, struct json_object *json,
			uint32_t group)
{
	const struct place address = { .up = place, .key = "address" };
	struct device device = { 0 };
	int r = read_fields_(reader, place, json, device_fields, N_FIELDS(device_fields), &device);

	if (r < 0)
		return r;
	if (reader->n_devices++ == SIMFILE_DEVICES_MAX)
		return wrong_(reader, place, "more than %d devices", SIMFILE_DEVICES_MAX);
	r = iova_sim_add_device(reader->sim, group, device.address, device.vendor, device.device,
				device.class_code, device.driver);
	if (r == -EEXIST)
		return wrong_(reader, &address, "there is a device %s already", device.address);
	if (r < 0)
		return refused_(reader, place, r);
	return build_regions(reader, place, device.regions, 0, device.address);
}

int build_free_device_(struct reader *reader, const struct place *place, struct json_object *json)
{
	return build_device(reader, place, json, IOVA_SIM_NO_GROUP);
}

/* A new group, or one of the preset, which gets more. */
static int add_group(struct reader *reader, const struct place *place, const struct group *group)
{
	const struct place id = { .up = place, .key = "id" }, type = { .up = place, .key = "type" };
	int r;

	for (size_t i = 0; i < place->index; i++)
		if (reader->groups[i] == group->id)
			return wrong_(reader, &id,
				      "group %" PRIu32 " is described already, in groups[%zu]",
				      group->id, i);
	reader->groups[place->index] = group->id;
	r = iova_sim_add_group(reader->sim, group->id, group->type ? group->type : "DMA");
	if (r != -EEXIST)
		return r < 0 ? refused_(reader, place, r) : 0;
	if (group->type)
		return wrong_(reader, &type,
			      "group %" PRIu32 " is of the preset and keeps its type", group->id);
	return 0;
}

static int build_devices(struct reader *reader, const struct place *up, struct json_object *list,
			 uint32_t group)
{
	const struct place here = { .up = up, .key = "devices" };
	size_t n;
	int r = check_length_(reader, &here, list, &n);

	for (size_t i = 0; i < n && r == 0; i++) {
		const struct place element = { .up = &here, .index = i };

		r = build_device(reader, &element, json_object_array_get_idx(list, i), group);
	}
	return r;
}

int build_group_(struct reader *reader, const struct place *place, struct json_object *json)
{
	const struct place iommu = { .up = place, .key = "iommu" };
	struct group group = { 0 };
	int r = read_fields_(reader, place, json, group_fields, N_FIELDS(group_fields), &group);

	if (r == 0)
		r = add_group(reader, place, &group);
	if (r == 0 && group.iommu)
		r = build_iommu_(reader, &iommu, group.iommu, group.id);
	if (r == 0)
		r = build_regions(reader, place, group.regions, group.id, NULL);
	if (r == 0)
		r = build_devices(reader, place, group.devices, group.id);
	return r;
}

/* Drivers by the address of their device. */
int build_drivers_(struct reader *reader, const struct place *place, struct json_object *json)
{
	static const struct field driver_field =
		FIELD("", DRIVER, struct device, driver, .most = NAME_MOST);

	json_object_object_foreach(json, address, value)
	{
		const struct place here = { .up = place, .key = address };
		struct device device;
		int r = read_value_(reader, &here, value, &driver_field, &device);

		if (r < 0)
			return r;
		r = iova_sim_bind(reader->sim, address, device.driver);
		if (r == -ENOENT)
			return wrong_(reader, &here, "there is no such device");
		if (r < 0)
			return refused_(reader, &here, r);
	}
	return 0;
}

int build_removed_(struct reader *reader, const struct place *place, struct json_object *json)
{
	static const struct field address_field =
		FIELD("", TOKEN, struct device, address, .most = NAME_MOST);
	struct device device;
	int r = read_value_(reader, place, json, &address_field, &device);

	if (r < 0)
		return r;
	r = iova_sim_remove_device(reader->sim, device.address);
	if (r == -ENOENT)
		return wrong_(reader, place, "there is no device %s", device.address);
	return r < 0 ? refused_(reader, place, r) : 0;
}

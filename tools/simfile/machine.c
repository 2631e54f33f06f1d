/* SPDX-License-Identifier: BSD-3-Clause */
/* The host as a whole: its kernel, its IOMMUs and its memory. */
#include "private.h"

#include <errno.h>

/* What stands at the top of a description. */
struct host {
	const char *preset;
	struct json_object *kernel, *iommu, *memory, *drivers;
	struct json_object *bad_memory, *groups, *devices, *removed, *files, *replies, *calls,
		*allocations;
};

static const struct field host_fields[] = {
	FIELD("preset", TEXT, struct host, preset),
	FIELD("kernel", ANY, struct host, kernel),
	FIELD("iommu", MAP, struct host, iommu),
	FIELD("memory", MAP, struct host, memory),
	FIELD("bad_memory", LIST, struct host, bad_memory),
	FIELD("groups", LIST, struct host, groups),
	FIELD("devices", LIST, struct host, devices),
	FIELD("drivers", MAP, struct host, drivers),
	FIELD("removed", LIST, struct host, removed),
	FIELD("files", LIST, struct host, files),
	FIELD("replies", LIST, struct host, replies),
	FIELD("calls", LIST, struct host, calls),
	FIELD("allocations", LIST, struct host, allocations),
};

struct kernel {
	const char *release;
	struct iova_sim_kernel features;
};

#define FEATURE(name) FIELD(#name, FLAG, struct kernel, features.name)

static const struct field kernel_fields[] = {
	FIELD("release", TEXT, struct kernel, release),
	FEATURE(type1),
	FEATURE(has_cap_offset),
	FEATURE(has_list),
	FEATURE(has_migration),
	FEATURE(has_avail),
	FEATURE(padded),
	FEATURE(enforces),
	FEATURE(has_unmap_all),
	FEATURE(has_nesting),
	FEATURE(claims_owner),
	FEATURE(tells_kind),
	FEATURE(revokes_group),
	FIELD("direct", WORD, struct kernel, features.direct, .words = &direct_words),
	FEATURE(top_defect),
	FEATURE(early_wrap),
	FEATURE(has_relaxable),
	FEATURE(has_group_type),
	FEATURE(has_regions),
	FEATURE(unsafe_interrupts),
	FIELD("entry_limit", U32, struct kernel, features.entry_limit, .most = UINT32_MAX),
	FEATURE(iommufd),
	FEATURE(iommufd_container),
	FEATURE(unsafe_iommufd),
	FEATURE(without_groups),
	FEATURE(noiommu),
	FEATURE(has_iommufd),
	FEATURE(has_cdevs),
	FEATURE(has_vfio_dev),
	FEATURE(has_hw_info),
	FEATURE(has_file_maps),
	FEATURE(reserves_device),
	FEATURE(unmaps_nothing),
};

struct iommu {
	uint32_t bits;
	struct iova_sim_iommu parts;
};

static const struct field iommu_fields[] = {
	FIELD("bits", U32, struct iommu, bits, .least = 1, .most = 64),
	FIELD("start", U64, struct iommu, parts.aperture_start, .most = UINT64_MAX),
	FIELD("last", U64, struct iommu, parts.aperture_last, .most = UINT64_MAX),
	FIELD("map_last", U64, struct iommu, parts.map_last, .most = UINT64_MAX),
	FIELD("page_sizes", U64, struct iommu, parts.page_sizes, .least = 1, .most = UINT64_MAX),
	FIELD("remaps_interrupts", FLAG, struct iommu, parts.remaps_interrupts),
	FIELD("coherent", FLAG, struct iommu, parts.coherent),
	FIELD("hw_type", U32, struct iommu, parts.hw_type, .most = UINT32_MAX),
};

static const struct field memory_fields[] = {
	FIELD("page_size", U64, struct iova_sys_memory, page_size, .least = 1, .most = 1u << 30),
	FIELD("limit", U64, struct iova_sys_memory, limit, .most = UINT64_MAX),
	FIELD("locked", U64, struct iova_sys_memory, locked, .most = UINT64_MAX),
	FIELD("ipc_lock", FLAG, struct iova_sys_memory, exempt),
};

static const struct field range_fields[] = {
	FIELD("start", U64, struct iova_range, start, .required = true, .most = UINT64_MAX),
	FIELD("last", U64, struct iova_range, last, .required = true, .most = UINT64_MAX),
};

/* The name of a preset that is not there, and those that are. */
static int unknown_preset(const struct reader *reader, const struct place *place, const char *name)
{
	const char *const *presets = iova_sim_presets(), *nearest;
	char names[300];
	size_t n = 0;

	while (presets[n])
		n++;
	simfile_list(names, sizeof names, presets);
	nearest = simfile_nearest(name, presets, n);
	return wrong_(reader, place, "unknown preset%s%s%s; there are: %s",
		      nearest ? "; is \"" : "", nearest ? nearest : "", nearest ? "\" meant" : "",
		      names);
}

static int new_host(struct reader *reader, const char *preset)
{
	const struct place here = { .key = "preset" };
	int r = preset ? iova_sim_new_preset(preset, &reader->sim) : iova_sim_new(&reader->sim);

	reader->has_preset = preset != NULL;
	if (r == -ENOENT)
		return unknown_preset(reader, &here, preset);
	return r < 0 ? refused_(reader, &here, r) : 0;
}

static int build_release(const struct reader *reader, const struct place *place,
			 struct json_object *json, struct iova_sim_kernel *kernel)
{
	int r = iova_sim_kernel_of(json_object_get_string(json), kernel);

	if (r == -ENOENT)
		return wrong_value_(reader, place,
				    "a release that the model knows, such as \"6.12\"", json);
	return r < 0 ? refused_(reader, place, r) : 0;
}

/* Read once for the release, and again for the features on top of those of the release. */
static int build_features(struct reader *reader, const struct place *place,
			  struct json_object *json, struct kernel *kernel)
{
	const struct place release = { .up = place, .key = "release" };
	int r = read_fields_(reader, place, json, kernel_fields, N_FIELDS(kernel_fields), kernel);

	if (r < 0 || !kernel->release)
		return r;
	r = build_release(reader, &release, json_object_object_get(json, "release"),
			  &kernel->features);
	if (r < 0)
		return r;
	return read_fields_(reader, place, json, kernel_fields, N_FIELDS(kernel_fields), kernel);
}

/* Just a release, or an object. */
static int build_kernel(struct reader *reader, struct json_object *json)
{
	const struct place here = { .key = "kernel" };
	struct kernel kernel = { .features.size = sizeof kernel.features };
	int r = iova_sim_get_kernel(reader->sim, &kernel.features);

	if (r < 0)
		return refused_(reader, &here, r);
	if (json_object_is_type(json, json_type_string))
		r = build_release(reader, &here, json, &kernel.features);
	else if (!json_object_is_type(json, json_type_object))
		return wrong_value_(reader, &here, "a release or an object", json);
	else
		r = build_features(reader, &here, json, &kernel);
	if (r < 0)
		return r;
	r = iova_sim_set_kernel(reader->sim, &kernel.features);
	return r < 0 ? refused_(reader, &here, r) : 0;
}

int build_iommu_(struct reader *reader, const struct place *place, struct json_object *json,
		 uint32_t group)
{
	bool bits = has_key_(json, "bits"), last = has_key_(json, "last");
	struct iommu iommu = { .bits = 48, .parts.size = sizeof iommu.parts };
	int r = read_fields_(reader, place, json, iommu_fields, N_FIELDS(iommu_fields), &iommu);

	if (r < 0)
		return r;
	if (bits == last)
		return wrong_(reader, place, "one of the keys \"bits\" and \"last\" is needed%s",
			      bits ? ", and not both" : "");
	r = iova_sim_iommu_of_width(iommu.bits, &iommu.parts);
	if (r == 0)
		r = read_fields_(reader, place, json, iommu_fields, N_FIELDS(iommu_fields), &iommu);
	if (r < 0)
		return refused_(reader, place, r);
	if (last && !has_key_(json, "map_last"))
		iommu.parts.map_last = iommu.parts.aperture_last;
	if (iommu.parts.aperture_start > iommu.parts.aperture_last)
		return wrong_(reader, place, "\"start\" is above the last address");
	r = iova_sim_set_iommu(reader->sim, group, &iommu.parts);
	return r < 0 ? refused_(reader, place, r) : 0;
}

static int build_memory(struct reader *reader, struct json_object *json)
{
	const struct place here = { .key = "memory" };
	const struct iova_sys *sys = iova_sim_sys(reader->sim);
	struct iova_sys_memory memory = { 0 };
	int r = sys->memory(sys->data, &memory);

	if (r < 0)
		return refused_(reader, &here, r);
	r = read_fields_(reader, &here, json, memory_fields, N_FIELDS(memory_fields), &memory);
	if (r < 0)
		return r;
	if (memory.page_size & (memory.page_size - 1))
		return wrong_(reader, &here, "\"page_size\" is no power of two");
	r = iova_sim_set_memory(reader->sim, &memory);
	return r < 0 ? refused_(reader, &here, r) : 0;
}

static int build_bad_memory(struct reader *reader, const struct place *place,
			    struct json_object *json)
{
	struct iova_range range;
	int r = read_fields_(reader, place, json, range_fields, N_FIELDS(range_fields), &range);

	if (r < 0)
		return r;
	if (range.start > range.last)
		return wrong_(reader, place, "\"start\" is above \"last\"");
	r = iova_sim_add_bad_memory(reader->sim, range.start, range.last);
	return r < 0 ? refused_(reader, place, r) : 0;
}

/* Files are looked up on the host as it is then, and calls and allocations count from then on. */
static int build_rest(struct reader *reader, const struct host *host)
{
	const struct place drivers = { .key = "drivers" };
	int r = each_element_(reader, "groups", host->groups, build_group_);

	if (r == 0)
		r = each_element_(reader, "devices", host->devices, build_free_device_);
	if (r == 0 && host->drivers)
		r = build_drivers_(reader, &drivers, host->drivers);
	if (r == 0)
		r = each_element_(reader, "removed", host->removed, build_removed_);
	if (r == 0)
		r = each_element_(reader, "files", host->files, build_file_);
	if (r == 0)
		r = each_element_(reader, "replies", host->replies, build_reply_);
	if (r == 0)
		r = each_element_(reader, "calls", host->calls, build_call_);
	if (r == 0)
		r = each_element_(reader, "allocations", host->allocations, build_allocation_);
	return r;
}

int build_(struct reader *reader, struct json_object *tree)
{
	const struct place iommu = { .key = "iommu" };
	struct host host = { 0 };
	int r = read_fields_(reader, NULL, tree, host_fields, N_FIELDS(host_fields), &host);

	if (r == 0)
		r = new_host(reader, host.preset);
	if (r == 0 && has_key_(tree, "kernel"))
		r = build_kernel(reader, host.kernel);
	if (r == 0 && host.iommu)
		r = build_iommu_(reader, &iommu, host.iommu, IOVA_SIM_ALL_GROUPS);
	if (r == 0 && host.memory)
		r = build_memory(reader, host.memory);
	if (r == 0)
		r = each_element_(reader, "bad_memory", host.bad_memory, build_bad_memory);
	return r < 0 ? r : build_rest(reader, &host);
}

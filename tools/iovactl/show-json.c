/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "json.h"
#include "report.h"
#include "show.h"
#include "text.h"

static struct json_object *string_or_null(const char *text)
{
	return *text ? json_object_new_string(text) : NULL;
}

static struct json_object *device_object(const struct iova_device_info *info)
{
	struct json_object *object = json_object_new_object();
	char text[16];

	json_object_object_add(object, "address", json_object_new_string(info->name));
	snprintf(text, sizeof text, "0x%04" PRIx32, info->vendor);
	json_object_object_add(object, "vendor", string_or_null(info->vendor ? text : ""));
	snprintf(text, sizeof text, "0x%04" PRIx32, info->device);
	json_object_object_add(object, "device", string_or_null(info->device ? text : ""));
	snprintf(text, sizeof text, "0x%06" PRIx32, info->class_code);
	json_object_object_add(object, "class", string_or_null(info->class_code ? text : ""));
	json_object_object_add(object, "driver", string_or_null(info->driver));
	json_object_object_add(object, "blocks", json_object_new_boolean(info->blocks != 0));
	return object;
}

static struct json_object *devices_array(const struct iova_host *host, uint32_t group)
{
	struct json_object *array = json_object_new_array();
	struct iova_device_info info = { .size = sizeof info };

	for (size_t i = 0; iova_host_nth_device(host, group, i, &info) == 0; i++)
		json_object_array_add(array, device_object(&info));
	return array;
}

static struct json_object *regions_array(const struct iova_host *host, uint32_t group)
{
	struct json_object *array = json_object_new_array(), *object;
	struct iova_region region;

	for (size_t i = 0; iova_host_nth_region(host, group, i, &region) == 0; i++) {
		object = json_range(&region.range);
		json_object_object_add(object, "type",
				       json_object_new_string(iova_region_type_text(region.type)));
		json_object_object_add(object, "word", json_object_new_string(region.word));
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *groups_array(const struct target *target)
{
	struct json_object *array = json_object_new_array(), *object;
	struct iova_group_info info = { .size = sizeof info };

	for (size_t i = 0; i < target->n_groups; i++) {
		if (iova_host_find_group(target->host, target->groups[i], &info) < 0)
			continue;
		object = json_object_new_object();
		json_object_object_add(object, "id", json_object_new_int64(info.id));
		json_object_object_add(object, "type", string_or_null(info.type));
		json_object_object_add(object, "devices", devices_array(target->host, info.id));
		json_object_object_add(object, "regions", regions_array(target->host, info.id));
		json_object_object_add(object, "regions_state",
				       json_object_new_string(regions_state_text(info.regions)));
		if (info.devices_error)
			json_object_object_add(object, "devices_errno",
					       json_object_new_string(
						       error_name(info.devices_error)));
		if (info.error)
			json_object_object_add(object, "regions_errno",
					       json_object_new_string(error_name(info.error)));
		json_object_array_add(array, object);
	}
	return array;
}

/* The segments of a tier, each with its reasons. */
static struct json_object *tier_array(const struct iova_space *space, uint32_t tier)
{
	struct json_object *array = json_object_new_array(), *object, *reasons;
	struct iova_conflict reason;
	struct iova_segment segment;

	for (size_t i = 0; iova_space_nth_segment(space, i, &segment) == 0; i++) {
		if (segment.tier != tier)
			continue;
		object = json_range(&segment.range);
		reasons = json_object_new_array();
		for (size_t j = 0; iova_space_nth_reason(space, i, j, &reason) == 0; j++)
			json_object_array_add(reasons, json_conflict(&reason));
		json_object_object_add(object, "reasons", reasons);
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *numbers_array(const uint32_t *numbers, size_t n)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < n; i++)
		json_object_array_add(array, json_object_new_int64(numbers[i]));
	return array;
}

static void add_kernel(struct json_object *document, const struct target *target)
{
	struct iova_explanation words;

	json_object_object_add(document, "kernel",
			       target->list == IOVA_LIST_RANGES ? json_ranges(target->kernel) :
								  NULL);
	json_object_object_add(document, "backend",
			       target->ctx ? json_object_new_string(backend_text(target->backend)) :
					     NULL);
	json_object_object_add(document, "kernel_state",
			       json_object_new_string(target_kernel_state(target)));
	json_object_object_add(document, "kernel_groups",
			       numbers_array(target->attached, target->n_attached));
	if (target->failure.step && iova_explain(&target->failure, target->host, &words) == 0)
		json_object_object_add(document, "kernel_failure",
				       json_error(step_text(target->failure.step),
						  target->failure.error, words.cause,
						  words.remedy));
}

/* Usable ranges are those of the tier and not segments: what lies together is one range. */
static int add_usable(struct json_object *document, const struct iova_space *space)
{
	struct iova_set *set = NULL;
	int r = iova_set_new(&set);

	if (r == 0)
		r = iova_space_read_tier(space, IOVA_TIER_USABLE, set);
	if (r == 0)
		json_object_object_add(document, "usable", json_ranges(set));
	iova_set_free(set);
	return r;
}

enum status show_json(const struct target *target)
{
	struct json_object *document = json_object_new_object();
	const struct iova_space *space = target->space;
	int r;

	json_object_object_add(document, "policy",
			       json_object_new_string(policy_text(target->options->policy)));
	json_object_object_add(document, "granule",
			       json_object_new_int64((int64_t)iova_space_granule(space)));
	json_object_object_add(document, "top_known",
			       json_object_new_boolean(iova_space_top_known(space)));
	r = add_usable(document, space);
	if (r < 0) {
		json_object_put(document);
		return trouble_error(target->options, "reading the address space", r);
	}
	json_object_object_add(document, "avoid", tier_array(space, IOVA_TIER_AVOID));
	json_object_object_add(document, "refused", tier_array(space, IOVA_TIER_REFUSED));
	add_kernel(document, target);
	json_object_object_add(document, "groups", groups_array(target));
	json_print(document);
	return STATUS_FINE;
}

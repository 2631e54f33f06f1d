/* SPDX-License-Identifier: BSD-3-Clause */
#include "target.h"

#include <errno.h>
#include <stdlib.h>

#include "report.h"

/* Looks from the back, as groups mostly come in the order of their numbers. */
static void take(struct target *target, uint32_t group)
{
	size_t i = target->n_groups;

	while (i && target->groups[i - 1] > group)
		i--;
	if (i && target->groups[i - 1] == group)
		return;
	for (size_t j = target->n_groups++; j > i; j--)
		target->groups[j] = target->groups[j - 1];
	target->groups[i] = group;
}

static enum status take_group(struct target *target, uint32_t group)
{
	if (iova_host_find_group(target->host, group, NULL) < 0)
		return trouble(target->options, -ENOENT,
			       "iovactl show without --group lists the groups that there are.",
			       "--group %u: the machine has no such group", group);
	take(target, group);
	return STATUS_FINE;
}

static enum status take_device(struct target *target, const char *name)
{
	struct iova_device_info info = { .size = sizeof info };
	char parsed[IOVA_DEVICE_NAME_MAX];
	int r = iova_host_find_device(target->host, name, &info);

	if (r == 0 && info.group != IOVA_GROUP_NONE) {
		take(target, info.group);
		return STATUS_FINE;
	}
	/* only now: devices of other buses have names that are no PCI addresses */
	if (iova_device_name_parse(name, &parsed) < 0)
		return trouble(target->options, -EINVAL,
			       "Give an address such as 0000:00:1f.0; lspci -D lists them.",
			       "--device %s: not a PCI address, nor the name of another device",
			       name);
	return trouble(target->options, -ENOENT,
		       "iovactl show lists the devices that have a group; one that has none is not "
		       "behind an IOMMU.",
		       "--device %s: no group of the machine has such a device", name);
}

static enum status take_all(struct target *target)
{
	struct iova_group_info info = { .size = sizeof info };

	for (size_t i = 0; iova_host_nth_group(target->host, i, &info) == 0; i++)
		take(target, info.id);
	if (target->n_groups)
		return STATUS_FINE;
	return trouble(target->options, -ENODEV,
		       "Turn the IOMMU on in the firmware and, where the kernel needs it, with "
		       "intel_iommu=on on its command line; or look at another machine with "
		       "--root or --sim.",
		       "the machine has no IOMMU groups");
}

enum status target_select(struct target *target)
{
	const struct options *options = target->options;
	size_t room = iova_host_count_groups(target->host) + 1;
	enum status status = STATUS_FINE;

	target->groups = calloc(room, sizeof *target->groups);
	target->attached = calloc(room, sizeof *target->attached);
	if (!target->groups || !target->attached)
		return trouble_error(options, "selecting groups", -ENOMEM);
	target->named = options->n_groups || options->n_devices;
	if (!target->named)
		return take_all(target);
	for (size_t i = 0; i < options->n_groups && status == STATUS_FINE; i++)
		status = take_group(target, options->groups[i]);
	for (size_t i = 0; i < options->n_devices && status == STATUS_FINE; i++)
		status = take_device(target, options->devices[i]);
	return status;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "twin.h"

#include "uapi/vfio.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 512
#define TEXT_SIZE 4096

struct twin {
	struct iova_sim *sim;
	const char *directory;
};

/* Bytes of a file, with a NUL behind them; negative if it cannot be read. */
static int read_into(const struct twin *twin, const char *path, char text[TEXT_SIZE])
{
	char full[PATH_SIZE];
	size_t n;
	FILE *file;

	snprintf(full, sizeof full, "%s/%s", twin->directory, path);
	file = fopen(full, "re");
	if (!file)
		return -errno;
	n = fread(text, 1, TEXT_SIZE - 1, file);
	text[n] = '\0';
	fclose(file);
	return (int)n;
}

/* The last part of what a link leads to; "" if there is none. */
static void read_target(const struct twin *twin, const char *path, char name[PATH_SIZE])
{
	char full[PATH_SIZE], target[PATH_SIZE];
	const char *slash;
	ssize_t n;

	snprintf(full, sizeof full, "%s/%s", twin->directory, path);
	n = readlink(full, target, sizeof target - 1);
	target[n > 0 ? n : 0] = '\0';
	slash = strrchr(target, '/');
	snprintf(name, PATH_SIZE, "%s", slash ? slash + 1 : target);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Calls each for all names of a directory, in order: so were devices bound, which numbers their nodes. */
static int each_name(const struct twin *twin, const char *path,
		     int (*each)(const struct twin *twin, const char *name))
{
	char full[PATH_SIZE];
	struct dirent **entries;
	int n, r = 0;

	snprintf(full, sizeof full, "%s/%s", twin->directory, path);
	n = scandir(full, &entries, is_visible, alphasort);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		if (r >= 0)
			r = each(twin, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int add_regions(const struct twin *twin, uint32_t id, char *text)
{
	char *rest = NULL;
	int r = 0;

	for (char *line = strtok_r(text, "\n", &rest); line && r >= 0;
	     line = strtok_r(NULL, "\n", &rest)) {
		unsigned long long start, last;
		char word[32];

		if (sscanf(line, "%llx %llx %31s", &start, &last, word) != 3)
			return -EBADMSG;
		r = iova_sim_add_region(twin->sim, id, start, last, word);
	}
	return r;
}

static int add_group(const struct twin *twin, const char *name)
{
	uint32_t id = (uint32_t)strtoul(name, NULL, 10);
	char path[PATH_SIZE], text[TEXT_SIZE];
	int r;

	snprintf(path, sizeof path, "sys/kernel/iommu_groups/%.32s/type", name);
	r = read_into(twin, path, text);
	if (r < 0)
		return r;
	text[strcspn(text, "\n")] = '\0';
	r = iova_sim_add_group(twin->sim, id, text);
	if (r < 0)
		return r;
	snprintf(path, sizeof path, "sys/kernel/iommu_groups/%.32s/reserved_regions", name);
	r = read_into(twin, path, text);
	return r < 0 ? r : add_regions(twin, id, text);
}

static uint32_t read_number(const struct twin *twin, const char *device, const char *what)
{
	char path[PATH_SIZE], text[TEXT_SIZE];

	snprintf(path, sizeof path, "sys/bus/pci/devices/%.64s/%s", device, what);
	return read_into(twin, path, text) < 0 ? 0 : (uint32_t)strtoul(text, NULL, 16);
}

static int add_device(const struct twin *twin, const char *name)
{
	char path[PATH_SIZE], driver[PATH_SIZE], group[PATH_SIZE];

	snprintf(path, sizeof path, "sys/bus/pci/devices/%.64s/driver", name);
	read_target(twin, path, driver);
	snprintf(path, sizeof path, "sys/bus/pci/devices/%.64s/iommu_group", name);
	read_target(twin, path, group);
	return iova_sim_add_device(twin->sim,
				   *group ? (uint32_t)strtoul(group, NULL, 10) : IOVA_SIM_NO_GROUP,
				   name, read_number(twin, name, "vendor"),
				   read_number(twin, name, "device"),
				   read_number(twin, name, "class"), *driver ? driver : NULL);
}

static int set_kernel(const struct twin *twin)
{
	static const char parameters[] = "sys/module/vfio_iommu_type1/parameters";
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	char path[PATH_SIZE], text[TEXT_SIZE];
	const char *release = strrchr(twin->directory, '-');
	int r = release ? iova_sim_kernel_of(release + 1, &kernel) : -EINVAL;

	if (r < 0)
		return r;
	snprintf(path, sizeof path, "%s/dma_entry_limit", parameters);
	r = read_into(twin, path, text);
	if (r < 0)
		return r;
	kernel.entry_limit = (uint32_t)strtoul(text, NULL, 10);
	snprintf(path, sizeof path, "%s/allow_unsafe_interrupts", parameters);
	r = read_into(twin, path, text);
	if (r < 0)
		return r;
	kernel.unsafe_interrupts = *text == 'Y';
	return iova_sim_set_kernel(twin->sim, &kernel);
}

/*
 * The list of two plain groups runs from one end of the aperture to the other:
 * no recorded machine has a strict region at either.
 */
static int set_iommu(const struct twin *twin)
{
	struct iova_sim_iommu iommu = { .size = sizeof iommu };
	struct iova_vfio_info info;
	struct iova_vfio_cap cap = { 0 };
	char bytes[TEXT_SIZE], name[PATH_SIZE];
	int n = read_into(twin, "caps.bin", bytes), r;
	uint32_t at, n_ranges;

	if (n < (int)sizeof info)
		return n < 0 ? n : -EBADMSG;
	memcpy(&info, bytes, sizeof info);
	for (at = info.cap_offset; at && at + 16 <= (uint32_t)n; at = cap.next) {
		memcpy(&cap, bytes + at, sizeof cap);
		if (cap.id == IOVA_VFIO_CAP_IOVA_RANGE || cap.next <= at)
			break;
	}
	memcpy(&n_ranges, bytes + at + sizeof cap, sizeof n_ranges);
	if (cap.id != IOVA_VFIO_CAP_IOVA_RANGE || !n_ranges ||
	    n_ranges > ((uint32_t)n - at - 16) / 16)
		return -EBADMSG;
	r = iova_sim_iommu_of_width(64, &iommu);
	if (r < 0)
		return r;
	memcpy(&iommu.aperture_start, bytes + at + 16, 8);
	memcpy(&iommu.aperture_last, bytes + at + 16 + 16 * (n_ranges - 1) + 8, 8);
	iommu.map_last = iommu.aperture_last;
	iommu.page_sizes = info.page_sizes;
	snprintf(name, sizeof name, "%s", strrchr(twin->directory, '/') + 1);
	/* sysfs does not tell; drivers/iommu/virtio-iommu.c has no such capability. */
	iommu.remaps_interrupts = strncmp(name, "virtio-", 7) != 0;
	/* Of these, only AMD's can: amd_iommu_enforce_cache_coherency. VT-d's ecap has no SC here. */
	iommu.coherent = !strncmp(name, "amdvi-", 6);
	/* Of these drivers, only VT-d's has something to tell: intel_iommu_hw_info. */
	iommu.hw_type = !strncmp(name, "vtd-", 4);
	return iova_sim_set_iommu(twin->sim, IOVA_SIM_ALL_GROUPS, &iommu);
}

int twin_new(const char *directory, struct iova_sim **ret_sim)
{
	struct twin twin = { .directory = directory };
	int r = iova_sim_new(&twin.sim);

	if (r < 0)
		return r;
	r = set_kernel(&twin);
	if (r >= 0)
		r = set_iommu(&twin);
	if (r >= 0)
		r = each_name(&twin, "sys/kernel/iommu_groups", add_group);
	if (r >= 0)
		r = each_name(&twin, "sys/bus/pci/devices", add_device);
	if (r < 0) {
		iova_sim_free(twin.sim);
		return r;
	}
	*ret_sim = twin.sim;
	return 0;
}

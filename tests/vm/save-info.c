/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * save-info FILE BDF...: puts the groups of these PCI devices into one container and writes the raw
 * reply of VFIO_IOMMU_GET_INFO, capability chain included, to FILE. Used to record machines for the
 * parser's tests, and so on purpose without the library.
 */
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void check(int result, const char *what)
{
	if (result < 0) {
		perror(what);
		exit(1);
	}
}

/* Adds the device's group to the container. A group that is in it already (a second device of the
 * group) cannot be opened again: the caller names one device a group. */
static void add_group(int container, const char *bdf)
{
	char link[128], group[256], path[512];
	ssize_t length;
	int fd;

	snprintf(link, sizeof(link), "/sys/bus/pci/devices/%s/iommu_group", bdf);
	length = readlink(link, group, sizeof(group) - 1);
	check((int)length, link);
	group[length] = '\0';
	if (!strrchr(group, '/')) {
		fprintf(stderr, "%s leads to %s\n", link, group);
		exit(1);
	}
	snprintf(path, sizeof(path), "/dev/vfio%s", strrchr(group, '/'));
	fd = open(path, O_RDWR | O_CLOEXEC);
	check(fd, path);
	check(ioctl(fd, VFIO_GROUP_SET_CONTAINER, &container), "VFIO_GROUP_SET_CONTAINER");
	/* The group stays in the container as long as its descriptor is open: until we end. */
}

int main(int argc, char **argv)
{
	struct vfio_iommu_type1_info head = { .argsz = sizeof(head) }, *info;
	int container, out;

	if (argc < 3) {
		fprintf(stderr, "usage: save-info FILE BDF...\n");
		return 2;
	}
	container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	check(container, "/dev/vfio/vfio");
	for (int i = 2; i < argc; i++)
		add_group(container, argv[i]);
	check(ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), "VFIO_SET_IOMMU");

	/* The first call tells the size. Nothing attaches or leaves in between. */
	check(ioctl(container, VFIO_IOMMU_GET_INFO, &head), "VFIO_IOMMU_GET_INFO");
	info = calloc(1, head.argsz);
	if (!info)
		return 1;
	info->argsz = head.argsz;
	check(ioctl(container, VFIO_IOMMU_GET_INFO, info), "VFIO_IOMMU_GET_INFO");

	out = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	check(out, argv[1]);
	if (write(out, info, head.argsz) != (ssize_t)head.argsz) {
		perror(argv[1]);
		return 1;
	}
	free(info);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* No structure: in place of a map and an unmap, one system call each that does nothing. */

#include "bench.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void *ioctls_make(void)
{
	int *fd = malloc(sizeof *fd);

	if (fd)
		*fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return fd;
}

static void ioctls_drop(void *object)
{
	int *fd = object;

	if (*fd >= 0)
		close(*fd);
	free(fd);
}

static bool refused(const int *fd)
{
	return ioctl(*fd, _IO(';', 100), NULL) && errno == ENOTTY;
}

static bool ioctls_insert(void *object, const struct iova_mapping *mapping)
{
	(void)mapping;
	return refused(object);
}

static bool ioctls_remove(void *object, const struct iova_range *range)
{
	(void)range;
	return refused(object);
}

const struct structure two_ioctls = {
	.name = "two ioctls",
	.make = ioctls_make,
	.drop = ioctls_drop,
	.insert = ioctls_insert,
	.remove = ioctls_remove,
	.only_pairs = true,
};

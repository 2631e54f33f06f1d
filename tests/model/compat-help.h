/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_COMPAT_HELP_H
#define IOVA_TESTS_COMPAT_HELP_H

/* A container that is an iommufd, either way in. */

#include "ioas-help.h"

#define NIC "0000:01:00.0"
#define TYPE1 1
#define TYPE1V2 3
#define NOIOMMU 8

struct compat {
	int fd;
	int group;
};

/* Where the kernel's /dev/vfio/vfio is type1's, the other way in. */
static inline int open_container(const struct world *w)
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };

	iova_sim_get_kernel(w->sim, &kernel);
	return raw_open(w, kernel.iommufd_container ? "/dev/vfio/vfio" : "/dev/iommu");
}

static inline struct compat join(const struct world *w, uint32_t group)
{
	struct compat compat = { open_container(w), raw_open_group(w, group) };

	assert_int_equal(raw_set_container(w, compat.group, compat.fd), 0);
	assert_int_equal(raw_set_iommu(w, compat.fd, TYPE1V2), 0);
	return compat;
}

static inline void leave(const struct world *w, struct compat compat)
{
	assert_int_equal(raw_close(w, compat.group), 0);
	assert_int_equal(raw_close(w, compat.fd), 0);
}

static inline int vfio_ioas(const struct world *w, int fd, uint16_t op, uint32_t *id)
{
	struct iova_iommu_vfio_ioas request = { .size = sizeof request, .ioas_id = *id, .op = op };
	int r = raw_ioctl(w, fd, IOVA_IOMMU_VFIO_IOAS, &request);

	*id = request.ioas_id;
	return r;
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_RAW_CDEV_H
#define IOVA_TESTS_RAW_CDEV_H

/* The calls of those who use iommufd and the nodes of devices. Results are the table's. */

#include "raw.h"

#include "uapi/iommufd.h"

#include <stdbool.h>

/* Numbers of the nodes on the desktop, and of its groups in raw.h. */
#define NODE_NIC 0
#define NODE_USB 1
#define NODE_DIRECT 2
#define NODE_LPC 3
#define NODE_GPU 4

int world_setup_nodes(void **state);
int world_setup_compat_nodes(void **state);

/* Closes some descriptors, in their order; asserts. */
#define CLOSE(w, ...) \
	raw_close_all(w, (const int[]){ __VA_ARGS__ }, sizeof((int[]){ __VA_ARGS__ }) / sizeof(int))
void raw_close_all(const struct world *world, const int *fds, size_t n);

/* Opens /dev/iommu. */
int raw_iommufd(const struct world *world);
/* Opens /dev/vfio/devices/vfioN. */
int raw_cdev(const struct world *world, uint32_t number);
/* The number of a new IOAS; asserts. */
uint32_t raw_ioas(const struct world *world, int iommufd);
/* ret_id may be NULL. */
int raw_bind(const struct world *world, int cdev, int iommufd, uint32_t *ret_id);
int raw_attach_pt(const struct world *world, int cdev, uint32_t pt_id);
int raw_detach_pt(const struct world *world, int cdev);
int raw_device_info(const struct world *world, int device);
int raw_ioas_map(const struct world *world, int iommufd, uint32_t ioas, uint64_t iova,
		 uint64_t vaddr, uint64_t length);
int raw_destroy(const struct world *world, int iommufd, uint32_t id);
int raw_duplicate(const struct world *world, int fd);
/* Whether there is such a file; asserts that it is not there for any other reason. */
bool raw_exists(const struct world *world, const char *path);

#endif

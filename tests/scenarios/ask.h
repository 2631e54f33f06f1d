/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_SCENARIOS_ASK_H
#define TESTS_SCENARIOS_ASK_H

/*
 * The kernel asked directly, without the library. A scenario made of such calls
 * asserts what is true of every kernel; where kernels differ, the comparison of
 * its transcript with the model's is the judge.
 */

#include "stage.h"
#include "uapi/vfio.h"

#define PAGE ((uint64_t)4096)
#define TYPE1 1
#define TYPE1_V2 IOVA_VFIO_TYPE1V2_IOMMU
#define UNMAP_ALL 2u
#define READ_WRITE (IOVA_VFIO_MAP_READ | IOVA_VFIO_MAP_WRITE)

int ask_open(const struct stage *stage, const char *path);
/* What serves as a container. */
int ask_open_container(const struct stage *stage);
void ask_close(const struct stage *stage, int fd);
int ask(const struct stage *stage, int fd, unsigned long request, void *argument);

int ask_open_group(const struct stage *stage, uint32_t group);
int ask_status(const struct stage *stage, int group);
int ask_set_container(const struct stage *stage, int group, int container);
int ask_unset_container(const struct stage *stage, int group);
int ask_device(const struct stage *stage, int group, const char *name);
int ask_set_iommu(const struct stage *stage, int container, uintptr_t type);
int ask_extension(const struct stage *stage, int container, uintptr_t number);
/* GET_INFO with room for everything. */
int ask_info(const struct stage *stage, int container);
int ask_map(const struct stage *stage, int container, uint64_t iova, const void *memory,
	    uint64_t size);
/* The size that came back, or the error. */
int64_t ask_unmap(const struct stage *stage, int container, uint64_t iova, uint64_t size);
int64_t ask_unmap_all(const struct stage *stage, int container);

/* A container with the group of the first device, and an IOMMU of a type; asserts. */
struct asking {
	int container;
	int group;
	int device; /* with iommufd's container, else -1 */
};

struct asking asking_new(const struct stage *stage, uintptr_t type);
void asking_free(const struct stage *stage, struct asking asking);

/* ask-iommufd.c: iommufd and the nodes of devices. Results are 0 or ids, or the error. */
int ask_open_iommufd(const struct stage *stage);
/* The node of a device, by its name in sysfs. */
int ask_open_cdev(const struct stage *stage, const char *device);
int ask_bind(const struct stage *stage, int cdev, int iommufd);
int ask_attach(const struct stage *stage, int cdev, uint32_t ioas);
int ask_detach(const struct stage *stage, int cdev);
int ask_alloc_ioas(const struct stage *stage, int iommufd);
int ask_destroy(const struct stage *stage, int iommufd, uint32_t id);
int ask_allow(const struct stage *stage, int iommufd, uint32_t ioas,
	      const struct iova_range *ranges, uint32_t n);
int ask_ioas_map(const struct stage *stage, int iommufd, uint32_t ioas, uint64_t iova,
		 const void *memory, uint64_t size);
int64_t ask_ioas_unmap(const struct stage *stage, int iommufd, uint32_t ioas, uint64_t iova,
		       uint64_t size);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SIM_PRIVATE_H
#define IOVA_SIM_PRIVATE_H

/*
 * What the files of the model offer one another.
 *
 * In comments, T1 is drivers/vfio/vfio_iommu_type1.c, CON is
 * drivers/vfio/container.c, GRP is drivers/vfio/group.c (vfio.c before 6.2),
 * IOC is drivers/iommu/iommu.c.
 */

#include "files.h"
#include "iommufd.h"
#include "state.h"

#define SIM_PATH_MAX 512

/* util.c: what the simulated kernel allocates; sim NULL: what the description does */
void *sim_alloc_(struct iova_sim *sim, size_t size);
void *sim_realloc_(struct iova_sim *sim, void *old, size_t size);
char *sim_strdup_(struct iova_sim *sim, const char *text);
void *sim_grow_(struct iova_sim *sim, void *items, size_t n, size_t *room, size_t size);
void sim_copy_text_(char *to, size_t size, const char *from);

/* ranges.c: every failure leaves the ranges as they were */
int sim_ranges_add_(struct iova_sim *sim, struct sim_ranges *ranges, uint64_t start, uint64_t last);
int sim_ranges_copy_(struct iova_sim *sim, struct sim_ranges *to, const struct sim_ranges *from);
void sim_ranges_clip_(struct sim_ranges *ranges, uint64_t start, uint64_t last);
int sim_ranges_cut_(struct iova_sim *sim, struct sim_ranges *ranges, uint64_t start, uint64_t last);
bool sim_ranges_hold_(const struct sim_ranges *ranges, uint64_t start, uint64_t last);
void sim_ranges_free_(struct sim_ranges *ranges);

/* regions.c */
int sim_region_make_(uint64_t start, uint64_t last, const char *word, struct sim_region *ret);
int sim_regions_add_(struct iova_sim *sim, struct sim_regions *regions,
		     const struct sim_region *region);
int sim_regions_of_group_(struct iova_sim *sim, const struct sim_group *group,
			  struct sim_regions *ret_regions);
void sim_regions_free_(struct sim_regions *regions);

/* index.c; room for what is put in is to be made before */
struct sim_group *sim_group_find_(const struct iova_sim *sim, uint32_t id);
struct sim_device *sim_device_find_(const struct iova_sim *sim, const char *name);
int sim_index_reserve_(struct sim_index *index);
void sim_index_put_group_(struct sim_index *index, struct sim_group *group);
void sim_index_drop_group_(struct sim_index *index, const struct sim_group *group);
void sim_index_put_device_(struct sim_index *index, struct sim_device *device);
void sim_index_drop_device_(struct sim_index *index, const struct sim_device *device);
void sim_index_free_(struct sim_index *index);

/* kernels.c; what is built and known to the release */
bool sim_has_iommufd_(const struct iova_sim *sim);
bool sim_has_cdevs_(const struct iova_sim *sim);

/* host.c */
bool sim_device_is_vfio_(const struct sim_device *device);
bool sim_group_has_node_(const struct sim_group *group);
bool sim_group_is_viable_(const struct iova_sim *sim, const struct sim_group *group);
void sim_host_free_(struct iova_sim *sim);

/* vfio-dev.c: a device gets a driver of VFIO, changes it for another, or loses it */
int sim_vfio_enter_(struct iova_sim *sim, struct sim_device *device);
void sim_vfio_change_(struct iova_sim *sim, struct sim_device *device);
void sim_vfio_leave_(struct iova_sim *sim, struct sim_device *device);
bool sim_device_has_vfio_dev_(const struct sim_device *device);
bool sim_device_has_cdev_(const struct iova_sim *sim, const struct sim_device *device);

/* noiommu.c */
int sim_noiommu_add_(struct iova_sim *sim, struct sim_device *device);
void sim_noiommu_drop_(struct iova_sim *sim, struct sim_device *device);

/* fds.c; sim_fd_new_() returns the number */
int sim_fd_new_(struct iova_sim *sim, enum sim_fd_kind kind, struct sim_fd **ret_fd);
struct sim_fd *sim_fd_find_(struct iova_sim *sim, int number);
int sim_sys_open_(void *data, int dir, const char *path, int flags);
int sim_sys_close_(void *data, int fd);
int sim_sys_duplicate_(void *data, int fd);

/* device.c */
int sim_cdev_open_(struct iova_sim *sim, struct sim_device *device);
void sim_cdev_release_(struct iova_sim *sim, struct sim_fd *fd);
int sim_device_ioctl_(struct iova_sim *sim, struct sim_fd *fd, unsigned long request,
		      void *argument);

/* faults.c: of a reply, the bytes from an offset on */
void sim_corrupt_(const struct iova_sim *sim, enum sim_reply reply, size_t offset,
		  unsigned char *bytes, size_t size);

/* group.c */
bool sim_group_is_open_(const struct sim_group *group);
int sim_group_ioctl_(struct iova_sim *sim, struct sim_fd *fd, unsigned long request,
		     void *argument);
int sim_group_join_(struct iova_sim *sim, struct sim_group *group, struct sim_container *container);
void sim_group_release_(struct iova_sim *sim, struct sim_group *group);
void sim_group_revoke_(struct iova_sim *sim, struct sim_group *group);

/* container.c */
int sim_container_ioctl_(struct iova_sim *sim, struct sim_container *container,
			 unsigned long request, void *argument);
void sim_container_leave_(struct iova_sim *sim, struct sim_group *group);
void sim_container_put_(struct iova_sim *sim, struct sim_container *container);
int sim_container_find_(struct iova_sim *sim, int fd, struct sim_container **ret_container);

/* domain.c */
int sim_attach_(struct iova_sim *sim, struct sim_container *container, struct sim_group *group);
void sim_detach_(struct iova_sim *sim, struct sim_container *container, struct sim_group *group);
bool sim_group_has_direct_(const struct sim_group *group);
bool sim_same_iommu_(const struct iova_sim_iommu *a, const struct iova_sim_iommu *b);

/* maptree.c */
void sim_maps_insert_(struct sim_container *container, struct sim_map *map);
void sim_maps_remove_(struct sim_container *container, struct sim_map *map);
struct sim_map *sim_maps_after_(const struct sim_container *container, const struct sim_map *of);

/* maps.c */
struct sim_map *sim_map_find_(const struct iova_sim *sim, const struct sim_container *container,
			      uint64_t start, uint64_t length);
bool sim_map_is_lost_(const struct iova_sim *sim, const struct sim_map *map);
int sim_map_(struct iova_sim *sim, struct sim_container *container, const struct sim_map *map);
void sim_unmap_(struct iova_sim *sim, struct sim_container *container, struct sim_map *map);
void sim_unmap_all_(struct iova_sim *sim, struct sim_container *container);
int sim_map_ioctl_(struct iova_sim *sim, struct sim_container *container, void *argument);

/* unmap.c */
int sim_unmap_ioctl_(struct iova_sim *sim, struct sim_container *container, void *argument);

/* info.c */
int sim_info_ioctl_(struct iova_sim *sim, struct sim_container *container, void *argument);

/*
 * calls.c: each function of the table calls sim_enter_() first. A result other
 * than 0 is the fault to answer with. sim_leave_() runs the hooks that are due,
 * with the mutex given up, and must be called in either case.
 */
struct sim_call {
	struct iova_sim *sim;
	struct sim_fault *due;
};
int sim_enter_(struct iova_sim *sim, uint32_t call, struct sim_call *ret_call);
void sim_leave_(struct sim_call *call);

int sim_sys_ioctl_(void *data, int fd, unsigned long request, void *argument);
int sim_sys_memory_(void *data, struct iova_sys_memory *ret_memory);

#endif

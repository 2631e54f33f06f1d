/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SIM_IOMMUFD_H
#define IOVA_SIM_IOMMUFD_H

/*
 * The state of /dev/iommu, and what its files offer one another and the rest of the model.
 *
 * In comments, IFD is drivers/iommu/iommufd/main.c, IOAS is ioas.c there, IOP io_pagetable.c,
 * PAG pages.c, IDEV device.c, HWP hw_pagetable.c, VC vfio_compat.c.
 */

#include "objects.h"

/* One open file of /dev/iommu, or of a /dev/vfio/vfio that iommufd provides. */
struct sim_iommufd {
	struct sim_iommufd *next;
	uint32_t serial;
	uint32_t n_users; /* its file, bound devices, groups whose container it is */
	struct sim_object *objects;
	struct sim_ioas *compat; /* what the requests of VFIO work on, or NULL */
	bool no_iommu;
	enum sim_account account; /* of those who are not exempt */
};

/* iommufd.c */
int sim_iommufd_open_(struct iova_sim *sim, bool as_container);
void sim_iommufd_put_(struct iova_sim *sim, struct sim_iommufd *iommufd);
void sim_iommufds_free_(struct iova_sim *sim);
/* As iommufd_ctx_from_fd(): -EBADF if there is no such fd, -EBADFD if it is of another kind. */
int sim_iommufd_find_(struct iova_sim *sim, int number, struct sim_iommufd **ret_iommufd);
int sim_iommufd_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, unsigned long request,
		       void *argument);

/* compat.c: a group whose container is an iommufd */
int sim_compat_join_(struct iova_sim *sim, struct sim_group *group, struct sim_iommufd *iommufd);
void sim_compat_leave_(struct iova_sim *sim, struct sim_group *group);
int sim_compat_open_device_(struct iova_sim *sim, struct sim_device *device);

/* iommufd-objects.c */
int sim_object_add_(struct iova_sim *sim, struct sim_iommufd *iommufd, enum sim_object_kind kind,
		    size_t size, struct sim_object **ret_object);
struct sim_object *sim_object_find_(const struct sim_iommufd *iommufd, uint32_t id);
void sim_object_drop_(struct sim_iommufd *iommufd, struct sim_object *object);
int sim_ioas_find_(const struct sim_iommufd *iommufd, uint32_t id, struct sim_ioas **ret_ioas);

/*
 * iommufd-device.c. A bound device keeps the iommufd alive. Unbinding detaches first; both do
 * nothing where there is nothing to undo.
 */
int sim_iommufd_bind_(struct iova_sim *sim, struct sim_iommufd *iommufd, struct sim_device *device,
		      uint32_t *ret_device_id);
void sim_iommufd_unbind_(struct iova_sim *sim, struct sim_device *device);
/*
 * Attaches a bound device, or moves it, and with it the others of its group, if it is attached
 * already. pt_id is the number of an IOAS or of a table; the table's comes back.
 */
int sim_ioas_attach_(struct iova_sim *sim, struct sim_device *device, uint32_t pt_id,
		     uint32_t *ret_pt_id);
void sim_ioas_detach_(struct iova_sim *sim, struct sim_device *device);

/* ioas-behind.c: what others do, to a container or else to an IOAS */
struct sim_target {
	struct sim_container *container;
	struct sim_iommufd *iommufd;
	struct sim_ioas *ioas; /* with an iommufd, and never without */
};
int sim_target_find_(struct iova_sim *sim, int number, struct sim_target *ret_target);
int sim_ioas_unmap_behind_(struct iova_sim *sim, struct sim_ioas *ioas, uint64_t start,
			   uint64_t last);
int sim_ioas_map_behind_(struct iova_sim *sim, const struct sim_target *target,
			 const struct sim_map *map);
int sim_ioas_attach_behind_(struct iova_sim *sim, const struct sim_target *target,
			    struct sim_group *group);
void sim_ioas_detach_behind_(struct iova_sim *sim, struct sim_group *group);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* What has a number in an iommufd: IFD:_iommufd_object_alloc and its kin. */
#include "private.h"

#include "ioas.h"

#include "uapi/iommufd.h"

#include <errno.h>
#include <stdlib.h>

/*
 * The lowest free number from 1 on, as xa_alloc() gives it. The object is the first member of
 * what is made, which is size bytes of zeros.
 */
int sim_object_add_(struct iova_sim *sim, struct sim_iommufd *iommufd, enum sim_object_kind kind,
		    size_t size, struct sim_object **ret_object)
{
	struct sim_object *object = sim_alloc_(sim, size), **at = &iommufd->objects;

	if (!object)
		return -ENOMEM;
	object->id = 1;
	object->kind = kind;
	while (*at && (*at)->id == object->id) {
		object->id++;
		at = &(*at)->next;
	}
	object->next = *at;
	*at = object;
	*ret_object = object;
	return 0;
}

struct sim_object *sim_object_find_(const struct sim_iommufd *iommufd, uint32_t id)
{
	struct sim_object *object = iommufd->objects;

	while (object && object->id != id)
		object = object->next;
	return object;
}

/* IFD:iommufd_object_remove, once nobody uses it. */
void sim_object_drop_(struct sim_iommufd *iommufd, struct sim_object *object)
{
	struct sim_object **at = &iommufd->objects;

	while (*at != object)
		at = &(*at)->next;
	*at = object->next;
	free(object);
}

int sim_ioas_find_(const struct sim_iommufd *iommufd, uint32_t id, struct sim_ioas **ret_ioas)
{
	struct sim_object *object = sim_object_find_(iommufd, id);

	if (!object || object->kind != SIM_OBJECT_IOAS)
		return -ENOENT;
	*ret_ioas = (struct sim_ioas *)object;
	return 0;
}

/* IOAS:iommufd_ioas_alloc_ioctl. */
int sim_ioas_alloc_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument)
{
	struct iova_iommu_ioas_alloc *request = argument;
	struct sim_ioas *ioas;
	int r;

	if (request->flags)
		return -EOPNOTSUPP;
	r = sim_ioas_new_(sim, iommufd, &ioas);
	if (r >= 0)
		request->out_ioas_id = ioas->object.id;
	return r;
}

/*
 * IFD:iommufd_destroy. A device is used by VFIO as long as it is there, a page table by the
 * devices for whose sake it is, so in truth it is always an IOAS.
 */
int sim_destroy_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument)
{
	const struct iova_iommu_destroy *request = argument;
	struct sim_object *object = sim_object_find_(iommufd, request->id);

	if (!object)
		return -ENOENT;
	if (object->n_users)
		return -EBUSY;
	sim_ioas_free_(sim, iommufd, (struct sim_ioas *)object);
	return 0;
}

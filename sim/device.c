/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Open devices: /dev/vfio/devices/vfioN, drivers/vfio/device_cdev.c (CDEV), and what
 * GET_DEVICE_FD gives, drivers/vfio/vfio_main.c (VFIO).
 */
#include "private.h"

#include "uapi/vfio.h"

#include <errno.h>
#include <string.h>

/* Names of include/uapi/linux/vfio.h that the library does not use. */
#define DEVICE_FLAGS_RESET 1u
#define DEVICE_FLAGS_PCI 2u
#define PCI_N_REGIONS 9
#define PCI_N_IRQS 5

/* CDEV:vfio_device_fops_cdev_open. */
int sim_cdev_open_(struct iova_sim *sim, struct sim_device *device)
{
	struct sim_fd *fd;
	int r = sim_fd_new_(sim, SIM_FD_CDEV, &fd);

	if (r < 0)
		return r;
	fd->device = device;
	device->n_open++;
	return r;
}

/* CDEV:vfio_df_unbind_iommufd. */
void sim_cdev_release_(struct iova_sim *sim, struct sim_fd *fd)
{
	if (fd->bound)
		sim_iommufd_unbind_(sim, fd->device);
	fd->device->n_open--;
}

/*
 * CDEV:vfio_df_ioctl_bind_iommufd, with GRP:vfio_device_block_group and VFIO:vfio_df_open. The
 * group stays closed to others for as long as it has bound devices.
 */
static int bind_iommufd(struct iova_sim *sim, struct sim_fd *fd, void *argument)
{
	struct sim_iommufd *iommufd;
	struct iova_vfio_bind bind;
	int r;

	if (!argument)
		return -EFAULT;
	memcpy(&bind, argument, sizeof bind);
	if (bind.argsz < sizeof bind || bind.flags || bind.iommufd < 0)
		return -EINVAL;
	if (fd->kind != SIM_FD_CDEV)
		return -EINVAL;
	if (sim_group_is_open_(fd->device->group))
		return -EBUSY;
	if (fd->bound)
		return -EINVAL;
	r = sim_iommufd_find_(sim, bind.iommufd, &iommufd);
	if (r < 0)
		return r;
	if (fd->device->bound) /* through another descriptor */
		return -EINVAL;
	r = sim_iommufd_bind_(sim, iommufd, fd->device, &bind.out_device_id);
	if (r < 0)
		return r;
	memcpy(argument, &bind, sizeof bind);
	fd->bound = true;
	return 0;
}

/* CDEV:vfio_df_ioctl_attach_pt. */
static int attach_pt(struct iova_sim *sim, const struct sim_fd *fd, void *argument)
{
	struct iova_vfio_attach attach;
	int r;

	if (!argument)
		return -EFAULT;
	memcpy(&attach, argument, sizeof attach);
	if (attach.argsz < sizeof attach || attach.flags)
		return -EINVAL;
	r = sim_ioas_attach_(sim, fd->device, attach.pt_id, &attach.pt_id);
	if (r < 0)
		return r;
	memcpy(argument, &attach, sizeof attach);
	return 0;
}

/* CDEV:vfio_df_ioctl_detach_pt: of what is not attached, too. */
static int detach_pt(struct iova_sim *sim, const struct sim_fd *fd, const void *argument)
{
	struct iova_vfio_detach detach;

	if (!argument)
		return -EFAULT;
	memcpy(&detach, argument, sizeof detach);
	if (detach.argsz < sizeof detach || detach.flags)
		return -EINVAL;
	sim_ioas_detach_(sim, fd->device);
	return 0;
}

/* drivers/vfio/pci/vfio_pci_core.c:vfio_pci_ioctl_get_info, of a device without capabilities. */
static int get_info(void *argument)
{
	struct iova_vfio_device_info info;

	if (!argument)
		return -EFAULT;
	memcpy(&info, argument, sizeof info);
	if (info.argsz < sizeof info)
		return -EINVAL;
	info.flags = DEVICE_FLAGS_PCI | DEVICE_FLAGS_RESET;
	info.n_regions = PCI_N_REGIONS;
	info.n_irqs = PCI_N_IRQS;
	memcpy(argument, &info, sizeof info);
	return 0;
}

/* VFIO:vfio_device_fops_unl_ioctl. */
int sim_device_ioctl_(struct iova_sim *sim, struct sim_fd *fd, unsigned long request,
		      void *argument)
{
	if (request == IOVA_VFIO_DEVICE_BIND_IOMMUFD && sim_has_cdevs_(sim))
		return bind_iommufd(sim, fd, argument);
	if (fd->kind == SIM_FD_CDEV) {
		if (!fd->bound)
			return -EINVAL;
		if (request == IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT)
			return attach_pt(sim, fd, argument);
		if (request == IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT)
			return detach_pt(sim, fd, argument);
	}
	return request == IOVA_VFIO_DEVICE_GET_INFO ? get_info(argument) : -ENOTTY;
}

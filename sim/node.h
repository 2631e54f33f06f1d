/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SIM_NODE_H
#define IOVA_SIM_NODE_H

/* A place in the tree of files. */
enum sim_node_kind {
	SIM_ROOT,
	SIM_SYS,
	SIM_KERNEL,
	SIM_GROUPS,
	SIM_GROUP,
	SIM_GROUP_DEVICES,
	SIM_GROUP_DEVICE,  /* link to the device */
	SIM_GROUP_REGIONS, /* file */
	SIM_GROUP_TYPE,    /* file */
	SIM_GROUP_NAME,    /* file */
	SIM_BUS,
	SIM_PCI,
	SIM_PCI_DEVICES,
	SIM_PCI_DEVICE, /* link to the device */
	SIM_DRIVERS,
	SIM_DRIVER,
	SIM_DEVICES,
	SIM_DOMAIN,
	SIM_DEVICE,
	SIM_DEVICE_VENDOR, /* file */
	SIM_DEVICE_ID,     /* file */
	SIM_DEVICE_CLASS,  /* file */
	SIM_DEVICE_DRIVER, /* link to the driver */
	SIM_DEVICE_GROUP,  /* link to the group */
	SIM_DEVICE_VFIO,
	SIM_VFIO_DEV,
	SIM_VFIO_DEV_NUMBER, /* file */
	SIM_DEV,
	SIM_DEV_VFIO,
	SIM_DEV_CONTAINER, /* character device */
	SIM_DEV_GROUP,     /* character device */
	SIM_DEV_CDEVS,
	SIM_DEV_CDEV,  /* character device */
	SIM_DEV_IOMMU, /* character device */
};

struct sim_group;
struct sim_device;

struct sim_node {
	enum sim_node_kind kind;
	struct sim_group *group;
	struct sim_device *device; /* for SIM_DRIVER and SIM_DOMAIN, one that leads there */
};

#endif

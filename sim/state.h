/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SIM_STATE_H
#define IOVA_SIM_STATE_H

/*
 * The state of one host. The sim owns everything in it. One mutex guards it
 * all: functions of the table (sim_sys_*_) and of the public headers take it,
 * all others are called with it held.
 */

#include "machine.h"

#include <pthread.h>

enum sim_fd_kind {
	SIM_FD_FILE = 1,
	SIM_FD_CONTAINER,
	SIM_FD_GROUP,
	SIM_FD_DEVICE,
};

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
	SIM_DEV,
	SIM_DEV_VFIO,
	SIM_DEV_CONTAINER, /* character device */
	SIM_DEV_GROUP,     /* character device */
};

struct sim_node {
	enum sim_node_kind kind;
	struct sim_group *group;
	struct sim_device *device; /* for SIM_DRIVER and SIM_DOMAIN, one that leads there */
};

struct sim_fd {
	struct sim_fd *next;
	int fd;
	enum sim_fd_kind kind;
	struct sim_node node;
	struct sim_container *container;
	struct sim_group *group;
	struct sim_device *device;
	bool revoked; /* a group's, which VFIO has given up meanwhile */
};

/* A file that misbehaves. */
struct sim_file_fault {
	struct sim_file_fault *next;
	struct sim_node node;
	int error;
	size_t length;
	char *text;
};

/* In the place of a kind of call: an allocation. */
#define SIM_FAULT_ALLOCATION IOVA_SIM_N_CALLS

struct sim_fault {
	struct sim_fault *next;
	uint32_t call;
	uint64_t left; /* hit when it becomes 0 */
	int error;
	void (*hook)(struct iova_sim *sim, void *arg);
	void *arg;
};

struct sim_corruption {
	struct sim_corruption *next;
	size_t offset;
	size_t size;
	uint64_t value;
};

/* Groups by number, and by name the devices that are not gone. */
struct sim_index {
	struct sim_group **groups;
	size_t n_groups;
	size_t groups_room;
	struct sim_device **devices;
	size_t n_devices;
	size_t devices_room;
};

struct iova_sim {
	pthread_mutex_t mutex;
	struct iova_sys sys;
	struct iova_sim_kernel kernel;
	struct iova_sim_iommu iommu; /* of groups to come */
	struct iova_sys_memory memory;
	struct sim_ranges bad_memory;
	struct sim_group *groups;
	struct sim_group **groups_tail;
	struct sim_device *devices;
	struct sim_device **devices_tail;
	struct sim_index index;
	struct sim_container *containers;
	struct sim_fd *fds;
	struct sim_file_fault *file_faults;
	struct sim_fault *faults;
	struct sim_corruption *corruptions;
	uint32_t n_serials; /* of fds */
	uint32_t n_containers_made;
	uint64_t n_pinned; /* processor pages */
	uint64_t n_calls[IOVA_SIM_N_CALLS];
};

#endif

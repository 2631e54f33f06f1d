/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SIM_STATE_H
#define IOVA_SIM_STATE_H

/*
 * The state of one host. The sim owns everything in it. One mutex guards it
 * all: functions of the table (sim_sys_*_) and of the public headers take it,
 * all others are called with it held.
 */

#include "machine.h"
#include "node.h"

#include <pthread.h>

enum sim_fd_kind {
	SIM_FD_FILE = 1,
	SIM_FD_CONTAINER,
	SIM_FD_GROUP,
	SIM_FD_DEVICE,
	SIM_FD_MEMFD,   /* iova_sim_memfd() */
	SIM_FD_IOMMUFD, /* also of a /dev/vfio/vfio that iommufd provides */
	SIM_FD_CDEV,
};

/* An open file, which goes with the last of its descriptors. */
struct sim_fd {
	struct sim_fd *next;
	uint32_t n_numbers;
	enum sim_fd_kind kind;
	struct sim_node node;
	struct sim_container *container;
	struct sim_iommufd *iommufd;
	struct sim_group *group;
	struct sim_device *device;
	uint64_t length; /* of a memfd */
	bool revoked;    /* a group's, which VFIO has given up meanwhile */
	bool bound;      /* a cdev's, through which its device was bound to an iommufd */
};

/* A descriptor. */
struct sim_number {
	struct sim_number *next;
	int number;
	struct sim_fd *fd;
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

/* Replies that can be corrupted. */
enum sim_reply {
	SIM_REPLY_INFO,
	SIM_REPLY_RANGES,
};

struct sim_corruption {
	struct sim_corruption *next;
	enum sim_reply reply;
	size_t offset;
	size_t size;
	uint64_t value;
};

/* Numbers in use, a bit for each. */
struct sim_bits {
	uint64_t *words;
	size_t n;
	size_t room;
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
	struct sim_ranges device_memory;
	struct sim_group *groups;
	struct sim_group **groups_tail;
	struct sim_device *devices;
	struct sim_device **devices_tail;
	struct sim_index index;
	struct sim_bits vfio_numbers;
	struct sim_container *containers;
	struct sim_iommufd *iommufds;
	struct sim_fd *fds;
	struct sim_number *numbers;
	struct sim_file_fault *file_faults;
	struct sim_fault *faults;
	struct sim_corruption *corruptions;
	uint32_t n_serials; /* of numbers */
	uint32_t n_containers_made;
	uint32_t n_iommufds_made;
	uint64_t n_pinned;      /* processor pages, charged to the process */
	uint64_t n_user_pinned; /* charged to the user, by iommufd */
	uint64_t n_free_pinned; /* charged to nobody, by iommufd */
	uint64_t n_calls[IOVA_SIM_N_CALLS];
};

#endif

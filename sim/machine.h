/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SIM_MACHINE_H
#define IOVA_SIM_MACHINE_H

/*
 * The machine and what VFIO makes of it: groups, devices, containers. Lists are
 * singly linked, in the order in which things came, and nothing that a fd can name is freed while the fd is open.
 */

#include <libiova-sim/sim.h>

#include <stdbool.h>

#define SIM_NAME_MAX 64
#define SIM_WORD_MAX 32

/* Sorted, disjoint. */
struct sim_ranges {
	struct iova_range *items;
	size_t n;
	size_t room;
};

/* In the kernel's order (enum iommu_resv_type), which breaks ties of start. */
enum sim_region_type {
	SIM_DIRECT,
	SIM_RELAXABLE,
	SIM_RESERVED,
	SIM_MSI,
	SIM_SW_MSI,
	SIM_FUTURE,
};

struct sim_region {
	struct iova_range range;
	enum sim_region_type type;
	char word[SIM_WORD_MAX];
};

struct sim_regions {
	struct sim_region *items;
	size_t n;
	size_t room;
};

struct sim_device {
	struct sim_device *next;
	struct sim_device *next_in_group;
	struct sim_group *group;
	char name[SIM_NAME_MAX];
	char driver[SIM_NAME_MAX]; /* "" for none */
	uint32_t vendor;
	uint32_t device;
	uint32_t class_code;
	uint32_t n_open;
	uint32_t vfio_number;    /* of vfio-dev, while it has a driver of VFIO and a group */
	struct sim_bound *bound; /* to an iommufd, or NULL */
	bool gone;               /* unplugged; kept so that nothing dangles */
	struct sim_regions regions;
};

struct sim_group {
	struct sim_group *next;
	uint32_t id;
	char type[SIM_WORD_MAX];
	struct iova_sim_iommu iommu;
	struct sim_regions regions;
	bool noiommu;               /* made by VFIO for a device that no IOMMU serves */
	bool gone;                  /* so made, and unmade; kept so that nothing dangles */
	struct sim_device *devices; /* those that are gone, too */
	struct sim_device **devices_tail;
	bool fd_open;
	uint32_t n_open_devices; /* each holds the group's file (GRP:vfio_group_use_container) */
	bool held_elsewhere;     /* by another process */
	struct sim_container *container;
	struct sim_group *next_in_container;
	struct sim_domain *domain;  /* NULL while the container has no IOMMU */
	struct sim_iommufd *compat; /* in the place of a container */
	struct sim_iommufd *owner;  /* of the bound devices */
	uint32_t n_bound;
	struct sim_table *table; /* that the attached of them share */
};

/* A domain of the IOMMU: groups whose IOMMUs are alike share one. */
struct sim_domain {
	struct sim_domain *next;
	struct iova_sim_iommu iommu;
	size_t n_groups;
};

struct sim_map {
	uint64_t iova;
	uint64_t length;
	uint64_t vaddr;
	uint32_t flags;
	uint64_t pages; /* charged */
	struct sim_map *parent;
	struct sim_map *left;
	struct sim_map *right;
	bool red;
};

struct sim_container {
	struct sim_container *next;
	uint32_t serial;
	bool fd_open;
	struct sim_group *groups; /* the last one attached first, as CON keeps them */
	bool noiommu;             /* its groups are of this kind */
	bool iommu_set;
	bool v2;
	uint32_t entry_limit; /* sampled where the IOMMU is set */
	struct sim_domain *domains;
	uint64_t page_sizes;
	struct sim_ranges list;
	struct sim_map *maps; /* maptree.c */
	size_t n_maps;
};

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SIM_OBJECTS_H
#define IOVA_SIM_OBJECTS_H

/* What an iommufd holds: IOASes with their mappings, page tables, devices. */

#include "state.h"

/* What has a number in an iommufd. */
enum sim_object_kind {
	SIM_OBJECT_IOAS = 1,
	SIM_OBJECT_TABLE, /* a page table of an IOMMU: HWPT_PAGING */
	SIM_OBJECT_BOUND, /* a device */
};

struct sim_object {
	struct sim_object *next; /* by number */
	uint32_t id;
	enum sim_object_kind kind;
	uint32_t n_users; /* while there are any it cannot be destroyed */
};

/* Who is charged for pinned pages; chosen when they are mapped. */
enum sim_account {
	SIM_ACCOUNT_USER,
	SIM_ACCOUNT_PROCESS,
	SIM_ACCOUNT_NOBODY,
};

/* Memory as it was mapped once; copies of the mapping share it. struct iopt_pages. */
struct sim_pages {
	uint32_t n_users;
	uint64_t start; /* address, or offset in the file, of the first page */
	bool writable;
	enum sim_account account;
	bool of_file;           /* else of the process */
	uint64_t file_length;   /* 0 for a file that is no memory */
	struct sim_area *areas; /* those that are in an IOAS */
};

/* A mapping. struct iopt_area. */
struct sim_area {
	uint64_t iova;
	uint64_t last;
	uint32_t flags;      /* as of MAP_DMA: 1 the device may read, 2 it may write */
	uint64_t start_byte; /* in the pages */
	struct sim_pages *pages;
	struct sim_area *next_of_pages;
	bool filled; /* pinned, and in every page table of its IOAS */
};

/* Sorted by address. */
struct sim_areas {
	struct sim_area **items;
	size_t n;
	size_t room;
};

/* An address range that is taken for the sake of a device, or of a page table's aperture. */
struct sim_reservation {
	struct sim_reservation *next;
	struct iova_range range;
	const void *owner;
};

struct sim_ioas {
	struct sim_object object;
	struct sim_areas areas;
	struct sim_reservation *reservations;
	struct sim_ranges allowed; /* sorted */
	uint64_t alignment;
	bool small_pages;
	struct sim_table *tables; /* in the order in which they came */
};

/* A domain of the IOMMU that is filled from an IOAS: struct iommufd_hwpt_paging. */
struct sim_table {
	struct sim_object object;
	struct sim_table *next;
	struct sim_ioas *ioas;
	struct iova_sim_iommu iommu;
};

/* A device bound to an iommufd: struct iommufd_device. */
struct sim_bound {
	struct sim_object object;
	struct sim_iommufd *iommufd;
	struct sim_device *device;
	bool attached; /* to its group's table */
};

#endif

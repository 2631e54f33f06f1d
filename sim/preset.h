/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SIM_PRESET_H
#define IOVA_SIM_PRESET_H

/* Machines that people have, as tables. */

#include <libiova-sim/sim.h>

#include <stdbool.h>

struct sim_preset_device {
	uint32_t group;
	const char *name;
	uint32_t vendor;
	uint32_t device;
	uint32_t class_code;
	const char *driver;
};

struct sim_preset_region {
	const char *device;
	uint64_t start;
	uint64_t last;
	const char *word;
};

struct sim_preset {
	const char *release;
	bool allows_direct; /* before 6.6, where VT-d alone has a rule for direct regions */
	bool coherent;
	uint32_t n_groups; /* from 0 */
	const char *group_type;
	const struct sim_preset_device *devices; /* up to one without a name */
	const struct sim_preset_region *regions; /* of devices, up to one without a word */
	const struct sim_preset_region *common;  /* of every group */
	uint64_t aperture_start;
	uint64_t aperture_last;
	uint64_t page_sizes;
};

#define SIM_WIDTH_39 0x7fffffffffull
#define SIM_WIDTH_48 0xffffffffffffull
/* Of VT-d, and of SMMUs with 4 KiB pages: 4 KiB, 2 MiB, 1 GiB. */
#define SIM_PAGES_4K_2M_1G 0x40201000ull
/* AMD's first page table, and s390 up to 6.1, map any power of two from 4 KiB up. */
#define SIM_PAGES_FROM_4K (~0xfffull)

/* preset-desktop.c */
extern const struct sim_preset sim_preset_desktop_;
extern const struct sim_preset sim_preset_old_;
extern const struct sim_preset sim_preset_igpu_;
extern const struct sim_preset sim_preset_gpu_;

/* preset-server.c */
extern const struct sim_preset sim_preset_server_;
extern const struct sim_preset sim_preset_epyc_;
extern const struct sim_preset sim_preset_arm_;
extern const struct sim_preset sim_preset_s390_;
extern const struct sim_preset sim_preset_nested_;

#endif

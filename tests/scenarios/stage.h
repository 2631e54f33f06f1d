/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_SCENARIOS_STAGE_H
#define TESTS_SCENARIOS_STAGE_H

/*
 * Scenarios are written once and played on many stages: a real kernel in a
 * virtual machine, or a simulated host. A stage says what is there; a scenario
 * says what must come of it. It reaches the system through the stage's table only.
 */

#include <libiova/libiova.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* What a stage has beyond two plain devices, each alone in its group. */
#define HAS_RELAXABLE 1u /* a group with a direct-relaxable region: relaxable, relaxable_range */
#define HAS_LPC 2u       /* that group has several members; the region is lpc's */
#define HAS_DIRECT 4u    /* a group with a direct region: direct, direct_range */
#define HAS_LAST_PAGE 8u /* the kernel's list ends at 2^64-1 and the kernel loses the last page */
#define HAS_LIMITS 16u   /* the kernel tells how many mappings are left */
#define HAS_WIDTH 32u    /* the list ends below the process's own addresses */
#define HAS_BLOCKED \
	128u /* a group with a node, not viable for one member's driver: blocked, blocker */
#define HAS_LOST_MEMORY 256u /* lose_memory() */
#define NO_INTERRUPTS 64u    /* no interrupt remapping, unsafe interrupts not allowed */
#define ON_IOMMUFD 512u      /* its kernel has iommufd */

/* What contexts stand on there: bits, so that a table can name several. */
#define BY_TYPE1 1u
#define BY_COMPAT 2u
#define BY_IOMMUFD 4u

struct stage {
	const char *name;
	const struct iova_sys *sys; /* NULL for the real one */
	uint32_t has;
	uint32_t only;         /* play only what needs this; 0: everything */
	uint32_t backend;      /* IOVA_BACKEND_* of its contexts; 0: type1, without being told */
	uint32_t offers;       /* BY_* that the kernel has; 0: type1 alone */
	const char *container; /* the node that serves as one; NULL: /dev/vfio/vfio */
	const char *first;     /* devices, each alone in its group, bound to VFIO */
	const char *second;
	struct iova_range msi; /* a window that is in sysfs and not in the kernel's list */
	uint64_t top;          /* last address of the kernel's list */
	const char *relaxable; /* bound to VFIO */
	struct iova_range relaxable_range;
	const char *lpc;     /* the member that the region belongs to, with HAS_LPC */
	const char *sibling; /* one more that is bound to VFIO */
	const char *direct;
	struct iova_range direct_range;
	const char *blocked; /* bound to VFIO, in a group with blocker, which is not */
	const char *blocker;
	const char *blocker_driver;
	int direct_error;     /* how it is refused, */
	uint32_t direct_step; /* and where; 0: SET_CONTAINER */
	/* Lock at most so much from now on, and be subject to it. Ends with the process. */
	int (*limit_memory)(const struct stage *stage, uint64_t bytes);
	/* Containers get room for so many mappings from now on, where they get their IOMMU. */
	int (*limit_entries)(const struct stage *stage, uint32_t n);
	/* From now on there is nothing to be pinned in this range, which is not used again. */
	int (*lose_memory)(const struct stage *stage, void *start, size_t length);
	/* A file of memory; closed by the stage's table. */
	int (*new_file)(const struct stage *stage, size_t length);
};

/* What the log said. */
struct heard {
	int n_warnings;
	char warning[1024]; /* the last one */
};

/* BY_* of the stage. */
uint32_t stage_kind(const struct stage *stage);
/* A context on the stage. The options may be NULL; sys, log, size and backend are filled in. */
struct iova_ctx *stage_open(const struct stage *stage, const struct iova_ctx_opts *opts,
			    struct heard *heard);
/* The same with a device attached. */
struct iova_ctx *stage_attach(const struct stage *stage, const struct iova_ctx_opts *opts,
			      const char *device, struct heard *heard);
uint32_t stage_group_of(const struct stage *stage, const char *device);
const struct iova_sys *stage_sys(const struct stage *stage);

/* Memory that can be pinned, at a multiple of 2 MiB; released by memory_free(). */
void *memory_new(size_t length);
void memory_free(void *memory, size_t length);

/* A failure is what it should be; prints the explanation otherwise. */
void assert_failure(const struct iova_failure *failure, int error, uint32_t step, uint32_t why);
/* The explanation of a failure names a thing. */
void assert_explained(const struct iova_failure *failure, const struct iova_host *host,
		      const char *what);

/* playbill.c: the scenarios, by file, and which of them a stage plays. */
#define MAX_SCENARIOS 128
struct playbill {
	struct CMUnitTest tests[MAX_SCENARIOS];
	size_t n;
	struct {
		const char *name;
		const char *why;
	} absent[MAX_SCENARIOS]; /* what cannot be played on this stage */
	size_t n_absent;
	struct stage *stage;
	const char *closed; /* why this file's scenarios are not for the stage; or NULL */
};
/* All scenarios of a stage. */
void playbill_fill(struct playbill *bill, struct stage *stage);
void playbill_add(struct playbill *bill, const char *name, CMUnitTestFunction function,
		  uint32_t needs);
#define ADD(bill, function, needs) playbill_add(bill, #function, function, needs)
typedef void playbill_add_fn(struct playbill *bill);
playbill_add_fn add_space_scenarios, add_map_scenarios, add_unmap_scenarios, add_group_scenarios,
	add_adopt_scenarios, add_limit_scenarios, add_refusal_scenarios, add_ask_map_scenarios,
	add_ask_unmap_scenarios, add_ask_info_scenarios, add_ask_group_scenarios, add_top_scenarios,
	add_ask_compat_scenarios, add_choice_scenarios, add_many_scenarios, add_refresh_scenarios,
	add_device_scenarios, add_ioas_scenarios, add_pair_scenarios;

/* Plays them all as cmocka tests; returns the number of failed ones. */
int stage_play(struct stage *stage);

/* judge.c: the same, and writes to a file what was asked and answered; transcript.h has the form. */
int stage_judge(struct stage *stage, const char *path);
/* guests.c: what the machines of tests/vm/guests have, without sys and the functions; or NULL. */
struct stage *stage_of_guest(const char *name);
/* The names that it knows, then NULL. */
const char *stage_name(size_t i);

#endif

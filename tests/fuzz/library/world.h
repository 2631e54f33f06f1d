/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_FUZZ_LIBRARY_WORLD_H
#define TESTS_FUZZ_LIBRARY_WORLD_H

/*
 * What the whole-library fuzzer keeps: the bytes that are its program, the
 * simulated host, and for each user of the library (two contexts and a bare
 * space) what that user was told and did, in plain arrays. Nothing here is
 * read back from the library, except where a file says so.
 */

#include "../fuzz.h"
#include "../verbose.h"
#include "host/host.h"

#include <errno.h>
#include <inttypes.h>
#include <libiova-sim/sim.h>
#include <libiova/libiova.h>
#include <string.h>

#define TOP UINT64_MAX
#define assert_true(truth) CHECK(truth)

#define MAX_CALLS 200
#define MAX_GROUPS 4
#define MAX_DEVICES 6
#define MAX_REGIONS 24
#define MAX_MAPS 256
#define MAX_LIST 64
#define MAX_OVERRIDES 4
#define MAX_RESERVED 6

/* What a space was told; the names are those that oracle.h wants. */
struct told_override {
	int kind; /* 0 range, 1 device, 2 group */
	struct iova_range range;
	uint32_t group;
	char device[32];
	uint32_t verdict;
};

struct made_host {
	struct iova_host host;
	struct iova_group groups[MAX_GROUPS];
	struct iova_device_info devices[MAX_GROUPS][MAX_DEVICES];
	struct iova_region regions[MAX_GROUPS][MAX_REGIONS];
};

struct told {
	uint64_t granule;
	uint32_t width;
	uint32_t mode;
	uint32_t unreadable; /* 0: not said */
	uint32_t list;
	struct iova_range kernel[MAX_LIST];
	size_t n_kernel;
	struct made_host made;
	struct told_override overrides[MAX_OVERRIDES];
	size_t n_overrides;
	struct iova_range reserved[MAX_RESERVED];
	size_t n_reserved;
	struct iova_range mapped[MAX_MAPS];
	size_t n_mapped;
};

/* The oracle is made for tests with one host; here regions may be cut into many verdicts. */
#define ORACLE_CLAIMS 320
#define ORACLE_CUTS 2560
#define MIB ((uint64_t)1 << 20)
#include "oracle.h"

#include "oracle-place.h"

/* Mappings, sorted. */
struct maps {
	struct iova_mapping items[MAX_MAPS];
	size_t n;
};

/* A container. */
struct box {
	bool alive;
	bool iommu_set;
	int fd;
	uint32_t serial;
	bool damaged;     /* it lost a mapping at the very top, and others with it */
	uint32_t groups;  /* a bit for each in it */
	struct maps maps; /* what the kernel must hold */
};

struct held_group {
	uint32_t id;
	int fd;          /* the lender's, or -1 */
	bool own_attach; /* by the context */
	bool revoked;    /* VFIO gave the group up with its last device */
};

/* A user of the library: a context, or for the last one a space alone. */
struct user {
	const char *name;
	struct iova_ctx *ctx;
	struct iova_space *space;
	struct box *box;
	bool lent;          /* the box belongs to the caller */
	bool page_doubtful; /* the page size could not be asked for when it was opened */
	uint32_t flags;
	struct held_group groups[MAX_GROUPS];
	size_t n_groups;
	int devices[4]; /* fds, or -1 */
	uint32_t device_groups[4];
	struct told told;
	struct maps maps;
	struct oracle oracle; /* of told */
	bool unseen; /* the picture has not been compared since something may have changed */
};

struct sim_device_state {
	char name[16];
	uint32_t group;
	char driver[16];
	bool gone;
};

struct sim_region_state {
	uint32_t group;
	int device; /* index, or -1 for the group itself */
	struct iova_range range;
	bool strict;
	bool direct;
};

#define HELD_BY_NOBODY 0
#define HELD_BEHIND 100

struct world {
	const uint8_t *data;
	size_t size, at;
	struct iova_sim *sim;
	const struct iova_sys *sys;
	struct iova_sim_kernel kernel;
	struct iova_sys_memory memory;
	struct iova_sim_iommu iommus[MAX_GROUPS];
	uint32_t n_groups;
	struct iova_range bad_memory;
	bool has_bad_memory;
	struct sim_device_state devices[MAX_GROUPS * MAX_DEVICES];
	size_t n_devices;
	struct sim_region_state regions[64];
	size_t n_regions;
	int holder[MAX_GROUPS]; /* HELD_*, or 1 + the user's number */
	uint32_t n_containers;  /* opened so far */
	struct box boxes[3];    /* of each context, and the caller's own */
	struct user users[3];
	/* What is to go wrong in the next call, and what did in the last. */
	uint32_t request; /* 0 nothing, 1 a call fails, 2 something happens behind a call */
	uint32_t request_call, request_nth, request_event;
	int request_error;
	bool armed;
	int armed_error; /* 0 where something happens */
	bool disturbed;  /* it was hit */
	bool corrupt;    /* replies to GET_INFO are corrupted */
	bool lost;       /* a mapping at the very top, which old kernels lose */
	uint32_t n_calls;
};

/* program.c: the bytes. Behind the last one everything is 0. */
uint8_t take_byte(struct world *world);
uint32_t take_below(struct world *world, uint32_t n);
uint64_t take_number(struct world *world);
uint64_t take_address(struct world *world, const struct user *user);
uint64_t take_length(struct world *world, const struct user *user, uint64_t address);
struct iova_range take_range(struct world *world, const struct user *user);

/* host.c: the random host. */
void world_make(struct world *world);
void world_add_device(struct world *world, uint32_t group, uint32_t function);
void world_add_region(struct world *world, uint32_t group, int device);
bool world_is_viable(const struct world *world, uint32_t group);
bool world_has_node(const struct world *world, uint32_t group);

/* belief.c: what a user must know after the library has looked. */
void read_group_plainly(const struct world *world, uint32_t id, struct told *told);
void forget_groups(struct told *told);
void told_add_group(struct told *told, const struct iova_group *group);
void believe(struct world *world, struct user *user);
void believe_the_library(struct user *user);
void believe_maps(struct user *user);
void ask_oracle(struct user *user);
void told_copy(struct told *to, const struct told *from);
bool has_revoked(const struct user *user);
bool would_break(struct world *world, const struct user *user, uint32_t group);

/* kernel.c: what the kernel may answer, as a set of errnos. */
struct errors {
	int items[32];
	size_t n;
};
void error_add(struct errors *errors, bool applies, int error);
bool error_is(const struct errors *errors, int error);
uint64_t box_granule(const struct world *world, const struct box *box);
void kernel_map_errors(const struct world *world, const struct box *box,
		       const struct iova_mapping *mapping, struct errors *errors);
void kernel_attach_errors(const struct world *world, const struct box *box, uint32_t group,
			  bool joined, struct errors *errors);

/* maps.c, verify.c: the library and the model against all of this. */
void maps_add(struct maps *maps, const struct iova_mapping *mapping);
size_t maps_remove(struct maps *maps, struct iova_range range, uint64_t *ret_bytes);
void box_read(const struct world *world, const struct box *box, struct maps *ret_maps);
void box_resync(struct world *world, struct box *box);
void box_look(struct world *world, struct box *box);
void resync_all(struct world *world);
void verify_world(struct world *world);
bool is_in_container(const struct world *world, int fd);
uint64_t world_pinned(const struct world *world);
void verify_user(struct user *user);
void verify_box(const struct world *world, const struct box *box);
void verify_change(const struct user *user, const struct oracle *before,
		   const struct iova_change *change);

/* judge.c: before and after each call. */
struct verdict {
	struct errors expected; /* reasons to fail; the call succeeds if and only if there is none */
	bool murky;             /* something makes the answer undetermined */
};
void call_begins(struct world *world);
void verdict_add(struct verdict *verdict, bool applies, int error);
void call_made(struct world *world, struct user *user, const char *name, int r,
	       const struct verdict *verdict, const int *documented,
	       const struct iova_failure *failure);

/* The calls themselves. */
void call_open(struct world *world, struct user *user);
void call_close(struct world *world, struct user *user);
void call_attach(struct world *world, struct user *user, uint32_t how);
void call_detach(struct world *world, struct user *user);
void call_refresh(struct world *world, struct user *user);
void call_open_device(struct world *world, struct user *user);
void close_device(struct world *world, struct user *user, uint32_t i);
void lend_box(struct world *world);
void leave_box(struct world *world, struct box *box, uint32_t group);
void drop_behind(struct world *world, struct box *box);
void call_map(struct world *world, struct user *user, uint32_t how);
bool runs_differ(const struct world *world, const struct user *user, struct iova_range range);
void call_unmap(struct world *world, struct user *user, uint32_t how);
void keep_what_is_left(struct user *user, struct iova_range range);
void call_map_many(struct world *world, struct user *user);
void call_unmap_many(struct world *world, struct user *user);
void call_probe(struct world *world, struct user *user);
void call_limits(struct world *world, struct user *user);
void call_check(struct world *world, struct user *user);
void call_alloc(struct world *world, struct user *user);
void call_reserve(struct world *world, struct user *user);
void call_tell(struct world *world, struct user *user);
void call_try(struct world *world, struct user *user);
void call_record(struct world *world, struct user *user);
struct iova_policy *take_policy(struct world *world, struct told *told);

/* events.c: what happens outside. */
void event(struct world *world, uint32_t which);

/* Where an allocation must go; asks.c. */
bool place_of(const struct user *user, uint64_t length, const struct iova_alloc_opts *opts,
	      uint64_t *ret_iova);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_FUZZ_IOMMUFD_PLANT_H
#define TESTS_FUZZ_IOMMUFD_PLANT_H

/*
 * What the fuzzer of contexts on iommufd keeps: the bytes that are its program, the simulated host,
 * and three users of the library, who share an iommufd or do not. What the host
 * holds is compared with what the contexts have recorded, and nothing else is remembered.
 */

#include "../fuzz.h"
#include "../verbose.h"

#include <errno.h>
#include <inttypes.h>
#include <libiova-sim/sim.h>
#include <libiova/libiova.h>
#include <stdbool.h>
#include <string.h>

#define MAX_CALLS 120
#define MAX_MAPS 256
#define N_USERS 3
#define N_DEVICES 4
#define N_GROUPS 3
#define PAGE ((uint64_t)4096)
#define TOP UINT64_MAX

/* What can be seen of a context. */
struct sight {
	struct iova_ctx_info info;
	struct iova_mapping maps[MAX_MAPS];
	size_t n;
};

struct user {
	struct iova_ctx *ctx;
	int lender;               /* index of the user whose iommufd this is, or -1 */
	bool pins;                /* IOVA_CTX_PIN */
	bool lent_ioas;           /* the caller's own, where others map as well */
	bool knows_little;        /* regions came, or a call failed halfway, since it looked */
	struct iova_set *promise; /* what was usable when it was pinned; NULL: nothing is */
	struct sight before;
};

struct plant {
	const uint8_t *data;
	size_t size, at;
	struct iova_sim *sim;
	const struct iova_sys *sys;
	bool has_limit;
	int iommufd; /* the caller's own, or -1 */
	uint32_t ioas;
	int cdevs[N_DEVICES]; /* likewise */
	int nodes[N_DEVICES]; /* N of vfioN, or -1 */
	int file;
	struct user users[N_USERS];
	bool armed; /* a call fails in the next call of ours */
	bool hit;   /* it did */
	int error;
	uint32_t n_calls;
};

/* host.c */
uint8_t take(struct plant *plant);
uint32_t take_below(struct plant *plant, uint32_t n);
extern const char *const device_names[N_DEVICES];
void plant_make(struct plant *plant);
void plant_add_region(struct plant *plant, uint32_t device);
void plant_clear(struct plant *plant);

/* judge.c: before and after each call. What a failed call may have changed: */
#define MAY_LEAVE 1u /* devices are gone all the same */
void call_begins(struct plant *plant);
void call_made(struct plant *plant, const char *name, int r, const struct iova_failure *failure,
	       uint32_t flags);

/* contexts.c: contexts, and devices that come and go. */
void call_open(struct plant *plant, struct user *user);
void call_close(struct plant *plant, struct user *user);
void call_attach(struct plant *plant, struct user *user, uint32_t kind);
void call_detach(struct plant *plant, struct user *user, uint32_t kind);
void call_move(struct plant *plant, struct user *user, struct user *to);
void call_pin(struct plant *plant, struct user *user, bool unpin);
void call_refresh(struct plant *plant, struct user *user);

/* maps.c */
void call_map_fixed(struct plant *plant, struct user *user, bool file);
void call_map(struct plant *plant, struct user *user, bool file);
void call_map_many(struct plant *plant, struct user *user);
void call_unmap(struct plant *plant, struct user *user, bool all);
void call_copy(struct plant *plant, struct user *user, struct user *to);

#endif

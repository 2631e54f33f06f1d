/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_CONTEXT_CONTEXT_H
#define IOVA_CONTEXT_CONTEXT_H

/*
 * The inside of a context. One lock covers all of it: the kernel holds one per container or IOAS
 * while it maps, so threads would wait there instead. Who needs the locks of two contexts takes that of
 * the lower address first.
 *
 * Invariant: the space's table holds exactly the mappings made through this
 * context and not yet unmapped, and every one of them was accepted by the kernel.
 */

#include "backend/backend.h"
#include "base/log.h"
#include "space/space.h"

#include <libiova/context.h>
#include <pthread.h>

struct attached_group {
	uint32_t id;
	int fd;          /* -1 on iommufd, where a group is only what its devices have in common */
	bool own_fd;     /* opened here: closed here */
	bool own_attach; /* attached here: detached here */
};

/* On iommufd: attached. In a compat container: held open, so that the kernel knows its limits. */
struct attached_device {
	char name[IOVA_DEVICE_NAME_MAX];
	uint32_t group;
	int fd;
	bool own_fd;
	bool own_attach;
};

/* A part of a file that is mapped: the memory of a mapping whose vaddr is the offset there. */
struct file_mapping {
	uint64_t iova;
	int fd; /* of our own, to map it again should an unmap be undone */
};

struct iova_ctx {
	pthread_mutex_t lock;
	struct iova_backend backend;
	bool own_fd;     /* of the backend */
	bool own_ioas;   /* native iommufd only */
	bool has_iommu;  /* SET_IOMMU was made; without groups of ours, as last looked for */
	uint32_t flags;  /* IOVA_CTX_* */
	int64_t process; /* who opened it: a child after fork must not unmap */
	char *root;
	struct iova_log log;
	struct attached_group *groups;
	size_t n_groups;
	size_t groups_room;
	struct attached_device *devices;
	size_t n_devices;
	size_t devices_room;
	struct file_mapping *files; /* by iova */
	size_t n_files;
	size_t files_room;
	struct iova_set pinned; /* empty: nothing is promised */
	bool lacks_map_file;    /* the kernel was asked, and does not know it */
	bool charges_user;      /* locked memory counts by user: only our own is known */
	struct iova_host *host; /* as last read; also with a group that could not be attached */
	struct iova_space *space;
	bool has_available;
	uint32_t available; /* mappings left, by our own count since the kernel was asked */
	struct iova_sys_memory memory; /* locked: at the last look, and what we mapped since */
	bool has_uncharged;            /* mappings were made that are not charged to it */
};

/* Say so once when few mappings are left: programs should coalesce before it is too late. */
#define IOVA_ENTRIES_LOW 1024

/* Index of an attached group; ctx->n_groups if it is none. */
size_t iova_ctx_find_group_(const struct iova_ctx *ctx, uint32_t group);
/* Index of an attached device; ctx->n_devices if it is none. */
size_t iova_ctx_find_attached_(const struct iova_ctx *ctx, const char *name);

/*
 * Somebody answers for what is mapped: we attached something, or the lender of an IOAS did.
 * Without an IOMMU nobody can.
 */
static inline bool iova_ctx_may_map_(const struct iova_ctx *ctx)
{
	if (ctx->n_groups)
		return ctx->backend.kind != IOVA_BACKEND_NOIOMMU;
	return ctx->backend.kind == IOVA_BACKEND_IOMMUFD && !ctx->own_ioas;
}

/* Write a failure of a context to the caller's, if r < 0. Returns r. */
int iova_ctx_give_(const struct iova_ctx *ctx, struct iova_failure *reterr_failure,
		   struct iova_failure *failure, int r);

/*
 * attach.c, with the lock held: from a PCI address to its group. In its long form the address is
 * in failure->device then.
 */
int iova_ctx_find_device_(const struct iova_ctx *ctx, const char *name, uint32_t *ret_group,
			  struct iova_failure *failure);

/* iommufd.c: -EINVAL with IOVA_WHY_BACKEND on any other backend. */
int iova_ctx_need_iommufd_(const struct iova_ctx *ctx, struct iova_failure *failure);
/* Pins what is usable in a picture. */
int iova_ctx_promise_(struct iova_ctx *ctx, const struct iova_picture *picture,
		      struct iova_failure *failure);

/*
 * refresh.c. All with the lock held.
 * look_for_iommu: while no group is ours, whether the container has its IOMMU all the same.
 * read_host: the attached groups and, unless IOVA_GROUP_NONE, one more, into ctx->host.
 * take: ask the kernel, and merge its answer with ctx->host, which must hold the attached
 * groups. On failure the space is as it was.
 */
int iova_ctx_look_for_iommu_(struct iova_ctx *ctx, struct iova_failure *failure);
int iova_ctx_read_host_(struct iova_ctx *ctx, uint32_t with, struct iova_failure *failure);
int iova_ctx_take_(struct iova_ctx *ctx, struct iova_change *ret_change,
		   struct iova_failure *failure);
/* The same, but the new picture comes only with what is promised of it: see IOVA_CTX_PIN. */
int iova_ctx_take_pinned_(struct iova_ctx *ctx, struct iova_change *ret_change,
			  struct iova_failure *failure);

/* files.c: a descriptor of the file that is mapped at an address; -1 if it is none. */
int iova_ctx_file_at_(const struct iova_ctx *ctx, uint64_t iova);
/* Another descriptor of a file is kept; step: what fails then. */
int iova_ctx_keep_file_(struct iova_ctx *ctx, uint64_t iova, int file, uint32_t step,
			struct iova_failure *failure);
void iova_ctx_forget_files_(struct iova_ctx *ctx, const struct iova_range *range);
/* The request to the kernel. file: that of the mapping, or -1 if it is memory of the process. */
int iova_ctx_ask_map_(struct iova_ctx *ctx, const struct iova_mapping *mapping, int file,
		      struct iova_failure *failure);

/* limits.c, with the lock held: whether n more mappings of length bytes in all can be had. */
int iova_ctx_check_limits_(struct iova_ctx *ctx, uint64_t n, uint64_t length, uint32_t map_flags,
			   struct iova_failure *failure);
/* Bytes that may still be locked; whether, by a fresh look, length is more than that. */
/* Asks the system what memory is locked. */
int iova_ctx_ask_memory_(struct iova_ctx *ctx);
uint64_t iova_memory_left_(const struct iova_sys_memory *memory);
bool iova_ctx_lacks_memory_(struct iova_ctx *ctx, uint64_t length);
void iova_ctx_count_mapped_(struct iova_ctx *ctx, uint64_t length, uint32_t map_flags);
void iova_ctx_count_unmapped_(struct iova_ctx *ctx, size_t n, uint64_t length);

/* unmap.c, with the lock held: all mappings inside a range. */
int iova_ctx_unmap_range_(struct iova_ctx *ctx, const struct iova_range *range,
			  uint64_t *ret_unmapped, struct iova_failure *failure);

#endif

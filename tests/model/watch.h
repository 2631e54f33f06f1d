/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_TESTS_WATCH_H
#define IOVA_TESTS_WATCH_H

/*
 * Stands before each source of the scenarios (-include) where they are swept:
 * whatever may fail for lack of memory or by the system, and what makes or
 * releases something, is called through the functions of the same names with
 * watched_ before them. A test compares them with the public headers.
 */

#include <libiova/libiova.h>

#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* X(function, its parameters, its arguments, where a result would be written and its size) */
#define WATCHED_WITH_FAILURE(X)                                                                   \
	X(iova_ctx_attach_group,                                                                  \
	  (struct iova_ctx * ctx, uint32_t group, struct iova_change * change,                    \
	   struct iova_failure * failure),                                                        \
	  (ctx, group, change, watched.failure), NULL, 0)                                         \
	X(iova_ctx_attach_device,                                                                 \
	  (struct iova_ctx * ctx, const char *name, struct iova_change *change,                   \
	   struct iova_failure *failure),                                                         \
	  (ctx, name, change, watched.failure), NULL, 0)                                          \
	X(iova_ctx_adopt_group,                                                                   \
	  (struct iova_ctx * ctx, uint32_t group, int fd, struct iova_change *change,             \
	   struct iova_failure *failure),                                                         \
	  (ctx, group, fd, change, watched.failure), NULL, 0)                                     \
	X(iova_ctx_adopt_device,                                                                  \
	  (struct iova_ctx * ctx, const char *name, int fd, uint32_t id,                          \
	   struct iova_change *change, struct iova_failure *failure),                             \
	  (ctx, name, fd, id, change, watched.failure), NULL, 0)                                  \
	X(iova_ctx_detach_device,                                                                 \
	  (struct iova_ctx * ctx, const char *name, struct iova_change *change,                   \
	   struct iova_failure *failure),                                                         \
	  (ctx, name, change, watched.failure), NULL, 0)                                          \
	X(iova_ctx_move_device,                                                                   \
	  (struct iova_ctx * from, const char *name, struct iova_ctx *to,                         \
	   struct iova_change *change, struct iova_failure *failure),                             \
	  (from, name, to, change, watched.failure), NULL, 0)                                     \
	X(iova_ctx_pin, (struct iova_ctx * ctx, struct iova_failure * failure),                   \
	  (ctx, watched.failure), NULL, 0)                                                        \
	X(iova_ctx_unpin, (struct iova_ctx * ctx, struct iova_failure * failure),                 \
	  (ctx, watched.failure), NULL, 0)                                                        \
	X(iova_ctx_map_file_fixed,                                                                \
	  (struct iova_ctx * ctx, uint64_t iova, int fd, uint64_t offset, uint64_t length,        \
	   const struct iova_map_opts *opts, struct iova_failure *failure),                       \
	  (ctx, iova, fd, offset, length, opts, watched.failure), NULL, 0)                        \
	X(iova_ctx_map_file,                                                                      \
	  (struct iova_ctx * ctx, int fd, uint64_t offset, uint64_t length,                       \
	   const struct iova_map_opts *opts, uint64_t *iova, struct iova_failure *failure),       \
	  (ctx, fd, offset, length, opts, iova, watched.failure), iova, sizeof *iova)             \
	X(iova_ctx_copy,                                                                          \
	  (struct iova_ctx * from, uint64_t from_iova, uint64_t length, struct iova_ctx * to,     \
	   uint64_t to_iova, const struct iova_map_opts *opts, struct iova_failure *failure),     \
	  (from, from_iova, length, to, to_iova, opts, watched.failure), NULL, 0)                 \
	X(iova_ctx_detach_group,                                                                  \
	  (struct iova_ctx * ctx, uint32_t group, struct iova_change * change,                    \
	   struct iova_failure * failure),                                                        \
	  (ctx, group, change, watched.failure), NULL, 0)                                         \
	X(iova_ctx_refresh,                                                                       \
	  (struct iova_ctx * ctx, struct iova_change * change, struct iova_failure * failure),    \
	  (ctx, change, watched.failure), NULL, 0)                                                \
	X(iova_ctx_limits,                                                                        \
	  (struct iova_ctx * ctx, struct iova_limits * limits, struct iova_failure * failure),    \
	  (ctx, limits, watched.failure), limits, sizeof *limits)                                 \
	X(iova_ctx_probe_width,                                                                   \
	  (struct iova_ctx * ctx, uint32_t * width, struct iova_failure * failure),               \
	  (ctx, width, watched.failure), width, sizeof *width)                                    \
	X(iova_ctx_map_fixed,                                                                     \
	  (struct iova_ctx * ctx, uint64_t iova, void *vaddr, uint64_t length,                    \
	   const struct iova_map_opts *opts, struct iova_failure *failure),                       \
	  (ctx, iova, vaddr, length, opts, watched.failure), NULL, 0)                             \
	X(iova_ctx_map,                                                                           \
	  (struct iova_ctx * ctx, void *vaddr, uint64_t length, const struct iova_map_opts *opts, \
	   uint64_t *iova, struct iova_failure *failure),                                         \
	  (ctx, vaddr, length, opts, iova, watched.failure), iova, sizeof *iova)                  \
	X(iova_ctx_map_identity,                                                                  \
	  (struct iova_ctx * ctx, void *vaddr, uint64_t length, const struct iova_map_opts *opts, \
	   struct iova_failure *failure),                                                         \
	  (ctx, vaddr, length, opts, watched.failure), NULL, 0)                                   \
	X(iova_ctx_map_many,                                                                      \
	  (struct iova_ctx * ctx, struct iova_request * requests, size_t n,                       \
	   const struct iova_many_opts *opts, struct iova_failure *failure),                      \
	  (ctx, requests, n, opts, watched.failure), requests, n * sizeof *requests)              \
	X(iova_ctx_unmap_many,                                                                    \
	  (struct iova_ctx * ctx, const struct iova_request *requests, size_t n,                  \
	   const struct iova_many_opts *opts, uint64_t *unmapped, struct iova_failure *failure),  \
	  (ctx, requests, n, opts, unmapped, watched.failure), unmapped, sizeof *unmapped)        \
	X(iova_ctx_unmap,                                                                         \
	  (struct iova_ctx * ctx, uint64_t iova, uint64_t length, uint64_t * unmapped,            \
	   struct iova_failure * failure),                                                        \
	  (ctx, iova, length, unmapped, watched.failure), unmapped, sizeof *unmapped)             \
	X(iova_ctx_unmap_all,                                                                     \
	  (struct iova_ctx * ctx, uint64_t * unmapped, struct iova_failure * failure),            \
	  (ctx, unmapped, watched.failure), unmapped, sizeof *unmapped)

#define WATCHED_WITHOUT_FAILURE(X)                                                                 \
	X(iova_policy_override_range,                                                              \
	  (struct iova_policy * policy, const struct iova_range *range, uint32_t verdict),         \
	  (policy, range, verdict), NULL, 0)                                                       \
	X(iova_policy_override_group,                                                              \
	  (struct iova_policy * policy, uint32_t group, uint32_t verdict),                         \
	  (policy, group, verdict), NULL, 0)                                                       \
	X(iova_policy_override_device,                                                             \
	  (struct iova_policy * policy, const char *name, uint32_t verdict),                       \
	  (policy, name, verdict), NULL, 0)                                                        \
	X(iova_set_assign, (struct iova_set * set, const struct iova_set *other), (set, other),    \
	  NULL, 0)                                                                                 \
	X(iova_set_unite, (struct iova_set * set, const struct iova_set *other), (set, other),     \
	  NULL, 0)                                                                                 \
	X(iova_set_subtract, (struct iova_set * set, const struct iova_set *other), (set, other),  \
	  NULL, 0)                                                                                 \
	X(iova_set_intersect, (struct iova_set * set, const struct iova_set *other), (set, other), \
	  NULL, 0)                                                                                 \
	X(iova_set_add, (struct iova_set * set, const struct iova_range *range), (set, range),     \
	  NULL, 0)                                                                                 \
	X(iova_set_remove, (struct iova_set * set, const struct iova_range *range), (set, range),  \
	  NULL, 0)                                                                                 \
	X(iova_set_complement, (struct iova_set * set, const struct iova_range *range),            \
	  (set, range), NULL, 0)                                                                   \
	X(iova_space_set_granule,                                                                  \
	  (struct iova_space * space, uint64_t granule, struct iova_change * change),              \
	  (space, granule, change), NULL, 0)                                                       \
	X(iova_space_set_width,                                                                    \
	  (struct iova_space * space, uint32_t width, struct iova_change * change),                \
	  (space, width, change), NULL, 0)                                                         \
	X(iova_space_set_policy,                                                                   \
	  (struct iova_space * space, const struct iova_policy *policy,                            \
	   struct iova_change *change),                                                            \
	  (space, policy, change), NULL, 0)                                                        \
	X(iova_space_set_kernel,                                                                   \
	  (struct iova_space * space, uint32_t list, const struct iova_set *ranges,                \
	   struct iova_change *change),                                                            \
	  (space, list, ranges, change), NULL, 0)                                                  \
	X(iova_space_add_group,                                                                    \
	  (struct iova_space * space, const struct iova_host *host, uint32_t group,                \
	   struct iova_change *change),                                                            \
	  (space, host, group, change), NULL, 0)                                                   \
	X(iova_space_add_groups,                                                                   \
	  (struct iova_space * space, const struct iova_host *host, const uint32_t *groups,        \
	   size_t n, struct iova_change *change),                                                  \
	  (space, host, groups, n, change), NULL, 0)                                               \
	X(iova_space_try_group,                                                                    \
	  (struct iova_space * space, const struct iova_host *host, uint32_t group,                \
	   struct iova_change *change),                                                            \
	  (space, host, group, change), NULL, 0)                                                   \
	X(iova_space_remove_group,                                                                 \
	  (struct iova_space * space, uint32_t group, struct iova_change * change),                \
	  (space, group, change), NULL, 0)                                                         \
	X(iova_space_reserve,                                                                      \
	  (struct iova_space * space, const struct iova_range *range, const char *name,            \
	   struct iova_change *change),                                                            \
	  (space, range, name, change), NULL, 0)                                                   \
	X(iova_space_unreserve,                                                                    \
	  (struct iova_space * space, const struct iova_range *range, struct iova_change *change), \
	  (space, range, change), NULL, 0)                                                         \
	X(iova_space_record, (struct iova_space * space, const struct iova_mapping *mapping),      \
	  (space, mapping), NULL, 0)                                                               \
	X(iova_space_record_many,                                                                  \
	  (struct iova_space * space, const struct iova_mapping *mappings, size_t n),              \
	  (space, mappings, n), NULL, 0)                                                           \
	X(iova_space_read_tier,                                                                    \
	  (const struct iova_space *space, uint32_t tier, struct iova_set *set),                   \
	  (space, tier, set), NULL, 0)                                                             \
	X(iova_space_read_kernel,                                                                  \
	  (const struct iova_space *space, uint32_t *list, struct iova_set *set),                  \
	  (space, list, set), list, sizeof *list)                                                  \
	X(iova_space_alloc,                                                                        \
	  (const struct iova_space *space, uint64_t length, const struct iova_alloc_opts *opts,    \
	   uint64_t *iova),                                                                        \
	  (space, length, opts, iova), iova, sizeof *iova)

#define WATCHED_DECLARE(function, parameters, ...) int watched_##function parameters;
WATCHED_WITH_FAILURE(WATCHED_DECLARE)
WATCHED_WITHOUT_FAILURE(WATCHED_DECLARE)

/* Makers and releasers: what a play holds is kept, to be released if it ends early. */
int watched_iova_ctx_open(const struct iova_ctx_opts *opts, struct iova_ctx **ret_ctx,
			  struct iova_failure *failure);
int watched_iova_ctx_open_device(struct iova_ctx *ctx, const char *name,
				 struct iova_failure *failure);
int watched_iova_host_read(const struct iova_host_opts *opts, struct iova_host **ret_host,
			   struct iova_failure *failure);
int watched_iova_policy_new(uint32_t mode, struct iova_policy **ret_policy);
int watched_iova_set_new(struct iova_set **ret_set);
int watched_iova_space_new(const struct iova_space_opts *opts, struct iova_space **ret_space);
int watched_iova_change_new(struct iova_change **ret_change);
void watched_iova_ctx_close(struct iova_ctx *ctx);
void watched_iova_host_free(struct iova_host *host);
void watched_iova_policy_free(struct iova_policy *policy);
void watched_iova_set_free(struct iova_set *set);
void watched_iova_space_free(struct iova_space *space);
void watched_iova_change_free(struct iova_change *change);
void *watched_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);
int watched_munmap(void *address, size_t length);

/* A child plays on; what becomes of it is told to the parent when that waits for it. */
pid_t watched_fork(void);
pid_t watched_waitpid(pid_t pid, int *status, int options);
_Noreturn void watched__exit(int status);

#ifndef IOVA_TESTS_WATCHER
#define iova_ctx_attach_group watched_iova_ctx_attach_group
#define iova_ctx_attach_device watched_iova_ctx_attach_device
#define iova_ctx_adopt_group watched_iova_ctx_adopt_group
#define iova_ctx_adopt_device watched_iova_ctx_adopt_device
#define iova_ctx_detach_device watched_iova_ctx_detach_device
#define iova_ctx_move_device watched_iova_ctx_move_device
#define iova_ctx_pin watched_iova_ctx_pin
#define iova_ctx_unpin watched_iova_ctx_unpin
#define iova_ctx_map_file_fixed watched_iova_ctx_map_file_fixed
#define iova_ctx_map_file watched_iova_ctx_map_file
#define iova_ctx_copy watched_iova_ctx_copy
#define iova_ctx_detach_group watched_iova_ctx_detach_group
#define iova_ctx_refresh watched_iova_ctx_refresh
#define iova_ctx_limits watched_iova_ctx_limits
#define iova_ctx_probe_width watched_iova_ctx_probe_width
#define iova_ctx_map_fixed watched_iova_ctx_map_fixed
#define iova_ctx_map watched_iova_ctx_map
#define iova_ctx_map_identity watched_iova_ctx_map_identity
#define iova_ctx_map_many watched_iova_ctx_map_many
#define iova_ctx_unmap_many watched_iova_ctx_unmap_many
#define iova_ctx_unmap watched_iova_ctx_unmap
#define iova_ctx_unmap_all watched_iova_ctx_unmap_all
#define iova_policy_override_range watched_iova_policy_override_range
#define iova_policy_override_group watched_iova_policy_override_group
#define iova_policy_override_device watched_iova_policy_override_device
#define iova_set_assign watched_iova_set_assign
#define iova_set_unite watched_iova_set_unite
#define iova_set_subtract watched_iova_set_subtract
#define iova_set_intersect watched_iova_set_intersect
#define iova_set_add watched_iova_set_add
#define iova_set_remove watched_iova_set_remove
#define iova_set_complement watched_iova_set_complement
#define iova_space_set_granule watched_iova_space_set_granule
#define iova_space_set_width watched_iova_space_set_width
#define iova_space_set_policy watched_iova_space_set_policy
#define iova_space_set_kernel watched_iova_space_set_kernel
#define iova_space_add_group watched_iova_space_add_group
#define iova_space_add_groups watched_iova_space_add_groups
#define iova_space_try_group watched_iova_space_try_group
#define iova_space_remove_group watched_iova_space_remove_group
#define iova_space_reserve watched_iova_space_reserve
#define iova_space_unreserve watched_iova_space_unreserve
#define iova_space_record watched_iova_space_record
#define iova_space_record_many watched_iova_space_record_many
#define iova_space_read_tier watched_iova_space_read_tier
#define iova_space_read_kernel watched_iova_space_read_kernel
#define iova_space_alloc watched_iova_space_alloc
#define iova_ctx_open watched_iova_ctx_open
#define iova_ctx_open_device watched_iova_ctx_open_device
#define iova_host_read watched_iova_host_read
#define iova_policy_new watched_iova_policy_new
#define iova_set_new watched_iova_set_new
#define iova_space_new watched_iova_space_new
#define iova_change_new watched_iova_change_new
#define iova_ctx_close watched_iova_ctx_close
#define iova_host_free watched_iova_host_free
#define iova_policy_free watched_iova_policy_free
#define iova_set_free watched_iova_set_free
#define iova_space_free watched_iova_space_free
#define iova_change_free watched_iova_change_free
#define mmap watched_mmap
#define munmap watched_munmap
#define fork watched_fork
#define waitpid watched_waitpid
#define _exit watched__exit
#endif

#endif

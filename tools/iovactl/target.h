/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVACTL_TARGET_H
#define IOVACTL_TARGET_H

/*
 * What a command works on: a machine (real, recorded or simulated), the groups that the
 * options select on it, what the kernel lists for them, and the space merged from all that.
 *
 * The space is the target's own and not the context's: groups that cannot be attached, as most
 * groups of a running machine, still count with the regions that sysfs has for them.
 */

#include <libiova/libiova.h>

#include "options.h"

struct iova_sim;

struct target {
	const struct options *options;
	struct iova_sim *sim;       /* NULL but for --sim */
	const struct iova_sys *sys; /* NULL for the real one */
	struct iova_host *host;
	struct iova_policy *policy;
	struct iova_ctx *ctx; /* NULL if the kernel could not be, or is not to be, asked */
	struct iova_space *space;
	uint32_t *groups; /* selected, ascending */
	size_t n_groups;
	uint32_t *attached; /* those of them that the context has */
	size_t n_attached;
	bool recorded;    /* --root: nothing is opened */
	bool named;       /* groups were selected by name, not just all of the machine's */
	uint32_t list;    /* IOVA_LIST_* */
	uint32_t backend; /* IOVA_BACKEND_* of the context, IOVA_BACKEND_ANY without one */
	struct iova_set *kernel;
	char logged[256];            /* the last line of the context's log */
	struct iova_failure failure; /* why the kernel could not be asked; step 0 if it could */
};

/*
 * Open what the options describe. Trouble is reported here; target_close() in any case. That the
 * kernel cannot be asked is no trouble: the failure is kept in the target.
 */
enum status target_open(const struct options *options, struct target *target);
void target_close(struct target *target);

/* Say on standard error what of the kernel's side is missing, and why. */
void target_note_kernel(const struct target *target);

/* "ranges", "unrestricted", "none" (asked, no answer) or "not-asked". */
const char *target_kernel_state(const struct target *target);

/* Find the groups that the options name, or all. */
enum status target_select(struct target *target);

/* Open a context with the selected groups, and read its list and granule. */
void target_ask_kernel(struct target *target, uint64_t *ret_granule);

#endif

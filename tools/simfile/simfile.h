/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIMFILE_H
#define SIMFILE_H

/*
 * Simulated hosts that are described in a file: JSON with comments, see iova-host(5). Either the
 * whole description is right and there is a host, or there is none and the first thing that is
 * wrong is told.
 *
 * What the file says is never trusted: its size, its nesting and the number of things in it have
 * limits. json-c, which parses it, does not survive every failing allocation of its own.
 */

#include <stddef.h>

#include <libiova-sim/sim.h>

#define SIMFILE_SIZE_MAX ((size_t)1 << 20) /* bytes of a file */
#define SIMFILE_DEPTH_MAX 16               /* lists and objects within each other */
#define SIMFILE_ITEMS_MAX 1024             /* elements of a list */
#define SIMFILE_DEVICES_MAX 4096           /* devices of a host, without those of a preset */
#define SIMFILE_REGIONS_MAX 4096           /* the same of regions */

/* "FILE: groups[2].devices[0].class: expected ..., found ...". ASCII but for the file's name. */
struct simfile_error {
	char text[640];
};

/*
 * Make the host of a file. A negative errno: -EINVAL where the description is wrong, -EFBIG where
 * it is too large, -ENOMEM, or why the file cannot be read; *ret_sim is then not written.
 */
int simfile_read(const char *path, struct iova_sim **ret_sim, struct simfile_error *reterr);

/* The same of a text; the name stands for the file in errors. */
int simfile_parse(const char *name, const char *text, size_t length, struct iova_sim **ret_sim,
		  struct simfile_error *reterr);

/* "EINVAL" for EINVAL, or NULL. */
const char *simfile_errno_name(int error);

/* The word that is most like another, or NULL if none is. */
const char *simfile_nearest(const char *word, const char *const *words, size_t n);

/* "one, two, three" of words up to NULL; what does not fit is cut. */
void simfile_list(char *text, size_t size, const char *const *words);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef RING_H
#define RING_H

/*
 * A toy driver: two rings in memory that a device reads and writes. It takes
 * the table of system functions, NULL for the real one, so that a test can
 * put a simulated host below it.
 */
#include <libiova/libiova.h>

#define RING_BYTES 0x10000
#define RING_ANYWHERE UINT64_MAX

struct ring {
	struct iova_ctx *ctx;
	void *memory[2];  /* requests, replies */
	uint64_t iova[2]; /* where the device sees them */
};

/* at: where the device wants its requests, or RING_ANYWHERE. */
int ring_open(struct ring *ring, const struct iova_sys *sys, const char *device, uint64_t at);
void ring_close(struct ring *ring);

#endif

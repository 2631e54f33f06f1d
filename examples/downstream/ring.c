/* SPDX-License-Identifier: BSD-3-Clause */
#include "ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int map(struct ring *ring, int i, uint64_t at)
{
	if (posix_memalign(&ring->memory[i], RING_BYTES, RING_BYTES))
		return -ENOMEM;
	memset(ring->memory[i], 0, RING_BYTES);
	if (at == RING_ANYWHERE)
		return iova_ctx_map(ring->ctx, ring->memory[i], RING_BYTES, NULL, &ring->iova[i],
				    NULL);
	ring->iova[i] = at;
	return iova_ctx_map_fixed(ring->ctx, at, ring->memory[i], RING_BYTES, NULL, NULL);
}

int ring_open(struct ring *ring, const struct iova_sys *sys, const char *device, uint64_t at)
{
	struct iova_ctx_opts opts = { .size = sizeof opts, .sys = sys };
	int r;

	memset(ring, 0, sizeof *ring);
	r = iova_ctx_open(&opts, &ring->ctx, NULL);
	if (r >= 0)
		r = iova_ctx_attach_device(ring->ctx, device, NULL, NULL);
	if (r >= 0)
		r = map(ring, 0, at);
	if (r >= 0)
		r = map(ring, 1, RING_ANYWHERE);
	if (r < 0)
		ring_close(ring);
	return r;
}

void ring_close(struct ring *ring)
{
	iova_ctx_close(ring->ctx); /* unmaps, so the memory may go afterwards */
	free(ring->memory[0]);
	free(ring->memory[1]);
	memset(ring, 0, sizeof *ring);
}

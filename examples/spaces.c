/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * spaces DEVICE OTHER: two address spaces on one iommufd. Both devices begin in the first; the other
 * one is moved to the second, and is given the same buffer there. Needs a kernel with iommufd.
 */
#include <libiova/libiova.h>
#include <stdio.h>
#include <stdlib.h>

#define LENGTH ((size_t)1 << 20)
#define ALIGNMENT 65536

struct spaces {
	struct iova_ctx *first;
	struct iova_ctx *second;
};

/* The second context borrows the iommufd of the first, and has an IOAS of its own there. */
static int open_both(struct spaces *spaces, struct iova_failure *failure)
{
	struct iova_ctx_opts opts = { .size = sizeof opts, .backend = IOVA_BACKEND_IOMMUFD };
	struct iova_ctx_info info = { .size = sizeof info };
	int r = iova_ctx_open(&opts, &spaces->first, failure);

	if (r >= 0)
		r = iova_ctx_info(spaces->first, &info);
	if (r < 0)
		return r;
	opts.flags = IOVA_CTX_ADOPT_IOMMUFD;
	opts.iommufd = info.fd;
	return iova_ctx_open(&opts, &spaces->second, failure);
}

/* From the pin on, no device is let in that would take away an address that both can use now. */
static int attach_both(struct iova_ctx *ctx, char **devices, struct iova_failure *failure)
{
	int r = iova_ctx_attach_device(ctx, devices[0], NULL, failure);

	if (r >= 0)
		r = iova_ctx_attach_device(ctx, devices[1], NULL, failure);
	if (r >= 0)
		r = iova_ctx_pin(ctx, failure);
	return r;
}

/* The memory is pinned and charged once, however many spaces it is in. */
static int share(struct spaces *spaces, char **devices, void *buffer, struct iova_failure *failure)
{
	struct iova_map_opts opts = { .size = sizeof opts, .flags = IOVA_MAP_KERNEL_CHOOSES };
	uint64_t iova;
	int r = iova_ctx_map(spaces->first, buffer, LENGTH, &opts, &iova, failure);

	if (r >= 0) /* in one step: at no time it is attached to nothing */
		r = iova_ctx_move_device(spaces->first, devices[1], spaces->second, NULL, failure);
	if (r >= 0) /* at any address that is usable there; here the same */
		r = iova_ctx_copy(spaces->first, iova, LENGTH, spaces->second, iova, NULL, failure);
	if (r < 0)
		return r;
	printf("%s and %s reach the buffer at 0x%llx, each in its own space\n", devices[0],
	       devices[1], (unsigned long long)iova);
	return 0;
}

int main(int argc, char **argv)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct spaces spaces = { NULL, NULL };
	struct iova_explanation why;
	void *buffer;
	int r;

	if (argc != 3) {
		fprintf(stderr, "usage: spaces DEVICE OTHER\n");
		return 2;
	}
	buffer = aligned_alloc(ALIGNMENT, LENGTH);
	r = open_both(&spaces, &failure);
	if (r >= 0)
		r = attach_both(spaces.first, argv + 1, &failure);
	if (r >= 0)
		r = share(&spaces, argv + 1, buffer, &failure);
	if (r < 0 && !iova_explain(&failure, iova_ctx_host(spaces.first), &why))
		fprintf(stderr, "%s\n%s\n", why.cause, why.remedy);
	/* The first one's iommufd is the second one's as well: it goes last. */
	iova_ctx_close(spaces.second);
	iova_ctx_close(spaces.first);
	free(buffer);
	return r < 0;
}

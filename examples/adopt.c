/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * adopt GROUP: a program that has its container and its group open already, and attached, lends
 * both to libiova. They stay the program's: closing the context unmaps what was mapped through it,
 * and nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <libiova/libiova.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LENGTH 65536

static void print_log(void *data, int level, const char *message)
{
	(void)data;
	(void)level;
	fprintf(stderr, "libiova: %s\n", message);
}

/* What the program did before it knew of libiova. */
static int open_all(const char *group_number, int *ret_container, int *ret_group)
{
	char path[64];
	int container, group;

	snprintf(path, sizeof path, "/dev/vfio/%s", group_number);
	container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (container < 0)
		return -errno;
	group = open(path, O_RDWR | O_CLOEXEC);
	if (group < 0 || ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) < 0 ||
	    ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0) {
		int r = -errno;

		if (group >= 0)
			close(group);
		close(container);
		return r;
	}
	*ret_container = container;
	*ret_group = group;
	return 0;
}

static int map_something(struct iova_ctx *ctx, struct iova_failure *failure)
{
	struct iova_limits limits = { .size = sizeof limits };
	void *buffer = aligned_alloc(LENGTH, LENGTH);
	uint64_t iova, unmapped;
	int r = iova_ctx_map(ctx, buffer, LENGTH, NULL, &iova, failure);

	if (r >= 0)
		r = iova_ctx_limits(ctx, &limits, failure);
	if (r >= 0) {
		printf("mapped at 0x%llx", (unsigned long long)iova);
		if (limits.flags & IOVA_LIMITS_ENTRIES)
			printf(", %u mappings left", (unsigned)limits.entries_left);
		putchar('\n');
		r = iova_ctx_unmap(ctx, iova, LENGTH, &unmapped, failure);
	}
	free(buffer);
	return r;
}

int main(int argc, char **argv)
{
	struct iova_ctx_opts opts = {
		.size = sizeof opts,
		.flags = IOVA_CTX_ADOPT,
		.log = print_log,
		.log_level = IOVA_LOG_WARNING,
	};
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_explanation why;
	struct iova_ctx *ctx = NULL;
	int container = -1, group = -1, r;

	if (argc < 2) {
		fprintf(stderr, "usage: adopt GROUP\n");
		return 2;
	}
	r = open_all(argv[1], &container, &group);
	if (r < 0) {
		fprintf(stderr, "adopt: /dev/vfio/%s: %s\n", argv[1], strerror(-r));
		return 1;
	}
	opts.container = container;
	r = iova_ctx_open(&opts, &ctx, &failure);
	if (r >= 0)
		r = iova_ctx_adopt_group(ctx, (uint32_t)strtoul(argv[1], NULL, 10), group, NULL,
					 &failure);
	if (r >= 0)
		r = map_something(ctx, &failure);
	if (r < 0 && iova_explain(&failure, iova_ctx_host(ctx), &why) >= 0)
		fprintf(stderr, "%s\n%s\n", why.cause, why.remedy);
	iova_ctx_close(ctx);
	if (ioctl(container, VFIO_GET_API_VERSION) == VFIO_API_VERSION)
		printf("the container is still ours\n");
	close(group);
	close(container);
	return r < 0;
}

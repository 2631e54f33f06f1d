/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pages DEVICE: maps the pages of a buffer, of which nobody knows that they lie one behind the
 * other, in one call: all of them or none, and in as few mappings as will do.
 */
#include <libiova/libiova.h>
#include <stdio.h>
#include <stdlib.h>

#define MIB ((size_t)1 << 20)
#define PAGE 65536
#define LENGTH (32 * MIB)
#define N_PAGES (LENGTH / PAGE)

/* Pinning takes its time: whoever waits is told, and may say that it is enough. */
static int print_progress(void *data, uint64_t done, uint64_t total)
{
	(void)data;
	printf("%zu of %zu MiB\n", (size_t)(done / MIB), (size_t)(total / MIB));
	return 0;
}

static int map_pages(struct iova_ctx *ctx, char *buffer, struct iova_failure *failure)
{
	static struct iova_request pages[N_PAGES];
	struct iova_many_opts opts = { .size = sizeof opts,
				       .flags = IOVA_MANY_ANYWHERE,
				       .step = 16 * MIB,
				       .progress = print_progress,
				       .alloc = { .align = 16 * MIB } };
	uint64_t unmapped;
	int r;

	for (size_t i = 0; i < N_PAGES; i++)
		pages[i] = (struct iova_request){ .vaddr = (uintptr_t)(buffer + i * PAGE),
						  .length = PAGE };
	r = iova_ctx_map_many(ctx, pages, N_PAGES, &opts, failure);
	if (r < 0)
		return r;
	printf("%zu pages from 0x%llx on, in %zu mappings\n", N_PAGES,
	       (unsigned long long)pages[0].iova, iova_space_count(iova_ctx_space(ctx)));
	r = iova_ctx_unmap_many(ctx, pages, N_PAGES, NULL, &unmapped, failure);
	if (r >= 0)
		printf("%zu MiB unmapped\n", (size_t)(unmapped / MIB));
	return r;
}

int main(int argc, char **argv)
{
	struct iova_failure failure = IOVA_FAILURE_INIT;
	struct iova_explanation why;
	struct iova_ctx *ctx = NULL;
	char *buffer = aligned_alloc(2 * MIB, LENGTH);
	int r;

	if (argc != 2 || !buffer) {
		fprintf(stderr, "usage: pages DEVICE\n");
		free(buffer);
		return 2;
	}
	r = iova_ctx_open(NULL, &ctx, &failure);
	if (r >= 0)
		r = iova_ctx_attach_device(ctx, argv[1], NULL, &failure);
	if (r >= 0)
		r = map_pages(ctx, buffer, &failure);
	if (r < 0 && !iova_explain(&failure, iova_ctx_host(ctx), &why))
		fprintf(stderr, "%s\n%s\n", why.cause, why.remedy);
	iova_ctx_close(ctx);
	free(buffer);
	return r < 0;
}

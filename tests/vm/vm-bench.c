/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What libiova adds to the kernel's own time, or saves of it. The same is done through the library and by
 * the bare ioctls, in turns, on one container and at the same addresses. A pair of samples gives one ratio.
 *
 * vm-bench fixed DEVICE ROUNDS N...:     one page is mapped and unmapped while N mappings are live
 * vm-bench allocated DEVICE ROUNDS N...: the same, and the library looks for the address
 * vm-bench arrays DEVICE ROUNDS N...:    N pages are mapped and unmapped by one call, or an ioctl each
 *
 * Apart, because once an address was looked for the table keeps an index for that. Prints a line for each
 * N, and shape of the array:
 *
 *   one-page|arrays N WAY NS-BARE NS-LIBRARY RATIO QUARTILE1 QUARTILE3
 */
#include "vm-bench.h"

#include <errno.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

/* Enough for the clock's own time not to count. */
#define AT_A_TIME 4
#define MOST_ROUNDS 100000

void die(const char *what, int r)
{
	fprintf(stderr, "vm-bench: %s: %s\n", what, strerror(r < 0 ? -r : errno));
	exit(1);
}

void need(const char *what, int r)
{
	if (r < 0)
		die(what, r);
}

void bare_map(const struct bench *bench, uint64_t iova, void *vaddr, uint64_t length)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof map,
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)vaddr,
		.iova = iova,
		.size = length,
	};

	if (ioctl(bench->container, VFIO_IOMMU_MAP_DMA, &map) < 0)
		die("VFIO_IOMMU_MAP_DMA", 0);
}

void bare_unmap(const struct bench *bench, uint64_t iova, uint64_t length)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof unmap,
		.iova = iova,
		.size = length,
	};

	if (ioctl(bench->container, VFIO_IOMMU_UNMAP_DMA, &unmap) < 0 || unmap.size != length)
		die("VFIO_IOMMU_UNMAP_DMA", 0);
}

static void bare(const struct bench *bench, uint64_t iova)
{
	bare_map(bench, iova, bench->memory, bench->page);
	bare_unmap(bench, iova, bench->page);
}

static void fixed(const struct bench *bench, uint64_t iova)
{
	need("iova_ctx_map_fixed",
	     iova_ctx_map_fixed(bench->ctx, iova, bench->memory, bench->page, NULL, NULL));
	need("iova_ctx_unmap", iova_ctx_unmap(bench->ctx, iova, bench->page, NULL, NULL));
}

/* The lowest place from the same address on, which is that very one. */
static void allocated(const struct bench *bench, uint64_t iova)
{
	struct iova_map_opts opts = {
		.size = sizeof opts,
		.alloc = { .size = sizeof opts.alloc, .window = { iova, UINT64_MAX } },
	};
	uint64_t found;

	need("iova_ctx_map",
	     iova_ctx_map(bench->ctx, bench->memory, bench->page, &opts, &found, NULL));
	if (found != iova)
		die("iova_ctx_map: another address than expected", -ERANGE);
	need("iova_ctx_unmap", iova_ctx_unmap(bench->ctx, found, bench->page, NULL, NULL));
}

typedef void way_fn(const struct bench *bench, uint64_t iova);

/* Live mappings are at the odd pages, so that each has room below it. */
static uint64_t page_at(const struct bench *bench, size_t i, bool live)
{
	return (2 * (uint64_t)i + live + 1) * bench->page;
}

static double sample(const struct bench *bench, way_fn *way, const uint64_t *places)
{
	double start = now_ns();

	for (size_t i = 0; i < AT_A_TIME; i++)
		way(bench, places[i]);
	return (now_ns() - start) / AT_A_TIME;
}

static void compare(struct bench *bench, const char *name, way_fn *way, size_t n, size_t rounds)
{
	struct pairs pairs;

	pairs_new(&pairs, rounds);
	for (size_t i = 0; i < rounds; i++) {
		uint64_t places[AT_A_TIME];
		double library = 0;

		for (size_t k = 0; k < AT_A_TIME; k++)
			places[k] = page_at(bench, random_below(bench, n), false);
		/* Each is first as often as second. */
		if (i & 1)
			library = sample(bench, way, places);
		pairs.bare[i] = sample(bench, bare, places);
		if (!(i & 1))
			library = sample(bench, way, places);
		pairs.library[i] = library;
	}
	printf("one-page %zu %s", n, name);
	pairs_print(&pairs);
}

/*
 * n live mappings. Then a page goes in and out at every place once, so that what is measured is the
 * life of a table and not its growing: nodes that a fill in order packed have room now.
 */
static void fill(struct bench *bench, size_t n)
{
	for (; bench->live < n; bench->live++) {
		uint64_t iova = page_at(bench, bench->live, true);

		need("filling",
		     iova_ctx_map_fixed(bench->ctx, iova, bench->memory, bench->page, NULL, NULL));
	}
	for (size_t i = 0; i < n; i++)
		fixed(bench, page_at(bench, i, false));
}

static void open_all(struct bench *bench, const char *device)
{
	struct iova_failure failure = { .size = sizeof failure };
	int r = iova_ctx_open(NULL, &bench->ctx, &failure);

	if (r >= 0)
		r = iova_ctx_attach_device(bench->ctx, device, NULL, &failure);
	need(device, r);
	bench->container = iova_ctx_container_fd(bench->ctx);
	bench->page = iova_space_granule(iova_ctx_space(bench->ctx));
	bench->memory = memory_of(bench, 1);
}

void *memory_of(const struct bench *bench, size_t pages)
{
	void *memory = mmap(NULL, pages * bench->page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap", 0);
	return memory;
}

static void one_page_fixed(struct bench *bench, size_t n, size_t rounds)
{
	fill(bench, n);
	compare(bench, "fixed", fixed, bench->live, rounds);
}

static void one_page_allocated(struct bench *bench, size_t n, size_t rounds)
{
	fill(bench, n);
	compare(bench, "allocated", allocated, bench->live, rounds);
}

static const struct {
	const char *name;
	void (*run)(struct bench *bench, size_t n, size_t rounds);
} kinds[] = {
	{ "fixed", one_page_fixed },
	{ "allocated", one_page_allocated },
	{ "arrays", arrays },
};

int main(int argc, char **argv)
{
	size_t rounds = argc > 4 ? strtoul(argv[3], NULL, 10) : 0;
	struct bench bench = { .random = 1 };
	size_t kind = 0, n_kinds = sizeof kinds / sizeof kinds[0];

	while (rounds && kind < n_kinds && strcmp(argv[1], kinds[kind].name))
		kind++;
	if (rounds < 2 || rounds > MOST_ROUNDS || kind == n_kinds) {
		fprintf(stderr, "usage: vm-bench fixed|allocated|arrays DEVICE ROUNDS N...\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	open_all(&bench, argv[2]);
	for (int i = 4; i < argc; i++)
		kinds[kind].run(&bench, strtoul(argv[i], NULL, 10), rounds);
	iova_ctx_close(bench.ctx);
	return 0;
}

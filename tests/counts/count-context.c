/* SPDX-License-Identifier: BSD-3-Clause */
/* Mapping through a context: all that the library does besides the kernel, here the simulated one. */
#include "counts.h"

#include "context/context.h"

#include <libiova-sim/sim.h>

static const struct iova_sys *inner;

static int ioctl_left_out(void *data, int fd, unsigned long request, void *argument)
{
	int r;

	(void)data;
	leave_out();
	r = inner->ioctl(inner->data, fd, request, argument);
	count_again();
	return r;
}

/* No limit is to be reached: neither of mappings nor of memory. */
static void make_host(struct work *work)
{
	struct iova_sim_kernel kernel = { .size = sizeof kernel };
	struct iova_sys_memory memory = { .limit = UINT64_MAX, .page_size = 4096 };
	int r = iova_sim_new_preset("desktop", &work->sim);

	if (r >= 0)
		r = iova_sim_bind(work->sim, "0000:01:00.0", "vfio-pci");
	if (r >= 0)
		r = iova_sim_get_kernel(work->sim, &kernel);
	kernel.entry_limit = UINT32_MAX;
	if (r >= 0)
		r = iova_sim_set_kernel(work->sim, &kernel);
	if (r >= 0)
		r = iova_sim_set_memory(work->sim, &memory);
	need("a simulated host", r >= 0);
}

static int map(const struct work *work, const struct iova_mapping *mapping)
{
	/* The simulated host looks at the address of the memory only. */
	return iova_ctx_map_fixed(work->ctx, mapping->range.start, (void *)0x10000000,
				  mapping->range.last - mapping->range.start + 1, NULL, NULL);
}

static void fill(struct work *work)
{
	static struct iova_sys sys;
	struct iova_ctx_opts opts = { .size = sizeof opts, .sys = &sys };
	int r;

	make_host(work);
	inner = iova_sim_sys(work->sim);
	sys = *inner;
	sys.ioctl = ioctl_left_out;
	r = iova_ctx_open(&opts, &work->ctx, NULL);
	if (r >= 0)
		r = iova_ctx_attach_group(work->ctx, 1, NULL, NULL);
	need("a context", r >= 0);
	iova_table_init_with_(&work->ctx->space->table, work->ops);
	scatter(work);
	for (size_t i = 0; i < work->n; i++)
		need("map", !map(work, &work->live[i]));
}

static void prepare_churn(struct work *work)
{
	fill(work);
	plan_churn(work);
}

static void unmap(const struct work *work, const struct iova_mapping *mapping)
{
	need("unmap", !iova_ctx_unmap(work->ctx, mapping->range.start,
				      mapping->range.last - mapping->range.start + 1, NULL, NULL));
}

static void churn(struct work *work)
{
	for (size_t i = 0; i < STEPS; i++) {
		unmap(work, &work->steps[i].before);
		need("map", !map(work, &work->steps[i].after));
	}
}

/* What is mapped is not live, and stays so. */
static void prepare_visit(struct work *work)
{
	fill(work);
	for (size_t i = 0; i < STEPS; i++)
		work->steps[i].after = work->live[work->n + random_below(work, work->n)];
}

static void visit(struct work *work)
{
	for (size_t i = 0; i < STEPS; i++) {
		need("map", !map(work, &work->steps[i].after));
		unmap(work, &work->steps[i].after);
	}
}

static void finish(struct work *work)
{
	iova_ctx_close(work->ctx);
	iova_sim_free(work->sim);
}

const struct workload context_workloads[] = {
	{ "unmap + map", prepare_churn, churn, finish },
	{ "map + unmap", prepare_visit, visit, finish },
	{ 0 },
};
